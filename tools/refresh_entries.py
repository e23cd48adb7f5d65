"""Put the entries of the books and their fields into their reference page, between its markers.

    python tools/refresh_entries.py

Everything comes from the descriptions that commands, files and web hooks are made from; `tests/docs` checks that the
page is what this makes.
"""

from marked import ROOT, Marked
from trimtab.evidence.entries import ENTRIES, Entry, described
from trimtab.evidence.entries.entry import Said

_SHARED = {one.name for one in described(Entry)}


def tables() -> str:
    """A table for the fields that all entries have, and one for each entry."""
    parts = ["### All of them\n", _table(list(described(Entry)))]
    for kind, entry in ENTRIES.items():
        about = " ".join((entry.__doc__ or "").split())
        about += " Made by trimtab alone: nobody can enter one." if entry.computed else ""
        own = [one for one in described(entry) if one.name not in _SHARED]
        parts += [f"\n### `{kind}`\n", f"{about}\n", _table(own, drawn=entry.about if entry.opens else "")]
    return "\n".join(parts)


def _table(fields: list[Said], *, drawn: str = "") -> str:
    lines = ["| field | holds | needed | what it is |", "|---|---|---|---|"]
    for one in fields:
        holds = " ".join(f"`{choice}`" for choice in one.choices) or str(one.form)
        shown = f" `{one.default}`" if one.default not in (None, "", 0, 0.0, (), {}, False) else ""
        needed = "yes" if one.required and one.name != drawn else f"default{shown}" if shown else ""
        lines.append(f"| `{one.name}` | {holds} | {needed} | {one.help} |")
    return "\n".join(lines)


MARKED = Marked(
    page=ROOT / "docs" / "reference" / "entries.md",
    tool="refresh_entries.py",
    blocks={"entries": tables},
)


if __name__ == "__main__":
    MARKED.main()
