"""Audits and documents as KPIs: nothing recorded is no number, and what is owed does not shrink without a reason."""

import pytest
from tests.unit.kpis.world import DAY, END, START, asked

from trimtab.decision.kpis.table import estimate_kpi
from trimtab.evidence.entries.controls import Audited, DocumentKept, NotApplicable
from trimtab.evidence.entries.registry import Classified, Registered
from trimtab.kinds import Estimate, Missing

LLM = "owasp-llm-2026:LLM01"


def audit(system="bot", at=START, **given):
    values = {"control": LLM, "result": "pass", "what": "looked", "by": "auditor", "valid_days": 365}
    return Audited(system=system, at=at, **{**values, **given})


def document(kind, system="bot", at=START, **given):
    values = {"document": f"{kind}-{system}", "digest": "sha256:a", "filled": 2, "mandatory": 2, "by": "care"}
    return DocumentKept(type=kind, system=system, at=at, reviewed=at, **{"valid_until": END + DAY, **values, **given})


def exempt(control, system="bot", until=END + DAY):
    return NotApplicable(control=control, system=system, reason="r", until=until, at=START, by="care")


def value(kpi, *entries, system=""):
    found = estimate_kpi(kpi, asked(entries, system=system))
    return (found.value, found.interval.high) if isinstance(found, Estimate) else found.reason


@pytest.mark.parametrize("kpi", ["P03", "P07", "P17", "P18"])
def test_nothing_recorded_is_no_number(kpi):
    assert value(kpi) == "nothing-recorded"
    late = [audit(at=END), document("model-card", at=END)]
    assert value(kpi, *late) == "nothing-recorded"


def test_audits():
    assert value("P03", audit()) == (1 / 20, 1 / 20)
    assert value("P03", audit(), audit("aid")) == (0.1, 0.1)
    assert value("P03", audit("")) == (0.1, 0.1)  # of the whole organisation
    assert value("P03", audit(independence="self")) == (0.0, 0.0)
    assert value("P03", audit(valid_days=91)) == (0.0, 0.0)  # the quarter has 92
    assert value("P03", audit(), system="bot") == (0.1, 0.1)
    assert value("P03", audit(), system="aid") == (0.0, 0.0)


def registered(thing, type_="system", at=START, **given):
    return Registered(thing=thing, type=type_, at=at, by="care", purpose="answers", **given)


def classified(risk, *articles):
    return Classified(
        thing="bot", answers=("x:no",), risk=risk, articles=articles, approver="care", at=START + 1, by="care"
    )


def test_what_is_owed_follows_from_the_approved_class_of_risk():
    assessment, notice = document("impact-assessment", "aid"), document("transparency-notice", "aid")
    bot = registered("bot")
    assert value("P17", bot, classified("minimal"), assessment) == (1.0, 1.0)
    assert value("P17", bot, classified("high-risk"), assessment) == (0.5, 0.5)
    assert value("P17", bot, assessment) == (0.5, 0.5)  # no class: it owes what the gravest owes
    assert value("P18", bot, classified("minimal"), notice) == (1.0, 1.0)
    assert value("P18", bot, classified("high-risk", "eu-ai-act:Art.50(1)"), notice) == (0.5, 0.5)
    changed = registered("bot", at=START + 2, version="2")
    assert value("P17", bot, classified("minimal"), changed, assessment) == (1.0, 1.0)


def test_a_card_is_of_a_model_that_the_system_is_made_from():
    bot = registered("bot", made_from=("m",))
    model = registered("m", "model", digest="sha256:one")
    assert value("P07", bot, model, document("model-card", model="sha256:one")) == (0.5, 0.5)
    assert value("P07", bot, model, document("model-card", model="sha256:two")) == (0.0, 0.0)
    retired = registered("m", "model", at=START + 1, digest="sha256:one", status="retired")
    assert value("P07", bot, model, retired, document("model-card", model="sha256:one")) == (0.0, 0.5)


@pytest.mark.parametrize(
    ("kpi", "kind", "control"),
    [
        ("P07", "model-card", "eu-ai-act:Art.11"),
        ("P17", "impact-assessment", "eu-ai-act:Art.27"),
        ("P18", "transparency-notice", "eu-ai-act:Art.50(1)"),
    ],
)
def test_documents(kpi, kind, control):
    low = 0.0 if kpi == "P07" else 0.5  # nobody says which model is served
    assert value(kpi, document(kind)) == (low, 0.5)
    assert value(kpi, document("record")) == (0.0, 0.0)
    assert value(kpi, document(kind), exempt(control, "aid")) == (2 * low, 1.0)
    assert value(kpi, document(kind), exempt(control, "aid", until=END - 1)) == (low, 0.5)
    assert value(kpi, document(kind), exempt(control, "")) == "nothing-owed"
    assert value(kpi, document(kind, valid_until=END - 1)) == (0.0, 0.0)
    assert value(kpi, document(kind), system="bot") == (2 * low, 1.0)
    assert isinstance(estimate_kpi(kpi, asked([document(kind)], system="aid")), Missing)
