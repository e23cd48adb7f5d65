"""Docker compose and Kubernetes manifests: which containers serve models, and which models.

What is read: images, arguments, and environment variables whose names speak of a model. Variables whose names or values
look like a secret are not looked at, nor are objects of kind Secret, so nothing of them can be shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.measure.discovery.found import Found, Notebook, Scan, plain, said
from trimtab.measure.discovery.manifest_files import UnreadableManifestError, documents
from trimtab.measure.discovery.walk import files_below, shown
from trimtab.policy.secrecy import is_a_secret, names_a_secret

SUFFIXES = frozenset({".yaml", ".yml"})
SERVERS: Mapping[str, str] = {
    "vllm": "vLLM",
    "text-generation-inference": "Text Generation Inference",
    "text-embeddings-inference": "Text Embeddings Inference",
    "ollama": "Ollama",
    "tritonserver": "Triton",
    "nim": "NVIDIA NIM",
    "sglang": "SGLang",
    "llama.cpp": "llama.cpp",
    "localai": "LocalAI",
    "torchserve": "TorchServe",
    "tensorflow/serving": "TensorFlow Serving",
    "model_server": "OpenVINO Model Server",
    "litellm": "LiteLLM",
    "mlserver": "MLServer",
    "ray-llm": "Ray",
    "xinference": "Xinference",
}
"""Part of an image's name -> the server of models that it is."""

_NAMED_MODEL = re.compile(r"(^|_)(MODEL|MODELS|LLM)(_(ID|NAME|PATH|URI|REPO|FILE|DIR))?$|DEPLOYMENT_NAME$")
_OPTIONS = frozenset({"--model", "--model-id", "--model-path", "--model_path", "--model-name", "--model_name", "-m"})
_VERBS = frozenset({"serve", "run", "pull"})
_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_ELSEWHERE = re.compile(r"\$[\w{(]|\{\{")
_WORD = re.compile(r"[A-Za-z0-9](?:[\w.:/@+-]*[\w])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Container:
    """What a manifest says of one container."""

    name: str
    image: str
    words: tuple[str, ...]
    variables: Mapping[str, str | None]
    models: tuple[str, ...] = ()


def manifests(path: Path) -> Scan:
    """Systems and models in a manifest, or in all YAML files of a folder."""
    notebook = Notebook()
    if path.is_dir():
        for file, _ in files_below(path, notebook, wanted=SUFFIXES):
            _file(file, shown(file, path), notebook, named=False)
    else:
        notebook.looked += 1
        _file(path, plain(path.name), notebook, named=True)
    return notebook.scan("manifests", str(path))


def _file(path: Path, where: str, notebook: Notebook, *, named: bool) -> None:
    known = False
    try:
        for document in documents(path):
            if not isinstance(document, dict):
                continue
            compose = isinstance(document.get("services"), dict)
            kubernetes = "apiVersion" in document and "kind" in document
            known = known or compose or kubernetes
            containers = _compose(document) if compose else _kubernetes(document) if kubernetes else ()
            for container in containers:
                _note(container, where, notebook)
    except UnreadableManifestError as error:
        notebook.miss(where, str(error))
        return
    if named and not known:
        notebook.miss(where, "is neither a compose file nor a Kubernetes manifest")


def _note(container: _Container, where: str, notebook: Notebook) -> None:
    image = _DEFAULT.sub(lambda found: found[1], container.image)
    name, _, version = image.partition("@")[0].rpartition(":")
    if _ELSEWHERE.search(
        name or image
    ):  # of an image whose name is not said nothing is known; its tag may be left open
        notebook.miss(where, f"the image of {plain(container.name)} is set elsewhere")
    server = _server(image)
    named, elsewhere = _models(container, serves=bool(server))
    if not (server or named or elsewhere):
        return
    notes = [f"runs {server}"] if server else []
    if elsewhere:
        notes.append(f"its model is set elsewhere ({', '.join(elsewhere)})")
    elif server and not named:
        notes.append("which model it serves is not said here")
    notebook.add(
        Found(
            kind="system",
            name=plain(container.name),
            digest=said(["manifest", container.name, container.image, sorted(named)]),
            version=plain(version) if name and "/" not in version and not _ELSEWHERE.search(version) else "",
            where=where,
            made_from=tuple(named),
            notes=tuple(notes),
        )
    )
    for model in named:
        notebook.add(Found(kind="model", name=model, digest=said(["manifest", model]), where=where))


def _server(image: str) -> str:
    name = image.lower().partition("@")[0]
    parts = re.split(r"[/:]", name)
    for key, server in SERVERS.items():
        if (key in name) if len(key) > 4 or "/" in key else (key in parts):
            return server
    return ""


def _models(container: _Container, *, serves: bool) -> tuple[list[str], list[str]]:
    """Names of models, and names of variables that would tell and are set elsewhere."""
    named, elsewhere = list(container.models), []
    for name, value in container.variables.items():
        if not _NAMED_MODEL.search(name.upper()) or names_a_secret(name):
            continue
        told = _told(value)
        if told is None:
            elsewhere.append(plain(name))
        elif told:
            named.append(told)
    for option, value in _arguments(container.words, verbs=serves):
        told = _told(value)
        if told is None:
            elsewhere.append(plain(option))
        elif told:
            named.append(told)
    return list(dict.fromkeys(named)), list(dict.fromkeys(elsewhere))


def _told(value: str | None) -> str | None:
    """The name that a value gives; None where it is set elsewhere, nothing where it is no name or may be a secret."""
    if value is None:
        return None
    value = _DEFAULT.sub(lambda found: found[1], value.strip())
    if _ELSEWHERE.search(value):
        return None
    if is_a_secret(value) or not _WORD.fullmatch(value.lstrip("/.")):
        return ""
    return plain(value)


def _arguments(words: tuple[str, ...], *, verbs: bool) -> Iterator[tuple[str, str]]:
    for number, word in enumerate(words):
        option, equals, value = word.partition("=")
        following = words[number + 1] if number + 1 < len(words) else ""
        if option in _OPTIONS and equals:
            yield option, value
        elif (word in _OPTIONS or (verbs and word in _VERBS)) and following and not following.startswith("-"):
            yield word, following


def _compose(document: Mapping[str, Any]) -> Iterator[_Container]:
    models = document.get("models")
    offered = {name: one.get("model") for name, one in models.items() if isinstance(one, dict)} if isinstance(
        models, dict
    ) else {}  # fmt: skip
    for name, service in document["services"].items():
        if not isinstance(service, dict):
            continue
        used = service.get("models") or []
        names = [offered.get(one) for one in used]
        yield _Container(
            name=name,
            image=_text(service.get("image")),
            words=(*_words(service.get("entrypoint")), *_words(service.get("command"))),
            variables=_variables(service.get("environment")),
            models=tuple(plain(one) for one in names if isinstance(one, str) and not is_a_secret(one)),
        )


def _kubernetes(document: Mapping[str, Any]) -> Iterator[_Container]:
    if document["kind"] == "List":
        for one in document.get("items") or []:
            if isinstance(one, dict) and "kind" in one:
                yield from _kubernetes(one)
        return
    meta = document.get("metadata")
    owner = _text(meta.get("name")) if isinstance(meta, dict) else ""
    if document["kind"] == "ConfigMap":
        # Beside the workload that it configures: only a name of a model makes it known.
        yield _Container(name=owner, image="", words=(), variables=_variables(document.get("data")))
        return
    stored = tuple(_stored(document.get("spec")))
    if stored:
        yield _Container(name=owner, image="", words=(), variables={}, models=stored)
    for container in _containers(document.get("spec")):
        own = _text(container.get("name"))
        yield _Container(
            name=owner if own in {"", owner} else f"{owner}/{own}",
            image=_text(container.get("image")),
            words=(*_words(container.get("command")), *_words(container.get("args"))),
            variables=_variables(container.get("env")),
        )


def _containers(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"containers", "initContainers"} and isinstance(inner, list):
                yield from (one for one in inner if isinstance(one, dict))
            else:
                yield from _containers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _containers(inner)


def _stored(value: Any) -> Iterator[str]:
    """Where inference services say that their model lies (`storageUri`)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "storageUri" and isinstance(inner, str) and not is_a_secret(inner):
                yield plain(inner.partition("?")[0])
            else:
                yield from _stored(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _stored(inner)


def _variables(value: Any) -> dict[str, str | None]:
    """Variables by name, None for one whose value is not written here."""
    if isinstance(value, dict):
        return {name: one if isinstance(one, str) else None for name, one in value.items()}
    found: dict[str, str | None] = {}
    for one in value if isinstance(value, list) else []:
        if isinstance(one, str):  # compose: NAME=VALUE, or NAME alone for one of the shell
            name, equals, written = one.partition("=")
            found[name] = written if equals else None
        elif isinstance(one, dict) and isinstance(one.get("name"), str):
            found[one["name"]] = one["value"] if isinstance(one.get("value"), str) else None
    return found


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.replace("\\\n", " ").split())
    return tuple(str(one) for one in value if one is not None) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
