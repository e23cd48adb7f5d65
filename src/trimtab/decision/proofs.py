"""What must pass for a milestone, and whether evidence says that it does.

A proof is `metric/SYSTEM/METRIC` (everything asked of that metric passes for the version that the last decision of
the system chose), `system/SYSTEM` (that decision is PASS), or `kpi/ID` and `kpi/ID/SYSTEM` (the KPI clears its floor).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trimtab.decision.model import Decision, Verdict

KpiVerdict = Callable[[str, str], tuple[Verdict, str]]
"""(KPI, system or empty) -> its verdict now, and why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Of `kind` metric, system or kpi."""

    kind: str
    system: str = ""
    name: str = ""  # of the metric or KPI

    def __str__(self) -> str:
        parts = (self.kind, self.name, self.system) if self.kind == "kpi" else (self.kind, self.system, self.name)
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What evidence says of a proof; `run` is that of the decision, empty where there is none."""

    verdict: Verdict
    why: str
    run: str = ""


def read_proof(text: str) -> Proof:
    """A proof from its text.

    Raises:
        ValueError: It is none.
    """
    kind, *parts = text.split("/")
    if kind == "metric" and len(parts) == 2 and all(parts):
        return Proof(kind, system=parts[0], name=parts[1])
    if kind == "system" and len(parts) == 1 and parts[0]:
        return Proof(kind, system=parts[0])
    if kind == "kpi" and 1 <= len(parts) <= 2 and all(parts):
        return Proof(kind, name=parts[0], system="".join(parts[1:]))
    raise ValueError(f"{text[:60]!r} is no proof; write metric/SYSTEM/METRIC, system/SYSTEM or kpi/ID")


def proofs_of(proofs: Sequence[str]) -> dict[str, str]:
    """By milestone, the text of its proof.

    Raises:
        ValueError: One is not MILESTONE:PROOF, or a milestone has two.
    """
    found: dict[str, str] = {}
    for one in proofs:
        name, colon, text = one.partition(":")
        if not colon or name in found:
            raise ValueError(f"{one[:60]!r}: write one MILESTONE:PROOF for each milestone")
        read_proof(text)
        found[name] = text
    return found


def proven(proof: Proof, decisions: Sequence[Decision], *, after: int, kpi: KpiVerdict | None = None) -> Proven:
    """What evidence says. Only decisions made after a moment count: what passed before the money came is not its work.

    Args:
        proof: What must pass.
        decisions: The last word on each run, oldest first.
        after: Microseconds since the epoch, UTC.
        kpi: Verdicts of KPIs; without it none can be told.
    """
    if proof.kind == "kpi":
        verdict, why = kpi(proof.name, proof.system) if kpi else (Verdict.INCONCLUSIVE, "no KPI can be told here")
        return Proven(verdict=verdict, why=why)
    last = next((one for one in reversed(decisions) if one.system == proof.system and one.time > after), None)
    if last is None:
        why = f"nothing was decided on {proof.system} since the money was granted; `trimtab run` measures it"
        return Proven(verdict=Verdict.INCONCLUSIVE, why=why)
    if proof.kind == "system" or not last.winner:
        why = f"run {last.run} of {proof.system} is {last.verdict.value}"
        return Proven(verdict=last.verdict, why=why, run=last.run)
    chosen = next(one for one in last.candidates if one.candidate == last.winner)
    judged = [one for one in chosen.judgements if one.metric == proof.name]
    if not judged:
        why = f"run {last.run} asked nothing of {proof.name}; give it a floor in the tier of {proof.system}"
        return Proven(verdict=Verdict.INCONCLUSIVE, why=why, run=last.run)
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        if worst := next((one for one in judged if one.verdict is verdict), None):
            return Proven(verdict=verdict, why=f"{proof.name} in run {last.run}: {worst.reason}", run=last.run)
    why = f"{proof.name} passes for {last.winner} in run {last.run}"
    return Proven(verdict=Verdict.PASS, why=why, run=last.run)
