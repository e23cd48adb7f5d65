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


_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_OF_SERIES = {"S": "JZIHGFEDCBA", "T": "GFEDCBAJZIH", "F": "XWUTRQPNMLK", "G": "RQPNMLKXWUT", "M": "TRQPNJLKXWU"}
"""The check letters of Singapore, by the remainder of the weighted sum."""


def _singapore(text: str, start: int, end: int) -> Judged | None:
    """The number of an identity card or a pass of Singapore: `S7301144B`."""
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[start + 1 : end - 1], strict=True)) % 11
    return _person(text, start, end) if _OF_SERIES[text[start]][rest] == text[end - 1] else None


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
    Pattern(label="personal.national-id", shape=r"[STFGM][0-9]{7}[A-Z]", judge=_singapore, needs_digit=True),
    # The number of a British driver holds the name, the date of birth and the initials.
    Pattern(
        label="personal.driver-licence",
        shape=r"[A-Z]{2,5}9{0,3}\d[0156]\d[0-3]\d\d[A-Z][A-Z9]\d[A-Z]{2}",
        judge=word,
        needs_digit=True,
    ),
    Pattern(label="personal.national-id", shape=r"\d{17}X", judge=_stdnum("cn.ric"), needs_digit=True),
    Pattern(label="personal.national-id", shape=r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", judge=word, needs_digit=True),
)
