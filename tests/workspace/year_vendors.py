"""What vendors owe and how far they can be trusted, computed once more (F08, P11); see `year_again`."""

import math
from collections.abc import Callable
from typing import Any

from tests.workspace.year_raw import DAY, Figure, Year, exact

PILLARS = {
    "owasp-llm-2026:LLM01": "safety",
    "owasp-llm-2026:LLM02": "privacy",
    "eu-ai-act:Art.15": "performance",
}  # all others of the questionnaires are about governance
WEIGHTS = {"safety": 0.3, "privacy": 0.2, "governance": 0.3, "performance": 0.1}
CREDIT = {"met": 1.0, "partly": 0.5, "not": 0.0}


def credits_owed(year: Year, _: str) -> Figure:
    """F08: min(cap, fee x sum of slope x shortfall) - bonus, shortfall only when the interval fails the floor."""
    owed = [0.0, 0.0, 0.0]
    contract = year.policy["vendors"]["north-models"]
    for clause in contract["sla"]:
        last = next(
            one for one in year.of("vendor-count") if (one["clause"], one["since"]) == (clause["metric"], year.start)
        )
        seen = exact(last["hits"], last["of"])
        assert seen is not None
        value, low, high = seen
        assert not low >= clause.get("bonus", {"beyond": 1.1})["beyond"]  # so no bonus
        if high < clause["floor"]:
            short = [contract["fee"] * clause["slope"] * (clause["floor"] - end) for end in (value, high, low)]
            owed = [was + more for was, more in zip(owed, short, strict=True)]
    value, low, high = (min(float(contract["cap"]), one) for one in owed)
    return value, low, high


def assurance(year: Year, system: str) -> Figure:
    """P11: the same score as inside, of the weakest critical vendor; what nobody vouches for counts to the floor only."""
    named = year.policy["systems"][system].get("vendors", []) if system else list(year.policy["vendors"])
    critical = [name for name in named if year.policy["vendors"][name].get("critical")] or named
    if not critical:
        return None
    low = min(_score(year, name) for name in critical) / 100.0
    return low, low, max(low, min(_score(year, name, best=True) for name in critical) / 100.0)


def _score(year: Year, vendor: str, *, best: bool = False) -> float:
    """The score; at best without the cap of what is inconclusive, which more evidence may lift."""
    floor, cap = year.policy["vendors"][vendor].get("met", 0.8), 100.0
    by_pillar: dict[str, list[tuple[float, float, float]]] = {}
    for control in year.policy["vendors"][vendor]["asks"]:
        mine = [one for one in year.of("vendor") if (one["vendor"], one["control"]) == (vendor, control)]
        by_pillar.setdefault(PILLARS.get(control, "governance"), []).append(_answered(year, mine))
    logs = {}
    for pillar, parts in by_pillar.items():
        vouched, possible, claimed = (math.fsum(column) / len(parts) for column in zip(*parts, strict=True))
        cap = min(cap, 49.0 if possible < floor else 69.0 if vouched < floor and not best else 100.0)
        seen = max(vouched, min(claimed, floor))
        worth = 0.5 + 0.5 * (seen - floor) / (0.95 - floor) if seen >= floor else max(0.01, 0.5 * seen / floor)
        logs[pillar] = math.log(min(1.0, worth))
    guarded = math.fsum(WEIGHTS[one] for one in by_pillar if one in {"safety", "privacy"})
    other = math.fsum(WEIGHTS[one] for one in by_pillar) - guarded
    share = max(0.5, guarded / (guarded + other))
    whole = {one: share / guarded if one in {"safety", "privacy"} else (1.0 - share) / other for one in by_pillar}
    return min(cap, 100.0 * math.exp(math.fsum(whole[one] * WEIGHTS[one] * logs[one] for one in by_pillar)))


def _answered(year: Year, answers: list[dict[str, Any]]) -> tuple[float, float, float]:
    """(vouched for, possible, claimed) of one control; answers hold for a quarter."""
    outside = [one for one in answers if one["independence"] == "outside"]
    own = [one for one in answers if one["independence"] != "outside"]
    last = max(outside, key=lambda one: one["at"], default=None)
    high = CREDIT[last["answer"]] if last else 1.0
    low = high if last and last["at"] + 92 * DAY >= year.end else 0.0
    high = min([high, *(CREDIT[one["answer"]] for one in own if one["at"] >= (last["at"] if last else 0))])
    low = min(low, high)
    latest = max(own, key=lambda one: one["at"])
    assert latest["at"] + 92 * DAY >= year.end
    return low, high, max(low, min(high, CREDIT[latest["answer"]]))


FIGURES: dict[str, Callable[[Year, str], Figure]] = {"F08": credits_owed, "P11": assurance}
