"""Taggers of other people, for real: Presidio's patterns, and a token classifier with weights drawn at random."""

import socket
import string

import pytest

from trimtab.detect import look
from trimtab.errors import TrimtabError
from trimtab.kinds import Context, plugins

pytestmark = pytest.mark.integration
CONTEXT = Context(origin="user")


class TestPresidio:
    @pytest.fixture(autouse=True)
    def _installed_and_cut_off(self, monkeypatch):
        pytest.importorskip("presidio_analyzer")

        def refuse(*_):
            raise AssertionError("it wanted to connect")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

    def test_its_patterns_find_what_has_a_shape_without_any_model(self):
        detector = plugins.make("detectors", "presidio", model="")
        text = "Mail ana.solberic42@example.org, or pay with 4111 1111 1111 1111 on 3 May."
        found = {(f.label, text[f.start : f.end]) for f in look(detector, text, CONTEXT)}
        assert ("personal.email", "ana.solberic42@example.org") in found
        assert ("personal.card", "4111 1111 1111 1111") in found
        assert look(detector, "The meeting is about the budget.", CONTEXT) == []

    def test_a_type_can_be_left_out(self):
        detector = plugins.make("detectors", "presidio", model="", labels={"EMAIL_ADDRESS": ""})
        assert look(detector, "Mail ana.solberic42@example.org.", CONTEXT) == []

    def test_a_pipeline_that_is_not_installed_is_an_error_and_no_download(self):
        detector = plugins.make("detectors", "presidio", model="xx_no_such_pipeline")
        with pytest.raises(TrimtabError, match="does not load"):
            look(detector, "Mail ana.solberic42@example.org.", CONTEXT)

    def test_an_installed_pipeline_finds_names(self):
        spacy = pytest.importorskip("spacy")
        installed = [name for name in spacy.util.get_installed_models() if name.startswith("en_")]
        if not installed:
            pytest.skip("no English pipeline of spaCy is installed")
        detector = plugins.make("detectors", "presidio", model=installed[0])
        text = "My name is John Miller and I live in London."
        found = {(f.label, text[f.start : f.end]) for f in look(detector, text, CONTEXT)}
        assert ("personal.name", "John Miller") in found
        assert ("personal.location", "London") in found


class TestTransformers:
    @pytest.fixture
    def folder(self, tmp_path):
        torch = pytest.importorskip("torch")
        transformers = pytest.importorskip("transformers")
        torch.manual_seed(3)
        signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *string.ascii_lowercase, *string.digits]
        (tmp_path / "vocab.txt").write_text("\n".join([*signs, *(f"##{sign}" for sign in signs[5:])]), encoding="utf-8")
        transformers.BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
        kinds = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
        config = transformers.BertConfig(
            vocab_size=2 * len(signs) - 5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=64, id2label=dict(enumerate(kinds)), label2id={k: n for n, k in enumerate(kinds)},
        )  # fmt: skip
        transformers.BertForTokenClassification(config).save_pretrained(tmp_path)
        return str(tmp_path)

    def test_a_text_longer_than_the_model_reads_is_read_to_its_end(self, folder):
        detector = plugins.make("detectors", "transformers-ner", model=folder, confidence=0.0)
        text = " ".join(f"word{number}" for number in range(120))
        found = look(detector, text, CONTEXT)
        assert {f.label for f in found} <= {"personal.name", "personal.location", "personal.o"}
        assert max(f.end for f in found) > len(text) - 40
