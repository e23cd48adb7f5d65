"""What belongs to a street that was found: flats and floors, houses before it, districts, town, postcode and country."""

from functools import lru_cache

from trimtab.detect.signs import later

BIG = "A-ZÀ-ÖØ-ÞĄĆČĎĘĚĞİŁŃŇŌŐŘŚŠŞŤŮŰŹŻŽ"
WORD = rf"(?:(?:St|Ste|Mt|Ft|Sta|Bad)\.? |[A-Z]\. )?[{BIG}](?:['’]?\w){{1,24}}(?:-\w(?:['’]?\w){{0,20}}){{0,3}}"
_JOIN = (
    r"(?: (?:(?:of|on|upon|under|by|in|the|le|la|les|los|las|sur|sous|en|de|du|des|di|da|do|dos|das|del|della|dell|am|an|der|im|ob|bei|aan|den|op"
    r"|y|e|et|and|nad|pod|i) ){0,2}(?:[dl]['’])?| ?[dl]['’]|/)"
)
TOWN = rf"{WORD}(?:{_JOIN}{WORD}){{0,3}}"
GAP = r"(?:[ \t]?[,;·•–—-]?[ \t]?(?:\r?\n|\\r\\n|\\n|<br ?/?>)[ \t]{0,8}|[ \t]{0,2}[,;·•–—-][ \t]{0,2}|[ \t]{1,2})"
_PARTED = r"(?:[ \t]?[,;–—-]?[ \t]?(?:\r?\n|\\r\\n|\\n|<br ?/?>)[ \t]{0,8}|[ \t]{0,2}[,;·•–—][ \t]{0,2}|[ \t]-[ \t])"

BRITISH = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?!\w)"
CANADIAN = r"[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d(?!\w)"
IRISH = r"(?:[AC-FHKNPRTV-Y]\d\d|D6W) ?(?=\w{0,3}\d)[0-9AC-FHKNPRTV-Y]{4}(?!\w)"
LETTERED = rf"(?:{BRITISH}|{CANADIAN}|{IRISH})"
FIGURES = r"(?:\d{5}-\d{3,4}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3}[ -]\d{2,3}|\d{4,6}|[0-9०-९]{6})(?!\w)(?![- .,:]\d)"
_NAMED_CODE = (
    rf"(?i:cep|pin(?: ?code)?|c\.? ?p\.?|plz|zip(?: code)?|post ?code|postal code|код|индекс)[ :.–-]{{1,3}}{FIGURES}"
)
_DUTCH = r"\d{4} ?[A-Z]{2}(?!\w)"
_YEAR = r"(?:19\d\d|20[0-4]\d)(?!\d)"
STATE = r"[A-Z]{2,3}(?!\w)"
_CODED = later(
    rf"{GAP}(?:(?:[A-Z]{{1,3}}[-– ] ?)?(?:{_DUTCH}|{FIGURES})[ \t]{{1,2}}(?:- )?(?!(?i:tel|phone|fax|mob)\b){TOWN}(?: \d{{1,2}}(?![\w.,/]))?"
    rf"|(?:{TOWN}(?: \d{{1,2}})?[ ,]{{1,2}})?(?:{STATE}[ ,]{{1,2}})?(?:{LETTERED}|{_NAMED_CODE})"
    rf"|(?:{TOWN}{GAP})?{STATE}[ ,–-]{{1,3}}{FIGURES}"
    rf"|{TOWN}(?:[ ,–-]{{1,3}}|\n)(?!{_YEAR}){FIGURES})"
)
_VALUE = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?(?:[-/.]\w{1,4}){0,2}|[A-Z]{1,2}|[IVX]{1,5})(?!\w)"
_UNIT = (
    rf"(?:(?i:apt|apartment|suite|ste|unit|flat|floor|fl|level|lvl|room|rm|building|bldg|block|blk|box|lot|space|spc|office|penthouse|studio|tower|wing|shop"
    r"|top|stiege|stg|t[üu]e?r|wohnung|whg|stock|haus|app|bus|bte|bo[îi]te|verd|appt|b[âa]t|b[âa]timent|esc|escalier|[ée]tage|porte|piso|puerta|pta|escalera"
    r"|planta|portal|bloque|bq|dpto|depto|departamento|local|int|interior|oficina|of|torre|casa|apto?|apartamento|ap|bloco|bl|sala|andar|lote|quadra|qd|lt"
    r"|interno|scala|sc|piano|lok|mieszkanie|m|lgh|leil|кв|корп|стр|д|rr|hc|psc|phase|sector|sec|ward|pocket|kat|daire|d|no|n)"
    rf"(?:\.|\b)[ :]{{0,2}}(?:(?i:no|n[º°]|nr)\.?[ :]?)?{_VALUE}|#[ ]?\w{{1,6}}(?:-\w{{1,5}})?(?!\w)"
    r"|\d{1,3}(?i:st|nd|rd|th|er|e|ème|[.]?[ºªo]) (?i:floor|fl\.?|[ée]tage|piso|andar|planta|stock|og)(?!\w)(?: [A-Z](?!\w))?"
    r"|\d{1,2}\. ?(?i:og|stock|etage|sal|tr|et\.?)(?!\w)(?: (?i:links|rechts|li|re|mitte|tv|th|mf)\b\.?)?|\d{1,2} tr(?!\w)|(?i:erdgeschoss|eg|rez-de-chauss[ée]e|rdc|ground floor|bajo|r/c)(?!\w)"
    r"|\d{1,2}\.?[ºª°o]\.?[ -]?(?:(?i:esq|dto|dta|dcha|izq|izda|izqda|dir|drt|fte|int|ext)\b\.?|[A-Z](?!\w))?|(?i:st|kl|\d{1,2})\. ?(?i:tv|th|mf)\b\.?"
    rf"|\d{{1,3}}/F(?!\w)|(?i:floor|apartment|flat|unit) [A-Z0-9]{{1,4}}(?!\w))"
)
_UNIT_ON = later(rf"{GAP}{_UNIT}")
_DISTRICT = later(
    rf"{GAP}(?:(?:Col|Colonia|Urb|Urbanizaci[óo]n|Barrio|Bairro|Fracc|Sector|Near|Opp|Opposite|Behind|Dist|District|Tal|Taluka|Kec|Kel|Mah|Mahalle|Dorp"
    rf"|Ortsteil|OT|Lieu-dit|Village|P\.?O|Nr)\.? {TOWN}|(?:Col|Urb)\.? \w{{1,12}})(?!\w)"
)
_PART = later(rf"{_PARTED}{TOWN}(?: \d{{1,2}}(?![\w.,/:-]))?")
_ENDS = later(r"[ \t]?(?:\Z|[\"'“”»|;<)\]\t\r\n]|\\[nr\"]|\.(?:\s|\Z))")
_BESIDE = later(
    r"(?: ?\([A-Z]{2}\)|(?:, | )(?:[A-Z]{1,2})(?=\s*(?:\Z|[^\w\s]))| (?:[Cc]edex|CEDEX)(?: \d{1,2})?|(?: ?\()"
    + TOWN
    + r"\))"
)
COUNTRIES = (
    "United Kingdom|United States(?: of America)?|Great Britain|Northern Ireland|New Zealand|South Africa|South Korea|Hong Kong|Saudi Arabia|Costa Rica"
    "|Czech Republic|The Netherlands|UK|U[.]K[.]|USA|U[.]S[.]A[.]?|UAE|England|Scotland|Wales|Ireland|Canada|Australia|India|Singapore|Germany|Deutschland|Austria"
    "|Österreich|Switzerland|Schweiz|Suisse|Svizzera|France|Belgium|België|Belgique|Netherlands|Nederland|Luxembourg|Spain|España|Portugal|Italy|Italia"
    "|Poland|Polska|Sweden|Sverige|Norway|Norge|Denmark|Danmark|Finland|Suomi|Iceland|Greece|Turkey|Türkiye|Japan|China|Taiwan|Korea|Brazil|Brasil|Mexico"
    "|México|Argentina|Chile|Colombia|Peru|Perú|Uruguay|Ecuador|Kenya|Nigeria|Ghana|Egypt|Israel|Malaysia|Indonesia|Philippines|Thailand|Vietnam|Pakistan"
    "|Bangladesh|Czechia|Česko|Hungary|Magyarország|Romania|România|Ukraine|Россия|Україна|Kowloon"
)
_COUNTRY = later(rf"{GAP}(?:{COUNTRIES})(?!\w)")
_REACH = 220
_MOST = 8
_TOWNS = 4


def onwards(text: str, end: int) -> int:
    """Where an address ends whose street ends at a place.

    A part that proves itself (a flat, a postcode, a country) takes those between along; of names alone only the first
    belongs to it for sure, and a second that nothing follows.
    """
    return end - 1 + _onwards(text[end - 1 : end + _REACH + _BEYOND])


_BEYOND = 48
"""Characters behind the last part that are looked at, for a province or a country."""


# What stands there is remembered: a text that repeats itself, in good faith or bad, is looked at once.
@lru_cache(maxsize=1_024)
def _onwards(text: str) -> int:  # noqa: C901 - one kind of part after the other
    """From the second character on of what stands around the end of a street."""
    end = 1
    upto = min(len(text), end + _REACH)
    at = sure = end
    towns = 0
    coded = False
    for _ in range(_MOST):
        sign = _sign(text, at, upto)
        if not sign:
            if at == end:
                return end
            break
        if part := _UNIT_ON.match(text, at, upto):
            at = sure = part.end()
        elif sign.islower():
            break
        elif part := _CODED.match(text, at, upto):
            at = sure = part.end()
            coded = True
            break
        elif part := _DISTRICT.match(text, at, upto):
            at = sure = part.end()
        elif towns < _TOWNS and (part := _PART.match(text, at, upto)):
            towns += 1
            at, begun = part.end(), at
            ends = _ENDS.match(text, at) is not None
            if (towns == 1 and ("\n" not in text[begun:at] or ends)) or (towns == 2 and ends and sure == begun):
                sure = at
        else:
            break
    if coded:
        sure = _beyond_code(text, sure, upto)
    if _sign(text, sure, upto + 40).isupper() and (part := _COUNTRY.match(text, sure, upto + 40)):
        sure = part.end()
    return sure


def _beyond_code(text: str, end: int, upto: int) -> int:
    """With the province behind a town, or the town behind a postcode that ends a field."""
    part = _BESIDE.match(text, end, upto + 40)
    if part is None and text[end - 1].isdecimal():
        part = _PART.match(text, end, upto)
        part = part if part and _ENDS.match(text, part.end()) else None
    return part.end() if part else end


_NEXT = later(GAP)
_SMALL_WORD = later(r"[^\W\d_]{1,16}")
_SMALL_UNITS = frozenset(
    # Those of `_UNIT` that are written small in the middle of a line.
    [
        "apt",
        "apartment",
        "suite",
        "ste",
        "unit",
        "flat",
        "floor",
        "fl",
        "level",
        "room",
        "rm",
        "building",
        "bldg",
        "block",
        "box",
        "lot",
        "space",
        "office",
        "penthouse",
        "studio",
        "tower",
        "wing",
        "shop",
        "top",
        "stiege",
        "stg",
        "tür",
        "tuer",
        "wohnung",
        "whg",
        "stock",
        "haus",
        "app",
        "bus",
        "bte",
        "boîte",
        "boite",
        "verd",
        "appt",
        "bât",
        "bat",
        "bâtiment",
        "batiment",
        "esc",
        "escalier",
        "étage",
        "etage",
        "porte",
        "piso",
        "puerta",
        "pta",
        "escalera",
        "planta",
        "portal",
        "bloque",
        "bq",
        "dpto",
        "depto",
        "departamento",
        "local",
        "int",
        "interior",
        "oficina",
        "of",
        "torre",
        "casa",
        "apto",
        "apartamento",
        "ap",
        "bloco",
        "bl",
        "sala",
        "andar",
        "lote",
        "quadra",
        "qd",
        "lt",
        "interno",
        "scala",
        "sc",
        "piano",
        "lok",
        "mieszkanie",
        "m",
        "lgh",
        "leil",
        "кв",
        "корп",
        "стр",
        "д",
        "phase",
        "sector",
        "sec",
        "ward",
        "pocket",
        "kat",
        "daire",
        "no",
        "n",
        "og",
        "eg",
        "erdgeschoss",
        "rdc",
        "rez",
        "ground",
        "bajo",
        "r",
        "st",
        "kl",
    ]
)


def _sign(text: str, at: int, upto: int) -> str:
    """What an address would go on with, or nothing where the next word is none of one: most streets end so, in a sentence."""
    if text[at : at + 1] == " " and text[at + 1 : at + 2].islower():
        word = _SMALL_WORD.match(text, at + 1)
        return "a" if word and word.group() in _SMALL_UNITS else ""
    gap = _NEXT.match(text, at, upto)
    sign = text[gap.end() : gap.end() + 1] if gap else ""
    if sign.islower():
        word = _SMALL_WORD.match(text, gap.end()) if gap else None
        return sign if word and word.group() in _SMALL_UNITS else ""
    return sign if sign.isalnum() or sign == "#" else ""


_HOUSE = (
    "House|Court|Building|Bldg|Towers?|Mansions?|Lodge|Apartments?|Apts|Residency|Residences?|Villas?|Heights|Centre|Complex|Chambers|Cottages?|Farm|Barn"
    "|Manor|Hall|Mill|Gardens|Estate|Enclave|Society|Rectory|Vicarage|Forge|Bungalow"
)
_HOUSE_BEFORE = later(
    rf"(?:{_UNIT}(?:[ \t]?[,/–-]?[ \t]?(?:\n|\\n)?|[ \t])|(?:{WORD} ){{1,3}}(?:{_HOUSE})(?:,[ \t]?(?:\n|\\n)?|\n|\\n| \d{{1,3}},[ ]))"
)
_STEPS_BACK = 4


def backwards(text: str, start: int, low: int) -> int:
    """Where an address begins whose number is at a place: with the flat, the floor and the house, not before `low`."""
    if text[start - 1 : start] == " " and text[start - 2 : start - 1].islower() and text[start - 2] not in _LEAD_ENDS:
        return start
    base = max(0, low - 1)
    return base + _backwards(text[base:start], low - base)


@lru_cache(maxsize=1_024)
def _backwards(text: str, low: int) -> int:
    start = len(text)
    for _ in range(_STEPS_BACK):
        if (
            (text[start - 1 : start] == " " and text[start - 2 : start - 1].islower())
            or start - low < 2
            or not _may_end_house(text, low, start)
        ):
            break
        begin = _house_begins(text, low, start)
        if begin is None:
            break
        start = begin
    led = text[start - 1 : start] == " " and text[start - 2 : start - 1] in _LEAD_ENDS
    lead = _LEAD.search(text, max(low, start - 8), start) if led else None
    return lead.start() if lead else start


_LEAD_ENDS = frozenset("k.º°№ate")
_LEAD = later(r"(?<![\w.])(?:Blk|Block|No\.|Nº|N°|№|Villa|Plot|House) $")


_OPENS = frozenset("\"'(|>:,;[=")
_WORDS = 6  # of the longest name of a house, and its number


def _house_begins(text: str, low: int, start: int) -> int | None:
    """Where the flat or the house begins that ends at a place, of few words: the longest."""
    begins = []
    at = start - 1
    for _ in range(_WORDS):
        while at > low and not text[at - 1].isspace():
            at -= 1
        begins.append(at)
        at -= 1
        if at <= low:
            break
    for begin in reversed(begins):
        at = begin + (text[begin] in _OPENS)
        if _HOUSE_BEFORE.fullmatch(text, at, start):
            return at
    return None


def _may_end_house(text: str, low: int, start: int) -> bool:
    """Whether what stands before a number may be a flat or a house: a figure, one letter, or anything before a comma or a line."""
    if text[start - 1] not in " ,/\n\t-n":
        return False
    said = text[low:start].rstrip(" \t")
    if not said or said[-1] in ",/\n-":
        return bool(said) and said != "," and not said.isspace()
    last = said[said.rfind(" ") + 1 :]
    return last.isalnum() and (len(last) == 1 or any(map(str.isdigit, last)) or last.isupper())
