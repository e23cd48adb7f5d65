"""What evidence in date covers of the catalogue of controls, worked out once for all pages that say anything of it."""

from trimtab.report.coverage import Covered
from trimtab.serve.pages.snapshot import Snapshot
from trimtab.workspace.coverage import cover


def covered_of(now: Snapshot) -> Covered:
    """The whole catalogue against the evidence, worked out once for a row and a moment."""

    def make() -> Covered:
        return cover(now.ledger, now.policy, moment=now.moment, upto=now.row)

    return now.books.once(("coverage", now.policy.digest, now.moment), make)
