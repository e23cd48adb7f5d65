"""How many credentials `patterns` finds, how often it cries wolf, and how long hostile texts take.

Run with `python -m benches.secrets_quality [FILE]` from the root of the repository; FILE is a `secrets.jsonl.gz` with
marked spans, and without it only the generated texts and the sources installed here are measured. Credentials are
generated from a seed, in texts that the tests hold too. "Whole" counts a credential when every sign of it is covered.
Hostile times are those of one core for the whole detector, for 40,000 and 80,000 characters.
"""

import gzip
import json
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.unit.detectors.fake_secrets import (
    FORMATS,
    PASSWORD_TEXTS,
    TOKEN_TEXTS,
    Dressed,
    dressed,
    harmless,
    key,
    password,
    token,
)

from trimtab.builtin.detectors.patterns.detector import PatternDetector

FILE = Path("shared/data/secrets.jsonl.gz")
KINDS = {".py", ".js", ".json", ".css", ".html", ".md", ".txt", ".yaml", ".yml", ".toml", ".cfg", ".xml", ".svg"}
PIECE = 1_500
HOSTILE = (
    "password=", "password: ", "secret ", "--password ", 'password=("', 'key="', "token=a1", "Bearer ", "://", "MII", "pass",
    "eyJhbGciOi.", "-----BEGIN PRIVATE KEY-----\n", "password is ", "|password|", "user/password: a/", "sk-", "a:b@", "пароль=a1",
)  # fmt: skip


def covered(detector: PatternDetector, text: str) -> set[int]:
    return {at for finding in detector.find(text) for at in range(finding.start, finding.end)}


def cases(dice: random.Random) -> Iterator[tuple[str, Dressed]]:
    for template in PASSWORD_TEXTS:
        for _ in range(20):
            yield "passwords", dressed(template, password, dice)
    for template in TOKEN_TEXTS:
        for _ in range(20):
            yield "tokens", dressed(template, token, dice)
    for kind in FORMATS:
        for template in ("{}", "use {} now", 'x = "{}"', "a: {}"):
            value = key(kind, dice)
            yield "providers' keys", Dressed(template.format(value), value)


def generated(detector: PatternDetector) -> None:
    dice = random.Random(2026)
    seen, found = Counter[str](), Counter[str]()
    drawn = list(cases(dice))
    for kind, case in drawn:
        at = case.text.index(case.value)
        seen[kind] += 1
        found[kind] += covered(detector, case.text).issuperset(range(at, at + len(case.value)))
    for kind, size in seen.items():
        print(f"generated {kind}: {found[kind]} of {size} whole ({found[kind] / size:.3f})")
    left, trials = 0, 300
    for _ in range(trials):
        some = [case for _, case in dice.sample(drawn, 4)]
        text = "\n".join(case.text for case in some)
        masked = covered(detector, text)
        left += any(not masked.issuperset(range(text.index(c.value), text.index(c.value) + len(c.value))) for c in some)
    print(f"texts with four credentials: something left readable in {left} of {trials}")
    quiet = [text for seed in range(20) for text in harmless(random.Random(seed))]
    alarms = sum(bool(detector.find(text)) for text in quiet)
    print(f"generated texts without credentials: alarms in {alarms} of {len(quiet)}")


def installed(detector: PatternDetector, files: int = 400) -> None:
    for name in ("stdlib", "purelib"):
        root = Path(sysconfig.get_paths()[name])
        paths = [
            path
            for path in sorted(root.rglob("*"))
            if path.suffix in KINDS
            and "test" not in str(path)
            and (name != "stdlib" or "site-packages" not in str(path))
        ]
        paths = random.Random(7).sample(paths, min(files, len(paths)))
        texts = [path.read_text(encoding="utf-8", errors="replace")[:60_000] for path in paths]
        pieces = [text[at : at + PIECE] for text in texts for at in range(0, len(text), PIECE)]
        alarms = sum(bool(detector.find(piece)) for piece in pieces)
        whole = sum(bool(detector.find(text)) for text in texts)
        print(
            f"{name}: alarms in {alarms} of {len(pieces)} pieces of {PIECE} characters ({alarms / len(pieces):.4f}), "
            f"in {whole} of {len(texts)} files ({whole / len(texts):.3f})"
        )


def marked(detector: PatternDetector, file: Path) -> None:
    size = touched = whole = several = left = 0
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        masked, text = covered(detector, row["text"]), row["text"]
        clean = True
        for span in row["spans"]:
            places = [at for at in range(span["start"], span["end"]) if not text[at].isspace()]
            size += 1
            touched += any(at in masked for at in places)
            whole += masked.issuperset(places)
            clean = clean and masked.issuperset(places)
        several += len(row["spans"]) > 1
        left += len(row["spans"]) > 1 and not clean
    print(f"{file.name}: touched {touched / size:.3f}, whole {whole / size:.3f} of {size}; left in {left} of {several}")


def hostile(detector: PatternDetector) -> None:
    for piece in HOSTILE:
        times = []
        for size in (40_000, 80_000):
            text = (piece * (size // len(piece) + 1))[:size]
            begun = time.process_time()
            detector.find(text)
            times.append(1000 * (time.process_time() - begun))
        print(f"hostile {piece[:24]!r:28} {times[0]:7.1f} ms {times[1]:7.1f} ms")


def main() -> None:
    detector = PatternDetector(("secret",))
    detector.find("ready")
    generated(detector)
    installed(detector)
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    if file.exists():
        marked(detector, file)
    hostile(detector)


if __name__ == "__main__":
    main()
