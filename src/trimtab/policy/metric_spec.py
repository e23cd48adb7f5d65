"""What is measured, on which cases, and whose word counts."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from trimtab._canonical import digest
from trimtab.policy.fields import Name, Strict, Texts, list_as_tuple
from trimtab.policy.tool_run import ToolRun

Way = Literal["case", "spacing", "words", "options", "opening"]


class Rewrite(Strict):
    """The cases of a suite in other words, paired with the originals by their ids."""

    ways: Annotated[tuple[Way, ...], BeforeValidator(list_as_tuple)] = Field(
        default=("case", "spacing", "words", "options", "opening"),
        min_length=1,
        description="Lower case, spacing, other words for instructions, another order of options, an opening.",
    )
    seed: int = Field(default=0, ge=0, description="Of what is drawn; another seed, another wording.")


PUBLISHED = {"bbq": "multiple-choice", "crows-pairs": "stereotype-preference", "winobias": "quality-gap"}
"""Published formats of case files, and how their cases are scored unless the policy says otherwise."""

_OPTIONS = {"bbq": ("context", "metadata"), "crows-pairs": (), "winobias": ("anti",)}
_CONTEXTS = ("ambiguous", "disambiguated")


class SuiteSpec(Strict):
    """Where cases come from: exactly one of `builtin`, `file`, `python`, `imported`."""

    builtin: str = Field(default="", description="Name of an installed suite; `trimtab suites` lists them.")
    file: str = Field(default="", description="JSONL, CSV or Parquet cases, or the YAML head of a suite.")
    format: Literal["", "bbq", "crows-pairs", "winobias"] = Field(
        default="", description="The published format that the `file` is in, when it is not one of ours."
    )
    python: str = Field(default="", description="`module:function` that yields cases.")
    imported: Literal["", "inspect", "lm-eval", "garak", "promptfoo", "mlflow", "csv"] = Field(
        default="", description="The tool whose results `trimtab import` reads; nothing is asked."
    )
    run: ToolRun | None = Field(
        default=None, description="How `trimtab import --run` runs the tool of `imported`: garak or inspect."
    )
    score: str = Field(default="", description="Metric plugin; the suite's own when left out.")
    cases: int = Field(default=200, ge=1, le=10_000_000, description="How many cases at most.")
    seed: int = Field(default=0, ge=0, description="Seed of generation and of the order.")
    max_tokens: int | None = Field(default=None, ge=1, description="Longest reply for these cases.")
    with_: dict[str, Any] = Field(
        default_factory=dict, alias="with", description="Fields of the suite plugin, or of the format."
    )
    attacker: Annotated[str, Field(pattern=r"^([A-Za-z0-9][\w.-]*)?$")] = Field(
        default="",
        description="Of a suite whose attackers adapt: who writes their messages. One of `attackers`, `none` (wordings "
        "of their own), or `embedded`, the small model of `trimtab[demo]`, when left out.",
    )
    rewrite: Rewrite | None = Field(default=None, description="Ask the same cases in other words.")
    part: Annotated[str, Field(pattern=r"^([1-9]\d?/[1-9]\d?)?$")] = Field(
        default="", description="`2/5`: the second of five parts that share no cluster, the rest held out for later."
    )

    @model_validator(mode="after")
    def _a_part_of_them(self) -> "SuiteSpec":
        number, _, of = self.part.partition("/")
        if self.part and int(number) > int(of):
            raise ValueError(f"there is no part {number} of {of}")
        return self

    @model_validator(mode="after")
    def _one_source(self) -> "SuiteSpec":
        if sum(map(bool, (self.builtin, self.file, self.python, self.imported))) != 1:
            raise ValueError("give exactly one of builtin, file, python, imported")
        return self

    @model_validator(mode="after")
    def _a_tool_that_can_be_run(self) -> "SuiteSpec":
        trouble = self.run.trouble(self.imported) if self.run else ""
        if trouble:
            raise ValueError(trouble)
        return self

    @property
    def asked_of_tool(self) -> str:
        """Digest of what another tool is run to ask; empty if none is run."""
        if self.run is None:
            return ""
        return digest({"tool": self.imported, "run": self.run.asked, "seed": self.seed, "max_tokens": self.max_tokens})

    @model_validator(mode="after")
    def _fits_its_format(self) -> "SuiteSpec":
        if not self.format:
            return self
        if not self.file:
            raise ValueError("`format` belongs to a `file`")
        known = _OPTIONS[self.format]
        unknown = [str(key)[:40] for key in self.with_ if key not in known]
        if unknown:
            takes = f"takes {' and '.join(known)}" if known else "takes nothing"
            raise ValueError(f"`with` of format {self.format} {takes}, not {', '.join(unknown)}")
        if not all(isinstance(value, str) and value for value in self.with_.values()):
            raise ValueError(f"`with` of format {self.format} takes texts")
        if self.format == "bbq" and self.with_.get("context") not in _CONTEXTS:
            # They are scored in different ways, so a mixture of them would mean nothing.
            raise ValueError(f"format bbq needs `with: {{context: {' or '.join(_CONTEXTS)}}}`")
        return self


class Source(Strict):
    """Where a metric's numbers come from."""

    suite: str = Field(min_length=1, description="A suite of this policy, or the name of an installed one.")
    score: str = Field(default="", description="Metric plugin, when not the suite's own.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the metric plugin.")


class Gold(Strict):
    """Whose word counts more than the metric's own, and how much better the metric may make a candidate look."""

    metric: Name = Field(description="A metric on the same suite: an independent judge, or human marks.")
    gap_at_most: Annotated[float, Field(gt=0.0, lt=1.0, description="Mean by which the metric may flatter.")]


class MetricSpec(Strict):
    """One thing that is measured, by whom it is owned, and what is aimed at."""

    question: str = Field(min_length=1, description="What the metric answers, for a reader who is not an engineer.")
    better: Literal["higher", "lower"]
    unit: str = Field(default="ratio", description="ratio, seconds, tokens, money, ...")
    target: float = Field(description="The number aimed at.")
    owner: Name
    source: Source
    links: Texts = Field(default=(), description="Controls it answers to, e.g. owasp-llm-2026:LLM01.")
    judged_by: Name | None = Field(
        default=None,
        description="An independent judge: a metric of this policy that must clear the same requirement as well.",
    )
    gold: Gold | None = Field(default=None, description="What the metric is held against, case by case.")
    reviewed_by: Name | None = Field(
        default=None, description="Of a detector's metric: human marks of every reply that it flags."
    )
