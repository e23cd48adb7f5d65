"""What somebody had to be waited for to say of a text, kept beside the replies: a killed run does not ask again."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trimtab._canonical import canonical, digest
from trimtab.enforce.principles import Principle, score
from trimtab.enforce.rewards import Rewards
from trimtab.enforce.verdict import Kept, Verdict
from trimtab.kinds import Case, Metric, Reply
from trimtab.measure.cache import Cache
from trimtab.workspace.prompts import chat


@dataclass(slots=True, kw_only=True)
class Remembered:
    """Verdicts, scores and rewards. Only what was said is kept, never that nothing could be said.

    `at_once` are answers that are waited for at the same time.
    """

    cache: Cache
    at_once: int
    _room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.at_once)

    async def verdict(self, principle: Principle, case: Case, text: str) -> Verdict:
        """What a principle says of a reply."""
        if not principle.waits:
            return await principle.verdict(case, text)
        key = _key("verdict", dict(principle.identity), case, text)
        known = self.cache.get(key)
        if known is not None and known.text in (Kept.KEPT, Kept.BROKEN):
            return principle.said(Kept(known.text))
        async with self._room:
            verdict = await principle.verdict(case, text)
        if verdict.kept is not Kept.UNKNOWN:
            await self.cache.put(key, Reply(text=str(verdict.kept)))
        return verdict

    async def score(self, metric: Metric, named: Mapping[str, Any], case: Case, text: str) -> float:
        """What a metric, so named, says of a reply.

        Raises:
            NoScoreError: Nothing.
        """
        if not hasattr(metric, "ascore"):
            return await score(metric, case, text)
        return (await self._numbers(_key("score", dict(named), case, text), lambda: _one(metric, case, text)))[0]

    async def rewards(self, rewards: Rewards, policy: str, case: Case, texts: Sequence[str]) -> list[float]:
        """What replies to a case are worth in training, in [-1, 1]; every one as good at its task as the others.

        Raises:
            TrimtabError: It cannot be said, and the policy has it stop there.
        """

        async def made() -> list[float]:
            columns = {name: [value] * len(texts) for name, value in case.expect.items()}
            scored = await rewards.ascore([chat(case.messages)] * len(texts), list(texts), columns)
            return [float(one) for one in scored.rewards]

        if not rewards.waits:
            return await made()
        return await self._numbers(_key("rewards", [policy, rewards.name], case, digest(list(texts))), made)

    async def _numbers(self, key: bytes, make: Callable[[], Awaitable[list[float]]]) -> list[float]:
        known = self.cache.get(key)
        if known is not None:
            return [float.fromhex(one) for one in known.text.split()]
        async with self._room:
            made = await make()
        await self.cache.put(key, Reply(text=" ".join(one.hex() for one in made)))
        return made


async def _one(metric: Metric, case: Case, text: str) -> list[float]:
    return [await score(metric, case, text)]


def _key(what: str, by: Any, case: Case, text: str) -> bytes:
    asked = [what, by, [[one.role, one.content] for one in case.messages], dict(case.expect), text]
    return hashlib.sha256(canonical(asked)).digest()


__all__ = ["Remembered"]
