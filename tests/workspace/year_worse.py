"""For every KPI of the example organisation something that goes wrong, as rows that are entered at the end of the year.

Each may make its KPI worse and must never make it better; `WORSE` has them by KPI.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from trimtab.decision.hunting import Hunt
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.workspace.kpis import KpiEvidence

DAY = 86_400_000_000
Change = Callable[[KpiEvidence, int], KpiEvidence]
"""The same evidence with something worse in it, and the end of the quarter."""


def entry(kind: str, **values: Any) -> Entry:
    common = {"by": "internal-auditor", "system": "", "source": "command", "what": ""}
    known = ENTRIES[kind]
    taken = {name: value for name, value in {**common, **values}.items() if name in known.__dataclass_fields__}
    return known(**taken)


def added(*entries: Callable[[Books, int], Entry]) -> Change:
    """With further rows."""

    def change(evidence: KpiEvidence, end: int) -> KpiEvidence:
        kept = _all(evidence.books)
        policy = kept[-1].policy
        upto = evidence.books.upto
        more = [made(evidence.books, end) for made in entries]
        kept += [Kept(one, upto + n, one.at, policy) for n, one in enumerate(more, 1)]
        return replace(evidence, books=Books(kept, upto=upto + len(more)), upto=upto + len(more))

    return change


def without(kind: str, **values: Any) -> Change:
    """Without the rows of a kind that have these values: it was never done."""

    def change(evidence: KpiEvidence, _: int) -> KpiEvidence:
        kept = [
            one
            for one in _all(evidence.books)
            if one.entry.kind != kind or any(getattr(one.entry, name) != value for name, value in values.items())
        ]
        return replace(evidence, books=Books(kept, upto=evidence.books.upto))

    return change


def _all(books: Books) -> list[Kept[Any]]:
    return sorted((one for kind in ENTRIES.values() for one in books.all(kind)), key=lambda one: one.seq)


def count(kpi: str, hits: int, of: int, **more: Any) -> Change:
    return added(lambda _, end: entry("counted", kpi=kpi, hits=hits, of=of, since=end - 9 * DAY, at=end - DAY, **more))


def incident(severity: str, system: str = "triage", *, begun: int = 13, seen: bool = True, **more: Any) -> Any:
    """Opened twelve days before the end, having begun so many days before it; nobody has done anything since."""

    def made(_: Books, end: int) -> Entry:
        at = end - 12 * DAY
        times = {"at": at, "detected": at if seen else 0, "started": end - begun * DAY}
        return entry("incident", incident="WORSE", severity=severity, hazard="outage", system=system, **times, **more)

    return made


def document(kind: str) -> Change:
    """A newer version of which a section is empty."""
    return added(lambda books, end: _emptied(books, kind, end))


def _emptied(books: Books, kind: str, end: int) -> Entry:
    found: Sequence[Any] = books.all(ENTRIES["document"])
    last: Any = [one.entry for one in found if (one.entry.type, one.entry.system) == (kind, "triage")][-1]
    worse: Entry = replace(last, filled=0, at=end - DAY)
    return worse


def ruled_out(evidence: KpiEvidence, _: int) -> KpiEvidence:
    """Of the last hunt what was valid is none."""

    def nothing(hunt: Hunt) -> Hunt:
        return replace(hunt, findings=tuple(replace(one, ruling="invalid") for one in hunt.findings))

    return replace(evidence, hunts=tuple(map(nothing, evidence.hunts)))


def more_spent(evidence: KpiEvidence, _: int) -> KpiEvidence:
    last = evidence.budgets[-1]
    worse = {**last.budget, "bad": last.budget["bad"] + 9, "spent": last.budget["spent"] + 9 / last.budget["allowed"]}
    return replace(evidence, budgets=(*evidence.budgets, last._replace(budget=worse, time=last.time + DAY)))


def scored_less(metric: str, by: float) -> Change:
    """The last run of every system saw less of what is good."""

    def change(evidence: KpiEvidence, _: int) -> KpiEvidence:
        def worse(candidate: Any) -> Any:
            seen = candidate.estimates[metric]
            ends = replace(seen.interval, low=seen.interval.low + by, high=seen.interval.high + by)
            moved = replace(seen, value=seen.value + by, interval=ends)
            return replace(candidate, estimates={**candidate.estimates, metric: moved})

        moved = [replace(one, candidates=tuple(map(worse, one.candidates))) for one in evidence.decisions]
        return replace(evidence, decisions=tuple(moved))

    return change


def never(*kinds: str) -> Change:
    """Nothing of some kinds was entered in the last half of a year."""

    def change(evidence: KpiEvidence, end: int) -> KpiEvidence:
        kept = [one for one in _all(evidence.books) if one.entry.kind not in kinds or one.entry.at < end - 180 * DAY]
        return replace(evidence, books=Books(kept, upto=evidence.books.upto))

    return change


def _escaped(books: Books, end: int) -> Entry:
    """Found by users in the last of the ninety days of a version."""
    found: Sequence[Any] = books.all(ENTRIES["finding"])
    heard: dict[tuple[str, str], Any] = {}
    for one in sorted((kept.entry for kept in found), key=lambda one: one.at):
        heard.setdefault((one.system, one.release), one)
    over = [one for one in heard.values() if end - 60 * DAY < one.at + 90 * DAY < end][-1]
    worse: Entry = replace(over, finding="WORSE", phase="after", at=over.at + 89 * DAY)
    return worse


def _spoilt(books: Books, end: int) -> Entry:
    """A vendor admits that something is not met."""
    found: Sequence[Any] = books.all(ENTRIES["vendor"])
    said = [one.entry for one in found if one.entry.vendor == "north-models" and one.entry.independence == "self"]
    worse: Entry = replace(said[-1], answer="not", at=end - DAY)
    return worse


def _unkept(books: Books, end: int) -> Entry:
    found: Sequence[Any] = books.all(ENTRIES["vendor-count"])
    last = [one.entry for one in found if one.entry.clause == "P08"][-1]
    worse: Entry = replace(last, hits=last.hits // 2, at=end - DAY)
    return worse


# What owes something is worth less the more is owed; what a vendor owes us grows as it fails, so less of it is kept.
WORSE: dict[str, Change] = {
    "R01": added(incident("S1", begun=90)),
    "R02": added(incident("S1")),
    "R03": count("R03", 0, 40),
    "R04": added(incident("S1")),
    "R05": more_spent,
    "R06": added(incident("S2")),
    "R07": added(_escaped),
    "R08": scored_less("secret_leak", 0.05),
    "R09": count("R09", 0, 40),
    "R10": count("R10", 0, 40),
    "R11": count("R11", 0, 40, system="triage", stratum="other-mother-tongue"),
    "R12": scored_less("accuracy", -0.05),
    "R13": count("R13", 0, 40),
    "R14": scored_less("over_refusal", 0.05),
    "P01": added(
        lambda _, end: entry("scanned", looked="endpoints", place="x", label="x", found=("model:nobody-knows",), digests=("none",), records=1, at=end - DAY)
    ),
    "P02": without("consent-decided", system="scribe"),
    "P03": added(lambda _, end: entry("audited", control="nist-ai-600-1:" + "CBRN", result="pass", system="", at=end - DAY, independence="self")),
    "P04": added(
        lambda _, end: entry("deployed", deployment="worse", system="triage", candidate="v4", artefact="sha256:0", at=end - DAY)
    ),
    "P05": never("incident", "incident-step", "exposure", "near-miss", "counted"),
    "P06": added(
        lambda _, end: entry("registered", thing="heap", type="dataset", owner="care", at=end - DAY)
    ),
    "P07": document("model-card"),
    "P08": count("P08", 0, 40),
    "P09": without("training", step="retention"),
    "P10": never("finding-step"),
    "P11": added(_spoilt),
    "P12": count("P12", 0, 40),
    "P13": ruled_out,
    "P14": added(incident("S1")),
    "P15": count("P15", 0, 40),
    "P16": added(incident("S1", duty="widespread")),
    "P17": document("impact-assessment"),
    "P18": document("transparency-notice"),
    "F01": added(incident("S1")),
    "F02": added(incident("S1")),
    "F03": added(
        lambda _, end: entry("spend", spend="worse", amount=5_000_000, category="remedy", currency="EUR", at=end - DAY)
    ),
    "F04": added(incident("S2")),
    "F05": added(incident("S2")),
    "F06": added(incident("S2")),
    "F07": added(
        lambda _, end: entry("exposure", uses=1, since=end - 2 * DAY, at=end - DAY, down=20.0, system="search")
    ),
    "F08": added(_unkept),
}  # fmt: skip

LEFT_OPEN: dict[str, Change] = {
    "R01": added(incident("S1", seen=False)),
    "R02": without("incident-step", step="contain"),
    "R04": without("incident-step", step="verify"),
    "P02": without("consent-decided"),
    "P10": without("finding-step", step="verify"),
    "P16": without("incident-step", step="report"),
}
"""Of KPIs with open cases: what is not brought to an end. It counts as lasting, and never as if it were not there."""
