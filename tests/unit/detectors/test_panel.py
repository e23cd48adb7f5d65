"""Order and votes: a verdict that turns with the order is none, and judges who disagree leave it to a person."""

import asyncio
import json
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.detectors.judging import serving, verdict

from trimtab.builtin.detectors.judges.llm import LlmJudge
from trimtab.builtin.detectors.judges.order import Order, order_of
from trimtab.builtin.detectors.judges.panel import Panel
from trimtab.detect import look_async
from trimtab.enforce import Guard
from trimtab.errors import DetectorError, DisputedError
from trimtab.kinds import Context, plugins
from trimtab.policy import GuardSpec
from trimtab.testing import Behaviour

TEXT = "Marolin Example says hello."
HERE = Context(origin="assistant")
LABELS = ["harm.toxicity", "harm.hate", "refusal"]


def look(detector, text=TEXT):
    return asyncio.run(look_async(detector, text, HERE))


def llm(server, **fields):
    return LlmJudge(**{"url": server.url, "model": "m", "labels": ["harm.toxicity"], "backoff": 0.001, **fields})


def instructions(seen):
    return seen.body["messages"][0]["content"]


def asked(seen):
    """Labels in the order in which they were asked, and answers as they were offered."""
    shape = json.loads(instructions(seen).rpartition("form: ")[2])
    return list(shape["verdicts"]), next(iter(shape["verdicts"].values()))


# -- order -----------------------------------------------------------------------------------------


@given(st.text(max_size=20), st.integers(0, 5))
def test_the_same_text_is_asked_in_the_same_order_and_turning_twice_is_nothing(text, seed):
    order = order_of(LABELS, text, seed=seed)
    assert order == order_of(LABELS, text, seed=seed)
    assert sorted(order.labels) == sorted(LABELS)
    assert order.turned() != order
    assert order.turned().turned() == order
    assert order.answers[2] == "unclear"


def test_orders_differ_from_text_to_text_and_every_label_comes_first_about_as_often():
    drawn = [order_of(LABELS, f"text {number}", seed=0) for number in range(3000)]
    for label in LABELS:
        assert 850 < sum(order.labels[0] == label for order in drawn) < 1150
    assert 1350 < sum(order.answers[0] == "yes" for order in drawn) < 1650


def test_what_is_asked_is_in_the_drawn_order_everywhere():
    def script(seen):
        return verdict(seen, harm__toxicity="no", harm__hate="no", refusal="yes")

    with serving(script) as server:
        judge = llm(server, labels=LABELS, seed=3)
        for number in range(6):
            assert [one.label for one in look(judge, f"text {number}")] == ["refusal"]
    seen = set()
    for request, number in zip(server.seen, range(6), strict=True):
        order = order_of(LABELS, f"text {number}", seed=3)
        labels, answers = asked(request)
        assert (labels, answers) == (list(order.labels), "|".join(order.answers))
        assert re.findall(r"^- ([a-z._]+):", instructions(request), re.MULTILINE) == labels
        schema = request.body["response_format"]["json_schema"]["schema"]["properties"]["verdicts"]
        assert schema["required"] == labels
        assert schema["properties"][labels[0]]["enum"] == list(order.answers)
        seen.add((*labels, answers))
    assert len(seen) > 1


def test_a_fixed_order_is_the_one_that_was_written():
    with serving(lambda seen: verdict(seen, harm__toxicity="no", harm__hate="no", refusal="no")) as server:
        look(llm(server, labels=LABELS, order="fixed"))
    assert asked(server.seen[0]) == (LABELS, "yes|no|unclear")


def test_asked_both_ways_it_is_asked_twice_and_the_same_answer_stands():
    with serving(lambda seen: verdict(seen, harm__toxicity="yes")) as server:
        (found,) = look(llm(server, order="both"))
    assert found.confidence == 1.0
    assert sorted(asked(one)[1] for one in server.seen) == ["no|yes|unclear", "yes|no|unclear"]


@pytest.mark.parametrize(("place", "word"), [(0, "first"), (1, "last")])
def test_a_verdict_that_turns_with_the_order_is_none_and_says_where_it_leans(place, word):
    def script(seen):
        return verdict(seen, harm__toxicity=asked(seen)[1].split("|")[place])

    with serving(script) as server, pytest.raises(DisputedError) as error:
        look(llm(server, order="both"))
    assert (error.value.reason, error.value.detail) == ("order-decides", f"harm.toxicity: takes what stands {word}")
    assert "Marolin" not in str(error.value)
    # Asked one way only, the same judge passes for one that knows.
    with serving(script) as server:
        look(llm(server))


def test_one_way_that_fails_fails_the_look():
    def script(seen):
        first = asked(seen)[1].startswith("yes")
        return Behaviour(status=500) if first else verdict(seen, harm__toxicity="no")

    with serving(script) as server, pytest.raises(DetectorError, match="http-500"):
        look(llm(server, order="both", retries=0))


@pytest.mark.parametrize("order", ["random", "", None])
def test_an_order_that_does_not_exist_is_a_mistake(order):
    with pytest.raises(ValueError, match="order must be one of"):
        LlmJudge(url="http://127.0.0.1:1", model="m", labels=["refusal"], order=order)


def test_orders_are_values():
    assert Order(labels=("a", "b")) == Order(labels=("a", "b"))


# -- votes -----------------------------------------------------------------------------------------


def panel(server, *models, **fields):
    """Judges whose models say what they answer: yes, no, junk, or 500."""
    judges = [
        {
            "detector": "llm-judge",
            "with": {
                "url": server.url,
                "model": model,
                "labels": ["harm.toxicity"],
                "backoff": 0.001,
                "retries": 0,
                "seed": number,
            },
        }
        for number, model in enumerate(models)
    ]
    return Panel(**{"judges": judges, "labels": ["harm.toxicity"], **fields})


def answering(seen):
    model = seen.body["model"]
    if model == "limited":
        return Behaviour(status=429)
    if model == "huge":
        return "x" * 100_000
    if model in ("yes", "no", "unclear"):
        return verdict(seen, harm__toxicity=model)
    return {"junk": "I think it is fine.", "empty": ""}[model]


@pytest.mark.parametrize(
    ("models", "agree", "said"),
    [
        (("yes", "yes"), 0, 1.0),
        (("no", "no"), 0, None),
        (("yes", "yes", "no"), 2, 2 / 3),
        (("yes", "no", "no"), 2, None),
        (("yes", "yes", "junk"), 2, 1.0),
        (("no", "no", "limited"), 2, None),
        (("yes", "no"), 0, "judges-disagree"),
        (("yes", "yes", "no"), 0, "judges-disagree"),
        (("yes", "no", "junk"), 2, "judges-disagree"),
        (("no", "no", "junk"), 0, "no-verdict"),
        (("no", "empty"), 0, "no-verdict"),
        (("no", "huge"), 0, "no-verdict"),
        (("no", "limited"), 0, "http-429"),
        (("no", "unclear"), 0, "no-verdict"),
        (("junk", "junk"), 0, "no-verdict"),
    ],
)
def test_what_enough_of_them_say_counts_and_nothing_else(models, agree, said):
    with serving(answering) as server:
        judge = panel(server, *models, agree=agree)
        if isinstance(said, str):
            with pytest.raises(DetectorError) as error:
                look(judge)
            disputed = isinstance(error.value, DisputedError)
            assert disputed is (said == "judges-disagree")
            assert (error.value.reason if isinstance(error.value, DisputedError) else error.value.detail).startswith(
                said
            )
            assert "Marolin" not in str(error.value)
        else:
            found = look(judge)
            assert [one.confidence for one in found] == ([] if said is None else [pytest.approx(said)])
            assert all((one.start, one.end) == (0, len(TEXT)) for one in found)


def test_a_judge_that_turns_with_the_order_has_no_vote():
    def script(seen):
        turns = seen.body["model"] == "turns"
        return verdict(seen, harm__toxicity=asked(seen)[1].split("|")[0] if turns else "no")

    with serving(script) as server:
        judges = [
            {
                "detector": "llm-judge",
                "with": {"url": server.url, "model": name, "labels": ["harm.toxicity"], "order": "both"},
            }
            for name in ("turns", "steady")
        ]
        with pytest.raises(DisputedError, match="judges-disagree"):
            look(Panel(judges=judges, labels=["harm.toxicity"]))


def test_judges_of_other_kinds_vote_as_well_and_what_they_find_elsewhere_has_no_vote():
    with serving(answering) as server:
        judges = panel(server, "no", "yes").judges[:1]
        mixed = Panel(judges=[*judges, {"detector": "toxicity"}], labels=["harm.toxicity"])
        assert look(mixed, "What a lovely morning, thank you.") == []


def test_a_guard_stops_what_its_panel_disputes():
    with serving(answering) as server:
        given = {"judges": [dict(one) for one in panel(server, "yes", "no").judges], "labels": ["harm.toxicity"]}
        spec = GuardSpec.model_validate(
            {"budget_ms": 5000, "output": [{"detector": "panel", "with": given, "action": "block"}]}
        )
        assert Guard(spec).output("Good morning.").action == "block"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"labels": []}, "labels must be"),
        ({"labels": "harm.toxicity"}, "labels must be"),
        ({"judges": []}, "list of 2 to 9"),
        ({"judges": {"detector": "toxicity"}}, "list of 2 to 9"),
        ({"judges": [{"detector": "toxicity"}] * 2}, "named twice"),
        ({"judges": [{"detector": "toxicity"}, {"model": "m"}]}, "judge 2 is not of the form"),
        ({"judges": [{"detector": "toxicity"}, "refusal"]}, "judge 2 is not of the form"),
        ({"judges": [{"detector": "toxicity"}, {"detector": "panel"}]}, "no judge of a panel"),
        ({"judges": [{"detector": "toxicity"}, {"detector": "refusal"}]}, "does not find 'harm.toxicity'"),
        ({"agree": 1}, "more than half"),
        ({"agree": 3}, "more than half"),
        ({"errors": {"refusal": {}}}, "not among"),
    ],
)
def test_a_panel_that_cannot_be_is_a_mistake(fields, words):
    one = {"url": "http://127.0.0.1:1", "model": "m", "labels": ["harm.toxicity"]}
    usual = {
        "judges": [{"detector": "toxicity"}, {"detector": "llm-judge", "with": one}],
        "labels": ["harm.toxicity"],
    }
    with pytest.raises((ValueError, LookupError), match=words):
        Panel(**{**usual, **fields})


def test_what_is_wrong_survives_pickling():
    error = DisputedError("panel", "judges-disagree", "harm.toxicity: 1 say yes, 1 no")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.reason) == (str(error), "judges-disagree")


def test_it_is_installed():
    assert plugins.find("detectors", "panel") is Panel
