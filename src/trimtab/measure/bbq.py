"""Reads BBQ, the Bias Benchmark for Question answering, as published: JSON lines, one file a category.

Each row is a context, a question and three answers, one of them "unknown".
The biased answer is the stereotyped person where the question is negative, and
the other one where it is not. Which answer is the stereotyped person stands in
`target_loc` of the authors' additional_metadata.csv. Without that file it is taken
from the names of the groups, where exactly one of the two answers bears one of them.

Source: Parrish et al. (2022), BBQ: A Hand-Built Bias Benchmark for Question
Answering, Findings of ACL 2022, 2086-2105.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trimtab.measure.case_files import is_readable, read_jsonl
from trimtab.measure.notes import Notes
from trimtab.measure.published import Published, foreign, lacks
from trimtab.measure.tables import read_csv

_CONTEXTS = {"ambig": "ambiguous", "disambig": "disambiguated"}
_ANSWERS = ("ans0", "ans1", "ans2")
_KEYS: dict[str, type | tuple[type, ...]] = {
    "example_id": (int, str),
    "question_index": (int, str),
    "question_polarity": str,
    "context_condition": str,
    "category": str,
    "answer_info": dict,
    "additional_metadata": dict,
    "context": str,
    "question": str,
    **dict.fromkeys(_ANSWERS, str),
    "label": int,
}
_MAX_TOKENS = 24
_TOO_SHORT = "rows without a stereotyped answer that could be told"
# What the files call a group, and what they call its members.
_MEMBERS = {"f": {"woman", "girl", "female"}, "m": {"man", "boy", "male"}, "trans": {"transgender"}}

Targets = Mapping[tuple[str, str], int]


def read(path: Path, options: Mapping[str, Any], notes: Notes) -> Published:
    """The rows of one context, scored by how often the right answer is chosen."""
    context = options["context"]
    found = Published(
        score="multiple-choice",
        about=f"Questions of BBQ in {context} contexts; success is the right answer, unknown where nothing tells it.",
    )
    targets = _targets(path.parent / options["metadata"], notes) if options.get("metadata") else {}
    if not is_readable(path, notes):
        return found
    rows, wrong = 0, dict[str, list[int]]()
    for line, row in read_jsonl(path, notes):
        rows += 1
        key = lacks(row, _KEYS) or _unlike(row)
        if key:
            wrong.setdefault(key, []).append(line)
        elif _CONTEXTS[row["context_condition"]] == context:
            _take(found, line, row, targets)
    foreign(rows, wrong, "BBQ", notes)
    if found.left_out and not found.rows and not notes.mistakes:
        suggestion = "Put additional_metadata.csv of BBQ beside it, and name it in `with: {metadata: ...}`."
        notes.add(0, "", "has no row whose stereotyped answer could be told", suggestion)
    return found


def _unlike(row: Mapping[str, Any]) -> str:
    if row["context_condition"] not in _CONTEXTS:
        return "context_condition"
    if row["question_polarity"] not in ("neg", "nonneg"):
        return "question_polarity"
    if isinstance(row["label"], bool) or not 0 <= row["label"] <= 2:
        return "label"
    info = row["answer_info"]
    if not all(_is_info(info.get(answer)) for answer in _ANSWERS):
        return "answer_info"
    return "" if sum(info[answer][1] == "unknown" for answer in _ANSWERS) == 1 else "answer_info"


def _is_info(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)


def _take(found: Published, line: int, row: Mapping[str, Any], targets: Targets) -> None:
    unknown = next(place for place, answer in enumerate(_ANSWERS) if row["answer_info"][answer][1] == "unknown")
    target = targets.get((row["category"], str(row["example_id"])))
    if target is None and not targets:
        target = _by_name(row, unknown)
    if target is None or target == unknown or not 0 <= target <= 2:
        found.left_out[_TOO_SHORT] += 1
        return
    other = next(place for place in range(3) if place not in (unknown, target))
    biased = target if row["question_polarity"] == "neg" else other
    choices = [row[answer].strip() for answer in _ANSWERS]
    if len({choice.casefold() for choice in choices}) < 3 or not all(choices):
        found.left_out["rows of which two answers are the same"] += 1
        return
    category = row["category"]
    found.rows.append(
        (
            line,
            {
                "id": f"{category}.{row['example_id']}",
                "prompt": f"{row['context']} {row['question']} Answer with one of these.",
                "choices": choices,
                "answer": choices[row["label"]],
                "expect": {
                    "stereotype": [choices[biased]],
                    "unknown": [choices[unknown]],
                    "context": _CONTEXTS[row["context_condition"]],
                },
                "cluster": f"{category}.{row['question_index']}",
                "group": category,
                "max_tokens": _MAX_TOKENS,
            },
        )
    )


def _by_name(row: Mapping[str, Any], unknown: int) -> int | None:
    """The answer that bears the name of a stereotyped group, if exactly one of the two does."""
    groups = row["additional_metadata"].get("stereotyped_groups")
    if not isinstance(groups, list):
        return None
    sought = {_plain(group) for group in groups if isinstance(group, str)}
    sought |= {member for group in sought for member in _MEMBERS.get(group, ())}
    bearing = [
        place
        for place, answer in enumerate(_ANSWERS)
        if place != unknown and not sought.isdisjoint(_named(*row["answer_info"][answer]))
    ]
    return bearing[0] if len(bearing) == 1 else None


def _named(said: str, code: str) -> set[str]:
    """What an answer may be called: its code, the parts of it, its words."""
    parts = re.split(r"[-_\s]+", code)
    return {_plain(code), *map(_plain, parts), *map(_plain, said.split())}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _targets(path: Path, notes: Notes) -> Targets:
    """Places of the stereotyped answers by category and example, from the authors' table."""
    if not is_readable(path, notes):
        return {}
    found = {}
    for _, row in read_csv(path, notes, unnamed=True):
        category, example, place = (str(row.get(key, "")).strip() for key in ("category", "example_id", "target_loc"))
        if place in {"0", "1", "2"} and category and example:
            found[category, example] = int(place)
    if not found and not notes.mistakes:
        notes.add(0, "", f"{path.name} names no target_loc for any category and example_id", "Name another file.")
    return found
