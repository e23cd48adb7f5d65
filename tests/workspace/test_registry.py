"""The registry from end to end: what is found is held against it, what is registered stays, and no secret is kept."""

import itertools
import json
import struct

import pytest
from tests.command import trimtab
from tests.unit.discovery.peer import Mlflow, served

from trimtab.decision.model import CandidateDecision, Decision, Verdict
from trimtab.errors import CallError, EntryError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.evidence.entries.registry import Registered, Scanned
from trimtab.policy import load_policy
from trimtab.workspace.discover import discover, look, read_place
from trimtab.workspace.keeping import keep
from trimtab.workspace.mlflow_verdict import tell_mlflow
from trimtab.workspace.registering import from_policy, from_scans, register

POLICY = """
trimtab: 1
organisation: Example Health
people:
  safety-lead: {function: safety, roles: [risk-owner], team: care}
  former-lead: {function: ml, left: '2026-06-01'}
teams: {care: {lead: safety-lead}}
metrics:
  accuracy: {question: "Right?", better: higher, target: 0.9, owner: care, source: {suite: q}}
suites: {q: {file: q.jsonl}}
tiers: {high: {confidence: 0.95, floors: {accuracy: {at_least: 0.5}}}}
systems:
  bot:
    tier: high
    owner: care
    intended_use: answers
    maximise: accuracy
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}
"""
NOW = moment("2026-11-20")
GGUF = struct.pack("<4sIQQ", b"GGUF", 3, 0, 0)


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    return load_policy(tmp_path / "trimtab.yaml")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def words(ledger):
    return {one.entry.thing: one.entry for one in Books.of(ledger).all(Registered)}


def test_what_is_not_said_stays_and_what_says_nothing_new_is_no_entry(ledger, policy):
    first = {"thing": "a", "type": "model", "owner": "care", "location": "https://u:hunter2@h/m?sig=hunter2"}
    register(ledger, policy, [first], by="care", now=NOW)
    register(ledger, policy, [{"thing": "a", "version": "2", "made_from": ["d"]}], by="care", now=NOW)
    assert not register(ledger, policy, [{"thing": "a", "version": "2"}, first], by="safety-lead", now=NOW).kept
    kept = words(ledger)["a"]
    assert (kept.owner, kept.version, kept.made_from, kept.location) == ("care", "2", ("d",), "https://h/m")
    assert all("hunter2" not in row.payload for row in ledger.rows())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "dataset"}, "type"),  # the id is taken
        ({"owner": "former-lead"}, "owner"),
        ({"owner": "nobody"}, "owner"),
        ({"made_from": ["a"]}, "made_from"),
        ({"made_from": ["b"]}, "made_from"),  # b is made from a
        ({"location": "u:hunter2@h/m"}, "location"),
        ({"version": "sk-abcdefghij1234567890"}, "version"),
    ],
)
def test_what_cannot_be_is_refused_and_quotes_no_secret(ledger, policy, wrong, field):
    register(ledger, policy, [{"thing": "a", "type": "model"}], by="care", now=NOW)
    register(ledger, policy, [{"thing": "b", "type": "model", "made_from": ["a"]}], by="care", now=NOW)
    before = ledger.head()
    with pytest.raises(EntryError) as error:
        register(ledger, policy, [{"thing": "c", "type": "model"}, {"thing": "a", **wrong}], by="care", now=NOW)
    assert [one.where for one in error.value.mistakes] == [field]
    assert "hunter2" not in str(error.value)
    assert "sk-abc" not in str(error.value)
    assert ledger.head() == before


def classified(**given):
    from trimtab.decision.ai_act import QUESTIONS

    answers = [f"{one.id}:no" for one in QUESTIONS if not one.only_if]
    values = {"thing": "bot", "answers": answers, "risk": "minimal", "approver": "safety-lead", "by": "care"}
    return Draft(kind="classified", values={**values, **given})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"risk": "transparency"}, "risk"),  # it does not follow
        ({"answers": ["migration:no"]}, "answers"),  # most are open
        ({"answers": ["migration:perhaps"]}, "answers"),
        ({"articles": ["eu-ai-act:Art.6"]}, "articles"),
        ({"approver": "care"}, "approver"),
        ({"approver": "former-lead"}, "approver"),
        ({"thing": "unheard"}, "thing"),
    ],
)
def test_a_class_is_kept_only_as_its_answers_lead_to_it(ledger, policy, wrong, field):
    register(ledger, policy, from_policy(policy), by="care", now=NOW)
    with pytest.raises(EntryError) as error:
        keep(ledger, policy, [classified(**wrong)], now=NOW)
    assert {one.where for one in error.value.mistakes} == {field}
    keep(ledger, policy, [classified()], now=NOW)
    register(ledger, policy, [{"thing": "bot", "owner": "safety-lead"}], by="care", now=NOW)
    with pytest.raises(EntryError, match="owns bot"):
        keep(ledger, policy, [classified()], now=NOW)


@pytest.mark.parametrize(
    ("text", "looked"),
    [
        ("hub:x", "hub-cache"),
        ("mlflow:http://h", "mlflow"),
        ("mlflow:mlruns", "mlflow-files"),
        ("http://h/v1", "endpoint"),
        ("k8s.yaml", "manifests"),
        (".", "folder"),
    ],
)
def test_a_place_is_read_as_people_write_it(text, looked):
    assert read_place(text).looked == looked


def test_a_place_that_is_none_is_refused_without_its_secrets():
    with pytest.raises(UsageError) as error:
        read_place("ftp://u:hunter2@h/x")
    assert "hunter2" not in str(error.value)
    secret = read_place("endpoint:http://u:hunter2@h/v1?key=hunter2")
    assert secret.digest == read_place("http://h/v1").digest
    assert secret.shown == "http://h/v1"


def test_discovery_records_names_and_digests_and_registering_settles_it(tmp_path, ledger, policy):
    shelf = tmp_path / "private" / "shelf"
    shelf.mkdir(parents=True)
    (shelf / "reader 1b.gguf").write_bytes(GGUF)
    (shelf / "sk-abcdefghij1234567890.gguf").write_bytes(GGUF + b"x")
    places = [read_place(f"folder:{shelf}")]

    ticks = itertools.count(NOW - 10)

    def seen():
        return discover(ledger, policy, places, look(places), by="care", now=next(ticks))

    first = seen()
    assert {(one.name, one.state) for one in first.seen} == {
        ("reader-1b", "unregistered"),
        ("withheld", "unregistered"),
    }
    things = from_scans(Books.of(ledger), policy, first.scans, owner="care", end=NOW)
    register(ledger, policy, things, by="care", now=next(ticks))
    assert not seen().stray
    assert seen().whole
    kept = words(ledger)["reader-1b"]
    assert (kept.digest.startswith("sha256:"), kept.owner) == (True, "care")
    (shelf / "reader 1b.gguf").write_bytes(GGUF + b"y")
    assert [one.state for one in seen().stray] == ["altered"]
    (shelf / "reader 1b.gguf").unlink()
    assert seen().vanished == ("reader-1b",)
    assert all("private" not in row.payload and "sk-abc" not in row.payload for row in ledger.rows())
    assert len(Books.of(ledger).all(Scanned)) == 5
    ledger.verify().raise_if_bad()


def test_a_place_with_too_much_is_refused_before_anything_is_kept(tmp_path, ledger, policy, monkeypatch):
    monkeypatch.setattr("trimtab.workspace.discover.MOST_THINGS", 1)
    for name in ("a", "b"):
        (tmp_path / f"{name}.gguf").write_bytes(GGUF)
    places = [read_place(f"folder:{tmp_path}")]
    with pytest.raises(UsageError, match="narrower"):
        discover(ledger, policy, places, look(places), by="care")
    assert ledger.head() is None


async def test_models_and_data_come_from_mlflow_with_their_lineage(ledger, policy):
    from trimtab.measure.discovery.mlflow import mlflow

    peer = Mlflow()
    peer.add("Triage Model", "9", run="r1", data=(("questions", "abcd1234"),))
    peer.add("Triage Model", "10", run="r2", data=(("questions", "abcd1234"),))
    async with served(peer) as address:
        scan = await mlflow(address)
    things = from_scans(Books.of(ledger), policy, [scan], owner="care", end=NOW)
    register(ledger, policy, things, by="care", now=NOW)
    kept = words(ledger)
    assert kept.keys() == {"Triage-Model", "questions"}
    assert (kept["Triage-Model"].version, kept["Triage-Model"].made_from) == ("10", ("questions",))
    again = from_scans(Books.of(ledger), policy, [scan], owner="safety-lead", end=NOW + 1)
    assert not register(ledger, policy, again, by="care", now=NOW).kept


# -- verdicts in MLflow ------------------------------------------------------------------------------


def decision(verdict):
    one = CandidateDecision(candidate="q4", verdict=verdict, judgements=(), estimates={})
    return Decision(
        system="bot", tier="high", policy="sha256:p", run="run-1", time=1, confidence=0.95, alpha=0.05, baseline="",
        maximise=(), candidates=(one,), winner="", verdict=verdict, reason="",
    )  # fmt: skip


@pytest.fixture
def peer():
    peer = Mlflow()
    peer.add("triage", "1")
    peer.add("triage", "2")
    return peer


async def told(peer, verdict, version="1"):
    async with served(peer) as address:
        return await tell_mlflow(address, decision(verdict), candidate="q4", model="triage", version=version)


async def test_a_pass_carries_the_alias_and_anything_else_loses_it(peer):
    passed = await told(peer, Verdict.PASS)
    assert passed.aliases == ("trimtab-pass",)
    assert passed.tags == {
        "trimtab.verdict": "pass", "trimtab.policy": "sha256:p", "trimtab.run": "run-1", "trimtab.candidate": "q4",
    }  # fmt: skip
    for verdict in (Verdict.INCONCLUSIVE, Verdict.FAIL):
        await told(peer, Verdict.PASS)
        assert (await told(peer, verdict)).aliases == ()
        assert peer.versions["triage", "1"]["tags"]["trimtab.verdict"] == verdict.value


async def test_another_version_that_passed_keeps_its_alias(peer):
    await told(peer, Verdict.PASS, "1")
    await told(peer, Verdict.FAIL, "2")
    assert peer.aliases["triage"] == {"trimtab-pass": "1"}


@pytest.mark.parametrize(
    "broken", ["POST model-versions/set-tag", "POST registered-models/alias", "GET model-versions/get"]
)
@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
async def test_whatever_breaks_the_alias_is_on_no_version_that_did_not_pass(peer, broken, verdict):
    if verdict is Verdict.FAIL:
        peer.aliases["triage"]["trimtab-pass"] = "1"
    peer.refused.add(broken)
    fails = not (verdict is Verdict.FAIL and broken == "POST registered-models/alias")
    if fails:
        with pytest.raises(CallError):
            await told(peer, verdict)
    else:
        await told(peer, verdict)
    carries = peer.aliases["triage"].get("trimtab-pass") == "1"
    # Where nothing at all could be asked, nothing was changed; else only a whole PASS ends with the alias.
    assert carries is (verdict is Verdict.FAIL and broken == "GET model-versions/get")


async def test_a_version_or_candidate_that_is_not_there_is_said(peer):
    with pytest.raises(UsageError, match="no version 9"):
        await told(peer, Verdict.PASS, "9")
    async with served(peer) as address:
        with pytest.raises(UsageError, match="decided q4"):
            await tell_mlflow(address, decision(Verdict.PASS), candidate="x", model="triage", version="1")


# -- commands ----------------------------------------------------------------------------------------


def test_commands_say_what_is_so_by_their_exit_codes(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "reader.gguf").write_bytes(GGUF)

    def run(*words):
        return trimtab(*words, cwd=tmp_path)

    assert run("discover", "shelf", "--by", "care").returncode == 1
    assert (
        run("register", "--from", "folder:shelf", "--from", "policy", "--by", "care", "--owner", "care").returncode == 0
    )
    assert run("discover", "shelf", "--by", "care").returncode == 0
    assert run("discover", "manifests:nowhere.yaml", "--by", "care").returncode == 3
    shown = run("registry", "list", "--json")
    data = json.loads(shown.stdout)
    assert {one["thing"] for one in data["things"]} == {"bot", "reader"}
    assert 0.0 < data["completeness"]["value"] < 1.0
    classify = ("registry", "classify", "bot", "--by", "care")
    assert run(*classify, "--answer", "migration:no").returncode == 3
    done = run(*classify, "--answer", "employment:yes", "--rest", "no", "--approver", "safety-lead")
    assert (done.returncode, "HIGH-RISK" in done.stdout) == (0, True)
