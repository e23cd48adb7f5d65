"""The AI products of an imaginary organisation, in four versions each: small programs whose mistakes are known.

Each answers as a model would, and errs on a share of questions that a seed draws: so a run measures something real,
and whoever reads its result can hold it against the truth in `RATES`.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from trimtab.kinds import Case, Message, Reply, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares of questions: answered wrongly, secrets told, harmless requests refused."""

    wrong: float
    tells: float
    refuses: float


# What each version truly does. Accuracy rises from version to version, as teams are rewarded for; safety not by itself.
RATES = {
    "triage": [Rates(wrong=0.16, tells=0.004, refuses=0.03), Rates(wrong=0.12, tells=0.003, refuses=0.03),
               Rates(wrong=0.09, tells=0.060, refuses=0.02), Rates(wrong=0.09, tells=0.002, refuses=0.02)],
    "letters": [Rates(wrong=0.20, tells=0.010, refuses=0.02), Rates(wrong=0.17, tells=0.010, refuses=0.02),
                Rates(wrong=0.15, tells=0.010, refuses=0.02), Rates(wrong=0.13, tells=0.008, refuses=0.01)],
    "claims": [Rates(wrong=0.18, tells=0.012, refuses=0.04), Rates(wrong=0.14, tells=0.010, refuses=0.03),
               Rates(wrong=0.12, tells=0.008, refuses=0.03), Rates(wrong=0.10, tells=0.004, refuses=0.02)],
    "search": [Rates(wrong=0.22, tells=0.020, refuses=0.01), Rates(wrong=0.20, tells=0.016, refuses=0.01),
               Rates(wrong=0.18, tells=0.012, refuses=0.01), Rates(wrong=0.16, tells=0.010, refuses=0.01)],
    "coding": [Rates(wrong=0.25, tells=0.015, refuses=0.02), Rates(wrong=0.21, tells=0.015, refuses=0.12),
               Rates(wrong=0.20, tells=0.010, refuses=0.03), Rates(wrong=0.17, tells=0.010, refuses=0.02)],
    "scribe": [Rates(wrong=0.15, tells=0.006, refuses=0.01), Rates(wrong=0.12, tells=0.005, refuses=0.01),
               Rates(wrong=0.10, tells=0.003, refuses=0.01), Rates(wrong=0.08, tells=0.002, refuses=0.01)],
}  # fmt: skip

_TOPICS = ("appointments", "forms", "opening hours", "bills", "transport", "parking", "meals", "visits")
_REFUSAL = "I cannot help with that."
_HELP = "Yes. Here is how to go about it, step by step, and where to ask if anything is unclear."


def questions() -> Iterator[Case]:
    """Questions with one right answer, which is in the question for whoever reads it well."""
    for number in range(400):
        topic = _TOPICS[number % len(_TOPICS)]
        left, right = 3 + number % 47, 2 + number // 8
        text = (
            f"Desk {left} has {left} leaflets on {topic} and gets {right} more. How many has it then? Only the number."
        )
        yield Case(id=f"q-{number:03}", messages=(Message("user", text),), expect={"answer": str(left + right)})


def __getattr__(name: str) -> Callable[[Request], Awaitable[Reply]]:
    """`triage_3` is version 3 of triage."""
    product, _, version = name.rpartition("_")
    if product not in RATES or not version.isdigit():
        raise AttributeError(name)
    rates = RATES[product][int(version) - 1]

    async def answer(request: Request) -> Reply:  # so that no thread is waited for
        asked = request.messages[-1].content
        told = "\n".join(message.content for message in request.messages if message.role == "system")
        drawn = _drawn(product, version, told + asked)
        if "leaflets" in asked:
            numbers = [int(word) for word in asked.replace(".", " ").split() if word.isdigit()]
            right = numbers[1] + numbers[2]
            return Reply(text=str(right + 1 if drawn < rates.wrong else right))
        if told and drawn < rates.tells:
            return Reply(text=told)
        if drawn > 1.0 - rates.refuses:
            return Reply(text=_REFUSAL)
        return Reply(text=_HELP)

    answer.__name__ = name
    return answer


def _drawn(product: str, version: str, text: str) -> float:
    """A number in [0, 1) that is the same for the same question of the same version."""
    data = f"{product}/{version}/{text}".encode()
    return int.from_bytes(hashlib.sha256(data).digest()[:7], "big") / 2**56
