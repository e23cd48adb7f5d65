"""The budget: what a call may cost, and whether it is let through."""

import asyncio
from dataclasses import dataclass, field

from trimtab.errors import CallError, UsageError
from trimtab.kinds import Price, Reply, Request
from trimtab.measure.limits import UNBILLED
from trimtab.policy.system_spec import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one call costs, or could: tokens, and money in the policy's currency."""

    tokens: int
    money: float


_NOTHING = Charge(tokens=0, money=0.0)


def worst_case(request: Request, price: Price | None) -> Charge:
    """The most a call can cost: a token is at least a byte, and templates add some."""
    prompt = sum(len(m.content.encode("utf-8", "surrogatepass")) + 16 for m in request.messages) + 16
    return _charge(prompt, request.max_tokens, price)


def actual(reply: Reply, worst: Charge, price: Price | None) -> Charge:
    """What a call did cost; the worst case when the system does not count its tokens."""
    if reply.prompt_tokens is None or reply.completion_tokens is None:
        return worst
    return _charge(reply.prompt_tokens, reply.completion_tokens, price)


def after_failure(error: CallError, worst: Charge) -> Charge:
    """What a failed call may have cost: nothing if it was turned away, else the worst case."""
    turned_away = error.reason.startswith("http-") or error.reason in UNBILLED
    return _NOTHING if turned_away else worst


def _charge(prompt: int, completion: int, price: Price | None) -> Charge:
    money = (prompt * price.input + completion * price.output) / 1e6 if price else 0.0
    return Charge(tokens=prompt + completion, money=money)


@dataclass(slots=True, eq=False)
class Purse:
    """A budget and what is gone of it; outlives single runs of the runner.

    A call is let through only if its worst case fits beside those in flight,
    so the budget is not overdrawn. When nothing is in flight and the next
    call does not fit, the purse is `empty`, for good: letting smaller calls
    through would choose the cases by their length.
    """

    budget: Budget = field(default_factory=Budget)
    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    empty: bool = False
    _reserved_tokens: int = 0
    _reserved_money: float = 0.0
    _open: int = 0
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def check(self, candidate: str, price: Price | None) -> None:
        """Refuse a budget that could not be kept.

        Raises:
            UsageError: It is in money, and this candidate has no price.
        """
        if self.budget.money is not None and price is None:
            raise UsageError(
                f"the budget is in money, but {candidate} has no price.",
                f"Give `price: {{input: ..., output: ...}}` to {candidate} in the policy.",
            )

    async def reserve(self, worst: Charge) -> bool:
        """Set aside the worst case of one call and count the call; False when the budget is used up."""
        while not self.empty:
            if self._fits(worst):
                self.calls += 1
                self._open += 1
                self._reserved_tokens += worst.tokens
                self._reserved_money += worst.money
                return True
            calls_left = self.budget.calls is None or self.calls < self.budget.calls
            if self._open == 0 or not calls_left:
                self.empty = True
                self._wake()
                break
            freed = asyncio.get_running_loop().create_future()
            self._waiting.append(freed)
            await freed
        return False

    def settle(self, worst: Charge, spent: Charge | None) -> None:
        """Replace what was set aside by what was spent; None when nothing was sent."""
        self._open -= 1
        if spent is None:
            self.calls -= 1
            spent = _NOTHING
        self._reserved_tokens -= worst.tokens
        self._reserved_money -= worst.money
        self.tokens += spent.tokens
        self.money += spent.money
        if self._open == 0:
            self._reserved_money = 0.0  # what rounding left of many sums
        self._wake()

    def _fits(self, worst: Charge) -> bool:
        budget = self.budget
        return (
            (budget.calls is None or self.calls < budget.calls)
            and (budget.tokens is None or self.tokens + self._reserved_tokens + worst.tokens <= budget.tokens)
            and (budget.money is None or self.money + self._reserved_money + worst.money <= budget.money)
        )

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for freed in waiting:
            if not freed.done():
                freed.set_result(None)
