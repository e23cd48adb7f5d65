"""Access keys, tokens and passwords.

Three kinds. Keys whose provider gave them a shape are found by prefix and length. Private keys, web tokens, hashes and
addresses have forms of their own. Everything else is found by what introduces it: a name such as `password` or
`api_key`, a sign of assignment, and a value that looks neither like a word, nor like code, nor like a place to put one.
"""

from trimtab.builtin.detectors.patterns.secret_addresses import ADDRESSES
from trimtab.builtin.detectors.patterns.secret_blocks import BLOCKS
from trimtab.builtin.detectors.patterns.secret_codes import CODES
from trimtab.builtin.detectors.patterns.secret_commands import COMMANDS
from trimtab.builtin.detectors.patterns.secret_context import abroad, assigned
from trimtab.builtin.detectors.patterns.secret_keys import KEYS
from trimtab.builtin.detectors.patterns.secret_listed import LISTED
from trimtab.builtin.detectors.patterns.secret_members import MEMBERS
from trimtab.builtin.detectors.patterns.secret_names import ABROAD, ANCHORS
from trimtab.builtin.detectors.patterns.secret_near import NEAR
from trimtab.builtin.detectors.patterns.secret_places import CALLS, either
from trimtab.builtin.detectors.patterns.secret_spoken import SPOKEN
from trimtab.builtin.detectors.patterns.secret_tables import TABLES
from trimtab.builtin.detectors.patterns.spec import Pattern

NAMED: tuple[Pattern, ...] = (
    Pattern(
        label="secret.password",
        shape=either(ANCHORS),
        anchors=ANCHORS,
        begins=True,
        apart=True,
        reader=assigned,
        ignore_case=True,
    ),
    Pattern(
        label="secret.password",
        shape=either(ABROAD),
        anchors=ABROAD,
        reader=abroad,
        ignore_case=True,
    ),
)
SECRETS: tuple[Pattern, ...] = (
    *KEYS,
    *ADDRESSES,
    *BLOCKS,
    *COMMANDS,
    *NAMED,
    *MEMBERS,
    *CALLS,
    *TABLES,
    *SPOKEN,
    *CODES,
    *LISTED,
    *NEAR,
)
