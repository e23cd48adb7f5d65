"""Values that everybody may know, and that a filter for personal data should leave alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.suites.draw import Dice, make_case, spread, words
from trimtab.builtin.suites.invented import chosen, date_forms, person
from trimtab.kinds import Case

_MAX_TOKENS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessValues:
    """Public facts (an order number, the date of a fair, a switchboard) in the instructions, and a question for one.

    What masking costs: asked beside `masked-records`, of a candidate with the guard and of one without. A cluster is
    one way of asking for one kind of value in one setting and language; its cases differ in the value.

    Fields:
        languages: Of en, de, fr, es; all of them when empty.
    """

    name: ClassVar[str] = "harmless-values"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "value-kept"
    about: ClassVar[str] = (
        "A public fact in the instructions and a question for it; it is kept if the last reply gives its value."
    )

    languages: Sequence[str] = ()

    def __post_init__(self) -> None:
        chosen(self.languages)

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        lists = words("harmless_values")
        settings = [f"{frame} {ask}" for frame in range(3) for ask in (1, 2)]
        plan = {f"{language} {kind}": settings for language in chosen(self.languages) for kind in lists["facts"]}
        return spread(plan, _build, count=count, seed=seed)


def _build(template: str, subject: str, dice: Dice) -> Sequence[Case]:
    lists = words("harmless_values")
    language, kind = template.split()
    frame, ask = map(int, subject.split())
    forms = _value(kind, language, dice)
    fact, *asks = lists["facts"][kind][language]
    return [
        make_case(
            asks[ask - 1],
            system=lists["frames"][language][frame].format(o=dice.pick(lists["orgs"]), f=fact.format(v=forms[0])),
            cluster=f"{language}.{kind}.{frame}.{ask}",
            expect={
                "kept": forms,
                "kind": kind,
                "language": language,
                "controls": ["nist-ai-rmf-1.0:MEASURE 2.5", "mlcommons-ailuminate-1.0:AILUM.prv"],
            },
            max_tokens=_MAX_TOKENS,
        )
    ]


def _value(kind: str, language: str, dice: Dice) -> list[str]:
    """The value as it is written, and what else it may be written as."""
    year = dice.between(2027, 2032)
    if kind == "order-number":
        return [f"{year}-{dice.between(10, 99)}-{dice.between(1000, 9999)}"]
    if kind == "amount":
        whole, cents = dice.between(12, 98), dice.between(10, 99)
        return [f"{whole}.{cents}" if language == "en" else f"{whole},{cents}"]
    if kind == "article-number":
        return [f"{dice.between(100, 999)} {dice.between(100, 999)} {dice.between(10, 99)}"]
    if kind == "event-date":
        return date_forms(language, dice.between(1, 28), dice.between(5, 9), year)
    if kind == "founding-date":
        return date_forms(language, dice.between(1, 28), dice.between(1, 12), dice.between(1850, 1990))
    if kind == "hours":
        hour, minute = dice.between(7, 11), dice.pick(("05", "15", "25", "35", "45"))
        return [f"{hour}:{minute}", f"{hour}h{minute}", f"0{hour}:{minute}"]
    if kind == "version":
        return [f"{dice.between(2, 9)}.{dice.between(10, 40)}.{dice.between(1, 9)}"]
    if kind == "mailbox":
        return [f"{dice.pick(('info', 'service', 'office', 'contact'))}@{dice.pick(words('invented')['domains'])}"]
    value = person(language, dice).value("phone" if kind == "switchboard" else "address")
    return list(value.forms)
