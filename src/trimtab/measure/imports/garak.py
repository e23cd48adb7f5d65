"""Reads reports of garak (`*.report.jsonl`): every try at every prompt, as each detector judged it.

A measure is `probe/detector`; its value is 1 for a hit (the attack succeeded), 0 otherwise. Tries at one prompt,
in whichever probe, are one independent unit. The counts of garak's own `eval` entries must come out.

Source:
    NVIDIA garak 0.17.1 (Apache 2.0): `garak.attempt.Attempt.as_dict`, `garak.evaluators.base`, and what they write.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trimtab.kinds import Missing, Score
from trimtab.measure.imports.documents import Part, read_entries
from trimtab.measure.imports.found import (
    Found,
    Imported,
    model_of,
    moment_of,
    number,
    numbered,
    plain,
    settled,
    short_digest,
    version_of,
)
from trimtab.measure.marked_files import file_digest
from trimtab.measure.notes import Notes

_COMPLETE = 2  # of an attempt's `status`: detectors have looked
_WRONG = "Is it a report of garak? Their names end in .report.jsonl."

Judged = tuple[str, str, str, float | None]  # case, cluster, asked, score of the detector


def read(path: Path, *, shown: str = "") -> Imported:
    """All that a report says.

    Args:
        path: The file.
        shown: What mistakes call it.

    Raises:
        PolicyError: It is no report of garak, or was cut, or changed; every mistake by line.
    """
    notes = Notes(shown or str(path))
    report = _Report(notes)
    for line, entry in read_entries(path, notes):
        report.take(line, entry)
    found = report.results()
    notes.settle()
    made = settled(found, notes)
    notes.settle()
    return Imported(
        tool="garak",
        version=report.version,
        digest=file_digest(path),
        found=made,
        model=report.model,
        ran=report.ran,
        better={one.measure: "lower" for one in made},
    )


class _Report:
    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self.version = self.model = self.ran = ""
        self._ended = False
        self._entries = 0
        self._begun: dict[str, tuple[int, str]] = {}  # uuid -> line and probe of a try that was made
        self._done: dict[str, int] = {}  # uuid -> line where it was judged
        self._judged: dict[tuple[str, str], list[Judged]] = {}  # probe and detector
        self._counts: list[tuple[Part, str, str]] = []  # eval entries

    def take(self, line: int, entry: dict[str, Any]) -> None:
        kind = entry.get("entry_type")
        part = Part(entry, "", self._notes, line)
        self._entries += 1
        if not isinstance(kind, str):
            if not self.version:
                part.wrong("is no entry of a garak report", _WRONG)
            return
        if kind == "start_run setup":
            self.model = _target(entry)
        elif kind == "init":
            self.version = version_of(part.part("garak_version").text())
            self.ran = moment_of(entry.get("start_time"))
        elif kind == "attempt":
            self._attempt(part)
        elif kind == "eval":
            self._counts.append((part, plain(part.part("probe").text()), plain(part.part("detector").text())))
        elif kind == "completion":
            self._ended = True

    def _attempt(self, part: Part) -> None:
        uuid, probe = part.part("uuid").text(), plain(part.part("probe_classname").text())
        if part.value.get("status") != _COMPLETE:
            self._begun[uuid] = (part.line, probe)
            return
        if uuid in self._done:
            part.wrong(f"is the attempt of line {self._done[uuid]} again", "Each counts once: remove what was added.")
            return
        self._done[uuid] = part.line
        asked = _asked(part.value.get("prompt"))
        results = part.part("detector_results").object()
        if not asked:
            part.part("prompt").wrong("is missing", "Without it nobody knows which tries belong together.")
        for detector, scores in results.items():
            cell = part.part("detector_results").part(plain(detector))
            cell.value = scores
            for place, item in enumerate(cell.items()):
                score = None if item.value is None else number(item.value)
                if item.value is not None and (score is None or not 0.0 <= score <= 1.0):
                    item.wrong("is no number from 0 to 1")
                name = f"{probe}/{asked}/{place}"
                self._judged.setdefault((probe, plain(detector)), []).append((name, asked, asked, score))

    def results(self) -> list[Found]:
        notes = self._notes
        if notes.mistakes:
            return []
        if not self._entries or not self.version:
            notes.add(0, "", "is no report of garak: it has no `init` entry", _WRONG)
        elif not self._ended:
            notes.add(0, "", "has no `completion` entry: the run did not end", "Import it when garak is through.")
        elif not self._done:
            notes.add(0, "", "holds no attempts, so no counts by prompt", "Import the report, not a digest of it.")
        if notes.mistakes:
            return []
        counts = {(probe, detector): part for part, probe, detector in self._counts}
        found: list[Found] = []
        for key, judged in self._judged.items():
            part = counts.pop(key, None)
            if part is None:
                notes.add(0, f"{key[0]}/{key[1]}", "was judged, and no `eval` entry counts it", "Was it cut?")
                continue
            found += _as_counted("/".join(key), judged, part)
        for part in counts.values():
            if part.part("total_evaluated").value or part.part("total").value:
                part.wrong("counts attempts that the file does not hold", "Import the whole report.")
        return found + self._unjudged(found)

    def _unjudged(self, found: Sequence[Found]) -> list[Found]:
        """What was asked and never judged, for every detector of its probe: unknown is not clean."""
        measures: dict[str, set[str]] = {}
        for one in found:
            measures.setdefault(one.measure.partition("/")[0], set()).add(one.measure)
        lost = [(probe, uuid) for uuid, (_, probe) in self._begun.items() if uuid not in self._done]
        return [
            Found(measure=measure, case=f"{probe}/{plain(uuid)}", cluster=plain(uuid), outcome=Missing("not-judged"))
            for probe, uuid in lost
            for measure in sorted(measures.get(probe, {probe}))
        ]


def _as_counted(measure: str, judged: Sequence[Judged], part: Part) -> list[Found]:
    """Hits and misses as garak counted them.

    A report does not say from which score on garak calls it a hit, but how often it did: those are the highest scores.
    """
    given = _counts_of(part)
    if given is None:
        return []
    passes, fails, nones = given
    scores = sorted((score for *_, score in judged if score is not None), reverse=True)
    unknown = len(judged) - len(scores)
    if len(scores) != passes + fails or (nones is not None and nones != unknown):
        part.wrong(
            f"counts {passes + fails:,} tries, and the attempts before it hold {len(scores):,}", "Was the file cut?"
        )
        return []
    misses = scores[fails:]
    if misses and (misses[0] == 1.0 or (fails and scores[fails - 1] == misses[0])):
        part.wrong("counts as hits what the attempts do not tell from misses", "Was the file changed?")
        return []
    cut = scores[fails - 1] if fails else float("inf")
    names = numbered(name for name, *_ in judged)
    return [
        Found(
            measure=measure,
            case=name,
            cluster=cluster,
            outcome=Missing("no-verdict") if score is None else Score(value=float(score >= cut)),
            asked=asked,
        )
        for name, (_, cluster, asked, score) in zip(names, judged, strict=True)
    ]


def _counts_of(part: Part) -> tuple[int, int, int | None] | None:
    """Passes, fails and tries without a verdict; older reports give the passes and a total."""
    passes = part.part("passed").count()
    total = part.part("total_evaluated" if "total_evaluated" in part.value else "total").count()
    if passes is None or total is None:
        return None
    if passes > total or part.value.get("fails", total - passes) != total - passes:
        part.wrong("has counts that do not add up", "Was the file changed?")
        return None
    nones = part.part("nones").count() if "nones" in part.value else None
    return passes, total - passes, nones


def _asked(prompt: object) -> str:
    """16 digits for what was asked: the turns, whatever notes hang on them."""
    if isinstance(prompt, str):
        return short_digest(prompt) if prompt else ""
    turns = prompt.get("turns") if isinstance(prompt, Mapping) else None
    if not isinstance(turns, list) or not turns:
        return ""
    return short_digest(*(text for turn in turns for text in _turn(turn)))


def _turn(turn: object) -> list[str]:
    """Who says what; of pictures and sound, what stands for them."""
    if not isinstance(turn, Mapping):
        return [repr(turn)]
    content = turn.get("content")
    if not isinstance(content, Mapping):
        return [str(turn.get("role")), repr(content)]
    return [str(turn.get("role")), *(str(content.get(key)) for key in ("text", "data_checksum", "data_path"))]


def _target(setup: Mapping[str, Any]) -> str:
    """The generator, as its kind and name; before 0.13 they were called a model's."""
    kinds = ("plugins.target_type", "plugins.model_type"), ("plugins.target_name", "plugins.model_name")
    said = [next((str(setup[key]) for key in keys if isinstance(setup.get(key), str)), "") for keys in kinds]
    return model_of(" ".join(filter(None, said)))
