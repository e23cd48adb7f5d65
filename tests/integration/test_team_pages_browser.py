"""Coming in, in a real browser: by name and password, by a real provider of OpenID Connect, over real HTTPS."""

import datetime as dt
import ipaddress
import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.integration.axe import wrong
from tests.integration.test_report_browser import OVERFLOWING, PHONE, WIDE, browser
from tests.serve.teams import PASSWORD
from tests.workspace.governing import DAY, NOW, POLICY, decide, policy_in

from trimtab.decision import Verdict
from trimtab.evidence import Ledger
from trimtab.serve.pages.team import journal, users
from trimtab.serve.pages.team.passwords import Passwords
from trimtab.serve.pages.team.store import Store

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_spec("oidc_provider_mock") is None, reason="needs a provider: oidc-provider-mock"),
]

__all__ = ["browser"]

PEOPLE = [
    {"sub": "u-1", "preferred_username": "safety-lead", "roles": ["owners"]},
    {"sub": "u-2", "preferred_username": "stranger", "roles": ["others"]},
]


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("served")
    policy = policy_in(made, POLICY)
    with Ledger.open(made / "ledger.db", clock=lambda: NOW) as ledger:
        decide(ledger, policy, Verdict.PASS, time=NOW - 5 * DAY)
    with Store.open(made / "access.db", create=True) as store:
        for name, role in (("ml-lead", "engineer"), ("internal-auditor", "auditor")):
            users.add(store, name, [role], None, password=Passwords().hashed(PASSWORD))
    return made


@contextmanager
def serving(folder, *options, **environment):
    command = [
        sys.executable,
        "-m",
        "trimtab",
        "serve",
        "--team",
        "--ledger",
        "ledger.db",
        "--access",
        "access.db",
        *options,
    ]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rstrip("/")
        process.terminate()
        assert process.wait(60) == 0


@pytest.fixture(scope="module")
def provider():
    """A real one, in a process of its own."""
    port = free_port()
    told = [word for one in PEOPLE for word in ("--user-claims", json.dumps(one))]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *told],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "running on" in line.lower():
                break
        yield f"http://127.0.0.1:{port}", process
        process.kill()


@pytest.fixture(scope="module")
def address(folder, provider):
    (folder / "oidc.yaml").write_text(
        f"""
oidc: 1
name: Example
issuer: {provider[0]}
client: trimtab
secret_env: PAGES_SECRET
roles: {{owners: risk-owner}}
"""
    )
    with serving(folder, "--port", "0", "--oidc", "oidc.yaml", PAGES_SECRET="a-client-secret-for-tests") as found:
        yield found


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def enter(page, name="internal-auditor", password=PASSWORD):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Enter").click()


def test_whoever_knows_a_password_comes_in_without_script_and_leaves(page, address):
    assert page.goto(f"{address}/access").status == 401
    enter(page, password="another password")
    assert "The name or the password is wrong" in page.locator("main").inner_text()
    page.goto(f"{address}/access")
    enter(page)
    assert page.url == f"{address}/access"
    assert "came in" in page.locator("main").inner_text()
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    page.get_by_role("button", name="Leave").click()
    assert "You have left" in page.locator("main").inner_text()
    assert page.context.cookies() == []
    assert page.goto(f"{address}/access").status == 401


def test_a_person_comes_in_by_a_real_provider(page, address, folder):
    page.goto(f"{address}/systems")
    page.get_by_role("link", name="Enter by Example").click()
    assert page.url.startswith("http://127.0.0.1")
    assert "code_challenge_method=S256" in page.url
    page.get_by_role("button", name="u-1").click()
    page.get_by_role("link", name="Go on").or_(page.get_by_role("heading", name="Systems")).first.wait_for()
    page.wait_for_url(f"{address}/systems")
    assert "safety-lead" in page.locator(".leave").inner_text()
    assert [one["sameSite"] for one in page.context.cookies(address) if one["name"].startswith("trimtab")] == ["Strict"]
    with Store.open(folder / "access.db") as store:
        assert users.find(store, "safety-lead").roles == {"risk-owner"}
        assert journal.flaw(store) == ""


def test_whom_the_provider_gives_no_role_does_not_come_in(page, address):
    page.goto(f"{address}/systems")
    page.get_by_role("link", name="Enter by Example").click()
    page.get_by_role("button", name="u-2").click()
    assert "gives you no role here" in page.locator("main").inner_text()
    assert page.goto(f"{address}/systems").status == 401


def test_who_is_sent_away_by_the_provider_is_told(page, address):
    page.goto(f"{address}/systems")
    page.get_by_role("link", name="Enter by Example").click()
    page.get_by_role("button", name="Deny").click()
    assert "You were not let in" in page.locator("main").inner_text()
    assert not [one for one in page.context.cookies(address) if not one["name"].endswith("-flow")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ways_in_and_the_page_on_access_are_accessible_and_fit(browser, address, scheme):
    script = OVERFLOWING.replace(".scroll, pre", ".table, pre, nav")
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for step in ("enter", "wrong", "access", "password"):
        if step != "wrong":
            page.goto(f"{address}/{step}")
        if step == "access":
            enter(page)
            assert page.url == f"{address}/access"
        elif step == "wrong":
            enter(page, password="another password")
        for size in (PHONE, WIDE):
            page.set_viewport_size(size)
            assert page.evaluate(script) == [], (step, size)
            assert wrong(page) == [], (step, size)
    context.close()


def test_a_provider_that_goes_away_lets_nobody_in(address, provider):
    """The last of them: the provider is killed."""
    with httpx2.Client(follow_redirects=False) as client:
        out = client.get(f"{address}/enter/provider")
        assert out.status_code == 303
        state = httpx2.URL(out.headers["location"]).params["state"]
        provider[1].kill()
        provider[1].wait()
        answer = client.get(f"{address}/enter/back", params={"state": state, "code": "x"})
        assert answer.status_code == 503
        assert "does not answer" in answer.text
        assert client.get(f"{address}/enter/back", params={"state": state, "code": "x"}).status_code == 400


def test_over_https_the_cookie_is_secure_and_of_this_host(browser, folder):
    port = free_port()
    made = certificate(folder)
    with serving(folder, "--port", str(port), "--public-url", f"https://localhost:{port}", *made) as found:
        assert found == f"https://localhost:{port}"
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        answer = page.goto(f"{found}/enter")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        enter(page, "ml-lead")
        assert page.url == f"{found}/"
        (cookie,) = context.cookies()
        assert (cookie["name"], cookie["secure"], cookie["path"]) == ("__Host-trimtab", True, "/")
        page.get_by_role("button", name="Leave").click()
        assert context.cookies() == []
        context.close()


def certificate(folder):
    """A certificate of this machine, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return "--certificate", "c.pem", "--key", "k.pem"
