"""Applies the policy where it counts: rules on what goes into a model and what comes out."""

from trimtab.enforce.ruling import Action, Ruling, Seen, Skipped

__all__ = ["Action", "Ruling", "Seen", "Skipped"]
