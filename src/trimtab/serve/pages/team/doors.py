"""The ways in and out of a team: a form for name and password, a page about access, and limits for everybody."""

from collections.abc import Callable, Iterator
from typing import Any

from trimtab._optional import need
from trimtab.errors import UsageError
from trimtab.serve.pages.access.buckets import Buckets
from trimtab.serve.pages.access.doors import PERSON, Door, Doors, Way, bearer_of
from trimtab.serve.pages.access.outside import Outside
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.refused import RefusedError, same_origin
from trimtab.serve.pages.team import page, users
from trimtab.serve.pages.team.journal import network
from trimtab.serve.pages.team.sessions import ABSOLUTE_SECONDS, digest
from trimtab.serve.pages.team.team import Entered, Team

_ASKED, _COUNTED = "trimtab.asked", "trimtab.counted"  # seconds to wait, as counted once for a request
_LONGEST = 512  # bytes of an address to go on to
WRONG = "The name or the password is wrong, or this account may not come in."


class TeamDoors(Doors):
    """Finds out who a request is from by the users of a file."""

    def __init__(
        self,
        team: Team,
        *,
        cookie: str,
        outside: Outside,
        of_person: Buckets | None = None,
        of_stranger: Buckets | None = None,
    ) -> None:
        """The buckets say how many requests one session or token, and whoever has not entered, may make."""
        super().__init__(team, cookie=cookie, outside=outside)
        self.after = "/enter?left=1"
        self.team = team
        self.pages = (page.declared(team.store),)
        self._of_person = of_person or Buckets(a_second=20, at_once=200)
        self._of_stranger = of_stranger or Buckets(a_second=5, at_once=60)
        self._run: Callable[..., Any] = need("starlette.concurrency", extra="serve").run_in_threadpool

    def ways(self) -> Iterator[Way]:
        """All of them."""
        yield Way(name="enter", path="/enter", methods=("GET", "POST"), handler=self.enter)
        yield Way(name="leave", path="/leave", methods=("POST",), handler=self.leave)
        yield Way(name="password", path="/password", methods=("GET", "POST"), handler=self.password)

    def person(self, request: Any) -> Person:
        """Whoever a request is from; looked up and counted once for each.

        Raises:
            RefusedError: Nobody knows, or they ask too often.
            AccessError: Nobody can tell.
        """
        if (known := request.scope.get(PERSON)) is not None:
            found: Person = known
            return found
        bearer, session = bearer_of(request), self.session(request)
        someone = self.team.person(cookie=session, bearer=bearer)
        if someone is None:
            self.unknown(request)
            raise RefusedError(401, "Enter", "" if request.url.path == "/" else "This is for whoever has entered.")
        if _ASKED not in request.scope:
            request.scope[_ASKED] = self._of_person.take(digest(bearer or session).hex())
        _refuse(request.scope[_ASKED])
        request.scope[PERSON] = someone
        return someone

    def unknown(self, request: Any) -> None:
        """Count a request of whoever has not entered, once however often it is asked who they are.

        Raises:
            RefusedError: There were too many from that address.
        """
        if _COUNTED not in request.scope:
            request.scope[_COUNTED] = self._of_stranger.take(network(self.address(request)))
        _refuse(request.scope[_COUNTED])

    def shown(self, request: Any) -> Door:
        """Name and password; whoever comes in goes on to what they asked for."""
        path, query = request.url.path, request.url.query
        wanted = f"{path}?{query}" if query else path
        come = request.method == "GET" and path not in {one.path for one in self.ways()}
        return Door(kind="name", next=safe_next(wanted if come else request.query_params.get("next", "/")))

    async def enter(self, request: Any, site: Any) -> Any:
        """The form, and what comes of it."""
        if request.method != "POST":
            return site.show("enter.html", door=self.shown(request), left="left" in request.query_params)
        same_origin(request)
        self.unknown(request)
        form = await request.form(max_files=0, max_fields=3)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        came: Entered = await self._run(self._tried, name, password, self.address(request), self.session(request))
        if came.wait:
            told = f"Nothing was looked at. Try again in {_seconds(came.wait)}."
            raise RefusedError(429, "Too many attempts", told, wait=came.wait, door=True)
        if not came.session:
            raise RefusedError(401, "Enter", WRONG)
        where = safe_next(str(form.get("next", "/")))
        response = self._responses.RedirectResponse(where, status_code=303, headers={"cache-control": "no-store"})
        self.keep(response, came.session, ABSOLUTE_SECONDS)
        return response

    async def password(self, request: Any, site: Any) -> Any:
        """The form by which somebody changes their own password, and what comes of it."""
        person = self.person(request)
        if not self.session(request):
            raise RefusedError(403, "A password is changed by whoever has it, and by no program")
        if await self._run(self._by_provider, person.name):
            raise RefusedError(404, "Your password is at your provider", "Change it there.")
        if request.method != "POST":
            return site.show("password.html", person=person, flaw="", changed="changed" in request.query_params)
        same_origin(request)
        form = await request.form(max_files=0, max_fields=3)
        old, new, again = (str(form.get(name, "")) for name in ("password", "fresh", "again"))
        flaw = "" if new == again else "The new password is not the same both times."
        came = Entered()
        if not flaw:
            try:
                came = await self._run(self.team.change, person.name, old, new, self.address(request))
            except UsageError as error:
                flaw = f"{error.message[:1].upper()}{error.message[1:]} {error.next_step}"
        if came.wait:
            told = f"Nothing was looked at. Try again in {came.wait} seconds."
            raise RefusedError(429, "Too many attempts", told, wait=came.wait)
        if not came.session:
            flaw = flaw or "This is not your current password."
            return site.show("password.html", person=person, flaw=flaw, changed=False, status=422)
        headers = {"cache-control": "no-store"}
        response = self._responses.RedirectResponse("/password?changed=1", status_code=303, headers=headers)
        self.keep(response, came.session, ABSOLUTE_SECONDS)
        return response

    def _by_provider(self, name: str) -> bool:
        return users.find(self.team.store, name).way == "oidc"

    def _tried(self, name: str, password: str, address: str, instead: str) -> Entered:
        return self.team.enter(name, password, address, instead=instead)


def _refuse(wait: int) -> None:
    if wait:
        raise RefusedError(429, "Too many requests", f"Try again in {_seconds(wait)}.", wait=wait)


def _seconds(wait: int) -> str:
    return f"{wait} second{'' if wait == 1 else 's'}"


def safe_next(text: str) -> str:
    """A path of ours to go on to; the first page for whatever a browser could take for another site."""
    fine = text.startswith("/") and text[1:2] not in ("/", "\\") and "\\" not in text and text.isprintable()
    return text if fine and " " not in text and len(text.encode()) <= _LONGEST else "/"
