"""Entering by a provider: nobody is taken for another, whatever comes back and whoever sends it."""

import threading
from typing import Any

import pytest
from joserfc import jwk
from tests.serve.provided import ISSUER, OTHER, SECRET, Lying
from tests.serve.teams import TeamWorld
from tests.workspace.governing import NOW, POLICY, policy_in

from trimtab.errors import PolicyError
from trimtab.evidence import Ledger
from trimtab.serve.pages.access.outside import Outside
from trimtab.serve.pages.snapshot import Watched
from trimtab.serve.pages.team import journal, users
from trimtab.serve.pages.team.oidc import OidcError
from trimtab.serve.pages.team.oidc_doors import OidcDoors
from trimtab.serve.pages.team.oidc_file import read_oidc, safe_url

BACK = "https://pages.example.org/enter/back"


def through(lying, **more):
    oidc = lying.oidc(**more)
    address, browser = oidc.begin(BACK, next_="/kpis")
    return oidc.finish(lying.enters(address), browser=browser, back=BACK)


def kind_of(lying, **more):
    with pytest.raises(OidcError) as found:
        through(lying, **more)
    assert SECRET not in str(found.value)
    return found.value.kind


# -- what must be right ----------------------------------------------------------------------------


def test_whoever_enters_is_who_the_provider_says():
    claimed, next_ = through(Lying(groups=["builders", "others"]))
    assert (claimed.name, claimed.roles, claimed.systems, next_) == ("ml-lead", {"engineer"}, None, "/kpis")
    again, _ = through(Lying(groups="owners"))
    assert (again.subject, again.roles) == (claimed.subject, {"risk-owner"})
    assert through(Lying(sub="u-2"))[0].subject != claimed.subject


def test_the_secret_may_be_asked_for_in_the_body():
    assert through(Lying(), secret_in="body")[0].name == "ml-lead"


def test_systems_are_those_of_the_claim_and_none_without_one():
    known = {"team-a": ("bot",), "team-b": ("bot", "tool")}
    assert through(Lying(systems=["team-b", "x"]), systems=known)[0].systems == {"bot", "tool"}
    assert through(Lying(), systems=known)[0].systems == set()


@pytest.mark.parametrize("groups", [None, [], "", 7, {"builders": 1}, ["BUILDERS"], [["builders"]]])
def test_no_role_comes_of_no_such_claim(groups):
    assert through(Lying(groups=groups))[0].roles == set()


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "other"},
    "another audience, said to be for us": {"aud": "other", "azp": "trimtab"},
    "other audiences, said to be for us": {"aud": ["other", "others"], "azp": "trimtab"},
    "no audience": {"aud": None},
    "an audience among others, of another party": {"aud": ["trimtab", "other"], "azp": "other"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "run out": {"exp": int(NOW / 1e6) - 10**9},
    "no end": {"exp": None},
    "of tomorrow": {"nbf": 4_000_000_000},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a token of another access token": {"at_hash": "x"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_claim_that_does_not_hold_lets_nobody_in(lie):
    lying = Lying()
    lying.more = LIES[lie]
    assert kind_of(lying) == "token"


def test_a_signature_of_another_or_none_lets_nobody_in():
    lying = Lying()
    lying.key = OTHER
    assert kind_of(lying) == "token"
    assert lying.asked.count("/keys") == 2  # it might have been by a new key
    symmetric = Lying()
    symmetric.key, symmetric.header = jwk.OctKey.import_key(SECRET), {"alg": "HS256", "kid": "k1"}
    assert kind_of(symmetric) == "token"


def test_a_new_key_is_fetched():
    lying = Lying()
    oidc = lying.oidc()
    address, browser = oidc.begin(BACK, next_="/")
    oidc.finish(lying.enters(address), browser=browser, back=BACK)
    lying.key = lying.published = OTHER
    address, browser = oidc.begin(BACK, next_="/")
    assert oidc.finish(lying.enters(address), browser=browser, back=BACK)[0].name == "ml-lead"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_that_is_down_is_said_to_be(path):
    lying = Lying()
    lying.down = path
    with pytest.raises(OidcError) as found:
        through(lying)
    assert (found.value.kind, found.value.status) == ("unreachable", 503)


@pytest.mark.parametrize(
    ("tells", "kind"),
    [
        ({"issuer": "https://evil.example"}, "issuer"),
        ({"issuer": f"{ISSUER}/"}, "issuer"),
        ({"token_endpoint": "http://provider.example.org/token"}, "metadata"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "metadata"),
        ({"jwks_uri": None}, "metadata"),
    ],
)
def test_a_provider_that_says_it_is_another_is_refused(tells, kind):
    lying = Lying()
    lying.tells = tells
    assert kind_of(lying) == kind


def test_more_is_asked_where_the_token_is_silent_and_only_of_the_same_person():
    lying = Lying(groups=None)
    lying.userinfo = {"sub": "u-1", "groups": ["owners"]}
    assert through(lying)[0].roles == {"risk-owner"}
    lying.userinfo = {"sub": "u-2", "groups": ["owners"]}
    assert kind_of(lying) == "token"


# -- what comes back -------------------------------------------------------------------------------


def begun():
    lying = Lying()
    oidc = lying.oidc()
    address, browser = oidc.begin(BACK, next_="/")
    return lying, oidc, lying.enters(address), browser


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"state": "x"}, "state"),
        ({"state": ""}, "state"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"error": "access_denied"}, "refused"),
        ({"code": ""}, "refused"),
        ({"code": "stolen"}, "code"),
    ],
)
def test_what_comes_back_wrong_lets_nobody_in(change, kind):
    _, oidc, asked, browser = begun()
    with pytest.raises(OidcError) as found:
        oidc.finish({**asked, **change}, browser=browser, back=BACK)
    assert found.value.kind == kind


def test_a_state_is_good_once_for_one_browser_and_for_ten_minutes():
    lying, oidc, asked, browser = begun()
    with pytest.raises(OidcError, match="elsewhere"):
        oidc.finish(asked, browser="of somebody else", back=BACK)
    with pytest.raises(OidcError, match="used"):  # and it is used up by that
        oidc.finish(asked, browser=browser, back=BACK)
    lying, oidc, asked, browser = begun()
    oidc.finish(asked, browser=browser, back=BACK)
    with pytest.raises(OidcError, match="used"):
        oidc.finish(asked, browser=browser, back=BACK)
    lying, oidc, asked, browser = begun()
    lying.clock[0] += 601
    with pytest.raises(OidcError, match="too long"):
        oidc.finish(asked, browser=browser, back=BACK)


def test_a_state_that_comes_twice_at_once_lets_in_once():
    _, oidc, asked, browser = begun()
    together, came = threading.Barrier(6), []

    def come():
        together.wait()
        try:
            came.append(oidc.finish(asked, browser=browser, back=BACK))
        except OidcError:
            came.append(None)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(one is not None for one in came) == 1


def test_those_on_the_way_are_bounded(monkeypatch):
    from trimtab.serve.pages.team import oidc as module

    monkeypatch.setattr(module, "_MOST_FLOWS", 5)
    oidc = Lying().oidc()
    for _ in range(9):
        oidc.begin(BACK, next_="/")
    assert len(oidc._flows) == 5


# -- on the pages ----------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path):
    policy = policy_in(tmp_path, POLICY)
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        world, lying = TeamWorld(tmp_path), Lying(preferred_username="care-lead")
        oidc = lying.oidc()
        doors = OidcDoors(world.team, oidc.provider, cookie="trimtab-1", outside=Outside(), base="", oidc=oidc)
        yield world, lying, world.client(world.site(Watched(ledger, policy), doors=doors))
        world.store.close()


def enter(lying, client, **more):
    out = client.get("/enter/provider?next=/systems", follow_redirects=False)
    assert out.status_code == 303
    return client.get("/enter/back", params={**lying.enters(out.headers["location"]), **more})


def test_a_person_comes_in_by_the_provider_with_its_roles_of_now(served):
    world, lying, client = served
    assert "Enter by Example" in client.get("/kpis").text
    came = enter(lying, client)
    assert came.status_code == 200
    assert 'content="0; url=/systems"' in came.text
    assert "SameSite=strict" in came.headers["set-cookie"]
    assert "care-lead" in client.get("/systems").text
    assert client.get("/access").status_code == 403
    lying.claims["groups"] = ["watchers"]
    assert enter(lying, client).status_code == 200
    assert client.get("/access").status_code == 200
    assert users.find(world.store, "care-lead").roles == {"auditor"}
    whats = [one.what for one in journal.lines(world.store)[-4:]]
    assert whats == ["user-added", "entered", "roles-changed", "entered"]


REFUSED = {
    "no role": ({"groups": ["strangers"]}, 403),
    "roles that do not go together": ({"groups": ["watchers", "builders"]}, 403),
    "the name of a user with a password": ({"preferred_username": "ml-lead"}, 403),
    "no name": ({"preferred_username": None}, 403),
    "a name that is none": ({"preferred_username": "Care Lead <b>"}, 403),
}


@pytest.mark.parametrize("why", REFUSED)
def test_who_may_not_come_in_by_the_provider_does_not(served, why):
    world, lying, client = served
    claims, status = REFUSED[why]
    lying.claims.update(claims)
    before = {one.name for one in users.listed(world.store)}
    answer = enter(lying, client)
    assert answer.status_code == status
    assert "trimtab-1" not in client.cookies
    assert {one.name for one in users.listed(world.store)} == before
    assert client.get("/kpis").status_code == 401


def test_another_subject_with_the_same_name_gets_nothing_nor_does_one_whose_name_changed(served):
    _, lying, client = served
    assert enter(lying, client).status_code == 200
    client.cookies.clear()
    lying.claims["sub"] = "u-2"
    assert enter(lying, client).status_code == 403
    lying.claims.update(sub="u-1", preferred_username="ml-admin")
    assert enter(lying, client).status_code == 403
    assert client.get("/kpis").status_code == 401


def test_who_is_disabled_here_or_has_left_does_not_come_in(served):
    world, lying, client = served
    enter(lying, client)
    users.change(world.store, "care-lead", disabled=True)
    assert client.get("/kpis").status_code == 401
    assert enter(lying, client).status_code == 403
    users.change(world.store, "care-lead", disabled=False)
    world.gone.add("care-lead")
    assert enter(lying, client).status_code == 403
    # And there is no password that would do instead.
    world.gone.clear()
    assert client.post("/enter", data={"name": "care-lead", "password": ""}).status_code == 401


def test_what_comes_back_to_another_browser_lets_nobody_in(served):
    _, lying, client = served
    out = client.get("/enter/provider", follow_redirects=False)
    back = lying.enters(out.headers["location"])
    client.cookies.clear()
    answer = client.get("/enter/back", params=back)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


def test_failures_are_counted_and_fill_no_log(served):
    world, _, client = served
    before = len(journal.lines(world.store))
    for _ in range(20):
        assert client.get("/enter/back?state=planted-state").status_code == 400
    told = journal.lines(world.store)[before:]
    assert [(one.what, one.count) for one in told] == [("provider-refused", count) for count in (1, 2, 4, 8, 16)]
    assert b"planted" not in world.path.read_bytes()


def test_a_provider_that_is_down_leaves_the_other_way_in(served):
    _, lying, client = served
    lying.down = "/.well-known/openid-configuration"
    answer = client.get("/enter/provider")
    assert answer.status_code == 503
    assert 'name="password"' in answer.text


# -- the file --------------------------------------------------------------------------------------

GOOD = """
oidc: 1
issuer: https://provider.example.org
client: trimtab
secret_env: PAGES_SECRET
roles: {builders: engineer, both: [reviewer, engineer]}
"""


def test_a_file_says_who_comes_in_as_what(tmp_path):
    (tmp_path / "oidc.yaml").write_text(GOOD)
    found = read_oidc(tmp_path / "oidc.yaml", {"PAGES_SECRET": SECRET})
    assert found.roles == {"builders": ("engineer",), "both": ("reviewer", "engineer")}
    assert (found.scopes, found.systems, found.secret) == (("openid", "profile"), None, SECRET)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("https://provider", "http://provider", "https://"),
        ("oidc: 1", "oidc: 2", "must be 1"),
        ("secret_env: PAGES_SECRET", f'secret_env: "{SECRET}"', "never hold the secret itself"),
        ("secret_env: PAGES_SECRET", "secret_env: OTHER", "is not set"),
        ("secret_env: PAGES_SECRET", "secret: x", "not a key"),
        ("builders: engineer", "builders: enginer", "engineer"),
        ("builders: engineer", "builders: [auditor, engineer]", "never writes"),
        ("client: trimtab", "client: [x]", "must be a text"),
        ("roles:", "claims: {name: 7}\nroles:", "name of a claim"),
        ("client: trimtab\n", "", "missing"),
    ],
)
def test_every_mistake_in_it_is_told_with_its_line(tmp_path, old, new, told):
    (tmp_path / "oidc.yaml").write_text(GOOD.replace(old, new))
    with pytest.raises(PolicyError) as found:
        read_oidc(tmp_path / "oidc.yaml", {"PAGES_SECRET": SECRET})
    assert told in str(found.value)
    assert SECRET not in str(found.value)


def test_an_address_is_safe_when_nobody_on_the_way_can_read_it():
    for good in ("https://x.example", "http://127.0.0.1:1", "http://localhost:9", "http://[::1]:2"):
        assert safe_url(good), good
    for bad in (
        "http://x.example",
        "https://",
        "ftp://x",
        "x",
        "https://a@b.example",
        "http://127.0.0.1.evil.example",
        "https://[x",
    ):
        assert not safe_url(bad), bad
