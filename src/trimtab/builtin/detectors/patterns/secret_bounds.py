"""Where the name of a setting or a field begins and ends of which a part was seen."""

from trimtab.detect.signs import later

LONGEST_HEAD = 48
LONGEST_TAIL = 40
_TAIL = later(r"[\w-]{0,40}(?:\.(?!(?:get|is|to|set|has)[A-Z])[a-z]{2,16}(?=\s?[=:]\s?[^\s=]))?")
_BACK = later(r"[\w-]{0,48}")
_CHAIN = later(r"=[\w.-]{1,50}=")
# What follows `token` or `key` and is the number of one: `token id=...`, `gpg: key 3F2504E04F8964AB: public key`.
OF_KEYS = ("key", "keys")
FIELD = later(r"[a-z_]{1,12}=")
NUMBERED = later(rf"{FIELD.pattern}|(?:0x)?(?:[0-9A-Fa-f]{{16}}|[0-9A-F]{{40}}|[0-9A-Fa-f]{{8}}):?\Z")
PUBLISHED = frozenset({"public", "publishable", "site"})  # keys, that is


def chained(text: str, begin: int) -> bool:
    """Whether a name stands in a chain of assignments, which is all the value of its first name."""
    return text[begin - 1 : begin] == "=" and _CHAIN.match(text[max(0, begin - 60) : begin][::-1]) is not None


def name_begin(text: str, start: int) -> int:
    """Where the name begins of which a part begins at `start`."""
    if not start or not ((before := text[start - 1]).isalnum() or before in "_-"):
        return start
    back = _BACK.match(text[max(0, start - LONGEST_HEAD) : start][::-1])
    return start - (back.end() if back else 0)


def name_end(text: str, end: int) -> int:
    """Where the name ends of which a part ends at `end`."""
    if end == len(text) or not ((after := text[end]).isalnum() or after in "_-."):
        return end
    tail = _TAIL.match(text, end)
    if not tail:
        return end
    return tail.end() - (text[tail.end() - 1] == "-" and text[tail.end() : tail.end() + 1] == ">")  # before an arrow
