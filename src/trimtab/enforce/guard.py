"""The guard: what goes into a model and what comes out, looked at by the policy's detectors."""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from trimtab.detect import look, look_async
from trimtab.detect.mask import mask
from trimtab.enforce.ruling import Action, Ruling, Seen, Skipped
from trimtab.errors import DetectorError, TrimtabError, UsageError
from trimtab.kinds import AnyDetector, Context, Finding, Message, Origin, Role, plugins
from trimtab.policy import GuardRule, GuardSpec, Policy, load_policy

Messages = Sequence[Message | Mapping[str, Any]]
"""A conversation: messages of ours, or as on the OpenAI wire."""

_ORIGINS: dict[str, Origin] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_UNKNOWN_COST = 1.0  # seconds; who does not say what they cost come last


@dataclass(frozen=True, slots=True)
class _Probe:
    """A detector and all rules that ask for it, so that it looks once."""

    detector: AnyDetector
    rules: tuple[GuardRule, ...]

    @property
    def name(self) -> str:
        return self.rules[0].detector

    @property
    def remote(self) -> bool:
        return hasattr(self.detector, "look")

    @property
    def cost(self) -> float:
        card = getattr(self.detector, "card", None)
        seconds = getattr(card, "seconds", None)
        return _UNKNOWN_COST if seconds is None else float(seconds)


@dataclass(slots=True)
class _Look:
    """What one text has come to so far."""

    text: str
    context: Context
    message: int
    deadline: float
    reply: bool = False
    masked: list[Finding] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    blocked: bool = False


class Guard:
    """Applies a `GuardSpec`. Immutable after it is made; one guard serves any number of threads and tasks.

    Every detector is made when the guard is, so what is not installed or
    misconfigured is found at the start and not at the first request.
    """

    def __init__(self, spec: GuardSpec, *, actions: Mapping[str, str] | None = None, kept: Iterable[str] = ()) -> None:
        """Make a guard.

        Args:
            spec: Its rules.
            actions: The mildest action on a label or family, as a tier has them.
            kept: Values that must never come out (`Context.kept`).

        Raises:
            PluginError: A detector is not installed, or does not take its fields.
            MissingPackageError: A detector needs an extra.
        """
        self.spec = spec
        self._least = {label: Action(action) for label, action in (actions or {}).items()}
        self._kept = tuple(kept)
        self._input = _probes(spec.input)
        self._output = _probes(spec.output)
        self._crash = Action(spec.on_crash)
        self._remote = any(probe.remote for probe in (*self._input, *self._output))

    @classmethod
    def from_policy(
        cls, policy: str | Path | Policy, *, system: str, candidate: str = "", kept: Iterable[str] = ()
    ) -> Self:
        """The guard that a policy puts in front of a system, or of one of its candidates.

        Raises:
            PolicyError: The policy has mistakes.
            UsageError: There is no such system or candidate, or no guard in front of it.
        """
        loaded = policy if isinstance(policy, Policy) else load_policy(policy)
        spec = loaded.systems.get(system)
        if spec is None:
            raise UsageError(f"the policy has no system {system!r}.", f"It has: {', '.join(loaded.systems)}.")
        if candidate and candidate not in spec.candidates:
            raise UsageError(f"{system} has no candidate {candidate!r}.", f"It has: {', '.join(spec.candidates)}.")
        name = spec.candidates[candidate].guard if candidate else spec.guard
        if name is None:
            where = f"candidate {candidate}" if candidate else f"system {system}"
            raise UsageError(f"the policy puts no guard in front of {where}.", "Name one there with `guard: NAME`.")
        return cls(loaded.guards[name], actions=loaded.tiers[spec.tier].actions, kept=kept)

    def identity(self) -> dict[str, Any]:
        """What makes two rulings comparable: the rules, and the detectors with their versions. JSON."""
        return {
            "rules": self.spec.model_dump(mode="json", by_alias=True),
            "actions": {label: str(action) for label, action in self._least.items()},
            "detectors": {probe.name: str(probe.detector.version) for probe in (*self._input, *self._output)},
        }

    # -- rulings -----------------------------------------------------------------

    def input(self, messages: Messages) -> Ruling:
        """What may go into the model. From within an event loop, use `ainput`."""
        if self._remote:
            return asyncio.run(self.ainput(messages))
        begun = time.perf_counter()
        read, looks = self._requested(messages, begun)
        for one in looks:
            for probe in self._input:
                self._step(one, probe)
        return self._ruled(read, looks, begun)

    async def ainput(self, messages: Messages) -> Ruling:
        """As `input`, from within an event loop."""
        begun = time.perf_counter()
        read, looks = self._requested(messages, begun)
        await asyncio.gather(*(self._steps(one, self._input) for one in looks))
        return self._ruled(read, looks, begun)

    def output(self, text: str, *, messages: Messages = ()) -> Ruling:
        """What may come out of the model; `messages` are the conversation that it answers."""
        if self._remote:
            return asyncio.run(self.aoutput(text, messages=messages))
        begun = time.perf_counter()
        one = self._replied(text, messages, begun)
        for probe in self._output:
            self._step(one, probe)
        return self._ruled(None, [one], begun)

    async def aoutput(self, text: str, *, messages: Messages = ()) -> Ruling:
        """As `output`, from within an event loop."""
        begun = time.perf_counter()
        one = self._replied(text, messages, begun)
        await self._steps(one, self._output)
        return self._ruled(None, [one], begun)

    # -- how ---------------------------------------------------------------------

    def _requested(self, messages: Messages, begun: float) -> tuple[list[Message], list[_Look]]:
        deadline = begun + self.spec.budget_ms / 1000.0
        read: list[Message] = []
        looks: list[_Look] = []
        for number, given in enumerate(messages):
            message, origin, odd = _read(given)
            read.append(message)
            one = _Look(message.content, Context(origin=origin, kept=self._kept), number, deadline)
            if odd:
                one.skipped.append(Skipped(detector="guard", reason="crashed", detail=odd))
            looks.append(one)
        return read, looks

    def _replied(self, text: str, messages: Messages, begun: float) -> _Look:
        said = [_read(given) for given in messages]
        instructions = tuple(message.content for message, origin, _ in said if origin == "system")
        context = Context(origin="assistant", instructions=instructions, kept=self._kept)
        return _Look(text, context, 0, begun + self.spec.budget_ms / 1000.0, reply=True)

    def _step(self, one: _Look, probe: _Probe) -> None:
        """Let one detector look, unless there is no need or no time."""
        if self._passed_over(one, probe):
            return
        begun = time.perf_counter()
        try:
            found = look(probe.detector, one.text, one.context)
        except TrimtabError as error:
            one.skipped.append(_crashed(probe, error))
        else:
            self._weigh(one, probe, found)
        one.seconds[probe.name] = one.seconds.get(probe.name, 0.0) + time.perf_counter() - begun

    async def _steps(self, one: _Look, probes: Sequence[_Probe]) -> None:
        """Those here first, one after the other; then those that must wait, together."""
        for probe in probes:
            if not probe.remote:
                self._step(one, probe)
        waiting = [probe for probe in probes if probe.remote and not self._passed_over(one, probe)]
        calls: list[Awaitable[None]] = [self._wait(one, probe) for probe in waiting]
        await asyncio.gather(*calls)

    async def _wait(self, one: _Look, probe: _Probe) -> None:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(max(0.0, one.deadline - begun)):
                found = await look_async(probe.detector, one.text, one.context)
        except TimeoutError:
            one.skipped.append(Skipped(detector=probe.name, reason="timeout"))
        except TrimtabError as error:
            one.skipped.append(_crashed(probe, error))
        else:
            self._weigh(one, probe, found)
        one.seconds[probe.name] = one.seconds.get(probe.name, 0.0) + time.perf_counter() - begun

    def _passed_over(self, one: _Look, probe: _Probe) -> bool:
        if not one.text:
            return True
        if not one.reply and not any(one.context.origin in rule.origins for rule in probe.rules):
            return True
        if one.blocked:
            one.skipped.append(Skipped(detector=probe.name, reason="needless"))
            return True
        if time.perf_counter() >= one.deadline:
            one.skipped.append(Skipped(detector=probe.name, reason="budget"))
            return True
        return False

    def _weigh(self, one: _Look, probe: _Probe, found: Sequence[Finding]) -> None:
        """Say what each finding leads to: the strictest of the rules that count it, and of the tier."""
        for finding in found:
            action = self._action(probe, finding, one)
            if action is Action.ALLOW:
                continue
            one.seen.append(Seen(finding=finding, detector=probe.name, action=action, message=one.message))
            if action is Action.MASK:
                one.masked.append(finding)
            elif action is Action.BLOCK:
                one.blocked = True

    def _action(self, probe: _Probe, finding: Finding, one: _Look) -> Action:
        strictest = Action.ALLOW
        for rule in probe.rules:
            counts = finding.confidence >= rule.threshold and (not rule.labels or any(map(finding.is_a, rule.labels)))
            if counts and (one.reply or one.context.origin in rule.origins):
                strictest = max(strictest, Action(rule.action), key=lambda action: action.strictness)
        if strictest is not Action.ALLOW:
            for label, action in self._least.items():
                if finding.is_a(label):
                    strictest = max(strictest, action, key=lambda each: each.strictness)
        return strictest

    def _ruled(self, read: list[Message] | None, looks: list[_Look], begun: float) -> Ruling:
        """Put together what was seen of all texts of a request, or of a reply."""
        probes = self._output if read is None else self._input
        texts = [self._masked(one, probes) for one in looks]
        seen = tuple(seen for one in looks for seen in one.seen)
        skipped = tuple(skipped for one in looks for skipped in one.skipped)
        actions = [one.action for one in seen]
        if any(one.reason != "needless" for one in skipped):
            actions.append(self._crash)
        action = max(actions, key=lambda one: one.strictness, default=Action.ALLOW)
        goes_on = action in {Action.ALLOW, Action.MASK}
        seconds: dict[str, float] = {}
        for one in looks:
            for name, took in one.seconds.items():
                seconds[name] = seconds.get(name, 0.0) + took
        return Ruling(
            action=action,
            text=self.spec.refusal if not goes_on else "" if read is not None else texts[0],
            messages=tuple(Message(m.role, text) for m, text in zip(read or (), texts, strict=True))
            if read and goes_on
            else (),
            seen=seen,
            skipped=skipped,
            seconds=seconds,
            total=time.perf_counter() - begun,
        )

    def _masked(self, one: _Look, probes: Sequence[_Probe]) -> str:
        if not one.masked or one.blocked:
            return one.text
        masking = [p for p in probes if not p.remote and any(rule.action == "mask" for rule in p.rules)]

        def again(text: str) -> list[Finding]:
            return [
                finding
                for probe in masking
                for finding in look(probe.detector, text, one.context)
                if self._action(probe, finding, one) is not Action.ALLOW
            ]

        try:
            masked = mask(one.text, one.masked, again)
        except DetectorError as error:
            one.skipped.append(Skipped(detector=error.detector, reason="crashed", detail="while masking"))
            return ""
        if masked is None:
            one.skipped.append(Skipped(detector="guard", reason="crashed", detail="masking leaves something to find"))
            return ""
        return masked


def _probes(rules: Sequence[GuardRule]) -> tuple[_Probe, ...]:
    grouped: dict[str, list[GuardRule]] = {}
    for rule in rules:
        grouped.setdefault(repr((rule.detector, sorted(rule.with_.items()))), []).append(rule)
    probes = [
        _Probe(plugins.make("detectors", group[0].detector, **group[0].with_), tuple(group))
        for group in grouped.values()
    ]
    return tuple(sorted(probes, key=lambda probe: probe.cost))


def _crashed(probe: _Probe, error: TrimtabError) -> Skipped:
    detail = error.detail if isinstance(error, DetectorError) else type(error).__name__
    return Skipped(detector=probe.name, reason="crashed", detail=detail)


def _read(given: Message | Mapping[str, Any]) -> tuple[Message, Origin, str]:
    """A message, who wrote it, and what of it could not be read."""
    if isinstance(given, Message):
        return given, _ORIGINS.get(given.role, "document"), ""
    role, content = given.get("role"), given.get("content")
    origin = _ORIGINS.get(role, "document") if isinstance(role, str) else "document"
    plain: Role = "user" if origin == "document" else origin
    if given.get("tool_calls") or given.get("function_call"):
        return Message(plain, ""), origin, "a message with tool calls"
    if isinstance(content, str):
        return Message(plain, content), origin, ""
    if content is None:
        return Message(plain, ""), origin, ""
    if isinstance(content, list) and all(isinstance(p, Mapping) and isinstance(p.get("text"), str) for p in content):
        return Message(plain, "\n".join(part["text"] for part in content)), origin, ""
    return Message(plain, ""), origin, "a message with a part that is no text"
