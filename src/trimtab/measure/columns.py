"""Names that a whole file has wrong: said once, with the mapping that would mend them, and not once a row."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from trimtab.measure.heads import Head
from trimtab.measure.notes import KEYS, Notes, Row, guess, is_name

_ASKED = ("prompt", "messages")  # one of them is in every row
_MOST = 20  # columns listed in a message

_PLAIN = re.compile(r"[^\W\d][\w./-]*")

# What other programs call our keys, in the order of preference.
_ALSO = {
    "prompt": ("question", "input", "query", "instruction", "user", "text", "problem"),
    "answer": ("expected", "gold", "target", "reference", "ideal", "solution", "label", "output", "response"),
    "choices": ("options", "alternatives"),
    "system": ("system_prompt", "system_message"),
    "messages": ("conversation", "dialog", "dialogue"),
    "cluster": ("template", "topic"),
}


def misnamed(rows: Sequence[Row], head: Head, notes: Notes, *, headed: bool) -> list[Row]:
    """The rows that are worth reading further, without the columns that were complained of.

    A name is wrong in the whole file if at least half of the rows have it;
    anything rarer is a slip in a row and is left to whoever reads the rows.

    Args:
        rows: Under our keys already, as far as the head renames them.
        head: Of the suite; without a `file` there is none yet.
        notes: Takes one mistake at most.
        headed: Whether the names stand in the first line of the file.
    """
    if len(rows) < 2:
        return list(rows)
    had = Counter(key for _, row in rows for key in row)
    wrong = [key for key in had if key not in KEYS and 2 * had[key] >= len(rows)]
    asked = any(key in had for key in _ASKED)
    if not wrong:
        return list(rows)
    places = {key: place for place, key in enumerate(had, start=1)}
    added = {*head.defaults, *(["system"] if head.system else [])}
    theirs = [head.columns.get(key, key) for key in had if key not in added]
    found = ", ".join(_shown(key, place) for place, key in enumerate(theirs[:_MOST], start=1))
    more = f" and {len(theirs) - _MOST} more" if len(theirs) > _MOST else ""
    message = f"{'has the columns' if headed else 'rows have the keys'} {found}{more}"
    if asked:
        unknown = ", ".join(_shown(key, places[key]) for key in wrong[:_MOST])
        message += f", of which {unknown} {'is' if len(wrong) == 1 else 'are'} unknown"
    else:
        message += "; `prompt` (or `messages`) is needed, and `answer` where the metric compares"
    notes.add(1 if headed else rows[0][0], "", message, _mapping(notes.path, head, wrong, had, asked=asked))
    if not asked:
        return []  # each row would say the same
    return [(line, {key: value for key, value in row.items() if key not in wrong}) for line, row in rows]


def _mapping(path: str, head: Head, wrong: Sequence[str], had: Counter[str], *, asked: bool) -> str:
    """The lines of a head that would do, as far as names tell."""
    left = [key for key in wrong if is_name(key)]
    columns = dict(head.columns)
    for key, others in _ALSO.items():
        if key in had or (key == "messages" and "prompt" in columns):
            continue
        meant = _meant(key, others, left)
        if meant:
            columns[key] = meant
            left.remove(meant)
    if not asked and not set(_ASKED) & set(columns):
        # Whoever reads this knows which one it is; we know it only when there is no choice.
        columns = {"prompt": left[0] if len(left) == len(wrong) - len(columns) == 1 else "COLUMN", **columns}
        left = []
    lines = []
    if len(columns) > len(head.columns):
        lines.append(f"`columns: {{{', '.join(f'{key}: {_scalar(name)}' for key, name in columns.items())}}}`")
    if left:
        lines.append(f"`ignore: [{', '.join(map(_scalar, [*head.ignore, *left]))}]`")
    if not lines:
        return guess("", KEYS)
    if head.file:
        return f"Write {' and '.join(lines)} into its head."
    name = Path(path).name
    beside = Path(path).with_suffix(".yaml")
    text = ", ".join([f"`file: {_scalar(name)}`", *lines])
    return f"Write {text} into a head, {beside}, and name that in the policy."


def _meant(key: str, others: Sequence[str], names: Sequence[str]) -> str:
    """The column that is probably this key: by its other names, by a slip of the pen."""
    plain = {name.casefold().replace("-", "_"): name for name in reversed(names)}
    for other in (key, *others):
        if other in plain:
            return plain[other]
    return next((name for name in names if guess(name.casefold(), KEYS) == f"Did you mean `{key}`?"), "")


def _shown(key: str, place: int) -> str:
    """A name, or in a file without a header, where the first line is content, its place."""
    return key if is_name(key) else f"column {place}"


def _scalar(name: str) -> str:
    """The name as YAML reads it back as this very text."""
    plain = _PLAIN.fullmatch(name) and yaml.safe_load(name) == name  # `no` and `null` are not plain
    return name if plain else json.dumps(name, ensure_ascii=False)
