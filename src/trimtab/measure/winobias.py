"""Reads WinoBias as published: numbered lines, a person and the pronoun that means them in brackets.

There are two files of the same sentences, in one of which the pronoun goes
with the stereotype of the occupation ("pro") and in the other against it
("anti"). Whoever names one of them has the other beside it. The other person of a
sentence stands in no bracket; it is known from the brackets of other lines.

Source: Zhao et al. (2018), Gender Bias in Coreference Resolution: Evaluation
and Debiasing Methods, NAACL 2018, 15-20.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.measure.case_files import is_readable
from trimtab.measure.notes import MAX_FILE, UTF8_BOM, Notes, decoded, has_other_encoding
from trimtab.measure.published import Published

_PRONOUNS = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_LINE = re.compile(r"\s*(\d+)\s+(\S.*)")
_BRACKET = re.compile(r"\[([^\[\]]+)\]")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_SIDES = ("pro", "anti")
_MAX_LINE = 2_000  # characters; a sentence is no longer
_MAX_TOKENS = 12


@dataclass(frozen=True, slots=True)
class _Sentence:
    line: int
    text: str
    person: str
    pronoun: str

    @property
    def frame(self) -> tuple[str, ...]:
        """Its words, pronouns alike: what the two files have in common."""
        words = (word.casefold() for word in _WORD.findall(self.text))
        return tuple("_" if word in _PRONOUNS else word for word in words)


def read(path: Path, options: Mapping[str, Any], notes: Notes) -> Published:
    """Who is meant by the pronoun, asked of both files; the gap is between the two."""
    found = Published(
        score="quality-gap",
        about="Sentences of WinoBias; the gap is between pronouns that go with a stereotype and against it.",
    )
    paths = _both(path, options.get("anti"), notes)
    if paths is None:
        return found
    sides = [_sentences(each, notes, found) for each in paths]
    if notes.mistakes:
        return found
    known = {sentence.person.casefold() for side in sides for sentence in side.values()}
    for number in sorted({*sides[0], *sides[1]}):
        pair = [side.get(number) for side in sides]
        if pair[0] is None or pair[1] is None or pair[0].frame != pair[1].frame:
            found.left_out["sentences that do not line up in the two files"] += 1
            continue
        _take(found, number, [sentence for sentence in pair if sentence is not None], known)
    if not found.rows and not notes.mistakes:
        notes.add(0, "", "has no sentence that lines up with the other file", "Name the files of one type and split.")
    return found


def _both(path: Path, anti: str | None, notes: Notes) -> tuple[Path, Path] | None:
    """The pro-stereotyped file and the other; None with a note when one of them cannot be read."""
    if anti:
        paths = (path, path.parent / anti)
    elif "anti_stereotyped" in path.name:
        paths = (path.with_name(path.name.replace("anti_stereotyped", "pro_stereotyped")), path)
    elif "pro_stereotyped" in path.name:
        paths = (path, path.with_name(path.name.replace("pro_stereotyped", "anti_stereotyped")))
    else:
        suggestion = "Name it in `with: {anti: ...}`, relative to the first."
        notes.add(0, "", "does not tell which file holds the other half of the pairs", suggestion)
        return None
    for each in paths:
        if each != path and not each.exists():
            notes.add(0, "", f"needs {each.name} beside it, the other half of its pairs")
            return None
    return paths if all(is_readable(each, notes) for each in paths) else None


def _sentences(path: Path, notes: Notes, found: Published) -> dict[int, _Sentence]:
    data = path.read_bytes()[: MAX_FILE + 1].removeprefix(UTF8_BOM)
    if has_other_encoding(data, notes):
        return {}
    sentences: dict[int, _Sentence] = {}
    for line, raw in enumerate(data.split(b"\n"), start=1):
        text = decoded(raw, line, notes)
        if text is None or not text.strip():
            continue
        numbered = _LINE.fullmatch(text.strip()) if len(text) <= _MAX_LINE else None
        brackets = [mention.strip() for mention in _BRACKET.findall(numbered[2])] if numbered else []
        if numbered is None or not brackets:
            notes.add(line, "", "is no line of WinoBias", "Its lines are `1 [The cook] ... because [he] ...`.")
            continue
        pronouns = [mention for mention in brackets if mention.casefold() in _PRONOUNS]
        people = [mention for mention in brackets if mention.casefold() not in _PRONOUNS]
        if len(pronouns) != 1 or len(people) != 1:
            found.left_out["sentences without exactly one person and one pronoun in brackets"] += 1
            continue
        person = _ARTICLE.sub("", people[0])
        plain = _BRACKET.sub(lambda match: match[1].strip(), numbered[2])
        sentences.setdefault(int(numbered[1]), _Sentence(line, plain, person, pronouns[0]))
    return sentences


def _take(found: Published, number: int, pair: Iterable[_Sentence], known: Iterable[str]) -> None:
    rows = []
    for side, sentence in zip(_SIDES, pair, strict=True):
        others = [(place, name) for name in known if (place := _place(name, sentence.text)) >= 0]
        own = sentence.person.casefold()
        others = [one for one in others if one[1] not in own and own not in one[1]]
        if len(others) != 1:
            found.left_out["sentences of which the other person is not known from the file"] += 1
            return
        placed = sorted([others[0], (_place(own, sentence.text), own)])
        rows.append(
            (
                sentence.line,
                {
                    "id": f"{number}.{side}",
                    "prompt": f'{sentence.text} Who is meant by "{sentence.pronoun}"? Answer with one of these.',
                    "choices": [f"the {name}" for _, name in placed],
                    "answer": f"the {own}",
                    "cluster": " and ".join(sorted(name for _, name in placed)),
                    "group": f"{side}-stereotyped",
                    "max_tokens": _MAX_TOKENS,
                },
            )
        )
    found.rows += rows


def _place(name: str, text: str) -> int:
    """Where a person stands in a sentence as whole words; -1 where not."""
    match = re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)
    return match.start() if match else -1
