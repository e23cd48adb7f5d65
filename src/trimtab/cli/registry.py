"""`trimtab registry`: what is registered, how complete that is, and in which class of risk things are."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.entering import policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.decision.ai_act import Question
    from trimtab.decision.registry import Standing
    from trimtab.evidence.books import Books
    from trimtab.policy import Policy


@click.group()
def registry() -> None:
    """Show what is registered, and say in which class of risk it is."""


@registry.command("list")
@policy_option
@output_options
def list_(output: Output, *, policy: Path, ledger: str) -> None:
    """List what is registered, with what is to be mended, and how complete the registry is."""
    from trimtab.decision.registry import completeness, lineage
    from trimtab.report.registry import figures_words, standing_data, things_view

    books, loaded, now, end = _read(policy, ledger)
    complete, traced = completeness(books, loaded, end=end), lineage(books, loaded, end=end)
    if now.registry.things:
        output.show(things_view(now))
    for line in figures_words(complete, traced, now):
        output.show(line, markup=False)
    if missing := [name for name in loaded.systems if name not in now.registry.things]:
        output.show(f"Systems of the policy that are not registered: {', '.join(missing)}.", markup=False)
    output.data(standing_data(now, complete, traced))


@registry.command()
@click.argument("thing", metavar="ID")
@policy_option
@output_options
def show(output: Output, *, thing: str, policy: Path, ledger: str) -> None:
    """Show all that is known of one thing."""
    from trimtab.errors import UsageError
    from trimtab.report.registry import thing_data, thing_view

    _, _, now, _ = _read(policy, ledger)
    found = now.registry.things.get(thing)
    if found is None:
        listed = ", ".join(sorted(now.registry.things)[:12]) or "nothing yet"
        raise UsageError(f"there is no {thing[:80]!r} in the registry.", f"It holds {listed}.")
    output.show(thing_view(found, now))
    output.data(thing_data(found))


@registry.command()
@output_options
def questions(output: Output) -> None:
    """List the questions that tell the class of risk under the EU AI Act."""
    from trimtab.decision.ai_act import EDITION, QUESTIONS
    from trimtab.report.registry import questions_view

    output.show(questions_view())
    output.show("Our own short wording of facts, and no legal advice.")
    listed = [{"id": one.id, "link": one.link, "text": one.text, "only_if": list(one.only_if)} for one in QUESTIONS]
    output.data({"edition": EDITION, "questions": listed})


@registry.command()
@click.argument("thing", metavar="ID")
@click.option("--answer", "given", multiple=True, metavar="QUESTION:yes|no", help="An answer; as often as needed.")
@click.option("--rest", type=click.Choice(["no"]), help="Answer all other questions with no.")
@click.option("--reason", default="", help="Why it is not high-risk although it is in a listed area (Art. 6(3)).")
@click.option("--approver", default="", help="Who approves: one of `people`, other than the owner. Records the class.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who answers.")
@policy_option
@output_options
def classify(
    output: Output,
    *,
    thing: str,
    given: tuple[str, ...],
    rest: str | None,
    reason: str,
    approver: str,
    by: str,
    policy: Path,
    ledger: str,
) -> None:
    """Say the class of risk that answers lead to; with --approver, record it.

    On a terminal, what is not answered is asked. Exit codes: 0 a class is known, 1 the practice is prohibited, 3
    answers are missing.
    """
    from trimtab.decision.ai_act import EDITION
    from trimtab.decision.classification import classify as classified
    from trimtab.decision.classification import kept_answers, read_answers
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.entries.reading import Draft
    from trimtab.evidence.entries.registry import Classified
    from trimtab.policy import load_policy
    from trimtab.report.registry import class_data, class_view
    from trimtab.workspace.keeping import keep
    from trimtab.workspace.location import DEFAULT_LEDGER

    try:
        answers = _completed(read_answers(given), rest=rest == "no", ask=sys.stdin.isatty() and not output.json)
    except ValueError as error:
        raise UsageError(f"{error}.", "`trimtab registry questions` lists them.") from None
    found = classified(answers, reason=reason)
    for line in class_view(found):
        output.show(line)
    receipt = None
    if approver and found.complete:
        values = {
            "thing": thing,
            "answers": list(kept_answers(answers)),
            "risk": found.risk,
            "articles": list(found.articles),
            "approver": approver,
            "reason": reason,
            "questionnaire": EDITION,
            "by": by or approver,
        }
        with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
            receipt = keep(opened, load_policy(policy), [Draft(kind=Classified.kind, values=values)])
    elif found.complete:
        output.show("Nothing is recorded yet: --approver NAME does that.")
    if receipt is not None and not output.json:
        tell(output, receipt)
    output.data({**class_data(found), "row": receipt.kept[0].seq if receipt else None})
    codes = {"prohibited": ExitCode.FAIL}
    code = codes.get(found.risk, ExitCode.PASS) if found.complete else ExitCode.INCONCLUSIVE
    click.get_current_context().exit(int(code))


def _completed(answers: Mapping[str, bool], *, rest: bool, ask: bool) -> dict[str, bool]:
    """Answers with those that somebody was asked for, or that were said to be no altogether."""
    from trimtab.decision.classification import asked

    found = dict(answers)
    while rest or ask:  # an answer may lead to further questions
        left: list[Question] = [one for one in asked(found) if one.id not in found]
        if not left:
            break
        found[left[0].id] = False if rest else click.confirm(f"{left[0].text} ({left[0].id})", err=True)
    return found


def _read(policy: Path, ledger: str) -> "tuple[Books, Policy, Standing, int]":
    from trimtab.decision.registry import standing
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        books, end = Books.of(opened), opened.now() + 1
    return books, loaded, standing(books, loaded, end=end), end
