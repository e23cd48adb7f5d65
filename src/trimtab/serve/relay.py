"""A stream of the upstream on its way to the client: what may go on goes on at once, the rest is held back.

Every text of every choice has a stream of the guard to itself. The arguments of a tool call are gathered and looked
at whole before anything of the call goes on, since a client acts on a call and not on half of one. No bytes are
read or written here, so every way of cutting a stream can be tested.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from trimtab._sse import EventSplitter
from trimtab.enforce import Ruling
from trimtab.enforce.places import UnreadableError
from trimtab.serve import about, pieces, wire
from trimtab.serve.looking import Arriving, Conversation

_CHOICES = 256
_CALLS = 256


class BrokenStreamError(Exception):
    """The stream cannot go on, or ended before its end. `error` is what the client is told, in the API's shape."""

    def __init__(self, words: str, error: wire.Body | None = None) -> None:
        super().__init__(words)
        self.error = error or wire.error(words, kind="server_error", code="upstream")


class _Choice:
    """What one choice has come to so far."""

    __slots__ = ("calls", "elsewhere", "finished", "old_call", "refused", "said", "texts")

    def __init__(self) -> None:
        self.texts: dict[str, Arriving] = {}
        self.calls: dict[int, pieces.Call] = {}
        self.old_call: pieces.Call | None = None  # `function_call`, before there were several
        self.said = False
        self.elsewhere = False  # something was said where no piece of a stream says it
        self.finished = False
        self.refused = False


class Relay:
    """One stream. `feed` what arrives, write what that returns, and `end` it.

    `over` says that nothing more will come, so that the upstream need not be
    listened to any longer; `rulings` are those on the texts, once each ended.
    """

    def __init__(
        self,
        conversation: Conversation,
        *,
        chat: bool,
        choices: int,
        usage: bool,
        limit: int,
        names: Iterable[str] = (),
    ) -> None:
        """Begin.

        Args:
            conversation: What is answered, and who rules.
            chat: Whether it is a chat, or else a completion.
            choices: How many choices were asked for.
            usage: Whether the client asked for what was used.
            limit: Bytes of texts, and of one event, beyond which the stream is broken off.
            names: Functions that the client offered; a call of another has its name looked at.
        """
        self._conversation = conversation
        self._chat, self._wanted, self._usage = chat, choices, usage
        self._limit = limit
        self._names = frozenset(names)
        self._splitter = EventSplitter()
        self._size = 0  # of all texts
        self._since = 0  # bytes since the last event
        self._head: wire.Body = {"object": "chat.completion.chunk" if chat else "text_completion"}
        self._choices: dict[int, _Choice] = {}
        self._given_up: list[Arriving] = []  # texts beside one that was refused
        self._used: Any = None
        self.over = False
        self.rulings: list[Ruling] = []

    async def feed(self, data: bytes) -> bytes:
        """What may go on now that these bytes have arrived: events, or nothing.

        Raises:
            BrokenStreamError: They cannot be read, or say that the upstream failed.
        """
        events = self._splitter.feed(data)
        self._since = 0 if events else self._since + len(data)
        if self._since > self._limit:
            raise BrokenStreamError("the upstream sent more than the guard reads")
        out: list[bytes] = []
        for event in events:
            if self.over:
                break
            await self._event(event, out)
        return b"".join(out)

    async def end(self) -> bytes:
        """What is left when the upstream has ended.

        Raises:
            BrokenStreamError: It ended before its end.
        """
        out: list[bytes] = []
        for event in [] if self.over else self._splitter.rest():
            await self._event(event, out)
        if not self.over:  # some servers forget the last line
            self._complete(out)
        return b"".join(out)

    def left(self) -> list[Arriving]:
        """Texts that never came to their end, given only once. Some of them may have gone on, so close them all."""
        found, self._given_up = self._given_up, []
        for state in self._choices.values():
            found += state.texts.values()
            state.texts.clear()
        return found

    # -- events ------------------------------------------------------------------

    async def _event(self, event: bytes, out: list[bytes]) -> None:
        if event.strip() == b"[DONE]":
            self._complete(out)
            return
        chunk = _parsed(event)
        if chunk.get("error") is not None:
            raise await self._failed(chunk["error"])
        self._head |= {
            key: value for key, value in about.head(chunk, self._conversation.lets).items() if key != "object"
        }
        if chunk.get("usage") is not None:
            self._used = about.used(chunk["usage"])
        for choice in chunk["choices"]:
            await self._choice(choice, out)
        if self._ended_by_us():
            self._finish(out)

    async def _failed(self, given: Any) -> BrokenStreamError:
        """The upstream's own error, which may quote what its model said, so the guard looks at it."""
        error = about.spell_numbers(wire.known_error(given))
        try:
            rulings = await self._conversation.failed(error)
        except UnreadableError:
            return BrokenStreamError("the upstream failed")
        self.rulings += rulings
        if not all(ruling.goes_on for ruling in rulings):
            return BrokenStreamError("the upstream failed, and the guard does not let on what it said")
        return BrokenStreamError("the upstream failed", {"error": error})

    def _known(self, choice: Any, out: list[bytes]) -> tuple[int, _Choice]:
        """The number of a choice, and what it has come to so far."""
        index = choice.get("index") if isinstance(choice, dict) else -1
        if index is None:
            index = 0
        if not isinstance(index, int) or not 0 <= index < min(self._wanted, _CHOICES):
            raise BrokenStreamError("the upstream sent a choice that nobody asked for")
        state = self._choices.get(index)
        if state is None:
            state = self._choices[index] = _Choice()
            if self._chat:
                self._say(out, index, {"role": "assistant", "content": ""})
        return index, state

    async def _choice(self, choice: Any, out: list[bytes]) -> None:
        index, state = self._known(choice, out)
        if state.refused:
            return
        try:
            delta = pieces.delta(choice, chat=self._chat)
        except UnreadableError as problem:
            raise BrokenStreamError(str(problem)) from None
        says = bool(delta.texts or delta.calls or delta.old_call)
        if state.finished:  # then some servers say once more that it has, but no more of the answer
            if says:
                raise BrokenStreamError("the upstream went on after the end of its answer")
            return
        state.said = state.said or says
        state.elsewhere = state.elsewhere or delta.elsewhere
        for key, piece in delta.texts.items():
            if not await self._piece(out, index, state, key, piece):
                return
        self._gather(state, delta)
        if finish := about.finish(choice.get("finish_reason")):
            await self._conclude(out, index, state, finish)

    async def _piece(self, out: list[bytes], index: int, state: _Choice, key: str, piece: str) -> bool:
        """Whether the choice goes on after this piece of one of its texts."""
        self._count(len(piece))
        arriving = state.texts.get(key)
        if arriving is None:
            arriving = state.texts[key] = self._conversation.arriving(prose=key in wire.PROSE)
        text, ended = await arriving.feed(piece)
        if text:
            self._say(out, index, {key: text})
        if ended:
            await self._close(out, index, state, key)
            if not state.refused:
                raise BrokenStreamError("the guard ended a text that it lets on")
        return not ended

    def _gather(self, state: _Choice, delta: pieces.Delta) -> None:
        for number, part in delta.calls:
            if number is None:  # some servers do not number them: one that has a name is another one
                number = len(state.calls) if part.name or not state.calls else max(state.calls)  # noqa: PLW2901
            call = state.calls.setdefault(number, pieces.Call())
            if len(state.calls) > _CALLS:
                raise BrokenStreamError("the upstream sent more tool calls than the guard reads")
            call.add(part)
            self._count(part.size)
        if delta.old_call is not None:
            state.old_call = state.old_call or pieces.Call()
            state.old_call.add(delta.old_call)
            self._count(delta.old_call.size)

    async def _conclude(self, out: list[bytes], index: int, state: _Choice, finish: str) -> None:
        """The upstream says that the choice is complete: let go what was held back, if it may go."""
        calls = [*state.calls.values(), *([state.old_call] if state.old_call else [])]
        if state.elsewhere and not state.said:
            raise BrokenStreamError("the upstream's answer has not the form of a stream")
        if not all(call.named for call in calls):
            raise BrokenStreamError("a tool call of the upstream's answer has no name")
        for key in list(state.texts):
            await self._close(out, index, state, key)
            if state.refused:
                return
        for call in calls:
            for text, arguments, put in call.texts(self._names):
                ruling = await self._conversation.answered(text, arguments=arguments)
                self.rulings.append(ruling)
                if not ruling.goes_on:
                    self._refuse(out, index, state, ruling.text)
                    return
                put(ruling.text)
        if state.calls:
            lets = self._conversation.lets
            bodies = [{"index": number, **call.body(lets)} for number, call in enumerate(state.calls.values())]
            self._say(out, index, {"tool_calls": bodies})
        if state.old_call is not None:
            self._say(out, index, {"function_call": state.old_call.function()})
        state.finished = True
        self._say(out, index, {}, finish)

    async def _close(self, out: list[bytes], index: int, state: _Choice, key: str) -> None:
        rest, ruling = await state.texts[key].close()
        del state.texts[key]  # not before: what is interrupted is left, and closed later
        self.rulings.append(ruling)
        if not ruling.goes_on:
            self._refuse(out, index, state, rest)
        elif rest:
            self._say(out, index, {key: rest})

    def _refuse(self, out: list[bytes], index: int, state: _Choice, refusal: str) -> None:
        """Nothing more of the choice goes on, its tool calls included."""
        self._given_up += state.texts.values()
        state.texts.clear()
        state.calls.clear()
        state.finished = state.refused = True
        self._say(out, index, {"content": refusal} if self._chat else {"text": refusal})
        self._say(out, index, {}, "content_filter")

    # -- what is written ---------------------------------------------------------

    def _say(self, out: list[bytes], index: int, delta: Mapping[str, Any], finish: str | None = None) -> None:
        choice: wire.Body = {"index": index, "finish_reason": finish, "logprobs": None}
        if self._chat:
            choice["delta"] = delta
        else:
            choice["text"] = delta.get("text", "")
        out.append(pieces.event({**self._head, "choices": [choice]}))

    def _complete(self, out: list[bytes]) -> None:
        """The upstream says that all is said: every choice that was asked for must have said why it ended."""
        if sum(state.finished for state in self._choices.values()) < self._wanted:
            raise BrokenStreamError("the upstream ended before its answer did")
        self._finish(out)

    def _finish(self, out: list[bytes]) -> None:
        self.over = True
        if self._usage and self._used is not None:
            out.append(pieces.event({**self._head, "choices": [], "usage": self._used}))
        out.append(pieces.DONE)

    def _ended_by_us(self) -> bool:
        """Whether every choice was refused, so that what is still to come is not worth waiting for."""
        return len(self._choices) >= self._wanted and all(state.refused for state in self._choices.values())

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > self._limit:
            raise BrokenStreamError("the upstream sent more than the guard reads")


def _parsed(event: bytes) -> wire.Body:
    """An event as an object that has choices, be they none."""
    try:
        chunk = orjson.loads(event)
    except ValueError:
        raise BrokenStreamError("the upstream sent an event that is no JSON") from None
    if not isinstance(chunk, dict):
        raise BrokenStreamError("the upstream sent an event that is no object")
    if chunk.get("choices") is None:
        chunk["choices"] = []
    if not isinstance(chunk["choices"], list):
        raise BrokenStreamError("the upstream sent choices that are no list")
    return chunk


__all__ = ["BrokenStreamError", "Relay"]
