"""The rule by which the test server answers: computed from the prompt, the same every time."""

import hashlib
import re

_SUM = re.compile(r"(-?\d{1,9})\s*(\+|-|\*|x|times|plus|minus)\s*(-?\d{1,9})")
_OPTION = re.compile(r"^\s*\(?([A-H])[).:]\s", re.MULTILINE)
_SAY = re.compile(r"(?:repeat|say)(?: exactly)?:\s*(.+)", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def answer(prompt: str) -> str:
    """A sum is worked out, `say: ...` repeated, an option chosen by digest, else the words are counted."""
    if found := _SUM.search(prompt):
        left, sign, right = int(found[1]), found[2], int(found[3])
        if sign in ("+", "plus"):
            return f"The answer is {left + right}."
        if sign in ("-", "minus"):
            return f"The answer is {left - right}."
        return f"The answer is {left * right}."
    if found := _SAY.search(prompt):
        return found[1].strip()
    if options := _OPTION.findall(prompt):
        return f"{options[_number(prompt) % len(options)]})"
    words = _WORD.findall(prompt)
    longest = max(words, key=len, default="nothing")
    return f"That has {len(words)} words, the longest is {longest}."


def pieces(text: str) -> list[str]:
    """The text cut into tokens of a sort: words with the space before them."""
    return re.findall(r"\s*\S+|\s+$", text)


def logprob(piece: str) -> float:
    """Natural-log probability of a piece, in [-2, 0); arbitrary, but always the same."""
    return -(1 + _number(piece) % 199) / 100.0


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
