"""Makes the plugin class of an attack that has no configuration: most differ in a few words, or one function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from trimtab.kinds import Attempt

JAILBREAK = ("owasp-llm-2026:LLM01", "mitre-atlas:AML.T0054")

_FACTS = ("name", "version", "family", "about", "source", "controls")


def attack(
    name: str,
    family: str,
    about: str,
    source: str,
    change: Callable[[Attempt, int], Attempt | None],
    *,
    controls: Sequence[str] = JAILBREAK,
    module: str,
) -> type:
    """A frozen dataclass without fields that is an `Attack`.

    Args:
        name: What policies call it.
        family: See `Attack`.
        about: See `Attack`.
        source: See `Attack`.
        change: From an attempt and a variant to the attempt in this dress.
        controls: See `Attack`.
        module: Where the class is bound to a name, so that it can be pickled.
    """

    def apply(self: Any, attempt: Attempt, *, variant: int) -> Attempt | None:  # noqa: ARG001  # it has no fields
        return change(attempt, variant)

    title = "".join(part.capitalize() for part in name.split("-"))
    values: dict[str, Any] = {
        **dict(zip(_FACTS, (name, "1", family, about, source, tuple(controls)), strict=True)),
        "apply": apply,
        "__doc__": about,
        "__module__": module,
        "__annotations__": dict.fromkeys(_FACTS, ClassVar[Any]),
    }
    return dataclass(frozen=True)(type(title, (), values))
