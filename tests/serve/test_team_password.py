"""Passwords that people choose: none that many had, and changed by whoever knows the one of now."""

import pytest
from tests.serve.teams import CHEAP, PASSWORD, TeamWorld
from tests.workspace.governing import NOW, POLICY, policy_in

from refresh_common_passwords import packed
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.serve.pages.snapshot import Watched
from trimtab.serve.pages.team import common, journal, users
from trimtab.serve.pages.team.passwords import Passwords

FRESH = "nine late trains sing"


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("password")
    with Ledger.open(folder / "ledger.db", clock=lambda: NOW) as ledger:
        yield Watched(ledger, policy_in(folder, POLICY))


@pytest.fixture
def world(tmp_path):
    made = TeamWorld(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def client(world, watched):
    return world.client(world.site(watched), "engineer", follow_redirects=False)


def filled(password=PASSWORD, fresh=FRESH, again=None):
    return {"password": password, "fresh": fresh, "again": fresh if again is None else again}


# -- changing one ----------------------------------------------------------------------------------


def test_whoever_knows_the_password_changes_it_and_every_older_session_ends(world, client):
    elsewhere, before = world.team.begin("ml-lead", "password", ""), client.cookies["trimtab-1"]
    answer = client.post("/password", data=filled())
    assert (answer.status_code, answer.headers["location"]) == (303, "/password?changed=1")
    assert world.team.person(cookie=before, bearer="") is None
    assert world.team.person(cookie=elsewhere, bearer="") is None
    made = answer.cookies["trimtab-1"]
    assert world.team.person(cookie=made, bearer="").name == "ml-lead"
    assert "Your password is changed" in client.get("/password?changed=1", headers={"cookie": f"trimtab-1={made}"}).text
    assert not world.team.enter("ml-lead", PASSWORD, "10.1.1.9").session
    assert world.team.enter("ml-lead", FRESH, "10.1.1.9").session
    (line,) = [one for one in journal.lines(world.store) if one.what == "password-changed"]
    assert (line.user, line.by, line.way) == ("ml-lead", "ml-lead", "password")


def test_without_the_password_of_now_nothing_changes_and_guesses_are_counted(world, client):
    for _ in range(6):
        answer = client.post("/password", data=filled("wrong words entirely"))
        assert answer.status_code == 422
        assert "This is not your current password." in answer.text
        assert "set-cookie" not in answer.headers
    waiting = client.post("/password", data=filled())
    assert (waiting.status_code, waiting.headers["retry-after"]) == (429, "1")
    assert users.secret_of(world.store, "ml-lead") == world.kept
    assert any(one.what == "refused" and one.user == "ml-lead" for one in journal.lines(world.store))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (filled(fresh="short"), "12 to 256 characters"),
        (filled(fresh="Qwerty123456"), "many people had it"),
        (filled(again="another one that is long"), "not the same both times"),
    ],
)
def test_a_poor_new_password_is_told_and_is_no_failure(world, client, given, told):
    for _ in range(7):
        answer = client.post("/password", data=given)
        assert answer.status_code == 422
        assert told in answer.text
        assert given["fresh"] not in answer.text
    assert users.secret_of(world.store, "ml-lead") == world.kept
    assert client.post("/password", data=filled()).status_code == 303


def test_a_password_is_changed_from_a_form_of_ours_by_a_person_alone(world, watched, client):
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/password", data=filled(), headers=headers).status_code == 403
    program = {"authorization": f"Bearer {world.token('engineer', writes=True)}"}
    stranger = world.client(world.site(watched))
    for ask in (stranger.get, stranger.post):
        assert ask("/password").status_code == 401
        assert ask("/password", headers=program).status_code == 403
    assert users.secret_of(world.store, "ml-lead") == world.kept


@pytest.mark.parametrize("role", ["auditor", "viewer"])
def test_whoever_may_only_read_has_a_password_as_well(world, watched, role):
    client = world.client(world.site(watched), role, follow_redirects=False)
    assert client.post("/password", data=filled()).status_code == 303


def test_whoever_enters_by_a_provider_has_no_password_here(world, watched):
    users.add(world.store, "ops-lead", ["engineer"], None, subject="abc", way="oidc")
    client = world.client(world.site(watched))
    client.cookies.set("trimtab-1", world.team.begin("ops-lead", "oidc", ""))
    for ask in (client.get, client.post):
        answer = ask("/password")
        assert answer.status_code == 404
        assert "at your provider" in answer.text


def test_fields_are_masked_and_password_managers_know_them(client):
    page = client.get("/password").text
    assert page.count('type="password"') == 3
    assert 'autocomplete="current-password"' in page
    assert page.count('autocomplete="new-password"') == 2
    assert "onpaste" not in page


# -- what many people had --------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["123qweasdzxc", "qwerty123456", "QWERTY123456", "1qaz2wsx3edc", "motherfucker",
                                      "unbelievable", "ｑｗｅｒｔｙ１２３４５６"])  # fmt: skip
def test_a_password_that_many_had_is_refused(password):
    with pytest.raises(UsageError, match="many people had it"):
        Passwords(**CHEAP).hashed(password)


@pytest.mark.parametrize("password", [PASSWORD, FRESH, "correct horse battery staple", "aaaa bbbb cccc d", "пять слов для входа",
                                      "aB3$aB3$aB3$x", "x" * 250 + "abcde", "onlylowercaseletters"])  # fmt: skip
def test_whatever_else_it_is_made_of_is_taken(password):
    assert Passwords(**CHEAP).hashed(password)


def test_the_list_is_long_and_in_order():
    kept = common._kept()
    marks = [kept[n : n + common.BYTES] for n in range(0, len(kept), common.BYTES)]
    assert len(marks) >= 3_000
    assert marks == sorted(set(marks))
    assert all(len(one) == common.BYTES for one in marks)


def test_the_tool_keeps_the_first_that_would_be_taken_otherwise_and_no_words():
    made = packed(["short\n", "Common Password 1\r\n", "common password 1\n", "aaaaaaaaaaaaaaa\n", "another common\n"])
    assert made == b"".join(sorted((common.mark("common password 1"), common.mark("another common"))))
