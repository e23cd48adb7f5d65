"""Names of people, firms, places and postal addresses, made up from the word lists."""

import random
from collections.abc import Sequence

from training.names import facts
from training.names.words import LANGUAGES, Lexicon

Piece = tuple[str, str]
"""A text and its label; an empty label where there is nothing to find."""

_LOCALES_OF = {
    "en": ("en_US", "en_GB", "en_IE", "en_NZ", "en", "en_IN"),
    "es": ("es_ES", "es_MX", "es_CL", "es_CO", "es_AR"),
    "de": ("de_DE", "de_AT", "de_CH"),
    "fr": ("fr_FR", "fr_BE", "fr_CA"),
    "it": ("it_IT",),
    "pt": ("pt_PT", "pt_BR"),
    "nl": ("nl_NL", "nl_BE"),
    "sv": ("sv_SE", "fi_FI"),
    "da": ("da_DK", "no_NO"),
    "pl": ("pl_PL",),
}
_STATES = ("AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC "
           "SD TN TX UT VT VA WA WV WI WY NSW VIC QLD ON QC BC AB MB SK MI RM TO BA SP RJ MG").split()  # fmt: skip
_PARTICLES = (
    "van",
    "van der",
    "van den",
    "de",
    "de la",
    "del",
    "da",
    "dos",
    "von",
    "di",
    "al-",
    "bin",
    "le",
    "Mc",
    "O'",
    "Mac",
)
_VOWELS = frozenset("aeiouyáéíóúàèìòùäëïöüâêîôûåøæãõ")


def _splice(one: str, other: str) -> str:
    """The beginning of one word and the end of another: a name that is on no list."""
    cut = next((at for at in range(max(2, len(one) // 2), len(one)) if one[at].lower() in _VOWELS), len(one))
    join = next(
        (at for at in range(max(1, len(other) // 3), len(other)) if other[at].lower() in _VOWELS), len(other) - 1
    )
    made = (one[:cut] + other[join:]).replace(" ", "").replace("-", "")[:14]
    return made[:1].upper() + made[1:].lower()


class Maker:
    """Draws labelled pieces. Everything comes from `draw`, so a seed decides all of it."""

    def __init__(self, words: Lexicon, draw: random.Random) -> None:
        self.words, self.draw = words, draw
        self._locales = sorted(words.people)
        self._with_family = [name for name in self._locales if len(words.people[name].family) >= 10]
        self._city_keys = sorted(key for key, cities in words.cities.items() if len(cities) >= 10)
        self._street_keys = sorted(key for key, streets in words.streets.items() if len(streets) >= 10)
        self._country_keys = sorted(key for key, countries in words.countries.items() if len(countries) >= 10)
        self._region_keys = sorted(key for key, regions in words.regions.items() if len(regions) >= 3)

    def pick(self, options: Sequence[str]) -> str:
        return options[self.draw.randrange(len(options))]

    def chance(self, probability: float) -> bool:
        return self.draw.random() < probability

    # -- people ------------------------------------------------------------

    def _locale(self, code: str) -> str:
        if self.chance(0.45) and code in _LOCALES_OF:
            return self.pick([name for name in _LOCALES_OF[code] if name in self._with_family])
        return self.pick(self._with_family)

    def given(self, code: str, locale: str = "") -> str:
        names = self.words.people[locale or self._locale(code)].given
        name = self.pick(names)
        return _splice(name, self.pick(names)) if self.chance(0.12) else name

    def family(self, code: str, locale: str = "") -> str:
        names = self.words.people[locale or self._locale(code)].family
        name = self.pick(names)
        if self.chance(0.25):
            name = _splice(name, self.pick(names))
        if self.chance(0.06):
            particle = self.pick(_PARTICLES)
            name = f"{particle}{name}" if particle[-1] in "'c-" else f"{particle} {name}"
        elif self.chance(0.05):
            name = f"{name}-{self.pick(names)}"
        if code in {"es", "pt"} and self.chance(0.5):
            name = f"{name} {self.pick(names)}"
        return name

    def person(self, code: str) -> str:
        locale = self._locale(code)
        given, family = self.given(code, locale), self.family(code, locale)
        form = self.draw.random()
        if form < 0.55:
            return f"{given} {family}"
        if form < 0.65:
            return (
                f"{given} {self.pick('ABCDEFGHJKLMNOPRSTVW')}. {family}"
                if self.chance(0.6)
                else f"{given} {self.pick('ABCDEGHJKLMPRST')} {family}"
            )
        if form < 0.70:
            return f"{self.pick('ABCDEFGHJKLMNOPRSTVW')}. {family}"
        if form < 0.76:
            return f"{given} {self.given(code, locale)} {family}"
        if form < 0.79:
            return f"{given}-{self.given(code, locale)} {family}"
        if form < 0.82:
            return f"{family}, {given}"
        if form < 0.84:
            return f"{family.upper()} {given}" if self.chance(0.5) else f"{given} {family.upper()}"
        if form < 0.86:
            return f"{given} {family} {self.pick(['Jr.', 'Sr.', 'III', 'II', 'Jr'])}"
        if form < 0.93:
            return given
        return family if self.chance(0.4) else f"{given} {self.family(code)}"

    # -- places --------------------------------------------------------------

    def city(self, code: str) -> str:
        cities = self.words.cities
        form = self.draw.random()
        if form < 0.22:
            return self.pick(cities["world"])
        if form < 0.40:
            return self.pick(cities["geo"])
        if form < 0.46:
            return self.pick(cities.get(f"zone-{code}") or cities["world"])
        if form < 0.62 and len(cities.get(code, ())) >= 10:
            return self.pick(cities[code])
        if form < 0.86:
            return self.pick(cities[self.pick(self._city_keys)])
        if form < 0.90:
            return self.pick(facts.PLACES)
        if form < 0.94:  # a new town, called after somebody
            name = self.given("en") if self.chance(0.6) else self.family("en").split(" ")[-1]
            town = name + self.pick(self.words.town_endings).lower() if self.chance(0.75) else name
            return f"{self.pick(self.words.town_beginnings)} {town}" if self.chance(0.6) else town
        names = cities[self.pick(self._city_keys)]
        made = _splice(self.pick(names), self.pick(names))
        beginnings = ["North ", "South ", "New ", "Lake ", "Port ", "East ", "West ", "Fort ", "San ", "Bad ", "Saint-"]
        return self.pick(beginnings) + made if self.chance(0.3) else made

    def country(self, code: str) -> str:
        key = self.pick(["world", "world", "en", code, self.pick(self._country_keys)])
        return self.pick(self.words.countries.get(key) or self.words.countries["world"])

    def region(self, code: str) -> str:
        if self.chance(0.4):
            return self.pick(self.words.regions["en"])
        if self.chance(0.2):
            return self.pick(facts.PLACES)
        return self.pick(self.words.regions[self.pick(self._region_keys)])

    def place(self, code: str) -> str:
        form = self.draw.random()
        return self.city(code) if form < 0.6 else self.country(code) if form < 0.85 else self.region(code)

    # -- organisations ----------------------------------------------------------

    def firm(self, code: str) -> str:
        form = self.draw.random()
        if form < 0.3:
            return self.pick(self.words.firms)
        family = self.family("en").split(" ")[-1]
        noun = self.pick(facts.NOUNS["en"]).capitalize()
        made = _splice(family, self.pick(facts.NOUNS[code]))
        suffix = self.pick(facts.FIRM_WORDS)
        city = self.pick(self.words.cities["world"])
        if form < 0.40:
            return f"{family} {self.pick(['Inc', 'Inc.', 'Ltd', 'Ltd.', 'LLC', 'Group', 'and Sons', 'GmbH', 'AG', 'S.A.', 'S.L.', 'PLC', 'Corp', 'Corp.', '& Co', 'BV', 'SpA', 'Lda'])}"
        if form < 0.45:
            return f"{family}, {self.family('en').split(' ')[-1]} and {self.family('en').split(' ')[-1]}"
        if form < 0.48:
            return f"{family}-{self.family('en').split(' ')[-1]}"
        if form < 0.55:
            return f"{made} {suffix}"
        if form < 0.60:
            return made
        if form < 0.64:
            return f"{noun} {self.pick(facts.NOUNS['en']).capitalize()} {suffix}"
        if form < 0.67:
            return f"{noun}{self.pick(facts.NOUNS['en']).capitalize()}"
        if form < 0.72:
            return "".join(self.draw.choices("ABCDEFGHIJKLMNOPRSTUVW", k=self.draw.randint(3, 5)))
        if form < 0.84:
            local = {
                "en": ["University of {}", "{} University", "{} General Hospital", "{} Hospital", "Bank of {}", "{} City Council",
                       "{} High School", "{} Police Department", "{} United", "{} Chamber of Commerce", "St. Mary's Hospital", "Museum of {}"],
                "es": ["Hospital Universitario de {}", "Hospital General de {}", "Hospital {}", "Ayuntamiento de {}", "Universidad de {}",
                       "Clínica {}", "Centro de Salud {}", "Instituto {}", "Banco de {}", "Hospital Clínico de {}", "Hospital Virgen de {}"],
                "de": ["Universitätsklinikum {}", "Stadtwerke {}", "Universität {}", "Klinikum {}", "Sparkasse {}", "Amtsgericht {}", "FC {}"],
                "fr": ["Université de {}", "Hôpital de {}", "CHU de {}", "Mairie de {}", "Banque de {}", "Lycée {}", "Clinique {}"],
                "it": ["Università di {}", "Ospedale di {}", "Comune di {}", "Banca di {}", "Clinica {}", "Liceo {}"],
                "pt": ["Universidade de {}", "Hospital de {}", "Câmara Municipal de {}", "Banco de {}", "Clínica {}"],
                "nl": ["Universiteit {}", "Ziekenhuis {}", "Gemeente {}", "Bank van {}", "FC {}"],
                "sv": ["{} universitet", "{} kommun", "{} sjukhus", "Region {}", "{} AB", "Sparbanken {}", "{} IF", "Högskolan i {}"],
                "da": ["{} Universitet", "{} Kommune", "{} Sygehus", "Region {}", "{} A/S", "{} Sparekasse", "{} IF", "{} Sykehus"],
                "pl": ["Uniwersytet {}", "Szpital {}", "Urząd Miasta {}", "Bank {}", "{} sp. z o.o.", "Politechnika {}", "Gmina {}"],
            }  # fmt: skip
            return self.pick(local[code]).format(self.pick([city, family, made, self.city(code)]))
        if form < 0.92:
            return f"{city} {self.pick(facts.UNIVERSAL_ORG)}"
        return f"{self.pick(['The ', 'the ', ''])}{self.pick(facts.ADJECTIVES['en']).capitalize()} {noun}{self.pick(['', 's'])}"

    # -- addresses ---------------------------------------------------------------

    def postcode(self) -> str:
        form = self.draw.random()
        if form < 0.04:
            return f"{self.draw.randrange(10, 99)}-{self.draw.randrange(100, 999)}"
        if form < 0.08:
            return f"{self.draw.randrange(100, 999)} {self.draw.randrange(10, 99)}"
        if form < 0.62:
            return f"{self.draw.randrange(1000, 99999):05d}"
        if form < 0.72:
            return f"{self.draw.randrange(1000, 9999)}"
        if form < 0.80:
            return f"{self.draw.randrange(1000, 9999)} {''.join(self.draw.choices('ABCDEGHJKLMNPRSTVWXZ', k=2))}"
        if form < 0.90:
            return f"{''.join(self.draw.choices('BCDEGHLMNSW', k=self.draw.randint(1, 2)))}{self.draw.randint(1, 30)} {self.draw.randint(1, 9)}{''.join(self.draw.choices('ABDEFGHJLN', k=2))}"
        if form < 0.95:
            return f"{self.draw.randrange(10000, 99999)}-{self.draw.randrange(1000, 9999)}"
        return f"{self.draw.randrange(1000, 9999)}-{self.draw.randrange(100, 999)}"

    def number(self) -> str:
        top = self.pick(["99", "99", "400", "9999", "99999"])
        number = str(self.draw.randint(1, int(top)))
        return number + (self.pick(["a", "b", "A", "B", "/2", "-3", " bis", "C"]) if self.chance(0.08) else "")

    def _street_name(self, code: str) -> str:
        form = self.draw.random()
        if form < 0.08:
            common = self.words.common.get(code) or self.words.common["en"]
            return " ".join(self.pick(common).capitalize() for _ in range(self.draw.choice([1, 1, 2])))
        if form < 0.35:
            return self.family(code).split(" ")[-1]
        if form < 0.5:
            return self.person(code).replace(",", "")
        if form < 0.65:
            return self.pick(facts.NOUNS[code]).capitalize()
        if form < 0.75:
            return self.pick(self.words.cities["world"])
        return self.pick(self.words.streets[self.pick(self._street_keys)])

    def street(self, code: str) -> str:
        """Street and number as the language writes them."""
        number, name = self.number(), self._street_name(code)
        if self.chance(0.12):  # a street of anywhere, on either side of its number
            foreign = self.pick(self.words.streets[self.pick(self._street_keys)])
            return f"{number} {foreign}" if self.chance(0.6) else f"{foreign} {number}"
        if code == "en":
            suffix = self.pick(facts.STREET_WORDS["en"][:40] if self.chance(0.6) else self.words.street_endings)
            first = self.pick(["", "", "", "", "", "N ", "West ", "Old ", "E. ", "South "])
            if self.chance(0.08):
                name = f"{self.draw.randint(2, 99)}th"
            if self.chance(0.06):
                return f"{name} {suffix} {number}"
            return f"{number} {first}{name} {suffix}{'.' if self.chance(0.08) else ''}"
        if code in {"sv", "da"}:
            endings = {"sv": ["gatan", "vägen", "gränd", "torget", "stigen", "backen", "allén"],
                       "da": ["gade", "vej", "vænget", "stræde", "torv", "allé", "veien", "gata"]}[code]  # fmt: skip
            unit = self.pick(["", "", "", " A", ", 2. th.", ", st. tv.", " lgh 1102", ", 3. sal"])
            return f"{name.split(' ')[-1]}{self.pick(endings)} {number}{unit}"
        if code == "pl":
            prefix = self.pick(["ul. ", "ul. ", "ul. ", "al. ", "pl. ", "os. ", "", "ulica "])
            return f"{prefix}{name} {number}{self.pick(['', '', '/' + str(self.draw.randint(1, 60)), ' m. 4', ' lok. 12'])}"
        if code in {"de", "nl"}:
            endings = {"de": ["straße", "str.", "weg", "gasse", "allee", "platz", "strasse", "ring"],
                       "nl": ["straat", "laan", "weg", "plein", "gracht", "kade", "singel", "hof", "dreef"]}[code]  # fmt: skip
            if self.chance(0.7):
                return f"{name.split(' ')[-1]}{self.pick(endings)} {number}"
            extra = self.pick(
                ["Am ", "An der ", "Im ", "Zur "] if code == "de" else ["Aan de ", "Oude ", "Nieuwe ", "Lange "]
            )
            return f"{extra}{name} {number}"
        words = [word for word in facts.STREET_WORDS[code] if word[0].isupper()]
        prefix = self.pick(words[: max(5, len(words) - 2)])
        link = {"es": ["", "", "de ", "del ", "de la "], "fr": ["", "de ", "du ", "de la ", "des "],
                "it": ["", "", "del ", "di ", "della "], "pt": ["", "", "de ", "da ", "do "]}[code]  # fmt: skip
        if code == "fr":
            return f"{number}{self.pick([' ', ', '])}{prefix.lower() if self.chance(0.6) else prefix} {self.pick(link)}{name}"
        nr = self.pick([" ", ", ", ", nº ", " nº", " n. "])
        line = f"{prefix} {self.pick(link)}{name}{nr}{number}"
        if code == "es" and self.chance(0.3):
            line += self.pick([", 3 B", ", 2º A", " 5º izq", ", bajo", ", piso 4", " 1D", ", 4º 2ª", ", escalera 2"])
        return line

    def _unit(self) -> str:
        number = str(self.draw.randint(1, 999)).zfill(self.draw.randint(1, 3))
        return f"{self.pick(['Apt.', 'Apt', 'Suite', 'Unit', 'Flat', 'Floor', '#', 'Apartment', 'Ste', 'Suite', 'Room', 'Top', 'bus', 'Etage', 'Building', 'Bldg.', 'Lot', 'Space', 'Trailer', 'apt', 'suite', 'unit', 'Dept', 'Level'])} {number}"

    def address(self, code: str) -> str:
        """A postal address: any of its parts may be missing, and they are set apart in many ways."""
        town = self.city(code)
        zipcode = self.postcode()
        region = self.pick(_STATES) if self.chance(0.75) else self.region(code)
        sep = self.pick([", ", ", ", ", ", "\n", "\n", " ", " - ", "; "])
        parts = [self.street(code)]
        if self.chance(0.3):
            parts[0] += self.pick([" ", ", ", sep]) + self._unit()
        elif self.chance(0.04):
            parts[0] = f"P.O. Box {self.draw.randint(1, 9999)}"
        form = self.draw.random()
        if code == "en" or self.chance(0.25):
            if form < 0.35:
                parts.append(f"{town}{self.pick([', ', ' ', ', '])}{region} {zipcode}")
            elif form < 0.55:
                parts.append(f"{town}{sep}{zipcode}")
            elif form < 0.7:
                parts += [town, region]
            elif form < 0.85:
                parts.append(town)
            elif form < 0.93:
                parts += [town, region, zipcode]
            else:
                parts.append(f"{region} {zipcode}")
        elif form < 0.75:
            parts.append(f"{self.pick(['', '', '', 'D-', 'F-', 'CP '])}{zipcode} {town}")
        elif form < 0.9:
            parts.append(f"{zipcode}, {town}")
        else:
            parts.append(town)
        if self.chance(0.3):
            parts.append(self.country(code))
        if self.chance(0.05):
            parts.append(parts.pop(1) + " " + zipcode)
        return sep.join(parts)


__all__ = ["LANGUAGES", "Maker", "Piece"]
