"""Keeps one comment on a pull or merge request up to date, over the REST API of GitHub or GitLab.

The comment begins with a mark that no reader sees, by which it is found again. Only a comment of the same author is
written over: what somebody else began with that mark stays theirs, or they could say PASS in it later. One round looks
and writes; when it fails for a while the whole round is done again, so no try makes a second comment.

Sources:
    GitHub's REST API, version 2022-11-28: `/repos/{owner}/{repo}/issues/{number}/comments`.
    GitLab's REST API, version 4: `/projects/{id}/merge_requests/{iid}/notes`.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from trimtab import __version__
from trimtab.errors import CallError, UsageError

Host = Literal["github", "gitlab"]

SECONDS = 15.0
"""For one answer, connecting included."""
TRIES = 4
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_BYTES = 16 * 1024 * 1024
_PAGE, _MOST_PAGES = 100, 30
_UNFIT = re.compile(r"[^A-Za-z0-9._]+")
_RIGHTS: Mapping[Host, str] = {
    "github": "give the job `permissions: {pull-requests: write}`; the token of a fork's request may only read",
    "gitlab": "use a project access token with the scope `api`; a job's own token may not write notes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A pull or merge request. `project` is `owner/name` of GitHub, a path or number of GitLab."""

    host: Host
    api: str
    project: str
    number: int
    token: str

    def __repr__(self) -> str:
        return f"Target(host={self.host!r}, project={self.project!r}, number={self.number})"

    @property
    def comments(self) -> str:
        """The path that lists comments, and takes a new one."""
        if self.host == "github":
            return f"repos/{quote(self.project)}/issues/{self.number}/comments"
        return f"projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def comment(self, id_: int) -> str:
        """The path of one comment."""
        if self.host == "github":
            return f"repos/{quote(self.project)}/issues/comments/{id_}"
        return f"{self.comments}/{id_}"

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        if self.host == "gitlab":
            return {"PRIVATE-TOKEN": self.token}
        return {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }


def mark(key: str) -> str:
    """The line that a comment begins with. Of the key only what cannot end an HTML comment is kept."""
    return f"<!-- trimtab: {_UNFIT.sub('-', key)[:80]} -->"


async def keep_comment(
    target: Target,
    text: str,
    *,
    key: str,
    seconds: float = SECONDS,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Literal["made", "changed"]:
    """Write the comment of this key, over the one of an earlier time if there is one.

    Args:
        target: Where.
        text: In Markdown.
        key: Tells several comments on one request apart, as of several systems.
        seconds: For one answer.
        pause: Waits so many seconds before the next try.

    Raises:
        CallError: It was not written. The token, and what the host says in words, are not in the text.
        UsageError: The address is none.
    """
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=seconds),
        headers={"User-Agent": f"trimtab/{__version__}", **target.headers},
    ) as session:
        desk = _Desk(session, target, seconds)
        body, wait = f"{mark(key)}\n{text}", _FIRST_WAIT
        for left in range(TRIES - 1, -1, -1):
            try:
                return await _round(desk, body, mark(key))
            except CallError as error:
                if not (error.retryable and left):
                    raise
                asked = error.retry_after
                await pause(min(wait if asked is None else asked, _LONGEST_WAIT))
                wait *= 2
    raise AssertionError  # the last try returns or raises


async def _round(desk: "_Desk", body: str, begins: str) -> Literal["made", "changed"]:
    target = desk.target
    known = await _own(desk, begins)
    if known is None:
        await desk.ask("POST", target.comments, {"body": body})
        return "made"
    await desk.ask("PATCH" if target.host == "github" else "PUT", target.comment(known), {"body": body})
    return "changed"


async def _own(desk: "_Desk", begins: str) -> int | None:
    """The comment that we made before, if there is one."""
    me = await _me(desk)
    for page in range(1, _MOST_PAGES + 1):
        rows = await desk.ask("GET", f"{desk.target.comments}?per_page={_PAGE}&page={page}")
        if not isinstance(rows, list):
            raise CallError("malformed", f"{desk.target.host} lists no comments")
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get("id"), int):
                continue
            if str(row.get("body") or "").startswith(begins) and _is_mine(row, me):
                return int(row["id"])
        if len(rows) < _PAGE:
            return None
    return None


async def _me(desk: "_Desk") -> str:
    """The name that the token writes under; empty where it may not ask, as the token of a job of GitHub."""
    try:
        user = await desk.ask("GET", "user")
    except CallError as error:
        if error.reason in {"http-403", "http-404"} and not error.retryable:
            return ""
        raise
    return str(user.get("login") or user.get("username") or "") if isinstance(user, dict) else ""


def _is_mine(row: Mapping[str, Any], me: str) -> bool:
    author = row.get("user") or row.get("author") or {}
    if not isinstance(author, dict):
        return False
    name = str(author.get("login") or author.get("username") or "")
    return name == me if me else author.get("type") == "Bot"


class _Desk:
    """One request at a time."""

    def __init__(self, session: aiohttp.ClientSession, target: Target, seconds: float) -> None:
        self.target, self._session, self._seconds = target, session, seconds

    async def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        """What the host answers, read as JSON."""
        host = self.target.host
        try:
            # The path is quoted already, and must stay so: GitLab takes `group%2Fname` for one step.
            url = URL(f"{self.target.api.rstrip('/')}/{path}", encoded=True)
            # A redirect is not followed: it would hand the token to somebody who was not named.
            async with self._session.request(
                method,
                url,
                data=None if body is None else orjson.dumps(body),
                headers={"Content-Type": "application/json"} if body is not None else None,
                allow_redirects=False,
            ) as answer:
                read = await answer.content.read(_MOST_BYTES + 1)
                while len(read) <= _MOST_BYTES and not answer.content.at_eof():
                    read += await answer.content.read(_MOST_BYTES + 1)
                if not 200 <= answer.status < 300:
                    raise self._refusal(answer)
        except TimeoutError:
            raise CallError(
                "timeout", f"{host} gave no whole answer within {self._seconds:g} s", retryable=True
            ) from None
        except (aiohttp.InvalidURL, ValueError):
            raise UsageError(f"the address of {host}'s API is none.", "Write it as https://host/path.") from None
        except (aiohttp.ClientError, ssl.SSLError, OSError) as error:
            # Texts of other people's exceptions may quote headers.
            raise CallError("unreachable", f"{host} ({type(error).__name__})", retryable=True) from None
        if len(read) > _MOST_BYTES:
            raise CallError("too-large", f"{host}'s answer is longer than {_MOST_BYTES // 2**20} MiB")
        try:
            return orjson.loads(read or b"null")
        except orjson.JSONDecodeError:
            raise CallError("malformed", f"{host}'s answer is not JSON") from None

    def _refusal(self, answer: aiohttp.ClientResponse) -> CallError:
        status, after = answer.status, answer.headers.get("Retry-After", "")
        wait = float(after) if after.isascii() and after.isdigit() else None
        # GitHub's limits on how much is written come as 403 with the header, and pass.
        again = status in _TEMPORARY or (status == 403 and wait is not None)
        why = {
            401: "the token is none, or has expired",
            403: _RIGHTS[self.target.host],
            404: "there is no such request, or the token may not see it",
        }.get(status, f"{self.target.host} refuses")
        return CallError(f"http-{status}", why, retryable=again, retry_after=wait)
