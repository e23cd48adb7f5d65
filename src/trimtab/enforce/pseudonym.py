"""Names that stand for what was masked: the same value has the same one, and whoever has the key knows them again.

`ana@example.org` becomes `[email:dkqrwbtmvhfgdkqrwbtm]`. The letters are an HMAC of the value; without the key they
say nothing of it, and nobody can make one that passes for genuine. What the key is comes from the environment, and is
kept nowhere else.
"""

import hashlib
import hmac
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from json import dumps

from trimtab.detect.mask import Cover
from trimtab.errors import UsageError
from trimtab.kinds import Finding

_LETTERS = "bcdfghjkmnpqrtvw"  # one for each half of a byte; they spell no words and look like no number
_BODY, _CHECK = 16, 4  # letters: 64 bits tell values apart, 16 tell genuine ones from others
_LEAST_KEY = 16  # bytes
_ODD = re.compile(r"[^a-z0-9.-]")
_SHAPE = re.compile(rf"\[([a-z][a-z0-9.-]{{0,60}}):([{_LETTERS}]{{{_BODY}}})([{_LETTERS}]{{{_CHECK}}})\]")


def environment_key(variable: str) -> bytes:
    """The guard's key, from the environment variable that the policy names.

    Raises:
        UsageError: It is not set, or too short.
    """
    key = os.environ.get(variable, "").strip().encode()
    if len(key) < _LEAST_KEY:
        state = f"has fewer than {_LEAST_KEY} bytes" if key else "is not set"
        raise UsageError(
            f"the environment variable {variable}, which holds the key of the guard, {state}.",
            f'Set it: `export {variable}="$(openssl rand -hex 32)"`, and keep it.',
        )
    return key


class Pseudonyms:
    """All pseudonyms under one key. Immutable; threads may share one."""

    def __init__(self, key: bytes) -> None:
        """Take a key.

        Raises:
            ValueError: It has fewer than sixteen bytes.
        """
        if len(key) < _LEAST_KEY:
            raise ValueError(f"a key of pseudonyms has at least {_LEAST_KEY} bytes")
        self._key = key

    @classmethod
    def from_environment(cls, variable: str) -> "Pseudonyms":
        """Those under the key in an environment variable.

        Raises:
            UsageError: It is not set, or too short.
        """
        return cls(environment_key(variable))

    def of(self, value: str, noun: str) -> str:
        """What stands for a value that was found to be a `noun`."""
        noun = _ODD.sub("-", noun.lower()).lstrip("-.0123456789")[:60] or "text"
        body = self._letters(b"value", noun, value, _BODY)
        return f"[{noun}:{body}{self._letters(b'check', noun, body, _CHECK)}]"

    def name(self, value: str, finding: Finding) -> str:
        """The same for a finding: a `trimtab.detect.mask.Naming`."""
        return self.of(value, finding.noun)

    def genuine(self, text: str) -> Iterator[re.Match[str]]:
        """Where pseudonyms under this key stand in a text; whatever only looks like one is passed over."""
        if "[" in text:
            for match in _SHAPE.finditer(text):
                if hmac.compare_digest(self._letters(b"check", match[1], match[2], _CHECK), match[3]):
                    yield match

    def covers(self, text: str) -> list[Cover]:
        """What detectors must not see of a text, since it is none of its author's: they see a noun in its place."""
        return [
            Cover(*match.span(), f"[{match[1]}]", Finding(label=match[1], start=match.start(), end=match.end()))
            for match in self.genuine(text)
        ]

    def _letters(self, use: bytes, noun: str, text: str, size: int) -> str:
        said = b"\0".join((use, noun.encode(), text.encode("utf-8", "surrogatepass")))
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:size].translate(_SPELLED)


_SPELLED = str.maketrans("0123456789abcdef", _LETTERS)


class Vault:
    """What the pseudonyms of one conversation stand for, in memory and nowhere else.

    Holds at most so many values; the one that was not seen for longest makes
    room, and is then not restored any more. Threads may share one.
    """

    def __init__(self, *, limit: int = 10_000) -> None:
        """Make an empty one.

        Args:
            limit: Values at most, >= 1.

        Raises:
            ValueError: The limit is below 1.
        """
        if limit < 1:
            raise ValueError(f"out of range: {limit=}")
        self._limit = limit
        self._values: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Vault with {len(self)} values>"

    def keep(self, pseudonym: str, value: str) -> None:
        """Remember what a pseudonym stands for."""
        value = self.restore(value)  # so that restoring a text once is enough
        with self._lock:
            self._values[pseudonym] = value
            self._values.move_to_end(pseudonym)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)

    def restore(self, text: str, *, json: bool = False) -> str:
        """The text with every pseudonym that is known here replaced by what it stands for.

        With `json`, the text is JSON, and what it gets back is escaped as within one of its strings.
        """
        if not self._values or "[" not in text:
            return text

        def value(match: re.Match[str]) -> str:
            found = self._values.get(match.group())
            if found is None:
                return match.group()
            return dumps(found)[1:-1] if json else found

        return _SHAPE.sub(value, text)

    def forget(self) -> None:
        """Forget everything: the conversation is over."""
        with self._lock:
            self._values.clear()
