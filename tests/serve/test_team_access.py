"""Who may come in: nobody whom the file does not name, nobody for longer than they should, and nobody by guessing."""

import sqlite3
import threading
from contextlib import closing
from typing import Any

import pytest
from tests.serve.teams import CHEAP, NAMES, PASSWORD, Counting, TeamWorld

from trimtab.errors import AccessError, UsageError
from trimtab.serve.pages.declared import ROLES
from trimtab.serve.pages.team import attempts, journal, sessions, store, tokens, users
from trimtab.serve.pages.team.passwords import Passwords
from trimtab.serve.pages.team.store import Store
from trimtab.serve.pages.team.team import Team

LEAD = NAMES["engineer"]
HERE = "192.0.2.1"


@pytest.fixture
def world(tmp_path):
    made = TeamWorld(tmp_path)
    yield made
    made.store.close()


def enter(world, name=LEAD, password=PASSWORD, address=HERE):
    return world.team.enter(name, password, address)


def person(world, cookie):
    return world.team.person(cookie=cookie, bearer="")


# -- the file --------------------------------------------------------------------------------------


def test_the_file_is_of_its_owner_alone_and_holds_no_secret_as_it_is(world):
    cookie = enter(world).session
    _, token = tokens.create(world.store, LEAD, about="a test")
    assert world.path.stat().st_mode & 0o777 == 0o600
    world.store.close()
    whole = b"".join(one.read_bytes() for one in world.path.parent.iterdir())
    for secret in (PASSWORD, cookie, token, token.split("_", 2)[2], HERE):
        assert secret.encode() not in whole


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_may_open_is_refused(world, mode):
    world.path.chmod(mode)
    with pytest.raises(AccessError, match="chmod 600"):
        Store.open(world.path)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"x" * 8192, b"no database at all " * 50])
def test_what_is_no_file_of_users_lets_nobody_in(tmp_path, content):
    path = tmp_path / "access.db"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(AccessError):
        Store.open(path, create=True)
    assert path.read_bytes() == content


def test_a_file_of_something_else_of_another_version_or_none_is_refused(tmp_path, world):
    with pytest.raises(AccessError, match="trimtab user add"):
        Store.open(tmp_path / "none.db")
    with pytest.raises(AccessError, match="no file"):
        Store.open(tmp_path)
    with closing(sqlite3.connect(world.path)) as other:
        other.execute("PRAGMA user_version = 2")
    with pytest.raises(AccessError, match="another version"):
        Store.open(world.path)
    with closing(sqlite3.connect(world.path)) as other:
        other.execute("PRAGMA application_id = 1")
    with pytest.raises(AccessError, match="no file of users"):
        Store.open(world.path)


def test_a_file_that_goes_away_or_is_another_lets_nobody_in(world, tmp_path):
    cookie = enter(world).session
    assert person(world, cookie)
    aside = world.path.with_name("aside.db")
    world.path.rename(aside)
    with pytest.raises(AccessError):
        person(world, cookie)
    Store.open(world.path, create=True).close()
    with pytest.raises(AccessError, match="not the file that was opened"):
        person(world, cookie)
    aside.replace(world.path)
    assert person(world, cookie)


def test_a_locked_file_lets_nobody_in_who_has_not_entered(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_PATIENCE", 0.0)
    world = TeamWorld(tmp_path)
    with closing(sqlite3.connect(world.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(AccessError):
            enter(world)
        other.execute("ROLLBACK")
    assert enter(world).session
    world.store.close()


def test_damage_lets_nobody_in(world):
    cookie = enter(world).session
    with closing(sqlite3.connect(world.path)) as other:
        other.execute("DROP TABLE session")
    with pytest.raises(AccessError):
        person(world, cookie)


def test_two_that_make_the_file_at_once_make_one(tmp_path):
    path, together, found = tmp_path / "access.db", threading.Barrier(4), []

    def make():
        together.wait()
        with Store.open(path, create=True) as made:
            found.append(made.key)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == 1


# -- passwords -------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["", "short", "a" * 40, "abcabcabcabcabc", "x y" * 100, "elevenchars"])
def test_a_poor_password_is_refused(password):
    with pytest.raises(UsageError):
        Passwords(**CHEAP).hashed(password)


def test_a_password_is_the_same_however_a_keyboard_writes_it():
    hasher = Passwords(**CHEAP)
    kept = hasher.hashed("caf\u00e9 and other things")
    assert kept.startswith("$argon2id$")
    assert hasher.is_right("cafe\u0301 and other things", kept)
    assert not hasher.is_right("cafe and other things", kept)


def test_so_many_wait_for_their_turn_and_all_others_are_sent_away_at_once(world):
    for _ in range(16):
        world.passwords._queue.acquire()
    came = world.team.enter(LEAD, PASSWORD, HERE)
    assert (came.session, came.wait > 0, world.passwords.looked) == ("", True, [])
    for _ in range(16):
        world.passwords._queue.release()
    assert world.team.enter(LEAD, PASSWORD, HERE).session


@pytest.mark.parametrize(
    "password", ["", "\0", "\ud800", "x" * 100_000, PASSWORD + "\0", PASSWORD + " ", "\u202e" + PASSWORD]
)
@pytest.mark.parametrize("name", [LEAD, "", "\0", "\ud800", "n" * 10_000, "ml-lead\0", "' OR 1=1 --"])
def test_hostile_names_and_passwords_are_refused_as_wrong_ones(world, name, password):
    came = world.team.enter(name, password, HERE)
    assert (came.session, came.wait) == ("", 0)
    assert len(world.passwords.looked) == 1


def test_whether_an_account_is_there_costs_and_tells_the_same(world):
    users.add(world.store, "no-password", ["viewer"], None)
    users.change(world.store, NAMES["admin"], disabled=True)
    world.gone.add(NAMES["viewer"])
    asked = {
        "unknown": ("nobody", PASSWORD),
        "wrong": (LEAD, "another password"),
        "without one": ("no-password", PASSWORD),
        "disabled": (NAMES["admin"], PASSWORD),
        "left": (NAMES["viewer"], PASSWORD),
    }
    told = {what: world.team.enter(*one, f"192.0.2.{n}") for n, (what, one) in enumerate(asked.items())}
    assert len(set(told.values())) == 1
    assert len(world.passwords.looked) == len(asked)
    # For an account that has no password the same hash is made: of nobody's.
    assert world.passwords.looked == [False, True, False, False, True]


def test_a_password_is_kept_anew_when_more_is_asked(world):
    dear = Team(world.store, Counting(**{**CHEAP, "time_cost": 2}))
    assert dear.enter(LEAD, PASSWORD, HERE).session
    assert "t=2" in users.secret_of(world.store, LEAD)
    assert dear.enter(LEAD, PASSWORD, HERE).session


def test_the_defaults_are_what_is_recommended():
    kept = Passwords().hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


# -- guessing --------------------------------------------------------------------------------------


def test_who_fails_must_wait_and_the_right_password_is_no_way_round(world):
    free = attempts.PATIENCE["both"].free
    for _ in range(free):
        assert enter(world, password="wrong words here").wait == 0
    assert enter(world, password="wrong words here").wait == 0  # looked at, and the next one waits
    looked = len(world.passwords.looked)
    assert enter(world).wait == 1
    assert enter(world, name=LEAD.upper()).wait == 1
    assert len(world.passwords.looked) == looked
    world.clock.wait(1)
    assert enter(world).session
    assert enter(world, password="wrong words here").wait == 0  # forgotten with the success


@pytest.mark.parametrize("name", [LEAD, "nobody"])
def test_waits_double_up_to_a_quarter_of_an_hour_and_are_forgotten_after_a_day(world, name):
    waits = []
    for _ in range(18):
        came = enter(world, name=name, password="wrong words here")
        while came.wait:
            waits.append(came.wait)
            world.clock.wait(came.wait)
            came = enter(world, name=name, password="wrong words here")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    world.clock.wait(86_400)
    assert enter(world, name=name, password="wrong words here").wait == 0


def test_many_accounts_from_one_address_are_guessing_as_well(world):
    for n in range(attempts.PATIENCE["address"].free + 1):
        assert enter(world, name=f"user-{n}", password="wrong words here").wait == 0
    assert enter(world).wait == 1
    assert world.team.enter(LEAD, PASSWORD, "198.51.100.7").session
    assert enter(world).wait == 1  # a success elsewhere does not help


def test_addresses_of_one_network_are_one(world):
    for n in range(attempts.PATIENCE["address"].free + 1):
        enter(world, name=f"user-{n}", password="wrong words here", address=f"2001:db8:0:1::{n:x}")
    assert enter(world, address="2001:db8:0:1:ffff::1").wait == 1
    assert enter(world, address="2001:db8:0:2::1").session
    assert journal.network("::ffff:192.0.2.1") == "192.0.2.1"


def test_from_everywhere_an_account_is_never_closed_for_longer_than_a_minute(world):
    waits = []
    for n in range(70):
        came = enter(world, password="wrong words here", address=f"10.0.{n}.1")
        while came.wait:
            waits.append(came.wait)
            world.clock.wait(came.wait)
            came = enter(world, password="wrong words here", address=f"10.0.{n}.1")
    assert waits[:3] == [1, 2, 4]
    assert max(waits) == 60


def test_many_at_once_are_no_way_round(world):
    together, count = threading.Barrier(24), attempts.PATIENCE["both"].free + 1

    def guess():
        together.wait()
        enter(world, password="wrong words here")

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(world.passwords.looked) == count


def test_two_that_come_in_at_once_both_come_in(world):
    together, came = threading.Barrier(4), []

    def come(name):
        together.wait()
        came.append((name, enter(world, name=name).session))

    threads = [threading.Thread(target=come, args=(name,)) for name in (LEAD, LEAD, NAMES["viewer"], NAMES["admin"])]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len({session for _, session in came}) == 4
    assert all(person(world, session).name == name for name, session in came)
    assert journal.flaw(world.store) == ""


def test_a_clock_that_is_set_back_makes_nobody_wait_longer(world):
    for _ in range(attempts.PATIENCE["both"].free + 1):
        enter(world, password="wrong words here")
    world.clock.wait(-86_400 * 30)
    assert enter(world).wait <= 900


def test_attempts_are_bounded(world, monkeypatch):
    monkeypatch.setattr(attempts, "_MOST_ROWS", 40)
    for n in range(60):
        enter(world, name=f"user-{n}", password="wrong words here", address=f"10.{n}.0.1")
    with world.store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM attempt").fetchone()[0] < 50


# -- sessions --------------------------------------------------------------------------------------


def test_a_session_ends_by_time_and_by_not_being_used(world):
    cookie = enter(world).session
    for _ in range(sessions.ABSOLUTE_SECONDS // 1800 - 1):
        world.clock.wait(1800)
        assert person(world, cookie).name == LEAD
    world.clock.wait(1800)
    assert person(world, cookie) is None  # used all the time, and over
    cookie = enter(world).session
    world.clock.wait(sessions.IDLE_SECONDS - 1)
    assert person(world, cookie)
    world.clock.wait(sessions.IDLE_SECONDS)
    assert person(world, cookie) is None


def test_a_session_of_a_clock_that_was_set_back_is_none(world):
    cookie = enter(world).session
    world.clock.wait(-30)
    assert person(world, cookie)
    world.clock.wait(-60)
    assert person(world, cookie) is None


CHANGES: dict[str, dict[str, Any]] = {
    "password": {"password": "x"},
    "roles": {"roles": ["viewer"]},
    "scope": {"roles": ["engineer"], "systems": ["bot"]},
    "disabled": {"disabled": True},
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_of_a_user_ends_their_sessions_and_no_other(world, what):
    mine, other = enter(world).session, enter(world, name=NAMES["viewer"]).session
    users.change(world.store, LEAD, **CHANGES[what])
    assert person(world, mine) is None
    assert person(world, other)


def test_who_is_removed_or_has_left_is_in_no_more(world):
    mine, other = enter(world).session, enter(world, name=NAMES["viewer"]).session
    users.remove(world.store, LEAD)
    assert person(world, mine) is None
    world.gone.add(NAMES["viewer"])
    assert person(world, other) is None


def test_whoever_is_disabled_while_the_password_is_compared_does_not_come_in(world):
    compared = world.passwords.is_right

    def meanwhile(password, kept):
        found = compared(password, kept)
        users.change(world.store, LEAD, disabled=True)
        return found

    world.passwords.is_right = meanwhile
    assert enter(world).session == ""


def test_a_user_has_so_many_sessions_and_the_oldest_ends(world):
    made = []
    for _ in range(sessions.MOST + 3):
        made.append(enter(world).session)
        world.clock.wait(1)
    assert [bool(person(world, one)) for one in made] == [False] * 3 + [True] * sessions.MOST
    with world.store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM session").fetchone()[0] == sessions.MOST


@pytest.mark.parametrize("cookie", ["", "x", "\ud800", "' OR 1=1 --", "a" * 100_000])
def test_a_session_that_nobody_gave_is_nobody_s(world, cookie):
    assert person(world, cookie) is None


# -- users -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("roles", [[], ["king"], ["auditor", "engineer"], ["auditor", "admin"]])
def test_roles_that_do_not_go_together_are_refused(world, roles):
    with pytest.raises(UsageError):
        users.add(world.store, "somebody", roles, None)
    with pytest.raises(UsageError):
        users.change(world.store, LEAD, roles=roles)
    assert users.find(world.store, LEAD).roles == {"engineer"}


@pytest.mark.parametrize("name", ["", "A", "a b", "a\0", "a\u202e", "1a", "a" * 81, "\u0430dmin", "-"])
def test_a_name_is_one_of_policies(world, name):
    with pytest.raises(UsageError):
        users.add(world.store, name, ["viewer"], None)


def test_a_name_is_of_one_user(world):
    with pytest.raises(UsageError, match="already"):
        users.add(world.store, LEAD, ["admin"], None)
    assert {one.name for one in users.listed(world.store)} == set(NAMES.values())


# -- tokens ----------------------------------------------------------------------------------------


def bearer(world, token):
    return world.team.person(cookie="", bearer=token)


def test_a_token_may_what_it_was_given_of_what_its_user_may_now(world):
    users.change(world.store, LEAD, roles=["engineer", "reviewer"], systems=["bot", "tool"])
    _, token = tokens.create(world.store, LEAD, about="t", roles=["engineer"], systems=["bot"], writes=True)
    found = bearer(world, token)
    assert (found.name, found.roles, found.systems, found.writes) == (LEAD, {"engineer"}, {"bot"}, True)
    users.change(world.store, LEAD, roles=["reviewer"])
    assert bearer(world, token) is None
    users.change(world.store, LEAD, roles=["engineer"], systems=["tool"])
    assert bearer(world, token).systems == set()
    users.change(world.store, LEAD, disabled=True)
    assert bearer(world, token) is None


def test_a_token_reads_unless_it_is_made_to_write_and_never_for_an_auditor(world):
    reading = bearer(world, world.token("engineer"))
    assert not reading.may_write
    assert not reading.may_act(frozenset(ROLES))
    assert bearer(world, world.token("engineer", writes=True)).may_act(frozenset(ROLES), "bot")
    for role in ("auditor", "viewer"):
        with pytest.raises(UsageError, match="write"):
            world.token(role, writes=True)
    users.change(world.store, LEAD, roles=["engineer", "viewer"])
    token = world.token("engineer", roles=["viewer", "engineer"], writes=True)
    users.change(world.store, LEAD, roles=["auditor", "viewer"])
    assert not bearer(world, token).may_write


def test_a_token_ends_by_time_and_at_once_when_it_is_revoked(world):
    id_, token = tokens.create(world.store, LEAD, about="t", days=1)
    world.clock.wait(86_399)
    assert bearer(world, token)
    world.clock.wait(1)
    assert bearer(world, token) is None
    id_, token = tokens.create(world.store, LEAD, about="t")
    assert bearer(world, token)
    tokens.revoke(world.store, id_)
    assert bearer(world, token) is None
    with pytest.raises(UsageError):
        tokens.revoke(world.store, id_)
    assert next(one for one in tokens.listed(world.store) if one.id == id_).seen == world.clock.moment


@pytest.mark.parametrize(
    "options",
    [{"roles": ["admin"]}, {"days": 0}, {"days": 400}, {"about": ""}, {"about": "a\nb"}, {"about": "x" * 81}],
)  # fmt: skip
def test_a_token_that_may_more_than_its_user_is_refused(world, options):
    with pytest.raises(UsageError):
        tokens.create(world.store, LEAD, **{"about": "t", **options})
    users.change(world.store, LEAD, roles=["engineer"], systems=["bot"])
    with pytest.raises(UsageError):
        tokens.create(world.store, LEAD, about="t", systems=["tool"])
    with pytest.raises(UsageError):
        tokens.create(world.store, "nobody", about="t")


def test_what_is_not_quite_a_token_is_none(world):
    token = world.token("engineer")
    other = world.token("admin")
    mixed = f"{token[:20]}_{other.split('_', 2)[2]}"
    for wrong in (token[:-1], token + "x", token.upper(), mixed, " " + token, "\ud800", "trimtab__"):
        assert bearer(world, wrong) is None, wrong
    assert person(world, token) is None


# -- the log ---------------------------------------------------------------------------------------


def whats(world):
    return [(one.what, one.user, one.count) for one in journal.lines(world.store)[len(NAMES) :]]


def test_the_log_tells_who_came_in_who_left_and_what_was_changed(world):
    cookie = enter(world).session
    world.team.leave(cookie)
    world.team.leave(cookie)
    id_, _ = tokens.create(world.store, LEAD, about="t", by="ml-admin")
    tokens.revoke(world.store, id_)
    users.change(world.store, LEAD, roles=["viewer"], by="ml-admin")
    users.change(world.store, LEAD, disabled=True)
    users.change(world.store, LEAD, disabled=False, password="x")
    users.remove(world.store, LEAD)
    happened = ("entered", "left", "token-made", "token-revoked", "roles-changed", "user-disabled", "user-enabled",
                "password-changed", "user-removed")  # fmt: skip
    assert whats(world) == [(what, LEAD, 1) for what in happened]
    assert [one.by for one in journal.lines(world.store)].count("ml-admin") == 2


def test_a_stranger_cannot_fill_the_log_nor_write_words_into_it(world):
    for n in range(200):
        enter(world, name=f"planted-{n}", password="planted words", address=f"10.{n}.0.1")
        enter(world, password="planted words", address=f"10.{n}.0.2")
        world.clock.wait(61)
    told = whats(world)
    assert len(told) < 2 * 9 + 12
    assert ("refused", "", 128) in told
    assert ("refused", LEAD, 128) in told
    assert any(what == "locked-out" and user == LEAD for what, user, _ in told)
    assert b"planted" not in world.path.read_bytes()


def test_a_long_log_is_verified_in_parts(world, monkeypatch):
    for part in (1, 2, 3, 7, 100):
        monkeypatch.setattr(journal, "_PART", part)
        assert journal.flaw(world.store) == ""
    with closing(sqlite3.connect(world.path)) as other:
        other.execute("DROP TRIGGER log_no_update")
        other.execute("UPDATE log SET count = 2 WHERE n = 7")
        other.commit()
    for part in (1, 2, 3, 7, 100):
        monkeypatch.setattr(journal, "_PART", part)
        assert "row 7" in journal.flaw(world.store)


def test_the_log_refuses_changes_and_shows_those_that_went_round(world):
    enter(world)
    assert journal.flaw(world.store) == ""
    rows, digest = journal.head(world.store)
    for change in (
        "UPDATE log SET user = 'x'",
        "DELETE FROM log",
        "INSERT INTO log SELECT 99, at, what, user, by, way, address, about, count, hash FROM log LIMIT 1",
    ):
        with closing(sqlite3.connect(world.path)) as other, pytest.raises(sqlite3.IntegrityError):
            other.execute(change)
    with closing(sqlite3.connect(world.path)) as other:
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f'DROP TRIGGER "{name}"')
        other.execute("UPDATE log SET user = 'x' WHERE n = 3")
        other.commit()
    assert "row 3" in journal.flaw(world.store)
    with closing(sqlite3.connect(world.path)) as other:
        other.execute("DELETE FROM log WHERE n >= 3")
        other.commit()
    assert journal.flaw(world.store) == ""  # what was cut off is seen by whoever kept the last digest
    assert journal.head(world.store) != (rows, digest)


def test_an_address_is_told_apart_and_not_told(world, tmp_path):
    enter(world)
    enter(world, address="198.51.100.7")
    first, second = (one.address for one in journal.lines(world.store)[-2:])
    assert first != second
    assert journal.told(world.store, HERE) == first
    (tmp_path / "other").mkdir()
    assert journal.told(TeamWorld(tmp_path / "other").store, HERE) != first


def test_what_lies_long_back_can_be_forgotten_and_the_rest_still_verifies(world):
    enter(world)
    world.clock.wait(86_400)
    middle = world.clock()
    enter(world)
    before = journal.head(world.store)[0]
    assert journal.forget(world.store, before=middle, by="ml-admin") == len(NAMES) + 1
    assert [one.what for one in journal.lines(world.store)] == ["entered", "log-forgotten"]
    assert (journal.flaw(world.store), journal.head(world.store)[0]) == ("", before + 1)
    assert journal.forget(world.store, before=middle) == 0
    with closing(sqlite3.connect(world.path)) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute("DELETE FROM log")
    with closing(sqlite3.connect(world.path)) as other:
        other.execute("UPDATE began SET n = n + 1")
        other.commit()
    assert journal.flaw(world.store)
