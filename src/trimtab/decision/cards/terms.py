"""Under which license a thing may be used, for which languages it is, and what it was made from.

What others read by machine (`metadata`) is taken from the registry, and from notes that are an identifier and nothing
else; a sentence of somebody stays a sentence. What nobody said is a gap of the card, and no field of the metadata.

Source: the licenses and fields of Hugging Face's model and dataset cards (hub-docs, `modelcard.md`, `datasetcard.md`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from trimtab.decision.cards.card import Part, Said, stated
from trimtab.decision.cards.facts import Facts, behind, notes, things
from trimtab.decision.registered import Thing

_LICENSES = frozenset({
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause", "bsd-3-clause",
    "bsd-3-clause-clear", "c-uda", "cc", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cdla-sharing-1.0",
    "cdla-permissive-1.0", "cdla-permissive-2.0", "wtfpl", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1",
    "eupl-1.2", "agpl-3.0", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "isc", "h-research",
    "intel-research", "lppl-1.3c", "ms-pl", "apple-ascl", "apple-amlr", "mpl-2.0", "odc-by", "odbl", "openrail++",
    "osl-3.0", "postgresql", "ofl-1.1", "ncsa", "unlicense", "zlib", "pddl", "lgpl-lr", "deepfloyd-if-license",
    "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "gemma",
})  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,59}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")  # ISO 639
_LANGUAGES = re.compile(r"[a-z]{2,3}(,? [a-z]{2,3})*\Z")
_HUB = re.compile(r"(?:https://(?:huggingface|hf)\.co/)?([A-Za-z0-9][\w.-]*/[\w.-]+)\Z")


def terms(facts: Facts) -> tuple[Part, ...]:
    """The sections of a model card."""
    models = [*(one for one in things(facts) if one.entry.type == "model"), *behind(facts, "model")]
    return (
        _license(models, notes(facts, "license")),
        _languages([*things(facts), *models], notes(facts, "language")),
        Part(
            name="base-model",
            title="Base model",
            asked="From which model it was made; that there is none, if so.",
            said=(*_made_from(facts), *notes(facts, "base-model")),
        ),
    )


def dataset_terms(facts: Facts, one: Thing) -> tuple[Part, ...]:
    """The sections of a data set's card."""
    thing = one.entry.thing
    return (
        _license([one], notes(facts, "license", thing=thing)),
        _languages([one], notes(facts, "language", thing=thing)),
    )


def metadata(facts: Facts) -> Mapping[str, tuple[str, ...]]:
    """What programs read of a model card: identifiers only, as the Hub writes them."""
    models = [*(one for one in things(facts) if one.entry.type == "model"), *behind(facts, "model")]
    bases = [_hub(facts.registry.things[name]) for name in _base_names(facts)]
    return {
        **licensed([one.entry.license for one in models], notes(facts, "license")),
        "language": _codes([one.entry.languages for one in (*things(facts), *models)], notes(facts, "language")),
        "base_model": tuple(dict.fromkeys([*bases, *_whole(notes(facts, "base-model"), _HUB)])),
        "datasets": tuple(_hub(one) for one in behind(facts, "dataset")),
    }


def dataset_metadata(facts: Facts, one: Thing) -> Mapping[str, tuple[str, ...]]:
    """The same of a data set."""
    thing = one.entry.thing
    behind_it = [facts.registry.things[name] for name in one.entry.made_from if name in facts.registry.things]
    return {
        **licensed([one.entry.license], notes(facts, "license", thing=thing)),
        "language": _codes([one.entry.languages], notes(facts, "language", thing=thing)),
        "source_datasets": tuple(_hub(made) for made in behind_it if made.entry.type == "dataset"),
    }


def licensed(registered: Iterable[str], noted: Iterable[Said]) -> dict[str, tuple[str, ...]]:
    """One license by the Hub's name for it; `other` with its name where the Hub has none, or several hold at once."""
    found = list(dict.fromkeys([*filter(None, registered), *_whole(noted, _NAME)]))
    if not found:
        return {}
    if len(found) == 1 and found[0].lower() in _LICENSES:
        return {"license": (found[0].lower(),)}
    return {"license": ("other",), "license_name": (", ".join(found),)}


# -- parts ---------------------------------------------------------------------------------


def _license(of: Sequence[Thing], noted: Iterable[Said]) -> Part:
    told = [
        said
        for one in _once(of)
        if one.entry.license
        for said in stated(f"{one.entry.thing} is under {one.entry.license}.", one.entry.by, rows=(one.seq,))
    ]
    asked = "Under which license it may be used. Register it: --license apache-2.0."
    return Part(name="license", title="License", asked=asked, said=(*told, *noted))


def _languages(of: Sequence[Thing], noted: Iterable[Said]) -> Part:
    told = [
        said
        for one in _once(of)
        if one.entry.languages
        for said in stated(f"{one.entry.thing}: {', '.join(one.entry.languages)}.", one.entry.by, rows=(one.seq,))
    ]
    asked = "For which languages it is. Register them by ISO 639: --languages en."
    return Part(name="language", title="Languages", asked=asked, said=(*told, *noted))


def _made_from(facts: Facts) -> Iterable[Said]:
    for one in things(facts):
        bases = [name for name in one.entry.made_from if name in _base_names(facts)]
        if bases:
            yield from stated(f"{one.entry.thing} is made from {', '.join(bases)}.", one.entry.by, rows=(one.seq,))


def _base_names(facts: Facts) -> list[str]:
    """Models that what is described was made from itself, not those behind them."""
    known = facts.registry.things
    named = [name for one in things(facts) for name in one.entry.made_from]
    return [name for name in dict.fromkeys(named) if name in known and known[name].entry.type == "model"]


def _codes(registered: Iterable[Sequence[str]], noted: Iterable[Said]) -> tuple[str, ...]:
    every = [code.lower() for codes in registered for code in codes]
    listed = [code for text in _whole(noted, _LANGUAGES) for code in re.split(r",? ", text)]
    return tuple(dict.fromkeys(code for code in (*every, *listed) if _LANGUAGE.match(code)))


def _whole(noted: Iterable[Said], form: re.Pattern[str]) -> list[str]:
    """Notes that are of the form, and nothing else."""
    return [text for one in noted if form.match(text := one.text.removesuffix("."))]


def _hub(one: Thing) -> str:
    """Its name on the Hub where it was registered with one, else its id."""
    named = (one.entry.location, *one.entry.names, one.entry.thing)
    return next((hit[1] for text in named if (hit := _HUB.match(text))), one.entry.thing)


def _once(of: Sequence[Thing]) -> list[Thing]:
    return list({one.entry.thing: one for one in of}.values())
