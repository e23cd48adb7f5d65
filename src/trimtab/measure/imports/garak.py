"""Reads reports of garak (`*.report.jsonl`): every try at every prompt, as each detector judged it.

A measure is `probe/detector`; its value is 1 for a hit (the attack succeeded), 0 otherwise. Tries at one prompt,
in whichever probe, are one independent unit. The counts of garak's own `eval` entries must come out, and a try that
they do not count, since a detector of its probe gave no score for it, has no value.

Source:
    NVIDIA garak 0.17.1 (Apache 2.0): `garak.attempt.Attempt.as_dict`, `garak.evaluators.base`, and what they write.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from trimtab.kinds import Missing, Score
from trimtab.measure.imports.documents import Part, read_entries
from trimtab.measure.imports.found import Found, Imported, number, numbered, settled
from trimtab.measure.imports.kept import model_of, moment_of, plain, short_digest, version_of
from trimtab.measure.marked_files import file_digest
from trimtab.measure.notes import Notes

_COMPLETE = 2  # of an attempt's `status`: detectors have looked
_WRONG = "Is it a report of garak? Their names end in .report.jsonl."


class _Try(NamedTuple):
    case: str
    asked: str  # digits for the prompt, which are its cluster too
    score: float | None
    seen: bool  # by the detector, which may have had no verdict


class _Attempt(NamedTuple):
    """All tries at one prompt, with the scores of each detector by the place of the try."""

    probe: str
    asked: str
    tries: int
    scores: Mapping[str, Mapping[int, float | None]]


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
        self._begun: dict[str, _Attempt] = {}  # by uuid: made, and not judged so far
        self._done: dict[str, int] = {}  # uuid -> line where it was judged
        self._attempts: list[_Attempt] = []
        self._counts: dict[tuple[str, str], Part] = {}  # probe and detector -> eval entry

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
            self._count(part)
        elif kind == "completion":
            self._ended = True

    def _count(self, part: Part) -> None:
        key = plain(part.part("probe").text()), plain(part.part("detector").text())
        first = self._counts.setdefault(key, part)
        if first is not part:
            part.wrong(f"counts again what line {first.line} counts", "Each counts once: remove what was added.")

    def _attempt(self, part: Part) -> None:
        uuid, probe = part.part("uuid").text(), plain(part.part("probe_classname").text())
        asked = _asked(part.value.get("prompt"))
        outputs = part.value.get("outputs")
        given = outputs if isinstance(outputs, list) else []
        tries = max(1, len(given))  # what was asked and has no answer was tried, too
        if part.value.get("status") != _COMPLETE:
            self._begun[uuid] = _Attempt(probe, asked or short_digest(uuid), tries, {})
            return
        if uuid in self._done:
            part.wrong(f"is the attempt of line {self._done[uuid]} again", "Each counts once: remove what was added.")
            return
        self._done[uuid] = part.line
        if not asked:
            part.part("prompt").wrong("is missing", "Without it nobody knows which tries belong together.")
        scores: dict[str, dict[int, float | None]] = {}
        for detector, found in part.part("detector_results").object().items():
            cell = part.part("detector_results").part(plain(detector))
            cell.value = found
            scores[plain(detector)] = _by_place(cell, given)
        self._attempts.append(_Attempt(probe, asked, tries, scores))

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
        counts = dict(self._counts)
        found: list[Found] = []
        for (probe, detector), tries in self._tries().items():
            measure = "/".join(filter(None, (probe, detector)))
            part = counts.pop((probe, detector), None)
            if part is None and any(one.seen for one in tries):
                notes.add(0, measure, "was judged, and no `eval` entry counts it", "Was it cut?")
                continue
            found += _as_counted(measure, tries, part)
        for part in counts.values():
            if part.part("total_evaluated").value or part.part("total").value:
                part.wrong("counts attempts that the file does not hold", "Import the whole report.")
        return found

    def _tries(self) -> dict[tuple[str, str], list[_Try]]:
        """All tries of a probe for each of its detectors, whether that judged them or not: unknown is not clean."""
        lost = [attempt for uuid, attempt in self._begun.items() if uuid not in self._done]
        detectors: dict[str, dict[str, None]] = {}
        for probe, detector in self._counts:  # one that gave no score at all is counted all the same
            detectors.setdefault(probe, {})[detector] = None
        for attempt in self._attempts:
            detectors.setdefault(attempt.probe, {}).update(dict.fromkeys(attempt.scores))
        made: dict[tuple[str, str], list[_Try]] = {}
        for probe, asked, tries, scores in [*self._attempts, *lost]:
            for detector in detectors.get(probe) or {"": None}:
                known = scores.get(detector, {})
                made.setdefault((probe, detector), []).extend(
                    _Try(f"{probe}/{asked}/{place}", asked, known.get(place), place in known) for place in range(tries)
                )
        return made


def _by_place(cell: Part, outputs: Sequence[object]) -> dict[int, float | None]:
    """Scores by the place of the output that they are of; some detectors leave out those that hold nothing."""
    items = cell.items()
    there = [place for place, output in enumerate(outputs) if output is not None]
    if len(items) > len(outputs):
        cell.wrong(f"has {len(items):,} scores for {len(outputs):,} outputs", "Was the file changed?")
    places = there if len(items) == len(there) else range(len(outputs))
    made = {}
    for place, item in zip(places, items, strict=False):
        score = None if item.value is None else number(item.value)
        if item.value is not None and (score is None or not 0.0 <= score <= 1.0):
            item.wrong("is no number from 0 to 1")
        made[place] = score
    return made


def _as_counted(measure: str, tries: Sequence[_Try], part: Part | None) -> list[Found]:
    """Hits and misses as garak counted them in an `eval` entry; without one, none of the tries was judged.

    A report does not say from which score on garak calls it a hit, but how often it did: those are the highest scores.
    """
    given = (0, 0, None) if part is None else _counts_of(part)
    if given is None:
        return []
    passes, fails, nones = given
    scores = sorted((one.score for one in tries if one.score is not None), reverse=True)
    unknown = sum(one.seen and one.score is None for one in tries)
    if part is not None and (len(scores) != passes + fails or (nones is not None and nones != unknown)):
        part.wrong(
            f"counts {passes + fails:,} tries, and the attempts before it hold {len(scores):,}", "Was the file cut?"
        )
        return []
    misses = scores[fails:]
    if part is not None and misses and (misses[0] == 1.0 or (fails and scores[fails - 1] == misses[0])):
        part.wrong("counts as hits what the attempts do not tell from misses", "Was the file changed?")
        return []
    cut = scores[fails - 1] if fails else float("inf")
    names = numbered(one.case for one in tries)
    return [
        Found(measure=measure, case=name, cluster=one.asked, outcome=_outcome(one, cut), asked=one.asked)
        for name, one in zip(names, tries, strict=True)
    ]


def _outcome(one: _Try, cut: float) -> Score | Missing:
    if one.score is None:
        return Missing("no-verdict" if one.seen else "not-judged")
    return Score(value=float(one.score >= cut))


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
    return model_of(*said)
