"""National identifiers made of digits, by form, check digits and the words before them.

Which check belongs to which number is `python-stdnum`'s knowledge. A form with signs of its own counts by itself
when its check digits are right; a bare number needs a word that says what it is.
"""

from functools import lru_cache
from importlib import import_module

from trimtab.detect.signs import later


class _Identifier:
    """`form` counts without a word before it; any other writing of `sizes` digits needs `says`."""

    __slots__ = ("form", "module", "says", "sizes", "words")

    def __init__(self, module: str, sizes: tuple[int, ...], form: str, says: str) -> None:
        self.module, self.sizes = module, sizes
        self.form, self.says, self.words = later(form) if form else None, later(rf"\b(?:{says})"), says


_KNOWN = (
    _Identifier("br.cpf", (11,), r"\d{3}\.\d{3}\.\d{3}-\d{2}", r"cpf"),
    _Identifier(
        "fr.nir", (15,), r"[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}", r"nir|s[ée]cu|s[ée]curit[ée] sociale|insee"
    ),
    _Identifier("de.idnr", (11,), r"", r"steuer|idnr|tin\b|identifikationsnummer"),
    _Identifier("gb.nhs", (10,), r"", r"nhs"),
    _Identifier("in_.aadhaar", (12,), r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", r"aadh?ar|uid"),
    _Identifier("se.personnummer", (10, 12), r"(?:19|20)?\d{6}[-+]\d{4}", r"person"),
    _Identifier("dk.cpr", (10,), r"", r"cpr"),
    _Identifier("ch.ssn", (13,), r"756\.\d{4}\.\d{4}\.\d{2}", r"ahv|avs"),
    _Identifier("ca.sin", (9,), r"", r"sin\b|social insurance"),
    _Identifier("au.tfn", (8, 9), r"", r"tfn\b|tax file"),
    _Identifier("pl.pesel", (11,), r"", r"pesel"),
    _Identifier("nl.bsn", (9,), r"", r"bsn|burgerservice|sofi"),
    _Identifier("be.nn", (11,), r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", r"rijksregister|national|registre"),
    _Identifier("pt.nif", (9,), r"", r"nif|contribuinte"),
    _Identifier("za.idnr", (13,), r"", r"id\b|identity"),
    _Identifier("tr.tckimlik", (11,), r"", r"tc\b|kimlik"),
    _Identifier("kr.rrn", (13,), r"\d{6}-[1-8]\d{6}", r"rrn|resident"),
    _Identifier("cz.rc", (9, 10), r"\d{6}/\d{3,4}", r"rodn"),
    _Identifier("us.itin", (9,), r"9\d{2}-[5-9]\d-\d{4}", r"itin"),
    _Identifier("us.ein", (9,), r"", r"ein\b|employer id"),
)
_SIGNED = later(r"[-./+ ]")
ID_HINT = rf"\b(?:{'|'.join(known.words for known in _KNOWN)}|id\b|identi|dni|nie\b|nif|nass|tin|ausweis|personalausweis|codice)"
ID_LEADS = frozenset(
    "cpf nir séc sec ins ste idn tin ide nhs aad uid per cpr ahv avs sin soc tfn tax pes bsn bur sof rij nat reg nif con id tc kim rrn res rod "  # noqa: SIM905 - a table of words
    "iti ein emp dni nie nas aus cod".split()
)
"""How the words of `ID_HINT` begin, three letters at most."""
_HINT = later(ID_HINT)
_SIZES = frozenset(size for known in _KNOWN for size in known.sizes)
_OF_SIZE = {size: tuple(known for known in _KNOWN if size in known.sizes) for size in _SIZES}
_FORMED = {size: tuple(known for known in kinds if known.form is not None) for size, kinds in _OF_SIZE.items()}
_TOLD = later(
    r"\b(?:national id|id (?:no|number|card)|identity (?:no|number|card)|dni|nie|nif|nass|tax id|tin|ausweis|personalausweis|carte d'identit[ée]|codice fiscale)\W{0,4}(?:is |no\W{0,2}|number )?\W{0,3}$"
)


def formed(size: int, written: str) -> bool:
    """Whether a number without any word before it could be one, by its size and signs."""
    return size in _SIZES and _SIGNED.search(written) is not None


def national_id(written: str, digits: str, before: str) -> tuple[str, float] | None:
    """The label and how sure we are, or None."""
    size = len(digits)
    hinted = bool(before) and _HINT.search(before) is not None
    if hinted or formed(size, written):
        for known in (_OF_SIZE if hinted else _FORMED).get(size, ()):
            by_form = known.form is not None and known.form.fullmatch(written)
            told = hinted and known.says.search(before)
            if (by_form or told) and (_checks(known.module, digits) or (by_form and told)):
                return "national-id", 0.95 if by_form and told else 0.85
    if hinted and size >= 6 and _TOLD.search(before):
        return "national-id", 0.75
    return None


@lru_cache(maxsize=4096)
def _checks(module: str, digits: str) -> bool:
    return bool(import_module(f"stdnum.{module}").is_valid(digits))
