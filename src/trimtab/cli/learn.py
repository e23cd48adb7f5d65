"""`trimtab learn` and `trimtab training`: courses, modules made from what happened, quizzes, who holds what."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.as_of import as_of_option
from trimtab.cli.entering import entering, policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode
from trimtab.evidence.entries.training import Trained

if TYPE_CHECKING:
    from trimtab.evidence import Ledger
    from trimtab.policy import Policy
    from trimtab.policy.courses import Course

training = entering("training", Trained, "Record what somebody learned, or who joined or left a role.")


@click.group()
def learn() -> None:
    """Learning: who owes what, what to read, and quizzes whose answers follow from the policy and the books."""


@learn.command()
@click.argument("name", default="", metavar="[COURSE]")
@policy_option
@output_options
def courses(output: Output, *, name: str, policy: Path, ledger: str) -> None:  # noqa: ARG001
    """List the courses of the policy, or of the catalogue where it has none; with COURSE, print its text."""
    from rich.table import Table
    from rich.text import Text

    from trimtab.cli.vendor import deliver
    from trimtab.policy import load_policy
    from trimtab.policy.courses import courses as of_policy
    from trimtab.policy.courses import shipped
    from trimtab.report.learning_sheets import course_markdown

    own = of_policy(load_policy(policy).learning) if policy.exists() else {}
    known = own or shipped()
    if name:
        deliver(output, course_markdown(_course(known, name)), None)
        return
    table = Table("course", "title", "owed by", "parts", box=None, pad_edge=False)
    for one in known.values():
        table.add_row(one.name, Text(one.title), Text(", ".join(one.roles)), str(len(one.lessons)))
    output.show(table)
    output.data([_course_data(one) for one in known.values()])


@learn.command()
@click.option("--hazard", default="", help="Only of this kind of harm, or this control.")
@click.option("--no-answers", is_flag=True, help="Leave out what the evidence says.")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead.")
@policy_option
@output_options
def modules(output: Output, *, hazard: str, no_answers: bool, out: Path | None, policy: Path, ledger: str) -> None:
    """Make modules from the incidents and findings of the books: what happened, tasks, and what the evidence says."""
    from trimtab.cli.vendor import deliver
    from trimtab.decision.lessons import modules as make
    from trimtab.errors import UsageError
    from trimtab.report.learning_sheets import modules_markdown
    from trimtab.workspace.standings import see

    seen = see(policy, ledger)
    found = make(seen.policy, seen.books, end=seen.end)
    kinds = [one.hazard for one in found]
    if hazard:
        found = [one for one in found if one.hazard == hazard]
    if not found:
        raise UsageError(
            f"nothing of the kind {hazard[:80]!r} is in the books." if hazard else "nothing happened yet.",
            f"There is: {', '.join(kinds[:12])}." if kinds else "Incidents and findings are what modules are made of.",
        )
    if output.json:
        output.data([one.payload() for one in found])
    else:
        deliver(output, modules_markdown(found, answers=not no_answers), out)


@learn.command()
@click.argument("course")
@click.option("--seed", type=click.IntRange(min=0), default=None, help="Which quiz; drawn if left out.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The sheet to be filled in, JSON.")
@policy_option
@output_options
def quiz(output: Output, *, course: str, seed: int | None, out: Path, policy: Path, ledger: str) -> None:
    """Draw a quiz of COURSE from the policy and the books, print it, and write a sheet for the answers."""
    import orjson

    from trimtab.decision.quiz import draw
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.measure.whole_files import clearly, write_whole
    from trimtab.policy import load_policy
    from trimtab.report.learning_sheets import quiz_markdown
    from trimtab.workspace.keeping import adopt
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.standings import seen_in

    loaded = load_policy(policy)
    if out.exists():
        raise UsageError(f"there is a file {out} already.", "Name another: somebody's answers may be in it.")
    chosen = _of(loaded, course)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        adopt(opened, loaded)  # so that it can be graded when the policy has changed
        seen = seen_in(opened, loaded)
    drawn = draw(loaded, seen.books, chosen, seed=seed if seed is not None else secrets.randbelow(2**32), end=seen.end)
    with clearly(out):
        write_whole(out, orjson.dumps(drawn.sheet(), option=orjson.OPT_INDENT_2) + b"\n")
    if not (output.json or output.quiet):
        click.echo(quiz_markdown(drawn))
    output.show(f"Fill in `answers` of {out}, one letter each; then: trimtab learn grade {out}", markup=False)
    output.data({**drawn.sheet(), "file": str(out)})


@learn.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--person", default="", help="Enter the result in the books, of this person: a name or `person:...`.")
@click.option("--by", default=None, metavar="NAME", envvar="TRIMTAB_BY", help="Who enters it.")
@policy_option
@output_options
def grade(output: Output, *, file: Path, person: str, by: str | None, policy: Path, ledger: str) -> None:
    """Grade the sheet in FILE by drawing its quiz again from the ledger. Nothing leaves this machine.

    Exit codes: 0 passed, 1 not passed, 2 the sheet is none, or is not of this ledger.
    """
    from trimtab.decision.quiz import grade as hold_against
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.learning_sheets import graded_markdown
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        drawn, given, chosen = _drawn_again(file, opened, loaded)
        try:
            graded = hold_against(drawn, given, chosen)
        except ValueError as error:
            raise UsageError(f"{file}: {error}.") from None
        if person:
            _enter(output, opened, loaded, person=person, by=by, course=chosen, quiz=drawn.id, score=graded.score)
    if not (output.json or output.quiet):
        click.echo(graded_markdown(graded), nl=False)
    least = f"{chosen.pass_:.0%} are needed"
    output.show(f"{'Passed' if graded.passed else 'Not passed'}: {graded.score:.0%} right; {least}.", markup=False)
    right = [{"right": right, "answer": given} for right, given in zip(graded.right, graded.given, strict=True)]
    output.data({"quiz": drawn.id, "score": graded.score, "passed": graded.passed, "questions": right})
    click.get_current_context().exit(int(ExitCode.PASS if graded.passed else ExitCode.FAIL))


@learn.command()
@as_of_option
@policy_option
@output_options
def status(output: Output, *, as_of: int | None, policy: Path, ledger: str) -> None:
    """Show who owes which course, who holds it, and P09 as of now."""
    from rich.table import Table
    from rich.text import Text

    from trimtab.decision.kpis.learning import training as share
    from trimtab.decision.learning import holdings
    from trimtab.decision.moments import day
    from trimtab.decision.period import Period
    from trimtab.kinds import Missing
    from trimtab.workspace.standings import see

    seen = see(policy, ledger, before=as_of)
    found = holdings(seen.policy, seen.books, end=seen.end)
    table = Table("person", "course", "state", "completed", "quiz counts from", "lapses", box=None, pad_edge=False)
    for one in found:
        dates = (day(moment) if moment else "" for moment in (one.completed, one.asked_from, one.until))
        table.add_row(Text(one.person), one.course, one.state, *dates)
    p09 = share(seen.asked(Period.quarter_at(seen.now)))
    if found:
        output.show(table)
    if isinstance(p09, Missing):
        output.show(f"P09 is not known: {p09.detail}.", markup=False)
        output.data({"P09": None, "why": p09.detail, "holdings": []})
        return
    ends = f"{p09.interval.low:.2f} to {p09.interval.high:.2f}"
    output.show(
        f"P09 {p09.value:.2f} ({ends}): of {p09.count} in a role, so many hold all that they owe.", markup=False
    )
    seen_ = {"value": p09.value, "low": p09.interval.low, "high": p09.interval.high, "people": p09.count}
    output.data({"P09": seen_, "holdings": [_holding_data(one) for one in found]})


# -- parts ---------------------------------------------------------------------------------


def _course(known: Any, name: str) -> "Course":
    from trimtab.errors import UsageError
    from trimtab.policy.keys import nearest

    if name not in known:
        raise UsageError(f"there is no course {name[:80]!r}.", nearest(name, known))
    found: Course = known[name]
    return found


def _of(policy: "Policy", name: str) -> "Course":
    from trimtab.policy.courses import courses as of_policy

    return _course(of_policy(policy.learning), name)


def _drawn_again(file: Path, ledger: "Ledger", policy: "Policy") -> Any:
    """The quiz of a sheet, drawn again from the rows and the policy that it was drawn from; answers; course."""
    import orjson

    from trimtab.decision.quiz import draw, sheet_facts
    from trimtab.errors import UsageError
    from trimtab.evidence.books import Books
    from trimtab.workspace.recall import recall_policy

    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"{file} is no sheet of a quiz: it is too large.")
        id_, course, seed, row, end, digest, given = sheet_facts(orjson.loads(file.read_bytes()))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        why = "it is no JSON" if isinstance(error, orjson.JSONDecodeError) else str(error)
        raise UsageError(f"{file} is no sheet of a quiz: {why}.") from None
    then = policy if policy.digest == digest else recall_policy(ledger, digest)
    chosen = _of(then, course)
    drawn = draw(then, Books.of(ledger, upto=row), chosen, seed=seed, end=end)
    if drawn.id != id_:
        raise UsageError(f"{file} does not ask what {id_[:40]} asks.", "It was changed, or is of another ledger.")
    return drawn, given, chosen


_LARGEST = 1_000_000


def _enter(
    output: Output,
    ledger: "Ledger",
    policy: "Policy",
    *,
    person: str,
    by: str | None,
    course: "Course",
    quiz: str,
    score: float,
) -> None:
    from trimtab.decision.learning import DAY
    from trimtab.evidence.books import Books
    from trimtab.evidence.entries.reading import Draft
    from trimtab.policy.learning_spec import RETENTION_DAYS
    from trimtab.workspace.keeping import keep

    before = ledger.now() - RETENTION_DAYS * DAY
    later = any(
        one.entry.step == "completed"
        and (one.entry.person, one.entry.course) == (person, course.name)
        and one.entry.at <= before
        for one in Books.of(ledger).all(Trained)
    )
    step = "retention" if later else "quiz"
    values = {"person": person, "course": course.name, "step": step, "score": score, "quiz": quiz, "by": by}
    tell(
        output if not output.json else Output(json=False, quiet=True),
        keep(ledger, policy, [Draft(kind="training", values=values)]),
    )


def _course_data(one: "Course") -> dict[str, Any]:
    from dataclasses import asdict

    data = asdict(one)
    return {**data, "pass": data.pop("pass_")}


def _holding_data(one: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(one)
