"""Asks the guard on behalf of the proxy, without keeping others waiting, and counts what it says."""

import asyncio
from collections.abc import Callable, Sequence

from trimtab.enforce import Guard, GuardStream, Ruling
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
        self._guard = guard
        self._row = row
        self._noted = noted
        rules = (*guard.spec.input, *guard.spec.output)
        # Such a detector waits for somebody else; all others are asked at once, without a task for each.
        self._waits = any(hasattr(plugins.find("detectors", rule.detector), "look") for rule in rules)

    def warm(self) -> None:
        """Let every detector look once, so that what they load when they are first needed does not delay a request."""
        if not self._waits:
            said = [Message("user", _FIRST_WORDS)]
            self._guard.input(said)
            self._guard.output(_FIRST_WORDS, messages=said)

    async def asked(self, messages: Sequence[Message]) -> Ruling:
        """What may go into the model."""
        guard = self._guard
        if self._waits:
            ruling = await guard.ainput(messages)
        elif sum(len(message.content) for message in messages) > _LONG:
            ruling = await asyncio.to_thread(guard.input, messages)
        else:
            ruling = guard.input(messages)
        return self._counted("input", ruling)

    async def answered(self, text: str, messages: Sequence[Message]) -> Ruling:
        """What may come out of it."""
        guard = self._guard
        if self._waits:
            ruling = await guard.aoutput(text, messages=messages)
        elif len(text) > _LONG:
            ruling = await asyncio.to_thread(lambda: guard.output(text, messages=messages))
        else:
            ruling = guard.output(text, messages=messages)
        return self._counted("output", ruling)

    def arriving(self, messages: Sequence[Message]) -> "Arriving":
        """For a text that comes out of it in pieces."""
        return Arriving(self, self._guard.stream(messages=messages), waits=self._waits)

    def _counted(self, side: str, ruling: Ruling) -> Ruling:
        row = self._row
        row.ruled(side, ruling.action)
        row.looked(ruling.total)
        for skipped in ruling.skipped:
            if skipped.reason != "needless":
                row.unlooked(side, skipped.reason)
        if self._noted is not None:
            self._noted(side, ruling)
        return ruling


class Arriving:
    """One text on its way out. `feed` it, and pass on what that returns; `close` it at its end."""

    __slots__ = ("_looking", "_size", "_stream", "_waits")

    def __init__(self, looking: Looking, stream: GuardStream, *, waits: bool) -> None:
        self._looking = looking
        self._stream = stream
        self._waits = waits
        self._size = 0

    async def feed(self, piece: str) -> tuple[str, bool]:
        """What may go on now, and whether nothing more of the text will."""
        self._size += len(piece)
        text = await self._stream.afeed(piece) if self._waits else self._stream.feed(piece)
        return text, self._stream.ended

    async def close(self) -> tuple[str, Ruling]:
        """The rest, or the refusal; and the ruling, which says which of them it is."""
        if self._waits:
            rest = await self._stream.aclose()
        elif self._size > _LONG:
            rest = await asyncio.to_thread(self._stream.close)
        else:
            rest = self._stream.close()
        return rest, self._looking._counted("output", self._stream.ruling)  # noqa: SLF001  # two halves of one thing


__all__ = ["Arriving", "Looking", "Noted"]
