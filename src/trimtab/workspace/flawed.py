"""Finds what stands in the way of a release, and the lines of the policy file that it breaks."""

from pathlib import Path

from trimtab.decision.incidents import findings
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.policy.document import Place
from trimtab.policy.places import places_in
from trimtab.report.flaws import Flaw, flaws
from trimtab.report.view import Report


def flaws_of(ledger: Ledger, report: Report, policy: Path, *, folder: Path | None = None) -> list[Flaw]:
    """Every flaw of a decision, with the findings about its system or all of them that are open now.

    Args:
        ledger: Where the decision is.
        report: It.
        policy: The file whose lines are named; one that is not there gives line 1.
        folder: Where the repository begins, which paths are relative to; the current folder if left out.
    """
    places, root = places_in(policy), (folder or Path.cwd()).resolve()

    def locate(*where: str | int) -> Place:
        place = places.of(*where)
        return Place(_relative(Path(place.path), root), place.line, place.column)

    about = {"", report.decision.system}
    open_ = [one for one in findings(Books.of(ledger)) if one.open and one.opened.system in about]
    return flaws(report, open_, locate)


def _relative(path: Path, root: Path) -> str:
    """A path as somebody in the repository would type it; of one outside only the name, which tells of no machine."""
    whole = path.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.name
