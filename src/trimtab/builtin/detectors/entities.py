"""What other people's taggers call the labels of ours, and long texts in pieces for those that read only so much."""

import re
from collections.abc import Iterator, Mapping

IGNORED = ""
"""The label of what is not to be reported."""

OURS: Mapping[str, str] = {
    "address": "personal.address",
    "age": "personal.age",
    "building": "personal.location",
    "city": "personal.location",
    "company": "personal.organisation",
    "country": "personal.location",
    "credit_card": "personal.card",
    "crypto": "personal.crypto",
    "date": IGNORED,
    "date_of_birth": "personal.birth-date",
    "date_time": IGNORED,
    "email": "personal.email",
    "email_address": "personal.email",
    "event": IGNORED,
    "fac": "personal.location",
    "first_name": "personal.name",
    "gpe": "personal.location",
    "group": "personal.group",
    "iban": "personal.iban",
    "iban_code": "personal.iban",
    "id": "personal.national-id",
    "ip_address": "personal.ip",
    "last_name": "personal.name",
    "loc": "personal.location",
    "location": "personal.location",
    "mac_address": "personal.mac",
    "medical_license": "personal.national-id",
    "misc": IGNORED,
    "name": "personal.name",
    "nationality": "personal.group",
    "norp": "personal.group",
    "nrp": "personal.group",
    "org": "personal.organisation",
    "organisation": "personal.organisation",
    "organization": "personal.organisation",
    "password": "secret.password",
    "patient": "personal.name",
    "per": "personal.name",
    "person": "personal.name",
    "person_name": "personal.name",
    "phone": "personal.phone",
    "phone_number": "personal.phone",
    "place": "personal.location",
    "staff": "personal.name",
    "street_address": "personal.address",
    "title": "personal.title",
    "uk_nhs": "personal.medical-record",
    "url": IGNORED,
    "us_bank_number": "personal.account",
    "us_driver_license": "personal.driver-licence",
    "us_passport": "personal.passport",
    "us_ssn": "personal.ssn",
    "user": "personal.username",
    "username": "personal.username",
    "zip": "personal.address",
}
"""By their label in small letters, spaces and hyphens as underscores."""

_LABEL = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)?|")


def checked(labels: Mapping[str, str]) -> dict[str, str]:
    """The user's own mapping, by folded label.

    Raises:
        ValueError: A label of ours is neither `family.kind` in small letters nor empty.
    """
    for ours in labels.values():
        if not _LABEL.fullmatch(ours):
            raise ValueError(f"{ours!r} is no label: write family.kind in small letters, or '' for what to leave out")
    return {folded(theirs): ours for theirs, ours in labels.items()}


def folded(label: str) -> str:
    """One spelling for "Credit card", "CREDIT_CARD" and "B-credit-card"."""
    plain = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    return plain[2:] if plain[:2] in {"b_", "i_", "e_", "s_"} else plain


def ours(theirs: str, own: Mapping[str, str]) -> str:
    """Our label for theirs; what nobody has named becomes `personal.THEIRS`, since a miss leaks."""
    key = folded(theirs)
    if key in own:
        return own[key]
    return OURS.get(key, f"personal.{key.replace('_', '-')}" if key else IGNORED)


_WORD = re.compile(r"\S{1,64}")


def pieces(text: str, *, most: int, shared: int) -> Iterator[tuple[int, str]]:
    """The text in pieces of at most `most` words, each with where it begins; neighbours share `shared` words.

    A run of more than 64 characters without white space counts as several words.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    for first in range(0, max(1, len(words) - shared), most - shared):
        part = words[first : first + most]
        if part:
            yield part[0][0], text[part[0][0] : part[-1][1]]
