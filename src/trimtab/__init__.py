"""Ship the best model that is safe enough, and be able to prove it.

Names are loaded on first use: `import trimtab` reads nothing but this file.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.decision import Decision, Verdict
    from trimtab.enforce import Guard
    from trimtab.enforce.rewards import rewards
    from trimtab.policy import Policy, load_policy
    from trimtab.workspace import Workspace

__version__ = "0.1.0"

_HOME = {
    "Decision": "trimtab.decision",
    "Guard": "trimtab.enforce",
    "Policy": "trimtab.policy",
    "Verdict": "trimtab.decision",
    "Workspace": "trimtab.workspace",
    "load_policy": "trimtab.policy",
    "rewards": "trimtab.enforce.rewards",
}

__all__ = ["Decision", "Guard", "Policy", "Verdict", "Workspace", "__version__", "load_policy", "rewards"]


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'trimtab' has no attribute {name!r}") from None
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
