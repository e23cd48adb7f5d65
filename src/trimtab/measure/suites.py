"""Loads the cases of a suite, from wherever the policy says, in the order in which they will be asked."""

import hashlib
import importlib
import inspect
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from trimtab._canonical import canonical
from trimtab.errors import Mistake, PluginError, PolicyError, TrimtabError, UsageError
from trimtab.kinds import Case, Pursuer, plugins
from trimtab.measure.case_files import MAX_ROWS, is_readable, read_rows
from trimtab.measure.heads import Head, read_head
from trimtab.measure.notes import Notes
from trimtab.measure.published import read_published
from trimtab.measure.rewrite import rewritten
from trimtab.measure.rows import to_cases
from trimtab.policy.metric_spec import SuiteSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSuite:
    """Cases in the drawn order, and what identifies them.

    `canaries` are planted in its file. `score` names the metric plugin that scores them by default. `asked` is how
    many cases the policy wants; fewer may exist. `order_digest` is over the
    cases and their order: equal digests, equal questions in equal sequence.
    """

    name: str
    version: str
    score: str
    about: str
    cases: tuple[Case, ...]
    asked: int
    order_digest: str
    seed: int
    origin: str
    canaries: tuple[str, ...] = ()
    pursuer: Pursuer | None = None  # who holds its conversations, where they depend on the answers

    @property
    def lacking(self) -> int:
        """How many cases fewer there are than the policy asks for."""
        return max(0, self.asked - len(self.cases))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Cases as they came, before the draw; each with the line or row it came from."""

    cases: Sequence[tuple[int, Case]]
    origin: str
    score: str = ""
    about: str = ""
    version: str = ""
    canaries: tuple[str, ...] = ()
    pursuer: Pursuer | None = None


def load_suite(name: str, spec: SuiteSpec, *, base: Path) -> LoadedSuite:
    """The suite as the policy describes it.

    Args:
        name: What the policy calls it.
        spec: Where its cases come from, how many, and the seed of the draw.
        base: Folder that relative paths and Python modules are looked for in.

    Raises:
        PolicyError: A file is wrong (every mistake in it), cases lack what the
            metric needs, or there are no cases: an empty suite passes nothing.
        PluginError: A suite, metric, module or function is missing or breaks.
        MissingPackageError: Parquet without pyarrow.
        UsageError: Another tool asks its cases.
    """
    if spec.imported:
        raise UsageError(
            f"the suite {name} has no cases: {spec.imported} asked them elsewhere.",
            f"Read its results: `trimtab import {spec.imported} FILE --suite {name}`.",
        )
    if spec.builtin:
        found = _builtin(spec)
    elif spec.file:
        found = _file(spec, base)
    else:
        found = _python(spec, base)
    shown = spec.file or spec.python or spec.builtin
    if not found.cases:
        raise PolicyError([_about_all(shown, "has no cases", "An empty suite passes nothing: add some.")])
    score = spec.score or found.score or _usual_score(found.cases)
    if not score:
        message = "does not say how its cases are scored"
        raise PolicyError([_about_all(shown, message, "Add `score:`; `trimtab suites metrics` lists what there is.")])
    _check_needs(found.cases, score, shown)
    cases = draw(_part([case for _, case in found.cases], spec.part), seed=spec.seed, most=spec.cases)
    if not cases:
        raise PolicyError([_about_all(shown, f"has no cases in part {spec.part}", "Take fewer parts, or add cases.")])
    if spec.max_tokens is not None:
        cases = tuple(replace(case, max_tokens=spec.max_tokens) for case in cases)
    if spec.rewrite is not None:
        cases = tuple(rewritten(case, spec.rewrite) for case in cases)
    return LoadedSuite(
        name=name,
        version=found.version or _content_version(found.cases),
        score=score,
        about=found.about,
        cases=cases,
        asked=spec.cases,
        order_digest=order_digest(cases),
        seed=spec.seed,
        origin=found.origin,
        canaries=found.canaries,
        pursuer=found.pursuer,
    )


def _part(cases: Sequence[Case], part: str) -> list[Case]:
    """The cases of one part; clusters are parted by a hash of their name alone, so a case never changes its part."""
    if not part:
        return list(cases)
    number, _, of = part.partition("/")
    place, parts = int(number) - 1, int(of)
    return [case for case in cases if int.from_bytes(_hash(f"part\x1f{case.independent_unit}")) % parts == place]


def draw(cases: Sequence[Case], *, seed: int, most: int | None = None) -> tuple[Case, ...]:
    """The cases in the order of SHA-256 over the seed and their ids: the same on every machine and Python.

    Nothing else counts, so a longer run asks the same cases first where they
    stand alone, and adding a case moves no other. Where only the `most` are
    wanted, they are taken from as many clusters as there are; cases with a `group` by cluster,
    so that the sides of a comparison stay together. Those taken are then asked cluster by cluster, so that a
    run that stops early has seen whole ones.
    """

    def own(case: Case) -> bytes:
        return _hash(f"{seed}\x1f{case.id}")

    def shared(case: Case) -> bytes:
        return _hash(f"{seed}\x1f{case.cluster}") if case.cluster else own(case)

    rounds: Counter[str] = Counter()
    ranked = []
    for case in sorted(cases, key=own):
        ranked.append((0 if case.group else rounds[case.independent_unit], case))
        rounds[case.independent_unit] += 1
    ranked.sort(key=lambda one: (one[0], shared(one[1]) if one[1].group else own(one[1]), own(one[1])))
    return tuple(sorted((case for _, case in ranked[:most]), key=lambda case: (shared(case), own(case))))


def order_digest(cases: Sequence[Case]) -> str:
    """`sha256:` over the canonical JSON of the cases, one a line, in their order."""
    running = hashlib.sha256()
    for case in cases:
        running.update(canonical(as_row(case)) + b"\n")
    return "sha256:" + running.hexdigest()


def as_row(case: Case) -> dict[str, Any]:
    """The case as a row of a JSONL file that reads back as the same case."""
    row: dict[str, Any] = {
        "id": case.id,
        "messages": [{"role": message.role, "content": message.content} for message in case.messages],
    }
    if case.follow_ups:
        row["follow_ups"] = list(case.follow_ups)
    if case.expect:
        row["expect"] = dict(case.expect)
    if case.cluster:
        row["cluster"] = case.cluster
    if case.group:
        row["group"] = case.group
    if case.max_tokens is not None:
        row["max_tokens"] = case.max_tokens
    return row


def _builtin(spec: SuiteSpec) -> _Source:
    plugin = plugins.make("suites", spec.builtin, **spec.with_)
    with _blame(spec.builtin, "Report it to its author."):
        wanted = spec.cases * int(spec.part.partition("/")[2] or 1)  # one part of so many holds about enough
        cases = list(islice(plugin.cases(count=wanted, seed=spec.seed), wanted))
        ids = {case.id for case in cases}
        order_digest(cases)  # that they can be identified at all
    if len(ids) < len(cases):
        raise PluginError("suites", spec.builtin, "gives two cases the same id", "Report it to its author.")
    return _Source(
        cases=list(enumerate(cases, start=1)),
        origin=f"builtin:{spec.builtin}",
        score=plugin.score,
        about=plugin.about,
        version=plugin.version,
        pursuer=plugin if hasattr(plugin, "pursue") else None,
    )


def _published(spec: SuiteSpec, base: Path) -> _Source:
    notes = Notes(spec.file)
    found = read_published(spec.format, base / spec.file, spec.with_, notes)
    cases = to_cases(found.rows, notes)
    notes.settle()
    return _Source(cases=cases, origin=f"{spec.format}:{spec.file}", score=found.score, about=found.said)


def _file(spec: SuiteSpec, base: Path) -> _Source:
    if spec.format:
        return _published(spec, base)
    _no_fields(spec, spec.file)
    path, shown, head = base / spec.file, spec.file, Head()
    if path.suffix.lower() in {".yaml", ".yml"}:
        notes = Notes(shown)
        is_readable(path, notes)
        notes.settle()
        head = read_head(path, shown)
        path = path.parent / head.file
        shown = str(Path(spec.file).parent / head.file)
    notes = Notes(shown)
    rows = read_rows(path, head, notes)
    cases = to_cases(rows, notes)
    notes.settle()
    planted = {row["canary"] for _, row in rows if isinstance(row.get("canary"), str) and row["canary"].strip()}
    return _Source(
        cases=cases,
        origin=f"file:{spec.file}",
        score=head.score,
        about=head.about,
        version=head.version,
        canaries=tuple(sorted(planted)),
    )


def _python(spec: SuiteSpec, base: Path) -> _Source:
    module, _, function = spec.python.partition(":")
    if not (module and function):
        raise PolicyError([_about_all(spec.python, "is not `module:function`", "Write `python: my_cases:cases`.")])
    with _blame(spec.python, f"Look for {module}.py beside the policy, or install it."), _on_path(base):
        call = getattr(importlib.import_module(module), function)
        given = {"count": spec.cases, "seed": spec.seed}
        known = inspect.signature(call).parameters
        arguments = {key: value for key, value in given.items() if key in known} | spec.with_
        made = list(islice(call(**arguments), MAX_ROWS + 1))
    notes = Notes(spec.python)
    if len(made) > MAX_ROWS:
        notes.add(0, "", f"yields more than {MAX_ROWS:,} cases", "Stop at `count`.")
    rows = []
    for number, item in enumerate(made[:MAX_ROWS], start=1):
        if isinstance(item, Case):
            rows.append((number, as_row(item)))
        elif isinstance(item, Mapping):
            rows.append((number, {key: value for key, value in item.items() if value is not None}))
        else:
            notes.add(number, "", f"is a {type(item).__name__}", "Yield `trimtab.kinds.Case` or a mapping.")
    cases = to_cases(rows, notes)
    notes.settle()
    return _Source(cases=cases, origin=f"python:{spec.python}")


def _no_fields(spec: SuiteSpec, shown: str) -> None:
    if spec.with_:
        raise PolicyError([_about_all(shown, "a file takes no `with`", "Remove it, or use a YAML head.")])


@contextmanager
def _blame(name: str, next_step: str) -> Iterator[None]:
    """Turn whatever somebody else's code raises into a PluginError; its text may quote data, so it is not passed on."""
    try:
        yield
    except TrimtabError:
        raise
    except Exception as error:
        raise PluginError("suites", name, f"breaks ({type(error).__name__})", next_step) from error


@contextmanager
def _on_path(base: Path) -> Iterator[None]:
    folder = str(base.resolve())
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _usual_score(cases: Sequence[tuple[int, Case]]) -> str:
    """The strictest reading that fits all cases, when neither policy nor suite names a metric."""
    if all(case.expect.get("choices") and case.expect.get("answer") for _, case in cases):
        return "multiple-choice"
    return "exact-match" if all(case.expect.get("answer") for _, case in cases) else ""


def _check_needs(cases: Sequence[tuple[int, Case]], score: str, shown: str) -> None:
    """Every case must hold what the metric scores it by, or it would be missing on every candidate."""
    needs: Sequence[str] = getattr(plugins.find("metrics", score), "needs", ())
    notes = Notes(shown)
    lacking: dict[str, list[int]] = {key: [] for key in needs}
    for line, case in cases:
        have = {**case.expect, "follow_ups": case.follow_ups, "group": case.group}
        for key in needs:
            if not have.get(key):
                lacking[key].append(line)
    for key, lines in lacking.items():
        if len(lines) == len(cases) > 1:  # one mistake, however many rows
            suggestion = (
                "Add it, or let `score:` name a metric that can do without; `trimtab suites metrics` lists them."
            )
            notes.add(0, key, f"is missing in every row, and the metric {score} needs it", suggestion)
            continue
        for line in lines:
            notes.add(line, key, f"is missing, and the metric {score} needs it")
    notes.settle()


def _content_version(cases: Sequence[tuple[int, Case]]) -> str:
    """Names the content whatever its order, when nobody gave it a version."""
    ordered = sorted((case for _, case in cases), key=lambda case: case.id)
    return order_digest(ordered).removeprefix("sha256:")[:12]


def _about_all(path: str, message: str, suggestion: str) -> Mistake:
    return Mistake(path=path, line=0, column=0, where="", message=message, suggestion=suggestion)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
