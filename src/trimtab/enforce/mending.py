"""What becomes of a reply in which a rule with `action: revise` found something: a model writes it anew, in time.

A revision goes on only if all checks of the guard let it. Whatever else happens, the reply is blocked.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trimtab._canonical import digest
from trimtab.enforce.checks import Checks, Look
from trimtab.enforce.helper import Helper
from trimtab.enforce.revise import Effort, Revision, revise
from trimtab.enforce.ruling import Action, Ruling, Skipped
from trimtab.enforce.verdict import Kept, Verdict
from trimtab.kinds import Ask, Message
from trimtab.policy import Candidate, GuardSpec
from trimtab.policy.guard_spec import ReviseSpec
from trimtab.policy.principle_spec import PrincipleSpec
from trimtab.policy.system_spec import Generation

Weigh = Callable[[Look, float], Ruling]
"""The ruling on what was looked at, begun at that moment of the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mender:
    """Has replies of one guard written anew. Immutable; threads and tasks may share it.

    `principles` are those of the policy: where one has the test by which something was found, its text tells the
    model what is asked.
    """

    spec: ReviseSpec
    refusal: str  # said instead of a reply that could not be revised
    ask: Ask
    generation: Generation = field(default_factory=Generation)
    principles: Mapping[str, PrincipleSpec] = field(default_factory=dict)
    helper: Helper | None = None  # to be closed with the guard
    identity: str = ""  # digest of the model and of what it is told

    @classmethod
    def of(cls, spec: GuardSpec, models: Mapping[str, Candidate], principles: Mapping[str, PrincipleSpec]) -> "Mender":
        """For a guard of a policy, whose models these are.

        Raises:
            KeyError: It names another one; `check` reports that.
            PluginError: The model's system is not installed, or does not take its fields.
        """
        assert spec.revise is not None
        model = models[spec.revise.model]
        helper = Helper(model)
        return cls(
            spec=spec.revise,
            refusal=spec.refusal,
            ask=helper.ask,
            generation=model.generation,
            principles=principles,
            helper=helper,
            identity=digest({"model": model.told, "texts": {name: one.text for name, one in principles.items()}}),
        )

    async def mended(
        self,
        ruling: Ruling,
        one: Look,
        *,
        messages: Sequence[Message] | None,
        checks: Checks,
        budget: float,
        weigh: Weigh,
    ) -> Ruling:
        """The ruling on a reply, once it has been written anew or could not be.

        Args:
            ruling: What was ruled on it: that it be revised.
            one: What was seen of it.
            messages: The conversation as the model behind the guard saw it; None where it may not be shown, or the
                reply is nothing that may be written anew.
            checks: All that are made of a reply.
            budget: Seconds for the checks of one draft.
            weigh: Rules on a draft that was looked at.
        """
        begun = time.perf_counter()
        if messages is None:
            return self._blocked(ruling, begun, None)
        draft = checks.text(one)  # as much of it as may be shown: what other rules mask is masked
        looks: dict[str, tuple[Look, float]] = {}
        first = self._verdicts(one)
        names = {verdict.name: verdict.text for verdict in first}

        async def look(text: str) -> list[Verdict]:
            now = time.perf_counter()
            seen = Look(text, one.context, now + budget, reply=True)
            await checks.wait(seen)
            looks[text] = (seen, now)
            found = self._verdicts(seen)
            kept = names.keys() - {verdict.name for verdict in found}
            return [*found, *(Verdict(name=name, kept=Kept.KEPT, text=names[name]) for name in sorted(kept))]

        effort = Effort(rounds=self.spec.rounds, seconds=self.spec.budget_ms / 1000.0)
        revision = await revise(
            draft, messages=messages, look=look, ask=self.ask, effort=effort, generation=self.generation, first=first
        )
        if not revision.acceptable or revision.best == 0:
            return self._blocked(ruling, begun, revision)
        again = weigh(*looks[revision.final.text])
        if not again.goes_on:
            return self._blocked(ruling, begun, revision)
        seconds = {name: ruling.seconds.get(name, 0.0) + took for name, took in again.seconds.items()}
        return replace(
            ruling,
            action=Action.REVISE,
            text=again.text,
            seconds={**ruling.seconds, **seconds},
            revision=revision,
            total=ruling.total + time.perf_counter() - begun,
        )

    def _verdicts(self, one: Look) -> list[Verdict]:
        """What of a reply may not go on, by label, and every check that was not made."""
        found: dict[str, Verdict] = {}
        for seen in one.seen:
            if not seen.action.goes_on or seen.action is Action.REVISE:
                label = seen.finding.label
                found[label] = Verdict(name=label, kept=Kept.BROKEN, text=self._text(seen.detector, label))
        for skipped in one.skipped:
            text = "The reply can be checked."
            found[skipped.detector] = Verdict(
                name=skipped.detector, kept=Kept.UNKNOWN, text=text, why=str(skipped.reason)
            )
        return list(found.values())

    def _text(self, detector: str, label: str) -> str:
        """What is asked, in the words of the principle that asks it, or by the name of what was found."""
        for principle in self.principles.values():
            test = principle.test
            counted = not test.labels or any(label == name or label.startswith(f"{name}.") for name in test.labels)
            if test.detector == detector and counted:
                return principle.text
        family, _, noun = label.partition(".")
        named = f"{noun.replace('_', ' ')} ({family})" if noun else family
        return f"The reply holds nothing of this kind: {named}."

    def _blocked(self, ruling: Ruling, begun: float, revision: Revision | None) -> Ruling:
        """As if there were no reviser: what would have been revised is blocked."""
        seen = tuple(replace(one, action=Action.BLOCK) if one.action is Action.REVISE else one for one in ruling.seen)
        failed: tuple[Skipped, ...] = ()
        if revision is not None and revision.stop in ("no-reply", "time"):
            timed = revision.stop == "time"
            failed = (Skipped(detector="reviser", reason="timeout" if timed else "crashed", detail=revision.stop),)
        return replace(
            ruling,
            action=Action.BLOCK,
            text=self.refusal,
            seen=seen,
            skipped=(*ruling.skipped, *failed),
            revision=revision,
            total=ruling.total + time.perf_counter() - begun,
        )


__all__ = ["Mender", "Weigh"]
