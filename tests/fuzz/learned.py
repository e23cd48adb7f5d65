"""The learned detectors on any text: places lie within it and apart, chances are chances, and twice the same."""

from tests.fuzz.texts import text_of

from trimtab.builtin.detectors.learned import weights
from trimtab.builtin.detectors.learned.detector import (
    BiasDetector,
    InjectionDetector,
    RefusalDetector,
    SensitiveDetector,
    ToxicityDetector,
)
from trimtab.builtin.detectors.learned.second import forget
from trimtab.kinds import Context, Finding

_USER, _TOOL = Context(origin="user"), Context(origin="tool")
# Low thresholds, so that a fuzzer sees findings at all.
_INJECTION, _TOXICITY = InjectionDetector(threshold=0.02, data_threshold=0.02), ToxicityDetector(threshold=0.02)
_OTHERS = (BiasDetector(threshold=0.02), RefusalDetector(threshold=0.02), SensitiveDetector(threshold=0.02))


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    text = text_of(data)[:400]
    found = _said(text)
    for of_one in found:
        for one in of_one:
            assert 0 <= one.start < one.end <= len(text)
            assert 0.0 <= one.confidence <= 1.0
    weights.forget()
    forget()
    assert found == _said(text)


def _said(text: str) -> list[list[Finding]]:
    return [
        _INJECTION.find_in(text, _USER),
        _INJECTION.find_in(text, _TOOL),
        _TOXICITY.find(text),
        *(one.find(text) for one in _OTHERS),
    ]
