"""What a guard does about what goes into a model and what comes out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from trimtab.policy.fields import Name, Positive, Ratio, Strict, list_as_tuple

_ATTACK = "attack"
_OTHERS = ("user", "assistant", "tool")
OF_REPLIES = _OTHERS
"""The origins that a rule on output is written out with, though they say nothing there."""


def among(name: str, labels: Iterable[str]) -> bool:
    """Whether a name is one of the labels, or their family."""
    return any(one == name or one.startswith(f"{name}.") for one in labels)


def narrowed(labels: Sequence[str], wanted: object) -> tuple[str, ...]:
    """Those of a detector's labels that somebody wants of it; all where that is no list of such labels or families."""
    names = wanted if isinstance(wanted, list | tuple) else ()
    if not names or not all(isinstance(name, str) and among(name, labels) for name in names):
        return tuple(labels)
    return tuple(label for label in labels if any(among(name, [label]) for name in names))


class GuardRule(Strict):
    """What to do about what one detector finds."""

    detector: str = Field(description="Name of an installed detector; `patterns`, for one.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the detector plugin.")
    labels: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="Labels or families it counts; all when left out."
    )
    threshold: Ratio = Field(default=0.5, description="Confidence from which a finding counts.")
    action: Literal["mask", "revise", "escalate", "block"] = Field(
        description="`revise`, of output rules: a model writes the reply anew, and it is blocked if that does not help."
    )
    origins: (
        Annotated[
            tuple[Literal["system", "user", "assistant", "tool"], ...],
            BeforeValidator(list_as_tuple),
            Field(min_length=1),
        ]
        | None
    ) = Field(
        default=None,
        description="Whose messages are looked at; of input rules only. Everybody's when left out; where only attacks "
        "are looked for, not those of `system`, which may give orders.",
    )
    how: Literal["label", "pseudonym"] = Field(
        default="label",
        description="What stands where something was masked: its name, or a pseudonym, always the same for a value.",
    )

    def looks_at(self, labels: Sequence[str] = ()) -> tuple[str, ...]:
        """Whose messages it looks at, given the labels that its detector can find.

        An order in a system prompt is what a system prompt is for, so who looks for attacks alone does not look there
        unless told to.
        """
        if self.origins is not None:
            return self.origins
        sought = self.labels or tuple(labels)
        attacks = bool(sought) and all(label.partition(".")[0] == _ATTACK for label in sought)
        return _OTHERS if attacks else ("system", *_OTHERS)

    @model_validator(mode="after")
    def _only_masks_have_a_how(self) -> "GuardRule":
        if self.how != "label" and self.action != "mask":
            raise ValueError("`how` is for `action: mask`")
        return self


class ConfidenceSpec(Strict):
    """How sure a system must be of an answer, or a person sees it first."""

    at_least: Ratio = Field(description="The confidence from which an answer goes on; missing counts as below.")
    from_: Literal["logprobs", "agreement"] = Field(
        alias="from", description="What it is made of: the model's own probabilities, or agreement between samples."
    )
    action: Literal["escalate", "block"] = Field(default="escalate", description="What becomes of an answer below it.")
    samples: Annotated[int, Field(ge=1, le=100)] = Field(
        default=5, description="Further answers that are drawn for `from: agreement`; each costs as much as the first."
    )


class ReviseSpec(Strict):
    """Who writes a reply anew in which a rule with `action: revise` found something, and how long that may take."""

    model: Name = Field(description="One of `models`.")
    rounds: Annotated[int, Field(ge=1, le=10)] = Field(
        default=2, description="Times at most that it is told what is wrong, and writes the reply anew."
    )
    budget_ms: Positive = Field(default=10_000.0, description="Milliseconds for all rounds; then the reply is blocked.")


def _of_replies(rule: GuardRule) -> GuardRule:
    """Of a rule on output `origins` says nothing; it is written as ever, so that a guard stays what it was."""
    if rule.origins not in (None, OF_REPLIES):
        raise ValueError("`origins` says whose messages are looked at, and output is the model's own; remove it")
    if rule.origins is not None:
        return rule
    # As if nobody had named them: a policy that is written out does not say them.
    found = rule.model_copy(update={"origins": OF_REPLIES})
    found.model_fields_set.discard("origins")
    return found


class GuardSpec(Strict):
    """Rules on what goes into a model and what comes out."""

    input: Annotated[tuple[GuardRule, ...], BeforeValidator(list_as_tuple)] = ()
    output: Annotated[
        tuple[Annotated[GuardRule, AfterValidator(_of_replies)], ...], BeforeValidator(list_as_tuple)
    ] = ()
    on_crash: Literal["block", "escalate"] = Field(
        default="block", description="What a check that crashed, or had no time, does to the text."
    )
    budget_ms: Positive = Field(default=1000.0, description="Milliseconds for all checks of one text.")
    refusal: str = Field(
        default="I cannot help with that.", min_length=1, description="Said instead of a blocked text."
    )
    held: str = Field(
        default="A person will look at this first.",
        min_length=1,
        description="Said instead of a text that is held for a person.",
    )
    hold_back: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Characters of a streamed reply that are held back; as far as the detectors reach if left out. "
        "With fewer, more replies end blocked because their end contradicts what had gone on.",
    )

    key_env: str = Field(
        default="",
        pattern=r"^([A-Za-z_]\w*)?$",
        description="Environment variable with the key of pseudonyms, and of what the ledger says of texts.",
    )
    restore: bool = Field(
        default=False, description="Replies get back what pseudonyms of their own conversation stand for."
    )
    confidence: ConfidenceSpec | None = None
    revise: ReviseSpec | None = None

    @property
    def revises(self) -> bool:
        """Whether any rule has replies written anew, which are then held back to their end."""
        return any(rule.action == "revise" for rule in self.output)

    @property
    def pseudonyms(self) -> bool:
        """Whether any rule masks with pseudonyms, which need the key."""
        return any(rule.how == "pseudonym" for rule in (*self.input, *self.output))

    def alone(self) -> "GuardSpec":
        """This guard where nobody revises: what would be revised is blocked."""
        blocking = tuple(
            rule.model_copy(update={"action": "block"}) if rule.action == "revise" else rule for rule in self.output
        )
        return self.model_copy(update={"output": blocking, "revise": None}) if self.revises else self

    def changed(self, settings: Mapping[str, Any]) -> "GuardSpec":
        """This guard with other thresholds or actions, by paths such as `guard.output.0.threshold`.

        A rule is named by its place or, if no other rule on its side has the same, by its detector.

        Raises:
            LookupError: A path leads nowhere.
        """
        data = self.model_dump(by_alias=True)
        for path, value in settings.items():
            steps = path.split(".")
            if len(steps) == 3 and steps[1] == "confidence" and data["confidence"] is not None:
                data["confidence"] = {**data["confidence"], steps[2]: value}
                continue
            if len(steps) != 4 or steps[1] not in ("input", "output"):
                raise LookupError(path)
            place = self.rule_at(steps[1], steps[2])
            data[steps[1]] = [
                {**rule, steps[3]: value} if number == place else rule for number, rule in enumerate(data[steps[1]])
            ]
        return GuardSpec.model_validate(data)

    def rule_at(self, side: str, name: str) -> int:
        """The place of the rule that a step of a path names.

        Raises:
            LookupError: There is none, or several.
        """
        rules = self.input if side == "input" else self.output
        if name.isdecimal():
            if int(name) < len(rules):
                return int(name)
            raise LookupError(name)
        found = [number for number, rule in enumerate(rules) if rule.detector == name]
        if len(found) != 1:
            raise LookupError(name)
        return found[0]

    @model_validator(mode="after")
    def _some_rule(self) -> "GuardSpec":
        if not self.input and not self.output and self.confidence is None:
            raise ValueError("a guard without rules guards nothing")
        return self

    @model_validator(mode="after")
    def _replies_are_revised(self) -> "GuardSpec":
        if any(rule.action == "revise" for rule in self.input):
            raise ValueError("`action: revise` is for rules on output: what somebody else wrote is not written anew")
        if self.revises and self.revise is None:
            raise ValueError("`action: revise` needs `revise`, the model that writes replies anew")
        if self.revises and self.confidence is not None:
            raise ValueError(
                "`action: revise` and `confidence` exclude each other: nobody knows how sure a revision is"
            )
        return self

    @model_validator(mode="after")
    def _pseudonyms_have_a_key(self) -> "GuardSpec":
        if self.pseudonyms and not self.key_env:
            raise ValueError("`how: pseudonym` needs `key_env`, the environment variable with the key")
        if self.restore and not any(rule.how == "pseudonym" for rule in self.input):
            raise ValueError("`restore` needs a rule on input with `how: pseudonym`; nothing else can be restored")
        return self
