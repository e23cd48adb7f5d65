"""What the proxy bears before it says no."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes, seconds and requests at once. `at_once` is for all workers together.

    `upstream_seconds` is for a whole reply, streamed or not; `idle_seconds`
    for the time between two pieces of a stream; `arrive_seconds` for a request
    to arrive, line, headers and body each; `send_seconds` for a client to take
    what was written to it. `drain_seconds` is how long what is being served may
    go on once the proxy was told to end.
    """

    request_bytes: int = 8 * 2**20
    header_bytes: int = 16 * 2**10  # of one header, and of the request line
    reply_bytes: int = 32 * 2**20
    connect_seconds: float = 10.0
    upstream_seconds: float = 600.0
    idle_seconds: float = 120.0
    arrive_seconds: float = 30.0
    send_seconds: float = 60.0
    drain_seconds: float = 30.0
    at_once: int = 256

    def __post_init__(self) -> None:
        for name in ("request_bytes", "header_bytes", "reply_bytes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is below 1")
        for name in ("connect", "upstream", "idle", "arrive", "send", "drain"):
            if not getattr(self, f"{name}_seconds") > 0.0:
                raise ValueError(f"{name}_seconds is not above 0")
        if self.at_once < 0:
            raise ValueError("at_once is below 0")
