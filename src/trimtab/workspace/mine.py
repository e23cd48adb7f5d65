"""One person's part: what they own, what is due from them and when, and what they entered lately."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.consent_standing import ConsentState
from trimtab.decision.funding import fundings
from trimtab.decision.incidents import Finding, findings, incidents
from trimtab.decision.kpis.cases import due_of
from trimtab.decision.kpis.practice import clocks
from trimtab.decision.learning import Holding, holdings
from trimtab.decision.period import Period
from trimtab.decision.scope import exemptions
from trimtab.evidence import Ledger
from trimtab.evidence.books import Kept
from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.policy import Policy
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.kpi_spec import KpiSpec
from trimtab.policy.metric_spec import MetricSpec
from trimtab.policy.people import Person
from trimtab.policy.spans import DAY, microseconds
from trimtab.policy.vendor_spec import VendorSpec
from trimtab.workspace.consent_facts import Listed, asked_as, standings
from trimtab.workspace.kpis import KpiEvidence
from trimtab.workspace.queue import may_sign
from trimtab.workspace.standings import Seen

_SOON = 90 * DAY
_COURSES = {
    "not-taken": "was never taken",
    "lapsed": "has lapsed: take it again",
    "due": "was completed, and a quiz since then is owed",
    "forgotten": "was not passed in the last quiz: take another",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Something that somebody answers for: through a team, or in their own name if `through` is empty."""

    kind: str
    id: str
    words: str
    through: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that is to be done: by when, in microseconds since the epoch, UTC; 0 for now, without a day."""

    kind: str
    id: str
    at: int
    words: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """A person, with the policy and the ledger that tell what is theirs as of a moment (microseconds, UTC)."""

    ledger: Ledger
    policy: Policy
    evidence: KpiEvidence
    name: str
    moment: int

    @property
    def person(self) -> Person | None:
        """As the policy has them; None where it does not."""
        return self.policy.people.get(self.name)

    @property
    def teams(self) -> tuple[str, ...]:
        """Teams that they are of, or answer for."""
        of = self.person.team if self.person else None
        return tuple(name for name, team in self.policy.teams.items() if name == of or team.lead == self.name)

    def through(self, owner: str) -> str | None:
        """By which team something of this owner is theirs; empty for their own name, None where it is not theirs."""
        return "" if owner == self.name else owner if owner in self.teams else None


def owned(of: Whose) -> list[Owned]:
    """What they answer for now, in the order of the policy and then of the books."""
    return list(_owned(of))


def held(of: Whose) -> list[Holding]:
    """How they stand in every course that they owe."""
    return [one for one in holdings(of.policy, of.evidence.books, end=of.moment + 1) if one.person == of.name]


def due(of: Whose) -> list[Due]:
    """What is to be done, the first deadline first; what is due now and has no day stands before."""
    return sorted(_due(of), key=lambda one: (one.at, one.kind, one.id))


def entered(of: Whose, *, most: int = 20) -> list[Kept[Entry]]:
    """What they entered last, the newest first."""
    mine = (one for kind in ENTRIES.values() for one in of.evidence.books.all(kind) if one.entry.by == of.name)
    return sorted(mine, key=lambda one: -one.seq)[:most]


# -- what is theirs ------------------------------------------------------------------------


def _owned(of: Whose) -> Iterator[Owned]:
    for name, spec in of.policy.systems.items():
        through = of.through(spec.owner)
        if spec.risk_owner == of.name:
            yield Owned(kind="system", id=name, words=f"accepts its risk; {spec.intended_use}")
        elif through is not None:
            yield Owned(kind="system", id=name, words=spec.intended_use, through=through)
    yield from _of_policy(of)
    for control in exemptions(of.evidence.books):
        if control.by == of.name and control.at <= of.moment < control.until:
            yield Owned(kind="exemption", id=control.control, words=f"does not apply: {control.reason}")
    yield from _of_books(of)


def _of_policy(of: Whose) -> Iterator[Owned]:
    policy = of.policy
    kinds: tuple[tuple[str, Mapping[str, KpiSpec | MetricSpec | VendorSpec]], ...] = (
        ("KPI", policy.kpis),
        ("metric", policy.metrics),
        ("vendor", policy.vendors),
    )
    for kind, specs in kinds:
        for name, one in specs.items():
            through = of.through(one.owner)
            if through is not None:
                yield Owned(kind=kind, id=name, words=_about(name, one), through=through)
    for line in policy.liaison:
        through = of.through(line.owner)
        if through is not None:
            yield Owned(kind="priority", id=line.priority, words=line.safety, through=through)


def _about(name: str, spec: KpiSpec | MetricSpec | VendorSpec) -> str:
    if isinstance(spec, KpiSpec):
        return kpi_catalogue()[name].title
    return spec.question if isinstance(spec, MetricSpec) else ", ".join(spec.services)


def _of_books(of: Whose) -> Iterator[Owned]:
    books = of.evidence.books
    for one in findings(books, before=of.moment):
        through = of.through(one.opened.owner)
        if one.open and through is not None:
            words = f"{one.opened.severity}, {one.opened.system or 'the organisation'}: {one.opened.what}"
            yield Owned(kind="finding", id=one.opened.finding, words=words, through=through)
    for case in incidents(books, before=of.moment):
        through = of.through(case.opened.team)
        if case.open and case.opened.team and through is not None:
            words = f"{case.opened.severity}, {case.opened.system or 'the organisation'}: {case.opened.hazard}"
            yield Owned(kind="incident", id=case.opened.incident, words=words, through=through)
    for request in fundings(books, asof=of.moment):
        asked = request.asked
        through = of.through(asked.owner) if asked.owner == of.name else of.through(asked.team)
        if request.state not in ("settled", "withdrawn") and through is not None:
            words = (
                f"{asked.category}, {asked.amount / 100:,.2f} {asked.currency or of.policy.currency}: {request.state}"
            )
            yield Owned(kind="request", id=asked.request, words=words, through=through)


# -- what is due ---------------------------------------------------------------------------


def _due(of: Whose) -> Iterator[Due]:
    yield from _findings_due(of)
    yield from _reports_due(of)
    yield from _courses_due(of)
    yield from _consents_due(of)
    seen = Seen(policy=of.policy, evidence=of.evidence, now=of.moment)
    for name, vendor in of.policy.vendors.items():
        if of.through(vendor.owner) is None:
            continue
        stands = seen.standing(name)
        if not stands.due:
            yield Due(kind="vendor", id=name, at=0, words="Assess it in full, which nobody has done.")
        elif stands.due <= of.moment + _SOON:
            yield Due(kind="vendor", id=name, at=stands.due, words="Assess it again.", late=stands.due <= of.moment)
    for one in exemptions(of.evidence.books):
        if one.by == of.name and one.at <= of.moment < one.until <= of.moment + _SOON:
            words = "That it does not apply ends: look again."
            yield Due(kind="exemption", id=one.control, at=one.until, words=words)


def _findings_due(of: Whose) -> Iterator[Due]:
    for one in findings(of.evidence.books, before=of.moment):
        if one.open and not one.fixed and of.through(one.opened.owner) is not None:
            yield _finding_due(of, one)


def _finding_due(of: Whose, one: Finding) -> Due:
    at = due_of(of.policy, one)
    words = f"Fix it ({one.opened.severity}, {one.opened.system or 'the organisation'})."
    return Due(kind="finding", id=one.opened.finding, at=at, words=words, late=0 < at <= of.moment)


def _reports_due(of: Whose) -> Iterator[Due]:
    theirs = {
        name
        for name, spec in of.policy.systems.items()
        if spec.risk_owner == of.name or of.through(spec.owner) is not None
    }
    known = {one.opened.incident: one.opened for one in incidents(of.evidence.books, before=of.moment)}
    asked = of.evidence.asked(of.policy, Period.quarter_at(of.moment), asof=of.moment)
    for clock in clocks(asked):
        opened = known.get(clock.incident)
        if opened is not None and not clock.reported and opened.system in theirs:
            words = f"Report it to the authority ({opened.duty}, {opened.system})."
            yield Due(kind="incident", id=clock.incident, at=clock.due, words=words, late=clock.due <= of.moment)


def _courses_due(of: Whose) -> Iterator[Due]:
    for one in held(of):
        if one.state in _COURSES:
            at = one.until if one.state == "lapsed" else one.asked_from
            yield Due(kind="course", id=one.course, at=at, words=f"It {_COURSES[one.state]}.", late=bool(at))
        elif 0 < one.until <= of.moment + _SOON:
            yield Due(kind="course", id=one.course, at=one.until, words="It lapses: take it again before.")


def _consents_due(of: Whose) -> Iterator[Due]:
    for listed in standings(of.ledger, of.policy, at=of.moment):
        one = listed.standing
        if one.state in (ConsentState.ASKED, ConsentState.WAITING):
            if of.name in may_sign(of.policy, listed.system, one.asked_by, one.signers):
                yield _to_sign(of, listed)
            continue
        if not one.opens:
            continue
        spec = of.policy.systems.get(listed.system)
        for name, at in one.due:
            if spec is not None and of.through(spec.owner) is not None:
                words = f"Do what was made a condition: {name}."
                yield Due(kind="consent", id=one.id, at=at, words=words, late=at <= of.moment)
        if of.name in one.signers and one.expires <= of.moment + _SOON:
            words = f"Your consent to {listed.system} {listed.candidate} ends."
            yield Due(kind="consent", id=one.id, at=one.expires, words=words)


def _to_sign(of: Whose, listed: Listed) -> Due:
    asked = asked_as(of.evidence.books, listed.standing.id)
    spec = of.policy.systems.get(listed.system)
    rule = of.policy.tiers[spec.tier].consent if spec is not None else None
    within = microseconds(rule.decide_within) if rule is not None and rule.decide_within else 0
    at = asked.at + within if asked is not None and within else 0
    words = f"Decide on {listed.system} {listed.candidate}: it waits for a signature."
    return Due(kind="consent", id=listed.standing.id, at=at, words=words, late=0 < at <= of.moment)
