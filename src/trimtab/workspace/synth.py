"""Makes a suite of attacks: from a grammar, from a model of the policy, onto the disk."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab._canonical import digest
from trimtab.errors import OutputError, UsageError
from trimtab.kinds import Grammar, Price, plugins
from trimtab.measure.cache import Cache
from trimtab.measure.job import Tally
from trimtab.measure.likeness import BANDS, HASHES, ROWS, Likenesses
from trimtab.measure.synth import Synthesis
from trimtab.measure.synth_blocks import Recipe
from trimtab.measure.synth_coverage import Coverage
from trimtab.measure.synth_files import MANIFEST, SuiteFiles, Written
from trimtab.measure.synth_writer import OPERATORS, Author, Writing
from trimtab.policy import Policy
from trimtab.policy.system_spec import Candidate
from trimtab.report.synth import coverage_page

REPLIES = ".replies.db"
"""What the file of a model's answers ends with; it lies beside the suite, and may be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Which candidate of which system of a policy writes, and how many requests it is asked for."""

    policy: Policy
    candidate: str
    requests: int
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesised:
    """What was made. `short` says that it is less than was asked for."""

    coverage: Coverage
    made: int
    kept: int
    asked: int
    written: int
    rejected: Mapping[str, int]
    used_up: bool
    short: bool
    lineage: str
    recipe: str
    files: tuple[Written, ...]
    paths: tuple[Path, ...]
    tally: Tally = field(default_factory=Tally)


def synthesise(
    out: Path,
    recipe: Recipe,
    *,
    cases: int,
    alike: float = 0.8,
    processes: int = 1,
    writer: Writer | None = None,
    force: bool = False,
    fresh: bool = False,
    listen: Callable[[Synthesis], None] = lambda _: None,
) -> Synthesised:
    """Make cases until there are so many, have the writer add to them, and write all files.

    Nothing is in its place before everything is made. What the writer answered is kept beside OUT, so that the same
    call after a kill asks for the rest only.

    Args:
        out: NAME.jsonl.
        recipe: Of the cases.
        cases: From the grammar, >= 0.
        alike: Jaccard overlap from which on two cases are near-duplicates, in (0, 1].
        processes: That make cases side by side, >= 1; the outcome is the same.
        writer: Who writes requests, and how many.
        force: Replace files that exist.
        fresh: Ask the writer anew, whatever was kept.
        listen: Told after every thousand places and every round of requests.

    Raises:
        UsageError: The name does not fit, files exist, nothing is asked for, or there is no such candidate.
        PluginError: There is no such grammar, or it breaks.
        SystemUnavailableError: The writer could not be asked.
        OutputError: The files cannot be written.
        CacheError: The writer's answers cannot be kept.
    """
    _check(out, cases=cases, writer=writer, force=force)
    grammar = recipe.made()
    families = {name: str(plugins.find("attacks", name).family) for name in grammar.attacks}
    synthesis = Synthesis(
        coverage=Coverage.of(grammar, families), files=SuiteFiles(out), likenesses=Likenesses(alike), listen=listen
    )
    try:
        if cases:
            synthesis.from_grammar(recipe, cases=cases, processes=processes)
        from_grammar = synthesis.kept
        tally, model = Tally(), ""
        if writer is not None:
            writing = _Scene(out=out, grammar=grammar, seed=recipe.seed, synthesis=synthesis, tally=tally)
            model = asyncio.run(writing.write(writer, fresh=fresh))
        return _finished(
            synthesis,
            recipe,
            grammar,
            from_grammar=from_grammar,
            tally=tally,
            short=from_grammar < cases or (writer is not None and synthesis.written == 0),
            writer={"candidate": writer.candidate, "model": model, "operators": OPERATORS} if writer else None,
        )
    except BaseException:
        synthesis.files.abandon()
        raise


def _finished(
    synthesis: Synthesis,
    recipe: Recipe,
    grammar: Grammar,
    *,
    from_grammar: int,
    tally: Tally,
    short: bool,
    writer: Mapping[str, Any] | None,
) -> Synthesised:
    """Everything in its place, and what it came to.

    Raises:
        UsageError: Nothing was made.
        OutputError: The files cannot be written.
    """
    if not synthesis.kept:
        raise UsageError("no case was made.", _why_none(synthesis))
    files, rejected = synthesis.files, dict(sorted(synthesis.rejected.items()))
    manifest = {
        "made_by": f"trimtab/{__version__}",
        "recipe": {
            "grammar": recipe.grammar,
            "version": grammar.version,
            "fields": dict(recipe.fields),
            "seed": recipe.seed,
            "digest": recipe.digest(),
        },
        "alike": {"jaccard": synthesis.likenesses.threshold, "hashes": HASHES, "bands": BANDS, "rows": ROWS},
        "counts": {
            "cases": synthesis.kept,
            "from_grammar": from_grammar,
            "written": synthesis.written,
            "asked": synthesis.asked,
            "made": synthesis.made,
            "rejected": rejected,
        },
        "writer": writer,
        "coverage": synthesis.coverage.as_json(),
    }
    page = coverage_page(
        synthesis.coverage, title=f"Coverage of {files.out.stem}", cases=synthesis.kept, rejected=rejected
    )
    written, lineage = tuple(files.written()), f"sha256:{files.lineage.hex()}"
    paths = files.finish(head={"about": grammar.about, "score": grammar.score}, manifest=manifest, page=page)
    return Synthesised(
        coverage=synthesis.coverage,
        made=synthesis.made,
        kept=synthesis.kept,
        asked=synthesis.asked,
        written=synthesis.written,
        rejected=rejected,
        used_up=synthesis.used_up,
        short=short,
        lineage=lineage,
        recipe=recipe.digest(),
        files=written,
        paths=tuple(paths),
        tally=tally,
    )


def _check(out: Path, *, cases: int, writer: Writer | None, force: bool) -> None:
    if out.suffix != ".jsonl":
        raise UsageError(f"{out.name} does not end in .jsonl.", "Name it after what it holds: one JSON object a line.")
    there = [path.name for path in (out, out.with_suffix(".yaml"), out.with_suffix(MANIFEST)) if path.exists()]
    if there and not force:
        raise UsageError(f"there are files already: {', '.join(there)}.", "Choose another name, or add --force.")
    if not cases and (writer is None or not writer.requests):
        raise UsageError("nothing is asked for.", "Give --cases, or a --writer.")


def _why_none(synthesis: Synthesis) -> str:
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in synthesis.rejected.most_common(5))
    return f"Rejected: {reasons}." if reasons else "The grammar has none."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Where and for what the writer writes."""

    out: Path
    grammar: Grammar
    seed: int
    synthesis: Synthesis
    tally: Tally

    async def write(self, writer: Writer, *, fresh: bool) -> str:
        """Have the writer write, and return the digest of what it said of itself."""
        whole = _candidate(writer)
        replies = self.out.with_suffix(REPLIES)
        if fresh:
            _forget(replies)
        system = plugins.make("systems", whole.plugin, **whole.with_)
        with Cache(replies) as cache:
            async with system:
                identity: dict[str, Any] = {
                    **system.identity(),
                    "generation": whole.generation.model_dump(mode="json"),
                }
                author = Author(
                    name=writer.candidate,
                    system=system,
                    identity=identity,
                    limits=whole.limits,
                    generation=whole.generation,
                    price=Price(input=whole.price.input, output=whole.price.output) if whole.price else None,
                )
                writing = Writing(
                    grammar=self.grammar,
                    seed=self.seed,
                    author=author,
                    synthesis=self.synthesis,
                    cache=cache,
                    tally=self.tally,
                )
                await writing.write(writer.requests)
        return digest(identity)


def _candidate(writer: Writer) -> Candidate:
    """The writer as the policy has it."""
    policy = writer.policy
    if not writer.system and len(policy.systems) > 1:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(policy.systems)}.")
    name = writer.system or next(iter(policy.systems))
    spec = policy.systems.get(name)
    if spec is None or writer.candidate not in spec.all_candidates:
        raise UsageError(
            f"the policy has no candidate {writer.candidate!r} of a system {name!r}.", "`trimtab check` lists them."
        )
    return spec.whole(writer.candidate)


def _forget(replies: Path) -> None:
    try:
        for end in ("", "-wal", "-shm"):
            replies.with_name(replies.name + end).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(str(replies), f"cannot be removed ({error.strerror})", "Remove it by hand.") from None
