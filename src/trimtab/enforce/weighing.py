"""What is to be done with texts that were looked at: the strictest of all that was seen, not looked at, or doubted."""

import time
from collections.abc import Callable, Iterable, Sequence

from trimtab.enforce.checks import Checks, Look
from trimtab.enforce.reading import Reading
from trimtab.enforce.ruling import Action, Doubt, Ruling
from trimtab.policy import GuardSpec

Restore = Callable[[str], str]
"""Gives a text back what its pseudonyms stand for."""


class Weighing:
    """Makes rulings of what was seen, by a guard's word on crashes, doubts, and what is said instead. Immutable."""

    def __init__(self, spec: GuardSpec) -> None:
        self._crash = Action(spec.on_crash)
        # What is to be revised is not there yet: until it is, it does not go on.
        self._instead = {Action.BLOCK: spec.refusal, Action.ESCALATE: spec.held, Action.REVISE: spec.refusal}
        self._confidence = spec.confidence

    def request(self, checks: Checks, readings: Sequence[Reading], looks: Sequence[Look], begun: float) -> Ruling:
        """Put together what was seen of all texts of a request; `begun` is of the clock."""
        seconds: dict[str, float] = {}
        quiet = True
        for one in looks:
            if one.seen or one.skipped:
                quiet = False
            for name, took in one.seconds.items():
                seconds[name] = seconds.get(name, 0.0) + took
        unlooked = tuple(
            [(one.message, one.part) for one in looks if one.text and one.context.origin not in checks.origins]
        )
        if quiet:
            return Ruling(
                action=Action.ALLOW,
                unlooked=unlooked,
                messages=tuple([reading.message(reading.texts) for reading in readings]),
                wire=tuple([reading.wire(reading.texts) for reading in readings]),
                seconds=seconds,
                total=time.perf_counter() - begun,
            )
        texts: list[list[str]] = [[] for _ in readings]
        for one in looks:
            texts[one.message].append(checks.text(one))
        action = self._strictest(looks)
        goes_on = action.goes_on
        return Ruling(
            action=action,
            text="" if goes_on else self._instead[action],
            messages=tuple([r.message(new) for r, new in zip(readings, texts, strict=True)]) if goes_on else (),
            wire=tuple([r.wire(new) for r, new in zip(readings, texts, strict=True)]) if goes_on else (),
            seen=tuple(seen for one in looks for seen in one.seen),
            skipped=tuple(skipped for one in looks for skipped in one.skipped),
            unlooked=unlooked,
            seconds=seconds,
            total=time.perf_counter() - begun,
        )

    def reply(
        self, checks: Checks, one: Look, begun: float, *, restore: Restore | None, confidence: float | None
    ) -> Ruling:
        """What becomes of a reply that was looked at, and of which the model is so sure."""
        doubt = self._doubt(confidence)
        if not one.seen and not one.skipped and doubt is None:
            text = restore(one.text) if restore else one.text
            return Ruling(action=Action.ALLOW, text=text, seconds=one.seconds, total=time.perf_counter() - begun)
        text = checks.text(one)
        action = self._strictest((one,))
        if doubt is not None:
            action = max(action, doubt.action, key=lambda each: each.strictness)
        if action.goes_on and restore:
            text = restore(text)
        return Ruling(
            action=action,
            text=text if action.goes_on else self._instead[action],
            seen=tuple(one.seen),
            skipped=tuple(one.skipped),
            doubt=doubt,
            seconds=one.seconds,
            total=time.perf_counter() - begun,
        )

    def _doubt(self, confidence: float | None) -> Doubt | None:
        """The doubt about an answer that is not as sure as the policy asks; NaN and the like count as missing."""
        asked = self._confidence
        if asked is None:
            return None
        sure = confidence if confidence is not None and 0.0 <= confidence <= 1.0 else None
        if sure is not None and sure >= asked.at_least:
            return None
        return Doubt(confidence=sure, at_least=asked.at_least, action=Action(asked.action))

    def _strictest(self, looks: Iterable[Look]) -> Action:
        """What is to be done, once everything has been masked: that may fail as well."""
        strictest = Action.ALLOW
        for one in looks:
            for seen in one.seen:
                strictest = max(strictest, seen.action, key=lambda each: each.strictness)
            if any(skipped.reason != "needless" for skipped in one.skipped):
                strictest = max(strictest, self._crash, key=lambda each: each.strictness)
        return strictest
