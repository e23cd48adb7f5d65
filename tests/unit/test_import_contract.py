"""The import contract notices what it is there for: every kind of violation, planted one at a time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "src").is_dir(), reason="needs the source tree")


def lint(tree):
    """The exit code of lint-imports over a tree, and what it says."""
    # A cache goes by time of change in whole seconds, which is coarser than these tests.
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--config", str(tree / "pyproject.toml")],
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "COLUMNS": "200", "NO_COLOR": "1"},
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def test_the_tree_keeps_the_contract(clean):
    code, said = lint(clean)
    assert code == 0, said
    assert "0 broken" in said


PLANTED = {
    "sideways, decision to measure": ("decision/planted.py", "import trimtab.measure\n"),
    "sideways, measure to decision": ("measure/planted.py", "from trimtab.decision import model\n"),
    "sideways, evidence to policy": ("evidence/planted.py", "from trimtab.policy.model import Policy\n"),
    "upward, kinds to policy": ("kinds/planted.py", "from trimtab.policy.model import Policy\n"),
    "upward, inside a function": ("stats/planted.py", "def later():\n    import trimtab.report\n"),
    "a plugin to evidence": ("builtin/planted.py", "import trimtab.evidence.records\n"),
    "somebody to a plugin": ("workspace/planted.py", "import trimtab.builtin.systems.openai\n"),
    "the product to its test doubles": ("measure/planted.py", "import trimtab.testing\n"),
    "a package that is in no layer": ("helpers/__init__.py", ""),
    "one group of pages to another": ("serve/pages/measure/planted.py", "import trimtab.serve.pages.decide.gates\n"),
    "what pages share to a group of them": ("serve/pages/values/planted.py", "import trimtab.serve.pages.own.mine\n"),
    "a module of the pages that is in no layer": ("serve/pages/planted.py", ""),
    "pydantic in kinds": ("kinds/planted.py", "import pydantic\n"),
    "pydantic in a plugin": ("builtin/metrics/planted.py", "from pydantic import BaseModel\n"),
    "torch at the top of a module": ("builtin/systems/planted.py", "import torch\n"),
    "gguf inside a function": ("builtin/systems/planted.py", "def later():\n    import gguf\n"),
}


@pytest.fixture(scope="module")
def planted(clean):
    """What is said of a tree with every violation in it, each in a module of its own name."""
    made = []
    for number, (where, text) in enumerate(PLANTED.values()):
        path = clean / "src" / "trimtab" / where.replace("planted", named(number))
        made += [one for one in path.parents if not one.exists()][:1]
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        made.append(path)
    code, said = lint(clean)
    for path in reversed(made):
        path.rmdir() if path.is_dir() else path.unlink()
    assert code == 1
    return said


def named(number):
    return f"planted_{number}_"


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_caught(planted, what):
    name = named(list(PLANTED).index(what)) if "planted" in PLANTED[what][0] else "helpers"
    assert name in planted, planted
