"""How each tool is told what to ask, whom, and where to write its log.

Source:
    NVIDIA garak 0.17.1: `garak.cli`, `garak.generators.openai.OpenAICompatible`.
    Inspect 0.3.285: `inspect eval --help`, its model provider `openai-api`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trimtab.policy.metric_spec import SuiteSpec
from trimtab.policy.tool_run import ToolRun

MODULES = {"garak": {"garak": "garak"}, "inspect": {"inspect_ai": "inspect-ai", "openai": "openai"}}
"""What each tool consists of: modules, and the packages that bring them."""

_KINDS = {"garak": "openai.OpenAICompatible {}", "inspect": "openai-api/trimtab/{}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Where a tool asks: an address up to and including `/v1`, the name of the model there, and a word that lets in."""

    url: str
    model: str
    token: str
    at_once: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A tool's arguments after the interpreter, and what it needs beside them.

    `told` is what the log will call the model, `log` a pattern for the log below the folder that the tool works in.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: str
    told: str
    files: Mapping[str, str] = field(default_factory=dict)


def command_of(spec: SuiteSpec, whom: Whom, *, folder: Path, base: Path) -> Command:
    """What to run for a suite.

    Args:
        spec: The suite, with `run`.
        whom: Where the candidate is asked.
        folder: Private; the tool works in it.
        base: What paths of the policy count from.
    """
    assert spec.run is not None
    return _garak(spec, spec.run, whom, folder) if spec.imported == "garak" else _inspect(spec.run, whom, folder, base)


def _garak(spec: SuiteSpec, run: ToolRun, whom: Whom, folder: Path) -> Command:
    options = {"openai": {"OpenAICompatible": {"uri": f"{whom.url}/"}}}
    arguments = [
        *("-m", "garak", "--target_type", "openai.OpenAICompatible", "--target_name", whom.model),
        *("--generator_option_file", str(folder / "target.json")),
        *("--spec", ",".join(f"probes.{probe}" for probe in run.probes)),
        *("--generations", str(run.generations or 1), "--seed", str(spec.seed)),
        *("--report_prefix", str(folder / "log" / "run")),
    ]
    if whom.at_once > 1:
        arguments += ["--parallel_attempts", str(whom.at_once)]
    files = {"target.json": json.dumps(options)}
    if run.prompts:
        arguments += ["--config", str(folder / "run.yaml")]
        files["run.yaml"] = f"run:\n  soft_probe_prompt_cap: {run.prompts}\n"
    return Command(
        arguments=tuple(arguments),
        environment={"OPENAICOMPATIBLE_API_KEY": whom.token},
        log="log/*.report.jsonl",
        told=_KINDS["garak"].format(whom.model),
        files=files,
    )


def _inspect(run: ToolRun, whom: Whom, folder: Path, base: Path) -> Command:
    file, at, name = run.task.partition("@")
    task = f"{(base / file).resolve()}{at}{name}" if file.endswith(".py") else run.task
    told = _KINDS["inspect"].format(whom.model)
    arguments = [
        *("-m", "inspect_ai", "eval", task, "--model", told, "--log-dir", str(folder / "log"), "--log-format", "eval"),
        # A sample that failed is missing, and the others are scored all the same.
        *("--no-fail-on-error", "--display", "none", "--max-connections", str(whom.at_once), "--max-retries", "0"),
    ]
    if run.epochs:
        arguments += ["--epochs", str(run.epochs)]
    if run.limit:
        arguments += ["--limit", str(run.limit)]
    return Command(
        arguments=tuple(arguments),
        environment={"TRIMTAB_API_KEY": whom.token, "TRIMTAB_BASE_URL": whom.url},
        log="log/*.eval",
        told=told,
    )
