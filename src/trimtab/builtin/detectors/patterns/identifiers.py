"""National identifiers made of digits, by form, check digits and the words before them.

Which check belongs to which number is `python-stdnum`'s knowledge. A form with signs of its own counts by itself
when its check digits are right; a bare number needs a word that says what it is. Where that word stands close and
means nothing else, wrong check digits do not matter: people mistype their own numbers, and the number is still theirs.
"""

from functools import lru_cache
from importlib import import_module

from trimtab.detect.signs import later

# What may stand between a word and the number that it announces, in small letters.
_JOINS = (
    r"\w{0,24}(?:[\W_]{0,4}\b(?:n[°º]?|no|nr|num|numbers?|nummer|nummern|numer|n[uú]meros?|num[ée]ro|id|card|code|is|ist|est|es|jest|era|was|it|it['’]?s|s"
    r"|my|mine|yours?|his|her|their|our|de|du|des|del|di|da|do|d|of|for|the|le|la|il|el|o|e|é|on|file|ciudadan[ií]a|identidad|sz[áa]m|jel|kod\w{0,2}|[cč][ií]slo|broj|numara\w{0,3}|reads?|shows?|says|with|con|mit|value|and))"
    r"{0,6}[\W_]{0,6}\Z"
)


class _Identifier:
    """`form` counts without a word before it; any other writing of `sizes` digits needs `says`.

    `close` are those of the words that mean nothing else. Without a `module` there are no check digits.
    """

    __slots__ = ("close", "form", "module", "says", "sizes", "words")

    def __init__(self, module: str, sizes: tuple[int, ...], form: str, says: str, close: str | None = None) -> None:
        self.module, self.sizes = module, sizes
        self.form, self.says, self.words = later(form) if form else None, later(rf"\b(?:{says})"), says
        close = says if close is None else close
        self.close = later(rf"\b(?:{close}){_JOINS}") if close else None


_KNOWN = (
    _Identifier("br.cpf", (11,), r"\d{3}\.\d{3}\.\d{3}-\d{2}", r"cpf"),
    _Identifier(
        "fr.nir",
        (15,),
        r"[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}",
        r"nir|s[ée]cu|s[ée]curit[ée] sociale|insee|carte vitale|ss\b",
    ),
    _Identifier(
        "de.idnr",
        (11,),
        r"",
        r"steuer|idnr|tin\b|identifikationsnummer",
        r"steuer-?id|idnr|steuerliche id|identifikationsnummer",
    ),
    _Identifier("gb.nhs", (10,), r"", r"nhs|chi\b", r"nhs"),
    _Identifier("in_.aadhaar", (12,), r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", r"aadh?aa?r|uid", r"aadh?aa?r"),
    _Identifier(
        "se.personnummer", (10, 12), r"(?:19|20)?\d{6}[-+]\d{4}", r"person|samordning", r"personn|samordningsn"
    ),
    _Identifier("dk.cpr", (10,), r"", r"cpr"),
    _Identifier("ch.ssn", (13,), r"756\.\d{4}\.\d{4}\.\d{2}", r"ahv|avs"),
    _Identifier("ca.sin", (9,), r"", r"sin\b|nas\b|social insurance|assurance sociale"),
    _Identifier("au.tfn", (8, 9), r"", r"tfn\b|tax file"),
    _Identifier("", (10, 11), r"", r"medicare"),
    _Identifier("", (9,), r"\d{2}\.\d{3}\.\d{3}-\d", r"rg\b|identidade"),
    _Identifier("pl.pesel", (11,), r"", r"pesel"),
    _Identifier("nl.bsn", (9,), r"", r"bsn|burgerservice|sofi"),
    _Identifier(
        "be.nn",
        (11,),
        r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",
        r"rijksregister|national|registre|niss\b|insz\b",
        r"rijksregister|national register|registre national|niss\b|insz\b",
    ),
    _Identifier("pt.nif", (9,), r"", r"nif|contribuinte"),
    _Identifier("za.idnr", (13,), r"", r"id\b|identity", r"identity"),
    _Identifier("tr.tckimlik", (11,), r"", r"tc\b|kimlik|t\.?c\.? ?k", r"tckn|kimlik|t\.?c\.? kimlik"),
    _Identifier("kr.rrn", (13,), r"\d{6}-[1-8]\d{6}", r"rrn|resident", r"rrn|resident reg"),
    _Identifier("cz.rc", (9, 10), r"\d{6}/\d{3,4}", r"rodn|birth n"),
    _Identifier("us.itin", (9,), r"9\d{2}-[5-9]\d-\d{4}", r"itin"),
    _Identifier("us.ein", (9,), r"", r"ein\b|employer id", r"employer id"),
    _Identifier("br.cnpj", (14,), r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", r"cnpj"),
    _Identifier("ar.cuit", (11,), r"(?:20|2[3-7]|3[034])-\d{8}-\d", r"cui[tl]\b"),
    _Identifier("cl.rut", (8, 9), r"\d{1,2}\.\d{3}\.\d{3}-\d", r"ru[tn]\b", r"rut\b"),
    _Identifier("cn.ric", (18,), r"\d{6}\d{8}\d{4}", r"身份证|公民身份|resident id|id card|identity card|ric\b"),
    _Identifier("my.nric", (12,), r"\d{6}-\d{2}-\d{4}", r"nric|mykad|kad pengenalan"),
    _Identifier("th.pin", (13,), r"\d-\d{4}-\d{5}-\d{2}-\d", r"บัตรประชาชน|thai id|citizen id"),
    _Identifier("pk.cnic", (13,), r"\d{5}-\d{7}-\d", r"cnic|nadra"),
    _Identifier("luhn", (15,), r"784-\d{4}-\d{7}-\d", r"emirates id"),
    _Identifier("no.fodselsnummer", (11,), r"\d{6} \d{5}", r"f[øo]dsel|personnummer|fnr\b"),
    _Identifier("is_.kennitala", (10,), r"", r"kennitala|kt\b", r"kennitala"),
    _Identifier("ee.ik", (11,), r"", r"isikukood"),
    _Identifier("lt.asmens", (11,), r"", r"asmens"),
    _Identifier("", (11,), r"", r"personas kod|imss\b|nss\b|snils|pis\b"),
    _Identifier("", (16,), r"", r"nik\b|ktp\b"),
    _Identifier("", (12,), r"", r"cccd|cmnd|cni\b|t[íi]tulo de eleitor"),
    _Identifier("", (9,), r"", r"taj\b|taj-"),
    _Identifier("", (12,), r"\d{3}-\d{7}-\d{2}", r"identiteitskaart"),
    _Identifier("", (10,), r"", r"ad[óo]azonos"),
    _Identifier("ro.cnp", (13,), r"", r"cnp\b|cod numeric"),
    _Identifier("bg.egn", (10,), r"", r"egn\b|егн"),
    _Identifier("hr.oib", (11,), r"", r"oib\b"),
    _Identifier("gr.amka", (11,), r"", r"amka|αμκα"),
    _Identifier("il.idnr", (9,), r"", r"teudat|תעודת|israeli id|id no|id number", r"teudat|תעודת|israeli id"),
    _Identifier("sk.rc", (9, 10), r"", r"rodn|birth n"),
    _Identifier("si.emso", (13,), r"", r"em[sš]o|jmbg"),
    _Identifier("nz.ird", (8, 9), r"", r"ird\b"),
    _Identifier(
        "at.vnr",
        (10,),
        r"",
        r"svnr|sozialversicherung|versicherungsnummer|sv-nummer",
        r"svnr|sozialversicherungsn|sv-nummer",
    ),
    _Identifier("ec.ci", (10,), r"", r"c[eé]dula"),
    _Identifier("do.cedula", (11,), r"\d{3}-\d{7}-\d", r"c[eé]dula"),
)
_WRITTEN = later(
    r"000\.000\.000-00|0 00 00 00 000 000 00|0000[ -]0000[ -]0000|(?:00)?0{6}[-+]0{4}|000\.0000\.0000\.00|00\.00\.00-000\.00|0{6}-0{7}"
    r"|0{6}/0{3,4}|000-00-0000|00\.000\.000/0000-00|00-0{8}-0|0{1,2}\.000\.000-0|0{6}-00-0000|0-0000-00000-00-0|0{5}-0{7}-0|000-0{7}-00?|000-0000-0{7}-0|0{6} 0{5}|0{18}"
)
"""All the forms, with zeros for digits."""
ID_HINT = rf"\b(?:{'|'.join(known.words for known in _KNOWN)}|id\b|identi|dni|nie\b|nif|nass|tin|ausweis|personalausweis|codice)"
ID_LEADS = frozenset(
    "cpf nir séc sec ss ins ste idn tin ide nhs aad uid per cpr ahv avs sin soc tfn tax pes bsn bur sof rij nat reg nif con id tc kim rrn res rod "  # noqa: SIM905 - a table of words
    "iti ein emp dni nie nas aus cod cnp cui rut run 身份证 公民身 ric nri myk kad บ ตร thai tha cit cni nad fød fod fnr ken kt isi asm egn егн oib amk αμκ teu תעו isr ems emš ird svn soz ver sv céd ced t tck chi sam ass med niss nis bir emi ims nss sni pis adó ado nik ktp ccc cmn rg tít tit car taj jmb".split()
)
"""How the words of `ID_HINT` begin, three letters at most."""
_HINT = later(ID_HINT)
_SIZES = frozenset(size for known in _KNOWN for size in known.sizes)
_OF_SIZE = {size: tuple(known for known in _KNOWN if size in known.sizes) for size in _SIZES}
_FORMED = {size: tuple(known for known in kinds if known.form is not None) for size, kinds in _OF_SIZE.items()}
_TOLD = later(
    r"\b(?:national id|id (?:no|number|card)|identity (?:no|number|card)|dni|nie|nif|nass|tax id|tin|ausweis|personalausweis|carte d'identit[ée]|codice fiscale|c[eé]dula(?: de (?:ciudadan[ií]a|identidad))?)(?: ?\([^()]{2,12}\))?\W{0,4}(?:is |no\W{0,2}|number )?\W{0,3}$"
)


def formed(zeros: str) -> bool:
    """Whether a number without any word before it could be one, by its groups and signs; zeros stand for digits."""
    return _WRITTEN.fullmatch(zeros) is not None


def national_id(written: str, digits: str, before: str) -> tuple[str, float] | None:
    """The label and how sure we are, or None."""
    size = len(digits)
    hinted = bool(before) and _HINT.search(before) is not None
    for known in (_OF_SIZE if hinted else _FORMED).get(size, ()):
        by_form = known.form is not None and known.form.fullmatch(written)
        told = hinted and known.says.search(before)
        if (by_form or told) and (fits(known.module, digits) or (by_form and told)):
            return "national-id", 0.95 if by_form and told else 0.85
        if told and known.close is not None and known.close.search(before):
            return "national-id", 0.8
    if hinted and size >= 6 and _TOLD.search(before):
        return "national-id", 0.75
    return None


@lru_cache(maxsize=4096)
def fits(module: str, written: str) -> bool:
    """Whether the check digits are right, as a module of `python-stdnum` says."""
    return bool(module and import_module(f"stdnum.{module}").is_valid(written))
