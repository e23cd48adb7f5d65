"""Forms: everything that people enter in a browser, made from the descriptions that commands are made from.

`table` is the one table of forms. A form goes out with a mark for a single use, which the entry that comes of it
carries as its `source`: so the ledger itself knows what was entered already.
"""

from typing import Any

from trimtab._optional import need
from trimtab.serve.pages.declared import API
from trimtab.serve.pages.forms.calls import Calls
from trimtab.serve.pages.forms.declared import FORMS_PATH, Form
from trimtab.serve.pages.forms.table import FORMS
from trimtab.serve.pages.forms.web import Forms, forms_page

__all__ = ["ENTER", "FORMS", "Form", "form_routes", "keeps_what_was_typed"]


def keeps_what_was_typed(request: Any) -> bool:
    """Whether a request is a form of ours, which shows what was typed to whoever's session has ended meanwhile."""
    return any(request.url.path == form.path for form in FORMS)


ENTER = forms_page()
"""The page that lists the forms."""


def form_routes(site: Any, of: Any) -> list[Any]:
    """The routes of all forms; `of` makes a handler of ours one that tells nothing when it fails."""
    routing = need("starlette.routing", extra="serve")
    web = Forms(site, ENTER)
    calls = Calls(web)
    routes = [
        routing.Route(FORMS_PATH, of(site, web.index, html=True), methods=["GET"], name="forms"),
        routing.Route(f"{API}{FORMS_PATH}", of(site, web.index, html=False), methods=["GET"], name="api-forms"),
        routing.Route(f"{FORMS_PATH}/entered/{{row:int}}", of(site, web.entered), methods=["GET"], name="entered"),
    ]
    for form in FORMS:
        routes.append(routing.Route(form.path, of(site, web.show, form), methods=["GET"], name=f"form-{form.name}"))
        routes.append(routing.Route(form.path, of(site, web.send, form), methods=["POST"], name=f"send-{form.name}"))
        routes.append(routing.Route(form.api, of(site, calls.call, form), methods=["POST"], name=f"api-{form.name}"))
    return routes
