"""Pages and tables by their names, for a process that stays: `Answering` over one ledger under one policy."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from trimtab._canonical import canonical
from trimtab.evidence.living import LivingLedger
from trimtab.policy import Policy
from trimtab.workspace.answering import EVERY, Answer, Answering, Present
from trimtab.workspace.pages import Asking, show

_MOST = 256  # answers that are held


class Living:
    """Answers from one ledger under one policy; threads may share it. Make another when the policy changes.

    Memory: up to `most` answers, and what the ledger remembers.
    """

    def __init__(self, ledger: LivingLedger, policy: Policy, *, every: int = EVERY, most: int = _MOST) -> None:
        self._ledger, self._policy = ledger, policy
        self._answering = Answering(lambda: Present.of(ledger, every=every), most=most)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop working in the background; the ledger stays open."""
        self._answering.close()

    def ask(self, page: str, asked: Mapping[str, Any] | None = None, *, wait: bool = True) -> Answer:
        """What a page shows.

        Args:
            page: One of `pages.PAGES` or `publishing.COMPUTED`.
            asked: Its arguments, as JSON.
            wait: For the answer as of now. Otherwise an answer from before is given at once, if there is one.

        Raises:
            UsageError: There is no such page, or it cannot be asked so.
            LedgerAlteredError: A row is not what was hashed, or has gone: no answer of before is given then.
        """
        given = dict(asked or {})

        def made(now: Present) -> Any:
            asking = Asking(ledger=self._ledger, policy=self._policy, asked=given, row=now.row, moment=now.moment)
            return show(page, asking)

        return self._answering.ask((page, canonical(given)), made, wait=wait)
