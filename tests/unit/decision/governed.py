"""A policy with vendors, a board and courses, and books of whatever entries a test is about."""

from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.reading import moment
from trimtab.evidence.entries.training import Trained
from trimtab.evidence.entries.vendors import VendorAnswered, VendorCounted
from trimtab.policy.model import Policy

DAY = 86_400_000_000
START = moment("2026-07-01")
CONTROLS = ("owasp-llm-2026:LLM01", "owasp-llm-2026:LLM02", "eu-ai-act:Art.12", "iso-42001-2023:A.10.3")
CANDIDATES = {"a": {"plugin": "callable"}}


def policy(**more):
    """Two systems, of which `api` is the vendor's own; keys of the top level may be changed or added."""
    vendor = {
        "services": ["a model"],
        "owner": "lead",
        "tier": "high",
        "critical": True,
        "asks": list(CONTROLS),
        "fee": 10_000,
        "cap": 4_000,
        "sla": [
            {"metric": "R04", "floor": 0.9, "slope": 2.0, "bonus": {"beyond": 0.95, "amount": 250}},
            {"metric": "P08", "floor": 0.8, "slope": 1.5},
        ],
    }
    system = {"tier": "high", "owner": "ml", "risk_owner": "lead", "intended_use": "x", "maximise": ["right"]}
    data = {
        "trimtab": 1,
        "organisation": "Example",
        "people": {
            "lead": {"function": "safety", "roles": ["risk-owner"]},
            "nurse": {"function": "care", "team": "ml"},
            "gone": {"function": "care", "left": "2026-08-01"},
        },
        "teams": {"ml": {}},
        "metrics": {
            "right": _metric("Is it right?", "higher", 0.9, "ml"),
            "leak": _metric("Does it leak?", "lower", 0.01, "lead", links=["owasp-llm-2026:LLM02"]),
            "hurt": _metric("Does it hurt?", "lower", 0.0, "lead"),
        },
        "tiers": {"high": {"confidence": 0.95, "floors": {"leak": {"at_most": 0.05}, "right": {"at_least": 0.6}}}},
        "red_lines": ["hurt"],
        "systems": {
            "bot": {**system, "vendors": ["north"], "candidates": CANDIDATES},
            "api": {**system, "candidates": CANDIDATES},
        },
        "vendors": {"north": vendor, "south": {**vendor, "critical": False, "sla": []}},
        "liaison": [
            {"priority": "Fast", "safety": "Careful", "owner": "lead", "metrics": ["leak", "R08"],
             "requirement": ["owasp-llm-2026:LLM02"]},
            {"priority": "Cheap", "safety": "Whole", "owner": "gone", "findings": ["F-9"]},
        ],
        "learning": {
            "courses": {
                "ai-literacy": {"valid_days": 365, "pass": 0.8},
                "own": {"title": "Ours", "roles": ["ward"], "topics": ["floors", "interval", "steps", "incidents"]},
            },
            "roles": {"ward": {"functions": ["care"]}},
        },
        **more,
    }  # fmt: skip
    return Policy.model_validate(data)


def _metric(question, better, target, owner, **more):
    return {"question": question, "better": better, "target": target, "owner": owner, "source": {"suite": "s"}, **more}


def books(entries):
    """In this order."""
    return Books([Kept(one, seq, one.at) for seq, one in enumerate(entries, 1)], upto=len(entries))


def answer(control, said, word="self", *, day=0, vendor="north"):
    return VendorAnswered(
        at=START + day * DAY, by="lead", vendor=vendor, control=control, answer=said, independence=word
    )


def count(clause, hits, of, word="other-team", *, day=10, since=1):
    return VendorCounted(
        at=START + day * DAY, by="lead", vendor="north", clause=clause, hits=hits, of=of, since=START + since * DAY,
        independence=word,
    )  # fmt: skip


def trained(person, step, *, day, course="ai-literacy", score=None, role=""):
    course = "" if step in ("enrolled", "left") else course
    return Trained(
        at=START + round(day * DAY), by="lead", person=person, step=step, course=course, score=score, role=role
    )
