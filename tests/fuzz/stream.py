"""A reply in pieces comes to what it comes to in one, however it was cut, whatever is done about what is found."""

from tests.fuzz.guards import SAID, cuts, guard, untimed
from tests.fuzz.texts import text_of

_GUARDS = [guard("patterns", "leak", "names", action=action) for action in ("mask", "block", "escalate")]
_GUARDS += [guard("patterns", "leak", action="block")]
_PROSE = (
    "so it goes on and on with nothing in it that anybody would want to hide from anyone at all, which is well " * 9
)


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    if len(data) < 2:
        return
    one = _GUARDS[data[0] & 3]
    about = data[2 : 2 + data[1] % 32]
    text = text_of(data[2 + data[1] % 32 :])[:3_000]
    if data[1] & 0x20:  # longer than what is held back, so that something goes on before the end
        at = len(text) // 2
        text = text[:at] + _PROSE + text[at:] + _PROSE
    whole = one.output(text, messages=SAID)
    stream = one.stream(messages=SAID)
    shown = "".join([stream.feed(text[start:end]) for start, end in cuts(about * 40, len(text))])
    rest = stream.close()
    assert untimed(stream.ruling) == untimed(whole)
    if whole.goes_on:
        assert shown + rest == whole.text
    else:
        assert rest == whole.text
        stopping = [seen.finding.start for seen in whole.seen]
        if stopping and one is not _GUARDS[0]:  # where nothing is masked, what went on is the text up to there at most
            assert text.startswith(shown)
            assert len(shown) <= min(stopping)
