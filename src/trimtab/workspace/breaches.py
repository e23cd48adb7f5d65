"""Attacks that got through in this run: kept while it goes on, looked into once it is over, and recorded."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trimtab._canonical import text_digest
from trimtab.decision.attacks import Tried
from trimtab.evidence.attacks import GotThrough
from trimtab.kinds import Case, Exchange, Message, Metric, Missing, Score, Shape
from trimtab.measure.redact import planted, redact
from trimtab.measure.runner import Result
from trimtab.policy import Policy
from trimtab.workspace.stopping import Tryout, is_success

MOST = 500  # successes of a candidate that are told one by one; each is looked at by every guard
_TURNS = 8  # of a conversation, the last ones, that a transcript shows


def tried_by(case: Case) -> Tried | None:
    """What a case says that it tries; None when it is no attack."""
    told: Mapping[str, Any] = case.expect
    if not (told.get("technique") and told.get("family")):
        return None
    controls = told.get("controls", ())
    return Tried(
        family=str(told["family"]),
        technique=str(told["technique"]),
        hazard=str(told.get("hazard", "")),
        controls=tuple(map(str, controls)) if isinstance(controls, list | tuple) else (),
    )


@dataclass(slots=True)
class Breaches:
    """Successes as they come, by candidate."""

    found: dict[str, list[tuple[Result, str, Metric]]] = field(default_factory=dict)
    beyond: Counter[str] = field(default_factory=Counter)

    def take(self, result: Result, metric: str, plugin: Metric, outcome: Score | Missing) -> None:
        """Keep an exchange if an attack got through in it."""
        if not is_success(outcome) or not isinstance(result.outcome, Exchange):
            return
        if plugin.shape is not Shape.RATE or plugin.better != "lower" or tried_by(result.case) is None:
            return
        kept = self.found.setdefault(result.candidate, [])
        if len(kept) < MOST:
            kept.append((result, metric, plugin))
        else:
            self.beyond[result.candidate] += 1

    def records(self, policy: Policy, system: str) -> Iterator[tuple[str, list[GotThrough]]]:
        """By candidate, what is recorded of its successes: every guard is run on each of them."""
        if not self.found:
            return
        tryout = Tryout.of(policy, system)
        for candidate, kept in self.found.items():
            yield candidate, [_record(policy, tryout, *one) for one in kept]


def _record(policy: Policy, tryout: Tryout, result: Result, metric: str, plugin: Metric) -> GotThrough:
    case, exchange, tried = result.case, result.outcome, tried_by(result.case)
    assert isinstance(exchange, Exchange)
    assert tried is not None
    stops, unknown = tryout.stops(case, exchange, plugin)
    turns: list[tuple[str, str]] = []
    omitted = 0
    if policy.evidence.text == "redacted":
        said = _said(case, exchange)
        first = said[0] if said[0].role == "system" else None
        rest = said[1:] if first else said
        omitted = max(0, len(rest) - _TURNS)
        shown = [*([first] if first else []), *rest[omitted:]]
        secrets = planted(case)
        turns = [(one.role, redact(one.content, secrets=secrets)) for one in shown]
    return GotThrough(
        metric=metric,
        suite=result.suite,
        case=case.id,
        family=tried.family,
        technique=tried.technique,
        hazard=tried.hazard,
        controls=tried.controls,
        reply=text_digest(exchange.text) if exchange.text else "",
        turns=turns,
        omitted=omitted,
        adapts=exchange.pursuit is not None,
        stops=stops,
        unknown=unknown,
    )


def _said(case: Case, exchange: Exchange) -> list[Message]:
    """The whole conversation, replies included; of an attacker that adapts, each message with its answer."""
    if exchange.pursuit is not None:
        said = [message for message in case.messages if message.role == "system"]
        for step, reply in zip(exchange.pursuit.steps, exchange.replies, strict=False):
            said += [Message("user", step.said), Message("assistant", reply.text)]
        return said
    said = list(case.messages)
    for turn, reply in enumerate(exchange.replies):
        if turn:
            said.append(Message("user", case.follow_ups[turn - 1]))
        said.append(Message("assistant", reply.text))
    return said
