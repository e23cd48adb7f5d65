"""Whether a number stands in a column of a table, however far down, whose head says telephone."""

from trimtab.detect.signs import later

_REACH = 2_000
"""Characters before a cell within which the head of its table begins."""
_BEFORE = later(r"[,;|\t\n][ \"']{0,3}\Z")
_AFTER = later(r"[ \"']{0,3}(?:[,;|\t\r\n]|\Z)")
_QUOTED = later(r'"[^"\n]{0,200}"')
_HEAD = later(
    r"(?:[^\W\d_]{1,12}[ _-])?(?:(?:tele|cell|mobile?|desk|home|work)?[ _-]?phone|tel(?:[eé]fono?s?|efoon|efonn?r|efonnummer|[eé]phone|\.)?|telp|mobile?|cell|celular|cellulare"
    r"|m[oó]vil|mobiel|fax|handy|handynummer|rufnummer|portable|whatsapp|gsm|msisdn|kom[oó]rka|telemóvel|телефон|電話|電話番号|携帯|携帯電話|电话|手机|手机号|手機|전화|전화번호"
    r"|휴대폰|연락처|फ़ोन|फोन|मोबाइल|โทร|เบอร์โทร|هاتف)(?:[ _-]?(?:no\.?|nr\.?|num(?:ber|éro|ero)?|número|nummer|e164|[12]|home|work|mobile))?(?: ?\([^)]{0,16}\))?",
)
_MARKUP = " \t\r\"'*`_#"


def under_telephone(text: str, start: int, end: int) -> bool:
    """Whether a cell holds `text[start:end]` alone, and the head of its column is a word for a telephone."""
    low = max(0, start - _REACH)
    if not _AFTER.match(text, end) or not _BEFORE.search(text, max(0, start - 4), start):
        return False
    gap = text.rfind("\n\n", low, start)
    begin = low if gap < 0 else gap + 2
    line = text.rfind("\n", begin, start) + 1
    if line <= begin or (begin == low and low > 0 and text[low - 1] != "\n"):
        return False  # the first line of all, or one whose head is too far
    head = text[begin : text.find("\n", begin, line)]
    sign = max(",;|\t", key=head.count)
    before = text[line:start]
    place = (_QUOTED.sub("", before) if '"' in before else before).count(sign)
    cells = head.split(sign)
    return place < len(cells) and _HEAD.fullmatch(cells[place].strip(_MARKUP).lower()) is not None
