"""Put labels and figures of the detectors into their reference page, between its markers.

    python tools/refresh_detectors.py

Everything comes from the cards that the detectors carry; `tests/docs` checks that the page is what this makes.
"""

import json
from collections import defaultdict
from typing import Any

from marked import ROOT, Marked
from trimtab.builtin.detectors.names.network import CARD
from trimtab.kinds import plugins

_CALLED = {
    "presidio_v2 (en)": "presidio-research, synthetic v2 (en)",
    "presidio_large (en)": "presidio-research, synthetic large (en)",
    "pii_nano (en)": "PII-synthetic (en)",
    "wnut17 (en)": "WNUT-17, social media (en)",
    "wikigold (en)": "wikigold, encyclopaedia (en)",
    "meddocan (es)": "MEDDOCAN, dev part, clinical (es)",
}


def labels(name: str) -> str:
    """The labels of a detector by family, as a list."""
    families: dict[str, list[str]] = defaultdict(list)
    for label in plugins.find("detectors", name).card.labels:
        family, _, kind = label.partition(".")
        families[family].append(kind or family)
    return "\n".join(f"- `{family}.`: {', '.join(sorted(kinds))}" for family, kinds in sorted(families.items()))


def figures() -> str:
    """What the card of `names` says: a line for each corpus, and one for each label on it."""
    card = json.loads(CARD.read_text(encoding="utf-8"))
    lines = ["| corpus | label | characters covered | found whole | characters right | texts with a false alarm |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for corpus, seen in card["measured"].items():
        called = _CALLED.get(corpus, corpus)
        lines.append(
            f"| {called} | all | {_share(seen['characters_covered'])} | | {_share(seen['precision_of_characters'])} | "
            f"{_rate(seen['alarms_in_clean_texts'])} |"
        )
        for label, one in seen["labels"].items():
            if one["spans_covered"] is not None:
                lines.append(
                    f"| | `{label}` | {_share(one['characters_covered'])} | {_rate(one['spans_covered'])} | "
                    f"{_share(one['precision_of_characters'])} | {_rate(one['alarms_in_clean_texts'])} |"
                )
    made = card["made"]
    weights = card["weights"]
    rest = [
        "",
        f"Weights: {weights['bytes'] / 1e6:.1f} MB, SHA-256 `{weights['sha256']}`, made by `{made['by']}` from seed",
        f"{made['seed']}. Trained on:",
        "",
        *(f"- {source}" for source in card["data"]),
        "",
        f"Licence: {card['licence']}.",
    ]
    return "\n".join([*lines, *rest])


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _rate(rate: dict[str, Any] | None) -> str:
    return "" if rate is None else f"{rate['rate']:.2f} ({rate['low']:.2f} to {rate['high']:.2f}) of {rate['of']:,}"


MARKED = Marked(
    page=ROOT / "docs" / "reference" / "detectors.md",
    tool="refresh_detectors.py",
    blocks={
        "labels-patterns": lambda: labels("patterns"),
        "labels-names": lambda: labels("names"),
        "figures-names": figures,
    },
)


if __name__ == "__main__":
    MARKED.main()
