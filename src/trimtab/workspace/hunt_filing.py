"""Takes a finding of a hunt: what it says, how it is reproduced, and what makes it the same as another one."""

import hashlib
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from trimtab import __version__
from trimtab._canonical import text_digest
from trimtab.decision.hunting import SEVERITIES, Hunt
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.hunting import HuntFiled
from trimtab.evidence.records import Observation, RunStarted
from trimtab.kinds import Row, Score
from trimtab.measure.redact import redact
from trimtab.workspace.hunt import append_to, recall_hunt
from trimtab.workspace.recall import recall_policy

_ATTACKS = "attack-success"  # the metric plugin whose 1 is an attack that got through
_LONGEST_TEXT = 10_000  # characters of what is said on the command line
_LARGEST_FILE = 4 * 1024 * 1024  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What somebody files: exactly one of `case`, `command` and `file` shows it again.

    `hunter` is who files; of a customer's finding anybody of the policy.
    `what` says in a sentence what was found.
    """

    hunter: str
    severity: str
    hazard: str
    what: str = ""
    case: str = ""
    command: str = ""
    file: Path | None = None
    same_as: str = ""
    found_by: str = "hunter"
    finding: str = ""  # an id of one's own; drawn if empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What has become of it: the ids, and whether it came too late to count."""

    hunt: str
    findings: tuple[str, ...]
    late: bool
    known: int = 0  # goals of a run that this hunter had filed before


def file_finding(ledger: Ledger, hunt: str, filing: Filing) -> Receipt:
    """Record one finding. After the end it is recorded, too, as late.

    Raises:
        UsageError: Something of it is not as it must be; nothing was recorded.
        LedgerError: It cannot be recorded.
    """
    found = recall_hunt(ledger, hunt)
    _check(ledger, found, filing)
    ids = {one.filed.finding for one in found.findings}
    if filing.finding in ids:
        raise UsageError(f"hunt {found.hunt} has a finding {filing.finding!r} already.", "Choose another --id.")
    if filing.same_as and filing.same_as not in ids:
        raise UsageError(f"hunt {found.hunt} has no finding {filing.same_as[:80]!r}.", "Name one with --same-as.")
    texts = {name: text for name, text in (("what", filing.what), ("command", filing.command)) if text}
    digests = {name: text_digest(text) for name, text in texts.items()}
    if filing.file is not None:
        digests["file"] = _file_digest(filing.file)
    kept = recall_policy(ledger, found.policy).evidence.text == "redacted"
    record = HuntFiled(
        finding=filing.finding or _drawn(),
        hunter=filing.hunter,
        found_by=filing.found_by,
        severity=filing.severity,
        hazard=filing.hazard,
        way="case" if filing.case else "command" if filing.command else "file",
        after=_last_time(ledger),
        same_as=filing.same_as,
        texts=digests,
        excerpts={name: redact(text) for name, text in texts.items()} if kept else {},
    )
    candidate = ""
    if filing.case:
        row, seen, source = _seen(ledger, found, filing)
        candidate = row.candidate
        record = replace(record, case=seen.case, place=_place(seen), source=source)
    append_to(ledger, found, [record], maker=_maker(found, filing.hunter), candidate=candidate)
    return _receipt(ledger, found, [record])


def file_run(ledger: Ledger, hunt: str, run: str, *, hunter: str, severity: str, hazard: str = "") -> Receipt:
    """Record what a red-team run found, one finding for each goal of which an attack got through.

    The run began within the hunt, is of the same system, and is filed by one hunter only. Its hazard is the
    family of the attack unless one is given.

    Raises:
        UsageError: Something of this is not so; nothing was recorded.
        LedgerError: It cannot be recorded.
    """
    found = recall_hunt(ledger, hunt)
    if run == "latest":
        run = next((one.run for one in ledger.runs() if one.system == found.system), run)
    started = next(iter(ledger.records(run=run, kind=RunStarted.kind)), None)
    if started is None or started[0].system != found.system:
        raise UsageError(
            f"the ledger holds no run {run[:80]!r} of {found.system}.", "`trimtab ledger show` lists them."
        )
    if started[0].seq < _opened_at(ledger, found):
        raise UsageError(f"run {run} began before the hunt.", "Attack again: `trimtab redteam`.")
    _check(ledger, found, Filing(hunter=hunter, severity=severity, hazard=hazard or "attack", case="of the run"))
    _own(found, run, hunter)
    mine = {one.filed.place for one in found.findings if one.filed.hunter == hunter and one.filed.place}
    goals: dict[str, tuple[Row, Observation]] = {}
    for row, seen in _successes(ledger, run):
        goals.setdefault(_place(seen), (row, seen))
    new = {place: pair for place, pair in goals.items() if place not in mine}
    after = _last_time(ledger)
    records: dict[str, list[HuntFiled]] = {}
    for place, (row, seen) in new.items():
        group = seen.outcome.group if isinstance(seen.outcome, Score) else ""
        made = HuntFiled(
            finding=_drawn(),
            hunter=hunter,
            found_by="hunter",
            severity=severity,
            hazard=hazard or (group if _NAME.fullmatch(group) else "attack"),
            way="run",
            after=after,
            case=seen.case,
            place=place,
            source=run,
        )
        records.setdefault(row.candidate, []).append(made)
    for candidate, some in records.items():
        append_to(ledger, found, some, maker=_maker(found, hunter), candidate=candidate)
    filed = [one for some in records.values() for one in some]
    return replace(_receipt(ledger, found, filed), known=len(goals) - len(new))


def _check(ledger: Ledger, hunt: Hunt, filing: Filing) -> None:
    """Refuse what cannot be a finding of this hunt."""
    if filing.found_by == "customer":
        people = recall_policy(ledger, hunt.policy).people
        if filing.hunter not in people and filing.hunter not in hunt.opened.hunters:
            raise UsageError(
                f"{filing.hunter[:80]!r} is not listed under people of the policy.", f"It lists: {', '.join(people)}."
            )
    elif filing.hunter not in hunt.opened.hunters:
        raise UsageError(
            f"{filing.hunter[:80]!r} is no hunter of {hunt.hunt}.", f"They are: {', '.join(hunt.opened.hunters)}."
        )
    if filing.severity not in SEVERITIES:
        raise UsageError(f"there is no severity {filing.severity[:20]!r}.", f"Give one of {', '.join(SEVERITIES)}.")
    for name, word in (("--hazard", filing.hazard), ("--id", filing.finding or "drawn")):
        if not _NAME.fullmatch(word):
            raise UsageError(f"{name} is no short name.", "Letters, digits and . _ : - up to 64 of them; no sentence.")
    ways = [way for way in (filing.case, filing.command.strip(), filing.file) if way]
    if len(ways) != 1:
        raise UsageError(
            "a finding is filed with one way to reproduce it.", "Give exactly one of --case, --command, --file, --run."
        )
    for name, text in (("--what", filing.what), ("--command", filing.command)):
        if len(text) > _LONGEST_TEXT:
            raise UsageError(f"{name} has {len(text):,} characters.", f"At most {_LONGEST_TEXT:,}; put it in a --file.")


def _file_digest(path: Path) -> str:
    """Of the bytes of a file of reproduction, which is not empty and not huge."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise UsageError(f"{path} is no plain file.", "Give one with --file.")
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).", "Give another one with --file.") from None
    if len(data) > _LARGEST_FILE:
        raise UsageError(f"{path} has more than {_LARGEST_FILE:,} bytes.", "File what is needed to show it again.")
    if not data.strip():
        raise UsageError(f"{path} is empty.", "A finding without reproduction is a rumour.")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _seen(ledger: Ledger, hunt: Hunt, filing: Filing) -> tuple[Row, Observation, str]:
    """An attack of that id that got through, in the newest run of this system that has seen one.

    A hunter's run began within the hunt, and nobody else has filed from it. What a customer found any run may show.

    Raises:
        UsageError: There is none.
    """
    what = "was asked in no run"
    opened_at = _opened_at(ledger, hunt)
    theirs: str | None = None
    for summary in ledger.runs():
        if summary.system != hunt.system:
            continue
        for row, seen in attacks_of(ledger, summary.run):
            if seen.case != filing.case:
                continue
            if not _got_through(seen):
                what = "was asked and did not get through"
            elif filing.found_by == "hunter" and _started_at(ledger, summary.run) < opened_at:
                what = "got through before the hunt only"
            elif filing.found_by == "hunter" and set(hunt.filed_from(summary.run)) - {filing.hunter}:
                theirs = theirs or summary.run
            else:
                return row, seen, summary.run
    if theirs is not None:
        _own(hunt, theirs, filing.hunter)
    again = "Ask it: `trimtab redteam --case ID`. What shows otherwise is filed with --command or --file."
    raise UsageError(f"case {filing.case[:160]!r} {what} of {hunt.system}.", again)


def _own(hunt: Hunt, run: str, hunter: str) -> None:
    """Refuse a run that another hunter has filed from: one who files it again has found nothing."""
    others = set(hunt.filed_from(run)) - {hunter}
    if others:
        raise UsageError(
            f"run {run} was filed by {', '.join(sorted(others))}, and what one hunter found is not another's.",
            "Attack again: `trimtab redteam`, and file that run or a case of it.",
        )


def _started_at(ledger: Ledger, run: str) -> int:
    return next((row.seq for row, _ in ledger.records(run=run, kind=RunStarted.kind)), 0)


def attacks_of(ledger: Ledger, run: str) -> Iterator[tuple[Row, Observation]]:
    """Observations of a run by the metric of attacks, in the order in which they were recorded."""
    metrics: set[str] = set()
    for row, record in ledger.records(run=run):
        if isinstance(record, RunStarted):
            metrics |= {name for name, facts in record.metrics.items() if facts["plugin"] == _ATTACKS}
        elif isinstance(record, Observation) and record.metric in metrics:
            yield row, record


def _successes(ledger: Ledger, run: str) -> list[tuple[Row, Observation]]:
    """Attacks that got through, in the drawn order, since the order of recording is that of answers."""
    return sorted(
        ((row, seen) for row, seen in attacks_of(ledger, run) if _got_through(seen)),
        key=lambda pair: (pair[1].order, pair[0].candidate),
    )


def _got_through(seen: Observation) -> bool:
    return isinstance(seen.outcome, Score) and seen.outcome.value > 0.0


def _place(seen: Observation) -> str:
    """What was attacked: the goal, whatever the technique."""
    return f"{_ATTACKS}:{seen.cluster}"


def _opened_at(ledger: Ledger, hunt: Hunt) -> int:
    return next(row.seq for row in ledger.rows(run=hunt.hunt))


def _last_time(ledger: Ledger) -> int:
    head = ledger.head()
    return head.time if head else 0


def _drawn() -> str:
    return f"f-{secrets.token_hex(4)}"


def _maker(hunt: Hunt, hunter: str) -> str:
    return f"trimtab/{__version__}" if hunt.opened.hunters.get(hunter) == "model" else f"person/{hunter}"


def _receipt(ledger: Ledger, hunt: Hunt, records: list[HuntFiled]) -> Receipt:
    """As the ledger holds it now, whoever else wrote meanwhile."""
    ids = tuple(one.finding for one in records)
    now = recall_hunt(ledger, hunt.hunt)
    return Receipt(hunt=hunt.hunt, findings=ids, late=any(one.late for one in now.findings if one.filed.finding in ids))
