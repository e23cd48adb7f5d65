"""KPIs of practice as they are read from a ledger: hunts, near misses, and the clocks of the law."""

import orjson
import pytest
from tests.unit.decision.test_hunting import filed
from tests.workspace.test_keeping import DAY, NOW, POLICY, incident, step

from trimtab.decision.period import Period
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.evidence.hunting import HuntClosed, HuntOpened, HuntTriaged
from trimtab.evidence.records import Subject
from trimtab.kinds import Estimate
from trimtab.policy import load_policy
from trimtab.workspace.keeping import keep
from trimtab.workspace.kpis import gather_evidence, read_kpis, read_page

Q4 = Period.quarter("2026-Q4")
KPIS = ("P13", "P14", "P16")


@pytest.fixture
def ledger(tmp_path):
    clock = iter(range(moment("2026-11-01"), NOW, 3_600_000_000))
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: next(clock)) as opened:
        yield opened


def test_they_are_read_from_the_rows_up_to_one(tmp_path, ledger):
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    policy = load_policy(tmp_path / "trimtab.yaml")
    hunt = [
        HuntOpened(hours=4.0, hunters={"eve": "person"}, level=0.9),
        filed("a", "eve"),
        filed("b", "eve", severity="S1"),
        HuntTriaged(finding="a", by="safety-lead", ruling="valid"),
    ]
    ended = [HuntClosed(by="safety-lead", spent={}, trimtab="0", row=4, result={})]
    for part in (hunt, ended):
        ledger.append(part, subject=Subject(system="bot"), run="hunt-1", maker="", policy=policy.digest)
    near = {"severity": "S1", "hazard": "dose", "what": "nearly", "by": "care", "at": "2026-11-03"}
    entered = [
        incident(detected="2026-11-01", duty="widespread"),
        step("report", "2026-11-02"),
        *(Draft(kind="near-miss", values={**near, "near_miss": name}) for name in ("n1", "n2", "n3")),
    ]
    keep(ledger, policy, entered, now=NOW)
    first = gather_evidence(ledger)
    before = read_kpis(first, policy, Q4, asof=NOW, ids=KPIS, scopes=("organisation",))
    seen = {one.kpi: one.seen for one in before if isinstance(one.seen, Estimate)}
    assert {kpi: one.value for kpi, one in seen.items()} == {"P13": 100.0, "P14": 3.0, "P16": 1.0}
    assert seen["P13"].missing == 1
    assert (before[0].age or 0) * DAY == pytest.approx(NOW - moment("2026-11-01T01:00Z"))
    page = read_page(first, policy, "P16", Q4, asof=NOW)
    assert b'"smallest margin, days"' in orjson.dumps(page.payload())
    # What is entered later changes a new figure, and none as of that row.
    keep(ledger, policy, [incident(incident="INC-2", duty="widespread")], now=NOW)
    again = read_kpis(ledger, policy, Q4, asof=NOW, upto=first.upto, ids=KPIS, scopes=("organisation",))
    assert again == before
    (late,) = read_kpis(ledger, policy, Q4, asof=NOW, ids=("P16",), scopes=("organisation",))
    assert isinstance(late.seen, Estimate)
    assert late.seen.value == 0.5
