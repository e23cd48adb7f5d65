"""From a file to a policy, or to every mistake in it."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from trimtab.errors import Mistake, PolicyError
from trimtab.policy.explain import explain
from trimtab.policy.include import MAX_MISTAKES, Gathered, gather
from trimtab.policy.judges import check_judges, warn_of_judges
from trimtab.policy.model import Policy
from trimtab.policy.reward_rules import check_audits, warn_of_rewards
from trimtab.policy.rules import check_rules, warn_of_costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file after all checks: the policy unless there are errors, and every mistake, warnings too."""

    policy: Policy | None
    mistakes: tuple[Mistake, ...]

    @property
    def errors(self) -> tuple[Mistake, ...]:
        """The mistakes for which the policy is refused."""
        return tuple(mistake for mistake in self.mistakes if not mistake.warning)

    @property
    def warnings(self) -> tuple[Mistake, ...]:
        """The mistakes that a reader should know of."""
        return tuple(mistake for mistake in self.mistakes if mistake.warning)


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """The policy in a file, with what it includes.

    Raises:
        PolicyError: The file is not a policy; it carries every mistake.
    """
    checked = check_policy(path)
    if checked.policy is None:
        raise PolicyError(checked.mistakes)
    return checked.policy


def check_policy(path: str | os.PathLike[str]) -> Checked:
    """The policy in a file, if it is one, and everything wrong or questionable in it. Never raises for content."""
    gathered = gather(Path(path))
    policy = None
    if gathered.readable:
        try:
            # Strict: "0.5", `yes` and 1.0 are not taken for 0.5, 1 and 1.
            policy = Policy.model_validate(gathered.value, strict=True)
        except ValidationError as error:
            explain(error.errors(include_url=False), gathered)
        check_rules(gathered)
    if policy is not None and not _refused(gathered):
        check_judges(policy, gathered)
        check_audits(policy, gathered)
        warn_of_costs(policy, gathered)
        warn_of_judges(policy, gathered)
        warn_of_rewards(policy, gathered)
    refused = policy is None or _refused(gathered)
    return Checked(policy=None if refused else policy, mistakes=_in_order(gathered))


def read_promise(path: str | os.PathLike[str]) -> Policy:
    """The policy in a file that was in force once, for comparing: whether what it names is still there plays no part.

    Raises:
        PolicyError: It is no policy.
    """
    gathered = gather(Path(path))
    if gathered.readable:
        try:
            return Policy.model_validate(gathered.value, strict=True)
        except ValidationError as error:
            explain(error.errors(include_url=False), gathered)
    raise PolicyError(_in_order(gathered))


def _refused(gathered: Gathered) -> bool:
    return any(not mistake.warning for mistake in gathered.mistakes)


def _in_order(gathered: Gathered) -> tuple[Mistake, ...]:
    """By file, line and column; with a last word when not all are shown."""
    order = {path: index for index, path in enumerate(gathered.files)}
    mistakes = sorted(
        dict.fromkeys(gathered.mistakes), key=lambda one: (order.get(one.path, 0), one.line, one.column, one.warning)
    )
    if len(mistakes) < MAX_MISTAKES:
        return tuple(mistakes)
    message = "has more mistakes than are shown here"
    refused = _refused(gathered)
    last = Mistake(path=gathered.path, line=0, column=0, where="", message=message, warning=not refused)
    return (*mistakes[:MAX_MISTAKES], last)
