"""What bounds the asking: pace, patience, health.

Clocks, sleeping and chance are arguments, so that every rule here can be
tested without waiting.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from trimtab.errors import CallError, SystemUnavailableError

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How failures are waited out; times in seconds.

    A retry waits a random time up to `base` x 2^n, at most `cap` ("full
    jitter"), and at least as long as the server asks; if it asks for more
    than `longest`, the case is given up. After `trip` failed tries in a row
    (or as many as may be in flight, if more) only one try at a time is sent,
    after growing waits, and after `probes` of these failed the system counts
    as dead. Nothing is waited for where that cannot help: when it has never
    answered, and all that failed was code that runs here (`CallError.lasting`).
    """

    base: float = 0.5
    cap: float = 30.0
    longest: float = 300.0
    trip: int = 10
    probes: int = 5

    def before_retry(self, attempt: int, chance: random.Random) -> float:
        """Seconds before try number `attempt` + 1, the first being 0."""
        return chance.uniform(0.0, self._ceiling(attempt))

    def before_probe(self, failed: int) -> float:
        """Seconds before the next probe when `failed` have failed."""
        return self._ceiling(failed + 1)

    def _ceiling(self, doublings: int) -> float:
        return min(self.cap, self.base * 2.0 ** min(doublings, 60))


class Pace:
    """Spreads tries evenly: at most `per_minute`, without bursts, and none while a server asks to wait."""

    def __init__(self, per_minute: float | None, *, clock: Clock, sleep: Sleep) -> None:
        self._interval = 60.0 / per_minute if per_minute else 0.0
        self._clock, self._sleep = clock, sleep
        self._next = -float("inf")
        self._held_until = -float("inf")

    def hold(self, seconds: float) -> None:
        """Let nobody pass for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    @property
    def free(self) -> bool:
        """Whether there is nothing to wait for, now or later."""
        return not self._interval and self._clock() >= self._held_until

    async def turn(self) -> None:
        """Return when the next try may be sent."""
        while True:
            now = self._clock()
            at = max(now, self._next, self._held_until)
            if self._interval:
                self._next = at + self._interval
            if at <= now:
                return
            await self._sleep(at - now)
            if self._clock() >= self._held_until:  # else the hold was extended meanwhile
                return


# Nothing that waiting or another case could change.
_FATAL = frozenset({"http-401", "quota"})
# The same, unless the system has already answered: then it is about this case, or passes.
_FATAL_AT_FIRST = frozenset({"http-403", "http-404", "refused", "unresolved", "unreachable", "tls"})
# The system is well and refuses this one case.
_CASE_ONLY = frozenset(
    {"http-400", "http-413", "http-414", "http-422", "filtered", "too-large", "too-long", "template", "unsendable"}
)

# Turned away before any token was made.
UNBILLED = _FATAL | _FATAL_AT_FIRST | _CASE_ONLY

_NEXT_STEPS = {
    "http-401": "Check the key in the environment variable that `key_env` names.",
    "http-403": "Check that the key may use this model.",
    "http-404": "Check `url` and `model` in the policy.",
    "quota": "Add credit to the account, then run the same command again.",
    "refused": "Start it, or correct `url` in the policy.",
    "unresolved": "Correct the host name of `url` in the policy.",
    "unreachable": "Check the network and `url` in the policy.",
    "tls": "Give the server's authority in `ca_file`, or correct `url`.",
}
_SYSTEM = {  # what to look at when it stops answering; a server where nothing is said
    "callable-raised": "Correct the function",
    "malformed": "Look at what it answers",
    "timeout": "Raise `timeout` under its `limits`, or look at the system",
    "out-of-memory": "Make room for it",
    "generation": "Look at the model",
    "unsupported": "Look at what the policy asks of it",
    "crashed": "Look at the system",
}


class Health:
    """Notices that a system is dead, so that its death does not cost retries x cases.

    Well: every try passes. Doubtful: one try at a time, the others wait.
    Dead: `dead` says why, and nothing is sent any more.
    """

    def __init__(self, candidate: str, patience: Patience, *, concurrency: int, sleep: Sleep) -> None:
        self._candidate, self._patience, self._sleep = candidate, patience, sleep
        self._trip = max(patience.trip, concurrency)
        self._answered = False
        self._failures = 0  # tries in a row
        self._doubtful = False
        self._failed_probes = 0
        self._may_heal = False  # whether a wait could help
        self._probing = asyncio.Lock()  # fair, so that probes come from different cases
        self._scopes: set[asyncio.Timeout] = set()
        self.reason = ""
        self.dead: SystemUnavailableError | None = None

    async def enter(self) -> bool:
        """Wait until a try may be made; whether it is a probe. Give that to `leave`."""
        while self._holds_back():
            await self._probing.acquire()
            try:
                if self._holds_back():  # the probe before may have cleared it up
                    if self._may_heal:
                        await self._sleep(self._patience.before_probe(self._failed_probes))
                    return True
            except BaseException:
                self._probing.release()
                raise
            self._probing.release()
        return False

    def leave(self, *, probe: bool) -> None:
        """The try is over, however it ended."""
        if probe:
            self._probing.release()

    def watch(self, scope: asyncio.Timeout) -> None:
        """Have this wait end at once if the system dies."""
        if not self.is_dead():
            self._scopes.add(scope)
        else:
            scope.reschedule(0.0)

    def forget(self, scope: asyncio.Timeout) -> None:
        """The wait is over."""
        self._scopes.discard(scope)

    def answered(self) -> None:
        """A try succeeded."""
        self._answered = True
        self._well()

    def failed(self, error: CallError, *, probe: bool) -> None:
        """A try failed."""
        self._may_heal = self._may_heal or self._answered or not error.lasting
        if error.reason in _CASE_ONLY:
            self._well()
        elif error.reason in _FATAL or (error.reason in _FATAL_AT_FIRST and not self._answered):
            self._die(error, f"{error.detail or error.reason}")
        elif probe:
            self._failed_probes += 1
            if self._failed_probes >= self._patience.probes:
                self._die(error, f"it stopped answering ({': '.join(filter(None, (error.reason, error.detail)))})")
        else:
            self._failures += 1
            self._doubtful = self._doubtful or self._failures >= self._trip

    @property
    def doubtful(self) -> bool:
        """Whether tries go one at a time."""
        return self._doubtful

    def is_dead(self) -> bool:
        """Whether nothing is sent any more; `dead` says why."""
        return self.dead is not None

    def end(self, error: SystemUnavailableError, reason: str) -> None:
        """Declare the system dead."""
        if not self.is_dead():
            self.dead, self.reason = error, reason
            for scope in self._scopes:
                if not scope.expired():
                    scope.reschedule(0.0)
            self._scopes.clear()

    def _holds_back(self) -> bool:
        return self._doubtful and not self.is_dead()

    def _well(self) -> None:
        self._failures = self._failed_probes = 0
        self._doubtful = self._may_heal = False

    def _die(self, error: CallError, detail: str) -> None:
        look = _SYSTEM.get(error.reason, "Look at the server")
        step = _NEXT_STEPS.get(error.reason, f"{look}, then run the same command again: what was answered is kept.")
        self.end(SystemUnavailableError(self._candidate, detail, step), error.reason)
