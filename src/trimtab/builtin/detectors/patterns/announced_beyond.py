"""What words in the scripts of Asia, Russia and Israel announce: passports, licences, records, accounts, identifiers, dates of birth.

Where words are not set apart, what stands right before one says nothing, and the value may follow at once.
"""

from trimtab.builtin.detectors.patterns.birth_dates import ANSWER, EAST
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, Single
from trimtab.detect.signs import later

_FAR = 60
_FILLER = later(
    r"(?:[\s:：=＝#№「『【（(［\[\"'、，,.\—–)）」』】-]|第|マイナンバー|男性|女性|男|女|字號|字号|番号|番號|号码|號碼|号|號|码|碼|编号|編號|コード|の|は|が|を|も|私|是|为|為|：|預金|証|证|證|번호|는|은|이|가|의"
    r"|\u093c|फ़ाइल|फाइल|फाईल|रिकॉर्ड|आईडी|पंजीकरण|संख्या|तारीख|तिथि|दिन|को|नंबर|नं|सं|का|की|के|है|क्रमांक|номер[а-я]{0,2}|серия|серии|РФ|гражданина|выдан[а-я]{0,2}|для [а-яё]{3,14}|получател[яь]|клиента|пациента|болезни|[а-яё]{1,3}(?![^\W_])|[а-яё]{3,14}(?= ?[:№])|שלי|מספר|(?:ID|[Nn][Oo]|Number|number)(?![A-Za-z]))*+"
)


_NEAR = 60


def _follows(form: str, confidence: float = 0.95, among: str = "", passing: str = "") -> Single:
    """The judge of such a word: what stands behind it and what joins them has to be of this form.

    `among` are words of which one has to stand near, where the word says other things as well; what is `passing` may
    stand between, once, as the name of a bank does.
    """
    shape = later(rf"(?:{form})(?![0-9A-Za-z_])")
    near = later(among) if among else None
    other = later(passing) if passing else None

    def judge(text: str, start: int, end: int) -> Judged | None:
        if _goes_on(text, start):
            return None
        if near and not near.search(text, max(0, start - _NEAR), end + _NEAR):
            return None
        at = _behind(text, end)
        if other and (named := other.match(text, at)):
            at = _behind(text, named.end())
        found = shape.match(text, at)
        return (found.start(), found.end(), confidence) if found else None

    return judge


def _behind(text: str, end: int) -> int:
    """Where what a word announces may begin, behind what joins them, or in the answer to a question."""
    if answer := ANSWER.match(text, end, end + _FAR_ANSWER):
        return answer.end()
    filler = _FILLER.match(text, end, min(len(text), end + _FAR))
    return filler.end() if filler else end


_FAR_ANSWER = 120
_DATE = later(
    r"(?:19|20)[0-9]{2}([-./])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])|[0-9]{1,2}([-./])[0-9]{1,2}\2(?:19|20)[0-9]{2}(?![0-9])|(?:19|20)[0-9]{6}(?![0-9])|[0-9]{2}\.[0-9]{2}\.[0-9]{2}(?![.0-9])|[MTSHR][0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}(?![0-9])"
)
_LONGEST_DATE = 20
_MONTHS = later(r"[0-9]{1,2} (?:[\u0900-\u0963]{2,12}),? (?:19|20)[0-9]{2}(?![0-9])")


def _goes_on(text: str, start: int) -> bool:
    """Whether a word begins before a place, of a script that sets words apart."""
    return (
        start > 0
        and text[start] < _HEBREW_ENDS
        and (text[start - 1].isalnum() or text[max(0, start - 2) : start] == "и ")
    )


_HEBREW_ENDS = "\u0600"


def _born(text: str, start: int, end: int) -> Judged | None:
    if _goes_on(text, start):
        return None
    at = _behind(text, end)
    for form in (EAST, _DATE, _MONTHS):
        found = form.match(text, at)
        if found:
            return found.start(), found.end(), 0.9
    return None


def _came(text: str, start: int, end: int) -> Judged | None:
    """As `_born`, or with the date before the word: `1980年5月3日生まれ`."""
    upto = start + text.startswith(("日", "일"), start)
    for form in (EAST, _DATE):
        for found in form.finditer(text, max(0, start - _LONGEST_DATE), upto):
            if found.end() == upto:
                return found.start(), upto, 0.9
    return _born(text, start, end)


def _beyond(label: str, words: str, judge: Single) -> Pattern:
    return Pattern(
        label=f"personal.{label}",
        shape=words,
        anchors=tuple(words.split("|")),
        judge=judge,
        ignore_case=True,
        needs_digit=True,
    )


_RECORD = r"(?=[A-Z/-]{0,6}[0-9][0-9/-]{3})[A-Z]{0,4}[-/]?[0-9]{2,12}(?:[-/][0-9]{1,8}){0,2}"
_BANK = (
    r"(?:[가-힣]{1,8}(?:은행|뱅크|금고|농협|신협)|[一-龠ァ-ヶー]{1,10}(?:銀行|信用金庫|信金|银行)(?:[ 　]?[一-龠ァ-ヶーぁ-ん]{1,10}(?:支店|支行|営業部|分行))?|농협|우체국|카카오뱅크|토스뱅크|बैंक|[А-ЯЁ][а-яё]{2,15}банк[а-я]?)"
    r"(?:[ 　]?(?:普通|当座)(?:預金)?)?"
)
"""The name of a bank, of its branch, and of which kind an account is."""
BEYOND: tuple[Pattern, ...] = (
    _beyond(
        "passport",
        "パスポート|旅券|护照|護照|여권|पासपोर्ट|паспорт|загранпаспорт|דרכון|หนังสือเดินทาง",
        _follows(r"[A-Z]{1,2} ?[0-9]{6,8}|[0-9]{2} ?[0-9]{2} ?(?:№|номер)? ?[0-9]{6}|[0-9]{2} ?(?:№ ?)?[0-9]{7}|[0-9]{7,9}|[A-Z][0-9]{2}[A-Z][0-9]{5}"),
    ),
    _beyond(
        "driver-licence",
        "免許証|免許番号|運転免許|驾驶证|駕駛證|驾照|駕照|운전면허|면허번호|면허증|ड्राइविंग लाइसेंस|लाइसेंस नंबर|водительск|удостоверени|вод. удост|ву |в/у",
        _follows(r"[0-9]{2}-[0-9]{2}-[0-9]{6}-[0-9]{2}|[0-9]{2} ?[0-9]{2} ?[0-9]{6}|[0-9]{12,18}|[A-Z]{2}[- ]?[0-9]{2}[- ]?[0-9]{11}|[0-9]{2} ?[А-ЯA-Z]{2} ?[0-9]{6}"),
    ),
    _beyond(
        "medical-record",
        "患者id|患者番号|амбулаторная карта|карта пациента|карты пациента|и/б|診察券|保険証|カルテ|病历|病歷|住院号|门诊号|就诊卡|病案|환자번호|차트번호|истории болезни|история болезни|медкарт|मरीज",
        _follows(_RECORD, 0.9),
    ),
    _beyond(
        "medical-record",
        "등록번호|병록번호|진료번호|登録番号|登记号|रोगी|फाइल|फ़ाइल|पंजीकरण|карта №|карты №|карта",
        _follows(_RECORD, 0.85, among="환자|병원|진료|입원|外来|患者|入院|受診|病院|门诊|科室|医院|मरीज|अस्पताल|रोगी|वार्ड|пациент|больн|отделени|госпитал|диагноз|поликлиник"),
    ),
    _beyond(
        "national-id",
        "身分証|マイナンバー|個人番号|在留カード|身份证|身份證|身分證|身分证|公民身份|주민등록|주민번호|आधार|снилс|инн|תעודת זהות|บัตรประชาชน",
        _follows(
            r"[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}|[0-9]{17}[0-9Xx]|[0-9]{6} ?[0-9]{8} ?[0-9]{3}[0-9Xx]|[A-Z][12][0-9]{8}|[A-Z]{1,2}[0-9]{6} ?\([0-9A]\)"
            r"|[A-Z]{2}[0-9]{8}[A-Z]{2}|[0-9]{6}-?[0-9]{7}|[0-9]{3}-[0-9]{3}-[0-9]{3}[- ][0-9]{2}|[0-9]{10,12}|[0-9]{8,9}|[0-9](?:-[0-9]{4,5}){2}-[0-9]{2}-[0-9]"
        ),
    ),
    _beyond(
        "account",
        "口座|普通|当座|р/с|расч. счет|账号|账户|帳號|帳戶|卡号|계좌|खाता|расчетный счет|расчётный счёт|счёт|счет",
        _follows(r"[0-9]{3,6}(?:-[0-9]{2,8}){1,3}|(?:[0-9]{7,20}|[0-9]{4}(?: [0-9]{3,4}){2,4})(?! ?(?:[円元원₽]|руб))", 0.8, passing=_BANK),
    ),
    _beyond("account", "은행|뱅크|농협", _follows(r"[0-9]{3,6}-[0-9]{2,6}-[0-9]{5,8}|[0-9]{3}-[0-9]{2,4}-[0-9]{5,7}-[0-9]{1,3}|[0-9]{3}(?:-[0-9]{3,4}){2}-[0-9]{2}", 0.85)),
    _beyond("account", "記号", _follows(r"[0-9]{5}[- 　]{0,2}(?:番号)?[-:： 　]{0,2}[0-9]{6,8}", 0.9)),
    _beyond("account", "(普)|（普）", _follows(r"[0-9]{7}", 0.9)),
    _beyond(
        "birth-date",
        "生年月日|出生日期|出生年月|生日|생년월일|생일|जन्मतिथि|जन्म तिथि|जन्म|др|дата рожд|תאריך לידה|วันเกิด",
        _born,
    ),
    _beyond("birth-date", "生まれ|日生|出生|生於|生于|출생|일생", _came),
)  # fmt: skip
