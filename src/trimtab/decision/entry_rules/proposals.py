"""Rules of proposed policies: they are compared with what is in force, and those who must agree speak once."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, there_is
from trimtab.decision.policy_proposals import standing
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.proposals import PolicyAgreed, PolicyProposed


def _proposed(entry: PolicyProposed, held: Held) -> Iterator[Doubt]:
    if entry.before != held.policy.digest:
        yield Doubt("before", "is not the policy in force", "Compare it with that.", True)
    if entry.after == entry.before or not entry.changes:
        yield Doubt("after", "is the policy in force: nothing is otherwise", "Change something.")
    if not entry.what:
        yield Doubt("what", "is missing", "Say why it should be otherwise.")
    if entry.by not in held.policy.people:
        yield Doubt("by", f"{entry.by!r} is not listed under people of the policy", "A person proposes.")


def _agreed(entry: PolicyAgreed, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(PolicyProposed, entry.proposal, held, "proposal")):
        yield from missing
        return
    found = standing(held.books, entry.proposal, held.policy.digest)
    if found.state in ("in force", "overtaken", "objected"):
        yield Doubt("proposal", f"{entry.proposal} is {found.state}", found.why, True)
    if entry.by == found.proposal.by:
        yield Doubt("by", f"{entry.by} proposed it", "Others agree to it.")
    elif entry.by not in found.proposal.must_agree:
        listed = ", ".join(found.proposal.must_agree) or "nobody"
        yield Doubt("by", f"{entry.by} is none of those who must agree", f"They are {listed}.")
    elif entry.by in (*found.agreed, *found.objected):
        yield Doubt("by", f"{entry.by} has spoken", "One word stands.", True)


RULES: Mapping[type[Entry], Rule] = {PolicyProposed: _proposed, PolicyAgreed: _agreed}
