"""Cards as others read them: by Hugging Face's own parser, and by CycloneDX's own validator."""

import json

import pytest
import yaml
from tests.unit.decision.test_cards import facts, note
from tests.unit.report.test_cards import hostile_facts

from trimtab.decision.cards.bom import bill_of_materials
from trimtab.decision.cards.dataset_card import dataset_card
from trimtab.decision.cards.model_card import model_card
from trimtab.decision.registered import registry_of
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.registry import Registered
from trimtab.report.card_metadata import card_markdown

pytestmark = pytest.mark.integration
hub = pytest.importorskip("huggingface_hub")

SYSTEM = facts().system
TOLD = (
    Registered(at=1, by="ml-team", thing="calls", type="dataset", owner="ml-team", digest="sha256:" + "0" * 64,
               license="CC-BY-4.0", languages=("en", "fi"), names=("example/calls",)),
    Registered(at=2, by="ml-team", thing="net", type="model", made_from=("calls",), provider="house", version="1",
               license="Apache-2.0", languages=("en", "Finnish"), names=("example/net-7b",)),
    Registered(at=3, by="ml-team", thing=SYSTEM, type="system", made_from=("net",), purpose="Answers."),
    Registered(at=4, by="ml-team", thing="words", type="prompt", digest="sha256:short"),
    Registered(at=5, by="ml-team", thing="talks", type="dataset", owner="ml-team", made_from=("calls",)),
)  # fmt: skip


def cards():
    return [
        model_card(facts(note("card:recommendations", "Ask a nurse."))),
        model_card(facts(*TOLD)),
        model_card(hostile_facts()),
    ]


def test_hugging_face_reads_every_result():
    for made in cards():
        read = hub.ModelCard(card_markdown(made), ignore_metadata_errors=False)
        results = [one for part in made.parts if part.name == "results" for one in part.measured]
        assert sorted(one.metric_value for one in read.data.eval_results) == sorted(one.seen.value for one in results)
        for one in read.data.eval_results:
            assert one.metric_args["low"] <= one.metric_value <= one.metric_args["high"]
        front = yaml.safe_load(card_markdown(made).split("---\n")[1])
        again = yaml.safe_load(hub.ModelCardData(**read.data.to_dict()).to_yaml())  # what the Hub would write
        assert {**again, "model-index": 0, "model_name": 0} == {**front, "model-index": 0, "model_name": 0}
        told = [metric for result in again["model-index"][0]["results"] for metric in result["metrics"]]
        assert len(told) == len(front["model-index"][0]["results"]) == len(results)


def test_hugging_face_reads_what_was_registered_and_nothing_else():
    read = hub.ModelCard(card_markdown(model_card(facts(*TOLD))), ignore_metadata_errors=False).data
    assert (read.license, read.language, read.base_model) == ("apache-2.0", ["en"], "example/net-7b")
    assert read.datasets == ["example/calls"]
    bare = hub.ModelCard(card_markdown(cards()[0]), ignore_metadata_errors=False).data
    assert (bare.license, bare.language, bare.base_model, bare.datasets) == (None, None, None, None)


def test_hugging_face_reads_the_card_of_a_data_set():
    read = hub.DatasetCard(card_markdown(dataset_card(facts(*TOLD), "calls")), ignore_metadata_errors=False)
    assert (read.data.license, read.data.language, read.data.pretty_name) == ("cc-by-4.0", ["en", "fi"], "calls")
    made = hub.DatasetCard(card_markdown(dataset_card(facts(*TOLD), "talks")), ignore_metadata_errors=False)
    assert (made.data.license, made.data.source_datasets) == (None, ["example/calls"])
    assert hub.DatasetCardData(**made.data.to_dict()).to_dict() == made.data.to_dict()
    assert "**Gap:** Under which license" in made.text


def test_the_bill_keeps_to_the_schema():
    books = Books([Kept(one, seq, one.at) for seq, one in enumerate(TOLD, 1)], upto=len(TOLD))
    registry = registry_of(books, facts().policy, end=9)
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    for made in cards():
        bill = bill_of_materials(registry, {SYSTEM: made}, organisation="X", asof=made.asof, version="0")
        assert validator.validate_str(json.dumps(bill)) is None
        assert any(one.get("licenses") for one in bill["components"])
    assert validator.validate_str(json.dumps({**bill, "components": [{"name": "no type"}]})) is not None
