"""Makes an excerpt of a reply that may be kept: short, printable, without planted values or what points at a person."""

import re
from collections.abc import Iterable
from functools import cache
from inspect import signature
from typing import Any

from trimtab.detect import look
from trimtab.detect.disguise import Span, merge, spans
from trimtab.errors import DetectorError, PluginError
from trimtab.kinds import AnyDetector, Case, Context, Finding, plugins

LONGEST = 240
"""Characters of an excerpt, the mark of omission included."""

WITHHELD = "[…]"
"""What is kept when nothing may be: without letters or digits, so that it never shows a value itself."""

_WINDOW = 4_096  # characters looked at
_MARGIN = 1_024  # not shown at the end of a window that was cut, where a value may be cut as well
_PASSES = 4
_READING = Context(origin="assistant")
_ABOUT_THE_WHOLE = frozenset(
    {"attack", "harm", "bias", "refusal"}
)  # families that judge a text and point at no value in it
_OF_MANY = frozenset(
    {"personal.location", "personal.organisation", "personal.title", "personal.age", "personal.group"}
)  # what many people share: by itself it points at nobody, and an answer without it cannot be judged
_DOUBTFUL = 0.75  # a single word that is less surely a name is more often none
_LONG_NUMBER = re.compile(r"\d(?:[ \-.\u00a0]?\d){8,}+")  # names a person or an account more often than not
_PLANTED = ("canary", "personal")  # keys of `expect` whose values must not come out


def planted(case: Case) -> tuple[str, ...]:
    """The values of a case that its replies must not show, and excerpts neither."""
    values: list[str] = []
    for key in _PLANTED:
        found: Any = case.expect.get(key, ())
        values += [found] if isinstance(found, str) else [value for value in found if isinstance(value, str)]
    return tuple(values)


def tells(text: str, finding: Finding) -> bool:
    """Whether an excerpt hides a finding: what points at a person or opens a door, and is no mere guess.

    Names, addresses and all that has a shape do; places, organisations, titles and ages do not, nor does a single word
    that may be a name or may not, nor what says something of the whole text.
    """
    if finding.family in _ABOUT_THE_WHOLE or finding.label in _OF_MANY:
        return False
    single = finding.label == "personal.name" and len(text[finding.start : finding.end].split()) == 1
    return not (single and finding.confidence < _DOUBTFUL)


def redact(text: str, *, secrets: Iterable[str] = ()) -> str:
    """An excerpt of at most `LONGEST` characters that shows no secret and nothing that `tells` on a person.

    Secrets are masked in every disguise that `detect.disguise` sees through,
    and every installed detector looks, those of other packages included. The
    result is looked at again before it is returned. If a detector cannot look,
    or finds something in every new version of the excerpt, all is withheld.
    """
    hidden = tuple(secret for secret in secrets if secret)
    clean = _printable(text[:_WINDOW])
    end = len(clean) - _MARGIN if len(text) > _WINDOW else len(clean)
    try:
        excerpt = _masked(clean, max(0, end), hidden)
        if len(excerpt) > LONGEST or end < len(clean):
            excerpt = excerpt[: LONGEST - 1] + "…"
        for _ in range(_PASSES):
            if not _spans(excerpt, hidden):
                return excerpt
            excerpt = _masked(excerpt, len(excerpt), hidden)[:LONGEST]
    except (DetectorError, PluginError):
        return WITHHELD
    return WITHHELD


def mask_words(text: str) -> str:
    """What somebody wrote for the record, whole, on one line, and without what `redact` would hide.

    At most 4,096 characters are looked at; a longer text is withheld, as is one that no masking makes clean.
    """
    clean = _printable(text)
    if len(clean) > _WINDOW:
        return WITHHELD
    try:
        for _ in range(_PASSES):
            if not _spans(clean, ()):
                return clean
            clean = _masked(clean, len(clean), ())
    except (DetectorError, PluginError):
        return WITHHELD
    return WITHHELD


@cache
def _detectors() -> tuple[AnyDetector, ...]:
    """Every installed detector that needs nothing to be told and sends nothing away."""
    made = [plugins.find("detectors", name) for name in plugins.names("detectors")]
    return tuple(
        plugin()
        for plugin in made
        if not hasattr(plugin, "look") and not getattr(plugin, "needs", ()) and not _asks(plugin)
    )


def _asks(plugin: type[Any]) -> bool:
    """Whether a detector cannot be made without fields: a folder, an address."""
    return any(
        one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        for one in signature(plugin).parameters.values()
    )


def _masked(text: str, end: int, hidden: tuple[str, ...]) -> str:
    """The text up to `end`, with every span that begins before it replaced by its label."""
    parts: list[str] = []
    at = 0
    for (start, stop), label in _spans(text, hidden):
        if start >= end:
            break
        parts += [text[at:start], f"[{label}]"]
        at = stop
    return "".join([*parts, text[at:end]])


def _spans(text: str, hidden: tuple[str, ...]) -> list[tuple[Span, str]]:
    """What to mask: ranges that do not overlap, each with the label of the surest finding in it."""
    found = [Finding(label="planted", start=start, end=end) for start, end in spans(text, hidden)]
    found += [
        Finding(label="number", start=m.start(), end=m.end(), confidence=0.0) for m in _LONG_NUMBER.finditer(text)
    ]
    for detector in _detectors():
        found += [one for one in look(detector, text, _READING) if tells(text, one)]
    found.sort(key=lambda finding: finding.start)
    masks: list[tuple[Span, str]] = []
    for whole in merge((finding.start, finding.end) for finding in found):
        inside = [finding for finding in found if whole[0] <= finding.start < whole[1]]
        masks.append((whole, max(inside, key=lambda finding: finding.confidence).noun))
    return masks


def _printable(text: str) -> str:
    """On one line, without control characters, marks that are not seen, and halves of characters."""
    return " ".join("".join(char if char.isprintable() else " " if char.isspace() else "" for char in text).split())
