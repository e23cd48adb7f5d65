"""Rules of training: the course is there, a score is of a quiz, and retention is asked after a month."""

import re
from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, known_actor
from trimtab.decision.learning import COMMITTED, DAY, roles_known
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.training import Trained
from trimtab.policy.courses import courses
from trimtab.policy.learning_spec import RETENTION_DAYS

_COMMITMENT = re.compile(re.escape(COMMITTED) + r"[0-9a-f]{32}")


def _trained(entry: Trained, held: Held) -> Iterator[Doubt]:
    committed = _COMMITMENT.fullmatch(entry.person) is not None
    if not committed:
        if entry.person in held.policy.people:
            yield from known_actor(entry.person, held, "person", at=entry.at)
        else:  # whoever it is is not repeated: a name may have been written here
            yield Doubt("person", "is nobody under people of the policy", "`trimtab person NAME` makes a commitment.")
    if entry.step in ("enrolled", "left"):
        yield from _role(entry, held, committed=committed)
        return
    if entry.by == entry.person:
        yield Doubt("by", f"{entry.by} is the one who was asked", "Let somebody else enter it.")
    if entry.role:
        yield Doubt("role", f"does not belong to {entry.step}", "Leave it out.")
    if entry.course not in courses(held.policy.learning):
        listed = ", ".join(list(courses(held.policy.learning))[:12]) or "none"
        yield Doubt("course", f"there is no course {entry.course!r} in the policy", f"It has {listed}.")
    if (entry.step == "completed") != (entry.score is None):
        yield Doubt("score", f"{'is missing of' if entry.score is None else 'does not belong to'} {entry.step}")
    if entry.quiz and any(
        (one.entry.person, one.entry.quiz) == (entry.person, entry.quiz) for one in held.books.all(Trained)
    ):
        yield Doubt("quiz", f"{entry.quiz} was taken by this person before", "Draw another with `trimtab learn quiz`.")
    if entry.step == "retention" and not _long_ago(entry, held):
        message = f"comes less than {RETENTION_DAYS} days after the course was completed, or it was not completed"
        yield Doubt("step", message, "Enter it as `quiz`; it does not show what is left after a month.")


def _role(entry: Trained, held: Held, *, committed: bool) -> Iterator[Doubt]:
    if not committed:
        yield Doubt("person", f"is in the policy, where the roles of {entry.person} stand", "Change them there.")
    if entry.role not in roles_known(held.policy):
        listed = ", ".join(sorted(roles_known(held.policy))[:12])
        yield Doubt("role", f"there is no role {entry.role!r} in the policy", f"It has {listed}.")
    if entry.course or entry.score is not None:
        yield Doubt("course", f"does not belong to {entry.step}, nor does a score", "Leave both out.")


def _long_ago(entry: Trained, held: Held) -> bool:
    return any(
        one.entry.step == "completed"
        and (one.entry.person, one.entry.course) == (entry.person, entry.course)
        and one.entry.at + RETENTION_DAYS * DAY <= entry.at
        for one in held.books.all(Trained)
    )


RULES: Mapping[type[Entry], Rule] = {Trained: _trained}
