"""Changes of the policy that somebody proposes: what would be otherwise, who must agree, and who did."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

EFFECTS = ("tightens", "loosens", "mixed", "changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProposed(Entry):
    """Somebody proposes another policy. The ledger holds its digest and what it changes; the file stays where it is.

    Once it is in force the ledger holds both policies, so that anybody can compare them again.
    """

    kind: ClassVar[str] = "policy-proposed"
    about: ClassVar[str] = "proposal"
    opens: ClassVar[bool] = True
    computed: ClassVar[bool] = True

    proposal: str = said("Its id; drawn if left out.", Form.NAME)
    what: str = said("Why it should be otherwise, in a sentence or two.", Form.WORDS)
    before: str = said("Digest of the policy in force.", Form.NAME)
    after: str = said("Digest of the policy that is proposed.", Form.NAME)
    effect: str = said("What it does to the promise as a whole.", Form.CHOICE, choices=EFFECTS)
    changes: tuple[str, ...] = said("Every difference, as `trimtab policy diff` says it.", Form.LINES)
    must_agree: tuple[str, ...] = said("Who must agree, by the policy in force.", Form.NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAgreed(Entry):
    """Somebody whose agreement a proposed policy needs gives it, or objects."""

    kind: ClassVar[str] = "policy-agreed"
    about: ClassVar[str] = "proposal"

    proposal: str = said("Which proposal.", Form.NAME)
    choice: str = said("Whether it may come.", Form.CHOICE, choices=("agree", "object"))
    what: str = said("Why.", Form.WORDS, default="")
