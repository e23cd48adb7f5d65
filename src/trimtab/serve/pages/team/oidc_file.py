"""How people enter by a provider of OpenID Connect: a file beside the policy, as hooks are.

The secret is not in it: it names the variable that holds it.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trimtab.errors import UsageError
from trimtab.policy.keys import nearest
from trimtab.serve.pages.declared import ROLES
from trimtab.serve.pages.team.users import checked_roles
from trimtab.workspace.intake.sheet import Sheet

_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_KEYS = ("oidc", "name", "issuer", "client", "secret_env", "secret_in", "scopes", "claims", "roles", "systems")
_NEEDED = ("oidc", "issuer", "client", "secret_env", "roles")
_CLAIMS = ("name", "roles", "systems")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider, and what its claims mean here. The secret never appears in its representation.

    `roles` and `systems` say, by a value of the claim, which roles or systems somebody has; with no `systems`, all.
    """

    name: str
    issuer: str
    client: str
    secret: str = field(repr=False)
    secret_in: str
    scopes: tuple[str, ...]
    name_claim: str
    roles_claim: str
    systems_claim: str
    roles: Mapping[str, tuple[str, ...]]
    systems: Mapping[str, tuple[str, ...]] | None


def read_oidc(path: Path, environment: Mapping[str, str]) -> Provider:
    """The provider of a file.

    Args:
        path: The file.
        environment: Holds the secret.

    Raises:
        PolicyError: With every mistake in it.
    """
    sheet = Sheet(path, str(path), what="a provider")
    top = sheet.mapping(sheet.value, (), known=_KEYS, needed=_NEEDED)
    if "oidc" in top and (top["oidc"] != 1 or isinstance(top["oidc"], bool)):
        sheet.note(("oidc",), "must be 1, the version of this format")
    issuer = _text(sheet, top, "issuer")
    if issuer and not safe_url(issuer):
        sheet.note(("issuer",), "must be an https:// address", "http:// is for this machine alone.")
    secret_in = _text(sheet, top, "secret_in") or "header"
    if secret_in not in ("header", "body"):
        sheet.note(("secret_in",), "must be header or body")
    claims = sheet.mapping(top.get("claims") or {}, ("claims",), known=_CLAIMS)
    for name, one in claims.items():
        if not isinstance(one, str) or not one:
            sheet.note(("claims", name), "must be the name of a claim")
    roles = _lists(sheet, top, "roles")
    for value, given in roles.items():
        for one in given:
            if one not in ROLES:
                sheet.note(("roles", value), f"{one!r} is no role", nearest(one, ROLES))
        try:
            checked_roles([one for one in given if one in ROLES] or ["viewer"])
        except UsageError as error:
            sheet.note(("roles", value), error.message, error.next_step)
    systems = _lists(sheet, top, "systems") if "systems" in top else None
    made = Provider(
        name=_text(sheet, top, "name") or "your organisation",
        issuer=issuer,
        client=_text(sheet, top, "client"),
        secret=_secret(sheet, top, environment),
        secret_in=secret_in,
        scopes=tuple(dict.fromkeys(("openid", *(sheet.texts(top.get("scopes", "profile"), ("scopes",)))))),
        name_claim=str(claims.get("name", "preferred_username")),
        roles_claim=str(claims.get("roles", "roles")),
        systems_claim=str(claims.get("systems", "systems")),
        roles=roles,
        systems=systems,
    )
    sheet.settle()
    return made


def safe_url(url: str) -> bool:
    """Whether nobody on the way can read or change what goes there: HTTPS, or this machine."""
    try:
        found = urlsplit(url)
        host = found.hostname or ""
    except ValueError:
        return False
    if found.username is not None or not host:
        return False
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost"
    return found.scheme == "https" or (found.scheme == "http" and near)


def _text(sheet: Sheet, top: Mapping[str, Any], key: str) -> str:
    value = top.get(key) or ""
    if isinstance(value, str):
        return value
    sheet.note((key,), "must be a text")
    return ""


def _lists(sheet: Sheet, top: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    given = sheet.mapping(top.get(key) or {}, (key,))
    return {str(value): sheet.texts(one, (key, value)) for value, one in given.items()}


def _secret(sheet: Sheet, top: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    variable = _text(sheet, top, "secret_env")
    if not variable:
        return ""
    if not _VARIABLE.fullmatch(variable):
        sheet.note(("secret_env",), "must name an environment variable, and never hold the secret itself")
    elif not environment.get(variable):
        sheet.note(("secret_env",), f"the variable {variable} is not set", "Set it to the secret of the client.")
    return environment.get(variable, "")
