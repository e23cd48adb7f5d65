"""Vendors, the board, learning and people from the command line and as library calls."""

import csv
import json
import stat
from pathlib import Path

import pytest
from tests.command import trimtab, usual

from trimtab.decision.liaison import board
from trimtab.errors import EntryError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.policy import load_policy
from trimtab.report.paper_page import paper_page
from trimtab.report.vendor_letter import letter, letter_paper, questionnaire_csv, questionnaire_markdown
from trimtab.workspace.commitments import commitment, forget
from trimtab.workspace.keeping import keep
from trimtab.workspace.publishing import publish, replay
from trimtab.workspace.standings import see

POLICY = """
trimtab: 1
organisation: Example <b>Health</b>
people:
  lead: {function: safety, roles: [risk-owner]}
  nurse: {function: care}
  former: {function: care, left: '2026-06-01'}
metrics:
  right: {question: "Right?", better: higher, target: 0.9, owner: lead, source: {suite: assistant-questions}}
  leak: {question: "Leak?", better: lower, target: 0.01, owner: lead, source: {suite: secret-keeping},
         links: [owasp-llm-2026:LLM02, owasp-llm-2026:LLM01]}
tiers: {high: {confidence: 0.95, floors: {leak: {at_most: 0.05}}}}
systems:
  bot:
    tier: high
    owner: lead
    intended_use: answers
    maximise: right
    vendors: [north]
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}
vendors:
  north:
    services: [a model]
    owner: lead
    tier: high
    critical: true
    fee: 1000
    asks: [owasp-llm-2026:LLM02, "eu-ai-act:Art.50(1)"]
    sla: [{metric: R04, floor: 0.9, slope: 1}]
liaison:
- {priority: Fast, safety: Careful, owner: former, metrics: [leak], requirement: owasp-llm-2026:LLM02, findings: [F-0]}
- {priority: Cheap, safety: Whole, owner: lead, systems: [bot]}
learning: {courses: {ai-literacy: {questions: 3}}}
"""
NOW = moment("2026-11-20")
BY = usual(TRIMTAB_BY="lead")
EVIL = "<img src=x onerror=1> [x](javascript:1) | `c`\n\n# Paid in full"


@pytest.fixture
def path(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    return tmp_path / "trimtab.yaml"


@pytest.fixture
def kept(path, tmp_path):
    """Enters drafts, and gives what is seen then."""

    def enter(*drafts, now=NOW):
        with Ledger.open(tmp_path / "ledger.db") as ledger:
            keep(ledger, load_policy(path), [Draft(kind=kind, values=values) for kind, values in drafts], now=now)
        return see(path, str(tmp_path / "ledger.db"), before=now + 1)

    return enter


def answered(**given):
    return "vendor", {"vendor": "north", "control": "owasp-llm-2026:LLM02", "answer": "not", "by": "lead", **given}


def took(**given):
    return "training", {"person": "nurse", "course": "ai-literacy", "step": "completed", "by": "lead", **given}


def finding(**given):
    return "finding", {"finding": "F-1", "severity": "S2", "what": EVIL, "by": "lead", "vendor": "north", **given}


@pytest.mark.parametrize(
    ("draft", "wrong"),
    [
        (answered(vendor="south"), "vendor"),
        (answered(control="eu-ai-act:Art.12"), "control"),  # not asked of it
        (answered(control="no link"), "control"),
        (answered(answer="met", independence="outside"), "evidence"),
        (answered(at="2026-11-21"), "at"),
        (("vendor-count", {"vendor": "north", "clause": "P08", "hits": 1, "of": 2, "since": "2026-10-01", "by": "lead"}), "clause"),
        (("vendor-count", {"vendor": "north", "clause": "R04", "hits": 3, "of": 2, "since": "2026-10-01", "by": "lead"}), "of"),
        (("vendor-count", {"vendor": "north", "clause": "R04", "hits": 1, "of": 2, "since": "2026-09-01", "by": "lead"}), "since"),
        (answered(answer="not", independence="other-team"), "by"),  # lead answers for the vendor
        (took(by="nurse"), "by"),
        (finding(vendor="south"), "vendor"),
        (took(person="former"), "person"),
        (took(person="ghost"), "person"),
        (took(course="swimming"), "course"),
        (took(score="0.5"), "score"),
        (took(step="quiz"), "score"),
        (took(step="quiz", score="80"), "score"),
        (took(step="retention", score="0.9"), "step"),  # nothing was completed a month before
        (took(role="everyone"), "role"),
        (took(step="enrolled", course="", role="everyone"), "person"),  # the policy says what roles nurse has
        (took(person="person:" + "0" * 32, step="enrolled", course="", role="pilot"), "role"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_refused(kept, draft, wrong):
    kept(took(at="2026-11-01"))
    with pytest.raises(EntryError) as error:
        kept(draft)
    assert [one.where for one in error.value.mistakes] == [wrong]
    assert "ghost" not in str(error.value)  # a name may have been written where a commitment belongs


def test_counts_do_not_overlap_and_a_quiz_is_taken_once(kept):
    count = {
        "vendor": "north",
        "clause": "R04",
        "hits": 1,
        "of": 2,
        "since": "2026-10-01",
        "at": "2026-10-10",
        "by": "lead",
    }
    kept(("vendor-count", count), ("vendor-count", {**count, "independence": "outside"}))
    kept(took(step="quiz", score="1", quiz="quiz-1"))
    for draft, field in (
        (("vendor-count", {**count, "since": "2026-10-09", "at": "2026-10-12"}), "since"),
        (took(step="quiz", score="0.5", quiz="quiz-1"), "quiz"),
    ):
        with pytest.raises(EntryError) as error:
            kept(draft)
        assert [one.where for one in error.value.mistakes] == [field]


def test_a_letter_says_what_was_found_and_nothing_in_it_acts(kept):
    from trimtab.decision.period import Period

    seen = kept(
        finding(due="2026-11-01", at="2026-10-20"),
        answered(what=EVIL, answer="partly"),
        ("vendor-count", {"vendor": "north", "clause": "R04", "hits": 10, "of": 40, "since": "2026-10-01", "by": "lead",
                          "independence": "outside", "evidence": "audit-7"}),
    )  # fmt: skip
    period = Period.quarter("2026-Q4")
    credit = seen.credit("north", period)
    text = letter(seen.policy, seen.standing("north"), credit, period=period.name, asof=NOW)
    page = paper_page(letter_paper(seen.policy, seen.standing("north"), credit, period=period.name, asof=NOW))
    assert f"you owe {credit.value:,.2f} EUR" in page
    assert page.count('class="plot"') == len(seen.standing("north").card.worths) + len(credit.clauses)
    assert "<img" not in page
    assert f"you owe {credit.value:,.2f} EUR" in text
    assert credit.value == pytest.approx(650.0)
    assert "by 2026-11-01, which is past (row 2)" in text
    assert "is met in part" in text
    assert "eu-ai-act:Art.50(1)" in text.split("No answer")[1]
    for acts in ("<img", "<b>", "](", "`c`", "\n# Paid"):
        assert acts not in text, acts
        assert acts not in questionnaire_markdown(seen.policy, "north")


def test_a_questionnaire_comes_back_whole_or_not_at_all(path, tmp_path):
    (tmp_path / "q.csv").write_text(questionnaire_csv(load_policy(path), "north"))
    rows = list(csv.DictReader((tmp_path / "q.csv").read_text().splitlines()))
    assert [row["control"] for row in rows] == ["owasp-llm-2026:LLM02", "eu-ai-act:Art.50(1)"]

    def returned(*answers):
        with (tmp_path / "a.csv").open("w") as file:
            table = csv.DictWriter(file, rows[0])
            table.writeheader()
            table.writerows({**row, "answer": said} for row, said in zip(rows, answers, strict=True))
        return trimtab("vendor", "assess", "north", "a.csv", cwd=tmp_path, environment=BY)

    bad = returned("yes", "perhaps")
    assert (bad.returncode, bad.stderr.count("answer: is none of met")) == (2, 2)
    assert "a.csv:2" in bad.stderr
    assert "a.csv:3" in bad.stderr
    assert returned("", "").returncode == 2
    assert returned("met", "").returncode == 0
    shown = trimtab("vendor", "show", "north", "--json", "--strict", cwd=tmp_path, environment=BY)
    data = json.loads(shown.stdout)
    assert (shown.returncode, data["words"]) == (1, {"vouched": 0, "attested": 1, "silent": 1})  # overdue: not all
    assert data["band"] == "D"


def test_what_was_published_of_vendors_is_computed_again(kept, path, tmp_path):
    kept(answered(), now=NOW)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        made = publish(ledger, load_policy(path), "vendors", by="lead", asked={"quarter": "2026-Q4"}, now=NOW)
        keep(ledger, load_policy(path), [Draft(kind="vendor", values=answered(answer="met")[1])], now=NOW + 1)
        assert [(one.what, one.same, one.why) for one in replay(ledger)] == [("vendors", True, "")]
    assert made.result["north"]["standing"]["verdict"] == "fail"


# -- the board ---------------------------------------------------------------------------------------


def test_the_board_ties_what_belongs_together_and_names_what_does_not(kept):
    seen = kept(
        finding(control="owasp-llm-2026:LLM02", system="bot"),
        finding(finding="F-2", control="eu-ai-act:Art.12", vendor=""),
        ("finding-step", {"finding": "F-2", "step": "fix", "by": "lead"}),
        finding(finding="F-3", vendor=""),
        finding(finding="F-4", vendor="", system="bot"),
        ("finding-step", {"finding": "F-3", "step": "fix", "by": "lead"}),
        ("finding-step", {"finding": "F-3", "step": "verify", "by": "nurse"}),
    )
    found = board(seen.policy, seen.books, end=seen.end)
    assert [[one.opened.finding for one in line.findings] for line in found.lines] == [["F-1"], ["F-4"]]
    assert [(one.what, one.name) for one in found.gaps] == [
        ("finding", "F-0"),
        ("owner", "former"),
        ("priority", "Cheap"),
        ("priority", "Cheap"),
        ("metric", "right"),
        ("requirement", "owasp-llm-2026:LLM01"),
        ("finding", "F-2"),  # its fix is not verified; that of F-3 is
    ]
    assert board(seen.policy, seen.books, end=moment("2026-05-31")).gaps[1].what != "owner"


def test_gaps_fail_only_where_that_is_asked_for(path, tmp_path):
    assert path.exists()
    plain, strict = (trimtab("liaison", *more, cwd=tmp_path, environment=BY) for more in ((), ("--strict",)))
    assert (plain.returncode, strict.returncode) == (0, 1)
    assert "Gap: metric right" in plain.stdout


# -- learning ----------------------------------------------------------------------------------------


def test_a_quiz_is_drawn_filled_in_and_graded_even_when_the_policy_has_changed(path, tmp_path):
    def run(*words):
        return trimtab(*words, cwd=tmp_path, environment=BY)

    assert (
        run(
            "training", "--person", "nurse", "--step", "completed", "--course", "ai-literacy", "--at", "2026-01-05"
        ).returncode
        == 0
    )
    drawn = run("learn", "quiz", "ai-literacy", "--seed", "4", "--out", "sheet.json")
    assert drawn.returncode == 0, drawn.stderr
    assert run("learn", "quiz", "ai-literacy", "--out", "sheet.json").returncode == 2
    path.write_text(POLICY.replace("at_most: 0.05", "at_most: 0.04"))
    empty = run("learn", "grade", "sheet.json", "--json")
    assert (empty.returncode, json.loads(empty.stdout)["score"]) == (1, 0.0)
    right = [
        line.split(": ")[1][0]
        for line in run("learn", "grade", "sheet.json").stdout.splitlines()
        if "not right" in line
    ]
    sheet = json.loads((tmp_path / "sheet.json").read_text())
    (tmp_path / "sheet.json").write_text(json.dumps({**sheet, "answers": right}))
    graded = run("learn", "grade", "sheet.json", "--person", "nurse")
    assert graded.returncode == 0, graded.stderr
    holdings = json.loads(run("learn", "status", "--json").stdout)["holdings"]
    assert {one["person"]: one["state"] for one in holdings}["nurse"] == "held"
    for changed in ({"seed": 5}, {"row": 0}, {"answers": ["a"]}, {"policy": "sha256:0"}):
        (tmp_path / "other.json").write_text(json.dumps({**sheet, **changed}))
        assert run("learn", "grade", "other.json").returncode == 2


# -- people who are not in the policy ----------------------------------------------------------------


def test_a_name_is_a_commitment_as_long_as_its_salt_is_there(tmp_path):
    salts = tmp_path / "kept" / "salts"
    first = commitment("Ada  Example", salts)
    assert first == commitment("ada example ", salts)
    other = commitment("Bo Example", salts)
    assert first != other
    assert stat.S_IMODE(salts.stat().st_mode) == 0o600
    assert "example" not in salts.read_text().lower()
    assert [forget("Ada Example", salts), forget("Ada Example", salts)] == [True, False]
    assert commitment("Ada Example", salts) != first
    assert commitment("Bo Example", salts) == other


def test_salts_that_others_may_read_or_that_were_damaged_are_refused_and_left_alone(tmp_path):
    salts = tmp_path / "salts"
    commitment("Ada Example", salts)
    whole = salts.read_text()
    salts.chmod(0o640)
    with pytest.raises(UsageError, match="chmod"):
        commitment("Ada Example", salts)
    salts.chmod(0o600)
    for text in (whole[:-9], "{}x", '[{"salt": "zz", "person": "person:1"}]', "[1]"):
        salts.write_text(text)
        with pytest.raises(UsageError, match="damaged"):
            commitment("Ada Example", salts)
        assert salts.read_text() == text
    with pytest.raises(UsageError, match="name"):
        commitment("  ", tmp_path / "none")


def test_the_command_prints_a_commitment_that_the_books_take(path, tmp_path):
    assert path.exists()
    who = trimtab("person", "Ada Example", cwd=tmp_path, environment=BY).stdout.strip()
    words = ("--step", "enrolled", "--role", "everyone", "--at", "2026-01-05")
    assert trimtab("training", "--person", who, *words, cwd=tmp_path, environment=BY).returncode == 0
    assert "Ada" not in "".join(
        one.read_bytes().decode(errors="replace") for one in Path(tmp_path / ".trimtab").iterdir()
    )
