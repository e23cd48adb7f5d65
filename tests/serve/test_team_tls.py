"""What is spoken with the certificate that `trimtab serve` is given."""

import datetime as dt
import ssl
from typing import Any

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trimtab.serve.pages.process import tls


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """The context that uvicorn makes of a certificate, and the certificate."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "c.pem").write_bytes(made.public_bytes(pem))
    (folder / "k.pem").write_bytes(key.private_bytes(pem, kind, serialization.NoEncryption()))
    options: dict[str, Any] = {**tls(str(folder / "c.pem"), str(folder / "k.pem"))}
    config = uvicorn.Config("json:loads", **options)
    config.load()
    assert config.ssl is not None
    return config.ssl, str(folder / "c.pem")


def shaken(serving, *, newest=ssl.TLSVersion.MAXIMUM_SUPPORTED, ciphers="DEFAULT:@SECLEVEL=0"):
    """The version and cipher of a handshake of both sides in memory.

    Raises:
        ssl.SSLError: They do not agree.
    """
    context, certificate = serving
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(certificate)
    client.set_ciphers(ciphers)
    client.minimum_version, client.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = context.wrap_bio(there, back, server_side=True)
    theirs = client.wrap_bio(back, there, server_hostname="localhost")
    waiting = [theirs, ours]
    for _ in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                pass
    assert not waiting
    return str(theirs.version()), str((theirs.cipher() or ("",))[0])


def test_the_newest_version_is_spoken_where_both_know_it(serving):
    assert shaken(serving)[0] == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_are_refused(serving, newest):
    with pytest.raises(ssl.SSLError):
        shaken(serving, newest=newest)


def test_version_1_2_is_spoken_with_authenticated_encryption_and_forward_secrecy(serving):
    version, cipher = shaken(serving, newest=ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2"
    assert cipher.startswith("ECDHE-")
    assert "GCM" in cipher or "CHACHA20" in cipher


@pytest.mark.parametrize("ciphers", ["ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-NULL-SHA", "AECDH-AES256-SHA"])  # fmt: skip
def test_weak_ciphers_are_refused(serving, ciphers):
    with pytest.raises(ssl.SSLError):
        shaken(serving, newest=ssl.TLSVersion.TLSv1_2, ciphers=f"{ciphers}:@SECLEVEL=0")
