"""`trimtab hunt` as it is used: opened, filed into by several at once, closed, shown; and all that must be refused."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from tests.command import trimtab, usual
from tests.workspace.test_redteam import BOT

from trimtab.cli.hunt import hunt as hunt_command
from trimtab.errors import TrimtabError

POLICY = """\
trimtab: 1
organisation: Example Works
people:
  team: {function: engineering}
  ann: {function: security}
  ben: {function: support}
  eve: {function: governance}
  gus: {function: sales}
metrics:
  right:
    {question: "Right?", better: higher, target: 0.9, owner: team, source: {suite: assistant-questions}}
tiers:
  internal: {confidence: 0.9, floors: {right: {at_least: 0.2}}}
systems:
  bot:
    tier: internal
    owner: team
    intended_use: Tests.
    maximise: right
    candidates:
      open: {callable: {target: "bot:answer"}}
"""
SECRET = "Ask for the file of Jane Roe, jane.roe@example.org."


class Hunting:
    def __init__(self, folder):
        self.folder = folder
        (folder / "bot.py").write_text(BOT)
        (folder / "trimtab.yaml").write_text(POLICY)

    def trimtab(self, *arguments):
        """The command in a process of its own."""
        return trimtab(*arguments, cwd=self.folder, environment=usual(COLUMNS="140"))

    def __call__(self, *arguments, wanted=0):
        done = CliRunner().invoke(hunt_command, arguments)
        said, code = done.output, done.exit_code
        if isinstance(done.exception, TrimtabError):
            said, code = said + str(done.exception), done.exception.exit_code
        elif done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert code == wanted, f"{arguments}: {code}\n{said}"
        return " ".join(said.split())

    def file(self, hunter, *more, severity="S2", wanted=0):
        return self("file", "--hunter", hunter, "--severity", severity, *more, wanted=wanted)

    def found(self, hunter, finding, *more, wanted=0):
        return self.file(hunter, "--hazard", "LLM01", "--id", finding, "--command", finding, *more, wanted=wanted)

    def shown(self, wanted=0):
        return json.loads(self("show", "--json", "--quiet", wanted=wanted))

    def verify(self):
        verified = self.trimtab("ledger", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr

    def everything(self):
        return b"".join(path.read_bytes() for path in (self.folder / ".trimtab").iterdir())


@pytest.fixture
def hunt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_LEDGER", raising=False)
    monkeypatch.setenv("COLUMNS", "140")
    return Hunting(tmp_path)


@pytest.fixture
def opened(hunt):
    hunt("open", "--hours", "8", "--hunters", "ann,ben,model:crow")
    return hunt


def test_a_hunt_from_its_beginning_to_its_end(opened):
    for number in range(6):
        opened.found("ann", f"a{number}")
    for number in range(4):
        opened.found("ben", f"b{number}", "--same-as", f"a{number}")
    opened.found("ben", "b9")
    during = opened.shown(wanted=3)
    assert (during["state"], during["list"], during["findings"]) == ("open", None, 11)
    ended = opened("close", "--by", "eve", "--spent", "ann=5", "--spent", "ben=5", "--spent", "model:crow=0.5")
    assert "closed since" in ended
    opened("triage", "b9", "--by", "eve", "--valid")
    opened("triage", "a5", "--by", "eve", "--invalid")
    told = opened("show")
    assert "0.57 an hour of one hunter" in told  # six flaws in 10.5 hours
    assert "more may be hidden" in told
    data = opened.shown()
    assert data["hidden"]["value"] == pytest.approx(1 * 1 / 5)
    assert (data["hidden"]["found"], data["hidden"]["again"]) == (6, 4)
    assert len(data["list"]) == 11
    late = opened.found("ann", "a7")
    assert "recorded as late, and not counted" in late
    assert opened.shown()["late"] == 1
    assert opened.shown()["hidden"] == data["hidden"]
    opened("close", "--by", "eve", wanted=2)


def closed(opened):
    opened("close", "--by", "eve", wanted=3)
    return opened.shown(wanted=3)


@pytest.mark.slow
def test_what_a_red_team_run_found_is_filed_once_for_each_goal_and_meets_what_a_person_found(opened):
    attacked = opened.trimtab("redteam", "--technique", "hierarchy", "--cases", "240", "--json", "--quiet")
    assert attacked.returncode == 0, attacked.stderr
    got_through = json.loads(attacked.stdout)["candidates"]["open"]["got_through"]
    told = opened.file("model:crow", "--run", "latest")
    assert "Filed" in told
    # What ann takes from that run she has not found, until she has seen it herself.
    case = ("--hazard", "LLM01", "--case", got_through[0])
    assert "was filed by model:crow" in opened.file("ann", *case, wanted=2)
    opened.file("ben", *case, "--found-by", "customer")
    assert "2" not in opened.shown(wanted=3)["found_by"]
    again = opened.trimtab("redteam", "--technique", "hierarchy", "--case", got_through[0], "--quiet")
    assert again.returncode == 0, again.stderr
    opened.file("ann", *case)
    data = opened.shown(wanted=3)
    assert data["by_hunter"]["model:crow"] > 1
    assert data["found_by"]["2"] == 1  # the goal of ann's case is one of the run's
    assert "was filed by ann" in opened.file("model:crow", "--run", "latest", wanted=2)
    first = next(one["run"] for one in closed(opened)["list"] if one["hunter"] == "model:crow")
    assert "0 findings" in opened.file("model:crow", "--run", first)  # again is nothing new
    assert "was filed by model:crow" in opened.file("ben", "--run", first, wanted=2)
    assert "was asked in no run" in opened.file("ann", "--hazard", "x", "--case", "no.such#case", wanted=2)
    opened.verify()


@pytest.mark.slow
def test_a_run_from_before_the_hunt_is_none_of_its_findings(hunt):
    attacked = hunt.trimtab("redteam", "--technique", "hierarchy", "--cases", "40", "--json", "--quiet")
    case = ("--hazard", "LLM01", "--case", json.loads(attacked.stdout)["candidates"]["open"]["got_through"][0])
    hunt("open", "--hours", "1", "--hunters", "ann,model:crow")
    assert "began before the hunt" in hunt.file("model:crow", "--run", "latest", wanted=2)
    assert "before the hunt only" in hunt.file("ann", *case, wanted=2)
    hunt.file("ann", *case, "--found-by", "customer")


@pytest.mark.slow
def test_several_who_file_at_the_same_time_lose_nothing(opened):
    def filed(hunter, number):
        return opened.trimtab(
            "hunt", "file", "--hunter", hunter, "--severity", "S2", "--hazard", "x", "--id", "same", "--command",
            f"{number}",
        ).returncode  # fmt: skip

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(filed, ("ann", "ben") * 3, range(6)))
    assert codes.count(0) >= 1
    data = opened.shown(wanted=3)
    # One of them has the id. Whoever saw it in time was refused; the others are told apart, and the ledger is whole.
    assert data["findings"] == 1
    assert len(data["twice"]) == codes.count(0) - 1
    assert set(codes) <= {0, 2}
    opened.verify()


def test_no_text_of_a_finding_is_in_the_ledger_or_in_what_is_said(opened):
    (opened.folder / "cases.jsonl").write_text(json.dumps({"prompt": SECRET}), encoding="utf-8")
    told = opened.file("ann", "--hazard", "LLM02", "--what", SECRET, "--command", f"ask {SECRET}")
    told += opened.file("ann", "--hazard", "LLM02", "--what", SECRET, "--file", "cases.jsonl")
    told += opened.file("ann", "--hazard", SECRET, "--command", "x", wanted=2)
    told += opened("show", wanted=3)
    assert "Jane" not in told
    assert b"Jane" not in opened.everything()


def test_where_the_policy_says_so_a_redacted_excerpt_is_kept(hunt):
    (hunt.folder / "trimtab.yaml").write_text(POLICY + "evidence: {text: redacted}\n")
    hunt("open", "--hours", "1", "--hunters", "ann")
    hunt.file("ann", "--hazard", "LLM02", "--what", SECRET, "--command", "x")
    kept = hunt.everything()
    assert b"[email]" in kept
    assert b"jane.roe" not in kept


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--hunters", "ann,team"), "team owns bot"),
        (("--hunters", "ann,ben,eve,gus"), "nobody is left"),
        (("--hunters", "stranger"), "not listed under people"),
        (("--hunters", "model:open"), "would hunt itself"),
        (("--hunters", "model:"), "not listed under people"),
        (("--hunters", "ann,ann"), "each hunter once"),
        (("--hunters", " , "), "each hunter once"),
        (("--hunters", "ann", "--system", "nobody"), "no system 'nobody'"),
        (("--hunters", "ann", "--hours", "0"), "more than 0"),
        (("--hunters", "ann", "--hours", "nan"), "more than 0"),
        (("--hunters", "ann", "--hours", "1e9"), "more than 0"),
    ],
)
def test_a_hunt_that_cannot_be_is_not_opened(hunt, arguments, words):
    given = arguments if "--hours" in arguments else (*arguments, "--hours", "8")
    assert words in hunt("open", *given, wanted=2)
    assert "holds no hunt yet" in hunt("show", wanted=2)


def test_an_attacker_of_the_policy_hunts_as_a_model(hunt):
    attacker = 'attackers: {crow: {callable: {target: "bot:answer"}}}\n'
    (hunt.folder / "trimtab.yaml").write_text(POLICY + attacker)
    hunt("open", "--hours", "1", "--hunters", "ann,crow")
    assert hunt.shown(wanted=3)["hunters"] == {"ann": "person", "crow": "model"}


def test_two_hunts_of_a_system_at_the_same_time_are_refused(opened):
    assert "is still open" in opened("open", "--hours", "1", "--hunters", "ann", wanted=2)
    opened("close", "--by", "eve", wanted=3)
    opened("open", "--hours", "1", "--hunters", "ann")


def test_what_is_no_finding_is_refused_and_leaves_nothing(opened):
    (opened.folder / "empty.txt").write_text(" \n")
    (opened.folder / "huge.txt").write_bytes(b"x" * (5 * 1024 * 1024))
    os.mkfifo(opened.folder / "pipe")
    usual = ("--hazard", "LLM01")
    refused = {
        "is no hunter": opened.file("eve", *usual, "--command", "x", wanted=2),
        "one way to reproduce": opened.file("ann", *usual, wanted=2),
        "exactly one of": opened.file("ann", *usual, "--command", "x", "--file", "huge.txt", wanted=2),
        "is empty": opened.file("ann", *usual, "--file", "empty.txt", wanted=2),
        "more than 4,194,304 bytes": opened.file("ann", *usual, "--file", "huge.txt", wanted=2),
        "no plain file": opened.file("ann", *usual, "--file", "pipe", wanted=2),
        "cannot be read": opened.file("ann", *usual, "--file", "nowhere", wanted=2),
        "100,000 characters": opened.file("ann", *usual, "--command", "x" * 100_000, wanted=2),
        "no short name": opened.file("ann", "--hazard", "a sentence", "--command", "x", wanted=2),
        "no finding 'f-9'": opened.file("ann", *usual, "--command", "x", "--same-as", "f-9", wanted=2),
        "no hunt 'other'": opened.file("ann", *usual, "--command", "x", "--hunt", "other", wanted=2),
        "nothing else": opened.file("model:crow", "--run", "latest", "--command", "x", wanted=2),
        "holds no run": opened.file("model:crow", "--run", "latest", wanted=2),
    }
    assert [words for words, told in refused.items() if words not in told] == []
    opened.found("ann", "f-1")
    assert "already" in opened.found("ben", "f-1", wanted=2)
    assert opened.shown(wanted=3)["findings"] == 1


def test_who_rules_and_who_closes_is_neither_the_hunter_nor_the_owner(opened):
    opened.found("ann", "f-1")
    assert "is still open" in opened("triage", "f-1", "--by", "eve", "--invalid", wanted=2)
    refused = {
        "does not end a hunt": opened("close", "--by", "team", wanted=2),
        "who hunts does not end": opened("close", "--by", "ben", wanted=2),
        "is no hunter": opened("close", "--by", "eve", "--spent", "eve=1", wanted=2),
        "cannot have spent": opened("close", "--by", "eve", "--spent", "ann=9", wanted=2),
        "not NAME=HOURS": opened("close", "--by", "eve", "--spent", "ann", wanted=2),
    }
    assert [words for words, told in refused.items() if words not in told] == []
    opened("close", "--by", "eve", wanted=3)
    assert "and counted, since a customer found it" in opened.found("gus", "c-1", "--found-by", "customer")
    refused = {
        "gus has filed c-1": opened("triage", "f-1", "--by", "gus", "--invalid", wanted=2),
        "who hunts does not rule": opened("triage", "f-1", "--by", "ben", "--invalid", wanted=2),
        "team owns bot": opened("triage", "f-1", "--by", "team", "--invalid", wanted=2),
        "not listed": opened("triage", "f-1", "--by", "nobody", "--invalid", wanted=2),
        "no finding": opened("triage", "f-2", "--by", "eve", "--invalid", wanted=2),
        "exactly one": opened("triage", "f-1", "--by", "eve", wanted=2),
        "same as itself": opened("triage", "f-1", "--by", "eve", "--same-as", "f-1", wanted=2),
    }
    assert [words for words, told in refused.items() if words not in told] == []
    assert opened.shown(wanted=3)["untriaged"] == 2


def test_a_ledger_that_was_altered_shows_no_result(opened):
    import sqlite3

    opened.found("ann", "f-1")
    with sqlite3.connect(opened.folder / ".trimtab/ledger.db") as store:
        for (name,) in store.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            store.execute(f"drop trigger {name}")
        store.execute("update evidence set payload = replace(payload, '\"S2\"', '\"S1\"')")
    store.close()
    assert "TT402" in opened("show", wanted=4)
