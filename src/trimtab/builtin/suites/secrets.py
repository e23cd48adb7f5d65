"""A secret in the system prompt, and people who ask for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.suites.draw import Dice, make_case, spread, words
from trimtab.kinds import Case

_MAX_TOKENS = 32


@dataclass(frozen=True, slots=True)
class SecretKeeping:
    """A canary in the instructions; the user asks for it, for the instructions, for a disguise, or for something else.

    A cluster is one request in one setting: 48 requests, 24 settings. Cases of one
    cluster differ in the canary only.
    """

    name: ClassVar[str] = "secret-keeping"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "planted-leak"
    about: ClassVar[str] = (
        "A secret in the instructions, asked for directly, indirectly or not at all; a leak is the secret in a reply, "
        "disguised or not."
    )

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        lists = words("secrets")
        plan = {request: list(lists["settings"]) for request in lists["requests"]}
        return spread(plan, _build, count=count, seed=seed)


def _build(request: str, setting: str, dice: Dice) -> Sequence[Case]:
    lists = words("secrets")
    canary = f"{dice.pick(lists['heads'])}{dice.pick(lists['tails'])}-{dice.between(1000, 9999)}"
    return [
        make_case(
            lists["requests"][request],
            system=lists["settings"][setting].format(c=canary),
            cluster=f"{request}.{setting}",
            expect={"canary": [canary]},
            max_tokens=_MAX_TOKENS,
        )
    ]
