"""Any server that speaks the OpenAI wire format, over aiohttp.

`OpenAIClient` is the connection: one base URL, one model, one key.
`OpenAISystem` is the plugin that reads its settings from a policy and its key
from the environment. Systems that start a server of their own hold a client.
"""

import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import aiohttp
import orjson
from yarl import URL

from trimtab._canonical import digest
from trimtab._pool import Pool
from trimtab._sse import EventSplitter
from trimtab.builtin.systems.openai_http import failure, read_body, refusal, too_large
from trimtab.builtin.systems.openai_wire import Answer, Api, StreamedAnswer, decode, encode
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Reply, Request

_CONNECT_SECONDS = 30.0
_MAX_BYTES = 8 * 1024 * 1024
# Just under the five seconds after which uvicorn closes an idle connection: a
# request sent into a closing connection fails, and a POST is not sent again silently.
_KEEPALIVE_SECONDS = 4.5
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "api-key", "x-api-key", "cookie"})


def endpoint(url: str, api: Api) -> URL:
    """The address that is posted to.

    A base URL without a path gets `/v1`; one with a path is taken as it is.
    `/chat/completions` or `/completions` at its end is cut off first, so a
    copied full address works too. A query is kept.

    Raises:
        ValueError: Not an http(s) URL, or one that carries a name or password.
    """
    base = URL(url)
    if base.scheme not in ("http", "https") or not base.host:
        raise ValueError("url must start with http:// or https:// and name a host")
    if base.user is not None or base.password is not None:
        raise ValueError("url must not hold a name or password; name the variable of the key in key_env")
    path = base.path.rstrip("/")
    for tail in ("/chat/completions", "/completions"):
        path = path.removesuffix(tail)
    path = path or "/v1"
    tail = "/chat/completions" if api == "chat" else "/completions"
    return base.with_path(path + tail).with_query(base.query)


class OpenAIClient:
    """One connection pool to one model.

    Use as an asynchronous context manager. `ask` may run any number of times
    at once; it has no time limit of its own beyond 30 s to connect, so wrap it
    in `asyncio.timeout`. The key appears in no representation, error or log.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        api: Api = "chat",
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        verify_tls: bool = True,
        ca_file: str = "",
        trust_env: bool = False,
        max_bytes: int = _MAX_BYTES,
    ) -> None:
        self._url = endpoint(url, api)
        self._model, self._api = model, api
        self._body = dict(body or {})
        self._headers = {**(headers or {}), "Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._verify_tls, self._ca_file, self._trust_env = verify_tls, ca_file, trust_env
        self._max_bytes = max_bytes
        self._session: aiohttp.ClientSession | None = None
        self._stream_usage: bool | None = None  # whether the server takes stream_options; None: not known yet

    def __repr__(self) -> str:
        return f"OpenAIClient({str(self._url.with_query(None))!r}, {self._model!r})"

    async def __aenter__(self) -> Self:
        secure: bool | ssl.SSLContext = self._verify_tls
        if self._ca_file:
            secure = ssl.create_default_context(cafile=self._ca_file)
        self._session = aiohttp.ClientSession(
            # The runner bounds concurrency; a second limit here would be counted as latency.
            connector=Pool(secure=secure, kept_seconds=_KEEPALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),  # one trial must not change the next
            trust_env=self._trust_env,
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, request: Request) -> Reply:
        """One call.

        Raises:
            CallError: No answer; `reason` says why.
        """
        usage = self._stream_usage is not False
        try:
            reply = await self._post(request, usage=usage)
        except CallError as error:
            # Some servers refuse stream_options. Counts are worth one more try, once.
            refused = error.reason in ("http-400", "http-422")
            if not (refused and request.stream and self._stream_usage is None):
                raise
            reply = await self._post(request, usage=False)
            self._stream_usage = False
        else:
            if request.stream and usage:
                self._stream_usage = True
        return reply

    async def _post(self, request: Request, *, usage: bool) -> Reply:
        if self._session is None:
            raise RuntimeError("enter the client first: `async with client:`")
        payload = encode(request, model=self._model, api=self._api, usage=usage, overrides=self._body)
        start = time.perf_counter()
        first_token: float | None = None
        try:
            # Not redirected: a key is for the host that the policy names.
            async with self._session.post(self._url, data=payload, allow_redirects=False) as response:
                if response.status != 200:
                    raise await refusal(response)
                if response.content_type == "text/event-stream":
                    answer, first_at = await self._stream(response)
                    first_token = None if first_at is None else first_at - start
                else:
                    answer = decode(await read_body(response, self._max_bytes), self._api)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise failure(error, self._url) from None
        return answer.reply(start=start, first_token=first_token)

    async def _stream(self, response: aiohttp.ClientResponse) -> tuple[Answer, float | None]:
        events, answer = EventSplitter(), StreamedAnswer(self._api)
        first: float | None = None
        size = 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > self._max_bytes:
                raise too_large(self._max_bytes)
            for data in events.feed(chunk):
                if answer.add(data) and first is None:
                    first = time.perf_counter()
            if answer.done:
                break
        else:
            for data in events.rest():
                if data.strip() != b"[DONE]" and not _whole(data):
                    raise CallError("truncated", "the stream ended inside an event", retryable=True)
                if answer.add(data) and first is None:
                    first = time.perf_counter()
        return answer.result(), first


@dataclass(slots=True, kw_only=True, eq=False)
class OpenAISystem:
    """A model behind an OpenAI-compatible address.

    `url` is the base (see `endpoint`). `key_env` names the environment
    variable that holds the key; empty text sends none. The default variable
    may be unset (local servers need no key), any other must be there.
    `headers` are sent as written and must hold no secrets; `headers_env` maps
    a header to the variable that holds its value (`{api-key: AZURE_KEY}`).
    `body` is laid over each request; null removes a key.
    `trust_env` lets HTTP_PROXY and its kin apply; off, so that no proxy is
    asked that the policy does not show.
    """

    name: ClassVar[str] = "openai"
    version: ClassVar[str] = "1"

    url: str
    model: str
    api: Api = "chat"
    key_env: str = "OPENAI_API_KEY"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers_env: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    verify_tls: bool = True
    ca_file: str = ""
    trust_env: bool = False
    max_bytes: int = _MAX_BYTES
    _client: OpenAIClient | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.api not in ("chat", "completions"):
            raise ValueError("api must be chat or completions")
        if not self.model:
            raise ValueError("model must be named")
        endpoint(self.url, self.api)
        secret = sorted(name for name in self.headers if name.lower() in _SECRET_HEADERS)
        if secret:
            raise ValueError(f"header {secret[0]} holds a secret: name its variable in headers_env")

    def identity(self) -> Mapping[str, Any]:
        """Address, model and everything that changes an answer; queries and headers only as digests."""
        url = endpoint(self.url, self.api)
        known: dict[str, Any] = {
            "plugin": self.name,
            "version": self.version,
            "url": str(url.with_query(None)),
            "model": self.model,
        }
        if url.query_string:
            known["query"] = digest(url.query_string)
        if self.headers:
            known["headers"] = digest({name.lower(): value for name, value in self.headers.items()})
        if self.body:
            known["body"] = dict(self.body)
        return known

    async def __aenter__(self) -> Self:
        key = ""
        if self.key_env:
            optional = self.key_env == "OPENAI_API_KEY"
            key = self._from_environment(self.key_env, optional=optional)
        secrets = {name: self._from_environment(variable) for name, variable in self.headers_env.items()}
        client = OpenAIClient(
            self.url,
            self.model,
            key=key,
            api=self.api,
            headers={**self.headers, **secrets},
            body=self.body,
            verify_tls=self.verify_tls,
            ca_file=self.ca_file,
            trust_env=self.trust_env,
            max_bytes=self.max_bytes,
        )
        try:
            self._client = await client.__aenter__()
        except OSError as error:
            raise SystemUnavailableError(
                self.model, f"ca_file cannot be read ({type(error).__name__})", "Correct ca_file in the policy."
            ) from None
        return self

    async def __aexit__(self, *exc: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.__aexit__(*exc)

    async def ask(self, request: Request) -> Reply:
        """As `OpenAIClient.ask`."""
        if self._client is None:
            raise RuntimeError("enter the system first: `async with system:`")
        return await self._client.ask(request)

    def _from_environment(self, variable: str, *, optional: bool = False) -> str:
        value = os.environ.get(variable, "").strip()
        if not value and not optional:
            raise SystemUnavailableError(
                self.model, f"the environment variable {variable} is not set", f"Set it: `export {variable}=...`."
            )
        if not (value.isascii() and value.isprintable()):
            raise SystemUnavailableError(
                self.model,
                f"the environment variable {variable} holds characters that no header can carry",
                "Copy the key again.",
            )
        return value


def _whole(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
