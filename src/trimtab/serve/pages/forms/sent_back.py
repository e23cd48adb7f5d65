"""A form that did not go through, and why, in the words of the form."""

from typing import Any

from trimtab.errors import (
    EntryError,
    LedgerAlteredError,
    LedgerMovedError,
    MissingPackageError,
    PolicyError,
    SignatureError,
    TrimtabError,
    UsageError,
)
from trimtab.serve.pages.forms import showing
from trimtab.serve.pages.forms.acting import Since, not_there
from trimtab.serve.pages.forms.declared import Form
from trimtab.serve.pages.forms.showing import Problem

RESOLVE = "Run `trimtab ledger verify`; forms open again once it verifies."
LOOK_THROUGH = "Nothing was entered. What you typed is kept here: look through it, and send it again."


class SentBackError(Exception):
    """What is shown instead of an entry: the status, what is said first, everything wrong, and what else is shown."""

    def __init__(self, status: int, heading: str, problems: tuple[Problem, ...] = (), **more: Any) -> None:
        super().__init__(status, heading)
        self.status, self.heading, self.problems, self.more = status, heading, problems, more


def sent_back(error: TrimtabError, form: Form, since: tuple[Since, ...], **more: Any) -> SentBackError:
    """Why a form comes back.

    Args:
        error: Why it could not be entered.
        form: Which form.
        since: What was entered about the same thing since it was opened.
        more: What else is shown.
    """
    if isinstance(error, EntryError):
        problems = showing.as_problems(error, form)
        if error.clash or since:
            return SentBackError(409, "The books are not as they were", problems, since=since, **more)
        return SentBackError(422, "This cannot be entered yet", problems, **more)
    if isinstance(error, PolicyError):
        found = showing.problems(error.mistakes, form)
        told = tuple(Problem(field="policy", label="Policy", what=one.what, next_step=one.next_step) for one in found)
        return SentBackError(422, "This is no policy", told, **more)
    if isinstance(error, SignatureError):
        one = Problem(field="signature", label="Signature", what=error.detail, next_step=error.next_step)
        return SentBackError(422, "This does not count", (one,), **more)
    if isinstance(error, UsageError):
        return SentBackError(422, "This cannot be entered", showing.as_problems(not_there(error), form), **more)
    if isinstance(error, MissingPackageError):
        return SentBackError(503, "Nothing was entered", showing.whole(str(error)), **more)
    return SentBackError(503, "Nothing was entered", showing.whole(_unwritten(error)), **more)


def _unwritten(error: TrimtabError) -> str:
    if isinstance(error, LedgerAlteredError):
        return f"This ledger does not verify, so nothing is entered. {RESOLVE}"
    if isinstance(error, LedgerMovedError):
        return "Others write to the ledger without a pause, so this found no place. Send it again."
    return "The ledger cannot be written. What you typed is kept here; send it again when it can."
