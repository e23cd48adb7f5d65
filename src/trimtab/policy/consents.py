"""Rules about consents and the keys that sign them, and what it means when they change."""

from collections.abc import Iterator

from trimtab.kinds.public_key import PublicKey
from trimtab.policy.change import Change, Effect
from trimtab.policy.consent_spec import ConsentSpec
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_keys(root: Part, gathered: Gathered) -> None:
    """Report keys that are none, that two people share, or that somebody signs with although they are revoked."""
    owners: dict[str, str] = {}
    for name, person in root["people"].entries():
        key = _key(person["key"], gathered)
        former = [(one, _key(one["key"], gathered)) for one in person["revoked"].items()]
        for part, one in [(person["key"], key), *((one["key"], known) for one, known in former)]:
            if one is None:
                continue
            other = owners.setdefault(str(one), name)
            if other != name:
                message = f"is the key of {quote(other)} as well, so nobody could tell who signed"
                gathered.report(part.where, message, "Give each person a key of their own.")
        for part, one in former:
            if key is not None and one == key:
                gathered.report(
                    part["key"].where, "is revoked, and still the key of this person", "Give another `key`."
                )


def check_consent(tier: Part, root: Part, gathered: Gathered) -> None:
    """Report a consent that nobody could give."""
    consent = tier["consent"]
    people = dict(root["people"].entries())
    holders = {name: {role.text for role in person["roles"].items()} for name, person in people.items()}
    known = sorted({role for roles in holders.values() for role in roles})
    signing = 0
    wanted = {role.text for role in consent["roles"].items()}
    for role in consent["roles"].items():
        if role.text and role.text not in known and not gathered.full:
            gathered.report(
                role.where, f"nobody under people has the role {quote(role.text)}", nearest(role.text, known)
            )
    for name, roles in holders.items():
        if roles & wanted and people[name]["left"].value is None:
            signing += 1
            if not people[name]["key"].text:
                message = f"may accept risk, and has no `key` to sign with; tier {quote(tier.where[-1])} asks for that"
                hint = "Write the line of their public key, as in ~/.ssh/id_ed25519.pub."
                gathered.report(("people", name), message, hint, key=True, warning=True)
    if wanted and wanted <= set(known) and consent["second"].value is True and signing == 1:
        message = "asks for a second person, and only one has such a role"
        gathered.report(consent["second"].where, message, "Give the role to somebody else as well.")


def consent_changes(where: str, old: ConsentSpec | None, new: ConsentSpec | None) -> Iterator[Change]:
    """What is asked before a release no more, or as well."""
    if old is None or new is None:
        if old is not None:
            yield Change(where=where, effect="loosens", text="nobody has to consent to a release any more")
        elif new is not None:
            yield Change(where=where, effect="tightens", text=f"{' or '.join(new.roles)} must consent to a release")
        return
    yield from _roles(f"{where}.roles", old, new)
    if old.valid_days != new.valid_days:
        effect: Effect = "tightens" if new.valid_days < old.valid_days else "loosens"
        text = f"{old.valid_days} becomes {new.valid_days}"
        yield Change(where=f"{where}.valid_days", effect=effect, text=text)
    if old.decide_within != new.decide_within:
        text = f"{old.decide_within or 'nothing'} becomes {new.decide_within or 'nothing'}"
        yield Change(where=f"{where}.decide_within", effect="changes", text=text)
    if old.second != new.second:
        text = "a second person signs as well" if new.second else "no second person signs any more"
        yield Change(where=f"{where}.second", effect="tightens" if new.second else "loosens", text=text)


def _roles(where: str, old: ConsentSpec, new: ConsentSpec) -> Iterator[Change]:
    for role in old.roles:
        if role not in new.roles:
            yield Change(where=where, effect="tightens", text=f"{role} may consent no more")
    for role in new.roles:
        if role not in old.roles:
            yield Change(where=where, effect="loosens", text=f"{role} may consent as well")


def _key(part: Part, gathered: Gathered) -> PublicKey | None:
    if not part.text:
        return None
    try:
        return PublicKey.parse(part.text)
    except ValueError as error:
        hint = "Copy the one line of the file that ends in .pub; it begins with ssh-ed25519."
        gathered.report(part.where, str(error), hint)
        return None
