"""The page on ASVS leaves no requirement of level 1 out, and names files and tests that are there."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "asvs.md"

# Requirements of level 1 of OWASP ASVS 5.0.0, as released: 70 of 345.
LEVEL_1 = [
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.2.4",
    "1.2.5",
    "1.3.1",
    "1.3.2",
    "1.5.1",
    "2.1.1",
    "2.2.1",
    "2.2.2",
    "2.3.1",
    "3.2.1",
    "3.2.2",
    "3.3.1",
    "3.4.1",
    "3.4.2",
    "3.5.1",
    "3.5.2",
    "3.5.3",
    "4.1.1",
    "4.4.1",
    "5.2.1",
    "5.2.2",
    "5.3.1",
    "5.3.2",
    "6.1.1",
    "6.2.1",
    "6.2.2",
    "6.2.3",
    "6.2.4",
    "6.2.5",
    "6.2.6",
    "6.2.7",
    "6.2.8",
    "6.3.1",
    "6.3.2",
    "6.4.1",
    "6.4.2",
    "7.2.1",
    "7.2.2",
    "7.2.3",
    "7.2.4",
    "7.4.1",
    "7.4.2",
    "8.1.1",
    "8.2.1",
    "8.2.2",
    "8.3.1",
    "9.1.1",
    "9.1.2",
    "9.1.3",
    "9.2.1",
    "10.4.1",
    "10.4.2",
    "10.4.3",
    "10.4.4",
    "10.4.5",
    "11.3.1",
    "11.3.2",
    "11.4.1",
    "12.1.1",
    "12.2.1",
    "12.2.2",
    "13.4.1",
    "14.2.1",
    "14.3.1",
    "15.1.1",
    "15.2.1",
    "15.3.1",
]
STATES = ("met", "partly", "not met", "not asked")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
_FILE = re.compile(r"`([\w/.-]+\.(?:py|html|js|md|txt))`")


def rows():
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| v5.0.0-"):
            cells = [one.strip() for one in line.strip().strip("|").split("|")]
            assert len(cells) == 5, line[:60]
            found.append(cells)
    return found


ROWS = rows()


@cache
def functions_in(path):
    return set(re.findall(r"^(?:async )?def (test_\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_requirement_of_level_1_stands_once_and_in_order():
    assert len(LEVEL_1) == 70
    assert [one[0].removeprefix("v5.0.0-") for one in ROWS] == LEVEL_1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_there(row):
    _, asks, state, where, shown = row
    assert state in STATES
    assert asks.endswith(".")
    files, tests = _FILE.findall(where), _TEST.findall(shown)
    for path in files:
        assert (ROOT / "src" / "trimtab" / path).is_file() or (ROOT / path).is_file(), path
    for path, name in tests:
        assert name in functions_in(path), f"{path}::{name}"
    assert shown == ", ".join(f"`{path}::{name}`" for path, name in tests)
    if state in ("met", "partly"):
        assert files or "](" in where
        assert tests
    else:
        assert where


def test_the_page_counts_its_states():
    counted = Counter(row[2] for row in ROWS)
    told = ", ".join(f"{counted[state]} {state}" for state in STATES)
    assert f"**{told}.**" in PAGE.read_text(encoding="utf-8")


def test_time_frames_for_components_of_others_are_said():
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## Supply chain")[2]
    assert re.search(r"within \d+ days", said)
    assert "every three months" in said
