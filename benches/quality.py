"""How much personal data and how many secrets `patterns` finds, on corpora that it was not made from.

Run with `python benches/quality.py [FOLDER]`; the folder holds `pii.jsonl.gz` and `secrets.jsonl.gz`, and without it
nothing is measured. A value counts as found when a finding with the fitting label overlaps it, and a finding as a
false alarm when nothing of its label was marked there. Secrets count as found by any secret that overlaps them, and
as covered when every character of them would be masked.
"""

import gzip
import json
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

from trimtab.builtin.detectors.patterns.detector import PatternDetector

FOLDER = Path(__file__).parents[1].parent / "shared" / "data"
LABELS = {"EMAIL": "email", "PHONE": "phone", "CARD": "card", "IBAN": "iban", "SSN": "ssn", "IP": "ip"}
CORPORA = ("presidio_v2", "presidio_large", "pii_nano", "meddocan")
PIECE = 1_500


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def personal(corpus: str, texts: list[dict[str, Any]]) -> None:
    detector = PatternDetector(("personal",))
    found: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    for row in texts:
        findings = [f for f in detector.find(row["text"]) if f.noun in LABELS.values()]
        for span in row["spans"]:
            if span["label"] in LABELS:
                hit = any(
                    f.noun == LABELS[span["label"]] and f.start < span["end"] and span["start"] < f.end
                    for f in findings
                )
                (found if hit else missed)[LABELS[span["label"]]] += 1
        for f in findings:
            fits = [
                s
                for s in row["spans"]
                if LABELS.get(s["label"]) == f.noun and f.start < s["end"] and s["start"] < f.end
            ]
            alarms[f.noun] += not fits
    hits, misses, wrong = found.total(), missed.total(), alarms.total()
    print(f"{corpus} ({len(texts):,} texts): F1 {2 * hits / (2 * hits + misses + wrong):.3f}")
    for label in sorted({*found, *missed}):
        size = found[label] + missed[label]
        print(
            f"  {label:6} recall {found[label] / size:.3f} of {size:4}  precision {found[label] / max(1, found[label] + alarms[label]):.3f}"
        )


def secrets(texts: list[dict[str, Any]]) -> None:
    detector = PatternDetector(("secret",))
    size = found = covered = several = readable = 0
    for row in texts:
        findings = detector.find(row["text"])
        masked = {at for f in findings for at in range(f.start, f.end)}
        whole = True
        for span in row["spans"]:
            size += 1
            found += any(f.start < span["end"] and span["start"] < f.end for f in findings)
            clean = masked.issuperset(range(span["start"], span["end"]))
            covered += clean
            whole &= clean
        several += len(row["spans"]) > 1
        readable += len(row["spans"]) > 1 and not whole
    print(
        f"credsweeper: found {found / size:.3f}, covered {covered / size:.3f} of {size}; with several, something left readable in {readable} of {several}"
    )
    library = Path(sysconfig.get_paths()["stdlib"])
    texts_of = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(library.glob("*.py"))]
    pieces = [text[at : at + PIECE] for text in texts_of for at in range(0, len(text), PIECE)]
    alarms = sum(bool(detector.find(piece)) for piece in pieces)
    print(
        f"Python's own library, {len(pieces):,} pieces of {PIECE} characters: false alarms {alarms / len(pieces):.4f}"
    )


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not (folder / "pii.jsonl.gz").exists():
        print(f"nothing measured: there is no {folder / 'pii.jsonl.gz'}")
        return
    marked = rows(folder / "pii.jsonl.gz")
    for corpus in CORPORA:
        personal(corpus, [row for row in marked if row["source"] == corpus and row["split"] == "dev"])
    secrets(rows(folder / "secrets.jsonl.gz"))


if __name__ == "__main__":
    main()
