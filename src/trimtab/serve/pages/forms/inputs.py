"""Makes the inputs of a form from what entries say of their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trimtab.evidence.entries import Said
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.entries.reading import LONGEST_WORDS
from trimtab.report.markup import hidden_left_out
from trimtab.serve.pages.forms.choices import choices, closed
from trimtab.serve.pages.forms.declared import Form
from trimtab.serve.pages.forms.desk import Desk
from trimtab.serve.pages.forms.submitted import Typed

_LABELS: Mapping[str, str] = {
    "at": "When it happened",
    "by": "In whose name",
    "what": "In words",
    "of": "Of how many",
    "loss": "What it may cost in a year",
    "risk": "The risk that is left",
    "expires": "When it lapses",
    "removes": "Which share it removes",
    "removed": "Which share was removed",
    "on": "What it is about",
}
_PAST = {"at", "started", "clean", "detected", "since"}
_DAYS = {"due", "expires", "until"}  # a day is enough of what lies ahead
_PAIRS = {Holds.RANGE, Holds.MONEY_RANGE}
_NUMBERS = {Holds.COUNT, Holds.NUMBER, Holds.SHARE, Holds.MONEY}
_AREAS: Mapping[Holds, str] = {
    Holds.WORDS: "",
    Holds.RANGES: "One a line: NAME=0.2..0.5",
    Holds.NUMBERS: "One a line: NAME=0.4",
    Holds.DUTIES: "One a line: NAME=2026-12-01 What must be done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that may be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field as it is shown. `control` is what it is filled in with, `value` and `high` what stands in it."""

    name: str
    label: str
    help: str
    control: str
    value: str = ""
    high: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    error: str = ""
    unit: str = ""
    step: str = "any"
    least: str = ""
    most: str = ""
    longest: int = 0
    shape: str = ""


def inputs(
    form: Form, desk: Desk, typed: Typed, errors: Mapping[str, str]
) -> tuple[tuple[Input, ...], tuple[Input, ...]]:
    """Those that are asked first, and those under "More"."""
    made = [_input(form, one, desk, typed, errors.get(one.name, "")) for one in form.fields]
    return tuple(made[: len(form.first)]), tuple(made[len(form.first) :])


def label_of(name: str) -> str:
    """What a field is called."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def _input(form: Form, one: Said, desk: Desk, typed: Typed, error: str) -> Input:
    value = shown(typed.get(one.name, ("",))[0])
    label, needed = label_of(one.name), form.needs(one)
    told: dict[str, Any] = {
        "name": one.name,
        "label": label,
        "help": _help(one, desk),
        "required": needed,
        "error": error,
    }
    if one.name == "by" and desk.speaker:
        return Input(**told, control="said", value=desk.speaker)
    if one.form is Holds.FLAG:
        return Input(**told, control="select", options=_options((("yes", "yes"), ("no", "no")), value, needed=False))
    if one.form in _PAIRS:
        low, high = (shown(typed.get(f"{one.name}.{end}", ("",))[0]) for end in ("low", "high"))
        unit = desk.policy.currency if one.form is Holds.MONEY_RANGE else ""
        return Input(**told, control="pair", value=low, high=high, unit=unit)
    if one.form in _AREAS:
        longest = LONGEST_WORDS if one.form is Holds.WORDS else 0
        return Input(**told, control="area", value=value, longest=longest, shape=_AREAS[one.form])
    if one.form is Holds.MOMENT:
        control = "day" if one.name in _DAYS else "moment"
        most = _minute(desk.now) if one.name in _PAST else ""
        return Input(**told, control=control, value=value, most=most)
    if one.form in _NUMBERS:
        return _number(one, desk, told, value)
    found = choices(form, one, desk)
    if one.form in (Holds.NAMES, Holds.LINKS):
        if not found:
            return Input(**told, control="text", value=shown(", ".join(typed.get(one.name, ()))), shape="A, B, C")
        chosen = {part.strip() for text in typed.get(one.name, ()) for part in text.split(",")}
        boxes = tuple(Option(value=name, label=words, chosen=name in chosen) for name, words in found)
        return Input(**told, control="boxes", options=boxes)
    if found and closed(form, one):
        return Input(**told, control="select", options=_options(found, value, needed=needed))
    options = tuple(Option(value=name, label=words, chosen=False) for name, words in found)
    return Input(**told, control="list" if options else "text", value=value, options=options)


def _help(one: Said, desk: Desk) -> str:
    """What a field is, with the names that may stand in it where they are typed."""
    names = {"effects": desk.known.scenarios}.get(one.name, ())
    listed = f" You may name: {', '.join(names)}." if names else ""
    return f"{one.help}{listed}".replace("`", "")


def _number(one: Said, desk: Desk, told: dict[str, Any], value: str) -> Input:
    step = {Holds.COUNT: "1", Holds.MONEY: "0.01"}.get(one.form, "any")
    least = "" if one.form is Holds.NUMBER else "0"
    most = "1" if one.form is Holds.SHARE else ""
    unit = desk.policy.currency if one.form is Holds.MONEY else ""
    return Input(**told, control="number", value=value, step=step, least=least, most=most, unit=unit)


def _options(found: tuple[tuple[str, str], ...], value: str, *, needed: bool) -> tuple[Option, ...]:
    """What may be chosen, and what was sent that may not, so that it is not lost without a word.

    Nothing is chosen beforehand: whoever overlooks a choice would have said what is counted.
    """
    options = [Option(value="", label="Choose" if needed else "Not said", chosen=not value)]
    options += [Option(value=name, label=words, chosen=name == value) for name, words in found]
    if value and not any(one.chosen for one in options):
        options.append(Option(value=value, label=f"{value} (cannot be chosen)", chosen=True))
    return tuple(options)


def shown(text: str) -> str:
    """What was typed, as it may stand in an input: whole, without characters that nobody sees."""
    return hidden_left_out(text)


def _minute(now: int) -> str:
    return datetime.fromtimestamp(now // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M")
