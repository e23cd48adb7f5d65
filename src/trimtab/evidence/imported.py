"""That results of another tool were taken in: what says so, and whose word it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.evidence.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Fields):
    """A file of another tool was read for a candidate; its results are the observations beside this record.

    When it is read, `source` is empty. A run that judges by it repeats this record with the name of the import in
    `source`, and the results that its metrics chose, so that the run can be decided again from itself alone.
    `model` and `ran` are what the file says; nobody here saw it. If we ran the tool ourselves, `asked` is the digest
    of what the policy had it ask, `command` how, without paths and secrets, `task` the digest of the file with the
    task if there was one, and `calls` how many tries the candidate was sent; else they are empty. `spec` is the
    digest of what the policy said of the candidate when the file was read: of another candidate under the same name
    it is no evidence.
    """

    kind: ClassVar[str] = "import"

    suite: str
    tool: str
    version: str
    file: str  # digest
    results: int
    spec: str
    trimtab: str  # our version
    model: str = ""
    ran: str = ""
    better: Mapping[str, str] = field(default_factory=dict)  # measure -> "higher" or "lower", where the file says it
    sketch: Sequence[str] = ()  # stands for the questions, as `Looked.sketch`
    source: str = ""
    asked: str = ""
    command: Sequence[str] = ()
    task: str = ""
    calls: int = 0

    @property
    def maker(self) -> str:
        """Who measured: the tool and its version."""
        return f"{self.tool}/{self.version}"
