"""Applies the policy where it counts: rules on what goes into a model and what comes out."""

from typing import TYPE_CHECKING, Any

from trimtab.enforce.guard import Guard
from trimtab.enforce.mending import Mender
from trimtab.enforce.pseudonym import Vault
from trimtab.enforce.ruling import Action, Doubt, Ruling, Seen, Skipped
from trimtab.enforce.screen import GuardScreen
from trimtab.enforce.seal import Seal
from trimtab.enforce.stream import GuardStream

if TYPE_CHECKING:
    from trimtab.enforce.log import RulingLog

__all__ = [
    "Action",
    "Doubt",
    "Guard",
    "GuardScreen",
    "GuardStream",
    "Mender",
    "Ruling",
    "RulingLog",
    "Seal",
    "Seen",
    "Skipped",
    "Vault",
]


def __getattr__(name: str) -> Any:
    if name == "RulingLog":  # brings the ledger with it, which a guard alone does not need
        from trimtab.enforce.log import RulingLog  # noqa: PLC0415

        return RulingLog
    raise AttributeError(f"module 'trimtab.enforce' has no attribute {name!r}")
