"""Counters that all workers of a proxy share, so that /metrics is right whichever of them answers.

The memory is made before the workers are, and each writes only to a row of its own: no locks, and nothing is lost when
one is killed. Its successor goes on counting in the same row, so no counter ever falls.
"""

import mmap
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

SIDES = ("input", "output")
ACTIONS = ("allow", "mask", "revise", "escalate", "block")
MISSING = ("crashed", "timeout", "budget", "late")
ROUTES = ("chat", "completions", "embeddings", "models", "other")
STATUSES = (200, 400, 404, 405, 408, 413, 417, 431, 499, 500, 502, 503, 504, 0)
"""Of requests; 499 is a client that hung up, 0 any other (an upstream's own errors come through as they are)."""
BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds

_BYTES = 8
_PULSE_SECONDS = 10.0  # without a sign of life for so long, a worker does not count as serving


@dataclass(frozen=True, slots=True)
class _Family:
    name: str
    kind: str  # counter, gauge or histogram
    about: str
    series: tuple[str, ...]  # labels as they are written, without the braces


def _counts(name: str, about: str, *series: str) -> _Family:
    return _Family(f"trimtab_guard_{name}", "counter", about, series or ("",))


_FAMILIES = (
    _counts("rulings_total", "Texts ruled on, by side and what happened.",
            *(f'side="{side}",ruling="{action}"' for side in SIDES for action in ACTIONS)),
    _counts("checks_missing_total", "Checks that were not made, by side and reason.",
            *(f'side="{side}",reason="{reason}"' for side in SIDES for reason in MISSING)),
    _counts("requests_total", "Requests answered, by route and status; 499: the client hung up, 0: any other.",
            *(f'route="{route}",status="{status}"' for route in ROUTES for status in STATUSES)),
    _counts("streams_broken_total", "Streams that ended with an error instead of their end."),
    _counts("log_lines_dropped_total", "Lines of the access log that nobody took in time."),
    _counts("rulings_lost_total", "Rulings that a worker could not hand over for the ledger when it ended."),
    _counts("worker_restarts_total", "Workers that were started again after they died."),
    _Family("trimtab_guard_requests_in_flight", "gauge", "Requests being served.", ("",)),
    _Family("trimtab_guard_ledger_unwritten", "gauge", "Workers whose rulings cannot be written.", ("",)),
    _Family("trimtab_guard_request_seconds", "histogram", "From a request's headers to the end of its answer.", ("",)),
    _Family("trimtab_guard_looking_seconds", "histogram", "What the guard took to rule on one request or text.", ("",)),
)  # fmt: skip


def _laid_out() -> tuple[dict[str, dict[str, int]], int]:
    """Where each series stands in a row. A histogram has a cell per bound, one beyond, and one for microseconds."""
    places: dict[str, dict[str, int]] = {}
    at = 2  # pulse and process id come first
    for family in _FAMILIES:
        places[family.name] = {}
        for series in family.series:
            places[family.name][series] = at
            at += len(BOUNDS) + 2 if family.kind == "histogram" else 1
    return places, at


_PLACES, _WIDTH = _laid_out()
_RULED = {
    (side, action): _PLACES["trimtab_guard_rulings_total"][f'side="{side}",ruling="{action}"']
    for side in SIDES
    for action in ACTIONS
}
_UNLOOKED = {
    (side, reason): _PLACES["trimtab_guard_checks_missing_total"][f'side="{side}",reason="{reason}"']
    for side in SIDES
    for reason in MISSING
}
_ANSWERED = {
    (route, status): _PLACES["trimtab_guard_requests_total"][f'route="{route}",status="{status}"']
    for route in ROUTES
    for status in STATUSES
}
_ALONE = {name: series[""] for name, series in _PLACES.items() if "" in series}
_FLIGHT = _ALONE["trimtab_guard_requests_in_flight"]


class Tally:
    """All rows. Made before the workers are started, and inherited by them."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._memory = mmap.mmap(-1, (workers + 1) * _WIDTH * _BYTES)  # shared with processes forked from here
        self._cells = memoryview(self._memory).cast("q")

    def row(self, worker: int) -> "Row":
        """Where one worker counts; number `workers` is the supervisor's own."""
        return Row(self._cells[worker * _WIDTH : (worker + 1) * _WIDTH])

    def serving(self) -> int:
        """How many workers showed a sign of life lately."""
        now = time.monotonic_ns()
        pulses = (self._cells[number * _WIDTH] for number in range(self.workers))
        return sum(1 for pulse in pulses if pulse and now - pulse < _PULSE_SECONDS * 1e9)

    def in_flight(self) -> int:
        """Requests being served by all workers."""
        return sum(self._cells[_FLIGHT::_WIDTH])

    def lost(self) -> int:
        """Rulings that are in no ledger, and never will be."""
        return sum(self._cells[_ALONE["trimtab_guard_rulings_lost_total"] :: _WIDTH])

    def totals(self) -> list[int]:
        """Every cell, summed over the rows."""
        return [sum(self._cells[place::_WIDTH]) for place in range(_WIDTH)]

    @staticmethod
    def families() -> Iterator[tuple[str, str, str]]:
        """Name, kind and meaning of everything that `counters` gives values of."""
        for family in _FAMILIES:
            if family.kind == "histogram":
                yield f"{family.name}_count", "counter", f"How many there were. {family.about}"
                yield f"{family.name}_sum", "counter", f"Seconds in all. {family.about}"
            else:
                yield family.name, family.kind, family.about

    def counters(self) -> Iterator[tuple[str, str, str, float]]:
        """Name, kind, labels and value of every counter and gauge; of histograms, how many and how much in all."""
        totals = self.totals()
        for family in _FAMILIES:
            for series, place in _PLACES[family.name].items():
                if family.kind == "histogram":
                    beyond = place + len(BOUNDS) + 1
                    yield f"{family.name}_count", "counter", series, sum(totals[place:beyond])
                    yield f"{family.name}_sum", "counter", series, totals[beyond] / 1e6
                else:
                    yield family.name, family.kind, series, totals[place]

    def prometheus(self) -> str:
        """Everything, in the text format of Prometheus, version 0.0.4."""
        totals = self.totals()
        lines: list[str] = []
        for family in _FAMILIES:
            lines += [f"# HELP {family.name} {family.about}", f"# TYPE {family.name} {family.kind}"]
            for series, place in _PLACES[family.name].items():
                if family.kind == "histogram":
                    lines += _histogram(family.name, totals[place : place + len(BOUNDS) + 2])
                elif totals[place] or not family.name.endswith("requests_total"):
                    lines.append(f"{family.name}{f'{{{series}}}' if series else ''} {totals[place]}")
        name = "trimtab_guard_workers"
        lines += [f"# HELP {name} Processes that serve, and how many there should be.", f"# TYPE {name} gauge"]
        lines += [f'{name}{{state="serving"}} {self.serving()}', f'{name}{{state="wanted"}} {self.workers}']
        return "\n".join(lines) + "\n"


def _histogram(name: str, cells: list[int]) -> list[str]:
    *counts, micros = cells
    *below, total = accumulate(counts)
    lines = [f'{name}_bucket{{le="{bound:g}"}} {count}' for bound, count in zip(BOUNDS, below, strict=True)]
    return [*lines, f'{name}_bucket{{le="+Inf"}} {total}', f"{name}_sum {micros / 1e6:.6f}", f"{name}_count {total}"]


class Row:
    """What one process counts."""

    __slots__ = ("_cells",)

    def __init__(self, cells: memoryview) -> None:
        self._cells = cells

    @property
    def pulse(self) -> int:
        """When this process last showed a sign of life, in nanoseconds of the monotonic clock; 0 for never."""
        return int(self._cells[0])

    @property
    def in_flight(self) -> int:
        """Requests that this process is serving."""
        return int(self._cells[_FLIGHT])

    def begin(self) -> None:
        """A process starts, or starts again: nothing is in flight."""
        self._cells[_FLIGHT] = 0
        self.alive()

    def alive(self) -> None:
        """A sign of life."""
        self._cells[0] = time.monotonic_ns()

    def dead(self) -> None:
        """The process is gone, and what it served with it."""
        self._cells[_FLIGHT] = 0
        self._cells[_ALONE["trimtab_guard_ledger_unwritten"]] = 0
        self._cells[0] = 0

    def behind(self, unwritten: bool) -> None:  # noqa: FBT001  # it is all there is to say
        """Whether rulings wait to be written."""
        self._cells[_ALONE["trimtab_guard_ledger_unwritten"]] = unwritten

    def ruled(self, side: str, action: str) -> None:
        """A text was ruled on."""
        self._cells[_RULED[side, action]] += 1

    def unlooked(self, side: str, reason: str) -> None:
        """A check was not made."""
        self._cells[_UNLOOKED[side, reason]] += 1

    def entered(self) -> None:
        """A request is being served."""
        self._cells[_FLIGHT] += 1

    def answered(self, route: str, status: int, seconds: float) -> None:
        """A request is over."""
        self._cells[_FLIGHT] -= 1
        self._cells[_ANSWERED.get((route, status)) or _ANSWERED[route, 0]] += 1
        self._spread("trimtab_guard_request_seconds", seconds)

    def looked(self, seconds: float) -> None:
        """The guard took so long."""
        self._spread("trimtab_guard_looking_seconds", seconds)

    def add(self, name: str, count: int = 1) -> None:
        """So many more of a counter without labels: `streams_broken`, `log_lines_dropped`, `worker_restarts`, ..."""
        self._cells[_ALONE[f"trimtab_guard_{name}_total"]] += count

    def _spread(self, name: str, seconds: float) -> None:
        place = _ALONE[name]
        self._cells[place + bisect_left(BOUNDS, seconds)] += 1
        self._cells[place + len(BOUNDS) + 1] += int(seconds * 1e6)
