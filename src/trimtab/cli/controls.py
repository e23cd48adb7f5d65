"""`trimtab controls`: what regulations, standards and lists of risks ask for, and who here answers to it."""

from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.policy.controls import Catalogue, Control, Framework


@click.command()
@click.argument("name", default="", metavar="[FRAMEWORK | CONTROL]")
@click.option("--kind", default="", help="Of mitre-atlas: only techniques, tactics or mitigations.")
@output_options
def controls(output: Output, name: str, *, kind: str) -> None:
    """List the frameworks that links of a policy may name; with FRAMEWORK its controls, with CONTROL all of one.

    Facts in our own words, with how they were checked; no legal advice.
    """
    from trimtab.policy.controls import catalogue

    known = catalogue()
    control = known.find(name)
    if control is not None:
        _one(output, known, control)
    elif not name:
        _frameworks(output, known)
    else:
        _framework(output, known, named_framework(known, name), kind)


def named_framework(known: "Catalogue", name: str) -> "Framework":
    """The framework of this name.

    Raises:
        UsageError: There is none; it says which one may have been meant.
    """
    from trimtab.errors import UsageError
    from trimtab.policy.keys import nearest

    if name in known.frameworks:
        return known.frameworks[name]
    if odd := known.doubt(name):
        raise UsageError(f"{name[:80]!r} {odd[0]}.", odd[1] or "`trimtab controls` lists the frameworks.")
    if rows := [f"`{one.link}`" for one in known.controls.values() if one.id.casefold() == name.casefold()]:
        raise UsageError(f"{name[:80]!r} lacks its framework.", f"Did you mean {' or '.join(rows)}?")
    raise UsageError(f"there is no framework {name[:80]!r}.", nearest(name, known.frameworks))


def _frameworks(output: Output, known: "Catalogue") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("framework", "rows", "what it is", "rows were checked", box=None, pad_edge=False)
    for one in known.frameworks.values():
        rows = str(len(known.of(one.id)))
        table.add_row(one.id, rows, Text(one.name), Text(_CHECKED.get(one.status, one.status)))
    output.show(table, f"[dim]As of {known.as_of}. Facts in our own words; no legal advice.[/]")
    output.data(
        {"as_of": known.as_of, "frameworks": [_framework_data(known, one) for one in known.frameworks.values()]}
    )


def _framework(output: Output, known: "Catalogue", framework: "Framework", kind: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from trimtab.errors import UsageError

    rows = known.of(framework.id)
    kinds = list(dict.fromkeys(row.kind for row in rows if row.kind))
    wanted = kind.rstrip("s") if kind != "tactics" else "tactic"
    if kind and wanted not in kinds:
        raise UsageError(
            f"{framework.id} has no rows of kind {kind[:40]!r}.",
            f"It has: {', '.join(f'{one}s' for one in kinds) or 'none'}.",
        )
    rows = tuple(row for row in rows if not kind or row.kind == wanted)
    tested = _testers()
    table = Table("id", "title", "attacks installed", box=None, pad_edge=False)
    for row in rows:
        table.add_row(Text(row.id), Text(row.title), str(len(tested.get(row.link, ()))) if row.link in tested else "")
    output.show(table, Text(_source(framework), style="dim"))
    data = [_control_data(row, tested) for row in rows]
    output.data({**_framework_data(known, framework), "as_of": known.as_of, "controls": data})


def _one(output: Output, known: "Catalogue", control: "Control") -> None:
    from rich.text import Text

    from trimtab.policy.controls import NEEDS

    tested = _testers()
    attacks = tested.get(control.link, [])
    lines = [
        ("", control.title),
        ("evidence", control.evidence),
        ("measured by", ", ".join(f"{one} {known.metrics.get(one, '')}".strip() for one in control.metrics)),
        ("applies", control.applies),
        ("to", control.who),
        ("tactics", ", ".join(control.tactics)),
        ("not by asking", NEEDS.get(control.needs, "")),
        ("note", control.note),
        ("checked", f"{_CHECKED.get(control.status, control.status)}; {_source(known.frameworks[control.framework])}"),
        ("attacks", ", ".join(attacks) if attacks else "none installed"),
    ]
    output.show(Text(control.link, style="bold"))
    for head, said in lines:
        if said:
            output.show(Text(f"{head}: {said}" if head else said))
    output.data(_control_data(control, tested))


_CHECKED = {
    "verified-primary": "against the publisher's text",
    "verified-secondary": "against copies of others",
    "verified-secondary-single": "against one copy of somebody else",
    "partly-verified": "in part",
}


def _testers() -> dict[str, list[str]]:
    """The attacks and strategies that are installed, by the controls that they test."""
    from trimtab.kinds import plugins

    found: dict[str, list[str]] = {}
    for kind in ("attacks", "strategies"):
        for name in plugins.names(kind):
            for link in plugins.make(kind, name).controls:
                found.setdefault(link, []).append(name)
    return found


def _source(framework: "Framework") -> str:
    said = [framework.name]
    if framework.checked:
        said.append(f"checked against {'; '.join(framework.checked)}")
    if framework.not_checked:
        said.append(f"not checked: {framework.not_checked}")
    if framework.note:
        said.append(framework.note)
    return ". ".join(said)


def _framework_data(known: "Catalogue", one: "Framework") -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(one), "rows": len(known.of(one.id))}


def _control_data(row: "Control", tested: dict[str, list[str]]) -> dict[str, Any]:
    from dataclasses import asdict

    return {"link": row.link, **asdict(row), "attacks": tested.get(row.link, [])}
