"""Every character of every view comes from a place in the text, and places do not run backwards."""

from tests.fuzz.texts import text_of

from trimtab.detect.view import views


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    text = text_of(data)[:4_000]
    for view in views(text):
        assert len(view.raw) == len(view.text)
        last = 0
        for at in range(len(view.text)):
            start, end = view.span(at, at + 1)
            assert last <= start < end <= len(text)
            last = start
