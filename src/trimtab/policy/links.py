"""Warns of links to controls that the catalogue does not hold.

A warning, not an error: a policy is as strict with a mistyped link as without, and what was once promised stays so
when a later catalogue calls a control by another name.
"""

from trimtab.policy.controls import catalogue
from trimtab.policy.include import Gathered
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_links(links: Part, gathered: Gathered) -> None:
    """Warn of every link that looks like a slip."""
    for link in links.items():
        if link.text and (odd := catalogue().doubt(link.text)):
            message, suggestion = odd
            gathered.report(link.where, f"{quote(link.text, link.where)} {message}", suggestion, warning=True)
