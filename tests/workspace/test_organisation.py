"""The year of the example organisation: told once, decided again to the digit, every KPI computed by other means as well."""

import math
import random
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.command import trimtab
from tests.workspace import year_again, year_money, year_papers, year_vendors
from tests.workspace.year_raw import cases, read_year
from tests.workspace.year_worse import LEFT_OPEN, WORSE
from tests.year import FOLDER, told_once

from trimtab.decision.consents import ConsentState
from trimtab.decision.funding import fundings, pool
from trimtab.decision.kpis.asked import last_moment
from trimtab.decision.period import Period
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries import ENTRIES
from trimtab.kinds import Estimate
from trimtab.policy import load_policy
from trimtab.policy.kpi_catalogue import Scope, kpi_catalogue
from trimtab.report.board_paper import board_paper
from trimtab.report.paper_page import paper_page
from trimtab.serve.pages.decide.board import board_of
from trimtab.serve.pages.declared import ROLES
from trimtab.serve.pages.team.users import checked_roles
from trimtab.stats.recapture import Hidden
from trimtab.workspace import board, scorecards
from trimtab.workspace.cards import make_card, materials
from trimtab.workspace.changes import last_decision
from trimtab.workspace.consent_facts import standings
from trimtab.workspace.coverage import decisions, gates
from trimtab.workspace.hunt import show_hunt
from trimtab.workspace.kpis import gather_evidence, read_kpis
from trimtab.workspace.money import settled
from trimtab.workspace.publishing import publish, replay

ROOT = Path(__file__).parents[2]
QUARTER = Period.quarter("2026-Q3")
FIGURES = {**year_again.FIGURES, **year_papers.FIGURES, **year_money.FIGURES, **year_vendors.FIGURES}
SYSTEMS = ("triage", "scribe")
NOT_AGAIN: dict[str, str] = {}
"""KPIs that cannot be computed again from rows, each with the reason. There is none; whoever adds one says why."""
DIGITS = {"R05": 5e-7}
"""How far rounding alone may move a figure, however little is left of it."""
ROUNDED = {
    # A record of a budget keeps six digits of what is spent.
    "R05": (2e-6, 2e-6),
    # Of a centre of losses the scatter between kinds is integrated on another grid; ends are of other draws.
    "F01": (1e-6, 0.02),
    "F02": (0.03, 0.03),
    "F04": (1e-6, 0.03),
    "F05": (1e-6, 0.03),
    "F06": (1e-6, 0.03),
}
"""Relative differences that are allowed of the value and of its ends, where they are not rounding alone."""


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """The ledger of the year; meanwhile `examples/organisation` can be imported from."""
    sys.path.insert(0, str(FOLDER))
    yield told_once(tmp_path_factory)
    sys.path.remove(str(FOLDER))


@pytest.fixture
def ledger(told):
    with Ledger.open(told, create=False, clock=lambda: QUARTER.end - 1) as opened:
        yield opened


@pytest.fixture(scope="module")
def policy():
    return load_policy(FOLDER / "trimtab.yaml")


@pytest.fixture(scope="module")
def evidence(told):
    with Ledger.open(told, create=False, clock=lambda: QUARTER.end - 1) as opened:
        yield gather_evidence(opened)


@pytest.fixture(scope="module")
def readings(evidence, policy):
    """All KPIs of two quarters, for the organisation and some systems, each as it stood at the end of the quarter."""
    found = {}
    for period in (QUARTER, QUARTER.before()):
        whom: list[tuple[str, tuple[Scope, ...]]] = [("", ("organisation",))]
        whom += [(name, ("system",)) for name in SYSTEMS if period is QUARTER]
        for system, scopes in whom:
            ids = [kpi for kpi, facts in kpi_catalogue().items() if scopes[0] in facts.scopes]
            for one in read_kpis(evidence, policy, period, asof=period.end - 1, ids=ids, scopes=scopes, system=system):
                found[period.name, one.kpi, one.name] = one
    return found


@pytest.fixture(scope="module")
def year(told):
    return read_year(told, FOLDER, ROOT / "src" / "trimtab" / "policy" / "kpis.json")


# -- the same figures by other means -----------------------------------------------------------------------------------


def test_no_kpi_of_the_catalogue_is_forgotten(readings, policy):
    assert FIGURES.keys() | NOT_AGAIN.keys() == kpi_catalogue().keys()
    assert not FIGURES.keys() & NOT_AGAIN.keys()
    assert policy.kpis.keys() == kpi_catalogue().keys()
    missing = [kpi for (quarter, kpi, name), one in readings.items()
               if (quarter, name) == (QUARTER.name, "") and not isinstance(one.seen, Estimate)]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("kpi", FIGURES)
def test_it_comes_out_the_same(kpi, readings, year):
    quarters = {period.name: period for period in (QUARTER, QUARTER.before())}
    value_within, ends_within = ROUNDED.get(kpi, (1e-9, 1e-9))
    compared = 0
    for (quarter, of, system), reading in readings.items():
        if of != kpi:
            continue
        year.start, year.end = quarters[quarter].start, quarters[quarter].end - 1
        again = FIGURES[kpi](year, system)
        seen = reading.seen
        assert (again is None) == (not isinstance(seen, Estimate)), (quarter, system, seen, again)
        if again is None:
            continue
        ends = (seen.interval.low, seen.interval.high)
        scale = max(abs(one) for one in (*ends, seen.value) if math.isfinite(one)) if ends_within > 1e-9 else 1.0
        exactly = pytest.approx(again[0], rel=value_within, abs=DIGITS.get(kpi, 1e-9))
        assert seen.value == exactly, (quarter, system)
        assert ends == pytest.approx(again[1:], rel=ends_within, abs=max(1e-9, ends_within * scale)), (quarter, system)
        compared += 1
    assert compared >= 1


def test_what_went_out_as_an_emergency_is_told_beside_the_gate(readings, year):
    year.start, year.end = QUARTER.start, QUARTER.end - 1
    declared = [(one["at"], one["artefact"]) for one in year.of("consent-emergency")]
    asked = [(one["at"], one["artefact"]) for one in year.of("consent-requested")]
    gone = [one for one in year.of("deployed") if year.inside(one["at"])]

    def urgent(out):
        return any(
            at <= out["at"] and what == out["artefact"] and not any(at < later <= out["at"] for later, of in asked if of == what)
            for at, what in declared
        )  # fmt: skip

    reading = readings[QUARTER.name, "P04", ""]
    assert reading.counter_seen.value == pytest.approx(sum(map(urgent, gone)) / len(gone))
    assert 0.0 < reading.seen.value < 1.0


def test_a_consent_waits_when_the_year_ends_and_two_hunters_found_the_same_flaws(ledger, policy):
    listed = standings(ledger, policy, at=QUARTER.end - 1)
    assert [one.standing.id for one in listed if one.standing.state is ConsentState.ASKED] == ["triage-v4-2026-Q4"]
    left = show_hunt(ledger).result.hidden
    assert isinstance(left, Hidden)
    assert (left.found, left.again) == (3, 3)
    assert left.hidden == 0.0 < left.interval.high


def test_everybody_could_be_a_user_of_the_pages_with_the_roles_that_they_have(policy):
    for name, person in policy.people.items():
        if roles := set(person.roles) & set(ROLES):
            assert checked_roles(roles) == roles, name


def test_no_money_is_paid_twice_nor_without_a_vote(ledger, policy):
    found = list(fundings(Books.of(ledger)))
    assert {one.state for one in found} >= {"settled", "granted"}
    for one in found:
        assert one.spent <= one.released <= (one.asked.amount if one.granted else 0)
        assert not one.granted or sum(choice == "for" for choice in one.votes.values()) >= one.needed
        assert one.asked.by not in one.votes
    for quarter in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        budgeted, back, granted = pool(Books.of(ledger), policy.budget, Period.quarter(quarter).start)
        assert granted <= budgeted + back


# -- what holds of every KPI -------------------------------------------------------------------------------------------


def seen_of(evidence, policy, kpi, period=QUARTER, asof=QUARTER.end - 1):
    [reading] = read_kpis(evidence, policy, period, asof=asof, ids=(kpi,), scopes=("organisation",))
    return reading.seen


def test_something_that_goes_wrong_is_thought_of_for_every_kpi():
    assert WORSE.keys() == kpi_catalogue().keys()


@pytest.mark.parametrize("kpi", WORSE)
def test_what_goes_wrong_makes_it_worse(kpi, readings, evidence, policy):
    before, after = readings[QUARTER.name, kpi, ""].seen, seen_of(WORSE[kpi](evidence, QUARTER.end - 1), policy, kpi)
    if kpi == "F08":  # what a vendor owes grows with what it fails
        assert after.value >= before.value
    elif kpi_catalogue()[kpi].better == "higher":
        assert after.interval.low <= before.interval.low + 1e-9
        assert after.value < before.value
    else:
        assert after.interval.high >= before.interval.high - 1e-9
        assert after.value > before.value


def test_leaving_things_open_helps_nobody(readings, evidence, policy):
    timed = [
        kpi for kpi, facts in kpi_catalogue().items() if re.search("Kaplan|open ones|due in|ran out", facts.estimator)
    ]
    assert sorted(LEFT_OPEN) == sorted(timed)
    for kpi, change in LEFT_OPEN.items():
        before, after = readings[QUARTER.name, kpi, ""].seen, seen_of(change(evidence, QUARTER.end - 1), policy, kpi)
        if isinstance(after, Estimate):
            assert after.value <= before.value, kpi
            assert after.interval.low <= before.interval.low, kpi
        else:
            assert after.reason == "none-over", kpi


def test_neither_the_order_of_rows_nor_what_comes_later_says_anything(evidence, policy):
    """Of all KPIs at once: things of different kinds and ids in another order, and rows of later than the quarter."""
    period = QUARTER.before()
    kept = sorted((one for kind in ENTRIES.values() for one in evidence.books.all(kind)), key=lambda one: one.seq)
    early = [one for one in kept if last_moment(one.entry) < period.end]
    # What is about one thing keeps its order, and so does what opens and shuts the gate.
    gate = ("consent", "deployed", "incident", "withdraw")
    things: dict[object, list[Any]] = {}
    for one in early:
        key = "gate" if one.entry.kind.startswith(gate) else getattr(one.entry, "thing", "") or one.entry.id
        things.setdefault(key or (one.entry.kind, one.seq), []).append(one)
    order = [key for key, of in things.items() for _ in of]
    random.Random(3).shuffle(order)
    queues = {key: iter(of) for key, of in things.items()}
    mixed = [next(queues[key])._replace(seq=seq) for seq, key in enumerate(order, 1)]
    others = {"decisions": [one for one in evidence.decisions if one.time < period.end],
              "budgets": [one for one in evidence.budgets if one.time < period.end],
              "hunts": [one for one in evidence.hunts if one.closed_at < period.end]}  # fmt: skip
    shuffled = replace(evidence, books=Books(mixed, upto=len(mixed)), upto=len(mixed), **others)
    for kpi in kpi_catalogue():
        whole, other = (seen_of(one, policy, kpi, period, period.end) for one in (evidence, shuffled))
        assert type(whole) is type(other), kpi
        if isinstance(whole, Estimate):
            figures = [(one.value, one.interval.low, one.interval.high, one.count) for one in (whole, other)]
            assert figures[0] == pytest.approx(figures[1], rel=1e-9), kpi


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_every_decision_and_published_table_comes_out_again(told, policy, tmp_path):
    shutil.copy(told, tmp_path / "ledger.db")
    with Ledger.open(tmp_path / "ledger.db", create=False, clock=lambda: QUARTER.end - 1) as ledger:
        _comes_out_again(ledger, policy)


def _comes_out_again(ledger, policy):
    publish(ledger, policy, "kpi", by="internal-auditor", asked={"quarter": QUARTER.name})
    publish(ledger, policy, "scorecard", by="internal-auditor", asked={"quarter": QUARTER.name, "subject": ""})
    publish(ledger, policy, "board", by="internal-auditor", asked={"quarter": QUARTER.name, "years": 20_000})
    again = list(replay(ledger))
    assert len(again) > 20
    assert [one for one in again if not one.same] == []
    ledger.verify().raise_if_bad()


def test_a_version_that_leaks_was_not_shipped(ledger):
    verdicts = [one for _, _, one in gates(ledger, upto=ledger.head().seq)]
    assert len(verdicts) == 24
    assert any(not one.winner for one in verdicts)


def test_a_red_team_decides_nothing(ledger, policy):
    made = [one for _, _, one in decisions(ledger, upto=ledger.head().seq)]
    gated = [one for _, _, one in gates(ledger, upto=ledger.head().seq)]
    assert [one.system for one in made if one not in gated] == ["triage", "triage", "claims"]
    for system in policy.systems:
        row = last_decision(ledger, system)
        assert row is not None
        assert row.run == [one.run for one in gated if one.system == system][-1]


# -- what the page of the example shows --------------------------------------------------------------------------------

COMMANDS = re.findall(r"^\$ (trimtab [^#\n]*?) *#", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)


def test_the_page_has_something_of_everything():
    assert {one.split()[1] for one in COMMANDS} >= {
        "kpi",
        "scorecard",
        "loss",
        "budget",
        "consent",
        "frameworks",
        "review",
    }


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_page_says_to_look_at_can_be_looked_at(command, told, tmp_path):
    shutil.copy(told, tmp_path / "ledger.db")
    policy = ["--policy", str(FOLDER / "trimtab.yaml")]
    done = trimtab(*command.split()[1:], *policy, "--ledger", str(tmp_path / "ledger.db"), cwd=FOLDER)
    assert done.returncode in (0, 1, 3), done.stderr
    assert len(done.stdout.splitlines()) > 3
    assert "error" not in done.stderr


def test_the_board_is_shown_what_others_compute(ledger, policy, year):
    shown = board.figures(
        ledger, policy, {"quarter": QUARTER.name, "years": 20_000}, ledger.head().seq, QUARTER.end - 1
    )
    bands = {one["system"]: one["band"] for tier in shown["tiers"] for one in tier["products"]}
    asked = {"quarter": QUARTER.name, "subject": ""}
    card = scorecards.figures(ledger, policy, asked, ledger.head().seq, QUARTER.end - 1)
    assert bands == {one["subject"]: one["band"] for one in card["products"]}
    assert all(tier["band"] == max(one["band"] for one in tier["products"]) for tier in shown["tiers"])
    held = {one["system"] for one in shown["vetoes"]}
    assert held == {one["subject"] for one in card["products"] if one["capped_by"]}
    whole = replace(year, start=QUARTER.start, end=QUARTER.end - 1)
    still = [one for one in cases(whole, "finding", "") if not one.last("verify")]
    ages = [sum(one[level] for level in ("S1", "S2", "S3", "S4")) for one in shown["findings"]["ages"]]
    days = [(QUARTER.end - 1 - one.opened["at"]) // (86_400 * 1_000_000) for one in still]
    assert ages == [sum(low <= one < high for one in days) for low, high in ((0, 30), (30, 90), (90, 180), (180, 9999))]
    over = settled(ledger, policy, {"quarter": QUARTER.name}, ledger.head().seq, QUARTER.end)
    assert (shown["money"]["spent"], shown["money"]["realised"]) == (over["spent"], over["realised"])
    page = paper_page(board_paper(shown))
    assert all(name in page for name in policy.systems)
    assert orjson.loads(orjson.dumps(board_of(shown))) == orjson.loads(orjson.dumps(shown))  # what the pages show


def test_cards_of_every_product_and_the_bill_of_all(ledger, policy):
    decided = {one.system: one for _, _, one in gates(ledger, upto=ledger.head().seq)}
    kinds = {row.seq: row.kind for row in ledger.rows(kind="decision")}
    for system in policy.systems:
        made = make_card(ledger, policy, "model", system=system)
        own = next(one for one in decided[system].candidates if one.candidate == made.candidate)
        results = next(one for one in made.parts if one.name == "results")
        assert {one.metric: one.seen for one in results.measured if not one.group} == dict(own.estimates)
        assert kinds.keys() >= {row for part in made.parts for one in part.measured for row in one.rows}
    found = materials(ledger, policy)
    refs = [one["bom-ref"] for one in found["components"]]
    assert len(refs) == len(set(refs))
    assert {one["ref"] for one in found["dependencies"]} == set(refs)
