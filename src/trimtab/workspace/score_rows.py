"""Looks at one stretch of a data set with the reward of a system; made once in each process."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from trimtab._canonical import canonical
from trimtab.enforce.rewards import Columns, NoSampleError, Rewards, Sample, resting, sample_of
from trimtab.errors import UsageError
from trimtab.measure.data_sets import Stretch, UnreadableError, row_of
from trimtab.policy import Policy
from trimtab.stats.unit_sums import UNITS

KEY = 16  # bytes of a prompt's digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """By what rows are scored; everything that changes a reward is in here.

    `task` names the column of the task reward; of a pair NAME_chosen and NAME_rejected, or the words the other way
    round. `multipliers` are set by hand, by the name of their soft cost.
    """

    policy: Policy
    system: str
    columns: Columns = field(default_factory=Columns)
    task: str = ""
    multipliers: Mapping[str, float] = field(default_factory=dict)

    def rewards(self) -> Rewards:
        """The reward, at these multipliers.

        Raises:
            UsageError: There is no such system, no reward of it, or no such soft cost.
            PluginError: A detector or metric is not installed, or does not take its fields.
        """
        made = Rewards(self.policy, self.system)
        made.state = resting(made.rules, len(made.hard), self.multipliers)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a stretch came to. Arrays are by completion, (n,) or (n, checks); `place` says of which of its rows each is.

    `side` is "completion", "chosen" or "rejected"; `key` is a digest of the prompt, `unit` drawn from it. `unread` says
    of places that hold no sample why.
    """

    place: NDArray[np.int64]
    side: tuple[str, ...]
    key: tuple[bytes, ...]
    unit: NDArray[np.int64]
    reward: NDArray[np.float64]
    severity: NDArray[np.float64]
    unsafe: NDArray[np.bool_]
    tasked: NDArray[np.bool_]
    failed: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    costs: NDArray[np.float64]
    looked: NDArray[np.bool_]
    errors: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    unread: tuple[tuple[int, str], ...]

    @property
    def broken(self) -> NDArray[np.bool_]:
        """Whether a completion could not be looked at, (n,)."""
        return np.array([bool(error) for error in self.errors], dtype=bool)


@dataclass(frozen=True, slots=True)
class Read:
    """The samples of a stretch, each with its place and row; and why other places hold none."""

    places: list[int]
    samples: list[Sample]
    rows: list[dict[str, Any]]
    unread: list[tuple[int, str]]


class Eyes:
    """A reward that is ready to look at stretches."""

    def __init__(self, scale: Scale) -> None:
        """Make it; raises as `Scale.rewards`."""
        self.scale, self.rewards = scale, scale.rewards()

    def read(self, stretch: Stretch) -> Read:
        """The samples of a stretch."""
        found = Read([], [], [], [])
        for place, given in enumerate(stretch.rows):
            try:
                row = given if isinstance(given, dict) else row_of(given)
                sample = sample_of(row, self.scale.columns)
                self._told(row)
            except (UnreadableError, NoSampleError) as error:
                found.unread.append((place, str(error)))
            else:
                found.places.append(place)
                found.samples.append(sample)
                found.rows.append(row)
        return found

    def _told(self, row: Mapping[str, Any]) -> None:
        """Raise NoSampleError if the row does not say what checks it is for; those that are would not be made."""
        lacking = next((name for name in sorted(self.rewards.columns) if row.get(name) is None), None)
        if lacking is not None:
            raise NoSampleError(f"has no {lacking}, which says what checks it is for")

    def look(self, stretch: Stretch) -> Looked:
        """What each completion of a stretch is worth."""
        return self.judge(self.read(stretch))

    def judge(self, read: Read) -> Looked:
        """What each completion of these samples is worth.

        Raises:
            RewardError: One could not be looked at, and the policy says `on_crash: raise`.
        """
        flat = [(at, side, said) for at, one in enumerate(read.samples) for side, said in one.sides]
        at = [one for one, _, _ in flat]
        sides = tuple(side for _, side, _ in flat)
        keys = [key_of(one.prompt) for one in read.samples]
        task = [_task(read.rows[one], self.scale.task, side) for one, side, _ in flat] if self.scale.task else None
        scored = self.rewards.score(
            [read.samples[one].prompt for one in at], [said for _, _, said in flat], _columns(read.rows, at), task=task
        )
        return Looked(
            place=np.array([read.places[one] for one in at], dtype=np.int64),
            side=sides,
            key=tuple(keys[one] for one in at),
            unit=np.array([int.from_bytes(keys[one][:4]) % UNITS for one in at], dtype=np.int64),
            reward=scored.rewards,
            severity=scored.severity,
            unsafe=scored.unsafe,
            tasked=~np.isnan(scored.task),
            failed=scored.failed,
            asked=scored.looked[:, : len(self.rewards.hard)],
            costs=scored.costs,
            looked=scored.looked[:, len(self.rewards.hard) :],
            errors=scored.errors,
            labels=scored.labels,
            unread=tuple(read.unread),
        )

    def lines(self, stretch: Stretch, looked: Looked, *, rows: bool = False) -> bytes:
        """A line of JSON for each completion, and for each row that could not be read; with `rows`, its row as well."""
        found: dict[int, list[bytes]] = {}
        for one, place in enumerate(looked.place.tolist()):
            told = {"row": stretch.numbers[place], **self._verdict(looked, one)}
            if rows:
                told["data"] = _as_json(stretch.rows[place])
            found.setdefault(place, []).append(orjson.dumps(told))
        for place, why in looked.unread:
            told = {"row": stretch.numbers[place], "verdict": "unread", "error": why}
            found[place] = [orjson.dumps(told)]
        return b"".join(line + b"\n" for place in sorted(found) for line in found[place])

    def _verdict(self, looked: Looked, one: int) -> dict[str, Any]:
        told: dict[str, Any] = {} if looked.side[one] == "completion" else {"of": looked.side[one]}
        told["verdict"] = "unsafe" if looked.unsafe[one] else "safe"
        told["reward"] = round(float(looked.reward[one]), 6)
        if looked.unsafe[one]:
            told["severity"] = round(float(looked.severity[one]), 6)
            told["failed"] = _named(self.rewards.hard, looked.failed[one])
            if looked.labels[one]:
                told["found"] = list(looked.labels[one])
        costs = zip(self.rewards.soft, looked.costs[one].tolist(), looked.looked[one].tolist(), strict=True)
        if asked := {name: round(cost, 6) for name, cost, was in costs if was}:
            told["costs"] = asked
        if looked.errors[one]:
            told["error"] = looked.errors[one]
        return told


def system_of(policy: Policy, name: str) -> str:
    """The system that is meant: the one named, or the only one.

    Raises:
        UsageError: There are several, and none is named.
    """
    if not name and len(policy.systems) > 1:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(policy.systems)}.")
    return name or next(iter(policy.systems))


def key_of(prompt: object) -> bytes:
    """A digest of a prompt, the same for equal prompts."""
    try:
        said = prompt.encode("utf-8", "surrogatepass") if isinstance(prompt, str) else canonical(prompt)
    except (TypeError, ValueError):
        said = repr(prompt).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=KEY).digest()


def _named(names: Sequence[str], which: NDArray[np.bool_]) -> list[str]:
    return [name for name, one in zip(names, which.tolist(), strict=True) if one]


def _columns(rows: Sequence[Mapping[str, Any]], at: Sequence[int]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [rows[one].get(name) for one in at] for name in names}


def _task(row: Mapping[str, Any], name: str, side: str) -> float | None:
    """The task reward of a completion; None where there is none, which is the lowest."""
    names = [name] if side == "completion" else [f"{name}_{side}", f"{side}_{name}"]
    value = next((row[one] for one in names if one in row), None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _as_json(row: bytes | dict[str, Any] | None) -> Any:
    return orjson.Fragment(row.strip()) if isinstance(row, bytes) else _plain(row)


def _plain(value: Any) -> Any:
    """A value of a table as JSON has it; what JSON has no form for becomes a text."""
    return orjson.loads(orjson.dumps(value, default=str)) if value is not None else None
