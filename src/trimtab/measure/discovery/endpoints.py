"""Models that an OpenAI-compatible endpoint offers, by its list `/v1/models`."""

from typing import Any

from trimtab.errors import CallError
from trimtab.measure.discovery.fetch import SECONDS, Access, server
from trimtab.measure.discovery.found import Found, Notebook, Scan, masked, plain, said


async def endpoint(address: str, access: Access | None = None, *, seconds: float = SECONDS) -> Scan:
    """Every model of an endpoint. Its address ends where `/models` would follow; `/v1` is added where it is missing.

    Raises:
        UsageError: The address is none.
    """
    notebook, shown = Notebook(), masked(address)
    async with server(address, access, seconds=seconds) as asked:
        path = "models" if shown.rstrip("/").endswith("/v1") else "v1/models"
        try:
            answer = await asked.ask(path)
        except CallError as error:
            notebook.miss(shown, _words(error))
        else:
            _take(answer, shown, notebook)
    return notebook.scan("endpoint", shown)


def _take(answer: dict[str, Any], shown: str, notebook: Notebook) -> None:
    listed = answer.get("data")
    if not isinstance(listed, list):
        notebook.miss(shown, "its answer has no list of models under `data`")
        return
    for one in listed:
        notebook.looked += 1
        name = one.get("id") if isinstance(one, dict) else None
        if not isinstance(name, str) or not name.strip():
            notebook.miss(shown, "a model in its list has no id")
            continue
        owner = one.get("owned_by")
        notebook.add(
            Found(
                kind="model",
                name=plain(name),
                digest=said(["endpoint", shown, name]),
                where=shown,
                provider=plain(owner) if isinstance(owner, str) else "",
                notes=("known by the name that the endpoint gives it",),
            )
        )


def _words(error: CallError) -> str:
    return f"{error.reason}: {error.detail}" if error.detail else error.reason
