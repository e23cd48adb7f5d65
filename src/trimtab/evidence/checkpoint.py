"""Checkpoints as text that can be kept where the operator of the ledger cannot rewrite it.

The text is a C2SP tlog-checkpoint: origin, size and base64 root on a line
each. Signatures, when there are any, follow after an empty line as C2SP
signed-note says; they cover the three lines with their line ends.
"""

import base64
import binascii
import re
from typing import NamedTuple

from trimtab.errors import UsageError
from trimtab.evidence.merkle import HASH_SIZE
from trimtab.kinds import Checkpoint


class Head(NamedTuple):
    """A tree head kept elsewhere: the first `size` rows had this root."""

    size: int
    root: bytes


def checkpoint_note(checkpoint: Checkpoint, origin: str) -> str:
    """The text to keep or to sign.

    Args:
        checkpoint: What it says.
        origin: Which ledger it speaks of, e.g. `example.org/triage-bot`; no white space, no plus.

    Raises:
        UsageError: The origin cannot stand in a note.
    """
    if not re.fullmatch(r"[^\s+\x00-\x1f]+", origin):
        raise UsageError(f"{origin!r} is no origin", "Use a name without spaces and pluses, like example.org/ledger.")
    root = base64.b64encode(checkpoint.root).decode()
    return f"{origin}\n{checkpoint.size}\n{root}\n"


def parse_note(text: str) -> Head:
    """Size and root of a note, signed or not; signatures are not checked here.

    Raises:
        UsageError: It is no such note.
    """
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise UsageError("not a checkpoint: origin, size and root on a line each are missing")
    return parse_head(f"{lines[1]}:{lines[2]}")


def parse_head(text: str) -> Head:
    """`SIZE:ROOT`, the root in base64 or hexadecimal.

    Raises:
        UsageError: It is something else.
    """
    size, _, root = text.partition(":")
    try:
        raw = bytes.fromhex(root) if len(root) == 2 * HASH_SIZE else base64.b64decode(root, validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", size, re.ASCII) or len(raw) != HASH_SIZE:
        raise UsageError(f"{text!r} is not SIZE:ROOT", "`trimtab ledger checkpoint` prints them.")
    return Head(int(size), raw)
