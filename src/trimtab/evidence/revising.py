"""A reply that was written anew, as a record: what was broken before and after, and digests of every draft.

They are sealed (`trimtab.enforce.Seal`) where a guard had the reply revised: nobody else has the texts then. Where
somebody had a file revised, they are plain: they name rows of that file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from trimtab.evidence.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised(Fields):
    """One reply and its revisions; no text is in it.

    `before` and `after` say of each thing that was looked for whether the
    first and the best draft keep it: `kept`, `broken`, or `unknown` where that
    could not be seen, which counts as broken. They are principles of the policy, or what a guard found, by label.
    """

    kind: ClassVar[str] = "revised"

    prompt: str  # digest of the conversation that the reply answers: roles and contents, parted by zero bytes
    drafts: Sequence[str]  # digests; the first is the reply as it was
    critiques: Sequence[str]  # digests
    before: Mapping[str, str]
    after: Mapping[str, str]
    best: int  # which draft is the best, from 0
    calls: int  # to the model that revises
    stop: str  # why no more drafts were made
    guard: str = ""  # digest of the guard's identity, where one had the reply revised
    about: str = ""  # the caller's id of the request

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "drafts": list(self.drafts), "critiques": list(self.critiques)}
