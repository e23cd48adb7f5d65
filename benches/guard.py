"""What a guard costs: a trivial check, a whole plan of all that it can find, a stream beside the whole text, pseudonyms.

Run with `python benches/guard.py [FOLDER]`. One thread; medians of processor time, so that others on the machine do not
count. With a folder of corpora (or one beside the checkout), it also counts the streams whose end contradicts what had
gone on, and how much they held back at their end.
"""

import gzip
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from detectors import varied  # type: ignore[import-not-found]  # the bench beside this one

from trimtab.enforce import Guard, RulingLog, Vault
from trimtab.evidence import Ledger, Subject
from trimtab.policy import GuardSpec

PROSE = "the service team reviewed every ticket in the queue and wrote a short note for each of the customers who had asked for help with their order before the end of May "
HITS = "ana.solberic@example.org asked to be called on 415-555-0123, card 4111 1111 1111 1111, from 192.168.10.4 with DE89370400440532013000 "
LONG = PROSE * 15 + HITS + PROSE * 15 + HITS
FOLDER = Path(__file__).parents[2] / "shared" / "data"
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


def plan() -> None:
    """The whole plan over short texts, each seen once, so that nothing that was kept helps."""
    masks = [{"detector": name, "action": "mask"} for name in ("patterns", "names")]
    stops = [{"detector": name, "action": "block"} for name in ("injection", "toxicity", "leak")]
    guard = made(output=[*masks, *stops], budget_ms=60_000.0)
    pool = varied(1000)
    for text in pool[:500]:  # whatever is loaded or compiled once
        guard.output(text)
    taken = []
    for text in pool[500:]:
        began = time.thread_time()
        guard.output(text)
        taken.append((time.thread_time() - began) * 1e3)
    taken.sort()
    print(
        f"standard plan (patterns, names, injection, toxicity, leak), {len(taken)} different short texts, each once: "
        f"p50 {taken[len(taken) // 2]:.3f} ms, p99 {taken[int(len(taken) * 0.99)]:.3f} ms"
    )


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


def texts(folder: Path, name: str) -> list[str]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def contradictions(folder: Path) -> None:
    guard = made(output=[MASKS], budget_ms=60_000.0)
    personal = texts(folder, "pii")
    short = [text for text in personal if len(text) < 400]
    generator = random.Random(1)
    corpora = {
        "credentials": texts(folder, "secrets"),
        "long texts with personal data": [text for text in personal if len(text) > 1500],
        "short ones in a row": [" ".join(generator.sample(short, 25)) for _ in range(300)],
        "short ones in lines": ["\n".join(generator.sample(short, 25)) for _ in range(200)],
        "attacks and harmless requests": [text for text in texts(folder, "injection") if len(text) > 900],
    }
    for name, given in corpora.items():
        late, held = 0, []
        for text in given:
            one = guard.stream()
            for at in range(0, len(text), 4):
                one.feed(text[at : at + 4])
            held.append(len(one.close()))
            late += not one.ruling.goes_on
        held.sort()
        print(
            f"{name}: {late} of {len(given):,} streams ended blocked, as their whole text does not; "
            f"held at the end p50 {held[len(held) // 2]:,}, p90 {held[len(held) * 9 // 10]:,} characters"
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
    plan()
    streams()
    asked = [{"role": "user", "content": LONG}]
    labelled = made(input=[MASKS])
    named = made(input=[MASKS | {"how": "pseudonym"}], key_env="TRIMTAB_BENCH_KEY")
    shown("masking a long text by labels", partial(labelled.input, asked), 50)
    vault = Vault()
    shown("masking it by pseudonyms, with a vault", partial(named.input, asked, vault=vault), 50)
    masked = named.input(asked, vault=vault).messages[0].content
    shown("restoring it", partial(vault.restore, masked), 200)
    corpora = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if corpora.is_dir():
        contradictions(corpora)


if __name__ == "__main__":
    main()
