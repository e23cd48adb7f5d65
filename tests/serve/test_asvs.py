"""What level 1 of OWASP ASVS asks of the pages as a whole; `docs/reference/asvs.md` says where all of it is met."""

import base64
import re
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from joserfc import jwt
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests.serve.provided import ISSUER, NOW, OTHER, Lying
from tests.serve.teams import PASSWORD, TeamWorld
from tests.workspace import governing
from tests.workspace.governing import POLICY, policy_in

from trimtab.evidence import Ledger
from trimtab.serve.pages.access.outside import Outside, networks
from trimtab.serve.pages.app import application
from trimtab.serve.pages.declared import API
from trimtab.serve.pages.snapshot import Watched
from trimtab.serve.pages.team.oidc import OidcError

SOURCE = Path(__file__).parents[2] / "src" / "trimtab"
BACK = "https://pages.example.org/enter/back"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asvs")
    made: Any = TeamWorld(folder)
    with Ledger.open(folder / "ledger.db", clock=lambda: governing.NOW) as ledger:
        made.watched = Watched(ledger, policy_in(folder, POLICY))
        made.watched.verify()
        yield made
    made.store.close()


@pytest.fixture(scope="module")
def admin(world):
    return world.client(world.site(world.watched), "admin")


def addresses(client):
    """Every page without a name in its path, as HTML and as JSON, and what is no page."""
    found = [one for one in client.app._app.routes if "GET" in one.methods and "{" not in one.path]
    return [*sorted({one.path for one in found} - {"/enter/provider", "/enter/back"}), "/no-such", f"{API}/no-such"]


# -- what is answered ------------------------------------------------------------------------------


def test_every_answer_says_what_it_is_and_in_which_letters(world, admin):
    for path in addresses(admin):
        if "." in path and "openapi" not in path:  # files are held to what is declared of them, below
            continue
        answer = admin.get(path)
        kind = answer.headers["content-type"]
        if path.startswith(f"{API}/") or path in (API, "/healthz"):
            assert kind in ("application/json", "application/problem+json"), path
            orjson.loads(answer.content)
        else:
            assert kind == "text/html; charset=utf-8", path
            assert answer.text.startswith("<!doctype html>"), path
    style = admin.get(f"/style/{world.site(world.watched)._style_name}")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    script = admin.get(f"/script/{world.site(world.watched)._script_name}")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert admin.get("/", headers={"host": "x"}).headers["content-type"] == "text/plain; charset=utf-8"


def test_every_file_says_what_it_is_and_is_saved_and_not_shown(world, admin):
    files = [(page, one) for page in world.site(world.watched).pages for one in page.downloads]
    assert files
    for page, one in files:
        assert one.kind.startswith("text/") is one.kind.endswith("charset=utf-8"), one.name
        assert "html" not in one.kind or one.name.endswith(".html")
        assert re.fullmatch(r"[a-z0-9.-]+", one.name)
        if "{" not in page.path and one.kind.startswith(("text/csv", "text/markdown", "application/json")):
            answer = admin.get(page.file(one))
            assert answer.status_code == 200, one.name
            assert answer.headers["content-type"] == one.kind
            assert answer.headers["content-disposition"].startswith("attachment;")
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_other_origin_is_let_to_read(admin):
    asks = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for path in ("/", f"{API}/kpis", "/verify", "/enter", "/healthz"):
        for answer in (admin.get(path, headers=asks), admin.options(path, headers=asks)):
            assert not [one for one in answer.headers if one.startswith("access-control")]
        assert answer.status_code == 405


def test_over_https_every_answer_tells_browsers_to_stay_there(world):
    outside = Outside(secure=True, proxies=networks(("10.0.0.7",)))
    options = {"host": "pages.example.org", "base": "https://pages.example.org", "client": ("10.0.0.7", 1)}
    client = world.client(world.site(world.watched, outside=outside), **options)
    far = TestClient(client.app, base_url="http://pages.example.org", client=("192.0.2.1", 1))
    answers = [client.get(path) for path in ("/", "/no-such", "/healthz", f"{API}/kpis", "/a" * 400, "/a%2fb")]
    answers += [
        client.get("/", headers={"host": "evil.example"}),
        client.post("/leave"),
        client.post("/kpis"),
        far.get("/"),
    ]
    assert {one.status_code for one in answers} >= {200, 400, 401, 403, 404, 405, 414, 421}
    for one in answers:
        seconds = re.fullmatch(r"max-age=(\d+)", one.headers["strict-transport-security"])
        assert seconds is not None
        assert int(seconds[1]) >= 31_536_000


def test_nothing_is_spoken_but_http(admin):
    with pytest.raises(WebSocketDisconnect) as closed, admin.websocket_connect("/"):
        pass
    assert closed.value.code == 1008


# -- what is asked ---------------------------------------------------------------------------------


def test_looking_changes_nothing_in_the_books(world, admin):
    before = world.watched.ledger.head()
    for path in addresses(admin):
        if "." not in path:
            admin.get(path)
    assert world.watched.ledger.head() == before


def test_no_secret_counts_in_an_address(world):
    client = world.client(world.site(world.watched))
    token, session = world.token("admin"), world.team.begin("ml-admin", "password", "")
    for query in (
        f"token={token}",
        f"access_token={token}",
        f"trimtab-1={session}",
        f"name=ml-admin&password={PASSWORD}",
    ):
        for path in ("/access", "/enter", f"{API}/access"):
            answer = client.get(f"{path}?{query}")
            assert "set-cookie" not in answer.headers
            assert "ml-lead" not in answer.text
            assert answer.status_code == (200 if path == "/enter" else 401)


def test_nobody_is_in_a_file_that_was_just_made(tmp_path):
    from trimtab.serve.pages.team import tokens, users
    from trimtab.serve.pages.team.store import Store

    with Store.open(tmp_path / "access.db", create=True) as store:
        assert users.listed(store) == []
        assert tokens.listed(store) == []


# -- tokens that say themselves who somebody is ----------------------------------------------------


class Forging(Lying):
    """A provider between which and us somebody replaces the token."""

    def __init__(self, forge):
        super().__init__()
        self.forge, self.claimed = forge, {}

    def __call__(self, request):
        begun = dict(self.codes.get("c1", {}))
        answer = super().__call__(request)
        if request.url.path != "/token" or answer.status_code != 200:
            return answer
        claims = {
            "iss": ISSUER,
            "aud": "trimtab",
            "iat": int(NOW),
            "exp": int(NOW) + 300,
            "nonce": begun["nonce"],
            **self.claims,
        }
        told = {**answer.json(), "id_token": self.forge(claims)}
        return httpx2.Response(200, content=orjson.dumps(told))


def part(told):
    return base64.urlsafe_b64encode(orjson.dumps(told)).rstrip(b"=").decode()


FORGED = {
    "unsigned": lambda claims: f"{part({'alg': 'none'})}.{part(claims)}.",
    "unsigned, by another spelling": lambda claims: f"{part({'alg': 'NONE', 'kid': 'k1'})}.{part(claims)}.",
    "with a key of its own": lambda claims: jwt.encode(
        {"alg": "RS256", "jwk": OTHER.as_dict(private=False)}, claims, OTHER, algorithms=["RS256"]
    ),
    "with a place to fetch its key": lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "k1", "jku": "https://evil.example/keys"}, claims, OTHER, algorithms=["RS256"]
    ),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_token_is_believed_by_the_configured_provider_s_keys_alone(forged):
    lying = Forging(FORGED[forged])
    oidc = lying.oidc()
    address, browser = oidc.begin(BACK, next_="/")
    with pytest.raises(OidcError) as refused:
        oidc.finish(lying.enters(address), browser=browser, back=BACK)
    assert refused.value.kind == "token"
    assert set(lying.asked) <= {"/.well-known/openid-configuration", "/token", "/keys"}


def test_the_forger_is_refused_for_the_key_and_for_nothing_else():
    lying: Any = Forging(
        lambda claims: jwt.encode({"alg": "RS256", "kid": "k1"}, claims, lying.key, algorithms=["RS256"])
    )
    oidc = lying.oidc()
    address, browser = oidc.begin(BACK, next_="/")
    assert oidc.finish(lying.enters(address), browser=browser, back=BACK)[0].name == "ml-lead"


# -- what is not in the source ---------------------------------------------------------------------

ABSENT = {
    "code made of text": r"(?<![\w.])(?:eval|exec)\(",
    "commands through a shell": r"shell\s*=\s*True|os\.(?:system|popen)\(|create_subprocess_shell",
    "hashes that are broken": r"hashlib\.(?:md5|sha1)\b|hashlib\.new\(|hashes\.(?:MD5|SHA1)\b",
    "ciphers": r"\b(?:algorithms\.(?:AES|ARC4|TripleDES|Blowfish)|modes\.(?:ECB|CBC|CTR)|Fernet|AESGCM)\b\(|\.(?:en|de)crypt\(",
    "XML that is read": r"\bET\.(?:parse|fromstring|XML|iterparse)\b|import lxml|xml\.(?:sax|dom)|XMLParser|expat",
    "text that is taken for markup": r"\|\s*safe\b|autoescape\s*=\s*False",
}


@pytest.mark.parametrize("what", ABSENT)
def test_the_source_is_without(what):
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()[:80]}"
        for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")])
        if "detectors/patterns" not in path.as_posix()  # tables of what others write
        for line in re.findall(rf"^.*(?:{ABSENT[what]}).*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert found == []


def test_nothing_is_served_from_a_folder(admin):
    for path in (
        "/.git/config",
        "/.git/HEAD",
        "/.svn/entries",
        "/trimtab.yaml",
        "/.trimtab/access.db",
        "/style/",
        "/style/pages.css",
    ):
        assert admin.get(path).status_code == 404
    assert not list(SOURCE.rglob(".git"))
    assert "StaticFiles" not in "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "serve").rglob("*.py"))


def test_the_application_answers_its_own_routes_and_no_other(world):
    shield: Any = application(world.site(world.watched), hosts=frozenset({"testserver"}))
    assert {type(one).__name__ for one in shield._app.routes} == {"Route"}
