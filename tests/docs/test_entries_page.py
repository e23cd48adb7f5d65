"""What the reference page says of entries is what commands, files and hooks are made from."""

from refresh_entries import MARKED


def test_every_entry_and_field_is_on_the_page_as_it_is_described():
    page = MARKED.read()
    assert MARKED.refreshed(page) == page, "run: python tools/refresh_entries.py"
