"""What it costs to import trimtab and to read its help, beside what python itself costs.

Each command starts a fresh interpreter, several times; the fastest is shown,
since everything else on the machine can only add. The bars are for a quiet
machine: `import trimtab` under 50 ms beyond python, `trimtab --help` under 200 ms.

    python benches/imports.py [repeats]
"""

import subprocess
import sys
import time
from pathlib import Path

TRIMTAB = str(Path(sys.executable).with_name("trimtab"))

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import trimtab": [sys.executable, "-c", "import trimtab"],
    "trimtab --help": [TRIMTAB, "--help"],
    "import click": [sys.executable, "-c", "import click"],
    "import numpy": [sys.executable, "-c", "import numpy"],
    "import pydantic": [sys.executable, "-c", "import pydantic; pydantic.BaseModel"],
}


def fastest(repeats: int) -> dict[str, float]:
    """Seconds of the fastest run of each command, in turns, so that another load hits all alike.

    The first round, which may write compiled modules, does not count.
    """
    best = dict.fromkeys(COMMANDS, float("inf"))
    for turn in range(repeats + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if turn:
                best[name] = min(best[name], time.perf_counter() - start)
    return best


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seconds = fastest(repeats)
    bare = seconds["python -c pass"]
    print("| command | ms | beyond python |\n|---|---|---|")
    for name, value in seconds.items():
        print(f"| `{name}` | {value * 1e3:.0f} | {(value - bare) * 1e3:.0f} |")
    missed = [
        name
        for name, value, bar in (
            ("import trimtab", seconds["import trimtab"] - bare, 0.05),
            ("trimtab --help", seconds["trimtab --help"], 0.2),
        )
        if value > bar
    ]
    print(f"\nover the bar: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
