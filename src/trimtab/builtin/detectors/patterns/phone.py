"""Whether digits are a telephone number, by their form, by `phonenumbers`, and by the words before them."""

import re
from functools import lru_cache
from itertools import pairwise

from trimtab.detect.signs import later

_SAYS = later(
    r"\b(?:t[eé]l(?:\b|[eé]?(?:f|ph)\w{0,16})|tfno?s?|tlf\w{0,4}|ph(?:oned?s?)?|call(?:ed|ing|s)?|cel(?:l|ular\w{0,3}|lulare)?|mob(?:il\w{0,12})?|mobiel\w{0,6}|m[oó]vil(?:es)?|handy(?:nummer|nr)?|fax(?:nummer|nr)?|dial|ring|"
    r"text|sms|whats ?app|zap|zalo|viber|wa(?=\.me/)|kom[óo]rk\w|puhelin\w{0,6}|gsm|telp|reach (?:me|us|him|her)|contacte?|kontakt|llam(?:ar|e|ada)|appeler|chiama\w*|ligar|bellen|(?:an)?rufen|rufn(?:umme)?r|fon|facetime|portable|"
    r"number is|my number|number)\b"
)
_SAYS_WIDE = later(
    r"電話|携帯|ケータイ|連絡先|电话|手机|手機|联系方式|聯絡|전화|휴대|핸드폰|연락처|โทร|เบอร์|มือถือ|फ़ोन|फोन|मोबाइल|कॉल|संपर्क|(?<!\w)(?:тел|моб)|звон|телефон"
    r"|هاتف|جوال|موبايل|טלפון|נייד|τηλ|κιν(?:ητ|\.)|điện thoại|(?<!\w)s?đt\b|(?<!\w)gọi\b"
)
"""Words for a telephone in scripts and spellings of their own: some of them begin where no word seems to."""
_SAYS_AFTER = later(r"[\s,(\\-]{0,3}(?:office|fax|mobile|home|cell|work|tel)", re.IGNORECASE)
_SAYS_OTHER = later(
    r"\b(?:licen[sc]e|identification|identity|passports?|aadh?aar|tax|n[ºo°.]{1,2} ?col\w*|colegiad\w|members?|policy|account|routing|"
    r"invoice|order|tracking|serial|imei|imsi|iccid|models?|case|card|ssn|id|dni|nif|nhc|nass|cipa|cp|zip|apt|suite|box|room|flat|episodio|historia|col)\b"
)
# A sentence that ends after a further word: what stood in it says nothing of a number in the next.
_ENDED = later(r"[\s:,;(]([^\W\d_]{3,})[.!][\"')\]]?\s")
_SHORTENED = frozenset(
    "ref num núm art inv fig lic pol ext reg ser exp hist acct apt conf cust dept med clín clin col sta ste mrs orig prov adm"  # noqa: SIM905 - a table of words
    " tel tél telf teléf serv hab esc bzw abt nro".split()
)
# Things that are numbered, in English, German, French, Spanish, Italian, Portuguese and Dutch.
_THING = later(
    r"\b(?:(?:orders?|invoices?|tickets?|articles?|items?|products?|parts?|parcels?|shipments?|tracking|reference|serial|receipt|booking"
    r"|art|commandes?|factures?|r[ée]f(?:[ée]rences?)?|kunden\w{0,10}|customers?|clientes?|klant\w{0,8}|models?|mod[eè]les?|modelos?|sn|lots?|batch|charge|hs|ndc|dewey|dockets?|codes?|pins?|dok(?:ument)?|grupo|groupe|gruppo|budget(?: line)?|cost cent(?:er|re)|skus?|asin|ean|upc|colis|livraisons?|devis|pedidos?|facturas?|art[ií]culos?|referencias?|albar[áa]n|env[ií]os?|recibo"
    r"|ordine|fattura|articolo|encomenda|fatura|artigo|factuur)\b|(?:bestell|auftrag|rechnung|artikel|sendung|liefer|vorgang|angebot|serien)\w{0,16})"
    r"(?P<between>(?:[^.;!?\n\d]|(?<=\bn[ro])\.|(?<=\bn)\.|(?<=\bart)\.|(?<=\br[eé]f)\.){0,40})\Z"
)
_THING_LEADS = frozenset(
    "sn dok gru gro bud cos kun cus cli kla mod mot lot bat cha hs ndc dew doc cod pin sku asi ean upc ord inv tic art ite pro par shi tra ref réf ser rec boo com fac col liv dev ped alb env fat enc bes auf sen lie vor ang".split()  # noqa: SIM905 - a table of words
)
_NUMBERED = later(
    r"(?:[^\d]*\b(?:number|no|nr|nummer|num[ée]ro|n[uú]mero|code|id)|[\s:#-]*n[°º.]{0,2})?[\s.:#°º-]*(?:(?:is|ist|est|es|lautet|was|war) )?"
)
_NUMBER_SAID = r"(?:[ ._-]{0,2}(?:(?:no|nos|nr|number|numbers|num|nummer|numer|code|cod|id|kod|numaras[ıi]|номер\w{0,2})\b\.?|n[°º]\.?|[№#]))"
_SAID_SO = r"[\s.:#°º\"'*-]{0,5}(?:(?:is|was|ist|lautet|est|es|è|é|to|jest|är|er) )?(?:[A-Z]{1,3}|[0-9][A-Z])? ?\Z"
_NUMBERED_THINGS = (
    r"(?:orders?|reports?|test reports?|jobs?|bills?|labs?|samples?|tickets?|parts?|meters?|permits?|dockets?|receipts?|bookings?|shipments?|parcels?|items?|batch|lot|models?|cases?|claims?|policy|vouchers?|confirmation"
    r"|pedidos?|facturas?|gu[íi]a|seguimiento|rastre\w{1,8}|recibo|boleto|lote|expediente|albar[áa]n|encomenda|fatura|bilhete|nota|commandes?|factures?|suivi|colis|bon|devis|dossier|ordine|fattura|spedizione|lotto|pratica"
    r"|bestelling|zending|factuur|pakket|zaak|paczk\w|zam[óo]wieni\w{1,2}|faktur\w{1,2}|przesyłk\w|zleceni\w|bilet\w?|sipari[şs]|takip|seri|belge|dosya|fatura|order|faktura|sak|sag|[äa]rende\w{0,3}"
    r"|заказ\w{0,2}|чек\w?|заявк\w|трек\w{0,4}|dok(?:ument)?|certificates?|drawings?|document|doc|form|unit|device|machine|analy[sz]er|auftrag|bestellung|rechnung|vertrag|files?|records?)"
)
_NO_TELEPHONE = later(
    # What alone says that a number is of a thing, and what does so with a word for a number.
    r"(?:(?<![^\W_])(?:barcodes?|bar code|serials?|s/n|p/n|sn|tracking|invoices?|r[ée]f(?:[ée]rence)?|accession|bag(?:gage)? tags?|asset tags?|isbn|kod|cod|nf-?e|nota fiscal"
    r"|job sheets?|work orders?|folio|matricola|protocollo|protocolo|paragon|biglietto|scontrino|bolla|ddt|kenmerk|az|aktenzeichen|pnr|etkt|e-?ticket|specimen"
    r"|(?:serien|sendungs|auftrags|bestell|rechnungs|geräte|artikel|zähler|vorgangs|beleg|chargen|vertrags|prüf|inventar|kunden|order|faktura|serie|ärende|kolli|spårnings|bestel|factuur|zending)-?s?(?:nummer|nr)"
    rf"|накладн\w{{2,3}}|артикул\w?|квитанци\w)(?![^\W_]){_NUMBER_SAID}?"
    rf"|(?<![^\W_]){_NUMBERED_THINGS}{_NUMBER_SAID}"
    rf"|(?<![^\W_])(?:n[°ºo.]{{1,2}}|n[uú]meros?|num[ée]ro|num\.?|numer|nummer|number|no\.?|nr\.?) (?:de |di |do |da |of |van |der )?{_NUMBERED_THINGS}(?![^\W_])){_SAID_SO}",
    re.IGNORECASE,
)
_NO_TELEPHONE_WIDE = later(
    r"(?:注文番号|伝票番号|追跡番号|(?<!電話)機番|製造番号|製番|管理番号|受付番号|整理番号|型番|品番|予約番号|問い合わせ番号|請求書番号|シリアル|ロット|订单号|订单编号|訂單編號|[快物][递流]单号|运单号|单号|單號|序列号|序號|发票号|發票號碼|工单号|报告编号|批号|型号"
    r"|(?<!手)机号|设备号|주문 ?번호|송장|운송장|일련 ?번호|접수 ?번호|예약 ?번호|품번|모델명|제조 ?번호|등록 ?번호|사업자 ?번호|관리 ?번호|ऑर्डर|बिल|रसीद|इनवॉइस|चालान|ट्रैकिंग|टिकट|सीरियल)"
    r"(?:番号|号码|编号|コード|번호|संख्या|नंबर|नं\.?|No|no|ID|[A-Za-z]{2}(?= )|[\s:：.#№はが為为是은는이가-]){0,6}\Z"
)
_LISTED = later(r"(?P<last>[0-9][0-9 ./-]{3,20}[0-9])(?:, ?| ?[&/] ?| (?:and|und|et|y|e|en|i|och|ve) )\Z")
_DIGITS = str.maketrans("123456789", "000000000")


def of_a_thing(written: str, before: str) -> bool:
    """Whether the words right before a number, or before another like it, say that it is not of a telephone.

    Its form is not asked: a number in a row of others, or one that looks like a telephone number, is none either.
    """
    listed = _LISTED.search(before)
    if listed and listed["last"].translate(_DIGITS) == written.translate(_DIGITS):
        before = before[: listed.start()]
    if not before.isascii() and _NO_TELEPHONE_WIDE.search(before):
        return True
    return _NO_TELEPHONE.search(before) is not None


_GOES_ON = later(r"-[A-Z](?![\w-])")
"""A letter goes on with the number of a part."""
_CARDED = later(
    r"\b(?:cards?|tickets?|badges?|members?|students?|library|accounts?|licen[sc]e|polic(?:y|ies)|lockers?|rooms?|seats?)\b"
)
_ASKED = later(
    r"\b(?:hotline|line|lines|support|service|office|desk|team|zentrale|b[üu]ro|kundendienst|standard|accueil|centralita|oficina|atenci[óo]n"
    r"|frau|herrn?|mrs?|ms|mme|sra?)\b"
)
_YEAR_LED = later(r"(?:19|20)\d\d([-/.])\d{1,4}\1")
_LIST = later(r"[\d\s/,.\-()+]{6,}(?:y|and|und|et|or|o)?\s?$")
_ANY_DIGIT = later(r"\d")
_HOUSE = later(r" (?:[A-ZÄÖÜÁÉÍÓÚ]|[a-z]{3,}(?:strasse|stra|weg|gat)|rue |via |av )")
_RANGE = later(
    r"\b(?:rang[eo]?s?|normal(?:e?s|ly)?|ref(?:erence|erencia)?|valor(?:es)?|values?|between|entre|from|desde|pages?|p[áa]gs?|pp?|seiten?|vn|bereich)\b[^.;\n]{0,12}\Z"
)
_RANGE_LEADS = frozenset("ran nor ref val bet ent fro des pag pág p pp sei vn ber".split())  # noqa: SIM905 - a table of words
_CLOSE = 28
_ABROAD = 10  # digits, with the two zeros: the shortest numbers abroad have more
_FORMS = tuple(
    later(form)
    for form in (
        r"(?:\+?1[-. /]?)?\(?[2-9]\d{2}\)?[-. /]{0,2}\d{3}[-. ]\d{4}",  # North America
        r"(?:001[-. ])?[2-9]\d{2}[-.]\d{3}[-.]\d{4}",
        r"\(?0\d{1,5}\)?[-. /]{1,2}\d{2,8}(?:[-. /]\d{2,6}){0,4}(?:-\d)?",  # trunk zero
        r"\(0 \d{2,4}\)[-. /]{0,2}\d{2,8}(?:[-. /]\d{2,6}){0,4}(?:-\d)?",
        r"0\d{1,4}\(\d{1,4}\)\d{3,4}",  # Japan
        r"0\d(?:[-. ]?\d\d){4}",  # France
        r"[6789]\d{2}([-. ])\d{3}\1\d{3}|[89]\d{2}([-. ])\d{2}\2\d{2}\2\d{2}",  # Spain
        r"8 \(\d{3}\) \d{3}-\d\d-\d\d|8([- ])\d{3}\1\d{3}\1\d\d\1\d\d",  # Russia
        r"\(\d{2,4}\)[-. ]?\d{3,4}[-. ]?\d{3,4}",
    )
)
_POSTCODE = later(r"\d{5}-\d{3}")
_GROUP = later(r"\d+")
_SUM = later(r"\(?\d{1,3}(?:\.\d{3})+")
_UNSURE = later(r"[.,] ")  # a sentence or a list goes on
_GROUPED = later(r"\(?\d{1,4}\)?(?:[-. /]{1,2}\(?\d{1,8}\)?){1,5}")


_SAYS_LEADS = frozenset(
    "tel tél wa zap zal vib fac kom kóm puh gsm tfn tlf pho cal cel fon ph mob mov móv han fax dia rin tex sms wha rea con kon lla app chi lig bel anr ruf por num my".split()  # noqa: SIM905 - a table of words
)
_OTHER_LEADS = frozenset(
    "ime ims icc mod lic ide pas aad tax n no nº noº nºo noc noo nºc nºº col mem pol acc rou inv ord tra ser cas car ssn id dni nif nhc nas cip cp zip apt sui box roo fla epi his".split()  # noqa: SIM905 - a table of words
)


def phone(  # noqa: C901, PLR0912 - one question after the other
    written: str, digits: str, before: str, leads: frozenset[str], after: str
) -> float:
    """How sure we are that it is one, in [0, 1]; 0 for not at all.

    `before` and `after` are what stands around it, and `leads` how the words before it begin.
    """
    if written.startswith(("+", "(+")) or (
        digits.startswith("00")
        and digits[2:3] != "0"
        and len(digits) > _ABROAD
        and not written.startswith(("00.", "00:"))
    ):
        if len(written) == len(digits):  # a row of digits that begins with two zeros is rarely one
            return 0.9 if _in_use("+" + digits[2:]) else 0.0
        if _INTERNATIONAL.fullmatch("+" + digits.removeprefix("00")):
            return 0.95
        return 0.7 if len(digits) > 8 else 0.0
    if len(set(digits)) == 1 or ":" in written:
        return 0.0
    if " - " in written or " / " in written or " . " in written:
        written = _SPREAD.sub(r"\1", written)
    said = other = -1
    near = ""
    if before:
        says, says_other = not leads.isdisjoint(_SAYS_LEADS), not leads.isdisjoint(_OTHER_LEADS)
        if says or says_other:
            near = (_LIST.sub(" ", before) if _ANY_DIGIT.search(before) else before)[-_CLOSE:]
            said, other = _last(_SAYS, near) if says else -1, _last(_SAYS_OTHER, near) if says_other else -1
            if other >= 0 and _ended(near, other):
                other = -1
            if said >= 0 and _SPENT.search(near, said):
                said = -1
        if not before.isascii() and said < 0 and (wide := _last(_SAYS_WIDE, before[-_CLOSE:])) >= 0:
            near, said = near or before[-_CLOSE:], wide
    thing = bool(before) and _of_a_thing(before, leads)
    if _GOES_ON.match(after):
        return 0.0
    if (
        said >= 0
        and near.startswith("number ", said)
        and not near.startswith("number is", said)
        and _CARDED.search(before)
    ):
        return (
            0.85 if _by_form(written[:_LEAD].translate(_CLASSES) + written[_LEAD:].translate(_ZEROS)) >= _SURE else 0.0
        )
    if said > other and ((other < 0 and not thing) or not near.startswith(("number", "my number"), said)):
        return 0.0 if _AMOUNT.fullmatch(written) or _UNIT.match(after) else 0.9
    if _SAYS_AFTER.match(after):
        return 0.9
    if other >= 0:
        return 0.0
    if len(digits) < 7 or digits.endswith("000000") or written.count("/") > 1:
        return 0.0
    ranged = "-" in written and "(" not in written and not leads.isdisjoint(_RANGE_LEADS)
    if ranged and _RANGE.search(before) and not _FORMS[0].fullmatch(written):
        return 0.0
    if _UNIT.match(after):
        return 0.0
    if ("." in written or "-" in written) and (
        _OTHERWISE.fullmatch(written) or (_DOCKET.fullmatch(written) and _NUMBER.search(before))
    ):
        return 0.0
    if (written[2:3] == written[5:6] and _ascends(written)) or (digits[0] == "0" and _TWICE_LED.fullmatch(written)):
        return 0.0
    sure = _by_form(written[:_LEAD].translate(_CLASSES) + written[_LEAD:].translate(_ZEROS))
    if sure < _LOCAL_SURE and _LOCAL.fullmatch(written) and not _rises(written):
        sure = _LOCAL_SURE
    # Few numbers but those of telephones look like those that are sure; others do, and the words before them decide.
    return 0.0 if sure < 0.85 and (thing or _YEAR_LED.match(written) or _HOUSE.match(after)) else sure


_AMOUNT = later(  # what a word for a telephone stands before by chance: months, years, fractions, round numbers
    r"(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])|(?:19|20)\d\d ?- ?(?:19|20)\d\d(?: .*)?|0?\.\d+|\d{1,7}\.\d{6}|[1-9][\d .]*0[. ]?0[. ]?0[. ]?0[. ]?0|\d+000-\d+000"
)
_UNIT = later(
    r" ?(?:[€$£%°]|(?:[kmgt]?hz|m?ah|[kmgt]i?b|bytes?|px|dpi|ms|kg|km|mm|cm|eur|usd|gbp|euros?|dollars?|rows?|lines?|calls?|texts?|messages?|sms|people|users?"
    r"|visitors?|units?|pieces|pcs|tokens?|words|times|votes?|tickets?|stück|anrufe|appels|llamadas|per|pro|par|por)\b)",
    re.IGNORECASE,
)
_SPREAD = later(r" ([./-]) ")
_SPENT = later(r"\d{4}[.;!?]\s{1,2}[^\W\d_]")  # a number was given after the word, and another sentence begins
_OTHERWISE = later(
    r"(?:[01]\d|2[0-4])[0-5]\d ?- ?(?:[01]\d|2[0-4])[0-5]\d"  # hours
    r"|\d{4}\.\d\d\.\d\d(?:\.?\d\d)?|\d{4}-\d{4}-\d\d|\d{5}-\d{3,4}-\d\d?"  # of tariffs and of drugs
    r"|\d\d-\d\d(?: \d\d-\d\d)+"  # scores
    r"|(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.1[0-8]\d\d"  # days of other centuries
    r"|\d{3}(?:\.\d{3}){3}|0?\d{1,2}\.\d{1,6}|(?:.* )?\d{1,4}\.\d{1,6} [^.]*|[\d ]+ \d{1,4}\.\d{1,6}"  # decimal fractions
    r"|(?!(?:1[-. ])?\d{3}[-.]\d{3}[-.]\d{4}\Z)(?:[^.(]*-[^(]*\.[^(]*|[^-(]*\.[^(]*-[^(]*)"  # of judgments
)
"""What is no telephone by its form where no word says so."""
_TWICE_LED = later(r"\(?0\d{1,5}\)?[-. /]{1,2}0\d{3,7}")  # nobody has a number with two zeros for a trunk
_DOCKET = later(r"\d\d-\d{2,6}")
_NUMBER = later(r"\bn[or°º]{1,2}s?\.? ?\Z")
_PAIRS = later(r"\d\d([ .-])\d\d(?:\1\d\d){2,5}")
_HIGHEST = 70  # number of a lottery


def _ascends(written: str) -> bool:
    """Whether pairs rise, as drawn numbers are told."""
    if not _PAIRS.fullmatch(written):
        return False
    pairs = [int(pair) for pair in _GROUP.findall(written)]
    return len(pairs) > 5 or (pairs[-1] <= _HIGHEST and all(low < high for low, high in pairwise(pairs)))


# Mobile numbers as they are written in India, in Brazil and in Italy.
_LOCAL = later(r"[6-9]\d{4}[- ]\d{5}|[1-9]\d 9 [6-9]\d{3}[- ]\d{4}|3[2-9]\d[-/]\d{6,7}")
_LOCAL_SURE, _SURE = 0.8, 0.85


def _rises(written: str) -> bool:
    """Whether two groups of five may be from this to that, or two round numbers."""
    first, _, second = written.partition("-") if "-" in written else written.partition(" ")
    if len(first) != 5 or len(second) != 5:
        return False
    return written.endswith("00") or first.endswith("000") or ("-" in written and first[0] <= second[0])


def _of_a_thing(before: str, leads: frozenset[str]) -> bool:
    """Whether the words before a number say that it is the number of an order, an article and the like."""
    if leads.isdisjoint(_THING_LEADS):
        return False
    thing = _THING.search(before)
    if not thing or not _NUMBERED.fullmatch(thing["between"]):
        return False
    said = [word[0] for word in _SAYS.finditer(thing["between"])]
    return all("number" in word for word in said) and not _ASKED.search(thing["between"])


def _ended(near: str, at: int) -> bool:
    """Whether the sentence of the word at a place ends before the number: behind a further word that is not shortened."""
    return any(word not in _SHORTENED for word in _ENDED.findall(near, at))


def announced(before: str) -> bool:
    """Whether a word for a telephone stands close before."""
    return _SAYS.search(before[-_CLOSE:]) is not None


def _last(words: re.Pattern[str], text: str) -> int:
    """Where the last of these words begins; -1 for none."""
    place = -1
    for match in words.finditer(text):
        place = match.start()
    return place


# Country codes of ITU-T E.164, and how many digits follow at least; with them there are fifteen at most.
_INTERNATIONAL = later(
    r"\+(?:1[2-9]\d{9}|7\d{10}|(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])\d{6,13}"
    r"|(?:21[12368]|2[2-46]\d|25[0-8]|29[01789]|35\d|37[0-9]|38[0-35-79]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]|69[0-2]|85[02356]"
    r"|88[0-368]|87[08]|96[0-8]|97[0-79]|99[2-68])\d{5,12})"
)


@lru_cache(maxsize=4096)
def _in_use(number: str) -> bool:
    """Whether its country gives out such numbers: asked of `phonenumbers`, which takes a while to load, and rarely."""
    import phonenumbers as library

    try:
        return bool(library.is_valid_number(library.parse(number)))
    except library.NumberParseException:
        return False


# All that a form asks of digits, of the first few of them only: 0, 1, 2 to 5, 6 or 7, 8 or 9.
_LEAD = 5
_CLASSES = str.maketrans("34579", "22268")
_ZEROS = str.maketrans("123456789", "000000000")


@lru_cache(maxsize=8_192)
def _by_form(written: str) -> float:
    """How sure a form alone makes us, of a number whose digits stand for their classes."""
    if _POSTCODE.fullmatch(written):
        return 0.0
    if any(form.fullmatch(written) for form in _FORMS):
        return 0.85
    return _national(written) if _GROUPED.fullmatch(written) and not _UNSURE.search(written) else 0.0


def _national(written: str) -> float:
    """Groups without a word that says telephone: the form has to be one that people write numbers in."""
    groups = [len(group) for group in _GROUP.findall(written)]
    if written.count("(") != written.count(")") or written.find("(") > 5:
        return 0.0
    if len(groups) == 2 and groups[1] == 5 and groups[0] < 5:
        return 0.0  # the number of a house and a postcode
    if sum(groups) > 12 or max(groups) < 2 or min(groups) < 2 or "/" in written or _SUM.fullmatch(written):
        return 0.0
    if len(groups) == 2:
        if "-" in written and groups != [3, 4]:
            return 0.0  # from this to that
        return 0.55 if min(groups) >= 2 and written[0] != "(" and "." not in written else 0.0
    return 0.6
