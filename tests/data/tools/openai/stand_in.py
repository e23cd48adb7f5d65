"""What both stand-ins do: ask, and misbehave when `STAND_IN` says so."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HOW = os.environ.get("STAND_IN", "")


def misbehave() -> None:
    """Crash, hang, print without end, or leave something running behind."""
    if HOW == "crash":
        print("the prompt was PRIVATE-WORD")
        sys.exit(3)
    if HOW == "killed":
        os.kill(os.getpid(), 9)
    if HOW in ("hang", "leave"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        note(f"{os.getpid()} {child.pid}\n")
        if HOW == "hang":
            time.sleep(600)
    if HOW == "loud":
        for _ in range(400):
            print("PRIVATE-WORD " * 8_000)
            print("PRIVATE-WORD " * 8_000, file=sys.stderr)
    if HOW == "environment":
        note(json.dumps(dict(os.environ)))


def note(text: str) -> None:
    Path(os.environ["STAND_IN_NOTES"]).write_text(text, encoding="utf-8")


def ask(url: str, key: str, model: str, text: str, **more: object) -> "str | None":
    """The reply, or None if there was none."""
    body = {"model": model, "messages": [{"role": "user", "content": text}], "temperature": 0.7, "stop": ["#"], **more}
    request = urllib.request.Request(
        f"{url}/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            said = json.load(answer)["choices"][0]["message"]["content"]
            assert isinstance(said, str)
            return said
    except urllib.error.HTTPError:
        return None
