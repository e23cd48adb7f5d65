"""A reviser for tests: the practice server over a real socket, saying what a test wants it to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from tests.serve.proxies import upstream

from trimtab.testing import Behaviour, OpenAIServer, Seen

CRITIQUE, REVISION = "critique", "revision"


def said(text: str, finish: str = "stop") -> Behaviour:
    """An ordinary chat completion with this text."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}
    return Behaviour(body=orjson.dumps({"object": "chat.completion", "model": "m", "choices": [choice]}))


def kind_of(seen: Seen) -> str:
    """What a request to a reviser asks for; other requests are none of either."""
    if "Write the corrected reply" in seen.prompt:
        return REVISION
    return CRITIQUE if "it breaks these rules" in seen.prompt else ""


@dataclass
class Mood:
    """How a reviser behaves; `writes` is taken in turn, its last text again and again."""

    writes: list[str | Behaviour] = field(default_factory=lambda: ["All is well."])
    critique: str | Behaviour = "It names somebody's address; leave it out."
    other: Callable[[Seen], Behaviour] = lambda _: Behaviour()
    revisions: int = 0

    def __call__(self, seen: Seen) -> Behaviour:
        kind = kind_of(seen)
        if not kind:
            return self.other(seen)
        if kind == CRITIQUE:
            return self.critique if isinstance(self.critique, Behaviour) else said(self.critique)
        text = self.writes[min(self.revisions, len(self.writes) - 1)]
        self.revisions += 1
        return text if isinstance(text, Behaviour) else said(text)


@contextmanager
def reviser(*writes: str | Behaviour, **fields: Any) -> Iterator[OpenAIServer]:
    mood = Mood(**fields)
    mood.writes = list(writes) or mood.writes
    with upstream(script=mood) as server:
        yield server
