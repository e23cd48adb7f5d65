"""From what somebody wrote (options, columns, JSON) to the fields of an entry, or to everything wrong with it."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from trimtab.evidence.entries.entry import Entry, Form, Said, described

LONGEST_WORDS = 2_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+#()-]{0,119}")
_ADDRESS = re.compile(r"[^@\s:/]+@[^@\s:/]+\.[A-Za-z]{2,}")
_LINK = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}:[A-Za-z0-9][A-Za-z0-9._() -]{0,78}")
_MOST_HUNDREDTHS = 10**15  # ten trillion: beyond it somebody mistook a unit
_MOST_COUNT = 2**53 - 1
_MOST_PARTS = 1_000
_YEARS = range(1990, 2200)
_ARMOUR = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----")
_LONGEST_SIGNATURE = 8_192  # characters; one of a 16,384 bit RSA key has 5,900
_EARLIEST = 631_152_000_000_000  # microseconds to the beginning of 1990
_HOW = {
    Form.NAME: "letters, digits and . _ : / @ + # ( ) -, up to 120, no sentence",
    Form.LINK: "the framework and id of a control, as eu-ai-act:Art.12",
    Form.MOMENT: "a day as 2026-03-01 or a moment as 2026-03-01T10:00Z",
    Form.MONEY: "an amount of at least 0 with at most two decimals, as 1250.50",
    Form.COUNT: "a whole number of at least 0",
    Form.NUMBER: "a number",
    Form.SHARE: "a share from 0 to 1",
    Form.NAMES: "a list of names",
    Form.LINKS: "a list of controls",
    Form.WORDS: "a text",
    Form.LINES: "a list of texts",
    Form.CHOICE: "one of its choices",
    Form.FLAG: "yes or no",
    Form.RANGE: "two numbers, the lower first, as 0.1..0.3",
    Form.MONEY_RANGE: "two amounts, the lower first, as 5000..20000",
    Form.NUMBERS: "names with numbers, as scoping=0.2 pilot=0.8",
    Form.RANGES: "names with ranges, as leak=0.2..0.5 outage=0.1..0.2",
    Form.DUTIES: "names with a day and words, as mask-review=2026-09-01 Have the mask reviewed; parted by ;",
    Form.SIGNED: "an SSH signature: a file that begins with -----BEGIN SSH SIGNATURE-----",
}
Mask = Callable[[str], str]
"""Gives a text back without personal data and secrets."""


class _NotSoError(Exception):
    """A value is not in its form; the text says what is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry as somebody wrote it, and where: `path` and `line` of a file, or nothing of a command."""

    kind: str
    values: Mapping[str, Any]
    path: str = ""
    line: int = 0
    asks: frozenset[str] = frozenset()  # fields that must be said, though the entry would take something for granted


def read_entry(
    kind: type[Entry], values: Mapping[str, Any], *, now: int, mask: Mask, asks: Collection[str] = ()
) -> Entry | list[tuple[str, str]]:
    """The entry, or (field, what is wrong) of everything wrong.

    Args:
        kind: Which type of entry.
        values: By field, as text or as JSON; None and empty text say nothing.
        now: Microseconds since the epoch, UTC: `at` where nothing is said.
        mask: Applied to words.
        asks: Fields that must be said, beside those that the entry requires.
    """
    fields = described(kind)
    known = {one.name for one in fields}
    wrong = [(str(name)[:40], "is no field of this entry") for name in values if name not in known]
    given: dict[str, Any] = {}
    for one in fields:
        value = values.get(one.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if one.name == "at":  # always known: it is now where nobody says otherwise
                given["at"] = now
            elif one.required or one.name in asks:
                wrong.append((one.name, f"is missing. {one.help}"))
            continue
        try:
            given[one.name] = _READERS[one.form](one, value, mask)
        except _NotSoError as error:
            wrong.append((one.name, str(error)))
        except (ValueError, ArithmeticError):  # a number beyond what numbers of machines and of `decimal` can be
            wrong.append((one.name, str(_is_no(one))))
    if given.get("at") == 0:
        wrong.append(("at", "is not known, and an entry is of a moment; leave it out for now"))
    return wrong or kind(**given)


def moment(text: str) -> int:
    """Microseconds since the epoch of a day or a moment in ISO 8601; UTC where it says no zone.

    Raises:
        ValueError: It is neither.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        found = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    else:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found.year not in _YEARS:
        raise ValueError("a year that cannot be meant")
    since = found - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def how(one: Said) -> str:
    """In words, what a field must be."""
    return f"one of {', '.join(one.choices)}" if one.choices else _HOW[one.form]


# -- one reader for each form --------------------------------------------------------------------


def _is_no(one: Said, form: Form | None = None) -> _NotSoError:
    return _NotSoError(f"is not {_HOW[form or one.form]}")


def _name(one: Said, value: Any, _: Mask) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value.strip()):
        raise _is_no(one, Form.NAME)
    if _ADDRESS.search(value):  # words are masked, and names stand as they are
        raise _NotSoError("is the address of a person; take something else that tells it apart")
    return value.strip()


def _link(one: Said, value: Any, _: Mask) -> str:
    if not isinstance(value, str) or not _LINK.fullmatch(value.strip()):
        raise _is_no(one, Form.LINK)
    return value.strip()


def _names(one: Said, value: Any, mask: Mask) -> tuple[str, ...]:
    parts = re.split(r"[,;\s]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) > _MOST_PARTS:
        raise _NotSoError("is no list of names")
    return tuple(_name(one, part, mask) for part in parts if part)


def _links(one: Said, value: Any, mask: Mask) -> tuple[str, ...]:
    parts = re.split(r"[,;]", value.strip()) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) > _MOST_PARTS:
        raise _NotSoError("is no list of controls")
    return tuple(_link(one, part, mask) for part in parts if part and (not isinstance(part, str) or part.strip()))


def _words(_: Said, value: Any, mask: Mask) -> str:
    if not isinstance(value, str):
        raise _NotSoError("is no text")
    if len(value) > LONGEST_WORDS:
        raise _NotSoError(f"has {len(value):,} characters, more than {LONGEST_WORDS:,}; say less, and link the rest")
    return mask(value)


def _lines(one: Said, value: Any, mask: Mask) -> tuple[str, ...]:
    parts = value.splitlines() if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) > _MOST_PARTS:
        raise _is_no(one)
    return tuple(_words(one, part, mask) for part in parts)


def _choice(one: Said, value: Any, _: Mask) -> str:
    if value not in one.choices:
        raise _NotSoError(f"is none of {', '.join(one.choices)}")
    return str(value)


def _flag(one: Said, value: Any, _: Mask) -> bool:
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower()
    if said in {"yes", "true", "1"}:
        return True
    if said in {"no", "false", "0"}:
        return False
    raise _is_no(one)


def _moment(one: Said, value: Any, _: Mask) -> int:
    if isinstance(value, int) and not isinstance(value, bool):  # microseconds already, as library calls give them
        if value and not _EARLIEST <= value <= _MOST_COUNT:  # seconds or milliseconds, which would be a day of 1970
            raise _is_no(one)
        return value
    try:
        return moment(str(value).strip())
    except ValueError:
        raise _is_no(one) from None


def _money(one: Said, value: Any, _: Mask) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _is_no(one, Form.MONEY)
    try:
        exact = Decimal(str(value).strip().replace("_", "")) * 100
    except InvalidOperation:
        raise _is_no(one, Form.MONEY) from None
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= _MOST_HUNDREDTHS:
        raise _is_no(one, Form.MONEY)
    return int(exact)


def _count(one: Said, value: Any, _: Mask) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,16}", str(value).strip()):
        raise _is_no(one)
    if (found := int(str(value).strip())) > _MOST_COUNT:
        raise _is_no(one)
    return found


def _number(one: Said, value: Any, _: Mask) -> float:
    try:
        found = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        raise _is_no(one, Form.NUMBER) from None
    if not math.isfinite(found):
        raise _is_no(one, Form.NUMBER)
    return found


def _share(one: Said, value: Any, mask: Mask) -> float:
    try:
        found = _number(one, value, mask)
    except _NotSoError:
        raise _is_no(one) from None
    if not 0.0 <= found <= 1.0:
        raise _is_no(one)
    return found


def _pair(value: Any) -> tuple[Any, Any]:
    parts = value.split("..") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) != 2:
        raise _NotSoError
    return parts[0], parts[1]


def _range(one: Said, value: Any, mask: Mask) -> tuple[float, float]:
    try:
        low, high = (_number(one, part, mask) for part in _pair(value))
    except _NotSoError:
        raise _is_no(one, Form.RANGE) from None
    if low > high:
        raise _is_no(one, Form.RANGE)
    return low, high


def _money_range(one: Said, value: Any, mask: Mask) -> tuple[int, int]:
    try:
        low, high = (_money(one, part, mask) for part in _pair(value))
    except _NotSoError:
        raise _is_no(one) from None
    if low > high:
        raise _is_no(one)
    return low, high


def _by_name(one: Said, value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.replace(",", " ").split()]
        value = {name: given for name, _, given in parts}
    if not isinstance(value, Mapping) or len(value) > _MOST_PARTS:
        raise _is_no(one)
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in value):
        raise _is_no(one)
    return value


def _numbers(one: Said, value: Any, mask: Mask) -> dict[str, float]:
    try:
        return {name: _number(one, part, mask) for name, part in _by_name(one, value).items()}
    except _NotSoError:
        raise _is_no(one) from None


def _ranges(one: Said, value: Any, mask: Mask) -> dict[str, tuple[float, float]]:
    try:
        return {name: _range(one, part, mask) for name, part in _by_name(one, value).items()}
    except _NotSoError:
        raise _is_no(one) from None


def _duties(one: Said, value: Any, mask: Mask) -> dict[str, tuple[int, str]]:
    if isinstance(value, str):
        parts = [part.strip().partition("=") for part in value.split(";") if part.strip()]
        value = {name: said.split(None, 1) for name, _, said in parts}
    found: dict[str, tuple[int, str]] = {}
    for name, said in _by_name(one, value).items():
        if not isinstance(said, list | tuple) or len(said) != 2:
            raise _is_no(one)
        try:
            found[name] = _moment(one, said[0], mask), _words(one, said[1], mask)
        except _NotSoError:
            raise _is_no(one) from None
    return found


def _signed(one: Said, value: Any, _: Mask) -> str:
    lines = [line.strip() for line in value.strip().splitlines()] if isinstance(value, str) else []
    text = "\n".join(lines)
    if not re.fullmatch(rf"{_ARMOUR[0]}\n[A-Za-z0-9+/=\n]{{1,{_LONGEST_SIGNATURE}}}\n{_ARMOUR[1]}", text):
        raise _is_no(one)
    return f"{text}\n"


_READERS: Mapping[Form, Callable[[Said, Any, Mask], Any]] = {
    Form.NAME: _name,
    Form.NAMES: _names,
    Form.LINK: _link,
    Form.LINKS: _links,
    Form.WORDS: _words,
    Form.LINES: _lines,
    Form.CHOICE: _choice,
    Form.FLAG: _flag,
    Form.MOMENT: _moment,
    Form.MONEY: _money,
    Form.COUNT: _count,
    Form.NUMBER: _number,
    Form.SHARE: _share,
    Form.RANGE: _range,
    Form.MONEY_RANGE: _money_range,
    Form.NUMBERS: _numbers,
    Form.RANGES: _ranges,
    Form.DUTIES: _duties,
    Form.SIGNED: _signed,
}
