"""What holds for every test: how random examples are drawn, and that the processes they start hear Ctrl-C and end."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

# A runner that was itself started in the background ignores it, and so would all of its children.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline and no complaint about slowness: what a busy machine takes says nothing about the code. The core suite draws
# the same examples each time, so that a change fails by its own doing; `make test-long` looks for new ones.
settings.register_profile(
    "core", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("core"), derandomize=False, max_examples=1000)
settings.load_profile("core")


@pytest.fixture(scope="session", autouse=True)
def patient_guards() -> Iterator[None]:
    """A guard has ten minutes for a text where a test says nothing else: on a busy machine the first may take seconds."""
    from trimtab.enforce.guard import Guard
    from trimtab.policy import GuardSpec

    plain = Guard.__init__

    def patiently(guard: Guard, spec: GuardSpec, **more: Any) -> None:
        plain(guard, spec, **more)
        if "budget_ms" not in spec.model_fields_set:
            guard._budget = 600.0

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Guard, "__init__", patiently)
        yield


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[Any]]]:
    """`subprocess.Popen` of a process that is ended, and whose pipes are closed, whatever becomes of the test."""
    with ExitStack() as stack:

        def begun(command: list[str], **options: Any) -> subprocess.Popen[Any]:
            process: subprocess.Popen[Any] = stack.enter_context(subprocess.Popen(command, **options))
            stack.callback(process.kill)  # before the wait for its end; nothing if it has ended
            return process

        yield begun


@pytest.fixture(scope="session")
def postgres() -> "Iterator[PostgresServer]":
    """A real server, once for all tests; skipped where none can be started."""
    from tests.postgres import running

    with running() as server:
        yield server
