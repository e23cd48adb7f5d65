"""A ledger and a policy as they stand at one row and one moment; and what keeps that up to date while it serves."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from trimtab.decision.period import Period
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence import Ledger
from trimtab.evidence.as_of import LedgerAsOf
from trimtab.evidence.books import Books
from trimtab.evidence.checkpoint import Head
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.verify import Verification
from trimtab.policy import Policy
from trimtab.workspace.answering import EVERY, Present
from trimtab.workspace.kpis import KpiEvidence, gather_evidence

Proof = Literal["verified", "unknown", "altered", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether the ledger was verified: up to which row, when (microseconds since the epoch, UTC), and what is wrong."""

    proof: Proof
    rows: int = 0
    at: int = 0
    why: str = ""
    found: Verification | None = None

    @property
    def good(self) -> bool:
        """Whether all that was there verified."""
        return self.proof == "verified"


class _Gathered:
    """What KPIs are computed from, as of a row: read when somebody first asks for it."""

    def __init__(self, ledger: Ledger, row: int) -> None:
        self._ledger, self._row = ledger, row
        self._lock = threading.Lock()
        self._found: KpiEvidence | None = None

    def __call__(self) -> KpiEvidence:
        with self._lock:
            if self._found is None:
                self._found = gather_evidence(self._ledger, upto=self._row)
            return self._found


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What pages are made from.

    `row` is the last that counts, and the last that can be read in `ledger`; `moved` is the last of them on which a
    page can depend. `moment` is when, in whole minutes, so that two who look at once see the same: microseconds since
    the epoch, UTC. `fixed` says that somebody chose the moment.
    """

    policy: Policy
    ledger: Ledger
    row: int
    moved: int
    moment: int
    fixed: bool
    gathered: Callable[[], KpiEvidence] = field(repr=False, compare=False)

    @property
    def evidence(self) -> KpiEvidence:
        """What KPIs are computed from."""
        return self.gathered()

    @property
    def books(self) -> Books:
        """What people and feeds reported."""
        return self.evidence.books

    def period(self, quarter: str = "") -> Period:
        """A quarter by its name; the one that the moment lies in if left out.

        Raises:
            ValueError: It is none.
        """
        return Period.quarter(quarter) if quarter else Period.quarter_at(self.moment)


class Watched:
    """Holds the ledger, gives the snapshot of now, and knows whether the ledger verifies."""

    def __init__(self, ledger: Ledger, policy: Policy, *, asof: int | None = None) -> None:
        """Nothing is read yet.

        Args:
            ledger: Open; whoever opened it closes it.
            policy: In force.
            asof: Show what had happened before this moment, by the rows recorded until then.
        """
        self.ledger, self.policy, self._asof = ledger, policy, asof
        self._lock = threading.Lock()
        self._last: Snapshot | None = None
        self._fixed: int | None = None  # the last row before the moment that was chosen, once no other can be
        self._alarms = 0  # how often something was found wrong
        self.standing = Standing(proof="unknown", why="The ledger is being verified.")

    def snapshot(self) -> Snapshot:
        """As of the row and the minute.

        Raises:
            LedgerError: The ledger cannot be read, or a row of it was altered.
        """
        now = self._present()
        with self._lock:
            last = self._last
            if last is None or (last.row, last.moved, last.moment) != (now.row, now.moved, now.moment):
                last = self._last = self.snapshot_of(now.row, now.moved, now.moment, before=last)
            return last

    def snapshot_of(self, row: int, moved: int, moment: int, *, before: Snapshot | None = None) -> Snapshot:
        """As of another row and moment; what was gathered for the same row is shared with `before`."""
        if before is not None and before.row == row:
            return replace(before, moved=moved, moment=moment)
        return Snapshot(
            policy=self.policy,
            ledger=LedgerAsOf(self.ledger, row),
            row=row,
            moved=moved,
            moment=moment,
            fixed=self._asof is not None,
            gathered=_Gathered(self.ledger, row),
        )

    def _present(self) -> Present:
        if self._asof is not None:
            row = self._fixed
            if row is None:
                row = self.ledger.before(self._asof)
                head = self.ledger.head()
                self._fixed = row if head is not None and head.seq > row else None
            elif isinstance(self.ledger, LivingLedger):
                self.ledger.standing()  # raises where the ledger has been changed
            return Present(row=row, moved=row, moment=self._asof - 1)
        if isinstance(self.ledger, LivingLedger):
            return Present.of(self.ledger)
        head = self.ledger.head()
        row, recorded = (head.seq, head.time) if head else (0, -1)
        return Present(row=row, moved=row, moment=max(self.ledger.now() // EVERY * EVERY, recorded + 1))

    # -- whether it verifies ---------------------------------------------------------------

    def verify(self, pause: Callable[[int, int], None] | None = None) -> Standing:
        """Derive everything again; what is found stands on every page until the next time.

        What was verified before must be a beginning of what is there: somebody who hashed all of it anew is found.
        `pause` is called now and then with rows done and rows in all, and may wait.
        """
        seen, alarms = self.standing.found, self._alarms
        known = [Head(seen.rows, seen.head.root)] if seen is not None and seen.ok and seen.rows else []
        found = self._judged(lambda: self.ledger.verify(pause, expect=known, jobs=1, apart=True))
        with self._lock:
            if found.good and self._alarms != alarms:
                return self.standing  # something was seen meanwhile, perhaps where this had already been
            if found.good and self.standing.good and self.standing.rows > found.rows:
                found = replace(self.standing, at=found.at)  # what was added meanwhile was verified already
            self.standing = found
            return found

    def verify_on(self) -> Standing:
        """Verify what was added since, if anything was and all before it verified."""
        before, head = self.standing, self.ledger.head()
        seen = before.found
        if seen is None or not before.good or before.rows == (head.seq if head else 0):
            return before
        found = self._judged(lambda: self.ledger.verify_on(seen))
        with self._lock:
            self._alarms += not found.good
            if found.good and self.standing is not before:
                return self.standing
            self.standing = found
            return found

    def _judged(self, verify: Callable[[], Verification]) -> Standing:
        try:
            found = verify()
        except LedgerAlteredError as error:
            return Standing(proof="altered", why=str(error), at=self.ledger.now())
        except LedgerError:
            why = "The ledger cannot be read, so nothing is known about it."
            return Standing(proof="unreadable", why=why, at=self.ledger.now())
        first = "" if found.ok else f"{found.problems[0]}"
        proof: Proof = "verified" if found.ok else "altered"
        return Standing(proof=proof, rows=found.rows, at=self.ledger.now(), why=first, found=found)

    def altered(self, why: str) -> None:
        """Somebody read a row that is not what was hashed."""
        with self._lock:
            self._alarms += 1
            self.standing = Standing(proof="altered", why=why, at=self.ledger.now())

    def hashes(self, rows: Iterable[int]) -> Mapping[int, bytes]:
        """Read rows again, and hash them again: the hash of each.

        Raises:
            LedgerAlteredError: One is not what was hashed, or is gone.
        """
        found: dict[int, bytes] = {}
        for row in rows:
            again = next(self.ledger.records(after=row - 1, upto=row), None)
            if again is None:
                raise LedgerAlteredError(self.ledger.location, row, "was there, and has been removed")
            found[row] = again[0].hash
        return found

    def unchanged(self, rows: Mapping[int, bytes]) -> None:
        """See that rows have the hashes that they had.

        Raises:
            LedgerAlteredError: One is another, or is gone.
        """
        for row, now in self.hashes(rows).items():
            if now != rows[row]:
                raise LedgerAlteredError(self.ledger.location, row, "is another than it was when it was shown first")
