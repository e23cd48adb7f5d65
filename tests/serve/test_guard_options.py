"""What the command `guard` is told and cannot do, it says at the start; where the upstream is, and what is asked there."""

import aiohttp
import pytest
from aiohttp import web
from tests.command import trimtab
from tests.serve import proxies
from tests.serve.proxies import ASK
from tests.serve.test_proxy import through
from tests.serve.test_upstream import server, sized

from trimtab.serve import upstream as upstream_module
from trimtab.serve.limits import Limits
from trimtab.serve.upstream import Upstream

UPSTREAM = ["--upstream", "http://127.0.0.1:9/v1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("options")
    (made / "trimtab.yaml").write_text(proxies.POLICY)
    return made


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--upstream", "http://127.0.0.1:99999/v1"], "--upstream has a host or a port that there cannot be"),
        (["--upstream", "http://127.0.0.1:0/v1"], "--upstream has a host or a port that there cannot be"),
        (["--upstream", "http://127.0.0.1:http/v1"], "--upstream has a host or a port that there cannot be"),
        (["--upstream", "http://[::1/v1"], "--upstream has a host or a port that there cannot be"),
        (["--upstream", "http://"], "--upstream names no host"),
        (["--upstream", "http:///v1"], "--upstream names no host"),
        (["--upstream", "http://a b/v1"], "--upstream holds a blank"),
        (["--upstream", "http://a/v1\n"], "--upstream holds a blank"),
        (["--upstream", "http://a/v1#x"], "--upstream holds a #"),
        (["--upstream", "http://ana:secret@a/v1"], "--upstream holds a name or a password"),
        (["--upstream", "127.0.0.1:8000"], "--upstream is no address"),
        ([*UPSTREAM, "--timeout", "nan"], "--timeout"),
        ([*UPSTREAM, "--timeout", "inf"], "--timeout"),
        ([*UPSTREAM, "--idle", "nan"], "--idle"),
        ([*UPSTREAM, "--drain", "1e300"], "--drain"),
        ([*UPSTREAM, "--every", "nan"], "--every"),
        ([*UPSTREAM, "--max-body", "nan"], "--max-body"),
        ([*UPSTREAM, "--key-env", "BROKEN"], "--key-env"),
        ([*UPSTREAM, "--key-env", "BLANK"], "BLANK"),
    ],
)
def test_what_makes_no_sense_is_an_error_of_usage_that_names_the_option(folder, arguments, name):
    keys = {"BROKEN": "sk-one\nsk-two", "BLANK": "  "}
    done = trimtab("guard", *arguments, "--port", "0", cwd=folder, environment=keys, seconds=20)
    assert done.returncode == 2, done.stderr
    assert name in done.stderr
    assert "TT000" not in done.stderr
    assert "secret" not in done.stderr
    assert "sk-" not in done.stderr


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("http://h/v1", "http://h/v1/x"),
        ("http://h:8/v1/", "http://h:8/v1/x"),
        ("http://h", "http://h/v1/x"),
        ("http://h/V1/", "http://h/V1/x"),
        ("http://h/openai/v1?api-version=2024", "http://h/openai/v1/x?api-version=2024"),
        ("http://h/openai/v1/?api-version=2024&a=b", "http://h/openai/v1/x?api-version=2024&a=b"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1/x"),
    ],
)
async def test_the_address_of_an_upstream(base, asked):
    to = Upstream(base, key="", limits=Limits())
    seen = []

    class Session:
        async def request(self, method, url, **_):
            seen.append(str(url))
            raise upstream_module.UpstreamError(502, "not now")

    to._kept = to._fresh = Session()  # type: ignore[assignment]
    with pytest.raises(upstream_module.UpstreamError):
        await to.ask("GET", "/v1/x", None, {})
    assert seen == [asked]


async def test_a_query_is_the_operator_s_to_say():
    """Nobody looks at a client's, so it does not go on; dropping it would answer another question."""
    reply = sized(b'{"object":"list","data":[]}')
    async with server([reply], [reply]) as (to, asked, _):
        base = f"{to._base}?api-version=2024&b=1"
        async with proxies.serving(base) as (address, _), aiohttp.ClientSession() as session:
            for query, status in (("", 200), ("?api-version=2024", 200), ("?api-version=2025", 400), ("?x=1", 400)):
                async with session.get(f"{address}/v1/models{query}") as got:
                    assert (got.status, query) == (status, query)
    assert [head.split(b" ")[1] for head in asked] == [b"/base/v1/models?api-version=2024&b=1"] * 2


@pytest.mark.parametrize("said", ["7", "0.5", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_when_to_come_again_is_passed_on(said):
    assert await retry(said) == said


@pytest.mark.parametrize("said", ["ana@example.org", "Wed, 21 Oct 2026 07:28:00 ana", "1e9", "-1", "7 ana"])
async def test_what_says_something_else_there_is_not(said):
    assert await retry(said) is None


async def retry(said):
    async def limits(request):
        return web.json_response({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": said})

    status, _, headers = await through(limits, ASK, headers=True)
    assert status == 429
    return headers.get("Retry-After")
