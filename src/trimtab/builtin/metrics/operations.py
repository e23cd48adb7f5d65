"""How fast, how much, at what price?

Times are taken from the last reply of a conversation, the one that a user
waited for with the longest context. Tokens and money are summed over all
replies. Nothing is guessed: what the system did not report is missing.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from trimtab.builtin.metrics import reading
from trimtab.kinds import Better, Case, Exchange, Missing, Score, Shape

_NO_USAGE = Missing("no-usage", "the system does not report how many tokens it used")


@dataclass(frozen=True, slots=True)
class _Latency:
    """Seconds from sending the request to the last byte of the last reply."""

    version: ClassVar[str] = "1"
    unit: ClassVar[str] = "seconds"
    better: ClassVar[Better] = "lower"

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        seconds = exchange.replies[-1].latency
        return Score(value=seconds) if seconds > 0 else Missing("no-latency", "the system does not report times")


@dataclass(frozen=True, slots=True)
class LatencyP50(_Latency):
    """The wait for a whole reply that half of the cases stay under."""

    name: ClassVar[str] = "latency-p50"
    shape: ClassVar[Shape] = Shape.P50


@dataclass(frozen=True, slots=True)
class LatencyP95(_Latency):
    """The wait for a whole reply that 95 of 100 cases stay under."""

    name: ClassVar[str] = "latency-p95"
    shape: ClassVar[Shape] = Shape.P95


@dataclass(frozen=True, slots=True)
class FirstTokenP95:
    """The wait for the first word that 95 of 100 cases stay under; needs streaming."""

    name: ClassVar[str] = "first-token-p95"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.P95
    unit: ClassVar[str] = "seconds"
    better: ClassVar[Better] = "lower"

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        seconds = exchange.replies[-1].first_token
        return Missing("not-streamed", "replies were not streamed") if seconds is None else Score(value=seconds)


@dataclass(frozen=True, slots=True)
class SecondsPerToken:
    """Seconds of waiting for each token of reply, over all replies together."""

    name: ClassVar[str] = "seconds-per-token"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.RATIO
    unit: ClassVar[str] = "seconds per token"
    better: ClassVar[Better] = "lower"

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        used = _tokens(exchange)
        if used is None:
            return _NO_USAGE
        if any(reply.latency <= 0 for reply in exchange.replies):
            return Missing("no-latency", "the system does not report times")
        return Score(value=sum(reply.latency for reply in exchange.replies), per=float(used[1]))


@dataclass(frozen=True, slots=True)
class Throughput:
    """Tokens of reply (or conversations) finished per second of wall time, all calls at once together."""

    name: ClassVar[str] = "throughput"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.THROUGHPUT
    better: ClassVar[Better] = "higher"

    of: Literal["tokens", "conversations"] = "tokens"

    def __post_init__(self) -> None:
        if self.of not in {"tokens", "conversations"}:
            raise ValueError("`of` is tokens or conversations")

    @property
    def unit(self) -> str:
        """What is counted, per second."""
        return f"{self.of} per second"

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        at = exchange.replies[-1].finished_at
        if at <= 0:
            return Missing("no-time", "the system does not report when a reply was finished")
        if self.of == "conversations":
            return Score(value=1.0, at=at)
        used = _tokens(exchange)
        return _NO_USAGE if used is None else Score(value=float(used[1]), at=at)


@dataclass(frozen=True, slots=True)
class CorrectPerThousandTokens:
    """Right answers for each thousand tokens, prompts included: what the same money buys."""

    name: ClassVar[str] = "correct-per-1k-tokens"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.RATIO
    unit: ClassVar[str] = "answers per 1,000 tokens"
    better: ClassVar[Better] = "higher"
    needs: ClassVar[tuple[str, ...]] = ("answer",)

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        right = reading.is_right(case, exchange.text)
        if right is None:
            return Missing("no-answer", "the case does not say what is right")
        used = _tokens(exchange)
        return _NO_USAGE if used is None else Score(value=1000.0 * right, per=float(sum(used)))


@dataclass(frozen=True, slots=True)
class Cost:
    """Money for one conversation at the candidate's price, in the currency of the policy."""

    name: ClassVar[str] = "cost"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.AVERAGE
    unit: ClassVar[str] = "money"
    better: ClassVar[Better] = "lower"

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        if exchange.price is None:
            return Missing("no-price", "the policy gives the candidate no price")
        used = _tokens(exchange)
        if used is None:
            return _NO_USAGE
        return Score(value=(used[0] * exchange.price.input + used[1] * exchange.price.output) / 1e6)


def _tokens(exchange: Exchange) -> tuple[int, int] | None:
    """Prompt and completion tokens of all replies, or None if one of them does not say."""
    sent = received = 0
    for reply in exchange.replies:
        if reply.prompt_tokens is None or reply.completion_tokens is None:
            return None
        sent += reply.prompt_tokens
        received += reply.completion_tokens
    return sent, received
