"""Make the list of common passwords that `trimtab user` and the pages refuse.

Run: python tools/refresh_common_passwords.py LIST

LIST has one password a line, the most frequent first. What is kept was made from the list of a million passwords of
SecLists (Daniel Miessler; `10_million_password_list_top_1M.txt`, SHA-256 eac6323842b3261d...), gathered by Mark Burnett
from published leaks: digests of the first 10,000 that our rules for passwords would accept otherwise.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from trimtab.serve.pages.team.common import mark
from trimtab.serve.pages.team.passwords import fits

OUT = Path(__file__).parents[1] / "src" / "trimtab" / "serve" / "pages" / "team" / "common.bin"
MOST = 10_000


def packed(lines: Iterable[str]) -> bytes:
    """The file: digests of the first passwords that would be accepted otherwise."""
    found: dict[bytes, None] = {}
    for line in lines:
        password = line.rstrip("\r\n")
        if fits(password) and len(found) < MOST:
            found[mark(password)] = None
    return b"".join(sorted(found))


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8", errors="replace") as given:
        OUT.write_bytes(packed(given))
