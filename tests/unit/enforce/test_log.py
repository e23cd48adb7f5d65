"""What a guard did is in the ledger within an interval, without a word of any text."""

import hashlib
import logging
import subprocess
import sys
import threading
import time
from uuid import UUID

import pytest
from tests.unit.enforce.test_guard import HITS, rule

from trimtab._canonical import text_digest
from trimtab.enforce import Action, Guard, RulingLog, Seal
from trimtab.errors import LedgerError
from trimtab.evidence import Escalated, Ledger, Rulings, Subject
from trimtab.evidence.export import verify_jsonl, write_jsonl
from trimtab.kinds import Message
from trimtab.policy import GuardSpec

SUBJECT = Subject(system="bot", candidate="one")
SPEC = GuardSpec.model_validate(
    {
        "input": [rule("patterns", "mask", labels=["personal"]), rule("patterns", "escalate", labels=["secret"])],
        "output": [rule("patterns", "mask", labels=["personal"]), rule("patterns", "block", labels=["secret"])],
    }
)


def log_of(ledger, **more):
    return RulingLog(ledger, subject=SUBJECT, policy="sha256:p", **{"every": 3600.0, **more})


def records(ledger):
    return [record for _, record in ledger.records()]


def wait_for(what):
    until = time.monotonic() + 60  # a disk that is busy with something else may take long to sync
    while not what():
        assert time.monotonic() < until, "it is not in the ledger after a minute"
        time.sleep(0.01)


def test_an_interval_is_summed_up(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        guard = Guard(SPEC, log=log_of(ledger))
        guard.input([Message("user", "I am ana@example.org"), Message("user", " all's well")])
        guard.output("all is well")
        guard.output("bo@example.org, cy@example.org")
        guard.output("password = 'hG7!kq2pZ'")
        stream = guard.stream()
        stream.feed("ana@example.org")
        stream.close()
        guard.close()
        guard.close()
        (record,) = records(ledger)
        ledger.verify().raise_if_bad()
    assert isinstance(record, Rulings)
    assert record.guard == guard.digest
    assert record.rulings == [
        {"side": "input", "action": "mask", "count": 1},
        {"side": "output", "action": "allow", "count": 1},
        {"side": "output", "action": "block", "count": 1},
        {"side": "output", "action": "mask", "count": 2},
    ]
    found = {"detector": "patterns", "label": "personal.email", "action": "mask"}
    assert record.findings[0] == {"side": "input", **found, "count": 1, "chars": 15, "texts": 1}
    assert {"side": "output", **found, "count": 3, "chars": 43, "texts": 2} in record.findings
    assert record.chars == 31 + 11 + 30 + 22 + 15
    assert 0 < record.slowest <= record.seconds
    assert record.begun <= record.ended


RULED = [("output", "allow", ["all is well"]), ("input", "mask", ["one", "ana@example.org"])]


def rule_on_some(ledger, **more):
    with Guard(SPEC, log=log_of(ledger, **more)) as guard:
        guard.output("all is well")
        guard.input([Message("user", "one"), Message("user", "ana@example.org")])
    (record,) = records(ledger)
    return record


def plainly(ruled):
    """The chain as anybody could make it, without a key."""
    chain = bytes(32)
    for side, action, texts in ruled:
        chain = hashlib.sha256(chain + f"{side} {action} {' '.join(map(text_digest, texts))}".encode()).digest()
    return f"sha256:{chain.hex()}"


def test_whoever_kept_the_texts_and_has_the_key_can_show_that_these_were_ruled_on(tmp_path, monkeypatch):
    monkeypatch.setenv("GUARD_KEY", "k" * 32)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record = rule_on_some(ledger, seal=Seal.from_environment("GUARD_KEY"))
    seal = Seal.from_environment("GUARD_KEY")  # as another process has it
    assert seal.shows_chain(record.chain, RULED)
    for others in (RULED[::-1], RULED[:1], [("output", "block", ["all is well"]), RULED[1]], [*RULED, RULED[0]]):
        assert not seal.shows_chain(record.chain, others)


def test_whoever_has_the_ledger_alone_can_try_no_text(tmp_path):
    """Nor does having the same text ruled on again tell that it had been: equal texts have different seals."""
    text = "password = 'hG7!kq2pZ'"
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record = rule_on_some(ledger)
        assert record.chain != plainly(RULED)
        assert not Seal().shows_chain(record.chain, RULED)
        with Guard(SPEC, log=log_of(ledger)) as guard:
            guard.input([Message("user", text)])
            guard.input([Message("user", text)])
        held = [record.text for record in records(ledger) if isinstance(record, Escalated)]
        payloads = "".join(row.payload for row in ledger.rows())
    assert text_digest(text) not in payloads
    assert len(set(held)) == 2
    assert not any(Seal().shows(one, text) for one in held)


def test_what_older_ledgers_show_they_still_do():
    assert Seal().shows(text_digest("ok"), "ok")
    assert not Seal().shows(text_digest("ok"), "no")
    assert Seal().shows_chain(plainly(RULED), RULED)
    assert not Seal().shows_chain(plainly(RULED), RULED[:1])


@pytest.mark.parametrize("odd", ["", "sha256:", "hmac-sha256:", "hmac-sha256:xy:0", "hmac-sha256:00"])
def test_what_is_no_seal_shows_nothing(odd):
    assert not Seal().shows(odd, "ok")
    assert not Seal().shows_chain(odd, RULED)


@pytest.mark.parametrize("telling", ["ana.solberg_example.org", "4111111111111111", "ana-1", "request-+442079460000"])
def test_an_id_that_could_name_somebody_is_sealed(tmp_path, caplog, telling):
    seal = Seal()
    with Ledger.open(tmp_path / "ledger.db") as ledger, Guard(SPEC, log=log_of(ledger, seal=seal)) as guard:
        for _ in range(2):
            guard.input([Message("user", HITS[-1])], about=telling)
        guard.close()
        about = {record.about for record in records(ledger) if isinstance(record, Escalated)}
        assert not any(telling in row.payload for row in ledger.rows())
    assert len(about) == 2
    assert all(seal.shows(one, telling) for one in about)
    (line,) = caplog.messages
    assert "request-7" in line
    assert telling not in line


@pytest.mark.parametrize("id_", [str(UUID(int=7)), "req_" + "0a" * 12, "01KB8Z5Q0V9T3M8N7YXW6P5R4S", "42"])
def test_an_id_that_names_nobody_is_written_as_it_is(tmp_path, id_):
    with Ledger.open(tmp_path / "ledger.db") as ledger, Guard(SPEC, log=log_of(ledger)) as guard:
        guard.input([Message("user", HITS[-1])], about=id_)
        guard.close()
        assert records(ledger)[0].about == id_


def test_a_text_that_is_held_has_a_record_of_its_own_at_once(tmp_path):
    text = "password = 'hG7!kq2pZ'"
    seal = Seal()
    with Ledger.open(tmp_path / "ledger.db") as ledger, Guard(SPEC, log=log_of(ledger, seal=seal)) as guard:
        said = guard.input([Message("user", "fine"), Message("user", text)], about="request-7")
        assert (said.action, said.text) == (Action.ESCALATE, "A person will look at this first.")
        wait_for(lambda: ledger.head() is not None)
        (record,) = records(ledger)
    assert isinstance(record, Escalated)
    assert (record.side, record.chars) == ("input", len(text))
    assert seal.shows(record.text, text)
    assert not seal.shows(record.text, "fine")
    assert record.about == "request-7"
    (span,) = record.spans
    assert (span["label"], text[span["start"] : span["end"]]) == ("secret.password", "hG7!kq2pZ")


def test_no_text_gets_into_the_ledger(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger, Guard(SPEC, log=log_of(ledger)) as guard:
        for hit in HITS:
            guard.input([Message("user", f"secretly {hit}")])
            guard.output(f"secretly {hit}")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"secretly" not in kept
    assert not any(hit.encode() in kept for hit in HITS)


def test_records_are_written_when_time_is_up_and_when_there_are_many(tmp_path):
    with Ledger.open(tmp_path / "a.db") as ledger, Guard(SPEC, log=log_of(ledger, every=0.02)) as guard:
        guard.output("all is well")
        wait_for(lambda: ledger.head() is not None)
        guard.output("all is well")
        wait_for(lambda: len(records(ledger)) == 2)
    with Ledger.open(tmp_path / "b.db") as ledger, Guard(SPEC, log=log_of(ledger, most=5)) as guard:
        for _ in range(5):
            guard.output("all is well")
        wait_for(lambda: ledger.head() is not None)
        assert records(ledger)[0].rulings[0]["count"] == 5


class Full:
    """A ledger that cannot be written for a while."""

    def __init__(self, ledger):
        self.ledger, self.broken = ledger, True

    def append(self, *args, **more):
        if self.broken:
            raise LedgerError("here", "is full", "Make room.")
        return self.ledger.append(*args, **more)


def test_a_ledger_that_cannot_be_written_loses_nothing(tmp_path, caplog):
    caplog.set_level(logging.CRITICAL)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        full = Full(ledger)
        log = log_of(full)
        guard = Guard(SPEC, log=log)
        guard.output("all is well")
        guard.input([Message("user", HITS[-1])])
        with pytest.raises(LedgerError):
            log.flush()
        assert "full" in log.failure
        guard.output("all is well")
        with pytest.raises(LedgerError):
            log.close()
        full.broken = False
        log.flush()
        assert log.failure == ""
        kinds = [type(record) for record in records(ledger)]
        counts = [r["count"] for record in records(ledger) if isinstance(record, Rulings) for r in record.rulings]
    assert kinds == [Escalated, Rulings, Rulings]
    assert sum(counts) == 3
    with pytest.raises(ValueError, match="closed"):
        guard.output("all is well")


def test_threads_share_a_log(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        with Guard(SPEC, log=log_of(ledger, most=50, every=0.01)) as guard:
            workers = [
                threading.Thread(target=lambda: [guard.output("all is well") for _ in range(100)]) for _ in range(4)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        assert sum(one["count"] for record in records(ledger) for one in record.rulings) == 400
        ledger.verify().raise_if_bad()


def test_an_export_holds_rulings_and_verifies(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        with Guard(SPEC, log=log_of(ledger)) as guard:
            guard.output("ana@example.org")
            guard.input([Message("user", HITS[-1])])
        with (tmp_path / "out.jsonl").open("wb") as out:
            assert write_jsonl(ledger, out) == 2
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    verify_jsonl(lines, "out.jsonl").raise_if_bad()
    assert b'"kind":"escalated"' in b"".join(lines)


@pytest.mark.parametrize("bad", [{"every": 0.0}, {"most": 0}, {"every": float("nan")}])
def test_an_interval_that_never_ends_is_refused(bad):
    with pytest.raises(ValueError):
        log_of(None, **bad)


_WORK = """
import sys, itertools
from trimtab.enforce import Guard, RulingLog
from trimtab.evidence import Ledger, Subject
from trimtab.policy import GuardSpec
spec = GuardSpec.model_validate({"output": [{"detector": "leak", "action": "block"}]})
ledger = Ledger.open(sys.argv[1])
log = RulingLog(ledger, subject=Subject(system="bot"), policy="sha256:p", every=0.05)
guard = Guard(spec, log=log)
for number in itertools.count(1):
    guard.output("all is well")
    if number % 500 == 0:
        print(number, flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_a_guard_loses_an_interval_at_most(tmp_path, start):
    path = tmp_path / "ledger.db"
    counted = 0
    for moment in (0.0, 0.03):
        process = start([sys.executable, "-c", _WORK, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        counted += int(process.stdout.readline())
        wait_until_recorded(path, counted)
        time.sleep(moment)
        process.kill()
        process.wait()
        assert recorded(path) >= counted
        counted = recorded(path)
        with Ledger.open(path, create=False) as ledger:
            ledger.verify().raise_if_bad()


def wait_until_recorded(path, count):
    wait_for(lambda: recorded(path) >= count)


def recorded(path):
    if not path.exists():
        return 0
    try:
        with Ledger.open(path, create=False) as ledger:
            return sum(one["count"] for record in records(ledger) for one in record.rulings)
    except LedgerError:  # it is being made
        return 0


def test_a_guard_that_is_not_closed_writes_what_it_has_when_python_ends(tmp_path):
    path = tmp_path / "ledger.db"
    code = _WORK.replace("itertools.count(1)", "range(1, 8)").replace("every=0.05", "every=60")
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=60)
    assert recorded(path) == 7
