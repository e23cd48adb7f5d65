"""`trimtab calibrate`: from which confidence on an answer is given, and a finding counts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.report.calibration import Deferral
    from trimtab.workspace.calibrate import CalibratedAnswers, CalibratedDetector, Marked

_SHARE = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)
_level = click.option(
    "--confidence",
    "level",
    type=click.FloatRange(0.5, 1.0, max_open=True),
    default=0.95,
    show_default=True,
    help="Probability that what is promised of the threshold holds.",
)
_ledger = click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Record the result in this ledger too.")


@click.group()
def calibrate() -> None:
    """Set thresholds on what people marked, with a bound on the errors at them."""


@calibrate.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--error", type=_SHARE, required=True, help="Largest share of wrong answers among those given.")
@_level
@click.option(
    "--from",
    "source",
    type=click.Choice(["logprobs", "agreement"]),
    default="logprobs",
    show_default=True,
    help="What the confidence is made of; for the line of the policy.",
)
@click.option("--answers", type=click.IntRange(1), default=1000, show_default=True, help="To come, for the load.")
@click.option("--minutes", type=click.FloatRange(0.0), default=2.0, show_default=True, help="To read one answer.")
@click.option("--hourly", type=click.FloatRange(0.0), help="What an hour of reading costs.")
@click.option("--currency", default="EUR", show_default=True, help="Of --hourly.")
@click.option("--run", help="Take answers from this run of the ledger instead of FILE.")
@click.option("--candidate", default="", help="Of --run.")
@click.option("--sure", default="", help="Metric of --run that is the confidence.")
@click.option("--right", default="", help="Metric of --run that says whether the answer was right.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the halves for recalibration.")
@click.option("--out", type=click.Path(path_type=Path), help="Write a page with the reliability diagram here.")
@_ledger
@output_options
def answers(output: Output, *, file: Path | None, out: Path | None, **given: Any) -> None:
    """Find the least confidence from which answers may be given without a person.

    FILE holds what people marked: JSON Lines of {"confidence": 0.93, "correct": 1}, or CSV with these columns. Answers
    must be independent of each other, like those to come, and such that nothing was tuned on. If no threshold can be
    shown to do, that is INCONCLUSIVE (exit code 3).
    """
    from trimtab.report.calibration import calibration_page, sentences
    from trimtab.report.files import write_page
    from trimtab.workspace.calibrate import calibrate_answers

    marked = _marked(file, given)
    done = calibrate_answers(
        marked, error=given["error"], level=given["level"], seed=given["seed"], ledger=given["ledger"]
    )
    seen = _deferral(done, given)
    if out is not None:
        written = write_page(out, calibration_page(seen))
        output.note(f"[dim]Written: {written}[/]")
    output.show("\n".join(sentences(seen)), markup=False)
    if seen.recalibrations:
        output.show(_maps(seen))
    if seen.policy_line:
        output.show(f"In a guard of the policy, write:\n  {seen.policy_line}", markup=False)
    if done.recorded:
        output.show("Recorded in the ledger.")
    output.data(_data(done, seen))
    if done.release is None:
        raise click.exceptions.Exit(ExitCode.INCONCLUSIVE)


def _marked(file: Path | None, given: dict[str, Any]) -> "Marked":
    from trimtab.errors import UsageError
    from trimtab.workspace import Workspace
    from trimtab.workspace.calibrate import answers_of_run, read_answers

    if (file is None) == (given["run"] is None):
        raise UsageError("answers come from a FILE or from a --run.", "Give one of the two.")
    if file is not None:
        return read_answers(file)
    lacking = [f"--{name}" for name in ("candidate", "sure", "right") if not given[name]]
    if lacking:
        raise UsageError(f"--run needs {', '.join(lacking)}.", "Name the candidate and the two metrics.")
    with Workspace.open(None, ledger=given["ledger"]) as workspace:
        workspace.ledger.verify().raise_if_bad()
        run = workspace.recalled(given["run"]).run
        return answers_of_run(
            workspace.ledger, run, candidate=given["candidate"], confidence=given["sure"], correct=given["right"]
        )


def _deferral(done: "CalibratedAnswers", given: dict[str, Any]) -> "Deferral":
    from trimtab.report.calibration import Deferral
    from trimtab.stats.load import review_load

    load = review_load(
        len(done.deferred),
        len(done.answers),
        volume=given["answers"],
        minutes=given["minutes"],
        hourly=given["hourly"],
        level=given["level"],
    )
    return Deferral(
        threshold=done.record.threshold,
        error=given["error"],
        level=given["level"],
        given=done.given,
        deferred=done.deferred,
        source=given["source"],
        load=load,
        minutes=given["minutes"],
        currency=given["currency"],
        reliability=done.reliability,
        recalibrations=done.recalibrations,
    )


def _maps(seen: "Deferral") -> Any:
    from rich.table import Table

    from trimtab.report.calibration import numbers

    table = Table("as shown", "calibration error", "interval", "parameters", box=None, pad_edge=False)
    for name, (fitted, found) in seen.recalibrations.items():
        ends = f"{found.interval.low:.1%} to {found.interval.high:.1%}"
        table.add_row(name, f"{found.ece:.1%}", ends, numbers(fitted))
    return table


def _data(done: "CalibratedAnswers", seen: "Deferral") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **done.record.payload(),
        "policy": seen.policy_line,
        "coverage": len(seen.given) / len(done.answers),
        "wrong_among_deferred": len(seen.deferred) - sum(seen.deferred),
        "load": asdict(seen.load),
        "reliability": asdict(seen.reliability) if seen.reliability else None,
        "recalibrations": {
            name: {"numbers": list(fitted.numbers) if fitted else [], "ece": found.ece, **asdict(found.interval)}
            for name, (fitted, found) in seen.recalibrations.items()
        },
        "recorded": done.recorded,
    }


@calibrate.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--misses", type=_SHARE, help="Largest share of bad texts that may be missed.")
@click.option("--false-alarms", type=_SHARE, help="Largest share of clean texts that may be flagged.")
@_level
@click.option(
    "--detector", default="", help="Let this detector look at the `text` of each row; else rows have `score`."
)
@click.option("--label", "labels", multiple=True, help="Labels of the detector that count; all unless given.")
@_ledger
@output_options
def detector(
    output: Output,
    *,
    file: Path,
    misses: float | None,
    false_alarms: float | None,
    level: float,
    detector: str,
    labels: tuple[str, ...],
    ledger: str,
) -> None:
    """Find the threshold of a detector, so that few bad texts are missed, or few clean ones flagged.

    FILE holds what people marked: JSON Lines of {"score": 0.7, "bad": 1}, or CSV with these columns; `score` is the
    highest confidence of what the detector found, 0 if nothing. If no threshold can be shown to do, that is
    INCONCLUSIVE (exit code 3).
    """
    from trimtab.workspace.calibrate import calibrate_detector

    done = calibrate_detector(
        file, misses=misses, false_alarms=false_alarms, level=level, detector=detector, labels=labels, ledger=ledger
    )
    output.show(_threshold_story(done), markup=False)
    rule = f"threshold: {done.record.threshold:g}" if done.record.threshold is not None else ""
    output.data({**done.record.payload(), "policy": rule, "recorded": done.recorded})
    if done.cutoff is None:
        raise click.exceptions.Exit(ExitCode.INCONCLUSIVE)


def _threshold_story(done: "CalibratedDetector") -> str:
    record, found = done.record, done.cutoff
    words = {"misses": "of bad texts missed", "false_alarms": "of clean texts flagged"}
    asked = " and ".join(f"at most {100 * share:.4g}% {words[name]}" for name, share in record.asked.items())
    sure = f"{100 * record.level:.4g}% confidence"
    if found is None:
        text = (
            f"No threshold is shown to keep {asked} at {sure}, on {record.seen['bad']:,} bad and "
            f"{record.seen['clean']:,} clean texts. More marked texts may show one."
        )
    else:
        text = (
            f"A finding counts from {found.threshold:g} on: {asked}, at {sure}.\n"
            f"Seen there: {found.missed:,} of {found.bad:,} bad texts missed, "
            f"{found.flagged:,} of {found.clean:,} clean texts flagged.\n"
            f"In the rule of the guard, write:\n  threshold: {found.threshold:g}"
        )
    return text + ("\nRecorded in the ledger." if done.recorded else "")
