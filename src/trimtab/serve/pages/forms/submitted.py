"""What a form was sent with: texts by the name of their input, files, and the marks of its rendering."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.entries.entry import Said
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.forms.declared import Form, Way

MARKS = ("_use", "_seen", "_token", "_do")
_SIGNING = ("statement", "signer", "signature")
SECRETS = ("passphrase",)
FILES = ("signature_file", "key_file", "policy_file")
_MOST_FIELDS = 200
_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_SEVERAL = {Holds.NAMES, Holds.LINKS}
_PAIRS = {Holds.RANGE, Holds.MONEY_RANGE}

Typed = Mapping[str, tuple[str, ...]]
"""By the name of an input, what stood in it; several where several may be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form that came back. Files and secrets are never shown again, nor kept beyond the request."""

    typed: Typed
    marks: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """What stood in an input."""
        return (self.typed.get(name) or ("",))[0]


def is_form(request: Any) -> bool:
    """Whether a body says that it is a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in _TYPES


async def read(request: Any, form: Form) -> Submitted:
    """Read a form.

    Raises:
        RefusedError: It is none, has inputs that this form has not, or too many.
    """
    if not is_form(request):
        raise RefusedError(415, "This is no form", f"What is read is {' and '.join(_TYPES)}.")
    sent = await request.form(max_files=len(FILES), max_fields=_MOST_FIELDS)
    try:
        items = sent.multi_items()
        if len(items) > _MOST_FIELDS:
            raise RefusedError(400, "There are too many fields in this form")
        known, typed, files = set(input_names(form)), dict[str, list[str]](), dict[str, bytes]()
        for name, value in items:
            if hasattr(value, "read"):
                if name in FILES:
                    files[name] = await value.read()
                continue
            if name not in known and name not in MARKS and name not in SECRETS:
                raise RefusedError(400, "This is not asked in this form", f"It has no field {name[:40]!r}.")
            typed.setdefault(name, []).append(_lines(value))
    finally:
        await sent.close()
    several = {one.name for one in form.fields if one.form in _SEVERAL}
    if twice := [name for name, values in typed.items() if len(values) > 1 and name not in several]:
        raise RefusedError(400, "A field came twice", f"There is one {twice[0][:40]!r} in this form.")
    marks = {name: typed.pop(name)[0] for name in MARKS if name in typed}
    hidden = {name: typed.pop(name)[0] for name in SECRETS if name in typed}
    return Submitted(
        typed={name: tuple(values) for name, values in typed.items()},
        marks=marks,
        files={name: data for name, data in files.items() if data},
        secrets=hidden,
    )


def input_names(form: Form) -> Iterable[str]:
    """The names of all inputs of a form, without the marks of its rendering."""
    for one in form.fields:
        if one.form in _PAIRS:
            yield f"{one.name}.low"
            yield f"{one.name}.high"
        else:
            yield one.name
    if form.way is Way.STATEMENT:
        yield from _SIGNING
    if form.way is Way.POLICY:
        yield "policy"


def values_of(form: Form, typed: Typed) -> dict[str, Any]:
    """By field, as somebody would write it in a draft; nothing of what was left empty."""
    found: dict[str, Any] = {}
    for one in form.fields:
        text = _value(one, typed)
        if text:
            found[one.name] = text
    return {**found, **form.fixed}


def _value(one: Said, typed: Typed) -> str:
    if one.form in _PAIRS:
        low, high = (" ".join(typed.get(f"{one.name}.{end}", ("",))).strip() for end in ("low", "high"))
        return f"{low}..{high}" if low or high else ""
    text = ", ".join(typed.get(one.name, ()))
    if one.form is Holds.DUTIES:  # one a line in a form, parted by ; elsewhere
        return ";".join(line for line in text.splitlines() if line.strip())
    return text if text.strip() else ""


def _lines(text: str) -> str:
    """As it was typed: browsers send ends of lines as two characters."""
    return text.replace("\r\n", "\n")
