"""How long it takes from a bare machine, with Python and nothing else, to the first scorecard.

    python benches/first_scorecard.py [--index URL]

In a new environment: pip installs trimtab with what checks signatures and all that they need; the year of the example organisation is told (real runs,
entries through the public calls); then the first `trimtab kpi` and the first `trimtab scorecard`. Nothing is compiled
to bytecode beforehand, no package is in a cache. Bar: two minutes for all of it.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORGANISATION = ROOT / "examples" / "organisation"
BAR = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--index", default="", help="Index of packages for pip; pip's own configuration if left out.")
    parser.add_argument("--quarter", default="2026-Q3")
    arguments = parser.parse_args()
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "env"
        ledger = str(Path(folder) / "ledger.db")
        policy = ["--policy", str(ORGANISATION / "trimtab.yaml"), "--ledger", ledger]
        python, trimtab = str(made / "bin" / "python"), str(made / "bin" / "trimtab")
        index = ["--index-url", arguments.index] if arguments.index else []
        steps = {
            "make an environment": [sys.executable, "-m", "venv", str(made)],
            "pip install trimtab": [python, "-m", "pip", "install", "-q", "--no-cache-dir", *index, f"{ROOT}[sign]"],
            "tell a year of evidence": [python, str(ORGANISATION / "year.py"), "--ledger", ledger],
            "trimtab kpi": [trimtab, "kpi", *policy, "--quarter", arguments.quarter],
            "trimtab scorecard": [trimtab, "scorecard", *policy, "--quarter", arguments.quarter],
            "trimtab scorecard, again": [trimtab, "scorecard", *policy, "--quarter", arguments.quarter],
        }
        whole, used = 0.0, 0.0
        print(f"load {os.getloadavg()[0]:.1f}")
        for name, call in steps.items():
            begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(call, env=environment, cwd=folder, capture_output=True, text=True, check=False)
            took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
            work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            if "again" not in name:
                whole, used = whole + took, used + work
            print(f"{name:26} {took:7.1f} s, of the processor {work:6.1f} s   exit {done.returncode}", flush=True)
            if done.returncode not in ((0, 1, 3) if call[0] == trimtab else (0,)):  # a verdict is an answer
                sys.exit(done.stderr[-2_000:])
        print(
            f"first scorecard after {whole:.1f} s, {whole / BAR:.2f} x the bar of {BAR:.0f} s; {used:.1f} s of the processor"
        )


if __name__ == "__main__":
    main()
