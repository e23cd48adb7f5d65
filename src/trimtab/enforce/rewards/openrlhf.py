"""For OpenRLHF: a reward function to import from a file of one's own, and the contract of its HTTP form.

OpenRLHF calls with one sample at a time, in a thread inside each generation engine, and takes a reward that raises for
none. So whatever cannot be scored is -1 here, unless the policy says `on_crash: raise`.

Source:
    OpenRLHF 0.11.2: `openrlhf.utils.agent.SingleTurnAgentExecutor`, `openrlhf.cli.serve_rm`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trimtab._optional import need
from trimtab.enforce.rewards.columns import alike, of_label
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.settings import KEYS, Settings, made


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[object] | None = None, **given: Any
) -> dict[str, Any]:
    """Rewards, as OpenRLHF asks for them: `from trimtab.enforce.rewards.openrlhf import reward_func`.

    Args:
        queries: (n,) prompts with their completions.
        prompts: (n,) the prompts alone.
        labels: (n,) columns, as in `trimtab.enforce.rewards.columns.of_label`.
        **given: `policy`, `system`, `task`, `state` and `every` as in `Settings`, which come from the environment where
            OpenRLHF calls it; `end` as in `completion_of`. Others are OpenRLHF's, and not used.

    Returns:
        `rewards` (n,), whose sign is the verdict; `scores` (n,) in [0, 1] for dynamic filtering; `extra_logs`.
        Tensors of torch.

    Raises:
        UsageError: A setting is wrong, or a column that a check asks for is not there.
        RewardError: A sample could not be looked at, and the policy says `on_crash: raise`; or the state is lost.
    """
    torch = need("torch", extra="rl")
    ready = made(Settings.of({name: given.get(name) for name in KEYS}), alone=False)
    end = given.get("end") or ()
    completions = [completion_of(query, prompt, end=end) for query, prompt in zip(queries, prompts, strict=True)]
    columns = columns_of(labels, len(completions))
    parts = []
    for places, alike_columns, training in alike(columns):
        asked = [prompts[place] for place in places]
        scored, counts = ready.rewards.worth(asked, [completions[place] for place in places], alike_columns)
        if training:
            ready.pace.count(asked, scored, counts)
        parts.append((places, scored))
    answer = answered(parts, len(completions))
    logs = {name: torch.tensor(values) for name, values in answer.pop("extra_logs").items()}
    return {name: torch.tensor(values) for name, values in answer.items()} | {"extra_logs": logs}


def completion_of(query: object, prompt: object, *, end: Sequence[str] = ()) -> str | None:
    """What a model wrote: the query less its prompt, white space aside, which tokenizers change on the way.

    Args:
        query: Prompt and completion.
        prompt: The prompt.
        end: What may stand at the end and is not the model's, such as the token that ends a turn.

    Returns:
        None where the query does not begin with the prompt, as when a long one was cut: what cannot be told from the
        prompt cannot be called safe.
    """
    if not isinstance(query, str) or not isinstance(prompt, str):
        return None
    text = query[len(prompt) :] if query.startswith(prompt) else _after(query, prompt)
    if text is None:
        return None
    cut = True
    while cut:
        cut = False
        for mark in end:
            if mark and text.endswith(mark):
                text, cut = text.removesuffix(mark), True
    return text


def _after(query: str, prompt: str) -> str | None:
    place = 0
    for letter in prompt:
        if letter.isspace():
            continue
        while place < len(query) and query[place].isspace():
            place += 1
        if place >= len(query) or query[place] != letter:
            return None
        place += 1
    return query[place:]


def columns_of(labels: Sequence[object] | None, number: int) -> list[Mapping[str, Any]]:
    """The columns of each row, from its label."""
    return [{}] * number if labels is None else [of_label(label) for label in labels]


def answered(parts: Sequence[tuple[Sequence[int], Scored]], number: int) -> dict[str, Any]:
    """OpenRLHF's answer, in lists: of rows that were scored together, each with its place."""
    names = ("rewards", "unsafe", "severity", "error")
    table = {name: np.zeros(number) for name in names}
    table["rewards"] -= 1.0  # of a row that nobody scored
    for places, scored in parts:
        at = list(places)
        table["rewards"][at] = scored.rewards
        table["unsafe"][at] = scored.unsafe
        table["severity"][at] = scored.severity
        table["error"][at] = [bool(error) for error in scored.errors]
    logs = {f"trimtab_{name}": table[name].tolist() for name in names[1:]}
    return {
        "rewards": table["rewards"].tolist(),
        "scores": ((table["rewards"] + 1.0) / 2.0).tolist(),
        "extra_logs": logs,
    }
