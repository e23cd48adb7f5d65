"""A risk hunt as records: who looks for flaws and how long, what each filed, what was said of it, what came out.

All of one hunt stand under its id, as those of a run do under the run's. Texts are there as digests, and
as redacted excerpts where the policy says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from trimtab.evidence.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntOpened(Fields):
    """A hunt begins: so many hours from the time of this row, by these hunters, none of whom owns the system."""

    kind: ClassVar[str] = "hunt-opened"

    hours: float
    hunters: Mapping[str, str]  # name -> "person" or "model"
    level: float  # coverage of the intervals: the confidence of the system's tier
    file: str = ""  # the policy's, as people in the same folder type it; empty where nobody said


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntFiled(Fields):
    """A hunter, or somebody for a customer, files one finding.

    `after` is the time of the ledger's last row when it was filed: a clock
    that was put back since makes nothing early. `place` is what was attacked,
    by which two findings are known to be the same (a cluster of cases).
    """

    kind: ClassVar[str] = "hunt-filed"

    finding: str
    hunter: str
    found_by: str  # "hunter" or "customer"
    severity: str  # S1, the worst, to S4
    hazard: str  # a short name
    way: str  # how it is reproduced: "case", "command", "file", or "run": a case that a run of the hunter has seen
    after: int  # microseconds since the epoch, UTC
    case: str = ""  # id of a case that `trimtab redteam --case` asks again
    place: str = ""
    source: str = ""  # the run that has seen it
    same_as: str = ""  # another finding that it finds again
    texts: Mapping[str, str] = field(default_factory=dict)  # name -> digest
    excerpts: Mapping[str, str] = field(default_factory=dict)  # name -> redacted, only when the policy says so


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntTriaged(Fields):
    """Somebody says of a finding whether it is one; the last word counts."""

    kind: ClassVar[str] = "hunt-triaged"

    finding: str
    by: str
    ruling: str  # "valid", "invalid" or "same"
    same_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntClosed(Fields):
    """A hunt ends: what its hunters spent where that is less than the whole time, and what follows, as `decision` says.

    `result` can be computed again from the rows of the hunt up to `row`.
    """

    kind: ClassVar[str] = "hunt-closed"

    by: str
    spent: Mapping[str, float]  # hunter -> hours
    trimtab: str  # our version
    row: int
    result: Mapping[str, Any]
