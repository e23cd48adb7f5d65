"""Access of somebody alone on a machine, who has the token that was printed when the pages were opened.

The token is in the first address only. It is exchanged for a cookie that scripts cannot read and other sites do not
send; what is kept of both is a digest.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trimtab.serve.pages.access.person import AUDITOR, Person
from trimtab.serve.pages.declared import ROLES

SESSION_SECONDS = 12 * 3600
_MOST_SESSIONS = 64  # the oldest ends when there is one more


@dataclass(slots=True)
class Alone:
    """Access for one person with one token, who is all but an auditor: auditors never write."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    name: str = "you"  # under which whatever is entered stands in the books
    clock: Callable[[], float] = time.monotonic
    _sessions: dict[bytes, float] = field(default_factory=dict, repr=False)

    def enter(self, token: str) -> str | None:
        """A session for whoever has the token, as it is kept in a cookie; None for anybody else."""
        if not self.knows(token):
            return None
        made = secrets.token_urlsafe(32)
        if len(self._sessions) >= _MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))
        self._sessions[_digest(made)] = self.clock() + SESSION_SECONDS
        return made

    def knows(self, token: str) -> bool:
        """Whether it is the token; takes as long whatever is wrong with it."""
        return hmac.compare_digest(_digest(token), _digest(self.token))

    def person(self, *, cookie: str, bearer: str) -> Person | None:
        """Whoever a request is from: by the cookie of a session that has not ended, or by the token in its header."""
        ends = self._sessions.get(_digest(cookie)) if cookie else None
        if (ends is not None and self.clock() < ends) or (bearer and self.knows(bearer)):
            return Person(name=self.name, roles=frozenset(ROLES) - {AUDITOR}, alone=True)
        return None

    def leave(self, cookie: str) -> None:
        """End a session."""
        self._sessions.pop(_digest(cookie), None)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
