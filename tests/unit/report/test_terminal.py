"""The terminal shows the same verdicts at any width, with and without colour."""

import io
import re

import pytest
from rich.console import Console
from tests.unit.report import examples

from trimtab.report import decision_view


def shown(report, *, width=120, encoding="utf-8", **options):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=file, width=width, highlight=False, **options)
    console.print(decision_view(report))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", examples.ALL)
def test_no_line_is_wider_than_the_terminal_and_nothing_acts(name, width):
    text = shown(examples.ALL[name](), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x00" not in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_verdict_is_a_word_at_every_width(width):
    text = shown(examples.winner_report(), width=width)
    assert text.count("Inconclusive") == 4
    assert text.count("✕ Fail") == 4
    for words in ("Ship q8_0", "★ chosen", "in production", "5.2%", "3.4–7.6%", "needs ~640 more", "2 missing"):
        assert words in text


def test_a_wide_terminal_has_a_table_and_a_narrow_one_a_list():
    wide, narrow = (shown(examples.winner_report(), width=width) for width in (120, 60))
    assert "Requirement" in wide
    assert "Requirement" not in narrow
    assert all(name in narrow for name in ("current", "q8_0", "q4_0"))


def test_the_eighty_columns_of_a_pipe_hold_the_table_of_three_candidates():
    assert "Requirement" in shown(examples.winner_report(), width=80)


def test_colour_is_an_addition_only():
    plain = shown(examples.winner_report())
    coloured = shown(examples.winner_report(), force_terminal=True, color_system="standard")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_no_color_leaves_no_colour(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(examples.winner_report(), force_terminal=True)
    assert not re.search(r"\x1b\[[\d;]*3[1-7]m", text)


@pytest.mark.parametrize("name", sorted(set(examples.ALL) - {"hostile"}))
def test_a_terminal_that_knows_ascii_only_gets_ascii(name):
    shown(examples.ALL[name](), encoding="ascii").encode("ascii")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_was_measured_without_a_floor_is_shown_too(width):
    text = shown(examples.winner_report(), width=width)
    assert "cost" in text
    assert "€0.00041" in text
    if width > 60:
        assert "no floor" in text


def test_calls_and_failed_tries_are_told_in_one_place():
    text = " ".join(shown(examples.winner_report()).split())
    assert "Work 6,204 calls, 318 from the cache" in text
    assert "5 timeout, 1 http-500" in text


def test_the_last_line_is_the_next_step():
    assert shown(examples.winner_report()).rstrip().splitlines()[-1].startswith("Next  Ship q8_0")


def test_an_altered_ledger_and_a_broken_run_are_said():
    assert "does not verify" in shown(examples.hostile_report())
    assert "stopped early (budget)" in shown(examples.missing_report())
