"""Numbers that name a person or an account."""

import re
from dataclasses import dataclass
from typing import ClassVar

from trimtab.kinds import Finding

# A run takes all digits it can reach and cannot fail after the first, so each digit is read once.
_RUN = re.compile(r"\d(?:[ \-.\u00a0]?\d)*+")
# A lookahead, so that a candidate that is none does not hide a number that begins inside it.
_IBAN = re.compile(r"(?<![A-Za-z0-9])(?=([A-Z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}))")
_LETTERED = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,3}-?\d{6,12}(?![A-Za-z0-9])")  # passports, policies, members
_GROUPED_ID = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")  # 123-45-6789
_SHORTEST = 9  # digits; shorter runs are years, sums and quantities far more often
_SHORTEST_IBAN = 15
_CARD = range(13, 20)  # digits of a payment card, ISO/IEC 7812


@dataclass(frozen=True, slots=True)
class NumberDetector:
    """Finds long numbers: labels `card` and `iban` (check digits are right), `id` and `number`."""

    name: ClassVar[str] = "number"
    version: ClassVar[str] = "1"

    def find(self, text: str) -> list[Finding]:
        findings = [
            Finding(label="iban", start=match.start(), end=match.start() + size)
            for match in _IBAN.finditer(text)
            if (size := _iban_size(match[1]))
        ]
        findings += [
            Finding(label="id", start=match.start(), end=match.end(), confidence=0.7)
            for pattern in (_LETTERED, _GROUPED_ID)
            for match in pattern.finditer(text)
        ]
        for match in _RUN.finditer(text):
            digits = [int(char) for char in match.group() if char.isdecimal()]
            if len(digits) in _CARD and _luhn(digits):
                findings.append(Finding(label="card", start=match.start(), end=match.end()))
            elif len(digits) >= _SHORTEST:
                findings.append(Finding(label="number", start=match.start(), end=match.end(), confidence=0.5))
        return sorted(findings, key=lambda finding: (finding.start, finding.end))


def _luhn(digits: list[int]) -> bool:
    """Check digit of ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def _iban_size(written: str) -> int:
    """How much of the text is an IBAN with right check digits (ISO 13616); 0 for none of it.

    Words may follow, so every end of a group is tried, the last one first.
    """
    ends = [place for place, char in enumerate(written) if char == " "]
    for size in reversed([*ends, len(written)]):
        plain = written[:size].replace(" ", "").upper()
        if (
            len(plain) >= _SHORTEST_IBAN
            and int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1
        ):
            return size
    return 0
