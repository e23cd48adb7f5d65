"""How often does a detector find something?

What guards can also measure. The rate is the detector's, and the decision
allows for its errors: see `trimtab.stats.misreading`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from trimtab.builtin.metrics import reading
from trimtab.detect import look, look_async
from trimtab.errors import DetectorError, DisputedError
from trimtab.kinds import (
    AnyDetector,
    Better,
    Case,
    Context,
    DetectorCard,
    ErrorRates,
    Exchange,
    Finding,
    Instrument,
    Missing,
    Origin,
    Score,
    Shape,
    Watch,
    plugins,
)

Side = Literal["reply", "replies", "request"]

_USUAL_THRESHOLD = 0.5  # the one that the rates on a card are about
_SIDES = ("reply", "replies", "request")
_ORIGINS: Mapping[str, Origin] = {"system": "system", "user": "user", "assistant": "assistant", "tool": "tool"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorRate:
    """1 when a detector finds something in the reply: personal data or a secret, unless another one is named.

    `detector` is any that is installed and `fields` are its own. Findings
    count from `threshold`, and only of these `labels` or families; all when
    left out. `side` says where it looks: in the last reply, in all replies,
    or in what was sent. `better` is lower, unless what is found is wanted.
    `errors` are the detector's errors about such cases as somebody counted
    them: `{corpus: "200 replies, read by two nurses", found: [95, 100],
    alarms: [1, 100]}`. Without them its card is taken at its word for a single
    label in the last reply at the usual threshold; otherwise they are unknown.
    """

    name: ClassVar[str] = "detector-rate"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.RATE
    unit: ClassVar[str] = "ratio"

    detector: str = "patterns"
    fields: Mapping[str, Any] = field(default_factory=dict)
    labels: Sequence[str] = ()
    threshold: float = _USUAL_THRESHOLD
    side: Side = "reply"
    better: Better = "lower"
    errors: Mapping[str, Any] = field(default_factory=dict)
    _detector: AnyDetector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.labels, str):  # its letters would be labels that are never found
            raise ValueError("labels must be a list")  # noqa: TRY004  # a ValueError is what plugins raise
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError("threshold is outside [0, 1]")
        if self.side not in _SIDES:
            raise ValueError(f"side must be one of {', '.join(_SIDES)}")
        if self.better not in ("lower", "higher"):
            raise ValueError("better must be lower or higher")
        object.__setattr__(self, "_detector", plugins.make("detectors", self.detector, **self.fields))
        card = self._card()
        lost = [label for label in self.labels if card and not any(_among(label, one) for one in card.labels)]
        if lost:
            raise ValueError(f"{self.detector} does not find {lost[0]!r}")
        self._rates()  # that they make sense

    @property
    def instrument(self) -> Instrument:
        """What the scores were seen through."""
        model = self.fields.get("model", "")
        return Instrument(
            detector=self.detector,
            version=str(self._detector.version),
            model=model if isinstance(model, str) else "",
            rates=self._rates(),
            judges=getattr(self._detector, "sitting", ()),  # of a panel
            agree=getattr(self._detector, "quorum", 0),
        )

    @property
    def watch(self) -> Watch | None:
        """What is looked for in the last reply; None where it looks elsewhere."""
        if self.side != "reply":
            return None
        key = repr((self.detector, sorted(self.fields.items())))
        return Watch(key=key, detector=self._detector, labels=tuple(self.labels), threshold=self.threshold)

    def _card(self) -> DetectorCard | None:
        card = getattr(self._detector, "card", None)
        return card if isinstance(card, DetectorCard) else None

    def _rates(self) -> ErrorRates:
        if self.errors:
            from trimtab.stats.error_rates import read_rates

            return read_rates(self.errors)
        card = self._card()
        usual = self.side == "reply" and self.threshold == _USUAL_THRESHOLD and len(self.labels) == 1
        stated = card.errors.get(self.labels[0]) if card and usual else None
        return stated or ErrorRates(corpus="")

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        """Look at each text in turn. Not within an event loop if the detector must wait; there, `ascore`."""
        looks: list[bool | DetectorError] = []
        for text, context in self._texts(case, exchange):
            try:
                looks.append(self._counts(look(self._detector, text, context)))
            except DetectorError as error:
                looks.append(error)
        return _scored(looks)

    async def ascore(self, case: Case, exchange: Exchange) -> Score | Missing:
        """As `score`, for detectors that wait for somebody else's answer."""
        looks: list[bool | DetectorError] = []
        for text, context in self._texts(case, exchange):
            try:
                looks.append(self._counts(await look_async(self._detector, text, context)))
            except DetectorError as error:
                looks.append(error)
        return _scored(looks)

    def _counts(self, findings: Sequence[Finding]) -> bool:
        return any(
            one.confidence >= self.threshold and (not self.labels or any(map(one.is_a, self.labels)))
            for one in findings
        )

    def _texts(self, case: Case, exchange: Exchange) -> list[tuple[str, Context]]:
        instructions = tuple(message.content for message in case.messages if message.role == "system")
        if self.side == "request":
            sent = [(message.content, _ORIGINS[message.role]) for message in case.messages]
            sent += [(text, "user") for text in case.follow_ups]
            return [(text, Context(origin=origin)) for text, origin in sent]
        context = Context(origin="assistant", instructions=instructions, kept=reading.expected(case, "canary"))
        replies = exchange.replies if self.side == "replies" else exchange.replies[-1:]
        return [(reply.text, context) for reply in replies]


def _scored(looks: Sequence[bool | DetectorError]) -> Score | Missing:
    """Found anywhere is found; not found counts only if it was looked for everywhere."""
    if any(one is True for one in looks):
        return Score(value=1.0)
    for one in looks:
        if isinstance(one, DetectorError):
            reason = one.reason if isinstance(one, DisputedError) else "detector-failed"
            return Missing(reason, one.detail)
    return Score(value=0.0)


def _among(label: str, known: str) -> bool:
    return known == label or known.startswith(f"{label}.")
