"""Where money is: bank accounts by their international number, and addresses of crypto-currencies."""

import hashlib
import re

from trimtab.builtin.detectors.patterns.identifiers import fits
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone, joins
from trimtab.detect.signs import later

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip

_IBAN_LETTERS = dict.fromkeys(
    "AZ BG BH BY DO GB GI GT IE IQ JO KW LC LV MT MU NL PK QA RO SC SV VG".split(),  # noqa: SIM905 - a table of words
    4,
) | {"GE": 2, "IT": 1, "SM": 1}
"""How many letters of a bank come after the check digits, where it is not none."""


def _iban(text: str, start: int, end: int) -> Judged | None:
    """ISO 13616: a country's length and the check digits; a wrong check counts less after the word itself."""
    named = start > 0 and text[start - 1] == "_"  # after a name: only what is proved
    if start and joins(text[start - 1]):
        return None
    wanted = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    if not wanted:
        return None
    seen, at = "", start
    while at < end and len(seen) < wanted:
        if text[at].isalnum():
            seen += text[at]
        at += 1
    if len(seen) < wanted or (at < len(text) and joins(text[at])):
        return None
    value = "".join(str(int(char, 36)) for char in (seen[4:] + seen[:4]).upper())
    if int(value) % 97 == 1:
        return start, at, 0.99
    if named:
        return None
    if "iban" in text[max(0, start - 30) : start].lower():
        return start, at, 0.7
    # A slip of the pen or an invented one: its bank code must then look like one of its country.
    letters = _IBAN_LETTERS.get(seen[:2].upper(), 0)
    rest = seen[4 + letters :]
    written = text[start:at]
    fits = (seen[4 : 4 + letters].isalpha() or not letters) and written.isupper() and "-" not in written
    return (start, at, 0.6) if fits and wanted > 17 and sum(map(str.isdigit, rest)) * 4 >= len(rest) * 3 else None


def _crypto(text: str, start: int, end: int) -> Judged | None:
    if not alone(text, start, end):
        return None
    written = text[start:end]
    if written.startswith("0x"):
        return start, end, 0.9
    if written.lower().startswith(("bc1", "ltc1")):
        return start, end, 0.95 if any(map(str.isdigit, written[4:])) else 0.0
    return (start, end, 0.95) if fits("bitcoin", written) else None


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_ADDRESS_SIZE, _CHECKED = 25, 21  # bytes of an address, and those that the other four check
_CALLED = later(
    r"\b(?:wallet|walet|address|adress\w*|usdt|usdc|trc-?20|tron|trx|ltc|litecoin|doge(?:coin)?|xrp|ripple|sol(?:ana)?|phantom|krypto\w*|crypto\w*|cartera|portefeuille|carteira|cüzdan|кошел\w*)\b|钱包|錢包|地址|ウォレット|지갑",
    re.IGNORECASE,
)
_CALLED_WITHIN = 60


def _checks(written: str) -> bool:
    """Whether the last four bytes of an address in Base58 are the checksum of the others, in either alphabet."""
    alphabet = _RIPPLE if written[0] == "r" else _BASE58
    number = 0
    for char in written:
        number = number * 58 + alphabet.index(char)
    if number >= 1 << 8 * _ADDRESS_SIZE:
        return False
    raw = number.to_bytes(_ADDRESS_SIZE, "big")
    return hashlib.sha256(hashlib.sha256(raw[:_CHECKED]).digest()).digest()[:4] == raw[_CHECKED:]


def _coin(text: str, start: int, end: int) -> Judged | None:
    """An address of other coins: by its checksum, or behind a word for a wallet where somebody made a slip."""
    if not alone(text, start, end):
        return None
    written = text[start:end]
    if end - start <= _LONGEST_CHECKED and _checks(written):
        return start, end, 0.95
    kinds = any(map(str.isdigit, written)) and any(map(str.isupper, written)) and any(map(str.islower, written))
    return (start, end, 0.75) if kinds and _CALLED.search(text, max(0, start - _CALLED_WITHIN), start) else None


_LONGEST_CHECKED = 35
MONEY: tuple[Pattern, ...] = (
    Pattern(
        label="personal.crypto",
        shape=r"[TLDMAr][1-9A-HJ-NP-Za-km-z]{25,33}|[1-9A-HJ-NP-Za-km-z]{43,44}",
        judge=_coin,
        needs_digit=True,
    ),
    Pattern(
        label="personal.iban",
        shape=r"[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,30}",
        judge=_iban,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.crypto",
        shape=r"0x[0-9a-fA-F]{40}|(?:bc1|BC1|ltc1)[a-zA-Z0-9]{25,59}|[13][1-9A-HJ-NP-Za-km-z]{25,34}",
        judge=_crypto,
        needs_digit=True,
    ),
)
