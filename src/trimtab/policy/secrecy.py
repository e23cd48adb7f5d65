"""What a message may quote, and what looks like a key that should not be in a file at all."""

import re
from collections.abc import Iterable

from trimtab.policy.document import printable

# Substrings: wide on purpose, since not quoting a harmless value costs nothing.
_HUSH = re.compile(r"key|token|secret|passw|credential|authori[sz]ation|bearer", re.IGNORECASE)

# Words: narrow, since these make an error. `max_tokens` and `tokenizer` are no secrets, `api_token` is.
_SECRET_WORDS = frozenset(
    {"key", "apikey", "token", "secret", "password", "passwd", "passphrase", "credential", "authorization", "bearer"}
)
_SECRET_VALUE = re.compile(
    r"\bsk-(?=[\w-]*\d)[\w-]{16,}|\b(?:gh[opsu]_|hf_|xox[abp]-|glpat-)\w{12,}|\bAKIA[0-9A-Z]{16}|\bAIza[\w-]{30}"
    r"|\beyJ[\w-]{10,}\.|\bBearer\s+\S{8,}|://[^/\s:@]*:[^/\s@]+@|-----BEGIN "
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LONGEST = 60
_PARAMETERS = frozenset({"candidates", "with"})


def names_a_secret(key: str) -> bool:
    """Whether a value under this key would be a key, a token or a password itself.

    `key_env` is not one: it holds the name of an environment variable.
    """
    words = [word.lower() for word in _WORDS.findall(key)]
    return bool(_SECRET_WORDS.intersection(words)) and words[-1] not in {"env", "file", "path"}


def is_a_secret(value: str) -> bool:
    """Whether a text has the form of an access key, or a URL with a password in it."""
    return _SECRET_VALUE.search(value) is not None


def quote(value: object, where: Iterable[str | int] = ()) -> str:
    """The value in backticks for a message, or `the value` where it may be a secret.

    Args:
        value: A scalar from the file.
        where: The keys that lead to it.
    """
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    keys = [key for key in where if isinstance(key, str)]
    # Metrics and suites are named after secrets (`secret_leak`); keys lie in the parameters of plugins.
    doubtful = keys if _PARAMETERS.intersection(keys) else keys[-1:]
    if any(_HUSH.search(key) for key in doubtful) or is_a_secret(text):
        return "the value"
    text = printable(text)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 1]}…`"
