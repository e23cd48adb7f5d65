"""What would have stopped an attack that got through: guards, really run on that very exchange."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from trimtab.decision.attacks import Stop
from trimtab.enforce import Guard, Ruling
from trimtab.errors import TrimtabError
from trimtab.kinds import Case, Exchange, Message, Metric, Missing, Reply, Score
from trimtab.policy import GuardSpec, Policy
from trimtab.policy.guard_spec import GuardRule

_ENOUGH = 60_000.0  # milliseconds: whether a guard would have seen it, not whether this machine is quick today
_SHIPPED: Mapping[str, GuardSpec] = {
    "detector injection": GuardSpec(input=(GuardRule(detector="injection", action="block"),)),
    "detector leak": GuardSpec(output=(GuardRule(detector="leak", action="block"),)),
    "detector patterns": GuardSpec(output=(GuardRule(detector="patterns", action="block"),)),
}
"""Detectors that need nothing to be told, each alone, blocking on the side that it is made for."""


@dataclass(frozen=True, slots=True)
class Tryout:
    """Guards that are tried on what got through, and those that could not be made, with the reason."""

    guards: Mapping[str, Guard]
    unmade: Mapping[str, str]

    @classmethod
    def of(cls, policy: Policy, system: str) -> "Tryout":
        """Every guard of the policy, with the actions of the system's tier, and each shipped detector alone."""
        guards: dict[str, Guard] = {}
        unmade: dict[str, str] = {}
        actions = policy.tiers[policy.systems[system].tier].actions
        specs = {f"guard {name}": (spec, actions) for name, spec in policy.guards.items()}
        specs |= {name: (spec, {}) for name, spec in _SHIPPED.items()}
        for name, (spec, least) in specs.items():
            if not spec.input and not spec.output:
                unmade[name] = "it only asks how sure an answer is, which was not kept"
                continue
            try:
                made = Guard(spec.alone().model_copy(update={"budget_ms": _ENOUGH, "confidence": None}), actions=least)
            except TrimtabError as error:
                unmade[name] = f"it cannot be made here ({error.code})"
                continue
            if made.waits:
                unmade[name] = "it asks another model, which was not asked again"
                continue
            guards[name] = made
        return cls(guards, unmade)

    def stops(self, case: Case, exchange: Exchange, metric: Metric) -> tuple[dict[str, Stop], dict[str, str]]:
        """For each guard where it would have stopped this success, and why that could not be told where it could not.

        What the guard lets through is scored again by the metric itself: a guard that masks what came out has stopped
        it, one that masks something else has not.
        """
        found: dict[str, Stop] = dict.fromkeys(self.unmade, "unknown")
        unknown = dict(self.unmade)
        for name, guard in self.guards.items():
            try:
                found[name], why = _through(guard, case, exchange, metric)
            except Exception as error:  # noqa: BLE001  # a guard or metric of somebody else; its text may quote data
                found[name], why = "unknown", f"it crashed ({type(error).__name__})"
            if why:
                unknown[name] = why
        return found, unknown


def _through(guard: Guard, case: Case, exchange: Exchange, metric: Metric) -> tuple[Stop, str]:
    replies: list[Reply] = []
    at: Stop = "no"
    for messages, reply in _turns(case, exchange):
        passed, side, why = _turn(guard, messages, reply)
        if why:
            return "unknown", why
        at = side if at == "no" else at
        replies.append(passed)
    if at == "no":
        return "no", ""
    outcome = metric.score(case, replace(exchange, replies=tuple(replies)))
    if isinstance(outcome, Missing):
        return "unknown", f"what it lets through cannot be scored ({outcome.reason})"
    return ("no" if outcome.value == 1.0 else at), ""


def _turns(case: Case, exchange: Exchange) -> Iterator[tuple[tuple[Message, ...], Reply]]:
    """What was asked, and what came back, turn by turn.

    Of an attacker that adapts, each message stands alone after the instructions: which of its earlier ones it went on
    from is not kept.
    """
    messages = case.messages
    if exchange.pursuit is not None:
        told = tuple(message for message in messages if message.role == "system")
        for step, reply in zip(exchange.pursuit.steps, exchange.replies, strict=False):
            yield (*told, Message("user", step.said)), reply
        return
    for turn, reply in enumerate(exchange.replies):
        if turn:
            said = Message("assistant", exchange.replies[turn - 1].text)
            messages = (*messages, said, Message("user", case.follow_ups[turn - 1]))
        yield messages, reply


def _turn(guard: Guard, messages: tuple[Message, ...], reply: Reply) -> tuple[Reply, Stop, str]:
    """What a guard makes of one reply, on which side it did something, and why that cannot be told."""
    if guard.spec.input:
        before = guard.input(messages)
        if _broken(before):
            return reply, "unknown", f"a check of what went in was not made ({before.reason})"
        if not before.goes_on:
            return replace(reply, text=before.text, finish="content_filter"), "input", ""
        if before.messages != messages:
            return reply, "unknown", "it would have changed what was asked, and the answer to that is not known"
    if not guard.spec.output:
        return reply, "no", ""
    after = guard.output(reply.text, messages=messages)
    if _broken(after):
        return reply, "unknown", f"a check of what came out was not made ({after.reason})"
    finish = reply.finish if after.goes_on else "content_filter"
    return replace(reply, text=after.text, finish=finish), "output" if after.text != reply.text else "no", ""


def _broken(ruling: Ruling) -> bool:
    """Whether a check was not made: that it blocks then is right, and no proof that it would have seen anything."""
    return any(one.reason != "needless" for one in ruling.skipped) and not any(
        one.action == ruling.action for one in ruling.seen
    )


def is_success(outcome: Score | Missing) -> bool:
    """Whether an attack got through."""
    return isinstance(outcome, Score) and outcome.value == 1.0
