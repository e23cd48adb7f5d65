"""Characters in their plain form: compatibility forms, letters that look like others, marks that are not seen."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import compress

from trimtab.detect.reading import Part, View, replaced
from trimtab.detect.signs import later

# Letters of other scripts that look like Latin ones or like digits, after compatibility forms are gone.
_ALIKE = dict(
    zip(
        # Cyrillic and Greek, Armenian, Cherokee, Lisu.
        "аеорсухіјѕԁԛԝһӏгкмтнвАВЕКМНОРСТУХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχβγωɑɡıοаᴏՕօѵѴⅼӀҮүԍϹϲϳͿ"
        "ոսհցզոՍՏԼյ"
        "ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏎᏒᏔᏕᏙᏚᏞᏟᏢᏦᏴᏻ"
        "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ",
        "aeopcyxijsdqwhlrkmtnbABEKMHOPCTYXIJSGQWABEZHIKMNOPTYXaeiknoptuxbywagioaoOovVlIYyGCcjJ"
        "nuhgqnUSLj"
        "DRTiAJEWMHGZ4RWSVSLCPKBG"
        "BPDTGKJCZFNLSRVHWXYAEIOU",
        strict=True,
    )
)
_DASHES = str.maketrans(
    {"․": ".", "。": ".", "｡": ".", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "＠": "@"}
    | dict.fromkeys("•‧∙⋅・･", "·")
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
    forms = {char: form for char in set(view.text) if not char.isascii() and (form := _plain(char)) != char}
    if not forms:
        return None
    if sum(map(view.text.count, forms)) * 8 < len(view.text) if len(forms) < _FEW else False:
        sought = re.compile(f"[{re.escape(''.join(forms))}]")
        return replaced(
            view, "look-alike", ((at.start(), at.end(), forms[at.group()]) for at in sought.finditer(view.text))
        )
    letters = [forms.get(char, char) for char in view.text]
    froms: Sequence[int] = range(len(letters))
    if any(len(form) > 1 for form in forms.values()):
        froms = [place for place, form in enumerate(letters) for _ in form]
    elif "" in forms.values():
        froms = list(compress(froms, letters))
    return View("look-alike", "".join(letters), view, range(len(froms)), froms, [place + 1 for place in froms])


_FEW = 16  # different signs, of which each is counted


OVERRIDE, _ENDS = "\u202e", later(r"[\u202c\r\n]|\Z")


def overridden(view: View) -> View | None:
    """What is shown from right to left by a sign of its own, in the order in which it is read."""
    text = view.text

    def parts() -> Iterator[Part]:
        at = text.find(OVERRIDE)
        while at >= 0:
            end = _ENDS.search(text, at)
            upto = end.start() if end else len(text)
            if upto > at + 1:
                yield at, upto, text[at + 1 : upto][::-1]
            at = text.find(OVERRIDE, upto)

    return replaced(view, "turned", parts())
