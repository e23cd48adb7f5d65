"""Identifiers and dates of birth by the words of many languages, by the head of their column, and by their place in HL7."""

import pytest

from trimtab.builtin.detectors.patterns.detector import PatternDetector

DETECTOR = PatternDetector(("personal",))
HITS = [
    # A word that stands close says enough, whatever the check digits are.
    ("national-id", "NHS number 4351126670. 7-year-old girl with croup", "4351126670"),
    ("national-id", "NHS no: 435 112 6670", "435 112 6670"),
    ("national-id", "Mon NAS est 614-228-903, est-ce normal ?", "614-228-903"),
    ("national-id", '{"nas": "614 228 903"}', "614 228 903"),
    ("national-id", "SIN 614 228 903", "614 228 903"),
    ("national-id", "Medicare card 3418 66204 1, ref 2", "3418 66204 1"),
    ("national-id", "my resident identity card no. is 330106197912045517", "330106197912045517"),
    ("national-id", "| NO | 150482 30072 |", "150482 30072"),
    ("national-id", "TC Kimlik No: 12345678901", "12345678901"),
    ("national-id", "OIB: 12345678901", "12345678901"),
    ("national-id", "TAJ szám: 123 456 788", "123 456 788"),
    ("national-id", "cédula de ciudadanía 1.020.304.050", "1.020.304.050"),
    ("national-id", "KTP 3171012345678901", "3171012345678901"),
    ("national-id", "Emirates ID 784-1980-1234567-1", "784-1980-1234567-1"),
    ("national-id", "PPS number (yours on file reads 5523471TW)", "5523471TW"),
    ("national-id", "NRIC S7301144B", "S7301144B"),
    ("national-id", "FIN: G7301144X", "G7301144X"),
    ("national-id", "HKID Z441190(3)", "Z441190(3)"),
    ("national-id", "Hong Kong Identity Card No.: Z441190(A)", "Z441190(A)"),
    ("national-id", "Rentenversicherungsnummer 65 070649 C 108", "65 070649 C 108"),
    ("national-id", "RFC: GODE561231GR8", "GODE561231GR8"),
    ("national-id", "nr dowodu osobistego ABC123456", "ABC123456"),
    ("national-id", "dowód osobisty nr ABC 123456", "ABC 123456"),
    ("national-id", "carta d'identità CA12345AB", "CA12345AB"),
    ("national-id", "RUT 14556201-K", "14556201-K"),
    ("national-id", "マイナンバー5120 3348 7761を提出", "5120 3348 7761"),
    ("national-id", "我的身份证号码是110105194912310021", "110105194912310021"),
    ("national-id", "身份證字號 A123456789", "A123456789"),
    ("national-id", "주민등록번호 900101-1234567", "900101-1234567"),
    ("national-id", "СНИЛС 112-233-445 95", "112-233-445 95"),
    ("national-id", "Tan Ah Kow, S1234567D, level 3", "S1234567D"),
    ("national-id", "11010519491231002X", "11010519491231002X"),
    ("national-id", "carte vitale 184058816007361", "184058816007361"),
    ("national-id", "título de eleitor 1234 5678 9012", "1234 5678 9012"),
    ("passport", "passport details - 551203477", "551203477"),
    ("driver-licence", '{"no": "LINDE657054SM9IJ"}', "LINDE657054SM9IJ"),
    ("account", '{"account": {"number": "55120347", "sort": "21-45-87"}}', "21-45-87"),
    ("passport", "numéro de passeport de ma fille : 18CV55120", "18CV55120"),
    ("passport", "Reisepass C-Nummer: C5VK81RT4", "C5VK81RT4"),
    ("passport", "nr paszportu: EK5512034", "EK5512034"),
    ("passport", "Passport numarası U55120347", "U55120347"),
    ("passport", "passport number on the visa form: put 551203477 by mistake", "551203477"),
    ("passport", "the passport was 551203477, not 551203474", "551203474"),
    ("passport", '{"passport": {"number": "551203477"}}', "551203477"),
    ("passport", "パスポート番号TK5512034の期限", "TK5512034"),
    ("passport", "護照號碼：355120347", "355120347"),
    ("passport", "पासपोर्ट नंबर M5512034", "M5512034"),
    ("passport", "Паспорт серия 4510 номер 551203", "4510 номер 551203"),
    ("passport", "P<GBRLINDE<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<<\n5512034770GBR8501019F3103087<<<<<<<<<<<<<<02", "551203477"),
    ("driver-licence", '{"driver_license": {"number": "55120347", "state": "TX"}}', "55120347"),
    ("driver-licence", "Ohio DL 55120347", "55120347"),
    ("driver-licence", "drivers licence number; mine: W426-5512-0347", "W426-5512-0347"),
    ("driver-licence", "CNH nº de registro 05512034711", "05512034711"),
    ("driver-licence", "prawo jazdy nr 00512/18/1465", "00512/18/1465"),
    ("driver-licence", "patente U1L551203M rinnovata", "U1L551203M"),
    ("driver-licence", "mon permis 14AA00002", "14AA00002"),
    ("driver-licence", "körkort nr 5512034711", "5512034711"),
    ("driver-licence", "運転免許証の番号305512034711", "305512034711"),
    ("medical-record", "Hosp no. K0055120 Ward 3", "K0055120"),
    ("medical-record", "UHID: UH00551203", "UH00551203"),
    ("medical-record", '{"type": {"text": "MRN"}, "value": "E-5512034"}', "E-5512034"),
    ("medical-record", "prontuário nº 551203-4", "551203-4"),
    ("medical-record", "nr historii choroby 15512/23", "15512/23"),
    ("medical-record", "Pat.-Nr. 5512034", "5512034"),
    ("medical-record", "patiëntnummer 5512034", "5512034"),
    ("medical-record", "ID pacjenta 551203", "551203"),
    ("medical-record", "dossier n° 551203, patient de 58 ans", "551203"),
    ("medical-record", "患者ID：00551203", "00551203"),
    ("medical-record", "病历号 20245512034", "20245512034"),
    ("account", '{"bsb": "063-184"}', "063-184"),
    ("account", "transit 05512 institution 003", "05512"),
    ("account", "A/c No. 5512034711", "5512034711"),
    ("account", "RIB : 30004 00828 00055120347 76", "30004 00828 00055120347 76"),
    ("account", "nr konta 61 1090 1014 0000 0712 1981 2874", "61 1090 1014 0000 0712 1981 2874"),
    ("account", "みずほ銀行 普通 5512034", "5512034"),
    ("account", "账号5512 0347 1166 8120", "5512 0347 1166 8120"),
    ("ssn", "SS# 551203471", "551203471"),
    # Dates of birth.
    ("birth-date", "Pacjent ur. 9 maja 1958 r., leczony", "9 maja 1958 r"),
    ("birth-date", "urodzona dnia 9 stycznia 1958 w Krakowie", "9 stycznia 1958"),
    ("birth-date", "nasc. 9/05/1958", "9/05/1958"),
    ("birth-date", "född 12 maj 1958", "12 maj 1958"),
    ("birth-date", "Narozen 12. května 1958", "12. května 1958"),
    ("birth-date", "Родился 5 мая 1958 г. в Омске", "5 мая 1958 г"),
    ("birth-date", "ДР 12.05.1958", "12.05.1958"),
    ("birth-date", "जन्मतिथि: 9 जुलाई 1958", "9 जुलाई 1958"),
    ("birth-date", "生年月日：昭和33年5月9日", "昭和33年5月9日"),
    ("birth-date", "1958年5月9日生まれ", "1958年5月9日"),
    ("birth-date", "出生日期：1958-05-09", "1958-05-09"),
    ("birth-date", "생년월일 1958년 5월 9일", "1958년 5월 9일"),
    ("birth-date", "Nora 09.05.2011 (born), Ole", "09.05.2011"),
    ("birth-date", "DOB: 9 May 58", "9 May 58"),
    ("birth-date", "dob=19580509", "19580509"),
    ("birth-date", '{"dob": "1958-05-09T00:00:00Z"}', "1958-05-09"),
    ("birth-date", "d/o/b 09/05/1958", "09/05/1958"),
    # Columns and messages.
    ("national-id", "pupil,nric,year\nTan,S7301144B,2024\nLim,T0911203K,2024", "T0911203K"),
    ("birth-date", 'id;name;Geburtsdatum;Abteilung\n1;Ana;12.03.1958;A\n2;"Li; Jo";5.6.1960;B', "5.6.1960"),
    ("birth-date", "| name | DOB | visit |\n|---|---|---|\n| Ana | 1958-05-09 | 2024-01-02 |\n| Bo | 1961-07-21 | 2024-01-03 |", "1961-07-21"),
    ("birth-date", "name,birth_date\n" + "An,1958-05-09\n" * 40 + "Bo,1961-07-21\n", "1961-07-21"),
    ("passport", 'name,passport_no\n"Li, Jo",X5512034\n', "X5512034"),
    ("driver-licence", "name\tdriver_license\nAna\tD5512034", "D5512034"),
    ("medical-record", "mrn,ward,doctor\n00551203,7B,Lindqvist-Farrow\n00551204,7B,Lindqvist-Farrow", "00551204"),
    ("ssn", "emp,ssn,office\n1,551203471,Wexhausen North\n2,551203472,Wexhausen South", "551203472"),
    ("account", "account_number,bsb\n55120347,063-184", "55120347"),
    ("medical-record", "MSH|^~\\&|LAB\rPID|1||55120347^^^LIND^MR||LINDE^ANA||19580509|F", "55120347"),
    ("birth-date", "MSH|^~\\&|LAB\rPID|1||55120347^^^LIND^MR||LINDE^ANA||19580509|F", "19580509"),
]  # fmt: skip
NEAR_MISSES = [
    "Part number 551-22-9035 (gasket) is late",
    "Case 551-22-9035 was heard",
    "RFC 2616",
    "C'est la fin 1234567AB du film",
    "transit time 12345 seconds",
    "Public transit 10001 riders",
    "parcels in transit 05512",
    "mg/dL 123456",
    "Delta flight DL 1234",
    "permis de construire 14AA00002",
    "patente de invención ES2345678B1",
    "dossier n° 551203 du tribunal",
    "art. 5 lit. b. 12.05.2020",
    "died 12.03.2012 (born 1930)",
    "date,birth rate\n2020-01-01,2020-01-02",
    "name,id,count\n5,1234567,3",
    "Please see the passport, dob and id card,\nthen go to the desk 123456, room 1, floor 2",
    "адр. 12.05.2020",
    "книги и др. 12.05.2020",
    "счет 123456 рублей",
    "普通 1234567円",
    "生日快乐 2024",
    "license no. 2024-11822",
    "konta 123456 użytkowników",
    "PID|1||12^^^X",
    "Tan Ah Kow, S1234567A, level 3",
    "part S1234567D",
    "Ref: 551-22-9035",
    "account_balance: 12345678",
    "Account created 20190512 10:20",
    "compte rendu 20240512",
]


def labels(text):
    return [(one.label, text[one.start : one.end]) for one in DETECTOR.find(text)]


@pytest.mark.parametrize(("label", "text", "value"), HITS)
def test_what_is_announced_is_found_whole_under_its_label(label, text, value):
    assert (f"personal.{label}", value) in labels(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_words_that_mean_something_else_announce_nothing(text):
    assert labels(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<birthDate>1958-05-09</birthDate><deathDate>2019-10-02</deathDate>", "1958-05-09"),
        ("DOB 1958-05-09 Admitted: 2024-02-11", "1958-05-09"),
        ("Geburtsdatum 09.05.1958, Eintritt 01.02.2010", "09.05.1958"),
        ("id;Geburtsdatum;Eintritt\n1;09.05.1958;01.02.2010", "09.05.1958"),
    ],
)
def test_the_nearest_word_says_what_a_date_is(text, value):
    assert labels(text) == [("personal.birth-date", value)]


def test_a_hostile_table_takes_no_longer_than_its_length():
    assert DETECTOR.find("dob," * 2_000 + "\n" + "x," * 2_000) == []
    table = "dob,name\n" + "1958-05-09,An\n" * 100
    assert len(DETECTOR.find(table * 3)) == 300
