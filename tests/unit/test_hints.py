"""Whatever command a message or a page tells people to type exists, with the options and arguments that it is given."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from trimtab import cli

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
QUOTED = re.compile(r"`trimtab( [^`]+)?`")


def texts(path: Path) -> Iterator[str]:
    """Every text of a module, what is filled in as one word."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if "`trimtab" in text else ():
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def commands(found: Iterator[str] | list[str]) -> set[str]:
    return {(match[1] or "").strip() for text in found for match in QUOTED.finditer(" ".join(text.split()))}


def asked_for(words: list[str]) -> tuple[click.Command, str]:
    """The command that words begin with, which are taken from them, and what is wrong with its name."""
    command: click.Command = cli.app
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0] in {"...", "X"}:
            return click.Command("any"), "any"
        name = words.pop(0).rstrip(",;.")
        found = command.get_command(click.Context(command), name)
        if found is None:
            return command, f"there is no command {name!r}"
        command = found
    return command, ""


def wrong(line: str) -> str:
    """What click would not take of a command, leaving out what is missing: hints are often cut short."""
    words = re.findall(r"\"[^\"]*\"|'[^']*'|\S+", re.split(r" [>|] ", line)[0])
    command, why = asked_for(words)
    if why:
        return why.removeprefix("any")
    options = {flag: one for one in command.params if isinstance(one, click.Option) for flag in one.opts}
    places = [one for one in command.params if isinstance(one, click.Argument)]
    given = 0
    while words:
        flag, _, value = words.pop(0).partition("=")
        if flag in {"--help", "-h", "--version", "..."}:
            continue
        if not flag.startswith("-") or flag == "-":
            given += 1
        elif flag not in options:
            return f"it has no option {flag}"
        elif not (options[flag].is_flag or options[flag].count or value) and words:
            words.pop(0)
    many = any(one.nargs == -1 for one in places)
    return f"it takes {len(places)} arguments and is given {given}" if given > len(places) and not many else ""


def test_what_messages_tell_people_to_type_exists():
    found = {line: wrong(line) for path in SOURCES for line in commands(texts(path))}
    assert len(found) > 100
    assert {line: why for line, why in found.items() if why} == {}


def test_what_pages_tell_people_to_type_exists():
    found = {line: wrong(line) for path in PAGES for line in commands([path.read_text(encoding="utf-8")])}
    assert len(found) > 50
    assert {line: why for line, why in found.items() if why} == {}


@pytest.mark.parametrize("line", ["consent request --candidate q4", "explain q4 q5", "incident lst", "rnu"])
def test_what_does_not_exist_would_be_noticed(line):
    assert wrong(line)


def test_every_command_stands_in_one_section_of_the_help():
    shown = cli.app.get_help(click.Context(cli.app, terminal_width=80))
    for title, section in cli._SECTIONS.items():
        assert f"\n{title}:\n" in shown
        for name in section:
            assert shown.count(f"\n  {name} ") == 1
    assert max(map(len, shown.splitlines())) <= 80
