"""What the delivery feed reports: which version of a system was put in front of people, and when."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed(Entry):
    """A version of a system went out, whether or not somebody consented to it."""

    kind: ClassVar[str] = "deployed"
    about: ClassVar[str] = "deployment"
    opens: ClassVar[bool] = True
    fed: ClassVar[bool] = True

    deployment: str = said("Its id, e.g. of the pipeline; drawn if left out.", Form.NAME)
    candidate: str = said("Which version, as the policy names it.", Form.NAME)
    artefact: str = said("Digest of its identity, as `trimtab attest` shows it.", Form.NAME)
    card: str = said("Digest of the model card that went out with it.", Form.NAME, default="")
    what: str = said("What went out, in a sentence.", Form.WORDS, default="")
