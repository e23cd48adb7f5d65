"""One tree of errors: facts as attributes, the next step in the text.

Codes are stable and listed in `docs/errors.md`: TT1xx policy, TT2xx evidence
and statistics, TT3xx calls to systems, TT4xx ledger, TT5xx plugins and
packages, TT6xx reports, TT7xx signatures and releases, TT8xx access to the
pages. Every subclass passes its facts to `super().__init__`, so that
instances survive pickling.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a `trimtab` process returns; the same on every command."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCONCLUSIVE = 3
    UNAVAILABLE = 4


class TrimtabError(Exception):
    """Base of everything trimtab raises on purpose."""

    code: ClassVar[str] = "TT000"
    exit_code: ClassVar[ExitCode] = ExitCode.UNAVAILABLE


# -- policy ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing wrong with a file, and what to write instead.

    `line` and `column` count from 1; 0 means the whole file.
    """

    path: str
    line: int
    column: int
    where: str
    message: str
    suggestion: str = ""
    code: str = "TT101"
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        level = "warning" if self.warning else "error"
        what = f"{self.where}: {self.message}" if self.where else self.message
        text = f"{place}: {level} {self.code} {what}"
        return f"{text}{self.stop} {self.suggestion}" if self.suggestion else text

    @property
    def stop(self) -> str:
        """What ends the message before a suggestion follows."""
        return "" if self.message.endswith((".", "?", "!", ":", ";")) else "."


class PolicyError(TrimtabError, ValueError):
    """A policy, suite head or case file does not say what it must; every mistake at once."""

    code = "TT101"
    exit_code = ExitCode.USAGE

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(tuple(mistakes))
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        lines = [str(mistake) for mistake in self.mistakes]
        count = sum(not mistake.warning for mistake in self.mistakes)
        noun, them = ("mistake", "it") if count == 1 else ("mistakes", "them")
        if not any(mistake.line or mistake.where for mistake in self.mistakes):  # of a whole file, that is not there
            return "\n".join(lines)
        return "\n".join([*lines, f"{count} {noun}. Correct {them} and try again."])


class UsageError(TrimtabError, ValueError):
    """A command or call was given something it cannot use."""

    code = "TT102"
    exit_code = ExitCode.USAGE

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message, next_step)
        self.message, self.next_step = message, next_step

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.code} {self.message}", self.next_step) if part)


# -- statistics ------------------------------------------------------------


class InsufficientEvidenceError(TrimtabError, ValueError):
    """Too few trials to decide. Never to be read as a pass."""

    code = "TT201"
    exit_code = ExitCode.INCONCLUSIVE

    def __init__(self, metric: str, have: int, need: int, next_step: str = "") -> None:
        super().__init__(metric, have, need, next_step)
        self.metric, self.have, self.need = metric, have, need
        self.next_step = next_step or "Raise `cases` of its suite in the policy and run `trimtab run` again."

    def __str__(self) -> str:
        return f"{self.code} {self.metric}: {self.have} trials, need {self.need}. {self.next_step}"


# -- calls -----------------------------------------------------------------


class CallError(TrimtabError):
    """One call to a system failed.

    `retryable` says whether the same call may succeed later; `retry_after` is
    the wait in seconds that the server asked for, if it did. `lasting` says
    that the fault is in code that runs here, which no wait will mend. `reason` is a
    short stable word for counting ("http-429", "timeout", "malformed").
    The text never holds a prompt, a reply or a key.
    """

    code = "TT301"

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        lasting: bool = False,
    ) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail
        self.retryable, self.retry_after, self.lasting = retryable, retry_after, lasting

    def __reduce__(self) -> tuple[Callable[..., "CallError"], tuple[object, ...]]:
        return _call_error, (self.reason, self.detail, self.retryable, self.retry_after, self.lasting)

    def __str__(self) -> str:
        return f"{self.code} {self.reason}: {self.detail}" if self.detail else f"{self.code} {self.reason}"


def _call_error(
    reason: str,
    detail: str,
    retryable: bool,  # noqa: FBT001
    retry_after: float | None,
    lasting: bool,  # noqa: FBT001
) -> CallError:
    return CallError(reason, detail, retryable=retryable, retry_after=retry_after, lasting=lasting)


class SystemUnavailableError(TrimtabError):
    """A system could not be reached or refused us altogether; nothing was measured."""

    code = "TT302"

    def __init__(self, candidate: str, detail: str, next_step: str = "") -> None:
        super().__init__(candidate, detail, next_step)
        self.candidate, self.detail, self.next_step = candidate, detail, next_step

    def __str__(self) -> str:
        return " ".join(p for p in (f"{self.code} {self.candidate}: {self.detail}.", self.next_step) if p)


class DetectorError(TrimtabError):
    """A detector could not look. Never to be read as "found nothing"."""

    code = "TT303"

    def __init__(self, detector: str, detail: str) -> None:
        super().__init__(detector, detail)
        self.detector, self.detail = detector, detail

    def __str__(self) -> str:
        return f"{self.code} detector {self.detector} failed: {self.detail}"


class DisputedError(DetectorError):
    """Judges disagree about a text, or one says otherwise when it is asked the other way round: a person must say.

    `reason` is "judges-disagree" or "order-decides".
    """

    code = "TT305"

    def __init__(self, detector: str, reason: str, detail: str) -> None:
        TrimtabError.__init__(self, detector, reason, detail)
        self.detector, self.reason, self.detail = detector, reason, detail

    def __str__(self) -> str:
        return f"{self.code} detector {self.detector}: {self.reason}: {self.detail}. `trimtab marks sheet` lists it."


class CacheError(TrimtabError):
    """The response cache cannot be opened or written: no room, no right, held by somebody else."""

    code = "TT304"

    def __init__(self, path: str, detail: str, next_step: str = "") -> None:
        super().__init__(path, detail, next_step)
        self.path, self.detail, self.next_step = path, detail, next_step

    def __str__(self) -> str:
        text = f"{self.code} response cache {self.path}: {self.detail}."
        return " ".join(p for p in (text, self.next_step) if p)


class RewardError(TrimtabError):
    """A training reward stops: it cannot say what a completion is worth and may not guess, or its state is lost."""

    code = "TT307"

    def __init__(self, reward: str, detail: str, next_step: str = "") -> None:
        super().__init__(reward, detail, next_step)
        self.reward, self.detail, self.next_step = reward, detail, next_step

    def __str__(self) -> str:
        return " ".join(p for p in (f"{self.code} reward {self.reward}: {self.detail}.", self.next_step) if p)


class ToolError(TrimtabError):
    """Another tool that we ran did not end as it should, or its log cannot be taken: nothing of it was recorded."""

    code = "TT306"

    def __init__(self, tool: str, detail: str, next_step: str = "") -> None:
        super().__init__(tool, detail, next_step)
        self.tool, self.detail, self.next_step = tool, detail, next_step

    def __str__(self) -> str:
        text = f"{self.code} {self.tool} {self.detail}. Nothing was recorded."
        return " ".join(p for p in (text, self.next_step) if p)


# -- ledger ----------------------------------------------------------------


class LedgerError(TrimtabError):
    """The ledger cannot be read or written: locked, full, missing, of another version."""

    code = "TT401"

    def __init__(self, path: str, detail: str, next_step: str = "") -> None:
        super().__init__(path, detail, next_step)
        self.path, self.detail, self.next_step = path, detail, next_step

    def __str__(self) -> str:
        return " ".join(p for p in (f"{self.code} ledger {self.path}: {self.detail}.", self.next_step) if p)


class LedgerAlteredError(LedgerError):
    """The ledger does not verify: somebody or something changed what was recorded. Nothing is decided on it."""

    code = "TT402"

    def __init__(self, path: str, seq: int, detail: str) -> None:
        super().__init__(path, detail)
        self.args = (path, seq, detail)
        self.seq = seq

    def __str__(self) -> str:
        where = f"row {self.seq}: " if self.seq else ""  # row 0: the file as a whole
        return (
            f"{self.code} ledger {self.path}: {where}{self.detail}. "
            "Restore it from a copy; `trimtab ledger verify` shows the extent. No decision is made on it."
        )


class LedgerMovedError(LedgerError):
    """Others added rows to the ledger while something was judged by what stood before them."""

    code = "TT404"

    def __init__(self, path: str, expected: int, found: int) -> None:
        super().__init__(path, f"it has grown from {expected:,} to {found:,} rows meanwhile", "Try again.")
        self.args = (path, expected, found)
        self.expected, self.found = expected, found


class EntryError(TrimtabError, ValueError):
    """What is to be entered in the books cannot stand there; every mistake at once, and nothing was recorded.

    `clash` says that nothing is wrong in itself: it only does not fit what the books hold at the moment.
    """

    code = "TT405"
    exit_code = ExitCode.USAGE

    def __init__(self, mistakes: Sequence[Mistake], clash: bool = False) -> None:  # noqa: FBT001, FBT002  # it is pickled by place
        super().__init__(tuple(mistakes), clash)
        self.mistakes, self.clash = tuple(mistakes), clash

    def __str__(self) -> str:
        lines = [str(mistake) for mistake in self.mistakes]
        count = "one mistake" if len(lines) == 1 else f"{len(lines):,} mistakes"
        return "\n".join([*lines, f"{self.code} {count}; nothing was recorded."])


class UnreproducibleError(TrimtabError):
    """The ledger is intact, yet deciding again gives another decision than the one recorded."""

    code = "TT403"

    def __init__(self, run: str, made_by: str) -> None:
        super().__init__(run, made_by)
        self.run, self.made_by = run, made_by

    def __str__(self) -> str:
        return (
            f"{self.code} run {self.run}: deciding again from the ledger gives another decision than the one recorded "
            f"by trimtab {self.made_by}. Recompute it with that version, or measure again with `trimtab run`."
        )


# -- plugins and packages --------------------------------------------------


class PluginError(TrimtabError, LookupError):
    """A plugin is unknown, does not load, or does not take the parameters it was given."""

    code = "TT501"
    exit_code = ExitCode.USAGE

    def __init__(self, group: str, name: str, detail: str, next_step: str = "") -> None:
        super().__init__(group, name, detail, next_step)
        self.group, self.name, self.detail, self.next_step = group, name, detail, next_step

    def __str__(self) -> str:
        text = f"{self.code} {self.group} plugin {self.name!r}: {self.detail}."
        return " ".join(p for p in (text, self.next_step) if p)


class MissingPackageError(TrimtabError, ImportError):
    """An optional package is not installed. One that no extra of ours brings has an empty `extra`."""

    code = "TT502"
    exit_code = ExitCode.USAGE

    def __init__(self, package: str, extra: str, detail: str = "") -> None:
        super().__init__(package, extra, detail)
        self.package, self.extra, self.detail = package, extra, detail

    def __str__(self) -> str:
        why = f" ({self.detail})" if self.detail else ""
        what = f"'trimtab[{self.extra}]'" if self.extra else self.package
        return f"{self.code} needs the package {self.package}{why}. Install it with `pip install {what}`."


# -- reports ---------------------------------------------------------------


class ReportError(TrimtabError):
    """A report could not be written. What was decided stands in the ledger."""

    code = "TT601"

    def __init__(self, path: str, detail: str, first: str = "") -> None:
        super().__init__(path, detail, first)
        self.path, self.detail, self.first = path, detail, first

    def __str__(self) -> str:
        first = f"{self.first} or " if self.first else ""
        return (
            f"{self.code} report {self.path}: {self.detail}. The decision is in the ledger; "
            f"{first}name another folder with `trimtab report --out FOLDER`."
        )


class OutputError(TrimtabError):
    """A file that was asked for could not be written. What was there before is as it was."""

    code = "TT605"

    def __init__(self, path: str, detail: str, next_step: str = "") -> None:
        super().__init__(path, detail, next_step)
        self.path, self.detail, self.next_step = path, detail, next_step

    def __str__(self) -> str:
        return " ".join(p for p in (f"{self.code} file {self.path}: {self.detail}.", self.next_step) if p)


# -- signatures and releases -----------------------------------------------


class SignatureError(TrimtabError, ValueError):
    """A signature, a key or an attestation is not what it must be. Nothing rests on it, and nothing was recorded."""

    code = "TT701"
    exit_code = ExitCode.USAGE

    def __init__(self, detail: str, next_step: str = "") -> None:
        super().__init__(detail, next_step)
        self.detail, self.next_step = detail, next_step

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.code} signature: {self.detail}.", self.next_step) if part)


class ReleaseRefusedError(TrimtabError):
    """An artefact may not go out: nothing that can be trusted says that it was decided PASS, and holds now."""

    code = "TT702"
    exit_code = ExitCode.FAIL

    def __init__(self, artefact: str, detail: str, next_step: str = "") -> None:
        super().__init__(artefact, detail, next_step)
        self.artefact, self.detail, self.next_step = artefact, detail, next_step

    def __str__(self) -> str:
        text = f"{self.code} {self.artefact} may not be released: {self.detail}."
        return " ".join(part for part in (text, self.next_step) if part)


# -- access to the pages ---------------------------------------------------


class AccessError(TrimtabError):
    """Who may come in cannot be told, so nobody may."""

    code = "TT801"

    def __init__(self, why: str, next_step: str = "") -> None:
        super().__init__(why, next_step)
        self.why, self.next_step = why, next_step

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.code} {self.why}", self.next_step) if part)
