"""What a system under test is: something that answers requests; and what may stand in front of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, Self

from trimtab.kinds.case import Reply, Request

Ask = Callable[[Request], Awaitable[Reply]]


class System(Protocol):
    """An AI product that can be asked. Fields are its configuration.

    Used as an asynchronous context manager: entering may start a server or
    load weights and raises `SystemUnavailableError` when that fails. `ask` is
    called many times at once and raises `CallError` for a call that failed.
    Retrying, limits and caching are the runner's work, not a system's.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...

    def identity(self) -> Mapping[str, Any]:
        """What makes two answers comparable: JSON without secrets, part of every cache key.

        Called after entering. Includes the digest of weights where they are known.
        """
        ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: object) -> None: ...
    async def ask(self, request: Request) -> Reply: ...


class Screen(Protocol):
    """Stands between whoever asks and a system: a guard, as the runner sees it.

    What comes out is what a user would get. It may be asked many times at once.
    """

    def identity(self) -> Mapping[str, Any]:
        """What makes two screened answers comparable: JSON, part of every cache key."""
        ...

    async def through(self, request: Request, ask: Ask) -> Reply:
        """What comes out of a request, latency included. `ask` asks the system, as often as the screen needs.

        What `ask` raises goes on as it is: there was no reply.
        """
        ...
