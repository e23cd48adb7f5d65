"""Tells people of alarms, by web hook.

A message holds names of the policy, numbers and sentences of our own; never a text of a case, a request or a reply. Its
`text` is what chat services show. With a key in the environment it is signed, so that the receiver knows who sent it
and when:

    X-Trimtab-Signature: t=SECONDS,v1=HEX          HEX = HMAC-SHA256(key, "SECONDS." + body)

`X-Trimtab-Alarm` is the same for each try of one message, so a receiver can tell a repetition.
"""

import asyncio
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from trimtab import __version__
from trimtab.evidence import Alarm
from trimtab.kinds import Row
from trimtab.policy import NotifySpec

_FIRST_WAIT = 0.5  # seconds; doubled for each further try
_LONGEST_WAIT = 30.0
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_READ = 4096  # bytes of an answer, which nobody needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a message; `trouble` is empty when the receiver took it."""

    row: int
    to: str
    tries: int
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An alarm that a hook has not taken yet; `owners` are the people behind the system, by what they are to it."""

    to: str
    row: Row
    alarm: Alarm
    owners: Mapping[str, str]


def message(due: Due) -> dict[str, Any]:
    """What is sent of an alarm."""
    row, alarm = due.row, due.alarm
    sign = "over" if alarm.state == "ended" else alarm.level
    about = f"{row.system}/{row.candidate}" if row.candidate else row.system
    return {
        "text": f"[{sign}] {about}: {alarm.why}",
        "trimtab": {
            "alarm": row.seq,
            "hash": row.hash.hex(),
            "time": row.time,
            "system": row.system,
            "candidate": row.candidate,
            "metric": alarm.metric,
            "by": alarm.by,
            "level": alarm.level,
            "state": alarm.state,
            "why": alarm.why,
            "figures": dict(alarm.figures),
            "policy": row.policy,
            **due.owners,
        },
    }


def signature(key: bytes, body: bytes, *, seconds: int) -> str:
    """The header that shows who sent a body, and when."""
    signed = hmac.new(key, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def send(
    hooks: Mapping[str, NotifySpec],
    due: Iterable[Due],
    *,
    done: Callable[[Sent], None],
    environment: Mapping[str, str] = os.environ,
) -> list[Sent]:
    """Send what is due to each hook, in order; a hook that fails is asked no more in this round.

    Args:
        hooks: By name.
        due: What is to be sent, and to whom.
        done: Called as soon as a receiver has taken a message, before the next is sent.
        environment: Where addresses and keys are looked up.
    """
    by_hook: dict[str, list[Due]] = {}
    for one in due:
        by_hook.setdefault(one.to, []).append(one)
    return asyncio.run(_all(hooks, by_hook, done, environment)) if by_hook else []


async def _all(
    hooks: Mapping[str, NotifySpec],
    by_hook: Mapping[str, Sequence[Due]],
    done: Callable[[Sent], None],
    environment: Mapping[str, str],
) -> list[Sent]:
    # A connection for each message: what comes over one is the answer to it, and to nothing that was sent before.
    connector, cookies = aiohttp.TCPConnector(force_close=True), aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=cookies, auto_decompress=False) as session:
        rounds = [_hook(session, name, hooks[name], rows, done, environment) for name, rows in by_hook.items()]
        return [sent for one in await asyncio.gather(*rounds) for sent in one]


async def _hook(  # noqa: PLR0917  # all of one hook
    session: aiohttp.ClientSession,
    name: str,
    hook: NotifySpec,
    rows: Sequence[Due],
    done: Callable[[Sent], None],
    environment: Mapping[str, str],
) -> list[Sent]:
    found: list[Sent] = []
    missing = next((one for one in (hook.url_env, hook.key_env) if one and not environment.get(one)), "")
    for due in rows:
        row = due.row
        if missing:
            found.append(Sent(row=row.seq, to=name, tries=0, trouble=f"the variable {missing} is not set"))
        elif found and found[-1].trouble:
            found.append(Sent(row=row.seq, to=name, tries=0, trouble="not tried, since the one before failed"))
        else:
            url, key = hook.url or environment[hook.url_env], environment.get(hook.key_env, "") if hook.key_env else ""
            tries, trouble = await _try(session, hook, url, key.encode(), orjson.dumps(message(due)), row)
            found.append(Sent(row=row.seq, to=name, tries=tries, trouble=trouble))
            if not trouble:
                done(found[-1])
    return found


async def _try(  # noqa: PLR0917  # all of one message
    session: aiohttp.ClientSession, hook: NotifySpec, url: str, key: bytes, body: bytes, row: Row
) -> tuple[int, str]:
    """How often it was sent, and what went wrong the last time; nothing when it was taken."""
    trouble, wait = "", _FIRST_WAIT
    for number in range(1, hook.retries + 2):
        if number > 1:
            await asyncio.sleep(min(wait, _LONGEST_WAIT))
            wait *= 2
        trouble, again = await _post(session, url, body, hook.timeout, _headers(key, body, row))
        if not (trouble and again):
            return number, trouble
    return hook.retries + 1, trouble


def _headers(key: bytes, body: bytes, row: Row) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"trimtab/{__version__}",
        "X-Trimtab-Alarm": row.hash.hex(),
    }
    return {**headers, "X-Trimtab-Signature": signature(key, body, seconds=int(time.time()))} if key else headers


async def _post(
    session: aiohttp.ClientSession, url: str, body: bytes, seconds: float, headers: Mapping[str, str]
) -> tuple[str, bool]:
    """What went wrong, and whether the same may go well later. Addresses, which may be secrets, are not named."""
    try:
        # A redirect is not followed: it would hand a signed message to somebody whom the policy does not name.
        async with session.post(
            url, data=body, headers=headers, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=seconds)
        ) as answer:
            await answer.content.read(_MOST_READ)
            if 200 <= answer.status < 300:
                return "", False
            if 300 <= answer.status < 400:
                return f"answered {answer.status}, and redirects are not followed", False
            return f"answered {answer.status}", answer.status in _TEMPORARY
    except TimeoutError:
        return f"did not answer within {seconds:g} s", True
    except (aiohttp.InvalidURL, ValueError):
        return "has no address that can be used", False
    except (aiohttp.ClientError, OSError) as error:
        return f"cannot be reached ({type(error).__name__})", True
