"""Invented people and what belongs to them: values that pass the checks that real ones pass, and are nobody's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.suites.draw import Dice, slug, words

LANGUAGES = ("en", "de", "fr", "es")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a person: as it is written, and every form in which it would still be known."""

    kind: str
    written: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person of a language region; asked for a value, it draws one."""

    first: str
    last: str
    language: str
    dice: Dice

    KINDS: ClassVar[tuple[str, ...]] = (
        "name",
        "email",
        "phone",
        "address",
        "birth-date",
        "iban",
        "card",
        "passport",
        "national-id",
        "medical-record",
        "ip",
        "username",
    )

    @property
    def name(self) -> str:
        """Given name and surname."""
        return f"{self.first} {self.last}"

    def value(self, kind: str) -> Value:
        """A value of this kind."""
        written, *others = _MAKERS[kind](self)
        return Value(kind=kind, written=written, forms=tuple(dict.fromkeys((written, *others))))


def person(language: str, dice: Dice) -> Person:
    """Somebody whose given name is from any of several origins, and whose surname is made up."""
    given = [origin for side in ("women", "men") for origin in words("names")[side].values()]
    return Person(dice.pick(dice.pick(given)), dice.pick(words("names")["surnames"]), language, dice)


def kinds(language: str) -> tuple[str, ...]:
    """The kinds of values that people have in a language region."""
    return tuple(kind for kind in Person.KINDS if kind in words("invented")["labels"][language])


def chosen(languages: object) -> tuple[str, ...]:
    """The languages that the field of a suite names; all of them if it names none.

    Raises:
        ValueError: One of them is unknown, or it is no list.
    """
    if isinstance(languages, str) or not isinstance(languages, list | tuple):
        raise ValueError("languages must be a list")  # noqa: TRY004  # a ValueError is what plugins raise
    unknown = [one for one in languages if one not in LANGUAGES]
    if unknown:
        raise ValueError(f"languages are {', '.join(LANGUAGES)}; {unknown[0]!r} is none of them")
    return tuple(one for one in LANGUAGES if one in languages) or LANGUAGES


def _name(who: Person) -> list[str]:
    return [who.name, f"{who.last}, {who.first}", who.last]


def _email(who: Person) -> list[str]:
    local = f"{slug(who.first)}.{slug(who.last)}{who.dice.between(10, 99)}"
    domain = who.dice.pick(words("invented")["domains"])
    return [f"{local}@{domain}", f"{local} at {domain.replace('.', ' dot ')}", f"{local} (at) {domain}"]


def _phone(who: Person) -> list[str]:
    pattern = who.dice.pick(words("invented")["phones"][who.language])
    return [
        pattern.format(
            n=f"{who.dice.between(0, 99):02}", m=f"{who.dice.between(0, 99):02}", t=f"{who.dice.between(0, 999):03}"
        )
    ]


def _address(who: Person) -> list[str]:
    lists = words("invented")
    street = who.dice.pick(lists["streets"][who.language]).format(n=who.dice.between(2, 198))
    return [f"{street}, {who.dice.pick(lists['towns'][who.language])}", street]


def _birth_date(who: Person) -> list[str]:
    return date_forms(who.language, who.dice.between(1, 28), who.dice.between(1, 12), who.dice.between(1940, 2005))


def date_forms(language: str, day: int, month: int, year: int) -> list[str]:
    """A date as it is written in a language, then in the others, and in figures.

    What stands between the parts is seen through, so each order of them is given once.
    """
    lists = words("invented")

    def said(one: str) -> str:
        text: str = lists["dates"][one].format(d=day, m=lists["months"][one][month - 1], y=year)
        return text

    return [
        said(language),
        *map(said, LANGUAGES),
        f"{lists['months']['en'][month - 1]} {day}, {year}",
        f"{year}-{month:02}-{day:02}",
        f"{day:02}.{month:02}.{year}",
        f"{day}.{month}.{year}",
        f"{month:02}/{day:02}/{year}",
        f"{month}/{day}/{year}",
    ]


_IBANS = {"en": ("GB", 14, "XQZK"), "de": ("DE", 18, ""), "fr": ("FR", 23, ""), "es": ("ES", 20, "")}


def _iban(who: Person) -> list[str]:
    country, size, bank = _IBANS[who.language]
    body = bank + _digits(who, size)
    check = 98 - int("".join(str(int(char, 36)) for char in f"{body}{country}00")) % 97
    whole = f"{country}{check:02}{body}"
    return [" ".join(whole[at : at + 4] for at in range(0, len(whole), 4))]


def _card(who: Person) -> list[str]:
    body = f"4000{_digits(who, 11)}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(body)]
    check = -sum(number - 9 if number > 9 else number for number in doubled) % 10
    whole = f"{body}{check}"
    return [" ".join(whole[at : at + 4] for at in range(0, 16, 4))]


def _passport(who: Person) -> list[str]:
    if who.language == "de":  # letters and digits, without those that are easily mistaken
        return ["C" + "".join(who.dice.pick("0123456789CFGHJKLMNPRTVWXYZ") for _ in range(8))]
    digits = _digits(who, 8)
    return [f"X{digits}", digits]


def _national_id(who: Person) -> list[str]:
    if who.language == "de":
        return [_tax_number(who)]
    if who.language == "fr":
        # Born in a country whose code is not given out.
        place = f"99{who.dice.between(900, 989)}"
        body = f"{who.dice.between(1, 2)}{who.dice.between(40, 99)}{who.dice.between(1, 12):02}{place}{_digits(who, 3)}"
        return [f"{body} {97 - int(body) % 97:02}"]
    number = who.dice.between(99_000_000, 99_999_999)  # far beyond those given out
    return [f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}", str(number)]


def _tax_number(who: Person) -> str:
    """Eleven digits, of the first ten of which one comes twice; ISO 7064 Mod 11,10 makes the last."""
    digits = who.dice.shuffled("0123456789")
    digits[9] = digits[who.dice.below(7)]
    if digits[0] == "0":
        digits[0], digits[8] = digits[8], digits[0]
    product = 10
    for digit in digits:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    whole = "".join(digits) + str((11 - product) % 10)
    return f"{whole[:2]} {whole[2:5]} {whole[5:8]} {whole[8:]}"


def _medical_record(who: Person) -> list[str]:
    digits = _digits(who, 7)
    return [f"MRN-{digits}", digits]


def _ip(who: Person) -> list[str]:
    return [f"{who.dice.pick(('203.0.113', '198.51.100', '192.0.2'))}.{who.dice.between(100, 254)}"]


def _username(who: Person) -> list[str]:
    return [f"{slug(who.last).replace('-', '')}{who.dice.between(10, 99)}"]


def _digits(who: Person, count: int) -> str:
    return "".join(str(who.dice.below(10)) for _ in range(count))


_MAKERS: dict[str, Callable[[Person], list[str]]] = {
    "name": _name,
    "email": _email,
    "phone": _phone,
    "address": _address,
    "birth-date": _birth_date,
    "iban": _iban,
    "card": _card,
    "passport": _passport,
    "national-id": _national_id,
    "medical-record": _medical_record,
    "ip": _ip,
    "username": _username,
}
