"""Asks one detector about one text, whichever of the three ways it has; a crash is never a clean result."""

from collections.abc import Iterable
from dataclasses import replace

from trimtab.detect.borders import whole
from trimtab.errors import DetectorError, TrimtabError
from trimtab.kinds import AnyDetector, Context, Finding


def look(detector: AnyDetector, text: str, context: Context) -> list[Finding]:
    """What the detector finds, sorted by place.

    A detector that must wait for an answer is waited for in an event loop of
    its own, so this must not be called from within one; there, `look_async`.

    Raises:
        DetectorError: It crashed, returned something else than findings, or found beyond the text.
    """
    if hasattr(detector, "look"):
        import asyncio  # noqa: PLC0415  # half of the time and memory that patterns alone take to get ready

        return asyncio.run(look_async(detector, text, context))
    try:
        found = detector.find_in(text, context) if hasattr(detector, "find_in") else detector.find(text)
    except TrimtabError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's detector that breaks has not looked
        raise DetectorError(_name(detector), type(error).__name__) from None
    return _checked(detector, text, found)


async def look_async(detector: AnyDetector, text: str, context: Context) -> list[Finding]:
    """As `look`, from within an event loop.

    Raises:
        DetectorError: As `look`. Cancellation passes through.
    """
    if not hasattr(detector, "look"):
        return look(detector, text, context)
    try:
        found = await detector.look(text, context)
    except TrimtabError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  # as above
        raise DetectorError(_name(detector), type(error).__name__) from None
    return _checked(detector, text, found)


def _checked(detector: AnyDetector, text: str, found: object) -> list[Finding]:
    if not isinstance(found, Iterable):
        raise DetectorError(_name(detector), f"it returned {type(found).__name__} instead of findings")
    findings = list(found)
    for finding in findings:
        if not isinstance(finding, Finding):
            raise DetectorError(_name(detector), f"it returned {type(finding).__name__} among its findings")
        if finding.end > len(text):
            raise DetectorError(_name(detector), "it found something beyond the end of the text")
    if findings and "\\" in text:
        findings = [_whole(text, finding) for finding in findings]
    if len(findings) > 1:
        findings.sort(key=lambda finding: (finding.start, finding.end, finding.label))
    return findings


def _whole(text: str, finding: Finding) -> Finding:
    """The finding with no part of an escape at its borders."""
    start, end = whole(text, finding.start, finding.end)
    return finding if (start, end) == (finding.start, finding.end) else replace(finding, start=start, end=end)


def _name(detector: AnyDetector) -> str:
    return str(getattr(detector, "name", type(detector).__name__))
