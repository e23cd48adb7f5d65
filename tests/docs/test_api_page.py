"""What the reference page says of operations is what servers say of themselves."""

from refresh_api import MARKED


def test_every_operation_is_on_the_page_as_it_is_described():
    page = MARKED.read()
    assert MARKED.refreshed(page) == page, "run: python tools/refresh_api.py"
