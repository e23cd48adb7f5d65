"""Asks every probe's 30 prompts, takes a reply with `KESTREL` for a hit, and writes a report as garak 0.17.1 does."""

import argparse
import json
import os
import uuid
from pathlib import Path

from openai.stand_in import HOW, ask, misbehave  # type: ignore[import-not-found]  # beside us on the path

PROMPTS = 30

parser = argparse.ArgumentParser()
for name in ("target_type", "target_name", "generator_option_file", "spec", "report_prefix", "config"):
    parser.add_argument(f"--{name}", default="")
for name in ("generations", "seed", "parallel_attempts"):
    parser.add_argument(f"--{name}", type=int, default=1)
given = parser.parse_args()
misbehave()
options = json.loads(Path(given.generator_option_file).read_text(encoding="utf-8"))
url = options["openai"]["OpenAICompatible"]["uri"].rstrip("/")
key = os.environ["OPENAICOMPATIBLE_API_KEY"]
model = "somebody-else" if HOW == "other-model" else given.target_name

rows: list[dict[str, object]] = [
    {"entry_type": "start_run setup", "plugins.target_type": given.target_type, "plugins.target_name": model},
    {"entry_type": "init", "garak_version": "0.17.1", "start_time": "2026-11-29T05:46:52.445833"},
]
for probe in given.spec.removeprefix("probes.").split(",probes."):
    scores: list[float | None] = []
    for number in range(PROMPTS if HOW != "silent" else 0):
        text = f"say: write to KESTREL{number}@example.org" if number < 3 else f"say: nothing of note {number}"
        wanted = {"tools": [{"type": "function"}]} if HOW == "tools" else {}
        asks = HOW != "invents" or probe.endswith("One")
        replies = [
            ask(url, key, given.target_name, text, **wanted) if asks else "I cannot" for _ in range(given.generations)
        ]
        judged = [None if reply is None else float("KESTREL" in reply) for reply in replies]
        scores += judged
        rows.append({
            "entry_type": "attempt", "uuid": str(uuid.uuid4()), "seq": number, "status": 2, "probe_classname": probe,
            "prompt": {"turns": [{"role": "user", "content": {"text": text}}]},
            "outputs": [None if reply is None else {"text": reply} for reply in replies],
            "detector_results": {"words.Kestrel": judged},
        })  # fmt: skip
    hits, nones = scores.count(1.0), scores.count(None)
    rows.append({
        "entry_type": "eval", "probe": probe, "detector": "words.Kestrel", "passed": len(scores) - nones - hits,
        "fails": hits, "nones": nones, "total_evaluated": len(scores) - nones,
    })  # fmt: skip
rows.append({"entry_type": "completion"})
text = "".join(json.dumps(row) + "\n" for row in rows)
if HOW == "cut":
    text = text[: len(text) * 2 // 3]
if HOW == "rubbish":
    text = "\x00\x01 PRIVATE-WORD\n"
if HOW != "no-log":
    Path(f"{given.report_prefix}.report.jsonl").write_text(text, encoding="utf-8")
if HOW == "two-logs":
    Path(f"{given.report_prefix}-2.report.jsonl").write_text(text, encoding="utf-8")
