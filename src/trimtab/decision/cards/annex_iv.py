"""A skeleton of the technical documentation that Annex IV of the EU AI Act asks for, filled as far as evidence goes.

Source: Regulation (EU) 2024/1689, Annex IV, points 1 to 9, in our own short words. No legal advice: who must have this
file, and whether it is complete, is for counsel. What is linked to a standard is not said to meet it, and nothing here
claims conformity.
"""

from collections.abc import Iterable, Iterator

from trimtab.decision.cards.card import Card, Measured, Part, Said, stated
from trimtab.decision.cards.facts import (
    Facts,
    consent,
    day,
    documents,
    estimated,
    from_policy,
    history,
    judged,
    notes,
    promised,
    unproved,
)
from trimtab.decision.cards.model_card import (
    accountable,
    card,
    classified,
    components,
    conditions,
    details,
    evaluation_data,
    guarded,
    metrics,
    monitored,
    sources,
    standing,
)
from trimtab.evidence.entries.registry import Registered


def annex_iv(facts: Facts) -> Card:
    """The file of a system, point by point, each gap left open. A note on `card:SECTION` fills one."""
    spec = facts.spec
    accepts = spec.risk_owner or spec.owner

    def part(
        number: str,
        title: str,
        asked: str,
        *said: Said,
        also: Iterable[str] = (),
        measured: Iterable[Measured] = (),
        people: bool = False,
        owner: str = "",
    ) -> Part:
        name = "annex-iv-" + number.replace("(", "").replace(")", "")
        noted = [one for section in (name, *also) for one in notes(facts, section)]
        return Part(
            name=name,
            title=f"{number} {title}",
            asked=asked,
            people=people,
            owner=owner,
            said=(*said, *noted),
            measured=tuple(measured),
        )

    use = from_policy(facts, spec.intended_use)
    limits = [said for text in spec.limitations for said in from_policy(facts, text)]
    tests = [*evaluation_data(facts).said, *conditions(facts).said, *standing(facts).said]
    cards = documents(facts, "model-card", "record", "evaluation-report")
    asked = list(judged(facts))
    known = {one.metric for one in asked}
    figures = [*asked, *(one for one in estimated(facts) if one.group or one.metric not in known)]
    attacks, plans = attacked(facts), list(documents(facts, "monitoring-plan"))
    parts = (
        part("1(a)", "Purpose, provider, version", "What it is for, who provides it, how versions relate.",
             *use, *details(facts), *classified(facts), also=("intended-use",), people=True),
        part("1(b)", "What it works with", "Hardware and software that is no part of it, other AI included.",
             *vendors(facts)),
        part("1(c)", "Software and firmware", "Versions needed, and what updating asks."),
        part("1(d)", "Forms on the market", "How it is delivered: package, download, API."),
        part("1(e)", "Hardware", "On what it is meant to run."),
        part("1(f)", "Product", "Where it is part of a product: its look, marking and layout."),
        part("1(g)", "Interface", "What whoever deploys it sees."),
        part("1(h)", "Instructions for use", "The instructions, as they are handed over.",
             *documents(facts, "instructions")),
        part("2(a)", "How it was made", "Steps of development; models of others, and how they were used or changed.",
             *components(facts)),
        part("2(b)", "Design", "Logic, assumptions, choices, what it optimises, trade-offs.",
             *metrics(facts).said),
        part("2(c)", "Architecture", "How its parts work together, and what computing went into it."),
        part("2(d)", "Data", "Where data comes from, what it holds, how it was chosen, labelled and cleaned.",
             *sources(facts), also=("training-data",)),
        part("2(e)", "Human oversight", "What people need so that they can oversee it.",
             *guarded(facts), also=("guards",), people=True, owner=accepts),
        part("2(f)", "Changes foreseen", "Changes decided on beforehand, and how it stays compliant."),
        part("2(g)", "Validation and tests", "Data, measures, results, by group; test reports with dates.",
             *tests, *cards, measured=figures),
        part("2(h)", "Cybersecurity", "What was done against attacks.", *linked(facts, *_ATTACKS),
             measured=[one for one in figures if one.metric in attacks]),
        part("3", "Capabilities, limits and control", "How well it works for whom, foreseeable harm, oversight, input.",
             *limits, *unproved(facts), *accountable(facts), also=("limitations",), people=True, owner=accepts),
        part("4", "Why these measures", "Why the measures fit the system.", *metrics(facts).said, also=("metrics",),
             people=True),
        part("5", "Risk management", "The risk management system of Article 9.", *accountable(facts), *consent(facts),
             *history(facts), people=True, owner=accepts),
        part("6", "Changes over its life", "What its provider changed.", *versions(facts), also=("changes",)),
        part("7", "Standards", "Harmonised standards applied in full or in part, or what was done instead.",
             *linked(facts, *_STANDARDS), people=True, owner=accepts),
        part("8", "Declaration of conformity", "A copy of the EU declaration. Whoever provides the system signs it.",
             people=True, owner=accepts),
        part("9", "Monitoring after the market", "The system of Article 72, with its plan.",
             *plans, *monitored(facts), people=not plans),
    )  # fmt: skip
    return card(facts, "annex-iv", f"{facts.system}, technical documentation", parts, caution=_CAUTION)


def attacked(facts: Facts) -> frozenset[str]:
    """Metrics that answer to a list of attacks."""
    return frozenset(
        name for name, spec in facts.policy.metrics.items() if any(link.startswith(_ATTACKS) for link in spec.links)
    )


def linked(facts: Facts, *lists: str) -> Iterator[Said]:
    """What the policy links its measures to; a link says what a measure is about, not that anything is met."""
    own = facts.own.estimates if facts.own else {}
    for name in own:
        links = facts.policy.metrics[name].links if name in facts.policy.metrics else ()
        if named := [link for link in links if link.startswith(lists)]:
            yield from promised(facts, f"{name} is linked to {', '.join(named)}.")


def vendors(facts: Facts) -> Iterator[Said]:
    """Services of others that it rests on."""
    for name in facts.spec.vendors:
        spec = facts.policy.vendors.get(name)
        services = f": {', '.join(spec.services)}" if spec is not None else ""
        yield from promised(facts, f"It rests on {name}{services}.")


def versions(facts: Facts) -> Iterator[Said]:
    """How its registration changed: each version, since when, and who said so."""
    last = ""
    for one in facts.books.about(Registered, facts.system):
        if one.entry.at <= facts.asof and one.entry.version and one.entry.version != last:
            last = one.entry.version
            yield from stated(f"Version {last} since {day(one.entry.at)}.", one.entry.by, rows=(one.seq,))


_ATTACKS = ("owasp-llm-", "mitre-atlas:")
_STANDARDS = ("iso-", "nist-")
_CAUTION = (
    "A skeleton: points of Annex IV in our own short words, with what fills them. It claims no conformity, and is no "
    "legal advice. Whoever provides the system answers for the file."
)
