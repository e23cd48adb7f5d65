"""What commands on users and tokens share: where they are, who acts, and how a password is read."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from trimtab.policy import Policy
    from trimtab.serve.pages.team.store import Store

access_option = click.option(
    "--access",
    type=click.Path(path_type=Path),
    default=Path(".trimtab/access.db"),
    show_default=True,
    envvar="TRIMTAB_ACCESS",
    help="The file with users, sessions and tokens.",
)
_by_option = click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who you are; the log says it.")
_policy_option = click.option(
    "--policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"), show_default=True
)


def role_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --role and --system."""
    command = click.option(
        "--system", "systems", multiple=True, metavar="NAME", help="Only these of the policy; all if left out."
    )(command)
    return click.option("--role", "roles", multiple=True, metavar="ROLE", help="May be repeated.")(command)


def password() -> str:
    """A password from a prompt, twice, or the first line of standard input; never from the command line.

    Raises:
        UsageError: There is none.
    """
    from trimtab.errors import UsageError

    if sys.stdin.isatty():
        given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return given
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("there is no password on standard input.", "Type it at a terminal, or send one line.")
    return given


def opened(access: Path, *, create: bool = False) -> "Store":
    """The file with users, sessions and tokens.

    Raises:
        AccessError: It is not there, and is not to be made; or it cannot be read.
    """
    from trimtab.serve.pages.team.store import Store

    return Store.open(access, create=create)


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Who changes what in the file, as a command was told; each thing is looked at when it is asked for."""

    access: Path
    named: str
    policy_file: Path

    @cached_property
    def policy(self) -> "Policy":
        """The policy, which says who there is."""
        from trimtab.policy import load_policy

        return load_policy(self.policy_file)

    @property
    def by(self) -> str:
        """Who acts, as the log says it; empty where nobody says who.

        Raises:
            UsageError: It is nobody of the policy.
        """
        from trimtab.errors import UsageError

        people = self.policy.people  # read whoever acts, so that a policy with mistakes is heard of
        if self.named and self.named not in people:
            what = f"{self.named[:80]!r} is not listed under people of the policy."
            raise UsageError(what, "Name yourself with --by.")
        return self.named

    def within(self, systems: tuple[str, ...]) -> tuple[str, ...] | None:
        """Systems of the policy that were named; None, which is all, for none.

        Raises:
            UsageError: The policy does not name one.
        """
        from trimtab.errors import UsageError

        known = self.policy.systems
        for one in systems:
            if one not in known:
                raise UsageError(f"there is no system {one[:80]!r} in the policy.", f"It has {', '.join(known)}.")
        return systems or None

    @contextmanager
    def changing(self) -> Iterator[tuple["Store", str]]:
        """The file, and who acts: they are known before it is opened.

        Raises:
            AccessError: As of `opened`.
            UsageError: As of `by`.
        """
        by = self.by
        with opened(self.access) as store:
            yield store, by


def acting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --by, --policy and --access, and hand them on as `acting`."""

    @wraps(command)
    def told(*given: Any, by: str, policy: Path, access: Path, **more: Any) -> None:
        command(*given, **more, acting=Acting(access=access, named=by, policy_file=policy))

    return _by_option(_policy_option(access_option(told)))
