"""What `docs/how-to/write-a-detector.md` says of a package of one's own: built, installed and used as the page does."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/how-to/write-a-detector.md"
BLOCK = re.compile(
    r"(?P<notes>(?:^<!-- [a-z]+: [^\n]*-->\n+)*)^```(?P<language>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks(language):
    found = [match for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8")) if match["language"] == language]
    return [(dict(re.findall(r"<!-- ([a-z]+): (.*?) -->", match["notes"])), match["body"]) for match in found]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with everything that the page writes, and the package installed beside it."""
    folder = tmp_path_factory.mktemp("shop")
    for language in ("toml", "python", "yaml"):
        for notes, body in blocks(language):
            if "file" in notes:
                path = folder / notes["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body, encoding="utf-8")
    run(folder, "make_asked.py")
    run(folder, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
        "--disable-pip-version-check", "--target", str(folder / "site"), str(folder / "shop-detectors"))  # fmt: skip
    return folder


def run(folder, *arguments, code=0):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env={**kept, "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{folder}", "NO_COLOR": "1"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_policy_of_the_page_has_no_mistake(shop):
    checked = json.loads(run(shop, "-m", "trimtab", "check", "--json"))
    assert (checked["ok"], checked["mistakes"]) == (True, [])


REDACTED = """
from trimtab.measure.redact import redact
assert redact("Your number is C-123456.") == "Your number is [customer_number]."
"""


@pytest.mark.slow
def test_a_guard_uses_it_and_so_does_redaction(shop):
    used = [body for notes, body in blocks("python") if "skip" in notes]
    assert len(used) == 1
    run(shop, "-c", used[0] + REDACTED)


@pytest.mark.slow
def test_it_measures(shop):
    decided = json.loads(run(shop, "-m", "trimtab", "run", "--json", "--quiet", code=1))
    shown = next(one for one in decided["candidates"][0]["requirements"] if one["metric"] == "numbers_shown")
    assert shown["verdict"] == "fail"
    assert "customer-number" in shown["reason"]
    assert re.search(r"Yes in \d+ of \d+ cases", shown["reason"])
