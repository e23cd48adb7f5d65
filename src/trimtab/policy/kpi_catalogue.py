"""The catalogue of KPIs: what an organisation may be steered by, and how each is computed.

A policy chooses from it and adds what only the organisation can say: target, floor, owner, source. Every KPI names
its counter, another KPI or a count, which tells when it is improved at the cost of something else.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import orjson

Pillar = Literal["safety", "privacy", "fairness", "governance", "performance"]
Scope = Literal["organisation", "system", "team", "severity"]
SCOPES: tuple[Scope, ...] = ("organisation", "system", "team", "severity")


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiFacts:
    """One KPI as it is defined here, the same for everybody.

    `n_min` is the least number of independent cases that a verdict may rest on. `cadence` and `half_life` are texts
    such as `90d`, used where the policy says nothing. `entries` are the kinds of records that it is computed from,
    `scopes` whom it can be read for, and `limit` which of the tier's limits it asks about, or empty.
    `measured` ones may be fed by metrics of the policy. A change to how a KPI is computed raises `version`.
    """

    id: str
    title: str
    question: str
    unit: str
    better: Literal["higher", "lower"]
    pillar: Pillar
    estimator: str
    interval: str
    n_min: int
    cadence: str
    half_life: str
    counter: str
    veto: bool
    scopes: tuple[Scope, ...]
    limit: str
    measured: bool
    entries: tuple[str, ...]
    version: int

    @property
    def share(self) -> bool:
        """Whether it lies in [0, 1]."""
        return self.unit == "ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterFacts:
    """A count that stands beside a KPI and is none itself."""

    name: str
    question: str
    better: Literal["higher", "lower"]
    how: str


@functools.cache
def kpi_catalogue() -> Mapping[str, KpiFacts]:
    """Every KPI by its id, in the order of the catalogue."""
    listed = ("scopes", "entries")
    made = [KpiFacts(**{**row, **{name: tuple(row[name]) for name in listed}}) for row in _data()["kpis"]]
    return {one.id: one for one in made}


@functools.cache
def counters() -> Mapping[str, CounterFacts]:
    """Every counter that is no KPI, by its name."""
    return {name: CounterFacts(name=name, **row) for name, row in _data()["counters"].items()}


@functools.cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(files("trimtab.policy").joinpath("kpis.json").read_bytes())
    return data
