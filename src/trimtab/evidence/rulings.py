"""What a guard did, as records: sums over an interval, and each text that was held for a person.

No text is in them, nor anything that could be tried out: what was found is there as its label, place and length. The
seal of a whole text (`trimtab.enforce.Seal`) shows to whoever has its key that it is the text that was ruled on.
Rows from before there were seals hold plain digests in their place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from trimtab.evidence.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings(Fields):
    """Everything that a guard ruled on in an interval, in sums.

    `rulings` hold `side`, `action` and `count`; `findings` hold `side`,
    `detector`, `label`, `action`, `count`, `chars`, the characters found in
    all, and `texts`, the requests or replies with such a finding; `skipped`
    hold `side`, `detector`, `reason` and `count`. Each is sorted.

    `chain` is a seal over all rulings, each in its turn. Whoever has kept the
    texts and the key can show that these were ruled on, and no others.
    """

    kind: ClassVar[str] = "rulings"

    guard: str  # digest of the guard's identity: its rules and the versions of its detectors
    begun: int  # microseconds since the epoch, UTC; of the first ruling
    ended: int  # of the last
    chars: int  # characters looked at
    seconds: float  # spent on looking, in all
    slowest: float  # seconds of the slowest ruling
    rulings: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]] = ()
    skipped: Sequence[Mapping[str, Any]] = ()
    chain: str = ""
    lost: int = 0  # escalations and revisions that could not be recorded, for want of room

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **asdict(self),
            "rulings": [dict(one) for one in self.rulings],
            "findings": [dict(one) for one in self.findings],
            "skipped": [dict(one) for one in self.skipped],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Fields):
    """A text that a guard held for a person.

    `spans` hold `label`, `detector`, `start`, `end` and `confidence` of what
    led to it, none where a check was not made or the answer was not sure
    enough; `why` says it in words. `confidence` is that of an answer, None if
    there is none or it was missing; `at_least` is what was asked, None if
    nothing was.
    """

    kind: ClassVar[str] = "escalated"

    guard: str  # digest, as in `Rulings`
    side: str  # "input" or "output"
    text: str  # seal of the text
    chars: int
    why: str
    spans: Sequence[Mapping[str, Any]] = ()
    confidence: float | None = None
    at_least: float | None = None
    about: str = ""  # the caller's id of the request, by which the text can be found; sealed if it could name somebody

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "spans": [dict(one) for one in self.spans]}
