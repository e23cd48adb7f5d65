"""Web hooks: what payloads become, once and whole, and what files of hooks and templates may not say."""

import copy
import json
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workspace.hooked import COUNTS, HOOKS, SECRET, body_of, github, jira, pagerduty, signed, to_done
from tests.workspace.test_keeping import POLICY

from trimtab.cli.intake import intake
from trimtab.decision.incidents import incident_of
from trimtab.errors import EntryError, PolicyError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.reading import moment
from trimtab.policy import load_policy
from trimtab.workspace.intake.hooks import Hook, read_hooks
from trimtab.workspace.intake.paths import Path as Place
from trimtab.workspace.intake.signatures import SCHEMES, Signed, secret_bytes
from trimtab.workspace.intake.taking import Outcome, Taker
from trimtab.workspace.intake.templates import become, find_template, read_template, shipped

NOW = moment("2026-11-20")
ENVIRONMENT = {"HOOK_SECRET": SECRET, "OLD_SECRET": "what-it-was-until-lately"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    (tmp_path / "hooks.yaml").write_text(HOOKS)
    (tmp_path / "counts.yaml").write_text(COUNTS)
    return tmp_path


@pytest.fixture
def hooks(folder):
    return read_hooks(folder / "hooks.yaml", ENVIRONMENT)


@pytest.fixture
def ledger(folder):
    with Ledger.open(folder / "ledger.db") as opened:
        yield opened


@pytest.fixture
def taker(folder, ledger):
    return Taker(ledger, load_policy(folder / "trimtab.yaml"), mask=_plain)


def _plain(text):  # loading the detectors takes a second; one test does
    return " ".join(text.split())


def outcomes(taker, hook, *payloads, now=NOW):
    return [str(taker.take(hook, one, now=now).outcome) for one in payloads]


# -- shipped templates -----------------------------------------------------------------


def test_pagerduty_opens_fixes_and_opens_again(taker, hooks, ledger):
    resolved = pagerduty("incident.resolved", "2026-11-02T12:00:00Z", status="resolved")
    reopened = pagerduty("incident.reopened", "2026-11-02T13:00:00Z")
    again = pagerduty("incident.resolved", "2026-11-02T14:00:00Z")
    ping = {"event": {"event_type": "pagey.ping", "data": {"message": "hello"}}}
    assert outcomes(taker, hooks["pager"], ping, pagerduty(), resolved, reopened, again) == ["nothing", *["kept"] * 4]
    found = incident_of(Books.of(ledger), "pagerduty:PT4KHLK")
    opened = found.opened
    assert (opened.severity, opened.system, opened.hazard, opened.by) == ("S1", "bot", "availability", "hook:pager")
    assert (opened.detected, found.fixed, found.reopened) == (
        moment("2026-11-02T10:00Z"), moment("2026-11-02T14:00Z"), 1,
    )  # fmt: skip
    low = pagerduty(priority=None, urgency="low")
    ((_, entry),) = become(hooks["pager"].template, low, by="hook:x", now=NOW, mask=_plain)
    assert entry.payload()["severity"] == "S3"


def test_github_opens_with_whichever_label_comes_last(taker, hooks, ledger):
    without = github(labels=("incident",))
    last = github(labels=("incident", "S2"), label="S2", updated_at="2026-11-02T12:00:00Z")
    closed = github("closed", state="closed", state_reason="completed", closed_at="2026-11-03T00:00:00Z")
    dropped = github("closed", state_reason="not_planned", closed_at="2026-11-03T00:00:00Z")
    other = github("labeled", ("bug", "S1"), "S1")
    told = outcomes(taker, hooks["issues"], without, github(), last, other, dropped, closed)
    assert told == ["nothing", "kept", "known", "nothing", "nothing", "kept"]
    found = incident_of(Books.of(ledger), "github:example/bot#12")
    assert (found.opened.severity, found.fixed) == ("S2", moment("2026-11-03"))
    assert all("someone@example.org" not in row.payload for row in ledger.rows())  # what no template takes is not kept


def test_jira_opens_and_fixes(taker, hooks, ledger):
    edited = jira("jira:issue_updated", items=[{"field": "summary", "fromString": "a", "toString": "b"}])
    closed = to_done()
    closed["changelog"]["items"][0]["fromString"] = "Done"  # from one closed status to another
    told = outcomes(taker, hooks["tickets"], jira(), edited, to_done(), closed, jira(issuetype={"name": "Task"}))
    assert told == ["kept", "nothing", "kept", "nothing", "nothing"]
    found = incident_of(Books.of(ledger), "jira:OPS-7")
    assert (found.opened.severity, found.opened.at, found.fixed) == (
        "S1", moment("2026-11-02T09:00Z"), 1793700000000 * 1000,
    )  # fmt: skip


def test_what_ships_can_be_read():
    assert len(shipped()) == 3
    assert all(find_template(one).about for one in shipped())


# -- once, whole, in order -------------------------------------------------------------


@settings(max_examples=6)
@given(order=st.permutations(range(5)), twice=st.lists(st.integers(0, 4), max_size=4))
def test_in_whatever_order_and_however_often_it_comes_the_books_end_the_same(tmp_path_factory, promised, order, twice):
    """Senders deliver at least once and in no order: who is told to come again and does, leaves the same books."""
    told = [
        pagerduty(),
        pagerduty("incident.resolved", "2026-11-02T12:00:00Z"),
        pagerduty("incident.reopened", "2026-11-02T13:00:00Z"),
        pagerduty(id="POTHER", at="2026-11-03T10:00:00Z"),
        pagerduty("incident.resolved", "2026-11-03T12:00:00Z", id="POTHER"),
    ]
    with Ledger.open(tmp_path_factory.mktemp("order") / "ledger.db") as ledger:
        taker = Taker(ledger, promised, mask=_plain)
        waiting = [told[n] for n in [*order, *twice]]
        for _ in range(len(waiting) + 1):
            waiting = [one for one in waiting if taker.take(PAGER, one, now=NOW).outcome is Outcome.CLASH]
        books = Books.of(ledger)
    assert not waiting
    assert len(books) == 5
    first, other = (incident_of(books, f"pagerduty:{name}") for name in ("PT4KHLK", "POTHER"))
    assert (first.fixed, first.reopened, other.fixed) == (0, 1, moment("2026-11-03T12:00Z"))


PAGER = Hook(
    name="pager", template=find_template("pagerduty-incidents"), scheme=SCHEMES["pagerduty"], secrets=(b"unused",)
)


@pytest.fixture(scope="module")
def promised(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (folder / "trimtab.yaml").write_text(POLICY)
    return load_policy(folder / "trimtab.yaml")


def test_a_count_comes_once_though_it_has_no_id(taker, hooks, ledger):
    monday = {"type": "nightly", "kpi": "R03", "seen": {"good": 9, "all": 10}, "until": 1793700000}
    tuesday = {**monday, "until": 1793786400.5}
    assert outcomes(taker, hooks["counts"], monday, tuesday, monday) == ["kept", "kept", "known"]
    assert len(Books.of(ledger)) == 2


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (pagerduty("incident.resolved"), ("clash", ["incident"])),
        (pagerduty(at="2027-01-01T00:00:00Z"), ("refused", ["at"])),
        (pagerduty(priority={"summary": "P9"}, urgency="none", title=""), ("refused", ["severity", "what"])),
        (pagerduty(title="", at=None), ("refused", ["at", "what"])),
        (pagerduty(id="someone@example.org"), ("refused", ["incident"])),
        (pagerduty(id="two words", title=None), ("refused", ["incident", "what"])),
        ({"event": {"event_type": ["incident.triggered"], "data": 7}}, ("nothing", [])),
        ([], ("nothing", [])),
    ],
)
def test_what_cannot_stand_is_refused_with_every_mistake(taker, hooks, ledger, payload, told):
    taken = taker.take(hooks["pager"], payload, now=NOW)
    assert (str(taken.outcome), sorted({one.where for one in taken.mistakes})) == told
    assert ledger.head() is None


def test_an_unknown_system_is_refused(folder, taker):
    (folder / "hooks.yaml").write_text(HOOKS.replace("system: bot", "system: other"))
    hook = read_hooks(folder / "hooks.yaml", ENVIRONMENT)["pager"]
    assert outcomes(taker, hook, pagerduty()) == ["refused"]


def test_words_are_masked(folder, ledger, hooks):
    taker = Taker(ledger, load_policy(folder / "trimtab.yaml"))
    assert outcomes(taker, hooks["pager"], pagerduty(title="call someone@example.org")) == ["kept"]
    (kept,) = Books.of(ledger).all(IncidentOpened)
    assert "someone" not in kept.entry.what


# -- signatures ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(SCHEMES))
@settings(max_examples=25)
@given(data=st.data())
def test_a_signature_is_of_these_bytes_and_this_secret(kind, data):
    body = data.draw(st.binary(min_size=1, max_size=60))
    headers, scheme, keys = signed(kind, body), SCHEMES[kind], (secret_bytes(SECRET),)
    assert scheme.signed(keys, headers, body, 0) is Signed.GOOD
    assert scheme.signed((b"another-secret!!", *keys), headers, body, 0) is Signed.GOOD
    assert scheme.signed((b"another-secret!!",), headers, body, 0) is Signed.WRONG
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytes([*body[:place], body[place] ^ data.draw(st.integers(1, 255)), *body[place + 1 :]])
    assert scheme.signed(keys, headers, changed, 0) is Signed.WRONG
    name = data.draw(st.sampled_from(scheme.headers))
    without = {key: value for key, value in headers.items() if key != name}
    assert scheme.signed(keys, without, body, 0) is Signed.MISSING
    garbled = data.draw(st.text(min_size=1, max_size=80).filter(lambda text: text != headers[name]))
    assert scheme.signed(keys, {**headers, name: garbled}, body, 0) is Signed.WRONG


def test_a_time_that_was_signed_is_of_now():
    body, scheme, keys = b"{}", SCHEMES["standard"], (secret_bytes(SECRET),)
    for apart, told in ((300, Signed.GOOD), (-300, Signed.GOOD), (301, Signed.STALE), (-301, Signed.STALE)):
        assert scheme.signed(keys, signed("standard", body, now=10_000), body, 10_000 + apart) is told
    headers = signed("standard", body, now="1e4")
    assert scheme.signed(keys, headers, body, 10_000) is Signed.STALE


def test_a_published_signature_is_reproduced():
    """RFC 4231, test case 2, in GitHub's form."""
    told = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    body = b"what do ya want for nothing?"
    assert SCHEMES["github"].signed((b"Jefe",), {"X-Hub-Signature-256": told}, body, 0) is Signed.GOOD


def test_a_secret_after_its_mark_is_base64():
    assert secret_bytes("whsec_AAEC") == b"\0\1\2"
    with pytest.raises(ValueError, match="base64"):
        secret_bytes("whsec_?")


# -- files -----------------------------------------------------------------------------


def test_every_mistake_of_hooks_is_told_with_its_line(folder):
    (folder / "bad.yaml").write_text("template: 2\nentries: []\n")
    (folder / "hooks.yaml").write_text(
        "intake: 1\n"
        "hooks:\n"
        "  one: {template: jira-issue, signature: jira, secret_env: HOOK_SECRET}\n"
        "  two: {template: jira-issues, signature: gihub, secret_env: NOT_SET}\n"
        "  three: {template: jira-issues, signature: jira, secret_env: SHORT}\n"
        "  four: {template: jira-issues, signature: jira, secret_env: HOOK_SECRET, sett: {}}\n"
        "  five: {template: jira-issues, signature: jira, secret_env: HOOK_SECRET, set: {severity: S9, by: me}}\n"
        "  Six: {template: bad.yaml, signature: jira}\n"
    )
    with pytest.raises(PolicyError) as error:
        read_hooks(folder / "hooks.yaml", {**ENVIRONMENT, "SHORT": "short"})
    lines = [(Path(one.path).name, one.line) for one in error.value.mistakes]
    ours = sorted(line for name, line in lines if name == "hooks.yaml")
    assert ours == [3, 4, 4, 5, 6, 7, 7, 8, 8]
    assert sorted(line for name, line in lines if name == "bad.yaml") == [1, 2]
    assert SECRET not in str(error.value)
    assert "jira-issues" in str(error.value)


def test_without_a_secret_nothing_is_served(folder):
    with pytest.raises(PolicyError, match="HOOK_SECRET is not set"):
        read_hooks(folder / "hooks.yaml", {})


@pytest.mark.parametrize(
    ("changed", "line", "told"),
    [
        (("kind: counted", "kind: counts"), 4, "no entry"),
        (("hits: {path: seen.good}", "hits: {path: 'seen..good'}"), 8, "no path"),
        (("hits: {path: seen.good}", "hits: {way: seen.good}"), 8, "not a key"),
        (("hits: {path: seen.good}", "hits: {}"), 8, "exactly one"),
        (("independence: outside", "independence: none"), 10, "is none of"),
        (("independence: outside", "independence: {path: a, map: {x: y}}"), 10, "is none of"),
        (("independence: outside", "by: somebody"), 10, "not a key"),
        (("as: seconds", "as: hours"), 11, "no unit"),
        (("at: {path: until, as: seconds}", "at: '2026-01-01'"), 11, "must come from the payload"),
        (("at: {path: until, as: seconds}", "stratum: a"), 6, "`at` is missing"),
        (("kpi: {path: kpi}", "kpi: {text: 'R{03'}"), 7, "brace"),
        (("when: {type: nightly}", "when: {type: {a: b}}"), 5, "must be a text"),
        (("template: 1", "template: true"), 2, "version"),
    ],
)
def test_every_mistake_of_a_template_is_told_with_its_line(tmp_path, changed, line, told):
    (tmp_path / "mine.yaml").write_text(COUNTS.replace(*changed))
    with pytest.raises(PolicyError) as error:
        read_template(tmp_path / "mine.yaml", "mine.yaml")
    assert (line, True) in [(one.line, told in one.message) for one in error.value.mistakes], str(error.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TEMPLATES = [find_template(name) for name in shipped()]
PATHS = [Place.of(one) for one in ("event.data", "issue.labels[].name", "issue.labels[0]", "a[][]", "x")]


@given(data=st.data())
def test_no_payload_breaks_a_template(data):
    """Each of the documented payloads with something else in one place: entries, or told what is wrong."""
    payload = copy.deepcopy(data.draw(st.sampled_from([pagerduty(), github(), jira(), to_done()])))
    at = payload
    while isinstance(at, dict | list) and at:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if data.draw(st.booleans()) or not isinstance(at[key], dict | list) or not at[key]:
            at[key] = data.draw(JSON)
            break
        at = at[key]
    for template in TEMPLATES:
        with suppress(EntryError):
            made = become(template, payload, by="hook:x", now=NOW, mask=_plain)
            assert all(entry.by == "hook:x" for _, entry in made)
    for path in PATHS:
        assert isinstance(path.values(payload), list)


def test_a_payload_can_be_tried_without_a_ledger(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("p.json").write_bytes(body_of(to_done()))
    Path("no.json").write_text("{")

    def run(*arguments):
        done = CliRunner().invoke(intake, arguments)
        return done.output if done.exception is None else done.exception

    (told,) = json.loads(run("try", "jira-issues", "p.json", "--json"))
    assert (told["kind"], told["step"], told["by"]) == ("incident-step", "fix", "hook:try")
    assert "becomes no entry" in run("try", "github-issues", "p.json")
    assert isinstance(run("try", "jira-issues", "no.json"), UsageError)
    assert isinstance(run("try", "jira-issues", "p.json", "--set", "at=now"), UsageError)
    assert isinstance(run("try", "jira", "p.json"), PolicyError)
    assert read_template(_written(run("templates", "jira-issues")), "copy").parts == find_template("jira-issues").parts
    assert [one["name"] for one in json.loads(run("templates", "--json"))] == shipped()
    assert list(tmp_path.glob("**/*.db")) == []


def _written(text):
    Path("copy.yaml").write_text(text)
    return Path("copy.yaml")
