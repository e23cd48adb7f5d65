"""What was audited and written down of what was owed: P03, P07, P17, P18. Every cell and system is counted.

Which systems owe a document nobody has to enter: all of them, but for those whose approved class of risk asks for none
(P17, P18), and those of which somebody says, with a reason and until a day, that the control behind it does not apply.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from trimtab.decision.audits import audit_coverage, control_test
from trimtab.decision.documents import Document, assessments, card_completeness, documents_of, notices
from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.registered import Registry, Thing, registry_of
from trimtab.decision.scope import audit_scope, exemptions
from trimtab.evidence.entries.controls import Audited, DocumentKept
from trimtab.kinds import Estimate, Missing

CARD_CONTROL = "eu-ai-act:Art.11"
ASSESSMENT_CONTROL = "eu-ai-act:Art.27"
NOTICE_CONTROL = "eu-ai-act:Art.50(1)"
_NOTHING = Missing("nothing-recorded")
_ASSESSED = ("prohibited", "high-risk")
_TRANSPARENCY = "eu-ai-act:Art.50("


def audited(asked: Asked) -> Estimate | Missing:
    """P03: of the cells of controls by systems that are in scope, those that others than the team tested in date.

    Every system weighs the same: what the policy says of risk are tiers, which have no number.
    """
    tests = [control_test(one) for one in asked.books.all(Audited) if one.entry.at < asked.end]
    if not tests:
        return _NOTHING
    scope = asked.once("scope", lambda: audit_scope(asked.policy, asked.books, moment=_last(asked)))
    mine = {cell: risk for cell, risk in scope.items() if asked.system in ("", cell[1])}
    return audit_coverage(mine, tests, moment=_last(asked))


def cards(asked: Asked) -> Estimate | Missing:
    """P07: how much of the model cards that are owed is there, in date and of a model that the system is made from.

    Where the registry does not say which model that is, a card may be of another: its share is the upper end.
    """
    served = {name: _models(asked, name) for name in asked.policy.systems}
    return _counted(
        asked,
        CARD_CONTROL,
        lambda owed, them: card_completeness(owed, them, served, moment=_last(asked)),
        lambda _: True,
    )


def impact(asked: Asked) -> Estimate | Missing:
    """P17: of the impact assessments that are owed, those that are there, complete and in date."""
    return _counted(
        asked,
        ASSESSMENT_CONTROL,
        lambda owed, them: assessments(owed, them, moment=_last(asked)),
        lambda of: of.risk in _ASSESSED,
    )


def told(asked: Asked) -> Estimate | Missing:
    """P18: of the notices that are owed, those that are there, complete and in date."""
    return _counted(asked, NOTICE_CONTROL, lambda owed, them: notices(owed, them, moment=_last(asked)), _tells)


def _counted(
    asked: Asked,
    control: str,
    count: Callable[[Collection[str], Sequence[Document]], Estimate | Missing],
    owes: Callable[[Thing], bool],
) -> Estimate | Missing:
    known = [one for one in documents_of(asked.books) if one.at < asked.end]
    if not any(asked.seen(DocumentKept)):
        return _NOTHING  # nobody keeps documents here, as far as is known; that is no 0 of so many
    return count(_owing(asked, control, owes), known)


def _owing(asked: Asked, control: str, owes: Callable[[Thing], bool]) -> list[str]:
    now, things = _last(asked), _registry(asked).things
    free = [one for one in exemptions(asked.books) if one.control == control and one.at <= now < one.until]
    systems = [asked.system] if asked.system else list(asked.policy.systems)
    # A system without a class of risk owes what the gravest owes.
    owing = [name for name in systems if name not in things or not things[name].risk or owes(things[name])]
    return [name for name in owing if not any(one.system in ("", name) for one in free)]


def _models(asked: Asked, system: str) -> list[str]:
    """Digests of the models in use that a system is made from, as it is registered."""
    registry = _registry(asked)
    behind = [registry.things[name] for name in sorted(registry.behind(system))]
    return [one.entry.digest for one in behind if one.active and one.entry.type == "model" and one.entry.digest]


def _registry(asked: Asked) -> Registry:
    return asked.once("registry", lambda: registry_of(asked.books, asked.policy, end=asked.end))


def _tells(of: Thing) -> bool:
    """Whether people must be told of it: its class rests on a paragraph of Article 50."""
    articles = of.classified.entry.articles if of.classified else ()
    return any(one.startswith(_TRANSPARENCY) for one in articles)


def _last(asked: Asked) -> int:
    """The last moment that counts."""
    return asked.end - 1


ESTIMATORS: Mapping[str, Estimator] = {"P03": audited, "P07": cards, "P17": impact, "P18": told}
