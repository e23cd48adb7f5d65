"""What stands in front of every request: whom it is meant for, how much is read, what browsers may do with it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson

from trimtab.serve.pages.access.outside import HSTS, Outside
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.declared import API

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_BYTES = 64 * 2**10
EXPORT_BYTES = 64 * 2**20
BODY_SECONDS, EXPORT_SECONDS = 30.0, 600.0  # until a body is there: whoever sends a byte a minute holds a connection
POLICY_BYTES = 2**20  # a proposed policy, which is at most 256 KiB, written as a form writes it
ADDRESS = "trimtab.address"
"""Key of a scope under which the address stands that a request is from."""
_PATH = 512  # bytes; no page has a longer one
_QUERY = 2_048

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # without one, browsers do not say that a form is ours
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


SCRIPTED = HEADERS["content-security-policy"].replace("img-src", "script-src 'self'; connect-src 'self'; img-src")
"""The policy of the pages that have a script: from here and from nowhere else, none in the page, asking only here."""


class Shield:
    """ASGI middleware. A browser that another site sends here by a name of its own (DNS rebinding) is refused."""

    def __init__(self, app: App, *, hosts: frozenset[str], outside: Outside) -> None:
        """`hosts` are the values of the Host header that are ours, in lower case."""
        self._app, self._hosts, self._outside = app, hosts, outside
        secure = {"strict-transport-security": HSTS} if outside.secure else {}
        self._headers = {**HEADERS, **secure}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or named[0].decode("latin-1").lower() not in self._hosts:
            await self._plain(scope, send, 421, "This is not the host that is served here.")
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        if len(raw) > _PATH or len(scope["query_string"]) > _QUERY:
            await self._plain(scope, send, 414, "This address is too long.")
            return
        if _tricky(raw, scope["path"]):
            await self._plain(scope, send, 400, "This is no address of a page.")
            return
        peer = str((scope.get("client") or ("", 0))[0])
        if flaw := self._outside.flaw(peer, scope.get("scheme", "http"), scope["headers"]):
            await self._plain(scope, send, 403, flaw)
            return
        scope[ADDRESS] = self._outside.address(peer, scope["headers"])
        if self._outside.secure:
            scope["scheme"] = "https"  # what browsers see, and say of forms that are ours
        await self._app(scope, self._bounded(scope, receive), self._dressed(send))

    def _dressed(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                more = [(name.encode(), text.encode()) for name, text in self._headers.items()]
                kept = [(name, text) for name, text in more if name not in given]
                message = {**message, "headers": [*message["headers"], *kept]}
            await send(message)

        return dressed

    async def _plain(self, scope: Scope, send: Send, status: int, words: str) -> None:
        body, kind = words.encode(), b"text/plain; charset=utf-8"
        if scope["path"].startswith(f"{API}/"):
            told = {"title": words.rstrip("."), "status": status, "detail": ""}
            body, kind = orjson.dumps(told), b"application/problem+json"
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await self._dressed(send)({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        path = scope["path"]
        most = EXPORT_BYTES if path.endswith("/verify") else BODY_BYTES
        if path.endswith("/forms/policy-proposal"):
            most = POLICY_BYTES
        seconds = EXPORT_SECONDS if most == EXPORT_BYTES else BODY_SECONDS
        read, whole, begun = 0, False, time.monotonic()

        async def bounded() -> Message:
            nonlocal read, whole
            if whole:  # what comes after a body is only that somebody has gone
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, begun + seconds - time.monotonic()))
            except TimeoutError:
                told = f"What is sent must be here within {seconds:g} seconds."
                raise RefusedError(408, "This takes too long", told) from None
            read += len(message.get("body", b""))
            if read > most:
                raise TooLargeError(most)
            whole = not message.get("more_body", False)
            return message

        return bounded


class TooLargeError(Exception):
    """A body has more bytes than are read."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def _tricky(raw: bytes, path: str) -> bool:
    """Whether a path would mean another one to somebody else: dots, doubled or encoded slashes, controls."""
    lowered = raw.lower()
    return (
        not path.startswith("/")
        or "//" in path
        or "\\" in path
        or any(part in (".", "..") for part in path.split("/"))
        or any(sign in lowered for sign in (b"%2f", b"%5c", b"%00", b"%25"))
        or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in path)
    )
