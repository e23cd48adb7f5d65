"""What the loader accepts, an editor accepts; what the model forbids, the schema forbids."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trimtab.cli.init_template import Answers, render
from trimtab.kinds import plugins
from trimtab.policy import Floor, Policy, cases_to_prove, schema
from trimtab.stats import share_of_look

SCHEMA = schema()
EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*/trimtab.yaml"))
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "integer": int,
}


def fits(value, rule):
    """Whether a value satisfies a schema: the keywords that ours uses, and an error for any other."""
    if rule is True:
        return True
    checks = {
        "$ref": lambda ref: fits(value, SCHEMA["$defs"][ref.removeprefix("#/$defs/")]),
        "type": lambda names: any(
            isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name in {"integer", "number"})
            for name in ([names] if isinstance(names, str) else names)
        ),
        "enum": lambda options: value in options,
        "const": lambda only: value == only and type(value) is type(only),
        "minimum": lambda low: not number(value) or value >= low,
        "maximum": lambda high: not number(value) or value <= high,
        "exclusiveMinimum": lambda low: not number(value) or value > low,
        "exclusiveMaximum": lambda high: not number(value) or value < high,
        "minLength": lambda n: not isinstance(value, str) or len(value) >= n,
        "maxLength": lambda n: not isinstance(value, str) or len(value) <= n,
        "pattern": lambda form: not isinstance(value, str) or re.search(form, value) is not None,
        "minItems": lambda n: not isinstance(value, list) or len(value) >= n,
        "minProperties": lambda n: not isinstance(value, dict) or len(value) >= n,
        "items": lambda inner: not isinstance(value, list) or all(fits(item, inner) for item in value),
        "required": lambda names: not isinstance(value, dict) or all(name in value for name in names),
        "dependentRequired": lambda needs: (
            not isinstance(value, dict)
            or all(name in value for key, names in needs.items() if key in value for name in names)
        ),
        "anyOf": lambda rules: any(fits(value, one) for one in rules),
        "oneOf": lambda rules: sum(fits(value, one) for one in rules) == 1,
        "propertyNames": lambda inner: not isinstance(value, dict) or all(fits(key, inner) for key in value),
        "properties": lambda inner: (
            not isinstance(value, dict) or all(fits(value[key], one) for key, one in inner.items() if key in value)
        ),
        "patternProperties": lambda inner: (
            not isinstance(value, dict)
            or all(
                fits(item, one) for form, one in inner.items() for key, item in value.items() if re.search(form, key)
            )
        ),
        "additionalProperties": lambda inner: (
            not isinstance(value, dict)
            or all(
                inner is not False and fits(item, inner)
                for key, item in value.items()
                if key not in rule.get("properties", {})
                and not any(re.search(form, key) for form in rule.get("patternProperties", {}))
            )
        ),
        **dict.fromkeys(("description", "default", "title", "$schema", "$id", "$defs"), lambda _: True),
    }
    return all(checks[keyword](argument) for keyword, argument in rule.items())


def number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_it_names_its_dialect_and_itself():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"].startswith("urn:")
    assert set(SCHEMA["required"]) == {"trimtab", "organisation", "metrics", "tiers", "systems"}


@pytest.mark.parametrize("path", EXAMPLES, ids=str)
def test_editors_accept_the_examples(path):
    assert fits(yaml.safe_load(path.read_text()), SCHEMA)


@pytest.mark.parametrize("tier", ["internal", "customer-facing"])
@pytest.mark.parametrize("kind", ["openai", "llamacpp", "callable"])
def test_editors_accept_what_init_writes(kind, tier):
    assert fits(yaml.safe_load(render(Answers(kind=kind, parameters={"x": "y"}, tier=tier))), SCHEMA)


def test_editors_accept_every_form_that_the_loader_accepts(folder, base, changing):
    folder.write("people: {auditor: {function: audit}}\n", "more.yaml")
    forms = [
        base,
        base + "include: more.yaml\n",
        base + "include: [more.yaml]\n",
        changing(("[answer_accuracy, latency_p95]", "answer_accuracy")),
        changing(("{at_most: 0.02}", "{at_most: 0.02, at_least: }")),
        changing(
            (
                'openai: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}',
                "plugin: openai\n        with: {url: a, model: b}",
            )
        ),
    ]
    for text in forms:
        assert folder.check(text).errors == ()
        assert fits(yaml.safe_load(text), SCHEMA), text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("better: higher", "better: up"),
        ("target: 0.85", "target: high"),
        ("target: 0.85", "goal: 0.85"),
        ("cases: 300", "cases: 0"),
        ("{at_most: 0.02}", "{at_most: 0.02, at_least: 0.01}"),
        ("{at_most: 0.02}", "{}"),
        ("confidence: 0.95", "confidence: 1.5"),
        ("about: The one", "abuot: The one"),
        ("trimtab: 1", "trimtab: 2"),
        ("  hijack:\n", "  Hi Jack:\n"),
        ('openai: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}', "about: no plugin"),
        ("builtin: secret-keeping", "builtin: secret-keeping, file: x"),
        ("red_lines: [hijack]", "red_lines: hijack"),
    ],
)
def test_editors_mark_what_the_loader_refuses(folder, changing, old, new):
    text = changing((old, new))
    assert folder.check(text).errors
    assert not fits(yaml.safe_load(text), SCHEMA)


def test_every_installed_system_can_be_completed():
    assert set(plugins.names("systems")) <= set(SCHEMA["$defs"]["Candidate"]["properties"])


def test_every_key_of_the_model_is_in_the_schema():
    assert set(Policy.model_fields) | {"include"} == set(SCHEMA["properties"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_the_check_of_these_tests_is_total(value):
    assert fits(value, SCHEMA) is False


def test_every_key_is_described_in_the_reference():
    page = (Path(__file__).parents[3] / "docs/reference/policy.md").read_text()
    models = [SCHEMA, *SCHEMA["$defs"].values()]
    keys = {key for model in models for key in model.get("properties", {})} - set(plugins.names("systems")) - {"plugin"}
    assert [key for key in sorted(keys) if key not in page] == []


def test_the_table_of_costs_in_the_reference_is_computed():
    page = (Path(__file__).parents[3] / "docs/reference/policy.md").read_text()
    for bound in ("0.10", "0.05", "0.02", "0.01", "0.001"):
        floor = Floor(at_most=float(bound))
        alphas = [error * share_of_look(1) for error in (0.05, 0.05 / 3, 0.1)]
        numbers = [cases_to_prove(floor, alpha, sampling="sequential") for alpha in alphas]
        numbers.append(cases_to_prove(floor, alphas[0]))
        assert f"| `at_most: {bound}` | " + " | ".join(f"{number:,}" for number in numbers) + " |" in page
