"""Proposes another policy: reads its text, says what it changes and who must agree, and records that."""

import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from trimtab.decision.policy_proposals import must_agree
from trimtab.errors import EntryError, Mistake, PolicyError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.entries.proposals import PolicyProposed
from trimtab.evidence.entries.reading import read_entry
from trimtab.measure.redact import mask_words
from trimtab.policy import Policy, PolicyDiff, check_policy, diff
from trimtab.policy.load import read_promise
from trimtab.policy.source import read
from trimtab.workspace.keeping import Receipt, keep_computed

_NAME = "policy.yaml"
_ELSEWHERE = ("file", "task", "python")  # keys that name files, which lie beside the policy and not here
_WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Another policy beside the one in force: what differs, and who must agree."""

    policy: Policy
    diff: PolicyDiff
    must_agree: tuple[str, ...]


def as_text(policy: Policy) -> str:
    """A policy as one text, without its includes: with the same digest, to be changed and proposed."""
    told = policy.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return str(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=_WIDTH))


def read_text(text: str) -> Policy:
    """The policy that a text is. It may include nothing: whoever sends it has no say on which files are read here.

    Raises:
        PolicyError: It is none, with every mistake and its line.
    """
    with tempfile.TemporaryDirectory(prefix="trimtab-") as folder:
        path = Path(folder) / _NAME
        path.write_bytes(text.encode("utf-8", "replace"))
        document = read(path, _NAME)
        if isinstance(document.value, dict) and "include" in document.value:
            where = document.keys.get(("include",))
            line = where.line if where else 0
            raise PolicyError([_whole(line)])
        checked = check_policy(path)
        wrong = [replace(one, path=_NAME) for one in checked.errors if not _about_files(one)]
        if wrong:
            raise PolicyError(wrong)
        return checked.policy or read_promise(path)


def compare(policy: Policy, new: Policy, *, by: str, at: int) -> Proposed:
    """What another policy would change of the one in force."""
    return Proposed(policy=new, diff=diff(policy, new), must_agree=must_agree(policy, new, by=by, at=at))


def propose(
    ledger: Ledger, policy: Policy, new: Policy, *, by: str, what: str, id_: str = "", source: str = "command"
) -> Receipt:
    """Record that somebody proposes another policy.

    Args:
        ledger: Where.
        policy: In force.
        new: Proposed.
        by: Who proposes it.
        what: Why; personal data in it is masked before it is kept.
        id_: Of the proposal; drawn if left out.
        source: By which way it came.

    Raises:
        UsageError: Nothing would be otherwise, or nobody but who proposes it may agree.
        EntryError: It cannot be entered.
    """
    now = ledger.now()
    found = compare(policy, new, by=by, at=now)
    if found.diff.overall == "same":
        raise UsageError("the proposed policy is the one in force.", "Change something in it.")
    if not found.must_agree and found.diff.loosens:
        raise UsageError("nobody but who proposes this may agree to it.", "Let somebody else propose it.")
    values = {
        "proposal": id_ or f"{PolicyProposed.kind}-{secrets.token_hex(4)}",
        "what": what,
        "before": policy.digest,
        "after": new.digest,
        "effect": found.diff.overall,
        "changes": [f"{one.effect} {one.where}: {one.text}"[:400] for one in found.diff.changes],
        "must_agree": list(found.must_agree),
        "by": by,
        "source": source,
    }
    entry = read_entry(PolicyProposed, values, now=now, mask=mask_words)
    if isinstance(entry, list):
        raise EntryError(list(_mistakes(entry)))
    assert isinstance(entry, PolicyProposed)
    kept = keep_computed(ledger, policy, [entry], now=now)
    masked = entry.what != " ".join(what.split())
    return Receipt(kept=kept, masked={0: ("what",)} if masked else {})


def _mistakes(wrong: list[tuple[str, str]]) -> Iterator[Mistake]:
    for field, what in wrong:
        yield Mistake(path=PolicyProposed.kind, line=0, column=0, where=field, message=what, code=EntryError.code)


def _about_files(mistake: Mistake) -> bool:
    return mistake.where.rpartition(".")[2] in _ELSEWHERE


def _whole(line: int) -> Mistake:
    message = "brings in other files, which are not read here"
    return Mistake(
        path=_NAME,
        line=line,
        column=1 if line else 0,
        where="include",
        message=message,
        suggestion="Propose the whole policy as one text: the form holds the one in force.",
    )
