"""That a figure or a table was published: what was asked, on which rows, as of when, and what came out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from trimtab.evidence.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Fields):
    """Somebody may have acted on this, so it must come out the same whenever it is computed again.

    `what` names the computation (`kpi`, `scorecard`, `loss`, ...), `row` the last row that it saw, `asof` the moment
    for which it was made, `asked` its arguments and `result` what it gave.
    """

    kind: ClassVar[str] = "published"

    what: str
    row: int
    asof: int  # microseconds since the epoch, UTC
    by: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    trimtab: str = ""  # our version

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)
