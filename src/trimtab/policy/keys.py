"""Which keys may stand where, read off the model."""

import difflib
import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from trimtab.kinds import plugins
from trimtab.policy.document import Where
from trimtab.policy.model import Policy
from trimtab.policy.system_spec import Candidate

# Keys of the wider design on which no code acts yet. A promise that is silently ignored would be a false pass.
_NOT_ENFORCED = frozenset(
    {"consent", "human_review"},
)


def not_enforced(where: Where) -> bool:
    """Whether the key at the end of a path is one of the wider design that nothing enforces yet."""
    return where[-1] in _NOT_ENFORCED


def allowed(where: Where) -> list[str]:
    """The keys that the mapping at a path may have; empty when they are free or it is no mapping."""
    kind: Any = Policy
    for step in where:
        kind = _inside(kind, step)
    if not _is_model(kind):
        return []
    known = [field.alias or name for name, field in kind.model_fields.items()]
    if kind is Policy:
        return [*known, "include"]
    return [*known, *plugins.names("systems")] if kind is Candidate else known


def nearest(word: str, choices: Iterable[str]) -> str:
    """`Did you mean ...?`, or the choices when they are few, or nothing."""
    # A mistyped name may hold anything; what cannot be printed is no suggestion.
    options = sorted({choice for choice in choices if choice.isprintable()})
    close = difflib.get_close_matches(word[:100], options, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    if not options:
        return ""
    listed = ", ".join(f"`{option}`" for option in options[:12])
    return f"Choose from {listed}{', ...' if len(options) > 12 else ''}."


def _inside(kind: Any, step: str | int) -> Any:
    """The type of what stands under `step` in a value of type `kind`."""
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return _bare(field.annotation)
        return None
    if get_origin(kind) in {dict, Mapping}:
        return _bare(get_args(kind)[1])
    if get_origin(kind) is tuple:
        return _bare(get_args(kind)[0])
    return None


def _bare(kind: Any) -> Any:
    """A type without `Annotated` and `| None`."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in {Union, types.UnionType}:
        return next((_bare(arg) for arg in get_args(kind) if arg is not types.NoneType), None)
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
