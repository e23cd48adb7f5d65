"""`trimtab frameworks`: which controls of regulations and standards evidence answers, and which not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import entering, policy_option
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode
from trimtab.evidence.entries.controls import Audited, DocumentKept, NotApplicable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trimtab.report.coverage import Covered

audited = entering("audited", Audited, "Record that somebody who does not own a system tested a control of it.")


def _from_file(values: "Mapping[str, Any]") -> "dict[str, Any]":
    """The fields of a document, its digest and its counts taken from the file if one is given."""
    from trimtab.errors import UsageError
    from trimtab.workspace.documents import document_facts

    given = dict(values)
    file = given.pop("file", None)
    if file is None:
        return given
    typed = [f"--{name}" for name in ("digest", "filled", "mandatory") if given.get(name) is not None]
    if typed:
        raise UsageError(f"with --file, {' and '.join(typed)} come from the file.", "Leave them out.")
    return {**given, **document_facts(file, given.get("type") or "")}


document = entering(
    "document",
    DocumentKept,
    "Record a version of a document that systems owe.",
    more=[
        click.option(
            "--file",
            type=click.Path(path_type=Path),
            help="The document, in Markdown: its digest and its mandatory sections are taken from it.",
        )
    ],
    derive=_from_file,
)
not_applicable = entering("not-applicable", NotApplicable, "Say that a control does not apply, why, and until when.")


@click.command()
@click.argument("framework", default="", metavar="[FRAMEWORK]")
@click.option("--system", default="", help="Of this system only; of the whole organisation if left out.")
@click.option(
    "--expiring",
    type=click.IntRange(min=0),
    default=None,
    metavar="DAYS",
    help="Only controls whose evidence is out of date, or will be in so many days.",
)
@click.option("--as-of", default="", metavar="WHEN", help="A day or moment; now if left out.")
@click.option("--oscal", type=click.Path(path_type=Path), help="Write OSCAL assessment results (JSON) to this file.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write a line for each control and system.")
@policy_option
@output_options
def frameworks(
    output: Output,
    *,
    framework: str,
    system: str,
    expiring: int | None,
    as_of: str,
    oscal: Path | None,
    table: Path | None,
    policy: Path,
    ledger: str,
) -> None:
    """Hold the controls of FRAMEWORK, or of all, against the evidence in date.

    Exit codes: 0 every control in force is covered or said not to apply, 1 one is not met, 3 none fails and some are
    not covered.
    """
    import time

    from trimtab.cli.controls import named_framework
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.entries.reading import moment
    from trimtab.policy import load_policy
    from trimtab.policy.controls import catalogue
    from trimtab.report.coverage import coverage_csv, coverage_data, coverage_view
    from trimtab.report.files import write_page
    from trimtab.report.oscal import results_text
    from trimtab.workspace.coverage import cover
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    if system and system not in loaded.systems:
        raise UsageError(f"there is no system {system[:80]!r} in the policy.", f"It has {', '.join(loaded.systems)}.")
    names = (named_framework(catalogue(), framework).id,) if framework else ()
    try:
        at = moment(as_of) if as_of else time.time_ns() // 1000
    except ValueError:
        raise UsageError(f"{as_of[:40]!r} is no moment.", "Write a day as 2026-03-01.") from None
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        covered = cover(
            opened,
            loaded,
            moment=at,
            frameworks=names,
            system=system,
            expiring_days=30 if expiring is None else expiring,
        )
    output.show(coverage_view(covered, system=system, expiring_only=expiring is not None))
    if oscal is not None:
        write_page(oscal, results_text(covered))
        output.note(f"Wrote {oscal}.")
    if table is not None:
        write_page(table, coverage_csv(covered))
        output.note(f"Wrote {table}.")
    output.data(coverage_data(covered))
    click.get_current_context().exit(_verdict(covered))


def _verdict(covered: "Covered") -> int:
    from trimtab.decision.control_state import COVERED, State

    cells = covered.coverage.whole
    begun = [one for one in cells if one.applies.begins is None or one.applies.begins <= covered.coverage.moment]
    if any(one.state is State.NOT_MET for one in begun):
        return int(ExitCode.FAIL)
    fine = all(one.state in (*COVERED, State.NOT_APPLICABLE) for one in begun)
    return int(ExitCode.PASS if fine else ExitCode.INCONCLUSIVE)
