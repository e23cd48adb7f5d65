"""Values whose kind the head of their column says, in CSV, TSV, Markdown and SQL, or their place in a message of HL7."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from trimtab.builtin.detectors.patterns.birth_dates import EAST
from trimtab.builtin.detectors.patterns.number_kinds import verdict
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Known, Pattern, Reader
from trimtab.builtin.detectors.patterns.tables import LONGEST_LINE, cells, tables
from trimtab.detect.signs import later

_MOST_HEADS = 4  # columns of one kind in a table


def _reader(
    named: Sequence[Callable[[str], bool]],
    form: "re.Pattern[str]",
    sureness: Callable[[str], float],
    among: Callable[[str], bool] | None = None,
) -> Reader:
    """The reader of columns that are `named` so, in tables of which a column is `among` others, if that is given."""

    def read(text: str, spans: Iterable[tuple[int, int]], known: Known) -> Iterator[Judged]:
        if "\n" not in text and ")" not in text:  # rows of SQL may follow their head on its line
            return
        here = tables(text, known)
        end_of_line, columns = -1, set[int]()
        for start, _ in spans:
            if start > end_of_line:
                columns.clear()
            if len(columns) < _MOST_HEADS and (head := here.head_at(start, *named)) and head.column not in columns:
                end_of_line = head.end
                columns.add(head.column)
                if among and not any(map(among, head.names)):
                    continue
                for begin, end in here.under(head, form):
                    yield begin, end, sureness(text[begin:end])

    return read


def _one_of(names: str) -> Callable[[str], bool]:
    known = frozenset(names.split())
    return lambda name: name.translate(_SIGNS_OF_NAMES) in known


_SIGNS_OF_NAMES = str.maketrans("", "", " _-.\"'`*")


def _of_column(
    label: str, anchors: str, names: str, form: str, confidence: float = 0.9, *, among: str = ""
) -> Iterator[Pattern]:
    """`names` in small letters, without signs."""
    reader = _reader(
        [_one_of(names)], later(form, re.IGNORECASE), lambda _: confidence, _one_of(among) if among else None
    )
    words = anchors.split()
    for some, begins in (
        (tuple(filter(str.isascii, words)), True),
        (tuple(word for word in words if not word.isascii()), False),
    ):
        if some:
            yield Pattern(
                label=f"personal.{label}",
                shape="|".join(some),
                anchors=some,
                reader=reader,
                ignore_case=True,
                needs_digit=True,
                begins=begins,
            )


# -- telephone numbers and places ----------------------------------------------------

_TELEPHONE = later(
    r"(?:[^\W\d_]{1,12}[ _-])?(?:(?:tele|cell|mobile?|desk|home|work)?[ _-]?phone|tel(?:[eé]fono?s?|efoon|efonn?r|efonnummer|[eé]phone|\.)?|telp|mobile?|cell|celular|cellulare"
    r"|m[oó]vil|mobiel|fax|handy|handynummer|rufnummer|portable|whatsapp|gsm|msisdn|kom[oó]rka|telemóvel|телефон|電話|電話番号|携帯|携帯電話|电话|手机|手机号|手機|전화|전화번호"
    r"|휴대폰|연락처|फ़ोन|फोन|मोबाइल|โทร|เบอร์โทร|هاتف)(?:[ _-]?(?:no\.?|nr\.?|num(?:ber|éro|ero)?|número|nummer|e164|[12]|home|work|mobile))?(?: ?\([^)]{0,16}\))?"
)
_DIALLED = later(r"[+(]{0,2}[0-9][0-9 ().\-/]{5,17}")


def _dialled(written: str) -> float:
    """How sure we are that a number in such a column is one: as if a word for telephones stood right before it."""
    told = verdict(written, "telephone: ", "")
    return told[2] if told and told[0] == "phone" else 0.0


def _place(written: str) -> float:
    """How sure we are that latitude and longitude side by side, in any order, are a place."""
    least, most = sorted(abs(float(one)) for one in _FRACTION.findall(written.replace("\u2212", "-")))
    return 0.85 if least <= 90 and most <= 180 else 0.0


_LATITUDE = later(r"(?:\w{1,12}[ _-])?lat(?:itude?)?(?:[ _-]?(?:deg|wgs84))?|breite(?:ngrad)?")
_LONGITUDE = later(r"(?:\w{1,12}[ _-])?(?:lon|lng|long|longitude?)(?:[ _-]?(?:deg|wgs84))?|l[äa]e?nge(?:ngrad)?")
_DEGREES = r"[-+\u2212]?[0-9]{1,3}\.[0-9]{2,15}"
_FRACTION = later(r"[-+]?[0-9.]+")
_BOTH = later(rf"{_DEGREES}[ \"'`*]{{0,2}}[,;|\t][ \"'`*]{{0,2}}{_DEGREES}")


def _of_form(
    label: str,
    anchors: str,
    named: Sequence["re.Pattern[str]"],
    form: "re.Pattern[str]",
    sureness: Callable[[str], float],
) -> Iterator[Pattern]:
    """Columns told by the form of their names, in ASCII and beyond, and of their cells."""
    says = [lambda name, one=one: one.fullmatch(name) is not None for one in named]
    words = anchors.split()
    for some, begins in (
        (tuple(filter(str.isascii, words)), True),
        (tuple(w for w in words if not w.isascii()), False),
    ):
        if some:
            yield Pattern(
                label=f"personal.{label}",
                shape="|".join(some),
                anchors=some,
                reader=_reader(says, form, sureness),
                ignore_case=True,
                needs_digit=True,
                begins=begins,
            )


_OF_FORM = (
    *_of_form(
        "phone",
        "phone tel mobi cell celular vil fax handy rufnummer portable whatsapp gsm msisdn komorka rka"
        " телефон 電話 携帯 电话 手机 手機 전화 휴대폰 연락처 फ़ोन फोन मोबाइल โทร هاتف",
        [_TELEPHONE], _DIALLED, _dialled,
    ),
    *_of_form("geo", "lat breite", [_LATITUDE, _LONGITUDE], _BOTH, _place),
    *_of_form("geo", "lon lng länge laenge lange", [_LONGITUDE, _LATITUDE], _BOTH, _place),
)  # fmt: skip


_ID = later(r"[0-9A-Za-z][0-9A-Za-z./-]{3,24}")
_ANY_DIGITS = 4
_BIRTH = later(r"(?:19|20)[0-9]{6}")
_SSN = later(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}")
_ADDRESS = later(r"[^|~^\r\n]{4,60}(?:\^[^|~^\r\n]{0,40}){2,8}")
"""The street, what goes on of it, the town, the state, the postcode, the country."""


_ENDS = ("\r", "\n", "\\r", "\\n")
"""How a segment ends, also within a string of a program."""


def _fields(text: str, at: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a segment that begins at a place, with their numbers, as far as one looks."""
    high = at + LONGEST_LINE
    for sign in _ENDS:
        high = min(high, text.find(sign, at, high) % (high + 1))
    for number, (low, end) in enumerate(cells(text, at, min(high, len(text)), "|")):
        yield number, low, end


def _segment(wanted: frozenset[int], form: "re.Pattern[str]") -> Judge:
    """The judge of PID, the segment that says who a patient is: the first component of some of its fields."""

    def judge(text: str, start: int, _end: int) -> list[Judged]:
        found: list[Judged] = []
        if start and text[start - 1] not in "\r\n\v" and text[max(0, start - 2) : start] not in _ENDS:
            return found
        for number, low, high in _fields(text, start):
            if number in wanted:
                for part in text[low:high].split("~"):
                    value = form.match(part)
                    if (
                        value
                        and part[value.end() : value.end() + 1] in {"", "^", "&"}
                        and sum(map(str.isdigit, value[0])) >= _ANY_DIGITS
                    ):
                        found.append((low, low + value.end(), 0.9))
                    low += len(part) + 1  # noqa: PLW2901 - the next begins there
        return found

    return judge


def _of_segment(label: str, fields: set[int], form: "re.Pattern[str]") -> Pattern:
    return Pattern(
        label=f"personal.{label}",
        shape=r"PID\|",
        anchors=("pid|",),
        judge=_segment(frozenset(fields), form),
        needs_digit=True,
        begins=True,
    )


COLUMNS: tuple[Pattern, ...] = (
    *_of_column(
        "birth-date",
        "dob birth geb naiss nac nasc urodz d_o_b f_nac fodelse dogum 生年月日 誕生日 出生日期 出生年月 生日 생년월일 생일 рожд जन्म född doğum",
        "dob dobs dateofbirth birthdate birthday birthdt bdate geburtsdatum geburtstag geb gebdatum gebdat datenaissance datedenaissance naissance"
        " fechanacimiento fechadenacimiento fechanac fnacimiento fnac nacimiento datanascita datadinascita dtnascita datanascimento datadenascimento dtnasc"
        " nascimento geboortedatum dataurodzenia patientdob customerdob empdob userdob memberdob patbirthdt patbirthdate fodelsedatum födelsedatum fødselsdato"
        " dogumtarihi doğumtarihi doğumtarih dogumtarih birthdayiso 生年月日 誕生日 出生日期 出生年月 出生年月日 生日 생년월일 생일 датарождения рождение деньрождения जन्मतिथि जन्मतारीख",
        rf"[0-9]{{1,4}}([-./])[0-9]{{1,2}}\1[0-9]{{1,4}}(?:[T ]00:00(?::00)?Z?)?|(?:19|20)[0-9]{{6}}|[0-9]{{1,2}}\.? ?[^\W\d_]{{3,12}}\.? ?[0-9]{{4}}|[^\W\d_]{{3,10}} [0-9]{{1,2}}, [0-9]{{4}}"
        rf"|[MTSHR][0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{1,2}}|{EAST.pattern}",
    ),
    *_of_column(
        "passport",
        "passp pasap reisep passap paspo paszp パスポート 旅券 护照 護照 여권 паспорт पासपोर्ट",
        "passport passportno passportnr passportnumber passportnum passportid passno pasaporte numpasaporte nopasaporte reisepass reisepassnr reisepassnummer passeport"
        " numpasseport numeropasseport nopasseport passaporto passaporte numeropassaporto paspoort paspoortnummer paszport nrpaszportu pasaport pasaportno"
        " パスポート パスポート番号 旅券 旅券番号 护照 护照号 护照号码 護照 護照號碼 여권 여권번호 паспорт номерпаспорта загранпаспорт номерзагранпаспорта पासपोर्ट पासपोर्टनंबर",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9]{6,12}|[0-9]{2} ?[0-9]{2} ?[0-9]{6}|[0-9]{2} [0-9]{7}",
    ),
    *_of_column(
        "driver-licence",
        "driv licen dl_ dlno dlnum permis patente rijbew fuehrer prawo korkort ehliyet 免許 驾驶证 駕照 驾照 면허 водительск führer körkort ड्राइविंग",
        "driverlicense driverslicense driverlicence driverslicence driverlicenseno driverslicenseno driverlicenceno driverlicensenumber driverslicensenumber"
        " driverlicencenumber drivinglicence drivinglicense drivinglicenceno drivinglicencenumber licenceno licenseno licencenumber licensenumber dlno dlnumber"
        " dlnum permis numpermis patente rijbewijs rijbewijsnummer fuehrerschein fuehrerscheinnr führerschein führerscheinnr führerscheinnummer prawojazdy"
        " nrprawajazdy korkort körkort körkortsnummer ehliyet ehliyetno 免許 免許証 免許番号 免許証番号 運転免許 運転免許証 運転免許証番号 驾驶证 驾驶证号 驾照 驾照号 駕照"
        " 면허 면허번호 운전면허 운전면허번호 면허증번호 водительскоеудостоверение ड्राइविंगलाइसेंस",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9 /-]{4,19}",
        0.8,
    ),
    # Of a licence alone no column says whether it is of a driver; one that speaks of persons beside it does.
    *_of_column(
        "driver-licence",
        "licen",
        "licence license",
        r"(?=(?:[^0-9]*[0-9]){5})[A-Z0-9][A-Z0-9 /-]{5,19}",
        0.8,
        among="dob dateofbirth birthdate firstname lastname fullname surname passport ssn driver drivername renter customer customername",
    ),
    *_of_column(
        "medical-record",
        "mrn patient pacient pazient medical chart hosp prontu nhc hasta 患者 病历 病歷 病案 住院号 门诊号 就诊 カルテ 診察券 환자 차트 병록 медкарт истори карт मरीज रोगी",
        "mrn mrnno patientid patientno patientnr patientnumber patientnummer patientennr patientennummer medicalrecord medicalrecordno medicalrecordnumber chartno"
        " chartnumber hospitalno hospitalnumber hospno prontuario nhc idpaciente pacienteid idpatient idpaziente hastano hastadosyano 患者id 患者番号 カルテ番号 診察券番号"
        " 病历号 病歷號 病案号 住院号 门诊号 就诊号 就诊卡号 환자번호 환자id 차트번호 병록번호 номеркарты медкарта номермедкарты номеристорииболезни मरीजसंख्या मरीजआईडी",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9/.-]{3,19}",
        0.8,
    ),
    *_of_column(
        "ssn",
        "ssn social",
        "ssn socialsecurity socialsecurityno socialsecuritynumber socialsecurityno socialno ssnno ssnumber",
        r"[0-9]{3}([-. ]?)[0-9]{2}\1[0-9]{4}",
    ),
    *_of_column(
        "national-id",
        "nric fin_ fin, hkid nation ident tax cpf cnpj rut run cuit cuil curp rfc dni nie nif nss sin tfn bsn pesel nino nhs pps cnp egn oib amka"
        " personnummer cpr hetu isikukood aadh pan steuer codice cedula cnic nik emirates tckn kimlik rrn id_n idn id_c"
        " 身份证 身分證 公民身份 マイナンバー 個人番号 주민 снилс инн आधार पैन",
        "nric nricno nricfin fin finno hkid hkidno nationalid nationalidno nationalidnumber idnational identitycard identityno identitynumber taxid taxidno taxno"
        " cpf cnpj cuit cuil curp rfc dni nie nif nss tfn bsn pesel nino ninumber nhs nhsno nhsnumber pps ppsn ppsno ppsnumber cnp egn oib amka"
        " personnummer cpr cprno cprnr hetu isikukood aadhaar aadhar aadhaarno aadhaarnumber pan panno pannumber steuerid steueridnr codicefiscale cedula cnic nik"
        " emiratesid tckn tckimlik tckimlikno kimlikno rrn idno idnumber idcard idcardno nationalidentifier 身份证 身份证号 身份证号码 身分證 身分證字號 公民身份号码"
        " マイナンバー 個人番号 주민등록번호 주민번호 снилс инн आधार आधारनंबर आधारसंख्या पैन",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9/. -]{5,21}(?:\([0-9A-Z]\))?",
        0.85,
    ),
    # What other things are called as well, by the form of what stands there.
    *_of_column("national-id", "rut run", "rut run rutcliente", r"[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-?[0-9K]", 0.85),
    *_of_column("national-id", "sin nas", "sin nas sinno sinnumber", r"[0-9]{3}([ -]?)[0-9]{3}\1[0-9]{3}", 0.85),
    *_of_column(
        "account",
        "account acct bsb sort routing konto kontonr cuenta rekening rachun hesap 口座 账号 账户 银行卡 帳號 卡号 계좌 счет счёт खाता",
        "accountno accountnumber accountnum acctno acctnum acctnumber bankaccount bankaccountno bankaccountnumber bsb sortcode routingno routingnumber kontonummer"
        " kontonr numerocuenta cuenta cuentabancaria numcuenta rekeningnummer rekeningnr nrrachunku numerrachunku nrkonta numerkonta hesapno hesapnumarasi"
        " 口座 口座番号 振込口座 银行账号 银行卡号 账号 账户 卡号 帳號 银行卡 계좌 계좌번호 급여계좌 счет счёт номерсчета номерсчёта расчетныйсчет расчётныйсчёт खाता खातासंख्या खातानंबर",
        r"[0-9](?:[ -]?[0-9]){5,25}",
        0.8,
    ),
    # A word for accounts that bookkeepers use as well, where a branch or a bank stands in another column.
    *_of_column(
        "account",
        "agencia agência conta compte conto konto guichet",
        "agencia agência conta contacorrente nconta compte numcompte ncompte conto contocorrente konto guichet",
        r"[0-9](?:[ .-]?[0-9]){2,19}(?:-?[0-9XK])?",
        0.8,
        among="agencia agência banco banque guichet codebanque banca titular titulaire intestatario kontoinhaber blz bank filial clearing",
    ),
    *_OF_FORM,
    _of_segment("medical-record", {2, 3, 4}, _ID),
    _of_segment("birth-date", {7}, _BIRTH),
    _of_segment("address", {11}, _ADDRESS),
    _of_segment("ssn", {19}, _SSN),
    _of_segment("driver-licence", {20}, _ID),
)  # fmt: skip
