"""The minimum that is accepted of a number."""

from pydantic import model_validator

from trimtab.policy.fields import Strict


class Floor(Strict):
    """The minimum accepted: exactly one of `at_least`, `at_most`, in the metric's unit."""

    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "Floor":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give exactly one of at_least, at_most")
        return self

    @property
    def bound(self) -> float:
        """The number, whichever side it is on."""
        return self.at_least if self.at_least is not None else self.at_most  # type: ignore[return-value]

    def __str__(self) -> str:
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"

    def loosened_by(self, other: "Floor") -> bool:
        """Whether another floor accepts what this one does not; one on the other side always does."""
        if (self.at_most is None) != (other.at_most is None):
            return True
        return other.bound > self.bound if self.at_most is not None else other.bound < self.bound
