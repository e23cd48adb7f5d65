"""Keys whose provider gave them a shape.

Providers publish prefixes and lengths so that lost keys can be found. A prefix that occurs nowhere else is trusted
with a loose rest, since lengths change over the years and half a masked key is a leak; a prefix that is a common
run of letters needs the exact length and alphabet.
"""

import base64
import binascii
import re

from trimtab.builtin.detectors.patterns.secret_drawn import random_looking, random_part, starts_word
from trimtab.builtin.detectors.patterns.secret_providers import PROVIDERS
from trimtab.builtin.detectors.patterns.secret_stand_ins import plausible
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Pattern, Single
from trimtab.detect.signs import later


def _key(text: str, start: int, end: int) -> Judged | None:
    """A key stands by itself and is not the one that manuals print."""
    if not starts_word(text, start):
        return None
    while text[end - 1] in ".%\\/":
        end -= 1
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return None
    return (start, end, 0.99) if plausible(text[start:end]) else None


def _random_key(text: str, start: int, end: int) -> Judged | None:
    """As `_key`, for a prefix that words and names begin with too: what follows needs digits and both cases or hex."""
    judged = _key(text, start, end)
    if not judged:
        return None
    body = text[start:end]
    return judged if sum(map(str.isdigit, body)) >= 2 else None


def _openai(text: str, start: int, end: int) -> Judged | None:
    """`sk-` begins the keys of others too, whose own patterns name them."""
    return None if text.startswith(("sk-ant-", "sk-or-v1-"), start) else _random_key(text, start, end)


_SCOPE = later(r"(?:/|%2[fF])\d{8}(?:(?:/|%2[fF])[a-z0-9-]{2,24}){2}(?:/|%2[fF])[a-z0-9_]{3,24}")


def _aws(text: str, start: int, end: int) -> Judged | None:
    """A key of AWS, with the day, the region and the service that a request names beside it."""
    judged = _key(text, start, end)
    scope = _SCOPE.match(text, end) if judged else None
    return (start, scope.end(), 0.99) if scope else judged


def _after(prefix: re.Pattern[str], judge: Single = _key) -> Single:
    """The judge of a key that begins before its anchor, with what `prefix` matches when read backwards."""

    def judged(text: str, start: int, end: int) -> Judged | None:
        before = prefix.match(text[max(0, start - 60) : start][::-1])
        return judge(text, start - before.end(), end) if before else None

    return judged


_BOT = later(r"\d{8,10}(?:tob/)?")


def _telegram(text: str, start: int, end: int) -> Judged | None:
    """The token of a bot, by itself or in the address of its interface: `/bot7481209356:AA...`."""
    before = _BOT.match(text[max(0, start - 60) : start][::-1])
    if not before:
        return None
    low = start - before.end()
    if text.startswith("/bot", low):
        return (low + 4, end, 0.99) if plausible(text[start:end]) else None
    return _key(text, low, end)


def _path_only(text: str, start: int, end: int) -> Judged | None:
    """The secret of a webhook is the path, which opens it together with the host: the whole address goes."""
    if not plausible(text[start:end]):
        return None
    before = _HOST_BEFORE.match(text[max(0, start - _LONGEST_HOST) : start][::-1])
    after = "/" if text[end : end + 1] == "/" else ""
    return start - (before.end() if before else 0), end + len(after), 0.99


_LONGEST_HOST = 80
_HOST_BEFORE = later(r"(?:(?:\.[A-Za-z0-9-]{1,40})*(?:[A-Za-z0-9-]{1,40}\.)?//:s?ptth)?", re.IGNORECASE)


_JUDGES: dict[str, Judge] = {
    "aws-access-key": _aws,
    "telegram-token": _telegram,
    "mailchimp-key": _after(later(r"[0-9a-zA-Z]{32,37}")),
    "terraform-token": _after(later(r"[A-Za-z0-9]{14}")),
    "slack-webhook": _path_only,
    "discord-webhook": _path_only,
    "teams-webhook": _path_only,
    "zapier-webhook": _path_only,
    "openai-key": _openai,
    "gocardless-token": _random_key,
    "mollie-key": _random_key,
    "tencent-key": _random_key,
    "nuget-key": _random_key,
    "scaleway-key": _random_key,
    "fireworks-key": _random_key,
    "voyage-key": _random_key,
    "mandrill-key": _random_key,
    "artifactory-key": _random_key,
    "twitter-token": _random_key,
    "linkedin-token": _random_key,
    "gitlab-token": _random_key,
    "supabase-key": _random_key,
    "ngrok-key": _random_key,
    "heroku-key": _random_key,
    "dropbox-long-token": _after(later(r"[A-Za-z0-9]{11}"), _random_key),
    "azure-devops-token": _after(later(r"[A-Za-z0-9]{76}")),
    "firebase-server-key": _after(later(r"[A-Za-z0-9_-]{7,11}AAAA")),
    "backblaze-key": _random_key,
    "modal-token": _random_key,
    "brave-key": _random_key,
    "statsig-key": _random_key,
    "stytch-secret": _random_key,
    "adobe-secret": _random_key,
    "confluent-key": _random_key,
    "make-webhook": _path_only,
    "ifttt-webhook": _path_only,
    "infura-key": _path_only,
    "healthchecks-ping": _path_only,
    "alchemy-key": _path_only,
    "sanity-token": _random_key,
    "replit-token": _random_key,
}


def _pattern(kind: str, forms: tuple[tuple[str, str], ...]) -> Pattern:
    prefixes = [prefix for written, _ in forms for prefix in _split(written)]
    shape = "|".join(f"(?:{'|'.join(map(re.escape, _split(written)))}){rest}" for written, rest in forms)
    return Pattern(
        label=f"secret.{kind}",
        shape=shape,
        anchors=tuple(dict.fromkeys(prefix.lower() for prefix in prefixes)),
        begins=True,
        close=True,
        judge=_JUDGES.get(kind, _key),
    )


def _split(written: str) -> list[str]:
    return [written] if written.endswith(" ") else written.split(" ")


# Prefixes so short that they are only looked for where a word mixes letters and digits.
_MIXED: tuple[tuple[str, str], ...] = (
    ("twilio-key", "(?:SK|AC)(?:[0-9a-f]{32}|[0-9A-F]{32})"),
    ("wechat-app", "wx[0-9a-f]{16}"),
    ("newrelic-key", "[0-9a-f]{36}NRAL|eu01x[0-9a-f]{31}NRAL|eu01xx[0-9a-f]{30}NRAL"),
    ("mailgun-key", "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
    ("asana-token", r"[12]/[0-9]{12,20}(?:/[0-9]{12,20})?:[0-9a-f]{32}"),
    ("google-client-id", r"[0-9]{10,13}-[a-z0-9]{32}\.apps\.googleusercontent\.com"),
    ("facebook-token", r"[0-9]{14,17}\|[A-Za-z0-9_-]{27}"),
    ("discord-token", r"[MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,38}"),
    ("atlassian-token", "[MNO][A-Za-z][A-Za-z0-9+/]{42}"),
    ("crates-token", "cio[A-Za-z0-9]{32}"),
    ("salesforce-org", "00D[A-Za-z0-9]{12,15}"),
    ("influx-token", "[A-Za-z0-9_-]{86}=="),
    ("otp-seed", "[A-Z2-7]{32}|[A-Z2-7]{16}"),
)


def _says_little(key: str) -> bool:
    """Whether a key without signs of its own looks too much like a word or a digest to be one."""
    if key.startswith("00D") and len(key) < 19:
        return _ONLY_HEX.fullmatch(key) is not None or not _THREE_KINDS.match(key[:2] + "a" + key[2:])
    if len(key) in {16, 32} and _BASE32.fullmatch(key):
        return len(_BASE32_DIGIT.findall(key)) < 2 or not random_part(key) or "ABCDEFG" in key
    return False


_SHORT_SEED = 16  # characters in Base32 that many an identifier has as well
_OF_A_REQUEST = later(
    r"(?:\bids?|-ids?|_ids?|Id|ID|[Rr]ef(?:erence)?|[Nn]umber|[Nn]r|SKU|[Ss]erial|[Oo]rder|[Cc]ode|[Tt]race|[Tt]icket|[Rr]equest)[\"'`]?[ \t]{0,3}[:=#]?[ \t]{0,3}[\"'`]?\Z"
)
_SIGNS = frozenset("-./+=")
_ONLY_HEX = later(r"[0-9a-fA-F]+")
_BASE32 = later(r"[A-Z2-7]+")
_BASE32_DIGIT = later(r"[2-7]")


def _mixed(text: str, start: int, end: int) -> Judged | None:
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return None
    if not starts_word(text, start) or len(set(text[start:end])) < 6:
        return None
    if _says_little(text[start:end]) or (_BASE32.fullmatch(text, start, end) and text[start - 1 : start] in _SIGNS):
        return None
    if (
        end - start == _SHORT_SEED
        and _BASE32.fullmatch(text, start, end)
        and _OF_A_REQUEST.search(text[max(0, start - 30) : start])
    ):
        return None
    if text[start] in "MNO" and end - start == 44:
        decoded = base64.b64decode(text[start:end])
        return (start, end, 0.9) if decoded[:10].isdigit() and b":" in decoded[10:16] else None
    return start, end, 0.95


_BESIDE = 160  # characters between the name of a key and its secret: a comma, a line, the name of a field
_BESIDE_AWS = later(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_BESIDE_ALIBABA = later(r"(?<![A-Za-z0-9])[A-Za-z0-9]{30}(?![A-Za-z0-9])")
_BESIDE_GOOGLE = later(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{24}(?![A-Za-z0-9_-])")
_THREE_KINDS = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)")


def _beside(text: str, start: int, end: int) -> Judged | None:
    """The secret that stands beside the name of a key, without a word that says so."""
    before = text[start : start + 4]
    shape = {"LTAI": _BESIDE_ALIBABA, ".app": _BESIDE_GOOGLE}.get(before, _BESIDE_AWS)
    if before != ".app" and not starts_word(text, start):
        return None
    for low, high in ((end, end + _BESIDE), (max(0, start - _BESIDE), start)):
        found = shape.search(text, low, high)
        if found and _THREE_KINDS.match(found.group()) and random_looking(found.group(), 12):
            return (*found.span(), 0.9)
    return None


def _entra(text: str, start: int, end: int) -> Judged | None:
    """A client secret of Microsoft Entra: three characters, `digitQ~`, and 31 to 34 more."""
    low = start - 3
    if low < 0 or not starts_word(text, low) or not text[start].isdigit():
        return None
    return low, end, 0.99


def _azure_key(text: str, start: int, end: int) -> Judged | None:
    """An account key of Azure: 52 to 76 characters before its signature, a few after it."""
    before = _BASE64_BACK.match(text[max(0, start - 100) : start][::-1])
    after = _BASE64.match(text, end)
    if not before or not after or len(before.group()) < 40:
        return None
    return start - before.end(), after.end(), 0.99


def _base64_pem(text: str, start: int, _end: int) -> Judged | None:
    """A private key in PEM, wrapped in Base64 once more."""
    head = text[start : start + 160].translate(_NO_SPACE)
    if not _BASE64_WORD.match(head) or not starts_word(text, start):
        return None
    try:
        decoded = base64.b64decode(head[:40])
    except binascii.Error:
        return None
    if b"PRIVATE" not in decoded:
        return None
    block = _BASE64_LINES.match(text, start)
    return (start, block.end(), 0.99) if block else None


_BASE64 = later(r"[A-Za-z0-9+/]{0,40}={0,2}")
_BASE64_WORD = later(r"[A-Za-z0-9+/]{40}")
_BASE64_BACK = later(r"[A-Za-z0-9+/]{0,100}")
_BASE64_LINES = later(r"[A-Za-z0-9+/]{20,20000}(?:(?:\\n|\s){1,12}[A-Za-z0-9+/]{16,200}){0,400}={0,2}")
_NO_SPACE = str.maketrans("", "", " \r\n\t\\")

KEYS: tuple[Pattern, ...] = (
    *(_pattern(kind, forms) for kind, forms in PROVIDERS if forms),
    *(Pattern(label=f"secret.{kind}", shape=shape, needs_digit=True, judge=_mixed) for kind, shape in _MIXED),
    Pattern(
        label="secret.key-pair",
        shape=r"(?:AKIA|ASIA)[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,26}|\.apps\.googleusercontent\.com",
        anchors=("akia", "asia", "ltai", ".apps.googleusercontent.com"),
        begins=True,
        judge=_beside,
    ),
    Pattern(
        label="secret.azure-entra-secret",
        shape=r"[0-9]Q~[A-Za-z0-9_.~-]{31,34}",
        anchors=tuple(f"{digit}q~" for digit in range(10)),
        begins=True,
        close=True,
        judge=_entra,
    ),
    Pattern(
        label="secret.azure-key",
        shape=r"JQQJ99[A-Z0-9]{4,10}|\+AST|\+ACDb|\+ARm|AzCa|AzSe|APIM|\+AMC|\+AEh|ACDb",
        anchors=("jqqj99", "+ast", "+acdb", "+arm", "azca", "azse", "apim", "+amc", "+aeh", "acdb"),
        begins=True,
        close=True,
        judge=_azure_key,
    ),
    Pattern(
        label="secret.pem",
        shape="LS0tLS1CRUdJTi",
        anchors=("ls0tls1crudjti",),
        begins=True,
        close=True,
        judge=_base64_pem,
    ),
)
