"""Asks the guard on behalf of the proxy, without keeping others waiting, and counts what it says."""

import asyncio
from collections.abc import Sequence
from typing import Any

from trimtab.enforce import Guard, GuardStream, Ruling, Vault
from trimtab.enforce.places import other_texts
from trimtab.enforce.reading import Given, read
from trimtab.serve.tally import Row

_LONG = 20_000  # characters; what is longer takes milliseconds, and is looked at beside the event loop


class Looking:
    """A guard as one worker of the proxy uses it."""

    def __init__(self, guard: Guard, row: Row) -> None:
        """Use `guard`, and count in `row`."""
        self.guard = guard
        self._row = row
        self.waits = guard.waits  # if it does not, no task is needed for each text

    def warm(self) -> None:
        """Let every detector look once, so that what they load when they are first needed does not delay a request."""
        self.guard.warm()

    def begin(self, messages: Sequence[Given], about: str = "", *, beside: Sequence[Given] = ()) -> "Conversation":
        """For one request, and the reply to it; by `about` a text that is held can be found again.

        Texts `beside` the conversation are looked at with it; no reply is compared with them.
        """
        return Conversation(self, messages, about, beside)

    def counted(self, side: str, ruling: Ruling) -> Ruling:
        """The ruling, once it has been counted."""
        row = self._row
        row.ruled(side, ruling.action)
        row.looked(ruling.total)
        for skipped in ruling.skipped:
            if skipped.reason != "needless":
                row.unlooked(side, skipped.reason)
        return ruling


class Conversation:
    """The messages of one request, and what the guard says of them and of what answers them.

    What pseudonyms stand for is kept as long as the request, since clients send the whole conversation each time.
    """

    __slots__ = ("_about", "_beside", "_lets", "_looking", "_messages", "_vault")

    def __init__(self, looking: Looking, messages: Sequence[Given], about: str, beside: Sequence[Given]) -> None:
        self._about = about
        self._beside = beside
        self._lets: dict[str, bool] = {}  # the head of a stream says the same in every event
        self._looking = looking
        self._messages = messages
        self._vault = Vault() if looking.guard.spec.restore else None

    async def asked(self) -> Ruling:
        """What may go into the model."""
        guard, messages = self._looking.guard, [*self._messages, *self._beside]
        how: dict[str, Any] = {"vault": self._vault, "about": self._about}
        if self._looking.waits:
            ruling = await guard.ainput(messages, **how)
        elif sum(len(text) for one in read(messages) for text in one.texts) > _LONG:
            ruling = await asyncio.to_thread(guard.input, messages, **how)
        else:
            ruling = guard.input(messages, **how)
        return self._looking.counted("input", ruling)

    async def answered(
        self, text: str, *, arguments: bool = False, confidence: float | None = None, prose: bool = False
    ) -> Ruling:
        """What may come out of it; `arguments` of a tool call are JSON, and stay so. Only `prose` is written anew."""
        guard = self._looking.guard
        how: dict[str, Any] = {
            "messages": self._messages,
            "vault": self._vault,
            "arguments": arguments,
            "confidence": confidence,
            "about": self._about,
            "prose": prose,
        }
        if self._looking.waits:
            ruling = await guard.aoutput(text, **how)
        elif len(text) > _LONG:
            ruling = await asyncio.to_thread(guard.output, text, **how)
        else:
            ruling = guard.output(text, **how)
        return self._looking.counted("output", ruling)

    def lets(self, name: str) -> bool:
        """Whether an id or a name that comes with the answer may come out as it is; empty ones say nothing."""
        known = self._lets.get(name)
        if known is None:
            known = self._lets[name] = not name or self._looking.guard.harmless(name, messages=self._messages)
        return known

    async def failed(self, error: Any) -> list[Ruling]:
        """What of an upstream's own error may come out; what is masked is put into it.

        Raises:
            UnreadableError: It is nested too deeply.
        """
        rulings: list[Ruling] = []
        for place in other_texts(error, "assistant"):
            ruling = await self.answered(place.message.content, confidence=1.0)  # nobody asks how sure an error is
            rulings.append(ruling)
            if not ruling.goes_on:
                break
            place.put(ruling.text)
        return rulings

    def arriving(self, *, prose: bool = False) -> "Arriving":
        """For a text that comes out of it in pieces."""
        stream = self._looking.guard.stream(messages=self._messages, vault=self._vault, about=self._about, prose=prose)
        return Arriving(self._looking, stream)


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


__all__ = ["Arriving", "Conversation", "Looking"]
