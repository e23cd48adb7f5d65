"""`names` on any text: places lie within it and apart, twice the same, and narrowing drops and changes nothing."""

from tests.fuzz.texts import text_of

from trimtab.builtin.detectors.names.card import LABELS
from trimtab.builtin.detectors.names.detector import NameDetector

_ALL = NameDetector()
_PEOPLE = NameDetector(labels=("personal.name",))


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    text = text_of(data)[:2_000]
    found = _ALL.find(text)
    last = 0
    for one in found:
        assert last <= one.start < one.end <= len(text)
        assert one.label in LABELS
        last = one.end
    assert found == _ALL.find(text)
    assert _PEOPLE.find(text) == [one for one in found if one.is_a("personal.name")]
