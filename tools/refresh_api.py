"""Put the operations of the JSON API into their reference page, between its markers.

    python tools/refresh_api.py

Everything comes from the description that servers give of themselves; `tests/docs` checks that the page is what this
makes.
"""

from typing import Any

from marked import ROOT, Marked
from trimtab.serve.pages.declared import ROLES
from trimtab.serve.pages.openapi.description import description


def tables() -> str:
    """A table for each tag."""
    told = description()
    parts = []
    for tag in told["tags"]:
        parts += [f"### {tag['name']}\n", f"{tag['description']}\n", "| operation | | asks | for | what it is |"]
        parts.append("|---|---|---|---|---|")
        parts += [
            _line(path, way, one)
            for path, ways in told["paths"].items()
            for way, one in ways.items()
            if one["tags"] == [tag["name"]]
        ]
        parts.append("")
    return "\n".join(parts).rstrip()


def _line(path: str, way: str, one: dict[str, Any]) -> str:
    asks = [f"`{each['name']}`" for each in one.get("parameters", ()) if each["in"] == "query"]
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    asks += [f"`{name}`" for name in body.get("required", ())]
    roles = one.get("x-roles", ())
    whom = "all" if set(roles) in (set(), set(ROLES)) else ", ".join(roles)
    whom = "anybody" if one.get("security") == [] else whom
    return f"| `{one['operationId']}` | `{way.upper()} {path}` | {' '.join(asks)} | {whom} | {one['summary']} |"


MARKED = Marked(
    page=ROOT / "docs" / "reference" / "api.md",
    tool="refresh_api.py",
    blocks={"operations": tables},
)


if __name__ == "__main__":
    MARKED.main()
