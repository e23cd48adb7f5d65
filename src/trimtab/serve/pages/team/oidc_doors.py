"""The way in by a provider, beside name and password."""

from collections.abc import Iterator
from typing import Any

from trimtab.errors import UsageError
from trimtab.serve.pages.access.doors import Door, Way
from trimtab.serve.pages.access.outside import Outside
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.team import users
from trimtab.serve.pages.team.attempts import counted_today
from trimtab.serve.pages.team.doors import TeamDoors, safe_next
from trimtab.serve.pages.team.journal import Line, note
from trimtab.serve.pages.team.oidc import Claimed, Oidc, OidcError
from trimtab.serve.pages.team.oidc_file import Provider
from trimtab.serve.pages.team.sessions import ABSOLUTE_SECONDS
from trimtab.serve.pages.team.team import Team

_BACK = "/enter/back"
_FLOW_SECONDS = 600


class OidcDoors(TeamDoors):
    """Lets people in by a provider as well."""

    def __init__(
        self, team: Team, provider: Provider, *, cookie: str, outside: Outside, base: str, oidc: Oidc | None = None
    ) -> None:
        """`base` is the address that people use, without a path; that of the request if empty, on this machine."""
        super().__init__(team, cookie=cookie, outside=outside)
        self._base = base
        self._oidc = oidc or Oidc(provider)
        self._flow_cookie = "__Host-trimtab-flow" if outside.secure else f"{cookie}-flow"

    def ways(self) -> Iterator[Way]:
        """All of them."""
        yield from super().ways()
        yield Way(name="provider", path="/enter/provider", methods=("GET",), handler=self.set_out)
        yield Way(name="back", path=_BACK, methods=("GET",), handler=self.come_back)

    def shown(self, request: Any) -> Door:
        """Name and password, and the provider."""
        door = super().shown(request)
        return Door(kind=door.kind, next=door.next, provider=self._oidc.provider.name)

    async def set_out(self, request: Any, _: Any) -> Any:
        """Go to the provider. What comes back must be in the browser that set out."""
        self.unknown(request)
        next_ = safe_next(request.query_params.get("next", "/"))
        try:
            address, browser = await self._run(lambda: self._oidc.begin(self._back(request), next_=next_))
        except OidcError as error:
            raise self._refused(error) from error
        response = self._responses.RedirectResponse(address, status_code=303, headers={"cache-control": "no-store"})
        # Lax, since one comes back from another site.
        response.set_cookie(
            self._flow_cookie,
            browser,
            max_age=_FLOW_SECONDS,
            httponly=True,
            samesite="lax",
            path="/",
            secure=self.outside.secure,
        )
        return response

    async def come_back(self, request: Any, site: Any) -> Any:
        """Take in what the provider says."""
        self.unknown(request)
        asked = dict(request.query_params.multi_items())
        browser, old = request.cookies.get(self._flow_cookie, ""), self.session(request)
        try:
            made, next_ = await self._run(
                lambda: self._came(asked, browser, self._back(request), self.address(request), old)
            )
        except OidcError as error:
            raise self._refused(error) from error
        # A page of ours, and no redirect: a browser that comes from another site would leave the strict cookie out.
        response = site.show("entered.html", next=next_)
        self.keep(response, made, ABSOLUTE_SECONDS)
        response.delete_cookie(self._flow_cookie, path="/", secure=self.outside.secure, httponly=True, samesite="lax")
        return response

    def _came(self, asked: dict[str, str], browser: str, back: str, address: str, instead: str) -> tuple[str, str]:
        try:
            claimed, next_ = self._oidc.finish(asked, browser=browser, back=back)
            self._settled(claimed)
        except OidcError as error:
            self._failed(error)
            raise
        name = claimed.name
        return self.team.begin(name, "oidc", address, instead=instead), next_

    def _settled(self, claimed: Claimed) -> None:
        """Make or change the user as the provider says; the roles are those of now.

        Raises:
            OidcError: They may not come in.
        """
        store = self.team.store
        if not claimed.roles:
            raise OidcError(
                "no-role", "The provider knows you, and gives you no role here. Ask whoever looks after it."
            )
        with store.writing() as connection:
            row = connection.execute("SELECT name FROM user WHERE subject = ?", (claimed.subject,)).fetchone()
            if row is not None and row[0] != claimed.name:
                raise OidcError(
                    "name", "The provider calls you by another name than before. Ask whoever looks after it."
                )
            try:
                if row is None:
                    users.add(store, claimed.name, claimed.roles, claimed.systems, subject=claimed.subject, way="oidc")
                known = users.find(store, claimed.name)
                if known.disabled or self.team.has_left(claimed.name):
                    raise OidcError("disabled", "This account may not come in.")
                if (known.roles, known.systems) != (claimed.roles, claimed.systems):
                    users.change(store, claimed.name, roles=claimed.roles, systems=claimed.systems, way="oidc")
            except UsageError as error:  # the name is none of ours or somebody else's, or the roles do not go together
                told = "Your name there cannot be used here, or your roles do not go together."
                raise OidcError("name", f"{told} Ask whoever looks after it.") from error

    def _failed(self, error: OidcError) -> None:
        """Write it down, counted as failures of passwords are; who it was nobody knows."""
        what = "no-role" if error.kind == "no-role" else "provider-refused"
        count = counted_today(self.team.store, what, "")
        if count & (count - 1) == 0:
            note(self.team.store, Line(what=what, way="oidc", about=error.kind, count=count))

    def _back(self, request: Any) -> str:
        base = self._base or f"{request.url.scheme}://{request.headers['host']}"
        return f"{base}{_BACK}"

    def _refused(self, error: OidcError) -> RefusedError:
        return RefusedError(error.status, "You were not let in", error.told, door=True)
