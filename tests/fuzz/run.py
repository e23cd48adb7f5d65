"""Fuzzes for a while: `python -m tests.fuzz.run [--seconds N] [TARGET ...]`; each target in its turn.

With atheris installed the bytes are guided by what code they reach; without it they are drawn and mutated at random.
A text that breaks a promise is written to `fuzz-TARGET.bin`, and the exit code is 1.
"""

import argparse
import importlib
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

TARGETS = (
    "patterns",
    "view",
    "leak",
    "mask",
    "names",
    "learned",
    "judges",
    "stream",
    "pseudonyms",
    "wire",
    "sse",
    "imports",
    "signed",
)
_LONGEST = 600


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    failed = 0
    for target in asked.targets or TARGETS:
        failed |= _guided(target, asked.seconds) if _has_atheris() else _drawn(target, asked.seconds, asked.seed)
    return failed


def _has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None


_GUIDED = """
import sys, atheris
with atheris.instrument_imports(include=["trimtab"]):
    import tests.fuzz.{target} as target
atheris.Setup(sys.argv, target.check)
atheris.Fuzz()
"""


def _guided(target: str, seconds: int) -> int:
    """In a process of its own, since a fuzzer ends the one it runs in."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(_seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        command = [
            sys.executable, "-c", _GUIDED.format(target=target), corpus, f"-max_total_time={seconds}", f"-max_len={_LONGEST}",
            "-timeout=120", f"-exact_artifact_path=fuzz-{target}.bin", "-print_final_stats=1",
        ]  # fmt: skip
        return int(subprocess.run(command, check=False).returncode != 0)


def _seeds() -> list[bytes]:
    from tests.fuzz.texts import PIECES

    return [piece.encode("ascii", "ignore") for piece in PIECES] + [
        bytes([0x80 + at // 8, at % 8]) for at in range(700)
    ]


def _drawn(target: str, seconds: int, seed: int) -> int:
    check: Callable[[bytes], None] = importlib.import_module(f"tests.fuzz.{target}").check
    dice, seeds, tried = random.Random(seed), _seeds(), 0
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        data = b"".join(
            dice.choice(seeds) if dice.random() < 0.7 else dice.randbytes(dice.randint(1, 12))
            for _ in range(dice.randint(1, 24))
        )[:_LONGEST]
        tried += 1
        try:
            check(data)
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            traceback.print_exc()
            Path(f"fuzz-{target}.bin").write_bytes(data)
            print(f"{target}: a broken promise after {tried:,} texts, in fuzz-{target}.bin")
            return 1
    print(f"{target}: {tried:,} texts in {seconds} s, no promise broken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
