"""The card of a data set: what is registered of it, where it comes from, and what only its owner can say."""

from trimtab.decision.cards.card import Card, Part, Said, owed, stated
from trimtab.decision.cards.facts import Facts, notes, registered
from trimtab.decision.cards.terms import dataset_metadata, dataset_terms


def dataset_card(facts: Facts, thing: str) -> Card:
    """What is known of a registered data set. Of `facts` only policy, books and registry count.

    Raises:
        KeyError: Nothing is registered under this id.
    """
    one = facts.registry.things[thing]
    entry = one.entry

    def part(name: str, title: str, asked: str, *said: Said, people: bool = False) -> Part:
        return Part(name=name, title=title, asked=asked, people=people, said=(*said, *notes(facts, name, thing=thing)))

    traced = facts.registry.traced(thing)
    lineage = [
        Said(
            text=f"Made from {', '.join(entry.made_from)}; every path leads to a registered source."
            if traced
            else "Not every path leads to a registered source.",
            rows=(one.seq,),
        )
    ] if entry.made_from else []  # fmt: skip
    sources = stated(f"Sources: {', '.join(entry.sources)}.", entry.by, rows=(one.seq,)) if entry.sources else []
    users = facts.registry.used_by(thing)
    used = [Said(text=f"{users} registered things in use rest on it.", rows=(one.seq,))] if users else []
    content = [Said(text=f"Its content is {entry.digest}.", by=entry.by, rows=(one.seq,))] if entry.digest else []
    purpose = stated(entry.purpose, entry.by, rows=(one.seq,))
    wrong = [
        Said(text=f"{field}: {why}.", rows=(one.seq,))
        for field, why in sorted(one.problems.items())
    ]  # fmt: skip
    parts = (
        part("purpose", "What it is for", "Why it was made, and for what.", *purpose),
        *dataset_terms(facts, one),
        part("composition", "What is in it", "Rows, fields, languages, people in it.", *content, *registered(one)),
        part("provenance", "Where it comes from", "Sources, and what was done to them.", *sources, *lineage),
        part("collection", "How it was collected", "By whom, when, with whose consent.", people=True),
        part("personal-data", "Personal data", "Which there is, on what ground, and how it was removed.", people=True),
        part("uses", "Who uses it", "Models and systems that rest on it, and uses it must not be put to.", *used),
        part("limitations", "Limitations", "What is missing from it, and whom it represents badly.", people=True),
        part("ethical-considerations", "Ethical considerations", "Whom its use may harm.", people=True),
        part("registration", "State of its registration", "Whether what must be registered of it is.",
             *(wrong or [Said(text="Every mandatory field of its registration is valid.", rows=(one.seq,))])),
    )  # fmt: skip
    return Card(
        kind="dataset",
        title=thing,
        subject=thing,
        organisation=facts.policy.organisation,
        currency=facts.policy.currency,
        asof=facts.asof,
        row=facts.row,
        policy=facts.policy.digest,
        artefact=entry.digest,
        parts=owed(parts, entry.owner),
        metadata=dataset_metadata(facts, one),
        digests={"policy": facts.policy.digest, **({"content": entry.digest} if entry.digest else {})},
    )
