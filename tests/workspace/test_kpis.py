"""KPIs from a ledger: what is shown, what is published, and that it comes out the same again."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from tests.unit.kpis.world import POLICY

from trimtab.cli.kpi import kpi
from trimtab.decision.period import Period
from trimtab.errors import LedgerAlteredError, TrimtabError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.policy import load_policy
from trimtab.workspace.keeping import keep
from trimtab.workspace.kpis import gather_evidence, read_kpis, read_page
from trimtab.workspace.publishing import publish, replay

NOW = moment("2026-09-20")
QUARTER = Period.quarter("2026-Q3")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    return tmp_path


def enter(ledger, policy, *drafts):
    keep(
        ledger,
        policy,
        [Draft(kind=kind, values={"by": "care", "system": "bot", **given}) for kind, given in drafts],
        now=NOW,
    )


INCIDENT = {"incident": "I1", "severity": "S1", "hazard": "privacy", "what": "it leaked", "at": "2026-08-02T12:00Z",
            "started": "2026-08-02T11:30Z", "detected": "2026-08-02T12:00Z"}  # fmt: skip
EXPOSURE = {"uses": "1000000", "since": "2026-07-01", "at": "2026-09-01"}


def test_what_is_published_is_computed_again_whatever_was_entered_since(folder):
    policy = load_policy(folder / "trimtab.yaml")
    with Ledger.open(folder / "l.db") as ledger:
        enter(ledger, policy, ("incident", INCIDENT), ("exposure", EXPOSURE))
        made = publish(ledger, policy, "kpi", by="care", asked={"quarter": "2026-Q3"}, now=NOW)
        enter(ledger, policy, ("incident", {**INCIDENT, "incident": "I2"}))
        again = list(replay(ledger))
        assert [(one.what, one.same) for one in again] == [("kpi", True)]
        value = {row["kpi"]: row["seen"] for row in made.result["kpis"] if row["scope"] == "organisation"}
        assert value["R06"]["value"] == 1.0
        now: dict[str, Any] = {
            one.kpi: one.seen for one in read_kpis(ledger, policy, QUARTER, asof=NOW, scopes=["organisation"])
        }
        assert now["R06"].value == 2.0
        assert now["R08"].reason == "nothing-recorded"


def test_who_is_asked_for_must_be_there(folder):
    policy = load_policy(folder / "trimtab.yaml")
    with Ledger.open(folder / "l.db") as ledger:
        evidence = gather_evidence(ledger)
    for wrong in ({"ids": ["R99"]}, {"system": "bott"}, {"team": "nobody"}):
        with pytest.raises(UsageError, match="there is no"):
            read_kpis(evidence, policy, QUARTER, asof=NOW, **wrong)
    only = read_kpis(evidence, policy, QUARTER, asof=NOW, team="search")
    assert {(one.scope, one.name) for one in only} == {("team", "search")}
    with pytest.raises(UsageError, match="not read for a system"):
        read_page(evidence, policy, "P01", QUARTER, asof=NOW, system="bot")
    assert len(read_page(evidence, policy, "R01", QUARTER, asof=NOW, system="bot").readings) == 1


def test_altered_rows_are_no_evidence(folder):
    policy = load_policy(folder / "trimtab.yaml")
    with Ledger.open(folder / "l.db") as ledger:
        enter(ledger, policy, ("incident", INCIDENT))
    raw = (folder / "l.db").read_bytes()
    (folder / "l.db").write_bytes(raw.replace(b'"severity":"S1"', b'"severity":"S4"'))
    with Ledger.open(folder / "l.db") as ledger, pytest.raises(LedgerAlteredError):
        read_kpis(ledger, policy, QUARTER, asof=NOW)


def test_the_command_shows_one_and_all_and_publishes(folder, monkeypatch):
    policy = load_policy(folder / "trimtab.yaml")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")

    def command(*words, code=0):
        done = CliRunner().invoke(kpi, [*words, "--ledger", "l.db"])
        refused = done.exception if isinstance(done.exception, TrimtabError) else None
        assert (refused.exit_code if refused else done.exit_code) == code
        return done.output + (str(refused) if refused else "")

    assert "l.db" in command("--quarter", "2026-Q3", code=4)
    with Ledger.open(folder / "l.db"):
        assert "Nothing recorded: no KPI can be computed." in command("--quarter", "2026-Q3")
    with Ledger.open(folder / "l.db") as ledger:
        enter(ledger, policy, ("incident", INCIDENT), ("exposure", EXPOSURE))
    assert "Nothing recorded: R08." in command("--quarter", "2026-Q3")
    page = command("R01", "--quarter", "2026-Q3")
    for said in ("Do we see harm soon", "100.0 %", "1 of the 10 cases", "median hours", "row 2", "eu-ai-act"):
        assert said in page
    data = json.loads(command("--quarter", "2026-Q3", "--json"))
    assert {one["scope"] for one in data["kpis"]} == {"organisation", "system", "team", "severity"}
    assert "Published as of row" in command("R06", "--quarter", "2026-Q3", "--publish", "--by", "care")
    assert "not listed" in command("--publish", "--by", "nobody", code=2)
    for odd in ("third", "0001-Q1", "9999-Q4"):
        assert "--quarter" in command("--quarter", odd, code=2)
    assert "Nothing recorded" in command("--quarter", "2999-Q1")
    with Ledger.open(folder / "l.db") as ledger:
        assert [one.same for one in replay(ledger)] == [True]
