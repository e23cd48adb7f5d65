"""Safety classifiers that answer `safe`, or `unsafe` and the codes of what is unsafe."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson

from trimtab.builtin.detectors.judges.fence import disarmed
from trimtab.builtin.detectors.judges.judge import Judge, sendable
from trimtab.builtin.systems.openai import endpoint
from trimtab.builtin.systems.openai_wire import decode
from trimtab.errors import CallError
from trimtab.kinds import Context

CATEGORIES: Mapping[str, str] = {
    "S1": "harm.violence",
    "S2": "harm.crime",
    "S3": "harm.sexual_crime",
    "S4": "harm.child_abuse",
    "S5": "harm.defamation",
    "S6": "harm.advice",
    "S7": "personal.privacy",
    "S8": "harm.copyright",
    "S9": "harm.weapons",
    "S10": "harm.hate",
    "S11": "harm.self_harm",
    "S12": "harm.sexual",
    "S13": "harm.elections",
    "S14": "attack.code",
}
"""The label of each code of Llama Guard 3 and 4 (the hazard taxonomy of MLCommons, and one more)."""

_UNNAMED = "harm.unspecified"
_CODES = re.compile(r"[A-Za-z]{1,4}\d{1,3}(?:\s*,\s*[A-Za-z]{1,4}\d{1,3})*")
_MAX_TOKENS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaGuardJudge(Judge):
    """Asks a classifier that speaks as Llama Guard does; the template is the server's.

    `categories` maps its codes to labels and replaces `CATEGORIES`. An unsafe
    text without a code, or with one that is not listed, is found all the same.
    A text of the model's own is judged as a reply, any other as a request.
    """

    name: ClassVar[str] = "llama-guard"
    version: ClassVar[str] = "1"

    categories: Mapping[str, str] = field(default_factory=lambda: CATEGORIES)

    def found_labels(self) -> tuple[str, ...]:
        """Those of the categories, and one for what it gives no code to."""
        return tuple(dict.fromkeys([*self.categories.values(), _UNNAMED]))

    async def judge(self, text: str, context: Context) -> list[tuple[str, float]]:
        """A label for each code; it does not say how sure it is."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": _conversation(disarmed(sendable(text)), context),
            "max_tokens": _MAX_TOKENS,
            "temperature": 0.0,
            **self.body,
        }
        payload = orjson.dumps({name: value for name, value in body.items() if value is not None})
        answer = decode(await self.post(endpoint(self.url, "chat"), payload), "chat")
        if answer.finish == "length":
            raise CallError("truncated", f"the verdict is longer than {_MAX_TOKENS} tokens")
        if answer.finish == "content_filter":
            raise CallError("filtered", "the server withheld the verdict")
        labels = [self.categories.get(code, _UNNAMED) for code in read_codes(answer.text)]
        return [(label, 1.0) for label in dict.fromkeys(labels)]


def _conversation(text: str, context: Context) -> list[dict[str, str]]:
    if context.origin == "assistant":  # the templates want a user to begin
        return [{"role": "user", "content": "(not shown)"}, {"role": "assistant", "content": text}]
    return [{"role": "user", "content": text}]


def read_codes(answer: str) -> list[str]:
    """The codes of an answer: none if it is `safe`, an empty one if it is `unsafe` without a code.

    Raises:
        CallError: "no-verdict": it says anything else, or both.
    """
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
    if lines == ["safe"]:
        return []
    if lines == ["unsafe"]:
        return [""]
    if len(lines) == 2 and lines[0] == "unsafe" and _CODES.fullmatch(lines[1]):
        return [code.strip().upper() for code in lines[1].split(",")]
    raise CallError("no-verdict", "the answer is neither `safe` nor `unsafe` with codes")
