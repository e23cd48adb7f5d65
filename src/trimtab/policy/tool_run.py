"""How another tool is run, so that it asks a candidate itself."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from trimtab.policy.fields import Positive, Strict, list_as_tuple

RUNNABLE = {"garak": ("probes", "generations", "prompts"), "inspect": ("task", "epochs", "limit")}
"""Tools that trimtab can run, and the keys that only they know."""

_NEEDED = {"garak": "probes", "inspect": "task"}

# Neither can begin with a hyphen, which a command would read as an option, or hold what stands between probes.
Probe = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$")]
TaskName = Annotated[
    str, Field(pattern=r"^([^-@\x00-\x1f][^@\x00-\x1f]*\.py(@[A-Za-z_]\w*)?|[A-Za-z]\w*/[A-Za-z]\w*)?$")
]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]


class ToolRun(Strict):
    """What another tool is to ask, and with which interpreter it runs."""

    probes: Annotated[tuple[Probe, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="Of garak: its probes, `MODULE.CLASS` or all active ones of a `MODULE`."
    )
    generations: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Of garak: replies to each prompt, 1 when left out."
    )
    prompts: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Of garak: prompts of a probe that draws from more; garak's own bound when left out."
    )
    task: TaskName = Field(
        default="", description="Of Inspect: `FILE.py@TASK`, or `PACKAGE/TASK` of a package installed there."
    )
    epochs: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Of Inspect: how often each sample is asked; the task's own number when left out."
    )
    limit: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None, description="Of Inspect: the first so many samples; all when left out."
    )
    python: str = Field(
        default="", description="Interpreter of the environment with the tool; trimtab's own when left out."
    )
    minutes: Positive = Field(default=60.0, description="How long it may take. One that takes longer proves nothing.")
    env: Annotated[tuple[Variable, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="Variables of the environment that it gets too, e.g. the key of a grader."
    )

    def trouble(self, tool: str) -> str:
        """Why this cannot be how a tool is run, in words; empty if it can."""
        if tool not in RUNNABLE:
            return f"`run` belongs to `imported: {' or '.join(RUNNABLE)}`"
        needed = _NEEDED[tool]
        if not getattr(self, needed):
            return f"`run` of {tool} needs `{needed}`"
        others = [key for other, keys in RUNNABLE.items() if other != tool for key in keys if getattr(self, key)]
        return f"`run` of {tool} does not take {', '.join(others)}" if others else ""

    @property
    def asked(self) -> dict[str, Any]:
        """What of it decides what is asked, as JSON; where and how long the tool runs is no part of that."""
        return self.model_dump(mode="json", exclude={"python", "minutes", "env"})
