"""Rules of the registry: an id keeps its type, nothing is made from itself, a class follows from its answers."""

from collections.abc import Iterator, Mapping

from trimtab.decision.classification import classify, read_answers
from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, known_actor, there_is
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.registry import TYPES, Classified, Registered, Scanned
from trimtab.policy.secrecy import is_a_secret


def _registered(entry: Registered, held: Held) -> Iterator[Doubt]:
    before = held.books.about(Registered, entry.thing)
    if before and before[-1].entry.type != entry.type:
        was = f"{entry.thing} is registered as a {before[-1].entry.type}, by row {before[-1].seq}"
        yield Doubt("type", was, "Choose another id.")
    yield from known_actor(entry.owner, held, "owner", at=entry.at)
    if "@" in entry.location or is_a_secret(entry.location):
        yield Doubt("location", "may hold a password or a key", "Leave out what stands before `@`, and the query.")
    for field in ("version", "provider", "digest"):
        if is_a_secret(getattr(entry, field)):
            yield Doubt(field, "has the form of a key", "Leave it out.")
    if entry.thing in entry.made_from or _leads_back(entry, held):
        yield Doubt("made_from", f"leads back to {entry.thing}", "What something is made from was there before it.")


def _leads_back(entry: Registered, held: Held) -> bool:
    found: set[str] = set()
    waiting = list(entry.made_from)
    while waiting:
        words = held.books.about(Registered, waiting.pop())
        new = set(words[-1].entry.made_from) - found if words else set()
        found |= new
        waiting += new
    return entry.thing in found


def _classified(entry: Classified, held: Held) -> Iterator[Doubt]:
    yield from there_is(Registered, entry.thing, held, "thing")
    yield from known_actor(entry.approver, held, "approver", at=entry.at)
    if entry.approver in held.policy.teams:
        yield Doubt("approver", f"{entry.approver} is a team", "Name a person of it, who answers for the class.")
    words = held.books.about(Registered, entry.thing)
    if words and words[-1].entry.owner == entry.approver:
        yield Doubt("approver", f"{entry.approver} owns {entry.thing}", "Let somebody else approve its class.")
    try:
        found = classify(read_answers(entry.answers), reason=entry.reason)
    except ValueError as error:
        yield Doubt("answers", str(error), "`trimtab registry questions` lists them.")
        return
    if not found.complete:
        yield Doubt("answers", f"leave open: {', '.join(found.open[:12])}", "Answer them with yes or no.")
    elif found.risk != entry.risk:
        yield Doubt("risk", f"is {entry.risk}, and the answers lead to {found.risk}", "Correct one of the two.")
    elif set(entry.articles) != set(found.articles):
        yield Doubt("articles", "are not those that the answers lead to", f"Write {', '.join(found.articles)}.")


def _scanned(entry: Scanned, _: Held) -> Iterator[Doubt]:
    if entry.digests and len(entry.digests) != len(entry.found):
        yield Doubt("digests", f"has {len(entry.digests)} for {len(entry.found)} things", "Write `none` for no digest.")
    for one in entry.found:
        type_, colon, name = one.partition(":")
        if type_ not in TYPES or not colon or not name:
            yield Doubt("found", "names something that is not TYPE:NAME", f"Types: {', '.join(TYPES)}.")
            return


RULES: Mapping[type[Entry], Rule] = {Registered: _registered, Classified: _classified, Scanned: _scanned}
