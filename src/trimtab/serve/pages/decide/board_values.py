"""What the board page shows, as values: the figures that `trimtab board` publishes, name for name."""

from dataclasses import dataclass

from trimtab.serve.pages.values.money import Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A part that cannot be had, and why."""

    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product. `low` and `high` are its score as known, and if all that is missing were perfect."""

    system: str
    owner: str
    verdict: str
    band: str | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A tier: the worst verdict and band in it; no band where that of a product is not known."""

    tier: str
    verdict: str
    band: str | None
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A veto metric that does not pass. What is unbounded or not known stands in words."""

    system: str
    metric: str
    verdict: str
    low: float | str | None
    high: float | str | None
    floor: float
    better: str
    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A vendor that holds a product down."""

    system: str
    metric: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An amount that was accepted, and what was seen."""

    what: str
    bound: float
    seen: float
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedChance(Accepted):
    """Likewise a share of years, of those that lose more than `loss`."""

    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What failures cost in a year, on average and in bad years, against the appetite; in the policy's currency."""

    currency: str
    expected: float
    var: Amount
    cvar: Amount
    level: float
    years: int
    seed: int
    appetite: tuple[Accepted | AcceptedChance, ...]
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The risk budget, and what the last quarter that is over came to; in the policy's currency."""

    quarter: str
    budget: float
    returned: float
    given: float
    every: str
    requests: int
    granted: float
    released: float
    spent: float
    promised: float
    realised: float
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How many findings are open for so long, by severity."""

    age: str
    S1: int
    S2: int
    S3: int
    S4: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Findings that are open, and the rows that they stand in."""

    open: int
    overdue: int
    oldest_days: int | None
    ages: tuple[Age, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An incident that the law wants reported; `by` in microseconds since the epoch, UTC."""

    incident: str
    system: str
    duty: str
    by: int
    late: bool
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date of the law, in microseconds since the epoch, UTC."""

    at: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """Reports that are due and dates that come; how many more, and how many dates cannot be read."""

    reports: tuple[Report, ...]
    dates: tuple[Date, ...]
    more: int
    unread: int
    catalogue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """A win as it was told; `stale` if its numbers have changed since. `at` in microseconds since the epoch, UTC."""

    win: str
    title: str
    system: str
    at: int
    by: str
    rows: tuple[int, ...]
    stale: bool
    numbers: str
    money: str
    limits: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A decision that is asked for, by whom, and the row that asks; a statement is somebody's word."""

    kind: str
    what: str
    by: str
    row: int
    statement: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All of the page."""

    organisation: str
    currency: str
    quarter: str
    asof: int
    row: int
    policy: str
    tiers: tuple[Tier, ...] | Gap
    vetoes: tuple[Veto | Held, ...] | Gap
    loss: Loss | Gap
    money: Money | Gap
    findings: Findings
    regulation: Regulation
    wins: tuple[Win, ...]
    asks: tuple[Ask, ...]
    not_asked: tuple[str, ...]
