"""`trimtab suites`: what can be asked and how it is scored."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trimtab.kinds import Case
    from trimtab.measure.suites import LoadedSuite
    from trimtab.policy.metric_spec import SuiteSpec

_VARIANTS = 8  # wordings of one attack that are shown at most
_REQUEST = "What is the word by the door?"
_ALL = 10_000  # cases of a suite that is exported whole

_policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=Path("trimtab.yaml"),
    show_default=True,
    help="The policy whose own suites are meant, too; none if there is no such file.",
)


@click.group(invoke_without_command=True)
@click.pass_context
@_policy_option
@output_options
def suites(output: Output, context: click.Context, *, policy: Path) -> None:
    """List suites and metrics, show cases, write them to a file."""
    if context.invoked_subcommand is None:
        _list(output, policy)


def _list(output: Output, policy: Path) -> None:
    from rich.table import Table

    from trimtab.kinds import plugins

    table = Table("suite", "metric", "what success looks like", box=None, pad_edge=False)
    data = []
    for name in plugins.names("suites"):
        suite = plugins.make("suites", name)
        table.add_row(name, suite.score, suite.about)
        data.append({"name": name, "version": suite.version, "score": suite.score, "about": suite.about})
    output.show(table)
    own = _own(policy)
    if own:
        output.show(_styled(f"\nSuites of {policy}:"), _own_table(own, policy.parent))
    output.show("\n`trimtab suites show NAME` shows cases; `trimtab suites export NAME FILE` writes them to be edited.")
    listed = [{"name": name, "source": _source(spec), "cases": spec.cases} for name, spec in own.items()]
    output.data({"suites": data, "of_policy": listed})


def _own(policy: Path) -> "Mapping[str, SuiteSpec]":
    """The suites that the policy defines; none if there is no policy, or one with mistakes."""
    from trimtab.policy import check_policy

    checked = check_policy(policy).policy if policy.is_file() else None
    return checked.suites if checked else {}


def _own_table(own: "Mapping[str, SuiteSpec]", base: Path) -> Any:
    """Files are read to say how many cases they hold; functions are not run for a list."""
    from rich.table import Table

    from trimtab.errors import TrimtabError
    from trimtab.measure.suites import load_suite

    table = Table("suite", "metric", "from", "cases asked for", box=None, pad_edge=False)
    for name, spec in own.items():
        score, asked = spec.score, "none" if spec.imported else f"{spec.cases:,}"
        if spec.file:
            try:
                suite = load_suite(name, spec, base=base)
                score, asked = suite.score, f"{len(suite.cases):,} of {spec.cases:,}" if suite.lacking else asked
            except TrimtabError:
                asked = "unreadable: see `trimtab check`"
        table.add_row(*map(_styled, (name, score or "its own", _source(spec), asked)))
    return table


def _source(spec: "SuiteSpec") -> str:
    if spec.imported:
        return f"{spec.imported}, imported"
    return spec.file or spec.python or f"{spec.builtin}, installed"


@suites.command()
@click.argument("name")
@click.option("--cases", type=click.IntRange(min=1), default=5, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draw; that of the policy, or 0, unless given.")
@_policy_option
@output_options
def show(output: Output, name: str, *, cases: int, seed: int | None, policy: Path) -> None:
    """Show the first cases of the suite NAME, installed or of the policy, as a run with this seed would ask them."""
    from trimtab.kinds import plugins
    from trimtab.measure.suites import as_row, load_suite
    from trimtab.policy.metric_spec import SuiteSpec

    spec = _own(policy).get(name) or SuiteSpec(builtin=_installed(name, policy))
    asked = {"seed": spec.seed if seed is None else seed}
    suite = load_suite(name, spec.model_copy(update={"cases": cases, **asked}), base=policy.parent)
    there = len(load_suite(name, spec.model_copy(update={"cases": _ALL, **asked}), base=policy.parent).cases)
    metric = plugins.find("metrics", suite.score)
    output.show(_styled(f"{suite.name} {suite.version}", "bold"), _styled(suite.about))
    output.show(_styled(f"Scored by {suite.score}: {_first_line(metric)}"))
    count = f"{there:,} or more" if there == _ALL else f"{there:,}"
    output.show(f"{len(suite.cases):,} of {count} cases:\n")
    for case in suite.cases:
        output.show(_case(case))
    output.data(
        {
            "name": suite.name,
            "version": suite.version,
            "score": suite.score,
            "about": suite.about,
            "seed": suite.seed,
            "order": suite.order_digest,
            "there_are": there,
            "cases": [as_row(case) for case in suite.cases],
        }
    )


@suites.command()
@output_options
def metrics(output: Output) -> None:
    """List the metrics that can score a suite."""
    from rich.table import Table

    from trimtab.kinds import plugins

    table = Table("metric", "unit", "better", "what it says of a system", box=None, pad_edge=False)
    data = []
    for name in plugins.names("metrics"):
        metric = plugins.make("metrics", name)
        about = _first_line(type(metric))
        table.add_row(name, metric.unit, metric.better, _styled(about))
        entry = {"name": name, "version": metric.version, "unit": metric.unit, "better": metric.better}
        needs = list(getattr(metric, "needs", ()))
        data.append({**entry, "shape": str(metric.shape), "needs": needs, "about": about})
    output.show(table)
    output.data({"metrics": data})


@suites.command()
@click.argument("name", default="")
@output_options
def attacks(output: Output, name: str) -> None:
    """List the techniques of the suite red-team; with NAME, show what one of them makes of a request."""
    from rich.table import Table

    from trimtab.kinds import Attempt, plugins

    known = [plugins.make("attacks", one) for one in ([name] if name else plugins.names("attacks"))]
    table = Table("attack", "family", "what it does", "described by", box=None, pad_edge=False)
    for one in sorted(known, key=lambda attack: (attack.family, attack.name)):
        table.add_row(one.name, one.family, _styled(one.about), _styled(one.source))
    output.show(table)
    shown: list[dict[str, Any]] = []
    if name:
        for variant in range(_VARIANTS):
            made = known[0].apply(Attempt(said=_REQUEST), variant=variant)
            entry = None if made is None else {"said": made.said, "follow_ups": list(made.follow_ups)}
            if entry is None or entry in shown:
                break
            shown.append(entry)
            output.show("", _styled(made.said), *(_styled(f"then: {text}") for text in made.follow_ups))
    output.data(
        {
            "attacks": [
                {
                    "name": one.name,
                    "version": one.version,
                    "family": one.family,
                    "about": one.about,
                    "source": one.source,
                    "controls": list(one.controls),
                }
                for one in known
            ],
            **({"request": _REQUEST, "becomes": shown} if name else {}),
        }
    )


@suites.command()
@output_options
def strategies(output: Output) -> None:
    """List the attackers of the suite adaptive: strategies that see each answer before they send the next message."""
    from rich.table import Table

    from trimtab.kinds import plugins

    known = [plugins.make("strategies", name) for name in plugins.names("strategies")]
    table = Table("strategy", "what it does", "its messages", "described by", box=None, pad_edge=False)
    for one in known:
        written = "by a model" if one.writes else "drawn"
        table.add_row(one.name, _styled(one.about), written, _styled(one.source))
    output.show(table)
    output.data(
        {
            "strategies": [
                {
                    "name": one.name,
                    "version": one.version,
                    "family": one.family,
                    "about": one.about,
                    "source": one.source,
                    "writes": one.writes,
                    "controls": list(one.controls),
                }
                for one in known
            ]
        }
    )


@suites.command()
@click.argument("name")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Choice(["jsonl", "inspect", "promptfoo"]), default="jsonl", help="For whom.")
@click.option("--model", default="practice", show_default=True, help="That promptfoo is to ask.")
@click.option("--url", default="http://127.0.0.1:8000/v1", show_default=True, help="Where promptfoo is to ask it.")
@click.option("--cases", type=click.IntRange(min=1, max=1_000_000), default=_ALL, show_default=True, help="At most.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draw.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@output_options
def export(
    output: Output, name: str, out: Path, *, target: str, model: str, url: str, cases: int, seed: int, force: bool
) -> None:
    """Write the suite NAME to OUT.jsonl, to be read, edited and used as a suite of your own.

    A YAML head of the same name says how the cases are scored: give it to the policy as `file:`. Every line holds a
    canary, a string that stands nowhere else, by which a leak of the file can be told (`trimtab probe`).

    With --to, OUT is a folder for the files that Inspect or promptfoo runs.
    """
    if target != "jsonl":
        _export_to(output, target, _load(name, cases, seed), out, model=model, url=url, force=force)
        return
    import orjson

    from trimtab.errors import UsageError
    from trimtab.measure.canary import new_canary
    from trimtab.measure.suites import as_row

    if out.suffix != ".jsonl":
        raise UsageError(f"{out.name} does not end in .jsonl.", "Name it after what it holds: one JSON object a line.")
    head = out.with_suffix(".yaml")
    there = [path.name for path in (out, head) if path.exists()]
    if there and not force:
        raise UsageError(_exist(there), "Choose another name, or add --force.")
    suite = _load(name, cases, seed)
    planted = new_canary()  # in every line: files are cut up on their way into training data
    lines = b"".join(orjson.dumps({**as_row(case), "canary": planted}) + b"\n" for case in suite.cases)
    try:
        out.write_bytes(lines)
        head.write_text(_head(suite, out), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}).", "Choose another place.") from None
    output.show(f"{len(suite.cases):,} cases are in {out}. In the policy, write:\n")
    output.show(f"suites:\n  {name}-edited: {{file: {head.name}, cases: {len(suite.cases)}}}")
    output.data({"cases": len(suite.cases), "file": str(out), "head": str(head), "order": suite.order_digest})


def _export_to(
    output: Output, target: str, suite: "LoadedSuite", folder: Path, *, model: str, url: str, force: bool
) -> None:
    from trimtab.errors import UsageError
    from trimtab.measure.canary import new_canary
    from trimtab.measure.export import export_suite

    made = export_suite(suite, target, canary=new_canary(), model=model, url=url)
    there = [name for name in made.files if (folder / name).exists()]
    if there and not force:
        raise UsageError(_exist(there), "Choose another folder, or add --force.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror}).", "Choose another place.") from None
    output.show(f"{made.cases:,} cases for {target} are in {folder}: {', '.join(made.files)}", markup=False)
    if made.left:
        output.show(f"{made.left:,} more were left out: {target} asks one prompt, and reads templates in it.")
    output.show(f"There, run: {made.run}", markup=False)
    output.data({"cases": made.cases, "left_out": made.left, "folder": str(folder), "files": list(made.files)})


def _exist(names: "Sequence[str]") -> str:
    return f"{' and '.join(names)} {'exists' if len(names) == 1 else 'exist'} already."


def _installed(name: str, policy: Path) -> str:
    """The name of an installed suite, or what to say when there is none and the policy has none either."""
    from trimtab.errors import PluginError
    from trimtab.kinds import plugins
    from trimtab.policy import check_policy

    if name in plugins.names("suites"):
        return name
    step = "For that of another policy, add --policy FILE."
    if not policy.is_file():
        why = f"there is no {policy} that may have one"
    elif check_policy(policy).policy is None:
        why, step = f"{policy} cannot be read", f"`trimtab check {policy}` says why."
    else:
        why = f"{policy} has none of this name"
    close = plugins.near("suites", name)
    guess = f"Did you mean {close!r}? " if close else ""
    raise PluginError("suites", name, f"is not installed, and {why}", f"{guess}{step} `trimtab suites` lists all.")


def _load(name: str, cases: int, seed: int) -> "LoadedSuite":
    from trimtab.measure.suites import load_suite
    from trimtab.policy.metric_spec import SuiteSpec

    return load_suite(name, SuiteSpec(builtin=name, cases=cases, seed=seed), base=Path())


def _head(suite: "LoadedSuite", out: Path) -> str:
    import yaml

    about = {"about": suite.about, "score": suite.score, "file": out.name}
    first = f"# Cases of {suite.origin} version {suite.version}, seed {suite.seed}, to be edited."
    return first + "\n" + yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=110)


def _case(case: "Case") -> Any:
    from rich.text import Text

    text = Text(f"{case.id}\n", style="bold")
    turns: list[tuple[str, str]] = [(message.role, message.content) for message in case.messages]
    turns += [("user, then", follow_up) for follow_up in case.follow_ups]
    for role, content in turns:
        text.append(f"  {role}: ", style="cyan not bold")
        text.append(content.replace("\n", "\n    ") + "\n", style="not bold")
    if case.group:
        text.append(f"  group: {case.group}\n", style="dim not bold")
    for key, value in case.expect.items():
        shown = " | ".join(value) if isinstance(value, list) else str(value)
        text.append(f"  {key}: {shown}\n", style="dim not bold")
    return text


def _styled(text: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(text, style=style)  # not markup: brackets in it are brackets


def _first_line(plugin: Any) -> str:
    return (plugin.__doc__ or "").strip().partition("\n")[0]
