"""What was promised: floors, tiers, owners, systems. One file, one digest."""

from trimtab.policy.change import Change
from trimtab.policy.diff import PolicyDiff, diff
from trimtab.policy.diff_slo import tolerated
from trimtab.policy.guard_spec import GuardRule, GuardSpec
from trimtab.policy.load import Checked, check_policy, load_policy
from trimtab.policy.metric_spec import MetricSpec, Source, SuiteSpec
from trimtab.policy.model import EvidenceSpec, Floor, NotifySpec, Policy, Regression, Tier
from trimtab.policy.people import Person, Team
from trimtab.policy.principle_spec import PrincipleSpec, PrincipleTest
from trimtab.policy.proof import FloorCost, cases_to_prove, costs
from trimtab.policy.reward_spec import AuditSpec, HardCheck, RewardCheck, RewardSpec, SoftCost
from trimtab.policy.schema import schema
from trimtab.policy.system_spec import Budget, Candidate, Generation, Limits, PriceSpec, SloSpec, SystemSpec

__all__ = [
    "AuditSpec",
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
    "HardCheck",
    "Limits",
    "MetricSpec",
    "NotifySpec",
    "Person",
    "Policy",
    "PolicyDiff",
    "PriceSpec",
    "PrincipleSpec",
    "PrincipleTest",
    "Regression",
    "RewardCheck",
    "RewardSpec",
    "SloSpec",
    "SoftCost",
    "Source",
    "SuiteSpec",
    "SystemSpec",
    "Team",
    "Tier",
    "cases_to_prove",
    "check_policy",
    "costs",
    "diff",
    "load_policy",
    "schema",
    "tolerated",
]
