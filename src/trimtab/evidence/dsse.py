"""Envelopes for signed statements (DSSE), as sigstore, in-toto and securesystemslib read them.

What is signed is not JSON but its bytes with their type and length in front (PAE), so nothing has to be written
canonically to be checked, and nothing can be read as something else.

Source: DSSE protocol v1 (secure-systems-lab/dsse, protocol.md, envelope.md); in-toto attestation framework v1.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from trimtab._optional import need
from trimtab.errors import SignatureError
from trimtab.evidence.ssh_keys import SigningKey, loaded
from trimtab.kinds.public_key import PublicKey

IN_TOTO = "application/vnd.in-toto+json"
"""The type of an in-toto statement."""
ENVELOPE_BYTES = 4 * 1024 * 1024
"""A file that is longer is no envelope of a decision."""
SIGNATURES = 16
"""More than this nobody needs, and each costs time."""

_FIELDS = {"payload", "payloadType", "signatures"}


def pae(type_: str, payload: bytes) -> bytes:
    """What is signed: `DSSEv1`, and type and payload, each with its length in bytes, parted by spaces."""
    kind = type_.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope holds, and who vouches for it."""

    payload: bytes
    type: str
    keys: tuple[PublicKey, ...]


def seal(payload: bytes, keys: Sequence[SigningKey], *, type_: str = IN_TOTO) -> bytes:
    """An envelope as JSON, signed with Ed25519 by each key; `keyid` is its fingerprint as `ssh-keygen -l` shows it."""
    tosign = pae(type_, payload)
    signatures = [{"keyid": key.public.fingerprint, "sig": _base64(key.sign_raw(tosign))} for key in keys]
    envelope = {"payloadType": type_, "payload": _base64(payload), "signatures": signatures}
    return json.dumps(envelope, indent=1).encode() + b"\n"


def unseal(envelope: bytes, keys: Sequence[PublicKey], *, type_: str = IN_TOTO) -> Opened:
    """What is in an envelope, once everybody who signed it is known and did sign it.

    One signature that does not verify spoils the envelope: whoever added it meant to be believed.

    Raises:
        SignatureError: It is no envelope, of another type, or not signed by these keys alone.
        MissingPackageError: `cryptography` is not installed.
    """
    payload, kind, signatures = _parsed(envelope)
    if kind != type_:
        raise SignatureError(f"the envelope holds {kind[:60]!r}, not {type_}")
    tosign, found = pae(kind, payload), []
    for keyid, signature in signatures:
        # A hint only, says the protocol: whose signature it is, the signature says.
        key = next((one for one in keys if _holds(one, signature, tosign)), None)
        if key is None:
            by = f" ({keyid[:60]})" if keyid else ""
            raise SignatureError(
                f"a signature of the envelope{by} is not by a key that was named, or not over what it holds",
                "Name the key of whoever attests with --key, and mind that nothing in the file was changed.",
            )
        if key in found:
            raise SignatureError(f"the envelope is signed twice by {key.fingerprint}")
        found.append(key)
    return Opened(payload, kind, tuple(found))


def _holds(key: PublicKey, signature: bytes, tosign: bytes) -> bool:
    if key.kind != "ssh-ed25519":
        return False
    wrong = need("cryptography.exceptions", extra="sign").InvalidSignature
    try:
        loaded(key).verify(signature, tosign)
    except wrong:
        return False
    return True


def _parsed(envelope: bytes) -> tuple[bytes, str, list[tuple[str, bytes]]]:
    if len(envelope) > ENVELOPE_BYTES:
        raise SignatureError(f"the envelope is longer than {ENVELOPE_BYTES:,} bytes")
    try:
        data = once(envelope)
        if not isinstance(data, dict) or set(data) != _FIELDS or not isinstance(data["payloadType"], str):
            _refuse("its fields are others")
        given = data["signatures"]
        if not isinstance(given, list) or not 1 <= len(given) <= SIGNATURES:
            _refuse(f"it has no signatures, or over {SIGNATURES}")
        signatures = [_signature(one) for one in given]
        return _bytes(data["payload"]), data["payloadType"], signatures
    except ValueError as error:
        detail = f"it is no DSSE envelope: {error}"
        raise SignatureError(detail, "It is what `trimtab attest` writes.") from None


def once(text: bytes) -> Any:
    """The value of a JSON text in which no name comes twice within an object, since readers differ on what that means.

    Raises:
        ValueError: A name comes twice, or it is not JSON.
    """

    def one(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            _refuse("it says something twice")
        return found

    try:
        return json.loads(text, object_pairs_hook=one, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        # The text of the error may quote what is in the file.
        raise ValueError(str(error) if type(error) is ValueError else "it is not JSON") from None


def _signature(given: Any) -> tuple[str, bytes]:
    if not isinstance(given, dict) or "sig" not in given or not set(given) <= {"sig", "keyid"}:
        _refuse("a signature has other fields than `sig` and `keyid`")
    keyid = given.get("keyid") or ""
    if not isinstance(keyid, str):
        _refuse("a `keyid` is no text")
    return keyid, _bytes(given["sig"])


def _bytes(text: Any) -> bytes:
    """Of standard base64, or of the form for URLs; both are allowed, a mix or what is left over is not."""
    if not isinstance(text, str):
        _refuse("what should be base64 is no text")
    try:
        data = base64.b64decode(text.translate({45: 43, 95: 47}), validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("what should be base64 is none") from None
    if text not in {_base64(data), base64.urlsafe_b64encode(data).decode()}:
        _refuse("what should be base64 is none")
    return data


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
