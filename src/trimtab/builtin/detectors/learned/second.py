"""The second stage: what the heads are not sure of is read again, as a whole, by a small encoder.

A head of the first stage says in a fraction of a millisecond how likely a text shows its label. Where that chance
reaches `least`, which few harmless texts do, the encoder is asked, and its chance counts instead. How much it reads of
one text is bounded, the likeliest pieces first. What is left over is judged by the first stage alone, and so is text in
another language than English, which the encoder hardly knows.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from trimtab.builtin.detectors.learned.encoder import LONGEST, Encoder, with_best_engine
from trimtab.builtin.detectors.learned.english import is_foreign
from trimtab.builtin.detectors.learned.features import plain_form
from trimtab.builtin.detectors.learned.weights import FOLDER, read_arrays, shipped
from trimtab.errors import DetectorError

ARRAYS, GRAPH = "encoder.npz", "encoder.onnx"
READINGS = 12
"""How often one detector has the encoder read in one text, `LONGEST` pieces each time: its time is bounded."""
_MOST_KEPT = 256  # answers: several detectors ask about one text


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Read once in a process, when something is first read again.

    Raises:
        DetectorError: The installation is broken.
    """
    stated = shipped().card["second"]
    arrays = read_arrays(FOLDER / ARRAYS, stated["digest"], "learned")
    try:
        graph = (FOLDER / GRAPH).read_bytes()
    except OSError as error:
        raise DetectorError("learned", f"{FOLDER / GRAPH} cannot be read ({error.strerror})") from error
    if hashlib.sha256(graph).hexdigest() != stated["graph_sha256"]:
        raise DetectorError("learned", f"{FOLDER / GRAPH} is not the graph that the card describes")
    return with_best_engine(arrays, graph)


_kept: dict[str, list[tuple[float, ...]]] = {}


def answers(plain: str, most: int) -> list[tuple[float, ...]]:
    """What the encoder says of the parts of a plain text, as many as are read."""
    known = _kept.get(plain, [])
    pieces = shipped().reader.vocabulary.numbers(plain)
    parts = [pieces[start : start + LONGEST] for start in range(0, max(len(pieces), 1), LONGEST)][:most]
    if len(known) < len(parts):
        known = [*known, *(tuple(encoder().answers(part).tolist()) for part in parts[len(known) :])]
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[plain] = known
    return known[: len(parts)]


def forget() -> None:
    """Let go of what was said of the last texts."""
    _kept.clear()


class Looks:
    """How much of one text may still be read again."""

    def __init__(self) -> None:
        self.left = READINGS

    def settled(self, head: str, texts: Sequence[str], chances: Sequence[float]) -> list[float]:
        """The chances of a head for pieces of the text, those it is not sure of by the encoder.

        A head that has no second stage is sure of all.
        """
        asked = shipped().asked.get(head)
        if asked is None:
            return list(chances)
        found = [asked.carried(one) if one >= asked.least else asked.unasked(one) for one in chances]
        open_ones = [at for at, chance in enumerate(chances) if chance >= asked.least]
        for at in sorted(open_ones, key=lambda at: -chances[at]):
            if not self.left:
                break
            plain = plain_form(texts[at])
            if is_foreign(plain):
                continue
            said = answers(plain, self.left)
            found[at] = asked.chance(max(one[asked.column] for one in said))
            self.left -= len(said)
        return found
