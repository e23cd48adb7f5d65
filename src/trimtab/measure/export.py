"""Writes a suite as files that other tools run: Inspect a dataset and a task, promptfoo tests and asserts.

Both score by the metric of the suite itself, so `trimtab` must be importable where they run: what a marker looks
like in disguise is not told twice. What comes out can be read back with `trimtab import`.
"""

import json
import re
from dataclasses import dataclass

import yaml

from trimtab._canonical import canonical
from trimtab.errors import UsageError
from trimtab.kinds import Case, Shape, plugins
from trimtab.measure.suites import LoadedSuite, as_row

TARGETS = ("inspect", "promptfoo")
_TEMPLATE = re.compile(r"\{[{%#]")  # what promptfoo would take for a template of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Files by name, how to run them, and what could not be said in them."""

    files: dict[str, str]
    run: str
    cases: int
    left: int = 0  # cases of several turns, or with signs of a template, where one prompt is all that is asked


def export_suite(suite: LoadedSuite, target: str, *, canary: str, model: str, url: str) -> Export:
    """The files of a suite for another tool.

    Args:
        suite: Its cases, and the metric that scores them.
        target: One of `TARGETS`.
        canary: What stands in every case and nowhere else, by which a leak of the files can be told.
        model: Name of the model that promptfoo asks.
        url: Of the server with the format of OpenAI that it asks.

    Raises:
        UsageError: The metric says nothing of a single reply's text, so those tools cannot score by it.
    """
    shape = plugins.make("metrics", suite.score).shape
    if shape not in (Shape.RATE, Shape.MEAN):
        raise UsageError(
            f"{suite.name} is scored by {suite.score}, which gives no score from 0 to 1 for one reply.",
            "Export a suite with a rate: `trimtab suites` lists them.",
        )
    return _inspect(suite, canary) if target == "inspect" else _promptfoo(suite, canary, model=model, url=url)


def _inspect(suite: LoadedSuite, canary: str) -> Export:
    name = suite.name.replace("-", "_")
    return Export(
        files={
            f"{name}.jsonl": "".join(_flat(_sample(case, canary)) + "\n" for case in suite.cases),
            f"{name}.py": _filled(_TASK, suite, task=name),
        },
        run=f"inspect eval {name}.py --model PROVIDER/MODEL",
        cases=len(suite.cases),
    )


def _sample(case: Case, canary: str) -> dict[str, object]:
    row = as_row(case)
    return {
        "id": case.id,
        "input": row["messages"],
        "metadata": {"case": row, "canary": canary, **_cluster(case)},
    }


def _promptfoo(suite: LoadedSuite, canary: str, *, model: str, url: str) -> Export:
    kept = [case for case in suite.cases if not case.follow_ups and not _is_template(case)]
    most = max((case.max_tokens or 0 for case in kept), default=0) or 256
    config = {
        "description": f"{suite.name} {suite.version} of trimtab",
        "prompts": ["{{messages}}"],
        "providers": [
            {
                "id": f"openai:chat:{model}",
                "config": {"apiBaseUrl": url, "temperature": 0, "max_tokens": most},
            }
        ],
        "defaultTest": {"assert": [{"type": "python", "value": "file://score.py", "metric": suite.score}]},
        "tests": [_test(case, canary) for case in kept],
    }
    head = f"# Cases of {suite.origin} version {suite.version}, seed {suite.seed}. The model is to be filled in.\n"
    return Export(
        files={
            "promptfooconfig.yaml": head + yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=110),
            "score.py": _filled(_SCORE, suite),
        },
        run="promptfoo eval --no-cache -o results.json",
        cases=len(kept),
        left=len(suite.cases) - len(kept),
    )


def _is_template(case: Case) -> bool:
    return _TEMPLATE.search(canonical(as_row(case)).decode()) is not None


def _test(case: Case, canary: str) -> dict[str, object]:
    """Texts are handed over as JSON: promptfoo makes several tests of a list."""
    row = as_row(case)
    return {
        "description": case.id,
        "vars": {"messages": _flat(row["messages"]), "case": _flat(row)},
        "metadata": {"canary": canary, **_cluster(case)},
    }


def _cluster(case: Case) -> dict[str, str]:
    """What is not independent of each other, so that it is known when the results come back."""
    return {"cluster": case.cluster} if case.cluster else {}


def _flat(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _filled(text: str, suite: LoadedSuite, *, task: str = "") -> str:
    better = plugins.make("metrics", suite.score).better
    told = {"SCORE": suite.score, "TASK": task, "ABOUT": suite.about, "BETTER": better, "VERSION": suite.version}
    for key, value in told.items():
        text = text.replace(f"@{key}@", _quoted(value) if key in {"ABOUT", "SCORE"} else value)
    return text


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace("\\", "").replace('"', "'")


_TASK = '''"""@ABOUT@

Scored by the metric @SCORE@ of trimtab, for which @BETTER@ is better.
"""

from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.model import ChatMessageUser
from inspect_ai.scorer import Score, mean, scorer, stderr
from inspect_ai.solver import solver

from trimtab.kinds import Case, Exchange, Message, Missing, Reply, plugins

_HERE = Path(__file__).parent


@solver
def conversation():
    """Every turn of the case, one after the other."""

    async def solve(state, generate):
        case = state.metadata["case"]
        state = await generate(state, max_tokens=case.get("max_tokens"))
        replies = [state.output.completion]
        for text in case.get("follow_ups", []):
            state.messages.append(ChatMessageUser(content=text))
            state = await generate(state, max_tokens=case.get("max_tokens"))
            replies.append(state.output.completion)
        state.metadata["replies"] = replies
        return state

    return solve


@scorer(metrics=[mean(), stderr()], name="@SCORE@")
def by_trimtab():
    """The score of the metric; what it cannot score has none."""
    metric = plugins.make("metrics", "@SCORE@")

    async def score(state, target):
        row = state.metadata["case"]
        case = Case(
            id=row["id"],
            messages=tuple(Message(one["role"], one["content"]) for one in row["messages"]),
            follow_ups=tuple(row.get("follow_ups", ())),
            cluster=row.get("cluster", ""),
            group=row.get("group", ""),
            expect=row.get("expect", {}),
        )
        last = "length" if state.output.stop_reason == "max_tokens" else "stop"
        texts = state.metadata["replies"]
        replies = [Reply(text=text) for text in texts[:-1]] + [Reply(text=texts[-1], finish=last)]
        found = metric.score(case, Exchange(replies=tuple(replies)))
        return Score(value=float("nan")) if isinstance(found, Missing) else Score(value=found.value)

    return score


@task
def @TASK@():
    """Version @VERSION@ of the suite."""
    return Task(dataset=json_dataset(str(_HERE / "@TASK@.jsonl")), solver=conversation(), scorer=by_trimtab())
'''

_SCORE = '''"""Scores a reply by the metric @SCORE@ of trimtab, for which @BETTER@ is better.

promptfoo calls `get_assert`. Set PROMPTFOO_PYTHON to a Python that has trimtab.
"""

import json

from trimtab.kinds import Case, Exchange, Message, Missing, Reply, plugins


def get_assert(output, context):
    """Pass is what is wanted; a reply that cannot be scored is an error, never a pass."""
    row = json.loads(context["vars"]["case"])
    case = Case(
        id=row["id"],
        messages=tuple(Message(one["role"], one["content"]) for one in row["messages"]),
        cluster=row.get("cluster", ""),
        group=row.get("group", ""),
        expect=row.get("expect", {}),
    )
    found = plugins.make("metrics", "@SCORE@").score(case, Exchange(replies=(Reply(text=str(output)),)))
    if isinstance(found, Missing):
        raise ValueError(f"no score: {found.reason}")
    wanted = found.value if "@BETTER@" == "higher" else 1.0 - found.value
    return {"pass": wanted == 1.0, "score": wanted, "reason": f"@SCORE@ is {found.value:g}"}
'''
