"""What has changed since a system was last decided on: weights, settings, prompts, guards, suites, the policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from trimtab._canonical import digest
from trimtab.decision import from_payload
from trimtab.evidence import Decided, Ledger, Observation, RunStarted
from trimtab.kinds import Row
from trimtab.policy import Policy
from trimtab.workspace.identities import identities
from trimtab.workspace.plan import Plan
from trimtab.workspace.redteam import baseline_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is not as it was; nothing at all where `reasons` is empty.

    `candidates` are those that are new or have another artefact. `unknown` are those that could not be started, so
    that nobody can say what they are.
    """

    reasons: tuple[str, ...]
    candidates: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    first: bool = False  # there was no decision yet


def changes(ledger: Ledger, policy: Policy, plan: Plan) -> Changes:
    """Compare what would be measured now with what was, the last time it came to a decision.

    Every candidate is started for it, since only then are its weights known, but none is asked anything.
    """
    last = last_decision(ledger, plan.system)
    if last is None:
        return Changes(reasons=("it was never decided on",), candidates=plan.candidates, first=True)
    found = identities(policy, plan.system, plan.candidates)
    now, unknown = found.artefacts, found.unknown
    before = _measured(ledger, plan, last.run)
    started = next((one for _, one in ledger.records(run=last.run, kind=RunStarted.kind)), None)
    assert isinstance(started, RunStarted)  # nothing is decided without
    other = tuple(
        name
        for name in plan.candidates
        if (name in now and now[name] != before.get(name))
        or digest(plan.spec.whole(name).told) != started.candidates.get(name)
    )
    reasons = [f"{name} is {'another' if name in before else 'new'}" for name in other]
    reasons += [f"{name} is gone" for name in sorted(set(before) - set(plan.spec.all_candidates))]
    reasons += _suites(started, plan)
    if last.policy != policy.digest:
        reasons.append("the policy is another")
    return Changes(reasons=tuple(reasons), candidates=other, unknown=unknown)


def last_decision(ledger: Ledger, system: str) -> Row | None:
    """The row of the last decision on a system. A red-team baseline decides nothing, so it takes no gate's place."""
    last = ledger.last(Decided.kind, system=system)
    if last is None or not of_a_baseline(last):
        return last
    before = [row for row in ledger.rows(kind=Decided.kind) if row.system == system and not of_a_baseline(row)]
    return before[-1] if before else None


def of_a_baseline(row: Row) -> bool:
    """Whether the row of a decision is that of a red-team baseline."""
    return baseline_of(from_payload(orjson.loads(row.payload)))


def _measured(ledger: Ledger, plan: Plan, run: str) -> dict[str, str]:
    """The artefact of each candidate of a system, as far as its last observations are those of the run."""
    rows = [row for row in ledger.latest(system=plan.system) if row.kind == Observation.kind]
    return {row.candidate: row.artefact for row in rows if row.run == run}


def _suites(started: RunStarted, plan: Plan) -> Iterable[str]:
    for name, suite in plan.suites.items():
        before = started.suites.get(name)
        if before is None or (before["order"], before["version"]) != (suite.order_digest, suite.version):
            yield f"suite {name} has other cases" if before else f"suite {name} is new"
    for name, scored in plan.metrics.items():
        facts = started.metrics.get(name)
        if facts is not None and (facts["plugin"], facts["version"]) != (scored.plugin.name, scored.plugin.version):
            yield f"metric {name} is scored otherwise"
