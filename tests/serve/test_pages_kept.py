"""What pages show is kept, and never shown for more than it is: not as current, not as verified, not past its row."""

import gc
import sqlite3
import threading
import weakref
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient
from tests.serve.test_pages import World, enter
from tests.workspace.governing import DAY, NOW, decide

from trimtab.decision import Verdict
from trimtab.errors import LedgerAlteredError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.entries.consents import ConsentRequested
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.records import Observation, Subject
from trimtab.kinds import Score
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.decide import gates
from trimtab.serve.pages.frame.answers import Answers, Bodies, _Made
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.proof.keep_verified import keep_verified
from trimtab.serve.pages.snapshot import Standing, Watched

INCIDENTS = next(page for page in PAGES if page.name == "incidents")
LONG = 60  # seconds after which a test gives up


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.site.close()
    made.ledger.close()


class Held:
    """Holds back whoever works a page out."""

    def __init__(self, monkeypatch):
        self.gate = threading.Event()
        real = Answers._maker

        def maker(answers, page, asked):
            make = real(answers, page, asked)
            return lambda now: self.gate.wait(LONG) and make(now)

        monkeypatch.setattr(Answers, "_maker", maker)
        self.gate.set()


@pytest.fixture
def held(monkeypatch):
    made = Held(monkeypatch)
    yield made
    made.gate.set()


class Mark:
    """Goes when nobody holds it."""


def settle(world):
    """Until nothing is worked out in the background."""
    done = threading.Event()
    assert world.site._answers._answering.later("settled", lambda _: _settled(done)) is not None
    assert done.wait(LONG)


def test_an_answer_from_before_says_so_in_words_and_in_json(world, held):
    first = world.client.get("/incidents")
    world.client.get("/api/v1/incidents")
    held.gate.clear()
    enter(world, "I-2")
    page, body = world.client.get("/incidents"), world.client.get("/api/v1/incidents").json()
    assert "Rows were added since" in page.text
    assert "I-2" not in page.text
    assert body["current"] is False
    assert body["row"] < world.ledger.head().seq
    assert f"row {body['row']}" in page.text
    assert page.headers["etag"] != first.headers["etag"]


def test_whoever_posts_something_waits_for_what_counts_it(world, held):
    world.client.get("/incidents")
    enter(world, "I-2")
    world.client.post("/verify", files={"export": b"x"})  # as any form
    assert "I-2" in world.client.get("/incidents").text
    other = world.site._answers.of(INCIDENTS, {}, "somebody else")
    assert other.current


def test_pages_of_a_minute_ago_are_current_and_of_long_ago_are_not_shown(world):
    first = world.client.get("/api/v1/incidents").json()
    world.clock.moment += 2 * 60_000_000
    assert world.client.get("/api/v1/incidents").json()["as_of"] == first["as_of"]
    world.clock.moment += 3600_000_000
    assert world.client.get("/api/v1/incidents").json()["as_of"] > first["as_of"]


def test_observations_make_no_page_anew(tmp_path):
    world = World(tmp_path)
    with LivingLedger.open(world.path, clock=world.clock) as ledger:
        answers = Answers(Watched(ledger, world.policy))
        first = answers.of(INCIDENTS, {})
        seen = Observation(suite="q", metric="accuracy", case="c", cluster="c", order=0, outcome=Score(value=1.0))
        world.ledger.append([seen], subject=Subject(), run="r", maker="m/1", policy="")
        assert answers.of(INCIDENTS, {}).data is first.data
        answers.close()
    world.ledger.close()


def test_what_was_worked_out_for_rows_before_goes_at_once(tmp_path):
    world = World(tmp_path)
    with LivingLedger.open(world.path, clock=world.clock) as ledger:
        watched = Watched(ledger, world.policy)
        answers = Answers(watched)
        gc.collect()
        gc.disable()
        try:
            for page in PAGES:
                if page.kept and not page.personal and not any(one.in_path for one in page.asked):
                    answers.of(page, {})
            answers.close()
            watch = weakref.ref(watched.snapshot().books.once("mark", Mark))  # goes when all the rest goes
            for number in range(3):  # what was worked out for the two rows before is kept
                assert watch() is not None
                enter(world, f"I-{2 + number}")
                watched.snapshot().books.once("mark", Mark)
            assert watch() is None
        finally:
            gc.enable()
    world.site.close()
    world.ledger.close()


def test_pages_of_the_menu_are_worked_out_before_anybody_asks(world, held):
    world.site.warm()
    settle(world)
    held.gate.clear()  # nobody has to work anything out any more
    assert world.client.get("/incidents").status_code == 200


def test_bodies_are_kept_within_their_bound():
    bodies, made = Bodies(most=10), []

    def make():
        made.append(1)
        return b"four"

    for tag in ("a", "b", "a", "c", "b"):
        bodies.of(tag, make)
    assert len(made) == 4
    assert bodies._size == sum(map(len, bodies._kept.values())) <= 10


def _settled(done):
    done.set()
    return _Made(data=None, size=0, rows={}, read=0.0)


# -- alterations -----------------------------------------------------------------------------------


def alter(world, old="S2", new="S4", of="I-1"):
    with sqlite3.connect(world.path) as other:
        for (name,) in other.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            other.execute(f'drop trigger "{name}"')
        update = "update evidence set payload = replace(payload, ?, ?) where payload like ?"
        assert other.execute(update, (old, new, f"%{of}%")).rowcount == 1


def test_a_row_that_is_shown_is_read_again_when_it_is_shown_again(world):
    seconds = [0.0]
    answers = Answers(world.watched, seconds=lambda: seconds[0])
    answers.of(INCIDENTS, {})
    alter(world)
    answers.of(INCIDENTS, {})  # within ten seconds
    seconds[0] = 11.0
    for _ in range(2):
        with pytest.raises(LedgerAlteredError):
            answers.of(INCIDENTS, {})
    assert world.watched.standing.proof == "altered"
    answers.close()


def test_what_is_added_is_verified_by_itself_and_held_to_what_was_before(world):
    assert world.watched.verify().good
    rows = world.watched.standing.rows
    enter(world, "I-2")
    enter(world, "I-3")
    assert world.watched.verify_on().rows == rows + 2
    again = world.ledger.verify()
    assert (again.head, again.last) == (world.watched.standing.found.head, world.watched.standing.found.last)
    enter(world, "I-4")
    alter(world, "S1", "S4", of="I-4")
    assert world.watched.verify_on().proof == "altered"
    assert f"row {rows + 3}" in world.watched.standing.why


def test_a_ledger_that_was_hashed_anew_is_not_what_was_verified(world, tmp_path):
    assert world.watched.verify().good
    whole = [(row, record) for row, record in world.ledger.records()]
    forged = tmp_path / "forged.db"
    with Ledger.open(forged, clock=world.clock) as made:
        for row, record in whole[1:]:  # one is left out, and all hashes agree
            subject = Subject(system=row.system, candidate=row.candidate, artefact=row.artefact)
            made.append([record], subject=subject, run=row.run, maker=row.maker, policy=row.policy)
        made.append([whole[-1][1]], subject=Subject(), run="", maker="m/1", policy="")
        assert made.verify().ok
        watched = Watched(made, world.policy)
        watched.standing = world.watched.standing
        assert watched.verify().proof == "altered"


def test_what_was_seen_while_all_was_verified_is_not_taken_back(world):
    world.watched.verify()

    def pause(*_):
        world.watched.altered("row 1 is another")

    assert world.watched.verify(pause).proof == "altered"
    assert world.watched.verify().good


def test_it_is_verified_until_it_is_told_to_stop(world, monkeypatch):
    monkeypatch.setattr("trimtab.serve.pages.proof.keep_verified._SECONDS", 0.001)
    stopped, seen = threading.Event(), threading.Event()
    real = world.watched.verify_on

    def verify_on():
        found = real()
        if found.rows == world.ledger.head().seq:
            seen.set()
        return found

    monkeypatch.setattr(world.watched, "verify_on", verify_on)
    keeping = threading.Thread(target=keep_verified, args=(world.watched, stopped))
    keeping.start()
    enter(world, "I-2")
    assert seen.wait(LONG)
    stopped.set()
    keeping.join(LONG)
    assert not keeping.is_alive()
    assert world.watched.standing.good


# -- as of -----------------------------------------------------------------------------------------


def test_gates_and_consents_show_nothing_of_later(world):
    asked: dict[str, Any] = {"system": "bot", "candidate": "a", "run": "r1", "row": 1, "by": "ml-lead"}
    digests: dict[str, Any] = dict.fromkeys(("artefact", "promise", "policy", "row_hash", "ledger"), "sha256:0")
    before = ConsentRequested(consent="C-1", nonce="1", at=NOW - DAY, **asked, **digests)
    later = ConsentRequested(consent="C-2", nonce="2", at=NOW, **asked, **digests)
    world.clock.moment = NOW
    world.ledger.append([before], subject=Subject(system="bot"), run="", maker="m/1", policy="")
    world.clock.moment = NOW + DAY
    world.ledger.append([later], subject=Subject(system="bot"), run="", maker="m/1", policy="")
    decide(world.ledger, world.policy, Verdict.FAIL, run="r2", time=NOW)
    watched = Watched(world.ledger, world.policy, asof=NOW + 1)
    site = Site(watched, world.access, cookie="trimtab-1")
    client = TestClient(application(site, hosts=frozenset({"testserver"})))
    client.get("/enter", params={"token": world.access.token})
    answer = client.get("/api/v1/gates")
    assert answer.status_code == 200, answer.text
    found = orjson.loads(answer.content)["data"]
    assert [one["id"] for one in (*found["waiting"], *found["holding"], *found["past"])] == ["C-1"]
    assert {one["run"] for one in found["gates"]} == {"r1", ""}
    assert client.get("/gates/C-1").status_code == 200
    assert client.get("/gates/C-2").status_code == 404
    now = watched.snapshot()
    with pytest.raises(UsageError):
        gates.consent(now, Standing(proof="unknown"), {"consent": "C-2"})
    site.close()
