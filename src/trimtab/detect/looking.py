"""Asks one detector about one text, whichever of the three ways it has; a crash is never a clean result."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Real

from trimtab.detect.borders import whole
from trimtab.errors import DetectorError, DisputedError, TrimtabError
from trimtab.kinds import AnyDetector, Context, Finding

_NO_FINDINGS = (str, bytes, bytearray, memoryview, Mapping)  # can be gone through, and an empty one says nothing
_REASON = re.compile(r"[a-z]{1,20}(?:-[a-z]{1,20}){0,3}")
_DISPUTES = ("judges-disagree", "order-decides")


class _OddError(Exception):
    """What came back is no list of findings. The words are ours, and quote nothing."""


def look(detector: AnyDetector, text: str, context: Context) -> list[Finding]:
    """What the detector finds, sorted by place.

    A detector that must wait for an answer is waited for in an event loop of
    its own, so this must not be called from within one; there, `look_async`.

    Raises:
        DetectorError: It crashed, returned something else than findings, or found something that is not in the text.
    """
    if hasattr(detector, "look"):
        import asyncio  # noqa: PLC0415  # half of the time and memory that patterns alone take to get ready

        return asyncio.run(look_async(detector, text, context))
    try:
        return _checked(text, detector.find_in(text, context) if hasattr(detector, "find_in") else detector.find(text))
    except BaseException as error:
        if _may_pass(detector, error):
            raise
        raise _unlooked(detector, text, error) from None


async def look_async(detector: AnyDetector, text: str, context: Context) -> list[Finding]:
    """As `look`, from within an event loop.

    Raises:
        DetectorError: As `look`. Cancellation of the task that waits passes through.
    """
    if not hasattr(detector, "look"):
        return look(detector, text, context)
    try:
        return _checked(text, await detector.look(text, context))
    except BaseException as error:
        if _may_pass(detector, error) or _is_the_end(error):
            raise
        raise _unlooked(detector, text, error) from None


def _checked(text: str, found: object) -> list[Finding]:
    """The findings, if that is what they are. To read them may run code of the detector, so it may raise anything."""
    if not isinstance(found, list) and (not isinstance(found, Iterable) or isinstance(found, _NO_FINDINGS)):
        raise _OddError(f"it returned {type(found).__name__} instead of findings")
    findings = list(found)
    length = len(text)
    for one in findings:
        # A finding need not have been made as findings are: one that was copied or unpickled has checked nothing.
        if not isinstance(one, Finding):
            raise _OddError(f"it returned {type(one).__name__} among its findings")
        if not (type(one.start) is type(one.end) is int and 0 <= one.start < one.end <= length):
            raise _OddError("it found something at a place that the text does not have")
        sure: object = one.confidence
        label: object = one.label
        if not ((type(sure) is float or isinstance(sure, Real)) and 0.0 <= float(sure) <= 1.0):  # NaN is not, either
            raise _OddError("it found something with a confidence outside [0, 1]")
        if not (isinstance(label, str) and label):
            raise _OddError("it found something without a label")
    if findings and "\\" in text:
        findings = [_whole(text, finding) for finding in findings]
    if len(findings) > 1:
        findings.sort(key=lambda finding: (finding.start, finding.end, finding.label))
    return findings


def _whole(text: str, finding: Finding) -> Finding:
    """The finding with no part of an escape at its borders."""
    start, end = whole(text, finding.start, finding.end)
    return finding if (start, end) == (finding.start, finding.end) else replace(finding, start=start, end=end)


def _may_pass(detector: AnyDetector, error: BaseException) -> bool:
    """Whether an error is told as it is: the user's own end of the process, and errors of trimtab on purpose.

    Not the words of somebody else's `DetectorError`, which may quote the text whatever they should.
    """
    if isinstance(error, DetectorError):
        return type(detector).__module__.startswith("trimtab.")
    return isinstance(error, KeyboardInterrupt | TrimtabError)


def _is_the_end(error: BaseException) -> bool:
    """Whether nobody waits any more, and not only something that the detector itself waited for was cancelled."""
    import asyncio  # noqa: PLC0415  # as above

    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, GeneratorExit)


def _unlooked(detector: AnyDetector, text: str, error: BaseException) -> DetectorError:
    """What is told of a detector that broke: nothing in which the text could stand."""
    name = str(getattr(detector, "name", type(detector).__name__))
    if isinstance(error, _OddError):
        return DetectorError(name, str(error))
    said = str(error.detail).partition(":")[0] if isinstance(error, DetectorError) else ""
    if not _REASON.fullmatch(said) or said in text.casefold():
        said = type(error).__name__
    if isinstance(error, DisputedError) and error.reason in _DISPUTES:
        return DisputedError(name, error.reason, said)
    return DetectorError(name, said)
