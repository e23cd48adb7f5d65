"""Opens a risk hunt, takes what hunters file, and closes it. What follows is up to `trimtab.decision.hunting`."""

import math
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trimtab import __version__
from trimtab.decision.hunting import Hunt, HuntResult, hunt_of, hunt_payload, judge_hunt
from trimtab.errors import UnreproducibleError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.hunting import HuntClosed, HuntOpened, HuntTriaged
from trimtab.evidence.records import PolicyAdopted, Record, Subject
from trimtab.policy import Policy
from trimtab.workspace.recall import recall_policy

_MAKER = f"trimtab/{__version__}"
MODEL = "model:"
"""What the name of a hunter begins with who is no person."""

_MOST_HOURS = 90 * 24
_MOST_HUNTERS = 100
_MODEL_NAME = re.compile(r"model:[a-z0-9][a-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A hunt and what it comes to now."""

    hunt: Hunt
    result: HuntResult
    moment: int  # microseconds since the epoch, UTC

    @property
    def state(self) -> str:
        """`open`, `over` when its time is up and nobody has closed it, or `closed`."""
        if self.hunt.closed is not None:
            return "closed"
        return "over" if self.hunt.over(self.moment) else "open"


def open_hunt(
    ledger: Ledger, policy: Policy, system: str, *, hours: float, hunters: Sequence[str], file: str = ""
) -> Hunt:
    """Begin a hunt now.

    Args:
        ledger: Where it is recorded.
        policy: Names the people, and who owns the system.
        system: Which of its systems is looked at.
        hours: How long, up to 90 days.
        hunters: People and attackers of the policy, and `model:NAME` for other attacker models. None owns the system,
            none is a candidate, and somebody of the policy who does not own it is left to close it and to rule.
        file: The policy's, as people type it, for commands that try findings again.

    Raises:
        UsageError: Something of this is not as it must be, or a hunt of this system is open.
        LedgerError: It cannot be recorded.
    """
    if not (math.isfinite(hours) and 0.0 < hours <= _MOST_HOURS):
        raise UsageError(f"a hunt takes more than 0 and at most {_MOST_HOURS:,} hours.", "Give --hours.")
    kinds = _hunters(policy, system, hunters)
    moment = ledger.now()
    for name in _hunts(ledger):
        other = recall_hunt(ledger, name)
        if other.system == system and not other.over(moment):
            raise UsageError(
                f"hunt {name} of {system} is still open.", f"Close it: `trimtab hunt close --hunt {name}`."
            )
    if not any(row.policy == policy.digest for row in ledger.rows(kind=PolicyAdopted.kind)):
        adopted = PolicyAdopted(text=policy.model_dump_json(by_alias=True))
        ledger.append([adopted], subject=Subject(), run="", maker=_MAKER, policy=policy.digest)
    name = f"hunt-{time.strftime('%Y%m%dT%H%M%S', time.gmtime(moment // 1_000_000))}-{secrets.token_hex(3)}"
    tier = policy.tiers[policy.systems[system].tier]
    opened = HuntOpened(hours=hours, hunters=kinds, level=tier.confidence, file=file)
    ledger.append([opened], subject=Subject(system=system), run=name, maker=_MAKER, policy=policy.digest, durable=True)
    return recall_hunt(ledger, name)


def _hunters(policy: Policy, system: str, hunters: Sequence[str]) -> dict[str, str]:
    spec = policy.systems.get(system)
    if spec is None:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(policy.systems)}.")
    if not 1 <= len(hunters) <= _MOST_HUNTERS or len(set(hunters)) < len(hunters):
        raise UsageError(f"name each hunter once, at most {_MOST_HUNTERS} of them.", "Give --hunters NAME,NAME.")
    kinds = {}
    for name in hunters:
        if name == spec.owner:
            raise UsageError(f"{name} owns {system}, and who owns a system does not hunt in it.", "Name somebody else.")
        if _MODEL_NAME.fullmatch(name):
            if name.removeprefix(MODEL) in spec.all_candidates:
                raise UsageError(f"{name} is a candidate of {system}, and would hunt itself.", "Name another model.")
            kinds[name] = "model"
        elif name in policy.people:
            kinds[name] = "person"
        elif name in policy.attackers:
            kinds[name] = "model"
        else:
            listed = ", ".join(policy.people) or "nobody"
            raise UsageError(
                f"{name[:80]!r} is not listed under people of the policy.",
                f"It lists: {listed}. An attacker model is one of its `attackers`, or named `{MODEL}NAME`.",
            )
    if not set(policy.people) - set(kinds) - {spec.owner}:
        raise UsageError(
            f"everybody of the policy hunts in {system} or owns it, and nobody is left to say what was found.",
            "Leave somebody out of --hunters, or list another one under people.",
        )
    return kinds


def triage(ledger: Ledger, hunt: str, finding: str, *, by: str, ruling: str, same_as: str = "") -> Hunt:
    """Record what somebody says of a finding when the hunt is over, who neither hunted nor filed nor owns the system.

    The last word counts. Of a finding that is ruled valid, what its hunter called the same counts no longer.

    Raises:
        UsageError: No such hunt or finding, the hunt is still open, or it is not for this person to say.
    """
    found = recall_hunt(ledger, hunt)
    if not found.over(ledger.now()):
        raise UsageError(
            f"hunt {found.hunt} is still open, and findings are ruled on when it is over.",
            f"Wait, or close it: `trimtab hunt close --hunt {found.hunt}`.",
        )
    _known(found, finding)
    if ruling == "same":
        _known(found, same_as)
        if same_as == finding:
            raise UsageError(f"finding {finding} is the same as itself.", "Name the other one with --same-as.")
    _independent(ledger, found, by, "rule on findings in it")
    own = next((one.filed.finding for one in found.findings if one.filed.hunter == by), None)
    if own is not None:
        raise UsageError(f"{by} has filed {own}, and does not rule on findings.", "Let somebody else do it.")
    ruled = HuntTriaged(finding=finding, by=by, ruling=ruling, same_as=same_as)
    append_to(ledger, found, [ruled], maker=f"person/{by}")
    return recall_hunt(ledger, found.hunt)


def close_hunt(ledger: Ledger, hunt: str, *, by: str, spent: Mapping[str, float]) -> Shown:
    """End a hunt, and record what it comes to.

    Args:
        ledger: Where it is.
        hunt: Which.
        by: Who ends it, a person of the policy who neither hunts nor owns the system.
        spent: Hours of hunters who took less than the whole time.

    Raises:
        UsageError: It is closed, or something of this is not as it must be.
        LedgerAlteredError: The ledger does not verify.
    """
    ledger.verify().raise_if_bad()
    found = recall_hunt(ledger, hunt)
    if found.closed is not None:
        raise UsageError(f"hunt {found.hunt} is closed already.", "`trimtab hunt show` shows it.")
    _independent(ledger, found, by, "end a hunt in it")
    for name, hours in spent.items():
        if name not in found.opened.hunters:
            raise UsageError(f"{name[:80]!r} is no hunter of {found.hunt}.", _named(found))
        if not (math.isfinite(hours) and 0.0 < hours <= found.opened.hours):
            raise UsageError(
                f"{name} cannot have spent {hours:g} hours.", f"The hunt was opened for {found.opened.hours:g} hours."
            )
    head = ledger.head()
    closed = HuntClosed(by=by, spent=dict(spent), trimtab=__version__, row=head.seq if head else 0, result={})
    result = judge_hunt(replace(recall_hunt(ledger, hunt, upto=closed.row), closed=closed))
    append_to(ledger, found, [replace(closed, result=hunt_payload(result))], maker=f"person/{by}")
    return show_hunt(ledger, found.hunt)


def show_hunt(ledger: Ledger, hunt: str = "latest") -> Shown:
    """A hunt and what it comes to, computed from the ledger alone; of a closed one what was recorded is computed again.

    Raises:
        UsageError: No such hunt.
        LedgerAlteredError: The ledger does not verify.
        UnreproducibleError: Today's code comes to something else than was recorded at its end.
    """
    ledger.verify().raise_if_bad()
    found = recall_hunt(ledger, hunt)
    if found.closed is not None:
        then = replace(recall_hunt(ledger, found.hunt, upto=found.closed.row), closed=found.closed)
        if hunt_payload(judge_hunt(then)) != found.closed.result:
            raise UnreproducibleError(found.hunt, found.closed.trimtab)
    return Shown(hunt=found, result=judge_hunt(found), moment=ledger.now())


def recall_hunt(ledger: Ledger, hunt: str, *, upto: int = 0) -> Hunt:
    """A hunt as the ledger holds it; the one that was opened last unless named. Rows after `upto` are left out.

    Raises:
        UsageError: No such hunt.
        LedgerAlteredError: A row of it is not what was hashed.
    """
    known = _hunts(ledger)
    if hunt == "latest" and known:
        hunt = known[-1]
    rows = (row for row in ledger.records(run=hunt) if not upto or row[0].seq <= upto) if hunt in known else ()
    found = hunt_of(rows)
    if found is None:
        what = "the ledger holds no hunt yet." if not known else f"the ledger holds no hunt {hunt[:80]!r}."
        raise UsageError(what, f"It holds: {', '.join(known[-5:])}." if known else "Open one: `trimtab hunt open`.")
    return found


def append_to(ledger: Ledger, hunt: Hunt, records: Sequence[Record], *, maker: str, candidate: str = "") -> None:
    """Add records to a hunt, on disk when this returns."""
    subject = Subject(system=hunt.system, candidate=candidate)
    ledger.append(records, subject=subject, run=hunt.hunt, maker=maker, policy=hunt.policy, durable=True)


def _hunts(ledger: Ledger) -> list[str]:
    """Ids of all hunts, in the order in which they were opened."""
    return list(dict.fromkeys(row.run for row in ledger.rows(kind=HuntOpened.kind)))


def _known(hunt: Hunt, finding: str) -> None:
    if finding not in {one.filed.finding for one in hunt.findings}:
        raise UsageError(
            f"hunt {hunt.hunt} has no finding {finding[:80]!r}.", "`trimtab hunt show` lists them when it is over."
        )


def _named(hunt: Hunt) -> str:
    return f"Its hunters are: {', '.join(hunt.opened.hunters)}."


def _independent(ledger: Ledger, hunt: Hunt, by: str, what: str) -> None:
    """Refuse whoever is not of the policy, hunts, or owns the system."""
    policy = recall_policy(ledger, hunt.policy)
    if by not in policy.people:
        listed = ", ".join(policy.people) or "nobody"
        raise UsageError(f"{by[:80]!r} is not listed under people of the policy.", f"It lists: {listed}.")
    if by == policy.systems[hunt.system].owner:
        raise UsageError(f"{by} owns {hunt.system}, and who owns a system does not {what}.", "Let somebody else do it.")
    if by in hunt.opened.hunters:
        raise UsageError(f"{by} hunts in {hunt.system}, and who hunts does not {what}.", "Let somebody else do it.")
