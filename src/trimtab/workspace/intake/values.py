"""Where the value of a field comes from: a path, several put into a text, or the template itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trimtab.policy.document import Where
from trimtab.workspace.intake.paths import Path, as_text
from trimtab.workspace.intake.sheet import Sheet

UNITS: Mapping[str, int] = {"seconds": 1_000_000, "milliseconds": 1_000}
"""Of moments that are numbers; in microseconds."""

_HOLE = re.compile(r"\{([^{}]*)\}")
_KEYS = ("path", "map", "else", "as", "text")


class UnmappedError(ValueError):
    """The payload says something that the template has no answer for. The text quotes nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One field's value. Exactly one of `literal`, `paths` and `text` says where it comes from.

    `text` alternates between what stands as it is and what is taken from a path.
    """

    literal: Any = None
    paths: tuple[Path, ...] = ()
    text: tuple[str | Path, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    otherwise: Any = None
    unit: int = 0  # microseconds; 0 for what is no number of them

    @property
    def fixed(self) -> bool:
        """Whether every payload gives the same."""
        return not (self.paths or self.text)

    @property
    def possible(self) -> list[Any]:
        """What the template itself may answer."""
        return [one for one in (self.literal, *self.answers.values(), self.otherwise) if one is not None]

    def of(self, payload: Any) -> Any:
        """The value that a payload gives; None where it says nothing.

        Raises:
            UnmappedError: It says something else than the template expects.
        """
        if self.text:
            return self._written(payload)
        if not self.paths:
            return self.literal
        said = next((found for path in self.paths if (found := path.values(payload))), [])
        if not said:
            return self.otherwise
        if self.answers:
            texts = {as_text(one) for one in said}
            # In the order of the map: of several labels, the one that is named first counts.
            answer = next((answer for key, answer in self.answers.items() if key in texts), self.otherwise)
            if answer is None:
                raise UnmappedError(f"`map` has no answer to what stands at {self._places}")
            return answer
        if self.unit:
            return self._moment(said)
        return said[0] if len(said) == 1 else said

    def _written(self, payload: Any) -> Any:
        parts = []
        for one in self.text:
            if isinstance(one, str):
                parts.append(one)
                continue
            said = one.values(payload)
            if len(said) > 1:
                raise UnmappedError(f"there are {len(said)} values at `{one.written}`, and one is needed")
            if not said:
                return self.otherwise
            parts.append(as_text(said[0]))
        return "".join(parts)

    def _moment(self, said: list[Any]) -> int:
        if len(said) != 1 or isinstance(said[0], bool | str) or not 0 < said[0] < 10**15:
            raise UnmappedError(f"what stands at {self._places} is no number of seconds or milliseconds")
        moment: int = round(said[0] * self.unit)
        return moment

    @property
    def _places(self) -> str:
        return " or ".join(f"`{one.written}`" for one in self.paths)


def read_value(sheet: Sheet, given: Any, where: Where) -> Value | None:
    """A value as a template writes it: a literal, a list of them, or `path`, `text`, `map`, `else`, `as`."""
    before = len(sheet.mistakes)
    if not isinstance(given, dict):
        _literal(sheet, given, where)
        return Value(literal=given) if len(sheet.mistakes) == before else None
    parts = sheet.mapping(given, where, known=_KEYS)
    if ("path" in parts) == ("text" in parts):
        sheet.note(where, "needs exactly one of `path` and `text`")
    if len(set(parts) & {"text", "map", "as"}) > 1:
        sheet.note(where, "`text`, `map` and `as` exclude each other")
    written = sheet.texts(parts["path"], (*where, "path")) if "path" in parts else ()
    paths = [path for one in written if (path := _path(sheet, one, (*where, "path")))]
    answers = _answers(sheet, parts["map"], (*where, "map")) if "map" in parts else {}
    if "else" in parts:
        _literal(sheet, parts["else"], (*where, "else"))
    unit = str(parts.get("as", ""))
    if "as" in parts and unit not in UNITS:
        sheet.note((*where, "as"), "is no unit of a moment", f"Choose from {', '.join(UNITS)}.")
    text = _text(sheet, parts["text"], (*where, "text")) if "text" in parts else ()
    if len(sheet.mistakes) > before:
        return None
    return Value(
        paths=tuple(paths), text=text, answers=answers, otherwise=parts.get("else"), unit=UNITS[unit] if unit else 0
    )


def _answers(sheet: Sheet, given: Any, where: Where) -> dict[str, Any]:
    answers = sheet.mapping(given, where)
    for key, answer in answers.items():
        _literal(sheet, answer, (*where, key))
    if not answers:
        sheet.note(where, "holds no answer")
    return answers


def _literal(sheet: Sheet, given: Any, where: Where) -> None:
    parts = given if isinstance(given, list) else [given]
    if not parts or not all(isinstance(one, str | int | float) for one in parts):
        sheet.note(where, "must be a text, a number, or yes or no")


def _path(sheet: Sheet, text: str, where: Where) -> Path | None:
    try:
        return Path.of(text)
    except ValueError as error:
        sheet.note(where, f"`{text[:60]}` {error}")
        return None


def _text(sheet: Sheet, given: Any, where: Where) -> tuple[str | Path, ...]:
    if not isinstance(given, str):
        sheet.note(where, "must be a text, with paths in braces")
        return ()
    parts: list[str | Path] = []
    for index, piece in enumerate(_HOLE.split(given)):
        if index % 2:
            if path := _path(sheet, piece, where):
                parts.append(path)
        elif "{" in piece or "}" in piece:
            sheet.note(where, "has a brace without its other half")
        elif piece:
            parts.append(piece)
    if not any(isinstance(one, Path) for one in parts):
        sheet.note(where, "takes nothing from the payload", "Write it without `text:`, or put a path in braces.")
    return tuple(parts)
