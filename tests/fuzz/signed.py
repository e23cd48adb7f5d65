"""Any bytes as a key, a signature, an envelope or a statement: refused with a reason, or the very thing that was signed."""

import base64
from contextlib import suppress

from tests.unit.evidence.signing import key

from trimtab.errors import SignatureError
from trimtab.evidence.attestation import Attested, AttestedConsent, read_statement
from trimtab.evidence.dsse import seal, unseal
from trimtab.evidence.ssh_signatures import sign, verify
from trimtab.kinds.public_key import PublicKey

_KEY = key(1)
_MESSAGE = b'{"consent":"C-1"}'
_SIGNATURE = sign(_MESSAGE, _KEY)
_STATEMENT = Attested(
    organisation="o", system="s", candidate="c", tier="t", verdict="pass", artefact="sha256:a",
    subjects=(("sha256", "a"),), policy="sha256:p", promise="sha256:q", run="r", row=1, row_hash="sha256:h",
    ledger="sha256:l", made=1, trimtab="0", asks_consent=True,
    consent=AttestedConsent(
        id="C-1", state="given", expires=9, statement="{}", signatures=(("lead", _SIGNATURE),), due=(("mask", 5),)
    ),
).statement()  # fmt: skip
_ENVELOPE = seal(_STATEMENT, [_KEY])


def check(data: bytes) -> None:
    """Raises AssertionError when these bytes break a promise."""
    with suppress(ValueError):
        found = PublicKey.parse(data.decode("utf-8", "replace"))
        assert PublicKey.parse(str(found)) == found
    armoured = f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(data).decode()}\n-----END SSH SIGNATURE-----"
    for text in (
        armoured,
        data.decode("utf-8", "replace"),
        _spliced(_SIGNATURE.encode(), data).decode("utf-8", "replace"),
    ):
        with suppress(SignatureError):
            assert verify(text, _MESSAGE, [_KEY.public]) == _KEY.public
            assert _within(text) == _within(_SIGNATURE)
    for envelope in (data, _spliced(_ENVELOPE, data)):
        with suppress(SignatureError):
            assert unseal(envelope, [_KEY.public]).payload == _STATEMENT
    for payload in (data, _spliced(_STATEMENT, data)):
        with suppress(SignatureError):
            assert isinstance(read_statement(payload).statement(), bytes)


def _within(armoured: str) -> bytes:
    """What stands between the first line and the last."""
    return base64.b64decode("".join(armoured.strip().splitlines()[1:-1]))


def _spliced(good: bytes, data: bytes) -> bytes:
    """Something good with a few bytes of it put in another's place."""
    if len(data) < 3:
        return good
    at = int.from_bytes(data[:2], "big") % len(good)
    return good[:at] + data[3:] + good[at + data[2] % 40 :]
