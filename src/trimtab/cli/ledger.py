"""`trimtab ledger`: create, verify, show, export, checkpoint, copy."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.ledger_look import (
    moment_shown,
    row_data,
    rows_shown,
    run_data,
    runs_shown,
    verified_data,
    verified_story,
)
from trimtab.cli.ledger_replay import replay
from trimtab.cli.output import Output, console, output_options
from trimtab.errors import ExitCode, LedgerAlteredError, LedgerError, UsageError

if TYPE_CHECKING:
    from trimtab.evidence import Head, Ledger, Verification

_PATIENCE = 2.0  # seconds before progress is shown
_QUICK = 100_000  # rows verified in less time than one notices; `show` looks at no more

_ledger_option = click.option(
    "--ledger",
    "location",
    envvar="TRIMTAB_LEDGER",
    default=".trimtab/ledger.db",
    show_default=True,
    metavar="PATH",
    help="The ledger, a path or postgresql://...; also from TRIMTAB_LEDGER.",
)


@click.group()
def ledger() -> None:
    """Verify, show and export the evidence."""


@ledger.command()
@_ledger_option
@click.option("--export", "export", metavar="FILE", help="Verify a JSONL export instead; needs no ledger.")
@click.option(
    "--expect",
    multiple=True,
    metavar="SIZE:ROOT",
    help="A checkpoint kept elsewhere, or a file with one; may be given several times.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Processes to use on a large ledger; one for each core, if left out."
)
@output_options
def verify(out: Output, location: str, export: str | None, expect: tuple[str, ...], jobs: int | None) -> None:
    """Derive everything again from what is stored, and name the first bad row.

    Exit codes: 0 everything agrees, 1 something was altered, 2 usage, 4 the file cannot be opened or read.
    """
    heads = [_head(text) for text in expect]
    with _progress(out, "Verifying") as progress:
        if export is not None:
            from trimtab.evidence.export import verify_jsonl

            try:
                with Path(export).open("rb") as lines:
                    found = verify_jsonl(lines, export, expect=heads, progress=progress)
            except OSError as error:
                raise LedgerError(export, error.strerror or "cannot be read", "Check the path.") from error
        else:
            with _open(location) as opened:
                found = opened.verify(progress, expect=heads, jobs=jobs)
                _refuse_unreadable(opened, found)
    out.data(verified_data(found))
    out.show(verified_story(found, checked=len(heads)))
    try:
        found.raise_if_bad()
    except LedgerAlteredError as error:
        # Elsewhere an altered ledger means that nothing was decided; here it is the answer to the question.
        click.echo(click.style("error ", fg="red", bold=True, reset=True) + str(error), err=True)
        raise click.exceptions.Exit(ExitCode.FAIL) from error


@ledger.command()
@_ledger_option
@click.option("--run", default="", help="Rows of this run.")
@click.option("--kind", default="", help="Rows of this kind, e.g. observation, decision.")
@click.option("--after", type=click.IntRange(0), default=0, help="Rows after this number, to go on.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@output_options
def show(out: Output, *, location: str, run: str, kind: str, after: int, limit: int) -> None:
    """List the runs, newest first, or the rows of one run or kind."""
    from itertools import islice

    with _open(location) as opened:
        _warn_of_alterations(out, opened)
        if not (run or kind or after):
            runs = opened.runs()[:limit]
            out.data([run_data(one) for one in runs])
            out.show(runs_shown(runs) if runs else "No runs yet. `trimtab run` makes one.")
            return
        rows = list(islice(opened.rows(after=after, run=run, kind=kind), limit))
    out.data([row_data(row) for row in rows])
    out.show(rows_shown(rows) if rows else "No such rows.")
    if len(rows) == limit:
        out.note(f"There may be more: go on with --after {rows[-1].seq}.")


@ledger.command()
@_ledger_option
@click.argument("target", metavar="OUT")
@click.option("--format", "form", type=click.Choice(["jsonl", "parquet"]), help="Told from the name if left out.")
@click.option(
    "--run", default="", help="Only this run, or `latest`; of other rows only the hashes: it can be verified."
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@output_options
def export(out: Output, location: str, target: str, form: str | None, run: str, *, force: bool) -> None:
    """Write the ledger to OUT, or to standard output if OUT is -.

    JSONL can be verified by itself with `trimtab ledger verify --export`. Parquet is for analysis.
    """
    from trimtab.evidence.export import write_jsonl, write_parquet

    form = form or ("parquet" if target.endswith(".parquet") else "jsonl")
    writers: dict[str, Callable[..., int]] = {"jsonl": write_jsonl, "parquet": write_parquet}
    write = writers[form]
    if target == "-" and out.json:
        raise UsageError("the export and --json cannot both go to standard output", "Name a file.")
    with _open(location) as opened:
        if run == "latest":  # as everywhere else that takes a run
            run = next((one.run for one in opened.runs()), run)
        if run and next(opened.rows(run=run), None) is None:
            raise UsageError(f"the ledger holds no run {run!r}.", "`trimtab ledger show` lists them.")
        with _progress(out, "Exporting") as progress:
            if target == "-":
                count = write(opened, sys.stdout.buffer, run=run, progress=progress)
            else:
                with _replacing(Path(target), force=force) as stream:
                    count = write(opened, stream, run=run, progress=progress)
    out.data({"file": target, "format": form, "rows": count})
    out.note(f"{count:,} rows in {target}")


@ledger.command()
@_ledger_option
@click.option("--origin", default="", help="Name of the ledger in the note, e.g. example.org/assistant.")
@output_options
def checkpoint(out: Output, location: str, origin: str) -> None:
    """Print a note about all rows up to now, to be kept where nobody who can write the ledger can change it.

    Whoever has it can show later that nothing before it was altered: `trimtab ledger verify --expect FILE`. All of the
    ledger is verified first, since the note vouches for what it is of.
    """
    import base64

    from trimtab.evidence import checkpoint_note

    with _open(location) as opened:
        with _progress(out, "Verifying") as progress:
            opened.verify(progress).raise_if_bad()
        point = opened.checkpoint()
        first = next(opened.rows(upto=1))
    origin = origin or f"trimtab-ledger/{first.hash.hex()[:16]}"  # the first row tells ledgers apart
    note = checkpoint_note(point, origin)
    root = base64.b64encode(point.root).decode()
    out.data({"origin": origin, "size": point.size, "time": moment_shown(point.time), "root": root})
    if not (out.json or out.quiet):
        click.echo(note, nl=False)


@ledger.command()
@_ledger_option
@output_options
def create(out: Output, location: str) -> None:
    """Make an empty ledger, and nothing else: for a database, by its owner, before others are let in.

    One that is there stays as it is. Exit codes: 0 it is there now, 4 it cannot be made, or something else is there.
    """
    from trimtab.evidence import Ledger

    with Ledger.open(location) as opened:
        head = opened.head()
        place, rows = opened.location, head.seq if head else 0
    out.data({"ledger": place, "rows": rows})
    out.show(f"{place} holds {rows:,} rows.", markup=False)


@ledger.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@output_options
def copy(out: Output, source: str, target: str) -> None:
    """Copy the ledger FROM into TO, each a path or postgresql://..., with the same hashes and checkpoints.

    TO is made, or is an earlier copy of the same: what it has is kept, and the copy goes on behind it. At the end TO is
    verified. Exit codes: 0 copied, 2 usage, 4 FROM does not verify, TO is another ledger, or one cannot be reached.
    """
    from trimtab.evidence import Ledger

    with _open(source) as opened, Ledger.open(target) as other, _progress(out, "Copying") as progress:
        copied = opened.copy_into(other, progress)
        places = {"from": opened.location, "to": other.location}
    added = copied.rows - copied.before
    out.data({**places, "added": added, "rows": copied.rows, "checkpoints": copied.checkpoints, "verified": True})
    story = f"{added:,} rows copied into {places['to']}, which holds {copied.rows:,} now and verifies."
    out.show(story, markup=False)


# -- opening and writing -------------------------------------------------------------


def _open(location: str) -> "Ledger":
    from trimtab.evidence import Ledger

    return Ledger.open(location, create=False)


def _refuse_unreadable(opened: "Ledger", found: "Verification") -> None:
    """Nothing can be said of a file of which not even the last row can be read: neither intact nor altered."""
    if found.rows or found.ok or found.problems[0].part != "file":
        return
    try:
        opened.head()
    except LedgerAlteredError as error:
        raise LedgerError(opened.location, f"cannot be read: {error.detail}", "Restore it from a copy.") from error


def _warn_of_alterations(out: Output, opened: "Ledger") -> None:
    """Say that what is shown cannot be trusted. A large ledger is not read as a whole for it."""
    head = opened.head()
    if head is None:
        return
    if head.seq > _QUICK:
        out.note(f"[dim]{head.seq:,} rows were not verified; `trimtab ledger verify` does.[/]")
        return
    from rich.text import Text

    found = opened.verify()
    if not found.ok:
        first = Text(f"warning TT402 this ledger does not verify ({found.problems[0]}).", style="yellow")
        out.note(first.append(" Do not rely on it; `trimtab ledger verify` shows the extent."))


def _head(text: str) -> "Head":
    from trimtab.evidence import parse_head, parse_note

    file = Path(text)
    try:
        if file.is_file():
            return parse_note(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"cannot read {text!r} as a checkpoint", "`trimtab ledger checkpoint` prints one.") from error
    return parse_head(text)


@contextmanager
def _replacing(target: Path, *, force: bool) -> "Iterator[Any]":
    """A new file that takes its place only when it is whole; readable by its owner only, like the ledger."""
    if target.exists() and not force:
        raise UsageError(f"{target} exists", "Give --force to replace it.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as stream:
            yield stream
        draft.replace(target)
    except OSError as error:
        step = "Choose another file, or make room."
        raise UsageError(f"cannot write {target} ({error.strerror})", step) from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _progress(out: Output, what: str) -> "Iterator[Callable[[int, int], None] | None]":
    """Progress on standard error, once it takes longer than one likes to wait in silence."""
    if out.quiet:
        with nullcontext():
            yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    started = time.monotonic()

    def update(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - started > _PATIENCE:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()


ledger.add_command(replay)
