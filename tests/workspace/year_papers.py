"""KPIs of the registry, of audits and of documents, computed once more (P01, P03, P06, P07, P17, P18); see `year_again`."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import hypergeom, norm
from tests.workspace.year_raw import DAY, Figure, Year, census, exact

WEIGHT_OF_FIELDS = {"system": 13, "model": 15, "dataset": 13}  # docs/reference/registry: all mandatory fields together
WEIGHT_OF_DIGEST = WEIGHT_OF_SOURCE = 3
CONTROLS = Path(__file__).parents[2] / "src" / "trimtab" / "policy" / "controls.json"


def registry(year: Year, _: str) -> Figure:
    """P01: (registered / discovered) x weight of valid fields / weight of mandatory fields; hidden by capture-recapture."""
    things = _things(year)
    looks = {one["looked"]: {name.removeprefix("model:") for name in one["found"]} for one in year.of("scanned")}
    first, second = looks["folder"], looks["manifests"]
    assert all(one["at"] > year.end - 92 * DAY for one in year.of("scanned")[-2:])
    both, either = len(first & second), first | second
    # Chapman's number in all, less what was found; those that are registered and were not found are known already.
    alone = len(first) - both, len(second) - both
    hidden = alone[0] * alone[1] / (both + 1)
    unseen = sum(one["type"] == "model" and name not in either for name, one in things.items())
    known = len(things) + len(either - things.keys())

    def share(beyond: float) -> float:
        return len(things) / (known + max(0.0, beyond - unseen)) if math.isfinite(beyond) else 0.0

    # On the logarithm what is hidden is nearly normal (Chao 1987), and by the law of the overlap it is bounded exactly.
    varies = (
        hidden
        + sum((other / (both + 1)) ** 2 * own for own, other in (alone, alone[::-1]))
        + both * (alone[0] * alone[1] / (both + 1) ** 2) ** 2
    )
    spread = math.exp(norm.ppf(0.975) * math.sqrt(math.log1p(varies / hidden**2)))
    numbers = np.arange(len(either), 1_000)  # of things in all
    so_few = hypergeom.sf(both - 1, numbers, len(first), len(second))  # that they share no less
    so_many = hypergeom.cdf(both, numbers, len(first), len(second))  # that they share no more
    most = max(hidden * spread, int(numbers[so_few <= 0.025][0]) - 1 - len(either))
    least = min(hidden / spread, int(numbers[so_many > 0.025][0]) - len(either))
    sampled = exact(len(either & things.keys()), len(either))
    assert sampled is not None
    ends = [share(hidden), share(most), share(least), *sampled[1:]]
    missing = sum(
        WEIGHT_OF_DIGEST * (one["digest"] == "") + WEIGHT_OF_SOURCE * (not any(one["sources"]) and not one["made_from"])
        for one in things.values()
        if one["type"] == "dataset"
    )
    owed = sum(WEIGHT_OF_FIELDS[one["type"]] for one in things.values())
    valid = (owed - missing) / owed
    return share(hidden) * valid, min(ends) * valid, max(ends) * valid


def audits(year: Year, system: str) -> Figure:
    """P03: risk of control x system cells tested and in date / risk of cells in scope; all systems weigh alike."""
    now = year.end - 1
    gone = {(one["control"], one["system"]) for one in year.of("not-applicable") if one["at"] <= now < one["until"]}
    named = [link for spec in year.policy["metrics"].values() for link in spec.get("links", ())]
    named += [one["control"] for one in year.of("audited")] + [control for control, _ in gone]
    used = {one.partition(":")[0] for one in named}
    scope = {
        (f"{one['framework']}:{one['id']}", name)
        for one in json.loads(CONTROLS.read_text("utf-8"))["controls"]
        if one["framework"] in used and _in_force(one.get("applies", ""), now)
        for name in ([system] if system else year.policy["systems"])
    } - gone
    tested = {
        (one["control"], one["system"])
        for one in year.of("audited")
        if one["independence"] != "self" and one["at"] <= now < one["at"] + one["valid_days"] * DAY
    }
    return census(len(scope & tested) / len(scope))


def _in_force(words: str, now: int) -> bool:
    """Where words tell no date, or a part of them none, it is in force."""
    parts = [one for one in re.split(r"\s*[/;]\s*", words) if one]
    days = [re.findall(r"\d{4}-\d\d-\d\d", one) for one in parts]
    if not days or not all(len(one) == 1 for one in days):
        return True
    return min(datetime.fromisoformat(one).replace(tzinfo=UTC).timestamp() for [one] in days) * 1e6 <= now


def lineage(year: Year, system: str) -> Figure:
    """P06: data with a full path to a registered source / all, weighted: 1, and 1 for each thing that rests on it."""
    things = _things(year)
    behind = _behind(things, system) if system else things.keys()
    weights = {
        name: 1 + sum(name in _behind(things, other) for other in things)
        for name, one in things.items()
        if one["type"] == "dataset" and name in behind
    }
    traced = sum(weight for name, weight in weights.items() if any(things[name]["sources"]))
    return census(traced / sum(weights.values()))


def cards(year: Year, system: str) -> Figure:
    """P07: mandatory sections filled, digest matches the served model, reviewed in date."""
    things, worth = _things(year), []
    for name in [system] if system else year.policy["systems"]:
        card = _last(year, "model-card", name)
        served = {things[one]["digest"] for one in _behind(things, name) if things[one]["type"] == "model"}
        right = card is not None and card["model"] in served and _in_date(year, card)
        worth.append(card["filled"] / card["mandatory"] if card and right else 0.0)
    return census(math.fsum(worth) / len(worth))


def owed_and_there(kind: str, owes: Callable[[dict[str, Any]], bool]) -> Callable[[Year, str], Figure]:
    """P17, P18: present and in date / owed."""

    def figure(year: Year, system: str) -> Figure:
        classes = {one["thing"]: one for one in year.of("classified")}
        owing = [one for one in ([system] if system else year.policy["systems"]) if owes(classes[one])]
        if not owing:
            return None
        found = [_last(year, kind, one) for one in owing]
        there = [one is not None and one["filled"] == one["mandatory"] and _in_date(year, one) for one in found]
        return census(sum(there) / len(there))

    return figure


def _things(year: Year) -> dict[str, dict[str, Any]]:
    return {one["thing"]: one for one in year.of("registered")}


def _behind(things: dict[str, dict[str, Any]], name: str) -> set[str]:
    """All that a thing is made from, directly or not."""
    direct = set(things[name]["made_from"]) if name in things else set()
    return direct.union(*(_behind(things, one) for one in direct))


def _last(year: Year, kind: str, system: str) -> dict[str, Any] | None:
    found = [one for one in year.of("document", system) if one["type"] == kind]
    return max(found, key=lambda one: one["at"], default=None)


def _in_date(year: Year, one: dict[str, Any]) -> bool:
    return bool(0 < one["reviewed"] <= year.end - 1 < one["valid_until"])


FIGURES: dict[str, Callable[[Year, str], Figure]] = {
    "P01": registry,
    "P03": audits,
    "P06": lineage,
    "P07": cards,
    "P17": owed_and_there("impact-assessment", lambda of: of["risk"] in ("prohibited", "high-risk")),
    "P18": owed_and_there("transparency-notice", lambda of: any("Art.50(" in one for one in of["articles"])),
}
