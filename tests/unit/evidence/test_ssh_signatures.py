"""Signatures agree with `ssh-keygen` in both directions, and nothing but the very same thing verifies."""

import base64
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.evidence.signing import key, key_file

from trimtab.errors import SignatureError
from trimtab.evidence.ssh_keys import read_key, read_public
from trimtab.evidence.ssh_signatures import NAMESPACE, sign, verify
from trimtab.kinds.public_key import PublicKey

MESSAGE = b'{"consent":"CON-1"}'
needs_openssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen")


def keygen(*arguments, **options):
    return subprocess.run(["ssh-keygen", *map(str, arguments)], capture_output=True, check=True, **options)


def signed_by_openssh(folder, kind, *more):
    keygen("-q", "-t", kind, *more, "-N", "", "-f", folder / kind)
    (folder / "message").write_bytes(MESSAGE)
    keygen("-Y", "sign", "-q", "-n", NAMESPACE, "-f", folder / kind, folder / "message")
    return (folder / "message.sig").read_text(), read_public(folder / f"{kind}.pub")


@needs_openssh
@pytest.mark.parametrize("kind", [("ed25519",), ("ecdsa", "-b", "384"), ("rsa", "-b", "2048")], ids=lambda one: one[0])
def test_what_openssh_signs_verifies_here(tmp_path, kind):
    signature, public = signed_by_openssh(tmp_path, *kind)
    assert verify(signature, MESSAGE, [key(1).public, public]) == public
    for message, keys, namespace in (
        (MESSAGE + b" ", [public], NAMESPACE),
        (MESSAGE, [key(1).public], NAMESPACE),
        (MESSAGE, [public], "file"),
    ):
        with pytest.raises(SignatureError):
            verify(signature, message, keys, namespace=namespace)


@needs_openssh
def test_what_is_signed_here_verifies_with_openssh(tmp_path):
    (tmp_path / "allowed").write_text(f"lead {key(1).public}\n")
    (tmp_path / "message.sig").write_text(sign(MESSAGE, key(1)))
    check = ("-Y", "verify", "-f", tmp_path / "allowed", "-I", "lead", "-n", NAMESPACE, "-s", tmp_path / "message.sig")
    assert b"Good" in keygen(*check, input=MESSAGE).stdout
    with pytest.raises(subprocess.CalledProcessError):
        keygen(*check, input=MESSAGE + b" ")


@needs_openssh
def test_a_passphrase_is_asked_for_and_a_wrong_one_opens_nothing(tmp_path):
    keygen("-q", "-t", "ed25519", "-a", "1", "-N", "open", "-f", tmp_path / "id")
    assert read_key(tmp_path / "id", lambda name: "open").public == read_public(tmp_path / "id.pub")
    with pytest.raises(SignatureError, match="passphrase does not open id"):
        read_key(tmp_path / "id", lambda name: "wrong")
    with pytest.raises(SignatureError, match="encrypted"):
        read_key(tmp_path / "id")


@needs_openssh
def test_a_fingerprint_is_what_openssh_shows(tmp_path):
    path = key_file(tmp_path, 1)
    assert key(1).public.fingerprint in keygen("-l", "-f", f"{path}.pub", text=True).stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no private key"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "no private key"),
        (b"\xff" * 100, "no private key"),
        (str(key(1).public).encode(), "public key"),
        (b"x" * 70_000, "longer than"),
    ],
)
def test_a_file_that_is_no_key_says_so(tmp_path, content, says):
    (tmp_path / "id").write_bytes(content)
    with pytest.raises(SignatureError, match=says):
        read_key(tmp_path / "id")
    with pytest.raises(SignatureError, match="cannot be read"):
        read_key(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "text",
    [
        "", "ssh-ed25519", "ssh-ed25519 !!!!", "ssh-rsa " + str(key(1).public).split()[1],
        "ssh-dss AAAAB3NzaC1kc3MAAAAA", "x" * 70_000, "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAA",
    ],
)  # fmt: skip
def test_a_text_that_is_no_public_key_says_so(text):
    with pytest.raises(ValueError, match=r"^is "):
        PublicKey.parse(text)


def test_a_key_is_the_same_whatever_its_comment(tmp_path):
    path = key_file(tmp_path, 1)
    assert read_public(path.with_name("key-1.pub")) == key(1).public == read_key(path).public
    with pytest.raises(SignatureError, match="private key"):
        read_public(path)


@given(st.data())
def test_no_byte_of_a_signature_may_change(data):
    lines = sign(MESSAGE, key(1)).splitlines()
    blob = bytearray(base64.b64decode("".join(lines[1:-1])))
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    changed = "\n".join([lines[0], base64.b64encode(blob).decode(), lines[-1]])
    with pytest.raises(SignatureError):
        verify(changed, MESSAGE, [key(1).public])


def test_a_signature_that_is_far_too_long_is_not_looked_into():
    body = base64.b64encode(b"SSHSIG" + bytes(80_000)).decode()
    with pytest.raises(SignatureError, match="no SSH signature"):
        verify(f"-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----", MESSAGE, [key(1).public])


@given(st.text(max_size=200) | st.binary(max_size=300).map(lambda b: base64.b64encode(b).decode()))
def test_anything_else_is_no_signature(text):
    for one in (text, f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----"):
        with pytest.raises(SignatureError):
            verify(one, MESSAGE, [key(1).public])
