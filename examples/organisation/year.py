"""Tells a year of an imaginary organisation: real runs of small programs, and what people and feeds report.

    python examples/organisation/year.py            # into organisation-ledger.db

The clock of the ledger is that of the story, so that a year is told in seconds; every row says when it happened.
"""

import argparse
import re
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # the policy names `products`

from consents import releases  # noqa: E402
from people import by_people  # noqa: E402
from risk_budget import give_money  # noqa: E402
from story import DAY, END, HOUR, QUARTERS, Story  # noqa: E402
from watch import ATTACKED, attack, guarded, hunt, look_for_cases  # noqa: E402
from weights import recalibrated  # noqa: E402

from trimtab.evidence import Ledger  # noqa: E402
from trimtab.evidence.books import Books  # noqa: E402
from trimtab.policy import Policy, load_policy  # noqa: E402
from trimtab.workspace.keeping import keep  # noqa: E402
from trimtab.workspace.workspace import Workspace  # noqa: E402


class Clock:
    """The moment of the story; it stands still until it is set, and never goes back."""

    def __init__(self, moment: int) -> None:
        self.moment = moment

    def __call__(self) -> int:
        return self.moment

    def set(self, moment: int) -> None:
        """Go to a moment that is not before the present one."""
        self.moment = max(self.moment, moment)


def policy_of(number: int, folder: Path) -> Policy:
    """The policy as it stood in a quarter, counted from 1: version `number` competes with the one before.

    The file that lies beside this is that of the last quarter.
    """
    text = (HERE / "trimtab.yaml").read_text(encoding="utf-8")
    if number == 1:
        text = re.sub(r"\n +v3: .*", "", text).replace("baseline: v3", "baseline: v4")
    text = re.sub(r"\bv4\b", f"v{number}", re.sub(r"\bv3\b", f"v{number - 1}", text))
    text = re.sub(r"_4\"", f'_{number}"', re.sub(r"_3\"", f'_{number - 1}"', text))
    path = folder / f"trimtab-{number}.yaml"
    path.write_text(text, encoding="utf-8")
    for other in HERE.glob("*.yaml"):
        if other.name != "trimtab.yaml":
            shutil.copy(other, folder)  # what it includes lies beside it
    return load_policy(path)


def tell(ledger: Path, *, seed: int = 2026) -> Story:
    """Write the year into a new ledger, and give the story back that it was told from."""
    story, clock = Story.drawn(seed), Clock(QUARTERS[0].start)
    with tempfile.TemporaryDirectory() as given, Ledger.open(ledger, clock=clock) as opened:
        policies = [policy_of(number, Path(given)) for number in range(1, len(QUARTERS) + 1)]
        waiting, books = list(story.told), Books()
        for quarter, policy in zip(QUARTERS, policies, strict=True):
            # A new version of each system is measured in the first days of a quarter, and shipped if it may be.
            for day, system in enumerate(policy.systems, start=2):
                waiting = _enter(opened, policy, waiting, clock, books, until=quarter.start + day * DAY)
                # Left open: it would close the ledger, which is ours.
                Workspace(policy=policy, base=HERE, ledger=opened, replies=Path(given) / "replies.db").run(system)
                if system in ATTACKED.get(quarter.name, ()):
                    attack(opened, policy, system, HERE, Path(given))
                clock.set(clock() + HOUR)
            look = partial(look_for_cases, opened, policy, HERE, Path(given))
            paid = partial(give_money, opened, policy, quarter, clock, seed=seed)
            acts = [
                *releases(opened, policy, quarter, seed),
                (quarter.start + 20 * DAY, paid),
                *([(quarter.start + 33 * DAY, look)] if quarter is QUARTERS[-1] else []),
                *guarded(opened, policy, quarter, seed, Path(given)),
                *hunt(opened, policy, quarter, seed),
                *by_people(opened, policy, quarter, seed, Path(given)),
                *recalibrated(opened, policy, quarter),
            ]
            for moment, act in sorted(acts, key=lambda one: one[0]):
                waiting = _enter(opened, policy, waiting, clock, books, until=moment)
                act()
            waiting = _enter(opened, policy, waiting, clock, books, until=quarter.end)
        clock.set(END - 1)
    return story


def _enter(ledger: Ledger, policy: Policy, waiting: list, clock: Clock, books: Books, *, until: int) -> list:
    """Enter what is recorded before a moment, a week at a time; gives the rest back. `books` are read on, not anew."""
    due = [one for one in waiting if one.recorded < until]
    while due:
        week = [one for one in due if one.recorded < due[0].recorded + 7 * DAY]
        clock.set(week[-1].recorded)
        keep(ledger, policy, [draft for one in week for draft in one.drafts], books=books)
        due = due[len(week) :]
    clock.set(until)
    return [one for one in waiting if one.recorded >= until]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=Path, default=Path("organisation-ledger.db"))
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    if given.ledger.exists():
        parser.error(f"{given.ledger} exists already; name another with --ledger")
    tell(given.ledger, seed=given.seed)
    with Ledger.open(given.ledger, create=False) as opened:
        head = opened.head()
    print(f"A year in {head.seq:,} rows: {given.ledger}" if head else "Nothing was told.")


if __name__ == "__main__":
    main()
