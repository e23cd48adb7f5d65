"""The reward server: OpenRLHF's contract, one scoring for many posts, and multipliers that no crash loses."""

import base64
import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serve.proxies import get, until
from tests.serve.reward_servers import CLEAN, LEAK, NO, asked, command, reward_server, written
from tests.unit.enforce.rewarding import rewards_with

from trimtab.cli.rewards import rewards as rewards_command
from trimtab.enforce.rewards import Counts, FileState
from trimtab.enforce.rewards.http_state import HttpState
from trimtab.errors import RewardError, TrimtabError, UsageError
from trimtab.serve.limits import Limits

BENIGN = json.dumps({"benign": True})


def one(completion, prompt="<|user|>Who?<|assistant|>", label=BENIGN):
    """A post as OpenRLHF makes it: one sample."""
    return {"query": [prompt + completion], "prompts": [prompt], "labels": [label]}


def state_of(url):
    return json.loads(get(f"{url}/state")[1])


# -- what is asked and answered ----------------------------------------------------------------------


def test_openrlhf_gets_rewards_scores_for_its_filter_and_logs():
    with reward_server(rewards_with()) as url:
        status, answer = asked(f"{url}/get_reward", one(CLEAN))
        assert (status, answer["rewards"], answer["scores"]) == (200, [1.0], [1.0])
        assert answer["extra_logs"] == {"trimtab_unsafe": [0.0], "trimtab_severity": [0.0], "trimtab_error": [0.0]}
        many = {
            "query": [f"q{text}" for text in (CLEAN, LEAK)],
            "prompts": ["q", "q"],
            "labels": [BENIGN, BENIGN],
        }
        answer = asked(f"{url}/get_reward", many)[1]
        assert answer["rewards"] == pytest.approx([1.0, -0.1 - 0.9 / 4])
        assert answer["scores"] == pytest.approx([1.0, (0.9 - 0.9 / 4) / 2])


def test_only_the_completion_is_looked_at_and_one_that_cannot_be_told_from_its_prompt_is_unsafe():
    with reward_server(rewards_with()) as url:
        asking = one(CLEAN, prompt=f"{LEAK} ")
        assert asked(f"{url}/get_reward", asking)[1]["rewards"] == [1.0]
        cut = asking | {"query": [asking["query"][0][4:]]}
        answer = asked(f"{url}/get_reward", cut)[1]
        assert answer["rewards"] == [-1.0]
        assert answer["extra_logs"]["trimtab_error"] == [1.0]


def test_others_ask_with_columns_and_get_verdicts():
    body = {
        "prompts": ["q", [{"role": "user", "content": "q"}], "q"],
        "completions": [NO, [{"role": "assistant", "content": LEAK}], None],
        "columns": {"benign": [True, True, True]},
    }
    with reward_server(rewards_with()) as url:
        status, answer = asked(f"{url}/score", body)
    assert status == 200
    assert answer["verdicts"] == ["safe", "leak", "no text"]
    assert answer["unsafe"] == [False, True, True]
    assert answer["errors"] == [False, False, True]
    assert answer["severity"] == [0.0, 0.25, 1.0]
    assert [reward < 0 for reward in answer["rewards"]] == answer["unsafe"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("get_reward", b"{"),
        ("get_reward", b"[1]"),
        ("get_reward", {}),
        ("get_reward", one(CLEAN) | {"prompts": []}),
        ("get_reward", one(CLEAN) | {"labels": [BENIGN] * 2}),
        ("get_reward", one(CLEAN) | {"query": [3]}),
        ("get_reward", {"query": [], "prompts": [], "labels": []}),
        ("get_reward", one(CLEAN, label=json.dumps({"prompts": 1}))),
        ("score", {"prompts": ["q"], "completions": ["a"], "columns": {"benign": True}}),
        ("score", {"prompts": ["q"], "completions": ["a"], "columns": {"benign": [True, True]}}),
        ("score", {"prompts": ["q"], "completions": ["a"], "secret key": 1}),
        ("counts", {"counts": {}}),
        ("counts", {"counts": Counts.none(2, 1).payload()}),
        ("counts", {"counts": Counts.none(1, 1).payload() | {"cost": [2.0]}}),
        ("advance", {"step": 0}),
        ("advance", {"step": True}),
    ],
)
def test_what_cannot_be_read_is_refused_and_counts_for_nothing(path, body):
    with reward_server(rewards_with()) as url:
        status, answer = asked(f"{url}/{path}", body)
        assert (status, answer["error"]["code"]) == (400, "unreadable")
        assert "secret" not in answer["error"]["message"]
        assert state_of(url)["pending"] == Counts.none(1, 1).payload()


def test_a_column_that_a_check_needs_is_missed_by_whom_it_is_missing_and_by_nobody_else():
    with reward_server(rewards_with()) as url, ThreadPoolExecutor(16) as crowd:
        bodies = [one(CLEAN, label=BENIGN if number % 2 else "plain") for number in range(32)]
        answers = list(crowd.map(lambda body: asked(f"{url}/get_reward", body), bodies))
    for number, (status, answer) in enumerate(answers):
        assert status == (200 if number % 2 else 400)
        assert number % 2 or "'benign'" in answer["error"]["message"]


# -- fails closed ---------------------------------------------------------------------------------------


def test_a_task_reward_that_breaks_breaks_its_own_post_only_and_quotes_nothing(caplog):
    def task(completions, **_):
        if "bad" in completions:
            raise ValueError(LEAK)
        return [0.5] * len(completions)

    with reward_server(rewards_with(task=task)) as url, ThreadPoolExecutor(16) as crowd:
        bodies = [one("bad" if number % 8 == 0 else CLEAN) for number in range(32)]
        answers = list(crowd.map(lambda body: asked(f"{url}/get_reward", body), bodies))
        health = json.loads(get(f"{url}/healthz")[1])
        assert state_of(url)["pending"]["completions"] == 28.0
    for number, (status, answer) in enumerate(answers):
        assert status == (200 if number % 8 else 500)
        assert "ana@" not in json.dumps(answer)
    assert health["scored"] == 28
    assert "ValueError" in caplog.text
    assert "ana@" not in caplog.text


@pytest.mark.parametrize("soft", [False, True])
def test_a_check_that_breaks_is_unsafe_or_an_error_as_the_policy_says(soft):
    check = {"metric": "right"} | ({"at_most": 0.1} if soft else {})  # needs an answer that is a text
    checks = {"hard": ({"metric": "leak"},), "soft": (check,)} if soft else {"hard": (check,), "soft": ()}
    with reward_server(rewards_with(**checks)) as url:
        assert asked(f"{url}/get_reward", one(CLEAN, label=json.dumps({"answer": None})))[1]["rewards"] == [-1.0]
    with reward_server(rewards_with(**checks, on_crash="raise")) as url:
        status, answer = asked(f"{url}/get_reward", one(CLEAN, label=json.dumps({"answer": None})))
        assert (status, answer["error"]["code"]) == (500, "reward")
        assert "rewards" not in answer


def test_nothing_is_scored_whose_counts_cannot_be_kept(tmp_path):
    rewards = rewards_with(state=tmp_path / "s" / "state.json")
    with reward_server(rewards) as url:
        (tmp_path / "s" / "state.json").write_text("{}")
        status, answer = asked(f"{url}/get_reward", one(CLEAN))
        assert (status, answer["error"]["code"]) == (500, "reward")
        assert get(f"{url}/state")[0] == 500
        assert get(f"{url}/healthz")[0] == 200


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([CLEAN, LEAK, NO, "", None]), st.floats(allow_nan=True)), min_size=1, max_size=6)
)
def test_the_sign_of_every_number_is_the_verdict(served, rows):
    url, worth = served
    worth.clear()
    worth.update({place: task for place, (_, task) in enumerate(rows)})
    completions = [completion for completion, _ in rows]
    columns = {"benign": [True] * len(rows), "place": list(range(len(rows)))}
    answer = asked(f"{url}/score", {"prompts": ["q"] * len(rows), "completions": completions, "columns": columns})[1]
    expected = [completion in {LEAK, None} for completion in completions]
    assert answer["unsafe"] == expected
    assert [reward < 0 for reward in answer["rewards"]] == expected
    assert all(0.1 - 1e-12 <= abs(reward) <= 1.0 for reward in answer["rewards"])
    labels = [json.dumps({"benign": True, "place": place}) for place in range(len(rows))]
    body = {"query": [f"q{text}" if text is not None else "?" for text in completions], "prompts": ["q"] * len(rows)}
    told = asked(f"{url}/get_reward", body | {"labels": labels})[1]
    assert told["rewards"] == answer["rewards"]
    assert [score < 0.5 for score in told["scores"]] == expected


@pytest.fixture(scope="module")
def served():
    worth: dict[int, float] = {}
    with reward_server(rewards_with(task=lambda place, **_: [worth[one] for one in place])) as url:
        yield url, worth


# -- steps ----------------------------------------------------------------------------------------------


def test_many_single_posts_are_scored_together_and_a_step_has_as_many_as_it_should():
    sizes: list[int] = []
    go_on = threading.Event()

    def task(completions, **_):
        sizes.append(len(completions))
        assert go_on.wait(60)
        return [1.0] * len(completions)

    rewards = rewards_with(task=task)
    with reward_server(rewards, every=20) as url, ThreadPoolExecutor(100) as crowd:
        posts = [crowd.submit(asked, f"{url}/get_reward", one(NO, prompt=f"q{number % 10}")) for number in range(100)]
        until(lambda: sizes and json.loads(get(f"{url}/healthz")[1])["waiting"] == 100 - sizes[0])
        go_on.set()
        assert [post.result()[0] for post in posts] == [200] * 100
        told = state_of(url)
    assert sum(sizes) == 100
    assert len(sizes) <= 2 + 100 // 20  # what came first, and then whatever waited, a step at a time
    assert told["standing"]["step"] == 5
    assert told["standing"]["last"]["completions"] == 20.0
    assert told["pending"]["completions"] == 0.0
    assert told["standing"]["held"][0]["value"] > 0.0
    assert told["standing"]["total"]["all_safe"] == told["standing"]["total"]["groups"] > 0.0


def test_multipliers_stay_the_same_for_a_whole_step():
    with reward_server(rewards_with(), every=8) as url:
        told = [asked(f"{url}/get_reward", one(NO))[1]["rewards"][0] for _ in range(24)]
    assert [len(set(told[begin : begin + 8])) for begin in (0, 8, 16)] == [1, 1, 1]
    assert told[0] > told[8] > told[16] > 0.0


def test_what_is_no_training_moves_nothing():
    with reward_server(rewards_with(), every=4) as url:
        for _ in range(8):
            assert asked(f"{url}/get_reward", one(NO, label=json.dumps({"benign": True, "split": "test"})))[0] == 200
        assert state_of(url)["standing"]["step"] == 0
        assert state_of(url)["pending"]["completions"] == 0.0


def test_who_hangs_up_before_it_is_scored_counts_for_nothing():
    begun, go_on = threading.Event(), threading.Event()

    def task(completions, **_):
        begun.set()
        assert go_on.wait(60)
        return [1.0] * len(completions)

    with reward_server(rewards_with(task=task)) as url, ThreadPoolExecutor(1) as crowd:
        first = crowd.submit(asked, f"{url}/get_reward", one(CLEAN))
        assert begun.wait(60)
        gone = HTTPConnection(url.removeprefix("http://"), timeout=60)
        gone.request("POST", "/get_reward", json.dumps(one(CLEAN)))
        until(lambda: json.loads(get(f"{url}/healthz")[1])["waiting"] == 1)
        gone.close()
        until(lambda: json.loads(get(f"{url}/healthz")[1])["waiting"] == 0)
        go_on.set()
        assert first.result()[0] == 200
        assert asked(f"{url}/get_reward", one(CLEAN))[0] == 200  # after whatever came before
        assert state_of(url)["pending"]["completions"] == 2.0


def test_a_server_that_keeps_its_own_pace_is_not_told_steps():
    with reward_server(rewards_with(), every=4) as url:
        for path, body in (("advance", {"step": 1}), ("counts", {"counts": Counts.none(1, 1).payload()})):
            status, answer = asked(f"{url}/{path}", body)
            assert (status, answer["error"]["code"]) == (409, "paced")


# -- the state from afar ---------------------------------------------------------------------------------


def test_workers_elsewhere_share_the_state_of_the_server():
    with reward_server(rewards_with()) as url:
        two = [rewards_with(state=url) for _ in range(2)]
        for rewards in two:
            rewards(prompts=["q"] * 4, completions=[NO] * 4, benign=[True] * 4)
        first = two[0].state.advance(1)
        assert two[1].state.standing() == first
        assert first.total.completions == 8.0
        assert first.multipliers[0] > 0.0


def test_a_state_of_another_reward_and_a_server_that_is_none_are_refused():
    with reward_server(rewards_with()) as url:
        with pytest.raises(RewardError, match="state of another reward"):
            rewards_with(state=url, hard=({"metric": "leak"}, {"metric": "planted"}))
        with pytest.raises(RewardError, match="state of another reward"):
            rewards_with(state=url, soft=({"metric": "refusal", "at_most": 0.2},))
        with pytest.raises(RewardError, match="404"):
            rewards_with(state=f"{url}/elsewhere")
    with pytest.raises(UsageError, match="holds a name or a password"):
        rewards_with(state="http://x:secret@127.0.0.1:1")
    rewards = rewards_with()
    with pytest.raises(RewardError, match="cannot be reached"):
        HttpState(url, rewards.rules, 1, patience=0.1)


@pytest.mark.slow
def test_training_waits_for_a_server_that_comes_back_and_stops_for_one_that_does_not(tmp_path):
    path = tmp_path / "state.json"
    rewards = rewards_with()
    with command(tmp_path, "--state", str(path), "--every", "0") as server:
        port = int(server.url.rpartition(":")[2])
        state = HttpState(server.url, rewards.rules, 1, patience=60.0)
        state.add(Counts.none(1, 1).with_groups(1.0, 0.0, 0.0, 1.0))
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(60)
        hasty = HttpState.__new__(HttpState)
        hasty.__dict__.update(state.__dict__, _patience=0.1)
        with pytest.raises(RewardError, match="cannot be reached"):
            hasty.standing()
        told = []
        waiting = threading.Thread(target=lambda: told.append(state.seen()))
        waiting.start()
        with command(tmp_path, "--state", str(path), "--every", "0", port=port) as again:
            waiting.join(60)
            assert again.end() == 0
    assert told[0][1].all_safe == 1.0
    assert f"Rewarding bot at http://127.0.0.1:{port}" in again.complaints()


# -- who may ask, and how much -----------------------------------------------------------------------------


def test_a_token_is_asked_for_where_there_is_one(monkeypatch):
    with reward_server(rewards_with(), token="t0ken") as url:
        assert asked(f"{url}/get_reward", one(CLEAN))[0] == 401
        assert asked(f"{url}/get_reward", one(CLEAN), Authorization="Bearer wrong")[0] == 401
        assert asked(f"{url}/get_reward", one(CLEAN), Authorization="Basic !")[0] == 401
        assert get(f"{url}/state")[0] == 401
        assert get(f"{url}/healthz")[0] == 200
        basic = base64.b64encode(b"trimtab:t0ken").decode()
        for header in ("Bearer t0ken", f"Basic {basic}"):
            assert asked(f"{url}/get_reward", one(CLEAN), Authorization=header)[0] == 200
        with pytest.raises(RewardError, match="401"):
            rewards_with(state=url)
        monkeypatch.setenv("TRIMTAB_REWARDS_TOKEN", "t0ken")
        assert rewards_with(state=url).state.standing().step == 0


def test_limits_hold():
    go_on = threading.Event()

    def task(completions, **_):
        assert go_on.wait(60)
        return [1.0] * len(completions)

    limits = Limits(request_bytes=2000, at_once=4)
    with reward_server(rewards_with(task=task), limits=limits) as url, ThreadPoolExecutor(12) as crowd:
        assert asked(f"{url}/get_reward", one("x" * 2000))[0] == 413
        assert get(f"{url}/get_reward")[0] == 405
        assert get(f"{url}/nothing")[0] == 404
        posts = [crowd.submit(asked, f"{url}/get_reward", one(CLEAN)) for _ in range(12)]
        until(lambda: sum(post.done() for post in posts) == 12 - 4)
        go_on.set()
        statuses = [post.result()[0] for post in posts]
    assert (statuses.count(200), statuses.count(503)) == (4, 8)


def test_the_command_says_what_it_lacks(tmp_path, monkeypatch):
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_REWARDS_TOKEN", raising=False)
    for arguments, words in {
        ("--host", "0.0.0.0", "--every", "4"): "there is no token",
        (): "nothing says when a step ends",
        ("--every", "4", "--task", "nowhere:f"): "ModuleNotFoundError",
        ("--every", "4", "--system", "other"): "no system 'other'",
        ("--every", "4", "--state", "."): "names no file",
        ("--every", "4", "--state", "trimtab.yaml"): "holds no state",
        ("--every", "4", "--state", str(tmp_path)): "cannot be read",
    }.items():
        with pytest.raises(TrimtabError, match=words):
            rewards_command.main(["serve", "trimtab.yaml", "--port", "0", *arguments], standalone_mode=False)


# -- kills ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_server_killed_during_posts_leaves_a_whole_state_and_training_goes_on_with_it(tmp_path):
    path = tmp_path / "state.json"
    arguments = ("--state", str(path), "--every", "8", "--end", "</s>")
    answered = 0
    steps = []
    for _ in range(2):
        with command(tmp_path, *arguments) as server, ThreadPoolExecutor(8) as crowd:
            before = answered
            dead = threading.Event()

            def ask(number, url=server.url, dead=dead):
                if dead.is_set():
                    return 0
                try:
                    return int(asked(f"{url}/get_reward", one(f"{NO}</s>", prompt=f"q{number}"))[0] == 200)
                except (OSError, HTTPException):
                    return 0

            posts = [crowd.submit(ask, number) for number in range(4000)]
            until(lambda posts=posts: sum(post.done() for post in posts) >= 40)
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait(60)
            dead.set()
            answered += sum(post.result() for post in posts)
        assert answered > before
        rewards = rewards_with()
        standing, pending = FileState(path, rewards.rules, 1).seen()
        counted = standing.total.completions + pending.completions
        assert answered <= counted <= answered + 2 * 8  # what was under way in one of the kills may have been counted
        assert standing.total.completions == standing.step * 8
        assert 0.0 <= pending.completions <= 8  # 8: killed before it could move on; the next to start does
        assert standing.total.cost == standing.total.looked  # each of them refused what it should answer
        steps.append(standing.step)
    assert steps[0] < steps[1]
    assert standing.multipliers[0] > 0.0
