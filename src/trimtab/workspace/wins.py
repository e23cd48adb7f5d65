"""Wins of a ledger: their figures looked up in its rows, and compared with the newest of the same kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from trimtab.decision.wins import PARTS, Binding, Figure, Sentence, Win, reach, sentences, trouble, win_of
from trimtab.errors import EntryError, Mistake, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.entries.wins import WinTold
from trimtab.evidence.published import Published
from trimtab.evidence.records import Decided, Observation
from trimtab.kinds import Row
from trimtab.policy import Policy
from trimtab.workspace.changes import of_a_baseline
from trimtab.workspace.keeping import Receipt, keep

_MOST_BYTES = 100_000  # of a page of one page
_SAME = ("what", "asked")  # of what was published
_STRATA = ("stratum", "document", "control")  # by which entries about one system differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A win with its sentences as evidence makes them, and the rows that they rest on."""

    win: Win
    at: int  # microseconds UTC
    by: str
    row: int
    sentences: tuple[Sentence, ...]
    rows: tuple[int, ...]

    @property
    def stale(self) -> tuple[Sentence, ...]:
        """Sentences whose numbers have changed."""
        return tuple(one for one in self.sentences if one.stale)


def told_wins(ledger: Ledger, books: Books, *, asof: int | None = None, currency: str = "") -> Iterator[Told]:
    """Every win in its last version, in the order in which they were first told, with figures up to the books' row."""
    last: dict[str, Kept[WinTold]] = {}
    for one in books.all(WinTold):
        if asof is None or one.entry.at <= asof:
            last[one.entry.win] = one
    for kept in last.values():
        win = win_of(kept.entry)
        figures = looked_up(ledger, win.figures, upto=books.upto)
        yield Told(
            win=win,
            at=kept.entry.at,
            by=kept.entry.by,
            row=kept.seq,
            sentences=sentences(win, figures, currency=currency),
            rows=tuple(sorted({kept.seq, *(one.binding.row for one in figures.values())})),
        )


def tell_win(ledger: Ledger, policy: Policy, path: Path, *, by: str, now: int | None = None) -> Receipt:
    """Record the win that a YAML file tells.

    Raises:
        EntryError: It is no win, with everything that is wrong; nothing was recorded.
    """
    values = {"by": by, **_read(path)}
    mistakes = []
    try:
        entry = WinTold(at=0, by=by, **{name: str(values.get(name, "")) for name in ("win", "title", *PARTS)},
                        figures=tuple(values["figures"]))  # fmt: skip
        win = win_of(entry)
    except ValueError:
        pass  # `keep` says what is wrong with the bindings
    else:
        head = ledger.head()
        figures = looked_up(ledger, win.figures, upto=head.seq if head else 0)
        for said in trouble(win, figures):
            what, _, next_step = said.partition(". ")
            mistakes.append(_mistake(path, what, next_step))
    if mistakes:
        raise EntryError(mistakes)
    return keep(ledger, policy, [Draft(kind=WinTold.kind, values=values, path=str(path))], now=now)


def looked_up(ledger: Ledger, figures: Mapping[str, Binding], *, upto: int) -> dict[str, Figure]:
    """Each figure as its own row has it, and as the newest row of the same kind about the same thing does."""
    found: dict[str, Figure] = {}
    newest: dict[int, Row | None] = {}
    for name, binding in figures.items():
        if binding.row not in newest:
            newest[binding.row] = _newest(ledger, binding.row, upto)
        own = _row(ledger, binding.row, upto)
        now = newest[binding.row]
        value = reach(orjson.loads(own.payload), binding.path) if own else None
        found[name] = Figure(
            binding=binding,
            value=value,
            now=reach(orjson.loads(now.payload), binding.path) if now else value,
            now_row=now.seq if now else binding.row,
        )
    return found


def _row(ledger: Ledger, seq: int, upto: int) -> Row | None:
    if not 0 < seq <= upto:
        return None
    return next((row for row, _ in ledger.records(after=seq - 1, upto=seq)), None)


def _newest(ledger: Ledger, seq: int, upto: int) -> Row | None:
    """The last row that takes the place of one: itself where nothing does."""
    own = _row(ledger, seq, upto)
    if own is None:
        return None
    if own.kind == Observation.kind:
        return own  # one answer to one case: there is no newer one
    last, known = own, _identity(own)
    corrected = {known["spend"]} if known.get("spend") else set()
    for row, _ in ledger.records(after=seq, upto=upto, kind=own.kind):
        if corrected:
            payload = orjson.loads(row.payload)
            if payload.get("instead_of") in corrected:
                corrected.add(payload["spend"])
                last = row
        elif _identity(row) == known:
            last = row
    return last


def _identity(row: Row) -> dict[str, Any]:
    """What makes two rows of a kind tell of the same thing."""
    payload = orjson.loads(row.payload)
    if row.kind == Published.kind:
        return {name: payload.get(name) for name in _SAME}
    if row.kind == "spend":
        return {"spend": payload.get("spend")}
    about = {"incident": "incident", "finding": "finding", "note": "note", "near-miss": "near_miss"}.get(row.kind)
    if about:
        return {about: payload.get(about)}
    return {
        "system": row.system,
        "candidate": row.candidate,
        "metric": row.metric,
        "baseline": row.kind == Decided.kind and of_a_baseline(row),  # takes the place of no gate
        **{name: payload.get(name) for name in _STRATA if name in payload},
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        found = yaml.safe_load(data.decode("utf-8")) if len(data) <= _MOST_BYTES else None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Name a file that can.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise EntryError([_mistake(path, "is no YAML", "Begin with `trimtab wins new --template`.")]) from error
    if not isinstance(found, dict):
        raise EntryError([_mistake(path, "tells no win", "Begin with `trimtab wins new --template`.")])
    figures = found.get("figures") or {}
    if not isinstance(figures, dict):
        raise EntryError([_mistake(path, "`figures` is no mapping", "Write `name: ROW:PATH`, a line for each.")])
    told = {str(name)[:40]: value for name, value in found.items() if name != "figures"}
    # Aliases can stand for more text than there is memory, so nothing nested is turned into text.
    nested = [name for name, value in {**told, **figures}.items() if isinstance(value, dict | list)]
    if nested:
        raise EntryError([_mistake(path, f"{name} is no text", "Write it on lines of its own.") for name in nested])
    texts = {name: " ".join(str(value).split()) for name, value in told.items() if value is not None}
    return {**texts, "figures": [f"{name}:{where}" for name, where in figures.items()]}


def _mistake(path: Path, what: str, next_step: str) -> Mistake:
    return Mistake(path=str(path), line=0, column=0, where="", message=what, suggestion=next_step, code=EntryError.code)
