"""Reads the prompts whose replies are to be revised: rows as of a case file, with the reply where there is one."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trimtab.kinds import Case, Message
from trimtab.measure.case_files import MAX_ROWS, is_readable, read_jsonl
from trimtab.measure.notes import Notes
from trimtab.measure.rows import to_case

_LONGEST = 200_000  # characters of a reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One row: what was asked, and what was answered; `reply` is None where a system is to be asked."""

    line: int
    case: Case
    reply: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """A file that was read once and found without a mistake."""

    path: Path
    digest: str
    rows: int
    unanswered: int

    @classmethod
    def checked(cls, path: Path) -> "PromptFile":
        """Read all rows; their texts are not kept, since there may be many.

        Raises:
            PolicyError: Every mistake at once, by line, none of which quotes a text.
        """
        notes = Notes(str(path))
        rows = unanswered = 0
        if is_readable(path, notes):
            for line, row in read_jsonl(path, notes):
                if rows == MAX_ROWS:
                    notes.add(line, "", f"more than {MAX_ROWS:,} rows", "Split the file.")
                    break
                prompt = _prompt(line, row, notes)
                rows += 1
                unanswered += prompt is not None and prompt.reply is None
            if not rows and not notes.mistakes:
                notes.add(0, "", "holds no rows", 'Write `{"prompt": "..."}` or with `"reply": "..."`, one a line.')
        notes.settle()
        with path.open("rb") as file:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        return cls(path=path, digest=digest, rows=rows, unanswered=unanswered)

    def __iter__(self) -> Iterator[Prompt]:
        """The rows again, one by one; a file that was changed meanwhile ends with its mistakes."""
        notes = Notes(str(self.path))
        for line, row in read_jsonl(self.path, notes):
            prompt = _prompt(line, row, notes)
            if prompt is not None:
                yield prompt
        notes.settle()


def _prompt(line: int, row: Mapping[str, Any], notes: Notes) -> Prompt | None:
    """A row, or what is wrong with it in `notes`. A conversation that ends with the assistant holds its reply."""
    before = len(notes.mistakes) + notes.more
    rest = {key: value for key, value in row.items() if value is not None and key != "reply"}
    reply = row.get("reply")
    messages = rest.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    if isinstance(last, dict) and last.get("role") == "assistant":
        if reply is not None:
            notes.add(line, "reply", "is given here and as the last of `messages`", "Keep one of them.")
        reply = last.get("content")
        rest["messages"] = messages[:-1] if isinstance(messages, list) else []
    if reply is not None and not (isinstance(reply, str) and len(reply) <= _LONGEST and _encodable(reply)):
        notes.add(line, "reply", f"must be a text of at most {_LONGEST:,} characters")
    if "follow_ups" in rest:
        notes.add(
            line, "follow_ups", "has no place here: one reply is revised", "Write the conversation as `messages`."
        )
    case = to_case(line, rest, notes)
    if case is None or len(notes.mistakes) + notes.more > before:
        return None
    return Prompt(line=line, case=case, reply=reply)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def chat(messages: tuple[Message, ...]) -> list[dict[str, str]]:
    """Messages as on the wire."""
    return [{"role": one.role, "content": one.content} for one in messages]


def with_limit(case: Case, most: int) -> Case:
    """The case, its reply limited to so many tokens unless it says so itself."""
    return case if case.max_tokens is not None else replace(case, max_tokens=most)


__all__ = ["Prompt", "PromptFile", "chat", "with_limit"]
