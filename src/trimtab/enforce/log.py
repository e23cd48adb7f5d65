"""Rulings on their way into the ledger: summed while they come, written now and then by a thread of its own.

Whoever rules never waits for the ledger. Sums are written when an interval is over or many rulings have come, and
what was held for a person without delay. A process that is killed loses what came since; the ledger is whole. When
it cannot be written, everything is kept for the next try, and `failure` says why.
"""

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Self

from trimtab._canonical import text_digest
from trimtab.enforce.request_id import names_nobody
from trimtab.enforce.ruling import Action, Ruling, Seen
from trimtab.enforce.seal import Chain, Seal
from trimtab.errors import LedgerError
from trimtab.evidence import Escalated, Ledger, Record, Revised, Rulings, Subject

Side = Literal["input", "output"]
Texts = Mapping[tuple[int, int], str]
"""The texts that were ruled on, by message and part: see `Seen`."""

_MOST_HELD = 100_000  # escalations and revisions that wait for a ledger that cannot be written
_MAKER = "guard/1"
_log = logging.getLogger(__name__)


def _microseconds() -> int:
    return time.time_ns() // 1000


class RulingLog:
    """Sums rulings up for a ledger. Threads may share one, processes open one each; close it, or use `with`."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        subject: Subject,
        policy: str,
        seal: Seal | None = None,
        every: float = 60.0,
        most: int = 10_000,
        clock: Callable[[], int] = _microseconds,
        owns: bool = False,
    ) -> None:
        """Begin a log.

        Args:
            ledger: Is written to.
            subject: The system and candidate that are guarded.
            policy: Digest of the policy in force.
            seal: Seals what is said of texts; left out, under a key that nobody keeps.
            every: Seconds between records, > 0.
            most: Rulings in a record at most, >= 1.
            clock: Microseconds since the epoch.
            owns: Whether the ledger is closed with the log.

        Raises:
            ValueError: `every` or `most` is outside its range.
        """
        if not (every > 0.0 and most >= 1):
            raise ValueError(f"out of range: {every=}, {most=}")
        self._ledger, self._subject, self._policy = ledger, subject, policy
        self._seal = seal or Seal()
        self._every, self._most, self._clock, self._owns = every, most, clock, owns
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._sums: dict[str, _Sums] = {}  # by guard
        self._over: list[_Sums] = []  # of intervals that are over, and could not be written yet
        self._count = 0
        self._held: list[Escalated | Revised] = []
        self._lost = 0
        self._closed = self._told = False
        self._thread: threading.Thread | None = None
        self.failure = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, side: Side, ruling: Ruling, texts: Texts, *, guard: str, about: str = "") -> None:
        """Count a ruling. Takes microseconds, and waits for nothing but other threads that do the same.

        Args:
            side: What was ruled on.
            ruling: What came of it.
            texts: The texts of the request, or the reply as `{(0, 0): text}`.
            guard: Digest of the identity of the guard that ruled.
            about: An id by which a text that was held can be found where it is kept; sealed if it could name somebody.

        Raises:
            ValueError: The log is closed.
        """
        digests = [text_digest(text) for text in texts.values()]
        held: list[Escalated | Revised] = []
        if ruling.action is Action.ESCALATE:
            held += _escalated(side, ruling, texts, guard, self._seal)
        if ruling.revision is not None:
            held.append(ruling.revision.record(guard=guard, sealed=self._seal.of))
        if held and about:
            about = self._written(about)
            held = [replace(one, about=about) for one in held]
        with self._changed:
            if self._closed:
                raise ValueError("the log of rulings is closed")
            sums = self._sums.get(guard) or self._sums.setdefault(guard, _Sums(guard, self._seal))
            sums.add(side, ruling, digests, sum(map(len, texts.values())), self._clock())
            self._count += 1
            room = _MOST_HELD - len(self._held)
            self._held += held[:room]
            self._lost += max(0, len(held) - room)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trimtab rulings", daemon=True)
                self._thread.start()
                atexit.register(self._at_exit)
            if held or self._count >= self._most:
                self._changed.notify()

    def flush(self) -> None:
        """Write what there is now.

        Raises:
            LedgerError: It cannot be written; everything is kept for another try.
        """
        self._write(everything=True)

    def close(self) -> None:
        """Write what there is, and stop. Safe to call twice.

        Raises:
            LedgerError: As `flush`, which may be tried again; the log is closed all the same.
        """
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
            atexit.unregister(self._at_exit)
        self.flush()
        if self._owns:
            self._ledger.close()

    @property
    def waiting(self) -> int:
        """Rulings that are not in the ledger; after `close` failed, those that are lost unless it is tried again."""
        with self._changed:
            return sum(sums.rulings.total() for sums in (*self._over, *self._sums.values()))

    # -- the thread --------------------------------------------------------------

    def _work(self) -> None:
        due = time.monotonic() + self._every
        while True:
            with self._changed:
                if not self._closed and not self._urgent() and time.monotonic() < due:
                    self._changed.wait(max(0.0, due - time.monotonic()))
                if self._closed:
                    return
                over = time.monotonic() >= due or self._count >= self._most
            try:
                self._write(everything=over)
            except LedgerError:
                with self._changed:  # no sooner than after an interval, or it would try all the time
                    self._changed.wait_for(lambda: self._closed, timeout=self._every)
            if over:
                due = time.monotonic() + self._every

    def _written(self, about: str) -> str:
        """An id as the ledger holds it: nothing is ever removed there, so one that could name somebody is sealed."""
        if names_nobody(about):
            return about
        if not self._told:
            self._told = True
            _log.warning(
                "an id given as `about` could name somebody, so the ledger holds it sealed, as it will all such; "
                "give a UUID, or one such as request-7"
            )
        return self._seal.of(text_digest(about))

    def _urgent(self) -> bool:
        return bool(self._held) or self._count >= self._most

    def _write(self, *, everything: bool) -> None:
        with self._writing:
            with self._changed:
                held, self._held = self._held, []
                lost = self._lost
                if everything:
                    self._over += self._sums.values()
                    self._sums, self._count, self._lost = {}, 0, 0
                over, self._over = self._over, []
            records: list[Record] = [*held]
            records += [sums.record(0 if number else lost) for number, sums in enumerate(over)]
            if not records:
                return
            try:
                self._ledger.append(records, subject=self._subject, run="", maker=_MAKER, policy=self._policy)
            except LedgerError as error:
                with self._changed:
                    self._held, self._over = held + self._held, over + self._over
                    if everything:
                        self._lost += lost
                self.failure = str(error)
                _log.warning("rulings are not in the ledger yet: %s", error)
                raise
            self.failure = ""

    def _at_exit(self) -> None:
        try:
            self.close()
        except LedgerError as error:
            _log.warning("the last %d rulings are lost, since they cannot be written: %s", self.waiting, error)


def _escalated(side: Side, ruling: Ruling, texts: Texts, guard: str, seal: Seal) -> list[Escalated]:
    """A record for each text in which something was found; for the first where it was something else."""
    by_text: dict[tuple[int, int], list[Seen]] = {}
    for seen in ruling.seen:
        if seen.action is Action.ESCALATE:
            by_text.setdefault((seen.message, seen.part), []).append(seen)
    if not by_text:
        by_text[next(iter(texts), (0, 0))] = []
    doubt = ruling.doubt
    return [
        Escalated(
            guard=guard,
            side=side,
            text=seal.of(text_digest(texts.get(place, ""))),
            chars=len(texts.get(place, "")),
            why=ruling.reason,
            spans=[_span(one) for one in found],
            confidence=doubt.confidence if doubt else None,
            at_least=doubt.at_least if doubt else None,
        )
        for place, found in by_text.items()
    ]


class _Sums:
    """Sums over the rulings of an interval."""

    def __init__(self, guard: str, seal: Seal) -> None:
        self.guard = guard
        self.begun = self.ended = self.chars = 0
        self.seconds = self.slowest = 0.0
        self.rulings: Counter[tuple[str, ...]] = Counter()
        self.findings: Counter[tuple[str, ...]] = Counter()
        self.found: Counter[tuple[str, ...]] = Counter()  # characters
        self.texts: Counter[tuple[str, ...]] = Counter()  # with such a finding, however many are in each
        self.skipped: Counter[tuple[str, ...]] = Counter()
        self.chain = Chain(seal)

    def add(self, side: Side, ruling: Ruling, digests: Sequence[str], chars: int, now: int) -> None:
        self.begun, self.ended = self.begun or now, now
        self.chars += chars
        self.seconds += ruling.total
        self.slowest = max(self.slowest, ruling.total)
        action = str(ruling.action)
        self.rulings[side, action] += 1
        for seen in ruling.seen:
            key = (side, seen.detector, seen.finding.label, str(seen.action))
            self.findings[key] += 1
            self.found[key] += seen.finding.end - seen.finding.start
        self.texts.update({(side, seen.detector, seen.finding.label, str(seen.action)) for seen in ruling.seen})
        for skipped in ruling.skipped:
            self.skipped[side, skipped.detector, skipped.reason] += 1
        if ruling.doubt:
            self.skipped[side, "guard", "unsure"] += 1
        self.chain.add(side, action, digests)

    def record(self, lost: int) -> Rulings:
        findings = _rows(self.findings, ("side", "detector", "label", "action"))
        for row in findings:
            key = row["side"], row["detector"], row["label"], row["action"]
            row["chars"], row["texts"] = self.found[key], self.texts[key]
        return Rulings(
            guard=self.guard,
            begun=self.begun,
            ended=self.ended,
            chars=self.chars,
            seconds=round(self.seconds, 6),
            slowest=round(self.slowest, 6),
            rulings=_rows(self.rulings, ("side", "action")),
            findings=findings,
            skipped=_rows(self.skipped, ("side", "detector", "reason")),
            chain=str(self.chain),
            lost=lost,
        )


def _rows(counts: Counter[tuple[str, ...]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{**dict(zip(names, key, strict=True)), "count": count} for key, count in sorted(counts.items())]


def _span(seen: Seen) -> dict[str, Any]:
    found = seen.finding
    return {
        "label": found.label,
        "detector": seen.detector,
        "start": found.start,
        "end": found.end,
        "confidence": round(found.confidence, 6),
    }
