"""Postal addresses of Japan, China and Korea, from the wide to the narrow, and of India and Russia in their own letters."""

import re
from collections.abc import Iterable

from trimtab.builtin.detectors.patterns.spec import Judged, Known, Pattern, Reader
from trimtab.detect.signs import later

_FIGURE = r"[0-9０-９一二三四五六七八九十百〇零]"
_DASH = r"[-−‐–ー－の]"
_ROOM = rf"(?:[ 　]{{0,2}}[\w・ー]{{1,16}}[ 　]?(?:{_DASH}?[0-9０-９]{{1,5}})(?:号室|号|階|F|室)|[ 　]{{0,2}}[0-9０-９]{{1,4}}(?:号室|室|階|F))?"
_JAPANESE = later(
    rf"(?:〒?[0-9０-９]{{3}}[-−－][0-9０-９]{{4}}[ 　,、]{{0,2}})?(?P<area>(?:東京都|北海道|京都府|大阪府|[一-龠]{{2,3}}県)[ 　]?[一-龠ぁ-んァ-ヶー々ヶケ]{{1,12}}|[一-龠ぁ-ん]{{1,6}}[市区郡])"
    rf"[一-龠ぁ-んァ-ヶー々 　]{{0,16}}?{_FIGURE}{{1,5}}(?:丁目|番地|番|号|{_DASH}(?={_FIGURE}))"
    rf"(?:の?{_FIGURE}{{1,5}}(?:丁目|番地|番|号|{_DASH}(?={_FIGURE}))?){{0,3}}(?:の{_FIGURE}{{1,4}})?{_ROOM}"
)
_CHINESE = later(
    r"(?P<before>[一-龠]{2,28})(?:路|街|道|巷|弄|胡同)(?:[一二三四五六七八九十東西南北东]{1,2}(?:段|路))?[0-9０-９]{1,5}(?:号|號|弄|巷)(?:院)?"
    r"(?:[0-9A-Z一-龠]{1,8}(?:号楼|栋|幢|座|楼|樓|单元|室|号|號)|之[0-9]{1,3}){0,4}(?:[0-9]{1,5}(?:室|号)?)?"
)
_LED_IN = later(r".*(?:地址|住址|住在|位于|位於|寄到|送到|搬到|[是在到于於为為])")
_KOREAN = later(
    r"(?:[가-힣]{2,7}(?:시|도) ){1,2}(?:[가-힣]{1,5}[구군시] ){0,2}(?:[가-힣]{1,6}[읍면동리] )?[가-힣0-9]{1,12}(?:로|길)(?: ?[0-9]{1,4}번?길)? ?[0-9]{1,4}(?:-[0-9]{1,4})?(?![0-9])"
    r"(?:,? ?(?:[가-힣]{2,12} )?[0-9]{1,4}(?:동|호|층)(?: ?[0-9]{1,4}호)?)?"
)
_HINDI = later(
    r"(?:मकान|फ्लैट|प्लॉट|घर)\s?(?:नं\.?|नंबर|संख्या|क्र\.?|नम्बर)\s?[:.]?\s?[0-9०-९]{1,5}[\w/-]{0,6}(?:,\s?[^,।\n\"|;:<]{2,40}){1,5}?[ ,-]{1,3}[0-9०-९]{6}(?![0-9])"
    r"|(?:मकान|फ्लैट|प्लॉट|घर)\s?(?:नं\.?|नंबर|संख्या|क्र\.?|नम्बर)\s?[:.]?\s?[0-9०-९]{1,5}[\w/-]{0,6}(?:,\s?[^,।\n\"|;:<]{2,30}){1,4}"
)
_RUSSIAN = later(
    r"(?:[0-9]{6},? )?(?:(?:г\. ?|г |город )?[А-ЯЁ][а-яё-]{2,20},? )?(?<!\w)(?:ул(?:\.|ица)|просп(?:\.|ект)|пр-т|пер(?:\.|еулок)|бул(?:\.|ьвар)|наб(?:\.|ережная)|вул\.|ш\.)"
    r" ?(?:[0-9]{1,2}(?:-[а-яё]{1,3})? )?[А-ЯЁІЇЄ][\w-]{1,25}(?: [А-ЯЁІЇЄ][\w-]{1,25}){0,2},? ?(?:д\.|дом|буд\.)? ?[0-9]{1,4}[А-Яа-я]?(?:/[0-9]{1,3})?(?!\w)"
    r"(?:,? ?(?:к|корп|стр|кв|оф|эт|под)(?:\.| |артира) ?[0-9]{1,4}){0,4}(?:, ?(?:г\. ?)?[А-ЯЁІЇЄ][а-яёії-]{2,20}(?!\w))?(?:, ?[0-9]{5,6}(?![0-9]))?"
)
_RUSSIAN_AFTER = later(
    r"(?:[0-9]{6},? )?(?:(?:г\. ?|г |город )?[А-ЯЁ][а-яё]{2,20}(?:-[А-ЯЁа-яё]{2,20}){0,2},? )?[А-ЯЁ][а-яё-]{1,20}(?:ий|ый|ой|ая|яя) (?:пр\.|пр-т|просп\.|проспект|ул\.|улица|пер\.|переулок|бульвар|б-р|шоссе|наб\.|набережная)"
    r",? ?(?:д\. ?|дом )?[0-9]{1,4}[А-Яа-я]?(?:/[0-9]{1,3})?(?!\w)(?:,? ?(?:к|корп|стр|кв|оф|эт|под)(?:\.| |артира) ?[0-9]{1,4}){0,4}"
)
_AROUND = 80
_POSTAL_MARK = later(r"〒 ?[0-9０-９]{3}[-−－][0-9０-９]{4}(?![0-9])")


def _reader(*forms: re.Pattern[str]) -> Reader:
    """Each form once over the part of a text that holds signs of it: every other letter of these scripts is such a sign."""

    def read(text: str, spans: Iterable[tuple[int, int]], _known: Known) -> Iterable[Judged]:
        places = [start for start, _ in spans]
        if not places:
            return
        low, high = max(0, places[0] - _AROUND), places[-1] + _AROUND
        for form in forms:
            for found in form.finditer(text, low, high):
                start = found.start()
                if form is _CHINESE:
                    led = _LED_IN.match(found["before"])
                    start += led.end() if led else 0
                    if found.end("before") - start < _LEAST_CHINESE:
                        continue
                yield start, found.end(), 0.75

    return read


_LEAST_CHINESE = 4  # a town or a district, and the name of the street

ADDRESSES_EAST: tuple[Pattern, ...] = tuple(
    Pattern(
        label="personal.address",
        shape="|".join(map(re.escape, anchors)),
        anchors=anchors,
        reader=_reader(*forms),
        ignore_case=True,
    )
    for anchors, forms in (
        (("〒", "丁目", "番地", "都", "府", "県", "市", "区", "郡"), (_JAPANESE, _POSTAL_MARK)),
        (("路", "街", "巷", "弄", "道"), (_CHINESE,)),
        (("로", "길"), (_KOREAN,)),
        (("मकान", "फ्लैट", "प्लॉट", "घर"), (_HINDI,)),
        (("ул", "просп", "пр-т", "пер.", "бул", "наб.", "ш.", "пр.", "шоссе", "переул"), (_RUSSIAN, _RUSSIAN_AFTER)),
    )
)
