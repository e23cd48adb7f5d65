"""The web application: the table of pages, each as HTML and as JSON, behind access and a shield."""

import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import orjson

from trimtab import __version__
from trimtab._optional import need
from trimtab.errors import AccessError, LedgerAlteredError, LedgerError, MissingPackageError, TrimtabError, UsageError
from trimtab.report.markup import visible
from trimtab.serve.pages.access.doors import KEEPS_NOTHING, Doors, Way
from trimtab.serve.pages.access.outside import Outside
from trimtab.serve.pages.access.person import Access, Person
from trimtab.serve.pages.access.refused import RefusedError, methods_of, same_origin
from trimtab.serve.pages.access.shield import SCRIPTED, App, Shield, TooLargeError
from trimtab.serve.pages.declared import API, Download, Page
from trimtab.serve.pages.forms import form_routes, keeps_what_was_typed
from trimtab.serve.pages.frame import scope
from trimtab.serve.pages.frame.answers import Answers, Bodies, Shown
from trimtab.serve.pages.frame.live import Live
from trimtab.serve.pages.frame.rendering import Around, Templates, script, style
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.openapi.description import description
from trimtab.serve.pages.proof.dropped import Dropped, content_of
from trimtab.serve.pages.proof.verify import check_export
from trimtab.serve.pages.snapshot import Watched

_log = logging.getLogger("trimtab.pages")

_HTML = "text/html; charset=utf-8"
_PROBLEM = "application/problem+json"
STRICT = (f"{API}/", "/files/")
"""Where what is asked must be said: forms of ours send what was left empty, and a program that does errs."""
_YEAR = "private, max-age=31536000, immutable"


class Site:
    """Answers requests; everything here is told by the tables of pages."""

    def __init__(self, watched: Watched, access: Access, *, cookie: str, doors: Doors | None = None) -> None:
        """Prepare.

        Args:
            watched: What is shown.
            access: Tells who somebody is.
            cookie: The name of the session's, which should differ between servers on one machine.
            doors: How people come in; by the token of somebody alone on this machine if left out.
        """
        self.watched, self.access = watched, access
        self.doors = doors or Doors(access, cookie=cookie, outside=Outside())
        self.pages = (*PAGES, *self.doors.pages)
        self._dropped = Dropped()
        self._answers, self._bodies, self._templates = Answers(watched), Bodies(), Templates()
        self._menu = tuple(page for page in self.pages if page.menu)
        self._responses = need("starlette.responses", extra="serve")
        self._run = need("starlette.concurrency", extra="serve").run_in_threadpool
        self._style_name, self._style = style()
        self._script_name, self._script = script()
        self.live = Live(watched)

    def warm(self) -> None:
        """Begin to work out the pages of the menu, before anybody asks for them."""
        self._answers.warm(self._menu)

    def close(self) -> None:
        """Stop working in the background."""
        self._answers.close()

    # -- pages -----------------------------------------------------------------------------

    async def page(self, request: Any, page: Page) -> Any:
        """A page as HTML."""
        if (there := self._elsewhere(request, page)) is not None:
            return there
        person, asked = self._asked_by(request, page)
        return await self._run(self._html, page, asked, person, request.headers.get("if-none-match", ""))

    async def api(self, request: Any, page: Page) -> Any:
        """The same as JSON."""
        person, asked = self._asked_by(request, page)
        return await self._run(self._json, page, asked, person, request.headers.get("if-none-match", ""))

    async def download(self, request: Any, page: Page, one: Download) -> Any:
        """A file that goes with a page."""
        person, asked = self._asked_by(request, page)
        scope.file_allowed(page, person)
        return await self._run(self._file, page, one, asked, person, request.headers.get("if-none-match", ""))

    def _html(self, page: Page, asked: Mapping[str, str], person: Person, seen: str) -> Any:
        shown = self._answers.of(page, asked, person.name)
        around = self._around(page, asked, shown, person)
        data = scope.cut(page, shown.data, person)
        tag = self._tag("html", shown, around)
        if tag in seen:
            answer = self._same(tag)
        else:
            body = self._bodies.of(tag, lambda: self._templates.render(page.template, around, data=data))
            answer = self._response(body, _HTML, tag=tag)
        if around.script:
            answer.headers["content-security-policy"] = SCRIPTED
        return answer

    def _json(self, page: Page, asked: Mapping[str, str], person: Person, seen: str) -> Any:
        shown = self._answers.of(page, asked, person.name)
        around = self._around(page, asked, shown, person)
        data = scope.cut(page, shown.data, person)
        tag = self._tag("json", shown, around)
        if tag in seen:
            return self._same(tag)
        told = {
            "row": shown.now.row,
            "as_of": shown.now.moment,
            "current": shown.current,
            "policy": shown.now.policy.digest,
            "ledger": around.standing.proof,
        }
        body = self._bodies.of(tag, lambda: orjson.dumps({**told, "data": data}))
        return self._response(body, "application/json", tag=tag)

    def _file(self, page: Page, one: Download, asked: Mapping[str, str], person: Person, seen: str) -> Any:
        shown = self._answers.of(page, asked, person.name)
        tag = self._tag(one.name, shown, self._around(page, asked, shown, person))
        if tag in seen:
            return self._same(tag)
        body = self._bodies.of(tag, lambda: one.make(shown.now, asked))
        answer = self._response(body, one.kind, tag=tag)
        answer.headers["content-disposition"] = f'attachment; filename="{one.name}"'
        return answer

    async def check(self, request: Any, *, html: bool) -> Any:
        """Verify an export that somebody drops."""
        person = self._person(request)
        same_origin(request)
        page = next(one for one in PAGES if one.name == "verify")
        with self._dropped.turn():
            content = await content_of(request, form=html)
            return await self._run(self._checked, page, content, html, person)

    def _checked(self, page: Page, content: bytes, html: bool, person: Person) -> Any:  # noqa: FBT001 - through a pool
        shown = self._answers.of(page, {})
        found = check_export(BytesIO(content), shown.now)  # line by line: there may be millions
        if not html:
            return self._response(orjson.dumps(found), "application/json")
        around = self._around(page, {}, shown, person)
        body = self._templates.render(page.template, around, data=shown.data, dropped=found)
        return self._response(body, _HTML)

    # -- what is not a page ----------------------------------------------------------------

    async def style(self, request: Any) -> Any:
        """The style sheet; the one thing that is shown to anybody."""
        if request.path_params["name"] != self._style_name:
            raise RefusedError(404, "There is no such page")
        return self._responses.Response(self._style, media_type="text/css", headers={"cache-control": _YEAR})

    async def script(self, request: Any) -> Any:
        """The one script."""
        if request.path_params["name"] != self._script_name:
            raise RefusedError(404, "There is no such page")
        return self._responses.Response(self._script, media_type="text/javascript", headers={"cache-control": _YEAR})

    async def events(self, request: Any, page: Page) -> Any:
        """What is told to whoever has a page open: let in as to the page, again and again."""
        return await self.live.answer(request, lambda: self._asked_by(self.doors.anew(request), page))

    async def door(self, request: Any, way: Way) -> Any:
        """Come in, or leave."""
        return await way.handler(request, self)

    def show(self, template: str, *, person: Person | None = None, status: int = 200, **values: Any) -> Any:
        """A page that is none of the table: it rests on no row, and nobody keeps it."""
        body = self._templates.render(template, self._around(None, {}, None, person), **values)
        return self._responses.Response(body, status, {"cache-control": "no-store"}, _HTML)

    async def openapi(self, request: Any) -> Any:
        """The description of the API."""
        self._person(request)
        return self._response(_described(self.pages, self.doors.cookie), "application/json")

    async def health(self, _: Any) -> Any:
        """Whether it serves; says nothing of what."""
        return self._response(b'{"status":"ok"}', "application/json")

    async def problem(self, request: Any, error: Exception) -> Any:
        """An error as a page, or as a problem document; never with a traceback or with data."""
        refused = _refused(error)
        if isinstance(error, LedgerAlteredError):
            self.watched.altered(str(error))
        if refused.status >= 500:
            _log.error("%s: %s", type(error).__name__, getattr(error, "code", "TT000"))
        headers = {"cache-control": "no-store"}
        if refused.status == 401:
            headers["www-authenticate"] = "Bearer"
        if refused.wait:
            headers["retry-after"] = str(refused.wait)
        if refused.status == 405:
            headers["allow"] = ", ".join(methods_of(request))
        if request.url.path.startswith(f"{API}/") or request.url.path == API:
            told = {"title": refused.title, "status": refused.status, "detail": refused.detail}
            return self._responses.Response(orjson.dumps(told), refused.status, headers, _PROBLEM)
        person = self.doors.known(request) if refused.status not in (401, 429) else None
        around = self._around(None, {}, None, person)
        body = self._templates.render("problem.html", around, problem=refused, door=self.doors.shown(request))
        return self._responses.Response(body, refused.status, headers, _HTML)

    async def entered(self, request: Any) -> None:
        """Whoever sent this may have added rows, and is shown nothing from before."""
        with suppress(RefusedError, LedgerError, AccessError):
            await self._run(self._answers.entered, self._person(request).name)

    # -- for forms ---------------------------------------------------------------------------

    def who(self, request: Any) -> Person:
        """Whoever a request is from.

        Raises:
            RefusedError: Nobody who has entered.
        """
        return self._person(request)

    def session(self, request: Any) -> str:
        """What tells one session from another; empty for whoever brings a token in a header."""
        return self.doors.session(request)

    def draw(self, template: str, page: Page, person: Person, **values: Any) -> bytes:
        """A page that rests on the books as they are now, and that nobody keeps."""
        shown = Shown(data=None, now=self.watched.snapshot())
        return self._templates.render(template, self._around(page, {}, shown, person), **values)

    # -- parts -----------------------------------------------------------------------------

    def _around(
        self, page: Page | None, asked: Mapping[str, str], shown: Shown | None, person: Person | None
    ) -> Around:
        return Around(
            menu=self._menu_of(person),
            page=page,
            asked=asked,
            standing=self.watched.standing,
            now=shown.now if shown is not None else None,
            style=self._style_name,
            current=shown.current if shown is not None else True,
            person=person,
            script=self._script_name if page is not None and page.live and shown and not shown.now.fixed else "",
        )

    def _menu_of(self, person: Person | None) -> tuple[Page, ...]:
        return tuple(one for one in self._menu if person is not None and scope.is_open(one, person))

    def _person(self, request: Any) -> Person:
        return self.doors.person(request)

    async def net(self, request: Any) -> None:
        """What holds for every route, whatever its handler does: who may only read can send nothing that is kept."""
        if request.method in ("GET", "HEAD") or request.url.path in KEEPS_NOTHING:
            return
        if self.doors.known(request) is None and keeps_what_was_typed(request):
            return  # the form asks by itself, and enters nothing for nobody
        if not self._person(request).may_write:
            raise RefusedError(403, "You may read here, and not write")

    def _asked_by(self, request: Any, page: Page) -> tuple[Person, dict[str, str]]:
        """Who asks a page what, if they may; with who that is among what is asked, if it is a personal one."""
        person, asked = self._person(request), self._asked(request, page)
        self._allowed(person, page)
        scope.allowed(page, asked, person)
        return person, {**asked, **page.told(person.name, alone=person.alone)}

    def _elsewhere(self, request: Any, page: Page) -> Any:
        """Where somebody is sent who may not see what an address without more in it shows; None for most."""
        person, asked = self._person(request), self._asked(request, page)
        to = ""
        if page.path == "/" and not scope.is_open(page, person) and (menu := self._menu_of(person)):
            to = menu[0].path
        elif person.may_open(page.roles) and (system := scope.first(page, asked, person)):
            query = urlencode([*request.query_params.multi_items(), (scope.SCOPES[page.name].by, system)])
            to = f"{request.url.path}?{query}"
        return self._responses.RedirectResponse(to, 303, {"cache-control": "no-store"}) if to else None

    def _allowed(self, person: Person, page: Page) -> None:
        if not person.may_open(page.roles):
            raise RefusedError(403, "This page is not for you", f"It is for: {', '.join(sorted(page.roles))}.")

    def _asked(self, request: Any, page: Page) -> dict[str, str]:
        known = {one.name: one for one in page.asked}
        found: dict[str, str] = dict(request.path_params)
        for name, text in request.query_params.multi_items():
            one = known.get(name)
            if one is None or one.in_path or name in found:
                listed = ", ".join(one.name for one in page.asked if not one.in_path) or "nothing"
                raise RefusedError(400, "This is not asked of this page", f"What may be asked of it is: {listed}.")
            if text or request.url.path.startswith(STRICT):
                found[name] = text
        for name, text in found.items():
            if not known[name].takes(text):
                status = 404 if known[name].in_path else 400
                raise RefusedError(status, f"This is no {name}", known[name].about)
        return found

    def _tag(self, form: str, shown: Shown, around: Around) -> str:
        parts = [__version__, form, *around.told]
        if around.page is not None and not around.page.kept:
            parts.append(orjson.dumps(shown.data))
        return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'

    def _response(self, body: bytes, kind: str, *, tag: str = "") -> Any:
        headers = {"cache-control": "private, no-cache" if tag else "no-store", **({"etag": tag} if tag else {})}
        return self._responses.Response(body, 200, headers, kind)

    def _same(self, tag: str) -> Any:
        return self._responses.Response(status_code=304, headers={"etag": tag, "cache-control": "private, no-cache"})


def application(site: Site, *, hosts: frozenset[str]) -> App:
    """The whole as ASGI."""
    routing = need("starlette.routing", extra="serve")
    starlette = need("starlette.applications", extra="serve")
    routes = []
    for page in site.pages:
        routes.append(routing.Route(page.path, _of(site, site.page, page), methods=["GET"], name=page.name))
        routes.append(routing.Route(page.api, _of(site, site.api, page), methods=["GET"], name=f"api-{page.name}"))
        routes += [
            routing.Route(
                page.file(one), _of(site, site.download, page, one), methods=["GET"], name=f"file-{page.name}"
            )
            for one in page.downloads
        ]
        if page.name == "traffic":
            told = _of(site, site.events, page)
            routes.append(routing.Route(f"{page.path}/events", told, methods=["GET"], name="events"))
    routes += [
        routing.Route("/verify", _of(site, site.check, html=True), methods=["POST"], name="check"),
        routing.Route(f"{API}/verify", _of(site, site.check, html=False), methods=["POST"], name="api-check"),
        routing.Route(f"{API}/openapi.json", _of(site, site.openapi), methods=["GET"], name="openapi"),
        routing.Route("/style/{name}", _of(site, site.style), methods=["GET"], name="style"),
        routing.Route("/script/{name}", _of(site, site.script), methods=["GET"], name="script"),
        *(
            routing.Route(way.path, _of(site, site.door, way), methods=list(way.methods), name=way.name)
            for way in site.doors.ways()
        ),
        routing.Route("/healthz", site.health, methods=["GET"], name="health"),
    ]
    routes += form_routes(site, _of)
    inner = starlette.Starlette(routes=routes, exception_handlers={404: site.problem, 405: site.problem})
    inner.router.redirect_slashes = False
    return Shield(inner, hosts=hosts, outside=site.doors.outside)


@cache
def _described(pages: tuple[Page, ...], cookie: str) -> bytes:
    return orjson.dumps(description(pages, cookie=cookie), option=orjson.OPT_SORT_KEYS)


def _of(site: Site, handler: Any, *given: Any, **named: Any) -> Any:
    """A handler whose every failure is a page that tells nothing."""

    async def handle(request: Any) -> Any:
        try:
            await site.net(request)
            return await handler(request, *given, **named)
        except Exception as error:  # noqa: BLE001 - the last line: nobody is shown a traceback
            return await site.problem(request, error)
        finally:
            if request.method not in ("GET", "HEAD"):
                await site.entered(request)

    return handle


def _refused(error: Exception) -> RefusedError:
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, TooLargeError):
        return RefusedError(413, "This is too large", f"At most {error.most:,} bytes are read.")
    if isinstance(error, UsageError):
        return RefusedError(404, "There is no such thing", visible(error.message, limit=200), error.next_step)
    if isinstance(error, LedgerError):
        return RefusedError(
            503, "The ledger cannot be shown", "It was altered, or cannot be read.", "Run `trimtab ledger verify`."
        )
    if isinstance(error, AccessError):
        return RefusedError(503, "Nobody can be let in", "Who may come in cannot be told at present, so nobody may.")
    if isinstance(error, MissingPackageError):
        return RefusedError(503, "A package is missing here", str(error))
    status = getattr(error, "status_code", 500)
    if isinstance(error, TrimtabError) or status >= 500:
        code = error.code if isinstance(error, TrimtabError) else "TT000"
        return RefusedError(
            500, "This page failed", f"{code} {type(error).__name__}. Nothing is known about what it would show."
        )
    titles = {404: "There is no such page", 405: "This is not asked that way"}
    return RefusedError(status, titles.get(status, "This cannot be read"))
