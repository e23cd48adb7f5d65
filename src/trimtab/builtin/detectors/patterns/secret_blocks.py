"""Credentials with a form of their own: private keys, web tokens, hashes, headers and commands with passwords."""

import base64
import re

from trimtab.builtin.detectors.patterns.secret_drawn import starts_word
from trimtab.builtin.detectors.patterns.secret_places import wide
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_PEM_HEAD = later(
    r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----|-----BEGIN [A-Z]{2,10} NKEY SEED-----|-----BEGIN OpenVPN Static key V\d-----"
)
_PEM_STEP = later(
    r"(?P<end>-----?\s?END(?: OpenVPN Static key V\d|[ A-Z0-9]{0,50})-{0,5})|(?P<begin>-----?\s?BEGIN)|[A-Za-z0-9+/]{16,}+={0,2}"
)
_PEM_TAIL = later(r"(?:\\n|[^\w\n]{0,8}\n[^\w\n]{0,20})[A-Za-z0-9+/]{2,15}={0,2}(?![\w ])")
_PEM_GAP = 180  # characters between what looks drawn: line ends, what a log or a program puts before lines, headers


def _pem(text: str, start: int, _end: int) -> Judged | None:
    """A whole private key, whatever stands before its lines; without an end, as far as lines look like one's.

    It goes from one piece of its body to the next, so that where it begins is known before its end is there.
    """
    head = _PEM_HEAD.match(text, start)
    if not head:
        return None
    at = head.end()
    while step := _PEM_STEP.search(text, at, at + _PEM_GAP):
        if step["end"]:
            return (start, _closed(text, step.end()), 0.99) if at > head.end() else None
        if step["begin"]:
            break
        # The endpos cuts a piece of the body short.
        whole = _PEM_STEP.match(text, step.start())
        at = whole.end() if whole else step.end()
    if at == head.end():
        return None
    tail = _PEM_TAIL.match(text, at)
    return start, (tail.end() if tail else at), 0.9


def _closed(text: str, end: int) -> int:
    """The same, or where the quotes end that close a literal of several lines, or the line end written out before one."""
    written = _LINE_END.match(text, end)
    if written:
        return written.end()
    quotes = _THREE_QUOTES.match(text, end)
    return quotes.end() if quotes else end


_LINE_END = later(r"(?:\\{1,4}r)?\\{1,4}n(?=\\{0,4}[\"'`])")
_THREE_QUOTES = later(r"(?:\"{3}|'{3})\)?;?")
_JWT_HEAD = re.compile(
    rb"\{\s*\"(?:alg|typ|kid|enc|cty|jku|jwk|x5[tcu](?:#S256)?|zip|epk|ap[uv]|iss|b64|crit|ver|p2[sc]|iv|tag|nonce|svt|ppt)\"\s*:"
)
_JWT_ANY = re.compile(rb"\"(?:alg|enc)\"\s*:\s*\"")
_JWT_FIRST = later(r"[A-Za-z0-9_-]*+")
_JWT_LOOKED_AT = 400  # characters of the first part
_JWT_REST = later(r"[A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]*+){0,4}+")


def _jwt(text: str, start: int, _end: int) -> Judged | None:
    """A web token: its first part is Base64 of an object that names an algorithm."""
    if not starts_word(text, start):
        return None
    first = _JWT_FIRST.match(text, start)
    assert first is not None
    upto = first.end()
    if text[upto : upto + 1] != "." and upto - start < _JWT_LOOKED_AT:
        return _key_set(text, start, upto)
    head = text[start : min(upto, start + _JWT_LOOKED_AT)]
    try:
        header = base64.urlsafe_b64decode(f"{head}===" if len(head) % 4 != 1 else f"{head[:-1]}===")
    except ValueError:
        return None
    if not _JWT_HEAD.match(header) and not _JWT_ANY.search(header):
        return None
    rest = _JWT_REST.match(text, upto + 1)
    end = rest.end() if rest else upto
    return (start, end, 0.99) if end - upto > 4 or upto - start >= _JWT_LOOKED_AT else None


_PRIVATE_MEMBER = re.compile(rb"\"(?:d|k)\"\s*:\s*\"")


def _key_set(text: str, start: int, end: int) -> Judged | None:
    """A private JSON web key in Base64, which is short where it is not one of RSA."""
    encoded = text[start : end - ((end - start) % 4 == 1)]
    decoded = base64.urlsafe_b64decode(f"{encoded}===")
    if b'"kty"' not in decoded or not _PRIVATE_MEMBER.search(decoded):
        return None
    return start, end + len(text[end : end + 2]) - len(text[end : end + 2].lstrip("=")), 0.95


_SPREAD_OUT = later(r"[A-Za-z0-9+/_-]{40,500}+(?![A-Za-z0-9+/_-])")


def _spread_out(text: str, start: int, _end: int) -> Judged | None:
    """The same of an object with spaces or lines in it."""
    found = _SPREAD_OUT.match(text, start) if starts_word(text, start) else None
    return _key_set(text, start, found.end()) if found else None


def _whole(text: str, start: int, end: int) -> Judged | None:
    return (start, end, 0.95) if not start or not text[start - 1].isalnum() else None


# -- keys without a frame ---------------------------------------------------------------

_DER = later(r"[A-Za-z0-9+/]{48,16000}={0,2}(?:\s{1,12}[A-Za-z0-9+/]{16,80}={0,2}){0,400}")


def _der(text: str, start: int, _end: int) -> Judged | None:
    """The body of a private key: a sequence whose first member is a version number, unlike that of a certificate."""
    if not starts_word(text, start):
        return None
    begins = base64.b64decode(text[start : start + 48])
    sizes = {0x81: 3, 0x82: 4}
    at = sizes.get(begins[1], 2)
    if (
        begins[0] != 0x30
        or begins[at : at + 2] != b"\x02\x01"
        or begins[at + 2] > 1
        or begins[at + 3] not in {0x02, 0x04, 0x30}
    ):
        return None
    body = _DER.match(text, start)
    return (*body.span(), 0.95) if body else None


_PUTTY = later(r"private-lines: ?\d{1,3}\r?\n((?:[A-Za-z0-9+/]{4,80}={0,2}(?:\r?\n|\Z))+)", re.IGNORECASE)


def _putty(text: str, start: int, _end: int) -> Judged | None:
    """The lines of a private key in PuTTY's own format."""
    found = _PUTTY.match(text, start)
    return (found.start(1), found.end(1) - 1, 0.99) if found and len(found[1]) > 40 else None


_LDAP = later(r"\{(?:SSHA|SHA|SMD5|MD5|CRYPT|SSHA256|SSHA512)\}[A-Za-z0-9+/]{16,120}={0,2}")


def _hash(text: str, start: int, end: int) -> Judged | None:
    """What stands in shadow and htpasswd files: it opens nothing by itself, but it can be guessed at leisure."""
    return (start, end, 0.9) if (not start or text[start - 1] != "$") and len(set(text[start:end])) > 8 else None


BLOCKS: tuple[Pattern, ...] = (
    wide("pem", "-----BEGIN|---- BEGIN SSH2", ("-----begin", "---- begin ssh2"), _pem, ignore_case=False, close=True),
    wide("jwt", r"eyJ[A-Za-z0-9_-]{8}", ("eyj",), _jwt, ignore_case=False, close=True),
    wide(
        "jwk",
        r"(?:e(?:yAi|wog|woi|woJ)|W(?:3si|wog|yB7))[A-Za-z0-9_-]{40}",
        ("eyai", "ewog", "ewoi", "ewoj", "w3si", "wwog", "wyb7"),
        _spread_out,
        ignore_case=False,
        close=True,
    ),
    wide(
        "pem",
        "MI[A-Za-z0-9+/]{46}",
        ("mii", "migh", "mihu", "mig2", "mc4c", "mheca"),
        _der,
        ignore_case=False,
        close=True,
    ),
    wide("pem", "private-lines:", ("private-lines:",), _putty, close=True),
    wide(
        "password-hash",
        r"\$(?:2[aby]?|argon2(?:id|i|d)|1|5|6|7|y|gy|apr1|sha1|pbkdf2(?:-sha\d{1,3})?|scrypt|bcrypt-sha256)\$[A-Za-z0-9./+=,$-]{20,240}",
        (
            "$2a$",
            "$2b$",
            "$2y$",
            "$2$",
            "$argon2",
            "$1$",
            "$5$",
            "$6$",
            "$7$",
            "$y$",
            "$gy$",
            "$apr1$",
            "$sha1$",
            "$pbkdf2",
            "$scrypt",
            "$bcrypt",
        ),
        _hash,
        ignore_case=False,
        close=True,
    ),
    wide(
        "password-hash",
        _LDAP.pattern,
        ("{ssha", "{sha", "{smd5}", "{md5}", "{crypt}"),
        _whole,
        ignore_case=False,
        close=True,
    ),
    wide(
        "password-hash",
        r"(?:pbkdf2_sha256|pbkdf2_sha1|bcrypt_sha256|scrypt)\$[A-Za-z0-9$./+=]{30,200}",
        ("pbkdf2_sha", "bcrypt_sha256$", "scrypt$"),
        _whole,
        ignore_case=False,
        close=True,
    ),
    wide(
        "ntlm-hash", "TlRMTVNTUAA[A-Za-z0-9+/]{40,2000}={0,2}", ("tlrmtvntuaa",), _whole, ignore_case=False, close=True
    ),
)
