"""The signature that comes with a form: pasted, as a file, or made here with a key, where that key stays at home."""

from pathlib import Path

from trimtab.errors import SignatureError
from trimtab.evidence.ssh_keys import SigningKey, key_of
from trimtab.kinds.public_key import KEY_BYTES
from trimtab.serve.pages.forms.submitted import Submitted

_PRIVATE = b"PRIVATE KEY"
_SIGNATURE_BYTES = 64 * 1024


def signature_of(sent: Submitted, *, alone: bool) -> SigningKey | str:
    """The signature, or a key that makes it.

    A private key is taken only from somebody alone on their own machine: it goes over loopback into the memory of a
    process of theirs, and nowhere else. Of anybody else it is refused, since it would pass through the hands of
    whoever runs the server.

    Raises:
        SignatureError: There is none, or it is a private key where none is taken.
    """
    pasted = sent.text("signature").strip()
    filed = sent.files.get("signature_file", b"")
    key = sent.files.get("key_file", b"")
    if _PRIVATE in pasted.encode("utf-8", "replace") or _PRIVATE in filed or (key and not alone):
        raise SignatureError("this is a private key, and was not kept", _WARNING_ALONE if alone else _WARNING)
    given = [one for one in (pasted, filed, key) if one]
    if not given:
        raise SignatureError("nothing was signed yet", "Paste the signature, or choose its file.")
    if len(given) > 1:
        raise SignatureError("there is more than one signature here", "Give one of them.")
    if key:
        if len(key) > KEY_BYTES:
            raise SignatureError("this file is too long for a key", "Choose the private key, as id_ed25519.")
        return _opened(key, sent.secrets.get("passphrase", ""))
    if len(filed) > _SIGNATURE_BYTES:
        raise SignatureError("this file is too long for a signature", "Choose what `ssh-keygen -Y sign` wrote.")
    return pasted or filed.decode("utf-8", "replace")


def _opened(key: bytes, passphrase: str) -> SigningKey:
    def ask(_: str) -> str:
        if not passphrase:
            raise SignatureError("the key asks for a passphrase", "Type it below the file.")
        return passphrase

    return key_of(key, Path("The file"), ask)


_WARNING = (
    "Never send it anywhere: sign with `ssh-keygen -Y sign` where it is, and paste what that writes. Whoever runs this"
    " server might have seen it, so make a new key and have this one revoked in the policy."
)
_WARNING_ALONE = "Choose it as key file, which signs here and is forgotten; what is asked here is the signature."
