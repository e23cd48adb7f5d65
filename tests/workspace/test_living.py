"""What a process that stays remembers is what a fresh reading gives, whatever is appended between, and by whom."""

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from tests.workspace.governing import DAY, NOW, policy_in

from trimtab.decision.incidents import findings, incidents
from trimtab.errors import LedgerAlteredError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import ENTRIES
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.entries.notes import Note
from trimtab.evidence.living import REMEMBERED, LivingLedger
from trimtab.evidence.published import Published
from trimtab.evidence.records import Observation, RunFinished, RunStarted, Subject
from trimtab.evidence.watching import BudgetChanged
from trimtab.kinds import Score
from trimtab.policy import load_policy
from trimtab.workspace.keeping import adopt
from trimtab.workspace.kpis import gather_evidence
from trimtab.workspace.living import Living
from trimtab.workspace.pages import Asking, show
from trimtab.workspace.publishing import last_published

STARTED = RunStarted(candidates={}, suites={}, metrics={}, trimtab="0", python="3", machine="m")
ENDED = RunFinished(outcome="complete", calls=1, cached=0, tokens=0)


@pytest.fixture
def policy(tmp_path):
    policy_in(tmp_path)
    return load_policy(tmp_path / "trimtab.yaml")


@pytest.fixture
def place(tmp_path):
    return tmp_path / "ledger.db"


class Writer:
    """Appends something or other, seeded."""

    def __init__(self, ledger, seed, name):
        self.ledger, self.dice, self.name, self.made = ledger, random.Random(seed), name, 0

    def write(self):
        dice, at = self.dice, NOW - self.dice.randrange(90 * DAY)
        records, run = [], ""
        for _ in range(dice.randint(1, 4)):
            self.made += 1
            case = f"{self.name}{dice.randint(1, max(1, self.made // 2))}"
            new = f"{self.name}{self.made}"
            records.append(
                dice.choice(
                    [
                        IncidentOpened(incident=new, severity="S2", hazard="h", what="w", at=at, by="b", system="bot"),
                        FindingOpened(finding=new, severity="S3", what="w", at=at, by="b", system="tool"),
                        IncidentMoved(incident=case, step=dice.choice(["contain", "fix"]), at=at, by="b"),
                        FindingMoved(finding=case, step="fix", at=at, by="b"),
                        Note(note=new, what="n", at=at, by="b"),
                        BudgetChanged(
                            metric="accuracy",
                            budget={"state": "stopped", "valid": 100, "bad": 3, "tolerated": 0.05, "spent": 0.6},
                            row=1,
                        ),
                        Published(what=dice.choice(["kpi", "loss"]), row=1, asof=at, by="b", result={"n": self.made}),
                        *[self._seen(n) for n in range(3)],
                    ]
                )
            )
        if dice.random() < 0.3:
            run, records = f"run-{self.name}{self.made}", [STARTED, *[self._seen(n) for n in range(9)], ENDED]
        if dice.random() < 0.05:  # more than is read in order
            records += [self._seen(n) for n in range(2_100)]
        self.ledger.append(records, subject=Subject(system="bot"), run=run, maker="m/1", policy="sha256:0")

    def _seen(self, order):
        return Observation(suite="q", metric="accuracy", case="c", cluster="c", order=order, outcome=Score(value=1.0))


def told(books):
    """Everything in books, by both ways in which they are read."""
    kinds = {kind: list(books.all(kind)) for kind in ENTRIES.values()}
    about = {(k, one.entry.id): list(books.about(k, one.entry.id)) for k, all_ in kinds.items() for one in all_}
    return len(books), kinds, about


def assert_same(living, ledger, dice):
    """The ledger that remembers answers as one that was opened just now."""
    head = ledger.head()
    last = head.seq if head else 0
    for upto in (None, dice.randint(0, last)):
        ours, theirs = Books.of(living, upto=upto), Books.of(ledger, upto=upto)
        assert told(ours) == told(theirs)
        assert ours.upto == theirs.upto
        before = dice.choice([None, NOW - dice.randrange(90 * DAY)])
        assert list(incidents(ours, before=before)) == list(incidents(theirs, before=before))
        assert list(findings(ours, before=before)) == list(findings(theirs, before=before))
        mine, fresh = gather_evidence(living, upto=upto), gather_evidence(ledger, upto=upto)
        assert (mine.upto, mine.decisions, mine.budgets) == (fresh.upto, fresh.decisions, fresh.budgets)
    after, run = dice.randint(0, last), dice.choice(["", *(one.run for one in ledger.runs())])
    for kind in (*REMEMBERED, "published", "observation"):
        span = {"after": after, "upto": dice.choice([None, dice.randint(0, last)]), "run": run, "kind": kind}
        assert list(living.records(**span)) == list(ledger.records(**span))
        assert list(living.rows(**span)) == list(ledger.rows(**span))
    assert living.runs() == ledger.runs()
    for what in ("kpi", "loss"):
        assert last_published(living, what) == last_published(ledger, what)


@pytest.mark.parametrize("seed", range(3))
def test_it_answers_as_a_fresh_reading_whatever_two_writers_append(place, seed):
    dice = random.Random(seed)
    with Ledger.open(place) as one, Ledger.open(place) as other, LivingLedger.open(place) as living:
        writers = [Writer(one, f"{seed}/1", "a"), Writer(other, f"{seed}/2", "b"), Writer(living, f"{seed}/3", "c")]
        views = []
        for _ in range(14):
            dice.choice(writers).write()
            if dice.random() < 0.4:
                with Ledger.open(place) as fresh:
                    assert_same(living, fresh, dice)
                view = Books.of(living)
                views.append((view, told(view)))
        for view, then in views:  # what was given to somebody stays as it was
            assert told(view) == then


def test_what_is_added_to_given_books_is_nobody_elses(place):
    own: Kept[Any] = Kept(IncidentOpened(incident="mine", severity="S1", hazard="h", what="w", at=1, by="b"), 10_000, 1)
    with LivingLedger.open(place) as ledger:
        for _ in range(6):
            Writer(ledger, 1, "a").write()
        before, mine = told(Books.of(ledger)), Books.of(ledger)
        known = list(incidents(mine))
        mine.add(own)
        assert told(Books.of(ledger)) == before
        assert [one.opened.incident for one in incidents(mine)] == [*(one.opened.incident for one in known), "mine"]
        assert told(mine.copy()) == told(mine) == told(mine.until(10_000))
        assert told(mine.until(9_999)) == before


def test_what_was_gathered_can_still_be_read_when_the_ledger_is_closed(place, policy):
    with Ledger.open(place) as ledger:
        adopt(ledger, policy)
        evidence = gather_evidence(ledger)
    assert evidence.policies(policy.digest) == policy
    assert evidence.policies("sha256:0") is None


def fresh_answer(place, policy, page, asked, answer):
    """The same page from a ledger that was opened just now, for the same row and moment."""
    with Ledger.open(place) as ledger:
        asking = Asking(ledger=ledger, policy=policy, asked=asked, row=answer.row, moment=answer.asof)
        return show(page, asking)


ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("incidents", {}),
    ("findings", {}),
    ("board", {"quarter": "2026-Q4"}),
    ("kpi-page", {"quarter": "2026-Q4", "kpi": "R02", "system": "bot"}),
    ("kpi", {"quarter": "2026-Q4", "ids": ["R01", "R04"]}),
    ("error-budgets", {}),
    ("notes", {"most": 2}),
    ("registry", {}),
    ("runs", {}),
    ("learning", {}),
)


def test_every_answer_is_that_of_a_fresh_reading_of_its_row(place, policy):
    clock = [NOW]
    with (
        Ledger.open(place, clock=lambda: clock[0]) as other,
        LivingLedger.open(place, clock=lambda: clock[0]) as ledger,
        Living(ledger, policy) as living,
    ):
        writer = Writer(other, 5, "a")
        for step in range(3):
            writer.write()
            clock[0] += step * 40_000_000
            for page, asked in ASKED:
                answer = living.ask(page, asked)
                assert answer.result == fresh_answer(place, policy, page, asked, answer), page
                assert answer.current
                assert living.ask(page, dict(asked)) is answer  # nothing is new, so nothing is worked out


def test_observations_alone_make_nothing_new_and_the_newest_entry_always_counts(place, policy):
    with LivingLedger.open(place, clock=lambda: NOW + 59_000_000) as ledger, Living(ledger, policy) as living:
        at = NOW + 59_000_000  # this very moment
        opened = IncidentOpened(incident="i", severity="S2", hazard="h", what="w", at=at, by="b", system="bot")
        ledger.append([opened], subject=Subject(), run="", maker="m/1", policy="")
        answer = living.ask("incidents")
        assert [one.opened.incident for one in answer.result] == ["i"]
        seen = Observation(suite="q", metric="accuracy", case="c", cluster="c", order=0, outcome=Score(value=1.0))
        ledger.append([seen], subject=Subject(), run="r", maker="m/1", policy="")
        assert living.ask("incidents") is answer


def test_who_does_not_wait_gets_the_answer_before_and_soon_the_next(place, policy):
    with LivingLedger.open(place, clock=lambda: NOW) as ledger, Living(ledger, policy) as living:
        writer = Writer(ledger, 7, "a")
        writer.write()
        first = living.ask("incidents", wait=False)
        assert first.current
        opened = IncidentOpened(incident="new", severity="S2", hazard="h", what="w", at=NOW - 1, by="b")
        ledger.append([opened], subject=Subject(), run="", maker="m/1", policy="")
        before = living.ask("incidents", wait=False)
        assert (before.result, before.row, before.current) == (first.result, first.row, False)
        until = monotonic() + 60
        while not (answer := living.ask("incidents", wait=False)).current:
            assert monotonic() < until
        assert answer.result[-1].opened.incident == "new"


def test_threads_that_ask_while_others_write_get_answers_of_the_row_that_they_name(place, policy):
    with Ledger.open(place) as other, LivingLedger.open(place, clock=lambda: NOW) as ledger:
        writer = Writer(other, 9, "a")
        writer.write()
        with Living(ledger, policy, most=2) as living, ThreadPoolExecutor(4) as pool:
            asked = [(page, given) for page, given in ASKED[:3] for _ in range(6)]
            answers = [pool.submit(living.ask, page, given, wait=n % 2 == 0) for n, (page, given) in enumerate(asked)]
            for _ in range(10):
                writer.write()
            found = [one.result() for one in answers]
        for (page, given), answer in zip(asked, found, strict=True):
            assert answer.result == fresh_answer(place, policy, page, given, answer), page


def change(place, statement):
    """Go round the triggers, as whoever can write the file can."""
    with sqlite3.connect(place) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
    database.close()


LAST = "(SELECT max(seq) FROM evidence)"


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM evidence WHERE seq = {LAST}",
        f"UPDATE evidence SET hash = zeroblob(32) WHERE seq = {LAST}",
        (
            "INSERT INTO evidence SELECT seq + 1, time, context, replace(payload, 'S2', 'S4'), hash, hash FROM evidence"
            f" WHERE seq = {LAST}"
        ),
    ],
    ids=["removed", "changed", "forged"],
)
def test_nothing_is_answered_of_a_ledger_that_was_tampered_with(place, policy, statement, wait):
    with LivingLedger.open(place, clock=lambda: NOW) as ledger, Living(ledger, policy) as living:
        for name in ("a", "b"):
            opened = IncidentOpened(incident=name, severity="S2", hazard="h", what="w", at=NOW - 1, by="b")
            ledger.append([opened], subject=Subject(), run="", maker="m/1", policy="")
        living.ask("incidents")
        change(place, statement)
        for _ in range(2):
            with pytest.raises(LedgerAlteredError):
                living.ask("incidents", wait=wait)


def test_what_cannot_be_asked_is_said(place, policy):
    with LivingLedger.open(place, clock=lambda: NOW) as ledger, Living(ledger, policy, most=1) as living:
        with pytest.raises(UsageError, match="no page 'nonsense'"):
            living.ask("nonsense")
        with pytest.raises(UsageError, match="no KPI 'R1'"):
            living.ask("kpi-page", {"kpi": "R1"})
