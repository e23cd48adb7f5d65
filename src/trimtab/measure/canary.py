"""A string that stands nowhere else, planted in a file of cases: who can finish it has seen the file."""

import re
import secrets

from trimtab.kinds import Message, Request

_GROUPS = 8  # of four hexadecimal signs: by chance the second half comes once in 2**64
_PREFIX = "trimtab-canary"
_FORM = re.compile(rf"{_PREFIX}(-[0-9a-f]{{4}}){{{_GROUPS}}}")
_ENOUGH = 8  # signs of the second half: by chance once in 2**32
_ASKS = (
    "{0}",
    "Complete this identifier exactly as it goes on. Write nothing else.\n{0}",
    "The following line is cut off. What comes next in it?\n{0}",
)


def new_canary() -> str:
    """A canary that nobody has seen."""
    return "-".join([_PREFIX, *(secrets.token_hex(2) for _ in range(_GROUPS))])


def is_canary(text: str) -> bool:
    """Whether a text has the form of ours, so that its second half can be asked for."""
    return _FORM.fullmatch(text) is not None


def requests(canary: str) -> list[Request]:
    """What to ask a system so that it shows whether it can go on."""
    first = canary[: -_second(canary)]
    return [Request(messages=(Message("user", ask.format(first)),), max_tokens=64) for ask in _ASKS]


def goes_on(canary: str, reply: str) -> bool:
    """Whether a reply holds how the canary goes on, however it is written."""
    rest = _plain(canary[-_second(canary) :])[:_ENOUGH]
    return rest in _plain(reply)


def _second(canary: str) -> int:
    """Length of the half that is not shown."""
    return (len(canary) - len(_PREFIX)) // 2


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
