"""The model card and the system card, section by section.

Source: the sections of Mitchell et al. (2019), "Model Cards for Model Reporting", FAT* '19, 220-229, with thresholds,
conditions of the evaluation and digests as sections of their own.
"""

from collections.abc import Iterator

from trimtab.decision.cards.card import Card, Part, Said, owed
from trimtab.decision.cards.facts import (
    Facts,
    behind,
    consent,
    day,
    estimated,
    from_policy,
    history,
    judged,
    notes,
    promised,
    registered,
    things,
    unproved,
)
from trimtab.decision.cards.terms import metadata, terms


def model_card(facts: Facts) -> Card:
    """What is known of one candidate of a system."""
    parts = (
        Part(name="model-details", title="Model details", asked="What it is, who made it, which version.",
             said=(*details(facts), *notes(facts, "model-details"))),
        *terms(facts),
        intended(facts),
        limitations(facts),
        factors(facts),
        metrics(facts),
        thresholds(facts),
        results(facts),
        evaluation_data(facts),
        conditions(facts),
        training_data(facts),
        ethics(facts),
        Part(name="recommendations", title="Caveats and recommendations", people=True,
             asked="What whoever uses it should do, and what was not tested.",
             said=tuple(notes(facts, "recommendations"))),
        standing(facts),
        digests(facts),
    )  # fmt: skip
    name = facts.candidate or "no candidate"
    return card(facts, "model", f"{facts.system}, {name}", parts)


def system_card(facts: Facts) -> Card:
    """What is known of a system: what it is for, of what it is made, who answers for it, and how it did."""
    parts = (
        intended(facts),
        Part(name="accountability", title="Who answers for it", asked="Its owner, its risk owner, its class of risk.",
             said=(*accountable(facts), *classified(facts), *notes(facts, "accountability"))),
        Part(name="components", title="What it is made of", asked="Models, data and prompts, as registered.",
             said=(*components(facts), *notes(facts, "components"))),
        Part(name="guards", title="Guards and human oversight",
             asked="What stands before and behind it, and who can stop it.",
             said=(*guarded(facts), *notes(facts, "guards"))),
        limitations(facts),
        thresholds(facts),
        results(facts),
        Part(name="production", title="What production is held to", asked="Which events must be good, and how many.",
             said=(*monitored(facts), *notes(facts, "production"))),
        Part(name="incidents", title="Incidents", asked="What went wrong so far.",
             said=(*history(facts), *notes(facts, "incidents"))),
        standing(facts),
        ethics(facts),
        digests(facts),
    )  # fmt: skip
    return card(facts, "system", facts.system, parts)


def card(facts: Facts, kind: str, title: str, parts: tuple[Part, ...], *, caution: str = "") -> Card:
    """A card of a system with its heading."""
    return Card(
        kind=kind,  # type: ignore[arg-type]  # one of the four
        title=title,
        subject=facts.system,
        candidate=facts.candidate,
        organisation=facts.policy.organisation,
        currency=facts.policy.currency,
        asof=facts.asof,
        row=facts.row,
        policy=facts.policy.digest,
        artefact=facts.artefact,
        run=facts.decision.run if facts.decision else "",
        parts=owed(parts, facts.spec.owner),
        digests=dict(_digests(facts)),
        metadata=metadata(facts) if kind == "model" else {},
        caution=caution,
    )


# -- sections ------------------------------------------------------------------------------


def intended(facts: Facts) -> Part:
    """What it is for: its owner's statement."""
    return Part(
        name="intended-use",
        title="Intended use",
        asked="What it is for, who uses it, and what it must not be used for.",
        people=True,
        said=(*from_policy(facts, facts.spec.intended_use), *notes(facts, "intended-use")),
    )


def limitations(facts: Facts) -> Part:
    """What it cannot do: its owner's statements, and what measuring did not show."""
    stated = [said for text in facts.spec.limitations for said in from_policy(facts, text)]
    return Part(
        name="limitations",
        title="Limitations",
        asked="What it cannot do, and where it fails.",
        people=True,
        said=(*stated, *notes(facts, "limitations"), *unproved(facts)),
    )


def factors(facts: Facts) -> Part:
    """By which groups results were told apart."""
    rows = (facts.begun, facts.decided)
    found = [
        Said(text=f"{metric} was measured by group: {', '.join(groups)}.", rows=rows)
        for metric, groups in facts.groups.items()
        if groups
    ]
    return Part(
        name="factors",
        title="Factors",
        asked="Which groups, instruments and surroundings matter, and by which results are told apart.",
        said=(*found, *notes(facts, "factors")),
    )


def metrics(facts: Facts) -> Part:
    """What was measured, and why that."""
    found = []
    for name in facts.own.estimates if facts.own else ():
        # Of another policy than the one that decided, questions and targets may be others.
        same = facts.decision is not None and facts.decision.policy == facts.policy.digest
        spec = facts.policy.metrics.get(name) if same else None
        told = facts.started.metrics.get(name, {}) if facts.started else {}
        how = f"{told.get('plugin', 'an import')} {told.get('version', '')}".strip()
        asks = f" {spec.question}" if spec else ""
        better = str(told.get("better") or (spec.better if spec else "")) or "neither"
        target = f", target {spec.target:.10g}" if spec else ""
        text = f"{name}:{asks} Scored by {how} on {told.get('suite', 'no suite')}; {better} is better{target}."
        found.append(Said(text=text, rows=(facts.begun,)))
    return Part(
        name="metrics",
        title="Metrics",
        asked="What is measured, how, and why these measures.",
        said=(*found, *notes(facts, "metrics")),
    )


def thresholds(facts: Facts) -> Part:
    """Every requirement of the policy, and whether it is shown to be met."""
    return Part(
        name="thresholds",
        title="Thresholds",
        asked="Which limits it must keep, and whether evidence shows that it does.",
        measured=tuple(judged(facts)),
        said=tuple(notes(facts, "thresholds")),
    )


def results(facts: Facts) -> Part:
    """Every estimate, and those of groups."""
    return Part(
        name="results",
        title="Quantitative analyses",
        asked="What was seen, with intervals, as a whole and by group.",
        measured=tuple(estimated(facts)),
        said=tuple(notes(facts, "results")),
    )


def evaluation_data(facts: Facts) -> Part:
    """The suites it was asked."""
    found = [
        Said(
            text=f"Suite {name}: {suite.get('cases', 0)} cases, version {suite.get('version', '') or 'not named'}, "
            f"drawn with seed {suite.get('seed', 0)}, order {suite.get('order', '')}.",
            rows=(facts.begun,),
        )
        for name, suite in (facts.started.suites.items() if facts.started else ())
    ]
    return Part(
        name="evaluation-data",
        title="Evaluation data",
        asked="What it was tested on, and why that.",
        said=(*found, *notes(facts, "evaluation-data")),
    )


def conditions(facts: Facts) -> Part:
    """How it was measured and judged."""
    found = []
    if facts.decision and facts.started:
        one, started = facts.decision, facts.started
        found = [
            Said(
                text=f"Run {one.run} under trimtab {started.trimtab}, Python {started.python}, {started.machine}.",
                rows=(facts.begun,),
            ),
            Said(
                text=f"Sampling was {started.sampling}, said before anything was asked.",
                rows=(facts.begun,),
            ),
            Said(
                text=f"Judged at {one.confidence:.4g} confidence, tier {one.tier}, error probability {one.alpha:.4g} "
                f"for each requirement, as one of {len(one.candidates)} candidates.",
                rows=(facts.decided,),
            ),
        ]
        if one.policy != facts.policy.digest:
            text = f"It was decided under policy {one.policy}, which is no longer the one in force."
            found.append(Said(text=text, rows=(facts.decided,)))
    return Part(
        name="evaluation-conditions",
        title="Evaluation conditions",
        asked="When, with which versions and settings, and how sure.",
        said=(*found, *notes(facts, "evaluation-conditions")),
    )


def training_data(facts: Facts) -> Part:
    """Data sets that it was made from, as they are registered."""
    return Part(
        name="training-data",
        title="Training data",
        asked="What it learned from, and where that comes from.",
        said=(*sources(facts), *notes(facts, "training-data")),
    )


def ethics(facts: Facts) -> Part:
    """What only people can weigh."""
    return Part(
        name="ethical-considerations",
        title="Ethical considerations",
        asked="Whom it may harm, how badly, and what was weighed against that.",
        people=True,
        said=tuple(notes(facts, "ethical-considerations")),
    )


def standing(facts: Facts) -> Part:
    """The decision, and who accepted what is left of the risk."""
    found = []
    if facts.decision and facts.own:
        chosen = f"{facts.decision.winner} was chosen" if facts.decision.winner else "nobody was chosen"
        text = (
            f"{facts.candidate}: {facts.own.verdict} on {day(facts.decision.time)} in run {facts.decision.run}; "
            f"{chosen}. {facts.decision.reason}"
        )
        found = [Said(text=text, rows=(facts.decided,))]
    return Part(
        name="decision",
        title="Decision and consent",
        asked="What was decided of it, and who accepted what is left of the risk.",
        said=(*found, *consent(facts), *notes(facts, "decision")),
    )


def digests(facts: Facts) -> Part:
    """By which it is recognised."""
    rows = (*facts.policy_rows, *((facts.begun, facts.decided) if facts.decided else ()))
    found = [Said(text=f"{name}: {value}", rows=rows) for name, value in _digests(facts) if rows]
    return Part(name="digests", title="Digests", asked="By what it is recognised.", said=tuple(found))


# -- sentences -----------------------------------------------------------------------------


def details(facts: Facts) -> Iterator[Said]:
    """What the candidate is."""
    if facts.started and facts.candidate in facts.started.candidates:
        specified = facts.started.candidates[facts.candidate]
        yield Said(
            text=f"Candidate {facts.candidate} of {facts.system}, specified as {specified}.", rows=(facts.begun,)
        )
    if facts.artefact:
        yield Said(text=f"What answered was {facts.artefact}.", rows=(facts.begun, facts.decided))
    about = facts.spec.all_candidates[facts.candidate].about if facts.candidate in facts.spec.all_candidates else ""
    yield from from_policy(facts, about)
    for one in things(facts):
        yield from registered(one)
    for one in behind(facts, "model"):
        yield from registered(one)


def accountable(facts: Facts) -> Iterator[Said]:
    """Owners, as the policy names them."""
    spec = facts.spec
    risk = f"{spec.risk_owner} accepts its risk" if spec.risk_owner else "nobody is named who accepts its risk"
    yield from promised(facts, f"{spec.owner} owns it, {risk}; its tier is {spec.tier}.")


def classified(facts: Facts) -> Iterator[Said]:
    """The class of risk, as somebody registered it."""
    for one in things(facts):
        if one.classified is not None and one.risk:
            entry = one.classified.entry
            articles = f" by {', '.join(entry.articles)}" if entry.articles else ""
            text = f"Classified as {entry.risk}{articles}, approved by {entry.approver}."
            yield Said(text=text, by=entry.by, rows=(one.classified.seq,))


def components(facts: Facts) -> Iterator[Said]:
    """Everything registered behind it, and vendors."""
    for one in things(facts):
        yield from registered(one)
    for type_ in ("model", "dataset", "feature", "prompt"):
        for one in behind(facts, type_):
            yield from registered(one)
    if facts.spec.vendors:
        yield from promised(facts, f"It rests on {', '.join(facts.spec.vendors)}.")


def guarded(facts: Facts) -> Iterator[Said]:
    """Guards of the policy."""
    spec = facts.spec
    if spec.guard:
        yield from promised(facts, f"Guard {spec.guard} stands in front of production.")
    whole = facts.candidate in spec.all_candidates and spec.whole(facts.candidate).guard
    if whole and whole != spec.guard:
        yield from promised(facts, f"{facts.candidate} was measured with guard {whole}.")


def monitored(facts: Facts) -> Iterator[Said]:
    """What production is held to."""
    for metric, slo in facts.spec.slo.items():
        good = (
            f"{slo.good:.6g} of events are good"
            if slo.good is not None
            else "as many events are good as its floor asks"
        )
        yield from promised(facts, f"{metric}: {good}, over {slo.days} days.")


def sources(facts: Facts) -> Iterator[Said]:
    """Data sets behind it, and whether their lineage is whole."""
    for one in behind(facts, "dataset"):
        yield from registered(one)
        traced = facts.registry.traced(one.entry.thing)
        text = f"{one.entry.thing}: its lineage {'leads to registered sources' if traced else 'is not whole'}."
        yield Said(text=text, rows=(one.seq,))


def _digests(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "policy", facts.policy.digest
    if facts.artefact:
        yield "artefact", facts.artefact
    if facts.started:
        if facts.candidate in facts.started.candidates:
            yield "specification of the candidate", facts.started.candidates[facts.candidate]
        for name, suite in facts.started.suites.items():
            if suite.get("order"):
                yield f"order of cases of {name}", str(suite["order"])
