"""The JSON API is as it is described: schemathesis asks everything there is, rightly and wrongly, of hostile books."""

import sqlite3
from collections import Counter
from types import SimpleNamespace

import pytest
from tests.serve.engineering_world import FOLDER, ruled, tell
from tests.serve.filling import Served, rows
from tests.serve.money_world import World as Money
from tests.serve.teams import TeamWorld
from tests.serve.test_engineer_pages import Clock
from tests.serve.test_pages import World
from tests.workspace.governing import DAY, NOW

from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft
from trimtab.policy import load_policy
from trimtab.serve.pages.access.buckets import Buckets
from trimtab.serve.pages.app import application
from trimtab.serve.pages.declared import API
from trimtab.serve.pages.forms import FORMS
from trimtab.serve.pages.frame.live import Live, Pace
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.snapshot import Watched
from trimtab.workspace.keeping import keep

schemathesis = pytest.importorskip("schemathesis")

pytestmark = pytest.mark.integration

HOSTS = frozenset({"testserver", "localhost"})
# Well formed is not possible: what is asked may be of nothing that the books hold (404), and what is sent may not fit
# them (409, 422). A schema says nothing of books.
POSSIBLE = ["2xx", "304", "404", "409", "422"]
# The checks that are left to find nothing here: `use_after_free`, since nothing can be deleted, and
# `object_level_authorization`, which needs two identities; tests/serve/test_team_pages.py looks after that.
CHECKS = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "positive_data_acceptance", "negative_data_rejection", "ignored_auth",
    "missing_required_header", "unsupported_method", "allow_header_conformance", "ensure_resource_availability",
    "use_after_free", "object_level_authorization",
}  # fmt: skip
BOT = {"system": "bot", "subject": "bot", "kpi": "R04", "by": "ml-lead", "owner": "ml-lead", "candidate": "a"}


@schemathesis.serializer("application/x-ndjson")
def lines(_, value):
    return (value if isinstance(value, bytes) else str(value).encode()) or b"\n"


def closed(part, names):
    """The description with nothing in answers that it does not name, and with examples that are in these books."""
    if isinstance(part, list):
        return [closed(one, names) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: closed(one, names) for name, one in part.items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
    if found.get("in") in ("path", "query") and found["name"] in names:
        found["example"] = names[found["name"]]
    if isinstance(body := found.get("example"), dict):
        found["example"] = {name: names.get(name, one) for name, one in body.items()}
    return found


def asked(
    served, *, names, many=0, wrongly=False, possible=POSSIBLE, fine=("2xx", "3xx", "4xx"), known=True, heard=None
):
    """What came of asking everything: (failures, answers by operation and status, checks that were made).

    `many` is how much is made up beside the examples; with `wrongly` all that is not as described is sent as well. Into
    `heard` goes each operation with the bytes of its answers.
    """
    served.site.live = Live(served.watched, pace=Pace(look=0.001, whole=0.002))  # or a stream would go on
    bearer = {"authorization": f"Bearer {served.access.token}"}
    client = schemathesis.python.asgi.get_client(application(served.site, hosts=HOSTS))
    raw = client.get(f"{API}/openapi.json", headers=bearer).json()
    config = schemathesis.Config.from_dict(
        {
            "seed": 20_261_120,
            "continue-on-failure": True,
            "auth": {"openapi": {"token": {"bearer": served.access.token}}} if known else {},
            "generation": {"max-examples": max(many, 1), "database": "none", "no-shrink": True},
            "phases": {
                "stateful": {"enabled": False},  # no operation leads to another
                "coverage": {"enabled": wrongly, "unexpected-methods": ["DELETE", "OPTIONS"]},
                "examples": {"fill-missing": True},
                "fuzzing": {"enabled": many > 0},
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": possible},
                "not_a_server_error": {"expected-statuses": list(fine)},
                # A body that is too large is refused before anybody looks at it.
                "negative_data_rejection": {
                    "expected-statuses": ["400", "401", "403", "404", "405", "413", "415", "422"]
                },
            },
        }
    )
    schema = schemathesis.openapi.from_dict(closed(raw, names), config=config)
    schema.app = application(served.site, hosts=HOSTS)
    failures: list[str] = []
    answers: Counter[tuple[str, int]] = Counter()
    made: Counter[str] = Counter()
    for event in schemathesis.engine.from_schema(schema).execute():
        if isinstance(event, schemathesis.engine.events.NonFatalError | schemathesis.engine.events.FatalError):
            failures.append(repr(event))
        if not isinstance(event, schemathesis.engine.events.ScenarioFinished):
            continue
        for one in event.recorder.interactions.values():
            if one.response is not None:
                answers[event.recorder.label, one.response.status_code] += 1
                if heard is not None:
                    heard.append((event.recorder.label, one.response.content or b""))
        for case, checks in event.recorder.checks.items():
            for check in checks:
                made[check.name] += 1
                if check.failure_info is not None:
                    of = event.recorder.interactions[case].request
                    failures.append(f"{check.name} {of.method} {of.uri}: {check.failure_info.failure.message}")
    return failures, answers, made


def told(failures):
    """The first few, short enough to be read."""
    return "\n".join(" ".join(one.split())[:400] for one in failures[:8])


def served(world, **more):
    return Served(world.ledger, world.policy, **more)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("api"))
    yield made
    made.ledger.close()


def operations(answers, *statuses):
    return {label for (label, status) in answers if not statuses or status in statuses}


def test_the_description_is_openapi(hostile):

    validator = pytest.importorskip("schemathesis.specs.openapi.definitions").OPENAPI_31_VALIDATOR
    made = served(hostile)
    raw = made.client().get(f"{API}/openapi.json").json()
    assert [str(one) for one in validator.iter_errors(raw)] == []


def test_everything_that_is_asked_and_sent_is_answered_as_described(hostile):
    made = served(hostile)
    before = hostile.ledger.head().seq
    failures, answers, checks = asked(made, names=BOT, many=1, wrongly=True)
    assert told(failures) == ""
    assert set(checks) == CHECKS
    described = {
        f"{how.upper()} {path}"
        for path, ways in made.client().get(f"{API}/openapi.json").json()["paths"].items()
        for how in ways
    }
    assert operations(answers) == described
    assert {f"POST {form.api}" for form in FORMS} <= operations(answers, 422)
    assert {f"POST {API}/forms/{name}" for name in ("incident", "near-miss", "finding", "note")} <= operations(
        answers, 201
    )
    assert hostile.ledger.head().seq > before
    assert hostile.ledger.verify().ok


def test_money_is_answered_as_described(tmp_path):
    world = Money(tmp_path).money()
    world.on("2026-08-02").weights().on("2026-08-10").rules(2_000, 200)
    names = {**BOT, "request": "REQ-1", "recalibration": "RC-1", "quarter": "2026-Q3"}
    failures, answers, _ = asked(served(world), names=names)
    world.ledger.close()
    assert told(failures) == ""
    for path in ("/budget/{request}", "/committee/{recalibration}", "/committee", "/error-budgets/{system}"):
        assert answers[f"GET {API}{path}", 200], path


def test_runs_and_attacks_are_answered_as_described(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    ledger, policy = Ledger.open(tmp_path / "ledger.db", clock=Clock()), load_policy(FOLDER / "trimtab.yaml")
    tell(ledger, tmp_path / "replies.db", attacks=20)
    ruled(ledger, 90, 10, ago=60_000_000)
    made = Served(ledger, policy)
    client, api = made.client(), f"{API}/runs"
    run = client.get(api).json()["data"]["runs"][0]["run"]
    failures, answers, _ = asked(made, names={"system": "triage", "run": run})
    ledger.close()
    assert told(failures) == ""
    for path in ("/runs/{run}", "/red-team", "/datasets", "/systems/{system}/traffic"):
        assert answers[f"GET {API}{path}", 200], path


def test_an_earlier_moment_is_answered_as_described_and_takes_nothing(hostile):
    made = served(hostile, asof=NOW - DAY)
    failures, answers, _ = asked(made, names=BOT)
    assert told(failures) == ""
    assert not operations(answers, 201)
    assert answers["GET /systems/{system}/traffic/events", 204]


def test_an_altered_ledger_is_answered_as_described_and_takes_nothing(tmp_path):
    world = World(tmp_path)
    made = served(world)
    with sqlite3.connect(world.path) as other:
        for (name,) in other.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            other.execute(f'drop trigger "{name}"')
        other.execute("update evidence set payload = replace(payload, 'S2', 'S4') where payload like '%I-1%'")
    # 503 is what is promised of such a ledger.
    failures, answers, _ = asked(made, names=BOT, possible=[*POSSIBLE, "503"], fine=("2xx", "3xx", "4xx", "503"))
    world.ledger.close()
    assert told(failures) == ""
    assert not operations(answers, 201)
    assert {f"POST {API}/forms/incident", f"GET {API}/incidents"} <= operations(answers, 503)


def test_nobody_is_answered_as_described(hostile):
    """Without a token everything but health is 401, and says so as described."""
    made = served(hostile)
    failures, answers, _ = asked(made, names=BOT, possible=["2xx", "401"], known=False)
    assert told(failures) == ""
    assert operations(answers, 200) == {"GET /healthz"}
    assert operations(answers) - operations(answers, 401) == {"GET /healthz"}


# -- in a team: a token of one system, and one that only looks ---------------------------------------------------------

PLENTY = {"of_person": Buckets(a_second=1e6, at_once=10**6), "of_stranger": Buckets(a_second=1e6, at_once=10**6)}
TOOL = {**BOT, "system": "tool", "subject": "tool"}
KNOWN_TO_BOT = "bots-own-words"


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """Hostile books that hold words of one system, served to a team."""
    folder = tmp_path_factory.mktemp("team")
    world, people = World(folder), TeamWorld(folder)
    told = {"severity": "S2", "hazard": KNOWN_TO_BOT, "what": KNOWN_TO_BOT, "system": "bot", "by": "internal-auditor"}
    at = NOW - 2 * DAY
    drafts = [
        Draft(kind="incident", values={**told, "incident": "of-bot-1", "detected": at, "at": at}),
        Draft(kind="near-miss", values={**told, "near_miss": "of-bot-2", "at": at}),
        Draft(kind="note", values={"on": "R04/bot", "what": KNOWN_TO_BOT, "system": "bot", "by": "ml-lead", "at": at}),
    ]
    keep(world.ledger, world.policy, drafts, now=NOW - DAY)
    yield world, people
    people.store.close()
    world.ledger.close()


def teamed(team, role, **token):
    world, people = team
    watched = Watched(world.ledger, world.policy)
    watched.verify()
    access = SimpleNamespace(token=people.token(role, **token))
    return SimpleNamespace(site=people.site(watched, **PLENTY), watched=watched, access=access)


@pytest.mark.parametrize("names", [TOOL, BOT], ids=["of its system", "of another"])
def test_a_token_of_one_system_is_answered_as_described_and_hears_nothing_of_others(team, names):
    world, _ = team
    before = rows(world.ledger)
    heard: list[tuple[str, bytes]] = []
    made = teamed(team, "engineer", systems=["tool"], writes=True)
    failures, answers, _ = asked(made, names=names, possible=[*POSSIBLE, "403"], heard=heard)
    assert told(failures) == ""
    assert [label for label, body in heard if KNOWN_TO_BOT.encode() in body or b"of-bot-" in body] == []
    whole = {f"POST {form.api}" for form in FORMS if form.whole or "engineer" not in form.roles}
    assert whole <= operations(answers) - operations(answers, 200, 201)
    fine = operations(answers, 200)
    assert {f"GET {API}/gates", f"GET {API}/systems"} - fine == set()
    own = {f"GET {API}{path}" for path in ("/systems/{system}", "/error-budgets/{system}", "/incidents", "/queue")}
    if names is TOOL:
        assert own - fine == set()
        assert operations(answers, 201) & {f"POST {API}/forms/incident", f"POST {API}/forms/near-miss"}
    else:
        assert own & fine == set()
        assert not operations(answers, 201)
        assert rows(world.ledger) == before


def test_a_token_that_only_looks_is_answered_as_described_and_enters_nothing(team):
    world, _ = team
    before = rows(world.ledger)
    failures, answers, _ = asked(teamed(team, "viewer"), names=BOT, possible=[*POSSIBLE, "403"])
    assert told(failures) == ""
    for page in PAGES:
        open_, label = "viewer" in page.roles, f"GET {page.api}"
        assert label in operations(answers), page.name
        assert (label in operations(answers, 403)) == (not open_), page.name
        assert open_ or label not in operations(answers, 200, 404), page.name
    assert {f"POST {form.api}" for form in FORMS} & operations(answers, 200, 201, 409, 422) == set()
    assert rows(world.ledger) == before
