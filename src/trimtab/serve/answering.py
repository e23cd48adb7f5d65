"""From a request that can be read to an answer: the guard, the upstream, and the guard again."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from aiohttp import web

from trimtab.enforce import Ruling
from trimtab.enforce.places import Place, UnreadableError
from trimtab.enforce.reading import Reading
from trimtab.serve import about, pieces, wire
from trimtab.serve.call import Call
from trimtab.serve.confidence import ask_surely
from trimtab.serve.limits import Limits
from trimtab.serve.looking import Arriving, Conversation, Looking
from trimtab.serve.relay import BrokenStreamError, Relay
from trimtab.serve.tally import Row
from trimtab.serve.upstream import Reply, Upstream, UpstreamError
from trimtab.serve.vectors import embedded

_OK = 200
_LARGE = 65_536  # bytes of a request; what is larger is read beside the event loop
_MANY = 500  # texts of one, which are put back there
_LAST_SECONDS = 10.0  # for all checks of what a broken stream left; a budget of the policy ends each before, as a rule
T = TypeVar("T")


class Answering:
    """Answers calls whose bodies have been read. Raises what `Proxy` turns into errors."""

    def __init__(self, looking: Looking, upstream: Upstream, limits: Limits, row: Row) -> None:
        """Answer with these."""
        self._looking, self._upstream, self._limits, self._row = looking, upstream, limits, row

    async def models(self, call: Call) -> web.StreamResponse:
        """What the upstream says it has, as it says so; an error of its own may quote anything, and is looked at."""
        status, reply, retry = await self._upstream.ask("GET", call.request.path, None, call.headers())
        if status != _OK:
            return await self._refused(call, self._looking.begin((), call.id), status, reply, retry)
        return call.answer(reply)

    async def embed(self, call: Call, body: wire.Body) -> web.StreamResponse:
        """Vectors of texts that may go on."""
        places, conversation = await _done(partial(self._begun, call, body), beside=call.received > _LARGE)
        before = await conversation.asked()
        call.ruled(before)
        if not before.goes_on:
            return call.failed(400, "the guard does not let this text go on", "content_filter")
        await _done(partial(_put, places, before), beside=len(places) > _MANY)
        status, reply, retry = await self._asked(call, body)
        if status != _OK:
            return await self._refused(call, conversation, status, reply, retry)
        try:
            return call.answer(embedded(reply, conversation.lets))
        except UnreadableError as problem:
            raise UpstreamError(502, str(problem)) from None

    async def complete(self, call: Call, body: wire.Body) -> web.StreamResponse:
        """A chat or a completion, streamed or not."""
        places, conversation = await _done(partial(self._begun, call, body), beside=call.received > _LARGE)
        call.streamed = body.get("stream") is True
        before = await conversation.asked()
        call.ruled(before)
        if not before.goes_on:
            return await self._whole(call, body, wire.refusal(body, before.text, request_id=call.id))
        await _done(partial(_put, places, before), beside=len(places) > _MANY)
        asked = self._looking.guard.spec.confidence
        if call.streamed and asked is None:
            return await self._stream(call, body, conversation)
        plain = {key: value for key, value in body.items() if key not in {"stream", "stream_options"}}
        sure: list[float | None] = []
        if asked is None:
            answer = await self._asked(call, plain)
        else:  # what the confidence is of is known when all of it is there
            answer, sure = await ask_surely(asked, partial(self._asked, call), plain, chat=call.route == "chat")
        status, reply, retry = answer
        if status != _OK:
            return await self._refused(call, conversation, status, reply, retry)
        return await self._whole(call, body, await self._looked_at(call, body, reply, conversation, sure))

    def _begun(self, call: Call, body: wire.Body) -> tuple[list[Place], Conversation]:
        places = wire.asked(body)
        said = [Reading.of(place) for place in places if not place.beside]
        beside = [Reading.of(place) for place in places if place.beside]
        return places, self._looking.begin(said, call.id, beside=beside)

    async def _refused(
        self, call: Call, conversation: Conversation, status: int, reply: wire.Body, retry: str
    ) -> web.StreamResponse:
        """An upstream's own error, which may quote what its model said, so the guard looks at it."""
        if status < 300:
            raise UpstreamError(502, f"the upstream answered {status}, and nothing that could be understood")
        try:
            rulings = await conversation.failed(about.spell_numbers(reply))
        except UnreadableError:
            raise UpstreamError(502, f"the upstream answered {status}, and nothing that could be understood") from None
        for ruling in rulings:
            call.ruled(ruling)
            if not ruling.goes_on:
                raise UpstreamError(502, f"the upstream answered {status}, and the guard does not let on what it said")
        return call.answer(reply, status=status, retry=retry)

    # -- replies that come as a whole --------------------------------------------

    async def _asked(self, call: Call, body: wire.Body) -> tuple[int, wire.Body, str]:
        begun = time.perf_counter()
        try:
            return await self._upstream.ask("POST", call.request.path, body, call.headers())
        finally:
            call.upstream += time.perf_counter() - begun

    async def _looked_at(
        self,
        call: Call,
        body: wire.Body,
        reply: wire.Body,
        conversation: Conversation,
        sure: Sequence[float | None] = (),
    ) -> wire.Body:
        """The reply as far as it may go on; `sure` is the confidence in each choice, where it is asked for."""
        try:
            asked_for = wire.wanted(body, chat=call.route == "chat")
            answered = wire.answered(reply, wire.offered(body), conversation.lets, asked_for=asked_for)
        except UnreadableError as problem:
            raise UpstreamError(502, str(problem)) from None
        for number, (choice, places) in enumerate(zip(reply["choices"], answered, strict=True)):
            confidence = sure[number] if number < len(sure) else None
            for place in places:
                text, arguments = place.message.content, place.key == "arguments"
                prose = place.key in wire.PROSE
                ruling = await conversation.answered(text, arguments=arguments, confidence=confidence, prose=prose)
                call.ruled(ruling)
                if not ruling.goes_on:  # then nothing of the choice does, its tool calls included
                    wire.refuse(choice, ruling.text)
                    break
                place.put(ruling.text)
        return reply

    async def _whole(self, call: Call, body: wire.Body, reply: wire.Body) -> web.StreamResponse:
        """What is there as a whole, in the form that was asked for."""
        if not call.streamed:
            return call.answer(reply)
        chunks = wire.as_chunks(reply, usage=wire.wants_usage(body))
        await call.write(b"".join(map(pieces.event, chunks)) + pieces.DONE)
        return await call.end()

    # -- replies that come in pieces ---------------------------------------------

    async def _stream(self, call: Call, body: wire.Body, conversation: Conversation) -> web.StreamResponse:
        relay = Relay(
            conversation,
            chat=call.route == "chat",
            choices=wire.wanted(body, chat=call.route == "chat"),
            usage=wire.wants_usage(body),
            limit=self._limits.reply_bytes,
            names=wire.offered(body),
        )
        try:
            async with self._upstream.streaming(call.request.path, body, call.headers()) as got:
                if got.body is None:
                    await self._relayed(call, relay, got)
                    return await call.end()
                # It did not stream after all, or there is something wrong.
                if got.status != _OK:
                    return await self._refused(call, conversation, got.status, got.body, got.retry)
                return await self._whole(call, body, await self._looked_at(call, body, got.body, conversation))
        except ConnectionError:
            raise
        except Exception as problem:
            if call.started is None and not isinstance(problem, BrokenStreamError):
                raise
            return await self._broken(call, problem)
        finally:
            for ruling in relay.rulings:
                call.ruled(ruling)
            if left := relay.left():
                await asyncio.shield(self._given_up(call, left))  # also where the worker ends meanwhile

    async def _given_up(self, call: Call, left: Sequence[Arriving]) -> None:
        """Rule on texts that never came to their end: some of them may have gone on."""
        ends = asyncio.get_running_loop().time() + _LAST_SECONDS
        for arriving in left:
            try:
                async with asyncio.timeout_at(ends):
                    _, ruling = await arriving.close()
            except Exception as problem:  # noqa: BLE001  # whatever it was, nobody has looked
                self._row.unlooked("output", "timeout" if isinstance(problem, TimeoutError) else "crashed")
            else:
                call.ruled(ruling)

    async def _relayed(self, call: Call, relay: Relay, got: Reply) -> None:
        """Read, look, write: what the client does not take in time is not read from the upstream."""
        while not relay.over:
            begun = time.perf_counter()
            data = await got.read()
            call.upstream += time.perf_counter() - begun
            out = await relay.feed(data) if data else await relay.end()
            if out:
                await call.write(out)

    async def _broken(self, call: Call, problem: Exception) -> web.StreamResponse:
        """An error in the place of an end; where nothing has been said yet, in the place of an answer."""
        call.broken = True
        self._row.add("streams_broken")
        if isinstance(problem, BrokenStreamError):
            error = problem.error
        elif isinstance(problem, UpstreamError):
            error = wire.error(str(problem), kind="server_error", code="upstream")
        else:
            words = f"the guard failed ({type(problem).__name__}); nothing more goes on"
            error = wire.error(words, kind="server_error", code="guard")
        if call.started is None:
            return call.answer(error, status=502)
        await call.write(pieces.event(error))
        response = await call.end()
        response.force_close()
        return response


async def _done(work: Callable[[], T], *, beside: bool) -> T:
    """What work comes to that is done at once, or beside the event loop, so that others are answered meanwhile."""
    return await asyncio.to_thread(work) if beside else work()


def _put(places: Sequence[Place], ruling: Ruling) -> None:
    for place, message in zip(places, ruling.messages, strict=True):
        place.put(message.content)


__all__ = ["Answering"]
