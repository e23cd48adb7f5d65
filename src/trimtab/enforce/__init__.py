"""Applies the policy where it counts: rules on what goes into a model and what comes out."""

from trimtab.enforce.guard import Guard
from trimtab.enforce.ruling import Action, Ruling, Seen, Skipped
from trimtab.enforce.screen import GuardScreen

__all__ = ["Action", "Guard", "GuardScreen", "Ruling", "Seen", "Skipped"]
