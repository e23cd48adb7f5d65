"""`trimtab fit`: a detector of one's own, its false alarms bounded."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.workspace.fit import Fitted


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--label", required=True, help="What the rows with label 1 show, e.g. topic.refunds.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the weights and their card.")
@click.option(
    "--false-alarms",
    type=click.FloatRange(0.0, 0.5, min_open=True),
    default=0.01,
    show_default=True,
    help="Largest share of clean texts that may be flagged.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1.0, max_open=True),
    default=0.95,
    show_default=True,
    help="Probability with which that bound holds.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draw of held-out rows.")
@click.option("--force", is_flag=True, help="Replace the detector that is in --out.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Record the result in this ledger too.")
@output_options
def fit(
    output: Output,
    *,
    file: Path,
    label: str,
    out: Path,
    false_alarms: float,
    confidence: float,
    seed: int,
    force: bool,
    ledger: str,
) -> None:
    """Learn a detector from FILE, JSON Lines of {"text": "...", "label": 0 or 1}.

    Half of the clean rows are not learned from; they set the threshold, so that the share of false alarms on texts
    like them is bounded. Too few rows for that, or labels from which nothing can be learned, are INCONCLUSIVE (exit
    code 3), and nothing is written.
    """
    from trimtab.workspace.fit import fit_detector

    done = fit_detector(
        file,
        label=label,
        out=out,
        false_alarms=false_alarms,
        confidence=confidence,
        seed=seed,
        ledger=ledger,
        force=force,
    )
    output.show(_story(done))
    output.data({**done.record.payload(), "folder": str(done.folder), "recorded": done.recorded})


def _story(done: "Fitted") -> str:
    record = done.record
    seen, recall = record.calibrated, record.sensitivity
    return (
        f"Fitted {record.label} in {done.seconds:.1f} s on {record.trained['label']} texts with it "
        f"and {record.trained['clean']} without.\n"
        f"False alarms: at most {record.false_alarms['at_most']:.2%} of texts like yours, at "
        f"{record.false_alarms['confidence']:.0%} confidence "
        f"({seen['flagged']} of {seen['clean']} held-out clean texts flagged).\n"
        f"Found: {recall['found']:.0f} of {seen['label']} held-out texts with it "
        f"({recall['low']:.0%} to {recall['high']:.0%} at {recall['level']:.0%} confidence).\n"
        f"Use it: {{detector: fitted, with: {{path: {done.folder}}}}}"
        + ("\nRecorded in the ledger." if done.recorded else "")
    )
