"""What a guard costs around its detectors: a trivial check, a stream beside the whole text, pseudonyms, the ledger.

Run with `python benches/guard.py`. One thread; medians of processor time, so that others on the machine do not count.
"""

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from trimtab.enforce import Guard, RulingLog, Vault
from trimtab.evidence import Ledger, Subject
from trimtab.policy import GuardSpec

PROSE = "the service team reviewed every ticket in the queue and wrote a short note for each of the customers who had asked for help with their order before the end of May "
HITS = "ana.solberic@example.org asked to be called on 415-555-0123, card 4111 1111 1111 1111, from 192.168.10.4 with DE89370400440532013000 "
LONG = PROSE * 15 + HITS + PROSE * 15 + HITS
LEAK = {"detector": "leak", "action": "block"}
MASKS = {"detector": "patterns", "action": "mask"}


def times(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Milliseconds, median and 99th percentile."""
    work()
    taken = []
    for _ in range(repeats):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    taken.sort()
    return taken[len(taken) // 2] * 1e3, taken[int(len(taken) * 0.99)] * 1e3


def made(**fields: Any) -> Guard:
    return Guard(GuardSpec.model_validate(fields))


def shown(name: str, work: Callable[[], object], repeats: int) -> float:
    middle, worst = times(work, repeats)
    print(f"{name}: p50 {middle:.4f} ms, p99 {worst:.4f} ms")
    return middle


def stream(guard: Guard, pieces: list[str]) -> int:
    """Characters that came before the first went on; 0 if nothing did before the end."""
    one = guard.stream()
    came = first = 0
    for piece in pieces:
        came += len(piece)
        if one.feed(piece) and not first:
            first = came
    one.close()
    return first


def streams() -> None:
    for text in (LONG[:900], LONG, LONG * 4):
        pieces = [text[at : at + 4] for at in range(0, len(text), 4)]
        for hold_back in (None, 128):
            guard = made(output=[MASKS, LEAK], budget_ms=60_000.0, hold_back=hold_back)
            whole, _ = times(partial(guard.output, text), 20)
            taken, _ = times(partial(stream, guard, pieces), 10)
            first = stream(guard, pieces)
            print(
                f"stream of {len(text):,} characters in pieces of 4, holding back {hold_back or 'as detectors reach'}: {taken:.2f} ms "
                f"({whole:.2f} ms at once), {taken / len(pieces):.4f} ms a piece, first text after {first or len(text):,} characters"
            )


def main() -> None:
    os.environ["TRIMTAB_BENCH_KEY"] = "k" * 32
    trivial = made(output=[LEAK], input=[LEAK])
    shown("one trivial check, output", partial(trivial.output, "ok"), 5000)
    shown("one trivial check, input", partial(trivial.input, [{"role": "user", "content": "ok"}]), 5000)
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.db") as ledger:
        log = RulingLog(ledger, subject=Subject(system="bench"), policy="sha256:0")
        with Guard(trivial.spec, log=log) as told:
            shown("one trivial check, output, with a ledger", partial(told.output, "ok"), 5000)
    streams()
    asked = [{"role": "user", "content": LONG}]
    labelled = made(input=[MASKS])
    named = made(input=[MASKS | {"how": "pseudonym"}], key_env="TRIMTAB_BENCH_KEY")
    shown("masking a long text by labels", partial(labelled.input, asked), 50)
    vault = Vault()
    shown("masking it by pseudonyms, with a vault", partial(named.input, asked, vault=vault), 50)
    masked = named.input(asked, vault=vault).messages[0].content
    shown("restoring it", partial(vault.restore, masked), 200)


if __name__ == "__main__":
    main()
