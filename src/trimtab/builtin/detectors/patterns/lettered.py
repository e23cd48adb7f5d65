"""National identifiers that hold letters; those of digits alone are in `identifiers`."""

import re

from trimtab.builtin.detectors.patterns.identifiers import fits
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Pattern, alone, word
from trimtab.detect.signs import later


def _stdnum(module: str, confidence: float = 0.96) -> Judge:
    def judge(text: str, start: int, end: int) -> Judged | None:
        if alone(text, start, end) and fits(module, text[start:end]):
            return start, end, confidence
        return None

    return judge


_OF_A_THING = later(
    r"\b(?:part|model|sku|serial|ref(?:erence)?|order|item|product|batch|lot|art(?:icle|ikel)?|type|version|plate|flight|invoice|ticket|code|bauteil|modelo?|serie)"
    r"(?:[ -]?(?:no|number|nr|num|code|id))?[\s.:#]{0,3}\Z",
    re.IGNORECASE,
)


def _person(text: str, start: int, end: int) -> Judged | None:
    """As `word`, for a form that parts and models have as well."""
    return None if _OF_A_THING.search(text[max(0, start - 24) : start]) else word(text, start, end)


LETTERED: tuple[Pattern, ...] = (
    Pattern(
        label="personal.national-id",
        shape=r"\d{8}[- ]?[A-Z]",
        judge=_stdnum("es.dni"),
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"[XYZ][- ]?\d{7}[- ]?[A-Z]",
        judge=_stdnum("es.nie"),
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]",
        judge=_stdnum("it.codicefiscale"),
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        judge=_person,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id", shape=r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", judge=_person, needs_digit=True
    ),
    Pattern(label="personal.national-id", shape=r"\d{6}[-+A]\d{3}[0-9A-Y]", judge=_stdnum("fi.hetu"), needs_digit=True),
    Pattern(label="personal.national-id", shape=r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", judge=word, needs_digit=True),
)
