"""Answers programs: the same forms as JSON, with a token in the header and a key that makes a call count once."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

from trimtab.decision.entry_rules.once import entered_by
from trimtab.errors import (
    EntryError,
    LedgerAlteredError,
    LedgerError,
    MissingPackageError,
    PolicyError,
    SignatureError,
    UsageError,
)
from trimtab.evidence.books import Kept
from trimtab.evidence.entries import Entry
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.forms import showing
from trimtab.serve.pages.forms.acting import drawn_up, enter, handed_in, not_there, same_again, sign
from trimtab.serve.pages.forms.declared import FORMS_PATH, Form, Way
from trimtab.serve.pages.forms.desk import Desk, mistake, not_for, offered
from trimtab.serve.pages.forms.shapes import in_shape
from trimtab.serve.pages.forms.showing import Problem
from trimtab.serve.pages.forms.web import Forms
from trimtab.workspace.keeping import Receipt, entry_data
from trimtab.workspace.proposing import compare, propose, read_text

_JSON = "application/json"
_PROBLEM = "application/problem+json"
_KEY = re.compile(r"[\x21-\x7e]{8,128}")
_MOST_FIELDS = 64


class Calls:
    """Takes forms as JSON."""

    def __init__(self, web: Forms) -> None:
        self._web, self._site = web, web.site

    async def call(self, request: Any, form: Form) -> Any:
        """One call."""
        if not request.headers.get("authorization", ""):
            # A cookie is not enough: a browser sends it along by itself.
            raise RefusedError(401, "Bring the token", "It belongs into the header `Authorization: Bearer`.")
        person = self._site.who(request)
        if not offered(form, person):
            raise not_for(form)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            raise RefusedError(415, "This is not JSON", f"What is read is {_JSON}.")
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            why = "`Idempotency-Key` is missing, or not 8 to 128 visible characters."
            raise RefusedError(400, "Say which call this is", why)
        told = _parsed(await request.body())
        return await self._web.pooled(self._called, person, form, key, told)

    def _called(self, person: Person, form: Form, key: str, told: Mapping[str, Any]) -> Any:
        whole = f"{person.name}\0{form.name}\0{key}"
        source = f"api:{hashlib.sha256(whole.encode()).hexdigest()[:32]}"
        desk, fixed = self._web.desk(person)
        desk.allow(form)
        try:
            if (before := entered_by(desk.books, form.kind, source)) is not None:
                return self._again(desk, form, told, before)
            if closed := self._web.closed(fixed):
                return self._problem(closed[0], "Nothing was entered", closed[1])
            return self._taken(desk, form, told, source)
        except EntryError as error:
            if any(one.where == "source" for one in error.mistakes):
                desk, _ = self._web.desk(person)
                if (before := entered_by(desk.books, form.kind, source)) is not None:
                    return self._again(desk, form, told, before)
            status = 409 if error.clash else 422
            return self._problem(status, "This cannot be entered", "", showing.as_problems(error, form))
        except (PolicyError, SignatureError, UsageError) as error:
            return self._problem(422, "This cannot be entered", "", _why(error, form))
        except LedgerAlteredError as error:
            self._site.watched.altered(str(error))
            return self._problem(503, "Nothing was entered", "This ledger does not verify.")
        except LedgerError:
            return self._problem(503, "Nothing was entered", "The ledger cannot be written.")
        except MissingPackageError as error:
            return self._problem(503, "Nothing was entered", str(error))

    def _taken(self, desk: Desk, form: Form, told: Mapping[str, Any], source: str) -> Any:
        in_shape(form, told)
        if form.way is Way.POLICY:
            return self._policy(desk, form, told, source)
        if form.way is Way.STATEMENT:
            return self._statement(desk, form, told, source)
        return self._receipt(enter(form, desk, told, source=source))

    def _statement(self, desk: Desk, form: Form, told: Mapping[str, Any], source: str) -> Any:
        if "statement" not in told:
            unsigned = drawn_up(form, desk, told)
            made = showing.statement(unsigned.statement, signer=str(unsigned.draft.values["by"]), typed=told)
            body = {
                "statement": made.encoded,
                "digest": made.digest,
                "namespace": made.namespace,
                "signer": made.signer,
                "masked": made.masked,
            }
            return self._answer(200, body)
        if strange := set(told) - {"statement", "signature", "by"}:
            raise mistake(min(strange)[:40], "is not asked with a statement")
        try:
            content = base64.b64decode(str(told["statement"]), validate=True)
        except (binascii.Error, ValueError):
            raise mistake("statement", "is no base64") from None
        unsigned = handed_in(form, desk, content, by=str(told.get("by") or ""))
        return self._receipt(sign(desk, unsigned, str(told.get("signature") or ""), source=source))

    def _policy(self, desk: Desk, form: Form, told: Mapping[str, Any], source: str) -> Any:
        if strange := set(told) - {"policy", "what", "by", "proposal", "look"}:
            raise mistake(min(strange)[:40], "is no field of this form")
        if not isinstance(told.get("policy"), str):
            raise mistake("policy", "is missing: the whole text of the policy")
        by = desk.speaks(str(told.get("by") or ""))
        new = read_text(told["policy"])
        if told.get("look") is True:
            found = compare(desk.policy, new, by=by, at=desk.now)
            body = showing.difference(found.diff, desk.policy.digest, new.digest, found.must_agree)
            return self._answer(200, body)
        what = told.get("what")
        if not isinstance(what, str):
            raise mistake("what", "is missing: say why")
        id_ = str(told.get("proposal") or "")
        return self._receipt(propose(desk.ledger, desk.policy, new, by=by, what=what, id_=id_, source=source))

    def _again(self, desk: Desk, form: Form, told: Mapping[str, Any], before: Kept[Entry]) -> Any:
        if form.way in (Way.ENTRY, Way.CONSENT) and not same_again(form, desk, told, before.entry):
            return self._problem(422, "This key was used for something else", f"It entered row {before.seq}.")
        return self._kept(before, (), again=True)

    def _receipt(self, receipt: Receipt) -> Any:
        return self._kept(receipt.kept[0], receipt.masked.get(0, ()), again=False)

    def _kept(self, kept: Kept[Entry], masked: tuple[str, ...], *, again: bool) -> Any:
        ledger = self._site.watched.ledger
        row = next(iter(ledger.rows(after=kept.seq - 1, upto=kept.seq)))
        entry = {name: value for name, value in entry_data(kept).items() if name != "signature"}
        body = {
            "row": kept.seq,
            "hash": f"sha256:{row.hash.hex()}",
            "kind": kept.entry.kind,
            "id": kept.entry.id,
            "again": again,
            "masked": list(masked),
            "entry": entry,
        }
        return self._answer(200 if again else 201, body, location=f"{FORMS_PATH}/entered/{kept.seq}")

    def _answer(self, status: int, body: Any, *, location: str = "") -> Any:
        headers = {"cache-control": "no-store", **({"location": location} if location else {})}
        return self._web.response(orjson.dumps(body), status, headers, _JSON)

    def _problem(self, status: int, title: str, detail: str, problems: tuple[Problem, ...] = ()) -> Any:
        errors = [{"field": one.field, "what": one.what, "next": one.next_step} for one in problems]
        body = {"title": title, "status": status, "detail": detail, **({"errors": errors} if errors else {})}
        headers = {"cache-control": "no-store", **({"retry-after": "10"} if status == 503 else {})}
        return self._web.response(orjson.dumps(body), status, headers, _PROBLEM)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        told = orjson.loads(body)
    except ValueError:
        raise RefusedError(400, "This is not JSON") from None
    if not isinstance(told, dict) or len(told) > _MOST_FIELDS:
        raise RefusedError(400, "This is no object with fields", f"It has at most {_MOST_FIELDS}.")
    return told


def _why(error: PolicyError | SignatureError | UsageError, form: Form) -> tuple[Problem, ...]:
    if isinstance(error, PolicyError):
        return showing.problems(error.mistakes, form)
    if isinstance(error, SignatureError):
        return (Problem(field="signature", label="Signature", what=error.detail, next_step=error.next_step),)
    return showing.as_problems(not_there(error), form)
