"""`trimtab import`: results of other tools become evidence, with their counts and where they come from."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.measure.imports.found import Found, Imported
    from trimtab.policy import Policy
    from trimtab.workspace.imports import Held
    from trimtab.workspace.tool_runs import Ran

_TOOLS = ("inspect", "lm-eval", "garak", "promptfoo", "mlflow", "csv")


@click.command(name="import")
@click.argument("tool", type=click.Choice(_TOOLS), required=False)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--suite", default="", help="With `imported: TOOL` in the policy.")
@click.option("--run", "run", default="", metavar="SUITE", help="Run the tool of this suite, instead of TOOL and FILE.")
@click.option("--candidate", default="", help="Whom the results are about: only you know that. With --run, one of all.")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--model", default="", help="Of a promptfoo file with several providers, the one that is the candidate.")
@click.option("--policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"), show_default=True)
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option("--show-tool", is_flag=True, help="With --run, show what the tool prints, which may quote what it asks.")
@output_options
def imports(
    output: Output,
    *,
    tool: str | None,
    file: Path | None,
    suite: str,
    run: str,
    candidate: str,
    system: str,
    model: str,
    policy: Path,
    ledger: str,
    show_tool: bool,
) -> None:
    """Read the results of another tool in FILE into the ledger, as evidence about a candidate.

    \b
    inspect    a log of Inspect, .eval or .json
    lm-eval    results_*.json of lm-evaluation-harness, its samples beside it
    garak      *.report.jsonl of garak
    promptfoo  results of promptfoo as JSON
    mlflow     a run of MLflow as JSON, or its folder
    csv        a table with case and value, .csv or .jsonl

    Nothing is decided: `trimtab run` judges by the latest import for each candidate. The same file again adds nothing.

    With --run SUITE the tool is run first, as `run` of that suite says, against --candidate or, without it, against
    every candidate one after the other, each behind its guard. It must be installed. A tool that does not end well
    adds nothing, and exits 4.
    """  # noqa: D301  # \b keeps click from filling lines
    from trimtab.errors import UsageError
    from trimtab.measure.imports import read_results
    from trimtab.policy import load_policy
    from trimtab.workspace import Workspace
    from trimtab.workspace.imports import add_results, check_place

    loaded = load_policy(policy)
    named = system or (next(iter(loaded.systems)) if len(loaded.systems) == 1 else "")
    if not named:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(loaded.systems)}.")
    if run:
        if tool or file or suite or model:
            raise UsageError("--run SUITE takes no TOOL, FILE, --suite or --model.", "The policy says what is run.")
        _run(output, policy, loaded, named, suite=run, candidate=candidate, ledger=ledger, shown=show_tool)
        return
    if not (tool and file and suite and candidate):
        what = "an import takes TOOL and FILE, --suite and --candidate; or --run SUITE."
        raise UsageError(what, "`trimtab import --help` shows both.")
    check_place(loaded, tool, system=named, candidate=candidate, suite=suite)
    found = read_results(tool, file, candidate=candidate, model=model)
    with Workspace.open(policy, ledger=ledger) as workspace:
        workspace.ledger.verify().raise_if_bad()
        held = add_results(workspace.ledger, loaded, found, system=named, candidate=candidate, suite=suite)
    output.show(_table(found))
    output.show(_told(found, suite, candidate, new=held.new, run=held.run), markup=False)
    output.data(_data(found, held, system=named, candidate=candidate, suite=suite))


def _run(
    output: Output,
    path: Path,
    policy: "Policy",
    system: str,
    *,
    suite: str,
    candidate: str,
    ledger: str,
    shown: bool,
) -> None:
    from trimtab.cli.tool_progress import showing
    from trimtab.errors import UsageError
    from trimtab.workspace import Workspace
    from trimtab.workspace.tool_runs import check_run, run_tool

    check_run(policy, suite)
    if system not in policy.systems:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(policy.systems)}.")
    made = []
    try:
        with Workspace.open(path, ledger=ledger) as workspace:
            for name in [candidate] if candidate else policy.systems[system].all_candidates:
                with showing(quiet=output.quiet) as asked:
                    ran = run_tool(workspace, system=system, suite=suite, candidate=name, asked=asked, shown=shown)
                output.show(_table(ran.imported))
                output.show(_told(ran.imported, suite, name, new=ran.held.new, run=ran.held.run), markup=False)
                output.show(_asked(ran), markup=False)
                data = _data(ran.imported, ran.held, system=system, candidate=name, suite=suite)
                made.append({**data, "calls": ran.calls, "lost": dict(ran.lost), "refused": ran.refused})
    finally:
        if made:  # those before one that failed are recorded
            output.data({"imports": made})


def _asked(ran: "Ran") -> str:
    lost = ", ".join(f"{count:,} x {reason}" for reason, count in sorted(ran.lost.items()))
    parts = [
        f"{ran.answered:,} of its requests were answered by {ran.candidate}, in {ran.calls:,} calls.",
        f"No reply came to others: {lost}." if lost else "",
        f"{ran.refused:,} could not be asked of any candidate." if ran.refused else "",
    ]
    return " ".join(filter(None, parts)) + "\n"


def _data(found: "Imported", held: "Held", *, system: str, candidate: str, suite: str) -> dict[str, Any]:
    return {
        "import": held.run,
        "new": held.new,
        "system": system,
        "candidate": candidate,
        "suite": suite,
        "tool": found.tool,
        "version": found.version,
        "model": found.model,
        "ran": found.ran,
        "file": found.digest,
        "measures": {name: _counts(results) for name, results in found.measures.items()},
    }


def _counts(results: "list[Found]") -> dict[str, Any]:
    from trimtab.kinds import Score
    from trimtab.measure.imports.found import AVERAGE_ONLY

    scores = [one.outcome.value for one in results if isinstance(one.outcome, Score)]
    average_only = any(not isinstance(one.outcome, Score) and one.outcome.reason == AVERAGE_ONLY for one in results)
    return {
        "cases": 0 if average_only else len(results),
        "independent": 0 if average_only else len({one.cluster for one in results}),
        "missing": 0 if average_only else len(results) - len(scores),
        "mean": sum(scores) / len(scores) if scores else None,
        "average_only": average_only,
    }


def _table(found: "Imported") -> "Table":
    from rich.table import Table

    table = Table("measure", "cases", "independent", "missing", "mean", box=None, pad_edge=False)
    for name, results in found.measures.items():
        counts = _counts(results)
        if counts["average_only"]:
            table.add_row(name, "an average without its counts: proves nothing")
            continue
        mean = "" if counts["mean"] is None else f"{counts['mean']:.4g}"
        table.add_row(name, *(f"{counts[key]:,}" for key in ("cases", "independent", "missing")), mean)
    return table


def _told(found: "Imported", suite: str, candidate: str, *, new: bool, run: str) -> str:
    asked = f", which says that it asked {found.model}" if found.model else ""
    one = len(found.found) == 1
    what = f"{len(found.found):,} {'result' if one else 'results'} of {found.tool} {found.version}{asked}"
    if not new:
        return f"\n{what}: this file is in the ledger already ({run}), and nothing was added."
    there, them = ("is", "it") if one else ("are", "them")
    return f"\n{what} {there} in the ledger as {run}. `trimtab run` judges {suite} of {candidate} by {them}."
