"""The registry for people and programs: what is registered, what was found, in which class of risk it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from trimtab.decision.ai_act import QUESTIONS, Question
from trimtab.decision.classification import Classification, duties
from trimtab.decision.discovered import Seen
from trimtab.decision.registered import Thing
from trimtab.decision.registry import Standing
from trimtab.kinds import Estimate, Missing
from trimtab.measure.discovery.found import Found, Scan
from trimtab.policy.controls import Control

_STATES = {"registered": "green", "altered": "yellow", "retired": "yellow", "unregistered": "red"}
_TOLD = {
    "registered": "registered",
    "altered": "registered with another content",
    "retired": "registered as retired",
    "unregistered": "not registered",
}
_RISKS = {"prohibited": "red", "high-risk": "yellow", "undetermined": "yellow"}


def things_view(now: Standing) -> Table:
    """A line for each registered thing; retired ones last."""
    table = Table("id", "type", "owner", "version", "risk", "to mend", box=None, pad_edge=False)
    for one in sorted(now.registry.things.values(), key=lambda one: (not one.active, one.entry.type, one.entry.thing)):
        entry = one.entry
        mend = ", ".join(one.problems) if one.active else "retired"
        cells = (entry.thing, entry.type, entry.owner, entry.version, one.risk, mend)
        table.add_row(*map(escape, cells), style="" if one.active else "dim")
    return table


def figures_words(completeness: Estimate | Missing, lineage: Estimate | Missing, now: Standing) -> list[str]:
    """P01 and P06 in a sentence each, and what is hidden."""
    words = [f"Completeness (P01): {_figure(completeness)}.", f"Lineage (P06): {_figure(lineage)}."]
    if now.hiding.interval is not None:
        ends = now.hiding.interval
        value = f"{now.hiding.value:.1f}, " if not now.hiding.why else ""
        why = f"; {now.hiding.why}" if now.hiding.why else ""
        words.append(f"Things that no look has found: {value}{ends.low:.1f} to {ends.high:.1f}{why}.")
    elif now.found.looks:
        words.append(f"How much no look has found is not known: {now.hiding.why}.")
    return words


def _figure(seen: Estimate | Missing) -> str:
    if isinstance(seen, Missing):
        return f"not known: {seen.detail or seen.reason}"
    return f"{seen.value:.1%} ({seen.interval.low:.1%} to {seen.interval.high:.1%}, {seen.count:,} things)"


def thing_view(one: Thing, now: Standing) -> Table:
    """All that is known of one thing."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    entry = one.entry
    for name in ("thing", "type", "status", "owner", "version", "digest", "location", "provider", "purpose"):
        _line(table, name, str(getattr(entry, name)), one.problems.get(name, ""))
    _line(table, "sources", ", ".join(entry.sources), "")
    _line(table, "made from", ", ".join(entry.made_from), one.problems.get("made_from", ""))
    _line(table, "found as", ", ".join(entry.names), "")
    users = sorted(name for name in now.registry.things if entry.thing in now.registry.behind(name))
    _line(table, "used by", ", ".join(users), "")
    for seen in now.found.seen:
        if seen.thing == entry.thing:
            _line(table, "seen by", f"{', '.join(sorted(seen.looked))}: {_TOLD[seen.state]}", "")
    if one.classified is not None:
        kept = one.classified.entry
        _line(table, "risk", kept.risk, one.problems.get("risk", ""))
        _line(table, "articles", ", ".join(kept.articles), "")
        _line(table, "answered yes", ", ".join(a.partition(":")[0] for a in kept.answers if a.endswith(":yes")), "")
        _line(table, "reason", kept.reason, "")
        _line(table, "approved by", kept.approver, "")
    elif "risk" in one.problems:
        _line(table, "risk", "", one.problems["risk"])
    return table


def _line(table: Table, name: str, value: str, problem: str) -> None:
    if value or problem:
        table.add_row(f"[dim]{name}[/]", escape(value) + (f" [yellow]{escape(problem)}[/]" if problem else ""))


def class_view(found: Classification) -> "list[str | Table]":
    """A class of risk, why, and what is owed from which day."""
    style = _RISKS.get(found.risk, "green")
    lines: list[str | Table] = [f"[{style}]{found.risk.upper()}[/]", *(escape(f"  {one}") for one in found.reasons)]
    if owed := duties(found.articles, found.risk):
        table = Table("article", "what it asks for", "from", box=None, pad_edge=False)
        for one in owed:
            table.add_row(one.id, escape(one.title), escape(one.applies))
        lines.append(table)
    if found.open and found.risk != "prohibited":
        lines.append(f"Not answered: {', '.join(found.open)}.")
    return lines


def questions_view(questions: Iterable[Question] = QUESTIONS) -> Table:
    """The questions with their ids and articles."""
    table = Table("question", "article", "", box=None, pad_edge=False)
    for one in questions:
        after = " [dim](only if an earlier answer asks for it)[/]" if one.only_if else ""
        table.add_row(one.id, escape(one.link.partition(":")[2]), escape(one.text) + after)
    return table


def discovery_view(seen: Iterable[Seen]) -> Table:
    """What looks found, the stray first."""
    table = Table("", "type", "name", "found by", "id", box=None, pad_edge=False)
    for one in sorted(seen, key=lambda one: (one.state == "registered", one.state, one.type, one.name)):
        state = f"[{_STATES[one.state]}]{_TOLD[one.state]}[/]"
        table.add_row(state, one.type, escape(one.name), ", ".join(sorted(one.looked)), escape(one.thing))
    return table


# -- for programs ----------------------------------------------------------------------------------


def standing_data(now: Standing, completeness: Estimate | Missing, lineage: Estimate | Missing) -> dict[str, Any]:
    """The registry with its figures."""
    return {
        "things": [thing_data(now.registry.things[name]) for name in sorted(now.registry.things)],
        "completeness": estimate_data(completeness),
        "lineage": estimate_data(lineage),
        "registered": now.registered,
        "known": now.known,
        "valid": now.valid,
        "hidden": {
            "value": now.hiding.value,
            "interval": [now.hiding.interval.low, now.hiding.interval.high] if now.hiding.interval else None,
            "why": now.hiding.why,
        },
        "found": [seen_data(one) for one in now.found.seen],
        "vanished": list(now.found.vanished),
    }


def thing_data(one: Thing) -> dict[str, Any]:
    """A registered thing."""
    return {
        **one.entry.payload(),
        "row": one.seq,
        "since": one.first,
        "risk": one.risk,
        "classified": {"row": one.classified.seq, **one.classified.entry.payload()} if one.classified else None,
        "problems": dict(one.problems),
    }


def seen_data(one: Seen) -> dict[str, Any]:
    """A thing that looks found."""
    return {
        "type": one.type,
        "name": one.name,
        "state": one.state,
        "id": one.thing,
        "digests": list(one.digests),
        "looked": sorted(one.looked),
        "rows": list(one.rows),
    }


def class_data(found: Classification) -> dict[str, Any]:
    """A class of risk."""
    return {
        "risk": found.risk,
        "articles": list(found.articles),
        "reasons": list(found.reasons),
        "open": list(found.open),
        "duties": [_duty(one) for one in duties(found.articles, found.risk)],
    }


def _duty(one: Control) -> dict[str, str]:
    return {"control": one.link, "title": one.title, "applies": one.applies, "who": one.who}


def discovery_data(
    seen: Iterable[Seen], scans: Iterable[Scan], *, vanished: Iterable[str], rows: Iterable[int]
) -> dict[str, Any]:
    """What looks found, with all that each says of its finds."""
    looks = list(scans)
    return {
        "found": [seen_data(one) for one in seen],
        "vanished": list(vanished),
        "whole": all(one.whole for one in looks),
        "rows": list(rows),
        "looks": [
            {
                "source": one.source,
                "looked": one.looked,
                "things": [_found(thing) for thing in one.found],
                "unseen": [{"where": lost.where, "why": lost.why} for lost in one.unseen],
            }
            for one in looks
        ],
    }


def _found(one: Found) -> Mapping[str, Any]:
    names = ("kind", "name", "digest", "version", "where", "provider", "made_from", "notes")
    return {name: getattr(one, name) for name in names}


def estimate_data(seen: Estimate | Missing) -> dict[str, Any]:
    """An estimate with its interval, or why there is none."""
    if isinstance(seen, Missing):
        return {"missing": seen.reason, "detail": seen.detail}
    ends = seen.interval
    return {"value": seen.value, "low": ends.low, "high": ends.high, "count": seen.count, "method": ends.method}
