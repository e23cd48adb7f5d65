"""A real receiver of web hooks on loopback, which stalls, fails and redirects when told to."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import orjson

Script = Callable[[int], str]
"""From the number of the request, from 0, to what is done with it: "200", "503", "301", "stall", "hang up"."""


class Receiver:
    """Takes messages as `script` says. Use with `with`."""

    def __init__(self, script: Script = lambda number: "200") -> None:
        self.script = script
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.paths: list[str] = []
        self.going = threading.Event()

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                number = len(receiver.got)
                receiver.got.append((dict(self.headers), body))
                receiver.paths.append(self.path)
                what = receiver.script(number)
                if what == "stall":
                    receiver.going.wait(90)
                    return
                if what == "hang up":
                    return
                self.send_response(int(what))
                if what.startswith("3"):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.going.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for _, body in self.got]
