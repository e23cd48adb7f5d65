"""Scores a data set with the reward of a system, and keeps of it what is safe, or the best answer to each prompt."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trimtab import __version__
from trimtab.decision import Verdict
from trimtab.decision.check_rates import CheckRate
from trimtab.errors import ExitCode, UsageError
from trimtab.measure.data_sets import Stretch, kind_of, stretches
from trimtab.stats.unit_sums import UNITS, UnitSums
from trimtab.workspace.best_of import BestOf
from trimtab.workspace.copying import Taken, copy_rows
from trimtab.workspace.machine import cores
from trimtab.workspace.out_files import OutFile
from trimtab.workspace.score_rows import Eyes, Looked, Scale
from trimtab.workspace.side_by_side import in_order

Holds = Literal["verdicts", "rows", "safe", "best"]
"""What OUT holds: verdicts, verdicts with their rows, the safe rows as they are, or the best of these by prompt."""

_MEMBERS = 12  # keys named in a message


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far it has come; displays may read it at any moment. `share` is of the file, in [0, 1]."""

    rows: int = 0
    share: float = 0.0
    unsafe: int = 0
    listen: Callable[["Progress"], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFile:
    """What a data set came to.

    `completions`, `unsafe` and `unlooked` (by reason: unsafe since a check could not look) count what a model would
    learn to say; `rejected` and `rejected_unsafe` the other halves of pairs. `unread` counts rows by why they could not
    be read. `kept` is how many rows OUT holds as they were, and None where it holds verdicts. Of `prompts`, which are
    only told apart for the best of each, `hopeless` have no safe answer.
    """

    reward: str
    policy: str
    digest: str
    rows: int
    completions: int
    unsafe: int
    unlooked: Mapping[str, int]
    untasked: int
    rejected: int
    rejected_unsafe: int
    unread: Mapping[str, int]
    rates: tuple[CheckRate, ...]
    kept: int | None = None
    prompts: int = 0
    hopeless: int = 0
    paths: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """FAIL if what is told of (all rows, or those kept) fails a check or a cost is above its bound.

        INCONCLUSIVE if neither is shown, and a row could not be read or looked at, a rate is not proved, or nothing is
        kept. Rows that are left out fail nothing: that is what leaving out is for.
        """
        verdicts = {rate.verdict for rate in self.rates}
        if Verdict.FAIL in verdicts:
            return ExitCode.FAIL
        unsure = Verdict.INCONCLUSIVE in verdicts or self.unread or self.unlooked or self.kept == 0
        return ExitCode.INCONCLUSIVE if unsure else ExitCode.PASS


def score_file(
    scale: Scale,
    file: Path,
    *,
    out: Path | None = None,
    holds: Holds = "verdicts",
    processes: int = 0,
    force: bool = False,
    listen: Callable[[Progress], None] = lambda _: None,
) -> ScoredFile:
    """Score every row of a data set.

    Memory does not grow with the file, but for a byte a row where rows are kept, and about 600 for each prompt where
    the best of each is. OUT comes into its place when it is whole.

    Args:
        scale: By what.
        file: JSON Lines, plain or gzip, or Parquet.
        out: What to write, if anything; rows that are kept as they are go to a file of the same kind.
        holds: What OUT holds.
        processes: That look side by side; as many as there are cores if 0. The outcome is the same.
        force: Replace OUT.
        listen: Told after every stretch of rows.

    Raises:
        UsageError: The file cannot be read or has no rows of a known format, or OUT does not fit.
        RewardError: A completion could not be looked at, and the policy says `on_crash: raise`; or a process was lost.
        OutputError: OUT cannot be written.
    """
    _check(file, out, holds)
    writer = OutFile(out, force=force) if out is not None else None
    try:
        scoring = _Scoring(scale, file, holds, Progress(listen=listen))
        scoring.run(writer, processes)
        return scoring.finished(writer)
    except BaseException:
        if writer is not None:
            writer.abandon()
        raise


def _check(file: Path, out: Path | None, holds: Holds) -> None:
    kind_of(file)
    if out is None and holds != "verdicts":
        raise UsageError("there is no file to keep rows in.", "Name one with --out.")
    if out is None:
        return
    kind = kind_of(out)
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError("OUT is the file that is read.", "Choose another name.")
    if holds in ("safe", "best") and (kind == "table") != (kind_of(file) == "table"):
        raise UsageError("rows are kept as they are, in a file of the same kind.", f"Name it {out.stem}{file.suffix}.")
    if holds in ("verdicts", "rows") and kind == "table":
        raise UsageError("verdicts are JSON Lines.", f"Name it {out.stem}.jsonl.")


class _Scoring:
    """One file being scored."""

    def __init__(self, scale: Scale, file: Path, holds: Holds, progress: Progress) -> None:
        self.scale, self.file, self.holds, self.progress = scale, file, holds, progress
        self.size = max(file.stat().st_size, 1) if file.exists() else 1
        self.eyes = Eyes(scale)
        names = [*self.eyes.rewards.hard, *self.eyes.rewards.soft]
        self.sums = {name: UnitSums() for name in names}
        self.of: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.unlooked: Counter[str] = Counter()
        self.taken = Taken()
        self.best = BestOf()

    def run(self, writer: OutFile | None, processes: int) -> None:
        rows = self.holds == "rows"
        lined = writer is not None and self.holds in ("verdicts", "rows")
        make = partial(_Look, lined=lined, rows=rows)
        together = 1 if self.eyes.rewards.waits else processes or cores()  # judges are waited for beside each other
        source = self.taken.reading(stretches(self.file))
        with closing(in_order(source, make, self.scale, processes=together, left=self._left)) as done:
            for stretch, (looked, lines) in done:
                self._take(stretch, looked)
                if writer is not None and lined:
                    writer.write(lines, lines.count(b"\n"))
                self.progress.rows += len(stretch.rows)
                self.progress.share = min(1.0, stretch.read / self.size)
                self.progress.listen(self.progress)
        if not self.progress.rows:
            raise UsageError(f"{self.file.name} has no rows.", "Is it the file that you mean?")

    def _left(self, stretch: Stretch) -> float:
        return max(self.size - stretch.read, 0) / max(stretch.read, 1)

    def _take(self, stretch: Stretch, looked: Looked) -> None:
        self.unread.update(why for _, why in looked.unread)
        if len(looked.unread) == len(stretch.rows) and not self.counts["completions"]:
            raise no_samples(self.file, stretch, looked)
        aim = np.array([side != "rejected" for side in looked.side], dtype=bool)
        broken = looked.broken
        self.counts["completions"] += int(aim.sum())
        self.counts["rejected"] += int((~aim).sum())
        self.counts["unsafe"] += int((aim & looked.unsafe).sum())
        self.counts["rejected unsafe"] += int((~aim & looked.unsafe).sum())
        self.counts["untasked"] += int((aim & ~looked.tasked & ~looked.unsafe).sum())
        self.unlooked.update(looked.errors[one] for one in np.flatnonzero(aim & broken))
        self.progress.unsafe = self.counts["unsafe"]
        kept = np.zeros(len(stretch.rows), dtype=bool)
        if self.holds == "best":
            self.best.enter(looked, aim, len(self.taken))
        elif self.holds == "safe":
            kept[looked.place[aim & ~looked.unsafe]] = True
            self._add(looked, aim & ~looked.unsafe, broken)
        else:
            self._add(looked, aim, broken)
            self._miss(stretch, looked)
        self.taken.mark(kept)

    def _add(self, looked: Looked, which: NDArray[np.bool_], broken: NDArray[np.bool_]) -> None:
        """Add what these completions came to, to the sums of every check."""
        hard = self.eyes.rewards.hard
        for at, name in enumerate(hard):
            asked = which & looked.asked[:, at]
            self._sum(name, looked.unit[asked], looked.failed[asked, at].astype(float), broken[asked])
        for at, name in enumerate(self.eyes.rewards.soft):
            asked = which & looked.looked[:, at]
            self._sum(name, looked.unit[asked], looked.costs[asked, at], broken[asked])

    def _sum(self, name: str, units: NDArray[np.int64], values: NDArray[np.float64], broken: NDArray[np.bool_]) -> None:
        self.of[name] += len(units)
        # What failed a check has failed it, whatever else could not be looked at.
        self.sums[name].add(units, values, broken & (values == 0.0))

    def _miss(self, stretch: Stretch, looked: Looked) -> None:
        """Rows that could not be read could be anything, to every check."""
        units = np.array([stretch.numbers[place] for place, _ in looked.unread], dtype=np.int64) % UNITS
        for sums in self.sums.values():
            sums.add(units, np.zeros(len(units)), np.ones(len(units), dtype=bool))

    def finished(self, writer: OutFile | None) -> ScoredFile:
        if self.holds == "best":
            self._award()
        kept: int | None = None
        if writer is not None and self.holds in ("safe", "best"):
            copy_rows(self.file, self.taken, writer)
            kept = writer.rows
        told = self._told(kept)
        paths = tuple(writer.finish(self._facts(told))) if writer is not None else ()
        return self._told(kept, paths)

    def _award(self) -> None:
        self.taken.keep(self.best.rows)
        for name in self.eyes.rewards.hard:
            units = self.best.units
            self._sum(name, units, np.zeros(len(units)), np.zeros(len(units), dtype=bool))
        for at, name in enumerate(self.eyes.rewards.soft):
            units, costs = self.best.costs(at)
            self._sum(name, units, costs, np.zeros(len(units), dtype=bool))

    def _told(self, kept: int | None, paths: tuple[Path, ...] = ()) -> ScoredFile:
        return ScoredFile(
            reward=self.eyes.rewards.name,
            policy=self.eyes.rewards.policy,
            digest=self.taken.digest,
            rows=self.progress.rows,
            completions=self.counts["completions"],
            unsafe=self.counts["unsafe"],
            unlooked=dict(sorted(self.unlooked.items())),
            untasked=self.counts["untasked"] if self.scale.task else 0,
            rejected=self.counts["rejected"],
            rejected_unsafe=self.counts["rejected unsafe"],
            unread=dict(sorted(self.unread.items())),
            rates=tuple(self._rates()),
            kept=kept,
            prompts=len(self.best),
            hopeless=self.best.hopeless,
            paths=paths,
        )

    def _rates(self) -> Iterator[CheckRate]:
        rewards = self.eyes.rewards
        confidence = self.scale.policy.tiers[self.scale.policy.systems[self.scale.system].tier].confidence
        level = max(2.0 * confidence - 1.0, 1e-6)  # each end errs with the probability that the tier allows
        bounds = {rule.name: rule.controller.bound for rule in rewards.rules}
        for name, sums in self.sums.items():
            yield CheckRate(
                check=name,
                bad=sums.hits,
                of=self.of[name],
                estimate=sums.estimate(level=level),
                at_most=bounds.get(name),
            )

    def _facts(self, told: ScoredFile) -> dict[str, Any]:
        """For the manifest: what was read, by what it was judged, what became of it."""
        return {
            "made_by": f"trimtab/{__version__}",
            "holds": self.holds,
            "read": {"name": self.file.name, "rows": told.rows, "digest": told.digest},
            "policy": told.policy,
            "reward": told.reward,
            "system": self.scale.system,
            "multipliers": dict(
                zip(self.eyes.rewards.soft, self.eyes.rewards.state.standing().multipliers.tolist(), strict=True)
            ),
            "task": self.scale.task,
            "counts": {
                "completions": told.completions,
                "unsafe": told.unsafe,
                "kept": told.kept,
                "unread": dict(told.unread),
                "unlooked": dict(told.unlooked),
            },
        }


class _Look:
    """What a process does with a stretch."""

    def __init__(self, scale: Scale, *, lined: bool, rows: bool) -> None:
        self.eyes, self.lined, self.rows = Eyes(scale), lined, rows

    def __call__(self, stretch: Stretch) -> tuple[Looked, bytes]:
        looked = self.eyes.look(stretch)
        return looked, self.eyes.lines(stretch, looked, rows=self.rows) if self.lined else b""


def no_samples(file: Path, stretch: Stretch, looked: Looked) -> UsageError:
    """What is wrong with a file none of whose first rows is a sample: said once, with the names that it has."""
    number, (_, why) = stretch.numbers[looked.unread[0][0]], looked.unread[0]
    names = stretch.names()[:_MEMBERS]
    has = f" Its keys are {', '.join(names)}." if names else ""
    step = "Name the columns with --prompt and --completion, or --chosen and --rejected."
    return UsageError(
        f"none of the first {len(stretch.rows)} rows of {file.name} can be used; row {number} {why}.{has}",
        step if names else "",
    )
