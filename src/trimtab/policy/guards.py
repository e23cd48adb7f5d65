"""Rules about guards: their detectors are installed and can find what the rules name."""

from collections.abc import Mapping
from typing import Any

from trimtab.errors import DetectorError, PluginError
from trimtab.kinds import DetectorCard, plugins
from trimtab.policy.candidates import check_installed, check_no_keys, check_parameters
from trimtab.policy.guard_spec import OF_REPLIES, among, narrowed
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_guard(guard: Part, gathered: Gathered) -> None:
    """Report what is wrong with the rules of a guard."""
    if guard["key_env"].text:
        check_no_keys(guard["key_env"], gathered)
    for side in ("input", "output"):
        for rule in guard[side].items():
            check_rule(rule, gathered)
            if side == "input" and _replies_only(rule["detector"].text):
                message = f"{rule['detector'].text} looks at replies, and finds nothing in what goes into a model"
                gathered.report(rule["detector"].where, message, "Move the rule to `output`.", warning=True)
            # Other origins the model refuses; these it must take, since they stand in every policy that is written out.
            if side == "output" and "origins" in rule and rule["origins"].value in (None, list(OF_REPLIES)):
                message = "says whose messages are looked at, and output is the model's own"
                gathered.report(rule["origins"].where, message, "Remove it.", key=True)


def check_actions(actions: Part, guards: Part, gathered: Gathered) -> None:
    """Report labels of a tier that no detector of any guard can find, since such an action would promise nothing."""
    for label, action in actions.entries():
        check_found(label, action, guards, gathered, key=True)


def check_found(label: str, at: Part, guards: Part, gathered: Gathered, *, key: bool = False) -> None:
    """Report a label or family that no detector of any guard can find, if all of them say what they find."""
    found = [one for _, guard in guards.entries() for one in _found_by(guard)]
    known = [one for one in found if one is not None]
    if len(known) == len(found) and not among(label, known):
        message = f"{quote(label)} is found by no guard of this policy"
        gathered.report(at.where, message, nearest(label, [*known, *_families(tuple(known))]), key=key)


def check_rule(rule: Part, gathered: Gathered) -> None:
    """Report what is wrong with the detector that a rule asks for, its fields and its labels."""
    name = rule["detector"].text
    if not name or not check_installed("detectors", name, rule["detector"], gathered):
        return
    before = len(gathered.mistakes)
    check_parameters("detectors", name, rule["with"], gathered)
    if rule["with"].value is not None:
        check_no_keys(rule["with"], gathered)
    known = stated = labels_of(name)
    if rule["with"].names and not any(not mistake.warning for mistake in gathered.mistakes[before:]):
        against, own = _made(name, rule["with"].value)
        known = own or known  # fields may say what it finds
        if against:
            gathered.report(rule["with"].where, f"{name} {against}")
            return
    if known and stated:  # whatever the fields are, so they may leave out some of these
        known = narrowed(known, rule["with"]["labels"].value)
    for label in rule["labels"].items():
        if known and label.text and not among(label.text, known):
            how = " with these fields" if rule["with"].names else ""
            message = f"{quote(label.text)} is nothing that {name} finds{how}"
            gathered.report(label.where, message, nearest(label.text, [*known, *_families(known)]))


def _found_by(guard: Part) -> list[str | None]:
    """Every label that the rules of a guard count and their detectors find; None for a detector that does not say."""
    found: list[str | None] = []
    for rule in (rule for side in ("input", "output") for rule in guard[side].items()):
        name = rule["detector"].text
        known = labels_of(name) if name in plugins.names("detectors") else None
        found += narrowed(narrowed(known, rule["with"]["labels"].value), rule["labels"].value) if known else [None]
    return found


def labels_of(detector: str) -> tuple[str, ...] | None:
    """What a detector finds, as its card says; None where that is not known."""
    card = _card(detector)
    return card.labels if card else None


def _replies_only(detector: str) -> bool:
    card = _card(detector)
    return card is not None and card.replies_only


def _card(detector: str) -> DetectorCard | None:
    """What a detector declares of itself whatever its fields are."""
    try:
        card = getattr(plugins.find("detectors", detector), "card", None)
    except Exception:  # noqa: BLE001  # somebody else's module; that it does not load is reported by name
        return None
    return card if isinstance(card, DetectorCard) else None


def _made(detector: str, given: Mapping[str, Any]) -> tuple[str, tuple[str, ...] | None]:
    """What a detector has against its fields, and the labels that it finds with them; empty and None if unknown."""
    try:
        card = getattr(plugins.make("detectors", detector, **given), "card", None)
    except PluginError as error:
        return error.detail, None
    except DetectorError as error:
        return f"cannot look: {error.detail}", None
    except Exception as error:  # noqa: BLE001  # as below
        return f"breaks with these fields ({type(error).__name__})", None
    return "", card.labels if isinstance(card, DetectorCard) else None


def _families(labels: tuple[str, ...]) -> list[str]:
    return sorted({label.partition(".")[0] for label in labels})
