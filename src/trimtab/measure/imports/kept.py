"""What may be kept of the words in another tool's file: names in a shape that names have, of all else a digest.

Anybody can write such a file, and what is kept of it goes into a ledger that nobody can take it out of, and from
there into reports. So a word is kept because it looks like what it should be, never because nothing bad was seen in
it. A digest of something that is short or known, such as a number of nine digits, can be found by trying all.
"""

import hashlib
import re
from urllib.parse import urlsplit

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/,+#*-]{0,119}")  # no sentence, no address of a person
_MODEL = re.compile(r"(?=.{1,120}\Z)[A-Za-z0-9][\w.+-]*(?:[/:][A-Za-z0-9][\w.+-]*){0,5}", re.ASCII)  # provider/model
_HOST = re.compile(r"[A-Za-z0-9.-]{1,100}|[0-9a-f:.]{2,45}")
_PATH = re.compile(r"(?:/[A-Za-z0-9][\w.+-]{0,79}){0,8}/?", re.ASCII)
_VERSION = re.compile(r"v?\d{1,4}(?:\.\d{1,6}){1,4}(?:[.-]?[a-z]{1,5}\.?\d{0,6}){0,3}(?:\+[a-z0-9.]{1,20})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][0-9:.+\-Z]{5,24}")

_DATE = re.compile(r"(?<!\d)20\d\d-?[01]\d-?[0-3]\d(?!\d)")  # models are named by the day on which they came out
_NUMBER = re.compile(r"\d{7}")  # of a person, a passport, an account, a telephone
_MOST_DIGITS = 8
_KEY = re.compile(
    r"(?i)(?<![a-z0-9])(?:sk|pk|rk|hf|gh[opsu]|glpat|xox[a-z]|npm|pypi)[-_][\w-]{8}|AKIA|AIza|eyJ", re.ASCII
)
_RUN = re.compile(r"[A-Za-z0-9]{12,}")
_TURNS = re.compile(r"(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)")
_MOST_TURNS = 3  # from letters to digits and back: what was drawn at random has more

_COUNTED = re.compile(
    r"answer|attempt|batch|case|cluster|dialogue|doc|document|epoch|example|fold|generation|id|"
    r"idx|index|input|item|line|message|nr|number|page|part|prompt|question|record|repeat|reply|"
    r"row|run|sample|seed|step|suite|task|test|text|trial|try|turn|variant"
)
_PLACE = re.compile(r"[a-z]?\d{1,6}|[a-z]")
_MOST_PLACES = 8  # digits in all; a date of birth has as many only without its signs between


def short_digest(*texts: str) -> str:
    """16 hexadecimal digits that stand for texts."""
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def plain(text: object) -> str:
    """A name that a tool or its user gave to something measured: itself, or a digest where it could be more."""
    said = _said(text)
    return said if not said or (_NAME.fullmatch(said) and not _gives_away(said)) else short_digest(said)


def case_id(text: object) -> str:
    """What a case, or a cluster of them, is called: itself where it only counts (`prompt-12-try-3`), else a digest.

    Cases are often called after the person or the file that they come from, and no shape tells `jan-jansen` from
    `red-apple`. So only words that count things are kept, single letters, and numbers of up to six digits.
    """
    said = _said(text)
    words = re.split(r"[-_./:#]", said)
    counts = all(_COUNTED.fullmatch(word) or _PLACE.fullmatch(word) for word in words)
    few = sum(char.isdigit() for char in said) < _MOST_PLACES
    return said if not said or (counts and few) else short_digest(said)


def model_of(*texts: object) -> str:
    """What a file names as the model: names like `provider/model-name`, of an address scheme, host and path.

    Each of the texts stands for itself, joined by spaces; one that has no such shape, or looks as if it held a key or
    a password, becomes a digest.
    """
    return " ".join(_model(text) for text in texts if isinstance(text, str) and text)


def _model(text: str) -> str:
    if "://" in text:
        return _address(text) or short_digest(text)
    return text if _MODEL.fullmatch(text) and not _gives_away(text) else short_digest(text)


def _address(text: str) -> str:
    """Scheme, host and path of an address, with a digest of a path that may hold more; empty if it is none."""
    if re.match(r"[a-z][a-z0-9+.-]{0,15}://", text) is None or not text.isascii() or re.search(r"\s", text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if _HOST.fullmatch(host) is None or _has_key(host):
        return ""
    path = parts.path if _PATH.fullmatch(parts.path) and not _gives_away(parts.path) else f"/{short_digest(parts.path)}"
    return f"{parts.scheme}://{host}{path}"


def version_of(value: object) -> str:
    """A version as a maker's name may carry it, "unknown" if it is none."""
    said = value if isinstance(value, str) else ""
    return said if _VERSION.fullmatch(said) and len(said) <= 40 else "unknown"


def moment_of(value: object) -> str:
    """A time as a file writes it, if it looks like one."""
    said = value if isinstance(value, str) else ""
    return said if _MOMENT.fullmatch(said) else ""


def _said(text: object) -> str:
    if isinstance(text, bool) or not isinstance(text, str | int):
        return ""
    try:
        return str(text)
    except ValueError:  # a whole number of thousands of digits
        return hex(text) if isinstance(text, int) else ""


def _gives_away(text: str) -> bool:
    """Whether a text of the right shape could still hold a person's number, or a key."""
    undated = _DATE.sub("", text)
    digits = sum(char.isdigit() for char in undated)
    return digits > _MOST_DIGITS or _NUMBER.search(undated) is not None or _has_key(text)


def _has_key(text: str) -> bool:
    drawn = any(len(_TURNS.findall(run)) > _MOST_TURNS for run in _RUN.findall(text))
    return drawn or _KEY.search(text) is not None
