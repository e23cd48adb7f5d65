"""What commands share that show figures of the ledger, and publish them if asked to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trimtab.cli.output import Output


def shown(
    output: Output, what: str, asked: Mapping[str, Any], *, policy: Path, ledger: str, by: str | None
) -> Mapping[str, Any]:
    """The figures, as of now; published under the name `by` unless that is None.

    Raises:
        UsageError: Nobody is named who publishes, or somebody who may not.
    """
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.publishing import check_actor, compute_now, publish

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        if by is None:
            return compute_now(opened, loaded, what, asked)
        check_actor(opened, loaded, by, opened.now())
        made = publish(opened, loaded, what, by=by, asked=asked)
        output.note(f"[dim]Published, from rows up to {made.row:,}. `trimtab ledger replay` computes it again.[/]")
        return made.result
