"""YAML files of other tools, with every bound that a hostile one needs: size, depth, values, aliases.

Everything that is no list and no mapping is a text, as it is written: what matters here are names.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from trimtab.policy.document import UnreadableError
from trimtab.policy.nodes import MAX_DEPTH, Loader

MOST_BYTES = 4 * 1024 * 1024
MOST_VALUES = 200_000
_NULL = "tag:yaml.org,2002:null"


class UnreadableManifestError(Exception):
    """A file is no YAML that can be read; its text says why, and quotes nothing of it."""


class _Loader(Loader):
    most_values = MOST_VALUES


def documents(path: Path) -> Iterator[Any]:
    """The documents of a file, one after the other.

    Raises:
        UnreadableManifestError: It cannot be read, or asks for more than it may.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UnreadableManifestError(f"is larger than {MOST_BYTES // 2**20} MiB")
        loader = _Loader(data.decode("utf-8-sig"))
        left = MOST_VALUES
        try:
            while loader.check_node():
                node = loader.get_node()
                if node is None:
                    break
                values = _Values(left)
                yield values.of(node)
                left = values.left
        finally:
            loader.dispose()
    except OSError as error:
        raise UnreadableManifestError(f"cannot be read ({error.strerror or type(error).__name__})") from None
    except UnicodeDecodeError:
        raise UnreadableManifestError("is not UTF-8") from None
    except UnreadableError as error:
        raise UnreadableManifestError(f"line {error.line}: {error.message}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableManifestError(f"is not YAML{f' in line {mark.line + 1}' if mark else ''}") from None
    except yaml.YAMLError:
        raise UnreadableManifestError("is not YAML") from None


class _Values:
    """Turns nodes into values; a node that an alias brings back counts each time, and may not contain itself."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._open: set[int] = set()

    def of(self, node: yaml.Node) -> Any:
        self.left -= 1
        if self.left < 0:
            raise UnreadableManifestError(f"holds more than {MOST_VALUES:,} values once aliases are expanded")
        if id(node) in self._open:
            raise UnreadableManifestError("an anchor contains an alias to itself")
        if len(self._open) > MAX_DEPTH:  # aliases of aliases nest deeper than what is written
            raise UnreadableManifestError(f"nests deeper than {MAX_DEPTH} levels")
        if isinstance(node, yaml.ScalarNode):
            return None if node.tag == _NULL else str(node.value)
        self._open.add(id(node))
        try:
            return self._mapping(node) if isinstance(node, yaml.MappingNode) else [self.of(one) for one in node.value]
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                merged = self.of(value)
                for one in merged if isinstance(merged, list) else [merged]:
                    found = {**one, **found} if isinstance(one, dict) else found
            elif isinstance(key, yaml.ScalarNode):
                found[key.value] = self.of(value)
            else:
                raise UnreadableManifestError("has a key that is no text; is it a template that is not filled in?")
        return found
