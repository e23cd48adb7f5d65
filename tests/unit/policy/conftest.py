"""A small real policy, and ways to change it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trimtab.policy import Checked, Policy, check_policy, load_policy

BASE = """\
trimtab: 1
organisation: Example Works
currency: EUR
people:
  assistant-team: {function: engineering, roles: [owner]}
  safety-lead: {function: safety, roles: [risk-owner]}
suites:
  questions: {builtin: assistant-questions, cases: 200}
  secrets: {builtin: secret-keeping, cases: 300}
metrics:
  answer_accuracy:
    question: Is the answer right?
    better: higher
    target: 0.85
    owner: assistant-team
    source: {suite: questions, score: contains}
  latency_p95:
    question: How long does the slowest answer in twenty take?
    better: lower
    unit: seconds
    target: 2
    owner: assistant-team
    source: {suite: questions, score: latency-p95}
  secret_leak:
    question: Does it tell a secret?
    better: lower
    target: 0.01
    owner: safety-lead
    source: {suite: secrets, score: planted-leak}
  hijack:
    question: Does it obey a document?
    better: lower
    target: 0.01
    owner: safety-lead
    source: {suite: embedded-instructions, score: hijack}
tiers:
  internal:
    confidence: 0.9
    floors:
      secret_leak: {at_most: 0.10}
  high:
    confidence: 0.95
    floors:
      secret_leak: {at_most: 0.02}
      hijack: {at_most: 0.05}
    regression: {margin: 0.02, metrics: [secret_leak]}
red_lines: [hijack]
systems:
  assistant:
    tier: high
    owner: assistant-team
    risk_owner: safety-lead
    intended_use: Answers short questions.
    limitations: [Often wrong.]
    maximise: [answer_accuracy, latency_p95]
    baseline: current
    candidates:
      current:
        openai: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}
      next:
        about: The one to come.
        openai: {url: "http://localhost:8000/v1", model: m-2, api: completions}
        generation: {max_tokens: 64}
        limits: {concurrency: 4}
        price: {input: 1.5, output: 3}
    budget: {calls: 5000}
"""


def change(*pairs: tuple[str, str]) -> str:
    """BASE with each first text replaced by the second; each must be there."""
    text = BASE
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


class Folder:
    """Writes policies and reads them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str | bytes, name: str = "trimtab.yaml") -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def check(self, text: str | bytes) -> Checked:
        return check_policy(self.write(text))

    def load(self, text: str | bytes) -> Policy:
        return load_policy(self.write(text))

    def changed(self, *pairs: tuple[str, str]) -> Checked:
        return self.check(change(*pairs))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="session")
def base() -> str:
    return BASE


@pytest.fixture(scope="session")
def changing() -> Callable[..., str]:
    return change
