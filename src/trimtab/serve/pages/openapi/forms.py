"""The description of forms for programs: what each takes and answers."""

from collections.abc import Mapping
from typing import Any

from trimtab.serve.pages.forms.declared import Form, Way
from trimtab.serve.pages.forms.shapes import example_of, schema_of
from trimtab.serve.pages.forms.showing import Difference
from trimtab.serve.pages.forms.table import FORMS
from trimtab.serve.pages.openapi.parts import JSON, answer, problems

SHOWN: Mapping[str, Any] = {"difference": Difference}
"""Data of forms that has a shape of its own, by the name by which its schema is handed in."""

_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_ENTERED = {
    "type": "object",
    "required": ["row", "hash", "kind", "id", "again", "masked", "entry"],
    "additionalProperties": False,
    "properties": {
        "row": {"type": "integer", "minimum": 1},
        "hash": _DIGEST,
        "kind": {"type": "string"},
        "id": {"type": "string"},
        "again": {"type": "boolean", "description": "Whether it was entered before, by the same call."},
        "masked": {**_TEXTS, "description": "Fields that were masked in part."},
        "entry": {
            "type": "object",
            "description": "As it stands in the ledger, with its row and when it was recorded.",
        },
    },
}
_STATEMENT = {
    "type": "object",
    "required": ["statement", "digest", "namespace", "signer", "masked"],
    "additionalProperties": False,
    "properties": {
        "statement": {"type": "string", "description": "The bytes to be signed, in base64."},
        "digest": _DIGEST,
        "namespace": {"type": "string", "description": "For `ssh-keygen -Y sign -n`."},
        "signer": {"type": "string"},
        "masked": _TEXTS,
    },
}
_LISTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "title", "about", "path", "enters"],
        "additionalProperties": False,
        "properties": {name: {"type": "string"} for name in ("name", "title", "about", "path", "enters")},
    },
}
_WORDS = {
    "400": "It is no JSON object, or `Idempotency-Key` is missing.",
    "401": "Nobody has entered: a token in the header is needed, a cookie is not enough.",
    "403": "The form is not for you, or the system is not yours.",
    "409": "It does not fit what the books hold now; nothing was entered.",
    "415": "It is not `application/json`.",
    "422": "It cannot be entered; `errors` says why, field by field.",
    "503": "The ledger does not verify, is being verified, or cannot be written; nothing was entered.",
}
_SENT = ("400", "401", "403", "409", "413", "414", "415", "421", "422", "429", "503")
_ASKED = ("400", "401", "403", "414", "421", "429", "503")
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key again enters nothing and answers what was entered.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
    "example": "5f0c1f6e-incident-1",
}
_PLACE = {"Location": {"required": True, "description": "Its receipt, as a page.", "schema": {"type": "string"}}}


def form_paths(refs: Mapping[str, Any]) -> dict[str, Any]:
    """Paths of the description; `refs` says where the schemas of `SHOWN` are."""
    listed = {
        "operationId": "forms",
        "tags": ["Forms"],
        "summary": "The forms that you may send.",
        "responses": {"200": answer("Forms.", _LISTED), **problems(_ASKED)},
    }
    return {"/api/v1/forms": {"get": listed}, **{form.api: {"post": _operation(form, refs)} for form in FORMS}}


def _operation(form: Form, refs: Mapping[str, Any]) -> dict[str, Any]:
    answers = {
        "200": answer("It was entered before.", _ENTERED, headers=_PLACE),
        "201": answer("Entered.", _ENTERED, headers=_PLACE),
    }
    if form.way is Way.STATEMENT:
        answers["200"] = answer("What is to be signed, or it was entered before.", {"oneOf": [_STATEMENT, _ENTERED]})
    if form.way is Way.POLICY:
        shown = {"oneOf": [refs["difference"], _ENTERED]}
        answers["200"] = answer("What it would change, or it was entered before.", shown)
    body = {"schema": schema_of(form), "example": example_of(form)}
    return {
        "operationId": f"enter-{form.name}",
        "tags": ["Forms"],
        "summary": form.about,
        **({"description": form.never} if form.never else {}),
        "security": [{"token": []}],
        "parameters": [_KEY],
        "requestBody": {"required": True, "content": {JSON: body}},
        "responses": {**answers, **problems(_SENT, _WORDS)},
        "x-roles": sorted(form.roles),
    }
