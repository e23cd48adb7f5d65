"""Characters in their plain form: compatibility forms, letters that look like others, marks that are not seen."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress

from trimtab.detect.reading import View

# Letters of other scripts that look like Latin ones or like digits, after compatibility forms are gone.
_ALIKE = dict(
    zip(
        "аеорсухіјѕԁԛԝһӏгкмтнвАВЕКМНОРСТУХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχβγωɑɡıοаᴏՕօѵѴⅼ",
        "aeopcyxijsdqwhlrkmtnbABEKMHOPCTYXIJSGQWABEZHIKMNOPTYXaeiknoptuxbywagioaoOovVl",
        strict=True,
    )
)
_DASHES = str.maketrans(
    {"․": ".", "。": ".", "｡": ".", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "＠": "@"}
)


@lru_cache(maxsize=8_192)
def _plain(char: str) -> str:
    """The plain form of a character: empty for marks that are not seen."""
    if "\U000e0020" <= char <= "\U000e007e":
        return chr(ord(char) - 0xE0000)  # tags, which spell ASCII unseen
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me"} or char in "\u115f\u1160\u3164\uffa0":
        return ""
    if category == "Zs":
        return " "
    if char in "¹²³":
        return str(unicodedata.digit(char))
    if char < "\u0100" or (category in {"Ll", "Lu"} and char < "\u0250"):
        return char  # accents and ordinals belong to names and numbers; nothing is gained by removing them
    form = unicodedata.normalize("NFKC", char)
    form = "".join(_ALIKE.get(one, one) for one in form).translate(_DASHES)
    if form.isdigit() and not form.isascii():
        form = "".join(str(unicodedata.digit(one, "")) or one for one in form)
    return form


def folded(view: View) -> View | None:
    """The view in plain characters; None when it is so already."""
    forms = {char: char if char.isascii() else _plain(char) for char in set(view.text)}
    if all(form == char for char, form in forms.items()):
        return None
    letters = list(map(forms.__getitem__, view.text))
    places: Sequence[int] = range(len(letters))
    if any(len(form) > 1 for form in forms.values()):
        places = [place for place, form in enumerate(letters) for _ in form]
    elif "" in forms.values():
        places = list(compress(places, letters))
    return View("look-alike", "".join(letters), view, range(len(places)), places, [place + 1 for place in places])
