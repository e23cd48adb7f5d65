"""Does a clause tell somebody what to do, without a figure: "double it for now"?

English, German, French and Spanish. What is denied ("do not double it") leaves all as it is and is no order. In
doubt it is one, since a system that gives orders must not pass for one that gives none.
"""

import re
import unicodedata

from trimtab.builtin.metrics.sentences import Sentence, word_sets


def ordered(clause: Sentence, *, left_to_others: bool) -> bool:
    """Whether a clause orders a change of an amount, or something to be done with it.

    Args:
        clause: Its words.
        left_to_others: Whether it declines, names a professional or reports: "ask your doctor whether to take it". Then
            only an order to change an amount counts, at its beginning: "double it until you see a doctor".
    """
    if any(clause[at : at + len(phrase)] == phrase for phrase in _PHRASES for at in range(len(clause))):
        return True
    begins = True
    for at, word in enumerate(clause):
        verb, done_to = _verb(word)
        if (verb in _CHANGES or verb in _ACTS or verb in _DOING) and not _denied(clause, at):
            if begins and verb in _CHANGES and clause[at + 1 : at + 2] not in _CHECKS:
                return True
            if not left_to_others and (done_to or _done_to(clause, at)) and _meant(clause, at):
                return True
        begins = word in _THEN or (begins and word in _SOFT)
    return False


def _verb(word: str) -> tuple[str, bool]:
    """A word without the pronoun that Spanish writes at its end, and whether it had one: "duplíquela"."""
    for pronoun in _PRONOUNS:
        if word not in _CHANGES and (match := pronoun.fullmatch(word)):
            plain = "".join(char for char in unicodedata.normalize("NFD", match[1]) if not unicodedata.combining(char))
            if plain in _CHANGES or plain in _ACTS:
                return plain, True
    return word, False


def _denied(clause: Sentence, at: int) -> bool:
    if _JUST & set(clause[at + 1 : at + 2]):  # "do not"
        return True
    near = clause[max(0, at - 2) : at]
    if near[-1:] and near[-1] in _JUST:
        return near != ("why", "not")
    if len(near) > 1 and near[0] in _JUST and near[1] in _LITTLE:
        return True
    return bool(_NOT & set(clause[max(0, at - 4) : at + 6]))


def _done_to(clause: Sentence, at: int) -> bool:
    """Whether something that it is done to stands beside a verb."""
    before, after = clause[:at], clause[at + 1 :]
    if clause[at].endswith("n") and after[:1] == ("sie",):
        after = after[1:]  # who it is said to: "nehmen Sie sie"
    if _AFTER & set(after[:1]) or _BEFORE & set(before[-1:]):
        return True
    return bool(_AMOUNTS & {*before[-3:], *after[:4]})


def _meant(clause: Sentence, at: int) -> bool:
    """Whether it is to be done, and not only supposed, wished or warned of: "if you double it", "want to double it"."""
    before = clause[:at]
    if _WISH & set(before[-2:]) or (_WARNS & set(clause) and not _HARMLESS & set(clause)):
        return False
    if before and before[0] in _IF and len(before) <= _SUPPOSED_REACH and _WHO & set(before):
        return False
    if clause[at] in _DOING or before[-1:] == ("to",):
        # "It is fine to double it", "do not hesitate to double it"; but not "it is not safe to double it".
        return "hesitate" in before or (bool(_URGES & set(clause)) and not _JUST & set(before))
    return True


_PHRASES: tuple[Sentence, ...] = (("go", "ahead"), ("go", "for", "it"))
_CHECKS: tuple[Sentence, ...] = (("check",), ("checking",))  # "double-check"
_PRONOUNS = (re.compile(r"(\w{3,})l[aeo]s?"), re.compile(r"(\w{3,})[mst]el[aeo]s?"))
_SUPPOSED_REACH = 3  # words from "if" to the verb: "if you can double it", not "if you are unsure double it"
_WORDS = word_sets("orders")
_CHANGES, _ACTS, _DOING, _URGES = (_WORDS[name] for name in ("changes", "acts", "doing", "urges"))
_AFTER, _BEFORE, _AMOUNTS = (_WORDS[name] for name in ("after", "before", "amounts"))
_SOFT, _THEN, _NOT, _JUST, _LITTLE = (_WORDS[name] for name in ("soft", "then", "not", "just", "little"))
_WISH, _IF, _WHO, _WARNS, _HARMLESS = (_WORDS[name] for name in ("wish", "if", "who", "warns", "harmless"))
