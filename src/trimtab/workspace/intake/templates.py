"""Templates: which entries a payload becomes.

The same payload always becomes the same entries, to the microsecond, since ids and moments come from the payload: by
that a delivery that comes twice is known, whoever sends it, and without anything kept beside the books.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path as File
from typing import Any

from trimtab.errors import EntryError, Mistake, PolicyError
from trimtab.evidence.entries import ENTRIES, Entry, described
from trimtab.evidence.entries.reading import Draft, read_entry
from trimtab.measure.redact import mask_words
from trimtab.policy.document import Where
from trimtab.policy.keys import nearest
from trimtab.workspace.intake.paths import Path, as_text
from trimtab.workspace.intake.sheet import Sheet
from trimtab.workspace.intake.values import UnmappedError, Value, read_value

_OURS = ("by", "source")  # fields that say who reported it: the hook, whatever its payload claims
_SHIPPED = "shipped"
_PROBE = 1_700_000_000_000_000  # some moment, to try literals at


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds when something that stands at `path` is one of `texts`."""

    path: Path
    texts: tuple[str, ...]

    def holds(self, payload: Any) -> bool:
        """Of this payload."""
        return any(as_text(one) in self.texts for one in self.path.values(payload))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One entry that payloads become which fulfil every condition of `when`, and none of `unless`."""

    kind: str
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)
    line: int = 0

    def meant(self, payload: Any) -> bool:
        """Whether a payload becomes this entry."""
        return all(one.holds(payload) for one in self.when) and not any(one.holds(payload) for one in self.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as it was read. `path` is how messages call it."""

    path: str
    about: str
    parts: tuple[Part, ...]

    @property
    def settable(self) -> set[str]:
        """The fields that a hook may set beside the template: not what tells one delivery from another."""
        kinds = [ENTRIES[part.kind] for part in self.parts]
        apart = {"at", *_OURS, *(kind.about for kind in kinds)}
        return {one.name for kind in kinds for one in described(kind)} - apart


def shipped() -> list[str]:
    """Names of the templates that come with trimtab."""
    folder = files("trimtab.workspace.intake").joinpath(_SHIPPED)
    return sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))


def shipped_text(name: str) -> str:
    """A template that comes with trimtab, as it stands in its file; `name` is one of `shipped`."""
    return files("trimtab.workspace.intake").joinpath(_SHIPPED, f"{name}.yaml").read_text(encoding="utf-8")


def find_template(name: str, *, beside: File = File()) -> Template:
    """A template that comes with trimtab, or one in a file.

    Args:
        name: Of a shipped one; anything with a suffix is a file.
        beside: The folder that paths of files count from.

    Raises:
        PolicyError: It is not there, or says something wrong, with every mistake.
    """
    if "." not in File(name).name:
        if name not in shipped():
            message = f"there is no template {name[:60]!r}"
            hint = nearest(name, shipped()) or f"There are {', '.join(shipped())}."
            hint = f"{hint} A file has a suffix, as mine.yaml."
            raise PolicyError([Mistake(path=name[:60], line=0, column=0, where="", message=message, suggestion=hint)])
        return read_template(File(str(files("trimtab.workspace.intake").joinpath(_SHIPPED, f"{name}.yaml"))), name)
    return read_template(beside / name, str(beside / name))


def read_template(path: File, shown: str) -> Template:
    """The template in a file.

    Raises:
        PolicyError: With every mistake in it.
    """
    sheet = Sheet(path, shown, what="a template of entries")
    top = sheet.mapping(sheet.value, (), known=("template", "about", "entries"), needed=("template", "entries"))
    if "template" in top and (top["template"] != 1 or isinstance(top["template"], bool)):
        sheet.note(("template",), "must be 1, the version of this format")
    given = top.get("entries", [])
    if not isinstance(given, list):
        sheet.note(("entries",), "must be a list of entries")
        given = []
    parts = [_part(sheet, one, ("entries", place)) for place, one in enumerate(given)]
    sheet.settle()
    return Template(path=shown, about=str(top.get("about", "")).strip(), parts=tuple(one for one in parts if one))


def read_settings(sheet: Sheet, given: Any, where: Where, template: Template) -> dict[str, Value]:
    """Fields that a hook sets beside its template."""
    found = {}
    for name, one in sheet.mapping(given, where, known=template.settable).items():
        value = read_value(sheet, one, (*where, name))
        if value and name in template.settable:
            for kind in {part.kind for part in template.parts}:
                _try(sheet, ENTRIES[kind], name, value, (*where, name))
            found[name] = value
    return found


def become(
    template: Template,
    payload: Any,
    *,
    by: str,
    now: int,
    set_: Mapping[str, Value] | None = None,
    mask: Callable[[str], str] = mask_words,
) -> list[tuple[Draft, Entry]]:
    """The entries that a payload becomes, as drafts and as they would be kept; none if the template means none.

    Args:
        template: Which entries, and how.
        payload: What came, as JSON reads it.
        by: Who reports it, `hook:NAME`.
        now: Microseconds since the epoch, UTC.
        set_: Fields that the hook sets beside the template.
        mask: Takes personal data and secrets out of words.

    Raises:
        EntryError: It says something that the template has no answer for, or no entry can hold; with every mistake.
    """
    found, mistakes = [], list[Mistake]()
    for part in template.parts:
        if not part.meant(payload):
            continue
        kind = ENTRIES[part.kind]
        values, wrong = _values(part, payload, {name: one for name, one in (set_ or {}).items() if _has(kind, name)})
        values |= {"by": by, "source": by}
        draft = Draft(kind=part.kind, values=values, path=template.path, line=part.line)
        entry = read_entry(kind, values, now=now, mask=mask)
        wrong = {**({} if isinstance(entry, Entry) else dict(entry)), **wrong}
        if isinstance(entry, Entry) and not wrong:
            found.append((draft, entry))
        mistakes += [_mistake(template, part, name, what) for name, what in wrong.items()]
    if mistakes:
        raise EntryError(mistakes)
    return found


# -- parts ---------------------------------------------------------------------------------


def _part(sheet: Sheet, given: Any, where: Where) -> Part | None:
    top = sheet.mapping(given, where, known=("kind", "when", "unless", "fields"), needed=("kind", "fields"))
    kind = ENTRIES.get(top["kind"]) if isinstance(top.get("kind"), str) else None
    if top.get("kind") and kind is None:
        sheet.note((*where, "kind"), "is no entry of the books", nearest(str(top["kind"]), ENTRIES))
    when = _conditions(sheet, top.get("when", {}), (*where, "when"))
    unless = _conditions(sheet, top.get("unless", {}), (*where, "unless"))
    if kind is None or not top.get("fields"):
        return None
    known = [one.name for one in described(kind) if one.name not in _OURS]
    fields: dict[str, Value] = {}
    into = (*where, "fields")
    for name, one in sheet.mapping(top["fields"], into, known=known).items():
        value = read_value(sheet, one, (*into, name))
        if value and name in known:
            fields[name] = value
            _try(sheet, kind, name, value, (*into, name))
    for name in ("at", *([kind.about] if kind.about else [])):
        if isinstance(top["fields"], dict) and name not in top["fields"]:
            sheet.note(into, f"`{name}` is missing", "Take it from the payload.")
        elif name in fields and fields[name].fixed:
            sheet.note(
                (*into, name),
                "must come from the payload, or every payload would be the same entry",
                "Write {path: ...} or {text: ...}.",
            )
    return Part(kind=kind.kind, when=when, unless=unless, fields=fields, line=sheet.line(where))


def _values(part: Part, payload: Any, set_: Mapping[str, Value]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a payload gives the fields, and for which of them it says something else than is expected."""
    values, wrong = dict[str, Any](), dict[str, str]()
    for name, value in {**part.fields, **set_}.items():
        try:
            values[name] = value.of(payload)
        except UnmappedError as error:
            wrong[name] = str(error)
    if values.get("at") is None:
        # Never the moment of delivery: the same payload would be another entry when it comes again.
        wrong.setdefault("at", "is missing: the payload does not say when it happened")
    return values, wrong


def _has(kind: type[Entry], name: str) -> bool:
    return name in {one.name for one in described(kind)}


def _conditions(sheet: Sheet, given: Any, where: Where) -> tuple[Condition, ...]:
    """Of a mapping, or of several in a list where one path has more than one condition; all hold."""
    if isinstance(given, list):
        return tuple(one for place, part in enumerate(given) for one in _conditions(sheet, part, (*where, place)))
    found = []
    for written, wanted in sheet.mapping(given, where).items():
        choices = wanted if isinstance(wanted, list) else [wanted]
        if not choices or not all(isinstance(one, str | int | float) for one in choices):
            sheet.note((*where, written), "must be a text, a number, yes or no, or a list of them")
            continue
        try:
            path = Path.of(written)
        except ValueError as error:
            sheet.note((*where, written), str(error))
            continue
        found.append(Condition(path=path, texts=tuple(as_text(one) for one in choices)))
    return tuple(found)


def _try(sheet: Sheet, kind: type[Entry], name: str, value: Value, where: Where) -> None:
    """Note what the template itself says that the field cannot hold: it would be refused on the day it is needed."""
    for one in value.possible if _has(kind, name) else ():
        tried = read_entry(kind, {name: one}, now=_PROBE, mask=str)
        wrong = [] if isinstance(tried, Entry) else [what for field_, what in tried if field_ == name]
        if wrong:
            sheet.note(where, f"`{str(one)[:40]}` {wrong[0]}")


def _mistake(template: Template, part: Part, name: str, message: str) -> Mistake:
    return Mistake(
        path=template.path,
        line=part.line,
        column=1 if part.line else 0,
        where=name,
        message=message,
        suggestion="Complete the template, or what is sent.",
        code=EntryError.code,
    )
