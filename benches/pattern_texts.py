"""Texts to measure `patterns` on: varied short ones, so that no cache can flatter, and hostile ones. Run by `detectors.py`."""

import random

_OPENINGS = (
    "the customer wrote to us about an invoice that was due yesterday", "please forward this note to the team before the end of the week",
    "I could not sign in this morning and would like somebody to look into it", "the parcel arrived late and one of the boxes was open",
    "our records show another address than the one on the form you sent", "thank you for the kind reply and for the corrected agreement",
    "we met at the fair in May and spoke of a trial for two departments", "she asked whether the appointment can be moved to the afternoon",
)  # fmt: skip
_NAMES = ("ana", "jon", "mara", "li", "omar", "ines", "petr", "sofia", "noor", "kai")


def _digits(dice: random.Random, size: int) -> str:
    return "".join(dice.choices("0123456789", k=size))


def _values(dice: random.Random) -> list[str]:
    name = f"{dice.choice(_NAMES)}.{dice.choice('bcdfgklmnprst')}{_digits(dice, 2)}"
    return [
        f"{name}@{dice.choice(['mail', 'office', 'post'])}.example.{dice.choice(['org', 'com', 'net'])}",
        f"+44 20 {_digits(dice, 4)} {_digits(dice, 4)}",
        f"{dice.randint(201, 989)}-{dice.randint(201, 989)}-{_digits(dice, 4)}",
        f"192.168.{dice.randint(0, 255)}.{dice.randint(1, 254)}",
        f"{dice.randint(100, 665)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}",
        f"{dice.randint(1, 99)} {dice.choice(['Elm', 'Oak', 'Mill', 'Church'])} Street",
    ]


def varied(count: int, *, seed: int = 1) -> list[str]:
    """Different texts of about thirty words with two findings each."""
    dice = random.Random(seed)
    texts = []
    for _ in range(count):
        first, second = dice.sample(_values(dice), 2)
        texts.append(
            f"{dice.choice(_OPENINGS)}, so write to {first} today or call {second} tomorrow, and say that all is well"
            f" with {dice.choice(_NAMES)} and the {dice.randint(2, 30)} others who had asked for help with their order"
        )
    return texts


REPEATED = (
    "1 ", "1-", "a@", "@", "AA11 ", "x@a.", "12 34-56.", "4111 1111 ", "street 1 ", "1.1.1.1 ", "tel 1234567 ", "&#64;", "a b ", "%41", "\\u0041",
    "password=", "password: ", 'key="', "Bearer ", "://", "a:b@", "MII", "eyJ", "sk-", "AKIA", "-----BEGIN PRIVATE KEY-----\n", "insert into ",
    "415 555 0123 ", "(415) 555-0123 ", "4111 1111 1111 1112 ", "l2 34 5O ", "one two ", "616e6140", "61 6e 61 40 ", "YW5hQGV4YW1wbGUub3Jn",
    "moc.a@", " at a.b", "\u200b1", "\u00e91 ", "1a ", "0x", "::1 ", "born 1.1.", "Calle Mayor 1, ",
)  # fmt: skip
"""Anchors and near-matches that a hostile text repeats."""


def hostile(size: int, *, seed: int = 1) -> dict[str, str]:
    """Texts of so many characters that cost as much as we know how to make them, by name."""
    dice = random.Random(seed)
    texts = {repr(piece): (piece * (size // len(piece) + 1))[:size] for piece in REPEATED}
    alphabets = {
        "random digits and signs": "0123456789   .-", "random letters and digits": "abcABC0123456789@.:/ =-",
        "random anchors": ("password", "key", "token", "=", ": ", "'", " ", "\n", "1", "a", "@", ".", "sk-", "://", "%41", "&#6"),
        "random Unicode": [chr(code) for code in (*range(0x20, 0x7F), *range(0x400, 0x450), *range(0xFF10, 0xFF5A), 0x200B, 0x301)],
    }  # fmt: skip
    for name, alphabet in alphabets.items():
        texts[name] = "".join(dice.choices(alphabet, k=size))[:size]
    groups = ("".join(dice.choices("0123456789", k=dice.choice((2, 3, 4, 4)))) for _ in range(size // 3))
    texts["random groups of digits"] = " ".join(groups)[:size]
    return texts
