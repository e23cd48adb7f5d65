"""Turns rows, from a file or a function, into cases."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from trimtab._canonical import canonical
from trimtab.kinds import Case, Message, Role
from trimtab.measure.canary import is_canary
from trimtab.measure.notes import KEYS, Notes, Row, unknown_key

_ROLES = get_args(Role)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAX_NAME = 200
_MAX_TOKENS = 10_000_000


def to_cases(rows: Sequence[Row], notes: Notes) -> list[tuple[int, Case]]:
    """The cases of the rows that have no mistake, each with its line; mistakes go into `notes`."""
    cases: list[tuple[int, Case]] = []
    ids: dict[str, int] = {}
    asked: dict[bytes, tuple[int, str]] = {}
    for line, row in rows:
        case = _Reader(row, line, notes).case()
        if case is None:
            continue
        first = ids.setdefault(case.id, line)
        if first != line:
            what = "the same id as" if "id" in row else "the same as"
            notes.add(line, "id", f"is {what} line {first}", "Each case counts once: remove it, or tell them apart.")
            continue
        content = canonical([[(m.role, m.content) for m in case.messages], case.follow_ups, case.group])
        before, cluster = asked.setdefault(content, (line, case.cluster))
        if before != line and not (case.cluster and case.cluster == cluster):
            # Asking twice does not make twice the evidence.
            suggestion = "Remove it, or give both the same `cluster`."
            notes.add(line, "prompt", f"asks the same as line {before}", suggestion)
            continue
        cases.append((line, case))
    return cases


def to_case(line: int, row: Mapping[str, Any], notes: Notes) -> Case | None:
    """The case of one row, whatever other rows ask; None if it has mistakes, which go into `notes`."""
    return _Reader(row, line, notes).case()


class _Reader:
    """One row; every method notes what is wrong and returns something usable or None."""

    def __init__(self, row: Mapping[str, Any], line: int, notes: Notes) -> None:
        self._row, self._line, self._notes = row, line, notes
        self._good = True

    def _wrong(self, where: str, message: str, suggestion: str = "") -> None:
        self._good = False
        self._notes.add(self._line, where, message, suggestion)

    def case(self) -> Case | None:
        for place, key in enumerate(self._row, start=1):
            if key not in KEYS:
                self._wrong(*unknown_key(str(key), place))
        options = self._texts("choices", self._row.get("choices", []))
        messages = self._messages(options)
        follow_ups = self._texts("follow_ups", self._row.get("follow_ups", []))
        expect = self._expect(options)
        names = {key: self._name(key) for key in ("id", "cluster", "group")}
        limit = self._limit()
        planted = self._row.get("canary", "")  # marks the file, and belongs to no case
        if planted and not (isinstance(planted, str) and is_canary(planted)):
            self._wrong("canary", "is none that marks a file", "What a case plants in its prompt belongs in `expect`.")
        if not self._good:
            return None
        try:
            content = canonical(
                [[(m.role, m.content) for m in messages], follow_ups, expect, names["cluster"], names["group"]]
            )
        except (ValueError, TypeError, RecursionError):
            self._wrong("", "holds a text or value that has no UTF-8 JSON form", "Remove broken characters and dates.")
            return None
        return Case(
            id=names["id"] or hashlib.sha256(content).hexdigest()[:12],
            messages=tuple(messages),
            follow_ups=tuple(follow_ups),
            cluster=names["cluster"],
            group=names["group"],
            expect=expect,
            max_tokens=limit,
        )

    def _messages(self, options: list[str]) -> list[Message]:
        prompt, given = self._row.get("prompt"), self._row.get("messages")
        if (prompt is None) == (given is None):
            self._wrong("prompt", "give exactly one of `prompt` and `messages`")
            return []
        if given is not None:
            if "system" in self._row:
                self._wrong("system", "belongs to `prompt`", "Put a system message first in `messages`.")
            return self._conversation(given)
        if not isinstance(prompt, str) or not prompt.strip():
            self._wrong("prompt", "must be a text that is not empty")
            return []
        if options:
            prompt = "\n".join(
                [prompt, *(f"{letter}) {text}" for letter, text in zip(_LETTERS, options, strict=False))]
            )
        system = self._row.get("system", "")
        if not isinstance(system, str):
            self._wrong("system", "must be a text")
            return []
        return [*([Message("system", system)] if system else []), Message("user", prompt)]

    def _conversation(self, given: Any) -> list[Message]:
        messages = []
        for item in given if isinstance(given, list) else [given]:
            if not _is_message(item):
                self._wrong("messages", 'must be a list of {"role", "content"}', f"Roles are {', '.join(_ROLES)}.")
                return []
            messages.append(Message(item["role"], item["content"]))
        if not messages or messages[-1].role != "user":
            self._wrong("messages", "must end with a message of the user")
        return messages

    def _texts(self, key: str, value: Any) -> list[str]:
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
            self._wrong(key, "must be a list of texts that are not empty")
            return []
        if key == "choices" and value and not 2 <= len({item.strip().casefold() for item in value}) == len(value) <= 26:
            self._wrong(key, "must be 2 to 26 different texts")
            return []
        return list(value)

    def _expect(self, options: list[str]) -> dict[str, Any]:
        expect = self._row.get("expect", {})
        if not isinstance(expect, dict) or not all(isinstance(key, str) for key in expect):
            self._wrong("expect", "must be an object")
            return {}
        expect = dict(expect)
        for key in ("answer", "choices"):
            if key in self._row and key in expect:
                self._wrong(key, f"is given here and in `expect.{key}`", "Keep one of them.")
        answers = self._answers(self._row.get("answer", expect.get("answer", [])))
        options = options or self._texts("choices", expect.get("choices", []))
        if answers:
            expect["answer"] = [self._option(answer, options) for answer in answers] if options else answers
        if options:
            expect["choices"] = options
        return expect

    def _answers(self, value: Any) -> list[str]:
        found = []
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, int | float) and not isinstance(item, bool):
                found.append(str(item))
            elif isinstance(item, str) and item.strip():
                found.append(item)
            else:
                self._wrong("answer", "must be a text, a number, or a list of accepted ones", 'Write true as "yes".')
                return []
        return found

    def _option(self, answer: str, options: list[str]) -> str:
        """The text of the option that is meant: the option itself, or its letter."""
        plain = answer.strip().casefold()
        for option in options:
            if option.strip().casefold() == plain:
                return option
        place = _LETTERS.find(plain.upper()) if len(plain) == 1 else -1
        if 0 <= place < len(options):
            return options[place]
        self._wrong("answer", "is none of the `choices`", "Write the text of the option, or its letter.")
        return ""

    def _name(self, key: str) -> str:
        value = self._row.get(key, "")
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or len(value) > _MAX_NAME or not value.isprintable():
            self._wrong(key, f"must be a printable text of at most {_MAX_NAME} characters")
            return ""
        return value.strip()

    def _limit(self) -> int | None:
        value = self._row.get("max_tokens")
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MAX_TOKENS):
            return value
        self._wrong("max_tokens", "must be a whole number of at least 1")
        return None


def _is_message(item: Any) -> bool:
    fits = isinstance(item, dict) and set(item) == {"role", "content"}
    return fits and item["role"] in _ROLES and isinstance(item["content"], str)
