"""The state of a reward behind `trimtab rewards serve`, for processes that share no disk."""

import http.client
import json
import os
import ssl
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from trimtab.enforce.rewards.counts import Counts
from trimtab.enforce.rewards.standing import Rule, Standing
from trimtab.enforce.rewards.state import check_fits
from trimtab.errors import RewardError, UsageError
from trimtab.stats.hacking import HackingMonitor

TOKEN_VARIABLE = "TRIMTAB_REWARDS_TOKEN"

_CALL_SECONDS = 30.0
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0  # seconds before it is asked again
_LATER = frozenset({408, 429, 502, 503, 504})  # answers after which asking again may help
_MOST_BYTES = 16 * 2**20


def terms(rules: tuple[Rule, ...], hard: int) -> dict[str, Any]:
    """What a server and those who use it must agree on, in JSON form: how multipliers move, and how many checks."""
    return {"rules": [asdict(rule) for rule in rules], "hard": hard}


class HttpState:
    """A state that a server holds. Threads may share it.

    While the server is away it is asked again for `patience` seconds; then it is an error, and the training stops
    rather than go on with multipliers that may be wrong. Counts whose receipt was lost on the way are sent again and
    may count twice: both what a cost came to and of how many, so that its rate stays nearly what it was.
    """

    def __init__(
        self,
        url: str,
        rules: tuple[Rule, ...],
        hard: int,
        audit: HackingMonitor | None = None,
        *,
        patience: float = 60.0,
        token: str | None = None,
    ) -> None:
        """Find the server.

        Args:
            url: Its address, such as http://127.0.0.1:8200.
            rules: How the multipliers move here; the server must say the same.
            hard: Number of hard checks.
            audit: The audit of the reward, if it has one.
            patience: Seconds to go on asking a server that does not answer.
            token: What it asks for; the variable TRIMTAB_REWARDS_TOKEN if left out.

        Raises:
            UsageError: This is no address.
            RewardError: No server answers there, or it holds the state of another reward.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError("this is no address of a reward server.", "Write one such as http://127.0.0.1:8200.")
        if "@" in parts.netloc:
            step = f"Put the token into the variable {TOKEN_VARIABLE}."
            raise UsageError("the address of the reward server holds a name or a password.", step)
        self._parts, self._base = parts, parts.path.rstrip("/")
        self._where = f"{parts.scheme}://{parts.netloc}{self._base}"
        self._rules, self._hard, self._audit, self._patience = rules, hard, audit, patience
        token = os.environ.get(TOKEN_VARIABLE, "") if token is None else token
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._idle: list[http.client.HTTPConnection] = []
        self._owner = os.getpid()
        weakref.finalize(self, _close, self._idle)
        if self._ask("GET", "/state").get("terms") != json.loads(json.dumps(terms(rules, hard))):
            raise RewardError(
                self._where, "this server holds the state of another reward", "Give both the same policy."
            )
        self.standing()

    def standing(self) -> Standing:
        """As `RewardState.standing`."""
        return self.seen()[0]

    def seen(self) -> tuple[Standing, Counts]:
        """As `RewardState.seen`."""
        return self._told(self._ask("GET", "/state"))

    def add(self, counts: Counts) -> None:
        """As `RewardState.add`."""
        self._ask("POST", "/counts", {"counts": counts.payload()})

    def discard(self) -> None:
        """As `RewardState.discard`."""
        self._ask("DELETE", "/counts")

    def advance(self, step: int, *, total: Callable[[Counts], Counts] | None = None) -> Standing:
        """As `RewardState.advance`; the counts of all processes are with the server, so `total` is not asked."""
        return self._told(self._ask("POST", "/advance", {"step": step}))[0]

    def restore(self, standing: Standing) -> None:
        """As `RewardState.restore`.

        Raises:
            RewardError: It is of a reward with other checks.
        """
        check_fits(standing, self._rules, self._hard, self._audit)
        self._ask("PUT", "/state", {"standing": standing.payload()})

    def _told(self, answer: Mapping[str, Any]) -> tuple[Standing, Counts]:
        try:
            standing, pending = Standing.from_payload(answer["standing"]), Counts.from_payload(answer["pending"])
        except (ValueError, KeyError, TypeError):
            raise self._strange() from None
        check_fits(standing, self._rules, self._hard, self._audit, pending=pending)
        return standing, pending

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """What the server answers.

        Raises:
            RewardError: It does not, refuses, or answers what is none.
        """
        data = None if body is None else json.dumps(body).encode()
        ends, wait = time.monotonic() + self._patience, _FIRST_WAIT
        while True:
            try:
                status, raw = self._once(method, path, data)
            except (OSError, http.client.HTTPException) as error:
                _close(self._idle)  # they are no better
                problem = f"it cannot be reached: {type(error).__name__}"
            else:
                if status == http.HTTPStatus.OK:
                    return self._read(raw)
                problem = f"it answers {status}{_words(raw)}"
                if status not in _LATER:
                    raise RewardError(self._where, problem, "See what the server says.")
            if time.monotonic() + wait > ends:
                raise RewardError(self._where, problem, "Start `trimtab rewards serve` there, and go on.")
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _once(self, method: str, path: str, data: bytes | None) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.request(method, self._base + path, data, self._headers)
            answer = connection.getresponse()
            raw = answer.read(_MOST_BYTES + 1)
        except BaseException:
            connection.close()
            raise
        if len(raw) > _MOST_BYTES:
            connection.close()
            raise self._strange()
        self._idle.append(connection)
        return answer.status, raw

    def _connection(self) -> http.client.HTTPConnection:
        """One that is not in use; a process that was forked makes its own."""
        if self._owner != os.getpid():
            self._idle, self._owner = [], os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=_CALL_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=_CALL_SECONDS)

    def _read(self, raw: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._strange()
        return answer

    def _strange(self) -> RewardError:
        return RewardError(self._where, "it answers what is no state of a reward", "See what listens there.")


def _close(idle: list[http.client.HTTPConnection]) -> None:
    while idle:
        idle.pop().close()


def _words(raw: bytes) -> str:
    """What the server says of an error; it quotes no text of a completion."""
    try:
        words = json.loads(raw)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f" ({words[:200]})" if isinstance(words, str) else ""
