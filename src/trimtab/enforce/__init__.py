"""Applies the policy where it counts: rules on what goes into a model and what comes out."""

from trimtab.enforce.guard import Guard
from trimtab.enforce.guarded import GuardedSystem
from trimtab.enforce.pseudonym import Vault
from trimtab.enforce.ruling import Action, Ruling, Seen, Skipped
from trimtab.enforce.stream import GuardStream

__all__ = ["Action", "Guard", "GuardStream", "GuardedSystem", "Ruling", "Seen", "Skipped", "Vault"]
