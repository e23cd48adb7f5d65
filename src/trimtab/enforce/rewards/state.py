"""Where the state of a reward lives: in memory, in a file that processes share, or with a server.

Scoring adds counts and reads multipliers; only `advance` moves them, once per step of the optimiser. So multipliers
stay the same for a whole step, and a step that several processes report is counted once.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from trimtab.enforce.rewards.counts import Counts
from trimtab.enforce.rewards.standing import Rule, Standing
from trimtab.errors import RewardError, UsageError
from trimtab.stats.hacking import HackingMonitor
from trimtab.stats.multiplier import Held

_FORMAT = 1


class RewardState(Protocol):
    """The multipliers of a reward, and the counts that will move them."""

    def standing(self) -> Standing:
        """Where it stands after the last step."""
        ...

    def seen(self) -> tuple[Standing, Counts]:
        """Where it stands after the last step, and what was added since."""
        ...

    def add(self, counts: Counts) -> None:
        """Add what was seen in this step so far."""
        ...

    def discard(self) -> None:
        """Forget what was added since the last step, as after an evaluation."""
        ...

    def advance(self, step: int, *, total: Callable[[Counts], Counts] | None = None) -> Standing:
        """Move the multipliers by what was added since the last step; nothing if this step was counted already.

        Args:
            step: The optimiser's, >= 1.
            total: Adds counts up over processes that each hold a state of their own.
        """
        ...

    def restore(self, standing: Standing) -> None:
        """Go on from a checkpoint."""
        ...


class MemoryState:
    """A state within one process; threads may share it."""

    def __init__(self, rules: tuple[Rule, ...], hard: int, audit: HackingMonitor | None = None) -> None:
        """Begin with every multiplier at 0, for a reward with so many hard checks, and perhaps an audit."""
        self._rules, self._hard, self._audit = rules, hard, audit
        self._lock = threading.Lock()
        self._standing = Standing.fresh(rules, hard, audit)
        self._pending = Counts.none(hard, len(rules))

    def standing(self) -> Standing:
        """As `RewardState.standing`."""
        with self._lock:
            return self._standing

    def seen(self) -> tuple[Standing, Counts]:
        """As `RewardState.seen`."""
        with self._lock:
            return self._standing, self._pending

    def add(self, counts: Counts) -> None:
        """As `RewardState.add`."""
        with self._lock:
            self._pending = self._pending.plus(counts)

    def discard(self) -> None:
        """As `RewardState.discard`."""
        with self._lock:
            self._pending = Counts.none(self._hard, len(self._rules))

    def advance(self, step: int, *, total: Callable[[Counts], Counts] | None = None) -> Standing:
        """As `RewardState.advance`."""
        with self._lock:
            if step <= self._standing.step:
                return self._standing
            counts, self._pending = self._pending, Counts.none(self._hard, len(self._rules))
        if total is not None:
            counts = total(counts)  # waits for other processes, so not while the lock is held
        with self._lock:
            if counts.completions:
                self._standing = self._standing.after(counts, self._rules, step=step)
            return self._standing

    def restore(self, standing: Standing) -> None:
        """As `RewardState.restore`.

        Raises:
            RewardError: It is of a reward with other checks.
        """
        check_fits(standing, self._rules, self._hard, self._audit)
        with self._lock:
            self._standing = standing
            self._pending = Counts.none(self._hard, len(self._rules))


def resting(rules: tuple[Rule, ...], hard: int, multipliers: Mapping[str, float]) -> MemoryState:
    """A state whose multipliers were set by hand, for scoring where nothing is trained; 1 where none is given.

    A multiplier of 1 makes a cost weigh as much as the whole range of the task reward. None is above its cap.

    Raises:
        UsageError: There is no such soft cost, or a multiplier is outside [0, cap].
    """
    for name, value in multipliers.items():
        cap = next((rule.controller.cap for rule in rules if rule.name == name), None)
        if cap is None:
            known = ", ".join(rule.name for rule in rules) or "none"
            raise UsageError(f"the reward has no soft cost {name!r}.", f"It has: {known}.")
        if not 0.0 <= value <= cap:
            raise UsageError(f"a multiplier of {name} must be between 0 and its cap, {cap:g}.")
    state = MemoryState(rules, hard)
    held = tuple(Held(value=multipliers.get(rule.name, min(1.0, rule.controller.cap))) for rule in rules)
    state.restore(replace(Standing.fresh(rules, hard), held=held))
    return state


@dataclass(slots=True)
class _Content:
    """What is in the file of a state."""

    standing: Standing
    pending: Counts


class FileState:
    """A state that the processes of one machine share: a small JSON file, locked while it is changed.

    A process that is killed leaves it as it was before or after its change, never between.
    """

    def __init__(
        self, path: str | os.PathLike[str], rules: tuple[Rule, ...], hard: int, audit: HackingMonitor | None = None
    ) -> None:
        """Begin, or go on with what is in the file.

        Raises:
            RewardError: The file cannot be written, or holds the state of another reward.
        """
        self._path, self._rules, self._hard, self._audit = Path(path), rules, hard, audit
        if not self._path.name:
            raise RewardError(str(path), "its state cannot be kept (this names no file)", "Name a file.")
        with self._held() as content:
            check_fits(content.standing, rules, hard, audit, pending=content.pending)

    def standing(self) -> Standing:
        """As `RewardState.standing`."""
        return self._read().standing  # a file is replaced whole, so no lock is needed

    def seen(self) -> tuple[Standing, Counts]:
        """As `RewardState.seen`."""
        content = self._read()
        return content.standing, content.pending

    def add(self, counts: Counts) -> None:
        """As `RewardState.add`."""
        with self._held() as content:
            content.pending = content.pending.plus(counts)

    def discard(self) -> None:
        """As `RewardState.discard`."""
        with self._held() as content:
            content.pending = Counts.none(self._hard, len(self._rules))

    def advance(self, step: int, *, total: Callable[[Counts], Counts] | None = None) -> Standing:
        """As `RewardState.advance`; the counts of all processes are in the file, so `total` is not asked."""
        with self._held() as content:
            if step > content.standing.step and content.pending.completions:
                content.standing = content.standing.after(content.pending, self._rules, step=step)
                content.pending = Counts.none(self._hard, len(self._rules))
            return content.standing

    def restore(self, standing: Standing) -> None:
        """As `RewardState.restore`.

        Raises:
            RewardError: It is of a reward with other checks.
        """
        check_fits(standing, self._rules, self._hard, self._audit)
        with self._held() as content:
            content.standing, content.pending = standing, Counts.none(self._hard, len(self._rules))

    @contextmanager
    def _held(self) -> Iterator[_Content]:
        """What is in the file, to be changed; it is written back unless something raises."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.with_name(f"{self._path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                content = self._read()
                before = content.standing, content.pending
                yield content
                if before != (content.standing, content.pending) or not self._path.exists():
                    self._write(content)
        except OSError as error:
            step = "Make room or name another file."
            raise RewardError(str(self._path), f"its state cannot be kept ({error.strerror})", step) from None

    def _read(self) -> _Content:
        try:
            data = json.loads(self._path.read_bytes())
            data = data if data["format"] == _FORMAT else {}
            return _Content(Standing.from_payload(data["standing"]), Counts.from_payload(data["pending"]))
        except FileNotFoundError:
            fresh = Standing.fresh(self._rules, self._hard, self._audit)
            return _Content(fresh, Counts.none(self._hard, len(self._rules)))
        except OSError as error:
            step = "See who may read it, or name another file."
            raise RewardError(str(self._path), f"its state cannot be read ({error.strerror})", step) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            step = "Restore it from a checkpoint, or name another file."
            raise RewardError(str(self._path), "this file holds no state of a reward", step) from None

    def _write(self, content: _Content) -> None:
        standing, pending = content.standing.payload(), content.pending.payload()
        beside = self._path.with_name(f"{self._path.name}.new")
        with beside.open("w") as file:
            json.dump({"format": _FORMAT, "standing": standing, "pending": pending}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


def check_fits(
    standing: Standing,
    rules: tuple[Rule, ...],
    hard: int,
    audit: HackingMonitor | None,
    *,
    pending: Counts | None = None,
) -> None:
    """That a state, and what was added to it, are of a reward with these soft costs, so many hard checks and the audit.

    Raises:
        RewardError: They are not.
    """
    kept = standing.audit
    names = tuple(rule.name for rule in rules)
    audits = (kept and (kept.allowed, kept.alpha)) == (audit and (audit.allowed, audit.alpha))
    counts = [standing.last, standing.recent, standing.total, *([] if pending is None else [pending])]
    counted = all(one.fits(hard, len(rules)) for one in counts)
    if standing.names != names or len(standing.held) != len(rules) or not counted or not audits:
        detail = "the state is of a reward with other checks"
        raise RewardError("state", detail, "Begin anew, or go on with the policy that it was made with.")
