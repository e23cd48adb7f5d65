"""Somebody at a browser who fills in forms, for tests: marks are read off the page, as a browser sends them."""

import re
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.snapshot import Watched

MARK = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
FILLED = re.compile(r'<textarea[^>]*name="([\w.]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
PROGRAM = "long-enough-to-be-a-key"


class Served:
    """A server of a ledger, and clients that have entered."""

    def __init__(self, ledger, policy, *, asof=None, access=None, verify=True):
        self.ledger, self.policy = ledger, policy
        self.browser: Any = None
        self.watched = Watched(ledger, policy, asof=asof)
        self.access = access or Alone()
        self.site = Site(self.watched, self.access, cookie="trimtab-1")
        self.app = application(self.site, hosts=frozenset({"testserver"}))
        if verify:
            self.watched.verify()

    def client(self):
        made = TestClient(self.app, follow_redirects=False)
        if isinstance(self.access, Alone):
            made.get("/enter", params={"token": self.access.token})
        return made

    def call(self, path, body, *, key=PROGRAM, **headers):
        told = {"authorization": f"Bearer {self.access.token}", "idempotency-key": key, **headers}
        return TestClient(self.app).post(path, json=body, headers=told)


def marks(text):
    """What a form sends by itself."""
    return {name: unescape(value) for name, value in MARK.findall(text)}


def filled(text):
    """What stands in the larger inputs of a page."""
    return {name: unescape(value) for name, value in FILLED.findall(text)}


def rows(ledger):
    head = ledger.head()
    return head.seq if head else 0


def entry(ledger):
    """The last record, as it was kept."""
    return list(ledger.records(after=rows(ledger) - 1))[-1][1]
