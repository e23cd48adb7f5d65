"""Reads one YAML file into plain values, and remembers where each key and value stands.

PyYAML's own loader gives either values or places, not both, and accepts what
a policy must not: keys given twice, dates, numbers in base 60, a text that
expands to gigabytes. So the file is composed into nodes (by PyYAML, with its
safe tags only) and the nodes are turned into values here.
"""

import math
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from trimtab.errors import Mistake
from trimtab.policy.secrecy import quote

Where = tuple[str | int, ...]

# A policy of a large organisation is a few thousand lines; these are far beyond it, and read in seconds.
MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
MAX_VALUES = 20_000  # after aliases are expanded

_SAFE_INTEGER = 2**53 - 1  # beyond it readers of JSON disagree, and so would digests
_LONGEST_KEY = 80  # of a key in a message
_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({_TAG + "str", _TAG + "value"})
_OCTAL = re.compile(r"[-+]?0[0-7_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; lines and columns count from 1. `written` is a scalar as it stands there."""

    path: str
    line: int
    column: int
    written: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(slots=True)
class Document:
    """One file as values, the places of its keys and values, and what is wrong with it so far.

    `value` is None when the file could not be read at all. `broken` holds the
    paths whose value is not what was meant, so that nobody reports a consequence of it.
    """

    path: str
    value: dict[str, Any] | None = None
    keys: dict[Where, Place] = field(default_factory=dict)
    values: dict[Where, Place] = field(default_factory=dict)
    broken: set[Where] = field(default_factory=set)
    mistakes: list[Mistake] = field(default_factory=list)


class _UnreadableError(Exception):
    """Nothing in the file can be used."""

    def __init__(self, line: int, column: int, message: str, suggestion: str = "") -> None:
        super().__init__(line, column, message, suggestion)
        self.line, self.column, self.message, self.suggestion = line, column, message, suggestion


class _Loader(yaml.SafeLoader):
    """Composes nodes, but neither endlessly deep nor endlessly many.

    The faster loader on libyaml recurses in C, where depth cannot be limited.
    """

    depth = 0
    count = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            _stop(mark, f"nests deeper than {MAX_DEPTH} levels")
        if self.count > MAX_VALUES:
            _stop(mark, f"holds more than {MAX_VALUES:,} values")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read(path: Path, shown: str) -> Document:
    """The file's values and places. Never raises for what is in the file.

    Args:
        path: The file.
        shown: Its path as messages should give it.
    """
    document = Document(path=shown)
    try:
        text = _text(path, document)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            _Builder(loader, document).build(node)
        finally:
            loader.dispose()
    except _UnreadableError as stop:
        _unreadable(document, stop.line, stop.column, stop.message, stop.suggestion)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        _unreadable(document, line, column, f"the character U+{code:04X} may not stand in a policy", "Remove it.")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message, suggestion = _syntax(error, text)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        _unreadable(document, line, column, message, suggestion)
    return document


def _unreadable(document: Document, line: int, column: int, message: str, suggestion: str) -> None:
    document.value = None
    document.mistakes.append(
        Mistake(path=document.path, line=line, column=column, where="", message=message, suggestion=suggestion)
    )


def _text(path: Path, document: Document) -> str:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _UnreadableError(0, 0, "is a folder", "Name the policy file in it.")
        if not stat.S_ISREG(mode):  # a pipe or a device may never end
            raise _UnreadableError(0, 0, "is not a regular file", "Write the policy to a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _UnreadableError(0, 0, "does not exist", "`trimtab init` writes one.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
        raise _UnreadableError(0, 0, f"cannot be read ({why})", "Check its path and permissions.") from None
    if len(data) > MAX_BYTES:
        raise _UnreadableError(0, 0, f"is larger than {MAX_BYTES // 1024} KiB", "Split it with `include:`.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _UnreadableError(1, 1, "is not UTF-8 but UTF-16", "Save it as UTF-8.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        message = f"is not UTF-8: byte 0x{data[error.start]:02x} does not belong here"
        raise _UnreadableError(line, column, message, "Save it as UTF-8.") from None
    if text.startswith("\ufeff"):
        document.mistakes.append(
            Mistake(
                path=document.path,
                line=1,
                column=1,
                where="",
                message="starts with a byte order mark, which some tools take for text",
                suggestion="Save it as UTF-8 without one.",
                warning=True,
            )
        )
        text = text[1:]
    return text


# What PyYAML says -> what we say. Its own words can quote the file (`*hunter2`), so none that do are passed on.
_SYNTAX = (
    ("found undefined alias", "a value that starts with `*` refers to an anchor that does not exist", "quotes"),
    ("could not determine a constructor", "a value that starts with `!` is a tag, not allowed in a policy", "quotes"),
    ("found undefined tag handle", "a value that starts with `!` is a tag, not allowed in a policy", "quotes"),
    ("found unknown escape character", "a backslash in double quotes starts an unknown escape", "single"),
    ("found duplicate anchor", "an anchor (`&name`) is defined twice", "Rename one of them."),
    ("expected a single document", "a second document starts here, and a policy is one", "Remove the `---` line."),
    ("but found another document", "a second document starts here, and a policy is one", "Remove the `---` line."),
    ("mapping values are not allowed", "a `: ` stands where no key can be", "quotes"),
    ("could not find expected ':'", "a line without `: ` stands where a key was expected", "colon"),
    ("did not find expected key", "the indentation or a bracket does not fit the lines above", "indent"),
    ("expected <block end>", "the indentation does not fit the lines above", "indent"),
    ("expected '<document start>'", "the indentation does not fit the lines above", "indent"),
    ("expected ',' or", "a bracket or brace above is not closed", "Close it, or put a comma between the entries."),
    ("found unexpected end of stream", "a quotation mark is not closed before the end of the file", "Close it."),
    ("expected the node content", "a value is missing here", "quotes"),
)
_NEXT = {
    "quotes": "If it is text, put it in quotes.",
    "single": "Use single quotes, or double the backslash.",
    "colon": "Write `key: value`, or put a text of several lines in quotes.",
    "indent": "Use two spaces for each level, and the same for keys that belong together.",
}


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str]:
    problem = error.problem or ""
    mark = error.problem_mark
    if "'\\t'" in problem or (mark and _char(text, mark) == "\t"):
        return "a tab stands where YAML takes spaces", "Indent with spaces."
    for start, message, suggestion in _SYNTAX:
        if start in problem or start in (error.context or ""):
            return f"is not valid YAML: {message}", _NEXT.get(suggestion, suggestion)
    if problem.startswith("found character"):
        return "is not valid YAML: no value can start with this character", _NEXT["quotes"]
    return "is not valid YAML from here on", _NEXT["indent"]


def _char(text: str, mark: yaml.Mark) -> str:
    return text[mark.index : mark.index + 1]


def _stop(mark: yaml.Mark | None, message: str, suggestion: str = "") -> NoReturn:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    raise _UnreadableError(line, column, message, suggestion)


_Pairs = dict[str, tuple[yaml.Node, yaml.Node]]  # name -> the nodes of its key and value


class _Builder:
    """Turns nodes into values, and records places and mistakes in the document."""

    def __init__(self, loader: _Loader, document: Document) -> None:
        self._loader = loader
        self._document = document
        self._count = 0
        self._open: set[int] = set()  # nodes being built: one that comes again contains itself

    def build(self, node: yaml.Node | None) -> None:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "null"):
            raise _UnreadableError(0, 0, "is empty", "`trimtab init` writes a policy to start from.")
        if not isinstance(node, yaml.MappingNode):
            found = "a list" if isinstance(node, yaml.SequenceNode) else "a text or number"
            _stop(node.start_mark, f"must hold `key: value` lines, and holds {found}", "Start with `trimtab: 1`.")
        self._document.value = self._value(node, ())

    def _value(self, node: yaml.Node, where: Where) -> Any:
        self._visit(node)
        if len(where) > MAX_DEPTH:
            _stop(node.start_mark, f"nests deeper than {MAX_DEPTH} levels")
        mark = node.start_mark
        written = node.value if isinstance(node, yaml.ScalarNode) and node.style is None else ""
        self._document.values[where] = Place(self._document.path, mark.line + 1, mark.column + 1, written)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, where)
        self._open.add(id(node))
        if node.tag not in {_TAG + "map", _TAG + "seq"}:
            message = "has a YAML tag (`!...`), which a policy may not use"
            self._mistake(where, mark, message, "Remove the tag.", broken=False)
        value = self._mapping(node, where) if isinstance(node, yaml.MappingNode) else self._sequence(node, where)
        self._open.discard(id(node))
        return value

    def _sequence(self, node: yaml.Node, where: Where) -> list[Any]:
        items = []
        for index, item in enumerate(node.value):
            at = (*where, index)
            mark = item.start_mark
            self._document.keys[at] = Place(self._document.path, mark.line + 1, mark.column + 1)
            items.append(self._value(item, at))
        return items

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        pairs: _Pairs = {}
        inherited: _Pairs = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                inherited = self._merged(value_node, where) | inherited
                continue
            name = self._key(key_node, where)
            if name is None:
                continue
            if name in pairs:
                first = pairs[name][0].start_mark.line + 1
                message = f"is given twice, first in line {first}"  # the first is kept and validated
                self._mistake((*where, name), key_node.start_mark, message, "Keep one of them.", broken=False)
                continue
            pairs[name] = (key_node, value_node)
        result: dict[str, Any] = {}
        for name, (key_node, value_node) in (inherited | pairs).items():  # what is written wins over what is merged
            at = (*where, name)
            mark = key_node.start_mark
            self._document.keys[at] = Place(self._document.path, mark.line + 1, mark.column + 1)
            result[name] = self._value(value_node, at)
        return result

    def _merged(self, node: yaml.Node, where: Where) -> _Pairs:
        """Pairs that `<<: *other` brings in; of several the first wins, as YAML's merge key has it."""
        self._visit(node)
        self._open.add(id(node))
        pairs: _Pairs = {}
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                pairs = self._merged(item, where) | pairs
        elif isinstance(node, yaml.MappingNode):
            own: _Pairs = {}
            for key_node, value_node in node.value:
                self._count += 1
                if key_node.tag == _TAG + "merge":
                    pairs = self._merged(value_node, where) | pairs
                elif isinstance(key_node, yaml.ScalarNode) and key_node.tag in _TEXT_TAGS:
                    own[key_node.value] = (key_node, value_node)
            pairs |= own
        else:
            self._mistake((*where, "<<"), node.start_mark, "takes an alias of a mapping, as in `<<: *name`")
        self._open.discard(id(node))
        return pairs

    def _visit(self, node: yaml.Node) -> None:
        """Count a node each time an alias brings it back, and refuse one that contains itself."""
        self._count += 1
        if self._count > MAX_VALUES:
            _stop(node.start_mark, f"holds more than {MAX_VALUES:,} values once aliases are expanded")
        if id(node) in self._open:
            _stop(node.start_mark, "an anchor contains an alias to itself")

    def _key(self, node: yaml.Node, where: Where) -> str | None:
        if isinstance(node, yaml.ScalarNode) and node.tag in _TEXT_TAGS and _has_utf8(node.value):
            return str(node.value)
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            read_as = _READ_AS.get(node.tag.removeprefix(_TAG), "something else")
            shown = quote(node.value) if node.value else "an empty key"
            self._mistake(where, node.start_mark, f"the key {shown} is read by YAML as {read_as}", "Put it in quotes.")
        else:
            self._mistake(where, node.start_mark, "a key must be a text", "Write `key: value`.")
        return None

    def _scalar(self, node: yaml.ScalarNode, where: Where) -> Any:
        kind = node.tag.removeprefix(_TAG)
        if node.tag in _TEXT_TAGS or kind == "merge":
            if not _has_utf8(node.value):
                self._mistake(where, node.start_mark, "holds half of a character (a lone surrogate)", "Remove it.")
                return ""
            return node.value
        if kind == "null":
            return None
        surprise = _surprise(kind, node.value)
        if surprise:
            read_as, suggestion = surprise
            self._mistake(
                where, node.start_mark, f"{quote(node.value, where)} is read by YAML as {read_as}", suggestion
            )
            return node.value
        if kind not in {"bool", "int", "float"}:
            self._mistake(where, node.start_mark, "has a YAML tag (`!...`), which a policy may not use", "Remove it.")
            return node.value
        try:
            value = self._loader.construct_object(node)
        except (ValueError, KeyError, OverflowError, yaml.YAMLError):
            self._mistake(where, node.start_mark, f"cannot be read as {_READ_AS[kind]}")
            return node.value
        if isinstance(value, float) and not math.isfinite(value):
            message = f"{quote(node.value, where)} is not a number that can be compared"
            self._mistake(where, node.start_mark, message, "Write a finite number.")
            return node.value
        if isinstance(value, int) and abs(value) > _SAFE_INTEGER:
            message = f"is beyond {_SAFE_INTEGER:,}, where programs disagree on whole numbers"
            self._mistake(where, node.start_mark, message, "Put it in quotes if it is text.")
            return node.value
        return value

    def _mistake(
        self, where: Where, mark: yaml.Mark | None, message: str, suggestion: str = "", *, broken: bool = True
    ) -> None:
        if broken:
            self._document.broken.add(where)
        self._document.mistakes.append(
            Mistake(
                path=self._document.path,
                line=mark.line + 1 if mark else 0,
                column=mark.column + 1 if mark else 0,
                where=dotted(where),
                message=message,
                suggestion=suggestion,
            )
        )


_READ_AS = {
    "bool": "true or false",
    "null": "nothing",
    "int": "a whole number",
    "float": "a number",
    "timestamp": "a date",
}


def _surprise(kind: str, text: str) -> tuple[str, str] | None:
    """What YAML 1.1 makes of a scalar that few people mean, and what to write instead."""
    if kind == "timestamp":
        return "a date", "Put it in quotes."
    if kind in {"int", "float"} and ":" in text:
        return "a number in base 60", "Put it in quotes if it is text, or write the number."
    if kind == "int" and _OCTAL.fullmatch(text):
        return "an octal number", "Put it in quotes, or leave out the leading zero."
    return None


def _has_utf8(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def dotted(where: Where) -> str:
    """`systems.bot.maximise[0]` for a path of keys and indices."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if len(step) <= _LONGEST_KEY else step[: _LONGEST_KEY - 1] + "…"
            name = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
            text += f".{name}" if text else name
    return text
