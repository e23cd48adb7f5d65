"""Keeps the books: takes what people and feeds report, all of it or nothing with every mistake at once."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab import __version__
from trimtab.decision.entry_rules.accepting import doubts, doubts_alone
from trimtab.decision.entry_rules.doubt import Held
from trimtab.decision.one_currency import another_currency
from trimtab.errors import EntryError, LedgerMovedError, Mistake
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import ENTRIES, Entry, described
from trimtab.evidence.entries.entry import Form
from trimtab.evidence.entries.reading import Draft, read_entry
from trimtab.evidence.records import PolicyAdopted, Record, Subject
from trimtab.measure.redact import mask_words
from trimtab.policy import Policy
from trimtab.policy.keys import nearest
from trimtab.workspace.recall import adopted_policies

_MAKER = f"trimtab/{__version__}"
_MOST_MISTAKES = 200
_TRIES = 50
_ENTERED = [name for name, kind in ENTRIES.items() if not kind.computed]
_MADE_BY = (
    "`trimtab budget`, `trimtab committee`, `trimtab recalibrate` and `trimtab policy propose` make such entries."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was kept, as it stands in the ledger now, and the fields whose words were masked."""

    kept: tuple[Kept[Entry], ...]
    masked: Mapping[int, tuple[str, ...]]  # index of an entry -> its fields

    @property
    def ids(self) -> tuple[str, ...]:
        """Of what was entered."""
        return tuple(one.entry.id for one in self.kept)


def keep(
    ledger: Ledger,
    policy: Policy,
    drafts: Sequence[Draft],
    *,
    now: int | None = None,
    mask: Callable[[str], str] = mask_words,
    books: Books | None = None,
) -> Receipt:
    """Enter drafts in the books, in their order.

    Each is held against the books as they stand after those before it. Whoever else writes meanwhile is taken into
    account. The rows are on disk when this returns.

    Args:
        ledger: Whose books.
        policy: Names people, teams, systems and the currency.
        drafts: As written; at least one.
        now: Microseconds since the epoch, UTC; the ledger's clock if left out.
        mask: Takes personal data and secrets out of words.
        books: Those of the ledger, for whoever has read them before: they are read on, and not anew.

    Raises:
        EntryError: Some draft cannot stand; nothing was recorded.
        LedgerError: They cannot be recorded.
    """
    moment = now if now is not None else ledger.now()
    mistakes: list[Mistake] = []
    masked: dict[int, tuple[str, ...]] = {}
    entries: list[Entry] = []
    read: list[tuple[Draft, Entry]] = []
    for index, draft in enumerate(drafts):
        if len(mistakes) >= _MOST_MISTAKES:
            break  # nothing will be kept, and nobody reads more
        entry = _read(draft, moment, mask, mistakes)
        if entry is not None:
            entries.append(entry)
            read.append((draft, entry))
            if hidden := _masked(draft, entry):
                masked[index] = hidden
    if mistakes:
        # Nothing is held against the books yet: whatever refers to what cannot be read would seem to be wrong as well.
        held = Held(books=Books(), policy=policy, now=moment)
        for draft, entry in read:
            mistakes += [_mistake(draft, one.field, one.what, one.next_step) for one in doubts_alone(entry, held)]
        raise EntryError(sorted(mistakes, key=lambda one: one.line)[:_MOST_MISTAKES])
    return Receipt(kept=_append(ledger, policy, drafts, entries, moment=moment, known=books), masked=masked)


def keep_computed(
    ledger: Ledger, policy: Policy, entries: Sequence[Entry], *, now: int | None = None
) -> tuple[Kept[Entry], ...]:
    """Enter what trimtab itself made: kinds that are `computed`, which nobody can enter as a draft.

    They are held against the books as all entries are.

    Raises:
        EntryError: Some entry cannot stand; nothing was recorded.
        LedgerError: They cannot be recorded.
    """
    drafts = [Draft(kind=one.kind, values={}) for one in entries]
    moment = now if now is not None else ledger.now()
    return _append(ledger, policy, drafts, entries, moment=moment, known=None)


def entry_data(kept: Kept[Entry]) -> dict[str, Any]:
    """An entry for other programs."""
    return {"row": kept.seq, "recorded": kept.time, "kind": kept.entry.kind, **kept.entry.payload()}


def adopted(ledger: Ledger, policy: Policy) -> list[Record]:
    """The policy as a record, unless the ledger holds it."""
    digest = policy.digest  # works it out anew each time
    known = any(row.policy == digest for row in ledger.rows(kind=PolicyAdopted.kind))
    return [] if known else [PolicyAdopted(text=policy.model_dump_json(by_alias=True))]


def adopt(ledger: Ledger, policy: Policy) -> None:
    """Record the policy, unless the ledger holds it, so that what is made from it can be made again."""
    if records := adopted(ledger, policy):
        ledger.append(records, subject=Subject(), run="", maker=_MAKER, policy=policy.digest, durable=True)


def _append(
    ledger: Ledger,
    policy: Policy,
    drafts: Sequence[Draft],
    entries: Sequence[Entry],
    *,
    moment: int,
    known: Books | None,
) -> tuple[Kept[Entry], ...]:
    known = Books() if known is None else known
    digest = policy.digest  # works it out anew each time
    for attempt in range(_TRIES):
        known.catch_up(ledger)
        if any(hasattr(one, "currency") for one in entries):
            _in_one_currency(ledger, known, policy)
        books = known.copy()  # with what may yet be refused
        upto, mistakes, clash = books.upto, list[Mistake](), True
        for draft, entry in zip(drafts, entries, strict=True):
            if len(mistakes) >= _MOST_MISTAKES:
                break
            found = doubts(entry, Held(books=books, policy=policy, now=moment))
            mistakes += [_mistake(draft, one.field, one.what, one.next_step) for one in found]
            clash = clash and all(one.clash for one in found)
            if not found:
                books.add(Kept(entry, upto, moment, digest))
        if mistakes:
            raise EntryError(mistakes[:_MOST_MISTAKES], clash)
        first = adopted(ledger, policy)
        records: list[Record] = [*first, *entries]
        subjects = [Subject()] * len(first) + [Subject(system=one.system, candidate=one.candidate) for one in entries]
        try:
            last = ledger.append(
                records, subject=subjects, run="", maker=_MAKER, policy=digest, durable=True, onto=upto
            )
        except LedgerMovedError:
            if attempt == _TRIES - 1:
                raise
            continue
        begin = last.seq - len(entries) + 1
        return tuple(Kept(one, begin + index, last.time, digest) for index, one in enumerate(entries))
    raise AssertionError  # the last attempt returns or raises


def _in_one_currency(ledger: Ledger, books: Books, policy: Policy) -> None:
    if other := another_currency(books, policy, adopted_policies(ledger)):
        why, step = f"{other}, and nothing is converted", "Keep the currency, or begin another ledger."
        raise EntryError([_mistake(Draft(kind="currency", values={}), "currency", why, step)])


def _read(draft: Draft, moment: int, mask: Callable[[str], str], mistakes: list[Mistake]) -> Entry | None:
    kind = ENTRIES.get(draft.kind)
    if kind is None:
        mistakes.append(_mistake(draft, "kind", f"{draft.kind[:40]!r} is no entry", nearest(draft.kind, _ENTERED)))
        return None
    if kind.computed:
        mistakes.append(_mistake(draft, "kind", f"a {kind.kind} is computed from evidence, not entered", _MADE_BY))
        return None
    values = dict(draft.values)
    if kind.opens and not values.get(kind.about):
        values[kind.about] = f"{kind.kind}-{secrets.token_hex(4)}"
    found = read_entry(kind, values, now=moment, mask=mask, asks=draft.asks)
    if isinstance(found, Entry):
        return found
    mistakes += [_mistake(draft, field, what) for field, what in found]
    return None


def _masked(draft: Draft, entry: Entry) -> tuple[str, ...]:
    words = (one.name for one in described(type(entry)) if one.form is Form.WORDS)
    return tuple(name for name in words if getattr(entry, name) != " ".join((draft.values.get(name) or "").split()))


def _mistake(draft: Draft, field: str, what: str, next_step: str = "") -> Mistake:
    return Mistake(
        path=draft.path or draft.kind,
        line=draft.line,
        column=0 if not draft.line else 1,
        where=field,
        message=what,
        suggestion=next_step,
        code=EntryError.code,
    )
