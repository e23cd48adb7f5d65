"""A committee by lot: nobody picks who decides on the money, and anybody can draw it again.

Everybody eligible has a lot, a number that follows from the seed and their
name alone. Lots are gone through from the smallest: whoever comes next gets a
seat, unless the committee could then not be completed under its rules. So
among those who differ in nothing that a rule looks at all have the same
chance, and whoever is passed over was so for a reason that is told. Whether a
committee can be completed is a small integer program over how many
come from each function.

The seed is committed to (`commitment`) before the list of those eligible is
closed, and published with the result.

Source:
    RFC 3797 (2004), Publicly Verifiable Nominations Committee Random Selection, is the model of the draw; lots by
    SHA-256 and the order of drawing under limits are ours.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

TERM = 3
"""Quarters that a seat is held; a third of them ends each quarter."""

REST = 2 * TERM
"""Quarters before somebody may return."""

_LARGEST_SHARE = 3  # at most a third of one function


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody eligible by role.

    `outside` is for members from elsewhere and from internal audit. `left` is the quarter (counted on from any, in
    whole numbers) in which their last seat ended; None if they never had one.
    """

    name: str
    function: str
    outside: bool = False
    left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Held by somebody up to, and not including, the quarter `until`."""

    person: Person
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The committee of a quarter, and all that is needed to draw it again.

    `lots` has everybody eligible in the order of their lots; `passed` who came up and could not be seated.
    """

    seats: tuple[Seat, ...]
    new: tuple[str, ...]
    lots: tuple[tuple[str, int], ...]
    passed: tuple[str, ...]
    seed: str
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCommittee:
    """No committee keeps the rules, and why."""

    why: tuple[str, ...]


def commitment(seed: str) -> str:
    """What is published before the draw: SHA-256 of the seed, in hexadecimal."""
    return hashlib.sha256(f"trimtab committee 1\n{seed}".encode()).hexdigest()


def draw(
    people: Sequence[Person], *, size: int, quarter: int, seed: str, sitting: Sequence[Seat] = ()
) -> Drawn | NoCommittee:
    """Fill the seats that are free in a quarter.

    Rules: each function of `people` has a seat, none more than a third; one member at least is from outside or internal
    audit; nobody returns before two terms are over. Terms last three quarters. In the first committee a third of
    the seats, by lot, ends after one quarter and a third after two, so that a third changes each quarter. Whoever
    takes the seat of somebody who left the organisation has the rest of that term.

    Args:
        people: Everybody with the role, those sitting included; names unique.
        size: Seats, a multiple of three, > 0.
        quarter: Which one is drawn for.
        seed: Not empty; longer than anybody can try out, e.g. 16 random bytes in hexadecimal.
        sitting: Seats of the quarter before.

    Raises:
        ValueError: An argument is outside its range.
    """
    names = [one.name for one in people]
    if len(set(names)) < len(names) or size < 1 or size % TERM or not seed:
        raise ValueError(f"needs unique names, a size that is a multiple of {TERM}, and a seed: {size=}")
    if len({seat.person.name for seat in sitting}) < len(sitting) or len(sitting) > size:
        raise ValueError("somebody sits twice, or more sit than there are seats")
    here = {one.name: one for one in people}
    stay = [
        Seat(person=here[s.person.name], until=s.until) for s in sitting if s.until > quarter and s.person.name in here
    ]
    # Whoever follows somebody who left takes over their term; all others so that equally many terms end each quarter.
    free = [seat.until for seat in sitting if seat.until > quarter and seat.person.name not in here]
    ends = Counter(seat.until for seat in stay) + Counter(free)
    for _ in range(size - len(stay) - len(free)):
        until = min(range(quarter + 1, quarter + TERM + 1), key=lambda end: (ends[end], -end))
        ends[until] += 1
        free.append(until)
    free.sort(reverse=True)  # the longest terms to the smallest lots
    held = {seat.person.name for seat in sitting}
    eligible = [one for one in people if one.name not in held and (one.left is None or quarter - one.left >= REST)]
    lots = sorted((_lot(seed, quarter, one.name), one.name) for one in eligible)
    rules = _Rules(people, size)
    taken = [seat.person for seat in stay]
    if why := rules.impossible(taken, eligible, people, quarter):
        return NoCommittee(why=why)
    waiting = [here[name] for _, name in lots]
    new: list[Person] = []
    passed: list[str] = []
    shut: set[tuple[str, bool]] = set()  # once one of a kind does not fit none does: there are fewer ways to go on
    for place, one in enumerate(waiting):
        if len(taken) + len(new) == size:
            break
        kind = one.function, one.outside
        if kind not in shut and rules.completable([*taken, *new, one], waiting[place + 1 :]):
            new.append(one)
        else:
            shut.add(kind)
            passed.append(one.name)
    seats = [*stay, *(Seat(person=one, until=until) for one, until in zip(new, free, strict=True))]
    return Drawn(
        seats=tuple(seats),
        new=tuple(one.name for one in new),
        lots=tuple((name, lot) for lot, name in lots),
        passed=tuple(passed),
        seed=seed,
        commitment=commitment(seed),
    )


def recused(seats: Sequence[Seat], teams: dict[str, str], team: str) -> tuple[str, ...]:
    """Who may not vote on a request of a team: its members. `teams` says by name who is of which."""
    return tuple(seat.person.name for seat in seats if teams.get(seat.person.name) == team)


def _lot(seed: str, quarter: int, name: str) -> int:
    digest = hashlib.sha256(f"trimtab committee 1\n{seed}\n{quarter}\n{name}".encode()).digest()
    return int.from_bytes(digest[:8])


class _Rules:
    """How many may and must come from each function and from outside."""

    def __init__(self, people: Sequence[Person], size: int) -> None:
        self.size = size
        self.functions = sorted({one.function for one in people})
        self.most = size // _LARGEST_SHARE

    def completable(self, taken: Sequence[Person], rest: Sequence[Person], *, without: str = "") -> bool:
        """Whether those taken and some of the rest make a committee; `without` leaves out one rule."""
        have, more = (Counter(one.function for one in group) for group in (taken, rest))
        most = self.size if without == "third" else self.most
        low = {function: max(have[function], 0 if without == "each" else 1) for function in self.functions}
        high = {function: min(have[function] + more[function], most) for function in self.functions}
        least = sum(low.values())
        if any(low[f] > high[f] for f in self.functions) or not least <= self.size <= sum(high.values()):
            return False
        if without == "outside" or any(one.outside for one in taken):
            return True
        # One from outside must come yet: on a seat that their function needs anyway, or on one more.
        return any(
            have[f] < high[f] and least - low[f] + max(low[f], have[f] + 1) <= self.size
            for f in {one.function for one in rest if one.outside}
        )

    def impossible(
        self, taken: Sequence[Person], eligible: Sequence[Person], people: Sequence[Person], quarter: int
    ) -> tuple[str, ...]:
        """Why no committee keeps the rules; nothing where one does."""
        if self.completable(taken, eligible):
            return ()
        why = []
        resting = [one for one in people if one.left is not None and quarter - one.left < REST]
        if len(taken) + len(eligible) < self.size:
            why.append(f"{self.size} seats, and only {len(taken)} members who stay and {len(eligible)} people eligible")
        if len(self.functions) > self.size:
            why.append(f"{len(self.functions)} functions are each to have one of {self.size} seats")
        if len(self.functions) < _LARGEST_SHARE:
            why.append(
                f"no function may have more than {self.most} of {self.size} seats, and there are {len(self.functions)}"
            )
        here = Counter(one.function for one in (*taken, *eligible))
        for function in self.functions:
            if not here[function]:
                waits = sum(one.function == function for one in resting)
                why.append(f"nobody of {function} is eligible" + (f"; {waits} may not return yet" if waits else ""))
            if sum(one.function == function for one in taken) > self.most:
                why.append(f"{function} holds more than {self.most} of {self.size} seats by members who stay")
        if not any(one.outside for one in (*taken, *eligible)):
            why.append("nobody eligible has a function that `committee.outside` of the policy names")
        if not why:
            rules = {
                "each": "each function has a seat",
                "third": "no function has more than a third",
                "outside": "one is from outside",
            }
            guilty = [said for rule, said in rules.items() if self.completable(taken, eligible, without=rule)]
            why.append(
                "the rules cannot be kept together"
                + (f"; they could without: {', or '.join(guilty)}" if guilty else "")
            )
        return tuple(why)
