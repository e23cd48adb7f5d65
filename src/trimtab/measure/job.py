"""What is to be asked, what came of it, and the counts that a display reads meanwhile."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trimtab.errors import SystemUnavailableError
from trimtab.kinds import Case, Exchange, Missing, Price, Pursuer, Screen, System
from trimtab.policy.system_spec import Generation, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One suite asked of one candidate.

    `system` has been entered. `identity` is what it said of itself; together
    with the request it is the key of the cache. What a `screen` lets through
    has a key of its own, so that two jobs of one identity, one of them
    screened, ask a system only once where it is asked the same. Jobs with the same `endpoint`
    share their limits, the strictest of each; empty text means the `url` in
    the identity, or the candidate. `repeat` asks the same questions anew.
    A `pursuer` holds the conversations, and `writer` is the job, without cases, of the model that writes its messages.
    """

    candidate: str
    system: System
    identity: Mapping[str, Any]
    suite: str
    cases: Iterable[Case]
    limits: Limits = field(default_factory=Limits)
    generation: Generation = field(default_factory=Generation)
    price: Price | None = None
    endpoint: str = ""
    repeat: int = 0
    screen: Screen | None = None
    logprobs: bool = False  # ask for the log-probability of each token
    pursuer: Pursuer | None = None
    writer: "Job | None" = None

    @property
    def shares(self) -> str:
        """What it shares its limits by."""
        url = self.identity.get("url")
        return self.endpoint or (url if isinstance(url, str) and url else f"candidate {self.candidate}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One case that is over. `order` is its position in the job; `cached` means that no call was made for it."""

    candidate: str
    suite: str
    order: int
    case: Case
    outcome: Exchange | Missing
    cached: bool


@dataclass(slots=True)
class Tally:
    """What happened so far; read it at any moment. Counts go on over several runs.

    `calls` are tries sent, `errors` failed tries by reason. `tokens` are those
    that systems counted. `retrying` tries wait for their time.
    """

    calls: int = 0
    cached: int = 0
    tokens: int = 0
    in_flight: int = 0
    retrying: int = 0
    done: int = 0
    missing: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    unavailable: dict[str, SystemUnavailableError] = field(default_factory=dict)
