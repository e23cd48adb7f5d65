"""Turns the nodes of a YAML file into plain values, and remembers where each key and value stands.

PyYAML's own loader gives either values or places, not both, and accepts what
a policy must not: keys given twice, dates, numbers in base 60, a text that
expands to gigabytes. So the file is composed into nodes (by PyYAML, with its
safe tags only) and the nodes are turned into values here.
"""

import math
import re
from typing import Any, NoReturn

import yaml

from trimtab.errors import Mistake
from trimtab.policy.document import Document, Place, UnreadableError, Where, dotted
from trimtab.policy.secrecy import quote

# A policy of a large organisation is a few thousand lines; these are far beyond it, and read in seconds.
MAX_DEPTH = 40
MAX_VALUES = 20_000  # after aliases are expanded

_SAFE_INTEGER = 2**53 - 1  # beyond it readers of JSON disagree, and so would digests
_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({_TAG + "str", _TAG + "value"})
_OCTAL = re.compile(r"[-+]?0[0-7_]+")


class Loader(yaml.SafeLoader):
    """Composes nodes, but neither endlessly deep nor endlessly many.

    The faster loader on libyaml recurses in C, where depth cannot be limited.
    """

    most_values = MAX_VALUES  # before aliases are expanded
    depth = 0
    count = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            _stop(mark, f"nests deeper than {MAX_DEPTH} levels")
        if self.count > self.most_values:
            _stop(mark, f"holds more than {self.most_values:,} values")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Pairs = dict[str, tuple[yaml.Node, yaml.Node]]  # name -> the nodes of its key and value


class Builder:
    """Turns nodes into values, and records places and mistakes in the document."""

    def __init__(self, loader: Loader, document: Document) -> None:
        self._loader = loader
        self._document = document
        self._count = 0
        self._open: set[int] = set()  # nodes being built: one that comes again contains itself

    def build(self, node: yaml.Node | None) -> None:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "null"):
            raise UnreadableError(0, 0, "is empty", "`trimtab init` writes a policy to start from.")
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
            message, suggestion = f"the key {shown} is read by YAML as {read_as}", "Put it in quotes."
        else:
            message, suggestion = "a key must be a text", "Write `key: value`."
        self._mistake(where, node.start_mark, message, suggestion, broken=False)  # the other keys are sound
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


def _stop(mark: yaml.Mark | None, message: str, suggestion: str = "") -> NoReturn:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    raise UnreadableError(line, column, message, suggestion)
