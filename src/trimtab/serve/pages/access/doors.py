"""The ways in and out: the token of somebody alone, and leaving."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from trimtab._optional import need
from trimtab.serve.pages.access.alone import SESSION_SECONDS, Alone
from trimtab.serve.pages.access.outside import Outside
from trimtab.serve.pages.access.person import Access, Person
from trimtab.serve.pages.access.refused import RefusedError, same_origin
from trimtab.serve.pages.access.shield import ADDRESS
from trimtab.serve.pages.declared import API, Page

PERSON = "trimtab.person"
"""Key of a scope under which whoever a request is from stands, once that was found out."""
KEEPS_NOTHING = frozenset(("/enter", "/leave", "/password", "/verify", f"{API}/verify"))
"""Paths that are posted to and enter nothing in the books: whoever may only read may use them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way in or out; whoever has not entered may use it."""

    name: str
    path: str
    methods: tuple[str, ...]
    handler: Callable[[Any, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What to draw: a field for a token, or for name and password; where to go on; and a provider's name, if any."""

    kind: str
    next: str = "/"
    provider: str = ""


class Doors:
    """Finds out who a request is from, and lets in and out."""

    def __init__(self, access: Access, *, cookie: str, outside: Outside) -> None:
        """`cookie` is the name of the session's."""
        self.access, self.outside = access, outside
        self.cookie = "__Host-trimtab" if outside.secure else cookie
        self.after = "/enter"  # where one is who has left
        self.pages: tuple[Page, ...] = ()
        self._responses = need("starlette.responses", extra="serve")

    def ways(self) -> Iterator[Way]:
        """All of them."""
        yield Way(name="enter", path="/enter", methods=("GET", "POST"), handler=self.enter)
        yield Way(name="leave", path="/leave", methods=("POST",), handler=self.leave)

    def person(self, request: Any) -> Person:
        """Whoever a request is from.

        Raises:
            RefusedError: Nobody knows.
        """
        found = self.access.person(cookie=self.session(request), bearer=bearer_of(request))
        if found is None:
            raise RefusedError(401, "Enter the token")
        return found

    def known(self, request: Any) -> Person | None:
        """Whoever a request is from, where nothing rests on it."""
        try:
            return self.person(request)
        except Exception:  # noqa: BLE001 - whatever is wrong with who it is, nobody is known
            return None

    def anew(self, request: Any) -> Any:
        """A request that lasts, of which it is to be found out again who it is from: a session may have ended."""
        request.scope.pop(PERSON, None)
        return request

    def session(self, request: Any) -> str:
        """What the cookie says; nothing if a program brings a token, or if there are two of the name.

        Another host of the same domain can set a cookie of the same name beside ours, and nobody knows which is which.
        """
        said = [one for one in request.headers.getlist("cookie") for one in one.split(";")]
        mine = [one.partition("=")[2].strip() for one in said if one.partition("=")[0].strip() == self.cookie]
        return mine[0] if len(mine) == 1 and "authorization" not in request.headers else ""

    def shown(self, request: Any) -> Door:
        """The door that a page shows to whoever has not entered."""
        return Door(kind="token")

    def address(self, request: Any) -> str:
        """Where a request is from."""
        return str(request.scope.get(ADDRESS, ""))

    async def enter(self, request: Any, _: Any) -> Any:
        """Exchange the token for a session, and leave it out of the address from then on."""
        assert isinstance(self.access, Alone)
        if request.method == "POST":
            same_origin(request)
            form = await request.form(max_files=0, max_fields=1)
            token = str(form.get("token", ""))
        else:
            token = request.query_params.get("token", "")
        made = self.access.enter(token.strip())
        if made is None:
            raise RefusedError(401, "Enter the token", "That is not the token of this server." if token else "")
        self.access.leave(self.session(request))
        response = self._responses.RedirectResponse("/", status_code=303, headers={"cache-control": "no-store"})
        self.keep(response, made, SESSION_SECONDS)
        return response

    async def leave(self, request: Any, _: Any) -> Any:
        """End the session of whoever asks."""
        same_origin(request)
        self.access.leave(self.session(request))
        response = self._responses.RedirectResponse(self.after, status_code=303, headers={"cache-control": "no-store"})
        response.headers["clear-site-data"] = '"cache"'
        response.delete_cookie(self.cookie, path="/", secure=self.outside.secure, httponly=True, samesite="strict")
        return response

    def keep(self, response: Any, session: str, seconds: int) -> None:
        """Hand a session to the browser, and to no script and no other site."""
        response.set_cookie(
            self.cookie,
            session,
            max_age=seconds,
            httponly=True,
            samesite="strict",
            path="/",
            secure=self.outside.secure,
        )


def bearer_of(request: Any) -> str:
    """The token that a program brings; empty for none."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else ""
