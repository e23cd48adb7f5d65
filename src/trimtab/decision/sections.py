"""Which mandatory sections of a document say something: read from its headings, so that nobody types the count.

A section is there if a heading names it and what stands under it, down to the next heading of the same or a higher
level, is more than a placeholder. Headings are read in English. Whether what stands there is true or any good, a
reviewer says.

Sources:
    Mitchell et al. (2019), Model Cards for Model Reporting, for cards; Regulation (EU) 2024/1689, Articles 13, 27 and
    50, for instructions, assessments and notices. The choice of words is ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SECTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "model-card": {
        "intended use": ("intended use", "purpose", "use case"),
        "what it is not for": ("out-of-scope", "out of scope", "not for", "misuse"),
        "data": ("data",),
        "evaluation": ("evaluation", "results", "performance"),
        "limitations": ("limitation", "known issue"),
        "risks and bias": ("risk", "bias", "fairness", "safety"),
        "human oversight": ("oversight", "human review", "escalation"),
        "owner": ("owner", "contact", "maintain"),
        "version": ("version", "model detail", "changelog"),
    },
    "impact-assessment": {
        "process and purpose": ("process", "purpose", "intended use"),
        "period and frequency": ("period", "frequency", "how often"),
        "who is affected": ("affected", "persons", "people", "groups"),
        "risks of harm": ("risk", "harm"),
        "human oversight": ("oversight",),
        "what is done if they come about": ("measure", "mitigation", "response", "complaint"),
    },
    "transparency-notice": {
        "that a machine answers": ("machine", "artificial intelligence", "ai system", "automated"),
        "what it is for": ("purpose", "what it is for", "intended use", "what it does"),
        "what becomes of data": ("data", "privacy"),
        "how to reach a person": ("person", "human", "contact"),
    },
    "instructions": {
        "provider": ("provider", "manufacturer", "contact"),
        "purpose": ("purpose", "intended use"),
        "accuracy": ("accuracy", "performance", "robustness"),
        "limits and risks": ("limit", "risk"),
        "human oversight": ("oversight",),
        "upkeep and logs": ("log", "upkeep", "maintenance"),
    },
}
"""By kind of document: its mandatory sections, each with words of which its heading has one. Of others every heading
is mandatory."""

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_PLACEHOLDER = re.compile(
    r"\b(?-i:TO[D]O|TBD|TBC|FIX[M]E|X{3})\b|lorem ipsum|more information needed|"
    r"to be (?:done|written|completed|defined|added)|"
    r"\[(?:insert|describe|add)\b|<(?:insert|describe|placeholder)\b|\{\{",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """How many mandatory sections say something, and of the others why they do not."""

    filled: int
    mandatory: int
    empty: Mapping[str, str]


def sections_of(text: str, kind: str) -> Sections:
    """The mandatory sections of a document in Markdown.

    Args:
        text: The document.
        kind: A key of `SECTIONS`, or another kind.
    """
    parts = _parts(text)
    asked = SECTIONS.get(kind) or {heading: (heading.lower(),) for heading, _ in parts}
    empty: dict[str, str] = {}
    for name, words in asked.items():
        own = [body for heading, body in parts if any(word in heading.lower() for word in words)]
        if not own:
            empty[name] = "no heading names it"
        elif all(_PLACEHOLDER.search(body) for body in own):
            empty[name] = "a placeholder stands there"
        elif not any(_says(body) for body in own):
            empty[name] = "nothing stands under its heading"
    return Sections(filled=len(asked) - len(empty), mandatory=len(asked), empty=empty)


def _says(body: str) -> bool:
    return not _PLACEHOLDER.search(body) and len(re.findall(r"\w+", body)) >= _FEWEST_WORDS


def _parts(text: str) -> list[tuple[str, str]]:
    """Headings with what stands under each, smaller headings within it included."""
    plain = _COMMENT.sub(" ", text)
    fenced = [(hit.start(), hit.end()) for hit in _FENCE.finditer(plain)]
    heads = [hit for hit in _HEADING.finditer(plain) if not any(start <= hit.start() < end for start, end in fenced)]
    found = []
    for place, head in enumerate(heads):
        after = (one.start() for one in heads[place + 1 :] if len(one[1]) <= len(head[1]))
        body = plain[head.end() : next(after, len(plain))]
        found.append((head[2], _HEADING.sub(" ", body)))
    return found
