"""The comment on a request: one, ours, up to date, and no token in any error."""

import pytest
from tests.workspace.code_hosts import Host, hosted

from trimtab.errors import CallError, UsageError
from trimtab.workspace.comment import Target, keep_comment, mark
from trimtab.workspace.pipeline import outputs, request_of

GITHUB = {"GITHUB_REPOSITORY": "works/bot", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_TOKEN": "hunter2"}
GITLAB = {"CI_PROJECT_ID": "9", "CI_MERGE_REQUEST_IID": "7", "TRIMTAB_GITLAB_TOKEN": "hunter2"}
HOSTS = {"github": GITHUB, "gitlab": GITLAB}


def target(name, url):
    found = request_of({**HOSTS[name], "GITHUB_API_URL": url, "CI_API_V4_URL": url})
    assert found is not None
    return found


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def keep(pauses):
    async def pause(seconds):
        pauses.append(seconds)

    async def kept(where, text, key="gate"):
        return await keep_comment(where, text, key=key, pause=pause)

    return kept


@pytest.mark.parametrize(("name", "who"), [("github", ""), ("github", "robot"), ("gitlab", "robot")])
async def test_there_is_one_comment_for_each_key_and_it_is_written_over(keep, name, who):
    host = Host(who=who)
    for number in range(150):  # ours is found on whatever page it stands
        host.add(f"talk {number}", login="somebody")
    host.add(f"{mark('gate')}\nPASS, I swear", login="somebody")  # what others begin with the mark is theirs
    with hosted(host) as url:
        where = target(name, url)
        assert await keep(where, "first") == "made"
        assert await keep(where, "second") == "changed"
        assert await keep(where, "other", key="another") == "made"
    ours = [one["body"] for one in host.comments[151:]]
    assert ours == [f"{mark('gate')}\nsecond", f"{mark('another')}\nother"]
    assert host.comments[150]["body"].endswith("I swear")


@pytest.mark.parametrize("name", HOSTS)
async def test_a_host_that_is_busy_is_asked_again_and_no_second_comment_comes_of_it(keep, pauses, name):
    host = Host(who="robot")
    host.failures = [(503, {}), (429, {"Retry-After": "7"}), (403, {"Retry-After": "99"})]
    with hosted(host) as url:
        assert await keep(target(name, url), "said") == "made"
    assert pauses == [1.0, 7.0, 30.0]
    assert len(host.comments) == 1


@pytest.mark.parametrize("name", HOSTS)
async def test_what_a_host_refuses_is_said_without_the_token_and_not_tried_again(keep, pauses, name):
    host = Host(token="another")
    with hosted(host) as url:
        with pytest.raises(CallError, match="http-401") as caught:
            await keep(target(name, url), "said")
        assert "hunter2" not in f"{caught.value!r} {caught.value} {target(name, url)!r}"
    assert (pauses, len(host.calls)) == ([], 1)
    with pytest.raises(CallError, match="unreachable") as caught:
        await keep(Target(host=name, api="http://127.0.0.1:9", project="p", number=1, token="hunter2"), "said")
    assert "hunter2" not in str(caught.value)
    assert len(pauses) == 3


async def test_a_redirect_is_not_followed_with_the_token(keep):
    elsewhere, host = Host(who="robot"), Host(who="robot")
    with hosted(elsewhere) as there, hosted(host) as url:
        host.failures = [(302, {"Location": f"{there}/user"})]
        with pytest.raises(CallError, match="http-302"):
            await keep(target("github", url), "said")
    assert elsewhere.calls == []


def test_the_request_is_the_one_of_the_job(tmp_path):
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 12}}')
    job = {**GITHUB, "GITHUB_REF": "refs/heads/main"}
    assert request_of(job) is None
    found = request_of({**job, "GITHUB_EVENT_PATH": str(event)})
    assert found is not None
    assert found.number == 12
    for broken in (
        {},
        {"GITHUB_REPOSITORY": "a/b", "GITHUB_REF": "refs/pull/1/head"},
        {**GITHUB, "GITHUB_TOKEN": "a\nb"},
    ):
        with pytest.raises(UsageError):
            request_of(broken)


def test_a_mark_ends_no_sooner_than_it_should():
    assert mark("a --> <script>") == "<!-- trimtab: a-script- -->"


@pytest.mark.parametrize("code", [2, 4, 130])
def test_no_report_of_an_earlier_run_makes_a_verdict(code):
    old = {"verdict": "pass", "winner": "next", "provenance": {"run": "r"}}
    assert outputs(old, code=code) == {"verdict": "none", "winner": "", "run": "", "exit-code": str(code)}


def test_the_verdict_is_that_of_the_code_and_only_a_pass_names_a_winner():
    chosen = {"verdict": "pass", "winner": "a\nverdict=pass", "provenance": {"run": "r"}}
    told = {code: outputs(chosen, code=code) for code in (0, 1, 3)}
    assert [one["verdict"] for one in told.values()] == ["pass", "fail", "inconclusive"]
    assert [one["winner"] for one in told.values()] == ["averdict=pass", "", ""]
    assert outputs(None, code=0)["verdict"] == "none"
