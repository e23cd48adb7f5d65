"""Proposed policies: what each would change, who must agree, and who has."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.decision.policy_proposals import standings
from trimtab.serve.pages.snapshot import Snapshot, Standing

_CHIPS = {"agreed": "given", "in force": "given", "objected": "refused", "overtaken": "lapsed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal; `at` in microseconds since the epoch, UTC."""

    id: str
    row: int
    at: int
    by: str
    what: str
    state: str
    chip: str
    why: str
    effect: str
    before: str
    after: str
    changes: tuple[str, ...]
    agreed: tuple[str, ...]
    objected: tuple[str, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """All of them, the newest first."""

    open: int
    proposals: tuple[Proposal, ...]


def proposals(now: Snapshot, _: Standing, __: Mapping[str, str]) -> Proposals:
    """Every proposal and what became of it."""
    found = tuple(
        Proposal(
            id=one.proposal.proposal,
            row=one.seq,
            at=one.proposal.at,
            by=one.proposal.by,
            what=one.proposal.what,
            state=one.state,
            chip=_CHIPS.get(one.state, "asked"),
            why=one.why,
            effect=one.proposal.effect,
            before=one.proposal.before,
            after=one.proposal.after,
            changes=one.proposal.changes,
            agreed=one.agreed,
            objected=one.objected,
            waiting=one.waiting,
        )
        for one in standings(now.books, now.policy.digest)
    )
    return Proposals(open=sum(one.state == "open" for one in found), proposals=found)
