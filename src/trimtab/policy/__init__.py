"""What was promised: floors, tiers, owners, systems. One file, one digest."""

from trimtab.policy.change import Change
from trimtab.policy.diff import PolicyDiff, diff
from trimtab.policy.diff_slo import tolerated
from trimtab.policy.load import Checked, check_policy, load_policy
from trimtab.policy.model import (
    Budget,
    Candidate,
    EvidenceSpec,
    Floor,
    Generation,
    GuardRule,
    GuardSpec,
    Limits,
    MetricSpec,
    NotifySpec,
    Person,
    Policy,
    PriceSpec,
    Regression,
    SloSpec,
    Source,
    SuiteSpec,
    SystemSpec,
    Tier,
)
from trimtab.policy.proof import FloorCost, cases_to_prove, costs
from trimtab.policy.schema import schema

__all__ = [
    "Budget",
    "Candidate",
    "Change",
    "Checked",
    "EvidenceSpec",
    "Floor",
    "FloorCost",
    "Generation",
    "GuardRule",
    "GuardSpec",
    "Limits",
    "MetricSpec",
    "NotifySpec",
    "Person",
    "Policy",
    "PolicyDiff",
    "PriceSpec",
    "Regression",
    "SloSpec",
    "Source",
    "SuiteSpec",
    "SystemSpec",
    "Tier",
    "cases_to_prove",
    "check_policy",
    "costs",
    "diff",
    "load_policy",
    "schema",
    "tolerated",
]
