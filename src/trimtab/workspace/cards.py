"""Cards from a ledger: everything that is known of a model, a system or a data set, up to a row."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trimtab import __version__
from trimtab.decision import Decision, from_payload
from trimtab.decision.cards.annex_iv import annex_iv
from trimtab.decision.cards.bom import bill_of_materials
from trimtab.decision.cards.card import Card, CardKind
from trimtab.decision.cards.dataset_card import dataset_card
from trimtab.decision.cards.facts import Facts
from trimtab.decision.cards.model_card import model_card, system_card
from trimtab.decision.documents import documents_of
from trimtab.decision.groups import by_group
from trimtab.decision.incidents import incidents
from trimtab.decision.registered import registry_of
from trimtab.errors import MissingPackageError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.controls import DocumentKept
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.records import Decided, PolicyAdopted, RunStarted
from trimtab.kinds import Estimate
from trimtab.policy import Policy
from trimtab.workspace.consent_facts import artefact_in
from trimtab.workspace.consents_at import consents_at
from trimtab.workspace.keeping import Receipt, keep
from trimtab.workspace.recall import recall_run
from trimtab.workspace.redteam import baseline_of

_DAY = 86_400_000_000
_DOCUMENT: Mapping[CardKind, str] = {
    "model": "model-card",
    "system": "record",
    "dataset": "record",
    "annex-iv": "technical-file",
}
"""As which type of document a card is entered."""


def make_card(
    ledger: Ledger,
    policy: Policy,
    kind: CardKind,
    *,
    system: str = "",
    candidate: str = "",
    run: str = "latest",
    thing: str = "",
    moment: int | None = None,
) -> Card:
    """A card from what the ledger holds.

    Args:
        ledger: The evidence.
        policy: In force.
        kind: Which card.
        system: Of which system; the only one if left out. None is needed for a data set.
        candidate: Which candidate; whom the decision chose, else the baseline, if left out.
        run: Whose decision; that of the system's last one if "latest".
        thing: Of a data set its id in the registry.
        moment: Microseconds since the epoch, UTC; the ledger's clock if left out.

    Raises:
        UsageError: There is no such system, candidate, run or data set.
    """
    moment = ledger.now() if moment is None else moment
    if kind == "dataset":
        facts = _bare(ledger, policy, next(iter(policy.systems)), moment)
        if thing not in facts.registry.things or facts.registry.things[thing].entry.type != "dataset":
            known = [one.entry.thing for one in facts.registry.active if one.entry.type == "dataset"]
            listed = f"There are {', '.join(known[:20])}." if known else "Register one: `trimtab register`."
            raise UsageError(f"no data set {thing[:80]!r} is registered.", listed)
        return dataset_card(facts, thing)
    facts = gather(ledger, policy, system=system, candidate=candidate, run=run, moment=moment)
    return {"model": model_card, "system": system_card, "annex-iv": annex_iv}[kind](facts)


def gather(
    ledger: Ledger, policy: Policy, *, system: str = "", candidate: str = "", run: str = "latest", moment: int
) -> Facts:
    """What cards of a system are made from.

    Raises:
        UsageError: As `make_card`.
    """
    name = _system(policy, system)
    facts = _bare(ledger, policy, name, moment)
    found = _decided(ledger, name, run, upto=facts.row, moment=moment)
    own = policy.systems[name]
    if found is None:
        if candidate and candidate not in own.all_candidates:
            raise UsageError(f"{name} has no candidate {candidate[:80]!r}.", f"It has {_some(own.all_candidates)}.")
        return replace(facts, candidate=candidate or own.baseline or "")
    seq, decision = found
    known = [one.candidate for one in decision.candidates]
    chosen = candidate or decision.winner or decision.baseline or own.baseline or ""
    if chosen not in known:
        if candidate:
            raise UsageError(f"run {decision.run} does not speak of {chosen[:80]!r}.", f"It speaks of {_some(known)}.")
        return replace(facts, candidate=chosen)
    return _measured(ledger, facts, decision, seq, chosen)


def record_card(
    ledger: Ledger,
    policy: Policy,
    card: Card,
    content: bytes,
    *,
    by: str,
    reviewed: bool = False,
    valid_days: int = 180,
    now: int | None = None,
) -> Receipt:
    """Enter a card as a document, with the digest of its file and how many of its sections say something.

    Raises:
        EntryError: Nobody who may says so.
    """
    at = ledger.now() if now is None else now
    subject = card.subject if card.kind != "dataset" else ""
    values = {
        "document": f"{card.kind}-card:{card.subject}" if card.kind != "annex-iv" else f"annex-iv:{card.subject}",
        "type": _DOCUMENT[card.kind],
        "digest": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "system": subject,
        "valid_until": at + valid_days * _DAY,
        "filled": len(card.parts) - len(card.gaps),
        "mandatory": len(card.parts),
        "reviewed": at if reviewed else 0,
        "model": card.artefact,
        "by": by,
        "at": at,
        "source": "command",
    }
    draft = Draft(kind=DocumentKept.kind, values={name: value for name, value in values.items() if value != ""})
    return keep(ledger, policy, [draft], now=now)


def materials(ledger: Ledger, policy: Policy, *, system: str = "", moment: int | None = None) -> dict[str, Any]:
    """The bill of materials of everything registered, or of what one system is made of.

    Raises:
        UsageError: Nothing is registered under this id.
    """
    moment = ledger.now() if moment is None else moment
    cards = {
        name: make_card(ledger, policy, "model", system=name, moment=moment)
        for name in ([system] if system in policy.systems else [] if system else policy.systems)
    }
    facts = _bare(ledger, policy, next(iter(policy.systems)), moment)
    if system and system not in facts.registry.things:
        known = ", ".join(list(facts.registry.things)[:20]) or "nothing"
        raise UsageError(f"{system[:80]!r} is not registered.", f"Registered is: {known}.")
    return bill_of_materials(
        facts.registry, cards, organisation=policy.organisation, asof=moment, version=__version__, system=system
    )


# -- parts ---------------------------------------------------------------------------------


def _bare(ledger: Ledger, policy: Policy, system: str, moment: int) -> Facts:
    head = ledger.head()
    books = Books.of(ledger, upto=head.seq if head else 0)
    adopted = [row.seq for row in ledger.rows(kind=PolicyAdopted.kind) if row.policy == policy.digest]
    return Facts(
        policy=policy,
        system=system,
        candidate="",
        asof=moment,
        row=head.seq if head else 0,
        books=books,
        registry=registry_of(books, policy, end=moment + 1),
        documents=documents_of(books),
        incidents=tuple(incidents(books, before=moment + 1)),
        adopted=adopted[0] if adopted else 0,
    )


def _measured(ledger: Ledger, facts: Facts, decision: Decision, seq: int, candidate: str) -> Facts:
    recalled = recall_run(ledger, decision.run, as_decided=True)
    seen = recalled.measurements()
    own = next(one for one in decision.candidates if one.candidate == candidate)
    groups: dict[str, Mapping[str, Estimate]] = {
        metric: rates for metric in own.estimates if (rates := by_group(seen, candidate, metric, alpha=decision.alpha))
    }
    begun = next((row.seq for row in ledger.rows(run=decision.run, kind=RunStarted.kind)), 0)
    facts = replace(
        facts,
        candidate=candidate,
        decision=decision,
        decided=seq,
        started=recalled.started,
        begun=begun,
        artefact=artefact_in(ledger, facts.system, candidate, decision.run),
        groups=groups,
        instruments=seen.instruments,
    )
    try:
        consents = [
            one
            for one in consents_at(ledger, facts.policy, facts.books, moment=facts.asof)
            if (one.system, one.candidate) == (facts.system, candidate)
        ]
    except MissingPackageError:  # signatures cannot be checked, so that nothing is said of consent
        return facts
    return replace(facts, consent=consents[-1].standing, asked_row=consents[-1].row) if consents else facts


def _decided(ledger: Ledger, system: str, run: str, *, upto: int, moment: int) -> tuple[int, Decision] | None:
    """The last word on a run of a system, by the beginning of its name; of its last run if "latest"."""
    found: tuple[int, Decision] | None = None
    names: set[str] = set()
    for row, record in ledger.records(upto=upto, kind=Decided.kind):
        if row.system != system or row.time > moment or not isinstance(record, Decided):
            continue
        decision = from_payload(record.decision)
        # A red-team baseline decides nothing: it is told of only where it is asked for.
        if row.run.startswith(run) or (run == "latest" and not baseline_of(decision)):
            names.add(row.run)
            found = (row.seq, decision)
    if run != "latest" and len(names) != 1:
        raise UsageError(
            f"{len(names) or 'no'} runs of {system} are called {run[:80]!r}.", "`trimtab report` names the last one."
        )
    return found


def _system(policy: Policy, name: str) -> str:
    if not name and len(policy.systems) == 1:
        return next(iter(policy.systems))
    if name not in policy.systems:
        what = f"there is no system {name[:80]!r} in the policy." if name else "the policy has several systems."
        raise UsageError(what, f"Name one with --system: {', '.join(policy.systems)}.")
    return name


def _some(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:20])
