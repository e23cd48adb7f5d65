"""`--as-of`: show how things stood at a moment that is past."""

from collections.abc import Callable

import click


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Microseconds since the epoch, UTC."""
    if value is None:
        return None
    from trimtab.evidence.entries.reading import moment

    try:
        return moment(value.strip())
    except ValueError:
        raise click.BadParameter(
            f"{value[:40]!r} is no day as 2026-03-01 and no moment as 2026-03-01T10:00Z.", ctx, param
        ) from None


def as_of_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add --as-of; the command is given `as_of`, in microseconds, or None for now."""
    help_ = "By what had happened before this day or moment; now if left out."
    return click.option("--as-of", "as_of", callback=_moment, metavar="WHEN", help=help_)(command)
