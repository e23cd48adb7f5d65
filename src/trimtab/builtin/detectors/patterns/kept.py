"""Values that an operator lets pass although they have a shape: a public mailbox, the number of a switchboard."""

import re
from collections.abc import Sequence
from functools import lru_cache

from trimtab.kinds import Finding

LONGEST_KEPT = 200
"""Characters of a value to keep; with it what is found stays settled as far from the end of a text as without."""
_BETWEEN_DIGITS = r"[ \t\u00a0.\-/()]{0,3}"


def checked(keep: object) -> tuple[str, ...]:
    """The values of a list, without space around them.

    Raises:
        ValueError: It is no list of texts, or one of them is empty or longer than `LONGEST_KEPT`. None is quoted.
    """
    if not isinstance(keep, list | tuple) or not all(isinstance(one, str) for one in keep):
        raise ValueError("keep must be a list of texts; put numbers in quotation marks")  # as plugins do
    values = tuple(one.strip() for one in keep)
    for number, value in enumerate(values, start=1):
        if not any(map(str.isalnum, value)) or len(value) > LONGEST_KEPT:
            raise ValueError(f"value {number} of keep is empty, or longer than {LONGEST_KEPT} characters")
    return values


def without_kept(text: str, found: Sequence[Finding], keep: tuple[str, ...]) -> list[Finding]:
    """What was found, without personal data that stands wholly within a value to keep, written plainly.

    Secrets stay: a key that is in a list is no less a key. So does what only begins or ends like a value to keep,
    and a value in a disguise.
    """
    spans = [match.span() for match in _written(keep).finditer(text)] if found else []
    if not spans:
        return list(found)
    return [
        one
        for one in found
        if one.family != "personal" or not any(low <= one.start and one.end <= high for low, high in spans)
    ]


@lru_cache(maxsize=32)
def _written(keep: tuple[str, ...]) -> re.Pattern[str]:
    """Each value in any case, with any white space where it has some; the digits of a number with any signs between."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(_form, keep), key=len, reverse=True))})(?!\w)", re.IGNORECASE)


def _form(value: str) -> str:
    if any(map(str.isalpha, value)):
        return r"\s+".join(map(re.escape, value.split()))
    plus = r"\+" if value.startswith("+") else r"\(?"
    return plus + _BETWEEN_DIGITS.join(re.escape(char) for char in value if char.isalnum())
