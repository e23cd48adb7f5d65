"""Test doubles for people who build on trimtab: real servers and stores, small and local."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.testing.openai_server import Behaviour, OpenAIServer, Seen
    from trimtab.testing.process import ServerProcess
    from trimtab.testing.virtual_time import run_virtual

# Loaded on first use, so that `python -m trimtab.testing.openai_server` does not find itself imported already.
_HOME = {
    "Behaviour": "trimtab.testing.openai_server",
    "OpenAIServer": "trimtab.testing.openai_server",
    "Seen": "trimtab.testing.openai_server",
    "ServerProcess": "trimtab.testing.process",
    "run_virtual": "trimtab.testing.virtual_time",
}

__all__ = ["Behaviour", "OpenAIServer", "Seen", "ServerProcess", "run_virtual"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'trimtab.testing' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
