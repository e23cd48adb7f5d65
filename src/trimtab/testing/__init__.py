"""Test doubles for people who build on trimtab: real servers and stores, small and local."""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily

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


__getattr__ = lazily(__name__, _HOME)
