"""A team for tests: a user for each role, a clock that is set, passwords that cost nothing."""

from starlette.testclient import TestClient
from tests.workspace.governing import NOW

from trimtab.serve.pages.access.outside import Outside
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.declared import ROLES
from trimtab.serve.pages.team import tokens, users
from trimtab.serve.pages.team.doors import TeamDoors
from trimtab.serve.pages.team.passwords import Passwords
from trimtab.serve.pages.team.store import Store
from trimtab.serve.pages.team.team import Team

PASSWORD = "seven dull teapots hum"
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
NAMES = {
    "viewer": "ml-viewer",
    "reviewer": "ml-reviewer",
    "engineer": "ml-lead",
    "risk-owner": "safety-lead",
    "committee": "finance-lead",
    "auditor": "internal-auditor",
    "admin": "ml-admin",
}
assert set(NAMES) == set(ROLES)


class Clock:
    """Microseconds; moved by hand."""

    def __init__(self):
        self.moment = NOW

    def __call__(self):
        return self.moment

    def wait(self, seconds):
        self.moment += int(seconds * 1_000_000)


class Counting(Passwords):
    """Counts each hash that is made to compare; True for one of somebody's password, False for nobody's."""

    def __init__(self, **cost):
        super().__init__(**(cost or CHEAP))
        self.looked = []
        self._hasher = Counted(self._hasher, self)


class Counted:
    """The hasher, which tells when it compares."""

    def __init__(self, hasher, passwords):
        self._inner, self._passwords = hasher, passwords

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def verify(self, kept, given):
        self._passwords.looked.append(kept != self._passwords._nobody)
        return self._inner.verify(kept, given)


class TeamWorld:
    """A store with a user for each role."""

    def __init__(self, folder, *, gone=()):
        self.clock, self.passwords, self.gone = Clock(), Counting(), set(gone)
        self.path = folder / "access.db"
        self.store = Store.open(self.path, create=True, clock=self.clock)
        self.store._connection.execute("PRAGMA synchronous = OFF")  # no test is about what a power cut leaves
        self.kept = self.passwords.hashed(PASSWORD)
        for role, name in NAMES.items():
            users.add(self.store, name, [role], None, password=self.kept)
        self.team = Team(self.store, self.passwords, gone=lambda name: name in self.gone)

    def site(self, watched, *, outside=None, doors=None, **buckets):
        made = doors or TeamDoors(self.team, cookie="trimtab-1", outside=outside or Outside(), **buckets)
        return Site(watched, self.team, cookie="trimtab-1", doors=made)

    def client(self, site, role="", *, host="testserver", base="http://testserver", **options):
        made = TestClient(application(site, hosts=frozenset({host})), base_url=base, **options)
        if role:
            made.cookies.set(site.doors.cookie, self.team.begin(NAMES[role], "password", "10.1.1.1"))
        return made

    def token(self, role, **options):
        return tokens.create(self.store, NAMES[role], about="a test", **options)[1]
