"""What introduces a credential: a name such as `db_password`, a sign of assignment, and the value after it."""

import re
from collections.abc import Iterable, Iterator

from trimtab.builtin.detectors.patterns.secret_bounds import (
    FIELD,
    LONGEST_HEAD,
    LONGEST_TAIL,
    NUMBERED,
    OF_KEYS,
    PUBLISHED,
    chained,
    name_begin,
    name_end,
)
from trimtab.builtin.detectors.patterns.secret_drawn import random_looking
from trimtab.builtin.detectors.patterns.secret_kinds import KEYS_ONLY, LICENSED, SHORTEST, before, in_bytes, sureness
from trimtab.builtin.detectors.patterns.secret_names import (
    FOREIGN_KINDS,
    PASSWORD,
    SALT,
    TOKEN,
    WEAK,
    kind_of,
    kind_of_key,
)
from trimtab.builtin.detectors.patterns.secret_settings import OPENS_LINE, beside_user, of_a_file
from trimtab.builtin.detectors.patterns.secret_signs import (
    BEFORE_BYTES,
    SIGN,
    UNIT,
    bare_end,
    bare_head,
    bare_value,
    element_text,
    goes_on,
    is_glued,
    plain_value,
    quoted_value,
    sign_at,
)
from trimtab.builtin.detectors.patterns.secret_spoken import spoken
from trimtab.builtin.detectors.patterns.secret_stand_ins import refers, stands_in
from trimtab.builtin.detectors.patterns.secret_values import has_strength, hopeless, like_password
from trimtab.builtin.detectors.patterns.spec import SPACELESS, Judged, Known
from trimtab.detect.signs import as_bytes, later

_FIRST_WORD = later(r"[ ]([A-Za-z-]{2,20})")
_LIST_END = later(r"[^\]})\n]{0,400}")


def assigned(text: str, spans: Iterable[tuple[int, int]], known: Known) -> Iterator[Judged]:
    """The values that look like credentials, of those that the names around `spans`, which rise, introduce."""
    raw = as_bytes(text)
    names = raw.translate(_NAME_SIGNS) + b"."
    signs = raw.translate(_SIGNS) + b"."
    wide = not text.isascii()
    last = -1
    for start, end in spans:
        if start < last:
            continue  # another part of the same name
        begin, upto = start, end
        if names[start - 1] != _ENDS:  # at the beginning of the text that is the sign after its end
            least = start - LONGEST_HEAD if start > LONGEST_HEAD else 0
            begin = names.rfind(b".", least, start) + 1 or least
        if names[end] != _ENDS:
            upto = names.find(b".", end, end + LONGEST_TAIL)
        if wide and begin and text[begin - 1] > _NARROW:
            begin = name_begin(text, start)
        if upto < 0 or (after := text[upto : upto + 1]) == "." or text[upto - 1] == "-" or (wide and after > _NARROW):
            upto = name_end(text, end)
        if upto - end >= LONGEST_TAIL:
            continue
        last = upto
        kind = FOREIGN_KINDS.get(text[start:end].lower()) if begin == start and upto - end < 2 else None
        if kind:
            sign = SIGN.match(text, end)
            found = _judged(text, sign, kind, text[start:end], start, known) if sign else None
            found = found or (spoken(text, end) if kind == PASSWORD else None)
        else:
            may, quoted = signs[upto], signs[begin - 1] == _QUOTE
            signed = may != _ENDS and (may != _MORE or text[upto : upto + 2] not in _NO_SIGNS)
            found = _named(text, begin, upto, known, signed=signed, quoted=quoted) if signed or quoted else None
        if found:
            yield found


_NAME_SIGNS = bytes(0x77 if chr(code).isalnum() or chr(code) in "_-" else 0x2E for code in range(256))
_ENDS = ord(".")
_NARROW = "\xff"  # what is beyond is one sign to `as_bytes`, be it a letter or not
# With what no sign begins, what the character after it decides, and quotes.
_NO_SIGN = frozenset(b"@#$;}~^0123456789")
_NO_SIGNS = frozenset(
    f"{first}{second}"
    for first, may in (("%", "3"), (".", "e"), ("&", "qag#"))
    for second in map(chr, range(128))
    if second not in may
)
_QUOTE, _MORE = ord('"'), ord("%")
_SIGNS = bytes(
    _ENDS if code in _NO_SIGN else _MORE if code in b"%.&" else _QUOTE if code in b"\"'" else ord("s")
    for code in range(256)
)


def _named(text: str, begin: int, upto: int, known: Known, *, signed: bool, quoted: bool) -> Judged | None:
    """The value that the name `text[begin:upto]` introduces, by a sign after it or as a member in quotes."""
    name = text[begin:upto]
    if len(name) > _LONGEST_NAME or (begin and text[begin - 1] == "=" and chained(text, begin)):
        return None
    if begin and text[begin - 1] == ":" and "arn:" in text[max(0, begin - 90) : begin]:
        return None  # the address of a secret, which ends with its name
    kind = kind_of(name.strip("-_"))
    if (not kind or kind == WEAK) and begin and text[begin - 1] == " ":
        # "access key": two words are one name.
        first = _FIRST_WORD.match(text[max(0, begin - 24) : begin][::-1])
        if first and first[1][::-1].lower() in PUBLISHED:
            return None
        if first:
            kind = kind_of(f"{first[1][::-1]}_{name}") or kind
    if not kind:
        return None
    if kind == WEAK and signed:
        if name.lower() == "key":
            kind = kind_of_key(text[max(0, begin - 60) : begin])
        elif name.isupper() and name.endswith("_KEY"):
            kind = TOKEN  # of the environment
    found = _after(text, begin, upto, kind, known) if signed else None
    found = found or (before(text, begin, kind) if quoted else None)
    return found or (spoken(text, upto) if kind == PASSWORD else None)


_LONGEST_NAME = 80


def _after(text: str, begin: int, upto: int, kind: str, known: Known) -> Judged | None:
    """The value that a sign after the name gives it."""
    first, found = text[upto], None
    if first in ":=":
        low = upto + 1
        after = text[low : low + 1]
        if after == " ":
            low += 1
            after = text[low : low + 1]
        if after == '"' and text[low + 1 : low + 2] not in _MORE_QUOTES:
            return _in_quotes(text, begin, upto, kind, low + 1, known)
        if after.isalnum():
            high = plain_value(text, upto, low, SHORTEST[kind])
            if high:
                found = _glued(text, begin, upto, kind, low, high, known)
                return found or (in_bytes(text, begin, upto) if after in BEFORE_BYTES else None)
            head = bare_head(text, low)
            hope = not hopeless(head, key=kind in KEYS_ONLY, licences=kind in LICENSED)
            if not hope and kind == PASSWORD and low == upto + 1 and "=" not in text[low : low + 40]:
                return None
            if is_glued(text, upto, low, head):
                value = bare_value(text, low, head, cell=False) if hope and len(head) >= SHORTEST[kind] else None
                if value:
                    found = _glued(text, begin, upto, kind, low, value[1], known)
                return found or (in_bytes(text, begin, upto) if after in BEFORE_BYTES else None)
    if sign := sign_at(text, upto):
        found = _judged(text, sign, kind, text[begin:upto], begin, known)
    return found or (in_bytes(text, begin, upto) if first in BEFORE_BYTES else None)


_MORE_QUOTES = frozenset(("", *"\"'`"))


def _in_quotes(  # noqa: PLR0917 - as `_glued`
    text: str, begin: int, upto: int, kind: str, low: int, known: Known
) -> Judged | None:
    """As `_judged`, of a value that stands in quotes right after `:` or `=`."""
    value = quoted_value(text, low, '"')
    if value is None:
        return None
    low, high = value
    found = text[low:high]
    name = text[begin:upto]
    literal = (text[upto] == "=" and low == upto + 2 and name.isupper()) or name.lower().endswith("passphrase")
    sure = _sure(found, kind, known, quoted=True, told=True, literal=literal, loose=False)
    sure = sure or beside_user(text, begin, found, kind)
    if not sure and text[begin:upto].lower() == "secret" and _chosen(text, begin, found):
        sure = like_password(found, quoted=True, told=True, literal=False)
    return (low, goes_on(text, high), sure) if sure else None


def _glued(  # noqa: PLR0917 - what `_after` knows
    text: str, begin: int, upto: int, kind: str, low: int, high: int, known: Known
) -> Judged | None:
    """As `_judged`, of what most names are followed by: `:` or `=` and at once `text[low:high]`, a value without quotes."""
    found = text[low:high]
    if found[-1] in ":=" and found[:-1].isalpha():
        return None  # the next name
    literal = (
        (
            text[upto] == "="
            and low == upto + 1
            and (text[begin:upto].isupper() or text[begin] == "-" or text[begin - 1 : begin] in _OF_A_LITERAL)
        )
        or (
            # `DB_PASSWORD: heron-timber`, the whole of a line of YAML
            text[upto] == ":"
            and text[high : high + 1] in _ENDS_LINE
            and text[begin:upto].isupper()
            and "_" in text[begin:upto]
        )
        or (
            # `server.ssl.key-store-password=oak-heron`, the whole of a line of properties
            text[upto] == "="
            and text[high : high + 1] in _ENDS_LINE
            and _PROPERTY.search(text, max(0, begin - _LONGEST_NAME), begin) is not None
        )
    )
    if text[high : high + 1] in _OPENS:
        return None
    sure = known.get((found, kind, literal))
    if sure is None:
        code = _refers(found, drawn=True) and not (literal and found.isalpha())
        sure = 0.0 if code else sureness(found, kind, quoted=False, told=True, literal=literal, loose=False)
        known[found, kind, literal] = sure
    if not sure and text[high : high + 1] in _ENDS_LINE and "." not in found:
        sure = beside_user(text, begin, found, kind) or of_a_file(text, begin, upto, found, kind)
    return (low, bare_end(text, low, high, further=True), sure) if sure else None


def _sure(found: str, kind: str, known: Known, *, quoted: bool, told: bool, literal: bool, loose: bool) -> float:
    """`sureness`, asked once of each value of a text."""
    asked = found, kind, quoted, told, literal, loose
    sure = known.get(asked)
    if sure is None:
        sure = known[asked] = sureness(found, kind, quoted=quoted, told=told, literal=literal, loose=loose)
    return float(sure)


def _chosen(text: str, begin: int, found: str) -> bool:
    """Whether a `secret` may be a password that somebody chose: by its signs, or because it signs sessions."""
    return bool(_DIGIT_WITHIN.search(found)) or has_strength(found) or "session(" in text[max(0, begin - 40) : begin]


_OF_A_LITERAL = frozenset("?&;-")
_PROPERTY = later(r"(?:\A|\n)[ \t]*(?:[a-z][\w-]*\.)+\Z")
_OPENS = frozenset("([")
_COMPARED = frozenset(("==", "===", "!=", "!=="))
_ENDS_LINE = frozenset(("", "\n", "\r"))


def abroad(text: str, spans: Iterable[tuple[int, int]], known: Known) -> Iterator[Judged]:
    """The values after words of `ABROAD`."""
    for start, end in spans:
        word = text[start:end]
        kind = FOREIGN_KINDS.get(word.lower())
        if not kind or end == len(text):
            continue
        if "=" in text[max(0, start - LONGEST_HEAD - 1) : start] and chained(text, name_begin(text, start)):
            continue
        sign = sign_at(text, end)
        found = _judged(text, sign, kind, word, start, known) if sign else None
        found = found or ((spoken(text, end) or _at_once(text, end)) if kind == PASSWORD else None)
        if found:
            yield found


_AT_ONCE = later(r"[ ]?(?=[^\s]{0,32}\d)([A-Za-z0-9*#][A-Za-z0-9*#@!_.%&+-]{3,31})(?![\w%])")


def _at_once(text: str, end: int) -> Judged | None:
    """`密码580213#`: what follows a word of a script without spaces, without any sign."""
    found = _AT_ONCE.match(text, end) if _SPACELESS.match(text, end - 1) else None
    value = found[1].rstrip(".") if found else ""
    return (found.start(1), found.start(1) + len(value), 0.7) if found and not stands_in(value) else None


_SPACELESS = later(SPACELESS)
_DIGIT_IN_WORD = later(r"[^\s\d]{0,63}\d")
_TOLD_BEFORE = later(r"(?:(?:^|\n)[ \t]*(?:ENV|ARG|export|setx?) |\blogin [\w.@-]{1,40}\s{1,4})\Z")
_ALONE = later(
    r"(?:\A|\n)[ \t>*#-]{0,6}(?:[A-Za-z]{2,12} )?\Z|\bname=[\"']\Z"
)  # what may stand before a name in a line of its own
_SETTINGS = frozenset({"requirepass", "masterauth", "bindpw", "rpcpassword"})  # after which the value stands at once
_DIGIT_WITHIN = later(r"[A-Za-z]\d+[A-Za-z]|[A-Z][a-z]+[A-Z][a-z]*\d")
_IN_CELL = later(r"\|[ *`\"']*(?:\w{1,20} ){0,3}[*`\"']*\Z")


def _judged(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one question after the other, as read
    text: str, sign: re.Match[str], kind: str, name: str, begin: int, known: Known
) -> Judged | None:
    # All groups at once: asked for one by one they take as long as what is asked of them.
    close, typed, equals, fallback, pair, markup, call, table, prose, east, under, option, listed, opened = (
        sign.groups()
    )
    quoted, below = bool(opened), under is not None
    option = below or option is not None
    if below and not _ALONE.search(text[max(0, begin - 24) : begin]):
        return None
    bare, head = not quoted and markup is None, ""
    if bare:
        if equals in {"==", "===", "!=", "!=="}:
            return None
        head = bare_head(text, sign.end())
        if len(head) < SHORTEST[kind] or (
            hopeless(head, key=kind in KEYS_ONLY, licences=kind in LICENSED)
            and not beside_user(text, begin, head, kind)
            and not of_a_file(text, begin, begin + len(name), head, kind)
        ):
            return None
    flag = option and (
        name.startswith("-")
        or name.lower() in _SETTINGS
        or (
            (name.isupper() or "login" in text[max(0, begin - 60) : begin])
            and _TOLD_BEFORE.search(text[max(0, begin - 60) : begin]) is not None
        )
    )
    if markup and close == "" and text[begin - 1 : begin] not in {"<", ":", '"', "'"} and markup.strip() in {">", "/>"}:
        return None
    if (option and not (flag or quoted)) and (
        (close and not below) or kind == SALT or not _DIGIT_IN_WORD.match(text, sign.end())
    ):
        return None
    if table and not _IN_CELL.search(text[max(0, begin - 60) : begin]):
        return None
    if bare:
        value = bare_value(text, sign.end(), head, cell=table is not None)
    else:
        value = quoted_value(text, sign.end(), opened) if quoted else element_text(text, sign.end())
    if value is None:
        return None
    low, high = value
    if prose or option or east:
        asks = text[high - 1] == "?"  # a question, unless something else ends the sentence
        while (
            high > low
            and text[high - 1] in (".,:;?)" if asks else ".,:;)")
            and not flag
            and (not quoted or text[high - 1] in ".,")
        ):
            high -= 1
        if high - low < 4 or (text[low:high].isdigit() and UNIT.match(text, high)):
            return None
    found = text[low:high]
    if below and text[high : high + 1] not in {"", "\r", "\n", "`"}:
        return None
    if option and not flag and (NUMBERED if name.lower().endswith(OF_KEYS) else FIELD).match(found):
        return None
    if (markup and found[0] == "@") or (opened.endswith('"""') and found.isalpha()):
        return None  # `<password>@host`, and the first word of a docstring
    if not quoted and found[-1] in ":=" and found[:-1].isalpha():
        return None  # the next name
    told = flag or bool(
        equals or typed or pair or markup or table or fallback or (call and not call.lstrip().startswith(","))
    )
    whole = quoted and option and text[high + 1 : high + 2] in _ENDS_LINE
    whole = whole and OPENS_LINE.search(text, max(0, begin - 24), begin) is not None
    told = told or whole  # `rcon_password "..."`, the whole of a line
    if not told and quoted and _DIGIT_IN_WORD.match(found) and ("_" in name or not (name.islower() or name.isupper())):
        told = True  # `storePassword '...'`, `define('DB_PASSWORD', '...')`: no sentence has such a word
    literal = flag or (
        equals == "=" and sign.end() - sign.start("sign") == 1 and (name.isupper() or "." in name or "=" not in name)
    )
    if quoted:
        # `PGPASSWORD='...'`, and what a password is compared with.
        width = sign.end() - sign.start("sign") - len(opened) if equals == "=" and name.isupper() else 0
        literal = literal or width == 1 or equals in _COMPARED or name.lower().endswith("passphrase")
    if literal and not flag and not quoted and not (name.isupper() or text[begin - 1 : begin] in _OF_A_LITERAL):
        literal = False
    if bare and text[high : high + 1] in _OPENS:
        return None
    code = bare and _refers(found, drawn=equals in {"=", ":"}) and not (literal and found.isalpha())
    quoted_or_marked, loose = quoted or bool(markup), option and not flag and not whole
    sure = 0.0 if code else _sure(found, kind, known, quoted=quoted_or_marked, told=told, literal=literal, loose=loose)
    if not sure and quoted and told and name.lower() == "secret" and _chosen(text, begin, found):
        sure = like_password(found, quoted=True, told=True, literal=False)  # a secret may be a key or a password
    if told and not sure and (quoted or (text[high : high + 1] in _ENDS_LINE and "." not in found)):
        sure = beside_user(text, begin, found, kind)
        sure = sure or (0.0 if quoted else of_a_file(text, begin, begin + len(name), found, kind))
    if not sure:
        return None
    if not quoted:
        return low, bare_end(text, low, high, further=equals is not None, markup=bool(markup)), sure
    high = goes_on(text, high)
    if listed:
        rest = _LIST_END.match(text, high)
        high = rest.end() if rest else high
    return low, high, sure


def _refers(value: str, *, drawn: bool) -> bool:
    """Whether a value without quotes is code: a name, a call, an attribute; what looks `drawn` may be none."""
    return refers(value) and not (drawn and random_looking(value, 10))
