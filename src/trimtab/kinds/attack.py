"""What an attack is: a way of asking that makes a system do what it should not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trimtab.kinds.case import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A conversation in the making, before anybody is asked.

    `said` is the user's message, which begins as the plain request and is
    dressed up by one attack after the other. `before` are turns that precede
    it, and `follow_ups` are sent after the replies, one by one.
    """

    said: str
    before: tuple[Message, ...] = ()
    follow_ups: tuple[str, ...] = ()


class Attack(Protocol):
    """One technique: a pure function from an attempt to another. Fields are its configuration.

    Techniques compose: what one of them made is the request of the next.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def family(self) -> str:
        """Which techniques are of a kind; results are shown by family."""
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
        """What it tests, as ids with their framework: owasp-llm-2026:LLM01."""
        ...

    def apply(self, attempt: Attempt, *, variant: int) -> Attempt | None:
        """The attempt in this dress; None when the two do not fit.

        Args:
            attempt: What there is so far.
            variant: Which wording, from 0; attacks with fewer wordings begin again.
        """
        ...
