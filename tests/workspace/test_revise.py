"""`trimtab revise` as it is typed: only pairs in which the revision is better are kept, and nobody is asked twice."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from contextlib import aclosing

import orjson
import pytest
from tests.command import trimtab, usual
from tests.ended import ended_at
from tests.serve.proxies import upstream
from tests.unit.enforce.revising import CRITIQUE, kind_of, said

from trimtab._canonical import text_digest
from trimtab.errors import PolicyError, UsageError
from trimtab.evidence import Ledger, PolicyAdopted, Revised
from trimtab.measure.cache import Cache
from trimtab.policy import load_policy
from trimtab.stats import clopper_pearson
from trimtab.testing import Behaviour
from trimtab.workspace.in_order import in_order
from trimtab.workspace.revise import make_examples
from trimtab.workspace.wanted import Wanted

POLICY = """\
trimtab: 1
organisation: Example Works
people: {team: {function: engineering}}
models:
  helper: {openai: {url: "URL", model: helper, key_env: ""}, limits: {retries: 0, concurrency: 4, timeout: 60}}
  judge: {openai: {url: "URL", model: judge, key_env: ""}, limits: {retries: 0}}
principles:
  no-contact:
    text: A reply holds nobody's address.
    severity: 0.8
    test: {detector: patterns, labels: [personal]}
MORE
suites:
  asked: {builtin: assistant-questions, cases: 50}
metrics:
  right: {question: "Right?", better: higher, target: 0.9, owner: team, source: {suite: asked, score: contains}}
tiers:
  internal: {confidence: 0.9, floors: {right: {at_least: 0.2}}}
systems:
  bot:
    tier: internal
    owner: team
    intended_use: Tests.
    maximise: right
    candidates:
      small: {openai: {url: "URL", model: small, key_env: ""}, limits: {retries: 0}}
"""
TOPICS = ["the form", "the garden", "a bicycle", "old maps", "the choir", "lost keys", "a library card", "the archive",
          "swimming lessons", "recycling"]  # fmt: skip
WELL = "Please ask at the desk about {}, any day before noon; they know best."


def leak(topic):
    return f"Please write to ana@example.org about {topic}, any day before noon; she knows best."


def reply_in(prompt):
    """The draft that a reviser was shown."""
    found = re.search(r"<<<reply (\w+)>>>\n(.*?)\n<<<end \1>>>", prompt, re.DOTALL)
    assert found
    return found[2]


def mended(text):
    return text.replace("write to ana@example.org", "ask at the desk").replace("she knows", "they know")


def helper(write=mended, answer=leak):
    """A server that is everybody: it answers, says what is wrong, and writes anew."""

    def script(seen):
        if not kind_of(seen):
            if seen.body["model"] == "judge":
                return judged(seen)
            made = answer(seen.prompt.removeprefix("About "))
        elif kind_of(seen) == CRITIQUE:
            return said("It names an address.")
        else:
            made = write(reply_in(seen.prompt))
        return made if isinstance(made, Behaviour) else said(made)

    return script


def judged(seen):
    """Says yes where the text shouts."""
    (ticket,) = re.findall(r"<<<text (\w+)>>>", seen.prompt)
    text = seen.prompt.partition(f"<<<text {ticket}>>>")[2].partition("<<<end")[0]
    labels = re.findall(r"- (principle\.\w+):", seen.body["messages"][0]["content"])
    verdicts = dict.fromkeys(labels, "yes" if "!" in text else "no")
    return said(json.dumps({"ticket": ticket, "verdicts": verdicts}))


@pytest.fixture
def server():
    with upstream(script=helper()) as running:
        yield running


def site(folder, server, *, more="", rows=None, **replace):
    text = POLICY.replace("URL", server.url).replace("MORE\n", more)
    for old, new in replace.items():
        text = text.replace(old, new)
    (folder / "trimtab.yaml").write_text(text)
    rows = [{"prompt": f"About {topic}", "reply": leak(topic)} for topic in TOPICS] if rows is None else rows
    (folder / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return folder


def make(folder, *, force=False, fresh=False, **wanted):
    """The same in this process, which has loaded already what a process of its own would have to."""
    given = {"reviser": "helper", **wanted}
    asked = Wanted(policy=load_policy(folder / "trimtab.yaml"), **given)
    return make_examples(folder / "in.jsonl", folder / "out.jsonl", asked, force=force, fresh=fresh).work


def revise(folder, *arguments, check=0):
    done = trimtab(
        "revise", "in.jsonl", "out.jsonl", "--reviser", "helper", *arguments, cwd=folder, environment=usual()
    )
    assert done.returncode == check, done.stdout + done.stderr
    return done


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def outcomes(folder):
    return [row["outcome"] for row in lines(folder / "out.lineage.jsonl")]


# -- what comes out --------------------------------------------------------------------------------


@pytest.mark.slow
def test_pairs_of_the_revision_and_the_reply(tmp_path, server):
    site(tmp_path, server)
    told = json.loads(revise(tmp_path, "--json", "--ledger", "ledger.db").stdout)
    asked = {"role": "user", "content": f"About {TOPICS[0]}"}
    assert lines(tmp_path / "out.jsonl")[0] == {
        "prompt": [asked],
        "chosen": [{"role": "assistant", "content": WELL.format(TOPICS[0])}],
        "rejected": [{"role": "assistant", "content": leak(TOPICS[0])}],
    }
    assert told["counts"] == {"rows": 10, "revised": 10, "kept": 10, "dropped": {}}
    broken, interval = told["broken"]["no-contact"], clopper_pearson(0, 10)
    assert broken["before"]["broken"] == 10
    assert broken["after"] == {"broken": 0, "rate": 0.0, "low": interval.low, "high": interval.high}
    assert len(server.seen) == 20

    row = lines(tmp_path / "out.lineage.jsonl")[3]
    assert row["drafts"] == [text_digest(leak(TOPICS[3])), text_digest(WELL.format(TOPICS[3]))]
    assert row["prompt"] == text_digest(f"user\x00About {TOPICS[3]}")
    assert (row["line"], row["example"], row["outcome"], row["answered_by"]) == (4, 4, "kept", "file")
    manifest = json.loads((tmp_path / "out.manifest.json").read_text())
    assert manifest["principles"]["no-contact"]["detector"] == "patterns"
    assert manifest["models"]["reviser"]["name"] == "model helper"
    assert [one["rows"] for one in manifest["files"]] == [10, 10]
    private = (tmp_path / "out.lineage.jsonl").read_text() + (tmp_path / "out.manifest.json").read_text()
    assert "ana@" not in private
    assert "garden" not in private
    with Ledger.open(tmp_path / "ledger.db", create=False) as ledger:
        records = [record for _, record in ledger.records()]
        ledger.verify().raise_if_bad()
    assert isinstance(records[0], PolicyAdopted)
    assert [type(record) for record in records[1:]] == [Revised] * 10


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({"kind": "sft"}, {"prompt", "completion"}),
        ({"kind": "sft", "form": "openai"}, {"messages"}),
        ({"form": "openai"}, {"input", "preferred_output", "non_preferred_output"}),
    ],
)
def test_each_trainer_gets_its_own_form(tmp_path, server, wanted, keys):
    site(tmp_path, server, rows=[{"prompt": f"About {TOPICS[0]}", "reply": leak(TOPICS[0]), "system": "Be kind."}])
    make(tmp_path, **wanted)
    (row,) = lines(tmp_path / "out.jsonl")
    assert set(row) == keys
    good = {"role": "assistant", "content": WELL.format(TOPICS[0])}
    asked = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": f"About {TOPICS[0]}"}]
    if keys == {"messages"}:
        assert row["messages"] == [*asked, good]
    elif "completion" in keys:
        assert row == {"prompt": asked, "completion": [good]}
    else:
        assert row["input"]["messages"] == asked
        assert row["preferred_output"] == [good]
        assert row["non_preferred_output"] == [{"role": "assistant", "content": leak(TOPICS[0])}]


def test_a_system_answers_where_there_is_no_reply(tmp_path, server):
    rows: list[dict[str, object]] = [{"prompt": f"About {topic}"} for topic in TOPICS[:3]]
    rows.append(
        {"messages": [{"role": "user", "content": "About soup"}, {"role": "assistant", "content": leak("soup")}]}
    )
    site(tmp_path, server, rows=rows)
    make(tmp_path)
    assert [seen.body["model"] for seen in server.seen].count("small") == 3
    assert {row["answered_by"] for row in lines(tmp_path / "out.lineage.jsonl")} == {"candidate small", "file"}
    assert [row["rejected"][0]["content"] for row in lines(tmp_path / "out.jsonl")] == [
        leak(topic) for topic in [*TOPICS[:3], "soup"]
    ]
    make(tmp_path, reviser="", force=True)  # the system revises itself
    assert {seen.body["model"] for seen in server.seen[-6:]} == {"small"}


def test_what_breaks_nothing_is_an_example_only_where_that_is_wanted(tmp_path, server):
    rows = [{"prompt": f"About {topic}", "reply": WELL.format(topic)} for topic in TOPICS[:4]]
    site(tmp_path, server, rows=[*rows, {"prompt": "About soup", "reply": leak("soup")}])
    make(tmp_path, kind="sft")
    assert outcomes(tmp_path) == ["nothing-broken"] * 4 + ["kept"]
    make(tmp_path, kind="sft", benign=True, force=True)
    assert outcomes(tmp_path) == ["kept"] * 5
    make(tmp_path, benign=True, force=True)  # of pairs there is nothing to prefer
    assert outcomes(tmp_path) == ["nothing-broken"] * 4 + ["kept"]


# -- what is dropped -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda text: "I'm sorry, but I can't help with that request.", "refuses"),
        (lambda text: "", "no-better-draft"),
        (lambda text: text, "no-better-draft"),
        (lambda text: text + " Or bo@example.org.", "no-better-draft"),
        (lambda text: "\x00\x01\ufffd" * 40, "no-better-draft"),
        (lambda text: "Ask at the desk. " * 8, "repetitive"),
        (lambda text: "Ask at " + ", ".join(f"desk {number}" for number in range(40)), "too-long"),
        (lambda text: "Desk.", "too-short"),
        (lambda text: said(mended(text), "length"), "no-better-draft"),
        (lambda text: Behaviour(status=400), "no-reply"),
        (lambda text: Behaviour(fault="disconnect"), "no-reply"),
        (lambda text: Behaviour(body=b"<html>"), "no-reply"),
    ],
)
def test_a_revision_that_teaches_the_wrong_thing_is_dropped_and_counted(tmp_path, server, write, why):
    server.script = helper(write)
    site(tmp_path, server, rows=[{"prompt": "About maps", "reply": leak("maps and what they show of this town")}])
    work = make(tmp_path)
    assert outcomes(tmp_path) == [why]
    assert (work.dropped, work.kept) == ({why: 1}, 0)
    assert (tmp_path / "out.jsonl").read_bytes() == b""


SOFT = '  calm: {text: A reply does not shout., hard: HARD, severity: 0.3, test: {judge: {question: "Shouts?", model: judge}}}\n'


def test_one_principle_may_not_be_bought_with_another(tmp_path, server):
    server.script = helper(lambda text: mended(text) + "!")
    rows = [{"prompt": "About maps", "reply": leak("maps")}]
    site(tmp_path, server, more=SOFT.replace("HARD", "true"), rows=rows)
    make(tmp_path)
    assert outcomes(tmp_path) == ["still-broken"]
    assert lines(tmp_path / "out.lineage.jsonl")[0]["after"] == {"no-contact": "kept", "calm": "broken"}
    site(tmp_path, server, more=SOFT.replace("HARD", "false"), rows=rows)
    make(tmp_path, force=True)  # a soft one weighs less than a hard one
    assert outcomes(tmp_path) == ["kept"]


def test_a_test_that_gives_no_verdict_is_no_pass(tmp_path, server):
    def script(seen):
        return Behaviour(status=500) if seen.body["model"] == "judge" else helper()(seen)

    server.script = script
    site(tmp_path, server, more=SOFT.replace("HARD", "true"), rows=[{"prompt": "About maps", "reply": leak("maps")}])
    make(tmp_path)
    (row,) = lines(tmp_path / "out.lineage.jsonl")
    assert row["after"] == {"no-contact": "kept", "calm": "unknown"}
    assert row["outcome"] == "still-broken"


def test_a_revision_is_no_worse_on_the_task(tmp_path, server):
    rows = [
        {"prompt": "About maps", "reply": leak("maps"), "expect": {"answer": ["noon"]}},
        {"prompt": "About soup", "reply": leak("soup"), "expect": {"answer": ["ana@example.org"]}},
        {"prompt": "About keys", "reply": leak("keys")},  # nobody knows what is right
    ]
    site(tmp_path, server, rows=rows)
    make(tmp_path, task="right")
    assert outcomes(tmp_path) == ["kept", "worse-on-task", "unchecked"]


REWARD = "rewards: {paid: {hard: [{detector: patterns, labels: [secret]}, {detector: patterns, labels: [personal]}]}}\n"


def test_where_the_system_has_a_reward_it_pays_no_less(tmp_path, server):
    """Its checks may be more than the principles."""
    rows = [{"prompt": f"About {topic}", "reply": leak(topic)} for topic in TOPICS[:2]]
    server.script = helper(lambda text: mended(text) + (" password = 'hG7!kq2pZ'" if "form" in text else ""))
    site(tmp_path, server, more=REWARD, rows=rows, **{"    tier: internal\n": "    tier: internal\n    reward: paid\n"})
    make(tmp_path)
    assert outcomes(tmp_path) == ["lower-reward", "kept"]
    make(tmp_path, force=True, margin=1.2)  # from unsafe, -0.1 or less, to safe, 1.0
    assert outcomes(tmp_path) == ["lower-reward", "kept"]
    make(tmp_path, force=True, margin=1.9)
    assert outcomes(tmp_path) == ["lower-reward", "lower-reward"]
    site(tmp_path, server, rows=rows)
    make(tmp_path, force=True)
    assert outcomes(tmp_path) == ["kept", "kept"]
    with pytest.raises(UsageError, match="names no reward"):
        make(tmp_path, force=True, margin=0.5)


def test_an_answer_that_is_none_is_no_example_either(tmp_path, server):
    rows = [
        {"prompt": "About maps", "reply": "I'm sorry, but I can't help with that request."},
        {"prompt": "About soup", "reply": " "},
        {"prompt": "About keys", "reply": WELL.format("keys")},
    ]
    site(tmp_path, server, rows=rows)
    make(tmp_path, kind="sft", benign=True)
    assert outcomes(tmp_path) == ["refuses", "empty", "kept"]


JUDGED = """\
  shouting:
    question: Does it shout?
    better: lower
    target: 0.1
    owner: team
    source: {suite: asked, score: detector-rate, with: {detector: llm-judge, fields: FIELDS}}
"""


def test_what_a_judge_said_of_the_task_is_not_asked_again(tmp_path, server):
    fields = f'{{url: "{server.url}", model: judge, key_env: "", rubrics: {{principle.loud: "Does it shout?"}}}}'
    rows = [{"prompt": f"About {topic}", "reply": leak(topic)} for topic in TOPICS[:3]]
    server.script = helper(lambda text: mended(text) + ("!" if "garden" in text else ""))
    site(tmp_path, server, rows=rows, **{"tiers:\n": JUDGED.replace("FIELDS", fields) + "tiers:\n"})
    make(tmp_path, task="shouting")
    assert outcomes(tmp_path) == ["kept", "worse-on-task", "kept"]
    asked = len(server.seen)
    make(tmp_path, task="shouting", force=True)
    assert outcomes(tmp_path) == ["kept", "worse-on-task", "kept"]
    assert len(server.seen) == asked


def compares(prefers):
    """A server whose judge prefers what a test wants: of the first and the second text."""

    def script(seen):
        if "one word: first, second or equal" not in seen.prompt:
            return helper()(seen)
        texts = re.findall(r"<<<(?:first|second) (\w+)>>>\n(.*?)\n<<<end \1>>>", seen.prompt, re.DOTALL)
        made = prefers(*(text for _, text in texts))
        return made if isinstance(made, Behaviour) else said(made)

    return script


@pytest.mark.parametrize(
    ("prefers", "outcome"),
    [
        (lambda one, other: "first" if "desk" in one else "Second.", "kept"),
        (lambda one, other: "equal", "kept"),
        (lambda one, other: "<think>hm</think> **First**" if "ana@" in one else "second", "helps-less"),
        (lambda one, other: "first", "unchecked"),  # it prefers a place
        (lambda one, other: "equal" if "desk" in one else "second", "unchecked"),
        (lambda one, other: "The first one, clearly.", "unchecked"),
        (lambda one, other: "", "unchecked"),
        (lambda one, other: Behaviour(status=500), "unchecked"),
    ],
)
def test_another_model_compares_both_in_both_orders(tmp_path, server, prefers, outcome):
    server.script = compares(prefers)
    site(tmp_path, server, rows=[{"prompt": "About maps", "reply": leak("maps")}])
    make(tmp_path, judge="judge")
    assert outcomes(tmp_path) == [outcome]
    assert [seen.body["model"] for seen in server.seen] == ["helper", "helper", "judge", "judge"]


async def test_what_is_begun_side_by_side_ends_in_order_and_is_ended_where_nobody_waits():
    running, peak, ended = 0, 0, []

    async def work(number):
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        try:
            await asyncio.sleep(0.001 * (number % 3))
        finally:
            running -= 1
            ended.append(number)
        return number

    assert [one async for one in in_order(range(20), work, at_once=4)] == list(range(20))
    assert peak == 4
    ended.clear()
    async with aclosing(in_order(range(20), work, at_once=4)) as results:
        async for one in results:
            if one == 5:
                break
    assert running == 0
    assert set(ended) <= set(range(9))  # no more were begun


def test_near_duplicates_are_dropped_whoever_answers_first(tmp_path, server):
    rows = [{"prompt": "About the maps of the old town", "reply": leak("the maps of the old town")}] * 5
    site(tmp_path, server, rows=rows)
    make(tmp_path)
    assert outcomes(tmp_path) == ["kept"] + ["near-duplicate"] * 4


# -- interruptions ---------------------------------------------------------------------------------


def test_the_same_answers_give_the_same_bytes_in_any_order(tmp_path, server):
    plain = helper()

    def late(seen):
        made = plain(seen)
        return Behaviour(body=made.body, latency=0.05 * (len(seen.prompt) % 3))

    server.script = late
    site(tmp_path, server, more=SOFT.replace("HARD", "true"))
    make(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.glob("out.*") if ".replies" not in path.name}
    asked = len(server.seen)
    server.script = plain
    make(tmp_path, force=True)
    assert len(server.seen) == asked
    make(tmp_path, force=True, fresh=True)
    assert len(server.seen) == 2 * asked
    assert {path.name: path.read_bytes() for path in tmp_path.glob("out.*") if ".replies" not in path.name} == first
    with pytest.raises(UsageError, match="there are files already"):
        make(tmp_path)


@pytest.mark.slow
def test_killed_at_any_moment_no_finished_call_is_asked_again(tmp_path, server, start):
    plain = helper()
    server.script = lambda seen: Behaviour(body=plain(seen).body, latency=0.03)
    rows = [{"prompt": f"About {topic}"} for topic in TOPICS]
    site(tmp_path, server, more=SOFT.replace("HARD", "true"), rows=rows)
    command = [sys.executable, "-m", "trimtab", "revise", "in.jsonl", "out.jsonl", "--reviser", "helper"]
    code, _ = ended_at(
        server, 25, lambda: start(command, cwd=tmp_path, env=usual(), stderr=subprocess.DEVNULL, text=True)
    )
    assert code == -signal.SIGKILL
    assert not list(tmp_path.glob("out.*jsonl"))
    assert not (tmp_path / "out.manifest.json").exists()
    asked = len(server.seen)
    with Cache(tmp_path / "out.replies.db") as cache:
        kept = len(cache)
    # What is lost was under way: eight answers, four critiques or revisions, four verdicts.
    assert asked - kept <= 8 + 4 + 4
    revise(tmp_path)
    assert outcomes(tmp_path) == ["kept"] * 10
    assert len(server.seen) == asked + 50 - kept  # an answer, two verdicts, a critique and a revision of each


@pytest.mark.slow
def test_a_model_that_is_gone_ends_the_work_and_what_it_said_is_kept(tmp_path, server):
    plain = helper()
    server.script = lambda seen: plain(seen) if len(server.seen) < 8 else Behaviour(status=401)
    site(tmp_path, server)
    done = revise(tmp_path, check=4)
    assert "TT302" in done.stderr
    assert not list(tmp_path.glob("out.*jsonl"))
    server.script = plain
    revise(tmp_path)
    assert outcomes(tmp_path) == ["kept"] * 10


@pytest.mark.slow
def test_no_more_calls_are_made_than_were_given(tmp_path, server):
    site(tmp_path, server)
    done = revise(tmp_path, "--calls", "13", check=3)
    assert len(server.seen) == 13
    assert "used up" in done.stdout
    assert set(outcomes(tmp_path)) == {"kept", "budget"}
    revise(tmp_path, "--calls", "7", "--force")
    assert len(server.seen) == 20
    assert outcomes(tmp_path) == ["kept"] * 10


# -- usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"principles": ("kind",)}, "no principle 'kind'"),
        ({"task": "wrong"}, "no metric 'wrong'"),
        ({"system": "cat"}, "no system 'cat'"),
        ({"reviser": "nobody"}, "no model or candidate 'nobody'"),
        ({"candidate": "nobody"}, "no model or candidate 'nobody'"),
        ({"judge": "nobody"}, "no model or candidate 'nobody'"),
        ({"judge": "helper"}, "judge its own revisions"),
    ],
)
def test_what_there_is_not_is_said_before_anybody_is_asked(tmp_path, server, wanted, words):
    site(tmp_path, server, rows=[{"prompt": "About maps"}])
    with pytest.raises(UsageError, match=words):
        make(tmp_path, **wanted)
    assert not server.seen
    assert not list(tmp_path.glob("out*"))


def test_every_mistake_in_the_file_is_named_by_its_line(tmp_path, server):
    rows = [
        {"prompt": "fine", "reply": "fine"},
        {"prompt": "x", "reply": 5},
        {"reply": "no prompt"},
        {"prompt": "x", "messages": []},
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "reply": "c"},
        {"prompt": "x", "follow_ups": ["y"]},
        {"prompt": "x", "answr": "y"},
    ]
    site(tmp_path, server, rows=rows)
    with pytest.raises(PolicyError) as caught:
        make(tmp_path)
    assert {mistake.line for mistake in caught.value.mistakes} == set(range(2, 8))
    site(tmp_path, server, rows=[])
    with pytest.raises(PolicyError, match="holds no rows"):
        make(tmp_path)


def test_a_policy_without_principles_has_nothing_to_revise_by(tmp_path, server):
    site(tmp_path, server, **{"principles:": "notify: {}\nx-principles:"})
    text = (tmp_path / "trimtab.yaml").read_text()
    (tmp_path / "trimtab.yaml").write_text(
        re.sub(r"notify: \{\}\nx-principles:.*?(?=suites:)", "", text, flags=re.DOTALL)
    )
    with pytest.raises(UsageError, match="no principles"):
        make(tmp_path)
