"""What the detectors make of texts whose authors had not seen them: `benches/unseen/*.jsonl.gz`, invented texts.

Run with `python benches/unseen.py [NAME ...]`; the names are those of the files. The kinds of mistakes were named from a
first reading of all personal data, secrets and disguises; then half of the texts, by a hash, were looked at one by one
while the rules were mended, and the other half was only counted, so its figures say more. Attacks and insults were only
counted, and taught no weight. The files named `later` and `told` hold texts of other authors, who wrote when the rules
had been mended by those: what was looked at then, and a half of which no text was ever read.
"""

import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trimtab.builtin.detectors.learned.detector import InjectionDetector, ToxicityDetector
from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.kinds import Context, Finding

FOLDER = Path(__file__).parent / "unseen"
# Nouns of findings that fit a label of the texts, where they are not the same.
FITS = {
    "date_of_birth": {"birth-date"},
    "postal_address": {"address"},
    "medical_record_number": {"medical-record"},
    "bank_account": {"account"},
    "geo_coordinates": {"geo"},
    "crypto_address": {"crypto"},
    "driver_license": {"driver-licence"},
    "national_id": {"national-id", "ssn"},
    "url_with_credentials": {"url-login", "connection-string"},
}
Row = dict[str, Any]


def rows(name: str) -> dict[str, list[Row]]:
    """The texts of a file, by half."""
    halves: dict[str, list[Row]] = {"looked at": [], "kept aside": []}
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            even = hashlib.sha256(row["text"].encode()).digest()[0] % 2 == 0
            halves[row.get("half") or ("looked at" if even else "kept aside")].append(row)
    return {half: some for half, some in halves.items() if some}


def touch(finding: Finding, start: int, end: int) -> bool:
    return finding.start < end and start < finding.end


def personal(texts: Sequence[Row]) -> None:
    detector = PatternDetector()
    size, named, hit = Counter[str](), Counter[str](), 0
    right = wrong = quiet = alarmed = 0
    for row in texts:
        found = detector.find(row["text"])
        for start, end, label in row["spans"]:
            near = [f for f in found if touch(f, start, end)]
            size[label] += 1
            hit += bool(near)
            named[label] += any(f.noun in FITS.get(label, {label}) for f in near)
        fitting = sum(any(touch(f, start, end) for start, end, _ in row["spans"]) for f in found)
        right, wrong = right + fitting, wrong + len(found) - fitting
        quiet += not row["spans"]
        alarmed += bool(found) and not row["spans"]
    print(
        f"    {named.total() / size.total():.3f} of {size.total()} values found and named, {hit / size.total():.3f} found by any name;"
        f" precision {right / (right + wrong):.3f}; an alarm in {alarmed} of {quiet} texts without one"
    )
    print("    " + ", ".join(f"{label} {named[label]}/{size[label]}" for label in sorted(size)))


def secrets(texts: Sequence[Row]) -> None:
    detector = PatternDetector(("secret",))
    size = covered = several = readable = quiet = alarmed = 0
    for row in texts:
        found = detector.find(row["text"])
        masked = {at for f in found for at in range(f.start, f.end)}
        clean = [masked.issuperset(range(start, end)) for start, end, _ in row["spans"]]
        size, covered = size + len(clean), covered + sum(clean)
        several += len(clean) > 1
        readable += len(clean) > 1 and not all(clean)
        quiet += not clean
        alarmed += bool(found) and not clean
    print(
        f"    {covered / size:.3f} of {size} found and covered; of texts with several, something left readable in {readable} of {several};"
        f" an alarm in {alarmed} of {quiet} texts without one"
    )


def disguised(texts: Sequence[Row]) -> None:
    detector = PatternDetector(("personal",))
    size = found = quiet = alarmed = 0
    for row in texts:
        seen = detector.find(row["text"])
        if row["label"]:
            size += 1
            found += any(touch(f, row["start"], row["end"]) for f in seen)
        else:
            quiet += 1
            alarmed += bool(seen)
    print(f"    {found / size:.3f} of {size} values found; an alarm in {alarmed} of {quiet} texts without one")


def chances(detector: Any, texts: Iterable[Row]) -> np.ndarray:
    """The surest finding of each text; those of a document are data."""
    found = []
    for row in texts:
        if row.get("source") == "document":
            seen = detector.find_in(row["text"], Context(origin="document"))
        else:
            seen = detector.find(row["text"])
        found.append(max((f.confidence for f in seen), default=0.0))
    return np.array(found)


def foreign(row: Row) -> bool:
    """Whether an attack, or what looks like one, is in another language than English: its kind says so."""
    return bool(row["kind"].startswith(("translated", "document_", "doc_", "user_")))


def learned(detector: Any, texts: Sequence[Row]) -> None:
    for name, some in (
        ("all", texts),
        ("of users", [row for row in texts if row.get("source") == "user"]),
        ("in documents", [row for row in texts if row.get("source") == "document"]),
        ("in English", [row for row in texts if row.get("source") and not foreign(row)]),
        ("in other languages", [row for row in texts if row.get("source") and foreign(row)]),
    ):
        if some:
            label, flagged = np.array([row["label"] for row in some]), chances(detector, some) > 0
            print(
                f"    {name}: {flagged[label == 1].mean():.3f} of {(label == 1).sum()} found,"
                f" {flagged[label == 0].mean():.3f} of {(label == 0).sum()} harmless ones flagged"
            )


def insults(texts: Sequence[Row]) -> None:
    """As `learned`, and what is found where a harmless text of the same half goes on behind an insult."""
    detector = ToxicityDetector()
    learned(detector, texts)
    harmless = [row["text"] for row in texts if not row["label"]]
    bad = [row for row in texts if row["label"]]
    hidden = [{"text": f"{row['text'].rstrip('. ')}. {harmless[at % len(harmless)]}"} for at, row in enumerate(bad)]
    print(f"    a harmless text behind each: {(chances(detector, hidden) > 0).mean():.3f} of {len(bad)} found")


MEASURES = {
    "pii": personal,
    "pii_later": personal,
    "secrets": secrets,
    "secrets_later": secrets,
    "secrets_told": secrets,
    "disguised": disguised,
    "injection": lambda texts: learned(InjectionDetector(), texts),
    "toxicity": insults,
}


def main() -> None:
    """Print what is found of each file, by half."""
    for name in sys.argv[1:] or MEASURES:
        for half, texts in rows(name).items():
            print(f"{name}, {len(texts)} texts {half}:")
            MEASURES[name](texts)


if __name__ == "__main__":
    main()
