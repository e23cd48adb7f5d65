"""The registry: which AI is in use, under whose name, in which class of risk, and what looking for it found."""

import re
from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

TYPES = ("system", "model", "dataset", "feature", "prompt")
"""What may be registered."""
RISKS = ("prohibited", "high-risk", "transparency", "minimal")
"""Classes of the EU AI Act, the gravest first."""
LOOKED = ("folder", "hub-cache", "mlflow", "mlflow-files", "endpoint", "manifests", "packages")
"""Ways of looking."""

_WEIGHTS = re.compile(r"\.(safetensors|gguf|onnx|pt|pth|pkl|pickle|bin|ckpt|joblib)$")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_STRANGE = re.compile(r"[^A-Za-z0-9._:/+#-]+")  # an @ might be in the address of a person
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Entry):
    """A system, model, data set, feature or prompt that is in use. The last word on an id counts, whole."""

    kind: ClassVar[str] = "registered"
    about: ClassVar[str] = "thing"

    thing: str = said("Its id.", Form.NAME)
    type: str = said("What it is.", Form.CHOICE, choices=TYPES)
    owner: str = said("Who answers for it: one of `people` or `teams`.", Form.NAME, default="")
    version: str = said("Which version is in use.", Form.NAME, default="")
    digest: str = said("sha256: of its content, or what discovery shows.", Form.NAME, default="")
    location: str = said("Where it lies, without user, password and query.", Form.NAME, default="")
    provider: str = said("Who made it or runs it: a vendor, or a team.", Form.NAME, default="")
    purpose: str = said("What it is for, in a sentence.", Form.WORDS, default="")
    sources: tuple[str, ...] = said("Where its data comes from, if from no registered thing.", Form.NAMES, default=())
    made_from: tuple[str, ...] = said("Ids of what it was made from or uses.", Form.NAMES, default=())
    names: tuple[str, ...] = said("Other names under which it is found.", Form.NAMES, default=())
    license: str = said("Under which license it may be used, as apache-2.0.", Form.NAME, default="")
    languages: tuple[str, ...] = said("Languages that it is for, by ISO 639, as en.", Form.NAMES, default=())
    status: str = said("Whether it is in use.", Form.CHOICE, choices=("active", "retired"), default="active")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified(Entry):
    """The class of risk of a registered thing, with the answers that lead to it and who approved them.

    An answer is `QUESTION:yes` or `QUESTION:no`; `trimtab registry questions` lists them.
    """

    kind: ClassVar[str] = "classified"
    about: ClassVar[str] = "thing"

    thing: str = said("The id of what is classified.", Form.NAME)
    answers: tuple[str, ...] = said("Answers, as social-scoring:no.", Form.NAMES)
    risk: str = said("The class that follows from the answers.", Form.CHOICE, choices=RISKS)
    articles: tuple[str, ...] = said("The articles that it follows from.", Form.NAMES, default=())
    approver: str = said("Who approved it: one of `people`, other than the owner.", Form.NAME)
    reason: str = said("Why it is not high-risk although it is in a listed area (Art. 6(3)).", Form.WORDS, default="")
    questionnaire: str = said("Which edition of the questions was asked.", Form.NAME, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Entry):
    """What one look at one place found: names and digests, nothing else.

    `found` and `digests` go together; a digest is `none` where only the name is known. With `unseen` above 0 a part of
    the place could not be looked at, so that what is not found may still be there.
    """

    kind: ClassVar[str] = "scanned"

    looked: str = said("How.", Form.CHOICE, choices=LOOKED)
    place: str = said("sha256: of where.", Form.NAME)
    label: str = said("What people call the place.", Form.NAME, default="")
    found: tuple[str, ...] = said("Things found, as model:NAME.", Form.NAMES, default=())
    digests: tuple[str, ...] = said("Their digests, in the same order.", Form.NAMES, default=())
    unseen: int = said("How many places could not be looked at.", Form.COUNT, default=0)
    records: int = said("How many files or records were looked at.", Form.COUNT, default=0)


def likeness(name: str) -> str:
    """What two spellings of one name share: `org/Llama-3_8B.gguf` and `llama-3-8b` are the same."""
    last = name.strip().lower().rpartition("/")[2]
    return _SEPARATORS.sub("-", _WEIGHTS.sub("", last)).strip("-")


def as_name(text: str) -> str:
    """A text from elsewhere as a name that an entry can hold; empty where nothing of it is left."""
    return _STRANGE.sub("-", text.strip())[:_LONGEST].strip("-._:/+#")
