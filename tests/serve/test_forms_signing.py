"""Consents and policies in a browser: what is signed is shown, only its signature counts, and who asks never decides."""

import base64
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient
from tests.serve.filling import Served, entry, filled, marks, rows
from tests.unit.evidence.signing import key, key_file
from tests.workspace.consented import DAY, SIGNERS, opened, policy_of, prepare

from trimtab.decision.policy_proposals import must_agree, standing
from trimtab.evidence.books import Books
from trimtab.evidence.entries.consents import ConsentDecided
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.ssh_signatures import NAMESPACE, sign
from trimtab.policy import load_policy
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.declared import API, ROLES
from trimtab.workspace.consent_facts import looked_up
from trimtab.workspace.proposing import as_text, read_text

DECIDED = {
    "decision": "accept",
    "risk": "It may tell <something> to jane.doe@example.org.",
    "loss.low": "100",
    "loss.high": "5000.50",
    "by": "lead",
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("measured")
    prepare(folder)
    path = folder / "trimtab.yaml"
    path.write_text(path.read_text().replace("second: false", "second: true"))
    with pytest.MonkeyPatch.context() as patch, opened(folder) as workspace:
        patch.chdir(folder)
        workspace.run()
    return folder


@pytest.fixture
def site(measured, tmp_path):
    shutil.copytree(measured, tmp_path / "site")
    with LivingLedger.open(tmp_path / "site" / ".trimtab" / "ledger.db", create=False) as ledger:
        made = Served(ledger, policy_of(tmp_path / "site"))
        made.browser = made.client()
        yield made
        made.site.close()


def sent(site, path, **values):
    return site.browser.post(path, data={**marks(site.browser.get(path).text), **values})


def day(site, ahead):
    return datetime.fromtimestamp((site.ledger.now() + ahead * DAY) / 1e6, UTC).date().isoformat()


def asked(site):
    done = sent(site, "/forms/consent-request", system="bot", candidate="q4", what="It is better.", by="team")
    assert done.is_redirect, done.text
    return entry(site.ledger).consent


def drawn(site, id_, **more):
    path = "/forms/consent-decision"
    page = site.browser.get(f"{path}?consent={id_}").text
    told = {**DECIDED, "consent": id_, "expires": day(site, 20), **more}
    return site.browser.post(path, data={**marks(page), **told})


def statement(page):
    return base64.b64decode(marks(page.text)["statement"])


def hand_in(site, page, signature, path="/forms/consent-decision", **more):
    told = {**marks(page.text), "signature": signature, "_do": "sign", **more}
    return site.browser.post(path, data=told)


def test_a_consent_goes_from_the_question_to_two_signatures_made_by_ssh_keygen(site, tmp_path):
    id_ = asked(site)
    page = drawn(site, id_)
    assert page.status_code == 200
    content = statement(page)
    assert "It may tell &lt;something&gt; to [email]." in page.text
    assert "(in hundredths: 5,000.50)" in page.text
    assert "jane.doe" not in page.text
    assert "was masked" in page.text
    before = rows(site.ledger)
    file = site.browser.post("/forms/consent-decision", data={**marks(page.text), "_do": "file"})
    assert file.content == content
    assert file.headers["content-disposition"] == f'attachment; filename="{id_}.json"'
    (tmp_path / "s.json").write_bytes(file.content)
    command = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key_file(tmp_path, SIGNERS["lead"])), "s.json"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert rows(site.ledger) == before
    told = {**marks(page.text), "_do": "sign"}
    with (tmp_path / "s.json.sig").open("rb") as signature:
        done = site.browser.post("/forms/consent-decision", data=told, files={"signature_file": signature})
    assert done.is_redirect, done.text
    kept = entry(site.ledger)
    assert isinstance(kept, ConsentDecided)
    assert (kept.by, kept.decision, kept.loss) == ("lead", "accept", (10_000, 500_050))
    assert kept.source.startswith("form:")
    assert "BEGIN SSH" not in site.browser.get(done.headers["location"]).text
    assert looked_up(site.ledger, site.policy, id_).standing.state == "waiting for the second"
    again = site.browser.post("/forms/consent-decision", data={**told, "signature": "x"})
    assert "again=1" in again.headers["location"]
    second = sent(site, "/forms/consent-signature", consent=id_, by="second-lead")
    assert statement(second) == content
    made = sign(content, key(SIGNERS["second-lead"]))
    assert hand_in(site, second, made, "/forms/consent-signature").is_redirect
    stands = looked_up(site.ledger, site.policy, id_)
    assert stands.standing.opens
    assert stands.told["signed"].startswith("lead on 20")
    assert stands.told["signed by a second"].startswith("second-lead on 20")


@pytest.mark.parametrize("step", ["draw", "sign"])
@pytest.mark.parametrize("kind", ["decided", "measured"])
def test_nobody_signs_what_rests_on_a_row_that_was_altered_since_it_was_read(site, tmp_path, kind, step):
    id_ = asked(site)
    request = entry(site.ledger)
    page = drawn(site, id_)
    made, before = sign(statement(page), key(SIGNERS["lead"])), rows(site.ledger)
    run = [row.seq for row in site.ledger.rows(run=request.run) if row.candidate == "q4" and row.seq < request.row]
    with closing(sqlite3.connect(tmp_path / "site" / ".trimtab" / "ledger.db")) as other:
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f'DROP TRIGGER "{name}"')
        row = request.row if kind == "decided" else run[0]
        change = "UPDATE evidence SET payload = replace(payload, '1', '2') WHERE seq = ? AND payload LIKE '%1%'"
        assert other.execute(change, (row,)).rowcount == 1
        other.commit()
    assert site.watched.standing.good  # nobody has looked again yet
    refused = drawn(site, id_) if step == "draw" else hand_in(site, page, made)
    assert (refused.status_code, rows(site.ledger)) == (503, before)
    assert site.watched.standing.proof == "altered"


def test_a_form_to_sign_is_shown_to_nobody_whom_the_books_would_refuse(measured, tmp_path):
    shutil.copytree(measured, tmp_path / "site")
    with LivingLedger.open(tmp_path / "site" / ".trimtab" / "ledger.db", create=False) as ledger:
        alone = Served(ledger, policy_of(tmp_path / "site"))
        alone.browser = alone.client()
        id_ = asked(alone)
        alone.site.close()
        who = Somebody()
        team = Served(ledger, policy_of(tmp_path / "site"), access=who)
        team.browser = team.client()
        for name, may in (("lead", True), ("second-lead", True), ("team", False), ("stranger", False)):
            who.who = Person(name=name, roles=frozenset({"risk-owner"}))
            shown = team.browser.get(f"/forms/consent-decision?consent={id_}")
            assert (shown.status_code, 'class="entry"' in shown.text) == ((200, True) if may else (403, False)), name
            assert ("Decide and sign" in team.browser.get(f"/gates/{id_}").text) == (name != "team")
        who.who = Person(name="lead", roles=frozenset({"engineer"}))
        assert "Decide and sign" not in team.browser.get(f"/gates/{id_}").text
        who.who = Person(name="lead", roles=frozenset({"risk-owner"}), systems=frozenset({"other"}))
        told = [team.browser.get(f"/gates/{name}").text.replace(name, "") for name in (id_, "consent-none")]
        assert told[0] == told[1]
        team.site.close()


class Somebody:
    """Access for one person of a team."""

    who: Person

    def person(self, *, cookie, bearer):
        return self.who

    def leave(self, cookie):
        pass


def test_only_the_signature_of_whoever_decides_over_these_very_bytes_counts(site):
    id_ = asked(site)
    page = drawn(site, id_)
    content, before = statement(page), rows(site.ledger)
    wrong = {
        "none": "",
        "nonsense": "-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----",
        "another's": sign(content, key(SIGNERS["second-lead"])),
        "of something else": sign(content + b" ", key(SIGNERS["lead"])),
        "for something else": sign(content, key(SIGNERS["lead"]), namespace="file"),
    }
    for name, signature in wrong.items():
        back = hand_in(site, page, signature)
        assert back.status_code == 422, name
        assert "signature-error" in back.text, name
        assert statement(back) == content
    good = sign(content, key(SIGNERS["lead"]))
    changed = content.replace(b'"accept"', b'"refuse"')
    for other in (changed, b"{}", b"\xff", b"[" * 9999, content + b" "):
        told = {**marks(page.text), "statement": base64.b64encode(other).decode(), "signature": good, "_do": "sign"}
        assert site.browser.post("/forms/consent-decision", data=told).status_code in (400, 422)
    assert rows(site.ledger) == before
    assert hand_in(site, page, f"\r\n{good.replace(chr(10), chr(13) + chr(10))} ").is_redirect


def test_who_asks_never_decides_and_nobody_signs_what_would_be_refused(site):
    done = sent(site, "/forms/consent-request", system="bot", candidate="q4", what="Mine.", by="lead")
    id_ = entry(site.ledger).consent
    assert done.is_redirect
    for values, field in (
        ({"by": "lead"}, "by"),
        ({"by": "team"}, "by"),
        ({"by": "second-lead", "expires": day(site, 999)}, "expires"),
    ):
        back = drawn(site, id_, **values)
        assert back.status_code == 422, values
        assert f'id="{field}-error"' in back.text
        assert "statement" not in marks(back.text)
    assert drawn(site, id_, by="second-lead", risk="").status_code == 422
    assert drawn(site, "no-such").status_code == 422
    assert sent(site, "/forms/consent-request", system="bot", candidate="leaky", by="team").status_code == 422


def test_whoever_decides_second_is_told_of_the_first(site):
    id_ = asked(site)
    tabs = [drawn(site, id_), drawn(site, id_, by="second-lead")]
    assert hand_in(site, tabs[0], sign(statement(tabs[0]), key(SIGNERS["lead"]))).is_redirect
    before = rows(site.ledger)
    good = sign(statement(tabs[1]), key(SIGNERS["second-lead"]))
    late = hand_in(site, tabs[1], good)
    assert late.status_code == 409
    assert "by lead: consent decided: accept" in late.text
    assert filled(late.text)["signature"].strip() == good.strip()
    assert hand_in(site, late, good).status_code in (409, 422)
    assert rows(site.ledger) == before


def test_a_key_signs_here_only_for_somebody_alone_and_is_never_shown_again(site, tmp_path):
    path = key_file(tmp_path, SIGNERS["lead"])
    private, id_ = path.read_bytes(), asked(site)
    subprocess.run(["ssh-keygen", "-p", "-N", "opened", "-f", str(path)], check=True, capture_output=True)
    locked, page = path.read_bytes(), drawn(site, id_)
    told = {**marks(page.text), "_do": "sign"}
    post = site.browser.post
    for data, passphrase in ((locked, ""), (locked, "wrong"), (b"ssh-ed25519 AAAA", ""), (b"x" * 60_000, "")):
        back = post("/forms/consent-decision", data={**told, "passphrase": passphrase}, files={"key_file": data})
        assert back.status_code == 422
        assert "wrong" not in filled(back.text).values()
    pasted = hand_in(site, page, private.decode())
    assert pasted.status_code == 422
    assert "private key" in pasted.text
    assert "BEGIN OPENSSH" not in pasted.text
    team = Known()
    other = Served(site.ledger, site.policy, access=team)
    client = TestClient(other.app, follow_redirects=False, cookies={"trimtab-1": "s"})
    shown = client.post("/forms/consent-decision", data={
        **marks(client.get("/forms/consent-decision").text), **DECIDED, "consent": id_, "expires": day(site, 20),
    })  # fmt: skip
    assert 'name="key_file"' not in shown.text
    refused = client.post(
        "/forms/consent-decision", data={**marks(shown.text), "_do": "sign"}, files={"key_file": private}
    )
    assert refused.status_code == 422
    assert "make a new key" in refused.text
    other.site.close()
    done = post("/forms/consent-decision", data={**told, "passphrase": "opened"}, files={"key_file": locked})
    assert done.is_redirect
    assert entry(site.ledger).by == "lead"


class Known:
    """One person in a team."""

    who = Person(name="lead", roles=frozenset({"risk-owner"}))
    token = "t"

    def person(self, *, cookie, bearer):
        return self.who if cookie or bearer else None

    def leave(self, cookie):
        pass


def test_an_emergency_and_the_same_for_programs(site):
    path = f"{API}/forms/emergency"
    drawn_up = site.call(path, {"system": "bot", "candidate": "q4", "what": "It must out.", "by": "lead"})
    assert drawn_up.status_code == 200
    told = drawn_up.json()
    signature = sign(base64.b64decode(told["statement"]), key(SIGNERS["lead"]))
    body = {"statement": told["statement"], "signature": signature, "by": "lead"}
    assert site.call(path, {**body, "signature": "x"}).status_code == 422
    done = site.call(path, body)
    assert done.status_code == 201, done.text
    assert "signature" not in done.json()["entry"]
    assert site.call(path, body).json()["again"]
    page = sent(site, "/forms/consent-signature", consent=done.json()["id"], by="second-lead")
    made = sign(statement(page), key(SIGNERS["second-lead"]))
    assert hand_in(site, page, made, "/forms/consent-signature").is_redirect
    assert looked_up(site.ledger, site.policy, done.json()["id"]).standing.opens


# -- policies --------------------------------------------------------------------------------------


def test_a_policy_is_proposed_with_what_it_changes_and_those_whose_risk_it_is_agree(site):
    path = "/forms/policy-proposal"
    page = site.browser.get(path)
    text = filled(page.text)["policy"]
    assert read_text(text).digest == site.policy.digest
    looser = text.replace("at_most: 0.05", "at_most: 0.07")
    told = {**marks(page.text), "policy": looser, "by": "team", "what": "It is too strict."}
    seen = site.browser.post(path, data={**told, "_do": "look"})
    assert seen.status_code == 200
    assert "at most 0.05 becomes at most 0.07" in seen.text
    assert "loosens" in seen.text
    assert filled(seen.text)["policy"] == looser
    before = rows(site.ledger)
    done = site.browser.post(path, data={**told, "_do": "enter"})
    assert done.is_redirect, done.text
    kept = entry(site.ledger)
    assert (kept.before, kept.after, kept.effect) == (site.policy.digest, read_text(looser).digest, "loosens")
    assert kept.must_agree == ("lead", "second-lead")
    assert site.ledger.verify(jobs=1).ok
    for by, choice, status in (
        ("team", "agree", 422),
        ("lead", "agree", 303),
        ("lead", "object", 422),
        ("second-lead", "agree", 303),
    ):
        answer = sent(site, "/forms/policy-agreement", proposal=kept.proposal, choice=choice, by=by)
        assert (answer.status_code == 303) == (status == 303), (by, choice, answer.text)
    where = standing(Books.of(site.ledger), kept.proposal, site.policy.digest)
    assert (where.state, where.agreed) == ("agreed", ("lead", "second-lead"))
    assert "Everybody who must agree does" in site.browser.get("/proposals").text
    assert rows(site.ledger) == before + 3
    called = site.call(f"{API}{path}", {"policy": looser, "look": True, "by": "team"})
    assert called.json()["must_agree"] == ["lead", "second-lead"]


WRONG_POLICIES = (
    (lambda text: f"{text}\ninclude: /etc/passwd\n", "brings in other files"),
    (lambda text: text.replace("red_lines: []", "red_lines: [nobody-here]"), "nobody-here"),
    (lambda text: "{" * 2000, "line 1"),
    (lambda text: "<script>alert(1)</script>", "no policy"),
    (lambda text: text, "is the one in force"),
    (lambda text: "", "no policy"),
)


def test_what_is_no_other_policy_is_not_proposed(site):
    page = site.browser.get("/forms/policy-proposal")
    for change, told in WRONG_POLICIES:
        text = change(filled(page.text)["policy"])
        values = {**marks(page.text), "by": "team", "what": "x", "policy": text, "_do": "enter"}
        back = site.browser.post("/forms/policy-proposal", data=values)
        assert back.status_code == 422, told
        assert told in re.sub(r"\s+", " ", back.text)
        assert "root:" not in back.text
        assert "trimtab-" not in back.text
        assert "<script>" not in back.text
    assert not list(site.ledger.rows(kind="policy-proposed"))


def test_whose_risk_it_is_agrees(tmp_path, measured):
    old = load_policy(measured / "trimtab.yaml")

    def changed(find, put):
        assert find in as_text(old)
        return read_text(as_text(old).replace(find, put))

    stricter = changed("at_most: 0.05", "at_most: 0.04")
    assert must_agree(old, stricter, by="team", at=0) == ("lead",)  # whose system it is
    assert must_agree(old, stricter, by="lead", at=0) == ("second-lead",)  # nobody agrees to their own
    other = changed("organisation: Example Works", "organisation: Other Works")
    assert must_agree(old, other, by="team", at=0) == ()
    fewer = read_text(re.sub(r"  pipeline:\n(    .*\n)+", "", as_text(old)))
    assert must_agree(old, fewer, by="team", at=0) == ("lead", "second-lead")
    assert set(ROLES) >= {"risk-owner"}
