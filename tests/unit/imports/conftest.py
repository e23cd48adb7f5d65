"""Files that the tools themselves wrote, and what is said of broken ones."""

import json
from collections import Counter
from pathlib import Path

import pytest

from trimtab.errors import PolicyError
from trimtab.kinds import Score
from trimtab.measure.imports import read_results

DATA = Path(__file__).parents[2] / "data" / "imports"


@pytest.fixture
def data():
    return DATA


@pytest.fixture
def told():
    """What a reader finds wrong with a file, one line each."""

    def told(tool, path, **given):
        with pytest.raises(PolicyError) as caught:
            read_results(tool, path, **given)
        return [str(mistake) for mistake in caught.value.mistakes]

    return told


@pytest.fixture
def counted():
    """By measure: how often each value or reason comes, and how many independent units there are."""

    def counted(imported):
        return {
            measure: (
                Counter(one.outcome.value if isinstance(one.outcome, Score) else one.outcome.reason for one in found),
                len({one.cluster for one in found}),
            )
            for measure, found in imported.measures.items()
        }

    return counted


@pytest.fixture
def changed(tmp_path):
    """A JSON file of ours with a value put elsewhere: `changed(name, {"a": {"b": 1}})`; None takes a key out."""

    def changed(name, *steps):
        value = json.loads((DATA / name).read_text(encoding="utf-8"))
        for path, new in steps:
            inner = value
            for step in path[:-1]:
                inner = inner[step]
            if new is ...:
                del inner[path[-1]]
            else:
                inner[path[-1]] = new
        target = tmp_path / Path(name).name
        target.write_text(json.dumps(value), encoding="utf-8")
        return target

    return changed
