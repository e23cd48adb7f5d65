"""What the ledger says of texts that were ruled on: nothing, save to whoever has both the key and the texts.

The plain digest of a short text gives it away to whoever tries what it might be. A seal is an HMAC under a key that is
kept elsewhere, over a number drawn for it alone, so that equal texts have different seals: neither trying texts nor
having one's own ruled on tells what somebody else's was. Ledgers from before there were seals hold plain digests, and
what can be shown with those still can.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from typing import Final

from trimtab._canonical import text_digest
from trimtab.enforce.pseudonym import environment_key

_SEALED: Final = "hmac-sha256"
_NONCE = 16  # bytes
_ALONE, _CHAINED = b"text", b"chain"

Told = tuple[str, str, Sequence[str]]
"""A ruling as a chain holds it: `input` or `output`, the action, and the texts that were ruled on."""


class Seal:
    """Seals under one key. Immutable; threads may share one."""

    def __init__(self, key: bytes | None = None) -> None:
        """Take a key, or draw one that ends with this object, under which nothing can be shown later.

        Raises:
            ValueError: It is empty.
        """
        if key is not None and not key:
            raise ValueError("a key of seals is empty")
        # The same key makes pseudonyms, which must not be worth anything here.
        self._key = _mac(key or secrets.token_bytes(32), b"trimtab ledger")

    @classmethod
    def from_environment(cls, variable: str) -> "Seal":
        """Seals under the key in an environment variable, the guard's `key_env`; without a name, under a drawn one.

        Raises:
            UsageError: It is not set, or too short.
        """
        return cls(environment_key(variable) if variable else None)

    def of(self, digest: str) -> str:
        """What the ledger says of the text with this digest: another each time."""
        nonce = secrets.token_bytes(_NONCE)
        return _written(nonce, self._alone(nonce, digest))

    def shows(self, said: str, text: str) -> bool:
        """Whether what a ledger says of a text was said of this one; plain digests of older ledgers count."""
        nonce = _nonce(said)
        digest = text_digest(text)
        return hmac.compare_digest(said, digest if nonce is None else _written(nonce, self._alone(nonce, digest)))

    def shows_chain(self, said: str, rulings: Iterable[Told]) -> bool:
        """Whether the chain of an interval is of these rulings in this order, and of no others."""
        nonce = _nonce(said)
        chain = _PlainChain() if nonce is None else Chain(self, nonce)
        for side, action, texts in rulings:
            chain.add(side, action, [text_digest(text) for text in texts])
        return hmac.compare_digest(said, str(chain))

    def chained(self, before: bytes, said: bytes) -> bytes:
        """The next link of a chain."""
        return _mac(self._key, _CHAINED + before + said)

    def _alone(self, nonce: bytes, digest: str) -> bytes:
        return _mac(self._key, _ALONE + nonce + digest.encode())


class Chain:
    """A running seal over rulings, each in its turn. For one thread at a time."""

    __slots__ = ("_end", "_nonce", "_seal")

    def __init__(self, seal: Seal, nonce: bytes | None = None) -> None:
        """Begin one: with a number drawn for it, or with that of a chain that is to be made again."""
        self._seal = seal
        self._nonce = self._end = secrets.token_bytes(_NONCE) if nonce is None else nonce

    def add(self, side: str, action: str, digests: Sequence[str]) -> None:
        """One ruling more, with the digests of its texts."""
        self._end = self._seal.chained(self._end, _line(side, action, digests))

    def __str__(self) -> str:
        return _written(self._nonce, self._end)


class _PlainChain:
    """As ledgers hold it from before there were seals."""

    def __init__(self) -> None:
        self._end = bytes(32)

    def add(self, side: str, action: str, digests: Sequence[str]) -> None:
        self._end = hashlib.sha256(self._end + _line(side, action, digests)).digest()

    def __str__(self) -> str:
        return f"sha256:{self._end.hex()}"


def is_sealed(said: str) -> bool:
    """Whether something in a ledger is a seal, which tells people nothing."""
    return said.startswith(f"{_SEALED}:")


def _line(side: str, action: str, digests: Sequence[str]) -> bytes:
    return f"{side} {action} {' '.join(digests)}".encode()


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, "sha256")


def _written(nonce: bytes, mac: bytes) -> str:
    return f"{_SEALED}:{nonce.hex()}:{mac.hex()}"


def _nonce(said: str) -> bytes | None:
    """The number that a seal was made with; None of what is no seal."""
    if not is_sealed(said):
        return None
    try:
        return bytes.fromhex(said.split(":")[1])
    except ValueError:  # then it is no seal of ours, and shows nothing
        return b""


__all__ = ["Chain", "Seal", "Told", "is_sealed"]
