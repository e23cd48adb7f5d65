"""What a board is shown: nothing unknown is shown as fine, and what waits is asked."""

from types import SimpleNamespace

from trimtab.decision.agenda_consents import Consented
from trimtab.decision.board import asks_of, findings_of, reports_due, tiers_of, vetoes_of, wins_of
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.control_state import DAY
from trimtab.decision.incidents import Finding, Incident
from trimtab.decision.wins import Sentence, Win

NOW = 1_000 * DAY


def product(subject, tier, band, verdict, *, metrics=(), capped_by=()):
    return {
        "subject": subject,
        "tier": tier,
        "owner": "team",
        "band": band,
        "verdict": verdict,
        "score": None,
        "if_all_were_known": None,
        "metrics": list(metrics),
        "capped_by": list(capped_by),
    }


def metric(name, verdict, *, veto=True):
    told = {"metric": name, "verdict": verdict, "veto": veto, "low": 0.1, "high": 0.2, "floor": 0.3}
    return {**told, "better": "higher", "source": "a run", "why": "x"}


def opened(kind, age, severity="S2", *, due=0, verified=0, seq=1):
    told = SimpleNamespace(
        at=NOW - age * DAY, severity=severity, due=due, finding="F", incident="I", system="a", duty=kind
    )
    return told, verified, seq


def test_a_tier_is_as_good_as_its_worst_and_unknown_where_one_is():
    card = {"products": [product("a", "t", "A", "pass"), product("b", "t", "D", "fail"), product("c", "u", "B", "pass"),
                         product("d", "u", None, "inconclusive")]}  # fmt: skip
    first, second = tiers_of(card)
    assert (first["band"], first["verdict"]) == ("D", "fail")
    assert (second["band"], second["verdict"]) == (None, "inconclusive")


def test_every_veto_that_does_not_pass_is_there_failures_first():
    metrics = [metric("a", "inconclusive"), metric("b", "fail"), metric("c", "pass"), metric("d", "fail", veto=False)]
    card = {"products": [product("x", "t", "C", "fail", metrics=metrics, capped_by=["a", "vendor v"])], "vendors": []}
    assert [(one["metric"], one["verdict"]) for one in vetoes_of(card)] == [
        ("b", "fail"),
        ("a", "inconclusive"),
        ("vendor v", "inconclusive"),  # nobody knows where it stands
    ]


def test_findings_are_counted_once_by_age_and_late_ones_told():
    ages = [(0, 0), (29, 0), (30, 0), (89, 0), (90, 0), (180, NOW - 1), (4_000, NOW)]
    found = [Finding(opened=opened("", age, due=due)[0], seq=seq) for seq, (age, due) in enumerate(ages, 1)]
    done = Finding(opened=opened("", 10)[0], seq=99, verified=NOW)
    shown = findings_of([*found, done], asof=NOW)
    assert shown["rows"] == [1, 2, 3, 4, 5, 6, 7]
    assert [one["S2"] for one in shown["ages"]] == [2, 2, 1, 2]
    assert (shown["open"], shown["overdue"], shown["oldest_days"]) == (7, 2, 4_000)
    assert findings_of([], asof=NOW)["oldest_days"] is None


def test_the_clock_of_the_law_runs_until_it_is_reported():
    def incident(duty, age, **more):
        return Incident(opened=opened(duty, age)[0], seq=1, detected=NOW - age * DAY, **more)

    reported = incident("death", 3, reported=NOW - DAY)
    due = reports_due([incident("serious", 3), incident("widespread", 3), incident("none", 3), reported], asof=NOW)
    assert [(one["duty"], one["late"]) for one in due] == [("widespread", True), ("serious", False)]


def test_a_consent_that_lapsed_asks_only_if_none_came_after():
    def consented(system, state, row, **more):
        stands = Standing(state=state, id=f"c{row}", why=f"c{row} is {state}.", **more)
        return Consented(system=system, candidate="v", standing=stands, at=1, row=row)

    found = [
        consented("a", ConsentState.LAPSED, 1),
        consented("a", ConsentState.GIVEN, 2, expires=NOW + DAY),
        consented("b", ConsentState.LAPSED, 3),
        consented("c", ConsentState.ASKED, 4),
        consented("c", ConsentState.GIVEN, 5, expires=NOW + 91 * DAY),
    ]
    assert [one["row"] for one in asks_of(consents=found, asof=NOW)] == [2, 3, 4]


def test_a_stale_win_comes_last_and_what_it_asks_is_a_statement():
    def win(name, at, *stale):
        told = Win(win=name, title=name, system="", parts={})
        return told, at, "team", [Sentence(part="ask", text=f"Ask {name}.", stale=stale)], (7,)

    shown = wins_of([win("old", 1), win("stale", 9, "now 3"), win("mid", 5), win("new", 8)])
    assert [one["win"] for one in shown] == ["new", "mid", "old"]
    assert [one["win"] for one in wins_of([win("stale", 9, "now 3"), win("old", 1)])] == ["old", "stale"]
    asked = asks_of(wins=shown, asof=NOW)
    assert [(one["statement"], one["by"], one["row"]) for one in asked] == [(True, "team", 7)] * 3
