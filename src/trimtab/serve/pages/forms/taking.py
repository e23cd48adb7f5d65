"""Takes a form that came back: enters it, or hands out what is to be signed or agreed to first."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from trimtab.decision.entry_rules.once import entered_by
from trimtab.errors import EntryError, SignatureError
from trimtab.evidence.books import Kept
from trimtab.evidence.entries import Entry
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.forms import showing
from trimtab.serve.pages.forms.acting import drawn_up, enter, handed_in, same_again, sign, since
from trimtab.serve.pages.forms.declared import Form, Way
from trimtab.serve.pages.forms.desk import Desk, mistake
from trimtab.serve.pages.forms.keys import signature_of
from trimtab.serve.pages.forms.sent_back import SentBackError, sent_back
from trimtab.serve.pages.forms.submitted import Submitted, values_of
from trimtab.serve.pages.forms.tokens import Tokens, Use
from trimtab.workspace.keeping import Receipt
from trimtab.workspace.proposing import compare, propose, read_text

_AGAIN = "Read what was entered; if this still holds, send it once more. What you typed is kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it: the row of the entry, whether it was there before, and which of its words were masked."""

    row: int
    again: bool = False
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A statement, to be signed elsewhere."""

    name: str
    content: bytes


def before(desk: Desk, form: Form, sent: Submitted, use: Use, tokens: Tokens) -> Done | None:
    """What a rendering of a form was used for already.

    Raises:
        SentBackError: It said something else, which is not lost.
    """
    kept = entered_by(desk.books, form.kind, use.source)
    if kept is None:
        return None
    if not _the_same(form, desk, sent, kept):
        heading = f"This form was entered already, as row {kept.seq:,}, and said something else"
        problems = showing.whole("What you typed now is kept here. Send it once more to enter it as well.")
        raise SentBackError(409, heading, problems, use=tokens.fresh(desk.books.upto))
    return Done(row=kept.seq, again=True)


def take(desk: Desk, form: Form, sent: Submitted, use: Use) -> Done | File:
    """Enter a form, or give a statement as a file.

    Raises:
        SentBackError: Something comes first, or nothing was entered.
        TrimtabError: It cannot be entered.
    """
    do = sent.marks.get("_do", "")
    desk.about(form, sent.text(form.subject))
    if form.minds and do != "file" and (meanwhile := since(form, desk, sent.text(form.subject), use.seen)):
        heading = "Somebody entered something about this meanwhile"
        raise SentBackError(409, heading, showing.whole(_AGAIN), since=meanwhile, **signing(form, sent))
    if form.way is Way.POLICY:
        return _policy(desk, form, sent, use, do)
    if form.way is Way.STATEMENT and do in ("sign", "file"):
        return _signed(desk, form, sent, use, do)
    values = values_of(form, sent.typed)
    if form.way is Way.STATEMENT:
        unsigned = drawn_up(form, desk, values)
        by = str(unsigned.draft.values["by"])
        raise SentBackError(200, "", statement=showing.statement(unsigned.statement, signer=by, typed=values))
    return _done(enter(form, desk, values, source=use.source))


def signing(form: Form, sent: Submitted) -> dict[str, Any]:
    """The statement that a form came back with, to be shown again.

    Raises:
        RefusedError: What came back is none.
    """
    if form.way is not Way.STATEMENT or not sent.text("statement"):
        return {}
    content = _decoded(sent.text("statement"))
    try:
        return {"statement": showing.statement(content, signer=sent.text("signer"), typed={})}
    except (ValueError, AttributeError):
        raise RefusedError(400, "This is no statement", "Fill in the form again.") from None


def policy_text(sent: Submitted) -> str:
    """The policy that is proposed: a file, or what stands in the form."""
    data = sent.files.get("policy_file")
    return sent.text("policy") if data is None else data.decode("utf-8", "replace")


# -- parts ---------------------------------------------------------------------------------------


def _signed(desk: Desk, form: Form, sent: Submitted, use: Use, do: str) -> Done | File:
    content = _decoded(sent.text("statement"))
    more = signing(form, sent)
    try:
        unsigned = handed_in(form, desk, content, by=sent.text("signer"))
        if do == "file":
            return File(name=more["statement"].file, content=content)
        return _done(sign(desk, unsigned, signature_of(sent, alone=desk.alone), source=use.source))
    except SignatureError as error:
        raise sent_back(error, form, (), **more) from None
    except EntryError as error:
        if any(one.where == "source" for one in error.mistakes):
            raise
        meanwhile = since(form, desk, sent.text(form.subject), use.seen) if form.subject else ()
        raise sent_back(error, form, meanwhile, **more) from None


def _policy(desk: Desk, form: Form, sent: Submitted, use: Use, do: str) -> Done:
    values = values_of(form, sent.typed)
    by, text = desk.speaks(str(values.get("by") or "")), policy_text(sent)
    new = read_text(text)
    found = compare(desk.policy, new, by=by, at=desk.now)
    more: dict[str, Any] = {
        "difference": showing.difference(found.diff, desk.policy.digest, new.digest, found.must_agree),
        "policy": text,
    }
    if do != "enter":
        raise SentBackError(200, "", **more)
    missing = [name for name, text in (("what", values.get("what")), ("by", by)) if not text]
    if missing:
        wrong = EntryError([mistake(name, "is missing").mistakes[0] for name in missing])
        raise sent_back(wrong, form, (), **more)
    id_ = str(values.get("proposal") or "")
    return _done(propose(desk.ledger, desk.policy, new, by=by, what=str(values["what"]), id_=id_, source=use.source))


def _the_same(form: Form, desk: Desk, sent: Submitted, kept: Kept[Entry]) -> bool:
    if form.way not in (Way.ENTRY, Way.CONSENT):
        return True  # what was signed, or compared, is what it was
    return same_again(form, desk, values_of(form, sent.typed), kept.entry)


def _done(receipt: Receipt) -> Done:
    return Done(row=receipt.kept[0].seq, masked=receipt.masked.get(0, ()))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(400, "This is no statement", "Fill in the form again.") from None
