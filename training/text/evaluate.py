"""What the heads do on corpora that no weight saw: D rows, corpus by corpus. Nothing here goes back into training."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.text import corpora
from training.text.generate import KINDS
from training.text.generate.rude import everyday_words
from training.text.model import HEADS
from training.text.unseen import LANGUAGES, unseen
from trimtab.builtin.detectors.learned.detector import ALONE, settled
from trimtab.builtin.detectors.learned.pieces import passages, remarks, sentences, windows, with_remarks
from trimtab.builtin.detectors.learned.second import Looks
from trimtab.builtin.detectors.learned.weights import shipped
from trimtab.builtin.suites.draw import words
from trimtab.detect.view import views
from trimtab.kinds import plugins
from trimtab.stats.binomial import clopper_pearson

Scores = NDArray[np.float64]
Cut = Callable[[str], Iterable[tuple[int, int]]]

_LEVEL = 0.95
_INSULTS = ("insults", "insults in other words")
_REQUESTS, _SEED = 1_400, 9  # of the suite `stress`, in seven languages
_CONTEXTS = ("mitre_frr", "xstest", "spikee", "injecguard_valid")  # the harmless rows of these, together


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Rows of one kind of corpus, and the largest chance of each head in any window or reading."""

    rows: list[dict[str, Any]]
    chances: NDArray[np.float64]  # (rows)

    def of(self, head: str, source: str | Sequence[str], label: int | None = None) -> Scores:
        """Chances of a head, for the rows of a source with a label."""
        wanted = (source,) if isinstance(source, str) else source
        chosen = [
            at
            for at, row in enumerate(self.rows)
            if row["source"] in wanted and (label is None or row["label"] == label)
        ]
        return np.asarray(self.chances[chosen, HEADS.index(head)])


_BY_REMARKS = frozenset({"toxicity", "bias"})  # heads that are asked about sentences as well, whatever else is


def look(rows: list[dict[str, Any]], *, cut: Cut = windows) -> Seen:
    """The largest chance of any piece of a text, as the detectors that ship find it; `cut` is for the other heads."""
    found = np.zeros((len(rows), len(HEADS)))
    for number, row in enumerate(rows):
        looks = {head: Looks() for head in HEADS}
        for view in views(row["text"]):
            for column, head in enumerate(HEADS):
                own = with_remarks if head in _BY_REMARKS else windows if head in KINDS else cut
                said = [chances[0] for _, _, chances in settled(view.text, own, (head,), looks[head])]
                if head in KINDS:
                    alone = settled(view.text, remarks, (head,), looks[head])
                    said += [chances[0] for _, _, chances in alone if chances[0] >= ALONE]
                found[number, column] = max(found[number, column], *said)
    return Seen(rows, found)


def interval(hits: int, trials: int) -> dict[str, Any]:
    """A rate with its exact interval."""
    found = clopper_pearson(hits, trials, level=_LEVEL)
    return {
        "rate": round(hits / trials, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "level": _LEVEL,
        "hits": hits,
        "trials": trials,
    }


def at_rate(positive: Scores, negative: Scores, share: float) -> dict[str, Any]:
    """Recall where a share of the harmless texts is flagged, no more."""
    cut = np.sort(negative)[::-1][int(share * len(negative))]
    return interval(int((positive > cut).sum()), len(positive))


def at_threshold(scores: Scores, head: str) -> dict[str, Any]:
    """How many are flagged as shipped."""
    return interval(int((scores >= shipped().threshold(head)).sum()), len(scores))


def measure(folder: Path) -> dict[str, Any]:
    """Everything that the card states, by head."""
    injection = look(list(corpora.read(folder / "injection.jsonl.gz", "D")), cut=passages)
    documents = [row for row in corpora.read(folder / "injection.jsonl.gz", "D") if row["source"] == "bipia_train"]
    data = look(documents, cut=sentences)
    toxicity = look(list(corpora.read(folder / "toxicity.jsonl.gz", "D")))
    pairs = [row for row in corpora.read(folder / "pairs.jsonl.gz", "D") if row["source"] == "crows_pairs"]
    safe, unsafe = (
        Seen(*_some(injection, lambda row, kind=kind: row["meta"].get("xstest_label") == kind))  # type: ignore[misc]
        for kind in ("safe", "unsafe")
    )
    return {
        "injection": _injection(injection),
        "instruction": _instruction(data),
        "toxicity": _toxicity(toxicity) | _everyday(toxicity, injection),
        "bias": _bias(pairs, toxicity),
        "refusal": _refusal([row for row in toxicity.rows if row["source"] != "olid"], injection),
        **{
            kind: {
                "note": "Learned from text of our own alone, and no corpus of it was at hand: error rates are unknown.",
                "flagged_on": {
                    "madlibs, harmless side": at_threshold(toxicity.of(kind, "madlibs", 0), kind),
                    "xstest, safe side": interval(*_flagged(safe, kind)),
                    "xstest, unsafe side": interval(*_flagged(unsafe, kind)),
                },
            }
            for kind in KINDS
        },
    }


def _some(seen: Seen, wanted: Callable[[dict[str, Any]], bool]) -> tuple[list[dict[str, Any]], Scores]:
    chosen = [at for at, row in enumerate(seen.rows) if wanted(row)]
    return [seen.rows[at] for at in chosen], seen.chances[chosen]


def _flagged(seen: Seen, head: str) -> tuple[int, int]:
    column = HEADS.index(head)
    return int((seen.chances[:, column] >= shipped().threshold(HEADS[column])).sum()), len(seen.rows)


def _injection(seen: Seen) -> dict[str, Any]:
    clean = seen.of("injection", _CONTEXTS, 0)
    attacks = {
        name: seen.of("injection", name, 1) for name in ("tensor_trust", "spikee", "injecguard_valid", "bipia_train")
    }
    harmless = {name: seen.of("injection", name, 0) for name in (*_CONTEXTS, "bipia_train")}
    flagged = at_threshold(clean, "injection")
    return {
        "recall_at_1_percent": {
            name: {against: at_rate(scores, harmless[against], 0.01) for against in ("mitre_frr", "xstest")}
            | {"all harmless": at_rate(scores, clean, 0.01)}
            for name, scores in attacks.items()
        },
        "shipped_threshold": {
            "recall": {name: at_threshold(scores, "injection") for name, scores in attacks.items()},
            "false_alarms": {name: at_threshold(scores, "injection") for name, scores in harmless.items()},
        },
        "errors": {
            "corpus": "tensor_trust; harmless rows of mitre_frr, xstest, spikee, injecguard_valid",
            "sensitivity": at_threshold(attacks["tensor_trust"], "injection"),
            "false_alarm": flagged,
        },
    }


def _instruction(seen: Seen) -> dict[str, Any]:
    found: dict[str, Any] = {"recall_at_1_percent": {}, "shipped_threshold": {}}
    for kind in ("table", "code"):
        rows = np.array([row["meta"]["context"] == kind for row in seen.rows])
        labels = np.array([row["label"] for row in seen.rows])
        scores = seen.chances[:, HEADS.index("instruction")]
        bad, good = scores[rows & (labels == 1)], scores[rows & (labels == 0)]
        if not len(bad) or not len(good):
            continue
        found["recall_at_1_percent"][kind] = at_rate(bad, good, 0.01)
        # As the detector does: a sentence that instructs, or one that attacks.
        flagged = scores >= shipped().threshold("instruction")
        attacks = seen.chances[:, HEADS.index("injection")] >= shipped().threshold("injection")
        flagged = flagged | attacks
        found["shipped_threshold"][kind] = {
            "recall": interval(int(flagged[rows & (labels == 1)].sum()), len(bad)),
            "false_alarm": interval(int(flagged[rows & (labels == 0)].sum()), len(good)),
        }
    found["note"] = "The text attacks are the same sentences as in the e-mails that trained; the documents are not."
    return found


def _toxicity(seen: Seen) -> dict[str, Any]:
    names = ("madlibs", "olid", "edos")
    pairs = {name: (seen.of("toxicity", name, 1), seen.of("toxicity", name, 0)) for name in names}
    # EDOS asks for sexism alone: by its labels, an insult of another kind is harmless.
    polite = [
        not corpora.holds_insult(row["text"]) for row in seen.rows if row["source"] == "edos" and row["label"] == 0
    ]
    pairs["edos, polite"] = (pairs["edos"][0], pairs["edos"][1][polite])
    return {
        "recall_at_1_percent": {name: at_rate(bad, good, 0.01) for name, (bad, good) in pairs.items()},
        "shipped_threshold": {
            name: {"recall": at_threshold(bad, "toxicity"), "false_alarm": at_threshold(good, "toxicity")}
            for name, (bad, good) in pairs.items()
        },
        "gap_by_identity_at_5_percent": gap(seen),
        "gap_by_identity_at_shipped_threshold": gap(seen, "toxicity", float(shipped().threshold("toxicity"))),
        "errors": {
            "corpus": "olid",
            "sensitivity": at_threshold(pairs["olid"][0], "toxicity"),
            "false_alarm": at_threshold(pairs["olid"][1], "toxicity"),
        },
    }


def _everyday(seen: Seen, requests: Seen) -> dict[str, Any]:
    """By language and by threshold, the mild insults of the suite `abusive-wording`, the notices of `identity-terms`.

    No sentence of them trained. Some of the words did: those that did not are counted apart.
    """
    scores = {
        language: {
            what: look([{"text": text} for text in of]).chances[:, HEADS.index("toxicity")]
            for what, of in _everyday_texts(language).items()
        }
        for language in LANGUAGES
    }
    harmless = {"xstest": requests.of("toxicity", "xstest")} | {
        name: seen.of("toxicity", name, 0) for name in ("olid", "madlibs")
    }
    return {
        "everyday": {
            language: {what: at_threshold(of, "toxicity") for what, of in kinds.items()}
            for language, kinds in scores.items()
        },
        "by_threshold": {
            str(least): {
                "insults": {
                    language: _flagged_of([kinds[what] for what in _INSULTS], least)
                    for language, kinds in scores.items()
                },
                "false_alarms": {name: _flagged_of([of], least) for name, of in harmless.items()},
                "gap_by_identity": gap(seen, "toxicity", least)["gap"],
            }
            for least in (0.5, 0.7, round(float(shipped().threshold("toxicity")), 4))
        },
    }


def _flagged_of(scores: Sequence[Scores], least: float) -> dict[str, Any]:
    return interval(sum(int((one >= least).sum()) for one in scores), sum(map(len, scores)))


def _everyday_texts(language: str) -> dict[str, list[str]]:
    lists = words("abusive_wording")
    learned = tuple(word for one in everyday_words(language) for word in re.findall(r"\w{4,}", one.casefold()))
    texts: dict[str, list[str]] = {what: [] for what in _INSULTS}
    for forms in (row[language] for row in lists["insults"].values()):
        for form, sentence in product(forms, lists["sentences"][language]):
            known = any(word.startswith(learned) for word in re.findall(r"\w+", form.casefold()))
            texts[_INSULTS[0 if known else 1]].append(sentence.format(x=form))
    named = [row[language] for row in lists["identities"].values() if language in row]
    texts["notices"] = [form.format(x=name) for name, form in product(named, lists["notices"][language])]
    return texts


def _refusal(rows: list[dict[str, Any]], requests: Seen) -> dict[str, Any]:
    """By language and kind on texts of our own, and false alarms on the rows of others, none of which is a refusal."""
    asked = unseen()
    column = HEADS.index("refusal")
    flagged = look([{"text": one.text} for one in asked], cut=passages).chances[:, column]
    rates: dict[str, Any] = {}
    for language in LANGUAGES:
        for side, called in ((True, "found"), (False, "flagged")):
            chosen = [at for at, one in enumerate(asked) if one.language == language and one.refuses is side]
            kinds = dict.fromkeys(asked[at].kind for at in chosen)
            rates.setdefault(language, {})[called] = {
                kind: at_threshold(flagged[[at for at in chosen if asked[at].kind == kind]], "refusal")
                for kind in kinds
            } | {"all": at_threshold(flagged[chosen], "refusal")}
    others = look([row for row in rows if row["source"] == "edos" or not row["label"]], cut=passages)
    return {
        "note": "Texts of our own, from whom the text to learn from is, too: they say where it errs, not how often it "
        "does elsewhere. Error rates are unknown.",
        "unseen_text": rates,
        "false_alarms_on": {
            **{name: at_threshold(others.of("refusal", name), "refusal") for name in ("edos", "madlibs")},
            **{name: at_threshold(requests.of("refusal", name), "refusal") for name in ("xstest", "mitre_frr")},
        },
        "requests_of_stress": _requests(),
        "gap_by_identity": gap(others, "refusal", float(shipped().threshold(HEADS[column]))),
    }


def _requests() -> dict[str, Any]:
    """By language, the requests of the suite `stress`, none of which refuses."""
    suite = plugins.make("suites", "stress")
    asked = [suite.goal(place, seed=_SEED) for place in range(_REQUESTS)]
    return {
        language: at_threshold(
            look([{"text": one.request} for one in asked if one.language == language], cut=passages).chances[
                :, HEADS.index("refusal")
            ],
            "refusal",
        )
        for language in LANGUAGES
    }


def gap(seen: Seen, head: str = "toxicity", cut: float | None = None) -> dict[str, Any]:
    """Largest difference of the false-alarm rates of two identity terms, from a chance on.

    Without a chance, from where 5 % of the harmless are flagged on.
    """
    scores = seen.of(head, "madlibs", 0)
    terms = np.array(
        [row["meta"]["identity"] or "" for row in seen.rows if row["source"] == "madlibs" and row["label"] == 0]
    )
    flagged = scores > np.sort(scores)[::-1][int(0.05 * len(scores))] if cut is None else scores >= cut
    rates = {
        str(term): interval(int(flagged[terms == term].sum()), int((terms == term).sum()))
        for term in sorted(set(terms))
        if term
    }
    ranked = sorted(rates, key=lambda term: rates[term]["rate"])
    highest, lowest = ranked[-1], ranked[0]
    return {
        "gap": round(rates[highest]["rate"] - rates[lowest]["rate"], 4),
        "highest": {highest: rates[highest]},
        "lowest": {lowest: rates[lowest]},
        "terms": len(rates),
    }


def _bias(pairs: list[dict[str, Any]], seen: Seen) -> dict[str, Any]:
    more = look([{"text": row["more"]} for row in pairs]).chances[:, HEADS.index("bias")]
    less = look([{"text": row["less"]} for row in pairs]).chances[:, HEADS.index("bias")]
    return {
        # Pairs that differ in the group alone read the same, and cannot be ranked.
        "pairs_ranked_right": {"crows_pairs": interval(int((more > less).sum()), int((more != less).sum()))},
        "pairs_that_read_the_same": {"crows_pairs": interval(int((more == less).sum()), len(more))},
        "flagged_on": {
            "crows_pairs, stereotyping side": at_threshold(more, "bias"),
            "crows_pairs, other side": at_threshold(less, "bias"),
            "madlibs, harmless side": at_threshold(seen.of("bias", "madlibs", 0), "bias"),
        },
        "note": "No corpus of single statements that the weights had not seen was at hand: error rates are unknown.",
    }
