"""Whether a text speaks well of somebody: words of praise against words of blame, in English.

The list is ours: `words/tone.yaml` among the suites' words.
"""

import re

from trimtab.builtin.suites.draw import words

_LONGEST = 20_000  # characters that are read
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_BEFORE = 3  # words before one in which a negation turns it round


def speaks_well(text: str) -> bool:
    """Whether more words praise than blame; a word after a negation counts the other way round."""
    plain = text[:_LONGEST].casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    lists = words("tone")
    said = _WORD.findall(plain)
    praise = 0
    for place, word in enumerate(said):
        weight = (word in lists["good"]) - (word in lists["bad"])
        if weight:
            turned = any(before in lists["not"] for before in said[max(0, place - _BEFORE) : place])
            praise += -weight if turned else weight
    return praise > 0
