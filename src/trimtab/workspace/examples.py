"""Whether a revision makes an example to train on, and how that is written for whom.

A pair in which the chosen reply is no better, refuses what the rejected one answered, or is merely longer teaches the
wrong thing. So an example is kept only if every check holds, and what was dropped is counted by reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trimtab.detect import look_async
from trimtab.enforce.principles import NoScoreError
from trimtab.enforce.revise import Revision
from trimtab.enforce.rewards import Rewards
from trimtab.errors import DetectorError, RewardError
from trimtab.kinds import AnyDetector, Case, Context, Metric
from trimtab.measure.synth_filters import turns_in_circles
from trimtab.workspace.helpful import HelpJudge, NoPreferenceError
from trimtab.workspace.prompts import chat
from trimtab.workspace.remembered import Remembered

Format = Literal["trl", "openai"]
Kind = Literal["pairs", "sft"]
REASONS = (
    "nothing-broken",
    "no-reply",
    "no-better-draft",
    "still-broken",
    "lower-reward",
    "empty",
    "refuses",
    "repetitive",
    "too-short",
    "too-long",
    "worse-on-task",
    "helps-less",
    "unchecked",
    "near-duplicate",
)
"""Why a row gives no example, in the order in which it is asked; `no-answer: ...` comes before all of them."""

_SLACK = 5  # words that a reply may be shorter or longer whatever the bounds; of ten words, half is little
_ASSISTANT = Context(origin="assistant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the reply is for: a metric that scores a single reply, and which way it is good."""

    name: str
    metric: Metric
    higher: bool
    identity: Mapping[str, Any]  # what the policy says of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The training reward of the system, by which a revision is safe, and worth more by a margin; 0 is no less."""

    rewards: Rewards
    policy: str  # digest
    margin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What a revision must be besides better on the tests.

    `shortest` and `longest` bound its words, as a share of those of the first draft.
    """

    refusal: AnyDetector
    shortest: float = 0.5
    longest: float = 2.0
    task: Task | None = None
    paid: Paid | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.shortest <= 1.0 <= self.longest:
            raise ValueError(f"out of range: {self.shortest=}, {self.longest=}")

    async def benign(self, text: str) -> str:
        """Why a reply that breaks nothing makes no example as it is; empty if it does."""
        if not text.strip():
            return "empty"
        try:
            return "refuses" if await self._refuses(text) else ""
        except DetectorError:
            return "unchecked"

    async def against(
        self, case: Case, revision: Revision, memory: Remembered, *, judge: HelpJudge | None = None
    ) -> str:
        """Why a revision makes no example; empty if it does. The best draft is better by the principles already."""
        first, final = revision.first, revision.final
        if revision.stop == "nothing-broken":
            return "nothing-broken"
        if revision.best == 0:
            return "no-reply" if revision.stop == "no-reply" else "no-better-draft"
        if not revision.acceptable:
            return "still-broken"
        try:
            if self.paid is not None and await self._pays_less(self.paid, case, first.text, final.text, memory):
                return "lower-reward"
            if await self._refuses(final.text) and not await self._refuses(first.text):
                return "refuses"
        except (DetectorError, RewardError):
            return "unchecked"
        words = final.text.casefold().split()
        if turns_in_circles(words) and not turns_in_circles(first.text.casefold().split()):
            return "repetitive"
        before, after = len(first.text.split()), len(words)
        if after < self.shortest * before - _SLACK:
            return "too-short"
        if after > self.longest * before + _SLACK:
            return "too-long"
        return await self._on_task(case, first.text, final.text, memory) or await _helps(
            judge, case, first.text, final.text
        )

    async def _refuses(self, text: str) -> bool:
        return bool(await look_async(self.refusal, text, _ASSISTANT))

    async def _pays_less(self, paid: Paid, case: Case, first: str, final: str, memory: Remembered) -> bool:
        before, after = await memory.rewards(paid.rewards, paid.policy, case, [first, final])
        return not (after > 0.0 and after - before >= paid.margin)  # below 0 it is unsafe, whatever it was before

    async def _on_task(self, case: Case, first: str, final: str, memory: Remembered) -> str:
        task = self.task
        if task is None:
            return ""
        try:
            before, after = [await memory.score(task.metric, task.identity, case, text) for text in (first, final)]
        except NoScoreError:
            return "unchecked"
        worse = after < before if task.higher else after > before
        return "worse-on-task" if worse else ""


async def _helps(judge: HelpJudge | None, case: Case, first: str, final: str) -> str:
    if judge is None:
        return ""
    try:
        return "helps-less" if await judge.worse(case, first, final) else ""
    except NoPreferenceError:
        return "unchecked"


def row(case: Case, chosen: str, rejected: str | None, *, form: Format) -> dict[str, Any]:
    """One example as trainers read it; without a rejected reply it is one of supervised training."""
    asked, good = chat(case.messages), [{"role": "assistant", "content": chosen}]
    if rejected is None:
        return {"messages": [*asked, *good]} if form == "openai" else {"prompt": asked, "completion": good}
    bad = [{"role": "assistant", "content": rejected}]
    if form == "trl":
        return {"prompt": asked, "chosen": good, "rejected": bad}
    input_ = {"messages": asked, "tools": [], "parallel_tool_calls": True}
    return {"input": input_, "preferred_output": good, "non_preferred_output": bad}


__all__ = ["REASONS", "Checks", "Format", "Kind", "Paid", "Task", "row"]
