"""What cards are made from, and the sentences that several of them share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trimtab.decision.cards.card import Measured, Said, stated
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.documents import Document
from trimtab.decision.incidents import Incident
from trimtab.decision.model import CandidateDecision, Decision
from trimtab.decision.registered import Registry, Thing
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.notes import Note
from trimtab.evidence.records import RunStarted
from trimtab.kinds import Estimate, Instrument, Missing
from trimtab.policy.model import Policy
from trimtab.policy.system_spec import SystemSpec

ON = "card:"
"""What a note is `on` that fills a section: card:SECTION, or card:THING:SECTION of a data set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A system, and the candidate of it that was measured in a run, as far as there is one.

    `decided` and `begun` are the rows of the decision and of the run's beginning, `adopted` that of the policy; 0 where
    there is none. `consent` is where consent to the candidate stands; None where nobody could look.
    """

    policy: Policy
    system: str
    candidate: str
    asof: int
    row: int
    books: Books
    registry: Registry
    documents: Sequence[Document] = ()
    incidents: Sequence[Incident] = ()
    adopted: int = 0
    decision: Decision | None = None
    decided: int = 0
    started: RunStarted | None = None
    begun: int = 0
    artefact: str = ""
    groups: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    consent: Standing | None = None
    asked_row: int = 0  # of the consent

    @property
    def spec(self) -> SystemSpec:
        """Of the system."""
        return self.policy.systems[self.system]

    @property
    def own(self) -> CandidateDecision | None:
        """What was decided of the candidate."""
        found = self.decision.candidates if self.decision else ()
        return next((one for one in found if one.candidate == self.candidate), None)

    @property
    def author(self) -> str:
        """Who is to be named for what the policy says of the system."""
        return f"{self.spec.owner}, in the policy"

    @property
    def policy_rows(self) -> tuple[int, ...]:
        """Where the policy is recorded."""
        return (self.adopted,) if self.adopted else ()


def notes(facts: Facts, section: str, *, thing: str = "") -> Iterator[Said]:
    """What people stated for a section, the last word of each of them; a placeholder takes an earlier word back."""
    on = f"{ON}{thing}:{section}" if thing else f"{ON}{section}"
    last: dict[str, Kept[Note]] = {}
    for one in facts.books.all(Note):
        if one.entry.on == on and one.entry.at <= facts.asof and (thing or one.entry.system in ("", facts.system)):
            last[one.entry.by] = one
    for kept in last.values():
        yield from stated(kept.entry.what, kept.entry.by, rows=(kept.seq,))


def from_policy(facts: Facts, text: str) -> list[Said]:
    """A sentence of the policy: the statement of whoever owns the system."""
    return stated(text, facts.author, rows=facts.policy_rows)


def promised(facts: Facts, text: str) -> list[Said]:
    """What the policy asks; evidence where the policy stands in the ledger, for then it is recorded that it does."""
    if facts.adopted:
        return [Said(text=text, rows=facts.policy_rows)]
    return stated(text, "the policy, which is not in the ledger yet")


def judged(facts: Facts) -> Iterator[Measured]:
    """Every requirement against what was seen."""
    own, metrics = facts.own, facts.started.metrics if facts.started else {}
    for one in own.judgements if own else ():
        told, unit = metrics.get(one.metric, {}), unit_of(facts, one.metric)
        if one.asked in ("regression", "gap") and unit == "ratio":
            unit = "points"
        yield Measured(
            metric=one.metric,
            seen=one.seen,
            rows=(facts.decided,),
            unit="ratio" if one.asked == "mitigation" else unit,
            better=str(told.get("better", "")),
            suite=str(told.get("suite", "")),
            requirement=f"{one.asked}: {one.requirement}" if one.asked != "floor" else one.requirement,
            bound=one.bound,
            verdict=str(one.verdict),
            reason=one.reason,
        )


def estimated(facts: Facts) -> Iterator[Measured]:
    """Every metric's estimate, and below it those of its groups, where cases name any."""
    own, metrics = facts.own, facts.started.metrics if facts.started else {}
    for metric, seen in own.estimates.items() if own else ():
        told = metrics.get(metric, {})
        base = Measured(
            metric=metric,
            seen=seen,
            rows=(facts.decided,),
            unit=unit_of(facts, metric),
            better=str(told.get("better", "")),
            suite=str(told.get("suite", "")),
        )
        yield base
        for group, found in facts.groups.get(metric, {}).items():
            yield Measured(
                metric=metric,
                group=group,
                seen=found,
                rows=(facts.begun, facts.decided),
                unit=base.unit,
                better=base.better,
                suite=base.suite,
            )


def unit_of(facts: Facts, metric: str) -> str:
    """The unit in which a metric was measured."""
    spec = facts.policy.metrics.get(metric)
    told = (facts.started.metrics if facts.started else {}).get(metric, {})
    return str(told.get("unit", "") or (spec.unit if spec and spec.unit else "") or "")


def things(facts: Facts) -> list[Thing]:
    """What the system is registered as: by its id, or by the digest of what was measured."""
    return [
        one
        for one in facts.registry.active
        if one.entry.thing == facts.system or (facts.artefact and one.entry.digest == facts.artefact)
    ]


def behind(facts: Facts, type_: str) -> list[Thing]:
    """Everything of a type that the system or its model was made from."""
    names = {name for one in things(facts) for name in facts.registry.behind(one.entry.thing)}
    return [one for name in sorted(names) if (one := facts.registry.things[name]).entry.type == type_]


def registered(one: Thing) -> list[Said]:
    """What a registration says, under the name of who made it."""
    entry = one.entry
    named = {
        "version": entry.version,
        "from": entry.provider,
        "answered for by": entry.owner,
        "digest": entry.digest,
    }
    told = ", ".join(f"{label} {value}" for label, value in named.items() if value)
    purpose = f" {entry.purpose}" if entry.purpose else ""
    text = f"{entry.type.capitalize()} {entry.thing}{f': {told}' if told else ''}.{purpose}"
    return stated(text, entry.by, rows=(one.seq,))


def consent(facts: Facts) -> Iterator[Said]:
    """Where consent stands."""
    stands = facts.consent
    if stands is not None and stands.state is not ConsentState.NONE and facts.asked_row:
        until = f" until {day(stands.expires)}" if stands.opens and stands.expires else ""
        signed = f", signed by {', '.join(stands.signers)}" if stands.signers else ""
        yield Said(text=f"Consent {stands.id}: {stands.state}{until}{signed}. {stands.why}", rows=(facts.asked_row,))


def history(facts: Facts) -> Iterator[Said]:
    """How many incidents were recorded, and which severe ones are open."""
    own = [one for one in facts.incidents if one.opened.system == facts.system]
    if not own:
        return
    by = {level: sum(one.opened.severity == level for one in own) for level in ("S1", "S2", "S3", "S4")}
    told = ", ".join(f"{count} of {level}" for level, count in by.items() if count)
    yield Said(text=f"{len(own)} incidents were recorded: {told}.", rows=tuple(one.seq for one in own))
    for one in own:
        if one.open and one.opened.severity in ("S1", "S2"):
            named = f"{one.opened.incident} ({one.opened.severity}, {one.opened.hazard})"
            yield Said(text=f"{named} is open since {day(one.opened.at)}.", rows=(one.seq,))


def documents(facts: Facts, *types: str) -> Iterator[Said]:
    """The last version of each document of these types, and whether it is in date."""
    last = {
        one.what: one
        for one in facts.documents
        if one.what in types and one.system in (facts.system, "") and one.at <= facts.asof
    }
    for one in last.values():
        state = f"in date until {day(one.valid_until)}" if one.in_date(facts.asof) else "not in date"
        filled = f"{one.filled} of {one.mandatory} sections filled"
        yield Said(text=f"{one.what}: {filled}, {state}, {one.digest}.", rows=(one.row,))


def unproved(facts: Facts) -> Iterator[Said]:
    """Requirements that are not shown to be met: what measuring itself says of limits."""
    for one in facts.own.judgements if facts.own else ():
        if one.verdict != "pass":
            why = one.seen.reason if isinstance(one.seen, Missing) else one.reason
            yield Said(text=f"{one.metric}, {one.requirement}: {one.verdict}. {why}", rows=(facts.decided,))


def day(moment: int) -> str:
    """A day, UTC."""
    return datetime.fromtimestamp(moment / 1e6, UTC).date().isoformat()
