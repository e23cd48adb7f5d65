"""A peer with the shapes of the comment APIs of GitHub and GitLab, in memory."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Host:
    """Comments of one request. `who` is the name behind the token; empty for a job's token, which may not ask."""

    def __init__(self, *, token: str = "hunter2", who: str = "") -> None:
        self.token, self.who = token, who
        self.comments: list[dict[str, Any]] = []
        self.failures: list[tuple[int, dict[str, str]]] = []  # what the next requests are answered instead
        self.calls: list[str] = []

    def add(self, body: str, *, login: str, bot: bool = False) -> None:
        author = {"login": login, "username": login, "type": "Bot" if bot else "User"}
        self.comments.append({"id": len(self.comments) + 1, "body": body, "user": author, "author": author})

    def answer(self, method: str, target: str, headers: Any, body: Any) -> tuple[int, Any, dict[str, str]]:
        url = urlsplit(target)
        self.calls.append(f"{method} {url.path}")
        given = headers.get("Authorization", "").removeprefix("Bearer ") or headers.get("PRIVATE-TOKEN")
        if given != self.token:
            return 401, {"message": f"bad {given}"}, {}
        if self.failures:
            status, extra = self.failures.pop(0)
            return status, {"message": f"no {given}"}, extra
        if url.path == "/user":
            return (200, {"login": self.who, "username": self.who}, {}) if self.who else (403, {"message": "no"}, {})
        if re.fullmatch(r"/repos/works/bot/issues/7/comments|/projects/9/merge_requests/7/notes", url.path):
            if method == "POST":
                self.add(body["body"], login=self.who or "github-actions[bot]", bot=not self.who)
                return 201, self.comments[-1], {}
            query = {key: int(values[0]) for key, values in parse_qs(url.query).items()}
            start = (query["page"] - 1) * query["per_page"]
            return 200, self.comments[start : start + query["per_page"]], {}
        one = re.fullmatch(r"/repos/works/bot/issues/comments/(\d+)|/projects/9/merge_requests/7/notes/(\d+)", url.path)
        if one and method == ("PATCH" if one[1] else "PUT"):
            found = self.comments[int(one[1] or one[2]) - 1]
            found["body"] = body["body"]
            return 200, found, {}
        return 404, {"message": "Not Found"}, {}


@contextmanager
def hosted(host: Host) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            status, data, headers = host.answer(self.command, self.path, self.headers, body)
            content = json.dumps(data).encode()
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do  # noqa: N815  # as the server calls them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
