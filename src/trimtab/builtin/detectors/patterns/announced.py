"""Letters and digits that a word before them announces: passports, licences, records, accounts, user names."""

from trimtab.builtin.detectors.patterns.announcing import (
    FAR,
    LICENCE_NUMBER,
    OF_BANK,
    OF_ID,
    REGISTERED,
    after,
    coded,
    collegiate,
    dossier,
    formed_so,
    in_object,
    licence,
    machine_readable,
    numbered,
    patient,
    said_later,
    short_id,
    told_of,
    transit,
    username,
)
from trimtab.builtin.detectors.patterns.spec import Judge, Pattern, word

_ANY_IDENTIFIER = r"(?=(?:[^0-9\"]*[0-9]){3})[A-Za-z0-9][A-Za-z0-9 ./-]{2,30}"
_PASSPORT = r"[A-Z]{1,2}[0-9]{6,8}|[0-9]{2}[A-Z]{2}[0-9]{5}|[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}"
_STATES_LICENCE = (
    r"[A-Z][0-9]{3}-[0-9]{3,4}-[0-9]{2,4}(?:-[0-9]{1,5}){0,2}|[A-Z][0-9]{12}|[A-Z]{2}[0-9]{2}[ -]?[0-9]{11}"
)
_ACCOUNT = r"[0-9]{1,4}(?:\.?[0-9]{3}){0,3}[-/][0-9Xx]|[0-9][0-9A-Z]{6,15}[0-9]|[0-9]{9,11}[A-Z]|[0-9]{4}-[0-9][ ,]{1,2}[0-9]{1,3}(?: ?[0-9]{3}){2}(?:-[0-9])?|[0-9]{2,6}(?:[ .-][0-9]{2,10}){1,5}"


def _coded(label: str, code: str, form: str = _ANY_IDENTIFIER) -> Pattern:
    return Pattern(
        label=f"personal.{label}",
        shape=f'"{code}',
        anchors=(f'"{code.lower()}',),
        judge=coded(form),
        begins=True,
        needs_digit=True,
    )


def _wide(label: str, words: str, judge: Judge) -> Pattern:
    """Words with letters beyond ASCII."""
    return Pattern(
        label=f"personal.{label}",
        shape=words,
        anchors=tuple(words.split("|")),
        judge=judge,
        ignore_case=True,
        needs_digit=True,
    )


def _plain(label: str, words: str, judge: Judge) -> Pattern:
    """Words in ASCII that are anchors as they are."""
    return Pattern(
        label=f"personal.{label}",
        shape=words.replace(".", r"\."),
        anchors=tuple(words.split("|")),
        judge=judge,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    )


_IN_JSON = (
    _coded("medical-record", "MR"),
    _coded("driver-licence", "DL"),
    _coded("passport", "PPN"),
    _coded("ssn", "SS", r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}"),
    _coded("national-id", "NI", r"(?=(?:[^0-9\"]*[0-9]){6})[A-Za-z0-9][A-Za-z0-9 ./-]{5,30}"),
    *(
        Pattern(
            label=f"personal.{label}",
            shape=shape,
            anchors=anchors,
            judge=in_object(form, beside),
            ignore_case=True,
            begins=True,
            needs_digit=True,
        )
        for label, shape, anchors, form, beside in (
            ("driver-licence", r"licen[cs]e", ("licen",), r"(?=(?:[^0-9\"]*[0-9]){4})[A-Z0-9][A-Z0-9 -]{4,19}", "state|country|class(?:es)?|issuing_?state|issued_?(?:by|in)|category"),
            ("passport", "passport", ("passport",), r"(?=(?:[^0-9\"]*[0-9]){4})[A-Z0-9]{6,12}", r"\w{0,20}countr\w{0,8}|nationality|issued\w{0,8}|expir\w{0,8}|issuing\w{0,12}"),
        )
    ),
)  # fmt: skip

ANNOUNCED: tuple[Pattern, ...] = (
    *_IN_JSON,
    Pattern(
        label="personal.passport",
        shape="passports?",
        anchors=("passport",),
        judge=said_later(_PASSPORT),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=140,
    ),
    Pattern(
        label="personal.driver-licence",
        shape="licen[cs]e",
        anchors=("licence", "license"),
        judge=said_later(_STATES_LICENCE),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=140,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"ol[n#]|op(?:erator)?['’]?s? lic|fs-?(?: ?nr| ?nummer)|fahrerlaubnis|nr prawa jazdy|rijb(?:ewijs)?nr|ehliyet|surucu belgesi|habilita[cç][aã]o|d\.?l\.? ?(?:no|number)|driver lic",
        anchors=("oln", "ol#", "operator", "op lic", "op. lic", "fs-n", "fs nr", "fsnr", "fahrerlaubnis", "nr prawa", "rijbnr", "rijbewijsnr", "ehliyet", "surucu bel", "habilita", "d.l.", "dl no", "dl number", "driver lic"),
        judge=LICENCE_NUMBER,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=60,
    ),
    _wide("driver-licence", "sürücü belgesi|sürücü belge|habilitação|förarbevis", LICENCE_NUMBER),
    Pattern(
        label="personal.ssn",
        shape=r"ssn|social security(?: (?:no|number|#))?",
        anchors=("ssn", "social sec"),
        judge=formed_so(r"(?!000|666|9)[0-9]{3}([-. ]?)(?!00)[0-9]{2}\1(?!0000)[0-9]{4}", 0.96),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR,
    ),
    _plain("medical-record", "hasta dosya|hasta no|hasta kay|hasta protokol|protokol no|hasta numara|pt #|pt#|ptnr|ptn.|kartoteki|nr kartoteki|numer kartoteki|journal-nr|journal nr|unit no|file no. of patient|patient file|patient chart|medical file|num episodio|nr ksi|dossiernummer|zorgdossier", REGISTERED),
    _wide("medical-record", "patiëntnr|patiëntennr|patiëntnummer|hasta kayıt|no. episódio|nº utente|número de utente|księgi głównej", REGISTERED),
    _plain("medical-record", "file number|file no|reg. no|registration no|registration number", told_of(r"\bpatients?\b|\bward\b|admitted|\bopd\b|\bipd\b|\bmri\b|diagnos", REGISTERED)),
    _plain("medical-record", "dosya no", told_of(r"hasta|poliklini|servis|klinik", REGISTERED)),
    Pattern(
        label="personal.account",
        shape=r"kontonr|acc\.? (?:no|num(?:ber)?)|compte|conto(?: corrente)?|conta(?: corrente| poupan[çc]a| dep[óo]sito)?|cuenta(?: corriente| de ahorros?)?|hesap(?: no| numaras[ıi])?"
        r"|nr rachunku|rekening|bankkonto|clearing(?:nummer|nr|-nr)?|bank a/c|a/c|(?:checking|savings)(?: ?(?:acct|a/c))? ?(?:#|no|num)",
        anchors=("kontonr", "acc no", "acc. no", "acc num", "acc. num", "compte", "conto", "conta ", "conta:", "cuenta", "hesap", "nr rachunku", "rekening", "bankkonto", "clearing", "bank a/c", "a/c", "checking", "savings"),
        judge=numbered(_ACCOUNT),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=60,
    ),
    Pattern(
        label="personal.account",
        shape=r"kto\.?(?:[ -]?nr)?|bankgiro(?:nr|nummer)?|plusgiro(?:nr|nummer)?",
        anchors=("kto.", "kto:", "kto-", "ktonr", "bankgiro", "plusgiro"),
        judge=formed_so(r"[0-9]{2,4}-[0-9]{4}|[0-9]{2,7}(?:-[0-9]|[ ][0-9]{2,4}){1,3}|[0-9]{6,10}", 0.8),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=30,
    ),
    Pattern(
        label="personal.account",
        shape=r"guichet|code banque",
        anchors=("guichet", "code banque"),
        judge=formed_so(r"[0-9]{5}", 0.75),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=30,
    ),
    Pattern(
        label="personal.passport",
        shape=r"passports?|travel document|ppt? (?:no|number)|pasaporte|reisepass(?:es)?|passeport|passaport[oe]|paspoort|paszport(?:u|em)?|pas(?:aport[iu]?|port[iu]?|por)|cestovn[íi](?:ho)? pasu?|pass(?:nummer| \(nr|[- ]?nr|[- ]no)",
        anchors=("passport", "travel document", "pp no", "pp number", "ppt no", "ppt number", "pasaporte", "reisepass", "passeport", "passaport", "paspoort", "paszport", "pasaport", "paspor", "cestovn", "passn", "pass-n", "pass n", "pass (n"),
        judge=after(least_digits=4, sizes=range(6, 13), odd=True, confidence=0.95),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.passport",
        shape=r"P[A-Z<][A-Z<]{3}[A-Z<]{20,44}",
        anchors=("p<",),
        judge=machine_readable,
        begins=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"driv(?:er['’]?s?|ers['’]|ing)[ _-]{0,2}(?:licen[sc]e|lic\b|permit)|dl[ _]?n(?:o|um|umber)|praw(?:o|a) jazdy|k(?:orkort|jorekort)|ajokort(?:ti|in)|fue?hrerschein(?:e?s)?|permis (?:de conduire|n[°º])|patente di guida|rijbewijs"
        r"|(?:licen[cç][ií]?a|permiso|carn(?:et|é)|carta|carteira|permiso) (?:nacional )?de (?:conducir|conducci[óo]n|manejo|condu[cç][ãa]o|habilita[cç][ãa]o|motorista)",
        anchors=("driv", "fuhrer", "fuehrer", "permis", "licen", "carn", "carta de", "carteira", "patente di", "rijbewijs", "praw", "korkort", "kjorekort", "ajokort", "dl_n", "dl n", "dln"),
        judge=LICENCE_NUMBER,
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"führerschein(?:e?s)?|körkort(?:s(?:nummer|nr))?|kørekort|førerkort",
        anchors=("führerschein", "körkort", "kørekort", "førerkort"),
        judge=LICENCE_NUMBER,
        ignore_case=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"cnh",
        anchors=("cnh",),
        judge=formed_so(r"[0-9]{9,12}"),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"patente|permis",
        anchors=("patente", "permis"),
        judge=formed_so(r"[0-9]{2} ?[A-Z]{2} ?[0-9]{5}|[0-9]{12}|(?i:U1[A-Z0-9]{7}[A-Z]|(?!US|EP|WO)[A-Z]{2} ?[0-9]{7} ?[A-Z])"),
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"DL[ #:]",
        anchors=("dl ", "dl#", "dl:"),
        judge=licence,
        begins=True,
        close=True,
        digit_near=24,
    ),
    Pattern(
        label="personal.medical-record",
        shape="col(?:egiad[oa])?",
        anchors=("col",),
        judge=collegiate,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=60,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"mrn|uhid|ur (?:no|number)|pt\.?[ _](?:id|no|nr|number)|pat\.?[ -]{0,2}(?:nr|id\b)|med(?:ical)?\.?[ _-]?rec(?:ord)?s?|(?:hosp(?:ital)?|chart|admission|encounter|opd|ipd)\.?[ _-](?:number|num|no|nr|id)|(?:hosp(?:ital)?|chart) ?#|health (?:card|insurance)|nhc|n\.h\.c|h\.c\.|cipa|member id"
        r"|policy (?:no|number)|historia cl[ií]nica|numero de historia|expediente (?:cl[ií]nico|m[ée]dico)|cartella clinica|tessera sanitaria"
        r"|dossier (?:m[ée]dical|(?:du )?patient|clinique|hospitalier)|ipp"
        r"|(?:fall|aufnahme|behandlungs|(?:kranken)?versicherten)[- ]?(?:nummer|nr|id)|kranken(?:akten?|blatt)"
        r"|prontu[áa]rio|processo cl[ií]nico|histori[ai] choroby|kart[ay] pacjenta|nosologico|journal(?:nummer|nr)",
        anchors=(
            "mrn", "uhid", "ur no", "ur number", "pt id", "pt no", "pt num", "pt_", "pt. id", "pt. no", "pat.", "pat-", "patnr", "pat nr", "pat id", "med rec", "med. rec", "medrec", "med_rec", "medical", "hosp", "opd", "ipd", "prontu", "processo cl", "karta pac", "karty pac", "nosologico", "journaln", "chart", "admission", "encounter", "health", "nhc", "n.h.c", "h.c.", "cipa", "member id", "policy",
            "histori", "numero de h", "expediente", "cartella", "tessera", "dossier", "ipp",
            "falln", "fall-", "fall n", "aufnahme", "behandlungs", "krankenversicherten", "versicherten", "krankena", "krankenb",
        ),
        judge=REGISTERED,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"patient(?:['’]s)? (?:chart|file|record|folder)(?: (?:no|number|id|#))?|patient(?:en)?[ _-]?(?:id|number|no|nummer|nr|akten?|kennung)|patient(?:en|e)?|pa[cz]iente|utente|admission|pacjent(?:a|ki)",
        anchors=("patient", "paciente", "paziente", "utente", "admission", "pacjent"),
        judge=patient,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"patiënt(?:en)?[ _-]?(?:id|no|nummer|nr)|patiënt",
        anchors=("patiënt",),
        judge=patient,
        ignore_case=True,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"dossier(?: num[ée]ro)?|cartella|dossiern(?:ummer|r)",
        anchors=("dossier", "cartella"),
        judge=dossier,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"mrn[0-9]{5,12}",
        anchors=("mrn",),
        judge=word,
        ignore_case=True,
        begins=True,
        close=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"ssn|social security|nass|tax id|tin|pan|aadh?aar|national id|dni|nif|nie|(?:personal)?ausweis(?:es)?|steuer-?(?:id|nummer|nr)|codice fiscale"
        r"|carte (?:nationale )?d['’]identit[ée]|documento (?:nacional )?de identidad",
        anchors=(
            "ssn", "social", "nass", "tax", "tin", "pan", "aadh", "national", "dni", "nif", "nie", "ausweis", "personalausweis", "steuer", "codice",
            "carte", "documento",
        ),
        judge=after(least_digits=4, sizes=range(6, 17)),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"pps(?:n|[ _-]?(?:no|number|nr))?|nric|hkid|hong kong id|identity card|id card|carta d['’]identit[àa]|taiwan id|voter id|epic no|rfc"
        r"|(?:sozial|renten)versicherungs(?:nummer|nr)|sv-?(?:nummer|nr)|rvnr|national insurance|nino|ni (?:no|number)|cart[ãa]o de cidad[ãa]o|medicare",
        anchors=(
            "pps", "nric", "hkid", "hong kong", "identity card", "id card", "carta d", "taiwan id", "voter id", "epic no", "rfc", "sozialv", "rentenv", "sv-n", "svn",
            "rvnr", "national ins", "nino", "ni n", "cart", "medicare",
        ),
        judge=OF_ID,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"(?:fin|mbi|dowod|nhi|ic|rut|run|c\.[ci]\.|cc|rg)[ :#u]",
        anchors=("fin ", "fin:", "fin#", "ic no", "ic num", "ic:", "nhi ", "nhi:", "rut ", "rut:", "run:", "c.c. ", "cc ", "c.i. ", "c.i.:", "rg n", "rg:", "mbi ", "mbi:", "mbi#", "dowod ", "dowod:", "dowodu"),
        judge=short_id,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=FAR + 20,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"dowód|dowodem|dowodzie",
        anchors=("dowód", "dowodem", "dowodzie"),
        judge=OF_ID,
        ignore_case=True,
    ),
    Pattern(
        label="personal.account",
        shape=r"rib|ccc|clabe|cbu|[cs]/c|sort[\":]|konta|rachun(?:ek|ku)|nrb|rekening(?:nummer|nr)|blz",
        anchors=("rib", "ccc", "clabe", "cbu", "c/c", "s/c", 'sort"', "sort:", "konta", "rachun", "nrb", "rekeningn", "blz"),
        judge=OF_BANK,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=60,
    ),
    Pattern(
        label="personal.account",
        shape=r"transit",
        anchors=("transit",),
        judge=transit,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=30,
    ),
    Pattern(
        label="personal.account",
        shape=r"account|acct|routing|konto(?:nummer)?|cuenta|swift|bic|sort code",
        anchors=("account", "acct", "routing", "konto", "cuenta", "swift", "bic", "sort code"),
        judge=after(least_digits=4, sizes=range(6, 20), confidence=0.75),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.username",
        shape=r"user ?name|login|user ?id|usuario|benutzername|(?:nom d['’])?utilisateur|identifiant",
        anchors=("user", "login", "usuario", "benutzer", "nom d", "utilisateur", "identifiant"),
        judge=username,
        ignore_case=True,
        begins=True,
        close=True,
    ),
)  # fmt: skip
