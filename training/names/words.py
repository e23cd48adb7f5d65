"""The words that texts are filled with, by language, and the lists that ship as hashes.

Everything comes from the lists of `faker` (MIT), from what `sources` names, and from plain facts written down here.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import faker.providers.address as addresses
import faker.providers.company as companies
import faker.providers.job as jobs
import faker.providers.lorem as lorems
import faker.providers.person as persons
from faker.providers.date_time import Provider as Dates
from faker.providers.geo import Provider as Geo
from faker.providers.job import Provider as Jobs

from training.names import facts, sources, vocabulary
from trimtab.builtin.detectors.names.function_words import FUNCTION_WORDS

LANGUAGES = ("en", "es", "de", "fr", "it", "pt", "nl", "sv", "da", "pl")
_PIECE = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff' .\-’]{2,40}")
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґјљњћђџ",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i i ye g j lj nj c dj dz".split(),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o a e i i o y o i y i y".split(),
        strict=True,
    )
)


def _latin(word: str) -> str:
    """The word in Latin letters; empty where that cannot be done letter by letter."""
    word = word.strip()
    if _LATIN.fullmatch(word):
        return word
    table = {**_CYRILLIC, **_GREEK}
    spelled = "".join(table.get(char.lower(), char).replace("_", "") for char in word)
    spelled = " ".join(part[:1].upper() + part[1:] for part in spelled.split(" "))
    return spelled if _LATIN.fullmatch(spelled) else ""


def _providers(package: Any) -> dict[str, Any]:
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"{package.__name__}.{name}").Provider for name in names}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [key for key in value if isinstance(key, str)]
    if not isinstance(value, (tuple, list)):  # some are worked out by a property
        return []
    flat: list[str] = []
    for item in value:
        flat.extend([item] if isinstance(item, str) else [part for part in item if isinstance(part, str)][:1])
    return flat


def _own(provider: Any, *names: str) -> list[str]:
    """Latin spellings of the entries of the attributes, sorted, without repeats."""
    found: set[str] = set()
    for name in names:
        for text in _texts(vars(provider).get(name, ())):
            found.add(_latin(text))
    return sorted(found - {""})  # some of faker's lists come out of a set, in another order every time


@dataclass(frozen=True, slots=True)
class People:
    """Given and family names of one locale."""

    given: list[str]
    family: list[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words, in Latin letters. Keys of mappings are language codes, or locales for `people`."""

    people: dict[str, People] = field(default_factory=dict)
    cities: dict[str, list[str]] = field(default_factory=dict)
    regions: dict[str, list[str]] = field(default_factory=dict)
    countries: dict[str, list[str]] = field(default_factory=dict)
    streets: dict[str, list[str]] = field(default_factory=dict)
    common: dict[str, list[str]] = field(default_factory=dict)
    jobs: dict[str, list[str]] = field(default_factory=dict)
    firms: list[str] = field(default_factory=list)
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    town_beginnings: list[str] = field(default_factory=list)
    town_endings: list[str] = field(default_factory=list)
    street_endings: list[str] = field(default_factory=list)


_GIVEN = ("first_names", "first_names_male", "first_names_female", "first_names_nonbinary", "first_romanized_names",
          "first_names_male_est", "first_names_female_est")  # fmt: skip
_FAMILY = ("last_names", "last_names_male", "last_names_female", "last_romanized_names", "unisex_last_names",
           "male_last_names", "last_names_common")  # fmt: skip
_CITIES = ("cities", "city_names", "real_city_names", "concelhos", "communes", "municipalities", "metro_manila_lgus",
           "metropolitan_cities", "localities", "wilayas", "villages", "towns", "places", "freguesias")  # fmt: skip
_REGIONS = ("states", "regions", "provinces", "counties", "departments", "cantons", "distritos", "estados",
            "region_names", "prefectures", "union_territories")  # fmt: skip
_STREETS = ("streets", "street_names", "street_titles", "common_street_names", "historic_people_street_names")


@cache
def lexicon() -> Lexicon:
    """Read once."""
    words = Lexicon()
    for locale, provider in _providers(persons).items():
        people = People(_own(provider, *_GIVEN), _own(provider, *_FAMILY))
        if len(people.given) >= 10:
            words.people[locale] = people
    for locale, provider in _providers(addresses).items():
        code = locale[:2]
        words.cities.setdefault(code, []).extend(
            name.title() if name.isupper() else name for name in _own(provider, *_CITIES)
        )
        words.regions.setdefault(code, []).extend(_own(provider, *_REGIONS))
        words.countries.setdefault(code, []).extend(_own(provider, "countries"))
        words.streets.setdefault(code, []).extend(_own(provider, *_STREETS))
        if code == "en":
            words.town_beginnings.extend(_own(provider, "city_prefixes"))
            words.town_endings.extend(_own(provider, "city_suffixes"))
            words.street_endings.extend(_own(provider, "street_suffixes"))
    words.cities["world"] = sorted({*filter(None, (_latin(row[2]) for row in Geo.land_coords)), *facts.CITIES,
                                    *(_latin(country.capital) for country in Dates.countries)} - {""})  # fmt: skip
    words.countries["world"] = sorted({*(_latin(country.name) for country in Dates.countries), *facts.COUNTRIES} - {""})
    for locale, provider in _providers(lorems).items():
        code = locale[:2]
        words.common.setdefault(code, []).extend(
            word for word in _own(provider, "word_list", "english_word_list") if word[0].islower() and " " not in word
        )
    words.common["en"].extend(vocabulary.english())
    for code, more in vocabulary.OTHERS.items():
        words.common.setdefault(code, []).extend(more)
    words.phrases.update(sources.phrases())
    for code, phrases in words.phrases.items():
        heard = {word for phrase in phrases for word in _PIECE.findall(phrase) if len(word) > 2}
        # A word that is never written small is a noun in German, and a name of a language or a brand elsewhere.
        plain = {word for word in heard if word.islower() or word.lower() in heard or code == "de"}
        words.common.setdefault(code, []).extend(sorted(plain))
    drawn = sources.towns()[1]
    words.cities["geo"] = list(drawn)
    words.regions["en"].extend(sources.counties())
    for code, names in sources.countries().items():
        words.countries.setdefault(code, []).extend(names)
    for code, names in sources.capitals().items():
        words.cities.setdefault(f"zone-{code}", []).extend(names)
    words.jobs["en"] = [_latin(job.split(",")[0].split("/")[0]).lower() for job in Jobs.jobs]
    for locale, provider in _providers(jobs).items():
        words.jobs.setdefault(locale[:2], []).extend(job.lower() for job in _own(provider, "jobs") if len(job) < 30)
    for provider in _providers(companies).values():
        words.firms.extend(_own(provider, "large_companies"))
    words.firms.extend(facts.FIRMS)
    return words


(
    GIVEN,
    FAMILY,
    CITY,
    REGION,
    COUNTRY,
    STREET,
    FIRM_WORD,
    FIRM,
    TITLE,
    COMMON,
    CALENDAR,
    PEOPLE_OF,
    PART,
    FIELD,
    SMALL,
) = range(15)


def listed() -> dict[str, int]:
    """Every word that is on a list, with the lists as bits. Words of several parts count by their parts."""
    words = lexicon()
    marks: dict[str, int] = {}

    def add(bit: int, texts: Iterable[str], *, least: int = 2) -> None:
        for text in texts:
            pieces = _PIECE.findall(text)
            for piece in pieces:
                if len(piece) < least and len(pieces) > 1:
                    continue
                extra = 1 << PART if len(pieces) > 1 and bit in {CITY, REGION, COUNTRY, FIRM} else 0
                marks[piece] = marks.get(piece, 0) | 1 << bit | extra

    small = {word for code in LANGUAGES for word in facts.SMALL_WORDS[code]}
    for people in words.people.values():
        add(GIVEN, people.given)
        add(FAMILY, [name for name in people.family if name.lower() not in small])
    for cities in words.cities.values():
        add(CITY, (" ".join(part for part in name.split() if part.lower() not in small) for name in cities), least=3)
    for regions in words.regions.values():
        add(REGION, (" ".join(part for part in name.split() if part.lower() not in small) for name in regions), least=3)
    for countries in words.countries.values():
        add(
            COUNTRY,
            (" ".join(part for part in name.split() if part.lower() not in small) for name in countries),
            least=3,
        )
    for code in LANGUAGES:
        add(STREET, facts.STREET_WORDS[code])
        add(COMMON, words.common.get(code, ()))
        add(COMMON, facts.SMALL_WORDS[code])
        add(COMMON, facts.NOUNS[code] + facts.ADJECTIVES[code])
        add(COMMON, words.jobs.get(code, ()))
        add(CALENDAR, facts.CALENDAR[code])
        add(TITLE, facts.TITLES[code])
        add(FIELD, facts.FIELDS[code])
    add(COMMON, facts.VERBS)
    add(SMALL, FUNCTION_WORDS)
    add(FIRM_WORD, facts.FIRM_WORDS)
    add(FIRM, words.firms, least=3)
    add(PEOPLE_OF, facts.PEOPLES)
    return marks
