"""Public SSH keys as people write them: a kind, and bytes in base64."""

import base64
import hashlib
from dataclasses import dataclass

ECDSA = {
    b"ecdsa-sha2-nistp256": "SHA256",
    b"ecdsa-sha2-nistp384": "SHA384",
    b"ecdsa-sha2-nistp521": "SHA512",
}
"""Kinds of keys, and what they hash with."""
KEY_BYTES = 64 * 1024
"""A key that is longer is none."""

_KINDS = frozenset({b"ssh-ed25519", b"ssh-rsa", *ECDSA})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its kind and its bytes as SSH writes them. Equal keys are equal, whatever their comments."""

    blob: bytes

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """A line of a `.pub` file, or of `authorized_keys` without options.

        Raises:
            ValueError: It is no key of a kind that can be checked here.
        """
        words = text.split()
        if len(words) < 2 or len(text) > KEY_BYTES:
            raise ValueError("is no public SSH key, such as `ssh-ed25519 AAAA...`")
        try:
            blob = base64.b64decode(words[1], validate=True)
            kind, _ = string_of(blob)
        except ValueError:
            raise ValueError("is no public SSH key: its second word is not what SSH writes") from None
        if kind != words[0].encode("utf-8", "replace"):
            raise ValueError("is no public SSH key: it says that it is of another kind than it is")
        if kind not in _KINDS:
            raise ValueError("is of a kind that is not accepted: use Ed25519, ECDSA or RSA")
        return cls(blob)

    @property
    def kind(self) -> str:
        """E.g. `ssh-ed25519`."""
        return string_of(self.blob)[0].decode()

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def __str__(self) -> str:
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"


def written(part: bytes) -> bytes:
    """A string as SSH writes it: its length in four bytes, and itself."""
    return len(part).to_bytes(4, "big") + part


def string_of(data: bytes) -> tuple[bytes, bytes]:
    """The first string, and what follows it.

    Raises:
        ValueError: The bytes end before it does.
    """
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 or len(data) < 4 + length:
        raise ValueError("ends too early")
    return data[4 : 4 + length], data[4 + length :]
