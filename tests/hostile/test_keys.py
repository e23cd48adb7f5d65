"""Keys that would make one person two, or anybody somebody."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from trimtab.errors import SignatureError
from trimtab.evidence.ssh_keys import loaded
from trimtab.evidence.ssh_signatures import NAMESPACE, verify
from trimtab.kinds.public_key import PublicKey, written


def key_of(kind: bytes, *parts: bytes) -> PublicKey:
    blob = b"".join(map(written, (kind, *parts)))
    return PublicKey.parse(f"{kind.decode()} {base64.b64encode(blob).decode()}")


def test_one_key_is_not_written_as_two():
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    modulus = b"\0" + numbers.n.to_bytes(256, "big")
    loaded(key_of(b"ssh-rsa", b"\1\0\1", modulus))
    for exponent, other in ((b"\1\0\1", b"\0\0" + modulus), (b"\0\1\0\1", modulus)):
        with pytest.raises(SignatureError, match="no key that SSH makes"):
            loaded(key_of(b"ssh-rsa", exponent, other))


@pytest.mark.parametrize(
    "point",
    [
        "01" + "00" * 31,
        "00" * 32,
        "00" * 31 + "80",
        "ec" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",  # 1, written beyond the field
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ],
)
def test_a_key_that_signs_for_anybody_signs_for_nobody(point):
    key = key_of(b"ssh-ed25519", bytes.fromhex(point))
    forged = b"\1" + bytes(63)  # the neutral point and 0: nobody had to know a secret to write it
    blob = b"SSHSIG\0\0\0\1" + b"".join(
        map(written, (key.blob, NAMESPACE.encode(), b"", b"sha512", written(b"ssh-ed25519") + written(forged)))
    )
    armour = f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----\n"
    with pytest.raises(SignatureError, match="no key that SSH makes"):
        verify(armour, b"anything at all", [key])
