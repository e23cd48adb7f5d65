"""What stands where a credential would: a place to put one, a variable, a path, another piece of code."""

import re

from trimtab.builtin.detectors.patterns.secret_drawn import (
    DIGIT,
    LOOKED_AT,
    PARTS,
    many_pieces,
    random_looking,
    random_part,
)
from trimtab.detect.signs import later

# Where a credential should be put, and what stands in for one in manuals. One search for any of their beginnings first.
_STAND_INS = (
    "your", "change", "placeholder", "replace", "insert", "redacted", "masked", "hidden", "goeshere", "goes_here", "goes-here", "goes here", "lorem", "foobar",
    "foo_bar", "1234567890", "abcdefghi", "12345678-1234", "notareal", "not_a_real", "not-a-real", "notset", "not_set", "not-set", "xxxxx", "*****", "...",
    "•••", "…", "####", "-----", "_____", "000000000000", "11111111", "<", "[",
)  # fmt: skip

_WORDS_IN = (
    "example",
    "dummy",
    "fake",
    "sample",
    "todo",
    "fixme",
    "tbd",
    "some",
    "my",
    "the",
    "new",
    "old",
    "a-",
    "a_",
)

_MAY_STAND_IN = later("|".join(map(re.escape, (*_STAND_INS, *_WORDS_IN))))
_STANDS_IN = later(
    r"<[a-z][\w .-]{1,40}>|\[[a-z][\w .-]{1,40}\]|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|with|this)|insert[-_ ]|1234567890(?!\d)|"
    r"your|placeholder|redacted|masked|hidden|goes[-_ ]?here|lorem|foo_?bar|abcdefghi|12345678-1234|not[-_ ]?a[-_ ]?real|not[-_]?set|"
    r"x{5}|\*{5}|\.{3}|•{3}|…|#{4}|-{5}|_{5}|0{12}|1{8}"
)

_STANDS_ALONE = later(
    r"(?<![a-z])(?:dummy|fake|sample|example|todo|fixme|tbd)(?![a-z])|(?<![a-z])(?:some|my|the|new|old|a)[-_ ](?:secret|password|token|key|api)"
)


def _placeholder(low: str) -> tuple[int, int] | None:
    """Where a value, in lower case, says that it stands in for another."""
    if _MAY_STAND_IN.search(low) and (found := _STANDS_IN.search(low) or _STANDS_ALONE.search(low)):
        return found.span()
    return (0, len(low)) if low.startswith(("enc(", "enc[")) or low == "n/a" else None


# Of a value in lower case, since letters of any case are several times as slow to match.
_CODE = later(
    r"\$(?:__\w{1,12})?[\[{(]|&[a-z]+;|%[a-z_]+%$|\{\{|<%|<\?|%\(|%[a-z_]{3,}%|#\{|\{[\w.]*\}$|@[\w.]+@$|"
    r"(?:https?|ftp|file|s3|gs|ssm|arn|vault|ref|data|urn|env|secret|op|kms|azurekeyvault|javascript|blob|mailto):|"
    r"(?:function|async|await|new|return|lambda|typeof|throw|import|require)\b|"
    r"(?:self|this|os|env|process|system|config|settings|request|req|args|opts|options|params?|props|ctx|context|cls|data|var|local|module|output|each|secrets|stdenv|environment)[.\[]|"
    r"(?:null|none|nil|true|false|undefined|nan|string|str|int|integer|bool|boolean|bytes?|object|any|optional|required|char|text|varchar|number|float|double|void|array|list|dict|map|uuid)\b(?![-!@#$%^&*~]|[^\W_]*\d)",
)

_PATH = later(r"(?:/|\./|\.\./|~/|[A-Za-z]:\\|\\\\)[\w.$@{} -]+(?:[/\\]|$|\.\w{1,5}$)")
_VARIABLE = later(r"[$&@%][A-Za-z_][\w.:-]*[$@%]?")
_VARIABLE_NAME = later(r"[A-Z]+(?:_[A-Z0-9]+){2,7}")
_CALL = later(r"[A-Za-z_$][\w.$:>-]*[(\[]")
_FORMAT = later(
    r"%[-+0-9.]*[sdrfiuxXc](?![^\W_])|%\d*\.\d*[dfs]|%\(\w+\)|\{\d{0,2}\}|\\[dwsbDWSB][+*?{]|\[\^?[\w\\-]+\][+*{]|\[[^\]\s]{0,20}(?:a-z|A-Z|0-9)|\(\?[:=!<]"
)

_FORMAT_SIGNS = frozenset("%{\\[(")
_DOTTED = later(r"[A-Za-z_]\w*(?:(?:\.|->|::|\?\.)[A-Za-z_]\w*)+;?")
NAME = later(r"[A-Za-z_]\w*")
SAYS_ITSELF = later(
    r"pass(?:w|$|_|\d|wd)|pwd|passphrase|secret|token|key|credential|auth|login|user(?!n?\d)|param|field|input|value|string|buf|arg|attr|hash|salt",
)


def plausible(key: str) -> bool:
    """Whether a string of a provider's shape may be a real key: not a row of the same signs, not the manual's."""
    if len(set(key[-16:])) < 5:
        return False
    found = _placeholder(key.lower())
    if not found:
        return True
    if key.endswith("EXAMPLE") or "xxxxx" in key.lower():
        return False
    rest = key[: found[0]] + key[found[1] :]
    return len(rest) >= 30 and any(map(random_part, PARTS.findall(rest)))


# Of letters and digits alone there is less that may stand in.
_CODE_WORDS = frozenset(
    "function async await new return lambda typeof throw import require null none nil true false undefined nan string str int integer bool boolean byte "  # noqa: SIM905 - a table of words
    "bytes object any optional required char text varchar number float double void array list dict map uuid".split()
)
_PLAIN_STAND_INS = later(
    r"your|change(?:me|this|it)|placeholder|replace(?:me|with|this)|redacted|masked|hidden|goeshere|lorem|foobar|1234567890(?!\d)|abcdefghi|notareal|notset"
    r"|x{5}|0{12}|1{8}|(?<![a-z])(?:dummy|fake|sample|example|todo|fixme|tbd)(?![a-z])"
)


def stands_in(value: str) -> bool:
    """Whether a value is a placeholder, a variable, a path, a type or another piece of code, and so holds no secret."""
    head = value[:LOOKED_AT]
    low = head.lower()
    if head.isalnum() and head.isascii():
        return low in _CODE_WORDS or len(set(head)) < 3 or _PLAIN_STAND_INS.search(low) is not None
    return (
        len(set(head)) < 3
        or _CODE.match(low) is not None
        or (
            head[0] in "$&@%"
            and _VARIABLE.fullmatch(head) is not None
            and not random_part(head[1:])
            and not many_pieces(head[1:])
        )
        or ((head[0] in "/.~\\" or head[1:2] == ":") and _PATH.match(head) is not None and not random_looking(head, 16))
        or _placeholder(low) is not None
        or _VARIABLE_NAME.fullmatch(head) is not None
        or (not _FORMAT_SIGNS.isdisjoint(head) and _FORMAT.search(head) is not None)
        or (head[0] in "<[{(" and head[-1] in ">]})")
    )


_TWO_WORDS = later(r"[A-Za-z][a-z]{3,11}\.[A-Za-z]?[a-z]{3,11}(\d{1,4})")


def _chosen(head: str) -> bool:
    """Whether two words and a number with a dot between them are a password rather than an attribute: `Walnut.copper58`."""
    words = _TWO_WORDS.fullmatch(head)
    if not words or SAYS_ITSELF.search(head.lower()) or _ALGORITHM.search(head):
        return False
    return len(words[1]) > 1 if head[0].islower() else True


_ALGORITHM = later(r"\.(?:sha|utf|base|blake|keccak|uint|float|int|Sha|Utf|Base|Int)\d")


def refers(value: str) -> bool:
    """Whether a value without quotes is the name of something in a program rather than a literal."""
    head = value[:LOOKED_AT]
    if head.isalnum() and head.isascii():  # a name, if not a number
        return (
            not head[0].isdigit()
            and (SAYS_ITSELF.search(head.lower()) is not None or not DIGIT.search(head))
            and not random_part(head)
        )
    if ("(" in head or "[" in head) and _CALL.match(head):
        return True
    if ("." in head or ":" in head or ">" in head) and _DOTTED.fullmatch(head):
        return not (random_looking(head, 12) or _chosen(head))
    return (
        NAME.fullmatch(head) is not None
        and (not DIGIT.search(head) or SAYS_ITSELF.search(head.lower()) is not None)
        and not random_part(head)
    )
