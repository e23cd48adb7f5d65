"""Asks the guard on behalf of the proxy, without keeping others waiting, and counts what it says."""

import asyncio
from collections.abc import Callable, Sequence

from trimtab.enforce import Guard, GuardStream, Ruling, Vault
from trimtab.kinds import Message, plugins
from trimtab.serve.tally import Row

_LONG = 20_000  # characters; what is longer takes milliseconds, and is looked at beside the event loop
_FIRST_WORDS = "Write to somebody@example.org or call +44 20 7946 0000 before noon."

Noted = Callable[[str, Ruling], None]
"""Told of every ruling: on which side, and what it was."""


class Looking:
    """A guard as one worker of the proxy uses it."""

    def __init__(self, guard: Guard, row: Row, noted: Noted | None = None) -> None:
        """Use `guard`, count in `row`, and tell `noted` of every ruling."""
        self.guard = guard
        self._row = row
        self._noted = noted
        rules = (*guard.spec.input, *guard.spec.output)
        # Such a detector waits for somebody else; all others are asked at once, without a task for each.
        self.waits = any(hasattr(plugins.find("detectors", rule.detector), "look") for rule in rules)

    def warm(self) -> None:
        """Let every detector look once, so that what they load when they are first needed does not delay a request."""
        if not self.waits:
            said = [Message("user", _FIRST_WORDS)]
            self.guard.input(said)
            self.guard.output(_FIRST_WORDS, messages=said)

    def begin(self, messages: Sequence[Message]) -> "Conversation":
        """For one request, and the reply to it."""
        return Conversation(self, messages)

    def counted(self, side: str, ruling: Ruling) -> Ruling:
        """The ruling, once it has been counted."""
        row = self._row
        row.ruled(side, ruling.action)
        row.looked(ruling.total)
        for skipped in ruling.skipped:
            if skipped.reason != "needless":
                row.unlooked(side, skipped.reason)
        if self._noted is not None:
            self._noted(side, ruling)
        return ruling


class Conversation:
    """The messages of one request, and what the guard says of them and of what answers them.

    What pseudonyms stand for is kept as long as the request, since clients send the whole conversation each time.
    """

    __slots__ = ("_looking", "_messages", "_vault")

    def __init__(self, looking: Looking, messages: Sequence[Message]) -> None:
        self._looking = looking
        self._messages = messages
        self._vault = Vault() if looking.guard.spec.restore else None

    async def asked(self) -> Ruling:
        """What may go into the model."""
        guard, messages, vault = self._looking.guard, self._messages, self._vault
        if self._looking.waits:
            ruling = await guard.ainput(messages, vault=vault)
        elif sum(len(message.content) for message in messages) > _LONG:
            ruling = await asyncio.to_thread(guard.input, messages, vault=vault)
        else:
            ruling = guard.input(messages, vault=vault)
        return self._looking.counted("input", ruling)

    async def answered(self, text: str, *, arguments: bool = False) -> Ruling:
        """What may come out of it; `arguments` of a tool call are JSON, and stay so."""
        guard, messages, vault = self._looking.guard, self._messages, self._vault
        if self._looking.waits:
            ruling = await guard.aoutput(text, messages=messages, vault=vault, arguments=arguments)
        elif len(text) > _LONG:
            ruling = await asyncio.to_thread(
                lambda: guard.output(text, messages=messages, vault=vault, arguments=arguments)
            )
        else:
            ruling = guard.output(text, messages=messages, vault=vault, arguments=arguments)
        return self._looking.counted("output", ruling)

    def arriving(self) -> "Arriving":
        """For a text that comes out of it in pieces."""
        return Arriving(self._looking, self._looking.guard.stream(messages=self._messages, vault=self._vault))


class Arriving:
    """One text on its way out. `feed` it, and pass on what that returns; `close` it at its end."""

    __slots__ = ("_looking", "_size", "_stream")

    def __init__(self, looking: Looking, stream: GuardStream) -> None:
        self._looking = looking
        self._stream = stream
        self._size = 0

    async def feed(self, piece: str) -> tuple[str, bool]:
        """What may go on now, and whether nothing more of the text will."""
        self._size += len(piece)
        text = await self._stream.afeed(piece) if self._looking.waits else self._stream.feed(piece)
        return text, self._stream.ended

    async def close(self) -> tuple[str, Ruling]:
        """The rest, or the refusal; and the ruling, which says which of them it is."""
        if self._looking.waits:
            rest = await self._stream.aclose()
        elif self._size > _LONG:
            rest = await asyncio.to_thread(self._stream.close)
        else:
            rest = self._stream.close()
        return rest, self._looking.counted("output", self._stream.ruling)


__all__ = ["Arriving", "Conversation", "Looking", "Noted"]
