"""SSH keys in files: private ones as `ssh-keygen` keeps them, and public ones."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab._optional import need
from trimtab.errors import SignatureError
from trimtab.kinds.public_key import KEY_BYTES, PublicKey

_RSA_BITS = 2048
_FIELD = 2**255 - 19  # of Curve25519
_Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL = frozenset({0, 1, _FIELD - 1, _Y8, _FIELD - _Y8})
"""Where y of an Ed25519 key is one of these, its order divides 8, and anybody can make its signatures."""
_NEW = "Make a key with `ssh-keygen -t ed25519`."


def loaded(key: PublicKey) -> Any:
    """A public key as `cryptography` has it.

    Raises:
        SignatureError: Its numbers are none of its kind or are written in another way than SSH does, which would make
            two keys of one; it is an RSA key of under 2,048 bits, or an Ed25519 key that signs for anybody.
        MissingPackageError: `cryptography` is not installed.
    """
    ssh = need("cryptography.hazmat.primitives.serialization", extra="sign")
    try:
        found = ssh.load_ssh_public_key(str(key).encode())
        same = PublicKey.parse(found.public_bytes(ssh.Encoding.OpenSSH, ssh.PublicFormat.OpenSSH).decode()) == key
    except Exception:  # noqa: BLE001  # whatever it raises, it is no key
        raise SignatureError(f"key {key.fingerprint} is damaged", _NEW) from None
    y = int.from_bytes(key.blob[-32:], "little") % 2**255 if key.kind == "ssh-ed25519" else -1
    if not same or (y >= 0 and y % _FIELD in _SMALL):
        raise SignatureError(f"key {key.fingerprint} is no key that SSH makes", _NEW)
    if key.kind == "ssh-rsa" and found.key_size < _RSA_BITS:
        raise SignatureError(f"key {key.fingerprint} is an RSA key of {found.key_size} bits", _NEW)
    return found


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private Ed25519 key. It is held in memory only, and written nowhere."""

    key: Any

    @property
    def public(self) -> PublicKey:
        """What others know of it."""
        ssh = need("cryptography.hazmat.primitives.serialization", extra="sign")
        raw = self.key.public_key().public_bytes(ssh.Encoding.OpenSSH, ssh.PublicFormat.OpenSSH)
        return PublicKey.parse(raw.decode())

    def sign_raw(self, message: bytes) -> bytes:
        """The 64 bytes of Ed25519 over a message."""
        return bytes(self.key.sign(message))


def read_key(path: Path, ask: Callable[[str], str] | None = None) -> SigningKey:
    """A private key from a file; see `key_of`.

    Raises:
        SignatureError: No such file, no private key, a wrong passphrase, or a key that is not Ed25519.
        MissingPackageError: `cryptography` or `bcrypt` is not installed.
    """
    return key_of(read_limited(path, KEY_BYTES, "key"), path, ask)


def key_of(data: bytes, path: Path, ask: Callable[[str], str] | None = None) -> SigningKey:
    """A private key from what a file holds that `ssh-keygen -t ed25519` wrote.

    Args:
        data: What it holds.
        path: What the file is called.
        ask: Asks for the passphrase of the file of that name; without it an encrypted key is an error.

    Raises:
        SignatureError: No private key, a wrong passphrase, or a key that is not Ed25519.
        MissingPackageError: `cryptography` or `bcrypt` is not installed.
    """
    if data.startswith((b"ssh-", b"ecdsa-")):
        other = f"Name the private one, {path.stem}, instead." if path.suffix == ".pub" else "Name the private one."
        raise SignatureError(f"{path.name} is a public key, and only a private one signs", other)
    ssh = need("cryptography.hazmat.primitives.serialization", extra="sign")
    load = ssh.load_ssh_private_key if b"BEGIN OPENSSH" in data[:64] else ssh.load_pem_private_key
    try:
        try:
            key = load(data, password=None)
        except TypeError:  # encrypted
            if ask is None:
                step = "Type it at a terminal, or sign with `ssh-keygen -Y sign` and hand in the signature."
                raise SignatureError(
                    f"{path.name} is encrypted, and nobody is here to give its passphrase", step
                ) from None
            need("bcrypt", extra="sign")
            key = _opened(load, data, path, ask)
    except SignatureError:
        raise
    except Exception:  # noqa: BLE001  # a hostile file may make it raise anything
        raise SignatureError(f"{path.name} is no private key", _NEW) from None
    ed25519 = need("cryptography.hazmat.primitives.asymmetric.ed25519", extra="sign")
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        step = "Sign with `ssh-keygen -Y sign` and hand in the signature, or use an Ed25519 key."
        raise SignatureError(f"{path.name} is not an Ed25519 key", step)
    return SigningKey(key)


def _opened(load: Callable[..., Any], data: bytes, path: Path, ask: Callable[[str], str]) -> Any:
    try:
        return load(data, password=ask(path.name).encode())
    except (ValueError, TypeError):
        raise SignatureError(f"the passphrase does not open {path.name}", "Try again.") from None


def read_limited(path: Path, limit: int, what: str) -> bytes:
    """The contents of a file that cannot be long.

    Raises:
        SignatureError: It cannot be read, or is longer.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise SignatureError(f"the {what} {path.name} cannot be read ({error.strerror or 'no reason given'})") from None
    if len(data) > limit:
        raise SignatureError(f"{path.name} is longer than {limit:,} bytes, so it is no {what}")
    return data


def read_public(path: Path) -> PublicKey:
    """A public key from a file: a line as in a `.pub` file, or PEM as `openssl pkey -pubout` writes it.

    Raises:
        SignatureError: No such file, or no such key in it.
        MissingPackageError: It is PEM, and `cryptography` is not installed.
    """
    text = read_limited(path, KEY_BYTES, "key").decode("utf-8", "replace")
    if "PRIVATE KEY" in text:
        raise SignatureError(f"{path.name} is a private key", "Name the public one, which can be given to anybody.")
    try:
        if "-----BEGIN PUBLIC KEY-----" in text:
            ssh = need("cryptography.hazmat.primitives.serialization", extra="sign")
            key = ssh.load_pem_public_key(text.encode())
            text = key.public_bytes(ssh.Encoding.OpenSSH, ssh.PublicFormat.OpenSSH).decode()
        return PublicKey.parse(text)
    except ValueError as error:
        raise SignatureError(
            f"{path.name} {error}" if str(error).startswith("is ") else f"{path.name} is no key"
        ) from None
