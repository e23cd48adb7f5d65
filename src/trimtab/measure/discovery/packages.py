"""Applications that are built with a model: lists of packages in which a library for models stands.

What is read: `requirements*.txt`, `pyproject.toml`, `environment.yml`, `package.json`. A library in a list says that an
application can ask a model, not that it does, and so the note says.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from trimtab.measure.discovery.found import Found, Notebook, Scan, plain, said
from trimtab.measure.discovery.manifest_files import MOST_BYTES, UnreadableManifestError, documents
from trimtab.measure.discovery.walk import files_below, shown, why

LIBRARIES: Mapping[str, str] = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "@anthropic-ai/sdk": "Anthropic",
    "mistralai": "Mistral",
    "@mistralai/mistralai": "Mistral",
    "cohere": "Cohere",
    "cohere-ai": "Cohere",
    "google-genai": "Google",
    "@google/genai": "Google",
    "google-generativeai": "Google",
    "@google/generative-ai": "Google",
    "groq": "Groq",
    "together": "Together",
    "replicate": "Replicate",
    "ollama": "",
    "litellm": "",
    "langchain": "",
    "llama-index": "",
    "llamaindex": "",
    "haystack-ai": "",
    "transformers": "",
    "@huggingface/inference": "",
    "sentence-transformers": "",
    "vllm": "",
    "llama-cpp-python": "",
    "ctransformers": "",
    "onnxruntime": "",
    "semantic-kernel": "",
    "crewai": "",
    "pydantic-ai": "",
}
"""A library for models -> who provides the models behind it, where that is one company."""

_NAMES = re.compile(r"requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|environment\.ya?ml|package\.json")
_SUFFIXES = frozenset({".txt", ".in", ".toml", ".yml", ".yaml", ".json"})
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")


def packages(path: Path) -> Scan:
    """Applications below a folder, or of one list of packages, that name a library for models."""
    notebook = Notebook()
    if path.is_dir():
        for file, _ in files_below(path, notebook, wanted=_SUFFIXES):
            if _NAMES.fullmatch(file.name):
                _file(file, shown(file, path), notebook)
    else:
        notebook.looked += 1
        _file(path, plain(path.name), notebook)
    return notebook.scan("packages", str(path))


def _file(path: Path, where: str, notebook: Notebook) -> None:
    try:
        name, listed = _read(path)
    except OSError as error:
        notebook.miss(where, why(error))
        return
    except UnreadableManifestError as error:
        notebook.miss(where, str(error))
        return
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, orjson.JSONDecodeError, RecursionError):
        notebook.miss(where, "is not what its name says")
        return
    used = sorted({key for one in listed if (key := _key(one)) in LIBRARIES})
    if not used:
        return
    name = plain(name or path.resolve().parent.name)
    providers = sorted({LIBRARIES[one] for one in used} - {""})
    notebook.add(
        Found(
            kind="system",
            name=name,
            digest=said(["packages", name, used]),
            where=where,
            provider=", ".join(providers),
            notes=(f"its packages can ask models: {', '.join(used)}",),
        )
    )


def _key(name: str) -> str:
    return name.lower() if name.startswith("@") else re.sub(r"[-_.]+", "-", name).lower()


def _read(path: Path) -> tuple[str, list[str]]:
    """The name that a list gives its application, if it does, and the packages in it."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UnreadableManifestError(f"is larger than {MOST_BYTES // 2**20} MiB")
    if path.name == "package.json":
        return _javascript(orjson.loads(data))
    if path.suffix == ".toml":
        return _project(tomllib.loads(data.decode()))
    if path.suffix in {".yml", ".yaml"}:
        found = next(iter(documents(path)), None)
        listed = _strings(found.get("dependencies")) if isinstance(found, dict) else ()
        return "", [one.partition("=")[0] for text in listed for one in _requirements(text)]
    return "", list(_requirements(data.decode("utf-8-sig")))


def _requirements(text: str) -> Iterator[str]:
    for line in text.splitlines():
        found = _REQUIREMENT.match(line)
        if found:
            yield found[1]


def _project(data: Mapping[str, Any]) -> tuple[str, list[str]]:
    project = _object(data.get("project"))
    poetry = _object(_object(data.get("tool")).get("poetry"))
    texts = [
        *_strings(project.get("dependencies")),
        *_strings(list(_object(project.get("optional-dependencies")).values())),
        *_object(poetry.get("dependencies")),
    ]
    name = project.get("name") or poetry.get("name")
    return (name if isinstance(name, str) else ""), [one for text in texts for one in _requirements(text)]


def _javascript(data: Any) -> tuple[str, list[str]]:
    found = _object(data)
    name = found.get("name")
    listed = [*_object(found.get("dependencies")), *_object(found.get("devDependencies"))]
    return (name if isinstance(name, str) else ""), listed


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> Iterator[str]:
    """All texts in nested lists and mappings of lists (conda puts those for pip in one)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
