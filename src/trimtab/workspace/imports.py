"""Takes in what other tools measured of a candidate: a file becomes rows of the ledger, once."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trimtab import __version__
from trimtab._canonical import digest
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Import, Observation, PolicyAdopted, Subject
from trimtab.measure.imports.found import Imported
from trimtab.measure.imports.kept import short_digest
from trimtab.policy import Policy
from trimtab.workspace.looks import smallest

_UNHEARD = frozenset({"about", "price", "limits", "of", "set_"})  # by the model; what is set has been applied


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An import as the ledger holds it: the rows of `run`, and where the first of them stands."""

    run: str
    seq: int
    record: Import
    new: bool = False  # just now added


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """That we ran the tool ourselves, and how; fields as in `Import`."""

    asked: str
    command: Sequence[str]
    task: str
    calls: int


def add_results(
    ledger: Ledger,
    policy: Policy,
    imported: Imported,
    *,
    system: str,
    candidate: str,
    suite: str,
    made: Made | None = None,
) -> Held:
    """Add the results of a file to the ledger, all or none; a file that is there already adds nothing.

    Args:
        ledger: Where they go.
        policy: Which says that the suite is another tool's.
        imported: What the file says.
        system: Of the policy.
        candidate: Of that system: whom the results are about. Nobody but the caller can know that.
        suite: With `imported: TOOL` in the policy.
        made: How the tool was run, if we did; a suite with `run` takes nothing else.

    Raises:
        UsageError: The policy has no such system, candidate or suite, or another tool's.
    """
    check_place(policy, imported.tool, system=system, candidate=candidate, suite=suite, made=made is not None)
    for known in imports_of(ledger, system):
        about = known.record
        if (known.candidate, about.suite, about.tool, about.file) == (candidate, suite, imported.tool, imported.digest):
            return known.held
    record = Import(
        suite=suite,
        tool=imported.tool,
        version=imported.version,
        file=imported.digest,
        results=len(imported.found),
        spec=spec_of(policy, system, candidate),
        trimtab=__version__,
        model=imported.model,
        ran=imported.ran,
        better=dict(imported.better),
        sketch=smallest(one.asked or short_digest(one.case) for one in imported.found),
        **(asdict(made) if made else {}),
    )
    run = f"import-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    if not any(row.policy == policy.digest for row in ledger.rows(kind=PolicyAdopted.kind)):
        ledger.append(
            [PolicyAdopted(text=policy.model_dump_json(by_alias=True))],
            subject=Subject(),
            run="",
            maker=f"trimtab/{__version__}",
            policy=policy.digest,
        )
    row = ledger.append(
        [record, *_observations(imported, suite)],
        subject=Subject(system=system, candidate=candidate),
        run=run,
        maker=record.maker,
        policy=policy.digest,
        durable=True,
    )
    return Held(run=run, seq=row.seq - len(imported.found), record=record, new=True)


def check_place(policy: Policy, tool: str, *, system: str, candidate: str, suite: str, made: bool = False) -> None:
    """Refuse results for which the policy has no place.

    Raises:
        UsageError: It has no such system, candidate or suite, or another tool's.
    """
    spec = policy.systems.get(system)
    if spec is None:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(policy.systems)}.")
    if candidate not in spec.all_candidates:
        known = ", ".join(spec.all_candidates)
        raise UsageError(f"{system} has no candidate {candidate!r}.", f"It has: {known}.")
    said = policy.suites.get(suite)
    if said is None or said.imported != tool:
        whose = f"is read of {said.imported}" if said and said.imported else "is not imported"
        what = f"the suite {suite!r} {whose if said else 'is not in the policy'}."
        raise UsageError(what, f"Write there `suites: {{{suite}: {{imported: {tool}}}}}`.")
    if said.run is not None and not made:
        # What somebody else had asked may be anything, and this suite says what is asked.
        what = f"the suite {suite!r} says how {tool} is run, so a file of another run is not its result."
        raise UsageError(what, f"`trimtab import --run {suite} --candidate {candidate}`, or take out its `run`.")


def _observations(imported: Imported, suite: str) -> list[Observation]:
    """The results as observations of the tool's own measures, whose names no metric of a policy can have."""
    places: dict[str, int] = {}
    made = []
    for one in imported.found:
        order = places[one.measure] = places.get(one.measure, -1) + 1
        made.append(
            Observation(
                metric=measure_column(suite, one.measure),
                suite=suite,
                case=one.case,
                cluster=one.cluster,
                order=order,
                outcome=one.outcome,
            )
        )
    return made


def measure_column(suite: str, measure: str) -> str:
    """What stands in the ledger as the metric of an imported result."""
    return f"{suite}:{measure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An import, and whose results it holds."""

    candidate: str
    held: Held

    @property
    def record(self) -> Import:
        """What it says of itself."""
        return self.held.record


def imports_of(ledger: Ledger, system: str) -> list[Known]:
    """All imports for a system, oldest first; what runs repeat of them is not among them."""
    return [
        Known(candidate=row.candidate, held=Held(run=row.run, seq=row.seq, record=record))
        for row, record in ledger.records(kind=Import.kind)
        if isinstance(record, Import) and row.system == system and not record.source
    ]


def spec_of(policy: Policy, system: str, candidate: str) -> str:
    """Digest of what the policy says of a candidate, as far as it changes answers; its guard is part of it."""
    told: dict[str, Any] = policy.systems[system].whole(candidate).told
    guard = policy.guard_of(system, candidate)
    kept = {key: value for key, value in told.items() if key not in _UNHEARD}
    return digest({**kept, "guard": guard.model_dump(mode="json", by_alias=True) if guard else None})
