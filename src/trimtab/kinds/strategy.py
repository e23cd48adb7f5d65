"""Attackers that adapt: they see what came back, and say what is tried next."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from trimtab.kinds.case import Case, Message, Pursuit, Reply
from trimtab.kinds.system import Ask

Say = Callable[[tuple[Message, ...]], Awaitable[Reply]]
"""Asks a target with a whole conversation; how its replies are drawn is not the attacker's to choose."""


class Pursuer(Protocol):
    """A suite whose conversations depend on the answers; `Suite.cases` then only open them."""

    @property
    def needs_writer(self) -> bool:
        """Whether another model writes messages, as far as there is one."""
        ...

    async def pursue(self, case: Case, say: Say, write: Ask | None) -> Pursuit:
        """Hold the conversation of a case. What `say` and `write` raise goes on as it is: there was no reply.

        Args:
            case: What was opened.
            say: Asks the target.
            write: Asks the model that writes the attacker's messages; None when there is none.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What an attacker is after: the plain `request`, and what is to come out, in words. `seed` is of its choices."""

    request: str
    thing: str
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a target said, and how near that is to success: 0 for a refusal, below 1 while it has not given in."""

    text: str
    near: float


class Attacked(Protocol):
    """The target as a strategy sees it. Its rules, and what it hides, are not shown."""

    async def say(self, turns: Sequence[Message], *, move: str) -> Answer:
        """Send a conversation that ends with a user's message.

        When the target gives in, or all calls are used up, this does not come
        back: the pursuit ends here. So a strategy may go on for ever.
        """
        ...

    async def write(self, task: str, *, own: Sequence[str]) -> str:
        """A message by the attacker's model, for a task in words.

        Without such a model, or when what it writes is of no use (empty, a
        refusal, the task again), it is the next of `own`, which are wordings of the strategy itself.
        """
        ...


class Strategy(Protocol):
    """One way to adapt. Fields are its configuration."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def family(self) -> str:
        """Results are shown by it."""
        ...

    @property
    def about(self) -> str:
        """One sentence: what it does."""
        ...

    @property
    def source(self) -> str:
        """Where it was described in public."""
        ...

    @property
    def controls(self) -> Sequence[str]:
        """What it tests, as ids with their framework."""
        ...

    @property
    def writes(self) -> bool:
        """Whether it calls `Attacked.write`."""
        ...

    async def pursue(self, aim: Aim, target: Attacked) -> None:
        """Attack until `Attacked.say` ends it, or there is nothing left to try."""
        ...
