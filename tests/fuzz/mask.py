"""A masked text holds nothing more to mask, and masking it again changes nothing."""

from tests.fuzz.texts import text_of

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.detect.mask import mask

_DETECTOR = PatternDetector()


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    text = text_of(data)[:8_000]
    found = _DETECTOR.find(text)
    masked = mask(text, found, _DETECTOR.find)
    if masked is None:  # every mask uncovers something new: such a text is withheld
        return
    assert _DETECTOR.find(masked) == []
    assert mask(masked, [], _DETECTOR.find) == masked
    if not found:
        assert masked == text
