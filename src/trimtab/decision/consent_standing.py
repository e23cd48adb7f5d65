"""The standing of a consent, as values."""

from dataclasses import dataclass
from enum import StrEnum


class ConsentState(StrEnum):
    """How far it is. The last three open the gate."""

    NONE = "none"
    ASKED = "asked"
    REFUSED = "refused"
    WAITING = "waiting for the second"
    LAPSED = "lapsed"
    EMERGENCY = "emergency"
    CONDITIONAL = "conditional"
    GIVEN = "given"


OPENS = (ConsentState.EMERGENCY, ConsentState.CONDITIONAL, ConsentState.GIVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one consent stands. `why` is a sentence; `expires` is 0 while nothing was accepted."""

    state: ConsentState
    id: str = ""
    why: str = ""
    next_step: str = ""
    asked_by: str = ""
    signers: tuple[str, ...] = ()
    expires: int = 0
    given: int = 0  # when the last signature that it needed was recorded
    due: tuple[tuple[str, int], ...] = ()  # conditions that are open, and their days
    lapses: tuple[str, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether a release may go out on it."""
        return self.state in OPENS
