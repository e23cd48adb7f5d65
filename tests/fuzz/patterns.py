"""`patterns` on any text: places lie within it, Hyperscan and Python agree, and what is settled stays settled."""

from tests.fuzz.texts import text_of

from trimtab.builtin.detectors.patterns.detector import AHEAD, PatternDetector
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.builtin.detectors.patterns.secrets import SECRETS
from trimtab.detect.view import View
from trimtab.kinds import Finding

_DETECTOR = PatternDetector()
_QUICK = Engine((*PERSONAL, *SECRETS), with_numbers=True)
_PLAIN = Engine((*PERSONAL, *SECRETS), with_numbers=True, hyperscan=False)


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    text = text_of(data)
    found = _DETECTOR.find(text)
    last = 0
    for one in found:
        assert last <= one.start < one.end <= len(text)
        last = one.start
    assert found == _DETECTOR.find(text)
    view = View("", text)
    assert set(_QUICK.find(view)) == set(_PLAIN.find(view))
    if len(text) > AHEAD + 1:
        cut = AHEAD + 1 + len(data) * 7 % (len(text) - AHEAD)
        begun, edge = _DETECTOR.find(text[:cut]), cut - AHEAD
        assert _settled(begun, found, edge) == _settled(found, begun, edge)


def _settled(findings: list[Finding], others: list[Finding], edge: int) -> list[Finding]:
    """What is found before a place and stays so: all but what a value hides that a disguise stretches (see `AHEAD`)."""
    stretched = [one for one in (*findings, *others) if one.disguise and one.end - one.start > AHEAD]
    return [
        one
        for one in findings
        if one.end <= edge and not any(one.start < other.end and other.start < one.end for other in stretched)
    ]
