"""What pages of forms show: the form with its inputs, the statement that is to be signed, what was entered."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab._canonical import parse
from trimtab.errors import EntryError, Mistake
from trimtab.evidence.books import Kept
from trimtab.evidence.entries import Entry, described
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.ssh_signatures import NAMESPACE
from trimtab.policy import PolicyDiff
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.forms.acting import Since, facts
from trimtab.serve.pages.forms.declared import Form
from trimtab.serve.pages.forms.desk import offered
from trimtab.serve.pages.forms.inputs import Input, label_of
from trimtab.serve.pages.forms.table import FORMS
from trimtab.serve.pages.forms.tokens import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong; `field` is the input that it belongs to, empty for the whole."""

    field: str
    label: str
    what: str
    next_step: str

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, as it is read."""
        end = "" if self.what.endswith((".", "!", "?")) else "."
        return f"{self.what}{end} {self.next_step}".strip().replace("`", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two policies."""

    where: str
    effect: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a proposed policy changes, and who must agree."""

    overall: str
    before: str
    after: str
    changes: tuple[Change, ...]
    must_agree: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is to be signed: its bytes for machines, its parts for people, and how to sign it."""

    encoded: str
    digest: str
    parts: tuple[tuple[str, str], ...]
    text: str
    signer: str
    file: str
    namespace: str
    masked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """A form as it is shown. `heading` says first what came of sending it, if it did not go through."""

    form: Form
    use: Use
    token: str
    first: tuple[Input, ...]
    more: tuple[Input, ...]
    open: bool
    heading: str
    problems: tuple[Problem, ...]
    since: tuple[Since, ...]
    closed: str
    alone: bool
    policy: str
    difference: Difference | None
    statement: Statement | None
    signature: str
    nobody: str  # what somebody does next who is not in the policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Forms about one thing."""

    name: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A field of an entry; a moment in microseconds since the epoch, UTC, where it is one."""

    label: str
    text: str
    at: int
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """One entry as it stands in the ledger."""

    form: Form
    row: int
    hash: str
    id: str
    kind: str
    recorded: int
    facts: tuple[Fact, ...]
    place: str
    again: bool
    masked: tuple[str, ...]


def groups(person: Person) -> tuple[Group, ...]:
    """The forms that somebody may send, by what they are about."""
    found: dict[str, list[Form]] = {}
    for form in FORMS:
        if offered(form, person):
            found.setdefault(form.group, []).append(form)
    return tuple(Group(name=name, forms=tuple(forms)) for name, forms in found.items())


def problems(mistakes: Sequence[Mistake], form: Form) -> tuple[Problem, ...]:
    """What is wrong, with the input that it is to be put right in."""
    names = {one.name for one in form.fields} | {"signature", "policy", "key"}
    found = []
    for one in mistakes:
        field = one.where if one.where in names else ""
        label = label_of(field) if field else f"{one.where} " if one.where and not field else ""
        where = f"line {one.line}: {one.where} " if one.line else ""
        found.append(Problem(field=field, label=label, what=f"{where}{one.message}", next_step=one.suggestion))
    return tuple(found)


def whole(what: str, next_step: str = "") -> tuple[Problem, ...]:
    """One problem of the whole form."""
    return (Problem(field="", label="", what=what, next_step=next_step),)


def difference(diff: PolicyDiff, before: str, after: str, must_agree: tuple[str, ...]) -> Difference:
    """What a policy changes, for a page."""
    changes = tuple(Change(where=one.where, effect=one.effect, text=one.text) for one in diff.changes)
    return Difference(overall=diff.overall, before=before, after=after, changes=changes, must_agree=must_agree)


def statement(content: bytes, *, signer: str, typed: Mapping[str, Any]) -> Statement:
    """What is to be signed, for a page. `typed` are the words as they were given, to tell which were masked."""
    told = parse(content.decode())
    masked = tuple(
        label_of(name)
        for name in ("risk", "what")
        if typed.get(name) and isinstance(told.get(name), str) and told[name] != " ".join(str(typed[name]).split())
    )
    return Statement(
        encoded=base64.b64encode(content).decode(),
        digest=f"sha256:{hashlib.sha256(content).hexdigest()}",
        parts=tuple(_parts(told)),
        text=content.decode(),
        signer=signer,
        file=f"{told.get('consent', 'statement')}.json",
        namespace=NAMESPACE,
        masked=masked,
    )


def _parts(told: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in told.items():
        if isinstance(value, Mapping):
            found += _parts(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found


def entered(
    form: Form, kept: Kept[Entry], hash_: bytes, *, again: bool, masked: Sequence[str], currency: str
) -> Entered:
    """What stands in the ledger, for a page."""
    forms = {one.name: one.form for one in described(type(kept.entry))}
    told = []
    for name, text in facts(kept.entry):
        at = getattr(kept.entry, name) if forms[name] is Holds.MOMENT and not text else 0
        unit = f" {currency}" if forms[name] in (Holds.MONEY, Holds.MONEY_RANGE) else ""
        told.append(Fact(label=label_of(name), text=f"{text}{unit}", at=at, masked=name in masked))
    values = {one.name: str(getattr(kept.entry, one.name)) for one in described(type(kept.entry))}
    return Entered(
        form=form,
        row=kept.seq,
        hash=f"sha256:{hash_.hex()}",
        id=kept.entry.id,
        kind=kept.entry.kind,
        recorded=kept.time,
        facts=tuple(told),
        place=form.place.format_map(values),
        again=again,
        masked=tuple(label_of(name) for name in masked),
    )


def errors_of(found: tuple[Problem, ...]) -> dict[str, str]:
    """By field what is wrong with it, in one text."""
    told: dict[str, str] = {}
    for one in found:
        if one.field:
            told[one.field] = " ".join(part for part in (told.get(one.field, ""), one.sentence) if part)
    return told


def as_problems(error: EntryError, form: Form) -> tuple[Problem, ...]:
    """Those of an error."""
    return problems(error.mistakes, form)
