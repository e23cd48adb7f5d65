"""Enters what was filled in: by the same ways as commands do, so that a form can do nothing that they refuse."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.entry_rules.accepting import doubts
from trimtab.decision.entry_rules.doubt import Held
from trimtab.decision.moments import day
from trimtab.errors import EntryError, UsageError
from trimtab.evidence.books import Kept
from trimtab.evidence.entries import ENTRIES, Entry, described
from trimtab.evidence.entries.consents import ConsentSigned, EmergencyDeclared
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.entries.reading import Draft, read_entry
from trimtab.evidence.ssh_keys import SigningKey
from trimtab.measure.redact import mask_words
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.forms.declared import Form, Way
from trimtab.serve.pages.forms.desk import Desk, mistake
from trimtab.workspace import consenting
from trimtab.workspace.consenting import Unsigned
from trimtab.workspace.keeping import Receipt, keep
from trimtab.workspace.signed_elsewhere import from_statement

_FORGED = ("source", "signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What others entered about the same thing since a form was opened."""

    row: int
    at: int
    by: str
    words: str


def settled(form: Form, desk: Desk, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with what the server knows: who speaks, and which system the thing is of.

    Raises:
        EntryError: They say something else.
        RefusedError: It is not for this person to say.
    """
    known = {one.name for one in form.fields} | set(form.fixed)
    if strange := [name for name in values if name not in known]:
        raise mistake(strange[0][:40], "is no field of this form", f"It has {', '.join(sorted(known))}.")
    found = {**values, "by": desk.speaks(str(values.get("by") or ""))}
    if form.subject:
        about = desk.about(form, str(values.get(form.subject) or ""))
        if about is not None and about.system:
            found["system"] = about.system
    for one in form.fields:
        if one.name not in ("system", "by", form.subject) and isinstance(values.get(one.name), str):
            desk.refer(one.name, values[one.name])
        desk.names(one.name, values.get(one.name))
    system = str(found.get("system") or "")
    desk.allow(form, system)
    asks = any(one.name == "system" for one in form.fields)
    if asks and not system and desk.person.systems is not None:
        raise mistake("system", "is missing: you may act of some systems only", f"One of {', '.join(desk.systems)}.")
    return found


def enter(form: Form, desk: Desk, values: Mapping[str, Any], *, source: str) -> Receipt:
    """Enter what a form says.

    Raises:
        EntryError: It cannot stand; nothing was recorded.
        UsageError: What it is about is not there.
        RefusedError: It is not for this person to enter.
        LedgerError: It cannot be recorded; nothing was.
    """
    told = settled(form, desk, values)
    if form.way is Way.CONSENT:
        if missing := [name for name in ("system", "candidate", "by") if not told.get(name)]:
            raise mistake(missing[0], "is missing")
        return consenting.request(
            desk.ledger,
            desk.policy,
            str(told["system"]),
            str(told["candidate"]),
            by=str(told["by"]),
            id_=str(told.get("consent") or ""),
            source=source,
            what=str(told.get("what") or ""),
            card=str(told.get("card") or ""),
            score=str(told.get("score") or ""),
        )
    asks = frozenset(one.name for one in form.fields if form.needs(one))
    draft = Draft(kind=form.kind.kind, values={**told, "source": source}, asks=asks)
    return keep(desk.ledger, desk.policy, [draft], books=desk.books)


def drawn_up(form: Form, desk: Desk, values: Mapping[str, Any]) -> Unsigned:
    """What is to be signed, once nothing else speaks against it: nobody signs what would be refused.

    Raises:
        EntryError: It cannot stand.
        UsageError: What it is about is not there.
        RefusedError: It is not for this person to sign.
    """
    told = settled(form, desk, values)
    wrong = [one for one in form.fields if form.needs(one) and not told.get(one.name)]
    wrong += [one for one in form.fields if one.name == "expires" and not told.get("expires") and one not in wrong]
    if wrong:
        raise EntryError([mistake(one.name, f"is missing. {one.help}").mistakes[0] for one in wrong])
    by = str(told["by"])
    if form.kind is ConsentSigned:
        unsigned = consenting.second(desk.ledger, str(told["consent"]), by=by)
    elif form.kind is EmergencyDeclared:
        where = str(told.get("system") or ""), str(told["candidate"])
        unsigned = consenting.emergency(desk.ledger, desk.policy, *where, by=by, what=str(told.get("what") or ""))
    else:
        unsigned = consenting.decision(
            desk.ledger,
            desk.policy,
            str(told["consent"]),
            by=by,
            decision=str(told["decision"]),
            risk=str(told["risk"]),
            loss=told["loss"],
            expires=told["expires"],
            conditions=told.get("conditions") or "",
        )
    _foreseen(desk, unsigned)
    return unsigned


def handed_in(form: Form, desk: Desk, statement: bytes, *, by: str) -> Unsigned:
    """A statement that went out to be signed, as it came back.

    Raises:
        SignatureError: It is none of ours.
        RefusedError: It is not for this person to sign.
    """
    signer = desk.speaks(by)
    unsigned = from_statement(desk.ledger, statement, by=signer)
    if unsigned.draft.kind != form.kind.kind:
        raise RefusedError(400, "This statement is of another form")
    desk.allow(form, str(unsigned.draft.values.get("system") or ""))
    return unsigned


def sign(desk: Desk, unsigned: Unsigned, signature: SigningKey | str, *, source: str) -> Receipt:
    """Record what was signed."""
    return consenting.signed(desk.ledger, desk.policy, unsigned, signature, source=source)


def since(form: Form, desk: Desk, id_: str, seen: int) -> tuple[Since, ...]:
    """What was entered about a thing after a row."""
    if not id_:
        return ()
    found: list[Kept[Entry]] = [
        kept
        for kind in ENTRIES.values()
        if kind.about == form.kind.about
        for kept in desk.books.about(kind, id_)
        if kept.seq > seen
    ]
    return tuple(
        Since(row=one.seq, at=one.time, by=one.entry.by, words=_words(one.entry))
        for one in sorted(found, key=lambda one: one.seq)
    )


def same_again(form: Form, desk: Desk, values: Mapping[str, Any], before: Entry) -> bool:
    """Whether what is sent with the mark of an entry says what that entry says, as far as it was said."""
    told = {**values, "by": desk.speaker or values.get("by"), "source": before.source}
    read = read_entry(
        form.kind, {form.kind.about or "source": before.id or before.source, **told}, now=before.at, mask=mask_words
    )
    if not isinstance(read, Entry):
        return False
    given = [one.name for one in described(form.kind) if one.name in told and told[one.name] not in (None, "")]
    return all(getattr(read, name) == getattr(before, name) for name in given)


def facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What an entry says, field by field, as people read it."""
    for one in described(type(entry)):
        value = getattr(entry, one.name)
        if one.name in _FORGED or value in ("", (), {}, None) or (one.form is Holds.MOMENT and not value):
            continue
        yield one.name, _told(one.form, value)


def _told(form: Holds, value: Any) -> str:
    if form is Holds.MOMENT:
        return day(value) if value % 86_400_000_000 == 0 else ""  # a time is written by the page
    if form is Holds.MONEY:
        return f"{value / 100:,.2f}"
    if form is Holds.MONEY_RANGE:
        return f"{value[0] / 100:,.2f} to {value[1] / 100:,.2f}"
    if form is Holds.RANGE:
        return f"{value[0]:g} to {value[1]:g}"
    if form is Holds.RANGES:
        return ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in value.items())
    if form is Holds.NUMBERS:
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    if form is Holds.DUTIES:
        return "; ".join(f"{name} by {day(by)}: {what}" for name, (by, what) in value.items())
    if form is Holds.FLAG:
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(map(str, value)) if form is Holds.LINES else ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def _words(entry: Entry) -> str:
    for name in ("step", "decision", "choice", "condition"):
        if text := getattr(entry, name, ""):
            return f"{entry.kind.replace('-', ' ')}: {text}"
    return entry.kind.replace("-", " ")


def _foreseen(desk: Desk, unsigned: Unsigned) -> None:
    """Everything that will be held against it but the signature, by the rules that it will be held against."""
    values = unsigned.draft.values
    entry = read_entry(ENTRIES[unsigned.draft.kind], values, now=desk.now, mask=mask_words)
    if not isinstance(entry, Entry):
        return
    held = Held(books=desk.books, policy=desk.policy, now=desk.now)
    found = [one for one in doubts(entry, held) if one.field != "signature"]
    if found:
        wrong = [mistake(one.field, one.what, one.next_step).mistakes[0] for one in found]
        raise EntryError(wrong, all(one.clash for one in found))


def not_there(error: UsageError) -> EntryError:
    """What is not there, as a mistake of the form as a whole."""
    return mistake("", error.message.rstrip("."), error.next_step)
