"""Wins: one page on what could have gone wrong and what was done, whose every number is bound to evidence.

A sentence holds figures by name, `{after}`, or `{after:percent}` to say how it is written. A figure is a row of the
ledger and a path into it. One that follows is compared with the newest row of the same kind about the same thing; when
that says something else, the sentence is stale and shown as such.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from trimtab.evidence.entries.wins import WinTold

Part = Literal["risk", "done", "numbers", "money", "limits", "ask"]
PARTS: Mapping[Part, str] = {
    "risk": "What could have gone wrong",
    "done": "What we did",
    "numbers": "The number, before and after",
    "money": "In money, and how far to trust it",
    "limits": "What it does not show",
    "ask": "What we ask next",
}
"""The one-page template, in its order. Source: `shared/reference/governance.md`, section 5."""

Form = Literal["number", "percent", "money", "day", "interval", "percent-interval"]
FORMS: tuple[str, ...] = get_args(Form)
_FIGURE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
# A number of its own; not one in a name (R08, 2026-Q3, Art.9, owasp-llm-2026) and not a day.
_TYPED = re.compile(r"(?<![\w.:/-])(?:\d{4}-(?:\d{2}-\d{2}|Q[1-4])|(\d+(?:[.,]\d+)*))(?![\w-])")
_TYPED_WHERE = ("ask",)  # what is asked for is no evidence, and may be a number of one's own
FIXED = "#fixed"
_FEWEST = 2  # figures in the part of numbers: before, and after


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where a figure comes from: a row, and the way into its payload, names and places parted by `/`.

    In a list, a name finds the element whose `metric`, `candidate`, `name`, `id`, `kpi`, `subject`, `scope` or `system`
    it is, and `R04@triage` the one that both are of. `follow` says that newer evidence of the same kind replaces it;
    without, it stays as it was, as what was before does.
    """

    row: int
    path: str
    follow: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A binding with what it points to: `value` in its own row, `now` in the newest one.

    A value is a number, words, or an estimate (`value`, `low`, `high`, `level`); None where the path leads nowhere.
    """

    binding: Binding
    value: Any
    now: Any
    now_row: int

    @property
    def stale(self) -> bool:
        """Whether newer evidence says something else."""
        return self.binding.follow and self.now != self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """A win as it was recorded: the template's parts, with figures by name."""

    win: str
    title: str
    system: str
    parts: Mapping[str, str]
    figures: Mapping[str, Binding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as evidence makes it; `stale` says, for each of its figures that has changed, what it is now."""

    part: str
    text: str
    stale: tuple[str, ...] = ()


def win_of(entry: WinTold) -> Win:
    """A win as the books have it.

    Raises:
        ValueError: A binding cannot be read, or two are of one name.
    """
    figures: dict[str, Binding] = {}
    for text in entry.figures:
        name, binding = bound(text)
        if name in figures:
            raise ValueError(f"{name} is bound twice")
        figures[name] = binding
    parts: dict[str, str] = {part: str(getattr(entry, part)) for part in PARTS}
    return Win(win=entry.win, title=entry.title, system=entry.system, parts=parts, figures=figures)


def bound(text: str) -> tuple[str, Binding]:
    """A figure's name and where it stands, of `NAME:ROW:PATH`, with `#fixed` at the end for one that stays.

    Raises:
        ValueError: It is no binding.
    """
    name, _, rest = text.partition(":")
    row, colon, path = rest.partition(":")
    if not name or not colon or not row.isdecimal():
        raise ValueError(f"{text[:60]!r} is no NAME:ROW:PATH")
    return name, Binding(row=int(row), path=path.removesuffix(FIXED), follow=not path.endswith(FIXED))


def trouble(win: Win, figures: Mapping[str, Figure]) -> list[str]:
    """Everything that keeps a win from being recorded, each with what to do; empty when nothing does."""
    return [
        *_parts(win),
        *_names(win),
        *(said for part, text in win.parts.items() for said in _typed(part, text)),
        *_figures(win, figures),
        *_numbers(win),
    ]


def sentences(win: Win, figures: Mapping[str, Figure], *, currency: str) -> tuple[Sentence, ...]:
    """The page, sentence by sentence, with the numbers that evidence gave.

    Where a binding leads nowhere, a dash stands instead of the number and the sentence is stale: no number is made up.
    """
    return tuple(
        _sentence(part, text, figures, currency)
        for part in PARTS
        for text in _SENTENCE.split(win.parts.get(part, "").strip())
        if text
    )


def reach(payload: Any, path: str) -> Any:
    """What a path leads to; None where it leads nowhere."""
    found = payload
    for step in path.strip("/").split("/") if path.strip("/") else ():
        found = _step(found, step)
        if found is None:
            return None
    return found


def written(value: Any, form: str, *, currency: str) -> str:
    """A figure in words.

    Raises:
        ValueError: It cannot be written in this form.
    """
    if form in ("interval", "percent-interval"):
        return _interval(value, "percent" if form == "percent-interval" else "number")
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if isinstance(value, str) and form == "number":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{_kind(value)} cannot be written as {form}")
    if form == "money":
        return f"{value / 100:,.2f} {currency}"
    if form == "day":
        try:
            return datetime.fromtimestamp(value / 1e6, UTC).date().isoformat()
        except (OverflowError, OSError, ValueError):
            raise ValueError(f"{_kind(value)} cannot be written as day") from None
    if form == "percent":
        return f"{value * 100:.3g} %"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"


# -- parts ---------------------------------------------------------------------------------


def _parts(win: Win) -> Iterator[str]:
    for part in win.parts:
        if part not in PARTS:
            yield f"there is no part {part[:40]!r}. The parts are {', '.join(PARTS)}."
    for part, heading in PARTS.items():
        if not win.parts.get(part, "").strip():
            yield f"{part} is empty. Say it in a sentence or two: {heading.lower()}."


def _names(win: Win) -> Iterator[str]:
    used = {name for text in win.parts.values() for name, _ in _held(text)}
    for name in sorted(used - set(win.figures)):
        yield f"{{{name}}} is bound to no evidence. Give its row and path under `figures`."
    for name in sorted(set(win.figures) - used):
        yield f"the figure {name[:40]!r} stands in no sentence. Use it, or leave it out."
    for name in sorted(win.figures):
        if not _NAME.fullmatch(name):
            yield f"{name[:40]!r} is no name of a figure: small letters, digits and _."


def _typed(part: str, text: str) -> Iterator[str]:
    if part in _TYPED_WHERE:
        return
    for match in _TYPED.finditer(_FIGURE.sub(" ", text)):
        if match[1]:
            yield f"{part} has the number {match[1]} typed in. Bind it to evidence, or say it without a number."


def _figures(win: Win, figures: Mapping[str, Figure]) -> Iterator[str]:
    for text in win.parts.values():
        for name, form in _held(text):
            known = figures.get(name)
            if known is None:
                continue  # said above
            if form not in FORMS:
                yield f"{{{name}:{form[:20]}}} asks for a form that is none. The forms are {', '.join(FORMS)}."
            elif known.value is None:
                where = f"row {known.binding.row}, {known.binding.path!r}"
                yield f"{{{name}}} leads nowhere: {where}. `trimtab ledger show` shows what the row holds."
            else:
                try:
                    written(known.value, form, currency="")
                except ValueError as error:
                    yield f"{{{name}:{form}}}: {error}."


def _numbers(win: Win) -> Iterator[str]:
    held = list(_held(win.parts.get("numbers", "")))
    if len({name for name, _ in held}) < _FEWEST:
        yield "numbers holds fewer than two figures. Give the number before, and the number after."
    if not any(form.endswith("interval") for _, form in held):
        yield "numbers has no interval. Write one figure as {name:interval}, so that readers see how sure it is."


def _held(text: str) -> Iterator[tuple[str, str]]:
    """The figures of a text with their forms."""
    for inside in _FIGURE.findall(text):
        name, _, form = inside.partition(":")
        yield name.strip(), form.strip() or "number"


def _sentence(part: str, text: str, figures: Mapping[str, Figure], currency: str) -> Sentence:
    stale = []

    def fill(match: re.Match[str]) -> str:
        name, form = next(_held(match[0]))
        if name not in figures:
            stale.append(f"{name} is bound to nothing")
            return "—"
        figure = figures[name]
        try:
            shown = written(figure.value, form, currency=currency)
        except ValueError as error:
            stale.append(f"{name}: {error} (row {figure.binding.row}, {figure.binding.path!r})")
            return "—"
        if figure.stale:
            stale.append(f"{shown} is now {_now(figure, form, currency)} (row {figure.now_row})")
        return shown

    filled = _FIGURE.sub(fill, text)
    return Sentence(part=part, text=filled, stale=tuple(dict.fromkeys(stale)))


def _now(figure: Figure, form: str, currency: str) -> str:
    try:
        return written(figure.now, form, currency=currency)
    except ValueError:
        return "not there"


_KEYS = ("metric", "candidate", "name", "id", "kpi", "subject", "scope", "system")


def _step(found: Any, step: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(step)
    if not isinstance(found, list | tuple):
        return None
    if step.isdecimal():
        return found[int(step)] if int(step) < len(found) else None
    parts = step.split("@")
    named = [
        one
        for one in found
        if isinstance(one, Mapping) and all(any(one.get(key) == part for key in _KEYS) for part in parts)
    ]
    return named[0] if len(named) == 1 else None  # of two by one name nobody can say which is meant


def _interval(value: Any, form: str) -> str:
    if not isinstance(value, Mapping) or not {"value", "low", "high", "level"} <= set(value):
        raise ValueError(f"{_kind(value)} has no interval")
    middle, low, high = (written(value[end], form, currency="") for end in ("value", "low", "high"))
    return f"{middle} ({low} to {high}, {value['level'] * 100:g} % interval)"


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    return (
        "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list | tuple) else repr(value)[:40]
    )
