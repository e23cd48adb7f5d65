"""`trimtab synth`: a large set of attacks, made rather than collected."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.line_progress import progress_line
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.cli.line_progress import Say
    from trimtab.measure.synth import Synthesis
    from trimtab.workspace.synth import Synthesised


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--cases", type=click.IntRange(0, 2_000_000), default=10_000, show_default=True, help="From the grammar.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of everything drawn.")
@click.option(
    "--depth",
    type=click.IntRange(1, 3),
    default=2,
    show_default=True,
    help="Techniques on top of one another, at most.",
)
@click.option("--language", "languages", multiple=True, help="As de, en (repeatable); default all.")
@click.option(
    "--technique", "techniques", multiple=True, help="An attack or a family of them (repeatable); default all."
)
@click.option("--hazard", "hazards", multiple=True, help="An id of a hazard (repeatable); default all.")
@click.option("--grammar", default="stress", show_default=True, help="An installed suite that is a grammar.")
@click.option(
    "--alike",
    type=click.FloatRange(0.7, 1.0),
    default=0.8,
    show_default=True,
    help="Share of words in a row that near-duplicates have in common.",
)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="The bytes are the same.")
@click.option("--writer", default="", help="A candidate of the policy that writes requests, too.")
@click.option("--requests", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Asked of it.")
@click.option("--policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"), show_default=True)
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--fresh", is_flag=True, help="Ask the writer anew, whatever it answered before.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@output_options
def synth(
    output: Output,
    *,
    out: Path,
    cases: int,
    seed: int,
    depth: int,
    languages: tuple[str, ...],
    techniques: tuple[str, ...],
    hazards: tuple[str, ...],
    grammar: str,
    alike: float,
    processes: int,
    writer: str,
    requests: int,
    policy: Path,
    system: str,
    fresh: bool,
    force: bool,
) -> None:
    """Make a large set of attacks and write it to OUT.jsonl, with a head to name in the policy.

    Every case plants a marker that must not come out, so success shows by itself. Cases come from a grammar of goals in
    seven languages, dressed in every technique; with --writer, a model puts further requests into other words. Near-
    duplicates are left out. The same options give the same bytes. Beside OUT.jsonl lie OUT.yaml, OUT.manifest.json
    (counts, digests, coverage) and OUT.coverage.html.

    Exits 3 when there are fewer cases than were asked for, or nothing that the writer wrote could be used.
    """
    from trimtab.measure.synth_blocks import Recipe
    from trimtab.policy import load_policy
    from trimtab.workspace.synth import Writer, synthesise

    given = {"languages": list(languages), "techniques": list(techniques), "hazards": list(hazards), "depth": depth}
    recipe = Recipe(grammar=grammar, fields={key: value for key, value in given.items() if value}, seed=seed)
    asked = Writer(policy=load_policy(policy), candidate=writer, requests=requests, system=system) if writer else None
    with progress_line(output) as tell:
        made = synthesise(
            out,
            recipe,
            cases=cases,
            alike=alike,
            processes=processes,
            writer=asked,
            force=force,
            fresh=fresh,
            listen=lambda synthesis: tell(_so_far(synthesis, cases)),
        )
    _show(output, made, out, cases)
    output.data(_data(made))
    click.get_current_context().exit(int(ExitCode.INCONCLUSIVE if made.short else ExitCode.PASS))


def _show(output: Output, made: "Synthesised", out: Path, cases: int) -> None:
    from trimtab.report.synth import coverage_view

    output.show(coverage_view(made.coverage))
    gone = ", ".join(f"{number:,} {reason}" for reason, number in sorted(made.rejected.items())) or "none"
    output.show(f"{made.kept:,} cases of {made.made:,} made. Rejected: {gone}.", markup=False)
    if made.asked:
        cached = f", {made.tally.cached:,} of the answers were kept from before" if made.tally.cached else ""
        output.show(f"{made.written:,} of {made.asked:,} requests that the writer wrote became cases{cached}.")
    if made.used_up:
        output.show(f"The grammar has no more that differs enough: {cases:,} were asked for. Raise --depth or --alike.")
    names = ", ".join(path.name for path in made.paths)
    output.show(f"Written: {names}. In the policy, write:\n", markup=False)
    for file in made.files:
        head = Path(file.name).with_suffix(".yaml").name
        output.show(f"suites:\n  {Path(file.name).stem}: {{file: {head}, cases: {file.cases}}}", markup=False)
    if out.parent != Path():
        output.show(f"The files are in {out.parent}.", markup=False)


def _data(made: "Synthesised") -> dict[str, Any]:
    return {
        "cases": made.kept,
        "made": made.made,
        "rejected": dict(sorted(made.rejected.items())),
        "asked": made.asked,
        "written": made.written,
        "used_up": made.used_up,
        "recipe": made.recipe,
        "lineage": made.lineage,
        "files": [file.as_json() for file in made.files],
        "paths": [str(path) for path in made.paths],
        "coverage": made.coverage.as_json(),
    }


def _so_far(synthesis: "Synthesis", cases: int) -> "Say":
    asked = f", {synthesis.asked:,} requests asked" if synthesis.asked else ""
    return lambda taken: (
        f"{synthesis.kept:,} of {cases:,} cases, {sum(synthesis.rejected.values()):,} rejected{asked}, "
        f"{synthesis.made / taken * 60:,.0f} made a minute"
    )
