"""Dates of birth: a word for being born, and a date that belongs to it, its month in words or in figures.

Dates are everywhere, so what stands between the two decides: signs, names, places, and words that say nothing by
themselves. Of figures, `numbers` sees those as well that come a few words later, whatever stands between.
"""

import re

from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

# Of English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Russian, Scandinavian languages, Turkish
# and Hindi, as they stand in dates, with their short forms.
_NAMES_OF_MONTHS = (
    "january february march april may june july august september october november december"
    " januar jänner februar feber märz maerz mai juni juli oktober dezember"
    " janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre"
    " enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
    " gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre"
    " janeiro fevereiro março marco maio junho julho setembro outubro novembro dezembro"
    " januari februari maart mei augustus augusti marts maj desember"
    " stycznia lutego marca kwietnia maja czerwca lipca sierpnia września wrzesnia października pazdziernika listopada grudnia"
    " ledna února března dubna května června července srpna září října prosince"
    " января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    " ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"
    " जनवरी फरवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर"
    " jan feb mar apr jun jul aug sep sept oct nov dec jän mär mrz okt dez janv févr fevr fév fev avr juil déc"
    " ene abr ago dic gen mag giu lug set ott out mrt sty lut kwi cze lip sie wrz paź lis gru"
)
_MONTHS = frozenset(_NAMES_OF_MONTHS.split())
_FAR = 90
"""Characters between the word and the date at most: a name, a place and what joins them."""
_DIGIT = later(r"[0-9]")
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
_NTH = rf"{_DAY}(?:st\b|nd\b|rd\b|th\b|\.|er\b|[ºª°])?"
_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
_SHORT_YEAR = r"(?:['’]|(?<=[-./]))[0-9]{2}(?![0-9])"
_OF = r"(?:of |de |del |d['’])?"
_LETTERS = r"(?:[^\W\d_]|[\u0900-\u0963]){2,13}"
_MONTH = rf"(?P<month>{_LETTERS})\.?"
_CJK = r"(?:19|20)[0-9]{2} ?[年년] ?(?:0?[1-9]|1[0-2]) ?[月월] ?(?:0?[1-9]|[12][0-9]|3[01]) ?[日日号號일]"
_ERAS = r"(?:明治|大正|昭和|平成|令和)"
_ERA = rf"{_ERAS} ?(?:[0-9]{{1,2}}|元) ?年 ?[0-9]{{1,2}} ?月 ?[0-9]{{1,2}} ?日"
EAST = later(rf"{_CJK}|{_ERA}")
_COMPACT = r"(?:(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|(?:0[1-9]|[12][0-9]|3[01]){2}(?:19|20)[0-9]{2})(?![0-9])"
_FIGURES = later(
    rf"{_YEAR}([-./])(?:0?[1-9]|1[0-2])\1{_DAY}|{_DAY}([-./ ] ?){_DAY}\2(?:{_YEAR}(?: r\b)?|[0-9]{{2}}(?![0-9]))|{_CJK}|{_COMPACT}"
)
_DAY_FIRST = later(
    rf"{_NTH}[-/ \u00a0]{{0,2}}{_OF}{_MONTH}(?P<year>[-/,. ]{{1,3}}{_OF}{_YEAR}(?: r\b|\. ?г\b| г\b)?|[-/ ]{_SHORT_YEAR}| [0-9]{{2}}(?![0-9:%]|[.,][0-9]| [a-z]))?"
)
_YEAR_FIRST = later(rf"{_YEAR}[-/, ]{{1,2}}{_MONTH}[-/ ]{{1,2}}{_NTH}")
_DAY_AND_YEAR = later(rf"{_NTH}(?P<year>(?:,| de| del)?[- ,]{{1,2}}{_YEAR}|[-/ ]{_SHORT_YEAR})?")
_MONTH_BEFORE = later(r"(?:\A|[\W_])(?P<date>([^\W\d_]{3,10})\.?[- ]{1,2}(?:the )?)\Z")
_ENDS_WITH_YEAR = later(_YEAR)
ANSWER = later(
    # The rest of a question, and on the next line who answers when, and words that say no more than yes.
    r"[^\n?？.!:;0-9]{0,40}[?？][\"”»’)]?[ \t]{0,2}\r?\n[ \t>*-]{0,6}(?:[\[(]?[0-9]{1,2}(?:[:.][0-9]{2}){1,2}(?:[.,][0-9]{1,3})?(?: ?[AaPp][Mm])?[\])]?[ \t:–-]{0,4})?"
    r"(?:[*_]{0,2}[^\W\d_][\w .’'()-]{0,24}[*_]{0,2}[:：][*_]{0,2}[ \t　]{0,3})?"
    r"(?:(?i:(?:it|that|this)(?:['’](?:s|d be)| is| was| would be)|i was born|i['’]m|my \w{2,12} is|on|the|sure|ok(?:ay)?|of course|yes|yeah|yep|uh+|um+|well|so|born|ja|das ist|der|am|es ist"
    r"|ich bin|geboren|oui|c['’]est|bien sûr|le|je suis née?|s[íi]|es|el|claro|nac[íi]|certo|[èé]|il|sono nat[oa]|dia|sim|nasci|het is|dat is|op|tak|to|jest|urodzon[ya]|det är|den|evet|да|это|はい|네|是的)"
    r"(?!\w)[ ,.:!…、，。]{1,4}){0,6}+"
)
"""What stands between a word at the end of a question and the answer to it, in the transcript of a conversation."""

# Words that say nothing by themselves; a name or a place has a capital.
_SAYING = (
    r"(?i:of the \w{3,12}|d(?:el|e la|u|es) \w{3,12}"
    r"|on|in|at|the|is|was|were|are|it|he|she|i|date|day|of|place|and|my|his|her|their|und|ort|tag|am|im|zu|bei|aus|den|der|dem|ist|war|wurde|lautet"
    r"|bin|sie|er|ich|mein|sein|ihr|les?|la|à|au|en|de|du|des|est|et|lieu|el|los|las|a|es|y|fue|lugar|fecha|il|lo|nel|em|no|na|o|d[ao]|op|te|het|née?|as|une?|dnia|given|stated|recorded|listed|registered|angegeben|declared|w|r|roku|dne|jest|den|med|som|em|mnie|mam"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche"
    r"|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo"
    r"|staat|stond|als|genoteerd|vermeld|bekend|ons|systeem|steht|eingetragen|hinterlegt|figure|comme|enregistrée|figura|consta|como|registrada|risulta|come|registrata|registada"
    r"|widnieje|jako|zapisan[aoy]|står|som|registrerat|registreret|registrert|shows?|appears?|entered|noted|we|have|has|as)"
)
_NAME = r"(?:St\.|[A-ZÀ-ÖØ-ÞŠŽŁŚ][^\W\d_]{1,24}(?:['’-][^\W\d_]{1,24})?)"
_WORD = rf"(?:(?:[ \u00a0(:*\"'’/-]{{1,4}}|, ){_SAYING}(?!\w)|[ \u00a0(:*\"'’/-]{{1,4}}{_NAME}(?!\w)|, (?:{_NAME}|[A-Z]{{2}})(?=,))"
_SIGNS = r"[\s:,;()*_=\"'’|\[\]<>/–—-]{0,12}"
_FORM = r"(?:\([a-zA-Z]{1,5}(?:[-./ ][a-zA-Z]{1,5}){0,2}\)|(?:\s{0,4}</?[a-z]{1,6}[^<>]{0,30}>){1,4})?"
_BETWEEN = later(
    rf"\.?(?:['’]s(?= ))?(?:\((?:e|a|in)\))?(?:{_SIGNS}{_FORM}{_SIGNS}|{_WORD}{{1,8}}+[ \u00a0:,(*–-]{{1,3}})"
)
_BETWEEN_BACK = later(rf"(?:, {_NAME}(?!\w))?{_WORD}{{0,7}}+[ \u00a0,(–-]{{1,3}}")
ANOTHER_DATE = later(
    # Of what else than a birth a date is told, and a date that follows another without such a word.
    r"died?\b|releas|publish|launch|founded|ver[öo]ffentlicht|death|deceased|admi(?:tted|ssion)|discharge|issued?\b|expir|valid|visit|\brate\b|\bseen\b|since|joined|hired?\b|signed|gestorben|\bgest\b|sterbe|aufnahme"
    r"|aufgenommen|entlass|ausgestellt|g[üu]ltig|eingestellt|eintritt|ablauf|d[ée]c[éeè]d|d[ée]c[èe]s|entr[ée]e|d[ée]livr|depuis|ingres|\balta\b|fallec|muert|muri[óo]|caduc"
    r"|expedi|vencim|decess|morto|ricover|scad|rilasci|[óo]bito|falec|emiss|validade|overl[ei]|opname|verval|zmar|przyj|ważn|wydan"
    r"|\d([-./])\d{1,2}\1\d{1,4}(?!\d)(?!(?:,? ?(?:and|or|und|oder|et|ou|y|e|&)|,|;) \Z)"
)
"""In small letters."""
_BACK = frozenset({"geboren", "born", "nació", "nacio", "zur welt"})
"""Words that come after the date as well: `am 3. Mai 1970 in Genf geboren`."""
_BESIDE = 12
_LONGEST = 26  # characters of a date before its year ends


def _date(text: str, at: int) -> tuple[int, int, bool] | None:
    """Where the date begins and ends whose first figure is at a place, and whether it has a year."""
    figures = _FIGURES.match(text, at)
    if figures:
        return at, figures.end(), True
    by_day = _DAY_FIRST.match(text, at)
    if by_day and by_day["month"].lower() in _MONTHS:
        return at, by_day.end(), by_day["year"] is not None
    by_year = _YEAR_FIRST.match(text, at)
    if by_year and by_year["month"].lower() in _MONTHS:
        return at, by_year.end(), True
    low = max(0, at - 16)
    month = _MONTH_BEFORE.search(text[low:at])
    if month and month[2].lower() in _MONTHS:
        rest = _DAY_AND_YEAR.match(text, at)
        if rest:
            return low + month.start("date"), rest.end(), rest["year"] is not None
    return None


def _born(text: str, start: int, end: int) -> list[Judged] | None:
    """The date after the word, or before it where a verb may come last."""
    if end < len(text) and text[end].isalnum():
        return None
    if start and text[start - 1].isalnum() and not (text[start - 1].islower() and text[start].isupper()):
        return None
    if answer := ANSWER.match(text, end, end + _FAR_ANSWER):
        asked = answer.group().lower()
        told = None if ANOTHER_DATE.search(asked) or _FEAST.search(asked) else _answered(text, answer.end())
        if told:
            return [told]
    if text[end : end + 1] in {")", "]"} and (behind := _in_brackets(text, start, end)):
        return [behind]
    found: list[Judged] = []
    digit = _DIGIT.search(text, end, end + _FAR)
    date = _date(text, digit.start()) if digit else None
    if date:
        begin, upto, whole = date
        # Without a year it has to stand close: a birthday is one, the day of a feast is none.
        if (
            (whole or begin - end <= _BESIDE)
            and begin >= end
            and _ends(text, upto)
            and _BETWEEN.fullmatch(text, end, begin)
            and not ANOTHER_DATE.search(text[end:begin].lower())
        ):
            found.append((begin, upto, 0.9 if whole else 0.7))
    if not found and text[start:end].lower() in _BACK:
        before = _before(text, start, verb="born" not in text[start:end].lower())
        return [before] if before else None
    return found


_FAR_ANSWER = 160
_FEAST = later(r"part[iy]|cake|gift|present\b|fest\b|feier|f[êe]te|feest|compan|firm")
_LONGEST_MONTH = 14


def _answered(text: str, at: int) -> Judged | None:
    """The whole date that an answer begins with."""
    digit = _DIGIT.search(text, at, at + _LONGEST_MONTH)
    date = _date(text, digit.start()) if digit else None
    return (date[0], date[1], 0.9) if date and date[0] == at and date[2] and _ends(text, date[1]) else None


_OPENED = later(r"[ \u00a0]{0,2}[(\[](?:date of )?\Z", re.IGNORECASE)


def _in_brackets(text: str, start: int, end: int) -> Judged | None:
    """The date that a word in brackets explains: `12.03.2012 (born)`."""
    low = max(0, start - _FAR)
    opened = _OPENED.search(text, low, start)
    return _ends_at(text, low, opened.start()) if opened and end - start > 2 else None


def _ends_at(text: str, low: int, upto: int) -> Judged | None:
    """The date with a year that ends at a place."""
    for digit in _DIGIT.finditer(text, max(low, upto - _LONGEST), upto):
        at = digit.start()
        date = None if at and text[at - 1].isdigit() else _date(text, at)
        if date and date[1] == upto and date[2]:
            return date[0], upto, 0.9
    return None


def _led_by_date(text: str, start: int, _end: int) -> Judged | None:
    """The date right before words that come last, as they do in Russian and Turkish."""
    upto = start - (text[start - 1 : start] == " ")
    return _ends_at(text, max(0, upto - _LONGEST), upto)


def _before(text: str, start: int, *, verb: bool) -> Judged | None:
    """A date with a year and words up to the verb; only a verb that comes last in German stands right behind it."""
    low = max(0, start - _FAR)
    upto = max((year.end() for year in _ENDS_WITH_YEAR.finditer(text, low, start)), default=start)
    if start - upto < (1 if verb else 4) or not _BETWEEN_BACK.fullmatch(text, upto, start):
        return None
    return _ends_at(text, low, upto)


def _ends(text: str, end: int) -> bool:
    # A time may follow, as machines write it.
    return (
        end >= len(text)
        or not (text[end].isalnum() or text[end] == "_")
        or (text[end] == "T" and text[end + 1 : end + 2].isdigit())
    )


def _starred(text: str, _start: int, end: int) -> Judged | None:
    """The date behind a star in brackets, as genealogists write it; a second star would make it a word in italics."""
    date = _date(text, end + (text[end : end + 1] == " "))
    if not date or not date[2] or date[0] < end or not _STAR_ENDS.match(text, date[1]):
        return None
    return date[0], date[1], 0.85


_STAR_ENDS = later(r"[),;]| in | [†+]")
BIRTH_DATES: tuple[Pattern, ...] = (
    Pattern(
        label="personal.birth-date",
        shape=r"\(\*",
        anchors=("(*",),
        judge=_starred,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=6,
    ),
    Pattern(
        label="personal.birth-date",
        shape="г.р|г. р|года рожд|год рожд|doğumlu",
        anchors=("г.р", "г. р", "года рожд", "год рожд", "doğumlu"),
        judge=_led_by_date,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.birth-date",
        shape=r"born|birth(?:[ _-]?da(?:te|y))?|d\.?o\.?b|d/o/b|b-?day|\(b\.|ddn|dn:|janm(?:[ -]?(?:tithi|din))?|geb\.? ?dat(?:um|\.)?|geb(?:oren(?:e[rnm]?)?|urts(?:datum|daten|tag)|oortedatum)?|naiss(?:ance)?"
        r"|nac(?:id[oa]s?|imiento|ió|io)?|nasc(?:ita|imento|id[oa])|nasc\.?|nat[oa] (?:il|a)|cumplea[ñn]os|zur welt|n(?:ee|e|e\(e\)) le|urodz(?:on[yae]|enia|enie)?|ur\.|narozen[aíi]?|rojen[a]?"
        r"|tanggal lahir|fodelsedatum|fodt|szul(?:\.|etesi)|dogum tarihi|d\.? ?tarihi|f\.? ?n\.?(?:ac\.?)?:|d\.n\.|f\.n\.|d\.t\.",
        anchors=(
            "born", "birth", "dob", "d/o/b", "bday", "b-day", "(b. ", "ddn", "dn:", "janm", "d.o.b", "geb", "naiss", "naci", "nac.", "nasci", "nasc", "urodz", "ur. ", "ur.:", "narozen", "tanggal lahir", "fodelsedatum", "fodt", "szul", "dogum tarihi", "nato il", "nata il", "nato a", "nata a",
            "cumplea", "zur welt", "nee le", "ne le", "ne(e) le", "d.tarihi", "d. tarihi", "fn:", "f.n.", "f. n.:", "fnac:", "f. nac", "f.nac", "d.n.", "d.t.", "geb.datum", "gebdat",
        ),
        judge=_born,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        digit_near=_FAR + 40,
    ),
    Pattern(
        label="personal.birth-date",
        shape=r"née|né|nací|född|födelsedatum|født|fødselsdato|doğum(?: tarihi| günü?m?)?|născut|született|родился|родилась|дата рождения|д\.р",
        anchors=(
            "née", "né", "nací", "född", "födelsedatum", "født", "fødselsdato", "doğum", "născut", "született", "родился", "родилась",
            "дата рождения", "д.р",
        ),
        judge=_born,
        ignore_case=True,
        needs_digit=True,
    ),
)  # fmt: skip
