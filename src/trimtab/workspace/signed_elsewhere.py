"""Statements that went out to be signed where the key is, and come back with a signature."""

from collections.abc import Mapping
from typing import Any

from trimtab._canonical import parse
from trimtab.errors import SignatureError
from trimtab.evidence import Ledger
from trimtab.evidence.entries.consents import EMERGENCY_STATEMENT, STATEMENT, ConsentDecided, EmergencyDeclared
from trimtab.evidence.entries.reading import read_entry
from trimtab.workspace.consent_facts import grounds
from trimtab.workspace.consenting import Unsigned, drafted, request_of, second

STATEMENT_BYTES = 256 * 1024
"""A statement that is longer is none."""


def from_statement(ledger: Ledger, statement: bytes, *, by: str = "") -> Unsigned:
    """A statement that was written to a file to be signed elsewhere, once it comes back.

    Args:
        ledger: With the request.
        statement: The contents of the file.
        by: Who signed, where it is not the one whom the statement names, but a second person.

    Raises:
        SignatureError: It is none, or not one about what the ledger holds.
        UsageError: The request does not rest on what the ledger holds.
        LedgerAlteredError: A row that it rests on is not what was hashed.
    """
    try:
        entry = _entry_of(_parsed(statement), ledger)
        draft = drafted(entry)
        read = read_entry(type(entry), draft.values, now=0, mask=str)  # as it stands; it is masked when it is kept
        same = read == entry and _statement(entry, ledger) == statement
    except (ValueError, KeyError, TypeError, AttributeError):
        same = False
    if not same:
        detail = "the statement is damaged, or not about a request in this ledger"
        raise SignatureError(detail, "Write it anew with `trimtab consent decide ID --out FILE`.")
    if by and by != entry.by:
        again = second(ledger, entry.consent, by=by)
        if again.statement != statement:
            detail = "what the first person signed is another statement"
            raise SignatureError(detail, f"Get it with `trimtab consent show {entry.consent} --out FILE`.")
        return again
    asked = request_of(ledger, entry.consent) if isinstance(entry, ConsentDecided) else entry
    grounds(ledger, asked, again=True)
    return Unsigned(statement=statement, draft=draft)


def _parsed(statement: bytes) -> Mapping[str, Any]:
    if len(statement) > STATEMENT_BYTES:
        raise ValueError("too long")
    told: Mapping[str, Any] = parse(statement.decode())
    return told


def _statement(entry: ConsentDecided | EmergencyDeclared, ledger: Ledger) -> bytes:
    if isinstance(entry, ConsentDecided):
        return entry.statement(request_of(ledger, entry.consent))
    return entry.statement()


def _entry_of(told: Mapping[str, Any], ledger: Ledger) -> ConsentDecided | EmergencyDeclared:
    if told["type"] == EMERGENCY_STATEMENT:
        fields = {name: told[name] for name in ("consent", "system", "candidate", "artefact", "promise", "policy")}
        more = {name: told[name] for name in ("card", "score", "run", "ledger", "nonce", "what", "by", "at")}
        seen = told["evidence"]
        return EmergencyDeclared(**fields, **more, row=seen["row"], row_hash=seen["hash"])
    if told["type"] != STATEMENT:
        raise ValueError("another statement")
    if told["request"] != request_of(ledger, told["consent"]).digest:
        raise ValueError("another request")
    return ConsentDecided(
        consent=told["consent"],
        system=told["system"],
        decision=told["decision"],
        risk=told["risk"],
        loss=(told["loss"]["low"], told["loss"]["high"]),
        currency=told["loss"]["currency"],
        conditions={name: (one["by"], one["what"]) for name, one in told["conditions"].items()},
        expires=told["expires"],
        by=told["by"],
        at=told["at"],
    )
