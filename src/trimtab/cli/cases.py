"""`list` and `show` of incidents and findings: where each stands, what comes next, and what it cost."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.decision.incidents import Finding, Incident
    from trimtab.evidence.books import Books, Kept

What = Literal["incident", "finding"]
_STEPS = {"incident": ("detect", "contain", "fix", "verify", "close"), "finding": ("fix", "verify", "close")}


def listing(what: What) -> click.Command:
    """`list` of incidents or findings."""

    @click.option("--open", "only_open", is_flag=True, help="Only those whose fix is not verified yet.")
    @click.option("--system", default="", metavar="NAME", help="Only of this system.")
    @policy_option
    @output_options
    def list_(output: Output, *, only_open: bool, system: str, policy: Path, ledger: str) -> None:
        from rich.table import Table

        from trimtab.decision.incidents import findings, incidents
        from trimtab.decision.moments import day

        books, _ = _books(policy, ledger)
        cases: Sequence[Incident | Finding] = [*(incidents(books) if what == "incident" else findings(books))]
        chosen = [one for one in cases if (one.open or not only_open) and system in ("", one.opened.system)]
        table = Table(box=None, pad_edge=False)
        for head in (what, "", "system", "opened", "state", "next"):
            table.add_column(head, no_wrap=head in {what, "opened"}, overflow="fold")
        for one in chosen:
            row = (one.opened.id, one.opened.severity, one.opened.system, day(one.opened.at), _state(one, what))
            table.add_row(*row, _next(one, what))
        output.show(table if chosen else f"There is no {'open ' if only_open else ''}{what} in the books.")
        output.data([_data(one, what) for one in chosen])

    return click.command("list", help=f"List every {what}: where it stands, and which step comes next.")(list_)


def showing(what: What) -> click.Command:
    """`show` of one incident or finding."""

    @click.argument("id_", metavar="ID")
    @policy_option
    @output_options
    def show(output: Output, *, id_: str, policy: Path, ledger: str) -> None:
        from trimtab.decision.cost_lines import standing_lines, total
        from trimtab.decision.incidents import finding_of, incident_of
        from trimtab.errors import UsageError

        books, currency = _books(policy, ledger)
        try:
            case = incident_of(books, id_) if what == "incident" else finding_of(books, id_)
        except KeyError:
            step = f"`trimtab {what} list` lists them."
            raise UsageError(f"there is no {what} {id_[:60]!r} in the books.", step) from None
        opened = case.opened
        lines = [one for one in standing_lines(books) if getattr(one[1], what) == id_]
        told = [("severity", opened.severity), ("system", opened.system), ("said", opened.what)]
        for name, value in told:
            if value:
                output.show(f"{name}: {value}", markup=False)
        for kept in _history(books, id_, what):
            output.show(_line(kept), markup=False)
        if lines:
            output.show(f"cost: {total(lines) / 100:,.2f} {currency} ({len(lines):,} entered)", markup=False)
        output.show(f"{id_}: {_state(case, what)}. {_hint(case, what, id_)}".strip(), markup=False)
        output.data({**_data(case, what), "cost": f"{total(lines) / 100:.2f}", "currency": currency})

    return click.command("show", help=f"Show one {what}: every step with who said so, and what it cost.")(show)


# -- parts ---------------------------------------------------------------------------------


def _books(policy: Path, ledger: str) -> "tuple[Books, str]":
    """What the ledger holds, which must be there, and the currency."""
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as found:
        return Books.of(found), loaded.currency


def _next(case: "Incident | Finding", what: What) -> str:
    """The first step that was not done since it was last opened; empty when none is left."""
    return next((step for step in _STEPS[what] if not case.done(step)), "")


def _state(case: "Incident | Finding", what: What) -> str:
    done = [step for step in _STEPS[what] if case.done(step)]
    words = {"detect": "detected", "contain": "contained", "fix": "fixed", "verify": "verified", "close": "closed"}
    # Harm can be stopped after its cause was removed, so the last step of the list counts, and not the last in time.
    last = words[done[-1]] if done else "opened"
    return f"reopened, {last}" if case.reopened and case.open else last


def _hint(case: "Incident | Finding", what: What, id_: str) -> str:
    step = _next(case, what)
    return f"Next: trimtab {what} {step} {id_}" if step else ""


def _history(books: "Books", id_: str, what: What) -> "Sequence[Kept[Any]]":
    from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
    from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened

    if what == "incident":
        return [*books.about(IncidentOpened, id_), *books.about(IncidentMoved, id_)]
    return [*books.about(FindingOpened, id_), *books.about(FindingMoved, id_)]


def _line(kept: "Kept[Any]") -> str:
    from trimtab.decision.moments import minute

    entry = kept.entry
    step = getattr(entry, "step", "open")
    words = getattr(entry, "what", "") if step != "open" else ""
    evidence = ", ".join(getattr(entry, "evidence", ()) or ())
    said = f"{minute(entry.at)}  {step:8}  {entry.by} (row {kept.seq:,})"
    return said + (f": {words}" if words else "") + (f" [{evidence}]" if evidence else "")


def _data(case: "Incident | Finding", what: What) -> dict[str, Any]:
    """For other programs; moments are microseconds since the epoch, UTC, 0 for what has not happened."""
    opened = case.opened
    steps = {step: case.done(step) for step in _STEPS[what]}
    return {
        what: opened.id,
        "severity": opened.severity,
        "system": opened.system,
        "at": opened.at,
        "open": case.open,
        "reopened": case.reopened,
        "state": _state(case, what),
        "next": _next(case, what),
        "row": case.seq,
        **steps,
    }
