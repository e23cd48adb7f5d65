"""How quick `patterns` and a guard are, in one thread, on short, long and hostile texts.

Run with `python benches/detectors.py`. Prints the median and the 99th percentile beside what one combined regular
expression for the same personal data takes, which finds much less.
"""

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

SHORT_CLEAN = "the service team reviewed every ticket in the queue and wrote a short note for each of the customers who had asked for help with their order before the end of May"
SHORT = "the customer wrote to ana.solberic@example.org about an invoice that was due yesterday, so please call back on 415-555-0123 today, or tomorrow at the latest, and say that all is well now"
LONG = (
    " ".join([SHORT_CLEAN] * 30)
    + " "
    + SHORT
    + " card 4111 1111 1111 1111 from 192.168.10.4 with DE89370400440532013000"
)
HOSTILE = [
    "1 ",
    "1-",
    "a@",
    "@",
    "AA11 ",
    "x@a.",
    "12 34-56.",
    "4111 1111 ",
    "street 1 ",
    "1.1.1.1 ",
    "tel 1234567 ",
    "&#64;",
    "a b ",
]
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
PatternDetector().find("Write to ana@example.org")
print(time.perf_counter() - began)
# Not `ru_maxrss`: a new process inherits the peak of the one that started it.
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024)
"""


def main() -> None:
    from trimtab.builtin.detectors.patterns.detector import PatternDetector
    from trimtab.enforce import Guard
    from trimtab.policy import GuardSpec

    detector = PatternDetector()
    for name, text, repeats in (("short, clean", SHORT_CLEAN, 2000), ("short", SHORT, 2000), ("long", LONG, 200)):
        middle, worst = times(partial(detector.find, text), repeats)
        peer, _ = times(partial(PEER.findall, text), repeats)
        print(
            f"patterns, {name} ({len(text.split())} words): p50 {middle:.4f} ms, p99 {worst:.4f} ms; one regex {peer:.4f} ms ({middle / peer:.1f}x)"
        )
    slowest = max((times(partial(detector.find, (piece * 40_000)[:40_000]), 3)[0], piece) for piece in HOSTILE)
    print(f"patterns, hostile, 40,000 characters: at most {slowest[0]:.0f} ms ({slowest[1]!r} over and over)")
    trivial = Guard(GuardSpec.model_validate({"output": [{"detector": "leak", "action": "block"}]}))
    middle, worst = times(lambda: trivial.output("ok"), 5000)
    print(f"guard, one trivial check: p50 {middle:.4f} ms, p99 {worst:.4f} ms")
    ready = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=True).stdout.split()
    print(
        f"ready after {float(ready[0]):.2f} s with {float(ready[1]):.0f} MB, patterns only (this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB)"
    )


if __name__ == "__main__":
    main()
