"""A peer with the shapes of MLflow's REST API, as a server of version 3 answers; and one that misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class Mlflow:
    """A registry in memory. `page` is how many rows it sends at once, `token` what it asks for."""

    def __init__(self, *, page: int = 2, token: str = "") -> None:
        self.page, self.token = page, token
        self.versions: dict[tuple[str, str], dict[str, Any]] = {}
        self.aliases: dict[str, dict[str, str]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()  # paths that end in an error
        self.calls: list[str] = []

    def add(self, name: str, version: str, *, run: str = "", data: tuple[tuple[str, str], ...] = ()) -> None:
        self.aliases.setdefault(name, {})
        source = f"runs:/{run}/model"
        self.versions[name, version] = {"name": name, "version": version, "run_id": run, "source": source, "tags": {}}
        if run:
            sets = [{"dataset": {"name": n, "digest": d, "source": '{"uri": "s3://u:hunter2@b"}'}} for n, d in data]
            self.runs[run] = {"info": {"run_id": run}, "inputs": {"dataset_inputs": sets}}

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/2.0/mlflow/")
        self.calls.append(f"{request.method} {path}")
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error_code": "PERMISSION_DENIED", "message": "hunter2"}, status=401)
        if f"{request.method} {path}" in self.refused:
            return web.json_response({"error_code": "INTERNAL_ERROR", "message": "hunter2"}, status=500)
        body = await request.json() if request.method != "GET" else dict(request.query)
        match request.method, path:
            case "GET", "registered-models/search":
                rows = [{"name": n, "aliases": _listed(a)} for n, a in sorted(self.aliases.items())]
                return self._paged("registered_models", rows, body)
            case "GET", "model-versions/search":
                return self._paged("model_versions", [self._shown(one) for one in self.versions.values()], body)
            case "GET", "runs/get" if body["run_id"] in self.runs:
                return web.json_response({"run": self.runs[body["run_id"]]})
            case "GET", "model-versions/get" if (body["name"], body["version"]) in self.versions:
                return web.json_response({"model_version": self._shown(self.versions[body["name"], body["version"]])})
            case "POST", "model-versions/set-tag":
                self.versions[body["name"], body["version"]]["tags"][body["key"]] = body["value"]
                return web.json_response({})
            case "POST", "registered-models/alias":
                self.aliases[body["name"]][body["alias"]] = body["version"]
                return web.json_response({})
            case "DELETE", "registered-models/alias":
                self.aliases[body["name"]].pop(body["alias"], None)
                return web.json_response({})
        return web.json_response({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "hunter2"}, status=404)

    def _paged(self, key: str, rows: list[dict[str, Any]], query: dict[str, str]) -> web.Response:
        start = int(query.get("page_token", "0"))
        following = {"next_page_token": str(start + self.page)} if start + self.page < len(rows) else {}
        return web.json_response({key: rows[start : start + self.page], **following})

    def _shown(self, version: dict[str, Any]) -> dict[str, Any]:
        named = [a for a, of in self.aliases[version["name"]].items() if of == version["version"]]
        return {**version, "tags": [{"key": k, "value": v} for k, v in version["tags"].items()], "aliases": named}


def _listed(aliases: dict[str, str]) -> list[dict[str, str]]:
    return [{"alias": name, "version": version} for name, version in aliases.items()]


class Rude:
    """Answers `/v1/models` in a way that no client should fall for."""

    def __init__(self, how: str) -> None:
        self.how = how

    async def answer(self, request: web.Request) -> web.StreamResponse:
        match self.how:
            case "hangs":
                await asyncio.sleep(60)
            case "endless":
                response = web.StreamResponse(headers={"Content-Type": "application/json"})
                await response.prepare(request)
                for _ in range(100):
                    await response.write(b" " * 2**20)
                return response
            case "redirects":
                raise web.HTTPFound("http://127.0.0.1:9/elsewhere")
            case "text":
                return web.Response(text="<html>hunter2</html>")
            case "list":
                return web.json_response([1, 2])
            case "no data":
                return web.json_response({"object": "list"})
            case "refuses":
                return web.json_response({"error": {"message": "hunter2"}}, status=403)
            case "half":
                return web.json_response({"data": [{"id": "known"}, {"id": 7}, "x"]})
        return web.json_response(json.loads(self.how))


@asynccontextmanager
async def served(peer: Mlflow | Rude) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", peer.answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
