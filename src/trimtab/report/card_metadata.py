"""What stands before a card in Markdown, for programs: the metadata that Hugging Face reads of a `README.md`."""

from typing import Any

import yaml

from trimtab.decision.cards.card import Card
from trimtab.kinds import Estimate
from trimtab.report.card_paper import card_paper
from trimtab.report.markup import visible
from trimtab.report.paper_markdown import paper_markdown

_FIELDS = ("license", "license_name", "language", "base_model")
_TASK = "text-generation"  # every system that trimtab measures answers text with text


def card_markdown(card: Card) -> str:
    """The whole card; nothing in it acts, whatever people wrote. Of a model and a data set with its metadata."""
    front = f"---\n{front_matter(card)}---\n\n" if card.kind in ("model", "dataset") else ""
    return front + paper_markdown(card_paper(card))


def front_matter(card: Card) -> str:
    """The metadata block, without its fences. A field that nobody registered is not in it; the card has its gap."""
    title = visible(card.title, limit=200)
    told = {name: _told(name, card.metadata[name]) for name in _FIELDS if card.metadata.get(name)}
    data: dict[str, Any] = {**told, "tags": ["trimtab"]}
    if card.kind == "dataset":
        data |= {"pretty_name": title}
        if card.metadata.get("source_datasets"):
            data["source_datasets"] = _listed(card.metadata["source_datasets"])
    else:
        data |= {"pipeline_tag": _TASK, "model_name": title}
        if card.metadata.get("datasets"):
            data["datasets"] = _listed(card.metadata["datasets"])
        data["model-index"] = [{"name": title, "results": results(card)}]
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def results(card: Card) -> list[dict[str, Any]]:
    """Each estimate in the shape of `model-index`: task, data set, metric; one that is missing has no result."""
    found = []
    for part in card.parts:
        if part.name != "results":
            continue
        for one in part.measured:
            if not isinstance(one.seen, Estimate) or not one.seen.known:
                continue
            name = f"{one.metric}, {one.group}" if one.group else one.metric
            suite = visible(one.suite or "imported", limit=120)
            args = {
                "low": one.seen.interval.low,
                "high": one.seen.interval.high,
                "level": one.seen.interval.level,
                "method": visible(one.seen.interval.method, limit=120),
                "units": one.seen.count,
                "rows": list(one.rows),
            }
            metric = {"type": visible(one.metric, limit=120), "value": one.seen.value, "name": visible(name, limit=200)}
            found.append(
                {
                    "task": {"type": _TASK},
                    "dataset": {"type": suite, "name": suite},
                    "metrics": [{**metric, "args": args}],
                }
            )
    return found


def _told(name: str, values: tuple[str, ...]) -> str | list[str]:
    listed = _listed(values)
    return listed if name == "language" or len(listed) > 1 else listed[0]


def _listed(values: tuple[str, ...]) -> list[str]:
    return [visible(one, limit=120) for one in values]
