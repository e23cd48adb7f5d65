"""`trimtab ledger replay`: everything that was decided or published, computed again."""

from dataclasses import asdict

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode


@click.command()
@click.option(
    "--ledger",
    "location",
    envvar="TRIMTAB_LEDGER",
    default=".trimtab/ledger.db",
    show_default=True,
    metavar="PATH",
    help="The ledger; also from TRIMTAB_LEDGER.",
)
@output_options
def replay(out: Output, location: str) -> None:
    """Compute every decision and every published figure again from the ledger, and compare to the digit.

    Exit codes: 0 all come out the same, 1 something does not, 3 nothing was published, 4 the ledger does not verify.
    """
    from trimtab.evidence.living import LivingLedger
    from trimtab.workspace.publishing import replay as computed_again

    found = []
    with LivingLedger.open(location, create=False) as opened:
        opened.verify().raise_if_bad()
        for one in computed_again(opened):
            found.append(one)
            if not one.same:
                out.show(f"row {one.row:,}: {one.what}: {one.why}", markup=False)
    same = sum(one.same for one in found)
    out.show(f"{same:,} of {len(found):,} come out as they were published.")
    out.data({"replayed": len(found), "same": same, "differ": [asdict(one) for one in found if not one.same]})
    code = ExitCode.INCONCLUSIVE if not found else ExitCode.PASS if same == len(found) else ExitCode.FAIL
    click.get_current_context().exit(int(code))
