"""Pages about people: one's own is nobody else's, counts do not tell of single persons, files are those of the commands."""

import contextlib
from datetime import UTC, datetime

import orjson
import pytest
from click.testing import CliRunner
from tests.serve.test_pages import World
from tests.workspace.governing import DAY, NOW, policy_in

from trimtab.cli import app
from trimtab.decision.period import Period
from trimtab.evidence.entries.reading import Draft
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.declared import ALONE, API, WHO
from trimtab.serve.pages.own.mine import mine
from trimtab.serve.pages.snapshot import Standing
from trimtab.workspace.keeping import keep

LEARNING = """
learning:
  courses: {ai-literacy: {}}
liaison:
  - {priority: Answers at once, safety: Nothing is told that is another's, owner: safety-lead, metrics: [attacks, R04], systems: [bot], requirement: "owasp-llm-2026:LLM01"}
"""


class House(World):
    """The world of the pages, with people who learn, appeal and enter."""

    def write(self):
        super().write()
        path = self.path.with_name("trimtab.yaml")
        self.policy = policy_in(path.parent, path.read_text() + LEARNING)
        by = {"by": "safety-lead", "at": NOW - 60 * DAY}
        learned = {"person": "ml-lead", "course": "ai-literacy"}
        drafts = [
            Draft(kind="training", values={**learned, "step": "completed", **by}),
            Draft(kind="training", values={**learned, "step": "retention", "score": 0.31, **by, "at": NOW - 20 * DAY}),
            Draft(
                kind="appeal",
                values={"appeal": "A-1", "figure": "R04", "what": "Not so.", "by": "ml-lead", "at": NOW - DAY},
            ),
        ]
        about = {"severity": "S3", "what": "Late.", "owner": "ml-team", "system": "tool", **by}
        drafts += [
            Draft(kind="finding", values={**about, "finding": "F-3", "due": NOW + 9 * DAY}),
            Draft(kind="finding", values={**about, "finding": "F-2", "due": NOW - 9 * DAY}),
        ]
        keep(self.ledger, self.policy, drafts, now=NOW - DAY)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    made = House(tmp_path_factory.mktemp("people"))
    yield made
    made.ledger.close()


@pytest.fixture
def team(house, monkeypatch):
    """Lets the client be whoever is named, of several who can look."""

    def be(name):
        person = Person(name=name, roles=frozenset({"engineer"}))
        monkeypatch.setattr(Alone, "person", lambda *_, **__: person)
        return house.client

    return be


def data(client, path):
    answer = client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


# -- one's own page --------------------------------------------------------------------------------


def test_whoever_is_alone_is_asked_who_they_are_and_may_be_anybody(house):
    asked = data(house.client, "/me")
    assert (asked["name"], asked["choices"]) == ("", ["safety-lead", "internal-auditor", "ml-lead"])
    assert asked["due"] == asked["owned"] == asked["holds"] == asked["entered"] == []
    chosen = data(house.client, "/me?name=ml-lead")
    assert [one["course"] for one in chosen["holds"]] == ["ai-literacy"]
    assert house.client.get("/me?name=nobody-here").status_code == 404


def test_in_a_team_everybody_sees_their_own_page_and_no_other(house, team):
    client = team("ml-lead")
    own = data(client, "/me")
    assert own["name"] == "ml-lead"
    assert own["choices"] == []
    assert [one["score"] for one in own["holds"]] == [0.31]
    assert [one["appeal"] for one in own["appeals"]] == ["A-1"]
    assert {one["kind"] for one in own["owned"]} >= {"system", "metric"}
    assert data(client, "/me?name=ml-lead") == own
    for form in ("/me", f"{API}/me"):
        answer = client.get(f"{form}?name=safety-lead")
        assert answer.status_code == 404
        assert "safety-lead" not in answer.text
    other = team("safety-lead")
    text = other.get("/me").text
    assert "safety-lead" in text
    assert "A-1" not in text
    assert "31.0" not in text


def test_an_answer_for_one_person_is_not_the_answer_for_another(house, team):
    for form in ("/me", f"{API}/me"):
        mine_ = team("ml-lead").get(form)
        assert "private" in mine_.headers["cache-control"]
        tag = {"if-none-match": mine_.headers["etag"]}
        assert team("ml-lead").get(form, headers=tag).status_code == 304
        theirs = team("safety-lead").get(form, headers=tag)
        assert theirs.status_code == 200
        assert theirs.headers["etag"] != mine_.headers["etag"]
        assert theirs.content != mine_.content


@pytest.mark.parametrize("name", [WHO, ALONE])
def test_no_address_says_who_looks(house, team, name):
    for path in ("/me", f"{API}/me", "/learning"):
        assert team("ml-lead").get(path, params={name: "safety-lead"}).status_code == 400
        assert name.replace(" ", "+") not in house.client.get(path).text


def test_a_page_that_is_told_of_nobody_is_nobodys(house):
    """As it is made in advance, before anybody looks."""
    made = mine(house.watched.snapshot(), Standing(proof="unknown"), {})
    assert (made.name, made.choices, made.holds, made.entered) == ("", (), (), ())


def test_somebody_whom_the_policy_does_not_list_owns_nothing(house, team):
    found = data(team("stranger"), "/me")
    assert (found["known"], found["owned"], found["due"], found["holds"]) == (False, [], [], [])
    assert "lists nobody of this name" in team("stranger").get("/me").text


def test_what_is_due_comes_by_its_day_and_says_whether_it_is_late(house):
    found = data(house.client, "/me?name=ml-lead")["due"]
    assert [(one["id"], one["late"]) for one in found if one["kind"] == "finding"] == [("F-2", True), ("F-3", False)]
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    # Who leads a team answers for what is the team's; without a day it is due now.
    leads = data(house.client, "/me?name=safety-lead")["due"]
    assert {(one["kind"], one["id"], one["at"]) for one in leads} == {
        ("course", "ai-literacy", 0),
        ("finding", "F-1", 0),
    }
    owned = data(house.client, "/me?name=ml-lead")["owned"]
    assert {(one["id"], one["through"]) for one in owned if one["kind"] == "system"} == {
        ("bot", "ml-team"),
        ("tool", "ml-team"),
    }


# -- learning --------------------------------------------------------------------------------------


def test_who_holds_what_is_listed_only_to_whoever_can_look_alone(house, team):
    alone = data(house.client, "/learning")
    assert {one["person"] for one in alone["people"]} == {"safety-lead", "internal-auditor", "ml-lead"}
    shared = data(team("safety-lead"), "/learning")
    assert shared["people"] == []
    assert "ml-lead" not in team("safety-lead").get("/learning").text.replace("ml-leads", "")
    # Nor do shares of three people say it.
    assert all(one["held"]["missing"] == one["knew"]["missing"] == "too-few" for one in shared["shares"])
    assert "not shown" not in house.client.get("/learning").text  # they are named in a sentence, not in empty rows


def test_a_line_of_the_board_says_what_shows_it_and_what_stands_against_it(house):
    (line,) = data(house.client, "/learning")["board"]
    assert [(one["name"], one["kpi"]) for one in line["shown"]] == [("attacks", False), ("R04", True)]
    assert line["shown"][0]["verdict"] == "pass"
    assert [one["id"] for one in line["open"]] == ["F-1"]


# -- files -----------------------------------------------------------------------------------------


def run(folder, *words):
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, [*words, "--ledger", "ledger.db", "--quiet"])
    assert done.exit_code in (0, 1, 3), done.output


@pytest.mark.parametrize("framework", ["", "eu-ai-act"])
def test_files_of_frameworks_are_those_that_the_command_writes(house, framework):
    folder = house.path.parent
    now = house.watched.snapshot()
    when = ["--as-of", moment_words(now.moment)]
    run(folder, "frameworks", *([framework] if framework else []), *when, "--oscal", "o.json", "--csv", "c.csv")
    at = f"/files/frameworks/{framework}" if framework else "/files/frameworks"
    results, table = house.client.get(f"{at}/results.json"), house.client.get(f"{at}/controls.csv")
    assert results.content == (folder / "o.json").read_bytes()
    assert table.content == (folder / "c.csv").read_bytes()
    assert results.headers["content-type"] == "application/json"
    assert table.headers["content-disposition"] == 'attachment; filename="controls.csv"'
    assert len(orjson.loads(results.content)["assessment-results"]["results"]) == 2
    page = house.client.get(f"/frameworks/{framework}".rstrip("/")).text
    assert f'href="{at}/results.json"' in page
    assert house.client.get(f"{at}/no-such.json").status_code == 404
    assert house.stranger.get(f"{at}/results.json").status_code == 401


def test_files_of_the_review_are_those_that_the_command_writes(house):
    now, folder = house.watched.snapshot(), house.path.parent
    run(folder, "review", "--quarter", "2026-Q4", "--as-of", moment_words(now.moment), "--out", "pack")
    for name in ("md", "json"):
        answer = house.client.get(f"/files/review/review.{name}?quarter=2026-Q4")
        assert answer.content == (folder / "pack" / f"review-2026-Q4.{name}").read_bytes()
    assert "quarter=2026-Q4" in house.client.get("/review?quarter=2026-Q4").text
    assert house.client.get("/review?quarter=2031-Q1").status_code == 404


def test_a_long_part_of_the_review_stands_there_in_part_and_by_itself_whole(tmp_path):
    world, quarter = World(tmp_path), Period.quarter_at(NOW).name
    many = {"severity": "S3", "hazard": "x", "what": "Another.", "system": "tool", "by": "internal-auditor"}
    drafts = [Draft(kind="incident", values={**many, "incident": f"MANY-{number}"}) for number in range(120)]
    keep(world.ledger, world.policy, drafts, now=NOW)
    world.clock.moment += 1
    page, part = (world.client.get(f"/review?quarter={quarter}{more}").text for more in ("", "&part=incidents"))
    assert page.count("MANY-") == 99  # after one that was there before
    assert f'<a href="/review?quarter={quarter}&amp;part=incidents">All 121</a>' in page
    assert part.count("MANY-") == 120
    assert "All 121" not in part
    assert ('id="findings"' in page, 'id="findings"' in part) == (True, False)
    assert ('id="asked"' in page, 'id="asked"' in part) == (True, False)
    assert f'<a href="/review?quarter={quarter}">' in part
    whole, cut = (data(world.client, f"/review?quarter={quarter}{more}") for more in ("", "&part=incidents"))
    assert [one for one in whole["sections"] if one["name"] == "incidents"] == cut["sections"]
    assert (whole["part"], cut["part"], cut["asks"]) == ("", "incidents", [])
    assert len(cut["sections"][0]["items"]) == 121
    paper, same = (
        world.client.get(f"/files/review/review.md?quarter={quarter}{m}").content for m in ("", "&part=policy")
    )
    assert paper == same  # files hold all of it
    assert world.client.get(f"/review?quarter={quarter}&part=no-such").status_code == 404
    world.site.close()
    world.ledger.close()


def moment_words(moment):
    """As a command takes it, to the microsecond."""
    seconds, rest = divmod(moment, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06}Z"


def test_a_framework_that_is_not_there_is_told_with_the_nearest(house):
    answer = house.client.get("/frameworks/eu-ai-akt")
    assert answer.status_code == 404
    assert "eu-ai-act" in answer.text


def test_every_control_stands_once_in_the_matrix_and_every_gap_says_what_closes_it(house):
    page = data(house.client, "/frameworks/owasp-llm-2026")
    assert len(page["controls"]) == len({one["id"] for one in page["controls"]}) == 10
    assert all([mark["system"] for mark in one["marks"]] == ["bot", "tool"] for one in page["controls"])
    assert {one["id"] for one in page["gaps"]} == {
        one["id"]
        for one in page["controls"]
        if one["state"] not in ("met", "met, expiring", "not applicable", "not yet")
    }
    assert all(one["steps"] for one in page["gaps"])
    assert sum(one["count"] for one in page["line"]["counts"]) == 10
