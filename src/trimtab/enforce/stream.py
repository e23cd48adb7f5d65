"""A reply that arrives in pieces: what no later piece can change goes on, the rest is held back.

The cards of the detectors say how far what they find can reach. Pieces are gathered, and now and then the end of the
text, with as much before it, is looked at. What lies further from the end than the reach is settled: it goes on,
masked where something was found, up to the last gap between words that no finding touches. At the end the whole
text is looked at once, exactly as a reply that did not arrive in pieces, and that is the ruling. What went on by then
is compared with it: if it should not have gone on, the stream ends blocked and the ruling says so (`late`).

Every character is looked at a bounded number of times: the next look comes when an eighth of what it will look at
is new, and a quarter of what is held.
"""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from trimtab.detect.mask import Cover, uncovered
from trimtab.enforce.checks import ENDLESS, Checks, Look
from trimtab.enforce.given import check_piece
from trimtab.enforce.ruling import Action, Ruling, Skipped
from trimtab.errors import UsageError
from trimtab.kinds import Context

_STEP = 32  # characters that must arrive before it is worth looking
_LONGEST_WORD = 8_192  # characters; what is longer is cut all the same, so that what is held back stays bounded
_PADDED = 8  # times the reach is held back of a text that is nearly all spaces, marks and escapes
_ESCAPE = re.compile(r"\\{1,2}(?:u[0-9a-fA-F]{4}|[nrtbf])")  # of JSON: one letter or sign of what a detector may read


class GuardStream:
    """One reply on its way; `Guard.stream` makes it. For one task at a time.

    `feed` every piece and pass on what it returns; stop when `ended` is True;
    then `close` and pass on what that returns: the rest of the reply, or the
    refusal. `ruling` is then what `Guard.output` says of all that was fed.
    """

    def __init__(
        self,
        *,
        checks: Checks,
        context: Context,
        budget: float,
        hold_back: int | None,
        whole: bool,
        refusal: str,
        restore: Callable[[str], str] | None,
        rule: Callable[[str, float | None], Ruling],
        arule: Callable[[str, float | None], Awaitable[Ruling]],
        told: Callable[[Ruling, str], object] | None,
    ) -> None:
        """Begin a reply.

        Args:
            checks: Of the output.
            context: Of the reply.
            budget: Seconds for each look.
            hold_back: Characters, instead of what the detectors declare.
            whole: Whether nothing goes on before the end.
            refusal: Said instead of what does not go on.
            restore: Gives a text back what its pseudonyms stand for; no pseudonym is ever cut.
            rule: Says what becomes of a whole text, given the confidence in it.
            arule: The same for those who can wait.
            told: Is told of the ruling, and of the text as it came.
        """
        self._checks, self._context, self._budget, self._refusal = checks, context, budget, refusal
        self._rule, self._arule, self._restore = rule, arule, restore
        self._told = told
        reach = None if whole else checks.reach
        self._reach = reach if reach is None or hold_back is None else hold_back
        self._behind = checks.behind
        self._pieces: list[str] = []
        self._shown: list[str] = []  # what went on
        self._covered: list[tuple[int, int]] = []  # what of the reply was masked in it
        self._window = ""  # what is held back, and as much before it as may matter
        self._begin = 0  # where the window begins in the reply
        self._upto = 0  # what of the reply went on
        self._fresh: list[str] = []  # arrived since the last look
        self._waiting = 0  # characters of these
        self._next = _STEP
        self._seconds = 0.0
        self._stopped: list[Skipped] | None = None  # why nothing more goes on, where a look said so
        self._ruling: Ruling | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more of the reply will go on. `close` then says what takes its place."""
        return self._stopped is not None or self._ruling is not None

    @property
    def ruling(self) -> Ruling:
        """What was ruled on the whole.

        Raises:
            UsageError: The stream is not closed yet.
        """
        if self._ruling is None:
            raise UsageError("there is no ruling before the stream is closed.", "Call `close` at its end.")
        return self._ruling

    def feed(self, piece: str) -> str:
        """Take a piece of the reply, and say what may go on now; often nothing.

        Raises:
            UsageError: The stream is closed, or the piece is no text.
        """
        check_piece(piece)
        if self._ruling is not None:
            raise UsageError("the stream is closed.", "Make another for another reply.")
        self._pieces.append(piece)
        if self._reach is None or self._stopped is not None:
            return ""
        self._fresh.append(piece)
        self._waiting += len(piece)
        return self._advance(self._reach) if self._waiting >= self._next else ""

    async def afeed(self, piece: str) -> str:
        """As `feed`. What must be waited for is asked at the end, about the whole."""
        return self.feed(piece)

    def close(self, *, confidence: float | None = None) -> str:
        """The rest of the reply, or what is said instead if `ruling` does not let it go on. Empty when called again.

        Args:
            confidence: How sure the model is of the reply, as for `Guard.output`.

        Raises:
            UsageError: A detector must be waited for, and this is called from within an event loop.
        """
        if self._ruling is not None:
            return ""
        text = "".join(self._pieces)
        return self._finish(self._rule(text, confidence), text)

    async def aclose(self, *, confidence: float | None = None) -> str:
        """As `close`, from within an event loop."""
        if self._ruling is not None:
            return ""
        text = "".join(self._pieces)
        return self._finish(await self._arule(text, confidence), text)

    # -- on the way --------------------------------------------------------------

    def _advance(self, reach: int) -> str:
        begun = time.perf_counter()
        window = self._window = "".join((self._window, *self._fresh))
        self._fresh, self._waiting = [], 0
        one = Look(window, self._context, begun + self._budget, reply=True)
        self._checks.run(one)
        went = self._upto - self._begin
        # What was masked further back has gone on, and nothing that is still held can depend on it.
        near = not one.blocked and any(found.end > went - reach for found in one.masked)
        covered = self._checks.covered(one) if near else []
        self._seconds += time.perf_counter() - begun
        self._next = self._patience(window)
        if ENDLESS in one.skipped:
            return ""  # of more of the text masking may end, and what stands in the end is what counts
        failed = [skipped for skipped in one.skipped if skipped.reason != "needless"]
        if covered is None or failed:
            self._stopped = failed
            return ""
        stops = [(seen.finding.start, seen.finding.end) for seen in one.seen if not seen.action.goes_on]
        settled = _back(window, len(window), reach)
        if any(end <= settled and end > went for _, end in stops):
            self._stopped = []
            return ""
        if one.blocked:
            return ""  # more text may undo it; until then not every check has looked
        spans = sorted([*((cover.start, cover.end) for cover in covered), *stops])
        if any(start < went < end for start, end in spans):
            self._stopped = []  # it began in what went on; the last look will say so
            return ""
        upto = _gap(window, settled, went, spans)
        shown = self._let_through(window, covered, went, upto)
        begin = _word(window, _back(window, upto, self._behind), 0)
        self._window, self._begin, self._upto = window[begin:], self._begin + begin, self._begin + upto
        self._next = self._patience(self._window)
        return shown

    def _patience(self, window: str) -> int:
        """Characters to wait for before the next look: the more must be looked at, the more."""
        held = self._begin + len(window) - self._upto
        return max(_STEP, held // 4, len(window) // 8)

    def _let_through(self, window: str, covered: list[Cover], went: int, upto: int) -> str:
        if upto <= went:
            return ""
        shown = uncovered(window, covered, went, upto)
        if self._restore:
            shown = self._restore(shown)
        self._covered += [
            (one.start + self._begin, one.end + self._begin) for one in covered if went <= one.start and one.end <= upto
        ]
        self._shown.append(shown)
        return shown

    # -- at the end --------------------------------------------------------------

    def _finish(self, ruling: Ruling, text: str) -> str:
        shown = "".join(self._shown)
        ruling = replace(ruling, total=ruling.total + self._seconds)
        rest = ruling.text
        if ruling.goes_on and self._stopped is None and rest.startswith(shown):
            rest = rest[len(shown) :]
        elif ruling.goes_on or self._showed(ruling):
            why = tuple(self._stopped or ()) or (
                Skipped(detector="guard", reason="late", detail="the end contradicts what had been let through"),
            )
            action = Action.BLOCK if ruling.goes_on else ruling.action
            rest = self._refusal if ruling.goes_on else rest
            ruling = replace(ruling, action=action, text=rest, skipped=(*ruling.skipped, *why))
        self._ruling = ruling
        if self._told:
            self._told(ruling, text)
        return rest

    def _showed(self, ruling: Ruling) -> bool:
        """Whether any of what was found in the end had gone on, and not masked."""
        return any(
            seen.finding.start < self._upto
            and not any(start <= seen.finding.start and seen.finding.end <= end for start, end in self._covered)
            for seen in ruling.seen
        )


def _back(text: str, end: int, reach: int) -> int:
    """The place so many characters before `end`; more where most of them are spaces, marks and escapes."""
    step = reach
    while step < reach * _PADDED and step < end:
        part = text[end - step : end]
        if sum(map(str.isalnum, _ESCAPE.sub("", part) if "\\" in part else part)) * 2 >= reach:
            break
        step *= 2
    return max(0, end - step)


def _gap(text: str, place: int, least: int, spans: list[tuple[int, int]]) -> int:
    """The last gap between words, at or before `place`, that no span touches; `least` if there is none after it."""
    at = _word(text, place, least)
    for start, end in reversed(spans):
        if start < at <= end:
            at = _word(text, start, least)
    return max(at, least)


def _word(text: str, place: int, least: int) -> int:
    """Where the word begins that `place` stands in; `place` itself where the word is too long, or between words."""
    if place <= least or place >= len(text):
        return max(least, min(place, len(text)))
    for at in range(place, max(least, place - _LONGEST_WORD), -1):
        before = text[at - 1]
        if before.isspace() or "\u2e80" <= before <= "\ud7ff":  # the scripts of East Asia set no spaces
            return at
    return least if place - least <= _LONGEST_WORD else place
