"""A request that is refused, with what is said of it; and what every form must be: one of ours."""

from typing import Any

from trimtab._optional import need


class RefusedError(Exception):
    """A request that is answered with a page that says why.

    `wait` is in how many seconds it may be asked again. With `door` the page lets one try to come in.
    """

    def __init__(
        self, status: int, title: str, detail: str = "", next_step: str = "", *, wait: int = 0, door: bool = False
    ) -> None:
        super().__init__(status, title, detail, next_step)
        self.status, self.title, self.detail, self.next_step, self.wait = status, title, detail, next_step, wait
        self.door = door or status == 401


def same_origin(request: Any) -> None:
    """A form of ours, and not of another site: browsers say where it stood.

    Raises:
        RefusedError: It is of another.
    """
    origin = request.headers.get("origin", "")
    if origin and origin != f"{request.url.scheme}://{request.headers['host']}":
        raise RefusedError(403, "This form is of another site")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError(403, "This form is of another site")


def methods_of(request: Any) -> list[str]:
    """What may be asked of an address: of all routes that have it, since each knows its own only."""
    none = need("starlette.routing", extra="serve").Match.NONE
    routes = request.app.routes
    return sorted({name for one in routes if one.matches(request.scope)[0] != none for name in one.methods})
