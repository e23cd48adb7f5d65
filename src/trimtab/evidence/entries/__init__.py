"""What people and feeds report: entries of the books, each described once for whoever fills it in."""

from collections.abc import Mapping

from trimtab.evidence.entries.business import Business
from trimtab.evidence.entries.committee import Absent, Recused, Seated, SeedCommitted
from trimtab.evidence.entries.consents import (
    ConditionMet,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    ConsentWithdrawn,
    EmergencyDeclared,
)
from trimtab.evidence.entries.controls import Audited, DocumentKept, NotApplicable
from trimtab.evidence.entries.counts import Counted, Exposure
from trimtab.evidence.entries.entry import Entry, Form, Said, described
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened, NearMiss
from trimtab.evidence.entries.funding import (
    Allocated,
    AppetiteStated,
    ClaimRealised,
    LossClaimed,
    MilestoneClaimed,
    MoneyReturned,
    Requested,
    RequestWithdrawn,
    TrancheReleased,
    Voted,
)
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.entries.notes import Note
from trimtab.evidence.entries.proposals import PolicyAgreed, PolicyProposed
from trimtab.evidence.entries.ratings import AppealAnswered, Appealed, Rated
from trimtab.evidence.entries.recalibration import (
    PointsGiven,
    RecalibrationProposed,
    RecalibrationShadowed,
    RecalibrationVoted,
)
from trimtab.evidence.entries.registry import Classified, Registered, Scanned
from trimtab.evidence.entries.releases import Deployed
from trimtab.evidence.entries.spending import Spent
from trimtab.evidence.entries.training import Trained
from trimtab.evidence.entries.vendors import VendorAnswered, VendorCounted
from trimtab.evidence.entries.wins import WinTold

ENTRIES: Mapping[str, type[Entry]] = {
    one.kind: one
    for one in (
        IncidentOpened,
        IncidentMoved,
        FindingOpened,
        FindingMoved,
        NearMiss,
        Spent,
        Counted,
        Exposure,
        Business,
        Note,
        Registered,
        Classified,
        Scanned,
        VendorAnswered,
        VendorCounted,
        Trained,
        Audited,
        DocumentKept,
        NotApplicable,
        WinTold,
        ConsentRequested,
        ConsentDecided,
        ConsentSigned,
        ConditionMet,
        ConsentWithdrawn,
        EmergencyDeclared,
        Deployed,
        Requested,
        RequestWithdrawn,
        MilestoneClaimed,
        AppetiteStated,
        Allocated,
        Voted,
        TrancheReleased,
        MoneyReturned,
        LossClaimed,
        ClaimRealised,
        SeedCommitted,
        Seated,
        Absent,
        Recused,
        RecalibrationProposed,
        RecalibrationShadowed,
        RecalibrationVoted,
        PointsGiven,
        Rated,
        Appealed,
        AppealAnswered,
        PolicyProposed,
        PolicyAgreed,
    )
}
"""By kind."""

__all__ = ["ENTRIES", "Entry", "Form", "Said", "described"]
