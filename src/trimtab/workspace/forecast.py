"""What a run will cost: the policy's suites, what the baseline was last measured at, and what a call took then."""

from dataclasses import dataclass
from pathlib import Path

from trimtab.decision import Forecast, SuiteSize, forecast
from trimtab.decision.payload import from_payload
from trimtab.errors import LedgerError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Decided, RunFinished
from trimtab.kinds import Estimate
from trimtab.policy import Policy
from trimtab.workspace.looks import Looks
from trimtab.workspace.plan import Plan, make_plan
from trimtab.workspace.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class PerCall:
    """What a call took on average in the last run: tokens, and seconds of the whole run's time. None when unknown."""

    tokens: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """A forecast for one system, with what a call costs. `money` is per candidate with a price, for a good one."""

    forecast: Forecast
    candidates: tuple[str, ...]
    look: int
    per_call: PerCall
    longest: int  # tokens of an average case at the very most: what it says, and all that it may answer
    money: dict[str, float]


def foresee(policy: Policy, base: Path, *, system: str, ledger: Ledger | None) -> Foresight:
    """Look ahead without asking anybody anything.

    Args:
        policy: The policy.
        base: Folder that its case files are relative to.
        system: One of its systems.
        ledger: Where earlier runs are looked up; None when there is none.
    """
    plan = make_plan(policy, base, system=system)
    whole = Standing(policy=policy, plan=plan, looks={}).whole()
    sizes = {
        name: SuiteSize(
            cases=len(suite.cases),
            units=len({case.independent_unit for case in suite.cases}),
            whole=name in whole,
            turns=sum(1 + len(case.follow_ups) for case in suite.cases) / len(suite.cases),
        )
        for name, suite in plan.suites.items()
    }
    measured, per_call = _last(ledger, system, plan.spec.baseline or "")
    look = _next_look(ledger, policy, system, plan)
    seen = forecast(
        policy,
        system,
        sizes,
        shapes={name: one.plugin.shape for name, one in plan.metrics.items() if not _through(one.plugin)},
        measured=measured,
        look=look,
    )
    longest = _longest(plan)
    tokens = per_call.tokens if per_call.tokens is not None else float(longest)
    money = {
        name: seen.calls["good"] * tokens * max(spec.price.input, spec.price.output) / 1e6
        for name in plan.candidates
        if (spec := plan.spec.whole(name)).price is not None
    }
    return Foresight(
        forecast=seen, candidates=plan.candidates, look=look, per_call=per_call, longest=longest, money=money
    )


def open_if_there(ledger: str | Path) -> Ledger | None:
    """The ledger, or None while nothing has been measured yet.

    Raises:
        LedgerError: There is something, and it is no ledger.
    """
    if "://" not in str(ledger) and not Path(ledger).exists():
        return None
    try:
        return Ledger.open(ledger, create=False)
    except LedgerError as error:
        if "://" in str(ledger) and error.detail == "does not exist":
            return None
        raise


def _through(plugin: object) -> bool:
    return getattr(plugin, "instrument", None) is not None


def _longest(plan: Plan) -> int:
    """Tokens of an average case, if every byte were one and every answer as long as it may be."""
    spec = plan.spec.whole(plan.candidates[0])
    said = [
        sum(len(message.content.encode()) for message in case.messages) / 3.0
        + (1 + len(case.follow_ups)) * (case.max_tokens or spec.generation.max_tokens)
        for suite in plan.suites.values()
        for case in suite.cases
    ]
    return round(sum(said) / max(len(said), 1))


def _last(ledger: Ledger | None, system: str, baseline: str) -> tuple[dict[str, float], PerCall]:
    """What the baseline was last measured at, and what a call took in that run."""
    if ledger is None:
        return {}, PerCall()
    summary = next((one for one in ledger.runs() if one.system == system and one.verdict), None)
    if summary is None:
        return {}, PerCall()
    measured: dict[str, float] = {}
    per_call = PerCall()
    for _, record in ledger.records(run=summary.run):
        if isinstance(record, Decided):
            decision = from_payload(record.decision)
            found = next((c for c in decision.candidates if c.candidate == baseline), decision.candidates[0])
            measured = {m: e.value for m, e in found.estimates.items() if isinstance(e, Estimate) and e.known}
        elif isinstance(record, RunFinished) and record.calls:
            per_call = PerCall(tokens=record.tokens / record.calls, seconds=record.seconds / record.calls)
    return measured, per_call


def _next_look(ledger: Ledger | None, policy: Policy, system: str, plan: Plan) -> int:
    """The highest number that a suite would have; a run that would go on is the look that it was."""
    if ledger is None:
        return 1
    last = next((one for one in ledger.runs() if one.system == system), None)
    goes_on = last is not None and last.outcome != "complete" and last.policy == policy.digest
    before = Looks.of(ledger, system, without=last.run if last is not None and goes_on else "")
    return max((before.number(sketch) for sketch in plan.sketches.values()), default=1)
