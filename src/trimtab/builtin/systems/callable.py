"""A Python function as a system: an agent, a pipeline, anything that answers."""

import asyncio
import hashlib
import importlib
import inspect
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_type_hints

from trimtab.builtin.systems.prompt import as_prompt
from trimtab.builtin.systems.threads import DaemonPool
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Reply, Request

Takes = Literal["prompt", "messages", "request"]

_THREADS = 64

# Mistakes of the code itself, as far as their kind tells: the next call meets them again, however long one waits.
# Whatever else is raised may come from something that the function calls (a server, a file) and pass.
_MISTAKES = (ArithmeticError, AttributeError, ImportError, LookupError, NameError, SyntaxError, TypeError)


@dataclass(slots=True, kw_only=True, eq=False)
class CallableSystem:
    """Calls `module:function` for each request.

    The function may be plain (it then runs in a thread) or `async`. It takes
    one argument: the prompt as text; or, if its parameter is called
    `messages` or annotated as a list or sequence, the conversation as
    `{"role", "content"}` dictionaries; or, if annotated as `Request`, the
    request. It returns text or a `Reply`. Raising is a failed try; the text of
    the exception is not kept, since it may quote the prompt. A mistake of its
    own code (`TypeError`, `KeyError`) is not waited out, if it has never
    answered; let through what a service that it calls raises, which may pass.

    The module is looked for on the import path, then in the working
    directory. Change `revision` when something that it depends on changes;
    its own source is part of its identity anyway.
    """

    name: ClassVar[str] = "callable"
    version: ClassVar[str] = "1"

    target: str
    revision: str = ""
    _function: Callable[..., Any] | None = field(init=False, repr=False, default=None)
    _takes: Takes = field(init=False, repr=False, default="prompt")
    _is_async: bool = field(init=False, repr=False, default=False)
    _pool: DaemonPool | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        module, _, function = self.target.partition(":")
        if not module or not function:
            raise ValueError("target must be `module:function`")

    def identity(self) -> Mapping[str, Any]:
        """Target, revision, and the digest of the module's source where there is one."""
        known: dict[str, Any] = {"plugin": self.name, "version": self.version, "target": self.target}
        if self.revision:
            known["revision"] = self.revision
        source = _source(self._function) if self._function is not None else None
        if source is not None:
            known["source"] = "sha256:" + hashlib.sha256(source).hexdigest()
        return known

    async def __aenter__(self) -> Self:
        function = _load(self.target)
        called = function if inspect.isroutine(function) or inspect.isclass(function) else type(function).__call__
        self._takes = _takes(self.target, function, called)
        self._is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)
        self._function = function
        self._pool = None if self._is_async else DaemonPool(_THREADS, name=self.target)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    async def ask(self, request: Request) -> Reply:
        """One call.

        Raises:
            CallError: "callable-raised", or "malformed" if what it returned is no answer.
        """
        function = self._function
        if function is None:
            raise RuntimeError("enter the system first: `async with system:`")
        given = _argument(self._takes, request)
        start = time.perf_counter()
        try:
            if self._pool is not None:
                result = await self._pool.run(function, given)
            else:
                result = function(given)
            if inspect.isawaitable(result):
                result = await result
        except (asyncio.CancelledError, CallError):
            raise
        except Exception as error:  # noqa: BLE001  # somebody else's code
            lasting = isinstance(error, _MISTAKES)
            raise CallError("callable-raised", type(error).__name__, retryable=True, lasting=lasting) from None
        seconds = time.perf_counter() - start
        if isinstance(result, str):
            return Reply(text=result, latency=seconds, finished_at=time.time())
        if not isinstance(result, Reply):
            detail = f"{self.target} returned {type(result).__name__}, not text"
            raise CallError("malformed", detail, retryable=True, lasting=True)
        return replace(result, latency=result.latency or seconds, finished_at=result.finished_at or time.time())


def _load(target: str) -> Callable[..., Any]:
    module_name, _, path = target.partition(":")
    try:
        found: Any = _import(module_name)
        for part in path.split("."):
            found = getattr(found, part)
    except AttributeError:
        raise SystemUnavailableError(target, f"module {module_name} has no {path}", "Correct `target`.") from None
    except ModuleNotFoundError as error:
        step = "Run from the folder that holds it, or install it."
        raise SystemUnavailableError(target, f"there is no module {error.name}", step) from None
    except Exception as error:  # noqa: BLE001  # somebody else's code
        detail = f"importing {module_name} raised {type(error).__name__}"
        raise SystemUnavailableError(target, detail, f'Try `python -c "import {module_name}"`.') from None
    if not callable(found):
        raise SystemUnavailableError(target, "it cannot be called", "Name a function in `target`.")
    return found  # type: ignore[no-any-return]


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        here = str(Path.cwd())
        # Only when the module itself is missing, not something that it imports.
        if error.name not in (name, name.partition(".")[0]) or here in sys.path:
            raise
    sys.path.append(here)  # last, so that nothing installed is shadowed
    importlib.invalidate_caches()
    return importlib.import_module(name)


def _takes(target: str, function: Callable[..., Any], called: Callable[..., Any]) -> Takes:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return "prompt"  # some built-in functions show no signature
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
    keyword = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if not positional or len(needed) > 1 or keyword:
        raise SystemUnavailableError(target, "it does not take exactly one argument", "Give it one: the prompt.")
    first = positional[0]
    try:
        hint: Any = get_type_hints(called).get(first.name, first.annotation)
    except Exception:  # noqa: BLE001  # annotations are somebody else's code
        hint = first.annotation
    if hint is Request:
        return "request"
    if hint is str:
        return "prompt"
    wants_list = str(getattr(hint, "__origin__", hint)).lower()
    if first.name == "messages" or "list" in wants_list or "sequence" in wants_list:
        return "messages"
    return "prompt"


def _argument(takes: Takes, request: Request) -> object:
    if takes == "request":
        return request
    if takes == "messages":
        return [{"role": message.role, "content": message.content} for message in request.messages]
    return as_prompt(request.messages)


def _source(function: Callable[..., Any]) -> bytes | None:
    try:
        file = inspect.getsourcefile(inspect.unwrap(function))
        return Path(file).read_bytes() if file else None
    except (TypeError, OSError):
        return None
