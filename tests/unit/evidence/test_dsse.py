"""Envelopes hold what was signed and nothing else, as somebody with the standard library and one primitive would check."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.evidence.signing import key

from trimtab.errors import SignatureError
from trimtab.evidence.dsse import ENVELOPE_BYTES, IN_TOTO, pae, seal, unseal

PAYLOAD = b'{"_type":"https://in-toto.io/Statement/v1"}'


def test_pae_is_that_of_the_specification():
    """The example of protocol.md."""
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("ä", "ö".encode()) == b"DSSEv1 2 \xc3\xa4 2 \xc3\xb6"


def test_an_independent_check_agrees():
    envelope = json.loads(seal(PAYLOAD, [key(1)]))
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    tosign = b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])
    raw = base64.b64decode(str(key(1).public).split()[1])[-32:]
    (signature,) = envelope["signatures"]
    Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature["sig"]), tosign)
    assert payload == PAYLOAD
    assert kind == b"application/vnd.in-toto+json"


def test_an_envelope_made_by_others_opens():
    """With base64 for URLs, without `keyid`, and in another order."""
    sig = base64.urlsafe_b64encode(key(2).sign_raw(pae(IN_TOTO, b"\xfb\xff\xfe"))).decode()
    text = {"signatures": [{"sig": sig}], "payloadType": IN_TOTO, "payload": "-__-"}
    assert unseal(json.dumps(text).encode(), [key(1).public, key(2).public]).payload == b"\xfb\xff\xfe"


@given(payload=st.binary(max_size=60), signers=st.sets(st.integers(1, 3), min_size=1))
def test_what_is_sealed_is_unsealed_by_whoever_knows_every_signer(payload, signers):
    envelope = seal(payload, [key(n) for n in sorted(signers)])
    opened = unseal(envelope, [key(n).public for n in range(1, 4)])
    assert (opened.payload, set(opened.keys)) == (payload, {key(n).public for n in signers})
    with pytest.raises(SignatureError, match="not by a key"):
        unseal(envelope, [key(n).public for n in range(1, 5) if n not in signers])


def changed(**fields):
    return json.dumps({**json.loads(seal(PAYLOAD, [key(1)])), **fields}).encode()


GOOD = json.loads(seal(PAYLOAD, [key(1)]))
SIG = GOOD["signatures"][0]
TWO = seal(PAYLOAD, [key(1)]).replace(b'"payload":', b'"payload": "e30=", "payload":')
OTHER = base64.b64encode(key(9).sign_raw(pae(IN_TOTO, PAYLOAD))).decode()


@pytest.mark.parametrize(
    ("envelope", "says"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "nested|not JSON"),
        (b"{}", "fields"),
        (b'{"a": NaN}', "NaN"),
        (TWO, "twice"),
        (changed(more=1), "fields"),
        (changed(payload="e30"), "base64"),
        (changed(payload="!!!!"), "base64"),
        (changed(payload="e31="), "base64"),  # bits that say nothing
        (changed(payload=7), "base64"),
        (changed(payload="e30="), "not over what it holds"),
        (changed(payloadType="text/plain"), "holds 'text/plain'"),
        (changed(signatures=[]), "no signatures"),
        (changed(signatures=[SIG] * 17), "over 16"),
        (changed(signatures=[SIG, SIG]), "twice"),
        (changed(signatures=[SIG, {"sig": OTHER}]), "not by a key"),
        (changed(signatures=[{"sig": SIG["sig"], "cert": ""}]), "other fields"),
        (changed(signatures=[{"sig": SIG["sig"], "keyid": 7}]), "keyid"),
        (changed(signatures=["x"]), "other fields"),
        (b" " * (ENVELOPE_BYTES + 1), "longer"),
    ],
)
def test_what_is_no_envelope_is_refused(envelope, says):
    with pytest.raises(SignatureError, match=says):
        unseal(envelope, [key(1).public])


@given(st.data())
def test_no_byte_of_a_payload_may_change(data):
    payload = bytearray(PAYLOAD)
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SignatureError):
        unseal(changed(payload=base64.b64encode(payload).decode()), [key(1).public])
