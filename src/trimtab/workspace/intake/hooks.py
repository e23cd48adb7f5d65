"""The hooks of an installation: a file beside the policy.

They are not in the policy. Which variable holds a secret, and how a payload is read, is how things run and not what was
promised; and a policy that changes with them would let consents lapse.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trimtab.errors import PolicyError
from trimtab.policy.document import Where
from trimtab.policy.keys import nearest
from trimtab.workspace.intake.sheet import Sheet
from trimtab.workspace.intake.signatures import SCHEMES, Scheme, secret_bytes
from trimtab.workspace.intake.templates import Template, find_template, read_settings
from trimtab.workspace.intake.values import Value

SHORTEST_SECRET = 16
"""Characters; a shorter one can be guessed."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,79}")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_KEYS = ("template", "signature", "secret_env", "set")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One sender. `secrets` never appear in its representation."""

    name: str
    template: Template
    scheme: Scheme
    secrets: tuple[bytes, ...] = field(repr=False)
    set_: Mapping[str, Value] = field(default_factory=dict)

    @property
    def by(self) -> str:
        """Under which name its entries stand in the books."""
        return f"hook:{self.name}"


def read_hooks(path: Path, environment: Mapping[str, str]) -> dict[str, Hook]:
    """The hooks of a file by name, each with its template and its secret.

    Args:
        path: The file; paths of templates count from its folder.
        environment: Holds the secrets.

    Raises:
        PolicyError: With every mistake in it, missing secrets and mistakes of templates included.
    """
    sheet = Sheet(path, str(path), what="web hooks")
    top = sheet.mapping(sheet.value, (), known=("intake", "hooks"), needed=("intake", "hooks"))
    if "intake" in top and (top["intake"] != 1 or isinstance(top["intake"], bool)):
        sheet.note(("intake",), "must be 1, the version of this format")
    found = {}
    for name, given in sheet.mapping(top.get("hooks") or {}, ("hooks",)).items():
        where = ("hooks", name)
        if not _NAME.fullmatch(name):
            sheet.note(where, "is no name: lower-case letters, digits, `-` and `_`, a letter first")
        hook = _hook(sheet, name, given, where, beside=path.parent, environment=environment)
        if hook is not None:
            found[name] = hook
    sheet.settle()
    return found


def _hook(
    sheet: Sheet, name: str, given: Any, where: Where, *, beside: Path, environment: Mapping[str, str]
) -> Hook | None:
    parts = sheet.mapping(given, where, known=_KEYS, needed=("template", "signature", "secret_env"))
    scheme = SCHEMES.get(parts["signature"]) if isinstance(parts.get("signature"), str) else None
    if parts.get("signature") and scheme is None:
        sheet.note((*where, "signature"), "is no way of signing", nearest(str(parts["signature"]), SCHEMES))
    secrets = (
        _secrets(sheet, parts["secret_env"], (*where, "secret_env"), environment) if parts.get("secret_env") else ()
    )
    template = None
    if isinstance(parts.get("template"), str):
        try:
            template = find_template(parts["template"], beside=beside)
        except PolicyError as error:
            if any(one.line for one in error.mistakes):
                sheet.mistakes += error.mistakes
            else:
                for one in error.mistakes:
                    sheet.note((*where, "template"), f"{one.path} {one.message}", one.suggestion)
    elif parts.get("template"):
        sheet.note((*where, "template"), "must be the name of a template, or a file")
    if template is None:
        return None
    set_ = read_settings(sheet, parts["set"], (*where, "set"), template) if "set" in parts else {}
    if scheme is None or not secrets:
        return None
    return Hook(name=name, template=template, scheme=scheme, secrets=secrets, set_=set_)


def _secrets(sheet: Sheet, given: Any, where: Where, environment: Mapping[str, str]) -> tuple[bytes, ...]:
    found = []
    for variable in sheet.texts(given, where):
        secret = environment.get(variable, "")
        if not _VARIABLE.fullmatch(variable):
            sheet.note(where, "must name an environment variable, and never hold the secret itself")
        elif not secret:
            sheet.note(where, f"the variable {variable} is not set", "Without a secret anybody could write here.")
        elif len(secret) < SHORTEST_SECRET:
            sheet.note(
                where, f"the secret in {variable} has fewer than {SHORTEST_SECRET} characters", "Draw a longer one."
            )
        else:
            try:
                key = secret_bytes(secret)
            except ValueError as error:
                sheet.note(where, f"the secret in {variable} {error}")
                continue
            if len(key) < SHORTEST_SECRET:
                sheet.note(
                    where, f"the secret in {variable} has fewer than {SHORTEST_SECRET} bytes", "Draw a longer one."
                )
            found.append(key)
    return tuple(found)
