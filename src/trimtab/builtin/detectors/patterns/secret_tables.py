"""Credentials in the columns of a table, under a name that says password or key in any of the languages of `FOREIGN`."""

from collections.abc import Iterable, Iterator

from trimtab.builtin.detectors.patterns.secret_names import FOREIGN_KINDS, kind_of
from trimtab.builtin.detectors.patterns.secret_places import either
from trimtab.builtin.detectors.patterns.secret_values import like_key, like_password
from trimtab.builtin.detectors.patterns.spec import Judged, Known, Pattern
from trimtab.builtin.detectors.patterns.tables import tables
from trimtab.detect.signs import later

_NAMES = ("passw", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "api key", *FOREIGN_KINDS)
_WORDS = later(r"[^\W\d][\w .()/#-]{0,39}")
_CELL = later(r"[^\n]{3,400}")
_FEWEST_COLUMNS, _MOST_COLUMNS = 2, 4
_LONGEST_NAME = 40
_SPACES = str.maketrans(" ", "_")


def _kind(name: str) -> str:
    return FOREIGN_KINDS.get(name) or kind_of(name.translate(_SPACES))


def _is_secret(name: str) -> bool:
    return _kind(name) in {"password", "token"}


def _below(text: str, spans: Iterable[tuple[int, int]], known: Known) -> Iterator[Judged]:
    if "\n" not in text:
        return
    here = tables(text, known)
    end_of_line, columns = -1, set[int]()
    for start, _ in spans:
        if start > end_of_line:
            columns.clear()
        head = here.head_at(start, _is_secret) if len(columns) < _MOST_COLUMNS else None
        if head is None or head.column in columns:
            continue
        names = list(filter(None, head.names))
        if len(names) < _FEWEST_COLUMNS or not all(map(_WORDS.fullmatch, names)):
            continue  # a list of words, a line of code
        end_of_line = head.end
        columns.add(head.column)
        password = _kind(head.names[head.column]) == "password"
        for low, high in here.under(head, _CELL):
            value = text[low:high]
            if len(value) < _LONGEST_NAME and _is_secret(value.lower()):
                break  # the head of another table
            sure = (
                like_password(value, quoted=True, told=True, literal=False)
                if password
                else like_key(value, least=8, weak=False)
            )
            if sure:
                yield low, high, sure


def _pattern(words: tuple[str, ...], *, begins: bool) -> Pattern:
    return Pattern(
        label="secret.password", shape=either(words), anchors=words, reader=_below, ignore_case=True, begins=begins
    )


TABLES: tuple[Pattern, ...] = (
    _pattern(tuple(filter(str.isascii, _NAMES)), begins=True),
    _pattern(tuple(name for name in _NAMES if not name.isascii()), begins=False),
)
