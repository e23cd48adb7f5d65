"""Answers browsers: shows forms, takes them back, and shows what was entered."""

import logging
from collections.abc import Mapping
from typing import Any

import orjson

from trimtab._optional import need
from trimtab.errors import EntryError, LedgerAlteredError, LedgerError, TrimtabError
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.consents import ConsentDecided, ConsentSigned
from trimtab.serve.pages.access.apart import why_not
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.refused import RefusedError, same_origin
from trimtab.serve.pages.declared import Page
from trimtab.serve.pages.forms import showing
from trimtab.serve.pages.forms.acting import Since, since
from trimtab.serve.pages.forms.declared import FORMS_PATH, SENT, Form, Way
from trimtab.serve.pages.forms.desk import LISTED, Desk, not_for, offered
from trimtab.serve.pages.forms.inputs import inputs, shown
from trimtab.serve.pages.forms.sent_back import LOOK_THROUGH, RESOLVE, SentBackError, sent_back
from trimtab.serve.pages.forms.showing import FormPage
from trimtab.serve.pages.forms.submitted import Submitted, Typed, input_names, is_form, read
from trimtab.serve.pages.forms.table import FORMS
from trimtab.serve.pages.forms.taking import Done, File, before, policy_text, take
from trimtab.serve.pages.forms.tokens import Tokens, Use, use_of
from trimtab.workspace.proposing import as_text

_log = logging.getLogger("trimtab.pages")

_HTML = "text/html; charset=utf-8"
_SIGNED = (ConsentDecided, ConsentSigned)
_READ_ALL = frozenset(("risk-owner", "committee", "auditor", "admin"))
"""Whoever may open all pages; everybody else reads such entries as they could make."""
_KINDS = {form.kind.kind: form for form in FORMS}


class Forms:
    """The forms of one site."""

    def __init__(self, site: Any, page: Page) -> None:
        """`site` knows who asks and draws pages; `page` is that which lists the forms."""
        self.site, self.page, self.tokens = site, page, Tokens()
        self._responses = need("starlette.responses", extra="serve")
        self._run = need("starlette.concurrency", extra="serve").run_in_threadpool

    async def pooled(self, work: Any, *given: Any) -> Any:
        """Do something where waiting for the ledger keeps nobody else waiting."""
        return await self._run(work, *given)

    def response(self, body: bytes, status: int, headers: Mapping[str, str], kind: str) -> Any:
        """An answer of any kind."""
        return self._responses.Response(body, status, dict(headers), kind)

    # -- what is asked -----------------------------------------------------------------------

    async def index(self, request: Any, *, html: bool) -> Any:
        """The forms that somebody may send."""
        person = self.site.who(request)
        if not person.may_open(self.page.roles):
            raise RefusedError(403, "Nothing here is for you", f"It is for: {', '.join(sorted(self.page.roles))}.")
        if not html:
            told = [
                {"name": one.name, "title": one.title, "about": one.about, "path": one.api, "enters": one.kind.kind}
                for group in showing.groups(person)
                for one in group.forms
            ]
            return self._responses.Response(orjson.dumps(told), 200, {"cache-control": "no-store"}, "application/json")
        return await self._run(self._index, person)

    async def show(self, request: Any, form: Form) -> Any:
        """A form, with what its address fills in."""
        person = self.site.who(request)
        typed: dict[str, tuple[str, ...]] = {}
        known = set(input_names(form)) - {"statement", "signer", "signature", "policy"}
        for name, text in request.query_params.multi_items():
            if name == SENT:  # somebody looks at the address of a form that came back
                continue
            if name not in known or name in typed:
                raise RefusedError(400, "This is not asked in this form", "Fill it in by hand.")
            typed[name] = (text,)
        return await self._run(self._show, person, self.site.session(request), form, typed)

    async def send(self, request: Any, form: Form) -> Any:
        """A form that comes back."""
        same_origin(request)
        try:
            person = self.site.who(request)
        except RefusedError as error:
            if error.status != 401 or not is_form(request):  # whoever asks too often is told that, and given no page
                raise
            return await self._run(self._expired, form, await read(request, form))
        if not offered(form, person):
            raise not_for(form)
        sent = await read(request, form)
        return await self._run(self._sent, person, self.site.session(request), form, sent)

    async def entered(self, request: Any) -> Any:
        """One entry as it stands in the ledger."""
        person = self.site.who(request)
        asked = request.query_params
        return await self._run(
            self._entered, person, request.path_params["row"], asked.get("again") == "1", asked.get("masked", "")
        )

    # -- shown -------------------------------------------------------------------------------

    def _index(self, person: Person) -> Any:
        desk, fixed = self.desk(person)
        closed = self.closed(fixed)
        told = {"closed": closed[1] if closed else "", "nobody": LISTED if desk.nobody else ""}
        return self._answer(self.site.draw("forms.html", self.page, person, groups=showing.groups(person), **told))

    def _show(self, person: Person, session: str, form: Form, typed: Typed) -> Any:
        desk, fixed = self.desk(person)
        desk.allow(form)
        if self.site.watched.standing.proof in ("altered", "unreadable"):
            why = self.site.watched.standing.why
            raise RefusedError(503, "Nothing can be entered", f"This ledger does not verify. {why}", RESOLVE)
        if (id_ := typed.get("consent", ("",))[0]) and form.kind in _SIGNED:
            desk.about(form, id_)
            if not desk.alone and (why := why_not(person, self.site.watched.snapshot(), id_, roles=form.roles)):
                raise RefusedError(403, "You do not sign this", why)
        closed = self.closed(fixed)
        use = self.tokens.fresh(desk.books.upto)
        sent = Submitted(typed=typed, marks={})
        policy = as_text(desk.policy) if form.way is Way.POLICY else ""
        told = SentBackError(200, "", closed=closed[1] if closed else "", policy=policy)
        return self._drawn(desk, session, form, sent, use, told)

    def _entered(self, person: Person, row: int, again: bool, masked: str) -> Any:  # noqa: FBT001 - called through a pool
        ledger = self.site.watched.ledger
        found = next(iter(ledger.records(after=row - 1, upto=row)), None) if 0 < row < 2**53 else None
        form = _KINDS.get(found[0].kind) if found is not None else None
        entry = found[1] if found is not None else None
        if (
            found is None
            or form is None
            or not isinstance(entry, Entry)
            or not _theirs(person, form, found[0].system, entry)
        ):
            raise RefusedError(404, "There is no such entry", "No row of this number was entered by a person.")
        kept = Kept(entry, found[0].seq, found[0].time, found[0].policy)
        names = tuple(one.name for one in form.fields if one.name in masked.split(","))
        policy = self.site.watched.snapshot().policy
        data = showing.entered(form, kept, found[0].hash, again=again, masked=names, currency=policy.currency)
        return self._answer(self.site.draw("receipt.html", self.page, person, data=data))

    def _expired(self, form: Form, sent: Submitted) -> Any:
        # A private key that somebody put there by mistake is not written into a page that lies open.
        kept = {
            name: [shown(text) for text in texts if "PRIVATE KEY" not in text] for name, texts in sent.typed.items()
        }
        marks = {name: sent.marks[name] for name in ("_use", "_seen") if name in sent.marks}
        return self.site.show("expired.html", status=401, form=form, kept=kept, marks=marks)

    # -- sent --------------------------------------------------------------------------------

    def _sent(self, person: Person, session: str, form: Form, sent: Submitted) -> Any:
        desk, fixed = self.desk(person)
        use = use_of(sent.marks.get("_use", ""), sent.marks.get("_seen", ""), row=desk.books.upto)
        made_here = use is not None
        use = use or self.tokens.fresh(desk.books.upto)
        try:
            if not made_here:
                back = SentBackError(403, "This form was not made here", showing.whole(LOOK_THROUGH))
            elif (done := before(desk, form, sent, use, self.tokens)) is not None:
                return self._told(done)
            elif not self._sealed(use, session, person, form, sent):
                heading = "This form is of another session, or too old"
                back = SentBackError(403, heading, showing.whole(LOOK_THROUGH))
            elif closed := self.closed(fixed):
                back = SentBackError(closed[0], "Nothing was entered", showing.whole(closed[1]))
            else:
                return self._told(take(desk, form, sent, use))
        except SentBackError as error:
            back = error
        except TrimtabError as error:
            desk, _ = self.desk(person)
            if (done := self._twice(error, desk, form, sent, use)) is not None:
                return self._told(done)
            back = self._back(error, desk, form, sent, use)
        use = back.more.pop("use", use)
        if back.status == 409:
            desk, _ = self.desk(person)
            use = Use(use.id, desk.books.upto)  # whoever sends it again has read what came meanwhile
        return self._drawn(desk, session, form, sent, use, back)

    def _sealed(self, use: Use, session: str, person: Person, form: Form, sent: Submitted) -> bool:
        token = sent.marks.get("_token", "")
        return self.tokens.good(token, use, session=session, person=person.name, form=form.name)

    def _twice(self, error: TrimtabError, desk: Desk, form: Form, sent: Submitted, use: Use) -> Done | None:
        """What was entered by the same form while this one was on its way."""
        if isinstance(error, EntryError) and any(one.where == "source" for one in error.mistakes):
            return before(desk, form, sent, use, self.tokens)
        return None

    def _back(self, error: TrimtabError, desk: Desk, form: Form, sent: Submitted, use: Use) -> SentBackError:
        if isinstance(error, LedgerAlteredError):
            self.site.watched.altered(str(error))
        elif isinstance(error, LedgerError):
            _log.error("%s: %s", type(error).__name__, error.code)
        meanwhile: tuple[Since, ...] = ()
        if form.subject and isinstance(error, EntryError):
            meanwhile = since(form, desk, sent.text(form.subject), use.seen)
        return sent_back(error, form, meanwhile)

    def _told(self, done: Done | File) -> Any:
        """Where the entry stands, or the file that was asked for."""
        headers = {"cache-control": "no-store"}
        if isinstance(done, File):
            headers["content-disposition"] = f'attachment; filename="{done.name}"'
            return self._responses.Response(done.content, 200, headers, "application/json")
        more = "?again=1" if done.again else f"?masked={','.join(done.masked)}" if done.masked else ""
        return self._responses.RedirectResponse(f"{FORMS_PATH}/entered/{done.row}{more}", 303, headers)

    # -- parts -------------------------------------------------------------------------------

    def desk(self, person: Person) -> tuple[Desk, bool]:
        """What forms of somebody are held against now; and whether the server shows an earlier moment."""
        now = self.site.watched.snapshot()
        ledger = self.site.watched.ledger
        return Desk(
            ledger=ledger,
            policy=now.policy,
            books=Books.of(ledger),
            now=ledger.now(),
            person=person,
            alone=person.alone,
        ), now.fixed

    def closed(self, fixed: bool) -> tuple[int, str] | None:  # noqa: FBT001 - a fact, not a switch
        """Why nothing can be entered now, with the status that says so."""
        standing = self.site.watched.standing
        if standing.proof in ("altered", "unreadable"):
            return 503, f"This ledger does not verify, so nothing is entered. {standing.why} {RESOLVE}"
        if not standing.good:
            return 503, "The ledger is being verified, and nothing is entered before that is done. Send it again soon."
        if fixed:
            return 409, "This server shows how things stood at an earlier moment. Enter it where the present is shown."
        return None

    def _drawn(  # noqa: PLR0917 - one place for all that is shown
        self, desk: Desk, session: str, form: Form, sent: Submitted, use: Use, back: SentBackError
    ) -> Any:
        errors = showing.errors_of(back.problems)
        first, rest = inputs(form, desk, sent.typed, errors)
        more = back.more
        policy = more.get("policy", policy_text(sent) if form.way is Way.POLICY else "")
        signature = sent.text("signature")
        data = FormPage(
            form=form,
            use=use,
            token=self.tokens.seal(use, session=session, person=desk.person.name, form=form.name),
            first=first,
            more=rest,
            open=any(one.error or sent.text(one.name) for one in rest),
            heading=back.heading,
            problems=back.problems,
            since=more.get("since", ()),
            closed=more.get("closed", ""),
            alone=desk.alone,
            policy=shown(policy),
            difference=more.get("difference"),
            statement=more.get("statement"),
            signature="" if "PRIVATE" in signature else shown(signature),
            nobody=LISTED if desk.nobody else "",
        )
        template = "sign.html" if data.statement is not None else "form.html"
        return self._answer(self.site.draw(template, self.page, desk.person, data=data, errors=errors), back.status)

    def _answer(self, body: bytes, status: int = 200) -> Any:
        # Whoever goes back sees what they typed, also where it came back with a mistake: a browser that may keep
        # nothing shows an error of its own instead. The form is the same, and counts once however often it is sent.
        headers = {"cache-control": "private, no-cache", **({"retry-after": "10"} if status == 503 else {})}
        return self._responses.Response(body, status, headers, _HTML)


def _theirs(person: Person, form: Form, system: str, entry: Entry) -> bool:
    """Whether somebody may read an entry: their own always; others' by who reads such things, and of which systems."""
    if entry.by == person.name:
        return True
    if not person.may_open(form.roles | _READ_ALL):
        return False
    return person.within(system) if system else person.systems is None


def forms_page() -> Page:
    """The page that lists the forms; it stands in the menu, and is answered by itself."""
    return Page(
        name="forms",
        path=FORMS_PATH,
        title="Enter",
        about="What may be entered here, each under the name of whoever enters it.",
        build=lambda *_: (),
        shape=tuple,
        roles=frozenset().union(*(form.roles for form in FORMS)),
    )
