"""The signs between the name of a credential and its value, and where that value begins and ends.

Signs are those of code, files, shells, markup and prose; a value goes as far as its quotes or as far as a person would
read it.
"""

import re
import string

from trimtab.builtin.detectors.patterns.secret_drawn import random_part
from trimtab.detect.signs import later

_QUOTE = r"(?:\\{1,6}[\"'`]|&(?:amp;)?(?:quot|#34|#39|apos);|[\"'`]{1,3}|[“”„«»「」‘’])"
# Markup between a name and its value.
_AROUND = r"</?(?:b|strong|i|em|code|span|tt|kbd|samp|pre|label)(?:\s[^<>\n]{0,60})?>\s{0,10}"
# What may stand between a name and its sign: which of several it is.
_WHICH = "new|old|neue?|alte?|nueva|nuevo|actual|nova|novo|nouveau|actuel|nuova|nowe|nieuw|wifi|temporal|temporaire|temporaneo"
_CLOSE = (
    # What closes the name: its quote, a bracket, emphasis.
    rf"(?P<close>{_QUOTE}?[\])]{{0,2}}(?:\*\*|__|</(?:b|strong|code|em|label|span|dt|th)>)?)"
    rf"(?:[ \t]\((?![\"'`])[^()\n]{{1,40}}\)|[ \t](?:for|of|pour|para|f[üu]r|to|voor|van|di|del|della|de|des|du|do|da|von|vom|dla|na)[ \t][\w.@-]{{1,30}}(?:[ \t][\w.@-]{{1,30}})?(?:[ \t]\([^()\n]{{1,40}}\))?(?=[ \t]?[:=])|[ ]#?\d{{1,2}}(?=:[ ]|[ ]?=)|[ ](?:{_WHICH})(?=[ \t]?[:=]))?"  # password (temporary): ...
)
_TYPED = r"(?P<typed>\s\{[^{}\n]{1,30}\}\s{0,3}=\s{0,3}|\s{0,3}:\s{0,3}[&*]{0,2}(?:'\w{1,20} )?[A-Za-z_][\w.<>\[\]|?\"' ]{0,30}?(?:\s{1,3}=\s{0,3}|=(?=[\"'`bBrRfFuU]))|\s{1,2}(?:string|String|str|text)\s{0,2}=\s{0,3}|\[\d{0,4}\]\s{0,3}=\s{0,3})"
_EQUALS = (
    r"\s{0,20}(?P<sign>:=|\|\|=|<-|=>|===?|!==?|\?=|\+=|[:=]|：|＝|->|→|&gt;|%3[dDaA])(?:\*\*)?[ \t]{0,20}(?:[|>][+-]?)?(?:\s{1,20}|\s{0,4}\\\r?\n\s{0,20})?"
    rf"(?:{_AROUND}){{0,3}}(?:!{{1,2}}[a-z]{{0,9}}[ \t]{{1,3}}|&\w{{1,20}}[ \t]{{1,3}}|-[ \t]{{1,3}})?"
)
_OTHERS = (
    r"(?P<fallback>\)?\s{0,3}(?:\|\||\?\?|\?:|\bor\b|\.equals(?:IgnoreCase)?\(|\|\s?default\()\s{0,3}(?=[\"'`]))"
    r"|(?P<pair>(?:\s{0,3}(?:,\s{0,20}|\s{1,20})[\"']?(?:description|type|label|required|secret|sensitive|kind)[\"']?\s{0,3}[:=]\s{0,3}(?:\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'|[^\"'\s,][^\n,]{0,80})){0,3}\s{0,3},\s{0,20}[\"']?(?:[Vv]alue|default|content|Default|VALUE)[\"']?\s{0,3}[:=]\s{0,3}|(?:\s{0,3}\n\s{0,20}(?:description|type|label|required|secret|sensitive|kind)\s{0,3}[:=][^\n]{0,80}){0,3}\s{0,3}\n\s{0,20}[\"']?(?:value|default|content)[\"']?\s{0,3}[:=]\s{0,3}|\s{1,3}(?:\w{1,20}:)?(?:value|content|default)\s{0,2}=\s{0,2}|\s{0,3}\{(?:[^{}\"]|\"[^\"\n]{0,80}\"){0,200}?\bdefault\s{0,20}=\s{0,4})"
    r"|(?P<markup>\s{0,4}/?>\s{0,40}(?:<(?:value|string)>\s{0,20})?(?:</(?:td|th|key|dt|name|b|strong|code|label)>\s{0,20}<(?:td|string|dd|value|code|span)[^<>\n]{0,40}>\s{0,10})?(?:<!\[CDATA\[)?|\s{0,4}</(?:td|th|key|dt|name)>\s{0,20}<(?:td|string|dd|value)[^<>\n]{0,40}>\s{0,10}(?:<(?:code|b|tt|span)[^<>\n]{0,40}>\s{0,10})?|(?:\s{1,3}[A-Za-z:-]{2,16}\s{0,2}=\s{0,2}[\"'][^\"'<>\n]{0,60}[\"']){1,4}\s{0,3}>\s{0,20})"
    rf"|(?P<call>\s{{0,3}}[({{,]\s{{0,20}}(?:[A-Z_]{{2,30}}\s{{0,3}},\s{{0,3}})?(?:{_QUOTE}[\w. -]{{1,40}}{_QUOTE}\s{{0,3}},\s{{0,3}})?(?={_QUOTE}))"
    r"|(?P<table>\s{0,20}\|\s{0,20})"
    r"|(?P<prose>[ \t][-–—][ \t]{1,3}|(?:[ \t][\w.@'’()-]{1,24}+){0,6}?(?:,[ \t](?:still|toujours|immer noch|todavía|ancora|ainda)|[ \t](?:to be|will be|is|was|still|sera|será|sarà|wird|wordt|staat|steht|remains|reste|bleibt|blijft|queda|sigue siendo|rimane|resta|continua|fica|brzmi|luidt|are|be|ist|lautet|es|est|c['’]est|é|è|är|er|jest|is:|to|equals|это|это:|является))(?:[ \t](?:now|set to|changed to|reset to|updated to|rotated to|back to|ge[äa]ndert (?:auf|in|zu)|currently|still|nun|jetzt|ahora|maintenant|this|the following|auf|in|op|a|en|su))?[ \t]?:?[ \t]{1,3})"
    r"|(?P<east>\s?(?:(?:已)?(?:改成|改为|改為|更改为|更改為|变更为|變更為|换成|換成|设为|設為|设置为|設定為|重置为|重設為|更新为|更新為)了?|是|为|為|は|が|を|는|은|을|를|ist)\s?[：:]?\s?)"
    r"|(?P<below>:?(?:\*\*)?[ \t]{0,3}\r?\n[ \t]{0,4}(?:\r?\n)?(?=[^\s<|-]))"
    r"|(?P<option>(?:[ \t]|\\t){1,24}(?:(?:-{1,2}[A-Za-z]{2,16}|ascii-text|hexadecimal|cleartext)[ \t]){0,2}(?:\\\n\s{0,8})?)"
)
_VALUE = (
    # A call with a default, or a conversion, may stand before the literal.
    r"(?:(?:os\.)?(?:getenv|environ\.get|env\.get|getEnv|ENV\.fetch)\([^()\n]{1,60}?(?:,|\)\s{0,2}(?:or|\|\||\?\?))\s{0,2}(?=[\"'`])|(?:Just\s)?(?:new\s)?(?:String|SecretStr|str|bytes|bytes\.fromhex|unhexlify|binascii\.unhexlify|md5|MD5|sha1|SHA1|\[\]byte|sha256|SHA256|sha2|SHA2|PASSWORD|crypt|Field|b64decode|Buffer\.from|secret|Some|base64\.b64decode|encode|quote|Secret|new_secret)\((?=[\"'`]))?"
    rf"(?P<list>[\[({{]{{1,2}}\s{{0,20}}(?={_QUOTE}))?"
    rf"(?P<open>(?:[bBuUrRfFLN@$]{{0,2}}{_QUOTE})?)"
)
SIGN = later(f"{_CLOSE}(?:{_TYPED}|{_EQUALS}|{_OTHERS}){_VALUE}")
_NONE_OF_THEM = "|".join(
    f"(?P<{name}>(?!))" for name in ("fallback", "pair", "markup", "call", "table", "prose", "east", "below", "option")
)
_BY_FIRST = {  # the same, of what may begin so
    "=": later(f"(?P<close>)(?:(?P<typed>(?!))|{_EQUALS}|{_NONE_OF_THEM}){_VALUE}"),
    ":": later(f"(?P<close>)(?:{_TYPED}|{_EQUALS}|{_NONE_OF_THEM}){_VALUE}"),
}
_QUOTES = frozenset("\"'`")
_BEGINS_NONE = frozenset(f"{string.ascii_letters}{string.digits}@#$;}}~^") - frozenset("oi")  # but for `or` and `ist`
_AFTER_AMPERSAND = ("&quot;", "&apos;", "&amp;", "&gt;", "&#3")


def sign_at(text: str, at: int) -> re.Match[str] | None:
    """What `SIGN` sees at a place before the end of the text."""
    first = text[at]
    if first in _QUOTES:
        if text[at + 1 : at + 2] in _BEGINS_NONE:
            return None
    elif first in _BEGINS_NONE or (first == "&" and not text.startswith(_AFTER_AMPERSAND, at)):
        return None
    return _BY_FIRST.get(first, SIGN).match(text, at)


_LEAST_GLUED = 4


def is_glued(text: str, upto: int, low: int, head: str) -> bool:
    """Whether `SIGN` would see no more than `:` or `=` after a name, of whose value `head` is the beginning at `low`.

    More would be a quote after one or two letters, a call that reads the value, or a type with a sign of its own.
    """
    return (
        len(head) >= _LEAST_GLUED
        and head[:3].isalnum()
        and "(" not in head
        and (text[upto] == "=" or "=" not in text[low : low + 40])
    )


_IN_QUOTES = {
    '"': later(r'(?:\\.|[^"\\\r\n]){1,512}'),
    "'": later(r"(?:\\.|''(?=\w)|[^'\\\r\n]){1,512}"),
    "`": later(r"[^`\r\n]{1,512}"),
}
_IN_ESCAPED = later(r"(?:[^\\\"'`\r\n&]|&(?!(?:amp;)?(?:quot|#34|#39|apos);)|\\(?!\\{0,5}[\"'`]).){1,512}")
_PLAIN_IN_QUOTES = {quote: later(rf"[^{quote}\\\r\n]{{1,512}}") for quote in "\"'"}
_IN_CURLY = later(r"[^“”„«»「」‘’\r\n]{1,512}")
_BARE = later(r"[^\s\"'`<>，。；、」「“”]{1,512}")
_LONGEST_HEAD = 64
_BARE_HEAD = later(r"[^\s\"'`<>，。；、」「“”]{1,64}")
# Letters of a script without spaces that go on after a value: the next name with its sign, or the rest of the sentence.
_EAST = later(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,24}"
    "(?:[是为為はが는은：:=]|[^\\s!-~，。；、」「“”]{0,40}(?=[\\s\"'`<>，。；、」「“”]|\\Z))"
)
_BLANK = later(r"\s{0,40}")
_IN_CELL_TEXT = later(r"[^\s\"'`<>|]{1,512}")
_MORE = later(r"[A-Za-z0-9+/_-]{1,16000}={0,2}")
_MARKUP_TEXT = later(r"[^<>\r\n]{1,512}")
_NEXT = later(
    # All begin with one of these signs, so that what comes before the first of them is passed over quickly.
    r"[,;&|?%\\*](?:(?<=[,;&|?])[ \t]{0,2}(?:amp;)?[\w.-]{1,40}+\s?[=:]|(?<=%)26[\w.-]{1,40}+%3[dD]|(?<=\\)[nrt\"']"
    r"|(?<=&)(?:(?:amp;)?(?:quot|#\d+);|[lg]t;)|(?<=;)(?=\s|\Z)|(?<=\*)\*(?!\w)|(?<=,)(?=[A-Za-z_]+[=:]))"
)
_JOIN = later(
    r"[\"'`](?:\s{0,8}(?:[+.\\]|&(?:\s_)?)\s{0,8}\\?|\s{0,8}\\?)(?:\r?\n\s{0,40}(?:[+.&]\s{0,8})?)?[brfuBRFU]?[\"'`]([^\"'`\r\n]{4,512})(?=[\"'`])"
)


def bare_head(text: str, start: int) -> str:
    """The first characters of a value without quotes."""
    head = _BARE_HEAD.match(text, start)
    return head.group() if head else ""


def bare_value(text: str, start: int, head: str, *, cell: bool) -> tuple[int, int] | None:
    """Where the value is that begins so, without quotes: up to a space, the next name, or letters of another script."""
    high = start + len(head)
    east = None if head.isascii() else _EAST.search(text, start + 4, high)
    cut = None
    if east and text[start : east.start()].isascii():
        high = east.start()
    elif cell or len(head) == _LONGEST_HEAD:
        # Where one value stands close to the next, the rest of them all need not be read for every one.
        cut = None if cell else _NEXT.search(text, start, high)
        if not cut or cut.end() == high or cut.start() == start:
            cut = None
            match = (_IN_CELL_TEXT if cell else _BARE).match(text, start)
            if not match:
                return None
            high = match.end()
    cut = cut or _NEXT.search(text, start, high)
    if cut and cut.start() > start:
        high = cut.start()
    while high > start and (
        text[high - 1] in ",;"
        or (text[high - 1] in ")]}" and not any(opening in text[start:high] for opening in "([{"))
    ):
        high -= 1
    return (start, high) if high > start else None


_PLAIN = later(r"([A-Za-z0-9]{4,50}+)(?:(?=[\s\"'`<>]|\Z)|[,;&|?](?:amp;)?[A-Za-z0-9_.-]{1,40}+[=:])")


def plain_value(text: str, upto: int, low: int, least: int) -> int:
    """Where the value ends that begins at `low`, if it is a word with a digit before a space, a quote or the next name.

    It is then what `bare_head`, `is_glued` and `bare_value` would say, and not `hopeless`; 0 where they have to be asked.
    """
    word = _PLAIN.match(text, low)
    if not word or word.end() >= low + _LONGEST_HEAD:
        return 0
    high = word.end(1)
    if high - low < least or text[low:high].isalpha() or text.find("(", low, low + _LONGEST_HEAD) >= 0:
        return 0
    return high if text[upto] == "=" or text.find("=", low, low + 40) < 0 else 0


def quoted_value(text: str, start: int, opened: str) -> tuple[int, int] | None:
    """Where the value is that `opened`, a quote of any kind, opens."""
    opened = opened.lstrip("bBuUrRfFLN@$")
    if opened[0] in "\\&":
        match = _IN_ESCAPED.match(text, start)
    elif opened[0] in _IN_QUOTES:
        if len(opened) == 2:  # an empty string
            return None
        if len(opened) == 3:
            blank = _BLANK.match(text, start)
            start = blank.end() if blank else start
        match = _within(text, start, opened[0])
    else:
        match = _IN_CURLY.match(text, start)
    if not match:
        return None
    low, high = match.span()
    while low < high and text[high - 1] in " \t":
        high -= 1
    while low < high and text[low] in " \t":
        low += 1
    return (low, high) if low < high else None


def _within(text: str, start: int, quote: str) -> re.Match[str] | None:
    """What stands there before the next such quote or the end of the line."""
    if quote in _PLAIN_IN_QUOTES:  # quicker where nothing is escaped
        match = _PLAIN_IN_QUOTES[quote].match(text, start)
        if match:
            end = match.end()
            if text[end : end + 1] != "\\" and not (quote == "'" and text[end : end + 2] == "''"):
                return match
    return _IN_QUOTES[quote].match(text, start)


def element_text(text: str, start: int) -> tuple[int, int] | None:
    """Where the value is that stands between tags."""
    match = _MARKUP_TEXT.match(text, start)
    if not match:
        return None
    stripped = match.group().strip().removesuffix("]]")
    low = start + len(match.group()) - len(match.group().lstrip())
    return (low, low + len(stripped)) if stripped and " " not in stripped else None


_WRAPPED = later(r"\\?\r?\n[ \t]{0,40}([A-Za-z0-9+/_-]{8,160}={0,2})(?=[\"'`<\s\\]|\Z)")


_FURTHER_IN = later(r"\r?\n[ \t]")  # a line that goes on with the one before it
_LONG = 500  # characters of a value of which only the beginning was read


def bare_end(text: str, low: int, high: int, *, further: bool, markup: bool = False) -> int:
    """Where a value without quotes ends: in a line `further` in it goes on, in `markup` in any."""
    if markup or text[high - 1] == "\\" or (further and _FURTHER_IN.match(text, high)):
        return goes_on(text, high)
    more = _MORE.match(text, low) if high - low >= _LONG else None
    return max(high, more.end()) if more else high


def goes_on(text: str, high: int) -> int:
    """The end of a literal that goes on in the next lines."""
    for _ in range(60):
        more = _WRAPPED.match(text, high)
        if not more or not random_part(more[1].rstrip("=")):
            break
        high = more.end(1)
    for _ in range(60):
        more = _JOIN.match(text, high)
        if not more or " " in more[1].strip():
            break
        high = more.end(1)
    return high


# What a number counts, which is then no password.
UNIT = later(
    r"\s(?:characters?|chars?|bits?|bytes?|digits?|seconds?|minutes?|hours?|days?|times|letters|symbols|tokens|words|per|of|or|and|years?|months?|weeks?|zeichen|caracteres|users?|attempts?)\b",
    re.IGNORECASE,
)
# A value before the name that says what it is, in an element or an object: `value="..." name="password"`.
_MEMBER = r"[\"']?\w{1,20}[\"']?\s{0,3}[:=]\s{0,3}(?:[\"'][^\"'\n]{0,80}[\"']|\w{1,20})"
_VALUE_FIRST = later(
    r"\b(?:value|content|default)[\"']?\s{0,3}[:=]\s{0,3}[\"'](?P<value>[^\"'\n]{4,200})[\"']"
    rf"(?:[\s,]{{1,20}}{_MEMBER}){{0,3}}[\s,]{{1,20}}[\"']?(?:name|key|id|type|field|label)[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']\Z",
    re.IGNORECASE,
)


def value_before(text: str, begin: int) -> tuple[int, int] | None:
    """Where the value is that stands before its name, which begins in quotes at `begin`."""
    if text[begin - 1 : begin] not in {'"', "'"}:
        return None
    low = max(0, begin - 300)
    near = text[low:begin]
    if "value" not in near and "content" not in near and "default" not in near:
        return None
    found = _VALUE_FIRST.search(near)
    return (low + found.start("value"), low + found.end("value")) if found else None


_BYTES = later(
    r"[\[({]\s{0,20}(?:(?:0x[0-9A-Fa-f]{1,2}|\d{1,3}|'[^'\n]')[uUL]?\s{0,8},[\s\\]{0,20}){7,400}(?:0x[0-9A-Fa-f]{1,2}|\d{1,3}|'[^'\n]')?"
)
_LONGEST_BYTES_SIGN = 64
_BYTES_SIGN = later(
    r"(?:\[\d{0,4}\])?\s{0,4}(?::=|[:=])?\s{0,4}(?:new\s)?(?:\[\]\s?)?(?:byte|uint8|u8|char|bytes|bytearray|Uint8Array|unsigned char)?\s{0,2}(?:\[\d{0,4}\])?\s{0,2}[(]?(?=[\[({])"
)
BEFORE_BYTES = frozenset("[({:=nbucU" + "".join(char for char in map(chr, range(0x3001)) if char.isspace()))
"""With what a row of bytes may begin after a name."""


def row_of_bytes(text: str, end: int) -> tuple[int, int] | None:
    """Where a row of numbers is that follows a name, as a program writes the bytes of a key."""
    near = text[end : end + _LONGEST_BYTES_SIGN]
    if "[" not in near and "{" not in near and "(" not in near:
        return None
    sign = _BYTES_SIGN.match(text, end)
    row = sign and _BYTES.match(text, sign.end())
    return (row.start() + 1, row.end()) if row else None
