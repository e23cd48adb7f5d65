"""Where on earth something is: latitude and longitude as decimal fractions, in degrees and minutes or in fields, and codes."""

import re

from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone
from trimtab.detect.signs import later

# Which half of the earth: `O` is east in German, and west in French, Spanish, Italian and Portuguese.
_NORTH, _EAST = frozenset("NSns"), frozenset("EWOewo")
_TURN = r"[NSEWO](?![^\W_])"
_DEGREE = "[°º˚]"
_GAP = r"[ \t\u00a0]?[,;/|][ \t\u00a0]{0,2}|[ \t\u00a0]{1,2}"
_DECIMALS = later(
    rf"(?P<one>\d{{1,3}}\.(?P<fine>\d{{2,15}}))(?![\d.])(?: ?{_DEGREE})?(?: ?(?P<turn>{_TURN}))?(?P<gap>{_GAP})"
    rf"(?P<turning>[NSEWO] ?)?(?P<two>[-+\u2212]?\d{{1,3}}\.(?P<also>\d{{2,15}}))(?![\d])(?: ?{_DEGREE})?(?: ?(?P<turned>{_TURN}))?"
)
_TURN_BEFORE = later(r"(?<![^\W_])[NSEWO][ :]?\Z")
_LEAST_FINE = 4
"""Decimals from which two fractions say by themselves that they are a place: eleven metres."""

_PLACE = later(
    r"(?:\b(?:(?:lat|lon|lng|long)\b|latitud|longitud|latlng|gps|coord|geo|locat|posi[tzcç]|ubic|standort|emplacement|maps?\b|place|srid|wkt|marker|koordinat|kordin|współrz|локац|координат)"
    r"|座標|位置|坐标|좌표|\b(?:st_make)?point ?z?m? ?\()"
)
_NO_PLACE = later(
    r"(?:\b(?:c\.?i|mean|median|sd|std|avg|average|var(?:iance)?|loss|scores?|accuracy|intervals?|ratios?|rates?|prices?|usd|eur|gbp|weights?|vector|matrix"
    r"|scale|rotate|translate|bezier|rgba?|hsla?|path|points|polygon|polyline|viewbox|width|height|versions?|coeff\w*|beta|gamma|alpha|sigma|mu)\b[^\n]{0,16}"
    r"|[a-z_]\w*\((?:[^()\n]{0,20},)? ?|(?<![^\W_])[mlcqst] ?)[-+]?\Z"
)
_NEXT_IN_ROW = later(r"[,; \t]{1,3}[-+]?\d|[A-Za-z]")
_LAST_IN_ROW = later(r"\d[,; \t]{1,3}[-+]?\Z")

_LATITUDE = r"(?:latitude|latitud|latitudine|breitengrad|breite|широта|緯度|纬度|위도|(?:(?<![^\W\d_])|gps|geo|loc|home|start|end|user)lat)"
_LONGITUDE = r"(?:longitude|longitud|longitudine|l[äa]ngengrad|länge|долгота|経度|经度|경도|(?:(?<![^\W\d_])|gps|geo|loc|home|start|end|user)(?:lon|lng))"
_SAYS = r"(?:[_-]?(?:deg|degrees|value|wgs84))?[\"'\]]{0,2}(?:\s{0,2}[:=>(]{1,2}\s{0,2}| )[\"']?"
_FIELD = later(rf"(?:{_LATITUDE}|{_LONGITUDE}|(?P<long>long)){_SAYS}[-+\u2212]?\Z")
_OTHER_FIELD = later(
    rf"(?: ?{_DEGREE})?[\"']?(?:\s{{0,8}}(?:[,;&|/]|</?\w{{2,20}}>|\band\b|\bund\b|\bet\b|\by\b){{1,2}}\s{{0,8}}|\s{{1,8}})[\"'<]?"
    rf"(?:{_LONGITUDE}|{_LATITUDE}|long){_SAYS}(?P<other>[-+\u2212]?\d{{1,3}}(?:\.\d{{1,15}})?)(?![\d.])",
    re.IGNORECASE,
)
_FRACTION = later(r"\d{1,3}\.\d{1,15}(?![\d.])")
_CONTEXT = 40


def at_fraction(text: str, at: int) -> list[Judged]:
    """What a row of digits with a point in it begins, if that is a place on earth: a field of one, or a pair."""
    one = _FRACTION.match(text, at)
    if one is None or (at and (text[at - 1] == "." or text[at - 1].isdigit())):
        return []
    start = at - (at > 0 and text[at - 1] in "-+\u2212")
    pair = _DECIMALS.match(text, at)
    before = text[max(0, at - _CONTEXT) : at].lower()
    if pair and (found := _pair(text, pair, start, before)):
        return [found]
    field = _FIELD.search(before) if _has_words(before) and not before.endswith(_NO_FIELD) else None
    if field is None or float(one.group()) > 180 or (start and text[start - 1].isalnum()):
        return []
    other = _OTHER_FIELD.match(text, one.end(), one.end() + _LONGEST_GAP)
    if other:
        return [(start, one.end(), 0.85), (*other.span("other"), 0.85)]
    if field["long"] or not _fine(one.group()):
        return []
    return [(start, one.end(), 0.75)]


def _has_words(before: str) -> bool:
    """Whether any letter may stand in a text in small letters: where none does, nothing says what a number is."""
    return before.islower() or not before.isascii()


_NO_FIELD = ("$", "€", "£", ", ", "@", "/")
_LONGEST_GAP = 80


def _fine(fraction: str) -> bool:
    return len(fraction) - fraction.find(".") > _LEAST_FINE - 1


def _pair(text: str, pair: re.Match[str], start: int, before: str) -> Judged | None:
    one, two = float(pair["one"]), abs(float(pair["two"].replace("\u2212", "-")))
    turning = _TURN_BEFORE.search(text, max(0, start - 2), start)
    begin = turning.start() if turning else start
    turns = pair["turn"] or (turning and turning.group()[0]), pair["turned"] or (pair["turning"] or "")[:1]
    if turns[0] and turns[1]:
        north = turns[0] in _NORTH
        if north == (turns[1] in _NORTH) or not _within(*((one, two) if north else (two, one))):
            return None
        begin = begin if turning and not pair["turn"] else start
        return (begin, pair.end(), 0.85) if _stands_alone(text, begin) else None
    if len(pair["fine"]) < _LEAST_FINE or len(pair["also"]) < _LEAST_FINE or turns[0] or not _stands_alone(text, start):
        return None
    if not (_within(one, two) or _within(two, one)):
        return None
    if (_has_words(before) and _PLACE.search(before)) or text[start - 1 : start] == "@":
        return start, pair.end(), 0.75
    in_row = _NEXT_IN_ROW.match(text, pair.end()) or _LAST_IN_ROW.search(text[max(0, start - 4) : start])
    if in_row or max(one, two) < 1 or pair["gap"].isspace() or not _within(one, two) or _NO_PLACE.search(before):
        return None
    return start, pair.end(), 0.75


def _stands_alone(text: str, start: int) -> bool:
    """Whether no word goes on here, save of letters of a script that puts no space between words."""
    sign = text[start - 1 : start]
    return not sign.isalnum() or (not sign.isascii() and not sign.isdecimal() and sign.lower() == sign.upper())


def _within(north: float, east: float) -> bool:
    return north <= 90 and east <= 180


_NUMBER = r"\d{1,3}(?:[.,]\d{1,8})?"
_MINUTES = r"(?:['’′´`]|\\'| ?min(?:utes?|\.)?| ?分)"
_SECONDS = r"(?:\\?[\"”″]|['’′´]{2}| ?sec(?:onds?|\.)?| ?秒)"
_ANGLE = rf"(?:°|º|˚| ?deg(?:rees?|\.)?| ?度) ?(?:(?P<minutes@>[0-5]?\d(?:[.,]\d{{1,8}})?) ?{_MINUTES} ?(?:[0-5]?\d(?:[.,]\d{{1,6}})? ?{_SECONDS})?)?"
_TURNS = r"(?:[NSEWO]|north|south|east|west|nord|sud|süd|norte|sur|ost|est|ouest|ovest|este|oeste)(?![^\W_])"
_SECOND = rf"(?P<two>[-+]?{_NUMBER}){_ANGLE.replace('@', '2')}"
_BETWEEN = r"(?:\s?[,;/|·]\s{0,3}|\s{1,3}|[\"'\s,;:=\w]{1,28}?|)"
_TURNED_BEFORE = later(
    rf"{_ANGLE.replace('@', '1')}{_BETWEEN}(?P<turned>[EWO]|[東西][経經]|[东西]经|[동서]경) ?{_SECOND}"
)
_TURNED_AFTER = later(
    rf"{_ANGLE.replace('@', '1')} ?(?P<turn>{_TURNS}){_BETWEEN}{_SECOND} ?(?P<turned>{_TURNS})", re.IGNORECASE
)
_DEGREES_BEFORE = later(
    rf"(?:(?P<turn>(?<![^\W_])[NS] ?|[北南][緯纬] ?|[북남]위 ?)|(?<![\w.,]))[-+]?(?P<one>{_NUMBER})\Z"
)
_BEFORE_DEGREE = 18


def _degrees(text: str, start: int, _end: int) -> Judged | None:
    """A sign for degrees: two angles, of which one is told north from south and the other east from west."""
    if not (start and text[start - 1].isdigit()):
        return None
    low = max(0, start - _BEFORE_DEGREE)
    one = _DEGREES_BEFORE.search(text[low:start])
    if not one:
        return None
    rest = _TURNED_BEFORE.match(text, start, start + _LONGEST_GAP) if one["turn"] else None
    begin = low + one.start()
    if rest is None:
        begin = low + one.start("one")
        rest = _TURNED_AFTER.match(text, start, start + _LONGEST_GAP)
        if rest is None or (rest["turn"][0] in _NORTH) == (rest["turned"][0] in _NORTH):
            return None
    figures = [part.replace(",", ".").lstrip("+-") for part in (one["one"], rest["two"])]
    if not (rest["minutes1"] and rest["minutes2"]) and min(len(part.partition(".")[2]) for part in figures) < _COARSE:
        return None
    one_degree, two_degrees = map(float, figures)
    north_first = rest["turned"][0] not in _NORTH
    if not (_within(one_degree, two_degrees) if north_first else _within(two_degrees, one_degree)):
        return None
    return begin, rest.end(), 0.9


_COARSE = 2
"""Decimals of a degree below which a pair names a country or a sea and no place."""
_GRID = later(
    r"[^\n]{0,24}?(?<![^\W_])(?P<grid>\d{1,2} ?[C-HJ-NP-X] ?(?:[A-HJ-NP-Z]{2} ?(?:\d{5} ?\d{5}|\d{4} ?\d{4})|\d{6}(?:\.\d+)?[mE, ]{1,4}\d{7}(?:\.\d+)?)"
    r"|[HNOST][A-HJ-Z] ?(?:\d{5} ?\d{5}|\d{4} ?\d{4}|\d{3} ?\d{3})|[2-9CFGHJMPQRVWX]{4,6}\+[2-9CFGHJMPQRVWX]{2,3})(?![^\W_])"
)
_THREE_WORDS = later(r"///(?:[a-z]{3,20}\.){2}[a-z]{3,20}(?![\w./(])")


def _grid(text: str, start: int, end: int) -> Judged | None:
    """A square of a grid on maps, behind the name of the grid."""
    grid = _GRID.match(text, end, end + 60) if alone(text, start, end) else None
    return (grid.start("grid"), grid.end("grid"), 0.8) if grid else None


def _three_words(text: str, start: int, _end: int) -> Judged | None:
    words = None if start and text[start - 1] in ":/" else _THREE_WORDS.match(text, start)
    return (start, words.end(), 0.75) if words else None


def _open_code(text: str, start: int, end: int) -> Judged | None:
    """An Open Location Code of a place no larger than a house."""
    whole = alone(text, start, end) and sum(map(str.isdigit, text[start:end])) > 1
    return (start, end, 0.75) if whole and not text[start:end].replace("+", "").isdigit() else None


_COMMA = r"[-+\u2212]?\d{1,3}[.,]\d{3,10}"
_EAST_NEXT = later(
    r"(?:緯|纬|위|위도|度|緯度|纬度)?[ :：]{0,2}(?P<one>\d{1,3}\.\d{2,12})(?![\d.])[ 度도]{0,2}[,、，/／;と ]{0,3}(?:[東西][経經]|[东西]经|[동서]경)[ :：]{0,2}(?P<two>\d{1,3}\.\d{2,12})(?![\d.])(?:[ ]?[度도])?"
)


def _east(text: str, start: int, end: int) -> Judged | None:
    """Degrees behind words for north and east, without a sign: `北緯35.01942, 東経135.78371`."""
    pair = _EAST_NEXT.match(text, end)
    whole = pair and _within(float(pair["one"]), float(pair["two"]))
    return (start, pair.end(), 0.9) if pair and whole else None


_NORTH_BEFORE = later(r"(?<![\w.,])(?P<one>\d{1,2}[.,]\d{3,8})[ \u00a0]?\Z")
_EAST_BEHIND = later(
    r"[ \u00a0]?[NSns][ \u00a0]{0,2}[,;/|]?[ \u00a0]{0,2}(?P<two>\d{1,3}[.,]\d{3,8})[ \u00a0]?[EWO](?![^\W_])"
)
_BEFORE_TURN = 14


def _turned(text: str, start: int, _end: int) -> Judged | None:
    """Fractions with a comma, as most of Europe writes them, and letters for north and east: `48,7433 N / 9,3201 O`."""
    low = max(0, start - _BEFORE_TURN)
    one = _NORTH_BEFORE.search(text[low:start])
    two = _EAST_BEHIND.match(text, start) if one else None
    if not one or not two or not _within(_value(one["one"]), _value(two["two"])):
        return None
    return low + one.start(), two.end(), 0.85


def _value(written: str) -> float:
    return abs(float(written.replace(",", ".").replace("\u2212", "-")))


_LON_NEXT = later(
    rf"[\w.]{{0,12}}[\"']?\s{{0,2}}[:=]?\s{{0,2}}(?P<one>{_COMMA})(?![\d,.]\d)[ °º]{{0,2}}[NSns]?[ \t]?[,;/|]?\s{{0,4}}(?:und |y |et |e |en |i |и )?[\"']?"
    rf"(?:lon|lng|l[äa]nge|dł|долг|boylam|lengte|leng)[\w.]{{0,14}}[\"']?\s{{0,2}}[:=]?\s{{0,2}}(?P<two>{_COMMA})(?![\d,.]\d)",
    re.IGNORECASE,
)


def _commas(text: str, start: int, end: int) -> Judged | None:
    """Latitude and longitude by name, with commas: `Breite 48,7433, Länge 9,3201`."""
    pair = None if start and text[start - 1].isalnum() else _LON_NEXT.match(text, end, end + _LONGEST_GAP)
    if not pair or "," not in pair["one"] + pair["two"] or not _within(_value(pair["one"]), _value(pair["two"])):
        return None
    return pair.start("one"), pair.end("two"), 0.85


_BY_COMMAS = later(
    r"[^\W\d_]{0,12}\.?(?: gps)?\s{0,2}[:=]?\s{0,2}\(?(?P<one>[-+\u2212]?\d{1,2},\d{4,8})\s?(?P<gap>[;,/]?)\s{1,2}(?P<two>[-+\u2212]?\d{1,3},\d{4,8})(?![\d,.]\d)",
    re.IGNORECASE,
)


def _said(text: str, start: int, end: int) -> Judged | None:
    """A pair of fractions with commas behind a word for a place: `coordonnées : 48,8566 ; 2,3522`."""
    pair = None if start and text[start - 1].isalnum() else _BY_COMMAS.match(text, end, end + _LONGEST_GAP)
    if not pair or not _within(_value(pair["one"]), _value(pair["two"])):
        return None
    if not pair["gap"] and text[start:end].lower().startswith(("pos", "stand")):
        return None
    return pair.start("one"), pair.end("two"), 0.8


_TURN_SIGNS = (" n ", " n,", " n/", " n;", " s ", " s,", " s/", " s;")
COORDINATES: tuple[Pattern, ...] = (
    Pattern(
        label="personal.geo",
        shape="北緯|北纬|南緯|南纬|북위|남위",
        anchors=("北緯", "北纬", "南緯", "南纬", "북위", "남위"),
        judge=_east,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.geo",
        shape="|".join(_TURN_SIGNS),
        anchors=_TURN_SIGNS,
        judge=_turned,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=2,
    ),
    Pattern(
        label="personal.geo",
        shape="lat|breite|enlem|szer",
        anchors=("lat", "breite", "enlem", "szer"),
        judge=_commas,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=16,
    ),
    Pattern(
        label="personal.geo",
        shape="coord|koord|gps|standort|posi[tz]",
        anchors=("coord", "koord", "gps", "standort", "posit", "posiz"),
        judge=_said,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=24,
    ),
    Pattern(
        label="personal.geo",
        shape="координат",
        anchors=("координат",),
        judge=_said,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.geo",
        shape="широта",
        anchors=("широта",),
        judge=_commas,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.geo",
        shape="°|º|˚|度",
        anchors=("°", "º", "˚", "度"),
        judge=_degrees,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.geo",
        shape=r" ?deg(?:rees?|\.)?",
        anchors=("deg", " deg"),
        judge=_degrees,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=2,
    ),
    Pattern(
        label="personal.geo",
        shape="mgrs|utm|grid ref|plus code",
        anchors=("mgrs", "utm", "grid ref", "plus code"),
        judge=_grid,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=60,
    ),
    Pattern(label="personal.geo", shape="///", anchors=("///",), judge=_three_words, begins=True, close=True),
    Pattern(
        label="personal.geo",
        shape=r"[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}",
        judge=_open_code,
        needs_digit=True,
    ),
)
