"""Draws cases from templates and subjects, the same on every machine and Python.

Nothing here uses `random`: every choice is a SHA-256 over the seed and the
name of what is chosen, so that adding a subject changes no other case.
"""

import difflib
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from trimtab.kinds import Case, Message

T = TypeVar("T")

_FAR = 20_000  # cases that one of a given id is looked for among
_ROUNDS = 64  # how often a subject of a template is varied before it counts as used up


class Dice:
    """Choices that depend on nothing but the key. `turn` says how often the same pair was drawn before."""

    def __init__(self, *key: object, turn: int = 0) -> None:
        self.turn = turn
        self._key = "\x1f".join(map(str, (*key, turn)))
        self._throws = 0

    def below(self, limit: int) -> int:
        """A whole number in [0, limit); `limit` >= 1. The bias of the remainder is below 2**-200."""
        self._throws += 1
        return int.from_bytes(_hash(f"{self._key}\x1f{self._throws}")) % limit

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All of the options in a drawn order."""
        rest = list(options)
        return [rest.pop(self.below(len(rest))) for _ in options]

    def rotate(self, options: Sequence[T]) -> T:
        """One of the options; another one each time the same pair comes up again, as a rule."""
        return options[(self.turn + self.below(len(options))) % len(options)]

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """Different ones of the options, `count` of them."""
        return self.shuffled(options)[:count]


def check_names(what: str, given: Iterable[str], known: Iterable[str], *, told: Iterable[str] = ()) -> None:
    """Refuse names that are not known, with the one that was meant or those that there are.

    Args:
        what: They are the names of, after "no".
        given: By whoever configures a suite.
        known: All that there are.
        told: Those that are listed where none is near; all of `known` if empty.

    Raises:
        ValueError: A name is unknown.
    """
    there = sorted(known)
    unknown = [name for name in given if name not in there]
    if not unknown:
        return
    same = [one for one in there if one.casefold() in {name.casefold() for name in unknown}]
    close = same or [one for name in unknown for one in difflib.get_close_matches(name[:60], there, n=1)]
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(told) or there)}"
    raise ValueError(f"no {what} is called {', '.join(repr(name[:60]) for name in unknown)} ({hint})")


Build = Callable[[str, str, Dice], Sequence[Case]]


def spread(plan: Mapping[str, Sequence[str]], build: Build, *, count: int, seed: int) -> Iterator[Case]:
    """Cases of all templates in turn, each time with the template's next subject.

    Templates take turns in a drawn order, each with its subjects in a drawn
    order, so that the first cases share neither as long as possible. When all
    pairs are used the rounds begin again, and `build` varies what it can; a
    case that came before is left out. Ends early when a round brings nothing new.

    Args:
        plan: Subjects by template.
        build: (template, subject, dice) -> the cases of this pair; none if the two do not fit.
        count: Most cases to yield.
        seed: Of everything drawn.
    """
    seen: set[str] = set()
    for turn in range(_ROUNDS):
        fresh = False
        for template, subject in _pairs(plan, seed, turn):
            cases = build(template, subject, Dice(seed, template, subject, turn=turn))
            if any(case.id in seen for case in cases):
                continue
            for case in cases:
                if len(seen) == count:
                    return
                seen.add(case.id)
                fresh = True
                yield case
        if not fresh:
            return


def chosen(
    plan: Mapping[str, Sequence[str]], build: Build, *, only: Collection[str], count: int, seed: int
) -> Iterator[Case]:
    """As `spread`, or those of the first 20,000 cases that have one of the ids in `only`, if there are any in it."""
    if not only:
        return spread(plan, build, count=count, seed=seed)
    wanted = set(only)
    return (case for case in spread(plan, build, count=_FAR, seed=seed) if case.id in wanted)


def _pairs(plan: Mapping[str, Sequence[str]], seed: int, turn: int) -> Iterator[tuple[str, str]]:
    orders = {
        template: sorted(subjects, key=lambda subject, template=template: _hash(f"{seed}|{turn}|{template}|{subject}"))  # type: ignore[misc]
        for template, subjects in plan.items()
    }
    templates = sorted(plan, key=lambda template: _hash(f"{seed}|{turn}|{template}"))
    for place in range(max(map(len, orders.values()), default=0)):
        for template in templates:
            if place < len(orders[template]):
                yield template, orders[template][place]


def make_case(
    prompt: str,
    *,
    cluster: str,
    expect: Mapping[str, Any],
    system: str = "",
    follow_ups: Sequence[str] = (),
    group: str = "",
    max_tokens: int,
) -> Case:
    """A case whose id is its cluster and a digest of what is asked, so that the same question has the same id."""
    messages = (Message("system", system),) if system else ()
    messages = (*messages, Message("user", prompt))
    return Case(
        id=f"{cluster}#{fingerprint(*(message.content for message in messages), *follow_ups)}",
        messages=messages,
        follow_ups=tuple(follow_ups),
        cluster=cluster,
        group=group,
        expect=expect,
        max_tokens=max_tokens,
    )


def fingerprint(*texts: str) -> str:
    """Eight characters that stand for the texts in an id."""
    return _hash("\x1f".join(texts)).hex()[:8]


def slug(text: str) -> str:
    """A text as part of an id: lower case, hyphens for everything that is no letter or digit."""
    return "-".join("".join(char if char.isalnum() else " " for char in text.lower()).split())


@cache
def words(name: str) -> dict[str, Any]:
    """The word lists of a suite, from `words/<name>.yaml` beside this file."""
    text = files("trimtab.builtin.suites").joinpath("words", f"{name}.yaml").read_text(encoding="utf-8")
    # The base loader knows texts only: `true`, `no` and `12` are words like all others here. Where there is libyaml,
    # it reads them in an eighth of the time.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506  # it builds nothing but texts
    return loaded


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
