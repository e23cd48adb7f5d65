"""Who owns, accepts and signs: people and teams."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from trimtab.policy.fields import Name, Strict, Texts, list_as_tuple


def day_begins(day: str) -> int:
    """Microseconds since the epoch at which a day begins, UTC.

    Raises:
        ValueError: There is no such day.
    """
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400 * 1_000_000


def _is_a_day(text: str) -> str:
    try:
        day_begins(text)
    except ValueError:
        raise ValueError("is no day; write one as '2026-03-01', in quotes") from None
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_is_a_day)]
"""A day, `'2026-03-01'`, that begins at midnight UTC."""


class RevokedKey(Strict):
    """A key that somebody signs with no more, because it is another now or because others may have it."""

    key: str = Field(min_length=1, description="The public SSH key, as it stood in `key`.")
    since: Day = Field(description="What was recorded on this day or later does not count; it may lie in the past.")


class Person(Strict):
    """Somebody who can own, accept or sign."""

    function: str = Field(description="The part of the organisation, e.g. clinical-safety.")
    roles: Texts = Field(default=(), description="e.g. risk-owner, reviewer, auditor.")
    key: str = Field(default="", description="Public SSH key that verifies signatures.")
    revoked: Annotated[tuple[RevokedKey, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="Keys of this person that are good no more, each since a day."
    )
    team: Name | None = Field(default=None, description="One of `teams`.")
    left: Day | None = Field(default=None, description="The first day on which this person acts no more.")


class Team(Strict):
    """People who own systems and findings together."""

    about: str = Field(default="", description="What they do, in a sentence.")
    lead: Name | None = Field(default=None, description="One of `people`, who answers for them.")
    function: str = Field(default="", description="The part of the organisation.")
