"""The guard: what goes into a model and what comes out, looked at by the policy's detectors."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

from trimtab._canonical import digest
from trimtab.enforce.checks import Checks, Look
from trimtab.enforce.given import check_id, check_ledger, check_reply, check_vault, outside_a_loop, values
from trimtab.enforce.mending import Mender
from trimtab.enforce.opening import opened
from trimtab.enforce.pseudonym import Pseudonyms, Vault
from trimtab.enforce.reading import Given, Reading, instructions, read, runs, unread
from trimtab.enforce.ruling import Action, Ruling, Skipped
from trimtab.enforce.stream import GuardStream
from trimtab.enforce.together import Run, look_together, wait_together
from trimtab.enforce.weighing import Restore, Weighing
from trimtab.errors import UsageError
from trimtab.kinds import Context, Message, Origin
from trimtab.policy import GuardSpec, Policy, load_policy

if TYPE_CHECKING:
    from trimtab.enforce.log import RulingLog
    from trimtab.evidence import Ledger

Messages = Sequence[Given]
"""A conversation: messages of ours, or as on the OpenAI wire."""


class Guard:
    """Applies a `GuardSpec`. Immutable after it is made; one guard serves any number of threads and tasks.

    Every detector is made when the guard is, so what is not installed or
    misconfigured is found at the start and not at the first request.
    """

    def __init__(
        self,
        spec: GuardSpec,
        *,
        actions: Mapping[str, str] | None = None,
        kept: Iterable[str] = (),
        mender: Mender | None = None,
        log: "RulingLog | None" = None,
    ) -> None:
        """Make a guard.

        Args:
            spec: Its rules.
            actions: The mildest action on a label or family, as a tier has them.
            kept: Values that must never come out (`Context.kept`).
            mender: Has replies written anew, for rules with `action: revise`; `close` closes it.
            log: Is told of every ruling; `close` closes it.

        Raises:
            PluginError: A detector is not installed, or does not take its fields.
            MissingPackageError: A detector needs an extra.
            UsageError: The key of pseudonyms is not in the environment, a rule revises and nobody does it, `kept` is no
                list of texts, or `spec` no `GuardSpec`.
        """
        if not isinstance(spec, GuardSpec):
            raise UsageError(
                f"the rules are {type(spec).__name__} and no GuardSpec.",
                'Give `GuardSpec.model_validate({"output": [...]})`, or use `Guard.from_policy`.',
            )
        if spec.revises and mender is None:
            raise UsageError("a rule of the guard has `action: revise`, and nobody revises.", "Give it a `mender`.")
        self.spec = spec
        self.mender = mender if spec.revises else None
        self._least = {label: Action(action) for label, action in (actions or {}).items()}
        self._kept = values(kept)
        pseudonyms = Pseudonyms.from_environment(spec.key_env) if spec.pseudonyms else None
        self._input = Checks(spec.input, self._least, pseudonyms)
        self._output = Checks(spec.output, self._least, pseudonyms)
        # Who only reads the text itself need not know what the operator wrote.
        self._compares = any(probe.remote or hasattr(probe.detector, "find_in") for probe in self._output.probes)
        self._weighing = Weighing(spec)
        self._budget = spec.budget_ms / 1000.0
        self._log = log
        self.digest = digest(self.identity())
        # Made once, since making one takes as long as a simple check.
        self._contexts = {origin: Context(origin=origin, kept=self._kept) for origin in get_args(Origin)}

    @classmethod
    def from_policy(
        cls,
        policy: str | Path | Policy,
        *,
        system: str,
        candidate: str = "",
        kept: Iterable[str] = (),
        ledger: "str | Path | Ledger | None" = None,
        every: float = 60.0,
    ) -> Self:
        """The guard that a policy puts in front of a system, or of one of its candidates.

        Args:
            policy: Its file, or itself.
            system: A system of it.
            candidate: One of that system's, or the guard of production.
            kept: Values that must never come out (`Context.kept`).
            ledger: Where rulings are recorded. Close the guard in the end, or use `with`.
            every: Seconds between records.

        Raises:
            PolicyError: The policy has mistakes.
            UsageError: There is no such system or candidate, no guard in front of it, or no key in the environment.
            LedgerError: The ledger cannot be opened.
        """
        check_ledger(ledger, every)
        loaded = policy if isinstance(policy, Policy) else load_policy(policy)
        found = opened(loaded, system, candidate)
        fields: dict[str, Any] = {"actions": found.actions, "kept": kept, "mender": found.mender}
        if ledger is None:
            return cls(found.rules, **fields)
        from trimtab.enforce.log import RulingLog  # noqa: PLC0415  # a guard without a ledger loads none
        from trimtab.enforce.seal import Seal  # noqa: PLC0415
        from trimtab.evidence import Ledger, Subject  # noqa: PLC0415

        seal = Seal.from_environment(found.rules.key_env)
        written = ledger if isinstance(ledger, Ledger) else Ledger.open(ledger)
        subject = Subject(system=system, candidate=candidate)
        owns = written is not ledger
        log = RulingLog(written, subject=subject, policy=loaded.digest, seal=seal, every=every, owns=owns)
        try:
            return cls(found.rules, **fields, log=log)
        except BaseException:
            log.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write the rulings that are not in the ledger yet, and leave who revises. Safe to call twice.

        Raises:
            LedgerError: It cannot be written.
        """
        if self.mender is not None and self.mender.helper is not None:
            self.mender.helper.close()
        if self._log is not None:
            self._log.close()

    def warm(self) -> None:
        """Let every detector here look once, so that what they load then delays nobody; else the first text waits."""
        self._input.warm()
        self._output.warm()

    @property
    def waits(self) -> bool:
        """Whether somebody must be waited for: within an event loop only the forms that begin with `a` will do."""
        return self._input.remote or self._output.remote or self.mender is not None

    def identity(self) -> dict[str, Any]:
        """What makes two rulings comparable: the rules, and the detectors with their versions. JSON."""
        # A guard that nobody revises for is what it was before that could be said.
        unsaid = None if self.spec.revise else {"revise"}
        return {
            "rules": self.spec.model_dump(mode="json", by_alias=True, exclude=unsaid),
            "actions": {label: str(action) for label, action in self._least.items()},
            "detectors": self._input.versions | self._output.versions,
            **({"reviser": self.mender.identity} if self.mender else {}),
        }

    # -- rulings -----------------------------------------------------------------

    def input(self, messages: Messages, *, vault: Vault | None = None, about: str = "") -> Ruling:
        """What may go into the model. From within an event loop, use `ainput`.

        Args:
            messages: The conversation so far.
            vault: Keeps what pseudonyms stand for, so that `output` can restore it.
            about: An id for the ledger, by which a text that is held can be found where it is kept: a UUID, or one
                such as request-7. Any other could name somebody, and is sealed.

        Raises:
            UsageError: A detector must be waited for, and this is called from within an event loop; or what is given
                is of another kind.
        """
        check_id(about)
        if self._input.remote:
            outside_a_loop("input")
            return asyncio.run(self.ainput(messages, vault=vault, about=about))
        self._input.warm()
        begun = time.perf_counter()
        asked = self._requested(messages, begun, vault)
        for one in asked.looks:
            self._input.run(one)
        for run in asked.runs:
            look_together(self._input, run, self._budget)
        return self._requests(asked, begun, about)

    async def ainput(self, messages: Messages, *, vault: Vault | None = None, about: str = "") -> Ruling:
        """As `input`, from within an event loop."""
        check_id(about)
        self._input.warm()
        begun = time.perf_counter()
        asked = await self._waited(messages, begun, vault)
        return self._requests(asked, begun, about)

    def output(
        self,
        text: str,
        *,
        messages: Messages = (),
        vault: Vault | None = None,
        arguments: bool = False,
        confidence: float | None = None,
        about: str = "",
        prose: bool = True,
    ) -> Ruling:
        """What may come out of the model.

        Args:
            text: The reply.
            messages: The conversation that it answers.
            vault: That of the conversation; where the policy says `restore`, the reply gets back what it keeps.
            arguments: The text is JSON, such as the arguments of a tool call, and stays so when parts of it are masked
                and when it gets back values.
            confidence: How sure the model is of it, in [0, 1]. Where the policy asks for one, a missing one counts as
                below what it asks.
            about: As for `input`.
            prose: The text may be written anew where a rule says so. Arguments never are.

        Raises:
            UsageError: As `input`; also where the policy has replies written anew.
        """
        restore = self._restoring(vault, json=arguments)
        said = self._said(messages, about, prose=prose, arguments=arguments)
        ruling = self._reply(text, said, restore, confidence)
        return ruling if self._log is None else self._logged(ruling, text, about)

    async def aoutput(
        self,
        text: str,
        *,
        messages: Messages = (),
        vault: Vault | None = None,
        arguments: bool = False,
        confidence: float | None = None,
        about: str = "",
        prose: bool = True,
    ) -> Ruling:
        """As `output`, from within an event loop."""
        restore = self._restoring(vault, json=arguments)
        said = self._said(messages, about, prose=prose, arguments=arguments)
        ruling = await self._areply(text, said, restore, confidence)
        return ruling if self._log is None else self._logged(ruling, text, about)

    def harmless(self, name: str, *, messages: Messages = ()) -> bool:
        """Whether an id or a name that comes with a reply may come out as it is.

        Only who need not be waited for looks, also at the words that it is made of, and nothing is recorded.
        """
        words = name.replace("_", " ")
        text = name if words == name else f"{name}\n{words}"
        one = self._looking(text, self._said(messages, prose=False, arguments=False), time.perf_counter())
        self._output.run(one)
        return not one.seen and not one.skipped

    def stream(
        self,
        *,
        messages: Messages = (),
        vault: Vault | None = None,
        arguments: bool = False,
        about: str = "",
        prose: bool = True,
    ) -> GuardStream:
        """For a reply that arrives in pieces: lets through what no later piece can change the ruling on.

        Where the policy asks for a confidence, nothing goes on before `close(confidence=...)`, nor where it has
        replies written anew, nor of `arguments`, which nobody can use by halves, nor where a check of the reply needs
        instructions that could not be read.
        """
        said = self._said(messages, about, prose=prose, arguments=arguments)
        restore = self._restoring(vault, json=arguments)
        self._output.warm()
        return GuardStream(
            checks=self._output,
            context=said.context,
            budget=self._budget,
            hold_back=self.spec.hold_back,
            whole=arguments or bool(said.unread) or self.spec.confidence is not None or self.mender is not None,
            refusal=self.spec.refusal,
            restore=restore,
            rule=lambda text, confidence: self._reply(text, said, restore, confidence),
            arule=lambda text, confidence: self._areply(text, said, restore, confidence),
            told=None if self._log is None else lambda ruling, text: self._logged(ruling, text, about),
        )

    # -- how ---------------------------------------------------------------------

    def _said(self, messages: Messages, about: str = "", *, prose: bool, arguments: bool) -> "_Said":
        check_id(about)
        context, missing = self._contexts["assistant"], ""
        if messages:
            readings = read(messages)
            context = Context(origin="assistant", instructions=instructions(readings), kept=self._kept)
            missing = unread(readings) if self._compares else ""
        prose = prose and not arguments
        return _Said(messages=messages, context=context, unread=missing, prose=prose, arguments=arguments)

    def _looking(self, text: str, said: "_Said", begun: float) -> Look:
        """A reply to be looked at; without its instructions some check of it cannot be made."""
        one = Look(text, said.context, begun + self._budget, reply=True, arguments=said.arguments)
        if said.unread:
            one.skipped.append(Skipped(detector="guard", reason="crashed", detail=said.unread))
        return one

    def _restoring(self, vault: Vault | None, *, json: bool) -> Restore | None:
        check_vault(vault)
        return partial(vault.restore, json=json) if vault is not None and self.spec.restore else None

    def _logged(self, ruling: Ruling, text: str, about: str) -> Ruling:
        if self._log is not None:
            self._log.add("output", ruling, {(0, 0): text}, guard=self.digest, about=about)
        return ruling

    def _reply(self, text: str, said: "_Said", restore: Restore | None, confidence: float | None) -> Ruling:
        check_reply(text, confidence)
        if self._output.remote or self.mender is not None:
            outside_a_loop("output")
            return asyncio.run(self._areply(text, said, restore, confidence))
        self._output.warm()
        begun = time.perf_counter()
        one = self._looking(text, said, begun)
        self._output.run(one)
        return self._weighing.reply(self._output, one, begun, restore=restore, confidence=confidence)

    async def _areply(self, text: str, said: "_Said", restore: Restore | None, confidence: float | None) -> Ruling:
        check_reply(text, confidence)
        self._output.warm()
        begun = time.perf_counter()
        one = self._looking(text, said, begun)
        await self._output.wait(one)
        ruling = self._weighing.reply(self._output, one, begun, restore=restore, confidence=confidence)
        if ruling.action is not Action.REVISE or self.mender is None:
            return ruling

        def weigh(draft: Look, since: float) -> Ruling:
            return self._weighing.reply(self._output, draft, since, restore=restore, confidence=confidence)

        messages = await self._shown(said.messages) if said.prose else None
        return await self.mender.mended(
            ruling, one, messages=messages, checks=self._output, budget=self._budget, weigh=weigh
        )

    async def _shown(self, messages: Messages) -> Sequence[Message] | None:
        """A conversation as the model behind the guard sees it; None where it may see nothing of it."""
        self._input.warm()
        begun = time.perf_counter()
        asked = await self._waited(messages, begun, None)
        ruling = self._weighing.request(self._input, asked.readings, asked.looks, begun)
        return ruling.messages if ruling.goes_on else None

    async def _waited(self, messages: Messages, begun: float, vault: Vault | None) -> "_Asked":
        """A request that everybody has looked at."""
        asked = self._requested(messages, begun, vault)
        await asyncio.gather(*(self._input.wait(one) for one in asked.looks))
        await asyncio.gather(*(wait_together(self._input, run, self._budget) for run in asked.runs))
        return asked

    def _requested(self, messages: Messages, begun: float, vault: Vault | None) -> "_Asked":
        check_vault(vault)
        deadline = begun + self._budget
        readings = read(messages)
        looks: list[Look] = []
        for number, reading in enumerate(readings):
            context = self._contexts[reading.origin]
            if reading.odd:
                odd = Look("", context, deadline, number)
                odd.skipped.append(Skipped(detector="guard", reason="crashed", detail=reading.odd))
                looks.append(odd)
            looks += [
                Look(text, context, deadline, number, part, here=part in reading.ids, vault=vault)
                for part, text in enumerate(reading.texts)
            ]
        together = runs(readings)
        if not together:
            return _Asked(readings, looks, ())
        at = {(one.message, one.part): one for one in looks}
        return _Asked(readings, looks, [[at[place] for place in places] for places in together])

    def _requests(self, asked: "_Asked", begun: float, about: str) -> Ruling:
        ruling = self._weighing.request(self._input, asked.readings, asked.looks, begun)
        if self._log is not None:
            texts = {(one.message, one.part): one.text for one in asked.looks}
            self._log.add("input", ruling, texts, guard=self.digest, about=about)
        return ruling


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request: its messages, its texts, and which of these are looked at together as well."""

    readings: Sequence[Reading]
    looks: Sequence[Look]
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a reply answers, whether it is prose that may be written anew, and whether it is JSON that stays so.

    `unread` says what a check of it needs and nobody could read, if anything.
    """

    messages: Messages
    context: Context
    unread: str
    prose: bool
    arguments: bool
