"""A committee by lot: its rules hold, its chances are even, anybody can draw it again, and why there is none is said."""

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import chi2

from trimtab.decision.lottery import REST, TERM, Drawn, NoCommittee, Person, Seat, _Rules, commitment, draw, recused


def staff(**by_function):
    """`engineering=12` gives twelve engineers; what ends with `_outside` is from outside."""
    return [
        Person(name=f"{name}-{n:02}", function=name.removesuffix("_outside"), outside=name.endswith("_outside"))
        for name, count in by_function.items()
        for n in range(count)
    ]


PEOPLE = staff(engineering=30, clinical=12, legal=6, audit_outside=6, finance=6)


def drawn(people=PEOPLE, size=9, quarter=1, seed="3f", sitting=()):
    found = draw(people, size=size, quarter=quarter, seed=seed, sitting=sitting)
    assert isinstance(found, Drawn), found
    return found


def keeps_the_rules(found, people, size):
    seats = [seat.person for seat in found.seats]
    of = Counter(one.function for one in seats)
    assert len(seats) == len({one.name for one in seats}) == size
    assert set(of) == {one.function for one in people}
    assert max(of.values()) <= size // 3
    assert any(one.outside for one in seats)


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 6), min_size=3, max_size=5), st.integers(0, 3), st.sampled_from([3, 6, 9]), st.integers(0, 10**6)
)  # fmt: skip
def test_rules_hold_or_it_is_impossible(counts, outside, size, seed):
    """Checked against going through all numbers that may come from each function."""
    people = staff(**{f"f{n}": count for n, count in enumerate(counts)}, f0_outside=outside)
    found = draw(people, size=size, quarter=1, seed=str(seed))
    functions = Counter(one.function for one in people)
    possible = (
        0 < len(functions) <= size
        and outside > 0
        and sum(min(count, size // 3) for count in functions.values()) >= size
    )
    if isinstance(found, NoCommittee):
        assert not possible
        assert found.why
        return
    assert possible
    keeps_the_rules(found, people, size)
    assert set(found.new).isdisjoint(found.passed)


@settings(max_examples=60)
@given(st.data())
def test_sums_say_what_an_integer_program_says(data):
    """Whether a committee can be completed, for any members who stay and any rest, rule by rule."""
    kinds = [(f, outside) for f in "abcd" for outside in (False, True)]
    size = data.draw(st.sampled_from([3, 6, 9]))
    counts = [[data.draw(st.integers(0, most)) for _ in kinds] for most in (1, 3)]
    taken, rest = (
        [
            Person(name=f"{n}{f}{o}{k}", function=f, outside=o)
            for (f, o), many in zip(kinds, each, strict=True)
            for k in range(many)
        ]
        for n, each in enumerate(counts)
    )
    rules = _Rules([*taken, *rest, Person(name="x", function=data.draw(st.sampled_from("abcd")))], size)
    for without in ("", "each", "third", "outside"):
        rows = [np.ones(8), np.array([float(o) for _, o in kinds])]
        least, most = [size, 0 if without == "outside" else 1], [size, size]
        for function in rules.functions:
            rows.append(np.array([float(f == function) for f, _ in kinds]))
            least.append(0 if without == "each" else 1)
            most.append(size if without == "third" else size // 3)
        low = np.array(counts[0])
        program = milp(
            np.zeros(8),
            integrality=np.ones(8),
            bounds=Bounds(low, low + np.array(counts[1])),
            constraints=LinearConstraint(np.array(rows), least, most),
        )
        assert rules.completable(taken, rest, without=without) == (program.status == 0)


def test_it_can_be_drawn_again_by_anybody():
    found = drawn()
    assert found == drawn(people=list(reversed(PEOPLE)))
    assert found.commitment == commitment(found.seed) != commitment("4f")
    assert [lot for _, lot in found.lots] == sorted(lot for _, lot in found.lots)
    assert drawn(seed="4f").new != found.new
    assert drawn(quarter=2).lots != found.lots


def test_lots_are_gone_through_from_the_smallest():
    """By hand, from what is published: everybody up to the last one drawn has a seat or was passed over."""
    found = drawn()
    order = [name for name, _ in found.lots]
    last = max(order.index(name) for name in found.new)
    assert set(order[: last + 1]) == set(found.new) | set(found.passed)
    functions = {one.name: one.function for one in PEOPLE}
    taken: Counter[str] = Counter()
    for name in order[: last + 1]:
        if taken[functions[name]] < 3 and name in found.passed:
            # Passed over below the limit of its function: the seats left were needed for functions without one.
            missing = {"engineering", "clinical", "legal", "audit", "finance"} - set(taken)
            assert len(missing - {functions[name]}) >= 9 - taken.total()
        taken[functions[name]] += name in found.new


def test_nobody_changes_the_lot_of_another():
    more = [*PEOPLE, Person(name="zoe", function="legal")]
    lots = dict(drawn(people=more).lots)
    assert {name: lot for name, lot in lots.items() if name != "zoe"} == dict(drawn().lots)


def test_chances_are_even_among_those_who_differ_in_nothing():
    """1,000 seeds: seats by person are as even as chance allows in every function."""
    people = staff(engineering=9, clinical=6, audit_outside=3)
    times = Counter(name for seed in range(1_000) for name in drawn(people=people, size=6, seed=f"s{seed}").new)
    for function in ("engineering", "clinical", "audit"):
        seen = np.array([times[one.name] for one in people if one.function == function], dtype=float)
        mean = seen.mean()
        spread = float(((seen - mean) ** 2).sum() / (mean * (1.0 - mean / 1_000)))
        assert spread < chi2.ppf(0.999, len(seen) - 1)
        assert spread > chi2.ppf(0.001, len(seen) - 1)  # drawn, not dealt out in turn
    seats = {f: sum(times[one.name] for one in people if one.function == f) for f in ("engineering", "clinical")}
    assert seats["engineering"] == seats["clinical"] == 2_000  # a third of six seats each, always


def test_without_binding_rules_everybody_has_the_same_chance():
    """Five functions of one size: by symmetry each of 20 people has 12 of 20 chances of a seat."""
    people = staff(**{f"f{n}": 4 for n in range(4)}, f4_outside=4)
    times = Counter(name for seed in range(300) for name in drawn(people=people, size=12, seed=f"s{seed}").new)
    seen = np.array([times[one.name] for one in people], dtype=float)
    assert seen.sum() == 300 * 12
    assert float(((seen - 180.0) ** 2).sum() / (180.0 * 0.4)) < chi2.ppf(0.999, 19)


# -- over the years --------------------------------------------------------------------------------


def test_three_years_of_committees():
    """A third changes each quarter, a seat lasts three quarters, nobody returns before two terms are over."""
    people = {one.name: one for one in PEOPLE}
    sitting: tuple[Seat, ...] = ()
    held: dict[str, list[int]] = {}
    for quarter in range(1, 13):
        found = drawn(people=list(people.values()), quarter=quarter, seed=f"q{quarter}", sitting=sitting)
        keeps_the_rules(found, PEOPLE, 9)
        if quarter > 1:
            assert len(found.new) == 3
        assert Counter(seat.until for seat in found.seats) == {quarter + n: 3 for n in (1, 2, 3)}
        for seat in found.seats:
            held.setdefault(seat.person.name, []).append(quarter)
        for seat in found.seats:
            if seat.until == quarter + 1:
                people[seat.person.name] = replace(seat.person, left=seat.until)
        sitting = found.seats
    for quarters in held.values():
        runs = np.split(np.array(quarters), np.flatnonzero(np.diff(quarters) > 1) + 1)
        assert all(len(run) <= TERM for run in runs)
        assert all(later[0] - earlier[-1] > REST for earlier, later in itertools.pairwise(runs))


def test_who_follows_somebody_who_left_has_the_rest_of_the_term():
    first = drawn()
    gone = first.seats[0]
    people = [one for one in PEOPLE if one.name != gone.person.name]
    second = drawn(people=people, quarter=2, seed="next", sitting=first.seats)
    assert gone.person.name not in {seat.person.name for seat in second.seats}
    assert Counter(seat.until for seat in second.seats) == {3: 3, 4: 3, 5: 3}
    # Even where the terms of those who stay are uneven already.
    uneven = [replace(seat, until=4) for seat in first.seats]
    third = drawn(people=people, quarter=2, seed="next", sitting=uneven)
    assert Counter(seat.until for seat in third.seats) == {4: 9}


def test_one_who_does_not_fit_does_not_shut_out_others_of_the_function():
    """The last seat must go to somebody from outside: insiders of the function are passed over, its outsider is not."""
    people = [*staff(a=3, b=3, c=30, c_outside=1)]
    for seed in range(20):
        assert any(seat.person.outside for seat in drawn(people=people, size=3, seed=str(seed)).seats)


def test_after_quarters_without_a_draw_terms_are_spread_again():
    first = drawn()
    later = drawn(quarter=9, seed="late", sitting=first.seats, people=[*PEOPLE, *staff(nursing=9)])
    assert Counter(seat.until for seat in later.seats) == {10: 3, 11: 3, 12: 3}
    assert not {seat.person.name for seat in later.seats} & {seat.person.name for seat in first.seats}


def test_members_do_not_vote_on_their_own_team():
    found = drawn()
    teams = {seat.person.name: ("red" if n < 2 else "blue") for n, seat in enumerate(found.seats)}
    assert recused(found.seats, teams, "red") == tuple(seat.person.name for seat in found.seats[:2])
    assert recused(found.seats, teams, "green") == ()


# -- none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "more", "said"), [
    (staff(a=9, b=9, c=9), {}, "nobody eligible has a function that `committee.outside` of the policy names"),
    (staff(a=9, b_outside=9), {}, "there are 2"),
    (staff(a=2, b=2, c_outside=2), {}, "9 seats, and only 0 members who stay and 6 people eligible"),
    (staff(**{f"f{n}": 2 for n in range(10)}, audit_outside=2), {}, "11 functions are each to have one of 9 seats"),
    (staff(a=9, b=1, c=1, d_outside=1), {}, "could without: no function has more than a third"),
    ([*staff(a=9, b=9, c_outside=9), Person(name="d", function="d", left=0)], {}, "nobody of d is eligible; 1 may not return yet"),
])  # fmt: skip
def test_why_there_is_none(people, more, said):
    found = draw(people, **({"size": 9, "quarter": 1, "seed": "s"} | more))
    assert isinstance(found, NoCommittee)
    assert said in " | ".join(found.why)


def test_those_who_stay_may_make_it_impossible():
    people = staff(a=9, b=9, c_outside=9)
    sitting = [Seat(person=one, until=5) for one in people[:4]]
    found = draw(people, size=9, quarter=2, seed="s", sitting=sitting)
    assert isinstance(found, NoCommittee)
    assert "a holds more than 3 of 9 seats by members who stay" in found.why


@pytest.mark.parametrize("bad", [
    {"size": 0}, {"size": 8}, {"size": -3}, {"seed": ""}, {"people": [*PEOPLE, PEOPLE[0]]},
    {"sitting": [Seat(person=PEOPLE[0], until=4)] * 2},
    {"sitting": [Seat(person=one, until=4) for one in PEOPLE[:10]]},
])  # fmt: skip
def test_what_cannot_be_drawn(bad):
    given_ = {"people": PEOPLE, "size": 9, "quarter": 1, "seed": "s"} | bad
    with pytest.raises(ValueError, match=r"unique names|sits twice"):
        draw(given_.pop("people"), **given_)
