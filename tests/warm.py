"""Imported once by the process that tests fork commands from: what they would each load anew."""

import gc
import importlib
import pkgutil
from pathlib import Path

from trimtab.builtin import attacks, metrics, strategies, suites
from trimtab.builtin.metrics import sentences
from trimtab.builtin.suites import draw
from trimtab.decision import entry_rules, kpis
from trimtab.measure import redact

for package in (entry_rules, kpis, attacks, metrics, strategies, suites):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)

# Word lists are files of the package, read once by whoever needs them.
for reads, package in ((draw.words, suites), (sentences.word_sets, metrics)):
    folder = Path(package.__path__[0]) / "words"
    for path in folder.rglob("*.yaml"):
        reads(path.relative_to(folder).with_suffix("").as_posix())

redact.mask_words("Nothing to hide.")  # reads the arrays of detectors
redact._detectors.cache_clear()  # which detectors there are is for each command to find

gc.freeze()  # no collection of a command walks through, and so copies, what is there for good
