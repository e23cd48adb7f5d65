"""How `trimtab ledger` shows what a ledger holds, and whether it verifies: for people, and as data."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

    from trimtab.evidence import RunSummary, Verification
    from trimtab.kinds import Row


def moment_shown(microseconds: int) -> str:
    """A moment in UTC; whatever number it is, where it is none."""
    if not microseconds:
        return ""
    try:
        return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(" ", "seconds").removesuffix("+00:00") + "Z"
    except (OverflowError, ValueError, OSError):  # an altered row may claim any time
        return f"{microseconds} µs"


def verified_data(found: "Verification") -> dict[str, Any]:
    """What a verification found, as data."""
    return {
        "ledger": found.location,
        "ok": found.ok,
        "rows": found.rows,
        "root": found.head.root.hex(),
        "checkpoints": found.checkpoints,
        "found": found.found,
        "problems": [{"part": one.part, "seq": one.seq, "what": one.what} for one in found.problems],
    }


def verified_story(found: "Verification", *, checked: int) -> "Text":
    """What a verification found, in words; `checked` is how many heads kept elsewhere were looked for."""
    from rich.text import Text

    if found.ok:
        kept = f", {checked} {'head' if checked == 1 else 'heads'} kept elsewhere" if checked else ""
        result, colour = "intact", "green"
        lines = [
            f" {found.location}: {found.rows:,} rows, {found.checkpoints:,} checkpoints{kept}",
            f"root {found.head.root.hex()}",
        ]
    else:
        result, colour = "altered", "red"
        lines = [f" {found.location}: {found.found:,} found in {found.rows:,} rows"]
        lines += [f"  {problem}" for problem in found.problems]
        if found.found > len(found.problems):
            lines.append(f"  and {found.found - len(found.problems):,} more")
    # A root that is broken into lines could not be copied.
    story = Text(no_wrap=True, overflow="ignore")
    return story.append(result, style=colour).append("\n".join(lines))


def runs_shown(runs: "list[RunSummary]") -> Any:
    """Runs as a table."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Run", "System", "Started (UTC)", "Verdict", "Policy"):
        table.add_column(name, no_wrap=name in {"Run", "Started (UTC)", "Policy"}, overflow="fold")
    colours = {"pass": "green", "fail": "red", "inconclusive": "yellow"}
    for one in runs:
        whole = one.outcome == "complete"
        words = one.verdict or "none" if whole else " ".join(filter(None, (one.verdict, _in_part(one.outcome))))
        started = moment_shown(one.started).removesuffix("Z")
        cells = (one.run, one.system, started[:16])
        verdict = Text(words, style=colours.get(one.verdict, ""))
        table.add_row(*map(Text, cells), verdict, Text(one.policy.removeprefix("sha256:")[:12]))
    return table


def _in_part(outcome: str) -> str:
    return f"({outcome})" if outcome else "unfinished"


def rows_shown(rows: "list[Row]") -> Any:
    """Rows under the day and the run that they belong to, so that what differs has the width."""
    from itertools import groupby

    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    def place(row: "Row") -> str:
        run = f"run {row.run}" if row.run else ""
        return ", ".join(filter(None, (moment_shown(row.time).partition(" ")[0], row.system, run)))

    found: list[Any] = []
    for heading, group in groupby(rows, place):
        own = list(group)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        cells = [(str(row.seq), moment_shown(row.time).partition(" ")[2], row.kind) for row in own]
        more = [(row.candidate, row.metric, _gist(row)) for row in own]
        kept = [number for number in range(3) if any(row[number] for row in more)]
        for name in ("Row", "UTC", "Kind"):
            table.add_column(name, no_wrap=True, justify="right" if name == "Row" else "left")
        for number in kept:
            table.add_column(("Candidate", "Metric", "Contents")[number], overflow="fold")
        for first, rest in zip(cells, more, strict=True):
            table.add_row(*map(Text, first), *(Text(rest[number]) for number in kept))
        found += [Text("")] * bool(found) + [Text(heading, style="bold"), table]
    return Group(*found)


def _gist(row: "Row") -> str:
    """What a row says, in a few words; --json has all of it."""
    import orjson

    try:
        payload = orjson.loads(row.payload)
        if row.kind == "observation":
            return f"{payload['case']}: {payload.get('value', payload.get('missing'))}"
        if row.kind == "decision":
            return f"{payload['verdict']}; ship {payload['winner'] or 'none'}"
        if row.kind == "look":
            return f"{payload['suite']}, look {payload['number']}"
        if row.kind == "run-finished":
            calls, cached = payload["calls"], payload["cached"]
            kept = f"{cached:,} kept {'reply' if cached == 1 else 'replies'}"
            return f"{payload['outcome']}; {calls:,} {'call' if calls == 1 else 'calls'}, {kept}"
        if row.kind == "rulings":
            return ", ".join(f"{one['side']} {one['action']} {one['count']:,}" for one in payload["rulings"])
        if row.kind == "escalated":
            return f"{payload['side']}: {payload['why']}"
    except (ValueError, KeyError, TypeError):
        return "(unreadable: altered?)"
    return row.payload if len(row.payload) <= 40 else row.payload[:39] + "…"


def run_data(one: "RunSummary") -> dict[str, Any]:
    """A run as data."""
    from dataclasses import asdict

    return {**asdict(one), "started": moment_shown(one.started), "finished": moment_shown(one.finished)}


def row_data(row: "Row") -> dict[str, Any]:
    """A row as data."""
    import orjson

    data = row._asdict()
    return {**data, "payload": orjson.Fragment(row.payload), "prev": row.prev.hex(), "hash": row.hash.hex()}
