"""Documentation is executed: every console, Python and policy block of every page.

A page is a story: its blocks run in order, in one empty folder, in one
Python namespace. Comments before a block steer it:

    <!-- exit: 3 -->     the last command ends with this code instead of 0
    <!-- file: NAME -->  the block is written to this file first (any language)
    <!-- skip: WHY -->   not run, and the reason is for the reader of the source

Pages that speak of 127.0.0.1:8000 get a real server there (on a free port). Pages that speak of db.example.org get a
real PostgreSQL server; their SQL is run by its owner, in the database of <!-- database: NAME -->. They are integration
tests.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.command import trimtab

ROOT = Path(__file__).parents[2]
# Pages of a dozen commands and more, each several seconds: run with the heavy real parts, or the core suite takes too long.
HEAVY = {
    "adaptive-attacks.md",
    "api.md",
    "bias.md",
    "cards.md",
    "ci.md",
    "compliance.md",
    "consent.md",
    "frameworks.md",
    "import-evidence.md",
    "incidents.md",
    "learning.md",
    "money.md",
    "monitor.md",
    "proxy.md",
    "reviews.md",
    "scorecard.md",
    "team-pages.md",
    "trainers.md",
    "vendors.md",
}
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r"(?P<notes>(?:^<!-- [a-z]+: [^\n]*-->\n+)*)^```(?P<language>[a-z]*)[^\n]*\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ENDPOINT = "127.0.0.1:8000"
DATABASE = re.compile(r"postgresql://(\w+)@db\.example\.org/(\w+)(?:\?schema=(\w+))?")


@dataclass(frozen=True)
class Block:
    language: str
    body: str
    notes: dict[str, str]


def blocks(page: Path) -> list[Block]:
    found = []
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        notes = dict(re.findall(r"<!-- ([a-z]+): (.*?) -->", match["notes"]))
        found.append(Block(match["language"], match["body"], notes))
    return found


@pytest.fixture
def endpoint() -> Iterator[str]:
    from trimtab.testing import ServerProcess

    with ServerProcess() as server:
        yield server.url.removeprefix("http://").rstrip("/")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As a shell would; a plain call of `trimtab` needs none."""
    words = shlex.split(command) if not set(command) & set("|&;<>$`*?~#(\n") else []
    if words[:1] == ["trimtab"]:
        return trimtab(*words[1:], cwd=folder, environment=environment())
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder, env=environment(), text=True, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB")}
    folder = str(Path(sys.executable).parent)
    return {**kept, "PATH": f"{folder}:{kept.get('PATH', '')}", "NO_COLOR": "1", "COLUMNS": "100"}


def run_console(block: Block, folder: Path, where: str) -> None:
    """Run each `$ ` line; the text under it must appear in what it printed, `...` standing for anything."""
    steps = re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]
    assert steps, f"{where}: a console block without a command"
    for number, step in enumerate(steps):
        command, _, expected = step.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = f"{command}\n{more}"
        done = run(command, folder)
        printed = done.stdout + done.stderr
        wanted = int(block.notes.get("exit", "0")) if number == len(steps) - 1 else 0
        assert done.returncode == wanted, f"{where}: `{command}` ended with {done.returncode}:\n{printed}"
        pattern = r".*?".join(re.escape(" ".join(part.split())) for part in expected.split("..."))
        assert re.search(pattern, " ".join(printed.split()), re.DOTALL), (
            f"{where}: `{command}` printed\n{printed}\nand the page says\n{expected}"
        )


def check_policy_text(text: str, folder: Path, where: str) -> None:
    from trimtab.policy import check_policy

    path = folder / "documented.yaml"
    path.write_text(text, encoding="utf-8")
    mistakes = [m for m in check_policy(path).mistakes if not m.warning]
    assert not mistakes, f"{where}: " + "\n".join(map(str, mistakes))


def marks(page: Path) -> list[pytest.MarkDecorator]:
    heavy = page.name in HEAVY or DATABASE.search(page.read_text(encoding="utf-8"))
    return [pytest.mark.integration] if heavy else []


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=marks(page), id=str(page.relative_to(ROOT))) for page in PAGES]
)
def test_what_a_page_says_is_what_happens(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = blocks(page)
    address = request.getfixturevalue("endpoint") if any(ENDPOINT in block.body for block in found) else ENDPOINT
    database = request.getfixturevalue("postgres") if marks(page) else None
    names: dict[str, object] = {"__name__": "documented"}
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        for number, raw in enumerate(found, 1):
            body = raw.body.replace(ENDPOINT, address)
            if database is not None:
                body = DATABASE.sub(lambda m: database.url(m[3] or "", user=m[1], database=m[2]), body)
            block = Block(raw.language, body, raw.notes)
            where = f"{page.relative_to(ROOT)}, block {number}"
            if "skip" in block.notes:
                continue
            if "file" in block.notes:
                target = tmp_path / block.notes["file"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.body, encoding="utf-8")
            if block.language == "console":
                run_console(block, tmp_path, where)
            elif block.language == "sql" and database is not None:
                statements = [one for one in block.body.split(";") if one.strip()]
                database.execute(*statements, database=block.notes.get("database", "postgres"))
            elif block.language == "python" and "file" not in block.notes:
                exec(compile(block.body, where, "exec"), names)
            elif block.language == "yaml" and block.body.lstrip().startswith("trimtab:"):
                check_policy_text(block.body, tmp_path, where)
    finally:
        os.chdir(before)


def test_every_page_is_seen() -> None:
    assert len(PAGES) > 2
    assert any(blocks(page) for page in PAGES)


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in PAGES
        for target in targets(page)
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def targets(page: Path) -> list[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose)


def test_the_demo_output_in_the_readme_is_of_the_policy_in_the_examples() -> None:
    from trimtab.policy import load_policy

    digest = load_policy(ROOT / "examples/assistant/trimtab.yaml").digest
    assert digest in (ROOT / "README.md").read_text(encoding="utf-8"), "run `make demo` and tools/refresh_readme.py"
