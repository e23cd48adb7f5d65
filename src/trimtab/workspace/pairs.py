"""Keeps of a data set of preferences what teaches what the policy wants, and says why the rest went."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from trimtab import __version__
from trimtab.detect import look
from trimtab.enforce.rewards import turned
from trimtab.errors import DetectorError, ExitCode, UsageError
from trimtab.kinds import Context, plugins
from trimtab.measure.data_sets import Stretch, kind_of, stretches
from trimtab.measure.likeness import BANDS, HASHES, ROWS, Likenesses, Signatures, Signer
from trimtab.workspace.copying import Taken
from trimtab.workspace.machine import cores
from trimtab.workspace.out_files import OutFile
from trimtab.workspace.pair_balance import Balance
from trimtab.workspace.pair_rules import (
    Judged,
    PairRules,
    examples_of,
    judge_pair,
    judge_single,
    likeness_text,
    texts_of,
)
from trimtab.workspace.score import Progress, no_samples
from trimtab.workspace.score_rows import Eyes, Looked, Read, Scale
from trimtab.workspace.side_by_side import in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What a data set came to. `kept` counts pairs, or of single examples these; `written` rows of OUT.

    `flipped` of the kept were turned. `dropped` counts by reason, `unread` by why rows could not be read. With `kto`,
    `wanted` of the rows have the label true.
    """

    reward: str
    policy: str
    rows: int
    kept: int
    flipped: int
    dropped: Mapping[str, int]
    unread: Mapping[str, int]
    written: int
    wanted: int
    balance: Balance
    paths: tuple[Path, ...]

    @property
    def exit_code(self) -> ExitCode:
        """INCONCLUSIVE if nothing is kept, or a row could not be read or looked at; what is kept is kept rightly."""
        return ExitCode.INCONCLUSIVE if not self.kept or self.unread or self.dropped.get("unchecked") else ExitCode.PASS


def sift_pairs(
    scale: Scale,
    file: Path,
    out: Path,
    rules: PairRules,
    *,
    processes: int = 0,
    force: bool = False,
    listen: Callable[[Progress], None] = lambda _: None,
) -> Sifted:
    """Keep pairs whose chosen completion is safe and better than the rejected one.

    About 300 bytes of memory for each row kept, by which near-duplicates are found. OUT comes into its place when it
    is whole.

    Args:
        scale: By what rewards are computed.
        file: JSON Lines, plain or gzip, or Parquet, of pairs; with `rules.kto` also of single completions.
        out: JSON Lines, plain or gzip: rows as they were, but for those turned, or examples for KTO.
        rules: What is asked of a pair.
        processes: That look side by side; as many as there are cores if 0. The outcome is the same.
        force: Replace OUT.
        listen: Told after every stretch of rows.

    Raises:
        UsageError: The file cannot be read or holds no pairs, or OUT does not fit.
        RewardError: A completion could not be looked at, and the policy says `on_crash: raise`; or a process was lost.
        OutputError: OUT cannot be written.
    """
    if kind_of(out) == "table":
        raise UsageError("pairs are written as JSON Lines.", f"Name it {out.stem}.jsonl.")
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError("OUT is the file that is read.", "Choose another name.")
    writer = OutFile(out, force=force)
    try:
        sifting = _Sifting(scale, file, rules, writer, Progress(listen=listen))
        sifting.run(processes)
        return sifting.finished()
    except BaseException:
        writer.abandon()
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handful:
    """What a process made of a stretch. Lists are by row that is kept unless it is like another."""

    dropped: Counter[str]
    unread: Counter[str]
    lines: list[bytes]
    judged: list[Judged]
    refuses: list[tuple[bool | None, bool | None]]
    words: list[tuple[int, ...]]
    signatures: Signatures
    first: Looked | None  # where not one row could be read


class _Sift:
    """What a process does with a stretch."""

    def __init__(self, scale: Scale, rules: PairRules) -> None:
        self.eyes, self.rules = Eyes(scale), rules
        self.signer = Signer()
        self.refusal: Any = plugins.make("detectors", "refusal")

    def __call__(self, stretch: Stretch) -> _Handful:
        read = self.eyes.read(stretch)
        looked = self.eyes.judge(read)
        dropped: Counter[str] = Counter()
        found: list[tuple[int, Judged, list[str]]] = []
        at = 0
        for place, sample in enumerate(read.samples):
            said = texts_of(sample)
            judged = self._judged(read, looked, place, at, said)
            at += len(sample.sides)
            if judged.reason:
                dropped[judged.reason] += 1
            else:
                found.append((place, judged, said))
        ordered = [(judged, said[::-1] if judged.turned and len(said) == 2 else said) for _, judged, said in found]
        return _Handful(
            dropped=dropped,
            unread=Counter(why for _, why in read.unread),
            lines=[self._line(stretch, read, place, judged) for place, judged, _ in found],
            judged=[judged for _, judged, _ in found],
            refuses=[self._refuse(judged, said) for judged, said in ordered],
            words=[tuple(len(one.split()) for one in said) for _, said in ordered],
            signatures=self.signer.sign([likeness_text(read.samples[place], said) for place, _, said in found]),
            first=None if read.samples else looked,
        )

    def _judged(self, read: Read, looked: Looked, place: int, at: int, said: list[str]) -> Judged:
        if read.samples[place].paired:
            words = len(said[0].split()), len(said[1].split())
            return judge_pair(self.rules, looked, at, words, same=said[0] == said[1])
        if not self.rules.kto:
            return Judged("no-pair")
        return judge_single(self.rules, looked, at, read.rows[place].get("label"))

    def _line(self, stretch: Stretch, read: Read, place: int, judged: Judged) -> bytes:
        row, given = read.rows[place], stretch.rows[read.places[place]]
        if self.rules.kto:
            return b"".join(_json(one) for one in examples_of(read.samples[place], judged))
        if judged.turned:
            return _json(turned(row, self.eyes.scale.columns))
        return given.strip() + b"\n" if isinstance(given, bytes) else _json(row)

    def _refuse(self, judged: Judged, said: list[str]) -> tuple[bool | None, bool | None]:
        told = [self._refuses(one) for one in said]
        if len(told) == 2:
            return told[0], told[1]
        return (told[0], None) if judged.label else (None, told[0])

    def _refuses(self, text: str) -> bool | None:
        try:
            return bool(look(self.refusal, text, Context(origin="assistant")))
        except DetectorError:
            return None


class _Sifting:
    """One file being sifted."""

    def __init__(self, scale: Scale, file: Path, rules: PairRules, writer: OutFile, progress: Progress) -> None:
        self.scale, self.file, self.rules, self.writer, self.progress = scale, file, rules, writer, progress
        self.size = max(file.stat().st_size, 1) if file.exists() else 1
        self.rewards = Eyes(scale).rewards
        self.taken, self.likenesses, self.balance = Taken(), Likenesses(rules.alike), Balance()
        self.dropped: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.kept = self.flipped = self.wanted = 0

    def run(self, processes: int) -> None:
        together = 1 if self.rewards.waits else processes or cores()
        source = self.taken.reading(stretches(self.file))
        with closing(in_order(source, _Sift, self.scale, self.rules, processes=together, left=self._left)) as done:
            for stretch, handful in done:
                if handful.first is not None and not self.progress.rows:
                    raise no_samples(self.file, stretch, handful.first)
                self._take(handful)
                self.progress.rows += len(stretch.rows)
                self.progress.share = min(1.0, stretch.read / self.size)
                self.progress.listen(self.progress)
        if not self.progress.rows:
            raise UsageError(f"{self.file.name} has no rows.", "Is it the file that you mean?")
        if self.dropped["no-pair"] == self.progress.rows - sum(self.unread.values()):
            raise UsageError(f"{self.file.name} holds no pairs.", "For single completions with a label, add --kto.")

    def _left(self, stretch: Stretch) -> float:
        return max(self.size - stretch.read, 0) / max(stretch.read, 1)

    def _take(self, handful: _Handful) -> None:
        self.dropped += handful.dropped
        self.unread += handful.unread
        for at, new in enumerate(self.likenesses.add(handful.signatures)):
            if not new:
                self.dropped["near-duplicate"] += 1
                continue
            line, judged, words = handful.lines[at], handful.judged[at], handful.words[at]
            self.kept += 1
            self.flipped += judged.turned
            self.wanted += 1 if len(words) == 2 else judged.label
            self.balance.add(handful.refuses[at], words)
            self.writer.write(line, line.count(b"\n"))

    def finished(self) -> Sifted:
        counts = {
            "rows": self.progress.rows,
            "kept": self.kept,
            "flipped": self.flipped,
            "dropped": dict(sorted(self.dropped.items())),
            "unread": dict(sorted(self.unread.items())),
        }
        multipliers = self.rewards.state.standing().multipliers.tolist()
        written = self.writer.rows
        paths = self.writer.finish(
            {
                "made_by": f"trimtab/{__version__}",
                "holds": "examples for KTO" if self.rules.kto else "pairs",
                "read": {"name": self.file.name, "rows": self.progress.rows, "digest": self.taken.digest},
                "policy": self.rewards.policy,
                "reward": self.rewards.name,
                "system": self.scale.system,
                "multipliers": dict(zip(self.rewards.soft, multipliers, strict=True)),
                "task": self.scale.task,
                "rules": asdict(self.rules),
                "alike": {"jaccard": self.rules.alike, "hashes": HASHES, "bands": BANDS, "rows": ROWS},
                "counts": counts,
                "balance": self.balance.payload(),
            }
        )
        return Sifted(
            reward=self.rewards.name,
            policy=self.rewards.policy,
            rows=self.progress.rows,
            kept=self.kept,
            flipped=self.flipped,
            dropped=dict(sorted(self.dropped.items())),
            unread=dict(sorted(self.unread.items())),
            written=written,
            wanted=self.wanted,
            balance=self.balance,
            paths=tuple(paths),
        )


def _json(row: Any) -> bytes:
    try:
        return orjson.dumps(row, default=str) + b"\n"
    except orjson.JSONEncodeError:  # halves of characters, and numbers beyond 64 bits
        return json.dumps(row, default=str).encode() + b"\n"
