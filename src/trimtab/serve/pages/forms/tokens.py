"""What ties a form that comes back to the one that went out: whose session, which form, which use, how old."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

_USE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Use:
    """One rendering of a form: an id for a single use, and the last row that its reader could know of."""

    id: str
    seen: int

    @property
    def source(self) -> str:
        """How the entry that comes by it says so, which is how it is found again."""
        return f"form:{self.id}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Seals forms with a key of this process. After a restart nothing sealed before is good, and is asked again."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def fresh(self, row: int) -> Use:
        """For a form that is rendered now."""
        return Use(secrets.token_hex(16), row)

    def seal(self, use: Use, *, session: str, person: str, form: str) -> str:
        """The token of a form; another session, person or form has another one."""
        told = "\0".join((session, person, form, use.id, str(use.seen)))
        return hmac.new(self.key, told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def good(self, token: str, use: Use, *, session: str, person: str, form: str) -> bool:
        """Whether a token is that of this form; takes as long whatever is wrong with it."""
        made = self.seal(use, session=session, person=person, form=form)
        return hmac.compare_digest(made.encode(), token.encode("utf-8", "surrogatepass"))


def use_of(id_: str, seen: str, *, row: int) -> Use | None:
    """What a form says of its rendering; None where that is none of ours."""
    if not _USE.fullmatch(id_) or not re.fullmatch(r"\d{1,15}", seen):
        return None
    return Use(id_, min(int(seen), row))
