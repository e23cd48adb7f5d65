"""What all judges have in common: where they are, how long they are waited for, and what becomes of a long text."""

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from yarl import URL

from trimtab.builtin.detectors.judges.line import Patience, Route, post
from trimtab.builtin.systems.openai import endpoint
from trimtab.errors import CallError, DetectorError
from trimtab.kinds import Context, DetectorCard, ErrorRates, Finding

T = TypeVar("T")

_OVERLAP = 500  # characters that two neighbouring windows share, so that a sentence at the seam is read whole


def stated_rates(errors: Mapping[str, Any]) -> dict[str, ErrorRates]:
    """The rates of a judge by label, as `errors` states them.

    Raises:
        ValueError: They make no sense.
    """
    if not errors:
        return {}
    from trimtab.stats.error_rates import read_rates  # most judges have none

    return {label: read_rates(stated) for label, stated in errors.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(ABC):
    """A server that is asked about a text. Its answer is taken whole or not at all.

    `url` is a base as for the system `openai`, `key_env` the variable of its
    key (the default one may be unset, any other must be there), `headers_env`
    maps a header to the variable that holds its value, and `body` is laid over
    each request; null removes a key. `timeout` in seconds is for one try, and
    `retries` are made `backoff` seconds apart, doubled each time. A text
    longer than `window` characters is read in windows; one that takes more
    than `windows` of them is not read at all, which is an error. `errors` are
    rates by label that somebody has counted: `{corpus, found: [95, 100],
    alarms: [1, 200]}`; without them they are unknown.
    """

    name: ClassVar[str]
    version: ClassVar[str]

    url: str
    model: str
    key_env: str = "OPENAI_API_KEY"
    headers_env: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 20.0
    retries: int = 2
    backoff: float = 0.5
    window: int = 12_000
    windows: int = 8
    max_bytes: int = 256 * 1024
    verify_tls: bool = True
    ca_file: str = ""
    trust_env: bool = False
    errors: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        endpoint(self.url, "chat")
        if not self.model:
            raise ValueError("model must be named")
        if not (self.timeout > 0.0 and self.retries >= 0 and self.backoff >= 0.0):
            raise ValueError("timeout must be above 0, retries and backoff at least 0")
        if not (self.window > 2 * _OVERLAP and self.windows >= 1 and self.max_bytes >= 1):
            raise ValueError(f"window must be above {2 * _OVERLAP} characters, windows and max_bytes at least 1")
        labels = self.found_labels()
        unknown = sorted(label for label in self.errors if label not in labels)
        if unknown:
            raise ValueError(f"errors speak of {unknown[0]}, which is not among {', '.join(labels)}")
        stated_rates(self.errors)  # that they make sense

    @abstractmethod
    def found_labels(self) -> tuple[str, ...]:
        """Every label that it can find."""

    @abstractmethod
    async def judge(self, text: str, context: Context) -> list[tuple[str, float]]:
        """Labels that a text (one window of it) deserves, with confidences in [0, 1].

        Raises:
            CallError: There is no verdict.
        """

    @property
    def card(self) -> DetectorCard:
        """Seconds are unknown until somebody measures them here."""
        return DetectorCard(labels=self.found_labels(), remote=True, errors=stated_rates(self.errors))

    async def look(self, text: str, context: Context) -> list[Finding]:
        """What the judge finds; a finding covers the window that it was found in, or the whole text.

        Raises:
            DetectorError: There is no verdict on every part of the text. Says why, and quotes nothing.
        """
        if not text.strip():
            return []
        windows = self._windows(text)
        try:
            said = await together([self.judge(text[start:end], context) for start, end in windows])
        except CallError as error:
            raise DetectorError(
                self.name, f"{error.reason}: {error.detail}" if error.detail else error.reason
            ) from None
        return [
            Finding(label=label, start=start, end=end, confidence=confidence)
            for (start, end), verdicts in zip(windows, said, strict=True)
            for label, confidence in verdicts
        ]

    def _windows(self, text: str) -> list[tuple[int, int]]:
        if len(text) <= self.window:
            return [(0, len(text))]
        step = self.window - _OVERLAP
        count = 1 + -(-(len(text) - self.window) // step)
        if count > self.windows:
            raise DetectorError(self.name, f"too long: the text has {len(text):,} characters")
        return [(number * step, min(number * step + self.window, len(text))) for number in range(count)]

    async def post(self, address: URL, payload: bytes) -> bytes:
        """Send one request to the server, with its key.

        Raises:
            CallError: No answer.
        """
        return await post(
            address,
            payload,
            self._headers(),
            route=Route(verify_tls=self.verify_tls, ca_file=self.ca_file, trust_env=self.trust_env),
            patience=Patience(timeout=self.timeout, retries=self.retries, backoff=self.backoff),
            max_bytes=self.max_bytes,
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.key_env and (key := _from_environment(self.key_env, optional=self.key_env == "OPENAI_API_KEY")):
            headers["Authorization"] = f"Bearer {key}"
        return headers | {name: _from_environment(variable) for name, variable in self.headers_env.items()}


async def together(calls: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Every verdict, or the first failure; what is still under way then is ended, not left behind."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _from_environment(variable: str, *, optional: bool = False) -> str:
    value = os.environ.get(variable, "").strip()
    if not value and not optional:
        raise CallError("no-key", f"the environment variable {variable} is not set")
    if not (value.isascii() and value.isprintable()):
        raise CallError("no-key", f"the environment variable {variable} holds characters that no header can carry")
    return value


def sendable(text: str) -> str:
    """The text without halves of characters, which have no UTF-8 form."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
