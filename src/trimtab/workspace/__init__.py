"""Opens a policy and a ledger; the one place where everything meets."""

from trimtab.workspace.progress import Board
from trimtab.workspace.workspace import DEFAULT_LEDGER, Workspace

__all__ = ["DEFAULT_LEDGER", "Board", "Workspace"]
