"""Quizzes: every answer is found again by other means, and the same seed draws the same quiz."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scipy.stats import beta
from tests.unit.decision.governed import DAY, START, books, policy

from trimtab.decision.lessons import modules
from trimtab.decision.quiz import LETTERS, draw, grade, sheet_facts
from trimtab.decision.quiz_questions import WRITERS
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.policy.courses import TOPICS, courses, shipped
from trimtab.report.learning_sheets import modules_markdown, quiz_markdown

POLICY = policy()
END = START + 80 * DAY
HOURS = DAY // 24


def opened(id_, **more):
    given = {"severity": "S1", "hazard": "AILUM.prv", "what": "it leaked", "system": "bot", "at": START + 5 * DAY}
    return IncidentOpened(incident=id_, by="lead", **{**given, **more})


ENTRIES = [
    opened("INC-1", started=START, detected=START + 30 * HOURS, duty="serious", found_by="customer"),
    opened("INC-2", detected=START + 4 * DAY, duty="death", found_by="outside"),
    opened("INC-3", started=START + DAY, hazard="outage"),
    IncidentMoved(incident="INC-1", step="contain", at=START + 6 * DAY, by="lead"),
    IncidentMoved(incident="INC-1", step="fix", at=START + 8 * DAY, by="lead"),
    FindingOpened(
        finding="F-1", severity="S2", what="no log", control="eu-ai-act:Art.12", at=START, by="lead", due=START + DAY
    ),
    FindingMoved(finding="F-1", step="fix", at=START + 2 * DAY, by="lead"),
]
BOOKS = books(ENTRIES)
QUESTIONS = {topic: list(writer(POLICY, BOOKS, END)) for topic, writer in WRITERS.items()}


def parts(pattern, text):
    found = re.search(pattern, text)
    assert found is not None, text
    return found.groups()


def right(one):
    return one.options[one.answer]


def floor_of(tier, name):
    floor = POLICY.tiers[tier].floors[name]
    return ("at least", floor.at_least) if floor.at_least is not None else ("at most", floor.at_most)


def check_floors(one):
    name, tier = parts(r"\((\w+)\) What does tier (\w+) ask", one.text)
    assert right(one) == "{} {:g}".format(*floor_of(tier, name))


def check_interval(one):
    of, hits, name, low, high, tier = parts(
        r"Of (\d+) .* cases (\d+) count for (\w+); .* from ([\d.]+) to ([\d.]+)\. Tier (\w+)", one.text
    )
    hits, of = int(hits), int(of)
    ends = (
        0.0 if hits == 0 else beta.ppf(0.025, hits, of - hits + 1),
        1.0 if hits == of else beta.ppf(0.975, hits + 1, of - hits),
    )
    assert [float(low), float(high)] == pytest.approx(ends, abs=5e-5)
    side, bound = floor_of(tier, name)
    inside = [end >= bound if side == "at least" else end <= bound for end in ends]
    word = "passes" if all(inside) else "undecided" if any(inside) else "fails"
    assert word in right(one)


def check_steps(one):
    name = parts(r"Where (\S+) stands", one.text)[0]
    may = {"INC-1": {"verify"}, "INC-2": {"contain", "fix"}, "INC-3": {"detect"}, "F-1": {"verify"}}[name]
    assert right(one) in may
    assert not may & (set(one.options) - {right(one)})


def check_reporting(one):
    days = {"serious": 15, "death": 10, "widespread": 2}
    kind = parts(r"`(\w+)`", one.text)[0]
    seen = re.search(r"seen on (\S+)\.", one.text)
    expected = str(days[kind])
    if seen:
        expected = str((datetime.fromisoformat(seen[1]) + timedelta(days=days[kind])).date())
    assert right(one) == expected


def check_owners(one):
    what, name = parts(r"^Who (accepts the risk of|owns the metric|owns) (\w+)\?$", one.text)
    part = POLICY.metrics[name] if "metric" in what else POLICY.systems[name]
    assert right(one) == (part.risk_owner if "risk" in what else part.owner)


def check_incidents(one):
    id_ = parts(r"(INC-\d)", one.text)[0]
    entry = next(entry for entry in ENTRIES if isinstance(entry, IncidentOpened) and entry.id == id_)
    if one.text.startswith("Who"):
        assert right(one) == entry.found_by
    else:
        assert (entry.incident, right(one)) == ("INC-1", "1 day 6 hours")


def check_red_lines(one):
    assert right(one) == "Does it hurt?"


def check_vendors(one):
    text = one.text
    if "how many days" in text:
        assert right(one) == ("92" if "north" in text else "365")
    elif "promise" in text:
        assert right(one) == {"R04": "0.9", "P08": "0.8"}[text.rstrip("?").split()[-1]]
    else:
        assert right(one) == "north"


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_answer_is_found_by_other_means(topic):
    found = QUESTIONS[topic]
    assert found
    for one in found:
        assert len(set(one.options)) == len(one.options) >= 2
        assert one.sources
        assert one.how
        globals()[f"check_{topic.replace('-', '_')}"](one)


def test_all_verdicts_are_asked_about():
    assert {right(one) for one in QUESTIONS["interval"]} == {
        option for one in QUESTIONS["interval"] for option in one.options
    }


def test_a_seed_draws_one_quiz_and_another_draws_another():
    course = replace(courses(POLICY.learning)["own"], topics=tuple(TOPICS))
    first, again = (draw(POLICY, BOOKS, course, seed=7, end=END) for _ in range(2))
    assert first == again
    assert first.id == again.id
    others = {draw(POLICY, BOOKS, course, seed=seed, end=END).id for seed in range(20)}
    assert len(others) == 20
    letters = {
        LETTERS[one.answer] for seed in range(20) for one in draw(POLICY, BOOKS, course, seed=seed, end=END).questions
    }
    assert letters == set(LETTERS)  # the right one stands anywhere
    for one in first.questions:
        assert len(one.options) <= 4
        check = globals()[f"check_{one.topic.replace('-', '_')}"]
        check(one)


def test_a_sheet_holds_no_answer_and_is_graded_by_drawing_again():
    course = courses(POLICY.learning)["own"]
    quiz = draw(POLICY, BOOKS, course, seed=3, end=END)
    sheet = quiz.sheet()
    assert set(sheet["questions"][0]) == {"text", "options"}
    assert sheet_facts(sheet)[0] == quiz.id
    all_right = [LETTERS[one.answer] for one in quiz.questions]
    assert grade(quiz, [f" {one.upper()} " for one in all_right], course).score == 1.0
    assert grade(quiz, [""] * len(all_right), course).score == 0.0
    least = [letter if at < 7 else "" for at, letter in enumerate(all_right)]
    assert [grade(quiz, least, course).passed, grade(quiz, [*least[:6], *[""] * 2], course).passed] == [True, False]
    with pytest.raises(ValueError, match="answers"):
        grade(quiz, ["a"], course)
    broken_ones: list[Any] = [
        {**sheet, "seed": "3"},
        {**sheet, "answers": [1]},
        {"quiz": "x"},
        [],
        {**sheet, "row": -1},
    ]
    for broken in broken_ones:
        with pytest.raises(ValueError, match="quiz"):
            sheet_facts(broken)


def test_nothing_to_ask_about_is_no_quiz():
    course = replace(courses(POLICY.learning)["own"], topics=("incidents",))
    with pytest.raises(InsufficientEvidenceError):
        draw(POLICY, books([]), course, seed=0, end=END)


def test_every_course_of_the_catalogue_teaches_something_that_can_be_asked():
    for course in shipped().values():
        assert all(lesson.title and lesson.text for lesson in course.lessons)
        assert set(course.topics) <= set(WRITERS)
        assert draw(POLICY, BOOKS, course, seed=1, end=END).questions
        assert not re.search(r"[*_`<>#|]", "".join(lesson.text for lesson in course.lessons))


# -- modules -----------------------------------------------------------------------------------------


def test_modules_are_made_of_what_happened_and_answered_from_facts():
    made = {one.hazard: one for one in modules(POLICY, BOOKS, end=END)}
    assert set(made) == {"AILUM.prv", "outage", "eu-ai-act:Art.12"}
    first = {one.id: one for one in made["AILUM.prv"].cases}["INC-1"]
    said = " ".join(task.answer for task in first.tasks)
    assert "first seen by a customer" in said
    assert "1 day 6 hours after the harm began" in said
    due = datetime.fromtimestamp((START + 30 * HOURS) / 1e6, UTC) + timedelta(days=15)
    assert f"By {due.date()}; it was not reported, and that day is past." in said
    finding = made["eu-ai-act:Art.12"].cases[0]
    assert "is not verified, 79 days after it was due" in finding.tasks[1].answer
    assert modules(POLICY, BOOKS, end=START) == []


HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) ![i](http://e/x.png) | a `code` # h @team \u202e **b**\n\n# new"
)


def test_nothing_that_anybody_wrote_acts_in_a_module_or_a_quiz():
    entries = [opened("INC-1", what=HOSTILE, started=START, detected=START + DAY, hazard="a]b")]
    text = modules_markdown(modules(POLICY, books(entries), end=END))
    evil = POLICY.model_copy(
        update={"metrics": {**POLICY.metrics, "leak": POLICY.metrics["leak"].model_copy(update={"question": HOSTILE})}}
    )
    text += quiz_markdown(draw(evil, books(entries), courses(evil.learning)["own"], seed=1, end=END))
    assert "alert" in text
    for acts in ("<script", "](", "![", "\u202e", "\n# new", "**b**", "`code`", "@team", "| a"):
        assert acts not in text, acts
