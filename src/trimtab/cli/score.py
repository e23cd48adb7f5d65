"""`trimtab score`: what a data set would teach, by the floors of a policy."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.line_progress import of_file, progress_line
from trimtab.cli.output import Output, output_options
from trimtab.cli.scale import said, scale_options
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from trimtab.workspace.score import Holds, ScoredFile
    from trimtab.workspace.score_rows import Scale


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@scale_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a verdict for each completion.")
@click.option("--with-rows", is_flag=True, help="Copy each row beside its verdict; otherwise OUT holds no text.")
@click.option("--keep", type=click.Choice(["safe"]), help="OUT holds the rows that are safe instead, as they are.")
@click.option("--best", is_flag=True, help="OUT holds the best safe row of each prompt instead, as it is.")
@click.option("--force", is_flag=True, help="Replace OUT.")
@output_options
def score(
    output: Output,
    *,
    file: Path,
    scale: "Scale",
    out: Path | None,
    with_rows: bool,
    keep: str | None,
    best: bool,
    force: bool,
    processes: int,
) -> None:
    """Score the rows of FILE by the reward of a system: safe or unsafe, and how much.

    FILE is .jsonl, .jsonl.gz or .parquet, with prompt and completion, messages, or prompt, chosen and rejected, or as
    OpenAI has them. Of a conversation all that the assistant says counts. OUT holds row numbers, verdicts, rewards and
    the labels of what was found; no text, unless you ask for rows.

    Exits 1 when a completion fails a hard check, or a cost is above the rate accepted; of a pair the chosen counts. 3
    when neither is shown, but a row could not be read or looked at, or a rate is not proved. With --keep and --best
    this is about the rows kept.
    """
    from trimtab.workspace.score import score_file

    if bool(keep) + best + with_rows > 1:
        raise UsageError("--with-rows, --keep and --best each say what OUT holds.", "Give one of them.")
    holds: Holds = "safe" if keep else "best" if best else "rows" if with_rows else "verdicts"
    with progress_line(output) as tell:
        done = score_file(
            scale,
            file,
            out=out,
            holds=holds,
            processes=processes,
            force=force,
            listen=lambda p: tell(of_file(p.rows, p.share, f", {p.unsafe:,} unsafe")),
        )
    _show(output, done, scale, file)
    output.data(_data(done))
    click.get_current_context().exit(int(done.exit_code))


def _show(output: Output, done: "ScoredFile", scale: "Scale", file: Path) -> None:
    from trimtab.report.check_rates import rates_table

    output.show(f"{file.name} by {said(scale)}", markup=False)
    safe = done.completions - done.unsafe
    output.show(f"{done.rows:,} rows. Of {done.completions:,} completions {safe:,} are safe, {done.unsafe:,} unsafe.")
    if done.rejected:
        output.show(
            f"Of {done.rejected:,} rejected ones {done.rejected_unsafe:,} are unsafe; they count for nothing here."
        )
    if done.kept is not None:
        what = f" of {done.prompts:,} prompts, {done.hopeless:,} of which have no safe answer" if done.prompts else ""
        output.show(f"Kept: {done.kept:,} rows{what}. The checks, over these:")
    output.show(rates_table(done.rates))
    for line in _lost(done):
        output.show(line, markup=False)
    if done.paths:
        output.show(f"Written: {', '.join(path.name for path in done.paths)}.", markup=False)


def _lost(done: "ScoredFile") -> list[str]:
    found = [f"Not read: {number:,} rows, which {why}." for why, number in done.unread.items()]
    found += [f"Not looked at, so unsafe: {number:,} ({why})." for why, number in done.unlooked.items()]
    if done.untasked:
        found.append(f"Without a task reward, so the lowest: {done.untasked:,} safe completions.")
    return found


def _data(done: "ScoredFile") -> dict[str, Any]:
    return {
        "reward": done.reward,
        "policy": done.policy,
        "read": done.digest,
        "rows": done.rows,
        "completions": done.completions,
        "unsafe": done.unsafe,
        "rejected": done.rejected,
        "rejected_unsafe": done.rejected_unsafe,
        "unread": dict(done.unread),
        "unlooked": dict(done.unlooked),
        "untasked": done.untasked,
        "kept": done.kept,
        "prompts": done.prompts,
        "hopeless": done.hopeless,
        "checks": {
            one.check: {
                "bad": one.bad,
                "of": one.of,
                "rate": None if one.estimate is None or not one.estimate.known else one.estimate.value,
                "interval": None if one.estimate is None else [one.estimate.interval.low, one.estimate.interval.high],
                "level": None if one.estimate is None else one.estimate.interval.level,
                "at_most": one.at_most,
                "verdict": one.verdict.value,
            }
            for one in done.rates
        },
        "exit": int(done.exit_code),
        "paths": [str(path) for path in done.paths],
    }
