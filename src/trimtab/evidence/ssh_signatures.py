"""Signatures by SSH keys, as `ssh-keygen -Y sign` and `-Y verify` make and read them.

The key that somebody already logs in with signs, an agent may hold it, and whoever doubts a signature can check it
with OpenSSH alone. What is signed is bound to a namespace, so that a signature given for something else is none here.

Source: OpenSSH, PROTOCOL.sshsig (version 1); RFC 4251 section 5 (strings), RFC 5656 section 3.1.2, RFC 8332 and
RFC 8709 (signatures).
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trimtab._optional import need
from trimtab.errors import SignatureError
from trimtab.evidence.ssh_keys import SigningKey, loaded
from trimtab.kinds.public_key import ECDSA, PublicKey, string_of, written

NAMESPACE = "trimtab-consent@v1"
"""Of everything that people sign here; `-n` of `ssh-keygen -Y`."""
SIGNATURE_BYTES = 64 * 1024
"""A signature file that is longer is none: one of a 16,384 bit RSA key has 7,000."""

_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_WIDTH = 70  # of a line between them, as OpenSSH writes it
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA = {b"rsa-sha2-256": "SHA256", b"rsa-sha2-512": "SHA512"}


def sign(message: bytes, key: SigningKey, *, namespace: str = NAMESPACE) -> str:
    """The signature of a message, armoured, the same as `ssh-keygen -Y sign -n NAMESPACE` makes."""
    tosign = _to_sign(message, namespace.encode(), b"sha512")
    blob = (
        _MAGIC
        + (1).to_bytes(4, "big")
        + b"".join(
            written(part)
            for part in (
                key.public.blob,
                namespace.encode(),
                b"",
                b"sha512",
                written(b"ssh-ed25519") + written(key.sign_raw(tosign)),
            )
        )
    )
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def verify(signature: str, message: bytes, keys: Iterable[PublicKey], *, namespace: str = NAMESPACE) -> PublicKey:
    """Whose signature it is, of keys that may sign.

    Args:
        signature: Armoured, as `sign` or `ssh-keygen -Y sign` gives it.
        message: What was signed.
        keys: That are accepted; the one within the signature counts only if it is among them.
        namespace: What it must have been signed for.

    Raises:
        SignatureError: It is no signature, of another key, for another purpose, or over something else.
        MissingPackageError: `cryptography` is not installed.
    """
    found = _parsed(signature)
    if found.namespace != namespace.encode():
        said = found.namespace.decode("utf-8", "replace")
        raise SignatureError(f"it was given for {said[:60]!r}, not for this", f"Sign with `-n {namespace}`.")
    key = next((one for one in keys if one == found.key), None)
    if key is None:
        raise SignatureError(
            f"it is by the key {found.key.fingerprint}, which may not sign this", "Sign with your own."
        )
    if not _holds(found, loaded(key), _to_sign(message, found.namespace, found.hash)):
        raise SignatureError(
            "it is over something else", "What was signed is not what is here: sign this as it stands."
        )
    return key


@dataclass(frozen=True, slots=True)
class _Signature:
    key: PublicKey
    namespace: bytes
    hash: bytes
    kind: bytes
    value: bytes


def _parsed(text: str) -> _Signature:
    lines = text.strip().splitlines()
    armoured = len(lines) >= 3 and lines[0].strip() == _BEGIN and lines[-1].strip() == _END
    if not armoured or len(text) > SIGNATURE_BYTES:
        raise SignatureError("it is no SSH signature", f"It begins with {_BEGIN}.")
    try:
        return _read(base64.b64decode("".join(line.strip() for line in lines[1:-1]), validate=True))
    except ValueError:  # includes what is not base64, and not UTF-8
        step = "Sign again, with an Ed25519, ECDSA or RSA key."
        raise SignatureError("it is a damaged SSH signature, or of a kind that is not accepted", step) from None


def _read(blob: bytes) -> _Signature:
    if blob[:6] != _MAGIC or blob[6:10] != (1).to_bytes(4, "big"):
        raise ValueError("another format")
    parts, rest = [], blob[10:]
    for _ in range(5):
        part, rest = string_of(rest)
        parts.append(part)
    public, namespace, reserved, hash_, signature = parts
    kind, more = string_of(signature)
    value, left = string_of(more)
    if rest or left or reserved or hash_ not in _HASHES or not namespace:
        raise ValueError("more, or other, than is signed")
    name = string_of(public)[0].decode()
    return _Signature(PublicKey.parse(f"{name} {base64.b64encode(public).decode()}"), namespace, hash_, kind, value)


def _holds(found: _Signature, key: Any, tosign: bytes) -> bool:
    """Whether the signature is the key's over these bytes."""
    hashes = need("cryptography.hazmat.primitives.hashes", extra="sign")
    wrong = need("cryptography.exceptions", extra="sign").InvalidSignature
    key_kind = found.key.kind.encode()
    try:
        if key_kind == b"ssh-ed25519" == found.kind:
            key.verify(found.value, tosign)
        elif key_kind == b"ssh-rsa" and found.kind in _RSA:
            padding = need("cryptography.hazmat.primitives.asymmetric.padding", extra="sign")
            key.verify(found.value, tosign, padding.PKCS1v15(), getattr(hashes, _RSA[found.kind])())
        elif key_kind == found.kind and found.kind in ECDSA:
            ec = need("cryptography.hazmat.primitives.asymmetric.ec", extra="sign")
            der = need("cryptography.hazmat.primitives.asymmetric.utils", extra="sign")
            first, rest = string_of(found.value)
            second, left = string_of(rest)
            if left:
                return False
            pair = der.encode_dss_signature(int.from_bytes(first, "big"), int.from_bytes(second, "big"))
            key.verify(pair, tosign, ec.ECDSA(getattr(hashes, ECDSA[found.kind])()))
        else:
            return False
    except (wrong, ValueError):
        return False
    return True


def _to_sign(message: bytes, namespace: bytes, hash_: bytes) -> bytes:
    parts = (namespace, b"", hash_, _HASHES[hash_](message).digest())
    return _MAGIC + b"".join(map(written, parts))
