"""What lies in folders is found by name and header, never loaded; what cannot be read is stated, never nothing."""

import json
import os
import pickle
import sqlite3
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.evidence.entries.registry import likeness
from trimtab.measure.discovery.artefacts import SUFFIXES, artefacts
from trimtab.measure.discovery.found import Found, masked, of_parts
from trimtab.measure.discovery.headers import header_of
from trimtab.measure.discovery.hub_cache import hub_cache
from trimtab.measure.discovery.manifests import manifests
from trimtab.measure.discovery.mlflow_files import mlflow_files
from trimtab.measure.discovery.packages import packages

AS_ROOT = os.geteuid() == 0


def gguf(name: str) -> bytes:
    def text(value: bytes) -> bytes:
        return struct.pack("<Q", len(value)) + value

    keys = [
        text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama"),
        text(b"general.file_type") + struct.pack("<II", 4, 7),
        text(b"general.name") + struct.pack("<I", 8) + text(name.encode()),
    ]
    return struct.pack("<4sIQQ", b"GGUF", 3, 0, len(keys)) + b"".join(keys)


def safetensors(size: int = 8) -> bytes:
    head = json.dumps({"__metadata__": {"format": "pt"}, "w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})
    return struct.pack("<Q", len(head)) + head.encode() + b"\1" * size


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (self.mark, "w")


@pytest.fixture
def shelf(tmp_path):
    folder = tmp_path / "shelf"
    (folder / "triage").mkdir(parents=True)
    (folder / "triage" / "model-00001-of-00002.safetensors").write_bytes(safetensors(8))
    (folder / "triage" / "model-00002-of-00002.safetensors").write_bytes(safetensors(16))
    (folder / "small.gguf").write_bytes(gguf("Small 135M"))
    (folder / "scorer.onnx").write_bytes(b"\x08\x07\x12\x04test")
    (folder / "old.pkl").write_bytes(pickle.dumps(Bomb(str(tmp_path / "ran"))))
    (folder / "firmware.bin").write_bytes(b"\0\1\2\3")
    (folder / "notes.txt").write_text("no model")
    return folder


def names(scan):
    return {one.name for one in scan.found}


def test_a_folder_of_artefacts_is_read_without_running_anything(shelf, tmp_path):
    scan = artefacts(shelf)
    assert names(scan) == {"triage", "small", "scorer", "old"}
    assert scan.whole
    by_name = {one.name: one for one in scan.found}
    assert all(one.digest.startswith("sha256:") for one in scan.found)
    assert any("pickle" in note for note in by_name["old"].notes)
    assert not (tmp_path / "ran").exists()
    assert all(str(tmp_path) not in repr(one) for one in scan.found)  # no home is told


def test_identity_follows_the_bytes_and_a_quick_one_says_that_it_is_weaker(shelf):
    def digest(**how):
        return {one.name: one.digest for one in artefacts(shelf, **how).found}["triage"]

    whole, quick = digest(), digest(quick=True)
    assert quick.startswith("head:")
    second = shelf / "triage" / "model-00002-of-00002.safetensors"
    second.write_bytes(second.read_bytes()[:-1] + b"\2")
    assert digest() != whole
    assert of_parts([("a", "sha256:1"), ("b", "head:2")]).startswith("head:")


def test_progress_tells_how_far_a_large_file_has_come(shelf):
    told = []
    artefacts(shelf, progress=lambda name, done, size: told.append((name, done, size)))
    assert ("small.gguf", len(gguf("Small 135M")), len(gguf("Small 135M"))) in told


def test_loops_of_links_broken_links_and_twice_named_files(shelf):
    (shelf / "again").symlink_to(shelf)  # a folder that contains itself
    (shelf / "twin.gguf").symlink_to(shelf / "small.gguf")
    (shelf / "gone.gguf").symlink_to(shelf / "nowhere")
    (shelf / "round.pt").symlink_to(shelf / "round.pt")
    os.mkfifo(shelf / "pipe.pt")
    scan = artefacts(shelf)
    assert names(scan) == {"triage", "small", "scorer", "old"}
    assert {one.where: one.why for one in scan.unseen} == {
        "shelf/gone.gguf": "cannot be read (No such file or directory)",
        "shelf/round.pt": "is a link that leads to itself",
    }
    assert not scan.whole


@pytest.mark.parametrize("look", [artefacts, hub_cache, manifests, mlflow_files, packages])
def test_a_place_that_is_not_there_is_not_empty(look, tmp_path):
    scan = look(tmp_path / "missing")
    assert not scan.found
    assert not scan.whole


@pytest.mark.skipif(AS_ROOT, reason="root may enter every folder")
@pytest.mark.parametrize("look", [artefacts, hub_cache, manifests, packages])
def test_a_folder_that_may_not_be_entered_is_not_empty(look, tmp_path):
    closed = tmp_path / "shelf" / "models--a--b"
    closed.mkdir(parents=True)
    closed.chmod(0)
    try:
        assert not look(tmp_path / "shelf").whole
    finally:
        closed.chmod(0o700)


def test_a_folder_that_cannot_be_walked_is_stated(shelf, monkeypatch):
    """As above, for a user who may enter everything: the system call itself fails."""
    real = os.scandir

    def scandir(path):
        if str(path).endswith("triage"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    scan = artefacts(shelf)
    assert [(one.where, one.why) for one in scan.unseen] == [("shelf/triage", "cannot be read (Permission denied)")]


@pytest.mark.parametrize(
    ("head", "suffix", "note"),
    [
        (b"", ".safetensors", "its header cannot be read"),
        (struct.pack("<Q", 2**60), ".safetensors", "its header cannot be read"),
        (struct.pack("<Q", 20) + b"{" * 20, ".safetensors", "its header cannot be read"),
        (b"GGUF", ".gguf", "its header cannot be read"),
        (struct.pack("<4sIQQ", b"GGUF", 3, 0, 2**60) + b"\xff" * 40, ".gguf", "its header cannot be read"),
        (b"MZ", ".gguf", "does not begin as GGUF does"),
        (b"MZ", ".pt", "does not begin as a torch file does"),
        (b"MZ", ".onnx", "does not begin as ONNX does"),
    ],
)
def test_a_damaged_or_disguised_file_is_still_found(head, suffix, note):
    header = header_of(head, suffix, len(head))
    assert header is not None
    assert note in header.notes


def test_the_cache_of_a_hub_states_strong_identities(tmp_path):
    hub = tmp_path / "hub"
    repository = hub / "models--org--small-model"
    (repository / "blobs").mkdir(parents=True)
    blob = "ab" * 32
    (repository / "blobs" / blob).write_bytes(safetensors())
    revision = repository / "snapshots" / "c0ffee"
    revision.mkdir(parents=True)
    (revision / "model.safetensors").symlink_to(repository / "blobs" / blob)
    (hub / "datasets--org--questions" / "snapshots" / "d00d").mkdir(parents=True)
    (hub / "models--org--begun" / "blobs").mkdir(parents=True)
    found = {one.name: one for one in hub_cache(hub).found}
    assert set(found) == {"org/small-model", "org/questions"}
    assert found["org/small-model"].digest == f"sha256:{blob}"
    assert found["org/small-model"].version == "c0ffee"
    assert found["org/questions"].kind == "dataset"
    assert found["org/questions"].digest.startswith("said:")


def test_mlflow_is_read_from_its_database_and_from_its_folder(tmp_path):
    database = tmp_path / "mlflow.db"
    with sqlite3.connect(database) as store:
        store.executescript(
            "CREATE TABLE model_versions (name, version, run_id, source);"
            "INSERT INTO model_versions VALUES ('triage', 1, 'r1', 'runs:/r1/model'), ('triage', 2, '', 's3://b/m');"
            "CREATE TABLE registered_model_aliases (name, alias, version);"
            "INSERT INTO registered_model_aliases VALUES ('triage', 'champion', 2);"
            "CREATE TABLE datasets (dataset_uuid, name, digest);"
            "INSERT INTO datasets VALUES ('d1', 'questions', 'abcd1234');"
            "CREATE TABLE inputs (source_type, source_id, destination_type, destination_id);"
            "INSERT INTO inputs VALUES ('DATASET', 'd1', 'RUN', 'r1');"
        )
    store.close()
    version = tmp_path / "mlruns" / "models" / "triage" / "version-1"
    version.mkdir(parents=True)
    (version / "meta.yaml").write_text("name: triage\nversion: 1\nrun_id: r1\nsource: runs:/r1/model\n")
    (version.parent / "aliases").mkdir()
    (version.parent / "aliases" / "champion").write_text("1")

    from_database = {(one.kind, one.name, one.version): one for one in mlflow_files(database).found}
    assert set(from_database) == {
        ("model", "triage", "1"),
        ("model", "triage", "2"),
        ("dataset", "questions", "abcd1234"),
    }
    assert from_database["model", "triage", "1"].made_from == ("questions",)
    assert "alias champion" in from_database["model", "triage", "2"].notes
    [from_folder] = mlflow_files(tmp_path / "mlruns").found
    assert from_folder.digest == from_database["model", "triage", "1"].digest
    assert "alias champion" in from_folder.notes

    (version / "meta.yaml").write_text("a: &a [*a]")
    assert [one.where for one in mlflow_files(tmp_path / "mlruns").unseen] == [
        "mlruns/models/triage/version-1/meta.yaml"
    ]


COMPOSE = """
services:
  llm:
    image: vllm/vllm-openai:v0.8.4
    command: --model org/small-model --max-model-len 4096
    environment: {HF_TOKEN: hf_abcdefghijklmnop1234, DB_PASSWORD: hunter2}
  worker:
    image: example/worker:1
    environment:
      - CHAT_MODEL=${CHAT_MODEL:-gpt-small}
      - MODEL_API_KEY=sk-abcdefghijklmnop12345678
      - SECRET_MODEL=hunter2
      - EMBEDDING_MODEL
  web: {image: "nginx:1"}
"""
KUBERNETES = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: triage}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/huggingface/text-generation-inference:2.4
          args: ["--model-id", "org/triage-7b"]
          env:
            - {name: LLM, valueFrom: {secretKeyRef: {name: s, key: k}}}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {MODEL_ID: org/hidden}
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: scorer}
spec: {predictor: {model: {storageUri: "s3://models/scorer?sig=hunter2"}}}
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {MODEL_NAME: org/from-settings, COLOUR: red}}
"""


def test_manifests_tell_systems_and_models_and_no_secret(tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "k8s.yml").write_text(KUBERNETES)
    (tmp_path / "other.yaml").write_text("just: settings\n")
    scan = manifests(tmp_path)
    found = {(one.kind, one.name): one for one in scan.found}
    assert {name for kind, name in found if kind == "system"} == {
        "llm",
        "worker",
        "triage/server",
        "scorer",
        "settings",
    }
    assert {name for kind, name in found if kind == "model"} == {
        "org/small-model", "gpt-small", "org/triage-7b", "s3://models/scorer", "org/from-settings",
    }  # fmt: skip
    assert found["system", "llm"].made_from == ("org/small-model",)
    assert found["system", "llm"].version == "v0.8.4"
    assert any("set elsewhere (EMBEDDING_MODEL)" in note for note in found["system", "worker"].notes)
    assert scan.whole
    for secret in ("hunter2", "hf_abc", "sk-abc", "hidden"):
        assert secret not in repr(scan)


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LAUGHS, "once aliases are expanded"),
        ("services: " + "[" * 5000, "nests deeper"),
        ("a0: &a0 x\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000)), "nests deeper"),
        ("a: &a {services: *a}", "contains an alias to itself"),
        ("services: {{ .Values.x }}", "a template that is not filled in"),
        ('services: {a: {image: "{{ .Values.image }}"}}', "the image of a is set elsewhere"),
        ("services:\n  llm: {image: 'x\n", "is not YAML"),
        ("just: settings", "is neither a compose file nor"),
        ("x: " + "a" * (4 * 1024 * 1024), "is larger than"),
        (b"\xff\xfe\x00", "is not UTF-8"),
    ],
    ids=["laughs", "deep", "deep aliases", "loop", "template", "image", "cut", "other", "large", "bytes"],
)
def test_a_manifest_that_cannot_be_read_is_stated(tmp_path, text, why):
    path = tmp_path / "compose.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    scan = manifests(path)
    assert not scan.found
    assert why in scan.unseen[0].why


@given(
    start=st.sampled_from([b"", b"GGUF", b"GGUF\3\0\0\0", b"\x40\0\0\0\0\0\0\0{", b"PK\3\4"]),
    rest=st.binary(max_size=80),
)
def test_no_header_makes_the_reading_fail(start, rest):
    for suffix in SUFFIXES:
        header_of(start + rest, suffix, len(start + rest))


@given(
    text=st.lists(
        st.sampled_from(
            [
                "a:",
                " b",
                "\n",
                "- ",
                "&x ",
                "*x",
                "{",
                "}",
                "[",
                "]",
                "<<: ",
                "!!t ",
                "'",
                '"',
                "? ",
                "---",
                "\t",
                "\x00",
            ]
        ),
        max_size=12,
    )
)
def test_no_manifest_makes_the_reading_fail(text, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text("services:\n" + "".join(text))
    manifests(path)


def test_lists_of_packages_tell_who_can_ask_models(tmp_path):
    for folder in ("bot", "page", "plain", "lab", "broken"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bot" / "pyproject.toml").write_text(
        '[project]\nname = "answer-bot"\ndependencies = ["openai>=1", "numpy"]\n'
    )
    (tmp_path / "page" / "package.json").write_text('{"name": "web", "dependencies": {"@anthropic-ai/sdk": "1"}}')
    (tmp_path / "plain" / "requirements.txt").write_text("# openai\nnumpy==2\n-r other.txt\n")
    (tmp_path / "lab" / "environment.yml").write_text("dependencies: [python=3.11, {pip: [Sentence_Transformers==3]}]")
    (tmp_path / "broken" / "pyproject.toml").write_text("[project\n")
    scan = packages(tmp_path)
    assert {one.name: one.provider for one in scan.found} == {"answer-bot": "OpenAI", "web": "Anthropic", "lab": ""}
    assert [one.where for one in scan.unseen] == [f"{tmp_path.name}/broken/pyproject.toml"]


def test_names_are_matched_as_people_write_them():
    assert likeness("org/Llama-3_8B.gguf") == likeness("llama 3 8b")
    assert likeness("triage") != likeness("triage-2")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://user:hunter2@host:8000/v1?key=hunter2#x", "https://host:8000/v1"),
        ("http://host", "http://host"),
        ("user:hunter2@host", "an address that cannot be read"),
        ("http://[bad", "an address that cannot be read"),
    ],
)
def test_addresses_are_shown_without_what_may_be_secret(address, shown):
    assert masked(address) == shown


def test_found_says_nothing_it_does_not_know():
    assert Found(kind="model", name="x").digest == ""
