"""How sure a model is of an answer, as one number in [0, 1]. None stands for "not known", which is never sure."""

import math
import unicodedata
from collections.abc import Callable, Sequence


def of_logprobs(logprobs: Sequence[float]) -> float | None:
    """The geometric mean of the probabilities of an answer's tokens: exp(mean(log p)).

    The mean, so that long answers are not less sure for being long. It says how expected the words were, which is not
    how true they are: `release_threshold` finds out what it is worth for one model and one kind of question.

    Args:
        logprobs: Natural logarithms of the probability of each token of the answer, <= 0.

    Returns:
        In [0, 1]; None without tokens, or where one of them is no logarithm of a probability.

    Source:
        Malinin & Gales (2021), Uncertainty Estimation in Autoregressive Structured Prediction, ICLR, section 3
        (length-normalised log-probability).
    """
    if not logprobs or any(math.isnan(one) or one > _ROUNDING for one in logprobs):
        return None
    return min(1.0, math.exp(sum(logprobs) / len(logprobs)))


def spell_all(tokens: Sequence[object], text: str) -> bool:
    """Whether tokens can be all of an answer: they spell at least as many letters and digits as it has.

    Not which ones: servers write the bytes of half a letter in their own ways. A mean over some of the tokens says
    nothing of the others, so an answer of which some are missing is not known.
    """
    spelled = "".join(token for token in tokens if isinstance(token, str))
    return sum(map(_counts, spelled)) >= sum(map(str.isalnum, text))


def _counts(letter: str) -> bool:
    return letter.isalnum() or letter == "\ufffd"  # which stands for the bytes of half a letter


_ROUNDING = 1e-6  # servers compute in single precision and report log 1 as a little more than 0


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _same(a: str, b: str) -> bool:
    return _plain(a) == _plain(b)


def of_agreement(answer: str, samples: Sequence[str], same: Callable[[str, str], bool] = _same) -> float | None:
    """The share of further samples that say the same as the answer.

    Args:
        answer: What would be given.
        samples: Other answers of the same model to the same question, drawn at a temperature above 0, without it.
        same: Whether two answers say the same; by default, whether they are equal but for case, white space and
            compatibility forms, which suits short answers only.

    Returns:
        In [0, 1]; None without samples.

    Source:
        Wang et al. (2023), Self-Consistency Improves Chain of Thought Reasoning in Language Models, ICLR.
    """
    if not samples:
        return None
    return sum(same(answer, sample) for sample in samples) / len(samples)
