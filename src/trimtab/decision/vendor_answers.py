"""What is known of what a vendor was asked: whose word counts, for how long, and for how much.

Somebody else's word counts until it lapses. The vendor's own can lower that at once and lift nothing: an admission
stands until somebody else has looked again, and a claim is worth at most what is asked at least.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.scorecard import Reading
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.vendors import VendorAnswered
from trimtab.policy.kpi_catalogue import Pillar
from trimtab.policy.pillars import pillar_of_control
from trimtab.policy.vendor_rules import asked_of
from trimtab.policy.vendor_spec import VendorSpec

DAY = 86_400_000_000
TARGET = 0.95
"""The share of what is asked that is aimed at, in each pillar."""
_CREDIT = {"met": 1.0, "partly": 0.5, "not": 0.0}

Word = Literal["vouched", "attested", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One control, and how far it is met: from `low` to `high` by the word of others, to `claimed` by the vendor's.

    `latest` is the entry that was made last, whoever made it; None where there is none. `lapsed` says that whatever
    spoke for the vendor is too old to count.
    """

    control: str
    pillar: Pillar
    low: float
    high: float
    claimed: float
    word: Word
    lapsed: bool
    latest: Kept[VendorAnswered] | None


def answers(spec: VendorSpec, name: str, books: Books, *, end: int) -> tuple[Answer, ...]:
    """Every control that a vendor is asked, in the order of its questionnaire, as known before `end` (microseconds)."""
    by_control: dict[str, list[Kept[VendorAnswered]]] = {}
    for one in books.all(VendorAnswered):
        if one.entry.vendor == name and one.entry.at < end:
            by_control.setdefault(one.entry.control, []).append(one)
    return tuple(_answer(link, by_control.get(link, ()), spec.days, end) for link in asked_of(spec.asks))


def readings(spec: VendorSpec, found: Iterable[Answer]) -> list[Reading]:
    """One metric for each pillar that the questionnaire covers: the share of what is asked that is met."""
    by_pillar: dict[Pillar, list[Answer]] = {}
    for one in found:
        by_pillar.setdefault(one.pillar, []).append(one)
    return [_reading(spec, pillar, held) for pillar, held in by_pillar.items()]


def due(spec: VendorSpec, found: Sequence[Answer]) -> int:
    """When the next assessment is due: when the first answer lapses, 0 where something was never answered."""
    if any(one.latest is None for one in found):
        return 0
    return min(one.latest.entry.at for one in found if one.latest) + spec.days * DAY


# -- parts ---------------------------------------------------------------------------------


def _answer(link: str, given: Sequence[Kept[VendorAnswered]], days: int, end: int) -> Answer:
    theirs = [one for one in given if one.entry.independence == "self"]
    others = [one for one in given if one.entry.independence != "self"]
    low, high = 0.0, 1.0
    last = _last(others)
    fresh = last is not None and last.entry.at + days * DAY >= end
    if last is not None and last.entry.answer in _CREDIT:
        high = _CREDIT[last.entry.answer]
        low = high if fresh else 0.0
    since = last.entry.at if last else 0
    admitted = [_CREDIT[one.entry.answer] for one in theirs if one.entry.at >= since and one.entry.answer in _CREDIT]
    high = min([high, *admitted])
    low = min(low, high)
    own = _last(theirs)
    current = own is not None and own.entry.at + days * DAY >= end
    claimed = min(high, _CREDIT.get(own.entry.answer, 0.0)) if own and current else 0.0
    word: Word = "vouched" if fresh else "attested" if current else "silent"
    return Answer(
        control=link,
        pillar=pillar_of_control(link),
        low=low,
        high=high,
        claimed=max(low, claimed),
        word=word,
        lapsed=bool(given) and word == "silent",
        latest=_last(given),
    )


def _last(given: Sequence[Kept[VendorAnswered]]) -> Kept[VendorAnswered] | None:
    """The one with the latest moment; of several at one moment the worst, so that their order says nothing."""
    return max(given, key=lambda one: (one.entry.at, -_CREDIT.get(one.entry.answer, 0.25)), default=None)


def _reading(spec: VendorSpec, pillar: Pillar, held: Sequence[Answer]) -> Reading:
    vouched = sum(one.low for one in held) / len(held)
    claimed = sum(one.claimed for one in held) / len(held)
    high = sum(one.high for one in held) / len(held)
    alone = vouched < spec.met  # whatever reaches the floor rests on the vendor's own word
    known = any(one.latest is not None for one in held)
    return Reading(
        metric=f"{pillar} answers",
        pillar=pillar,
        weight=1.0,
        better="higher",
        target=max(TARGET, spec.met),
        floor=spec.met,
        low=max(vouched, min(claimed, spec.met)) if known else None,
        high=high if known else None,
        veto=True,
        independence="self" if alone else "other-team",
    )
