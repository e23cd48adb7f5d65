"""Names of groups of people, which the heads do not see.

A model that learns from the web learns that some groups are named in order to insult them, and then takes the name for
the insult. So every name becomes one and the same sign before anything is looked at: what is said of people counts,
and not of whom it is said. The rates of false alarms for two groups of this list are equal by construction.

Slurs are no names: they stay. So does what has another everyday use as a rule ("man", "girl", "guy").
"""

import re
from functools import lru_cache

ONE, MANY = "¤", "¦"
"""What stands for "gay" or "elderly" (person), and for "muslims" or "gay people"; two signs that prose lacks."""

_ADJECTIVES = (
    "gay", "lesbian", "bisexual", "transgender", "trans", "queer", "homosexual", "straight", "heterosexual",
    "nonbinary", "cis", "cisgender", "asexual", "intersex", "lgbt", "lgbtq", "lgbtqia", "black", "white", "brown",
    "african", "asian", "hispanic", "latino", "latina", "latinx", "caucasian", "biracial", "indigenous",
    "aboriginal", "roma", "american", "canadian", "mexican", "cuban", "brazilian", "colombian", "argentinian",
    "peruvian", "haitian", "jamaican", "european", "british", "english", "irish", "scottish", "welsh", "french",
    "german", "dutch", "belgian", "swiss", "austrian", "italian", "spanish", "portuguese", "greek", "turkish",
    "polish", "czech", "hungarian", "romanian", "bulgarian", "serbian", "croatian", "albanian", "ukrainian",
    "russian", "swedish", "norwegian", "danish", "finnish", "israeli", "palestinian", "lebanese", "syrian", "iraqi",
    "iranian", "persian", "saudi", "afghan", "egyptian", "moroccan", "algerian", "tunisian", "nigerian", "kenyan",
    "ethiopian", "somali", "ghanaian", "ugandan", "indian", "pakistani", "bangladeshi", "nepali", "chinese",
    "japanese", "korean", "vietnamese", "thai", "filipino", "filipina", "indonesian", "malaysian", "taiwanese",
    "tibetan", "arab", "arabic", "australian", "kurdish", "yemeni", "muslim", "islamic", "jewish", "christian",
    "catholic", "protestant", "evangelical", "orthodox", "mormon", "buddhist", "hindu", "sikh", "taoist", "atheist",
    "agnostic", "jew", "pagan", "jain", "old", "older", "elderly", "young", "younger", "teenage", "adolescent",
    "millennial", "blind", "deaf", "mute", "disabled", "paralyzed", "paraplegic", "autistic", "dyslexic",
    "handicapped", "epileptic", "male", "female", "immigrant", "refugee", "migrant", "foreign", "foreigner",
    "homeless", "poor", "rich",
)  # fmt: skip
_PLURALS = (
    "gays", "lesbians", "bisexuals", "transgenders", "homosexuals", "heterosexuals", "queers", "blacks", "whites",
    "africans", "asians", "hispanics", "latinos", "latinas", "caucasians", "americans", "canadians", "mexicans",
    "cubans", "brazilians", "colombians", "haitians", "jamaicans", "europeans", "germans", "belgians", "austrians",
    "italians", "greeks", "turks", "poles", "hungarians", "romanians", "bulgarians", "serbs", "croats", "albanians",
    "ukrainians", "russians", "swedes", "norwegians", "danes", "finns", "israelis", "palestinians", "syrians",
    "iraqis", "iranians", "persians", "afghans", "egyptians", "moroccans", "algerians", "tunisians", "nigerians",
    "kenyans", "ethiopians", "somalis", "ghanaians", "indians", "pakistanis", "bangladeshis", "koreans",
    "filipinos", "indonesians", "malaysians", "arabs", "australians", "kurds", "muslims", "jews", "christians",
    "catholics", "protestants", "evangelicals", "mormons", "buddhists", "hindus", "sikhs", "taoists", "atheists",
    "agnostics", "pagans", "jains", "teenagers", "adolescents", "millennials", "boomers", "seniors", "women", "men",
    "females", "males", "immigrants", "refugees", "migrants", "foreigners",
)  # fmt: skip
_PAIRS = (
    "african american", "middle eastern", "native american", "middle aged", "asian american", "non binary",
    "south african", "north african", "latin american", "east asian", "south asian", "trans gender",
)  # fmt: skip
_PEOPLE = " people"
_SIGNS = {
    **dict.fromkeys((*_ADJECTIVES, *_PAIRS), ONE),
    **dict.fromkeys(_PLURALS, MANY),
    **dict.fromkeys((f"{pair}s" for pair in _PAIRS if pair.endswith("an")), MANY),
}
_FIRSTS = "|".join(sorted({pair.split(" ")[0] for pair in _PAIRS}))
_PARTS = frozenset(part for name in _SIGNS for part in name.split(" "))
_LETTERS = re.compile(r"[a-z]+")


def names(sign: str) -> list[str]:
    """What a sign stands for."""
    return [word for word, one in _SIGNS.items() if one == sign]


def without_groups(plain: str) -> str:
    """A lower-case text with one sign for every name of a group; linear in its length."""
    there = _PARTS.intersection(_LETTERS.findall(plain))
    if not there and ONE not in plain:  # as most sentences
        return plain
    found = _named(there).sub(_sign, plain)
    return found.replace(ONE + _PEOPLE, MANY) if ONE in found else found


@lru_cache(maxsize=512)
def _named(words: frozenset[str]) -> "re.Pattern[str]":
    """What finds these words alone, or with the first word of a pair before them: a few of hundreds are in a text."""
    either = "|".join(sorted(words)) or r"(?!)"
    return re.compile(rf"(?<![^\W_])(?:(?:{_FIRSTS})[ -])?(?:{either})(?![^\W_])")


def _sign(match: "re.Match[str]") -> str:
    word = match[0]
    sign = _SIGNS.get(word)
    if sign is not None:
        return sign
    first, space, second = word.partition(" ")
    if not space:
        first, space, second = word.partition("-")
        if not space:
            return word
    pair = _SIGNS.get(f"{first} {second}")
    return pair or f"{_SIGNS.get(first, first)}{space}{_SIGNS.get(second, second)}"
