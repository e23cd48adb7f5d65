"""HTTP between us and a server of models: what is read of an answer, and what went wrong on the way.

Shared by the systems that are measured and the judges that look at texts.
"""

import asyncio
import email.utils
import math
import ssl
import time

import aiohttp
from yarl import URL

from trimtab.builtin.systems.openai_wire import error_word
from trimtab.errors import CallError

_ERROR_BYTES = 64 * 1024
_RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529, 530})


async def read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, at most `limit` bytes of it once decompressed."""
    if response.content_length is not None and response.content_length > limit:
        raise too_large(limit)
    parts: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        parts.append(chunk)
    return b"".join(parts)


def too_large(limit: int) -> CallError:
    """The error for an answer beyond a limit in bytes."""
    return CallError("too-large", f"the answer is longer than {limit} bytes")


async def refusal(response: aiohttp.ClientResponse) -> CallError:
    """What a status other than 200 says; the server's message, which may quote the prompt, is not passed on."""
    status = response.status
    try:
        word = error_word(await read_body(response, _ERROR_BYTES))
    except (CallError, aiohttp.ClientError, OSError):
        word = ""  # the status says enough
    if word == "insufficient_quota":  # sent as 429, but no waiting helps
        return CallError("quota", "the account has no credit left")
    if word == "content_filter":
        return CallError("filtered", "the server refused the prompt")
    return CallError(
        f"http-{status}",
        word,
        retryable=status in _RETRYABLE,
        retry_after=retry_after(response.headers.get("Retry-After", ""), now=time.time()),
    )


def retry_after(value: str, *, now: float) -> float | None:
    """Seconds to wait by a Retry-After header: a number or an HTTP date; None when it says neither.

    `now` is Unix time.
    """
    value = value.strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError, OSError):
            return None
        return max(0.0, seconds)
    return seconds if math.isfinite(seconds) and seconds >= 0.0 else None


def failure(error: Exception, url: URL) -> CallError:
    """What went wrong on the way; texts of other people's exceptions may quote headers, so none is passed on."""
    place = f"{url.host}:{url.port}"
    match error:
        case aiohttp.ClientConnectorDNSError():
            return CallError("unresolved", f"no address is known for {url.host}", retryable=True)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return CallError("tls", f"{place} offers no connection that can be trusted")
        case asyncio.TimeoutError():
            return CallError("timeout", f"{place} did not take the connection in time", retryable=True)
        case aiohttp.ClientConnectorError():
            if isinstance(error.os_error, ConnectionRefusedError):
                return CallError("refused", f"nothing listens at {place}", retryable=True)
            return CallError("unreachable", f"{place} cannot be reached", retryable=True)
        case aiohttp.ClientPayloadError():
            return CallError("truncated", "the connection closed inside the answer", retryable=True)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | OSError():
            return CallError("disconnected", "the connection closed before the answer", retryable=True)
        case _:
            return CallError("malformed", "the answer is not HTTP", retryable=True)
