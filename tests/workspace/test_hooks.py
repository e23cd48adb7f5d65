"""Web hooks: signed, tried again, told once, and without a word of anybody's texts."""

import hashlib
import hmac
import os
import signal
import sys
import time

import pytest
from tests.workspace.hooks import Receiver
from tests.workspace.test_monitor import GOOD, INCIDENT
from tests.workspace.watching import Site, kinds

from trimtab.workspace import notify


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notify, "_FIRST_WAIT", 0.01)
    return Site(tmp_path)


def hook(url, more="", *, timeout=60.0):
    return f'notify:\n  on-call: {{url: "{url}", timeout: {timeout}, retries: 2{more}}}'


def incident(site, url, more="", **how):
    site.write({"current": (60, 0)}, notify=hook(url, more, **how))
    site.rule([*GOOD, *INCIDENT])


def test_each_alarm_is_sent_once_and_says_what_it_is(site):
    with Receiver() as receiver:
        incident(site, receiver.url)
        look = site.look()
        assert look.sent == len(look.raised) == len(receiver.got) > 1
        assert site.look(after=1).sent == 0
    by = {message["trimtab"]["by"]: message for message in receiver.messages}
    assert set(by) == {alarm.by for alarm in look.raised}
    message = by["e-detector"]
    assert message["text"].startswith("[page] bot: leak: more than 0.001 of the events are bad.")
    assert message["trimtab"]["figures"]["false_alarms_a_year"] == 1.0
    assert message["trimtab"]["metric"] == "leak"
    assert (message["trimtab"]["owner"], message["trimtab"]["risk_owner"]) == ("team", "lead")
    hashes = [headers["X-Trimtab-Alarm"] for headers, _ in receiver.got]
    assert len(set(hashes)) == len(hashes)
    assert [record.tries for record in kinds(site, "notified")] == [1] * len(hashes)


def test_it_is_signed_with_the_key_of_the_environment(site, monkeypatch):
    monkeypatch.setenv("ALARM_KEY", "a key that nobody knows")
    with Receiver() as receiver:
        monkeypatch.setenv("ALARM_HOOK", receiver.url)
        site.write({"current": (60, 0)}, notify="notify:\n  on-call: {url_env: ALARM_HOOK, key_env: ALARM_KEY}")
        site.rule([*GOOD, *INCIDENT])
        before = int(time.time())
        site.look()
    headers, body = receiver.got[0]
    stamp, signed = (part.split("=")[1] for part in headers["X-Trimtab-Signature"].split(","))
    expected = hmac.new(b"a key that nobody knows", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert signed == expected
    assert before <= int(stamp) <= time.time()


@pytest.mark.parametrize("trouble", ["503", "429", "stall", "hang up"])
def test_what_passes_is_tried_again(site, trouble):
    with Receiver(lambda number: trouble if number < 2 else "200") as receiver:
        incident(site, receiver.url, timeout=1.0 if trouble == "stall" else 60.0)
        look = site.look()
    assert look.unsent == ()
    assert len(receiver.got) == len(look.raised) + 2
    assert kinds(site, "notified")[0].tries == 3
    assert receiver.got[0][1] == receiver.got[1][1] == receiver.got[2][1]


@pytest.mark.parametrize(("trouble", "said"), [("404", "answered 404"), ("301", "redirects are not followed")])
def test_what_does_not_pass_is_not_tried_again_in_one_look_but_in_the_next(site, trouble, said):
    with Receiver(lambda number: trouble) as receiver:
        incident(site, receiver.url)
        look = site.look()
        assert said in look.unsent[0]
        assert len(look.unsent) == len(look.raised)
        assert (look.sent, len(receiver.got), receiver.paths) == (0, 1, ["/hook"])
        assert kinds(site, "notified") == []
        receiver.script = lambda number: "200"
        assert site.look(after=1).sent == len(look.raised)


def test_what_never_answers_costs_no_alarm_and_its_address_is_not_told(site):
    with Receiver(lambda number: "stall") as receiver:
        incident(site, receiver.url, timeout=1.0)
        look = site.look()
    assert "did not answer within 1 s" in look.unsent[0]
    assert len(receiver.got) == 3
    assert receiver.url not in " ".join(look.unsent)
    gone = site.look(after=1)
    assert "cannot be reached" in gone.unsent[0]
    assert len(kinds(site, "alarm")) == len(look.raised)


def test_a_variable_that_is_not_set_is_said(site):
    site.write({"current": (60, 0)}, notify="notify:\n  on-call: {url_env: NOT_SET}")
    site.rule([*GOOD, *INCIDENT])
    assert "the variable NOT_SET is not set" in site.look().unsent[0]


def test_who_wants_pages_only_gets_no_tickets(site):
    with Receiver() as receiver:
        incident(site, receiver.url, ", alarms: [page]")
        look = site.look()
    assert {alarm.level for alarm in look.raised} == {"page", "ticket"}
    assert {message["trimtab"]["level"] for message in receiver.messages} == {"page"}


def test_what_ended_long_ago_is_not_sent_to_who_came_later(site):
    site.write({"current": (60, 0)})
    site.rule([*GOOD, *INCIDENT, *[(-age, 100, 0) for age in range(5, 6000, 5)]])
    site.look(after=1)
    site.look(after=6000)
    with Receiver() as receiver:
        site.write({"current": (60, 0)}, notify=hook(receiver.url))
        late = site.look(after=6000 + 1500)
    still_open = {one.alarm.by for one in late.open}
    assert {message["trimtab"]["by"] for message in receiver.messages} == still_open


KILLED = """
import sys
from pathlib import Path
from tests.workspace.watching import Site
Site(Path(sys.argv[1])).look()
"""


def test_killed_while_it_tells_it_tells_after_the_restart_and_loses_nothing(site, start):
    """Killed with -9 while the receiver thinks about the second message: the first is not sent again."""
    with Receiver(lambda number: "200" if number < 1 else "stall") as receiver:
        site.write(
            {"current": (60, 0)}, notify=f'notify:\n  on-call: {{url: "{receiver.url}", timeout: 60, retries: 0}}'
        )
        site.rule([*GOOD, *INCIDENT])
        process = start(
            [sys.executable, "-c", KILLED, str(site.folder)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        until = time.monotonic() + 60
        while len(receiver.got) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        alarms = kinds(site, "alarm")
        assert len(kinds(site, "notified")) == 1
        assert len(alarms) > 2
        receiver.script = lambda number: "200"
        receiver.going.set()
        after = site.look()
    assert (after.raised, after.sent) == ((), len(alarms) - 1)
    rows = [message["trimtab"]["alarm"] for message in receiver.messages]
    assert rows[0] not in rows[1:]
    assert len(set(rows)) == len(alarms)
    assert len(kinds(site, "alarm")) == len(alarms)
