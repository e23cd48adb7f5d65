"""Values whose kind the head of their column says, in CSV, TSV and Markdown, or their place in a message of HL7.

A row far below its head is told by it as one right below; a table is read until rows of another form begin.
"""

import re
from collections.abc import Iterable, Iterator

from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Known, Pattern, Reader
from trimtab.detect.signs import later

_LONGEST_LINE = 500
_FAR = 3_500
"""Characters from the beginning of a head to the end of the last row that it speaks of; within what `patterns` declares."""
_MOST_COLUMNS = 60
_MOST_MISFITS = 3  # cells of a column in other forms, after which its head is another or none
_MOST_HEADS = 4  # columns of one kind in a table
_PARTERS = "\t;|,"
_SIGNS_OF_NAMES = str.maketrans("", "", " _-.\"'`*")
_QUOTED = later(r'"[^"\n]*"')
_RULE = frozenset("|:- ")


def _cells(text: str, low: int, high: int, parter: str) -> list[tuple[int, int]]:
    """Where the cells of a line begin and end; signs within quotes part none."""
    line = text[low:high]
    if '"' in line:
        line = _QUOTED.sub(lambda found: "x" * len(found[0]), line)
    at, cells = low, []
    for cell in line.split(parter, _MOST_COLUMNS + 1):
        cells.append((at, at + len(cell)))
        at += len(cell) + 1
    return cells


def _line(text: str, at: int) -> tuple[int, int] | None:
    """Where the line begins and ends in which a place is, if another follows it and it is not too long."""
    high = text.find("\n", at, at + _LONGEST_LINE)
    low = text.rfind("\n", max(0, at - _LONGEST_LINE), at) + 1
    return (low, high) if high >= 0 and at - low < _LONGEST_LINE and (low or at < _LONGEST_LINE) else None


def _head(text: str, at: int, names: frozenset[str]) -> tuple[int, int, str, int, int] | None:
    """Begin and end of a head, what parts it, which of its columns has one of some names at a place, and how many there are."""
    line = _line(text, at)
    if not line:
        return None
    for parter in _PARTERS:
        begin = text.rfind(parter, line[0], at) + 1 or line[0]
        end = text.find(parter, at, line[1])
        end = end if end >= 0 else line[1]
        if end - begin < line[1] - line[0]:
            name = text[begin:end].strip().translate(_SIGNS_OF_NAMES).lower()
            if name not in names:
                return None
            cells = _cells(text, *line, parter)
            column = next((number for number, cell in enumerate(cells) if cell[0] == begin), -1)
            return (*line, parter, column, len(cells)) if column >= 0 and 1 < len(cells) <= _MOST_COLUMNS else None
    return None


def _column(text: str, head: tuple[int, int, str, int, int], form: "re.Pattern[str]") -> Iterator[tuple[int, int]]:
    first, at, parter, column, count = head
    misfits = 0
    while (low := at + 1) < len(text) and misfits < _MOST_MISFITS:
        at = text.find("\n", low, low + _LONGEST_LINE)
        if at < 0:
            at = min(len(text), low + _LONGEST_LINE)
        if at - first > _FAR:
            return
        cells = _cells(text, low, at, parter)
        if len(cells) != count:
            return
        begin, end = cells[column]
        cell = text[begin:end]
        value = cell.strip(" \r\"'`*")
        begin += cell.find(value)
        if form.fullmatch(value):
            yield begin, begin + len(value)
        elif not _RULE.issuperset(cell):
            misfits += 1


def _reader(names: frozenset[str], form: "re.Pattern[str]", confidence: float) -> Reader:
    def read(text: str, spans: Iterable[tuple[int, int]], _known: Known) -> Iterator[Judged]:
        end_of_line, heads = -1, 0
        for start, _ in spans:
            if start > end_of_line:
                heads = 0
            if heads < _MOST_HEADS and (head := _head(text, start, names)):
                end_of_line, heads = head[1], heads + 1
                for begin, end in _column(text, head, form):
                    yield begin, end, confidence

    return read


def _of_column(label: str, anchors: str, names: str, form: str, confidence: float = 0.9) -> Pattern:
    """`names` in small letters, without signs."""
    words = tuple(anchors.split())
    return Pattern(
        label=f"personal.{label}",
        shape="|".join(words),
        anchors=words,
        reader=_reader(frozenset(names.split()), later(form, re.IGNORECASE), confidence),
        ignore_case=True,
        needs_digit=True,
        begins=True,
    )


_ID = later(r"[0-9A-Za-z][0-9A-Za-z./-]{3,24}")
_ANY_DIGITS = 4
_BIRTH = later(r"(?:19|20)[0-9]{6}")
_SSN = later(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}")


_ENDS = ("\r", "\n", "\\r", "\\n")
"""How a segment ends, also within a string of a program."""


def _fields(text: str, at: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a segment that begins at a place, with their numbers, as far as one looks."""
    high = at + _LONGEST_LINE
    for sign in _ENDS:
        high = min(high, text.find(sign, at, high) % (high + 1))
    for number, (low, end) in enumerate(_cells(text, at, min(high, len(text)), "|")):
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
    _of_column(
        "birth-date",
        "dob birth geb naiss nac nasc urodz",
        "dob dobs dateofbirth birthdate birthday birthdt bdate geburtsdatum geburtstag geb gebdatum gebdat datenaissance datedenaissance naissance"
        " fechanacimiento fechadenacimiento fechanac fnacimiento nacimiento datanascita datadinascita dtnascita datanascimento datadenascimento dtnasc"
        " nascimento geboortedatum dataurodzenia patientdob customerdob",
        r"[0-9]{1,4}([-./])[0-9]{1,2}\1[0-9]{1,4}(?:[T ]00:00(?::00)?Z?)?|(?:19|20)[0-9]{6}|[0-9]{1,2}\.? ?[^\W\d_]{3,12}\.? ?[0-9]{4}|[^\W\d_]{3,10} [0-9]{1,2}, [0-9]{4}",
    ),
    _of_column(
        "passport",
        "passp pasap reisep passap paspo paszp",
        "passport passportno passportnr passportnumber passportnum passportid passno pasaporte numpasaporte nopasaporte reisepass reisepassnr reisepassnummer passeport"
        " numpasseport numeropasseport nopasseport passaporto passaporte numeropassaporto paspoort paspoortnummer paszport nrpaszportu",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9]{6,12}",
    ),
    _of_column(
        "driver-licence",
        "driv licen dl_ dlno dlnum permis patente rijbew fuehrer prawo",
        "driverlicense driverslicense driverlicence driverslicence driverlicenseno driverslicenseno driverlicenceno driverlicensenumber driverslicensenumber"
        " driverlicencenumber drivinglicence drivinglicense drivinglicenceno drivinglicencenumber licenceno licenseno licencenumber licensenumber dlno dlnumber"
        " dlnum permis numpermis patente rijbewijs rijbewijsnummer fuehrerschein fuehrerscheinnr prawojazdy",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9 /-]{4,19}",
        0.8,
    ),
    _of_column(
        "medical-record",
        "mrn patient pacient pazient medical chart hosp prontu nhc",
        "mrn mrnno patientid patientno patientnr patientnumber patientnummer patientennr patientennummer medicalrecord medicalrecordno medicalrecordnumber chartno"
        " chartnumber hospitalno hospitalnumber hospno prontuario nhc idpaciente pacienteid idpatient idpaziente",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9/.-]{3,19}",
        0.8,
    ),
    _of_column(
        "ssn",
        "ssn social",
        "ssn socialsecurity socialsecurityno socialsecuritynumber socialsecurityno socialno",
        r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}",
    ),
    _of_column(
        "national-id",
        "nric fin_ fin, hkid nation ident tax cpf cnpj rut run cuit cuil curp rfc dni nie nif nss sin tfn bsn pesel nino nhs pps cnp egn oib amka"
        " personnummer cpr hetu isikukood aadh pan steuer codice cedula cnic nik emirates tckn kimlik rrn id_n idn id_c",
        "nric nricno nricfin fin finno hkid hkidno nationalid nationalidno nationalidnumber idnational identitycard identityno identitynumber taxid taxidno taxno"
        " cpf cnpj rut run cuit cuil curp rfc dni nie nif nss sin nas tfn bsn pesel nino ninumber nhs nhsno nhsnumber pps ppsn ppsno ppsnumber cnp egn oib amka"
        " personnummer cpr cprno cprnr hetu isikukood aadhaar aadhar aadhaarno aadhaarnumber pan panno pannumber steuerid steueridnr codicefiscale cedula cnic nik"
        " emiratesid tckn tckimlik kimlikno rrn idno idnumber idcard idcardno nationalidentifier",
        r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9/. -]{5,21}(?:\([0-9A-Z]\))?",
        0.85,
    ),
    _of_column(
        "account",
        "account acct bsb sort routing konto kontonr cuenta",
        "accountno accountnumber accountnum acctno acctnum acctnumber bankaccount bankaccountno bankaccountnumber bsb sortcode routingno routingnumber kontonummer"
        " kontonr numerocuenta cuenta cuentabancaria numcuenta",
        r"[0-9](?:[ -]?[0-9]){5,19}",
        0.8,
    ),
    _of_segment("medical-record", {2, 3, 4}, _ID),
    _of_segment("birth-date", {7}, _BIRTH),
    _of_segment("ssn", {19}, _SSN),
    _of_segment("driver-licence", {20}, _ID),
)  # fmt: skip
