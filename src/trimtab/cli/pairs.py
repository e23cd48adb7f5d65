"""`trimtab pairs`: preference pairs that teach what a policy wants, for DPO and KTO."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.line_progress import of_file, progress_line
from trimtab.cli.output import Output, output_options
from trimtab.cli.scale import said, scale_options

if TYPE_CHECKING:
    from trimtab.workspace.pairs import Sifted
    from trimtab.workspace.score_rows import Scale


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@scale_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the kept rows go.")
@click.option(
    "--margin",
    type=click.FloatRange(0.0, 2.0),
    default=0.05,
    show_default=True,
    help="Least difference of rewards between two safe completions.",
)
@click.option(
    "--ties",
    type=click.Choice(["keep", "drop"]),
    default=None,
    help="Safe completions of equal reward; kept unless there is a --task.",
)
@click.option("--flip", is_flag=True, help="Turn pairs that are the wrong way round, instead of dropping them.")
@click.option(
    "--length-ratio",
    type=click.FloatRange(min=1.0),
    default=None,
    help="Most words of the longer completion, over those of the shorter; no bound if not given.",
)
@click.option(
    "--alike",
    type=click.FloatRange(0.7, 1.0),
    default=0.8,
    show_default=True,
    help="Share of words in a row that near-duplicates have in common.",
)
@click.option("--kto", is_flag=True, help="Write prompt, completion and label; FILE may hold single completions.")
@click.option("--force", is_flag=True, help="Replace OUT.")
@output_options
def pairs(
    output: Output,
    *,
    file: Path,
    scale: "Scale",
    out: Path,
    margin: float,
    ties: str | None,
    flip: bool,
    length_ratio: float | None,
    alike: float,
    kto: bool,
    force: bool,
    processes: int,
) -> None:
    """Keep the preference pairs of FILE whose chosen completion is safe, and better than the rejected one.

    A safe completion beside an unsafe one is kept whatever the task pays. Two safe ones must differ by --margin, the
    right way round; where their rewards are equal and there is no --task, whoever preferred one is believed. Beside OUT
    lies OUT.manifest.json: policy, reward, rules, what was dropped and why, digests, and what the pairs teach about
    refusing and length.

    Exits 3 when nothing is kept, or a row could not be read or looked at.
    """
    from trimtab.workspace.pair_rules import PairRules
    from trimtab.workspace.pairs import sift_pairs

    rules = PairRules(
        margin=margin,
        ties=ties == "keep" if ties else not scale.task,
        flip=flip,
        length_ratio=length_ratio,
        alike=alike,
        kto=kto,
    )
    with progress_line(output) as tell:
        done = sift_pairs(
            scale,
            file,
            out,
            rules,
            processes=processes,
            force=force,
            listen=lambda p: tell(of_file(p.rows, p.share, "")),
        )
    output.show(f"{file.name} by {said(scale)}", markup=False)
    for line in _told(done, kto=kto):
        output.show(line, markup=False)
    output.data(_data(done))
    click.get_current_context().exit(int(done.exit_code))


def _told(done: "Sifted", *, kto: bool) -> list[str]:
    from trimtab.workspace.pair_rules import REASONS

    turned = f", {done.flipped:,} of them turned" if done.flipped else ""
    lines = [f"Kept {done.kept:,} of {done.rows:,} rows{turned}."]
    gone = [f"{done.dropped[reason]:,} {reason}" for reason in REASONS if done.dropped.get(reason)]
    lines += [f"Dropped: {', '.join(gone)}."] if gone else []
    lines += [f"Not read: {number:,} rows, which {why}." for why, number in done.unread.items()]
    if kto:
        lines.append(f"Written {done.written:,} examples, {done.wanted:,} wanted, {done.written - done.wanted:,} not.")
    refuses, balance = done.balance.refuses, done.balance
    wanted = sum(number for (one, _), number in refuses.items() if one)
    unwanted = sum(number for (_, other), number in refuses.items() if other)
    lines.append(f"Refusals: {wanted:,} of those wanted, {unwanted:,} of those not.")
    if balance.ratio is not None:
        share = balance.longer / balance.pairs
        lines.append(
            f"The wanted one is longer in {share:.0%} of pairs; its words are {balance.ratio:.2f} times the other's "
            "at the median."
        )
    if balance.teaches_refusing:
        lines.append(
            "Most pairs prefer a refusal to an answer. Add pairs on harmless prompts whose chosen one answers."
        )
    lines.append(f"Written: {', '.join(path.name for path in done.paths)}.")
    return lines


def _data(done: "Sifted") -> dict[str, Any]:
    return {
        "reward": done.reward,
        "policy": done.policy,
        "rows": done.rows,
        "kept": done.kept,
        "flipped": done.flipped,
        "dropped": dict(done.dropped),
        "unread": dict(done.unread),
        "written": done.written,
        "wanted": done.wanted,
        "balance": done.balance.payload(),
        "exit": int(done.exit_code),
        "paths": [str(path) for path in done.paths],
    }
