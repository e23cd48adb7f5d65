"""What every command shares: --json, --quiet, --debug, and where text goes.

Results go to standard output, everything else to standard error, so that
`trimtab ... --json | jq` always works.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How this command speaks."""

    json: bool
    quiet: bool

    def show(self, *what: "RenderableType", markup: bool = True) -> None:
        """Print a result for people; nothing with --json or --quiet. Without `markup`, brackets are brackets."""
        if not (self.json or self.quiet):
            console().print(*what, markup=markup)

    def commands(self, *what: str) -> None:
        """Print commands to be copied, each on one line however long it is; nothing with --json or --quiet."""
        if not (self.json or self.quiet):
            for command in what:
                console().print(command, markup=False, soft_wrap=True)

    def note(self, *what: "RenderableType") -> None:
        """Print something beside the result, to standard error; nothing with --quiet."""
        if not self.quiet:
            console(stderr=True).print(*what)

    def data(self, value: Any) -> None:
        """Print the result as JSON; only with --json."""
        if self.json:
            import orjson

            click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


@functools.cache
def console(*, stderr: bool = False) -> "Console":
    """The terminal; plain when it is not one, or when NO_COLOR is set."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --json, --quiet and --debug, and hand the command an `Output` first."""

    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    @click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
    @click.option("--debug", is_flag=True, help="Show the traceback of an error.")  # read by `main`
    @functools.wraps(command)
    def wrapped(*args: Any, as_json: bool, quiet: bool, debug: bool, **kwargs: Any) -> None:  # noqa: ARG001
        command(Output(json=as_json, quiet=quiet), *args, **kwargs)

    return wrapped
