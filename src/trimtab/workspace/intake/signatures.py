"""Who sent a delivery: signatures of a shared secret over the bytes as they came.

Only what is signed says anything: names of events in headers, which are not, are never looked at.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

TOLERANCE = 5 * 60
"""Seconds by which the time in a signature may differ from ours; beyond it, it is played again."""

_SECRET = "whsec_"  # what Standard Webhooks puts before the base64 of a secret


class Signed(StrEnum):
    """What a signature says."""

    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"
    STALE = "stale"  # right, and of another time


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a sender signs: the headers it needs, and what checks them."""

    headers: tuple[str, ...]
    check: Callable[[bytes, tuple[str, ...], bytes, float], Signed]

    def signed(self, secrets: tuple[bytes, ...], headers: Mapping[str, str], body: bytes, now: float) -> Signed:
        """Whether one of the secrets has signed this body.

        Args:
            secrets: As `secret_bytes` gives them; several while they are changed.
            headers: Of the request, looked up without regard to case.
            body: Its bytes, as they came.
            now: Seconds since the epoch.
        """
        given = tuple(headers.get(name, "") for name in self.headers)
        if not all(given):
            return Signed.MISSING
        # Every secret is tried, so that the time taken does not tell which one fits.
        found = [self.check(one, given, body, now) for one in secrets]
        return next((one for one in (Signed.GOOD, Signed.STALE) if one in found), Signed.WRONG)


def secret_bytes(secret: str) -> bytes:
    """The key of a secret as it was given: base64 after `whsec_`, else its characters.

    Raises:
        ValueError: What stands after `whsec_` is no base64.
    """
    if not secret.startswith(_SECRET):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_SECRET), validate=True)
    except binascii.Error:
        raise ValueError("is no base64 after whsec_") from None


def _hex(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _one_sha256(secret: bytes, given: tuple[str, ...], body: bytes, _: float) -> Signed:
    """`sha256=` and 64 hexadecimal digits."""
    return Signed.GOOD if _same(given[0].strip(), f"sha256={_hex(secret, body)}") else Signed.WRONG


def _pagerduty(secret: bytes, given: tuple[str, ...], body: bytes, _: float) -> Signed:
    """A list of `v1=` and digits, one for each secret that the sender has at the moment."""
    wanted = f"v1={_hex(secret, body)}"
    fits = [_same(one.strip(), wanted) for one in given[0].split(",")]
    return Signed.GOOD if any(fits) else Signed.WRONG


def _standard(secret: bytes, given: tuple[str, ...], body: bytes, now: float) -> Signed:
    """Standard Webhooks: id, time and body are signed; a list of `v1,` and base64, apart by spaces."""
    name, moment, signatures = given
    ahead = f"{name}.{moment}.".encode("utf-8", "surrogateescape")
    signed = hmac.new(secret, ahead + body, hashlib.sha256).digest()
    wanted = f"v1,{base64.b64encode(signed).decode()}"
    fits = [_same(one, wanted) for one in signatures.split(" ")]
    if not any(fits):
        return Signed.WRONG
    fresh = moment.isascii() and moment.isdecimal() and abs(int(moment[:20]) - now) <= TOLERANCE
    return Signed.GOOD if fresh else Signed.STALE


SCHEMES: Mapping[str, Scheme] = {
    "github": Scheme(("X-Hub-Signature-256",), _one_sha256),
    "jira": Scheme(("X-Hub-Signature",), _one_sha256),
    "pagerduty": Scheme(("X-PagerDuty-Signature",), _pagerduty),
    "standard": Scheme(("webhook-id", "webhook-timestamp", "webhook-signature"), _standard),
}
"""By the name that `signature` of a hook gives."""
