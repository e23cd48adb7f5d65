"""Ends connections over which no request comes: whoever sends a byte now and then would hold them all."""

from typing import Any

from trimtab._optional import need

HEAD_SECONDS = 15.0  # from when somebody begins to ask until all headers are there


def protocol(seconds: float = HEAD_SECONDS) -> Any:
    """Uvicorn's protocol for HTTP with that limit; between two requests uvicorn's own holds."""
    base = need("uvicorn.protocols.http.h11_impl", extra="serve").H11Protocol

    def waits(self: Any) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def late(self: Any) -> None:
        self.head_timer = None
        if waits(self) and not self.transport.is_closing():
            self.transport.close()

    def connection_made(self: Any, transport: Any) -> None:
        base.connection_made(self, transport)
        self.head_timer = self.loop.call_later(seconds, late, self)

    def data_received(self: Any, data: bytes) -> None:
        base.data_received(self, data)
        if not waits(self):
            _stop(self)
        elif self.head_timer is None:
            self.head_timer = self.loop.call_later(seconds, late, self)

    def connection_lost(self: Any, error: Exception | None) -> None:
        _stop(self)
        base.connection_lost(self, error)

    own = {"connection_made": connection_made, "data_received": data_received, "connection_lost": connection_lost}
    return type("Promptly", (base,), {**own, "head_timer": None})


def _stop(connection: Any) -> None:
    if connection.head_timer is not None:
        connection.head_timer.cancel()
        connection.head_timer = None
