"""Has a reply corrected: what is wrong with it, a draft that puts it right, and the same looks at the draft again.

Every principle that is broken is named to the model that revises, not one drawn at random, and a draft counts only by
what the tests say of it. So the outcome is never worse than the reply was: the best draft is kept, and that may be the
first one. Whoever asks brings the model and the tests; nothing here knows where either comes from.

Source:
    Bai et al. (2022), Constitutional AI, arXiv:2212.08073, for critique and revision. Tests, several rounds and the
    comparison with the first draft are ours.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from trimtab._canonical import text_digest
from trimtab.enforce import revise_words as words
from trimtab.enforce.verdict import Kept, Verdict, acceptable, better, rank
from trimtab.errors import CallError
from trimtab.evidence.revising import Revised
from trimtab.kinds import Ask, Message, Reply, Request
from trimtab.policy.system_spec import Generation

Look = Callable[[str], Awaitable[Sequence[Verdict]]]
"""Says of a text what it keeps and what it breaks. Raises nothing: what it could not see is `Kept.UNKNOWN`."""

Stop = Literal["nothing-broken", "repaired", "rounds", "calls", "time", "no-reply", "nothing-new"]
"""Why no more drafts were made. `no-reply`: the model failed; `nothing-new`: it wrote what was there already."""

_CALLS_A_ROUND = 2
# What is cut off may be in order only because its end is missing; what was withheld is no answer.
_UNFINISHED = frozenset({"length", "content_filter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Where revising ends: after so many rounds, calls (of which a round takes two) or seconds."""

    rounds: int = 2
    calls: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.rounds < 0 or (self.calls is not None and self.calls < 0):
            raise ValueError(f"out of range: {self.rounds=}, {self.calls=}")
        if self.seconds is not None and not self.seconds >= 0.0:
            raise ValueError(f"out of range: {self.seconds=}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One version of a reply, what is said of it, and the critique that led to it; empty for the first."""

    text: str
    verdicts: tuple[Verdict, ...]
    critique: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What became of a reply: all drafts, the first being the reply as it was, and which of them is the best.

    `unusable` counts what the model wrote and was no draft: nothing, signs that nobody can read, our own
    question, what there was already, or a text that is cut off or runs away.
    """

    prompt: str  # `conversation_digest`
    drafts: tuple[Draft, ...]
    best: int
    calls: int
    stop: Stop
    unusable: int = 0

    @property
    def first(self) -> Draft:
        """The reply as it was."""
        return self.drafts[0]

    @property
    def final(self) -> Draft:
        """The best draft; the first unless another one is better."""
        return self.drafts[self.best]

    @property
    def acceptable(self) -> bool:
        """Whether the best draft breaks no hard principle."""
        return acceptable(self.final.verdicts)

    def record(self, *, guard: str = "", sealed: Callable[[str], str] = str) -> Revised:
        """As the ledger keeps it: no text, and digests, each `sealed` where nobody else has the texts."""
        return Revised(
            prompt=sealed(self.prompt),
            drafts=[sealed(text_digest(draft.text)) for draft in self.drafts],
            critiques=[sealed(text_digest(draft.critique)) for draft in self.drafts if draft.critique],
            before=_said(self.first, self.final),
            after=_said(self.final, self.first),
            best=self.best,
            calls=self.calls,
            stop=self.stop,
            guard=guard,
        )


async def revise(
    reply: str,
    *,
    messages: Sequence[Message],
    look: Look,
    ask: Ask,
    effort: Effort | None = None,
    generation: Generation | None = None,
    demands: Sequence[str] = (),
    first: Sequence[Verdict] = (),
) -> Revision:
    """Have a reply corrected until it breaks nothing hard, or the effort is used up.

    A reply of which only soft principles are broken is corrected once at least. Whatever goes wrong, the best draft
    so far is what comes back.

    Args:
        reply: As it is.
        messages: The conversation that it answers.
        look: What is said of a text.
        ask: Asks the model that revises.
        effort: Where to stop.
        generation: How its texts are drawn; each round with another seed.
        demands: What every draft is asked to keep, besides what the one before breaks.
        first: What was said of the reply, if that is known already.
    """
    effort = effort or Effort()
    work = _Work(messages=tuple(messages), look=look, ask=ask, demands=tuple(demands), effort=effort,
                 generation=generation or Generation())  # fmt: skip
    stop: Stop
    try:
        async with asyncio.timeout(effort.seconds):
            work.drafts.append(Draft(text=reply, verdicts=tuple(first or await look(reply))))
            stop = await work.run()
    except TimeoutError:
        stop = "time"
    except _NoReplyError:
        stop = "no-reply"
    drafts = tuple(work.drafts) or (Draft(text=reply, verdicts=(_UNSEEN,)),)
    return Revision(
        prompt=words.conversation_digest(messages),
        drafts=drafts,
        best=min(range(len(drafts)), key=lambda place: (rank(drafts[place].verdicts), place)),
        calls=work.calls,
        stop=stop,
        unusable=work.unusable,
    )


_UNSEEN = Verdict(name="everything", kept=Kept.UNKNOWN, text="There was no time to look.", why="time")


class _NoReplyError(Exception):
    """The model that revises failed; nobody but us sees it."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """One reply being revised; what there is so far stays when time runs out."""

    messages: tuple[Message, ...]
    look: Look
    ask: Ask
    demands: tuple[str, ...]
    effort: Effort
    generation: Generation
    drafts: list[Draft] = field(default_factory=list)
    calls: int = 0
    unusable: int = 0

    async def run(self) -> Stop:
        if not any(one.broken for one in self.drafts[0].verdicts):
            return "nothing-broken"
        for number in range(self.effort.rounds):
            if self.effort.calls is not None and self.calls + _CALLS_A_ROUND > self.effort.calls:
                return "calls"
            best = min(self.drafts, key=lambda draft: rank(draft.verdicts))
            made = await self._round(best, number)
            if made is None:
                continue
            if any(made.text == draft.text for draft in self.drafts):
                if not self.generation.temperature:  # nor would it write anything else the next time
                    return "nothing-new"
                self.unusable += 1
                continue
            self.drafts.append(made)
            if acceptable(made.verdicts) and better(self.drafts[0].verdicts, made.verdicts):
                return "repaired"
        return "rounds"

    async def _round(self, draft: Draft, number: int) -> Draft | None:
        """What is wrong, and the next draft; None where the model wrote none."""
        word = words.mark(self.messages, draft.text)
        broken = [one.text for one in draft.verdicts if one.broken]
        said = await self._said(words.critique(self.messages, draft.text, broken), number)
        wrong = words.cleaned(said.text, word, draft.text)
        asked = tuple(dict.fromkeys([*broken, *self.demands]))
        reply = await self._said(words.revision(self.messages, draft.text, asked, wrong), number)
        text = words.cleaned(reply.text, word, draft.text)
        if not text or reply.finish in _UNFINISHED or words.runs_away(text, draft.text):
            self.unusable += 1
            return None
        if any(text == known.text for known in self.drafts):
            return Draft(text=text, verdicts=(), critique=wrong)  # it has been looked at
        return Draft(text=text, verdicts=tuple(await self.look(text)), critique=wrong)

    async def _said(self, question: str, number: int) -> Reply:
        drawn = self.generation
        request = Request(
            messages=(Message("user", question),),
            max_tokens=drawn.max_tokens,
            temperature=drawn.temperature,
            top_p=drawn.top_p,
            seed=None if drawn.seed is None else drawn.seed + number,
        )
        self.calls += 1
        try:
            reply: object = await self.ask(request)
        except CallError as error:
            raise _NoReplyError from error
        except (Exception, SystemExit) as error:  # somebody else's system may raise anything
            raise _NoReplyError from error
        if not isinstance(reply, Reply) or not isinstance(reply.text, str):
            raise _NoReplyError
        return reply


def _said(draft: Draft, other: Draft) -> Mapping[str, str]:
    """What a draft keeps and breaks. A guard names only what it finds, so what it found in the other alone is kept."""
    found = {one.name: str(one.kept) for one in draft.verdicts}
    return {**{one.name: str(Kept.KEPT) for one in other.verdicts}, **found}


__all__ = ["Draft", "Effort", "Look", "Revision", "Stop", "revise"]
