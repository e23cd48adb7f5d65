"""The beginnings of words that spare a search never spare one that would have found something."""

import re
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from trimtab.builtin.detectors.patterns import identifiers, number_kinds, phone


def beginnings(parsed, size):
    """What an expression's matches may begin with, `size` characters at most; `|` for a border, `?` for anything."""
    found = {""}
    for name, argument in parsed:
        found = {(before + after)[:size] for before in found for after in one(str(name), argument, size)}
    return found


def one(name, argument, size):
    if name == "LITERAL":
        return {chr(argument)}
    if name == "IN":
        return {chr(value) if str(kind) == "LITERAL" else "?" for kind, value in argument}
    if name == "BRANCH":
        return set().union(*(beginnings(branch, size) for branch in argument[1]))
    if name == "SUBPATTERN":
        return beginnings(argument[3], size)
    if name == "MAX_REPEAT":
        least, most, inside = argument
        whole, grown = ({""} if least == 0 else set()), {""}
        for times in range(1, min(most, size) + 1):
            grown = {before + after for before in grown for after in beginnings(inside, size)}
            whole |= grown if times >= least else set()
        return whole
    return {"|"} if name == "AT" else {"?"}


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        (number_kinds._ANY_HINT, number_kinds._HINT_LEADS),
        (number_kinds._SAYS["card"], number_kinds._CARD_LEADS),
        (identifiers._HINT, identifiers.ID_LEADS),
        (phone._SAYS, phone._SAYS_LEADS),
        (phone._SAYS_OTHER, phone._OTHER_LEADS),
        (phone._THING, phone._THING_LEADS),
        (phone._RANGE, phone._RANGE_LEADS),
    ],
)
def test_every_word_that_is_looked_for_has_its_lead(words, leads):
    for begins in beginnings(parser.parse(words.pattern), 4):
        lead = re.match(r"[^\W\d_|?]{1,3}", begins.replace("|", " ").lstrip())
        assert lead, begins
        assert lead.group() in leads, begins


FORMS = [known.form.pattern for known in identifiers._KNOWN if known.form is not None]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_an_identifier_is_known_by_its_groups(form):
    some = re.sub(r"\\d|\[[^\]]*\d[^\]]*\]", "0", re.sub(r"\(\?:[^)]*\)\??", "", form).replace(" ?", " "))
    zeros = re.sub(r"(.)\{(\d)(?:,\d)?\}", lambda found: found[1] * int(found[2]), some)
    zeros = re.sub(r"\[(.)[^\]]*\]", r"\1", zeros).replace("\\", "")
    assert identifiers.formed(re.sub(r"\d", "0", zeros)) or identifiers.formed(f"00{re.sub(r'[0-9]', '0', zeros)}"), (
        zeros
    )
