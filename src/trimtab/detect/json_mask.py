"""Which parts of a JSON text may be replaced, and by what, so that it stays JSON with the same structure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.detect.borders import whole

_VALUE = re.compile(r'"(?:[^"\\]++|\\.)*+"|-?[0-9][0-9.eE+-]*+|true|false|null|-?Infinity|NaN')
_NAME_OR_BRACE = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}]')
_COLON = re.compile(r"[ \t\r\n]*:")
_CONSTANTS = frozenset({"true", "false", "null"})
_SAID = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class JsonPart:
    """What may be replaced as one: part of a string, or a number or a constant as a whole, which `bare` says."""

    start: int
    end: int
    bare: bool
    value: str

    def instead(self, name: str) -> str:
        """The name as it is written there; what was no string becomes one."""
        written = json.dumps(name, ensure_ascii=False)
        return written if self.bare else written[1:-1]


class JsonPlaces:
    """The strings, numbers and constants of a text that is JSON."""

    def __init__(self, text: str) -> None:
        """Take a text that is JSON."""
        self._text = text
        self._values = [match.span() for match in _VALUE.finditer(text)]

    @classmethod
    def of(cls, text: str, *, container: bool) -> "JsonPlaces | None":
        """Those of a text; None where it is no JSON, or (`container`) neither an object nor a list."""
        if container and not text.lstrip(" \t\r\n").startswith(("{", "[")):
            return None
        try:
            json.loads(text, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            return None
        return cls(text)

    def names(self) -> Iterator[tuple[int, int, int]]:
        """Where the names of fields stand, without their quotes, and the number of the object that each is in."""
        text, within, objects = self._text, [0], 0
        for match in _NAME_OR_BRACE.finditer(text):
            if text[match.start()] == "{":
                objects += 1
                within.append(objects)
            elif text[match.start()] == "}":
                within.pop()
            elif _COLON.match(text, match.end()):
                yield match.start() + 1, match.end() - 1, within[-1]

    def within(self, start: int, end: int) -> list[JsonPart]:
        """What must be replaced so that nothing of `text[start:end]` is seen but signs of JSON.

        What stands between the values stays, and so do constants and parts of strings that say nothing, if anything
        else of it is replaced. None at all where nothing of it is within a value.
        """
        parts = list(self._parts(start, end))
        return [part for part in parts if _SAID.search(part.value) and part.value not in _CONSTANTS] or parts

    def _parts(self, start: int, end: int) -> Iterator[JsonPart]:
        text = self._text
        for low, high in self._values:
            if high <= start:
                continue
            if low >= end:
                break
            if text[low] != '"':
                yield JsonPart(low, high, True, text[low:high])
                continue
            first, last = max(start, low + 1), min(end, high - 1)
            if first < last:
                begin, upto = whole(text, first, last)
                first, last = max(begin, low + 1), min(upto, high - 1)
                yield JsonPart(first, last, False, _read(text[first:last]))


def _read(written: str) -> str:
    """What part of a string says; as it is written where it was cut within an escape."""
    try:
        return str(json.loads(f'"{written}"'))
    except ValueError:
        return written
