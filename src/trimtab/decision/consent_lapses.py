"""What ends a consent that was given: changes, and what happened after it, each in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.consents import Asked, ConsentDecided, ConsentWithdrawn
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.policy.diff import diff
from trimtab.policy.model import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is so at a moment, of the candidate that is to be released.

    `at` is in microseconds since the epoch, UTC; only what was recorded by then counts. `artefact` is the digest of
    what the candidate is, empty where nobody knows, and `promise` that of what is promised of it. `card` and `score`
    are compared where they are known. `spent` says when error budgets of the system came to be spent, by metric.
    `before` gives an earlier policy by its digest, to tell what became stricter.
    """

    at: int
    artefact: str
    promise: str
    card: str = ""
    score: str = ""
    spent: Sequence[tuple[int, str]] = ()
    before: Callable[[str], Policy | None] = lambda _: None


def changed(asked: Asked, policy: Policy, now: Now) -> Iterator[str]:
    """What is not as it was when it was asked for."""
    if not now.artefact:
        yield f"nobody knows what {asked.candidate} is now"
    elif asked.artefact != now.artefact:
        yield f"{asked.candidate} is not what it was (its weights, settings or guard changed)"
    if asked.promise != now.promise:
        then = now.before(asked.policy)
        system = policy.systems.get(asked.system)
        where = f"tiers.{system.tier}.floors." if system is not None else "-"
        raised = [one for one in (diff(then, policy).changes if then else ()) if one.where.startswith(where)]
        stricter = [f"{one.where.removeprefix(where)}: {one.text}" for one in raised if one.effect == "tightens"]
        if stricter:
            yield f"a floor was raised ({', '.join(stricter)})"
        else:
            yield "what the policy promises of it changed"
    if asked.card and now.card and asked.card != now.card:
        yield "its card is another"
    if asked.score and now.score and asked.score != now.score:
        yield "its score is another"


def since(books: Books, system: str, decided: Kept[ConsentDecided], now: Now) -> Iterator[str]:
    """What happened after it was signed, or was recorded after that: whoever signed did not know of it."""
    signed = min(decided.entry.at, decided.time)
    for recorded, metric in now.spent:
        if signed < recorded <= now.at:
            yield f"the error budget of {metric} was spent on {day(recorded)}"
            break
    for one in books.all(IncidentOpened):
        new = signed < one.time <= now.at
        if new and one.entry.severity == "S1" and one.entry.system in {system, ""}:
            opened, known = day(one.entry.at), day(one.time)
            later = "" if opened == known else f", and recorded on {known}"
            yield f"incident {one.entry.incident} (S1) was opened on {opened}{later}"
            break
    yield from _back(books, system, signed, now)


def _back(books: Books, system: str, signed: int, now: Now) -> Iterator[str]:
    """A severe incident that was taken for solved, and was not."""
    for one in books.all(IncidentMoved):
        if one.entry.step == "reopen" and signed < one.time <= now.at:
            of = next(iter(books.about(IncidentOpened, one.entry.incident)), None)
            if of is None or (of.entry.severity == "S1" and of.entry.system in {system, ""}):
                yield f"incident {one.entry.incident} (S1) was opened again on {day(one.time)}"
                return


def withdrawn(books: Books, id_: str, now: Now) -> Iterator[str]:
    """Whether it was taken back, and by whom."""
    for one in books.about(ConsentWithdrawn, id_):
        if one.time <= now.at:
            yield f"{one.entry.by} has withdrawn it"
            return


def duties(entry: ConsentDecided) -> tuple[tuple[str, int], ...]:
    """Conditions and their days, the first due first."""
    return tuple(sorted(((name, by) for name, (by, _) in entry.conditions.items()), key=lambda one: (one[1], one[0])))


def day(at: int) -> str:
    """In words, UTC."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m-%d")


def moment(at: int) -> str:
    """In words, UTC."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
