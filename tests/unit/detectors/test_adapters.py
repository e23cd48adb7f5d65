"""Other people's taggers under our labels. Their packages are not installed here, so small stand-ins have their interface.

What runs for real is in `tests/integration/test_other_taggers.py`.
"""

import pickle
import sys
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.builtin.detectors import gliner, presidio, transformers_ner
from trimtab.builtin.detectors.entities import OURS, checked, folded, ours, pieces
from trimtab.errors import DetectorError, MissingPackageError, PluginError
from trimtab.kinds import Finding, plugins

SECRET = "Priya Ramanathan"
TEXT = f"My name is {SECRET} and I live in Rotterdam."
NAME = Finding(label="personal.name", start=11, end=27, confidence=0.9)
ADAPTERS = {"presidio": {"model": ""}, "gliner": {"model": "folder"}, "transformers-ner": {"model": "folder"}}


def module(name, **held):
    made = ModuleType(name)
    vars(made).update(held)
    return made


@pytest.fixture(autouse=True)
def _forget():
    caches = (presidio._analyzer, gliner._model, transformers_ner._pipeline)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


# -- labels and pieces -------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "label"),
    [("PERSON", "personal.name"), ("B-PER", "personal.name"), ("Street address", "personal.address"), ("DATE_TIME", ""),
     ("GPE", "personal.location"), ("EMAIL_ADDRESS", "personal.email"), ("Shoe size", "personal.shoe-size"), ("", "")],
)  # fmt: skip
def test_what_they_call_our_labels(theirs, label):
    assert ours(theirs, {}) == label


def test_a_mapping_of_the_user_comes_first():
    assert ours("DATE_TIME", checked({"date-time": "personal.date"})) == "personal.date"
    assert ours("PERSON", checked({"Person": ""})) == ""
    for wrong in ("Personal.Name", "a.b.c", "a b"):
        with pytest.raises(ValueError, match="is no label"):
            checked({"PERSON": wrong})


def test_the_table_is_folded_and_maps_to_labels():
    assert all(folded(theirs) == theirs for theirs in OURS)
    assert checked(OURS) == dict(OURS)


@given(st.text(alphabet="ab \n\t", max_size=400), st.integers(1, 5))
def test_every_run_of_shared_words_lies_in_one_piece(text, shared):
    cut = list(pieces(text, most=shared * 3, shared=shared))
    for at, piece in cut:
        assert text[at : at + len(piece)] == piece
        assert len(piece.split()) <= shared * 3
    words = text.split()
    if max(map(len, words), default=0) <= 64:
        runs = [words[at : at + shared] for at in range(max(1, len(words) - shared + 1))] if words else []
        held = [piece.split() for _, piece in cut]
        for run in runs:
            assert any(run == part[at : at + len(run)] for part in held for at in range(len(part)))


# -- all three -----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_they_are_picklable_and_have_their_settings_checked(name):
    detector = plugins.make("detectors", name, **ADAPTERS[name])
    assert pickle.loads(pickle.dumps(detector)) == detector  # our own bytes
    assert detector.name == name
    for wrong in ({"confidence": 1.5}, {"labels": {"PERSON": "Not A Label"}}):
        with pytest.raises(PluginError):
            plugins.make("detectors", name, **(ADAPTERS[name] | wrong))


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_a_package_that_is_missing_is_named_with_its_extra(name, monkeypatch, tmp_path):
    for package in (
        "presidio_analyzer",
        "presidio_analyzer.nlp_engine",
        "spacy",
        "tldextract",
        "gliner",
        "torch",
        "transformers",
    ):
        monkeypatch.setitem(sys.modules, package, None)
    fields = ADAPTERS[name] if name == "presidio" else {"model": str(tmp_path)}
    with pytest.raises(MissingPackageError, match="trimtab\\["):
        plugins.make("detectors", name, **fields).find(TEXT)


@pytest.mark.parametrize("name", ["gliner", "transformers-ner"])
def test_a_model_that_is_no_folder_is_never_looked_for_elsewhere(name):
    with pytest.raises(DetectorError, match="not downloaded"):
        plugins.make("detectors", name, model="somebody/some-model").find(TEXT)


# -- Presidio ------------------------------------------------------------------------


def with_presidio(monkeypatch, answer, load=lambda model: f"pipeline {model}"):
    seen = SimpleNamespace(engine=None)

    class SpacyNlpEngine:
        def __init__(self, models):
            self.models = models

    class AnalyzerEngine:
        def __init__(self, nlp_engine, supported_languages):
            seen.engine, seen.languages = nlp_engine, supported_languages

        analyze = staticmethod(answer)

    monkeypatch.setitem(sys.modules, "presidio_analyzer", module("presidio_analyzer", AnalyzerEngine=AnalyzerEngine))
    engines = module("presidio_analyzer.nlp_engine", SpacyNlpEngine=SpacyNlpEngine)
    monkeypatch.setitem(sys.modules, "presidio_analyzer.nlp_engine", engines)
    monkeypatch.setitem(sys.modules, "spacy", module("spacy", load=load, blank=lambda language: f"blank {language}"))
    extractors = SimpleNamespace(TLD_EXTRACTOR="one that connects")
    offline = module("tldextract", tldextract=extractors, TLDExtract=lambda **options: options)
    monkeypatch.setitem(sys.modules, "tldextract", offline)
    seen.extractors = extractors
    return seen


def result(kind, start, end, score):
    return SimpleNamespace(entity_type=kind, start=start, end=end, score=score)


def test_presidio_speaks_our_labels(monkeypatch):
    def analyze(text, language, score_threshold):
        assert (text, language, score_threshold) == (TEXT, "en", 0.35)
        return [result("PERSON", 11, 27, 0.9), result("DATE_TIME", 0, 2, 1.0), result("LOCATION", 42, 51, 1.0000001)]

    seen = with_presidio(monkeypatch, analyze)
    found = presidio.PresidioDetector(model="").find(TEXT)
    assert found == [NAME, Finding(label="personal.location", start=42, end=51)]
    assert seen.engine.nlp == {"en": "blank en"}
    assert seen.languages == ["en"]
    assert seen.extractors.TLD_EXTRACTOR == {"suffix_list_urls": (), "cache_dir": None}


def test_presidio_uses_the_pipeline_that_is_installed_and_downloads_none(monkeypatch):
    seen = with_presidio(monkeypatch, lambda **_: [])
    assert presidio.PresidioDetector(model="de_core", language="de").find(TEXT) == []
    assert seen.engine.nlp == {"de": "pipeline de_core"}

    def load(model):
        raise OSError("not found")

    presidio._analyzer.cache_clear()
    with_presidio(monkeypatch, lambda **_: [], load)
    with pytest.raises(DetectorError, match="does not load"):
        presidio.PresidioDetector(model="de_core", language="de").find(TEXT)


def test_presidio_that_breaks_has_not_looked_and_its_message_is_not_passed_on(monkeypatch):
    def analyze(text, **_):
        raise RuntimeError(text)

    with_presidio(monkeypatch, analyze)
    with pytest.raises(DetectorError, match="RuntimeError") as caught:
        presidio.PresidioDetector(model="").find(TEXT)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


# -- GLiNER ---------------------------------------------------------------------------


def with_gliner(monkeypatch, predict):
    class GLiNER:
        @classmethod
        def from_pretrained(cls, folder, *, local_files_only):
            assert local_files_only
            return cls()

        predict_entities = staticmethod(predict)

    monkeypatch.setitem(sys.modules, "gliner", module("gliner", GLiNER=GLiNER))


def test_gliner_reads_all_of_a_long_text_and_says_everything_once(monkeypatch, tmp_path):
    asked = []

    def predict(text, labels, threshold):
        asked.append(text)
        assert len(text.split()) <= 60
        assert labels == ["person"]
        spots = [at for at in range(len(text)) if text.startswith("Ana Bo", at)]
        return [{"start": at, "end": at + 6, "label": "person", "score": 0.8, "text": "Ana Bo"} for at in spots]

    with_gliner(monkeypatch, predict)
    text = ("one two three four five " * 11 + "Ana Bo ") * 4
    found = gliner.GlinerDetector(model=str(tmp_path), entities=("person",), words=60).find(text)
    assert len(asked) > 3
    assert [text[f.start : f.end] for f in found] == ["Ana Bo"] * 4
    assert len({f.start for f in found}) == 4


def test_gliner_that_breaks_has_not_looked(monkeypatch, tmp_path):
    def predict(text, labels, threshold):
        raise KeyError(text)

    with_gliner(monkeypatch, predict)
    with pytest.raises(DetectorError, match="KeyError") as caught:
        gliner.GlinerDetector(model=str(tmp_path)).find(TEXT)
    assert SECRET not in str(caught.value)
    for wrong in ({"model": ""}, {"entities": ()}, {"words": 10}):
        with pytest.raises(ValueError):
            gliner.GlinerDetector(**({"model": "x"} | wrong))


# -- transformers -----------------------------------------------------------------------


def with_transformers(monkeypatch, classify, *, longest=512):
    made = SimpleNamespace(tokenizer=SimpleNamespace(model_max_length=10**30), options=None)

    class Loader:
        def __init__(self, value):
            self.value = value

        def from_pretrained(self, folder, *, local_files_only, trust_remote_code, **_):
            assert local_files_only
            assert not trust_remote_code
            return self.value

    def pipeline(task, **options):
        assert task == "token-classification"
        made.options = options
        return classify

    held = module(
        "transformers",
        AutoTokenizer=Loader(made.tokenizer),
        AutoModelForTokenClassification=Loader(
            SimpleNamespace(config=SimpleNamespace(max_position_embeddings=longest))
        ),
        pipeline=pipeline,
    )
    monkeypatch.setitem(sys.modules, "transformers", held)
    monkeypatch.setitem(sys.modules, "torch", module("torch"))
    return made


def test_transformers_speak_our_labels(monkeypatch, tmp_path):
    def classify(text):
        return [
            {"entity_group": "PER", "score": 0.9, "start": 11, "end": 27, "word": SECRET},
            {"entity_group": "LOC", "score": 0.4, "start": 42, "end": 51, "word": "Rotterdam"},
            {"entity_group": "MISC", "score": 0.9, "start": 0, "end": 2, "word": "My"},
        ]

    made = with_transformers(monkeypatch, classify)
    detector = transformers_ner.TransformersNerDetector(model=str(tmp_path))
    assert detector.find(TEXT) == [NAME]
    assert detector.find(" \n") == []
    assert made.tokenizer.model_max_length == 510  # so that what is longer goes in pieces instead of being cut off
    assert made.options["stride"] == 32


def test_transformers_that_break_have_not_looked(monkeypatch, tmp_path):
    def classify(text):
        raise ValueError(text)

    with_transformers(monkeypatch, classify)
    with pytest.raises(DetectorError, match="ValueError") as caught:
        transformers_ner.TransformersNerDetector(model=str(tmp_path)).find(TEXT)
    assert SECRET not in str(caught.value)
    for wrong in ({"model": ""}, {"stride": 0}):
        with pytest.raises(ValueError):
            transformers_ner.TransformersNerDetector(**({"model": "x"} | wrong))
