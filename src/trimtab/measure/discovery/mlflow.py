"""MLflow's registry over its REST API: which models and versions there are, what they were made from, and our tags.

Only what a registry needs is asked for: registered models with their aliases, versions, and the runs behind them,
whose inputs name the data sets and their digests. No metric, no parameter, no artefact is read.

Source:
    The REST API of MLflow 2 and 3, paths under `/api/2.0/mlflow`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from trimtab.errors import CallError
from trimtab.measure.discovery.fetch import SECONDS, Access, Server, server
from trimtab.measure.discovery.found import Found, Notebook, Scan, masked, plain, said

_API = "api/2.0/mlflow"
_PAGE = "100"
_MOST_PAGES = 1000
_PATIENCE = 40  # answers that may each take all of their time, in one look
_ABSENT = frozenset({"RESOURCE_DOES_NOT_EXIST"})
_STATED = "its identity is what MLflow's record says; no artefact was read"


class MlflowRegistry:
    """A registry of models that MLflow keeps."""

    def __init__(self, asked: Server, shown: str) -> None:
        self._asked, self.shown = asked, shown

    async def models(self) -> AsyncIterator[dict[str, Any]]:
        """Registered models, with their aliases."""
        async for one in self._pages("registered-models/search", "registered_models"):
            yield one

    async def versions(self) -> AsyncIterator[dict[str, Any]]:
        """Versions of all models, with their tags."""
        async for one in self._pages("model-versions/search", "model_versions"):
            yield one

    async def run(self, run_id: str) -> dict[str, Any]:
        """A run."""
        return _object((await self._asked.ask(f"{_API}/runs/get", query={"run_id": run_id})).get("run"))

    async def version(self, name: str, version: str) -> dict[str, Any]:
        """One version, with its tags and aliases."""
        query = {"name": name, "version": version}
        return _object((await self._asked.ask(f"{_API}/model-versions/get", query=query)).get("model_version"))

    async def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Put a tag on a version."""
        body = {"name": name, "version": version, "key": key, "value": value}
        await self._asked.ask(f"{_API}/model-versions/set-tag", method="POST", body=body)

    async def set_alias(self, name: str, version: str, alias: str) -> None:
        """Have an alias point at a version; it points at no other then."""
        body = {"name": name, "alias": alias, "version": version}
        await self._asked.ask(f"{_API}/registered-models/alias", method="POST", body=body)

    async def delete_alias(self, name: str, alias: str) -> None:
        """Take an alias away."""
        await self._asked.ask(f"{_API}/registered-models/alias", method="DELETE", body={"name": name, "alias": alias})

    async def _pages(self, path: str, key: str) -> AsyncIterator[dict[str, Any]]:
        token = ""
        for _ in range(_MOST_PAGES):
            query = {"max_results": _PAGE, **({"page_token": token} if token else {})}
            answer = await self._asked.ask(f"{_API}/{path}", query=query)
            rows = answer.get(key, [])
            if not isinstance(rows, list):
                raise CallError("malformed", f"`{key}` is no list")
            for row in rows:
                yield _object(row)
            following = answer.get("next_page_token", "")
            if not following:
                return
            if not isinstance(following, str) or following == token:
                raise CallError("malformed", "its pages do not end")
            token = following
        raise CallError("too-large", f"more than {_MOST_PAGES} pages")


@asynccontextmanager
async def registry(
    address: str, access: Access | None = None, *, seconds: float = SECONDS
) -> AsyncIterator[MlflowRegistry]:
    """The registry at an address.

    Raises:
        UsageError: It is no address.
    """
    async with server(address, access, seconds=seconds) as asked:
        yield MlflowRegistry(asked, masked(address))


async def mlflow(address: str, access: Access | None = None, *, seconds: float = SECONDS) -> Scan:
    """Every version of every model in a registry, and the data sets that their runs name.

    Raises:
        UsageError: The address is none.
    """
    notebook = Notebook()
    async with registry(address, access, seconds=seconds) as kept:
        try:
            # Each answer may be just in time; a thousand of them may not.
            async with asyncio.timeout(_PATIENCE * seconds):
                await _models(kept, notebook)
        except CallError as error:
            notebook.miss(kept.shown, f"{error.reason}: {error.detail}".rstrip(": "))
        except TimeoutError:
            notebook.miss(kept.shown, f"took longer than {_PATIENCE * seconds:g} s; what came until then is listed")
        return notebook.scan("mlflow", kept.shown)


async def _models(kept: MlflowRegistry, notebook: Notebook) -> None:
    aliases = {plain(str(one.get("name", ""))): _aliases(one) async for one in kept.models()}
    versions = [one async for one in kept.versions()]
    named = {plain(str(one.get("name", ""))) for one in versions}
    for name in sorted(set(aliases) - named):
        notebook.looked += 1
        notebook.add(Found(kind="model", name=name, digest=said(["mlflow", name]), where=kept.shown))
    for version in versions:
        name = plain(str(version.get("name", "")))
        await _version(kept, version, name, aliases.get(name, {}), notebook)


async def _version(
    kept: MlflowRegistry, version: Mapping[str, Any], name: str, aliases: Mapping[str, str], notebook: Notebook
) -> None:
    notebook.looked += 1
    number, run_id = str(version.get("version", "")), str(version.get("run_id", "") or "")
    data: list[Found] = []
    if run_id:
        try:
            data = _data_sets(await kept.run(run_id), kept.shown)
        except CallError as error:
            notebook.miss(plain(f"{kept.shown} run {run_id}"), f"{error.reason}: {error.detail}".rstrip(": "))
    for one in data:
        notebook.add(one)
    named = sorted(alias for alias, of in aliases.items() if of == number)
    notebook.add(
        version_found(
            name=name,
            version=number,
            run_id=run_id,
            source=str(version.get("source", "") or ""),
            where=kept.shown,
            made_from=tuple(one.name for one in data),
            aliases=tuple(named),
        )
    )


def version_found(
    *,
    name: str,
    version: str,
    run_id: str,
    source: str,
    where: str,
    made_from: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Found:
    """A version of a model as a thing that was found, however its record was read: over REST or from files."""
    return Found(
        kind="model",
        name=name,
        version=plain(version),
        digest=said(["mlflow", name, version, run_id, source]),
        where=where,
        made_from=made_from,
        notes=(_STATED, *(f"alias {plain(alias)}" for alias in aliases)),
    )


def data_found(*, name: str, digest: str, where: str) -> Found:
    """A data set that a run names. MLflow's digest is eight letters of a hash of some rows: weak, and so marked."""
    return Found(
        kind="dataset", name=plain(name), digest=said(["mlflow", name, digest]), version=plain(digest), where=where
    )


def _data_sets(run: Mapping[str, Any], where: str) -> list[Found]:
    """Data sets of a run; where they were read from is left out, since an address may hold a password."""
    inputs = listed(_object(run.get("inputs")), "dataset_inputs")
    sets = [_object(_object(one).get("dataset")) for one in inputs]
    return [
        data_found(name=str(one["name"]), digest=str(one.get("digest", "")), where=where)
        for one in sets
        if one.get("name")
    ]


def _aliases(model: Mapping[str, Any]) -> dict[str, str]:
    pairs = [_object(one) for one in listed(model, "aliases")]
    return {str(one.get("alias", "")): str(one.get("version", "")) for one in pairs}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def listed(record: Mapping[str, Any], key: str) -> list[Any]:
    """A list in a record of MLflow's, which leaves out those that are empty."""
    found = record.get(key)
    return found if isinstance(found, list) else []


def absent(error: CallError) -> bool:
    """Whether a refusal says that there is no such thing."""
    return error.detail in _ABSENT or error.reason == "http-404"
