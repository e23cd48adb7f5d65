"""What a value looks like: a password, a key, or neither."""

import re

from trimtab.builtin.detectors.patterns.secret_drawn import (
    DIGIT,
    LETTERS,
    LOOKED_AT,
    LOWER,
    TURNS,
    UPPER,
    WORDS_ONLY,
    digits_in,
    made_of,
    many_pieces,
    random_looking,
    random_part,
    wordiness,
)
from trimtab.builtin.detectors.patterns.secret_providers import PUBLIC
from trimtab.builtin.detectors.patterns.secret_stand_ins import NAME, SAYS_ITSELF, stands_in
from trimtab.detect.signs import later

# Digits, letters, the signs that join words, and all others.
_JOINING = bytes(
    0x30 if chr(code).isdigit() else 0x61 if chr(code).isalpha() else 0x2D if chr(code) in "-_./:" else 0x21
    for code in range(128)
) + bytes(128)

_NUMBER = later(
    r"[-+]?\d[\d_,.:/ xXeE-]*(?:px|em|rem|ms|s|kb|mb|gb|%|h|d|m|min|days?|bits?|bytes?|L|\.?(?:second|minute|hour|day|week|month|year)s?)?",
    re.IGNORECASE,
)
_VERSION = later(r"v?\d+(?:\.\d+)+(?:[-.][A-Za-z]+[.\d]*)?|\d{4}-\d\d-\d\d(?:[T ].*)?")


def _is_number(head: str) -> bool:
    """Whether all that is there is one number with its unit, a version or a moment."""
    return (head[0].isdigit() or head[0] in "-+vV") and bool(_NUMBER.fullmatch(head) or _VERSION.fullmatch(head))


# Words that follow the name of a secret in forms, manuals and translations without being one.
TALK = frozenset(
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
        and ("-" not in head or not (_PHRASE.match(head) or _JOINED.match(head)))
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
    if told and size > 4 and head.isalnum() and head.isascii() and not head.isalpha() and head[0] not in _NUMERIC:
        # What most of them are, and therefore first: a word with digits in it.
        if not quoted and not literal and SAYS_ITSELF.search(head.lower()):
            return 0.0
        return 0.8 if head.islower() or head.isupper() else 0.9
    if head.isalpha() and (head.lower() in TALK or (not (quoted or literal) and head.islower() and size < 8)):
        return 0.0
    digits, lower, upper, others = made_of(head)
    if " " in head:
        if told and quoted and _FOURS.fullmatch(head):
            return 0.8 if random_part(head.replace(" ", "")) else 0.0
        if literal and told and quoted and _SENTENCE.fullmatch(head) and not SAYS_ITSELF.search(head.lower()):
            words = head.lower().split()
            return 0.6 if sum(map(TALK.__contains__, words)) * 2 < len(words) - 1 or TALK.isdisjoint(words) else 0.0
        if told and quoted and _SPACED.fullmatch(head) and TALK.isdisjoint(head.lower().split()):
            return 0.6 if digits or literal else 0.0
        return (
            0.7
            if told and quoted and digits and size <= 40 and others.count(" ") <= 3 and len(set(others)) >= 2
            else 0.0
        )
    if digits == size or (digits and _is_number(head)):
        return (
            0.7
            if digits >= 4 and size <= _MOST_DIGITS and (told or digits >= 5) and (quoted or not told or literal)
            else 0.0
        )
    if not digits and not others:
        if head.lower() in _WEAK:
            return 0.7 if (quoted or literal) and told and not upper else 0.0
        if size >= 8 and random_part(head):
            return 0.85
        if size >= 7 and told and lower and upper and (wordiness(head) < 0.5 or many_pieces(head)):
            return 0.7
        if (quoted or literal) and told and lower and upper and size >= 8 and not SAYS_ITSELF.search(head.lower()):
            return 0.6 if TALK.isdisjoint(map(str.lower, _PIECES.findall(head))) else 0.0
        plain = lower and (not upper or head.istitle()) and 5 <= size <= 20
        return 0.6 if plain and told and (literal or quoted) else 0.0
    if not digits:
        return _without_digits(head, others, LETTERS.findall(head), quoted=quoted, told=told, literal=literal)
    if not quoted and not literal and NAME.fullmatch(head) and SAYS_ITSELF.search(head.lower()):
        return 0.0
    kinds = lower + upper + bool(digits) + bool(others)
    if kinds == 2 and not (lower or upper):
        return 0.6 if told and quoted and any(sign in STRONG for sign in others) else 0.0
    if size < 5 or (digits < 3 and not told and "".join(LETTERS.findall(head)).lower() in TALK):
        return 0.0
    if told:
        return 0.9 if kinds >= 3 else 0.8
    if kinds == 2 and not others and (_TECHNICAL.fullmatch(head) or _TURNS_INTO.fullmatch(head)):
        return 0.0
    if kinds >= 3 or len(TURNS.findall(head)) >= 2 or (size >= 6 and digits >= 2):
        return 0.8
    return 0.6 if size >= 6 and kinds == 2 and not others else 0.0


_NUMERIC = frozenset("0123456789vV")  # with what a number or a version begins
# Words with a digit that sentences about passwords use.
_TECHNICAL = later(
    r"(?:base|sha|md|utf|oauth|argon|bcrypt|scrypt|pbkdf|version|level|step|part|type|option|version|python|windows|ipv|http|tls|ssl|"
    r"rsa|aes|des|rc|blake|keccak|sip|mp|web|ntlm|v|x|p)\d{1,4}",
    re.IGNORECASE,
)

STRONG = frozenset("!@#$%^&*~?+=|§€£")


def _without_digits(head: str, others: str, words: list[str], *, quoted: bool, told: bool, literal: bool) -> float:
    """A password of letters and signs, told from sentences, names with hyphens and markup."""
    signs = [sign for sign in others if sign in STRONG]
    letters = "".join(words)
    if (
        not signs
        or not letters
        or (len(signs) == 1 and head[-1] in "!?*=" and head[0].isupper())
        or all(word.lower() in TALK for word in words)
    ):
        if quoted and told and _WORDS_JOINED.fullmatch(head) and _drawn_by_hand(head):
            return 0.6
        if told and _PHRASE.fullmatch(head) and 3 * sum(map(TALK.__contains__, head.split("-"))) <= head.count("-"):
            return 0.6
        if _JOINED.fullmatch(head) and says_nothing(head, least=2 if literal else 3):
            return 0.6
        if (
            len(head) >= 10
            and (head.isascii() or not head.isalpha())
            and not WORDS_ONLY.fullmatch(head.strip("-_."))
            and random_looking(head, 10)
        ):
            return 0.8
        return 0.0
    if len(signs) == 1 and signs[0] in "?=+*|&" and not random_part(letters):
        return 0.0
    upper = bool(UPPER.search(head)) and bool(LOWER.search(head))
    return 0.75 if (quoted and told) or upper or len(signs) >= 2 else 0.0


_STRONG_LOOK = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)(?=.*[^\w.,:/()-]|.{8,})[^\s]{7,64}")
_DIGIT_BEFORE_LETTER = later(r"\d[A-Za-z]")


def has_strength(value: str) -> bool:
    """Whether a value is what rules for passwords ask for: both cases, digits, signs, and not one word with a number."""
    return _STRONG_LOOK.fullmatch(value) is not None and (
        not value.isalnum() or random_looking(value, 7) or _DIGIT_BEFORE_LETTER.search(value) is not None
    )


_WORD_AND_NUMBER = later(r"[A-Z][a-zäöü]{5,}\d{1,4}[!?]?")


def like_chosen(value: str) -> bool:
    """Whether a value is a word with a number, as people choose passwords and nobody writes otherwise: `Regenbogen4`."""
    return (
        _WORD_AND_NUMBER.fullmatch(value) is not None
        and (word := value.rstrip("0123456789!?").lower()) not in TALK
        and word not in _VERSIONED
    )


# What has versions, parts and numbers.
_VERSIONED = frozenset(
    "windows office outlook exchange server ubuntu debian fedora centos python android iphone galaxy version chapter section figure option release sprint ticket "  # noqa: SIM905 - a table of words
    "kapitel abschnitt anhang appendix module schritt chapitre article kasten firefox chrome postgres mysql java node angular symfony laravel django drupal".split()
)
_FOURS = later(r"[a-z]{4}(?: [a-z]{4}){3}")  # how a provider prints passwords of applications
_PIECES = later(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SENTENCE = later(r"[^\W_]{2,14}(?: [^\W_]{1,14}){1,8}")
_SPACED = later(r"[^\W\d_]{4,12}(?: [^\W\d_]{3,12}){1,4} \d{2,4}|[a-z]{4,12}(?: [a-z]{4,12}){2,5}")
_MOST_DIGITS = 20  # as routers are sold with
_JOINED = later(r"[A-Za-zÀ-ÿ][a-zß-ÿ]{3,11}(?:-[A-Za-zÀ-ÿ]?[a-zß-ÿ]{3,11}){1,2}")
# Words of which names of fields, styles and services are joined.
_OF_NAMES = frozenset(
    "group button modal page view list item toggle icon wrapper container panel section header footer title link sign admin user users prod local host hosted server "  # noqa: SIM905 - a table of words
    "service cluster internal external common shared global root main base store backend frontend database postgres mysql redis mongo rabbit grafana kubernetes docker "
    "config settings setup case sensitive based only free less wide time long high level specific related driven ready defined encrypted managed provided supplied".split()
)


def says_nothing(head: str, *, least: int) -> bool:
    """Whether words joined by hyphens are drawn from a list rather than the name of something."""
    words = head.lower().split("-")
    return (
        len(words) >= least
        and TALK.isdisjoint(words)
        and _OF_NAMES.isdisjoint(words)
        and not SAYS_ITSELF.search(head.lower())
    )


_WORDS_JOINED = later(r"[a-z]{1,12}(?:-[a-z]{1,12}){2,5}")


def _drawn_by_hand(head: str) -> bool:
    """Whether three words and more are a sentence or a list rather than the name of something: `snakes-on-a-train`."""
    words = head.split("-")
    return (
        sum(len(word) > _LONG_WORD for word in words) > 1
        and sum(map(TALK.__contains__, words)) <= len(words) - 2
        and _OF_NAMES.isdisjoint(words)
        and not any(map(SAYS_ITSELF.match, words))
    )


_LONG_WORD = 3
_PHRASE = later(r"[a-z]{3,12}(?:-[a-z]{3,12}){3,7}")  # words drawn from a list

_NO_KEY = later(rf"(?i:sha\d{{1,3}}[-:=]|md5[-:=]|sha1\$)|{PUBLIC}")  # a digest, or what anybody may know
_UUID = later(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LONG_NUMBER = later(r"\d[\d-]{22,62}\d")
_LEAST_OF_NUMBER = 24  # digits of a number that counts or dates nothing

_LICENCE = later(r"[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){2,7}")
_DIGEST_SIZES = frozenset((32, 36, 40, 64))  # and of a UUID
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
    return 0.0 if not sure or _NO_KEY.match(value) or _TURNS_INTO.fullmatch(head) or stands_in(value) else sure


_TURNS_INTO = later(r"[a-z]{3,12}[24][a-z]{3,12}")  # how programs name what makes one thing of another


def _drawn(head: str, value: str, *, least: int, weak: bool) -> float:
    if len(value) in _DIGEST_SIZES and (_UUID.fullmatch(value) or _DIGEST.fullmatch(value)):
        return 0.0 if weak else 0.8
    if _is_number(head):
        return 0.7 if _LONG_NUMBER.fullmatch(head) and digits_in(head) >= _LEAST_OF_NUMBER else 0.0
    if random_looking(head, least) or (not weak and _LICENCE.fullmatch(head)):
        return 0.85
    if (
        not weak
        and least <= len(head) <= 24
        and (
            len(DIGIT.findall(head)) >= 2
            or (len(head) >= 16 and head.isalnum() and DIGIT.search(head) and many_pieces(head))
        )
        and UPPER.search(head)
        and LOWER.search(head)
    ):
        return 0.7 if not WORDS_ONLY.fullmatch(head) and wordiness("".join(LETTERS.findall(head))) < 0.75 else 0.0
    return 0.0
