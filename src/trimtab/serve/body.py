"""The body of a request, within limits of size and time."""

import asyncio
from typing import Any

import orjson
from aiohttp import HttpVersion11, web

from trimtab.enforce.places import UnreadableError
from trimtab.serve.limits import Limits


class SlowClientError(Exception):
    """It does not send what it said it would."""


async def read(request: web.BaseRequest, limits: Limits) -> bytes:
    """What the body holds.

    Raises:
        HTTPRequestEntityTooLarge: It is larger than a request may be.
        HTTPExpectationFailed: The client expects something else than to be told to go on.
        SlowClientError: It takes too long to arrive.
    """
    length = request.content_length
    if length is not None and length > limits.request_bytes:
        raise web.HTTPRequestEntityTooLarge(limits.request_bytes, length)
    await _told_to_go_on(request)
    if request.content.is_eof():
        return await request.read()
    try:
        async with asyncio.timeout(limits.arrive_seconds):
            return await request.read()
    except TimeoutError:
        raise SlowClientError("the request took too long to arrive") from None


async def _told_to_go_on(request: web.BaseRequest) -> None:
    """A client may ask, before it sends a body, whether it is wanted; whoever does not know of that never answers."""
    expected = request.headers.get("Expect")
    if expected is None or request.version < HttpVersion11:
        return
    if expected.lower() != "100-continue":
        raise web.HTTPExpectationFailed
    if not request.content.is_eof():
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer has not begun


def parsed(raw: bytes) -> dict[str, Any]:
    """A body as the JSON object that it is.

    Raises:
        UnreadableError: It is none.
    """
    try:
        body = orjson.loads(raw)
    except ValueError:
        raise UnreadableError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise UnreadableError("the body is not a JSON object")
    return body
