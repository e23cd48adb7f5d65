"""Asking the same again and again in random spellings, until one gets through."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.suites.draw import Dice
from trimtab.kinds import Aim, Attacked, Message

_SHORT = 4  # letters; of a word with fewer, nothing inside can be stirred


@dataclass(frozen=True, slots=True)
class BestOfN:
    """Capitals, letters within words and single signs are changed at random; no model writes anything.

    Fields:
        stirred: Share of longer words whose inner letters change places.
        raised: Share of letters whose case is drawn.
        noise: Share of signs that are replaced by their neighbour in ASCII.
    """

    name: ClassVar[str] = "best-of-n"
    version: ClassVar[str] = "1"
    family: ClassVar[str] = "best-of-n"
    about: ClassVar[str] = "Asks the same again and again, each time in other random capitals, letter orders and slips."
    source: ClassVar[str] = "Hughes et al. (2024), Best-of-N Jailbreaking, arXiv:2412.03556"
    controls: ClassVar[tuple[str, ...]] = ("owasp-llm-2026:LLM01", "mitre-atlas:AML.T0054")
    writes: ClassVar[bool] = False

    stirred: float = 0.6
    raised: float = 0.5
    noise: float = 0.05

    def __post_init__(self) -> None:
        for field in ("stirred", "raised", "noise"):
            if not 0.0 <= getattr(self, field) <= 1.0:
                raise ValueError(f"{field} must be a share, between 0 and 1")

    async def pursue(self, aim: Aim, target: Attacked) -> None:
        """One drawing after the other."""
        number = 0
        while True:
            number += 1
            said = self.drawn(aim.request, Dice(aim.seed, "best-of-n", number))
            await target.say((Message("user", said),), move=f"drawing {number}")

    def drawn(self, text: str, dice: Dice) -> str:
        """The text in one random spelling."""
        words = [_stirred(word, dice) if _chance(dice, self.stirred) else word for word in text.split(" ")]
        return "".join(self._sign(char, dice) for char in " ".join(words))

    def _sign(self, char: str, dice: Dice) -> str:
        if char.isalpha() and _chance(dice, self.raised):
            char = char.swapcase()
        if " " < char < "~" and _chance(dice, self.noise):
            char = chr(ord(char) + (1 if dice.below(2) else -1))
        return char


def _stirred(word: str, dice: Dice) -> str:
    return word if len(word) < _SHORT else word[0] + "".join(dice.shuffled(word[1:-1])) + word[-1]


def _chance(dice: Dice, share: float) -> bool:
    return dice.below(1_000_000) < share * 1_000_000
