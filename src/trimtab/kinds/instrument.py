"""What a metric sees through, when it does not see by itself: a detector that errs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from trimtab.kinds.detector import ErrorRates
from trimtab.kinds.estimate import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A detector that scores cases, and how often it errs about one, as far as anybody knows.

    `model` names what stands behind a judge; two judges that ask the same
    model are not independent of each other. A panel has `judges`, each a
    detector and its model, of whom `agree` must say the same. What a claim may be built on goes
    into the ledger, so that it can be judged again without the detector.
    """

    detector: str
    version: str
    model: str = ""
    rates: ErrorRates = field(default_factory=lambda: ErrorRates(corpus=""))
    judges: tuple[tuple[str, str], ...] = ()
    agree: int = 0

    def decided_by(self, others: Collection[tuple[str, str]]) -> bool:
        """Whether these detectors, each with its model, could give its verdicts alone, so that it is no other judge."""
        if not self.judges:
            return any(self.same_as(*other) for other in others)
        sitting = [Instrument(detector=name, version="", model=model) for name, model in self.judges]
        return sum(one.decided_by(others) for one in sitting) >= self.agree

    def same_as(self, detector: str, model: str) -> bool:
        """Whether a detector with this name and model is no other judge. Without a model, the name tells."""
        return self.detector == detector and (not self.model or not model or self.model == model)

    def payload(self) -> dict[str, Any]:
        """JSON form; what is unknown is left out."""
        rates = self.rates
        data: dict[str, Any] = {
            "detector": self.detector,
            "version": self.version,
            "model": self.model,
            "corpus": rates.corpus,
            "found": None if rates.found is None else list(rates.found),
            "alarms": None if rates.alarms is None else list(rates.alarms),
            "sensitivity": _ends(rates.sensitivity),
            "false_alarm": _ends(rates.false_alarm),
            "judges": [list(judge) for judge in self.judges] or None,
            "agree": self.agree or None,
        }
        return {name: value for name, value in data.items() if value not in (None, "")}

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> Self:
        """The value back from its JSON form."""
        rates = ErrorRates(
            corpus=data.get("corpus", ""),
            sensitivity=Interval(*data["sensitivity"]) if "sensitivity" in data else None,
            false_alarm=Interval(*data["false_alarm"]) if "false_alarm" in data else None,
            found=_counts(data.get("found")),
            alarms=_counts(data.get("alarms")),
        )
        return cls(
            detector=data["detector"],
            version=data["version"],
            model=data.get("model", ""),
            rates=rates,
            judges=tuple((name, model) for name, model in data.get("judges", ())),
            agree=data.get("agree", 0),
        )


def _counts(given: Any) -> tuple[int, int] | None:
    return None if given is None else (given[0], given[1])


def _ends(interval: Interval | None) -> list[Any] | None:
    return None if interval is None else [interval.low, interval.high, interval.level, interval.method]
