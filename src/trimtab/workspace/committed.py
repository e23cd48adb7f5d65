"""A policy as it was at a commit, with what it included then."""

import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from trimtab.errors import UsageError
from trimtab.policy import Policy
from trimtab.policy.load import read_promise

_SECONDS = 60.0


def committed(policy: Path, commit: str) -> Policy:
    """The policy in a file as it was at a commit, a branch or a tag; what is in the folder now plays no part.

    Raises:
        UsageError: The file is in no git repository, or the commit or the file at it is not known.
        PolicyError: What stood there is no policy.
    """
    folder = policy.resolve().parent
    root = Path(_git(folder, "rev-parse", "--show-toplevel", why="is in no git repository").strip())
    place = policy.resolve().relative_to(root.resolve()).as_posix()
    known = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}", why=f"has no {commit!r}"
    ).strip()
    files = _git(root, "ls-tree", "-r", "--name-only", "-z", known, why=f"cannot list {commit!r}").split("\0")
    if place not in files:
        raise UsageError(
            f"there is no {place} at {commit!r}, so nobody can say whether it loosens.",
            "Name a commit that has it; a first policy goes in without this check.",
        )
    # Whatever a policy may include; suites are not read to compare promises.
    wanted = [name for name in files if PurePosixPath(name).suffix in {".yaml", ".yml"} or name == place]
    with tempfile.TemporaryDirectory() as out:
        archive = Path(out) / "archive.tar"
        _git(root, "archive", "--format=tar", f"--output={archive}", known, "--", *wanted, why="cannot be read")
        with tarfile.open(archive) as tar:
            tar.extractall(out, filter="data")
        return read_promise(Path(out) / place)


def _git(folder: Path, *words: str, why: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # words of ours; a commit is given after --end-of-options
            ["git", "-C", str(folder), *words],  # noqa: S607  # the git that the pipeline uses
            capture_output=True,
            check=False,
            text=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise UsageError("git is needed to see an earlier policy.", "Install it, or name two files.") from None
    if done.returncode:
        raise UsageError(f"the folder of the policy {why}.", "Fetch it first: `git fetch origin`.")
    return done.stdout
