"""What makes an entry impossible, given the books and the policy: pure rules by type of entry.

A module of rules for a subject has `RULES`: by type of entry, a function that yields what is wrong. Which modules
there are stands in `accepting`.
"""

from trimtab.decision.entry_rules.accepting import doubts

__all__ = ["doubts"]
