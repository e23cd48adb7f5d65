"""Rules of `liaison`: what is named exists, and no priority stands there twice."""

from trimtab.policy.controls import catalogue
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.links import check_links
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_liaison(root: Part, gathered: Gathered) -> None:
    """Report owners, metrics and systems that are not there, priorities said twice, and warn of odd controls."""
    actors = (*root["people"].names, *root["teams"].names)
    kpis, metrics, systems = catalogue().metrics, root["metrics"].names, root["systems"].names
    seen: set[str] = set()
    for line in root["liaison"].items():
        said = " ".join(line["priority"].text.split()).casefold()
        if said and said in seen:
            gathered.report(line["priority"].where, "stands here already", "Make one line of the two.")
        seen.add(said)
        _named(line["owner"], actors, "is not listed under people or teams", gathered)
        for one in line["metrics"].items():
            if one.text not in kpis:
                _named(one, metrics, "is neither a metric of this policy nor a KPI", gathered)
        for one in line["systems"].items():
            _named(one, systems, "is not a system of this policy", gathered)
        check_links(line["requirement"], gathered)


def _named(part: Part, names: tuple[str, ...], what: str, gathered: Gathered) -> None:
    if part.text and part.text not in names and not gathered.full:
        gathered.report(part.where, f"{quote(part.text)} {what}", nearest(part.text, names))
