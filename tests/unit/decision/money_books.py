"""Books and a policy for tests of money, built without a ledger."""

from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.counts import Exposure
from trimtab.evidence.entries.funding import ClaimRealised, LossClaimed, Requested
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.entries.reading import moment
from trimtab.evidence.entries.spending import Spent
from trimtab.policy import Policy

DAY = 86_400_000_000
START = moment("2025-01-01")
END = moment("2027-01-01")
SCENARIOS = {
    "harm": {"system": "bot", "severity": "S1", "rate": (0.5, 8.0), "loss": (10_000.0, 200_000.0), "stated_by": "lead"},
    "queue": {"system": "bot", "severity": "S2", "rate": (1.0, 20.0), "loss": (500.0, 9_000.0), "stated_by": "lead"},
    "flood": {"rate": (0.01, 0.1), "loss": (1e5, 1e6)},
}


def policy(**keys):
    metric = {
        "question": "?", "better": "higher", "target": 0.9, "owner": "lead", "source": {"suite": "s", "score": "x"},
    }  # fmt: skip
    system = {
        "tier": "t",
        "owner": "lead",
        "intended_use": "u",
        "maximise": ("m",),
        "candidates": {"v": {"callable": {"target": "b:a"}}},
    }
    return Policy.model_validate(
        {
            "trimtab": 1,
            "organisation": "Example",
            "people": {"lead": {"function": "safety", "roles": ("risk-owner",)}},
            "teams": {"core": {}, "other": {}},
            "metrics": {"m": metric},
            "tiers": {"t": {"confidence": 0.95, "floors": {"m": {"at_least": 0.5}}}},
            "systems": {"bot": system, "twin": system, "third": system},
            "scenarios": SCENARIOS,
            "budget": {"amount": 100_000.0, "every": "quarter"},
            **keys,
        }
    )


def exposure(start, end, *, system="bot", down=0.0):
    return Exposure(at=end, since=start, by="lead", system=system, uses=1000, down=down)


def incident(name, at, severity="S1", cost=None, *, system="bot"):
    opened = IncidentOpened(
        at=at, by="lead", system=system, incident=name, severity=severity, hazard="h", what="x", detected=at
    )
    steps = [IncidentMoved(at=at + n * DAY, by="lead", incident=name, step=s) for n, s in ((1, "fix"), (2, "verify"))]
    lines = [] if cost is None else [spent(f"inv-{name}", at + DAY, cost, incident=name)]
    return [opened, *steps, *lines]


def spent(name, at, amount, **more):
    return Spent(
        spend=name, at=at, by="lead", amount=round(amount * 100), category=more.pop("category", "labour"), **more
    )


def claimed(name, at, scenario="harm", removes=(0.2, 0.4), team="core", **more):
    return LossClaimed(claim=name, at=at, by="lead", scenario=scenario, removes=removes, team=team, **more)


def realised(name, at, removed):
    return ClaimRealised(claim=name, at=at, by="lead", removed=removed)


def requested(name, amount, effects, *, team="core", category="audit", at=START, needs=()):
    return Requested(
        request=name, at=at, by="lead", owner="lead", amount=round(amount * 100), team=team, category=category,
        effects=effects, milestones={"done": 1.0}, proofs=("done:system/bot",), needs=needs,
    )  # fmt: skip


def books(entries):
    return Books([Kept(one, number, one.at) for number, one in enumerate(entries, 1)])
