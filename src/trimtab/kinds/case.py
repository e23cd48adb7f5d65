"""What is asked, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, as on the OpenAI wire."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One trial of a suite.

    `messages` open the conversation; each text in `follow_ups` is sent as a
    further user turn after the reply to the one before. Cases that share a
    `cluster` (a template, a seed, a person) are not independent of each other.
    `group` names the side of a comparison (a gender, an origin). `expect` is
    what the metrics of the suite need to score it; its keys are theirs.
    """

    id: str
    messages: tuple[Message, ...]
    follow_ups: tuple[str, ...] = ()
    cluster: str = ""
    group: str = ""
    expect: Mapping[str, Any] = field(default_factory=dict)
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a case needs an id")
        if not self.messages:
            raise ValueError(f"case {self.id} has no messages")

    @property
    def independent_unit(self) -> str:
        """The cluster, or the case itself when it stands alone."""
        return self.cluster or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call to a system. Everything that can change the answer is in here."""

    messages: tuple[Message, ...]
    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int = 0
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a system answered.

    Times are seconds: `latency` from sending to the last byte, `first_token`
    to the first piece of content when streamed. `finished_at` is Unix time.
    `logprobs` holds the natural-log probability of each token generated.
    Token counts are None when the system does not say; they are never guessed.
    """

    text: str
    finish: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    latency: float = 0.0
    first_token: float | None = None
    finished_at: float = 0.0
    logprobs: tuple[float, ...] | None = None
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a candidate costs, in the currency of the policy per million tokens."""

    input: float = 0.0
    output: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message of an attacker and what came of it.

    `move` is what the strategy calls it. `near` in [0, 1] is how near it came:
    0 for a refusal, 1 for success.
    """

    move: str
    said: str
    near: float = 0.0
    won: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuit:
    """An attack that is over: its steps, and how often the attacker's model wrote something of use, or nothing."""

    steps: tuple[Step, ...]
    written: int = 0
    unwritten: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The finished conversation over one case: one reply per user turn, or one per step of an attacker that adapts."""

    replies: tuple[Reply, ...]
    price: Price | None = None
    pursuit: Pursuit | None = None

    @property
    def text(self) -> str:
        """The last reply's text."""
        return self.replies[-1].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a metric says of one case.

    `value` is in the metric's unit (0 or 1 for rates). `per` is the
    denominator of ratios, `group` the side of a gap or the cell of a confusion
    table (tp, fp, fn, tn), `at` the Unix time that throughput needs.
    """

    value: float
    per: float = 1.0
    group: str = ""
    at: float = 0.0
