"""Reads results of promptfoo (`promptfoo eval -o results.json`): every test with every prompt, as it came out.

Measures are `success` (1 where every assertion held), `score`, and `named/NAME` for each named metric. A test that
asserted nothing, or that ended with an error, has no value. Repeats of a test, the same variables in several prompts,
and tests with the same `cluster` in their metadata are one independent unit.

Source:
    promptfoo 0.121.20 (MIT), results of version 3: `EvaluateResult` and `OutputFile` of its types.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from trimtab._canonical import canonical
from trimtab.kinds import Missing, Score
from trimtab.measure.imports.documents import Part, read_document
from trimtab.measure.imports.found import Found, Imported, number, numbered, settled
from trimtab.measure.imports.kept import case_id, model_of, moment_of, plain, short_digest, version_of
from trimtab.measure.marked_files import file_digest
from trimtab.measure.notes import Notes

VERSION = 3
_ERROR = 2  # of `failureReason`: neither passed nor failed
_OWN_RULES = ("threshold", "assertScoringFunction")  # of a test, by which it passes or fails
_WRONG = "Write one with `promptfoo eval -o results.json`."


def read(path: Path, *, model: str = "", shown: str = "") -> Imported:
    """All that a file says of one provider.

    Args:
        path: The file.
        model: Id or label of the provider that is meant, where the file has several.
        shown: What mistakes call it.

    Raises:
        PolicyError: It holds no results of promptfoo, was cut or changed, or has several providers; every mistake.
    """
    notes = Notes(shown or str(path))
    value = read_document(path, notes, hint=_WRONG)
    notes.settle()
    top = Part(value, "", notes)
    rows = _rows(top)
    rows = _of(rows, model, notes) if not notes.mistakes else []
    found = _results(rows) if not notes.mistakes else []
    notes.settle()
    made = settled(found, notes)
    notes.settle()
    about = top.part("metadata").value
    provider = rows[0].part("provider").value if rows else {}
    return Imported(
        tool="promptfoo",
        version=version_of(about.get("promptfooVersion") if isinstance(about, Mapping) else None),
        digest=file_digest(path),
        found=made,
        model=model_of(provider.get("id") if isinstance(provider, Mapping) else provider),
        ran=moment_of(top.part("results").part("timestamp").value),
        better={"success": "higher", "score": "higher"},
    )


def _rows(top: Part) -> list[Part]:
    results = top.part("results")
    if "evalId" not in top.value or not isinstance(results.value, dict):
        top.wrong("holds no results of promptfoo", _WRONG)
        return []
    if results.value.get("version") != VERSION:
        results.part("version").wrong(
            f"is not {VERSION}", "Export it anew: `promptfoo export eval ID -o results.json`."
        )
        return []
    rows = results.part("results").items()
    stats = results.part("stats")
    if isinstance(stats.value, dict):
        kinds = [_kind(row) for row in rows]
        for key in ("successes", "failures", "errors"):
            if stats.part(key).count() not in {None, kinds.count(key)}:
                stats.part(key).wrong(f"is not what the rows come to, {kinds.count(key):,}", "Was the file cut?")
    else:
        stats.wrong("is missing", _WRONG)
    return rows


def _kind(row: Part) -> str:
    values = row.object()
    if values.get("failureReason") == _ERROR:
        return "errors"
    success = row.part("success").flag()
    if success is not None and _contradicts(values, success=success):
        row.part("success").wrong("is not what its assertions came to", "Was it changed by hand?")
    return "successes" if success else "failures"


def _contradicts(row: Mapping[str, Any], *, success: bool) -> bool:
    """Whether what was graded says the contrary of a row that it came to.

    Single assertions may fail in a test that passes: those in a set, or of no weight. That all of them came out
    otherwise needs a threshold, or a function of the user's own.
    """
    graded, test = row.get("gradingResult"), row.get("testCase")
    if not isinstance(graded, Mapping):
        return False
    if isinstance(graded.get("pass"), bool) and graded["pass"] is not success:
        return True
    if isinstance(test, Mapping) and any(test.get(key) is not None for key in _OWN_RULES):
        return False
    parts = graded.get("componentResults")
    said = [part.get("pass") for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    return bool(said) and all(one is (not success) for one in said)


def _of(rows: list[Part], model: str, notes: Notes) -> list[Part]:
    """The rows of one provider, whom the user may call by id, by label, or as a message shows it."""
    by: dict[str, list[Part]] = {}
    called: dict[str, set[str]] = {}
    for row in rows:
        provider = row.part("provider").value
        given = provider if isinstance(provider, Mapping) else {"id": provider}
        name, label = (str(given.get(key) or "") for key in ("id", "label"))
        by.setdefault(name, []).append(row)
        for alias in (name, label, model_of(name)):
            called.setdefault(alias, set()).add(name)
    shown = ", ".join(sorted({model_of(name) for name in by}))
    if model:
        meant = {model} if model in by else called.get(model, set())
        if len(meant) == 1:
            return by[meant.pop()]
        what = "holds several models of that name" if meant else "holds nothing of that model"
        notes.add(0, "", what, f"Give its whole id. It has: {shown}." if meant else f"It has: {shown}.")
        return []
    if len(by) > 1:
        message = f"holds results of {len(by)} models: {shown}"
        notes.add(0, "", message, "Say which one the candidate is, with --model.")
        return []
    return rows


class _Row(NamedTuple):
    asked: str  # digits for the variables
    prompt: str  # and for the prompt with them
    cluster: str
    values: dict[str, Score | Missing]  # by measure


def _results(rows: list[Part]) -> list[Found]:
    """Of every row what it gives; of one without a value, that it has none of any measure."""
    read = [_row(row) for row in rows]
    names = numbered(f"{row.asked}/{row.prompt}" for row in read)
    named = sorted({measure for row in read for measure in row.values if measure.startswith("named/")})
    return [
        Found(
            measure=measure,
            case=name,
            cluster=row.cluster,
            outcome=row.values.get(measure) or row.values["success"],
            asked=row.asked,
        )
        for name, row in zip(names, read, strict=True)
        for measure in ("success", "score", *named)
        if measure in row.values or isinstance(row.values["success"], Missing)
    ]


def _row(row: Part) -> _Row:
    values = row.object()
    prompt, test = values.get("prompt"), values.get("testCase")
    raw = prompt.get("raw") if isinstance(prompt, Mapping) else prompt
    given = values.get("vars")
    asked = _digits(row, "vars", given) if given else _digits(row, "prompt", raw)
    about = test.get("metadata") if isinstance(test, Mapping) else None
    cluster = case_id(about.get("cluster")) if isinstance(about, Mapping) else ""
    return _Row(asked, _digits(row, "prompt", raw), cluster or asked, _values(row))


def _values(row: Part) -> dict[str, Score | Missing]:
    lost = _lost(row)
    named = row.value.get("namedScores")
    given = {"score": row.value.get("score")}
    given |= {f"named/{plain(name)}": value for name, value in named.items()} if isinstance(named, Mapping) else {}
    success = row.part("success").flag()
    known: dict[str, Score | Missing] = {"success": lost or Score(value=float(bool(success)))}
    for name, value in given.items():
        score = number(value)
        known[name] = lost or (Missing("not-a-number") if score is None else Score(value=score))
    return known


def _lost(row: Part) -> Missing | None:
    """Why a row proves nothing, if it does not."""
    values = row.value
    if values.get("failureReason") == _ERROR:
        return Missing("error")
    graded = values.get("gradingResult")
    parts = graded.get("componentResults") if isinstance(graded, Mapping) else None
    if not isinstance(parts, list) or not parts:
        return Missing("nothing-asserted")  # promptfoo calls that a success
    if any(_broken(part) for part in [graded, *parts]):
        return Missing("grader-error")
    return None


def _broken(part: Any) -> bool:
    about = part.get("metadata") if isinstance(part, Mapping) else None
    return isinstance(about, Mapping) and bool(about.get("graderError"))


def _digits(row: Part, key: str, value: Any) -> str:
    try:
        return short_digest(canonical(value).decode())
    except (ValueError, TypeError):
        row.part(key).wrong("holds a value without a canonical form")
        return ""
