"""The plugins: what the shipped heads say of a text, as findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import ClassVar

from trimtab.builtin.detectors.learned.card import detector_card
from trimtab.builtin.detectors.learned.pieces import LONGEST, passages, remarks, sentences, windows, with_remarks
from trimtab.builtin.detectors.learned.second import Looks
from trimtab.builtin.detectors.learned.weights import chances_of_all, shipped
from trimtab.detect.view import View, views
from trimtab.detect.words import turned_words
from trimtab.errors import DetectorError
from trimtab.kinds import Context, DetectorCard, Finding

_MOST_VIEWS = 6
_SHORT = 20_000  # characters of a text of whose kind more than the last are kept
_TOGETHER = 32  # pieces that are read at once: the arrays stay within the cache of a core
_DATA = frozenset({"tool", "document"})
_SENSITIVE = ("sexual", "self-harm", "violence")
ALONE = 0.9
"""The least chance of a sentence alone, of heads that learned whole texts of our own: many a sentence says little."""

REACH: int | None = None
"""Characters that decide what is found at a place: no bound, since a text of up to a window is judged as a whole."""


def _checked(threshold: float | None) -> None:
    if threshold is not None and not 0.0 < threshold < 1.0:
        raise ValueError(f"threshold {threshold} is outside (0, 1)")


def readings(text: str, who: str) -> Iterator[View]:
    """The text, and what it says under a disguise.

    Raises:
        DetectorError: It is too long to be looked at.
    """
    if len(text) > LONGEST:
        raise DetectorError(who, f"a text of {len(text):,} characters is longer than {LONGEST:,}; cut it")
    yield from _views(text) if len(text) <= _SHORT else _long_views(text)


@lru_cache(maxsize=16)
def _views(text: str) -> tuple[View, ...]:
    """All heads look at a text one after another, or at a few texts in turns: their views are made once."""
    return tuple(_all_views(text))


@lru_cache(maxsize=2)
def _long_views(text: str) -> tuple[View, ...]:
    """The same, of which fewer are held in memory."""
    return tuple(_all_views(text))


def _all_views(text: str) -> Iterator[View]:
    """The text, its lines turned, where they are, and the first of its other readings."""
    others = views(text)
    yield (plain := next(others))
    yield from turned_words(plain)
    yield from islice(others, _MOST_VIEWS - 1)


def judged(text: str, cut: Callable[[str], Iterable[tuple[int, int]]]) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    """The pieces of a text, each with what all heads say of it."""
    spans = iter(cut(text))
    while some := list(islice(spans, _TOGETHER)):
        for (start, end), chances in zip(some, chances_of_all([text[start:end] for start, end in some]), strict=True):
            yield start, end, chances


def bar(head: str, threshold: float | None) -> float:
    """The chance from which on a head counts: the one given, or that of the card."""
    return shipped().threshold(head) if threshold is None else threshold


def settled(
    text: str, cut: Callable[[str], Iterable[tuple[int, int]]], heads: Sequence[str], looks: Looks
) -> list[tuple[int, int, list[float]]]:
    """The pieces of a text, each with the chance of every one of these heads, by the second stage where it is asked."""
    pieces = list(judged(text, cut))
    texts = [text[start:end] for start, end, _ in pieces]
    names = shipped().heads.names
    columns = [looks.settled(head, texts, [said[names.index(head)] for _, _, said in pieces]) for head in heads]
    return [(start, end, [column[at] for column in columns]) for at, (start, end, _) in enumerate(pieces)]


def _found(
    text: str,
    *,
    who: str,
    label: str,
    least: Mapping[str, float],
    cut: Callable[[str], Iterable[tuple[int, int]]] = windows,
) -> list[Finding]:
    """The pieces of a text that one of the heads flags, in whatever reading; those that touch are one finding."""
    flagged: list[tuple[int, int, float, str]] = []
    looks = Looks()
    for view in readings(text, who):
        if flagged and view.name:
            break  # the plain text says it already
        for start, end, chances in settled(view.text, cut, tuple(least), looks):
            if end > start and any(chance >= bound for chance, bound in zip(chances, least.values(), strict=True)):
                last = start + len(view.text[start:end].rstrip())
                flagged.append((*view.span(start, max(last, start + 1)), max(chances), view.name))
    return _joined(flagged, label)


def _joined(flagged: list[tuple[int, int, float, str]], label: str) -> list[Finding]:
    merged: list[tuple[int, int, float, str]] = []
    for start, end, chance, disguise in sorted(flagged):
        if merged and start <= merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), max(before[2], chance), before[3])
        else:
            merged.append((start, end, chance, disguise))
    return [
        Finding(label=label, start=start, end=end, confidence=chance, disguise=disguise)
        for start, end, chance, disguise in merged
    ]


class _Card:
    """The card of a head, read when somebody asks for it.

    It stands without an annotation: `dataclass` asks for the value of what has one, and would read all weights.
    """

    def __init__(self, *heads: str) -> None:
        self._heads = heads

    def __get__(self, instance: object, owner: type) -> DetectorCard:
        return detector_card(*self._heads)


@dataclass(frozen=True, slots=True)
class InjectionDetector:
    """Finds prompt injections and jailbreaks; label `attack.injection`.

    What a user or an assistant writes is judged as a whole and sentence by sentence. In what a tool or a document says,
    every sentence that instructs the assistant is one, since data has no business giving orders. `threshold` and
    `data_threshold` replace the chances from which on it is found; left out, they are those of the card.
    """

    threshold: float | None = None
    data_threshold: float | None = None

    name: ClassVar[str] = "injection"
    version: ClassVar[str] = "2"
    card = _Card("injection", "instruction")

    def __post_init__(self) -> None:
        _checked(self.threshold)
        _checked(self.data_threshold)

    def find(self, text: str) -> list[Finding]:
        """As of a user."""
        return self.find_in(text, Context())

    def find_in(self, text: str, context: Context) -> list[Finding]:
        """What takes the assistant over, or tries to."""
        label = "attack.injection"
        attack = {"injection": bar("injection", self.threshold)}
        if context.origin not in _DATA:
            return _found(text, who=self.name, label=label, least=attack, cut=passages)
        order = {"instruction": bar("instruction", self.data_threshold)}
        # An attack may take more than a sentence.
        return _found(text, who=self.name, label=label, least=order | attack, cut=sentences) or _found(
            text, who=self.name, label=label, least=attack
        )


@dataclass(frozen=True, slots=True)
class ToxicityDetector:
    """Finds insults, harassment, hate and sexism; label `harm.toxicity`. `threshold` replaces the card's.

    A text is judged as a whole and sentence by sentence, or a polite one would hide the other.
    """

    threshold: float | None = None

    name: ClassVar[str] = "toxicity"
    version: ClassVar[str] = "4"
    card = _Card("toxicity")

    def __post_init__(self) -> None:
        _checked(self.threshold)

    def find(self, text: str) -> list[Finding]:
        least = {"toxicity": bar("toxicity", self.threshold)}
        return _found(text, who=self.name, label="harm.toxicity", least=least, cut=with_remarks)


@dataclass(frozen=True, slots=True)
class BiasDetector:
    """Finds statements that generalise about a group; label `harm.bias`. `threshold` replaces the card's.

    A text is judged as a whole and sentence by sentence.
    """

    threshold: float | None = None

    name: ClassVar[str] = "bias"
    version: ClassVar[str] = "2"
    card = _Card("bias")

    def __post_init__(self) -> None:
        _checked(self.threshold)

    def find(self, text: str) -> list[Finding]:
        least = {"bias": bar("bias", self.threshold)}
        return _found(text, who=self.name, label="harm.bias", least=least, cut=with_remarks)


@dataclass(frozen=True, slots=True)
class RefusalDetector:
    """Finds replies that refuse; label `refusal`. `threshold` replaces the card's.

    A reply is judged as a whole and sentence by sentence: many refuse one thing after having helped with another.
    """

    threshold: float | None = None

    name: ClassVar[str] = "refusal"
    version: ClassVar[str] = "2"
    card = _Card("refusal")

    def __post_init__(self) -> None:
        _checked(self.threshold)

    def find(self, text: str) -> list[Finding]:
        return _found(
            text, who=self.name, label="refusal", least={"refusal": bar("refusal", self.threshold)}, cut=passages
        )


@dataclass(frozen=True, slots=True)
class SensitiveDetector:
    """Finds texts about sex, self-harm and violence; labels `harm.sexual`, `harm.self-harm`, `harm.violence`.

    It learned from text of our own alone, so how often it errs is unknown, and claims built on it say so. A text is
    judged as a whole and, where nothing is found, sentence by sentence, of which none counts below `ALONE`. `labels`
    names those to report, all when empty; `threshold` replaces the card's.
    """

    labels: tuple[str, ...] = ()
    threshold: float | None = None

    name: ClassVar[str] = "sensitive"
    version: ClassVar[str] = "2"
    card = _Card(*_SENSITIVE)

    def __post_init__(self) -> None:
        _checked(self.threshold)
        object.__setattr__(self, "labels", tuple(self.labels))
        for label in self.labels:
            if label not in {f"harm.{head}" for head in _SENSITIVE}:
                raise ValueError(f"there is no head for the label {label!r}")

    def find(self, text: str) -> list[Finding]:
        found: list[Finding] = []
        for head in _SENSITIVE:
            if not self.labels or f"harm.{head}" in self.labels:
                label, least = f"harm.{head}", bar(head, self.threshold)
                found += _found(text, who=self.name, label=label, least={head: least}) or _found(
                    text, who=self.name, label=label, least={head: max(least, ALONE)}, cut=remarks
                )
        return found
