"""What a card is made of: sentences that evidence shows, sentences that somebody states, figures, and gaps."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from trimtab.decision.placeholders import says
from trimtab.kinds import Estimate, Missing

CardKind = Literal["model", "system", "dataset", "annex-iv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence. Without `by` it rests on `rows` of the ledger; with it, it is what `by` states, and no more.

    Of a statement, `rows` say where it was recorded; none where it stands in the policy alone.
    """

    text: str
    rows: tuple[int, ...] = ()
    by: str = ""

    def __post_init__(self) -> None:
        if not self.rows and not self.by:
            raise ValueError("a sentence rests on rows, or is somebody's statement")

    @property
    def statement(self) -> bool:
        """Whether no evidence shows it."""
        return bool(self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure with its interval: of a metric, of a group if one is named, against a requirement if there is one."""

    metric: str
    seen: Estimate | Missing
    rows: tuple[int, ...]
    unit: str = ""
    better: str = ""
    suite: str = ""
    group: str = ""
    requirement: str = ""
    bound: float | None = None
    verdict: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section. `asked` says what belongs there, for whoever fills a gap.

    Of a section that only `people` can write, evidence alone fills nothing. `owner` owes what is missing.
    """

    name: str
    title: str
    asked: str
    people: bool = False
    owner: str = ""
    said: tuple[Said, ...] = ()
    measured: tuple[Measured, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether it says something: a figure that is missing does not."""
        if self.people:
            return any(one.statement for one in self.said)
        return bool(self.said) or any(isinstance(one.seen, Estimate) for one in self.measured)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A whole card, from the first `row` rows of a ledger. `digests` are by what they are of."""

    kind: CardKind
    title: str
    subject: str
    organisation: str
    currency: str
    asof: int  # microseconds UTC
    row: int
    policy: str
    artefact: str = ""
    run: str = ""
    candidate: str = ""
    parts: tuple[Part, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # identifiers that programs read
    caution: str = ""  # what a reader must not take it for

    @property
    def gaps(self) -> tuple[Part, ...]:
        """Sections that say nothing."""
        return tuple(one for one in self.parts if not one.filled)

    @property
    def statements(self) -> int:
        """How many of its sentences no evidence shows."""
        return sum(said.statement for part in self.parts for said in part.said)

    def payload(self) -> dict[str, Any]:
        """JSON form, in which each sentence says whether it is evidence or a statement."""
        return {
            "kind": self.kind,
            "title": self.title,
            "subject": self.subject,
            "candidate": self.candidate,
            "organisation": self.organisation,
            "asof": self.asof,
            "row": self.row,
            "policy": self.policy,
            "artefact": self.artefact,
            "run": self.run,
            "filled": len(self.parts) - len(self.gaps),
            "mandatory": len(self.parts),
            "statements": self.statements,
            "sections": [
                {
                    "name": part.name,
                    "title": part.title,
                    "gap": None if part.filled else part.asked,
                    "owner": part.owner,
                    "sentences": [
                        {
                            "kind": "statement" if one.statement else "evidence",
                            "text": one.text,
                            "by": one.by,
                            "rows": list(one.rows),
                        }
                        for one in part.said
                    ],
                    "figures": [_measured(one) for one in part.measured],
                }
                for part in self.parts
            ],
            "digests": dict(self.digests),
            "metadata": {name: list(values) for name, values in self.metadata.items() if values},
            "caution": self.caution,
        }


def owed(parts: Iterable[Part], owner: str) -> tuple[Part, ...]:
    """The same sections, each with somebody who owes what is missing from it."""
    return tuple(one if one.owner else replace(one, owner=owner) for one in parts)


def stated(text: str, by: str, *, rows: Iterable[int] = ()) -> list[Said]:
    """A statement; nothing where the text is a placeholder."""
    return [Said(text=" ".join(text.split()), by=by, rows=tuple(rows))] if says(text) else []


def _measured(one: Measured) -> dict[str, Any]:
    seen = one.seen
    numbers: dict[str, Any] = (
        {"missing": seen.reason}
        if isinstance(seen, Missing)
        else {
            "value": _number(seen.value),
            "low": _number(seen.interval.low),
            "high": _number(seen.interval.high),
            "level": seen.interval.level,
            "method": seen.interval.method,
            "count": seen.count,
            "missing_cases": seen.missing,
        }
    )
    return {
        "metric": one.metric,
        "group": one.group,
        "suite": one.suite,
        "unit": one.unit,
        "better": one.better,
        "requirement": one.requirement,
        "verdict": one.verdict,
        "reason": one.reason,
        "rows": list(one.rows),
        **numbers,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
