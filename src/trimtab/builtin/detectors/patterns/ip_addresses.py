"""Addresses of machines among numbers, with ports and prefixes; and the versions and clauses that are written alike."""

import re
from collections.abc import Sequence
from functools import lru_cache

from trimtab.builtin.detectors.patterns.spec import Seen, joins, stressed
from trimtab.detect.signs import later

DOTS = 3
_QUAD = later(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_BEHIND = later(r"(?::[0-9]{1,5}|/[0-9]{1,3})(?![0-9])")
_FILE = later(r"[-+~][A-Za-z]|\.(?:tar|t?gz|zip|jar|war|whl|deb|rpm|dll|exe|msi|pkg|apk|ipa|nupkg|vsix|bin|img|so)\b")
CONTEXT = 47
"""Characters before an address in which a word may say that it is a version."""

# Of what has versions and of what is numbered within a document, in the languages that we read.
_WORDS = (
    r"(?:\b(?:versions?|version(?:en|s?nummer)|versi[oó]n(?:es)?|vers[ãa]o|vers[õo]es|version[ei]|versies?|wersj\w{1,3}|verz[ei]\w?|верси\w{1,3}"
    r"|s[üu]r[üu]m\w{0,4}|ver|v|firmwares?|releases?|builds?|(?P<weak>up(?:dat|grad)\w{1,5}|aktualis\w{1,12}|actualiz\w{1,8}|aggiorn\w{1,8}"
    r"|atualiz\w{1,8}|mises? [àa] jour|обновл\w{1,6})|drivers?|treibers?|pilotes?|patch(?:es)?|kernel|bios|uefi|sdk|ios|ipados|macos|android|chrome|oid"
    r"|clauses?|cl[áa]usulas?|klauseln?|sections?|secci[oó]n|se[cç][ãa]o|sezione|sekcj\w|abschnitt\w?|kapitel|ziffern?|chapters?|chapitres?"
    r"|\w{1,24}_version|pr[áa]cticas?|ejercicios?|exercises?|exercices?|[üu]bung(?:en)?|aufgaben?|tareas?|esercizi\w?|derleme\w{0,3}|s[üu]r[üu]mler|sborka|сборк\w|changelogs?|tags?|wydani\w|utg[åa]v\w"
    r"|cap[íi]tulo|articles?|art[íi]culo|artikel|artigo|articolo|paragra(?:phs?|f\w{1,2})|punto|punkt\w{0,2}|apartado|annex|anexo|anlage)\b"
    r"|§|版数|版本号?|构建|编译|ビルド|빌드|릴리스|バージョン|ファームウェア|更新|升级|버전|펌웨어|업데이트|वर्शन|वर्ज़न|เวอร์ชัน)"
)
_AMONG = (
    r"(?:[\s:=.,;\"'`()\[\]#§*-]|从|由|自|から|はが|は|が|を|为|為|是|到|至|의|\b(?:v|is|was|to|of|the|a|an|number|no|nr|n[º°]|auf|zu|zur|bis|nach|ist|est|es|à|al|para|na|do|von|from|de|desde"
    r"|depuis|da|dalla|van|naar|z|od|et|und|and|or|oder|ou|vs|than|y|e|i|through|until|older|newer|latest|current|new|old|stable)\b"
    r"|[0-9]{1,5}(?:\.[0-9]{1,5}){1,3}){0,24}"
)
_ANNOUNCED = later(rf"{_WORDS}(?P<among>{_AMONG})\Z")
_SECOND = later(
    rf"{_WORDS}{_AMONG}(?<![0-9.])(?P<first>[0-9]{{1,3}})(?:\.[0-9]{{1,3}}){{3}}(?![0-9.])[^.;\n]{{0,64}}\Z"
)
_SAYS_SO, _SIGNS = ("version", "build"), " \t.:#"
_FROM = later(r"\b(?:from|von|de|desde|depuis|da|dalla|van|z|od)\s{1,2}\Z")
_UP_TO = later(r"\s{0,2}(?:to|auf|nach|bis|zu|[àa]|al|para|naar|na|do|->|→)\s{1,2}v?[0-9]")
_AFTER = later(
    r" ?(?:(?:updates?|upgrades?|firmware|releases?|versions?|builds?|patch|beta|alpha|rc|stable)\b|s[üu]r[üu]m|版|バージョン|버전|वर्शन|वर्ज़न)"
)
_AFTER_REACH = 20
_OUTSIDE = 128
"""What begins with more is hardly ever a version; nor are the networks 127/8 and 100.64/10."""


def without_addresses(text: str, start: int, end: int, found: list[Seen]) -> list[tuple[int, int]]:
    """Adds the addresses in a row of digits and signs to what was found; what is left of the row beside them."""
    written = text[start:end]
    parts = written.split(".")
    # Most rows with so many dots are one address and nothing else.
    if len(parts) == DOTS + 1 and all(parts) and max(map(len, parts)) <= 3 and "".join(parts).isdecimal():
        lone = text[start - 1 : start] != "." and not (
            text[end : end + 1] == "." and text[end + 1 : end + 2].isdecimal()
        )
        if not lone or not _add(text, start, end, parts, found):
            return [(start, end)]
        return []
    left: list[tuple[int, int]] = []
    at = start
    for quad in _QUAD.finditer(text, max(0, start - 1), min(len(text), end + 2)):
        low, high = quad.span()
        if low < start or not _add(text, low, high, quad.group().split("."), found):
            continue
        left.append((at, low))
        behind = _BEHIND.match(text, high)
        at = behind.end() if behind else high
    left.append((at, end))
    return left


def _add(text: str, low: int, high: int, parts: Sequence[str], found: list[Seen]) -> bool:
    """Whether four numbers are an address or a version; adds the former to what was found."""
    first, second, third, fourth = map(int, parts)
    if max(first, second, third, fourth) > 255:
        return False
    surely = first >= _OUTSIDE - 1 or (first == 100 and 64 <= second < 128)
    if not surely and (
        ("0" in text[low:high] and _LEADING_ZERO.search(text, low, high)) or _among_fractions(text, low, high)
    ):
        return False
    if _stands_alone(text, low, high) and not _is_version(text, low, high, first, surely=surely):
        found.append((low, high, 0.95, "personal.ip"))
    return True


def _among_fractions(text: str, low: int, high: int) -> bool:
    """Whether four numbers are two or three fractions that run together, as in the paths of a drawing (`-1.5.64.73`)."""
    before, after = text[max(0, low - _LONGEST) : low], text[high : high + _LONGEST]
    if (before[-1:] in {"-", "+"} and not _ENDS_QUAD.search(before)) or _GOES_ON.match(after):
        return True
    if before[-1:] not in _PARTS or not _NUMBER_NEXT.match(after):
        return False
    return not _ENDS_QUAD.search(before) and _FRACTION.search(before) is not None


_LONGEST = 24
_LEADING_ZERO = later(r"(?<![0-9])0[0-9](?=[0-9]?(?:\.|\Z|[^0-9]))")
_ENDS_QUAD = later(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:[:/][0-9]{1,5})?[-, \t]{1,2}\Z")
_GOES_ON = later(r"[-+]\.?[0-9](?!(?:[0-9]{0,2}\.[0-9]{1,3}){3})")
_FRACTION = later(r"(?:[0-9]*(?:\.[0-9]+)+|(?<![^ ,])[01])[ ,\t]{1,2}\Z")
_NUMBER_NEXT = later(r"[ ,\t]{1,2}-?\.?[0-9]")
_PARTS = frozenset(" ,\t")


def _stands_alone(text: str, low: int, high: int) -> bool:
    before, after = text[low - 1 : low], text[high : high + 1]
    if before == "_" or after == "_":
        return before == after and stressed(text, low, high)
    return not (before == "%" or joins(before or " ") or joins(after or " "))


def _is_version(text: str, low: int, high: int, first: int, *, surely: bool) -> bool:
    """Whether words around four numbers, or the numbers, say that they are no address; those of local networks are some."""
    if first in {0, 255}:
        return True
    if surely:
        return text[max(0, low - 12) : low].rstrip(_SIGNS).lower().endswith(_SAYS_SO)
    if _FILE.match(text, high) or _of_a_release(text, low, high, first):
        return True
    return _told(text[max(0, low - CONTEXT) : low].lower(), first, text[high : high + _AFTER_REACH].lower())


_HEADING = later(r"(?:\A|\n)#{1,4} \[?v?\Z")
_RELEASED = later(r"[ \])]{0,3}[(–—-]{0,2} ?(?:19|20)[0-9]{2}[-/.][0-9]{2}")
_PATH = later(r"/[\w.+-]{1,40}/\Z")
_PATH_REACH = 64
_LOCAL = 10  # the network that many machines are in; in a path a version rarely begins so
_HIGHEST_MAJOR = 40
_BUMP = r"\b(?:bump\w{0,3}|upgrad\w{0,3}|updat\w{0,3}|pin(?:s|ned)?|requires?|depend\w{0,6}|lib\w{0,20}|packages?)\b[^.;\n]{0,24}"
_BUMPED = later(rf"{_BUMP}\Z")
_BUMPED_TO = later(rf"{_BUMP}(?<![0-9.])(?P<first>[0-9]{{1,3}})(?:\.[0-9]{{1,3}}){{3}}\s?(?:->|=>|→|⇒|to)\s?\Z")
_ARROW = later(r"\s?(?:->|=>|→|⇒|to)\s?v?(?P<first>[0-9]{1,3})(?:\.[0-9]{1,3}){3}")
_ARROW_REACH = 24


def _of_a_release(text: str, low: int, high: int, first: int) -> bool:
    """Whether it heads the notes of a release, is a folder of a path, goes from one version to the next, or stands in their column."""
    before = text[max(0, low - CONTEXT) : low]
    if before.endswith(("# ", "[", "v")) and _HEADING.search(before) and _RELEASED.match(text, high):
        return True
    if before.endswith("/") and first <= _HIGHEST_MAJOR and first != _LOCAL and _PATH.search(before):
        return "://" not in text[max(0, low - _PATH_REACH) : low] and text[high : high + 1] != ":"
    arrow = _ARROW.match(text, high, high + _ARROW_REACH)
    small = before.lower()
    if arrow and int(arrow["first"]) == first <= _HIGHEST_MAJOR and _BUMPED.search(small):
        return True
    to = _BUMPED_TO.search(small)
    return (to is not None and int(to["first"]) == first <= _HIGHEST_MAJOR) or _in_column(text, low)


_VERSIONS = later(
    r"[\s*_`]{0,4}(?:(?:\w{1,12}[ _-])?(?:releases?|versions?|builds?|tags?|firmware|versi[oó]n|versão|versione|wersja|s[üu]r[üu]m|バージョン|版本|버전|версия)(?: ?(?:no|nr|number)\.?)?)[\s*_`]{0,4}",
    re.IGNORECASE,
)
_LONGEST_ROW, _MOST_ROWS = 300, 12


def _in_column(text: str, at: int) -> bool:
    """Whether the head of the column in which a place is, in Markdown, names versions."""
    low = text.rfind("\n", max(0, at - _LONGEST_ROW), at) + 1
    if text[low : low + 1] != "|":
        return False
    column = text.count("|", low, at)
    for _ in range(_MOST_ROWS):
        upto = low - 1
        low = text.rfind("\n", max(0, upto - _LONGEST_ROW), max(0, upto)) + 1
        if upto <= 0 or text[low : low + 1] != "|":
            return False
        if text.startswith(("|-", "|:-", "| -", "| :-"), low):
            head = text[text.rfind("\n", max(0, low - 1 - _LONGEST_ROW), max(0, low - 1)) + 1 : low].split("|")
            return len(head) > column and _VERSIONS.fullmatch(head[column]) is not None
    return False


@lru_cache(maxsize=1_024)
def _told(before: str, first: int, after: str) -> bool:
    if _AFTER.match(after):
        return True
    for told in _ENDS_SO.finditer(before):
        if announced := _ANNOUNCED.match(before, told.start()):
            whence = announced["weak"] is not None and _FROM.search(announced["among"])
            return not whence or _UP_TO.match(after) is not None
        again = _SECOND.match(before, told.start())
        if again and int(again["first"]) == first:
            return True
    return False


_ENDS_SO = later(_WORDS)
