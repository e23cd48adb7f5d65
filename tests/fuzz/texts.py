"""Texts out of bytes, for fuzzing: ASCII stands for itself, higher bytes for whole hits or for any code point."""

import random

from tests.unit.detectors.fake_secrets import FORMATS, key, password, pem, token
from tests.unit.detectors.places import PASSWORDS, TOKENS
from tests.unit.detectors.test_disguises import CASES, DISGUISES

_DICE = random.Random(11)
PIECES = [
    "ana@example.org", "+44 20 7946 0018", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "SSN 123-45-6789", "passport X12357787",
    "2001:db8::8a2e:370:7334", "12 Elm Street", "account 123456789012", "40.4168, -3.7038", "Calle Mayor 12", "born 12.03.1980", "12345678Z",
    "415 555 0123", "1.1.1.1", "l2 34 5O ", "one two ", " at ", " dot ", "[at]", "%4", "&#x4", "\\u00", "616e61", "YW5hQGV4", "\u200b", "e\u0301",
    "password: ", "token=", "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----", "eyJhbGciOi", "://a:b@", "insert into t (password) values ('",
    "cookie: a=", "\n\n", "a b c d e ", "MAROLIN-4827", "blue heron", "m a r o l i n 4 8 2 7", "QUtJQQ==",
    "Dr. Ana Garc\u00eda ", "Herr M\u00fcller aus K\u00f6ln", " lives in New York ", "Acme Ltd.", "\u738b\u5c0f\u660e", "M. O'Neill-Smith", "aged 47, ",
    *(DISGUISES[name][0](value) for name, value in CASES),
    *(key(kind, _DICE) for kind in FORMATS),
    *(one.replace("{}", password(_DICE)).replace("{{", "{").replace("}}", "}") for one in PASSWORDS),
    *(one.replace("{}", token(_DICE)).replace("{{", "{").replace("}}", "}") for one in TOKENS),
    pem(_DICE),
]  # fmt: skip
LONGEST = 20_000


def text_of(data: bytes) -> str:
    """The text that some bytes stand for."""
    out: list[str] = []
    size = at = 0
    while at < len(data) and size < LONGEST:
        byte = data[at]
        at += 1
        if byte < 0x80:
            one = chr(byte)
        elif byte < 0xE0:
            one = PIECES[((byte - 0x80) * 8 + (data[at] & 7 if at < len(data) else 0)) % len(PIECES)]
            at += 1
        elif byte < 0xF0:
            one = (out[-1] if out else "1 ") * (byte - 0xDD)
        else:
            one = chr(int.from_bytes(data[at : at + 2], "big") + 0x10000 * (byte & 3 if byte & 8 else 0))
            at += 2
        out.append(one)
        size += len(one)
    return "".join(out)[:LONGEST]
