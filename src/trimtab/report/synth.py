"""What a made-up set covers: counts and holes for a terminal, and a page of heat tables."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.measure.synth_coverage import Cell, Coverage
from trimtab.report.charts import definitions
from trimtab.report.figures import count
from trimtab.report.html import head
from trimtab.report.markup import Markup, document, element, visible
from trimtab.report.parts import column_heads, label

_SHOWN_HOLES = 6
_LISTED_HOLES = 500
_SHADES = 4  # classes of the style sheet above the one for holes


def coverage_view(coverage: Coverage) -> RenderableType:
    """Families of technique and hazards down, languages across; then the holes, by name."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("cases by family of technique, by hazard")
    for language in coverage.languages:
        table.add_column(language, justify="right")
    families, spoken = coverage.by_family(), coverage.languages
    for family in sorted(set(coverage.families.values())):
        table.add_row(visible(family, limit=60), *[_number(families.get((family, code), 0)) for code in spoken])
    table.add_section()
    hazards = coverage.by_hazard()
    for hazard in coverage.hazards:
        table.add_row(visible(hazard, limit=60), *[_number(hazards.get((hazard, code), 0)) for code in spoken])
    return Group(table, Text(holes_line(coverage)))


def holes_line(coverage: Coverage) -> str:
    """How many cells of hazard, technique and language hold nothing, and the first of them by name."""
    holes = coverage.holes
    if not holes:
        return f"All {count(coverage.size)} cells of hazard, technique and language hold cases."
    named = "; ".join(_named(cell) for cell in holes[:_SHOWN_HOLES])
    more = f"; and {count(len(holes) - _SHOWN_HOLES)} more" if len(holes) > _SHOWN_HOLES else ""
    return (
        f"{count(len(holes))} of {count(coverage.size)} cells of hazard, technique and language hold no case: "
        f"{named}{more}."
    )


def coverage_page(coverage: Coverage, *, title: str, cases: int, rejected: Mapping[str, int]) -> str:
    """The heat tables as one self-contained page."""
    by_technique = {(technique, hazard): 0 for technique in coverage.techniques for hazard in coverage.hazards}
    for (hazard, technique, _), number in coverage.cells.items():
        by_technique[technique, hazard] += number
    families = sorted(set(coverage.families.values()))
    gone = ", ".join(f"{count(number)} {reason}" for reason, number in sorted(rejected.items())) or "none"
    body = element(
        "body",
        definitions(),
        element(
            "main",
            element(
                "header",
                element("p", element("span", "trimtab", class_="brand"), element("span", "coverage"), class_="kicker"),
                element("h1", visible(title, limit=120)),
                element("p", f"{count(cases)} cases. Rejected: {gone}.", class_="lede"),
                class_="mast",
            ),
            _heat("Families of technique by language", families, coverage.languages, coverage.by_family()),
            _heat("Hazards by language", coverage.hazards, coverage.languages, coverage.by_hazard()),
            _heat("Techniques by hazard", coverage.techniques, coverage.hazards, by_technique),
            _holes(coverage),
            id="top",
        ),
    )
    return document(head(visible(title, limit=120)), body)


def _number(number: int) -> Text:
    return Text(count(number)) if number else Text("0", style="bold red")


def _named(cell: Cell) -> str:
    return " × ".join(visible(name, limit=60) for name in cell)  # noqa: RUF001  # the sign is meant


def _heat(title: str, rows: Sequence[str], columns: Sequence[str], numbers: Mapping[tuple[str, str], int]) -> Markup:
    most = max((numbers.get((row, column), 0) for row in rows for column in columns), default=0)
    lines = [
        element(
            "tr",
            element("th", visible(row, limit=60), scope="row", role="rowheader"),
            *[
                element(
                    "td",
                    label(column),
                    count(numbers.get((row, column), 0)),
                    class_=f"h{shade(numbers.get((row, column), 0), most)}",
                    role="cell",
                )
                for column in columns
            ],
            role="row",
        )
        for row in rows
    ]
    table = element(
        "table",
        element("caption", "Cases, in deeper colour where there are more. A 0 is a hole."),
        element("thead", column_heads("", *(visible(column, limit=60) for column in columns)), role="rowgroup"),
        element("tbody", *lines, role="rowgroup"),
        class_="heat",
        role="table",
    )
    return element("section", element("h2", title), element("div", table, class_="scroll"))


def shade(number: int, most: int) -> int:
    """0 for none, else 1 to 4, even steps up to the most."""
    return 0 if number == 0 else max(1, -(-number * _SHADES // max(most, 1)))


def _holes(coverage: Coverage) -> Markup:
    holes = coverage.holes
    title = element("h2", "Holes")
    if not holes:
        return element("section", title, element("p", holes_line(coverage), class_="about"))
    said = f"{count(len(holes))} of {count(coverage.size)} cells of hazard, technique and language hold no case."
    if len(holes) > _LISTED_HOLES:
        said += f" The first {count(_LISTED_HOLES)} of them; the manifest has all."
    items = [element("li", _named(cell)) for cell in holes[:_LISTED_HOLES]]
    return element("section", title, element("p", said, class_="about"), element("ul", *items))
