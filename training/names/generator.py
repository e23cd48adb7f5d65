"""Labelled texts from templates, in many styles.

A template is a line of `templates/*.txt`; a slot in braces stands for something to find (`{per}`, `{city}`) or for an
ordinary word (`{noun}`). Files that end in `_none` hold lines in which there is nothing to find.
"""

import random
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from training.names import facts
from training.names.people import Maker, Piece
from training.names.records import Records
from training.names.vocabulary import GENERIC_ORG
from training.names.words import LANGUAGES, Lexicon

TEMPLATES = Path(__file__).with_name("templates")
_SLOT = re.compile(r"\{(\w+)\}")


UNSURE = "?"


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what is in it: `(start, end, label)`, half open, in code points.

    Under the label `UNSURE` nobody knows what is there, so nothing is learned from it.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One line of a file."""

    language: str
    line: str
    empty: bool

    @property
    def held_out(self) -> bool:
        """One in ten is never trained on: the trainer's own check, by template and not by row."""
        return crc32(self.line.encode()) % 10 == 0


@cache
def templates() -> tuple[Template, ...]:
    """All of them, in the order of the files."""
    found = []
    for path in sorted(TEMPLATES.glob("*.txt")):
        language, _, kind = path.stem.partition("_")
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            Template(language, line.replace("\\n", "\n").replace("\\t", "\t"), kind.startswith("none"))
            for line in lines
            if line and line[:2] != "# "
        ]
    return tuple(found)


_JOINT = {"de": ["", "", "s", "en"], "nl": ["", "", "s", "en"], "sv": ["", "", "s"], "da": ["", "", "s", "e"]}
_ENDINGS = {
    "de": ["", "", "", "en", "e", "s", "ung", "er"],
    "nl": ["", "", "", "en", "je", "s"],
    "sv": ["", "", "en", "et", "n", "ar", "er", "arna", "erna", "s"],
    "da": ["", "", "en", "et", "er", "erne", "ene", "s"],
}
_MONTHS = "January February March April May June July August September October November December".split()


class Filler:
    """Fills the slots of templates."""

    def __init__(self, words: Lexicon, draw: random.Random) -> None:
        self.words, self.draw = words, draw
        self.maker = Maker(words, draw)
        self.records = Records(self)
        self._common = {
            code: [*words.common.get(code, ()), *facts.NOUNS[code], *facts.SMALL_WORDS[code]] for code in LANGUAGES
        }
        self._jobs = {code: words.jobs.get(code) or words.jobs["en"] for code in LANGUAGES}

    def word(self, code: str) -> str:
        """An ordinary word; now and then one that nobody has heard of."""
        pick = self.maker.pick
        if code in _JOINT and self.maker.chance(0.3):
            return self._compound(code)
        if self.maker.chance(0.12):
            one, other = pick(self._common[code]), pick(self._common[code])
            return (one[: len(one) // 2 + 1] + other[len(other) // 2 :]).lower()
        if self.maker.chance(0.05):
            code = pick(LANGUAGES)
        return pick(self._common[code])

    def _compound(self, code: str) -> str:
        """Two nouns in one word, or one with an ending, as Germanic languages make new ones every day."""
        one, other = self.maker.pick(facts.NOUNS[code]), self.maker.pick(facts.NOUNS[code]).lower()
        word = one + self.maker.pick(_JOINT[code]) + other if self.maker.chance(0.6) else one
        ending = self.maker.pick(_ENDINGS[code])
        return word[:-1] + ending if ending and word[-1] == ending[0] else word + ending

    def _snake(self) -> str:
        words = [self.maker.pick(self._common["en"]).lower() for _ in range(self.draw.randint(1, 3))]
        return "_".join(words)

    def fill(self, template: Template) -> list[Piece]:
        """The template with every slot drawn."""
        pieces: list[Piece] = []
        at = 0
        for slot in _SLOT.finditer(template.line):
            pieces.append((template.line[at : slot.start()], ""))
            pieces.extend(self.slot(slot.group(1), template.language))
            at = slot.end()
        pieces.append((template.line[at:], ""))
        return [piece for piece in pieces if piece[0]]

    def slot(self, name: str, code: str) -> list[Piece]:
        """What stands in for a slot."""
        make = self.maker
        match name:
            case "per":
                return [(make.person(code), "name")]
            case "first":
                return [(make.given(code), "name")]
            case "last":
                return [(make.family(code), "name")]
            case "tper" | "tlast":
                who = make.person(code) if name == "tper" else make.family(code)
                return [(make.pick(facts.SPOKEN_TITLES[code]), "title"), (" ", ""), (who, "name")]
            case "city":
                form = self.draw.random()
                return [(make.city(code) if form < 0.85 else make.place(code), "location")]
            case "country":
                return [(make.country(code), "location")]
            case "region":
                return [(make.region(code), "location")]
            case "org":
                return [(make.firm(code), "organisation")]
            case "addr":
                return [(make.address(code), "address")]
            case "street":
                return [(make.street(code), "address")]
            case "zip":
                return [(make.postcode(), "address")]
            case "CITY":
                return [(make.city(code).upper(), "location")]
            case "PER":
                return [(make.person(code).upper(), "name")]
            case "age":
                return [(str(self.draw.randint(1, 99)), "age")]
            case _:
                return [(self.plain(name, code), "")]

    def plain(self, name: str, code: str) -> str:
        """What stands in for a slot with nothing to find in it."""
        make, draw = self.maker, self.draw
        pick = make.pick
        match name:
            case "noun":
                return pick(facts.NOUNS[code]) if make.chance(0.6) else self.word(code)
            case "Noun":
                return self.plain("noun", code).capitalize()
            case "orgword" | "Orgword":
                word = pick(GENERIC_ORG)
                return word.capitalize() if name == "Orgword" else word
            case "adj":
                return pick(facts.ADJECTIVES[code]) if make.chance(0.8) else self.word(code)
            case "verb":
                return pick(facts.VERBS) if make.chance(0.9) else self.word(code)
            case "words" | "Words":
                text = " ".join(self.word(code) for _ in range(draw.randint(2, 12)))
                return text[:1].upper() + text[1:] if name == "Words" else text
            case "title_case":
                return " ".join(self.word(code).capitalize() for _ in range(draw.randint(1, 7)))
            case "caps":
                return " ".join(self.word(code).upper() for _ in range(draw.randint(1, 6)))
            case "CAPSLINE":
                return self.plain("words", code).upper() + pick(
                    [".", "!", "", " " + self.plain("words", code).upper() + "."]
                )
            case "initials":
                return ", ".join(f"{letter}." for letter in draw.choices("ABCDEFGHJKLMPRST", k=draw.randint(1, 2)))
            case "work":
                words = [self.word(code) for _ in range(draw.randint(1, 4))]
                title = " ".join(word if len(word) < 4 and at else word.capitalize() for at, word in enumerate(words))
                title = pick(["The ", "A ", "", "", "My "]) + title if code == "en" else title
                return pick(['"{}"', "{}", "{}", "“{}”", "'{}'", "`` {} ''"]).format(title)
            case "prod":
                if make.chance(0.6):
                    return pick(facts.PRODUCTS) + pick(["", "", " Pro", " 2", " X", " 11", " Mini", " Plus"])
                return f"{self.word(code).capitalize()}{pick(['', ' X', ' 3000', ' Pro', '-2', 'Max', ' One'])}"
            case "job" | "Job":
                job = pick(self._jobs[code])
                return job.capitalize() if name == "Job" else job
            case "nationality":
                return pick(facts.PEOPLES)
            case "language":
                return pick(facts.LANGUAGE_NAMES)
            case "weekday":
                return pick(facts.CALENDAR[code][-7:] if code != "en" else facts.CALENDAR["en"][12:19])
            case "month":
                return pick(facts.CALENDAR[code][:12])
            case "year":
                return str(draw.randint(1820, 2030))
            case "num":
                return str(draw.randint(1, int(pick(["12", "100", "5000"]))))
            case "time":
                return f"{draw.randint(0, 23)}:{draw.randint(0, 59):02d}{pick(['', ' am', 'pm', ' Uhr', 'h'])}"
            case "date":
                day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(1930, 2030)
                named = pick(facts.CALENDAR[code][:12])
                return pick([f"{day}/{month}/{year}", f"{day:02d}.{month:02d}.{year}", f"{year}-{month:02d}-{day:02d}",
                             f"{named} {day}, {year}", f"{day} {named} {year}", f"{day}. {named}", f"{day} de {named} de {year}",
                             f"{_MONTHS[month - 1]} {day}", f"{month}/{day}"])  # fmt: skip
            case "money":
                return (
                    pick(["$", "€", "£", "USD ", "EUR "])
                    + f"{draw.randint(1, 9999)}{pick(['', '.50', ',00', ' million', 'k'])}"
                )
            case "id":
                digits = "".join(draw.choices("0123456789", k=draw.randint(3, 12)))
                letters = "".join(draw.choices("ABCDEFGHKLMNPRSTXZ", k=draw.randint(1, 4)))
                forms = [digits, f"#{digits}", f"{letters}{digits}", f"{letters}-{digits}", f"{digits[:4]} {digits[4:8]} {digits[8:]}",
                         f"{digits[:2]}-{digits[2:]}", f"{letters}{digits}{letters[0]}", f"{letters}-{digits[:4]}-{digits[4:]}",
                         f"{letters.lower()}{digits}", f"{letters}/{digits[:2]}/{digits[2:]}"]  # fmt: skip
                return pick(forms).strip(" -/")
            case "email":
                return f"{self._snake()}@{self.word('en').lower()}.{pick(['com', 'org', 'de', 'es', 'net'])}".replace(
                    "'", ""
                )
            case "url":
                return f"{pick(['https://', 'http://', 'www.'])}{self.word('en')}.{pick(['com', 'org', 'io'])}/{self._snake()}"
            case "phone":
                return f"{pick(['+', '', '(0)', '00'])}{draw.randint(1, 99)}{pick([' ', '-', ''])}{draw.randint(100, 999)}{pick([' ', '-', ''])}{draw.randint(1000, 999999)}"
            case "ip":
                return ".".join(str(draw.randint(1, 254)) for _ in range(4))
            case "card":
                return f"{draw.randrange(10**15, 10**16)}"
            case "iban":
                return f"{pick(['DE', 'GB', 'FR', 'ES', 'NL'])}{draw.randint(10, 99)}{draw.randrange(10**17, 10**18)}"
            case "ssn":
                return f"{draw.randint(100, 799)}-{draw.randint(10, 99)}-{draw.randint(1000, 9999)}"
            case "snake":
                return self._snake()
            case "Camel":
                return "".join(self.word("en").capitalize() for _ in range(draw.randint(1, 3)))
            case "lib":
                return pick(facts.LIBRARIES)
        raise ValueError(f"no such slot: {name}")

    def noise(self, pieces: list[Piece], code: str) -> list[Piece]:
        """Some ordinary words replaced by others, so that no sentence is learned by heart."""
        rate = self.draw.choice([0.0, 0.0, 0.1, 0.25])
        if not rate:
            return pieces

        def swap(match: re.Match[str]) -> str:
            word = match.group()
            if self.draw.random() >= rate:
                return word
            other = self.word(code)
            return other.capitalize() if word[:1].isupper() else other

        return [(piece if label else re.sub(r"[^\W\d_]{3,}", swap, piece), label) for piece, label in pieces]


def styled(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """As somebody else would have typed it."""
    style = draw.random()
    if style < 0.55:
        return pieces
    if style < 0.70:
        return [(text.lower(), label) for text, label in pieces]
    if style < 0.74:
        return [(text.upper(), label) for text, label in pieces]
    if style < 0.80:
        return [(re.sub(r"[.,;:!?]", "", text.lower()), label) for text, label in pieces]
    if style < 0.82:
        return [(text.title(), label) for text, label in pieces]
    if style < 0.88:  # words and signs apart, as corpora and logs have them
        return [(re.sub(r" ?([.,:;!?()\"]|'s\b) ?", r" \1 ", text), label) for text, label in pieces]
    if style < 0.92:  # no accents
        return [
            ("".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)), label)
            for text, label in pieces
        ]
    if style < 0.96:  # only what is to be found is in small letters
        return [(text.lower() if label else text, label) for text, label in pieces]
    return [(text.upper() if label == "name" else text, label) for text, label in pieces]


def joined(pieces: list[Piece]) -> Text:
    """The pieces as one text; what follows without a gap under the same label is one span."""
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    at = 0
    for text, label in pieces:
        if label:
            left = len(text) - len(text.lstrip())
            right = len(text.rstrip())
            if right > left:
                spans.append((at + left, at + right, label))
        parts.append(text)
        at += len(text)
    return Text("".join(parts), tuple(spans))


def texts(words: Lexicon, *, seed: int, count: int, held_out: bool = False) -> list[Text]:
    """`count` texts, each of one to four templates of one language."""
    draw = random.Random(seed)
    filler = Filler(words, draw)
    pool = {code: [t for t in templates() if t.language == code and t.held_out == held_out] for code in LANGUAGES}
    made = []
    for _ in range(count):
        code = "en" if draw.random() < 0.55 else draw.choice(LANGUAGES[1:])
        full = [t for t in pool[code] if not t.empty]
        empty = [t for t in pool[code] if t.empty] or full
        pieces: list[Piece] = []
        for number in range(draw.choice([1, 1, 2, 2, 3, 4])):
            if number:
                pieces.append((draw.choice([" ", " ", "\n", "\n\n"]), ""))
            part = draw.random()
            if not held_out and part < 0.14:
                pieces.extend(filler.records.any(code))
            elif not held_out and part < 0.19 and code in words.phrases:
                pieces.append((filler.maker.pick(words.phrases[code]), ""))
            else:
                template = draw.choice(full if draw.random() < 0.62 else empty)
                pieces.extend(filler.noise(filler.fill(template), code))
        made.append(joined(styled(pieces, draw)))
    return made
