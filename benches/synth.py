"""How quickly attacks are made and near-duplicates left out, on one core, and beside others.

    python benches/synth.py [--cases 100000] [--depth 2] [--peers]

`--peers` needs datasketch and rensa: pip install datasketch rensa.
Times are processor seconds of this process, so that other work on the machine does not count.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from trimtab.kinds import plugins
from trimtab.measure.likeness import Likenesses, Signer
from trimtab.measure.synth import Synthesis
from trimtab.measure.synth_blocks import SIZE, Recipe, plain_text
from trimtab.measure.synth_coverage import Coverage
from trimtab.measure.synth_files import SuiteFiles


def seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def memory() -> float:
    """Most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def whole(cases: int, depth: int) -> None:
    recipe = Recipe(fields={"depth": depth})
    grammar = recipe.made()
    families = {name: plugins.find("attacks", name).family for name in grammar.attacks}
    with tempfile.TemporaryDirectory() as folder:
        made = Synthesis(
            coverage=Coverage.of(grammar, families),
            files=SuiteFiles(Path(folder) / "a.jsonl"),
            likenesses=Likenesses(0.8),
        )
        before = memory()
        took = seconds(lambda: made.from_grammar(recipe, cases=cases))
        size = sum(file.bytes for file in made.files.written())
        made.files.finish(head={}, manifest={}, page="")
    gone = made.rejected["near-duplicate"]
    print(
        f"depth {depth}: {cases:,} cases in {took:.1f} s of one core, {made.made / took * 60:,.0f} a minute, "
        f"{size / cases:,.0f} bytes each; {gone / made.made:.3%} near-duplicates, "
        f"{made.rejected['does-not-fit'] / made.made:.3%} that do not fit; "
        f"{len(made.coverage.holes):,} of {made.coverage.size:,} cells empty; {memory() - before:.0f} MB more memory"
    )


def texts(count: int) -> list[str]:
    grammar = plugins.make("suites", "stress", depth=2)
    goals = (grammar.goal(place, seed=0) for place in range(count))
    return [plain_text(case, goal) for goal in goals if (case := grammar.dress(goal)) is not None]


def planted(real: Sequence[str], chance: random.Random) -> tuple[list[str], list[tuple[int, int, float]]]:
    """The texts, and copies of some with words changed: (place, place of the copy, true overlap)."""
    everything, pairs = list(real), []
    for at in chance.sample(range(len(real)), len(real) // 10):
        said = real[at].split()
        changed = list(said)
        for place in chance.sample(range(len(said)), max(1, round(len(said) * chance.choice((0.01, 0.02, 0.05, 0.1))))):
            changed[place] = f"other{chance.randrange(10**9)}"
        one, two = (set(zip(s, s[1:], s[2:], strict=False)) for s in (said, changed))
        pairs.append((at, len(everything), len(one & two) / max(1, len(one | two))))
        everything.append(" ".join(changed))
    return everything, pairs


def ours(everything: Sequence[str]) -> list[bool]:
    signer, index, kept = Signer(), Likenesses(0.8), []
    for start in range(0, len(everything), SIZE):
        kept += index.add(signer.sign(everything[start : start + SIZE]))
    return kept


def datasketch(everything: Sequence[str]) -> list[bool]:
    from datasketch import MinHash, MinHashLSH

    index, kept = MinHashLSH(threshold=0.8, num_perm=128), []
    sketches: dict[int, Any] = {}
    for at, text in enumerate(everything):
        said = text.casefold().split()
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(gram).encode() for gram in zip(said, said[1:], said[2:], strict=False)])
        alike = any(sketches[other].jaccard(sketch) >= 0.8 for other in index.query(sketch))
        kept.append(not alike)
        if not alike:
            index.insert(at, sketch)
            sketches[at] = sketch
    return kept


def rensa(everything: Sequence[str]) -> list[bool]:
    from rensa import RMinHash, RMinHashLSH

    index, kept = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16), []
    sketches: dict[int, Any] = {}
    for at, text in enumerate(everything):
        said = text.casefold().split()
        sketch = RMinHash(num_perm=128, seed=0)
        sketch.update([" ".join(gram) for gram in zip(said, said[1:], said[2:], strict=False)])
        alike = any(sketches[other].jaccard(sketch) >= 0.8 for other in index.query(sketch))
        kept.append(not alike)
        if not alike:
            index.insert(at, sketch)
            sketches[at] = sketch
    return kept


def found(kept: Sequence[bool], pairs: Sequence[tuple[int, int, float]]) -> str:
    """Of the planted copies: how many were left out, by true overlap."""
    bins = {"0.9 and more": (0.9, 1.1), "0.8 to 0.9": (0.8, 0.9), "0.6 to 0.8": (0.6, 0.8), "below 0.6": (-1.0, 0.6)}
    parts = []
    for name, (low, high) in bins.items():
        inside = [not (kept[one] and kept[two]) for one, two, overlap in pairs if low <= overlap < high]
        parts.append(f"{name}: {sum(inside)}/{len(inside)}")
    return ", ".join(parts)


def beside(count: int) -> None:
    everything, pairs = planted(texts(count), random.Random(0))
    base = 0.0
    for name, run in (("ours", ours), ("datasketch", datasketch), ("rensa", rensa)):
        kept: list[bool] = []
        took = seconds(lambda run=run, kept=kept: kept.extend(run(everything)))  # type: ignore[misc]
        base = base or took
        each = took / len(everything) * 1e6
        print(
            f"{name:11} {each:7.1f} microseconds a text, {took / base:4.1f} times ours; left out {found(kept, pairs)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    for depth in (1, 3):
        whole(given.cases, depth)
    if given.peers:
        beside(10_000)


if __name__ == "__main__":
    main()
