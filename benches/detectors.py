"""How quick `patterns` and a guard are, in one thread, on short, long and hostile texts.

Run with `python benches/detectors.py [--peers PYTHON]`. Prints the median and the 99th percentile beside what one
combined regular expression for the same personal data takes, which finds much less and is the limit of what can be done
in this way. PYTHON is an interpreter in whose environment DataFog or Presidio is installed: they look at the same texts
in the same run. Presidio runs without its language model, which makes it quicker than it is and blind to names.
Times of hostile texts are those of the processor, the better of two.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from pattern_texts import hostile, varied

SHORT_CLEAN = "the service team reviewed every ticket in the queue and wrote a short note for each of the customers who had asked for help with their order before the end of May"
SHORT = "the customer wrote to ana.solberic@example.org about an invoice that was due yesterday, so please call back on 415-555-0123 today, or tomorrow at the latest, and say that all is well now"
LONG = (
    " ".join([SHORT_CLEAN] * 30)
    + " "
    + SHORT
    + " card 4111 1111 1111 1111 from 192.168.10.4 with DE89370400440532013000"
)
PEER = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:\d[ -]?){13,19}\b|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b\d{3}-\d{2}-\d{4}\b"
    r"|(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"
)


def times(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    work()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    taken.sort()
    return taken[len(taken) // 2] * 1e3, taken[int(len(taken) * 0.99)] * 1e3


READY = """
import time; began = time.perf_counter()
from trimtab.builtin.detectors.patterns.detector import PatternDetector
PatternDetector().find("Write to ana@example.org or call +44 20 7946 0018, card 4111 1111 1111 1111")
print(time.perf_counter() - began)
# Not `ru_maxrss`: a new process inherits the peak of the one that started it.
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024)
"""


PEERS = """
import json, sys, time
texts = json.load(sys.stdin)

def report(name, look):
    for kind, some in texts.items():
        looked = []
        for text in some[:3]:
            look(text)
        for text in some:
            began = time.perf_counter()
            look(text)
            looked.append((time.perf_counter() - began) * 1e3)
            if sum(looked) > 20_000:
                break
        print(f"  {name}, {kind}: p50 {sorted(looked)[len(looked) // 2]:.4f} ms")

try:
    import datafog
    report("DataFog", datafog.detect)
except ImportError:
    print("  DataFog: not installed there")
try:
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}
    engine = AnalyzerEngine(nlp_engine=Blank())
    report("Presidio", lambda text: engine.analyze(text, language="en"))
except ImportError:
    print("  Presidio: not installed there")
"""


def spread(work: Callable[[str], object], texts: list[str]) -> tuple[float, float]:
    """Median and 99th percentile of one look at each of many texts, in milliseconds."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        taken.append(time.perf_counter() - began)
    taken.sort()
    return taken[len(taken) // 2] * 1e3, taken[int(len(taken) * 0.99)] * 1e3


def worst(work: Callable[[str], object], size: int) -> list[tuple[float, str]]:
    """Milliseconds of the processor for each hostile text, the dearest first."""
    taken = []
    for name, text in hostile(size).items():
        best = float("inf")
        for _ in range(2):
            began = time.process_time()
            work(text)
            best = min(best, time.process_time() - began)
        taken.append((best * 1e3, name))
    return sorted(taken, reverse=True)


def patterns(peers: str | None) -> None:
    from trimtab.builtin.detectors.patterns.detector import PatternDetector

    detector = PatternDetector()
    for name, text, repeats in (("short, clean", SHORT_CLEAN, 2000), ("short", SHORT, 2000), ("long", LONG, 200)):
        middle, late = times(partial(detector.find, text), repeats)
        peer, _ = times(partial(PEER.findall, text), repeats)
        print(
            f"patterns, {name} ({len(text.split())} words): p50 {middle:.4f} ms, p99 {late:.4f} ms; one regex {peer:.4f} ms ({middle / peer:.1f}x)"
        )
    pool = varied(600)
    spread(detector.find, pool[500:])
    middle, late = spread(detector.find, pool[:500])
    peer, _ = spread(PEER.findall, pool[:500])
    print(
        f"patterns, 500 different short texts, each once: p50 {middle:.4f} ms, p99 {late:.4f} ms; one regex {peer:.4f} ms ({middle / peer:.1f}x)"
    )
    slowest = worst(detector.find, 40_000)
    print(f"patterns, {len(slowest)} hostile texts of 40,000 characters: at most {slowest[0][0]:.0f} ms; the dearest:")
    for taken, name in slowest[:5]:
        print(f"  {taken:6.1f} ms  {name}")
    for size in (10_000, 20_000, 40_000, 80_000):
        taken = [took for took, _ in worst(detector.find, size)]
        print(f"  {size:6,} characters: at most {taken[0]:5.1f} ms, in the middle {taken[len(taken) // 2]:5.1f} ms")
    if peers:
        texts = {
            "short": [SHORT] * 200, "500 different short texts": pool[:500], "long": [LONG] * 20,
            "hostile, 40,000 characters": [text for name, text in hostile(40_000).items() if name in {"'4111 1111 '", "'x@a.'"}],
        }  # fmt: skip
        print(f"peers, by {peers}:", flush=True)
        subprocess.run(
            [peers, "-W", "ignore", "-c", PEERS],
            input=json.dumps(texts),
            text=True,
            check=False,
            stderr=subprocess.DEVNULL,
        )


def main() -> None:
    from trimtab.enforce import Guard
    from trimtab.policy import GuardSpec

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with DataFog or Presidio")
    patterns(parser.parse_args().peers)
    trivial = Guard(GuardSpec.model_validate({"output": [{"detector": "leak", "action": "block"}]}))
    middle, worst = times(lambda: trivial.output("ok"), 5000)
    print(f"guard, one trivial check: p50 {middle:.4f} ms, p99 {worst:.4f} ms")
    ready = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=True).stdout.split()
    print(
        f"ready after {float(ready[0]):.2f} s with {float(ready[1]):.0f} MB, patterns only (this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB)"
    )


if __name__ == "__main__":
    main()
