"""Reads one YAML file; whatever is in it, the answer is a document with its mistakes."""

import stat
from pathlib import Path

import yaml

from trimtab.errors import Mistake
from trimtab.policy.document import Document, UnreadableError, printable
from trimtab.policy.nodes import Builder, Loader

MAX_BYTES = 256 * 1024  # a policy of a large organisation is a few thousand lines, far below


def read(path: Path, shown: str) -> Document:
    """The file's values and places. Never raises for what is in the file.

    Args:
        path: The file.
        shown: Its path as messages should give it.
    """
    document = Document(path=printable(shown))
    try:
        text = _text(path, document)
        loader = Loader(text)
        try:
            node = loader.get_single_node()
            Builder(loader, document).build(node)
        finally:
            loader.dispose()
    except UnreadableError as stop:
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
            raise UnreadableError(0, 0, "is a folder", "Name the policy file in it.")
        if not stat.S_ISREG(mode):  # a pipe or a device may never end
            raise UnreadableError(0, 0, "is not a regular file", "Write the policy to a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(0, 0, "does not exist", "`trimtab init` writes one.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
        raise UnreadableError(0, 0, f"cannot be read ({why})", "Check its path and permissions.") from None
    if len(data) > MAX_BYTES:
        raise UnreadableError(0, 0, f"is larger than {MAX_BYTES // 1024} KiB", "Split it with `include:`.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(1, 1, "is not UTF-8 but UTF-16", "Save it as UTF-8.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        message = f"is not UTF-8: byte 0x{data[error.start]:02x} does not belong here"
        raise UnreadableError(line, column, message, "Save it as UTF-8.") from None
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
