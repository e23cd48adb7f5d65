"""What the reference page says of the detectors is what their cards say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_labels_and_figures_are_those_of_the_cards():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "refresh_detectors.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + "\nrun: python tools/refresh_detectors.py"
