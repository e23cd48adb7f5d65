"""Pages of the documentation that a tool makes in part: what stands between markers is made, the rest is written."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A page with its blocks, by the names of their markers; `tool` is the file in this folder that refreshes it."""

    page: Path
    tool: str
    blocks: Mapping[str, Callable[[], str]]

    def read(self) -> str:
        """The page as it is."""
        return self.page.read_text(encoding="utf-8")

    def refreshed(self, text: str) -> str:
        """A text of the page with today's blocks.

        Raises:
            ValueError: A pair of markers is missing, or is there twice.
        """
        for name, make in self.blocks.items():
            block = re.compile(rf"<!-- {name}:begin[^\n]*-->\n.*?<!-- {name}:end -->", re.DOTALL)
            fresh = f"<!-- {name}:begin made by tools/{self.tool} -->\n\n{make()}\n\n<!-- {name}:end -->"
            text, count = block.subn(lambda _, fresh=fresh: fresh, text)  # type: ignore[misc]
            if count != 1:
                raise ValueError(f"{self.page.name} has no markers {name}, or has them twice")
        return text

    def main(self) -> None:
        """Refresh the page, or with --check say whether it is as it would be."""
        page = self.read()
        fresh = self.refreshed(page)
        if "--check" in sys.argv[1:]:
            sys.exit(0 if fresh == page else f"{self.page.relative_to(ROOT)} is not what tools/{self.tool} makes")
        self.page.write_text(fresh, encoding="utf-8")
