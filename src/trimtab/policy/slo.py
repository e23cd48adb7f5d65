"""Rules about what events in production must come to, and about who hears of alarms."""

import re
from urllib.parse import urlsplit

from trimtab.policy.candidates import check_no_keys
from trimtab.policy.guards import check_found
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.secrecy import is_a_secret, quote

# Sixteen letters and digits or more, some of each: no word.
_RANDOM = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w-]{16,}")


def check_slo(system: Part, root: Part, gathered: Gathered) -> None:
    """Report what is wrong with the objectives of a system."""
    floors = root["tiers"][system["tier"].text]["floors"]
    for name, slo in system["slo"].entries():
        metric = root["metrics"][name]
        if name not in root["metrics"]:
            if not gathered.full:
                message = "is not a metric of this policy"
                gathered.report(slo.where, message, nearest(name, root["metrics"].names), key=True)
        elif (metric["unit"].text or "ratio") != "ratio":
            message = f"is measured in {quote(metric['unit'].text)}; events are good or bad"
            gathered.report(slo.where, message, "Name a metric of unit ratio.", key=True)
        elif "good" not in slo and name not in floors:
            message = f"tier {quote(system['tier'].text)} has no floor on it from which `good` could follow"
            gathered.report(slo.where, message, "Write `good: 0.999`, say.", key=True)
        elif "good" not in slo and not _leaves_some(floors[name]):
            message = "has a floor that leaves nothing to spend, or all of it"
            gathered.report(slo.where, message, "Write `good: 0.999`, say, or make it a red line.", key=True)
        for key in ("labels", "severe"):
            for label in slo[key].items():
                check_found(label.text, label, root["guards"], gathered)
    if system["slo"].names and not _guarded(system):
        message = "has no events: no guard stands in front of this system"
        gathered.report(system["slo"].where, message, "Name a `guard`; what it rules is what is counted.", warning=True)


def check_notify(notify: Part, gathered: Gathered) -> None:
    """Report an address that is none, or that holds what should be in a variable."""
    for key in ("url_env", "key_env"):
        if notify[key].text:
            check_no_keys(notify[key], gathered)
    url = notify["url"]
    if not url.text:
        return
    try:
        parts = urlsplit(url.text)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
        secret = bool(parts.username or parts.password)
    except ValueError:
        parts, known, secret = urlsplit(""), False, False
    if not known:
        gathered.report(url.where, "is no web address", "Write one such as https://alarms.example.org/hook.")
    elif secret or is_a_secret(url.text):
        message = "holds a name, a password or a key, which do not belong into a file"
        gathered.report(url.where, message, "Put the address into a variable, and name that with `url_env`.")
    elif any(_RANDOM.fullmatch(step) for step in parts.path.split("/")):
        message = "looks as if whoever knows it may write there, as the addresses of chat services do"
        hint = "Put the address into a variable, and name that with `url_env`."
        gathered.report(url.where, message, hint, warning=True)


def _leaves_some(floor: Part) -> bool:
    bounds = [floor[side].number for side in ("at_most", "at_least")]
    return all(bound is None or 0.0 < bound < 1.0 for bound in bounds)


def _guarded(system: Part) -> bool:
    return "guard" in system or any("guard" in candidate for _, candidate in system["candidates"].entries())
