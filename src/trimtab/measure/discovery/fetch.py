"""JSON over HTTP from places that are not ours: bounded in time and size, and never followed elsewhere.

What a server says of an error may quote a token, so only the status and short stable words are passed on.
"""

import base64
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from yarl import URL

from trimtab.errors import CallError, UsageError
from trimtab.measure.discovery.found import masked

SECONDS = 15.0
"""For one answer, connecting included."""
MOST_BYTES = 8 * 1024 * 1024
"""Of one answer, once decompressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a server knows who asks: a bearer token, or a user and a password. Never shown, never kept."""

    token: str = ""
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Access(...)"

    def headers(self) -> dict[str, str]:
        """What is sent with every request."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            pair = f"{self.user}:{self.password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}


class Server:
    """One server that answers in JSON."""

    def __init__(self, session: aiohttp.ClientSession, base: URL) -> None:
        self._session, self._base = session, base

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What it answers to one request, an object.

        Raises:
            CallError: It cannot be reached, hangs, refuses, sends too much, or something that is no JSON object. The
                detail of a refusal is the server's own word for it, as `RESOURCE_DOES_NOT_EXIST`.
        """
        url = self._base.joinpath(*path.strip("/").split("/"))
        if query:
            url = url.with_query(query)
        data = None if body is None else orjson.dumps(body)
        headers = {"Content-Type": "application/json"} if data is not None else None
        try:
            # A redirect is not followed: it would hand the token to somebody who was not named.
            async with self._session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
                read = await _read(answer)
                if answer.status != 200:
                    raise CallError(f"http-{answer.status}", _word(read))
        except TimeoutError:
            raise CallError("timeout", f"no whole answer within {SECONDS:g} s") from None
        except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            # Texts of other people's exceptions may quote headers.
            raise CallError("unreachable", type(error).__name__) from None
        try:
            found = orjson.loads(read or b"{}")
        except orjson.JSONDecodeError:
            raise CallError("malformed", "the answer is not JSON") from None
        if not isinstance(found, dict):
            raise CallError("malformed", "the answer is not a JSON object")
        return found


@asynccontextmanager
async def server(address: str, access: Access | None = None, *, seconds: float = SECONDS) -> AsyncIterator[Server]:
    """A server at an http(s) address. A user and password in the address are used for access, and not shown again.

    Raises:
        UsageError: It is no such address.
    """
    try:
        url = URL(address)
        usable = url.scheme in {"http", "https"} and bool(url.host)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{masked(address)} is no http or https address", "Write it as https://host:port/path.")
    access = access or Access()
    if url.user and not access.headers():
        access = Access(user=url.user, password=url.password or "")
    base = url.with_user(None).with_query(None).with_fragment(None)
    headers = {"User-Agent": "trimtab", **access.headers()}
    # A connection for each request: what comes over one is the answer to it, and to nothing that was sent before.
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=seconds),
        headers=headers,
    ) as session:
        yield Server(session, base)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if (answer.content_length or 0) > MOST_BYTES:
        raise CallError("too-large", f"the answer is longer than {MOST_BYTES // 2**20} MiB")
    parts, size = [], 0
    async for chunk in answer.content.iter_any():
        size += len(chunk)
        if size > MOST_BYTES:
            raise CallError("too-large", f"the answer is longer than {MOST_BYTES // 2**20} MiB")
        parts.append(chunk)
    return b"".join(parts)


def _word(body: bytes) -> str:
    """A server's stable word for an error; its sentence, which may quote anything, is left out."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    word = found.get("error_code") if isinstance(found, dict) else ""
    return word if isinstance(word, str) and word.isascii() and word.replace("_", "").isalnum() else ""
