"""`trimtab ci`: what a job of a pipeline does with a decision."""

import asyncio
import os
from pathlib import Path

import click

from trimtab.cli.output import Output, output_options


@click.group()
def ci() -> None:
    """Tell a code host what was decided."""


@ci.command()
@click.argument("file", type=click.Path(path_type=Path), default="trimtab-report/summary.md")
@click.option("--key", default="", help="Tells several comments on one request apart, as of several systems.")
@click.option("--number", type=click.IntRange(min=1), default=None, help="Of the request; the job's own if left out.")
@output_options
def comment(output: Output, *, file: Path, key: str, number: int | None) -> None:
    """Post FILE as a comment on the pull or merge request of this job, over the one of its last run.

    FILE is trimtab-report/summary.md unless given. The token is in TRIMTAB_GITHUB_TOKEN or GITHUB_TOKEN, or in
    TRIMTAB_GITLAB_TOKEN or GITLAB_TOKEN. Where the job runs for no request nothing is posted, and the exit code is 0.
    """
    from trimtab.errors import UsageError
    from trimtab.workspace.comment import keep_comment
    from trimtab.workspace.pipeline import request_of

    target = request_of(os.environ, number=number or 0)
    if target is None:
        output.show("This job runs for no pull or merge request; nothing was posted.")
        output.data({"posted": False})
        return
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} cannot be read.", "`trimtab run` and `trimtab report --markdown` write it.") from None
    done = asyncio.run(keep_comment(target, text, key=key or "gate"))
    output.show(f"The comment on request {target.number} was {done}.", markup=False)
    output.data({"posted": True, "done": done, "number": target.number})


@ci.command()
@click.argument("folder", type=click.Path(path_type=Path), default="trimtab-report")
@click.option("--code", type=click.IntRange(min=0, max=255), required=True, help="What `trimtab run` ended with.")
@output_options
def outputs(output: Output, *, folder: Path, code: int) -> None:
    """Give later steps of the job the verdict, winner, run and exit-code of the report in FOLDER.

    They are appended to the file that GITHUB_OUTPUT names, and the summary to the one that GITHUB_STEP_SUMMARY names;
    where neither is set they are printed.
    """
    import orjson

    from trimtab.errors import OutputError
    from trimtab.workspace.pipeline import outputs as made

    try:
        report = orjson.loads((folder / "report.json").read_bytes())
    except (OSError, ValueError):
        report = None
    found = made(report if isinstance(report, dict) else None, code=code)
    lines = "".join(f"{key}={value}\n" for key, value in found.items())
    try:
        if path := os.environ.get("GITHUB_OUTPUT"):
            _append(path, lines)
        if path := os.environ.get("GITHUB_STEP_SUMMARY"):
            _append(path, _summary(folder, found))
    except OSError as error:
        raise OutputError("of the job", error.strerror or type(error).__name__) from None
    output.show(lines.rstrip(), markup=False)
    output.data(found)


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)


def _summary(folder: Path, found: dict[str, str]) -> str:
    """The summary of a decision; where there is none, that there is none, or a job's page would be empty."""
    if found["verdict"] != "none":
        try:
            return (folder / "summary.md").read_text(encoding="utf-8") + "\n"
        except (OSError, UnicodeDecodeError):
            pass
    return (
        f"## ? Nothing was decided\n\n`trimtab run` ended with exit code {found['exit-code']}; its output says why. "
        "No verdict is no pass.\n"
    )
