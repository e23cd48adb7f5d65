"""Asks the sums of a task file, and writes a log as Inspect 0.3.285 does; `eval` is the one command."""

import argparse
import json
import os
import runpy
import zipfile
from pathlib import Path

from openai.stand_in import HOW, ask, misbehave  # type: ignore[import-not-found]  # beside us on the path

parser = argparse.ArgumentParser()
parser.add_argument("command")
parser.add_argument("task")
for name in ("model", "log-dir", "log-format", "display"):
    parser.add_argument(f"--{name}", required=True)
for name in ("max-connections", "max-retries", "epochs", "limit"):
    parser.add_argument(f"--{name}", type=int, default=1 if name == "epochs" else None)
parser.add_argument("--no-fail-on-error", action="store_true")
given = parser.parse_args()
misbehave()
file, _, name = given.task.partition("@")
sums = runpy.run_path(file)[name]()
url, key, model = os.environ["TRIMTAB_BASE_URL"], os.environ["TRIMTAB_API_KEY"], given.model.rpartition("/")[2]
samples = []
for number in sums[: given.limit]:
    for epoch in range(1, given.epochs + 1):
        reply = ask(url, key, model, f"What is {number} + {number}?", max_tokens=999)
        sample = {"id": f"sum-{number}", "epoch": epoch, "metadata": {}}
        right = reply is not None and str(2 * number) in reply
        samples.append(
            {**sample, "error": "none"} if reply is None
            else {**sample, "scores": {"match": {"value": "C" if right else "I"}}}
        )  # fmt: skip
header = {
    "version": 2, "status": "error" if HOW == "status" else "success",
    "eval": {
        "task": name, "model": given.model, "created": "2026-11-29T05:43:44+00:00", "packages": {"inspect_ai": "0.3.285"},
    },
    "results": {"total_samples": len(samples)},
}  # fmt: skip
with zipfile.ZipFile(Path(given.log_dir) / "a_log.eval", "w") as log:
    log.writestr("summaries.json", json.dumps(samples))
    log.writestr("header.json", json.dumps(header))
