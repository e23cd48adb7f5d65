"""A win says only what evidence says, and shows where evidence has since said something else."""

from dataclasses import replace

import pytest

from trimtab.decision.wins import PARTS, Binding, Figure, Win, reach, sentences, trouble, written

RATE = {"value": 0.0125, "low": 0.004, "high": 0.03, "level": 0.95, "count": 80}
PARTS_OF = {
    "risk": "A patient's name could have left the ward. Under R08 and Article IX that is reportable since 2026-08-02.",
    "done": "We put a guard in front, in 2026-Q3.",
    "numbers": "Leaks fell from {before:percent-interval} to {after:percent-interval}.",
    "money": "It cost {spent:money}. What it saves is not known.",
    "limits": "The suite has no Finnish.",
    "ask": "We ask for 3 more days.",
}


def figure(value, *, now=None, follow=True, row=4):
    return Figure(
        binding=Binding(row=row, path="a", follow=follow), value=value, now=value if now is None else now, now_row=9
    )


FIGURES = {"before": figure({**RATE, "value": 0.4}, follow=False), "after": figure(RATE), "spent": figure(1_234_550)}


def win(**parts):
    bound = {name: one.binding for name, one in FIGURES.items()}
    return Win(win="w1", title="Fewer leaks", system="bot", parts={**PARTS_OF, **parts}, figures=bound)


def test_the_page_is_made_of_figures_from_evidence():
    assert trouble(win(), FIGURES) == []
    page = sentences(win(), FIGURES, currency="EUR")
    assert [one.part for one in page] == ["risk", "risk", "done", "numbers", "money", "money", "limits", "ask"]
    assert page[3].text == (
        "Leaks fell from 40 % (0.4 % to 3 %, 95 % interval) to 1.25 % (0.4 % to 3 %, 95 % interval)."
    )
    assert page[4].text == "It cost 12,345.50 EUR."
    assert not any(one.stale for one in page)


def test_only_the_sentence_whose_number_changed_is_stale():
    now = {**FIGURES, "after": figure(RATE, now={**RATE, "value": 0.02})}
    page = sentences(win(), now, currency="EUR")
    assert [one.part for one in page if one.stale] == ["numbers"]
    assert page[3].stale == ("1.25 % (0.4 % to 3 %, 95 % interval) is now 2 % (0.4 % to 3 %, 95 % interval) (row 9)",)
    assert "1.25 %" in page[3].text  # it says what it said


def test_what_was_before_stays_and_what_is_gone_is_stale():
    before = {**FIGURES, "before": replace(FIGURES["before"], now={**RATE, "value": 0.5})}
    assert not any(one.stale for one in sentences(win(), before, currency="EUR"))
    gone = {**FIGURES, "spent": replace(FIGURES["spent"], now=None)}
    stale = [one.stale for one in sentences(win(), gone, currency="EUR") if one.stale]
    assert stale == [("12,345.50 EUR is now not there (row 9)",)]


@pytest.mark.parametrize(
    ("parts", "figures", "said"),
    [
        ({"limits": " "}, {}, "limits is empty"),
        ({"moral": "x"}, {}, "no part 'moral'"),
        ({"risk": "It would have met 200 people."}, {}, "the number 200 typed in"),
        ({"done": "Leaks fell by 12.5 percent."}, {}, "the number 12.5 typed in"),
        ({"money": "It cost {spent:money} and {other}."}, {}, "{other} is bound to no evidence"),
        ({"money": "It cost little."}, {}, "'spent' stands in no sentence"),
        ({"money": "It cost {spent:coins}."}, {}, "a form that is none"),
        ({"money": "It cost {spent:interval}."}, {}, "has no interval"),
        ({"numbers": "Now {after:percent-interval}."}, {}, "fewer than two figures"),
        ({"numbers": "From {before} to {after:percent}."}, {}, "numbers has no interval"),
        ({}, {"spent": replace(FIGURES["spent"], value=None)}, "{spent} leads nowhere: row 4, 'a'"),
    ],
)
def test_what_cannot_be_a_win(parts, figures, said):
    found = trouble(win(**parts), {**FIGURES, **figures})
    assert any(said in one for one in found), found


def test_all_mistakes_are_said_at_once():
    assert len(trouble(Win(win="w", title="t", system="", parts={}), {})) == len(PARTS) + 2


PAYLOAD = {
    "candidates": [{"candidate": "a", "estimates": {"leak": RATE}}, {"candidate": "b", "n": [1, 2]}, {"name": "b"}]
}


def test_a_step_may_name_an_element_by_two_of_its_names():
    kpis = [{"kpi": "R04", "scope": "system", "name": name, "seen": RATE} for name in ("bot", "tool")]
    payload = {"kpis": [*kpis, {"kpi": "R04", "scope": "organisation", "name": "", "seen": 1}]}
    assert reach(payload, "kpis/R04@tool/seen/value") == 0.0125
    assert reach(payload, "kpis/R04@organisation/seen") == 1
    assert reach(payload, "kpis/R04/seen") is None
    assert reach(payload, "kpis/R04@system/seen") is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("candidates/a/estimates/leak/value", 0.0125),
        ("/candidates/0/candidate", "a"),
        ("candidates/1/n/1", 2),
        ("candidates/b", None),  # two are called so
        ("candidates/9", None),
        ("candidates/a/estimates/none/value", None),
        ("candidates/a/candidate/x", None),
        ("", PAYLOAD),
    ],
)
def test_paths(path, found):
    assert reach(PAYLOAD, path) == found


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (3, "number", "3"),
        (1234567, "number", "1,234,567"),
        (0.123456, "number", "0.123"),
        (1_790_000_000_000_000, "day", "2026-09-21"),
        ("pass", "number", "pass"),
        (RATE, "percent", "1.25 %"),
    ],
)
def test_forms(value, form, text):
    assert written(value, form, currency="EUR") == text


@pytest.mark.parametrize(
    ("value", "form"),
    [(None, "number"), (True, "number"), ("nan", "money"), ([1], "number"), ({}, "day"), (1e300, "day")],
)
def test_what_is_no_figure(value, form):
    with pytest.raises(ValueError, match="cannot be written"):
        written(value, form, currency="EUR")
