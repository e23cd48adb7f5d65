"""How quick `patterns` and a guard are, in one thread, on short, long and hostile texts.

Run with `python benches/detectors.py [--peers PYTHON]`. Prints the median and the 99th percentile beside what one
combined regular expression for the same personal data takes, which finds much less and is the limit of what can be done
in this way. PYTHON is an interpreter in whose environment DataFog or Presidio is installed: they look at the same texts
in the same run. Presidio runs without its language model, which makes it quicker than it is and blind to names.
Times of hostile texts are those of the processor, the better of two.
"""

import argparse
import json
import random
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
# Varied short texts, so that no cache can flatter, and hostile ones.
_OPENINGS = (
    "the customer wrote to us about an invoice that was due yesterday", "please forward this note to the team before the end of the week",
    "I could not sign in this morning and would like somebody to look into it", "the parcel arrived late and one of the boxes was open",
    "our records show another address than the one on the form you sent", "thank you for the kind reply and for the corrected agreement",
    "we met at the fair in May and spoke of a trial for two departments", "she asked whether the appointment can be moved to the afternoon",
)  # fmt: skip
_NAMES = ("ana", "jon", "mara", "li", "omar", "ines", "petr", "sofia", "noor", "kai")


def _digits(dice: random.Random, size: int) -> str:
    return "".join(dice.choices("0123456789", k=size))


def _values(dice: random.Random) -> list[str]:
    name = f"{dice.choice(_NAMES)}.{dice.choice('bcdfgklmnprst')}{_digits(dice, 2)}"
    return [
        f"{name}@{dice.choice(['mail', 'office', 'post'])}.example.{dice.choice(['org', 'com', 'net'])}",
        f"+44 20 {_digits(dice, 4)} {_digits(dice, 4)}",
        f"{dice.randint(201, 989)}-{dice.randint(201, 989)}-{_digits(dice, 4)}",
        f"192.168.{dice.randint(0, 255)}.{dice.randint(1, 254)}",
        f"{dice.randint(100, 665)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}",
        f"{dice.randint(1, 99)} {dice.choice(['Elm', 'Oak', 'Mill', 'Church'])} Street",
    ]


def varied(count: int, *, seed: int = 1) -> list[str]:
    """Different texts of about thirty words with two findings each."""
    dice = random.Random(seed)
    texts = []
    for _ in range(count):
        first, second = dice.sample(_values(dice), 2)
        texts.append(
            f"{dice.choice(_OPENINGS)}, so write to {first} today or call {second} tomorrow, and say that all is well"
            f" with {dice.choice(_NAMES)} and the {dice.randint(2, 30)} others who had asked for help with their order"
        )
    return texts


REPEATED = (
    "1 ", "1-", "a@", "@", "AA11 ", "x@a.", "12 34-56.", "4111 1111 ", "street 1 ", "1.1.1.1 ", "tel 1234567 ", "&#64;", "a b ", "%41", "\\u0041",
    "password=", "password: ", 'key="', "Bearer ", "://", "a:b@", "MII", "eyJ", "sk-", "AKIA", "-----BEGIN PRIVATE KEY-----\n", "insert into ",
    "415 555 0123 ", "(415) 555-0123 ", "4111 1111 1111 1112 ", "l2 34 5O ", "one two ", "616e6140", "61 6e 61 40 ", "YW5hQGV4YW1wbGUub3Jn",
    "moc.a@", " at a.b", "\u200b1", "\u00e91 ", "1a ", "A", "-", "aA1", "0x", "::1 ", "born 1.1.", "Calle Mayor 1, ", "pw:", "密码是River8", "cookie: a=", "<a>", "|password|", "pw:a1b2c3,", 'pw={{"', "pwd==", "key=a1B2c3D4e5F6g7H8&",
    "PO Box 1 ", "Flat 1, ", "SN3 4TZ ", "75001 Paris ", "〒1 ", "1丁目", "lat 1.1 ", "1.1111,2.2222 ", "N 1° ", "passport no. ", "dob,", "patient id ", "né le ", "PID|1|",
    "password is ", "user / pass ", "code: 1234 ", "1 dash ", " at dot ", "\u202e1 ", "1<wbr>", "*1*", "\u04171", "(at) ", '"1" & ', "\\U00000031", "1\n> ", "電話1",
    "tel,tel,1\n", "dob,passport,ssn,mrn,tel,lat,lon,account\n", "dob,mrn,ssn,tel,fax,lat,lon,1\n" + ",,,,,,,\n" * 140,
)  # fmt: skip
"""Anchors and near-matches that a hostile text repeats."""


def hostile(size: int, *, seed: int = 1) -> dict[str, str]:
    """Texts of so many characters that cost as much as we know how to make them, by name."""
    from trimtab.builtin.detectors.patterns.secrets import SECRETS

    dice = random.Random(seed)
    texts = {repr(piece): (piece * (size // len(piece) + 1))[:size] for piece in REPEATED}
    alphabets = {
        "random digits and signs": "0123456789   .-", "random letters and digits": "abcABC0123456789@.:/ =-",
        "random prefixes of keys": [anchor for pattern in SECRETS for anchor in pattern.anchors],
        "random anchors": ("password", "key", "token", "=", ": ", "'", " ", "\n", "1", "a", "@", ".", "sk-", "://", "%41", "&#6"),
        "random Unicode": [chr(code) for code in (*range(0x20, 0x7F), *range(0x400, 0x450), *range(0xFF10, 0xFF5A), 0x200B, 0x301)],
    }  # fmt: skip
    for name, alphabet in alphabets.items():
        texts[name] = "".join(dice.choices(alphabet, k=size))[:size]
    for name, sign, long in (("random passwords", "pw:{},", 6), ("random keys", "key={}&", 16)):
        values = ("".join(dice.choices("abcdefghijkABCDEFG0123456789", k=long)) for _ in range(size // long))
        texts[f"{name} after their names"] = "".join(map(sign.format, values))[:size]
    groups = ("".join(dice.choices("0123456789", k=dice.choice((2, 3, 4, 4)))) for _ in range(size // 3))
    texts["random groups of digits"] = " ".join(groups)[:size]
    return texts


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
        took = [one for one, _ in worst(detector.find, size)]
        print(f"  {size:6,} characters: at most {took[0]:5.1f} ms, in the middle {took[len(took) // 2]:5.1f} ms")
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
