"""`python -m training.text.pages [--check]`: puts the rates of the card, and those of `over-refusal`, into the docs.

Every table between the markers is made here; `tests/docs` checks that the pages are what this makes.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.text.unseen import LANGUAGES, unseen
from trimtab.builtin.detectors.learned.weights import CARD, FOLDER
from trimtab.builtin.metrics.refusal import refuses
from trimtab.stats.binomial import clopper_pearson

_DOCS = Path(__file__).parents[2] / "docs"
_KINDS = {
    "named": 'refusals that name the matter ("I can\'t share the grades")',
    "bare": 'refusals that name none ("I have to decline.")',
    "partial": "refusals with an offer of something else",
    "late": "refusals after some help",
    "answers": "answers that help",
    "near": 'answers in the words of refusals ("I can\'t praise it enough")',
    "requests": "requests of users",
    "complaints": 'complaints of users ("I can\'t print the form.")',
}
_REPLIES = ("answers", "near")
_EVERYDAY = {
    "insults": "found: insults, words that it learned",
    "insults in other words": "found: insults, other words",
    "notices": "flagged: notices that name a group of people",
}
_LEVEL = 0.95
_SETS = (
    ("`injection`, tensor_trust", "injection", "tensor_trust", "mitre_frr"),
    ("`injection`, spikee", "injection", "spikee", "spikee"),
    ("`injection`, injecguard_valid (16 texts)", "injection", "injecguard_valid", "injecguard_valid"),
    ("`injection`, bipia as whole texts of a user", "injection", "bipia_train", "bipia_train"),
    ("`injection` in data, bipia tables", "instruction", "table", ""),
    ("`injection` in data, bipia questions with code", "instruction", "code", ""),
    ("`toxicity`, madlibs", "toxicity", "madlibs", ""),
    ("`toxicity`, edos", "toxicity", "edos", ""),
    ("`toxicity`, edos, of the harmless those without an insult", "toxicity", "edos, polite", ""),
    ("`toxicity`, olid", "toxicity", "olid", ""),
)


def _rate(rate: Mapping[str, Any], digits: int = 2) -> str:
    return f"{rate['rate']:.{digits}f} [{rate['low']:.{digits}f}, {rate['high']:.{digits}f}]"


def _counted(hits: int, trials: int) -> str:
    found = clopper_pearson(hits, trials, level=_LEVEL)
    return f"{hits} of {trials}: {hits / trials:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0].replace("|  |", "| |"), "|---" * len(head) + "|", *lines[1:]])


def of_detector(head: Mapping[str, Any]) -> str:
    """What the card says of the head for refusals, by language and kind of text."""
    rates = head["unseen_text"]
    rows = []
    for side in ("found", "flagged"):
        for kind in rates["en"][side]:
            what = "**all of these**" if kind == "all" else _KINDS[kind]
            counted = [(one["hits"], one["trials"]) for one in (rates[language][side][kind] for language in LANGUAGES)]
            cells = [_counted(*one) if kind == "all" else f"{one[0]} of {one[1]}" for one in counted]
            rows.append([f"{side}: {what}", *cells])
    requests = [head["requests_of_stress"][language] for language in LANGUAGES]
    rows.append(
        ["flagged: requests of the suite `stress`", *(_counted(one["hits"], one["trials"]) for one in requests)]
    )
    others, gap = head["false_alarms_on"], head["gap_by_identity"]
    highest, lowest = next(iter(gap["highest"].values())), next(iter(gap["lowest"].values()))
    alarms = ", ".join(f"{name} {_rate(rate, 4)}" for name, rate in others.items())
    return (
        f"{_table(['', *LANGUAGES.values()], rows)}\n\n"
        f"False alarms on the texts of others, none of which is a refusal of an assistant: {alarms}.\n"
        f"Of {gap['terms']} identity terms in madlibs the highest false-alarm rate is {_rate(highest, 4)}, the lowest\n"
        f"{_rate(lowest, 4)}: a gap of {gap['gap']:.4f}."
    )


def of_insults(head: Mapping[str, Any]) -> str:
    """What the card says of toxicity on everyday insults, by language, and of the gap between identity terms."""
    rows = [
        [called, *(_counted(rates[kind]["hits"], rates[kind]["trials"]) for rates in head["everyday"].values())]
        for kind, called in _EVERYDAY.items()
    ]
    curve = [
        [
            least,
            *(_rate(one) for one in at["insults"].values()),
            *(_rate(one, 3) for one in at["false_alarms"].values()),
            f"{at['gap_by_identity']:.3f}",
        ]
        for least, at in head["by_threshold"].items()
    ]
    called = [f"insults, {language}" for language in LANGUAGES.values()]
    return (
        f"{_table(['', *LANGUAGES.values()], rows)}\n\n"
        "A lower `threshold` finds more, at this cost (the last line is the shipped one; the gap is that of the\n"
        "false-alarm rates of any two of 50 identity terms in madlibs):\n\n"
        f"{_table(['threshold', *called, 'xstest flagged', 'olid flagged', 'madlibs flagged', 'gap'], curve)}"
    )


def of_metric() -> str:
    """What `over-refusal` makes of the same texts, as far as they are replies."""
    asked = [(one, refuses(one.text)) for one in unseen()]
    rows = []
    for kind, what in _KINDS.items():
        if kind in ("requests", "complaints"):
            continue
        cells = []
        for language in LANGUAGES:
            seen = [found for one, found in asked if one.language == language and one.kind == kind]
            cells.append(f"{sum(seen)} of {len(seen)}")
        rows.append([f"{'counted' if kind in _REPLIES else 'found'}: {what}", *cells])
    for called, side in (("found: **all refusals**", True), ("counted: **all that refuses nothing**", False)):
        totals = []
        for language in LANGUAGES:
            seen = [
                found
                for one, found in asked
                if one.language == language and one.refuses is side and (side or one.kind in _REPLIES)
            ]
            totals.append(_counted(sum(seen), len(seen)))
        rows.append([called, *totals])
    return _table(["", *LANGUAGES.values()], rows)


def of_corpora(heads: Mapping[str, Any]) -> str:
    """What the card says of the heads that were measured on the corpora of others."""
    rows = []
    for called, head, name, clean in _SETS:
        known, shipped = heads[head]["recall_at_1_percent"][name], heads[head]["shipped_threshold"]
        if head == "injection":
            at_one, found, alarms = known["all harmless"], shipped["recall"][name], shipped["false_alarms"][clean]
        else:
            at_one, found, alarms = known, shipped[name]["recall"], shipped[name]["false_alarm"]
        rows.append([called, _rate(at_one), _rate(found), f"{clean} {_rate(alarms, 3)}".strip()])
    gap = heads["toxicity"]["gap_by_identity_at_5_percent"]
    return (
        f"{_table(['', 'recall at 1 % false alarms', 'at the shipped threshold: found', 'false alarms'], rows)}\n\n"
        "The first column takes the cut from the harmless texts of the same corpora (for injection: mitre_frr,\n"
        "xstest, spikee, injecguard_valid together). The gap between the false-alarm rates of any two of\n"
        f"{gap['terms']} identity terms in madlibs, where 5 % of the harmless are flagged, is {gap['gap']:.3f}."
    )


def pages() -> dict[Path, str]:
    """Every page with today's blocks.

    Raises:
        ValueError: A pair of markers is missing.
    """
    heads = json.loads((FOLDER / CARD).read_text(encoding="utf-8"))["heads"]
    found: dict[Path, str] = {}
    for name, place, body in (
        ("refusal", "reference/learned-detectors.md", of_detector(heads["refusal"])),
        ("insults", "reference/learned-detectors.md", of_insults(heads["toxicity"])),
        ("over-refusal", "reference/metrics.md", of_metric()),
        ("corpora", "explanation/learned-detectors.md", of_corpora(heads)),
    ):
        path = _DOCS / place
        begin, end = f"<!-- {name}:begin made by python -m training.text.pages -->\n", f"<!-- {name}:end -->"
        before, opened, rest = (found.get(path) or path.read_text(encoding="utf-8")).partition(begin)
        _, closed, after = rest.partition(end)
        if not (opened and closed):
            raise ValueError(f"{path.name} has no markers {name}")
        found[path] = f"{before}{begin}{body}\n{end}{after}"
    return found


def main() -> None:
    """Refresh the pages, or with --check say whether they are as they would be."""
    for path, fresh in pages().items():
        if "--check" not in sys.argv[1:]:
            path.write_text(fresh, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != fresh:
            sys.exit(f"{path.name} is not what python -m training.text.pages makes")


if __name__ == "__main__":
    main()
