"""Whether a text is English, as far as its small words say: the second stage hardly reads anything else."""

import re

# Small words, in their plain form without accents; those that stand in English and elsewhere are among the English.
_ENGLISH = frozenset((
    "the", "a", "an", "and", "or", "of", "to", "in", "is", "are", "was", "you", "your", "yours", "i", "my", "he",
    "she", "it", "we", "they", "this", "that", "for", "with", "on", "not", "be", "have", "do", "does", "will",
    "would", "can", "what", "who", "how", "all", "no", "at", "by", "from", "as", "if", "so", "but", "me", "him",
    "her", "them", "their", "us", "our",
))  # fmt: skip
# German, French, Spanish, Portuguese, Italian, Dutch.
_OTHERS = frozenset((
    "der", "das", "und", "ist", "nicht", "ein", "eine", "einen", "du", "bist", "ich", "sie", "ihr", "wir", "euch",
    "dich", "dir", "mir", "dein", "deine", "mein", "fur", "mit", "auf", "wie", "wer", "le", "les", "et", "est", "pas",
    "une", "tu", "je", "vous", "nous", "il", "elle", "des", "que", "qui", "dans", "pour", "avec", "sur", "ton", "ta",
    "votre", "mon", "el", "los", "las", "y", "eres", "yo", "usted", "un", "una", "en", "por", "con", "para", "su",
    "lo", "como", "esto", "eso", "muy", "os", "uma", "voce", "nao", "com", "seu", "sua", "ele", "ela", "isso", "sei",
    "non", "di", "per", "sono", "questo", "het", "een", "niet", "jij", "jou", "van", "zijn",
))  # fmt: skip
_WORD = re.compile(r"[a-z]+")


def is_foreign(plain: str) -> bool:
    """Whether more small words of other languages than English ones stand there, or more letters of other scripts.

    A text without any is English.
    """
    words = _WORD.findall(plain)
    if sum(map(_OTHERS.__contains__, words)) > sum(map(_ENGLISH.__contains__, words)):
        return True
    return not plain.isascii() and sum(map(str.isalpha, plain)) > 2 * sum(map(len, words))
