"""Keys for tests, made from a number: the same number, the same key."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from trimtab.evidence.ssh_keys import SigningKey


def key(number: int) -> SigningKey:
    return SigningKey(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % number).digest()))


def key_file(folder, number: int, name: str = ""):
    """The private key in a file, as `ssh-keygen` writes it without a passphrase, and the public one beside it."""
    path = folder / (name or f"key-{number}")
    path.write_bytes(key(number).key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    path.with_name(f"{path.name}.pub").write_text(f"{key(number).public} somebody\n")
    return path
