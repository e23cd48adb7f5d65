"""Opens a policy and a ledger; the one place where everything meets.

Names load on first use: a command that enters one line in the books needs neither a runner nor SciPy.
"""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily

if TYPE_CHECKING:
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.progress import Board
    from trimtab.workspace.workspace import Workspace

_HOME = {
    "DEFAULT_LEDGER": "trimtab.workspace.location",
    "Board": "trimtab.workspace.progress",
    "Workspace": "trimtab.workspace.workspace",
}

__all__ = ["DEFAULT_LEDGER", "Board", "Workspace"]


__getattr__ = lazily(__name__, _HOME)
