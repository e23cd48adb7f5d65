"""Email addresses."""

import re
from dataclasses import dataclass
from typing import ClassVar

from trimtab.kinds import Finding

_AT = re.compile("[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]")
# Wider than RFC 5322 on purpose: a miss leaks, an extra hit costs a redaction. Each pattern is matched next to an
# at-sign only and is bounded, so that no text takes more than linear time.
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}")
_DOMAIN = re.compile(r"[^\W_](?:[\w-]{0,62})(?:\.[\w-]{1,63}){1,8}")
_LONGEST_LOCAL = 64


@dataclass(frozen=True, slots=True)
class EmailDetector:
    """Finds email addresses, international ones included; label `email`."""

    name: ClassVar[str] = "email"
    version: ClassVar[str] = "1"

    def find(self, text: str) -> list[Finding]:
        findings = []
        for at in _AT.finditer(text):
            before = _LOCAL.match(text[max(0, at.start() - _LONGEST_LOCAL) : at.start()][::-1])  # read backwards
            after = _DOMAIN.match(text, at.end())
            if before and after:
                start = at.start() - len(before.group())
                findings.append(Finding(label="email", start=start, end=after.end()))
        return findings
