"""What the environment of a pipeline says: which request it runs for, and where it takes what a job found out."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from trimtab.errors import ExitCode, UsageError
from trimtab.workspace.comment import Host, Target

_PULL = re.compile(r"refs/pull/(\d+)/")
_MOST_BYTES = 16 * 1024 * 1024  # of the file that tells of an event
_VERDICTS: Mapping[int, str] = {ExitCode.PASS: "pass", ExitCode.FAIL: "fail", ExitCode.INCONCLUSIVE: "inconclusive"}
_TOKENS: Mapping[Host, tuple[str, ...]] = {
    "github": ("TRIMTAB_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"),
    "gitlab": ("TRIMTAB_GITLAB_TOKEN", "GITLAB_TOKEN"),
}


def request_of(environment: Mapping[str, str], *, number: int = 0) -> Target | None:
    """The pull or merge request that a job runs for; None where it runs for none, as on a branch.

    Args:
        environment: Of the job, on GitHub or GitLab.
        number: Of the request, where the environment does not tell.

    Raises:
        UsageError: It is no job of either, or there is no token.
    """
    if environment.get("GITHUB_REPOSITORY"):
        number = number or _pull(environment)
        api, project = environment.get("GITHUB_API_URL") or "https://api.github.com", environment["GITHUB_REPOSITORY"]
        return _target("github", api, project, number, environment)
    if environment.get("CI_PROJECT_ID"):
        iid = environment.get("CI_MERGE_REQUEST_IID", "")
        number = number or (int(iid) if iid.isascii() and iid.isdigit() else 0)
        api = environment.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
        return _target("gitlab", api, environment["CI_PROJECT_ID"], number, environment)
    raise UsageError(
        "this is no job of GitHub or GitLab: neither GITHUB_REPOSITORY nor CI_PROJECT_ID is set.",
        "Run it in a pipeline.",
    )


def _target(host: Host, api: str, project: str, number: int, environment: Mapping[str, str]) -> Target | None:
    if not number:
        return None
    token = next((found for name in _TOKENS[host] if (found := environment.get(name, "").strip())), "")
    if not token:
        raise UsageError("there is no token to write the comment with.", f"Set {' or '.join(_TOKENS[host][:2])}.")
    if not token.isascii() or not token.isprintable():
        raise UsageError("the token holds characters that no token has.", "Set it anew.")
    return Target(host=host, api=api, project=project, number=number, token=token)


def _pull(environment: Mapping[str, str]) -> int:
    """The number of a pull request: in the reference of the commit, or in the event that began the job."""
    if found := _PULL.match(environment.get("GITHUB_REF", "")):
        return int(found[1])
    path = environment.get("GITHUB_EVENT_PATH", "")
    try:
        with Path(path).open("rb") as file:
            event = orjson.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError):
        return 0
    request = event.get("pull_request") if isinstance(event, dict) else None
    number = request.get("number") if isinstance(request, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def outputs(report: Mapping[str, Any] | None, *, code: int) -> dict[str, str]:
    """What later steps of a job may read: verdict, winner, run, exit-code; `none` where nothing was decided.

    `report` is `report.json` as read, None where the run left none. The verdict is that of the code, which may speak of
    one candidate only, or of what holds the winner back. A winner is named only with a PASS: somebody will ship it.
    """
    decided = report if report is not None and code in _VERDICTS else None
    provenance = decided.get("provenance") if decided is not None else None
    found = {
        "verdict": _VERDICTS[code] if decided is not None else "none",
        "winner": (decided.get("winner") or "") if decided is not None and code == ExitCode.PASS else "",
        "run": provenance.get("run", "") if isinstance(provenance, dict) else "",
        "exit-code": str(code),
    }
    # One line each, whatever a ledger holds: a line break would be an output of somebody else's.
    return {key: "".join(char for char in str(value) if char.isprintable()) for key, value in found.items()}
