"""The JSON API: described whole and without two things of one name, and taking what it says that it takes."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.serve.test_forms import INCIDENT, World

from trimtab.errors import EntryError
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.serve.pages.declared import API
from trimtab.serve.pages.forms import FORMS
from trimtab.serve.pages.forms.shapes import example_of, in_shape, schema_of
from trimtab.serve.pages.openapi.description import description

WAYS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture(scope="module")
def described():
    return description()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("api"))
    yield made
    made.site.close()
    made.ledger.close()


def operations(described):
    return [one for ways in described["paths"].values() for one in ways.values()]


def references(part):
    if isinstance(part, dict):
        yield from [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def test_every_route_for_programs_is_described_and_nothing_else(world, described):
    def form(path):
        return re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", path)

    routes = {
        (form(route.path), way.lower())
        for route in world.app._app.routes
        for way in route.methods - {"HEAD"}
        if route.path.startswith((f"{API}/", "/files/", "/healthz")) or route.path.endswith("/events")
    }
    assert routes == {(path, way) for path, ways in described["paths"].items() for way in ways}


def test_each_operation_has_a_name_of_its_own_a_tag_and_what_may_go_wrong(described):
    names = [one["operationId"] for one in operations(described)]
    assert len(names) == len(set(names))
    tags = {one["name"] for one in described["tags"]}
    for one in operations(described):
        assert set(one["tags"]) <= tags
        assert one["operationId"] == "health" or {"400", "401", "403", "414", "421", "429", "503"} <= set(
            one["responses"]
        )


def test_two_things_that_are_called_alike_are_described_apart(described):
    schemas = described["components"]["schemas"]
    assert set(schemas["board_values.Date"]["properties"]) != set(schemas["frameworks.Date"]["properties"])
    wanted = {one.rpartition("/")[2] for one in references(described)}
    assert wanted == set(schemas)
    assert not [name for one in schemas.values() for name in one.get("properties", ()) if name.startswith("_")]


def test_examples_of_forms_are_of_their_shape():
    for form in FORMS:
        in_shape(form, example_of(form))
        assert set(example_of(form)) <= set(schema_of(form)["properties"])


WRONG: dict[Holds, list[Any]] = {
    Holds.NAME: ["", "two words", 5, None, "x" * 121],
    Holds.NAMES: ["a, b", [5], [""]],
    Holds.WORDS: [5, None, ["a"], "x" * 2_001],
    Holds.MOMENT: [20_260_901, "yesterday", "2026-9-1", None],
    Holds.MONEY: ["12,50", "-1", -1, True, [1]],
    Holds.COUNT: ["3", -1, 2.5, True],
    Holds.NUMBER: ["0.2", None, True],
    Holds.RANGE: ["0.1..0.3", [0.1], [0.1, "0.3"], [1, 2, 3]],
    Holds.RANGES: ["leak=0.1..0.2", {"leak": 0.1}, {"two words": [0.1, 0.2]}],
    Holds.NUMBERS: ["pilot=0.2", {"pilot": "0.2"}],
    Holds.MONEY_RANGE: [[1, "x"], ["1..2"]],
    Holds.DUTIES: [{"mask": ["2026-09-01"]}, {"mask": ["soon", "Do."]}],
    Holds.LINK: ["eu-ai-act", 5],
    Holds.CHOICE: ["no-such", 5],
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_field_of_another_shape_is_refused_by_its_name(form):
    for one in form.fields:
        for value in WRONG[one.form]:
            with pytest.raises(EntryError, match=re.escape(one.name)) as found:
                in_shape(form, {one.name: value})
            assert [each.where for each in found.value.mistakes] == [one.name]


def test_a_number_as_text_enters_nothing_and_says_which_field(world):
    body = {"vendor": "acme", "clause": "c", "hits": "3", "of": 5, "since": "2026-01-01", "by": "ml-lead"}
    answer = world.call(f"{API}/forms/vendor-count", body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["hits"]
    assert world.ledger.head() is None


def test_what_is_not_asked_that_way_says_how_it_is(world):
    client = TestClient(world.app)
    for path, ways in {
        "/api/v1/verify": "GET, HEAD, POST",
        "/forms/incident": "GET, HEAD, POST",
        f"{API}/forms/incident": "POST",
        "/healthz": "GET, HEAD",
    }.items():
        for way in ("OPTIONS", "DELETE", "TRACE"):
            answer = client.request(way, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, ways), (path, way)
    asked = {"authorization": f"Bearer {world.access.token}"}
    whole, head = client.get(f"{API}/kpis", headers=asked), client.head(f"{API}/kpis", headers=asked)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])


def test_a_program_that_asks_for_nothing_or_elsewhere_is_told_in_its_own_form(world):
    asked = {"authorization": f"Bearer {world.access.token}"}
    client = TestClient(world.app, headers=asked)
    assert client.get("/kpis?quarter=").status_code == 200  # a form of a browser sends what was left empty
    for path, headers, status in (
        (f"{API}/kpis?quarter=", {}, 400),
        (f"{API}/kpis?quarter=２０２６-Q3", {}, 400),
        (f"{API}/kpis", {"host": "evil.example"}, 421),
        (f"{API}/kpis?quarter={'x' * 3_000}", {}, 414),
        (f"{API}/systems/a%2Fb", {}, 400),
    ):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path
        assert answer.json()["status"] == status


def test_a_call_of_the_right_shape_is_entered(world):
    assert world.call(f"{API}/forms/incident", INCIDENT, key="a-key-of-its-own").status_code == 201
