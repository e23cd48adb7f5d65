"""How quickly completions are rewarded, and data sets scored, on texts of which every one is new.

    python benches/rewards.py [--texts 8000] [--rows 20000] [--peers PYTHON]

Texts are of sentences from a small grammar. Five in a hundred texts hold something to find. The peer is one combined regular expression for the same kinds of
personal data, which finds much less. PYTHON is an interpreter in whose environment Presidio is installed: it looks at
some of the same texts in the same run, without its language model. Times of one process are those of the processor, so
that other work on the machine counts little; of `trimtab score` the wall's are given as well.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson

# The peer and the values to find are those of the bench of detectors.
sys.path.insert(0, str(Path(__file__).parents[1]))
from benches.detectors import PEER, _values

from trimtab.enforce.rewards import Rewards
from trimtab.kinds import plugins
from trimtab.policy import Policy

AT_ONCE = 256
_PARTS = [
    part.split(", ")
    for part in (
        "the parcel, your order, the second box, the invoice, our carrier, the new lamp, that chair, the spare part, every kettle, the garden table, a replacement, the refund, this charger, the winter coat, the printer, the repaired watch, the missing screw, your booking, the wooden shelf, the travel bag",
        "left, will reach, has passed, should arrive at, was checked in, came back to, is kept at, was packed in, goes through, was delayed at, moved on from, returns to, waits in, was sorted by, may stay at, is expected in",
        "the depot, our main warehouse, the workshop, the nearest branch, the harbour, a local office, the post office, the sorting centre, the shop, the counter, our supplier, the returns desk, the factory, the loading bay, the store room, a partner",
        "this morning, on Monday, before noon, within two days, by the end of the week, late last night, in early spring, after the holiday, around lunch time, next month, without further cost, as you had asked, during the storm, ahead of plan, for the third time, soon",
        "because the weather was poor, since one label had faded, so please keep the receipt, and nothing else is needed, although the road was closed, while the system was updated, unless you choose another date, which we are sorry about, and the colour is correct, but the size was wrong, so that it stays dry, if the weight allows it, as the form explains, and it fits most models, when the stock is counted, although demand is high",
    )
]

NAMED = {
    "patterns": [{"detector": "patterns", "labels": ["personal", "secret"]}],
    "full plan": [
        {"detector": "patterns", "labels": ["personal", "secret"]},
        {"detector": "names"},
        {"detector": "toxicity"},
        {"detector": "injection"},
    ],
}


def sentence(dice: random.Random) -> list[str]:
    """Something that could stand in an answer to a customer, one of some sixty million."""
    said = " ".join(dice.choice(part) for part in _PARTS).split()
    said[0] = said[0].capitalize()
    said[-1] += "."
    return said


def texts(count: int, words: int, *, seed: int = 1) -> list[str]:
    """Different texts of so many words in sentences, five in a hundred with something to find."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        text: list[str] = []
        while len(text) < words:
            text += sentence(dice)
        text = [*text[: words - 1], str(number)]
        if number % 20 == 0:
            text[dice.randrange(words - 1)] = dice.choice(_values(dice))
        made.append(" ".join(text))
    return made


def policy(plan: str) -> Policy:
    reward: dict[str, Any] = {"hard": NAMED[plan]}
    if plan == "full plan":
        reward["soft"] = [{"detector": "refusal", "at_most": 0.05}]
    data = {
        "trimtab": 1,
        "organisation": "Bench",
        "metrics": {
            "right": {
                "question": "?", "better": "higher", "target": 0.9, "owner": "team",
                "source": {"suite": "assistant-questions"},
            }
        },
        "people": {"team": {"function": "bench"}},
        "tiers": {"any": {"confidence": 0.9, "floors": {"right": {"at_least": 0.5}}}},
        "rewards": {"bench": reward},
        "systems": {
            "bot": {
                "tier": "any", "owner": "team", "intended_use": "x", "maximise": ["right"], "reward": "bench",
                "candidates": {"one": {"callable": {"target": "a:b"}}},
            }
        },
    }  # fmt: skip
    return Policy.model_validate_json(json.dumps(data))


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def rate(work: Callable[[list[str]], object], some: list[str]) -> float:
    """Texts a second: the best of three parts, each of texts that were not seen before."""
    work(some[:AT_ONCE])
    rest = some[AT_ONCE:]
    size = len(rest) // 3
    parts = [rest[at * size : (at + 1) * size] for at in range(3)]
    return max(size / seconds(partial(work, part)) for part in parts)


def scoring(plan: str) -> Callable[[list[str]], object]:
    rewards = Rewards(policy(plan), "bot")

    def score(some: list[str]) -> None:
        for start in range(0, len(some), AT_ONCE):
            part = some[start : start + AT_ONCE]
            rewards.score(["What is new?"] * len(part), part)

    return score


def rewarding(count: int, presidio: str | None) -> None:
    bars = {("patterns", 40): 20_000, ("patterns", 200): 5_000, ("full plan", 200): 1_000}
    patterns = scoring("patterns")
    for words in (40, 200):
        some = texts(count, words)
        peer = rate(lambda part: [PEER.findall(one) for one in part], some)
        ours = rate(patterns, some)
        print(
            f"patterns, {words} words: {ours:,.0f} completions/s (bar {bars['patterns', words]:,}); "
            f"one regex {peer:,.0f}/s ({ours / peer:.1f}x)",
            flush=True,
        )
        if presidio:
            subprocess.run(
                [presidio, "-W", "ignore", "-c", PRESIDIO],
                input=json.dumps(some[:300]),
                text=True,
                check=False,
                stderr=subprocess.DEVNULL,
            )
    some = texts(max(count // 2, 3 * AT_ONCE), 200, seed=2)
    print(
        f"full plan, 200 words: {rate(scoring('full plan'), some):,.0f} completions/s (bar {bars['full plan', 200]:,})",
        flush=True,
    )
    for name in ("names", "toxicity", "injection", "refusal"):
        alone = rate(partial(each, plugins.make("detectors", name)), some[: 4 * AT_ONCE])
        print(f"  {name} alone: {alone:,.0f}/s", flush=True)


def each(detector: Any, some: list[str]) -> None:
    for text in some:
        detector.find(text)


PRESIDIO = """
import json, sys, time
texts = json.load(sys.stdin)
try:
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
except ImportError:
    print("  Presidio: not installed there")
    sys.exit()
class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}
engine = AnalyzerEngine(nlp_engine=Blank())
engine.analyze(texts[0], language="en")
began = time.process_time()
for text in texts[1:]:
    engine.analyze(text, language="en")
print(f"  Presidio, without its model: {(len(texts) - 1) / (time.process_time() - began):,.0f} completions/s")
"""

# Reads every row as JSON and writes a verdict of the same size: what no scorer can be quicker than.
LIMIT = """
import sys
import orjson
with open(sys.argv[1], "rb") as rows, open(sys.argv[2], "wb") as out:
    for number, line in enumerate(rows, 1):
        row = orjson.loads(line)
        row["prompt"], row["completion"]
        out.write(orjson.dumps({"row": number, "verdict": "safe", "reward": 1.0}) + b"\\n")
"""


def process(*command: str) -> tuple[float, float]:
    """Seconds on the wall and of the processors that a process and its own took, start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode in {0, 1, 3}, done.stderr
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def whole(most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for plan, rows in (("patterns", most), ("full plan", most // 10)):
            data, out, written = (Path(folder) / name for name in ("rows.jsonl", "out.jsonl", "policy.yaml"))
            said = [
                {"prompt": f"What is new, {at}?", "completion": one} for at, one in enumerate(texts(rows, 200, seed=3))
            ]
            data.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in said))
            written.write_text(policy(plan).model_dump_json(by_alias=True))
            wall, limit = process(sys.executable, "-c", LIMIT, str(data), str(out))
            print(
                f"reading and writing {rows:,} rows of 200 words, {data.stat().st_size / 2**20:.0f} MiB: "
                f"{rows / wall:,.0f} rows/s on the wall, {rows / limit:,.0f} per second of a processor",
                flush=True,
            )
            for processes in ("1", "2"):
                options = ["--policy", str(written), "--out", str(out), "--force", "--processes", processes]
                wall, used = process(sys.executable, "-m", "trimtab", "score", str(data), *options)
                done = out.read_bytes().count(b"\n")
                assert done == rows, f"{done} verdicts for {rows} rows"
                print(
                    f"trimtab score, {plan}, {processes} at most: {rows / wall:,.0f} rows/s on the wall, "
                    f"{rows / used:,.0f} per second of a processor ({used / limit:.0f} times the limit)",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=8_000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with Presidio")
    args = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}")
    rewarding(args.texts, args.peers)
    whole(args.rows)


if __name__ == "__main__":
    main()
