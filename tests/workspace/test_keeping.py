"""The books: what is entered stands whole or not at all, and what cannot be is told with its line."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.decision.entry_rules.accepting import doubts
from trimtab.decision.incidents import finding_of, incident_of
from trimtab.errors import EntryError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries import ENTRIES, Entry, described
from trimtab.evidence.entries.reading import Draft, moment, read_entry
from trimtab.evidence.entries.spending import Spent
from trimtab.policy import load_policy
from trimtab.workspace import keeping
from trimtab.workspace.entry_files import read_drafts
from trimtab.workspace.keeping import keep

POLICY = """
trimtab: 1
organisation: Example Health
people:
  safety-lead: {function: safety, roles: [risk-owner], team: care}
  former-lead: {function: ml, left: '2026-06-01'}
teams: {care: {lead: safety-lead}, ml-team: {}}
metrics:
  accuracy: {question: "Right?", better: higher, target: 0.9, owner: ml-team, source: {suite: q}}
suites: {q: {file: q.jsonl}}
tiers: {high: {confidence: 0.95, floors: {accuracy: {at_least: 0.5}}}}
systems:
  bot:
    tier: high
    owner: ml-team
    intended_use: answers
    maximise: accuracy
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}
"""
DAY = 86_400_000_000
NOW = moment("2026-11-20")


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    return load_policy(tmp_path / "trimtab.yaml")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def incident(**given):
    values = {"incident": "INC-1", "severity": "S1", "hazard": "privacy", "what": "it leaked", "by": "safety-lead"}
    return Draft(kind="incident", values={**values, "at": "2026-11-02", **given})


def step(name, at, **given):
    return Draft(
        kind="incident-step", values={"incident": "INC-1", "step": name, "at": at, "by": "safety-lead", **given}
    )


def spent(**given):
    return Draft(kind="spend", values={"amount": "12.50", "category": "legal", "by": "care", **given})


def told(error):
    return [(one.line, one.where) for one in error.value.mistakes]


def test_an_incident_goes_from_opening_to_a_verified_end(ledger, policy):
    keep(ledger, policy, [incident(started="2026-11-01")], now=NOW)
    keep(ledger, policy, [step("detect", "2026-11-02T03:00Z"), step("fix", "2026-11-03")], now=NOW)
    keep(ledger, policy, [step("verify", "2026-11-04", by="ml-team")], now=NOW)
    found = incident_of(Books.of(ledger), "INC-1")
    assert (found.detected - found.started, found.open) == (DAY + 3 * 3_600_000_000, False)
    keep(ledger, policy, [step("reopen", "2026-11-06")], now=NOW)
    again = incident_of(Books.of(ledger), "INC-1")
    assert (again.open, again.fixed, again.reopened, again.detected) == (True, 0, 1, found.detected)
    ledger.verify().raise_if_bad()


@pytest.mark.parametrize(
    ("drafts", "wrong"),
    [
        ([step("fix", "2026-11-03")], "step"),  # before its detection
        ([step("detect", "2026-10-01")], "step"),  # before the harm
        ([step("detect", "2026-11-05"), step("fix", "2026-11-04")], "step"),
        ([step("detect", "2026-11-05"), step("detect", "2026-11-06")], "step"),
        ([step("verify", "2026-11-05")], "step"),
        ([step("detect", "2027-01-01")], "at"),  # the future
        ([incident()], "incident"),  # taken
        ([step("detect", "2026-11-05", incident="INC-9")], "incident"),
        ([step("detect", "2026-11-05", by="former-lead")], "by"),
        ([step("detect", "2026-11-05", by="nobody")], "by"),
        ([spent(currency="USD")], "currency"),
        ([spent(amount="-1")], "amount"),
        ([spent(amount="0.001")], "amount"),
        ([spent(amount="NaN")], "amount"),
        ([spent(spend="a"), spent(spend="b", instead_of="a"), spent(spend="c", instead_of="a")], "instead_of"),
        ([spent(team="nobody")], "team"),
        ([spent(system="other")], "system"),
        ([Draft(kind="counted", values={"kpi": "R03", "hits": 3, "of": 2, "by": "care"})], "hits"),
        ([Draft(kind="nothing", values={})], "kind"),
        ([spent(colour="red")], "colour"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_of_it_is_kept(ledger, policy, drafts, wrong):
    keep(ledger, policy, [incident(started="2026-11-01")], now=NOW)
    before = ledger.head()
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, [spent(spend="fine"), *drafts], now=NOW)
    assert [where for _, where in told(error)] == [wrong]
    assert ledger.head() == before


def test_who_left_could_act_before(ledger, policy):
    keep(ledger, policy, [spent(by="former-lead", at="2026-05-31T23:59:59Z")], now=NOW)


def test_exposure_is_counted_once(ledger, policy):
    def used(since, at):
        return Draft(kind="exposure", values={"uses": 10, "since": since, "at": at, "system": "bot", "by": "ml-team"})

    keep(ledger, policy, [used("2026-01-01", "2026-02-01"), used("2026-02-01", "2026-03-01")], now=NOW)
    with pytest.raises(EntryError, match="overlaps"):
        keep(ledger, policy, [used("2026-02-28", "2026-04-01")], now=NOW)


def test_who_owes_a_fix_does_not_verify_it(ledger, policy):
    common = {"finding": "F-1", "by": "safety-lead"}
    opened = {**common, "severity": "S2", "what": "no log", "owner": "ml-team", "at": "2026-11-01"}
    moved = {**common, "step": "fix", "at": "2026-11-02", "by": "ml-team"}
    keep(ledger, policy, [Draft(kind="finding", values=opened), Draft(kind="finding-step", values=moved)], now=NOW)
    verify = {"finding": "F-1", "step": "verify", "at": "2026-11-03"}
    with pytest.raises(EntryError, match="owes the fix"):
        keep(ledger, policy, [Draft(kind="finding-step", values={**verify, "by": "ml-team"})], now=NOW)
    keep(ledger, policy, [Draft(kind="finding-step", values={**verify, "by": "safety-lead"})], now=NOW)
    assert not finding_of(Books.of(ledger), "F-1").open


def test_every_mistake_of_a_file_is_told_with_its_line(tmp_path, ledger, policy):
    path = tmp_path / "rows.csv"
    path.write_text(
        "kind,incident,step,at,severity,hazard,what\n"
        "incident,INC-2,,2026-11-05,S2,privacy,broken\n"
        "incident-step,INC-2,detect,2026-11-06,,,\n"
        "incident-step,INC-2,fix,2026-11-04,,,\n"
        "incident-step,INC-7,fix,2030-01-01,,,\n"
    )
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, read_drafts(path, by="care"), now=NOW)
    assert told(error) == [(4, "step"), (5, "at"), (5, "incident")]
    assert ledger.head() is None
    path.write_text(path.read_text().replace("2026-11-04", "2026-11-07").rpartition("incident-step")[0])
    receipt = keep(ledger, policy, read_drafts(path, by="care"), now=NOW)
    assert len(receipt.kept) == 3
    with pytest.raises(EntryError):  # the same file again adds nothing
        keep(ledger, policy, read_drafts(path, by="care"), now=NOW)


def test_what_policy_and_clock_refuse_is_told_beside_what_cannot_be_read(ledger, policy):
    fine = {"kind": "near-miss", "severity": "S3", "hazard": "x", "what": "nearly", "by": "care", "at": "2026-11-05"}
    rows: list[dict[str, str]] = [
        {"severity": "high"}, {"by": "nobody"}, {"system": "bott"}, {"at": "2030-01-01"}, {"kind": "nearmiss"}, {},
        {"kind": "incident-step", "incident": "INC-7", "step": "fix"},  # perhaps of a line that could not be read
    ]  # fmt: skip
    values = [{**fine, **row} if "step" not in row else {**row, "by": "care"} for row in rows]
    drafts = [Draft(kind=one.pop("kind"), values=one, path="f", line=line) for line, one in enumerate(values, 2)]
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, drafts, now=NOW)
    assert told(error) == [(2, "severity"), (3, "by"), (4, "system"), (5, "at"), (6, "kind")]
    assert "`near-miss`" in str(error.value)


def test_personal_data_does_not_reach_the_ledger(ledger, policy):
    receipt = keep(ledger, policy, [incident(what="write to someone@example.org at once")], now=NOW)
    assert receipt.masked == {0: ("what",)}
    assert all("someone@example.org" not in row.payload for row in ledger.rows())


def test_what_others_enter_while_it_is_judged_counts(tmp_path, policy, monkeypatch):
    judged = doubts

    def slowly(entry, held):
        found = judged(entry, held)
        monkeypatch.setattr(keeping, "doubts", judged)
        with Ledger.open(tmp_path / "shared.db") as other:  # quicker, with the same id
            keep(other, policy, [incident(what="it was seen elsewhere")], now=NOW)
        return found

    monkeypatch.setattr(keeping, "doubts", slowly)
    with Ledger.open(tmp_path / "shared.db") as opened, pytest.raises(EntryError, match="taken"):
        keep(opened, policy, [incident()], now=NOW)


def test_two_who_write_at_once_do_not_both_take_an_id(tmp_path, policy):
    def write(results):
        with Ledger.open(tmp_path / "shared.db") as opened:
            try:
                results.append(keep(opened, policy, [incident()], now=NOW).kept[0].seq)
            except EntryError:
                results.append(0)

    results: list[int] = []
    threads = [threading.Thread(target=write, args=(results,)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(results)[:3] == [0, 0, 0]
    assert max(results) > 0


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
SAID = st.sampled_from(
    ["2026-01-01", "2026-13-01", "0.5", "1..2", "2..1", "a=1", "a=1..2", "x,y", "yes", "1e400", "S1"]
)


@pytest.mark.parametrize("kind", sorted(ENTRIES))
@settings(max_examples=20)  # of each of many kinds
@given(data=st.data())
def test_whatever_is_written_is_an_entry_or_is_told(kind, data):
    values = {one.name: data.draw(ANYTHING | SAID | st.lists(ANYTHING, max_size=3)) for one in described(ENTRIES[kind])}
    found = read_entry(ENTRIES[kind], values, now=NOW, mask=str)
    if isinstance(found, Entry):
        assert ENTRIES[kind].from_payload(found.payload()) == found
    else:
        assert found
        assert all(what for _, what in found)


def test_an_amount_is_read_exactly():
    found = read_entry(Spent, {"amount": "1_250.10", "category": "legal", "by": "x", "spend": "s"}, now=1, mask=str)
    assert isinstance(found, Spent)
    assert found.amount == 125_010


def test_books_of_a_row_are_the_same_whoever_wrote_since(ledger, policy):
    keep(ledger, policy, [incident()], now=NOW)
    upto = Books.of(ledger).upto
    keep(ledger, policy, [step("detect", "2026-11-05")], now=NOW)
    assert incident_of(Books.of(ledger, upto=upto), "INC-1").detected == 0
    assert Path(ledger.location).exists()
