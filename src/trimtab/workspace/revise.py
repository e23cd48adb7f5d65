"""Makes examples to train on: has replies of a file, or of a system, revised by the constitution of a policy.

Rows are worked on several at a time and written in their order, so the same answers give the same bytes. Whatever a
model said is in the cache before it counts; a run that was killed asks for the rest only.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab.enforce.principles import Principle, principles_of, verdicts
from trimtab.enforce.revise import Effort, Revision, revise
from trimtab.errors import CallError, OutputError, UsageError
from trimtab.kinds import Case, Request
from trimtab.measure.cache import Cache
from trimtab.measure.likeness import Likenesses, Signer
from trimtab.measure.purse import Purse
from trimtab.policy import Budget
from trimtab.workspace.asked import AskedModel, AskedModels
from trimtab.workspace.example_files import LINEAGE, MANIFEST, ExampleFiles
from trimtab.workspace.examples import Checks, row
from trimtab.workspace.helpful import HelpJudge
from trimtab.workspace.in_order import in_order
from trimtab.workspace.prompts import Prompt, PromptFile
from trimtab.workspace.rates import Rate, Work
from trimtab.workspace.remembered import Remembered
from trimtab.workspace.wanted import Cast, Wanted, checks_of

REPLIES = ".replies.db"
"""What the file of the models' answers ends with; it lies beside the examples, and may be deleted."""

_AHEAD = 4  # rows under way for each call that a model bears at once; a slow one keeps few others waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What was made."""

    work: Work
    used_up: bool  # the budget ended before the rows did
    manifest: Mapping[str, Any]
    paths: tuple[Path, ...]


def make_examples(
    source: Path,
    out: Path,
    wanted: Wanted,
    *,
    force: bool = False,
    fresh: bool = False,
    listen: Callable[[Work], None] = lambda _: None,
) -> Examples:
    """Have the replies revised, and write what can be trained on.

    Args:
        source: Rows of prompts, with replies or without.
        out: NAME.jsonl.
        wanted: What is to be made.
        force: Replace files that exist.
        fresh: Ask everything anew, whatever was kept.
        listen: Told after every row.

    Raises:
        PolicyError: The source has mistakes.
        UsageError: Something is named that there is not, or files exist.
        PluginError: A test, a metric or a model is not installed, or does not take its fields.
        SystemUnavailableError: A model could not be asked; what was said is kept.
        OutputError: The files cannot be written.
        CacheError: The answers cannot be kept.
    """
    _check(out, force=force)
    principles = principles_of(wanted.policy, wanted.principles)
    checks = checks_of(wanted)
    prompts = PromptFile.checked(source)
    cast = Cast.of(wanted, unanswered=bool(prompts.unanswered))
    if fresh:
        _forget(out.with_suffix(REPLIES))
    files = ExampleFiles(out)
    try:
        with Cache(out.with_suffix(REPLIES)) as cache:
            maker = _Maker(
                wanted=wanted, prompts=prompts, principles=principles, checks=checks,
                cast=cast, cache=cache, files=files,
                work=Work(rows=prompts.rows, rates={one.name: Rate() for one in principles}), listen=listen,
            )  # fmt: skip
            return asyncio.run(maker.make())
    except BaseException:
        files.abandon()
        raise


@dataclass(slots=True, kw_only=True)
class _Maker:
    """The work on one file."""

    wanted: Wanted
    prompts: PromptFile
    principles: Sequence[Principle]
    checks: Checks
    cast: Cast
    cache: Cache
    files: ExampleFiles
    work: Work
    listen: Callable[[Work], None]
    purse: Purse = field(init=False)
    signer: Signer = field(default_factory=Signer)
    likenesses: Likenesses = field(init=False)
    memory: Remembered = field(init=False)
    answerer: AskedModel | None = None
    reviser: AskedModel = field(init=False)
    judge: HelpJudge | None = None

    def __post_init__(self) -> None:
        self.purse = Purse(budget=Budget(calls=self.wanted.calls))
        self.likenesses = Likenesses(self.wanted.alike)

    async def make(self) -> Examples:
        async with AsyncExitStack() as stack:
            models = AskedModels(stack=stack, cache=self.cache, tally=self.work.tally, purse=self.purse)
            if self.cast.answerer is not None:
                self.answerer = await models.of(*self.cast.answerer)
            self.reviser = await models.of(*self.cast.reviser)
            if self.cast.judge is not None:
                self.judge = HelpJudge(await models.of(*self.cast.judge))
            at_once = self.reviser.spec.limits.concurrency
            self.memory = Remembered(cache=self.cache, at_once=at_once)
            if self.answerer is not None:
                at_once = max(at_once, self.answerer.spec.limits.concurrency)
            async with aclosing(in_order(self.prompts, self._revised, at_once=_AHEAD * at_once)) as results:
                async for prompt, revision, why in results:
                    models.check()
                    self._keep(prompt, revision, why)
                    self.listen(self.work)
        manifest = self._manifest()
        paths = self.files.finish(manifest)
        return Examples(work=self.work, used_up=self.purse.empty, manifest=manifest, paths=tuple(paths))

    async def _revised(self, prompt: Prompt) -> tuple[Prompt, Revision | None, str]:
        """One row: its reply, what was made of it, and why that is no example."""
        try:
            reply = await self._reply(prompt)
        except CallError as error:
            return prompt, None, "budget" if self.purse.empty else f"no-answer: {error.reason}"
        revision = await revise(
            reply,
            messages=prompt.case.messages,
            look=lambda text: verdicts(self.principles, prompt.case, text, recall=self.memory.verdict),
            ask=self.reviser.ask,
            effort=Effort(rounds=self.wanted.rounds),
            generation=self.reviser.spec.generation,
            demands=[one.text for one in self.principles],
        )
        why = await self.checks.against(prompt.case, revision, self.memory, judge=self.judge)
        if why == "nothing-broken" and self.wanted.benign and self.wanted.kind == "sft":
            why = await self.checks.benign(reply)
        return prompt, revision, "budget" if why == "no-reply" and self.purse.empty else why

    async def _reply(self, prompt: Prompt) -> str:
        if prompt.reply is not None:
            return prompt.reply
        assert self.answerer is not None
        drawn, most = self.answerer.spec.generation, prompt.case.max_tokens
        request = Request(
            messages=prompt.case.messages,
            max_tokens=drawn.max_tokens if most is None else most,
            temperature=drawn.temperature,
            top_p=drawn.top_p,
            seed=drawn.seed,
        )
        return (await self.answerer.ask(request)).text

    def _keep(self, prompt: Prompt, revision: Revision | None, why: str) -> None:
        """Count a row and write it; in the order of the file, or likeness would depend on who answered first."""
        work, example = self.work, None
        work.done += 1
        if revision is not None:
            work.revised += len(revision.drafts) > 1
            for before, after in zip(revision.first.verdicts, revision.final.verdicts, strict=True):
                work.rates[before.name].add(before, after)
            chosen = revision.final.text
            rejected = revision.first.text if self.wanted.kind == "pairs" else None
            if not why and not self._is_new(prompt.case, chosen):
                why = "near-duplicate"
            if not why:
                example = row(prompt.case, chosen, rejected, form=self.wanted.form)
        work.kept += example is not None
        if why:
            work.dropped[why] += 1
        by = "file" if prompt.reply is not None or self.answerer is None else self.answerer.name
        told = {"line": prompt.line, "outcome": why or "kept", "answered_by": by}
        if revision is not None:
            told |= revision.record().payload()
            del told["guard"], told["about"]  # nobody guards here
        self.files.write(told, example)

    def _is_new(self, case: Case, chosen: str) -> bool:
        said = "\n".join([*(one.content for one in case.messages), chosen])
        return self.likenesses.add(self.signer.sign([said]))[0]

    def _manifest(self) -> dict[str, Any]:
        wanted, work = self.wanted, self.work
        asked = {"reviser": self.reviser, "answers": self.answerer, "judge": self.judge.model if self.judge else None}
        return {
            "made_by": f"trimtab/{__version__}",
            "policy": wanted.policy.digest,
            "source": {
                "digest": self.prompts.digest,
                "rows": self.prompts.rows,
                "replies": self.prompts.rows - self.prompts.unanswered,
            },
            "examples": {"kind": wanted.kind, "format": wanted.form, "benign": wanted.benign},
            "principles": {
                one.name: {"text": one.text, "hard": one.hard, "severity": one.severity, **one.identity}
                for one in self.principles
            },
            "models": {
                part: {"name": model.name, "identity": model.identity} if model else None
                for part, model in asked.items()
            },
            "rounds": wanted.rounds,
            "checks": {
                "shortest": wanted.shortest,
                "longest": wanted.longest,
                "task": wanted.task or None,
                "reward": self.checks.paid.rewards.name if self.checks.paid else None,
                "margin": wanted.margin,
                "alike": wanted.alike,
            },
            "counts": {
                "rows": work.done,
                "revised": work.revised,
                "kept": work.kept,
                "dropped": dict(sorted(work.dropped.items())),
            },
            "broken": {name: rate.as_json() for name, rate in work.rates.items()},
        }


def _check(out: Path, *, force: bool) -> None:
    if out.suffix != ".jsonl":
        raise UsageError(f"{out.name} does not end in .jsonl.", "Name it after what it holds: one JSON object a line.")
    there = [path.name for path in (out, out.with_suffix(LINEAGE), out.with_suffix(MANIFEST)) if path.exists()]
    if there and not force:
        raise UsageError(f"there are files already: {', '.join(there)}.", "Choose another name, or add --force.")


def _forget(replies: Path) -> None:
    try:
        for end in ("", "-wal", "-shm"):
            replies.with_name(replies.name + end).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(str(replies), f"cannot be removed ({error.strerror})", "Remove it by hand.") from None


__all__ = ["REPLIES", "Examples", "make_examples"]
