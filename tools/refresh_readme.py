"""Put the output of the last demo run into the README, between its two markers.

    python tools/refresh_readme.py LEDGER

Reads the ledger of a finished `make demo`, lets `trimtab report` write the
decision again, and puts in the summary that it makes for people who read it
in a browser, with the run's facts. Nothing is typed by hand; `tests/docs`
checks that the policy digest is today's.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(<!-- demo:begin[^\n]*-->\n).*?(<!-- demo:end -->)", re.DOTALL)
DECISIONS = {0, 1, 3}


def main() -> None:
    """Refresh README.md from the ledger named on the command line."""
    ledger = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".trimtab/ledger.db")
    with tempfile.TemporaryDirectory() as folder:
        done = _report(ledger, "--out", folder)
        if done.returncode not in DECISIONS:
            sys.exit(done.stderr)
        text = (Path(folder) / "summary.md").read_text(encoding="utf-8")
    text = text.partition("<details>")[0].strip()
    text = re.sub(r"^## (.*)$", r"**\1**", text, count=1, flags=re.MULTILINE)
    readme = ROOT / "README.md"
    page = readme.read_text(encoding="utf-8")
    digest = _facts(ledger)["policy"]
    block = f"\n{text}\n\nExit code {done.returncode}. Policy `{digest}`.\n\n"
    fresh, count = BLOCK.subn(lambda match: match[1] + block + match[2], page)
    if count != 1:
        sys.exit("README.md has no demo markers")
    readme.write_text(fresh, encoding="utf-8")


def _report(ledger: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trimtab", "report", "--ledger", ledger, *options],
        env={"COLUMNS": "100", "NO_COLOR": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def _facts(ledger: str) -> dict[str, str]:
    provenance: dict[str, str] = json.loads(_report(ledger, "--json").stdout)["provenance"]
    return provenance


if __name__ == "__main__":
    main()
