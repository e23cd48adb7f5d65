"""What a monitor sees of production: budgets, alarms once each, and no history read twice."""

import pytest
from tests.workspace.watching import MINUTE, NOW, Site, kinds, rulings

from trimtab.decision import Verdict
from trimtab.errors import LedgerError, UsageError
from trimtab.evidence import Ledger, Subject
from trimtab.workspace.lock import alone


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path)
    site.write({"current": (60, 0)})
    return site


GOOD = [(age, 100, 0) for age in range(2000, 60, -10)]
INCIDENT = [(age, 100, 5) for age in range(60, -1, -5)]


def told(look):
    return sorted((alarm.by, alarm.level) for alarm in look.raised)


def test_good_production_is_quiet(site):
    site.rule(GOOD)
    look = site.look()
    assert (told(look), look.open) == ([], ())
    budget = look.budgets["leak"]
    assert (budget.valid, budget.bad, budget.state.value) == (100 * len(GOOD), 0, "open")
    assert look.verdict is Verdict.PASS
    assert [record.budget["state"] for record in kinds(site, "budget")] == ["open"]


def test_an_incident_is_told_once_and_ends_when_it_is_over(site):
    site.rule([*GOOD, *INCIDENT])
    look = site.look()
    by = {name for name, _ in told(look)}
    assert {"burn-14.4", "e-detector"} <= by
    assert look.verdict is Verdict.FAIL
    assert site.look(after=1).raised == ()
    assert len(site.look(after=1).open) == len(look.raised)
    calm = [(-age, 100, 0) for age in range(5, 3000, 5)]
    site.rule(calm)
    later = site.look(after=2999)
    assert {alarm.by for alarm in later.ended} >= {"burn-14.4", "e-detector"}
    assert [(alarm.by, alarm.state) for alarm in kinds(site, "alarm") if alarm.by == "e-detector"] == [
        ("e-detector", "raised"), ("e-detector", "ended"),
    ]  # fmt: skip


def test_no_rulings_at_all_are_no_pass(site):
    look = site.look()
    assert look.budgets["leak"].state.value == "unknown"
    assert look.verdict is Verdict.INCONCLUSIVE
    assert kinds(site, "budget") == []


def test_nothing_is_over_because_the_guard_was_switched_off(site):
    site.rule([*GOOD, *INCIDENT])
    burning = {one.alarm.by for one in site.look().open}
    assert {"burn-14.4", "burn-6", "e-detector"} <= burning
    for minutes in (20, 90, 500, 5000):
        assert {one.alarm.by for one in site.look(after=minutes).open} >= burning
    site.rule([(-age, 100, 0) for age in range(5001, 6500, 5)])
    assert {one.by for one in site.look(after=6500).ended} >= {"burn-14.4", "burn-6", "e-detector"}


def test_a_guard_that_fell_silent_is_asked_about(site):
    site.rule(GOOD)
    assert told(site.look(after=2 * 1440)) == []
    assert told(site.look(after=3 * 1440)) == [("silent", "ticket")]
    site.rule([(-3 * 1440 - 5, 10, 0)])
    assert [alarm.by for alarm in site.look(after=3 * 1440 + 6).ended] == ["silent"]


def test_one_bad_event_in_little_traffic_is_no_alarm_but_a_few_are(site):
    """The burn rate is over 14.4, and below three events it does not count."""
    site.rule([(age, 1, 0) for age in range(1440, 60, -2)])
    site.rule([(2, 3, 1)])
    look = site.look()
    assert min(look.budgets["leak"].burns[0].long, look.budgets["leak"].burns[0].short) > 14.4
    assert told(look) == []
    site.rule([(-age, 1, 1) for age in range(2, 8, 2)])
    assert ("e-detector", "page") in told(site.look(after=8))


def test_looking_often_comes_to_the_same_as_looking_once(site, tmp_path):
    """And reads each record of rulings once it has written down how far it came."""
    other = Site(tmp_path / "other")
    other.folder.mkdir()
    other.write({"current": (60, 0)})
    batches = [(age, 40, int(age % 35 == 0)) for age in range(3000, 0, -2)]
    other.rule(batches)
    for begin in range(0, len(batches), 250):
        site.rule(batches[begin : begin + 250])
        site.look(after=-batches[min(begin + 249, len(batches) - 1)][0])
    often, once = site.look(after=3), other.look(after=3)
    assert often.budgets == once.budgets
    assert often.evidence == once.evidence
    assert often.lines == once.lines
    marks = kinds(site, "monitored")
    assert len(marks) >= 3
    assert [mark.row for mark in marks] == sorted({mark.row for mark in marks})


def test_only_what_is_new_is_read(site, monkeypatch):
    site.rule([(age, 40, 0) for age in range(3000, 0, -2)])
    site.look()
    site.rule([(-1, 40, 0)])
    read = []
    whole = Ledger.records

    def counted(self, **options):
        for row, record in whole(self, **options):
            read.append(row.kind)
            yield row, record

    monkeypatch.setattr(Ledger, "records", counted)
    site.look(after=2, at=NOW + 2000 * MINUTE)  # nothing within the last day, which is read for the shares
    assert read.count("rulings") == 1


def test_other_terms_are_counted_anew(site):
    site.rule([(age, 100, 0) for age in range(600, 300, -5)])
    site.rule([(age, 100, 1) for age in range(300, 0, -5)], label="secret.jwt")
    assert site.look().budgets["leak"].bad == 60
    site.write({"current": (60, 0)}, slo="{leak: {good: 0.99, labels: [personal]}}")
    assert site.look().budgets["leak"].bad == 0


def test_one_severe_finding_spends_its_share_at_once(site):
    site.write({"current": (60, 0)}, slo="{leak: {good: 0.999, severe: [secret], severe_share: 0.6}}")
    site.rule([(age, 1000, 0) for age in range(600, 5, -5)])
    site.rule([(5, 1000, 1)], label="secret.jwt")
    one = site.look().budgets["leak"]
    assert one.severe == 1
    assert one.spent == pytest.approx(0.6, abs=0.02)
    site.rule([(-1, 1000, 1)], label="secret.jwt")
    look = site.look(after=2)
    assert look.budgets["leak"].state.value == "stopped"
    assert ("spent-100", "page") in told(look)


def test_rulings_on_another_system_are_not_ours(site):
    site.rule(GOOD)
    with Ledger.open(site.ledger, clock=lambda: NOW) as ledger:
        subject = Subject(system="another")
        ledger.append([rulings(NOW, 100, 100)], subject=subject, run="", maker="guard/1", policy="sha256:2")
    assert site.look().budgets["leak"].bad == 0


def test_two_monitors_do_not_look_at_once(site):
    site.rule(GOOD)
    with Ledger.open(site.ledger) as held, alone(held, "monitor"), pytest.raises(LedgerError, match="another monitor"):
        site.look()


def test_a_system_or_candidate_that_is_not_there(site):
    for options in ({"system": "nobody"}, {"require": "nobody"}):
        with pytest.raises(UsageError, match="nobody"):
            site.look(**options)
