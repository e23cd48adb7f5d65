"""`trimtab probe`: does a suite still measure what it did?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.measure.suites import LoadedSuite
    from trimtab.workspace.probe import Contamination

_SHOWN = 10
_policy = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=Path("trimtab.yaml"),
    show_default=True,
    help="The policy whose own suites are meant, too; none if there is no such file.",
)
_ledger = click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Record the result in this ledger too.")


@click.group()
def probe() -> None:
    """Look whether a suite still measures what it did."""


@probe.command()
@click.argument("suite")
@click.option(
    "--against",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    required=True,
    help="Text that a model may have been trained on: plain or JSON Lines, also .gz (repeatable).",
)
@click.option("--n", type=click.IntRange(8, 100), default=13, show_default=True, help="Words of a gram.")
@_policy
@_ledger
@output_options
def contamination(output: Output, *, suite: str, files: tuple[Path, ...], n: int, policy: Path, ledger: str) -> None:
    """Look for the cases of SUITE in training texts, by overlapping n-grams of words.

    Exits 1 when any case shares a gram with a text, 3 when none does and some cases are too short to tell, 0 otherwise.
    Files are streamed, so they may be of any size.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.workspace.probe import contamination as look

    loaded = _suite(suite, policy)
    found = look(loaded, files, n=n, ledger=ledger, listen=lambda path: output.note(f"[dim]reading {path.name}[/]"))
    output.show(_story(found), markup=False)
    output.data(_data(found))
    click.get_current_context().exit(int(EXIT_CODES[found.verdict.value]))


@probe.command()
@click.option("--at-most", type=click.IntRange(0), help="Exit 1 when the cases of a suite were asked in more runs.")
@_policy
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def uses(output: Output, *, at_most: int | None, policy: Path, ledger: str) -> None:
    """Count the runs that asked the cases of each suite of the policy: what is asked too often is learned by heart.

    Another `part`, `seed`, or `seed` of the `rewrite` makes other cases of it, and the count begins anew.
    """
    from datetime import UTC, datetime

    from rich.table import Table

    from trimtab.errors import ExitCode
    from trimtab.evidence import Ledger
    from trimtab.measure.suites import load_suite
    from trimtab.policy import load_policy
    from trimtab.workspace.probe import uses as count

    loaded = load_policy(policy)
    suites = [load_suite(name, spec, base=policy.parent) for name, spec in loaded.suites.items() if not spec.imported]
    with Ledger.open(ledger or ".trimtab/ledger.db", create=False) as opened:
        found = count(opened, suites)
    table = Table("suite", "runs", "systems", "last", box=None, pad_edge=False)
    spent = [one.suite for one in found if at_most is not None and one.total > at_most]
    for one in found:
        last = f"{datetime.fromtimestamp(one.latest / 1e6, tz=UTC):%d.%m.%Y}" if one.latest else "never"
        table.add_row(one.suite, f"{one.total:,}", ", ".join(one.runs) or "none", last)
    output.show(table)
    if spent:
        names = ", ".join(spent)
        output.show(f"Used up: {names}. Take another `part`, or another `seed`.")
    output.data({"suites": [{**_plain(one), "total": one.total} for one in found], "used_up": spent})
    if spent:
        raise click.exceptions.Exit(ExitCode.FAIL)


@probe.command()
@click.argument("suite")
@click.option("--candidate", required=True, help="Whom to ask.")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@_policy
@_ledger
@output_options
def canary(output: Output, *, suite: str, candidate: str, system: str, policy: Path, ledger: str) -> None:
    """Ask a candidate to go on with the canary in the file of SUITE: who can has seen the file.

    Exits 1 when it can. That it cannot proves nothing: much that was seen is not remembered.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.errors import UsageError
    from trimtab.policy import load_policy
    from trimtab.workspace.probe import ask_canaries

    loaded = load_policy(policy)
    if not system and len(loaded.systems) > 1:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(loaded.systems)}.")
    named = system or next(iter(loaded.systems))
    found = ask_canaries(loaded, _suite(suite, policy), system=named, candidate=candidate, ledger=ledger)
    verdict = found.verdict.value
    if found.known:
        text = f"FAIL {candidate} goes on with {found.known} of {found.canaries} canaries of {suite}: it saw the file."
    else:
        text = f"{candidate} goes on with no canary of {suite} ({found.asked} calls). That proves nothing by itself."
    output.show(text, markup=False)
    output.data({**_plain(found), "verdict": verdict})
    click.get_current_context().exit(int(EXIT_CODES[verdict]))


def _plain(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(value)


def _suite(name: str, policy: Path) -> "LoadedSuite":
    from trimtab.measure.suites import load_suite
    from trimtab.policy import check_policy
    from trimtab.policy.metric_spec import SuiteSpec

    checked = check_policy(policy).policy if policy.is_file() else None
    spec = (checked.suites if checked else {}).get(name) or SuiteSpec(builtin=name)
    return load_suite(name, spec, base=policy.parent)


def _story(found: "Contamination") -> str:
    characters = sum(one.characters for one in found.files)
    first = (
        f"{found.verdict.value.upper()} {len(found.shares):,} of {found.cases:,} cases of {found.suite} share "
        f"{found.n} words in a row with {len(found.files):,} files of {characters:,} characters."
    )
    ranked = sorted(found.shares.items(), key=lambda one: (-one[1], one[0]))
    lines = [first, *(f"  {case}: {share:.0%} of its grams" for case, share in ranked[:_SHOWN])]
    if len(ranked) > _SHOWN:
        lines.append(f"  and {len(ranked) - _SHOWN:,} more")
    if found.short:
        lines.append(f"{len(found.short):,} cases have too few words to tell.")
    broken = sum(one.broken for one in found.files)
    if broken:
        lines.append(f"{broken:,} lines were no JSON and were read as plain text.")
    if found.recorded:
        lines.append("Recorded in the ledger.")
    return "\n".join(lines)


def _data(found: "Contamination") -> dict[str, Any]:
    return {**_plain(found), "verdict": found.verdict.value}
