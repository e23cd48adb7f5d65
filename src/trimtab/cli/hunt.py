"""`trimtab hunt`: a time-boxed search for flaws by people who do not own the system, and what it left hidden."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.evidence import Ledger
    from trimtab.workspace.hunt import Shown
    from trimtab.workspace.hunt_filing import Receipt

_ledger = click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
_hunt = click.option("--hunt", default="latest", show_default=True, help="Which hunt.")


@click.group()
def hunt() -> None:
    """Let people who do not own a system look for its flaws for some hours, and tell what is probably still hidden."""


@hunt.command("open")
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--hours", type=float, required=True, help="How long it lasts, from now on.")
@click.option(
    "--hunters",
    required=True,
    metavar="NAME,NAME",
    help="People and attackers of the policy; `model:NAME` is another model.",
)
@_ledger
@output_options
def open_(output: Output, *, policy: Path, system: str, hours: float, hunters: str, ledger: str) -> None:
    """Begin a hunt. Who owns the system does not hunt in it."""
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.hunt import hunt_data, hunt_view
    from trimtab.workspace.hunt import open_hunt, show_hunt
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.workspace import typed

    loaded = load_policy(policy)
    name = system or (next(iter(loaded.systems)) if len(loaded.systems) == 1 else "")
    if not name:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(loaded.systems)}.")
    named = [one.strip() for one in hunters.split(",") if one.strip()]
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        made = open_hunt(opened, loaded, name, hours=hours, hunters=named, file=typed(policy))
        shown = show_hunt(opened, made.hunt)
    output.show(hunt_view(shown.hunt, shown.result, state=shown.state))
    output.show("File what is found: trimtab hunt file --hunter NAME --severity S2 --hazard WORD --case ID")
    output.data(hunt_data(shown.hunt, shown.result, state=shown.state))


@hunt.command("file")
@_hunt
@click.option("--hunter", required=True, help="Who found it; of a customer's finding, who files it.")
@click.option("--severity", type=click.Choice(["S1", "S2", "S3", "S4"]), required=True, help="S1 is the worst.")
@click.option("--hazard", default="", help="A short name, e.g. LLM01; may be left out with --run.")
@click.option("--what", default="", help="What was found, in a sentence. Its digest is kept, no text.")
@click.option("--case", default="", help="It is shown by this case of `trimtab redteam`, which a run has seen succeed.")
@click.option("--command", default="", help="It is shown by this command.")
@click.option("--file", type=click.Path(path_type=Path), help="It is shown by this file: cases, a transcript.")
@click.option(
    "--run", default="", help="File what this run (or `latest`) of `trimtab redteam` found: one finding for each goal."
)
@click.option("--same-as", default="", help="The finding that this one finds again.")
@click.option("--id", "finding", default="", help="An id of your own; drawn if left out.")
@click.option(
    "--found-by",
    type=click.Choice(["hunter", "customer"]),
    default="hunter",
    show_default=True,
    help="Whether a customer found it.",
)
@_ledger
@output_options
def file_(
    output: Output,
    *,
    hunt: str,
    hunter: str,
    severity: str,
    hazard: str,
    what: str,
    case: str,
    command: str,
    file: Path | None,
    run: str,
    same_as: str,
    finding: str,
    found_by: str,
    ledger: str,
) -> None:
    """File a finding, with what shows it again: --case, --command, --file or --run.

    After the end a finding is recorded as late, and does not count.
    """
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.workspace.hunt_filing import Filing, file_finding, file_run
    from trimtab.workspace.location import DEFAULT_LEDGER

    filing = Filing(
        hunter=hunter,
        severity=severity,
        hazard=hazard,
        what=what,
        case=case,
        command=command,
        file=file,
        same_as=same_as,
        found_by=found_by,
        finding=finding,
    )
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        if run:
            if case or command or file or same_as or finding or what or found_by != "hunter":
                raise UsageError("--run files what a run found, and nothing else.", "File other findings one by one.")
            receipt = file_run(opened, hunt, run, hunter=hunter, severity=severity, hazard=hazard)
        else:
            receipt = file_finding(opened, hunt, filing)
    output.show(_told(receipt, customer=found_by == "customer"), markup=False)
    output.data(
        {"hunt": receipt.hunt, "findings": list(receipt.findings), "late": receipt.late, "known": receipt.known}
    )


@hunt.command()
@click.argument("finding")
@_hunt
@click.option(
    "--by",
    required=True,
    metavar="NAME",
    envvar="TRIMTAB_BY",
    help="Who says so: a person of the policy who neither hunts nor files.",
)
@click.option("--valid", "ruling", flag_value="valid", help="It is a flaw of its own, whatever its hunter said.")
@click.option("--invalid", "ruling", flag_value="invalid", help="It is none, and does not count.")
@click.option("--same-as", default="", help="It is the same flaw as this other finding.")
@_ledger
@output_options
def triage(output: Output, *, finding: str, hunt: str, by: str, ruling: str | None, same_as: str, ledger: str) -> None:
    """When a hunt is over, say whether FINDING is a flaw, and whether it is the same as another one.

    The last word counts.
    """
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.workspace.hunt import triage as rule
    from trimtab.workspace.location import DEFAULT_LEDGER

    if bool(ruling) == bool(same_as):
        raise UsageError("a finding is ruled on in one way.", "Give exactly one of --valid, --invalid, --same-as.")
    said = ruling or "same"
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        found = rule(opened, hunt, finding, by=by, ruling=said, same_as=same_as)
    output.show(f"{finding}: {said}{f' as {same_as}' if same_as else ''}. Recorded.", markup=False)
    output.data({"hunt": found.hunt, "finding": finding, "ruling": said, "same_as": same_as})


@hunt.command()
@_hunt
@click.option(
    "--by",
    required=True,
    metavar="NAME",
    envvar="TRIMTAB_BY",
    help="Who ends it: a person of the policy who neither hunts nor owns the system.",
)
@click.option(
    "--spent", multiple=True, metavar="NAME=HOURS", help="Hours of a hunter who took less than all (repeatable)."
)
@_ledger
@output_options
def close(output: Output, *, hunt: str, by: str, spent: tuple[str, ...], ledger: str) -> None:
    """End a hunt and record what it comes to. Exit codes as of `trimtab hunt show`."""
    from trimtab.evidence import Ledger
    from trimtab.workspace.hunt import close_hunt
    from trimtab.workspace.location import DEFAULT_LEDGER

    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        shown = close_hunt(opened, hunt, by=by, spent=dict(map(_hours, spent)))
        _show(output, shown, opened)


@hunt.command()
@_hunt
@_ledger
@output_options
def show(output: Output, *, hunt: str, ledger: str) -> None:
    """Show what a hunt yields, who found it first, and what is probably still hidden.

    Everything is computed from the ledger. Exits 3 while the hunt goes on, and where too little was found by more than
    one to say what is hidden; 0 otherwise.
    """
    from trimtab.evidence import Ledger
    from trimtab.workspace.hunt import show_hunt
    from trimtab.workspace.location import DEFAULT_LEDGER

    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        shown = show_hunt(opened, hunt)
        _show(output, shown, opened)


def _show(output: Output, shown: "Shown", ledger: "Ledger") -> None:
    from trimtab.kinds import Missing
    from trimtab.report.hunt import hunt_data, hunt_view
    from trimtab.workspace.hunt_again import replays

    again = {} if shown.state == "open" else replays(ledger, shown.hunt)
    output.show(hunt_view(shown.hunt, shown.result, state=shown.state, replays=again))
    output.data(hunt_data(shown.hunt, shown.result, state=shown.state, replays=again))
    unknown = shown.state == "open" or isinstance(shown.result.hidden, Missing)
    click.get_current_context().exit(int(ExitCode.INCONCLUSIVE if unknown else ExitCode.PASS))


def _told(receipt: "Receipt", *, customer: bool = False) -> str:
    counts = "and counted, since a customer found it" if customer else "and not counted"
    late = f" It came after the end: recorded as late, {counts}." if receipt.late else ""
    known = f" {receipt.known:,} were filed before." if receipt.known else ""
    if len(receipt.findings) == 1:
        return f"Filed as {receipt.findings[0]} in {receipt.hunt}.{known}{late}"
    return f"Filed {len(receipt.findings):,} findings in {receipt.hunt}.{known}{late}"


def _hours(text: str) -> tuple[str, float]:
    from trimtab.errors import UsageError

    name, _, hours = text.rpartition("=")
    try:
        return name, float(hours)
    except ValueError:
        raise UsageError(f"--spent {text[:80]!r} is not NAME=HOURS.", "Write ann=5.5.") from None
