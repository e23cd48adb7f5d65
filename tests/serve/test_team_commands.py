"""`trimtab user`, `trimtab token` and `trimtab serve --team`: nothing secret on the command line, and the next step named."""

import json
from functools import partial
from typing import Any

import argon2
import pytest
from click.testing import CliRunner
from tests.serve.teams import CHEAP, PASSWORD
from tests.workspace.governing import POLICY

from trimtab.cli import app
from trimtab.errors import TrimtabError
from trimtab.serve.pages.team.store import Store


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "expect": {"answer": "b"}}\n')
    monkeypatch.chdir(tmp_path)
    costs: dict[str, Any] = dict(CHEAP)
    monkeypatch.setattr(argon2, "PasswordHasher", partial(argon2.PasswordHasher, **costs))
    monkeypatch.delenv("TRIMTAB_BY", raising=False)
    return tmp_path


def run(*words, stdin="", code=0):
    """What it printed, or why it failed."""
    done = CliRunner().invoke(app, list(words), input=stdin)
    if isinstance(done.exception, TrimtabError):
        assert int(done.exception.exit_code) == code
        return str(done.exception)
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


def add(name="ml-lead", *more):
    return run("user", "add", name, "--role", "engineer", "--no-password", *more)


def test_users_are_made_changed_listed_and_removed(folder):
    run("user", "add", "ml-lead", "--role", "engineer", "--system", "bot", "--by", "safety-lead", stdin=f"{PASSWORD}\n")
    (made,) = json.loads(run("user", "list", "--json"))
    assert (made["name"], made["roles"], made["systems"], made["enters_by"]) == (
        "ml-lead",
        ["engineer"],
        ["bot"],
        "password",
    )
    assert json.loads(run("user", "roles", "ml-lead", "--role", "reviewer", "--json"))["systems"] is None
    run("user", "password", "ml-lead", stdin="another password\n")
    run("user", "disable", "ml-lead")
    assert "disabled" in run("user", "list")
    run("user", "disable", "ml-lead", "--undo")
    run("user", "remove", "ml-lead")
    assert json.loads(run("user", "list", "--json")) == []
    happened = [(one["what"], one["by"]) for one in json.loads(run("user", "log", "--json"))]
    assert happened == [
        ("user-added", "safety-lead"), ("roles-changed", ""), ("password-changed", ""), ("user-disabled", ""),
        ("user-enabled", ""), ("user-removed", ""),
    ]  # fmt: skip
    assert "6 rows verify" in run("user", "log", "--verify")
    assert (folder / ".trimtab" / "access.db").stat().st_mode & 0o777 == 0o600


def test_whoever_has_left_is_made_a_user_with_a_word_about_it(folder):
    policy = folder / "trimtab.yaml"
    for left, said in (("2000-01-01", True), ("2999-01-01", False)):
        policy.write_text(POLICY.replace("ml-lead: {", f'ml-lead: {{left: "{left}", '))
        done = CliRunner().invoke(app, ["user", "add", "ml-lead", "--role", "engineer", "--no-password"])
        assert ("ml-lead has left by the policy" in done.stderr) is said
        run("user", "remove", "ml-lead")


def test_a_log_that_was_altered_fails(folder):
    add()
    with Store.open(folder / ".trimtab/access.db") as store, store.writing() as connection:
        connection.execute("DROP TRIGGER log_no_update")
        connection.execute("UPDATE log SET user = 'x'")
    assert "does not verify" in run("user", "log", "--verify", code=1)


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (["user", "add", "ml-lead"], f"{PASSWORD}\n", "--role"),
        (["user", "add", "ml-lead", "--role", "king"], f"{PASSWORD}\n", "There are viewer"),
        (["user", "add", "ML", "--role", "viewer"], f"{PASSWORD}\n", "people"),
        (["user", "add", "ml-lead", "--role", "viewer"], "", "standard input"),
        (["user", "add", "ml-lead", "--role", "viewer"], "short\n", "12 to 256"),
        (["user", "add", "ml-lead", "--role", "viewer", "--system", "no-such"], f"{PASSWORD}\n", "It has bot, tool"),
        (["user", "add", "ml-lead", "--role", "viewer", "--by", "nobody"], f"{PASSWORD}\n", "--by"),
        (["user", "roles", "nobody", "--role", "viewer"], "", "trimtab user list"),
        (["user", "disable", "nobody"], "", "trimtab user list"),
        (["user", "password", "nobody"], f"{PASSWORD}\n", "trimtab user list"),
        (["user", "remove", "nobody"], "", "trimtab user list"),
        (["token", "create", "x", "--user", "nobody"], "", "trimtab user list"),
        (["token", "create", "x", "--user", "tool-lead", "--role", "admin"], "", "They have engineer"),
        (["token", "revoke", "000000000000"], "", "trimtab token list"),
        (["serve", "--team", "--by", "ml-lead"], "", "--by"),
        (["serve", "--host", "0.0.0.0"], "", "--team"),
        (["serve", "--public-url", "https://pages.example.org"], "", "--team"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_names_the_next_step_and_shows_no_secret(folder, words, stdin, told):
    add("tool-lead")
    said = run(*words, stdin=stdin, code=2)
    assert told in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--host", "0.0.0.0"], "--certificate"),
        (["--host", "::"], "--certificate"),
        (["--host", "0.0.0.0", "--public-url", "https://pages.example.org"], "--proxy"),
        (["--host", "0.0.0.0", "--public-url", "http://pages.example.org", "--proxy", "10.0.0.1"], "https://"),
        (["--host", "10.255.255.1", "--public-url", "https://p.example.org", "--proxy", "nowhere"], "10.0.0.0/24"),
        (["--public-url", "https://user@pages.example.org"], "https://pages.example.org"),
        (["--public-url", "https://pages.example.org/path"], "https://pages.example.org"),
        (["--proxy", "10.0.0.1"], "--public-url"),
        (["--certificate", "c.pem"], "--key"),
        (["--certificate", "c.pem", "--key", "k.pem"], "--public-url"),
        (["--certificate", "c.pem", "--key", "k.pem", "--proxy", "10.0.0.1", "--public-url", "https://p.example.org"], "--proxy"),
        (["--certificate", "c.pem", "--key", "k.pem", "--public-url", "https://p.example.org", "--port", "0"], "PEM"),
        (["--host", "somewhere", "--public-url", "https://p.example.org", "--proxy", "10.0.0.1"], "0.0.0.0"),
        ([], "trimtab user add"),
    ],
)  # fmt: skip
def test_beyond_this_machine_nothing_is_served_in_the_clear(folder, options, told):
    from trimtab.evidence import Ledger

    Ledger.open(folder / "ledger.db").close()
    if options:
        run("user", "add", "ml-lead", "--role", "engineer", stdin=f"{PASSWORD}\n")
    else:
        add()
    assert told in run("serve", "--team", "--ledger", "ledger.db", *options, code=2)


def test_without_a_file_the_next_step_is_to_make_one(folder):
    from trimtab.evidence import Ledger

    Ledger.open(folder / "ledger.db").close()
    assert "trimtab user add" in run("serve", "--team", "--ledger", "ledger.db", code=4)
    assert "trimtab user add" in run("user", "list", code=4)
    assert not (folder / ".trimtab" / "access.db").exists()


def test_a_token_is_shown_once_and_listed_without_it(folder):
    add()
    made = json.loads(run("token", "create", "nightly", "--user", "ml-lead", "--days", "7", "--json"))
    assert made["token"].startswith(f"trimtab_{made['id']}_")
    plain = run("token", "create", "weekly", "--user", "ml-lead", "--write", "-q").strip()
    listed = run("token", "list", "--json") + run("token", "list")
    assert made["token"].split("_", 2)[2] not in listed
    assert plain.split("_", 2)[2] not in listed
    assert {(one["about"], one["writes"]) for one in json.loads(run("token", "list", "--json"))} == {
        ("nightly", False),
        ("weekly", True),
    }
    run("token", "revoke", made["id"])
    assert "revoked" in run("token", "list")
