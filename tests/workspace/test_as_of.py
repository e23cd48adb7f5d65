"""A ledger as of a row is the ledger that there was when it had so many rows, whatever is read of it."""

import random

import pytest
from tests.workspace.test_living import Writer, told

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger
from trimtab.evidence.as_of import LedgerAsOf
from trimtab.evidence.books import Books
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.records import Observation, Subject
from trimtab.kinds import Score
from trimtab.workspace.kpis import gather_evidence

KINDS = ("", "observation", "budget", "incident", "published", "run-started")


class Clock:
    """A moment later each time that somebody asks."""

    def __init__(self):
        self.moment = 1_700_000_000_000_000

    def __call__(self):
        self.moment += 1_000_000
        return self.moment


def seen(ledger, dice, moment):
    """All that can be read of a ledger."""
    head = ledger.head()
    last = head.seq if head else 0
    after, upto = dice.randint(0, last), dice.choice([None, dice.randint(0, last), last + 100])
    found = [head, last, ledger.runs(), ledger.latest(), ledger.rollups(), ledger.checkpoints(), ledger.before(moment)]
    found += [[*ledger.rows(after=after, upto=upto, kind=kind)] for kind in KINDS]
    found += [[*ledger.records(after=after, upto=upto, kind=kind)] for kind in KINDS]
    found += [ledger.latest(system="bot", candidate="a"), ledger.latest(metric="kpi"), ledger.rollups(candidate="b")]
    for run in [one.run for one in ledger.runs()]:
        found += [[*ledger.rows(run=run)], ledger.measured(run, system="bot", candidate="a")]
    found += [ledger.last(kind, system=system) for kind in KINDS[1:] for system in ("bot", "tool")]
    evidence = gather_evidence(ledger)
    return found, told(Books.of(ledger)), told(Books.of(ledger, upto=after)), evidence.decisions, evidence.budgets


def write(writer, ledger, dice):
    writer.write()
    run = dice.choice(["", f"r{dice.randrange(3)}"])
    candidates = [dice.choice("ab") for _ in range(4)]
    observed = [
        Observation(
            suite="q", metric=dice.choice("xy"), case="c", cluster="c", order=0, outcome=Score(value=dice.random())
        )
        for _ in candidates
    ]
    subjects = [Subject(system="bot", candidate=one, artefact="sha256:1") for one in candidates]
    ledger.append(observed, subject=subjects, run=run, maker="m/1", policy="")


@pytest.mark.parametrize("kind", [Ledger, LivingLedger])
def test_nothing_is_read_that_came_after_the_row(tmp_path, kind):
    for at in (0, 1, 4):
        dice, clock = random.Random(f"{at}/{kind}"), Clock()
        with kind.open(tmp_path / f"{at}.db", clock=clock) as ledger:
            writer = Writer(ledger, at, "a")
            for _ in range(at):
                write(writer, ledger, dice)
            moment, state = clock.moment + 500_000, dice.getstate()
            before, row = seen(ledger, dice, moment), ledger.head().seq if at else 0
            for _ in range(3):
                write(writer, ledger, dice)
            dice.setstate(state)
            assert seen(LedgerAsOf(ledger, row), dice, moment) == before
            dice.setstate(state)
            assert seen(LedgerAsOf(LedgerAsOf(ledger, row), row + 5), dice, moment) == before


def test_it_is_for_reading(tmp_path):
    with Ledger.open(tmp_path / "l.db") as ledger:
        writer = Writer(ledger, 1, "a")
        writer.write()
        view, row = LedgerAsOf(ledger, 1), ledger.head()
        for add in (lambda: Writer(view, 1, "b").write(), view.checkpoint):
            with pytest.raises(LedgerError, match="as of row 1"):
                add()
        view.close()
        assert ledger.head() == row
