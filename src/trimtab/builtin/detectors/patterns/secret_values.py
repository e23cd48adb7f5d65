"""What a value looks like: a credential, a word, a piece of code, or a place to put one.

All of it is a handful of regular expressions over at most 64 characters, since a hostile text may offer thousands of
values.
"""

import re
from operator import add

from trimtab.detect.signs import later

LOOKED_AT = 64
"""Characters of a value that are looked at; what follows cannot make a random beginning less random."""

# The pairs of letters that make up most of written English; other European languages share enough of them.
# A random pair is one of them in about 1 of 4 cases, a pair from a word in about 4 of 5.
_PAIRS = frozenset(
    (  # noqa: SIM905 - a table of words
        "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea "
        "ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge "
        "ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe "
        "bl ab gh ty op wo sa ay ex ke fr oo ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da cr "
        "cl du ga qu ue ff ba va um pp up lu ru ds lt pi rc rr au ck br bi pt ph ew ht ey ui"
    ).split()
)

_DIGIT = later(r"\d")
_LOWER = later(r"[a-z]")
_UPPER = later(r"[A-Z]")
_OTHER = later(r"[^A-Za-z0-9]")
_PIECES = later(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_TURNS = later(r"[A-Za-z](?=\d)|\d(?=[A-Za-z])")
_FLIPS = later(r"[a-z](?=[A-Z])")
_LETTERS = later(r"[A-Za-z]+")
_PARTS = later(r"[^\W_]+|%[0-9A-Fa-f]{2}")
_HEX = later(r"(?:0x)?[0-9a-fA-F]{12,}")
_ESCAPED = later(r"%[0-9A-Fa-f]{2}|\x1b\[[0-9;]*m|\\[nrt]|\\x[0-9a-f]{2}")


# Digits, letters and all else; the same with the signs that join words apart from the others.
_MADE_OF = bytes(
    0x30 if chr(code).isdigit() else 0x61 if chr(code).islower() else 0x41 if chr(code).isupper() else 0x2D
    for code in range(128)
) + bytes(128)
_JOINING = bytes(
    0x30 if chr(code).isdigit() else 0x61 if chr(code).isalpha() else 0x2D if chr(code) in "-_./:" else 0x21
    for code in range(128)
) + bytes(128)


def _made_of(head: str) -> tuple[int, bool, bool, list[str]]:
    """How many digits there are, whether letters in lower and upper case, and the signs beyond ASCII's letters and digits."""
    if not head.isascii():
        return len(_DIGIT.findall(head)), bool(_LOWER.search(head)), bool(_UPPER.search(head)), _OTHER.findall(head)
    kinds = head.encode().translate(_MADE_OF)  # several times as quick as asking for each
    return kinds.count(b"0"), b"a" in kinds, b"A" in kinds, _OTHER.findall(head) if b"-" in kinds else []


def starts_word(text: str, start: int) -> bool:
    """Whether nothing that belongs to it stands before a token; an escape sequence does not."""
    if not start or not (text[start - 1].isalnum() or text[start - 1] == "_"):
        return True
    if not any(sign in text[max(0, start - 8) : start] for sign in "%\\\x1b"):
        return False
    return any(escape.end() == start for escape in _ESCAPED.finditer(text, max(0, start - 12), start))


def wordiness(letters: str) -> float:
    """The share of pairs of letters that are usual ones, in [0, 1]; 1 for less than two letters."""
    low = letters.lower()
    if len(low) < 2:
        return 1.0
    return sum(map(_PAIRS.__contains__, map(add, low, low[1:]))) / (len(low) - 1)


def _digits(value: str) -> int:
    return value.encode().translate(_MADE_OF).count(b"0") if value.isascii() else len(_DIGIT.findall(value))


_LEAST_DRAWN = 8  # characters below which nothing looks drawn


def random_part(part: str) -> bool:
    """Whether a run of letters and digits looks drawn at random rather than written by a person."""
    size = len(part)
    if size < _LEAST_DRAWN:
        return False
    digits = _digits(part)
    if digits == size:
        return False
    if digits == 0:
        share = wordiness(part)
        return (size >= 10 and share < 0.5) or (share < 0.85 and _many_pieces(part) and len(_FLIPS.findall(part)) > 1)
    turns = len(_TURNS.findall(part))
    if turns >= 3 or (turns >= 2 and digits >= 3) or (_HEX.fullmatch(part) is not None and turns >= 2):
        return max(map(len, _LETTERS.findall(part)), default=0) < 10 or wordiness("".join(_LETTERS.findall(part))) < 0.6
    return wordiness(max(_LETTERS.findall(part), key=len, default="")) < 0.5  # letters may be of another script


def random_looking(value: str, least: int) -> bool:
    """Whether parts of a value that look random make up at least `least` characters and half of it."""
    head = value[:LOOKED_AT]
    parts = _PARTS.findall(head)
    drawn = sum(len(part) for part in parts if len(part) >= _LEAST_DRAWN and random_part(part))
    if drawn >= least and drawn * 2 >= len(head):
        return True
    if len(head) >= max(least, 12) and not _WORDS_ONLY.fullmatch(head):
        # Signs of Base64 and of generators cut a random value into pieces too short to tell: look at the whole.
        joined = "".join(parts)
        if len(joined) < least:
            return False
        if (
            len(joined) >= max(least, 16)
            and _many_pieces(joined)
            and _DIGIT.search(joined)
            and len(_TURNS.findall(joined)) >= 3
        ):
            return True
        if (
            len(joined) >= max(least, 24)
            and len(parts) > 1
            and _many_pieces(joined)
            and len(_FLIPS.findall(joined)) >= 6
        ):
            return True
        return len(parts) > 1 and len(joined) < len(parts) * 12 and _thick(head, joined)
    return False


def _many_pieces(joined: str) -> bool:
    """Whether case and digits change as often as chance has it, and not as in a name put together of words."""
    return len(joined) <= 2.8 * len(_PIECES.findall(joined))


def _thick(head: str, joined: str) -> bool:
    kinds = bool(_DIGIT.search(joined)) + bool(_LOWER.search(joined)) + bool(_UPPER.search(joined))
    return kinds == 3 and random_part(joined) and len(_TURNS.findall(head)) >= 2


_WORDS_ONLY = later(r"[A-Za-z]{2,}(?:[-_./: ]{1,2}(?:[A-Za-z]{2,}|v?\d{1,4}))*")

# Where a credential should be put, and what stands in for one in manuals. One search for any of their beginnings first.
_STAND_INS = (
    "your", "change", "placeholder", "replace", "insert", "redacted", "masked", "hidden", "goeshere", "goes_here", "goes-here", "goes here", "lorem", "foobar",
    "foo_bar", "1234567890", "abcdefghi", "12345678-1234", "notareal", "not_a_real", "not-a-real", "notset", "not_set", "not-set", "xxxxx", "*****", "...",
    "•••", "…", "####", "-----", "_____", "000000000000", "11111111", "<", "[",
)  # fmt: skip
_WORDS_IN = (
    "example",
    "dummy",
    "fake",
    "sample",
    "todo",
    "fixme",
    "tbd",
    "some",
    "my",
    "the",
    "new",
    "old",
    "a-",
    "a_",
)
_MAY_STAND_IN = later("|".join(map(re.escape, (*_STAND_INS, *_WORDS_IN))))
_STANDS_IN = later(
    r"<[a-z][\w .-]{1,40}>|\[[a-z][\w .-]{1,40}\]|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|with|this)|insert[-_ ]|1234567890(?!\d)|"
    r"your|placeholder|redacted|masked|hidden|goes[-_ ]?here|lorem|foo_?bar|abcdefghi|12345678-1234|not[-_ ]?a[-_ ]?real|not[-_]?set|"
    r"x{5}|\*{5}|\.{3}|•{3}|…|#{4}|-{5}|_{5}|0{12}|1{8}"
)
_STANDS_ALONE = later(
    r"(?<![a-z])(?:dummy|fake|sample|example|todo|fixme|tbd)(?![a-z])|(?<![a-z])(?:some|my|the|new|old|a)[-_ ](?:secret|password|token|key|api)"
)


def _placeholder(value: str) -> tuple[int, int] | None:
    """Where a value says that it stands in for another."""
    low = value.lower()
    if _MAY_STAND_IN.search(low) and (found := _STANDS_IN.search(low) or _STANDS_ALONE.search(low)):
        return found.span()
    return (0, len(value)) if low.startswith(("enc(", "enc[")) or low == "n/a" else None


# Of a value in lower case, since letters of any case are several times as slow to match.
_CODE = later(
    r"\$[\[{(]|&[a-z]+;|%[a-z_]+%$|\{\{|<%|<\?|%\(|%[a-z_]{3,}%|#\{|\{[\w.]*\}$|@[\w.]+@$|"
    r"(?:https?|ftp|file|s3|gs|ssm|arn|vault|ref|data|urn|env|secret|op|kms|azurekeyvault|javascript|blob|mailto):|"
    r"(?:function|async|await|new|return|lambda|typeof|throw|import|require)\b|"
    r"(?:self|this|os|env|process|system|config|settings|request|req|args|opts|options|params?|props|ctx|context|cls|data|var|local|module|output|each|secrets|stdenv|environment)[.\[]|"
    r"(?:null|none|nil|true|false|undefined|nan|string|str|int|integer|bool|boolean|bytes?|object|any|optional|required|char|text|varchar|number|float|double|void|array|list|dict|map|uuid)\b(?![-!@#$%^&*~]|[^\W_]*\d)",
)
_PATH = later(r"(?:/|\./|\.\./|~/|[A-Za-z]:\\|\\\\)[\w.$@{} -]+(?:[/\\]|$|\.\w{1,5}$)")
_VARIABLE = later(r"[$&@%][A-Za-z_][\w.:-]*[$@%]?")
_VARIABLE_NAME = later(r"[A-Z]+(?:_[A-Z0-9]+){2,7}")
_CALL = later(r"[A-Za-z_$][\w.$:>-]*[(\[]")
_FORMAT = later(
    r"%[-+0-9.]*[sdrfiuxXc](?![^\W_])|%\d*\.\d*[dfs]|%\(\w+\)|\{\d*\}|\\[dwsbDWSB][+*?{]|\[\^?[\w\\-]+\][+*{]|\[[^\]\s]{0,20}(?:a-z|A-Z|0-9)|\(\?[:=!<]"
)
_FORMAT_SIGNS = frozenset("%{\\[(")
_DOTTED = later(r"[A-Za-z_]\w*(?:(?:\.|->|::|\?\.)[A-Za-z_]\w*)+;?")
_NAME = later(r"[A-Za-z_]\w*")
_NUMBER = later(r"[-+]?\d[\d_,.:/ xXeE-]*(?:px|em|rem|ms|s|kb|mb|gb|%|h|d|m|min|days?|bits?|bytes?|L)?", re.IGNORECASE)
_VERSION = later(r"v?\d+(?:\.\d+)+(?:[-.][A-Za-z]+[.\d]*)?|\d{4}-\d\d-\d\d(?:[T ].*)?")
_SAYS_ITSELF = later(
    r"pass(?:w|$|_|\d|wd)|pwd|passphrase|secret|token|key|credential|auth|login|user(?!n?\d)|param|field|input|value|string|buf|arg|attr|hash|salt",
)

# Words that follow the name of a secret in forms, manuals and translations without being one.
_TALK = frozenset(
    (  # noqa: SIM905 - a table of words
        "geheim parole secreto segreto enter reenter forgot forgotten require required requis invalid incorrect wrong missing empty blank reset confirm confirmation repeat show hide "
        "hidden change changed update updated new old current expire expired weak strong short long text type string hash hashed encrypted protected "
        "default optional basic bearer digest plain none null true false yes no on off auto always never prompt stdin file env login signin account user "
        "username email form field input label value name id key keys token tokens secret secrets password passwords passwort passwd pwd pass passphrase "
        "passcode contraseña contrasena clave senha wachtwoord kennwort parola hasło haslo lösenord losenord adgangskode passord salasana heslo jelszó "
        "jelszo şifre sifre sandi motdepasse mot public private access refresh session oauth oauth2 jwt api sso saml ldap static dynamic random generated "
        "example sample test testing dummy fake mock demo todo placeholder changeme unknown disabled enabled this that it not correct valid set unset safe "
        "secure unsafe stored kept sent used needed provided given same different also only already too the a an your my our and or of for to in at by "
        "with from as mandatory sensitive undefined object number boolean integer authentication authorization auth credential credentials manager policy "
        "strength length expiry column table index primary foreign unique constructor prototype function method property self other left right node item "
        "data space escape tab shift ctrl control alt meta up down home end delete backspace arrowup arrowdown arrowleft arrowright identifier comma colon "
        "semicolon eof newline operator keyword literal comment whitespace"
    ).split()
)
_WEAK = frozenset(
    "letmein qwerty iloveyou monkey dragon sunshine princess football baseball superman batman trustno hunter shadow master "  # noqa: SIM905 - a table of words
    "michael jordan welcome swordfish opensesame sesame abracadabra asdfgh asdfghjkl zxcvbn zxcvbnm qwertyuiop starwars "
    "whatever freedom mustang charlie donald bailey access flower cheese pepper cookie banana ninja azerty solo loveme "
    "postgres admin root administrator toor guest oracle tiger scott mysql redis rabbitmq mongo minioadmin grafana elastic "
    "raspberry ubuntu vagrant manager tomcat jenkins cisco alpine".split()
)


def plausible(key: str) -> bool:
    """Whether a string of a provider's shape may be a real key: not a row of the same signs, not the manual's."""
    if len(set(key[-16:])) < 5:
        return False
    found = _placeholder(key)
    if not found:
        return True
    if key.endswith("EXAMPLE") or "xxxxx" in key.lower():
        return False
    rest = key[: found[0]] + key[found[1] :]
    return len(rest) >= 30 and any(map(random_part, _PARTS.findall(rest)))


def stands_in(value: str) -> bool:
    """Whether a value is a placeholder, a variable, a path, a type or another piece of code, and so holds no secret."""
    head = value[:LOOKED_AT]
    low = head.lower()
    return (
        len(set(head)) < 3
        or _CODE.match(low) is not None
        or (
            head[0] in "$&@%"
            and _VARIABLE.fullmatch(head) is not None
            and not random_part(head[1:])
            and not _many_pieces(head[1:])
        )
        or ((head[0] in "/.~\\" or head[1:2] == ":") and _PATH.match(head) is not None and not random_looking(head, 16))
        or _placeholder(head) is not None
        or _VARIABLE_NAME.fullmatch(head) is not None
        or (not _FORMAT_SIGNS.isdisjoint(head) and _FORMAT.search(head) is not None)
        or (head[0] in "<[{(" and head[-1] in ">]})")
    )


def refers(value: str) -> bool:
    """Whether a value without quotes is the name of something in a program rather than a literal."""
    head = value[:LOOKED_AT]
    if ("(" in head or "[" in head) and _CALL.match(head):
        return True
    if ("." in head or ":" in head or ">" in head) and _DOTTED.fullmatch(head):
        return not random_looking(head, 12)
    return (
        _NAME.fullmatch(head) is not None
        and not random_part(head)
        and (_SAYS_ITSELF.search(head.lower()) is not None or not _DIGIT.search(head))
    )


def hopeless(head: str, *, key: bool, licences: bool) -> bool:
    """Whether short words and signs between them are all that a bare value begins with: nothing judges it a credential.

    For a `key` any signs count as between words; with `licences` words of capitals are left to the judges. Where names of
    credentials stand side by side in a hostile
    text, this is what most of them are asked.
    """
    if not head.isascii() or (licences and not head.islower()):
        return False
    kinds = head.encode().translate(_JOINING)
    return (
        b"0" not in kinds
        and b"aaaaaaaa" not in kinds
        and (key or (b"-a" in kinds and b"!" not in kinds))
        and ("-" not in head or not _PHRASE.match(head))
    )


def like_password(value: str, *, quoted: bool, told: bool, literal: bool) -> float:
    """How sure we are that a value after `password` is one, in [0, 1]: `_by_form`, unless it stands in for another."""
    sure = _by_form(value[:LOOKED_AT], quoted=quoted, told=told, literal=literal)
    return 0.0 if not sure or stands_in(value) else sure


def _by_form(  # noqa: C901, PLR0912 - one question after the other, as read
    head: str, *, quoted: bool, told: bool, literal: bool
) -> float:
    """What the form of a value says.

    `quoted` in quotes; `told` by a sign of assignment rather than by prose; `literal` where nothing but a literal can
    stand (a shell variable, an option, a field of a connection string).
    """
    size = len(head)
    if size < 4:
        return 0.0
    if head.isalpha() and (head.lower() in _TALK or (not (quoted or literal) and head.islower() and size < 8)):
        return 0.0
    digits, lower, upper, others = _made_of(head)
    if " " in head:
        return (
            0.7
            if told and quoted and digits and size <= 40 and others.count(" ") <= 3 and len(set(others)) >= 2
            else 0.0
        )
    if digits == size or (digits and (_NUMBER.fullmatch(head) or _VERSION.fullmatch(head))):
        return 0.7 if digits >= 4 and size <= 16 and (told or digits >= 5) and (quoted or not told or literal) else 0.0
    letters = _LETTERS.findall(head)
    if not digits and not others:
        if head.lower() in _WEAK:
            return 0.7 if (quoted or literal) and told and not upper else 0.0
        if size >= 8 and random_part(head):
            return 0.85
        if size >= 7 and told and lower and upper and (wordiness(head) < 0.5 or _many_pieces(head)):
            return 0.7
        plain = lower and not upper and 5 <= size <= 20
        return 0.6 if plain and told and (literal or quoted) else 0.0
    if not digits:
        return _without_digits(head, others, quoted=quoted, told=told)
    if not quoted and _NAME.fullmatch(head) and _SAYS_ITSELF.search(head.lower()) and not literal:
        return 0.0
    kinds = lower + upper + bool(digits) + bool(others)
    if kinds == 2 and not letters:
        return 0.6 if told and quoted and any(sign in _STRONG for sign in others) else 0.0
    if size < 5 or (digits < 3 and not told and "".join(letters).lower() in _TALK):
        return 0.0
    if told:
        return 0.9 if kinds >= 3 else 0.8
    if kinds == 2 and not others and (_TECHNICAL.fullmatch(head) or _TURNS_INTO.fullmatch(head)):
        return 0.0
    if kinds >= 3 or len(_TURNS.findall(head)) >= 2 or (size >= 6 and digits >= 2):
        return 0.8
    return 0.6 if size >= 6 and kinds == 2 and not others else 0.0


# Words with a digit that sentences about passwords use.
_TECHNICAL = later(
    r"(?:base|sha|md|utf|oauth|argon|bcrypt|scrypt|pbkdf|version|level|step|part|type|option|version|python|windows|ipv|http|tls|ssl|"
    r"rsa|aes|des|rc|blake|keccak|sip|mp|web|ntlm|v|x|p)\d{1,4}",
    re.IGNORECASE,
)
_STRONG = frozenset("!@#$%^&*~?+=|§€£")


def _without_digits(head: str, others: list[str], *, quoted: bool, told: bool) -> float:
    """A password of letters and signs, told from sentences, names with hyphens and markup."""
    signs = [sign for sign in others if sign in _STRONG]
    words = _LETTERS.findall(head)
    letters = "".join(words)
    if (
        not signs
        or not letters
        or (len(signs) == 1 and head[-1] in "!?*=" and head[0].isupper())
        or all(word.lower() in _TALK for word in words)
    ):
        if told and _PHRASE.fullmatch(head) and 3 * sum(map(_TALK.__contains__, head.split("-"))) <= head.count("-"):
            return 0.6
        if len(head) >= 10 and not _WORDS_ONLY.fullmatch(head.strip("-_.")) and random_looking(head, 10):
            return 0.8
        return 0.0
    if len(signs) == 1 and signs[0] in "?=+*|&" and not random_part(letters):
        return 0.0
    upper = bool(_UPPER.search(head)) and bool(_LOWER.search(head))
    return 0.75 if (quoted and told) or upper or len(signs) >= 2 else 0.0


_STRONG_LOOK = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)(?=.*[^\w.,:/()-]|.{8,})[^\s]{7,64}")
_DIGIT_BEFORE_LETTER = later(r"\d[A-Za-z]")


def has_strength(value: str) -> bool:
    """Whether a value is what rules for passwords ask for: both cases, digits, signs, and not one word with a number."""
    return _STRONG_LOOK.fullmatch(value) is not None and (
        not value.isalnum() or random_looking(value, 7) or _DIGIT_BEFORE_LETTER.search(value) is not None
    )


_PHRASE = later(r"[a-z]{3,12}(?:-[a-z]{3,12}){3,7}")  # words drawn from a list
_HASHED = later(r"(?:sha\d{1,3}[-:=]|md5[-:=]|sha1\$)", re.IGNORECASE)
_UUID = later(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LONG_NUMBER = later(r"\d[\d-]{22,62}\d")
_LEAST_OF_NUMBER = 24  # digits of a number that counts or dates nothing
_LICENCE = later(r"[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){2,7}")
_DIGEST = later(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}")


def like_key(value: str, *, least: int, weak: bool) -> float:
    """How sure we are that a value after `token` or `api_key` is one, in [0, 1].

    `least` is how many characters must look random; after a `weak` name such as `key` identifiers and digests count
    as what they usually are.
    """
    head = value[:LOOKED_AT]
    if len(head) < least or " " in head.strip():
        return 0.0
    sure = _drawn(head, value, least=least, weak=weak)
    return 0.0 if not sure or _HASHED.match(head) or _TURNS_INTO.fullmatch(head) or stands_in(value) else sure


_TURNS_INTO = later(r"[a-z]{3,12}[24][a-z]{3,12}")  # how programs name what makes one thing of another


def _drawn(head: str, value: str, *, least: int, weak: bool) -> float:
    if _UUID.fullmatch(head) or _DIGEST.fullmatch(value):
        return 0.0 if weak else 0.8
    if _VERSION.fullmatch(head) or _NUMBER.fullmatch(head):
        return 0.7 if _LONG_NUMBER.fullmatch(head) and _digits(head) >= _LEAST_OF_NUMBER else 0.0
    if random_looking(head, least) or (not weak and _LICENCE.fullmatch(head)):
        return 0.85
    if (
        not weak
        and least <= len(head) <= 24
        and (
            len(_DIGIT.findall(head)) >= 2
            or (len(head) >= 16 and head.isalnum() and _DIGIT.search(head) and _many_pieces(head))
        )
        and _UPPER.search(head)
        and _LOWER.search(head)
    ):
        return 0.7 if not _WORDS_ONLY.fullmatch(head) and wordiness("".join(_LETTERS.findall(head))) < 0.75 else 0.0
    return 0.0
