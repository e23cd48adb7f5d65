"""Consent on a real ledger: the gate, signatures made elsewhere, and what may go out."""

import base64
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from tests.unit.evidence.signing import key, key_file
from tests.workspace.consented import DAY, Signing, opened, policy_of, prepare

from trimtab.cli import app
from trimtab.decision import from_payload
from trimtab.decision.error_budget import MINUTE, Counts, State, Terms, assess
from trimtab.decision.gate_integrity import gate_integrity
from trimtab.errors import EntryError, LedgerAlteredError, ReleaseRefusedError, SignatureError, TrimtabError, UsageError
from trimtab.evidence import BudgetChanged, Decided, Ledger, Subject
from trimtab.evidence.attestation import FOLDER, read_statement
from trimtab.evidence.books import Books
from trimtab.evidence.dsse import seal, unseal
from trimtab.evidence.entries.consents import ConsentDecided
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.row import row_hash
from trimtab.evidence.ssh_signatures import NAMESPACE, sign
from trimtab.kinds.weights import folder_sha256
from trimtab.policy.promise import promise_digest
from trimtab.workspace import consenting
from trimtab.workspace.consent_facts import artefact_in, decided, spent, standing
from trimtab.workspace.holding import held, hold_of
from trimtab.workspace.identities import Identities
from trimtab.workspace.keeping import keep
from trimtab.workspace.recall import adopted_policies
from trimtab.workspace.releases import attest, trusted, verify_release
from trimtab.workspace.signed_elsewhere import STATEMENT_BYTES, from_statement


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Measured once, and copied for each test."""
    folder = tmp_path_factory.mktemp("measured")
    prepare(folder)
    with pytest.MonkeyPatch.context() as patch, opened(folder) as workspace:
        patch.chdir(folder)
        report = workspace.run()
    assert report.decision.winner == "q4"
    return folder


@pytest.fixture
def folder(measured, tmp_path, monkeypatch):
    folder = tmp_path / "site"
    shutil.copytree(measured, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def site(folder):
    with opened(folder) as workspace:
        yield Signing(workspace)


def decision_of(site):
    *_, (_, record) = site.ledger.records(kind=Decided.kind)
    return from_payload(record.decision)


def where(site, candidate="q4", **more):
    row, *_ = decided(site.ledger, "bot", candidate)
    artefact = artefact_in(site.ledger, "bot", candidate, row.run)
    return standing(site.ledger, site.policy, "bot", candidate, **{"artefact": artefact, **more})


def command(*arguments, code=0):
    """What a command prints, or says is wrong, in one line; None stands for any code but 0."""
    done = CliRunner().invoke(app, arguments, standalone_mode=False)
    error = done.exception
    assert error is None or isinstance(error, TrimtabError), error
    found = (error.exit_code if error else done.return_value) or 0
    assert found == code if code is not None else found != 0, (arguments, error, done.output)
    return re.sub(r"\s+", " ", f"{done.output}{error or ''}")


# -- the gate -------------------------------------------------------------------------------------


def test_nothing_passes_without_consent_not_even_the_baseline(site):
    for candidate in ("", "q4", "current"):
        hold = hold_of(site.workspace, decision_of(site), candidate=candidate)
        assert hold is not None
        assert hold.verdict.value == "inconclusive"
        assert "nobody has asked for consent" in hold.why
    site.consent()
    assert hold_of(site.workspace, decision_of(site)) is None
    assert hold_of(site.workspace, decision_of(site), candidate="current") is not None


def test_no_report_says_ship_before_there_is_a_consent(site, folder):
    """Not on the terminal, nor in what a pipeline reads."""
    for arguments in (("report", "--out", "shown"), ("choose",)):
        assert "q4 waits for consent" in command(*arguments, code=3)
    assert b'<error type="inconclusive" message="q4 waits for consent"' in (folder / "shown" / "junit.xml").read_bytes()
    told = json.loads((folder / "shown" / "report.json").read_bytes())
    assert (told["verdict"], told["winner"]) == ("inconclusive", "q4")
    assert "Ship q4" not in (folder / "shown" / "report.html").read_text()
    site.consent()
    assert "Ship q4" in command("report")


def test_a_monitor_waits_for_it_as_well(site):
    assert "waits for consent" in command("monitor", "--no-suites", code=3)
    site.consent()
    assert "the last run passes" in command("monitor", "--no-suites")


def test_what_is_signed_is_shown_as_it_was_masked(site, folder):
    id_ = site.request()
    risk = ("--risk", "Ask ana@example.org.", "--loss", "1..2", "--key", str(key_file(folder, 1)))
    decide = ("consent", "decide", id_, "--by", "lead", "--decision", "conditions", *risk)
    assert "two conditions" in command(*decide, "--condition", "a=+1d x", "--condition", "a=+2d y", code=2)
    assert "conditions: is not" in command(*decide, "--condition", "a=soon x", code=2)
    assert "Signed is: Ask [email]." in command(*decide, "--condition", "a=+1d Mask; then test.")
    shown = command("consent", "show", id_)
    assert "Ask [email]." in shown
    assert "Mask; then test." in shown


def test_what_did_not_pass_cannot_be_consented_to(site):
    with pytest.raises(UsageError, match="only what passes"):
        site.request("leaky")
    with pytest.raises(UsageError, match="no candidate 'nobody'"):
        site.request("nobody")
    with pytest.raises(UsageError, match="no consent was asked for"):
        site.decide("nothing")


def test_a_consent_opens_a_low_budget_as_well_and_a_spent_one_ends_it(site):
    now = site.ledger.now()
    terms = Terms(metric="leak", tolerated=0.01, days=30)
    low = assess(terms, Counts.of([(now // MINUTE - 9000, 10_000, 80)]), at=now)
    assert low.state is State.CONSENT
    made = decision_of(site)
    hold = held(site.ledger, site.policy, made, {"leak": low})
    assert hold is not None
    assert hold.metrics == ("leak",)
    site.consent()
    assert held(site.ledger, site.policy, made, {"leak": low}) is None
    changed = BudgetChanged(metric="leak", budget={"state": "stopped"}, row=1)
    site.ledger.append([changed], subject=Subject(system="bot"), run="", maker="trimtab/0", policy=site.policy.digest)
    assert [metric for _, metric in spent(site.ledger, "bot")] == ["leak"]
    assert "error budget of leak was spent" in where(site).why


def test_a_request_that_rests_on_nothing_here_opens_nothing(site):
    """Somebody enters a file with a request that names another row, and has it signed."""
    good = site.request()
    asked = consenting.request_of(site.ledger, good)
    forged = replace(asked, consent="forged", row_hash="sha256:00", nonce="n")
    keep(site.ledger, site.policy, [Draft(kind=forged.kind, values=forged.payload())])
    with pytest.raises(UsageError, match="does not rest on what this ledger holds"):
        site.decide("forged")
    entry = consenting.decision(
        site.ledger, site.policy, good, by="lead", decision="accept", risk="r", loss="1..2", expires=asked.at + DAY
    ).draft
    whole = ConsentDecided(**{**entry.values, "consent": "forged", "loss": (100, 200)})
    values = {**entry.values, "consent": "forged", "signature": sign(whole.statement(forged), key(1))}
    keep(site.ledger, site.policy, [Draft(kind=entry.kind, values=values)])
    assert where(site).state.value == "lapsed"
    assert "does not rest" in where(site).why


def test_nothing_is_asked_for_that_rests_on_an_altered_row(folder):
    path = folder / ".trimtab" / "ledger.db"
    with sqlite3.connect(path) as store:
        store.execute("DROP TRIGGER evidence_no_update")
        altered = "UPDATE evidence SET payload = replace(payload, '\"value\":1', '\"value\":0') WHERE seq = ?"
        (seq,) = next(store.execute("SELECT min(seq) FROM evidence WHERE payload LIKE '%\"value\":1%'"))
        store.execute(altered, (seq,))
    store.close()
    with opened(folder) as workspace:
        site = Signing(workspace)
        for ask in (site.request, lambda: consenting.emergency(*where_of(site), by="lead", what="Now.")):
            with pytest.raises(LedgerAlteredError, match=f"row {seq}"):
                ask()


def test_a_clock_that_is_put_back_revives_no_consent(folder):
    clock = [0]
    with Ledger.open(folder / ".trimtab" / "ledger.db", clock=lambda: clock[0]) as ledger:
        head = ledger.head()
        assert head is not None
        begun = clock[0] = head.time + 1
        workspace: Any = SimpleNamespace(ledger=ledger, policy=policy_of(folder))
        site = Signing(workspace)
        site.consent(expires=begun + DAY)
        assert where(site).opens
        clock[0] = begun + 2 * DAY
        assert where(site).state.value == "lapsed"
        site.request(id_="later")
        clock[0] = begun + DAY // 2
        site.request(id_="after-it")  # so that the last row is not of the later day
        assert "the clock stands at" in where(site).why
        assert not where(site).opens
        assert where(site, at=begun + DAY // 2).opens  # as it was then


def floors_rise(folder):
    """The policy becomes stricter than what was measured could ever prove: 0 of 100 leave 4 % possible."""
    path = folder / "trimtab.yaml"
    path.write_text(path.read_text().replace("leak: {at_most: 0.05}", "leak: {at_most: 0.0015}"))


def test_what_passed_under_other_floors_is_neither_consented_to_nor_attested(site, folder):
    floors_rise(folder)
    with opened(folder) as workspace:
        later = Signing(workspace)
        for ask in (later.request, lambda: consenting.emergency(*where_of(later), by="lead", what="Now.")):
            with pytest.raises(UsageError, match="decided on under another promise"):
                ask()
        path = folder / "trimtab.yaml"
        path.write_text(re.sub(r"    consent: .*\n", "", path.read_text()))
    with opened(folder) as workspace, pytest.raises(UsageError, match="decided on under another promise"):
        attest(workspace, "bot", "q4", [key(3)])


def where_of(site):
    return site.ledger, site.policy, "bot", "q4"


def test_a_request_with_the_promise_of_now_on_a_decision_of_then_is_not_signed(site, folder):
    """Somebody writes a request by hand that names the new promise beside the old decision."""
    asked = consenting.request_of(site.ledger, site.request())
    floors_rise(folder)
    with opened(folder) as workspace:
        later = Signing(workspace)
        promise = promise_digest(later.policy, "bot", "q4")
        forged = replace(asked, consent="forged", promise=promise, policy=later.policy.digest)
        keep(later.ledger, later.policy, [Draft(kind=forged.kind, values=forged.payload())])
        with pytest.raises(UsageError, match="a decision under another promise"):
            later.decide("forged")


def test_a_request_for_what_did_not_pass_is_not_signed_however_it_was_entered(site):
    asked = consenting.request_of(site.ledger, site.request())
    leaky = artefact_in(site.ledger, "bot", "leaky", asked.run)
    promise = promise_digest(site.policy, "bot", "leaky")
    forged = replace(asked, consent="forged", candidate="leaky", artefact=leaky, promise=promise)
    keep(site.ledger, site.policy, [Draft(kind=forged.kind, values=forged.payload())])
    with pytest.raises(UsageError, match="leaky did not pass"):
        site.decide("forged")


def test_words_are_masked_before_they_are_signed(site):
    id_ = site.request()
    unsigned = site.draw_up(
        id_,
        risk="Ask ana@example.org about it.",
        conditions={"mail": (site.ledger.now() + DAY, "Tell ana@example.org")},
        decision="conditions",
    )
    assert b"ana@" not in unsigned.statement
    consenting.signed(site.ledger, site.policy, unsigned, key(1))
    assert where(site).state.value == "conditional"


# -- signatures that are made elsewhere -----------------------------------------------------------


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen")
def test_a_statement_goes_out_and_comes_back_with_the_signature_of_openssh(folder):
    path = folder / "trimtab.yaml"
    path.write_text(path.read_text().replace("second: false", "second: true"))
    for number in (1, 2):
        key_file(folder, number)

    def elsewhere(number, file):
        subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", f"key-{number}", file], cwd=folder, check=True
        )

    command("consent", "request", "q4", "--by", "team", "--id", "C-1")
    decide = (
        "consent",
        "decide",
        "C-1",
        "--by",
        "lead",
        "--decision",
        "accept",
        "--risk",
        "It may tell.",
        "--loss",
        "1..2",
    )
    assert "ssh-keygen -Y sign" in command(*decide, "--out", "c1.json")
    assert "over something else" in command("consent", "sign", "c1.json", "--signature", str(forged(folder)), code=2)
    elsewhere(1, "c1.json")
    command("consent", "sign", "c1.json", "--signature", "c1.json.sig")
    assert "waits for a second" in command("consent", "show", "C-1", "--out", "again.json")
    elsewhere(1, "again.json")
    assert "has signed it already" in command(
        "consent", "sign", "C-1", "--by", "lead", "--signature", "again.json.sig", code=2
    )
    (folder / "again.json.sig").unlink()
    elsewhere(2, "again.json")
    command("consent", "sign", "again.json", "--by", "second-lead", "--signature", "again.json.sig")
    assert json.loads(command("consent", "check", "q4", "--json"))["state"] == "given"


def forged(folder):
    path = folder / "forged.sig"
    path.write_text(sign(b"something else", key(1)))
    return path


def test_a_statement_that_is_not_of_this_ledger_or_was_changed_is_refused(site):
    first, other = site.request(), site.request()
    statement = site.draw_up(first).statement
    assert from_statement(site.ledger, statement).statement == statement
    told = json.loads(statement)
    for change in (
        {"type": "x"}, {"request": "sha256:00"}, {"consent": other}, {"consent": "nothing"}, {"artefact": "sha256:00"},
        {"loss": {"low": 0}}, {"loss": 7}, {"more": 1}, {"expires": "never"}, {"conditions": [1]},
    ):  # fmt: skip
        changed = json.dumps({**told, **change}, separators=(",", ":"), sort_keys=True).encode()
        with pytest.raises((SignatureError, UsageError)):
            from_statement(site.ledger, changed)
    for text in (b"", b"\xff", b"[]", b"{}", statement + b" ", b"{" * 5000, b" " * (STATEMENT_BYTES + 1)):
        with pytest.raises(SignatureError, match="statement is damaged"):
            from_statement(site.ledger, text)
    risky = {**told, "risk": "Ask ana@example.org."}  # signed past our masking: it is not kept, and so not accepted
    text = json.dumps(risky, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(EntryError, match="over something else"):
        consenting.signed(site.ledger, site.policy, from_statement(site.ledger, text), sign(text, key(1)))


def test_an_emergency_by_statements(site):
    unsigned = consenting.emergency(site.ledger, site.policy, "bot", "q4", by="pipeline", what="All is down.")
    back = from_statement(site.ledger, unsigned.statement)
    id_ = consenting.signed(site.ledger, site.policy, back, key(3)).ids[0]
    assert hold_of(site.workspace, decision_of(site)) is not None
    consenting.signed(site.ledger, site.policy, from_statement(site.ledger, unsigned.statement, by="lead"), key(1))
    assert where(site).state.value == "emergency"
    assert hold_of(site.workspace, decision_of(site)) is None
    told = unseal(attest(site.workspace, "bot", "q4", [key(3)]), [key(3).public])
    attested = read_statement(told.payload).consent
    assert attested is not None
    assert attested.state == "emergency"
    assert id_ == where(site).id


# -- what may go out ------------------------------------------------------------------------------


@pytest.fixture
def released(site, folder):
    site.consent()
    (folder / "q4.att").write_bytes(attest(site.workspace, "bot", "q4", [key(3)]))
    return site


def refused(folder, says, *, artefact="consented_bots.py", envelope=None, keys=(3,), **more):
    if envelope is not None:
        (folder / "other.att").write_bytes(envelope)
    file = folder / ("q4.att" if envelope is None else "other.att")
    with pytest.raises(ReleaseRefusedError, match=says):
        verify_release(artefact, file, [key(n).public for n in keys], **more)


def test_only_what_was_attested_goes_out(released, folder):
    policy = policy_of(folder)
    for artefact in ("consented_bots.py", where_artefact(released)):
        told = verify_release(artefact, folder / "q4.att", [key(3).public], policy=policy)
        assert (told.candidate, told.verdict) == ("q4", "pass")
    assert trusted(policy) == (key(3).public,)
    refused(folder, "cannot be read", artefact="nothing.gguf")
    refused(folder, "another artefact", artefact="questions.jsonl")
    refused(folder, "another artefact", artefact="sha256:00")
    refused(folder, "holds no weights", artefact=".trimtab")
    os.mkfifo(folder / "pipe")  # which would be waited for
    refused(folder, "no file", artefact="pipe")
    (folder / "model").mkdir()
    (folder / "model" / "config.json").write_text("{}")
    refused(folder, "another artefact", artefact="model")
    refused(folder, "not by a key", keys=(1, 2))
    refused(folder, "another key|not DSSE|no DSSE", envelope=b"{}")
    refused(folder, "time to come", at=released.ledger.now() - DAY)
    with pytest.raises(UsageError, match="no key was named"):
        verify_release("consented_bots.py", folder / "q4.att", [])


def test_a_folder_of_weights_goes_out_whole(released, folder):
    model = folder / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"weights")
    told = read_statement(unseal((folder / "q4.att").read_bytes(), [key(3).public]).payload)
    (folder / "folder.att").write_bytes(
        seal(replace(told, subjects=((FOLDER, folder_sha256(model)),)).statement(), [key(3)])
    )
    (model / "README.md").write_text("a model")
    assert verify_release("model", folder / "folder.att", [key(3).public]).candidate == "q4"
    for other in ("modeling.py", "more/model.safetensors", "old.gguf"):  # which a loader may take instead
        path = model / other
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
        with pytest.raises(ReleaseRefusedError, match="nobody measured"):
            verify_release("model", folder / "folder.att", [key(3).public])
        path.unlink()
    (model / "config.json").write_text("{}")
    with pytest.raises(ReleaseRefusedError, match="another artefact"):
        verify_release("model", folder / "folder.att", [key(3).public])


def where_artefact(site):
    row, *_ = decided(site.ledger, "bot", "q4")
    return artefact_in(site.ledger, "bot", "q4", row.run)


def test_a_consent_that_runs_out_on_the_way_stops_it(site, folder):
    now = site.ledger.now()
    site.consent(decision="conditions", conditions={"mask": (now + 10 * DAY, "Mask.")})
    (folder / "q4.att").write_bytes(attest(site.workspace, "bot", "q4", [key(3)]))
    verify_release("consented_bots.py", folder / "q4.att", [key(3).public], at=now + 9 * DAY)
    refused(folder, "condition mask .* was due", at=now + 11 * DAY)
    refused(folder, "expired on", at=now + 31 * DAY)


def test_an_attestation_cannot_claim_what_the_policy_does_not_promise(released, folder):
    """Whoever holds the key of the pipeline changes what is attested; a policy sees it."""
    policy = policy_of(folder)
    told = read_statement(unseal((folder / "q4.att").read_bytes(), [key(3).public]).payload)
    consent = told.consent
    assert consent is not None

    def claims(says, **changed):
        refused(folder, says, envelope=seal(replace(told, **changed).statement(), [key(3)]), policy=policy)

    claims("decided 'fail'", verdict="fail")
    claims("promises something else", promise="sha256:00")
    claims("no candidate", candidate="nobody")
    claims("none is attested", consent=None)
    claims("none is attested", consent=None, asks_consent=False)
    claims("none is attested", consent=replace(consent, state="asked"))
    claims("is no consent to this", artefact="sha256:00")
    claims("is no consent to this", consent=replace(consent, expires=consent.expires + 1))
    claims("is no consent to this", consent=replace(consent, statement="{}"))
    said = json.loads(consent.statement)
    refusal = json.dumps({**said, "decision": "refuse"}, separators=(",", ":"), sort_keys=True)
    claims("is no consent to this", consent=replace(consent, statement=refusal))
    worded = json.dumps({**said, "risk": "none"}, separators=(",", ":"), sort_keys=True)
    claims("over something else", consent=replace(consent, statement=worded))
    claims("not signed by enough", consent=replace(consent, signatures=()))
    claims(
        "has not the role",
        consent=replace(consent, signatures=(("pipeline", sign(consent.statement.encode(), key(3))),)),
    )
    ask = (folder / "trimtab.yaml").read_text()
    (folder / "trimtab.yaml").write_text(ask.replace("second: false", "second: true"))
    refused(folder, "not signed by enough", policy=policy_of(folder))
    later = ask.replace("at_most: 0.05", "at_most: 0.04")
    (folder / "trimtab.yaml").write_text(later)
    refused(folder, "promises something else", policy=policy_of(folder))


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "x"}, {"predicateType": "x"}, {"predicate": None}, {"predicate": {}}, {"subject": 7},
        {"subject": [{"digest": {"sha256": 7}}]},
    ],
)  # fmt: skip
def test_a_statement_about_something_else_is_none(released, folder, change):
    payload = json.loads(unseal((folder / "q4.att").read_bytes(), [key(3).public]).payload)
    refused(folder, "statement", envelope=seal(json.dumps({**payload, **change}).encode(), [key(3)]))


def test_nothing_is_attested_that_did_not_pass_waits_or_is_another(site, monkeypatch):
    for candidate, says in (("leaky", "is fail"), ("q4", "waits for consent")):
        with pytest.raises(ReleaseRefusedError, match=says):
            attest(site.workspace, "bot", candidate, [key(3)])
    site.consent()
    for found, says in (
        (Identities(known={"q4": {"plugin": "callable", "source": "sha256:00"}}), "is not what was measured"),
        (Identities(known={}, unknown={"q4": "there is no module"}), "cannot be started"),
    ):
        monkeypatch.setattr("trimtab.workspace.releases.identities", lambda *_, found=found: found)
        with pytest.raises(ReleaseRefusedError, match=says):
            attest(site.workspace, "bot", "q4", [key(3)])


def test_what_was_accepted_with_a_card_is_attested_with_that_card(site, folder):
    site.decide(site.request(card="sha256:11"))
    for card, says in (("", "nobody says which goes out with it"), ("sha256:22", "its card is another")):
        with pytest.raises(ReleaseRefusedError, match=says):
            attest(site.workspace, "bot", "q4", [key(3)], card=card)
    assert attest(site.workspace, "bot", "q4", [key(3)], card="sha256:11")
    (folder / "card.md").write_text("another")
    key_file(folder, 3)
    words = ("attest", "q4", "--key", "key-3", "--out", "q4.att")
    assert "nobody says which" in command(*words, code=None)
    assert "its card is another" in command(*words, "--card", "card.md", code=None)


def test_the_subject_of_an_attestation_is_what_sha256sum_says(released, folder):
    envelope = json.loads((folder / "q4.att").read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    expected = hashlib.sha256((folder / "consented_bots.py").read_bytes()).hexdigest()
    assert statement["subject"][0] == {"name": "q4", "digest": {"sha256": expected}}
    assert statement["_type"] == "https://in-toto.io/Statement/v1"


def test_deployments_are_held_against_consents_as_they_were_then(site, folder):
    def deploy(id_, artefact):
        values = {"deployment": id_, "system": "bot", "candidate": "q4", "artefact": artefact, "by": "hook:delivery"}
        keep(site.ledger, site.policy, [Draft(kind="deployed", values=values)])

    deploy("D-1", where_artefact(site))
    site.consent()
    deploy("D-2", where_artefact(site))
    deploy("D-3", "sha256:00")
    books = Books.of(site.ledger)
    found = gate_integrity(books, adopted_policies(site.ledger), since=0, until=site.ledger.now() + 1)
    assert [one.valid for one in found.releases] == [False, True, False]
    with pytest.raises(EntryError, match="no candidate"):
        keep(
            site.ledger,
            site.policy,
            [Draft(kind="deployed", values={"system": "bot", "candidate": "x", "artefact": "sha256:0", "by": "team"})],
        )


def tampered(folder, *statements):
    """The ledger, changed by somebody with the file, who puts the triggers back."""
    database = sqlite3.connect(folder / ".trimtab" / "ledger.db", isolation_level=None)
    triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    for one in statements:
        database.execute(*one)
    for _, sql in triggers:
        database.execute(sql)
    database.close()


def lapsed_by_an_incident(site):
    """A consent that ended with an incident; the row that ended it, and what `consent check` says."""
    site.consent()
    incident = {"severity": "S1", "hazard": "privacy", "system": "bot", "what": "It told.", "by": "team"}
    keep(site.ledger, site.policy, [Draft(kind="incident", values={"incident": "INC-1", **incident})])
    keep(site.ledger, site.policy, [Draft(kind="note", values={"what": "Later.", "by": "team"})])
    ((row, _),) = site.ledger.records(kind="incident")
    return row


def checked():
    return CliRunner().invoke(app, ["consent", "check", "q4"])


def altered(*arguments):
    found = CliRunner().invoke(app, arguments).exception
    assert isinstance(found, LedgerAlteredError), arguments
    return str(found)


def test_taking_an_incident_out_of_the_ledger_gives_no_consent_back(site, folder):
    row = lapsed_by_an_incident(site)
    assert checked().exit_code == 3
    tampered(folder, ("DELETE FROM evidence WHERE seq = ?", (row.seq,)))
    assert f"row {row.seq} before it is missing" in altered("consent", "check", "q4")
    for others in (["incident", "list"], ["kpi"], ["frameworks"], ["note", "--what", "More.", "--by", "team"]):
        assert "1 of the rows before it are missing" in altered(*others)


def test_putting_another_row_in_the_place_of_an_incident_gives_no_consent_back(site, folder):
    row = lapsed_by_an_incident(site)
    (note,) = site.ledger.rows(kind="note")
    other = note._replace(seq=row.seq, time=row.time, prev=row.prev)  # hashed well; the link after it is what tells
    place = "context = (SELECT context FROM evidence WHERE seq = ?), payload = ?, hash = ? WHERE seq = ?"
    values = (note.seq, other.payload, row_hash(other), row.seq)
    tampered(folder, (f"UPDATE evidence SET {place}", values))
    assert CliRunner().invoke(app, ["incident", "list"]).exit_code == 0  # as far as each row by itself goes
    assert f"row {note.seq}" in altered("consent", "check", "q4")


def test_cutting_an_incident_off_the_end_gives_no_consent_back(site, folder):
    row = lapsed_by_an_incident(site)
    tampered(folder, ("DELETE FROM evidence WHERE seq >= ?", (row.seq,)))
    for asked in (["consent", "check", "q4"], ["incident", "list"], ["kpi"]):
        assert "checkpoint" in altered(*asked)


def test_commands_say_what_is_missing(folder):
    for number in (1, 3):
        key_file(folder, number)
    for arguments, says in (
        (("consent", "check", "q4"), "nobody has asked"),
        (("consent", "show", "nothing"), "no consent 'nothing'"),
        (("consent", "sign", "nothing"), "--key or"),
        (("consent", "sign", "nothing", "--key", "key-1"), "nobody is named who signs"),
        (("consent", "sign", "nothing", "--by", "lead", "--key", "key-1.pub"), "nothing that could be signed"),
        (("consent", "sign", "c.json", "--key", "key-1"), "there is no statement c.json"),
        (("consent", "emergency", "q4", "--by", "lead", "--why", "x"), "signed with --key, or written to --out"),
        (("consent", "withdraw", "nothing", "--by", "lead", "--why", "x"), "no consent 'nothing'"),
        (
            ("verify-release", "consented_bots.py", "nothing.att", "--key", "key-1.pub"),
            "attestation nothing.att cannot be read",
        ),
        (("verify-release", "consented_bots.py", "nothing.att", "--key", "key-1"), "is a private key"),
        (("verify-release", "consented_bots.py", "consented_bots.py"), "no key was named"),
    ):
        assert says in command(*arguments, code=None), arguments
