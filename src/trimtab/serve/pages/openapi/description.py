"""The description of the JSON API, made from the table of pages and the table of forms."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import TypeAdapter

from trimtab import __version__
from trimtab.serve.pages.declared import API, Download, Page, Parameter
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.openapi.forms import SHOWN, form_paths
from trimtab.serve.pages.openapi.parts import AT, SCHEMAS, answer, pages_of_problems, problems
from trimtab.serve.pages.proof.verify import Export
from trimtab.serve.pages.snapshot import Proof

COOKIE = "trimtab"
"""How the cookie of a session is called where nobody says; servers say it, since its name has their port in it."""

_ABOUT = """What the pages show, as JSON, and the forms that programs may send.

`GET` asks for a page: `data` is what it shows, in an envelope that says which row and moment it rests on. `POST` sends
a form and enters it once. Within `v1` fields and operations are added, and none is taken away or given another meaning;
take no notice of fields that you do not know. Moments are microseconds since 1970-01-01 in UTC, money is in hundredths
of the policy's currency."""
_TAGS = {
    "Pages": "What the pages show.",
    "Files": "Files that go with pages, as commands write them.",
    "Forms": "What people and programs enter.",
    "Live": "What is told as it is recorded.",
    "Server": "The server itself.",
}
_ROW = {"type": "integer", "minimum": 0, "description": "The last row of the ledger that counts."}
_ENVELOPE: dict[str, Any] = {
    "row": _ROW,
    "as_of": {"type": "integer", "description": "As of when: microseconds since 1970-01-01, UTC."},
    "current": {
        "type": "boolean",
        "description": "False if rows were added since on which this may depend: what is new is being worked out.",
    },
    "policy": {"type": "string", "description": "Digest of the policy in force.", "pattern": "^sha256:[0-9a-f]{64}$"},
    "ledger": {
        "enum": list(get_args(Proof)),
        "description": "Whether the ledger was verified. Decide nothing by an answer that says anything else.",
    },
}
_TAG = {"ETag": {"required": True, "description": "Changes with all that is answered.", "schema": {"type": "string"}}}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An `ETag` that you have: if nothing changed, the answer is 304 and has no body.",
    "schema": {"type": "string"},
}


def description(pages: Iterable[Page] = PAGES, *, cookie: str = COOKIE) -> dict[str, Any]:
    """The whole document; `cookie` is the name of that of a session."""
    pages = tuple(pages)
    schemas, refs = _schemas({**{page.name: page.shape for page in pages}, "check-export": Export, **SHOWN})
    paths: dict[str, Any] = {page.api: {"get": _page(page, refs[page.name])} for page in pages}
    paths |= {page.file(one): {"get": _download(page, one)} for page in pages for one in page.downloads}
    live = [page for page in pages if page.name == "traffic"]
    paths |= {f"{page.path}/events": {"get": _events(page, refs[page.name])} for page in live}
    paths[f"{API}/verify"]["post"] = _check(refs["check-export"])
    paths |= form_paths(refs) | _server()
    return {
        "openapi": "3.1.0",
        "info": {"title": "trimtab", "version": __version__, "description": _ABOUT},
        "tags": [{"name": name, "description": words} for name, words in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {**SCHEMAS, **schemas},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that the server printed, or one that `trimtab token create` made.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie,
                    "description": "The session of a browser. It is not enough to send a form as JSON.",
                },
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def _schemas(shapes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Schemas of all dataclasses, and where that of each shape is. Two that are called alike are told apart."""
    asks: list[Any] = [(name, "serialization", TypeAdapter(shape)) for name, shape in shapes.items()]
    found, made = TypeAdapter.json_schemas(asks, ref_template=AT)
    defs: dict[str, Any] = made["$defs"]
    for one in defs.values():
        hidden = [name for name in one.get("properties", ()) if name.startswith("_")]  # for what draws the page
        for name in hidden:
            del one["properties"][name]
            one["required"] = [each for each in one.get("required", ()) if each != name]
    names = {name: ".".join(name.split("__")[-2:]) for name in defs}
    twice = Counter(names.values())
    names = {name: short if twice[short] == 1 else name for name, short in names.items()}
    refs = {name: _renamed(one, names) for (name, _), one in found.items()}
    whole = {names[name]: _renamed(one, names) for name, one in defs.items()}
    return _reached(whole, refs.values()), refs


def _renamed(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, dict):
        if isinstance(at := part.get("$ref"), str):
            return {**part, "$ref": AT.format(model=names[at.rpartition("/")[2]])}
        return {name: _renamed(one, names) for name, one in part.items()}
    return [_renamed(one, names) for one in part] if isinstance(part, list) else part


def _reached(schemas: dict[str, Any], begin: Iterable[Any]) -> dict[str, Any]:
    """Only what is referred to: what draws a page is no part of an answer."""
    found: dict[str, Any] = {}
    waiting: list[Any] = list(begin)
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            at = part.get("$ref")
            if isinstance(at, str) and (name := at.rpartition("/")[2]) not in found:
                found[name] = schemas[name]
                waiting.append(schemas[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return dict(sorted(found.items()))


def _page(page: Page, schema: dict[str, Any]) -> dict[str, Any]:
    whole = {
        "type": "object",
        "required": [*_ENVELOPE, "data"],
        "properties": {**_ENVELOPE, "data": schema},
        "additionalProperties": False,
    }
    return {
        **_asked(page, page.name, "Pages"),
        "responses": {"200": answer(page.about, whole, headers=_TAG), **_same(), **problems()},
    }


def _download(page: Page, one: Download) -> dict[str, Any]:
    told = answer(f"`{one.name}`, as a command writes it.", _bytes(one.kind), kind=one.kind, headers=_TAG)
    return {
        **_asked(page, f"{page.name}-{one.name}", "Files"),
        "responses": {"200": told, **_same(), **pages_of_problems()},
    }


def _events(page: Page, schema: dict[str, Any]) -> dict[str, Any]:
    about = "Server-sent events: `traffic`, with the data of the page and the row as its id, and `ended`."
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
    event = {
        "type": "object",
        "description": "One event of the stream.",
        "required": ["event", "data"],
        "properties": {
            "event": {"enum": ["traffic", "ended"]},
            "id": {"type": "string", "pattern": "^[0-9]+$"},
            "data": data,
        },
    }
    heard = {
        "name": "Last-Event-ID",
        "in": "header",
        "required": False,
        "description": "The last row that you heard of: only what came later is told.",
        "schema": {"type": "string"},
    }
    asked = _asked(page, "traffic-events", "Live")
    asked["parameters"] = [*(one for one in asked["parameters"] if one is not _KNOWN), heard]
    ended = {"description": "The server shows an earlier moment, at which nothing happens any more."}
    answers = {"200": answer(about, event, kind="text/event-stream; charset=utf-8"), "204": ended}
    return {**asked, "summary": about, "responses": {**answers, **pages_of_problems()}}


def _check(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "check-export",
        "tags": ["Server"],
        "summary": "Verify an export of a ledger, and look whether it is a beginning of this one.",
        "requestBody": {
            "required": True,
            "description": "What `trimtab ledger export` wrote, up to 64 MiB.",
            "content": {"application/x-ndjson": {"schema": {}}},  # bytes: whether they are an export is what is asked
        },
        "responses": {"200": answer("What was found.", schema), **problems(("413", *_but_404()))},
    }


def _server() -> dict[str, Any]:
    told = {"type": "object", "required": ["openapi", "info", "paths"]}
    fine = {
        "type": "object",
        "required": ["status"],
        "additionalProperties": False,
        "properties": {"status": {"const": "ok"}},
    }
    described = {
        "operationId": "openapi",
        "tags": ["Server"],
        "summary": "This description.",
        "responses": {"200": answer("OpenAPI 3.1.", told), **problems(_but_404())},
    }
    health = {
        "operationId": "health",
        "tags": ["Server"],
        "summary": "Whether it serves; asked by anybody, and says nothing of what.",
        "security": [],
        "responses": {"200": answer("It does.", fine), **pages_of_problems(("421",))},
    }
    return {f"{API}/openapi.json": {"get": described}, "/healthz": {"get": health}}


def _but_404() -> tuple[str, ...]:
    return ("400", "401", "403", "414", "421", "429", "503")


def _asked(page: Page, id_: str, tag: str) -> dict[str, Any]:
    return {
        "operationId": id_,
        "tags": [tag],
        "summary": page.about,
        "parameters": [*(_parameter(one) for one in page.asked), _KNOWN],
        "x-roles": sorted(page.roles),
    }


def _same() -> dict[str, Any]:
    return {"304": {"description": "As it was.", "headers": _TAG}}


def _bytes(kind: str) -> dict[str, Any]:
    return {} if kind.startswith("application/json") else {"type": "string"}


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": "path" if one.in_path else "query",
        "required": one.in_path,
        "description": one.about,
        "schema": {"type": "string", "pattern": f"^(?:{one.form})$"},
        **({"example": one.example} if one.example else {}),
    }
