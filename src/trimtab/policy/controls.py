"""The catalogue of controls that metrics, attacks and cases answer to: regulations, standards, lists of risks.

Facts only, in our own words: ids, short titles, dates, what would be evidence. It is no legal advice, and every
framework says how its rows were checked. `needs` is our own reading: what must be there besides a model that answers
texts, before anybody can show by asking whether the risk is there.
"""

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import orjson

NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "agent": "it needs tools, memory or other agents, which a model that answers texts does not have",
        "retrieval": "it needs documents or answers that are fetched from elsewhere",
        "media": "it needs pictures, sound or video",
        "training": "it happens while a model is trained or passed on, and asking the finished one does not show it",
        "outside": "it happens outside the model: what attackers prepare, accounts, networks, machines",
    }
)
"""Why asking a model that answers texts cannot show a risk."""

_SUB = re.compile(r"(AML\.T\d{4})\.\d{3}")  # a sub-technique of ATLAS, whose parent the catalogue holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """Where a group of controls comes from, and how far its rows were checked.

    `status` is `verified-primary` when they were compared with the publisher's own text, `verified-secondary` when
    with somebody else's copy of it.
    """

    id: str
    name: str
    version: str
    status: str
    checked: tuple[str, ...] = ()
    not_checked: str = ""
    note: str = ""
    timeline: Mapping[str, str] = field(default_factory=dict)  # day -> what applies from then on, of a law


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One row: what is asked for, and what would be evidence of it.

    `metrics` are ids of the registry of metrics (`R08`), `needs` is a key of `NEEDS` or empty. `kind` parts the rows of
    ATLAS: technique, tactic, mitigation.
    """

    framework: str
    id: str
    title: str
    evidence: str
    metrics: tuple[str, ...]
    status: str
    kind: str = ""
    tactics: tuple[str, ...] = ()
    applies: str = ""
    who: str = ""
    needs: str = ""
    note: str = ""

    @property
    def link(self) -> str:
        """How policies and attacks name it: `owasp-llm-2026:LLM01`."""
        return f"{self.framework}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All frameworks and controls, by id and by link, in the order of their publishers."""

    as_of: str
    frameworks: Mapping[str, Framework]
    controls: Mapping[str, Control]
    metrics: Mapping[str, str]

    def of(self, framework: str) -> tuple[Control, ...]:
        """The controls of one framework."""
        return tuple(control for control in self.controls.values() if control.framework == framework)

    def find(self, link: str) -> Control | None:
        """The control of a link; of an ATLAS sub-technique, its parent."""
        framework, _, own = link.partition(":")
        found = _SUB.fullmatch(own)
        return self.controls.get(f"{framework}:{found[1]}" if found else link)

    def hazard(self, name: str) -> Control | None:
        """The category of harm that a case names by its bare id, as `AILUM.prv`."""
        return self.controls.get(f"mlcommons-ailuminate-1.0:{name}")

    def doubt(self, link: str) -> tuple[str, str] | None:
        """What is odd about a link, and what may have been meant; None when it is known or an organisation's own.

        A framework that is not in the catalogue may be a list of the organisation itself, so only what looks like a
        slip is odd.
        """
        framework, colon, own = link.partition(":")
        if self.find(link) is not None or self._holds_parts_of(framework, own):
            return None
        if framework in self.frameworks and colon:
            return f"names nothing that {framework} has", _did_you_mean(link, self._within(framework, own))
        if close := difflib.get_close_matches(framework, self.frameworks, n=1, cutoff=0.75):
            meant = f"{close[0]}:{own}"
            listed = [meant] if self.find(meant) else self._within(close[0], own)
            return f"is of no framework that is known here, {framework[:40]!r}", _did_you_mean(link, listed)
        return None

    def _holds_parts_of(self, framework: str, own: str) -> bool:
        """Whether an id is the beginning of others: an article of its paragraphs, an area of its controls."""
        return bool(own) and any(
            control.id.startswith(tuple(own + sign for sign in "(. ")) for control in self.of(framework)
        )

    def _within(self, framework: str, own: str) -> list[str]:
        """Links of a framework whose ids are near; all of a short one when none is."""
        ids = {control.id: control.link for control in self.of(framework)}
        close = difflib.get_close_matches(own[:60], ids, n=1, cutoff=0.6)
        return [ids[one] for one in close]


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue that ships with this version; read on first use."""
    data: dict[str, Any] = orjson.loads(files("trimtab.policy").joinpath("controls.json").read_bytes())
    frameworks = {
        name: Framework(id=name, **{**row, "checked": tuple(row["checked"])})
        for name, row in data["frameworks"].items()
    }
    made = [
        Control(
            **{
                "status": frameworks[row["framework"]].status,
                **row,
                "metrics": tuple(row["metrics"]),
                "tactics": tuple(row.get("tactics", ())),
            }
        )
        for row in data["controls"]
    ]
    return Catalogue(
        as_of=data["as_of"],
        frameworks=frameworks,
        controls={control.link: control for control in made},
        metrics=data["metrics"],
    )


def _did_you_mean(link: str, close: Iterable[str]) -> str:
    found = next(iter(close), "")
    framework = link.partition(":")[0]
    if found:
        return f"Did you mean `{found}`?"
    return f"`trimtab controls {framework}` lists them." if framework in catalogue().frameworks else ""
