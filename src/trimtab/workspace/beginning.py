"""How a run begins: what will be asked of whom, as the ledger has it and as people see it."""

import platform
from collections.abc import Mapping
from typing import Any

from trimtab import __version__
from trimtab._canonical import digest
from trimtab.decision import alpha_of
from trimtab.evidence.records import RunStarted
from trimtab.kinds import Instrument
from trimtab.policy import Policy
from trimtab.workspace.brought import Baggage
from trimtab.workspace.machine import machine
from trimtab.workspace.plan import Plan
from trimtab.workspace.progress import Line, Watched


def started_of(policy: Policy, plan: Plan, *, fresh: bool, brought: Baggage | None = None) -> RunStarted:
    """How a run begins: what will be asked of whom, and what others asked before."""
    return RunStarted(
        candidates={name: digest(plan.spec.whole(name).told) for name in plan.candidates},
        suites={
            name: {
                "cases": len(suite.cases),
                "order": suite.order_digest,
                "version": suite.version,
                "seed": suite.seed,
            }
            for name, suite in plan.suites.items()
        }
        | {name: _imported_facts(policy, name, brought or {}) for name in plan.brought},
        metrics={name: _facts(policy, name, plan) for name in plan.metrics},
        trimtab=__version__,
        python=platform.python_version(),
        machine=machine(),
        fresh=fresh,
        sampling="bandit" if plan.bandit else "sequential" if plan.sequential else "fixed",
    )


def _imported_facts(policy: Policy, suite: str, brought: Baggage) -> Mapping[str, Any]:
    """Of a suite that another tool asked: as many cases as the candidate with the fewest has, and which files."""
    found = {candidate: suites[suite].record for candidate, suites in brought.items()}
    sizes = [max(map(len, suites[suite].observations.values())) for suites in brought.values() if suites[suite].record]
    makers = sorted({record.maker for record in found.values() if record})
    return {
        "cases": min(sizes, default=0),
        "order": digest({candidate: record.file if record else "" for candidate, record in found.items()}),
        "version": ", ".join(makers) or "nothing imported",
        "seed": 0,
        "imported": policy.suites[suite].imported,
    }


def _facts(policy: Policy, name: str, plan: Plan) -> Mapping[str, Any]:
    scored, spec = plan.metrics[name], policy.metrics[name]
    instrument = getattr(scored.plugin, "instrument", None)
    through = {"instrument": instrument.payload()} if isinstance(instrument, Instrument) else {}
    return {
        "suite": scored.suite,
        "plugin": scored.plugin.name,
        "version": scored.plugin.version,
        "shape": scored.plugin.shape.value,
        "unit": spec.unit,
        "better": spec.better,
        **through,
    }


def lines_of(policy: Policy, plan: Plan) -> list[Line]:
    """What the display shows: one line for each suite asked of each candidate."""
    tier = policy.tiers[plan.spec.tier]
    alpha = 1.0 - tier.confidence if plan.spec.has_grid else alpha_of(tier, plan.spec)
    return [
        Line(
            candidate=candidate,
            suite=suite.name,
            total=len(suite.cases),
            watched=tuple(
                Watched(
                    metric=scored.name,
                    shape=scored.plugin.shape,
                    floor=tier.floors.get(scored.name),
                    alpha=alpha,
                    unit=policy.metrics[scored.name].unit,
                    instrument=getattr(scored.plugin, "instrument", None),
                    anytime=plan.sequential,
                )
                for scored in plan.scored[suite.name]
            ),
        )
        for candidate in plan.candidates
        for suite in plan.suites.values()
    ]
