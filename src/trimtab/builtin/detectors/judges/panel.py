"""Several judges with a vote. Where they disagree, no program decides: a person must."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from trimtab.builtin.detectors.judges.judge import stated_rates, together
from trimtab.detect import look_async
from trimtab.errors import DetectorError, DisputedError
from trimtab.kinds import AnyDetector, Context, DetectorCard, Finding, plugins

_YES = 0.5  # confidence from which on a judge says yes
_MOST = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Asks several detectors about the same labels, and takes what enough of them say.

    `judges` are detectors with their fields, as rules of a guard name them:
    `{detector: llm-judge, with: {...}}`. Each is asked about each of `labels`.
    `agree` is how many must say the same, all of them unless less is said, and
    always more than half. Fewer is a dispute, which is missing
    in a metric and a failed check in a guard, never "no". A judge that gives no verdict has no
    vote; where the others cannot make up for it, that is the failure that is told.
    `errors` are rates by label that somebody has counted for the panel as a whole.
    """

    name: ClassVar[str] = "panel"
    version: ClassVar[str] = "1"

    judges: Sequence[Mapping[str, Any]]
    labels: Sequence[str]
    agree: int = 0
    errors: Mapping[str, Any] = field(default_factory=dict)
    _judges: tuple[AnyDetector, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.labels, str) or not self.labels or len(set(self.labels)) < len(self.labels):
            raise ValueError("labels must be a list of one or more, each once")
        given: Any = self.judges
        if isinstance(given, Mapping | str) or not 2 <= len(given) <= _MOST:
            raise ValueError(f"judges must be a list of 2 to {_MOST}")
        if any(one in given[:number] for number, one in enumerate(given)):
            raise ValueError("a judge is named twice; two of the same have one opinion")
        if self.agree and not len(given) / 2 < self.agree <= len(given):
            raise ValueError(f"agree must be more than half of the {len(given)} judges, and at most all")
        object.__setattr__(self, "_judges", tuple(self._made(number, one) for number, one in enumerate(given, 1)))
        lost = sorted(label for label in self.errors if label not in self.labels)
        if lost:
            raise ValueError(f"errors speak of {lost[0]}, which is not among {', '.join(self.labels)}")
        stated_rates(self.errors)  # that they make sense

    def _made(self, number: int, one: Any) -> AnyDetector:
        named = one.get("detector") if isinstance(one, Mapping) else None
        if (
            not isinstance(named, str)
            or set(one) - {"detector", "with"}
            or not isinstance(one.get("with", {}), Mapping)
        ):
            raise ValueError(f"judge {number} is not of the form {{detector: NAME, with: {{...}}}}")
        if named == self.name:
            raise ValueError("a panel is no judge of a panel")
        judge: AnyDetector = plugins.make("detectors", named, **one.get("with", {}))
        card = getattr(judge, "card", None)
        known = card.labels if isinstance(card, DetectorCard) else ()
        lost = [label for label in self.labels if known and not any(_covers(label, found) for found in known)]
        if lost:
            raise ValueError(f"judge {number}, {named}, does not find {lost[0]!r}")
        return judge

    @property
    def card(self) -> DetectorCard:
        """Errors of the panel, not of its judges: those say little of each other's."""
        return DetectorCard(labels=tuple(self.labels), remote=True, errors=stated_rates(self.errors))

    @property
    def sitting(self) -> tuple[tuple[str, str], ...]:
        """Detector and model of each judge."""
        fields = [one.get("with", {}).get("model", "") for one in self.judges]
        return tuple(
            (str(one["detector"]), model if isinstance(model, str) else "")
            for one, model in zip(self.judges, fields, strict=True)
        )

    @property
    def quorum(self) -> int:
        """How many must say the same."""
        return self.agree or len(self._judges)

    async def look(self, text: str, context: Context) -> list[Finding]:
        """Labels that enough judges find, each over the whole text; the confidence is the share of those who said yes.

        Raises:
            DisputedError: Too few say the same.
            DetectorError: Too few say anything. Neither quotes the text.
        """
        if not text.strip():
            return []
        said = await together([self._asked(judge, text, context) for judge in self._judges])
        needed = self.quorum
        failures = [one for one in said if isinstance(one, DetectorError)]
        votes = [one for one in said if not isinstance(one, DetectorError)]
        found = []
        for label in self.labels:
            yes = sum(label in vote for vote in votes)
            no = len(votes) - yes
            if yes >= needed:
                found.append(Finding(label=label, start=0, end=len(text), confidence=yes / len(votes)))
            elif no < needed:
                raise self._undecided(label, yes, no, failures)
        return found

    def _undecided(self, label: str, yes: int, no: int, failures: Sequence[DetectorError]) -> DetectorError:
        """A dispute, unless it is for want of verdicts that nothing is decided."""
        broken = [one for one in failures if not isinstance(one, DisputedError)]
        told = f"{label}: {yes} say yes, {no} no"
        if not broken or (yes and no):
            return DisputedError(self.name, "judges-disagree", told)
        return DetectorError(self.name, f"{broken[0].detail.partition(':')[0]}: {told}, {len(broken)} gave no verdict")

    async def _asked(self, judge: AnyDetector, text: str, context: Context) -> set[str] | DetectorError:
        try:
            findings = await look_async(judge, text, context)
        except DetectorError as error:
            return error
        return {
            label
            for label in self.labels
            if any(finding.is_a(label) and finding.confidence >= _YES for finding in findings)
        }


def _covers(label: str, found: str) -> bool:
    return found == label or found.startswith(f"{label}.")
