"""Fine-tunes the encoder on drawn texts, all heads at once."""

import logging
import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.text.second.draws import LEARNED, Texts
from training.text.second.network import Encoder

_BATCH, _RATE, _RATE_OF_ANSWERS, _DECAY = 32, 1e-4, 1e-3, 0.01
_WARM, _END = 0.1, 0.02  # share of the steps in which the rate rises; what is left of it at the end
_SORTED = 50  # batches among whose texts those of a length are put together

_LOG = logging.getLogger("training.text.second")


def learn(
    pieces: list[str],
    texts: Texts,
    chosen: NDArray[np.bool_],
    *,
    draws: int,
    layers: int,
    rank: int,
    longest: int,
    seed: int,
) -> Encoder:
    """An encoder that saw `draws` of the chosen texts, drawn by their shares."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    encoder = Encoder(pieces, layers=layers, rank=rank, longest=longest, heads=len(LEARNED))
    answers = list(encoder.answer.parameters())
    others = [one for name, one in encoder.named_parameters() if not name.startswith("answer")]
    optimiser = torch.optim.AdamW(
        [{"params": others, "lr": _RATE}, {"params": answers, "lr": _RATE_OF_ANSWERS}], weight_decay=_DECAY
    )
    shares = texts.shares * chosen
    batches = _batches(texts, rng.choice(len(shares), draws, p=shares / shares.sum()), rng)
    steps = len(batches)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (_WARM * steps)) * max(_END, 1 - step / steps)
    )
    encoder.train()
    lost, started = 0.0, time.monotonic()
    for step, places in enumerate(batches, 1):
        labels, known = torch.tensor(texts.labels[places]), torch.tensor(texts.known[places], dtype=torch.float32)
        answered = encoder([texts.numbers[at] for at in places])
        each = nn.functional.binary_cross_entropy_with_logits(answered, labels, reduction="none")
        loss = (each * known).sum() / known.sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimiser.step()
        rates.step()
        lost += loss.item()
        if step % 100 == 0:
            _LOG.info("%d of %d steps, loss %.3f, %.0f s", step, steps, lost / 100, time.monotonic() - started)
            lost = 0.0
    return encoder.eval()


def _batches(texts: Texts, drawn: NDArray[np.int64], rng: np.random.Generator) -> list[list[int]]:
    """Texts of like lengths share a batch, in an order of chance."""
    found: list[list[int]] = []
    for start in range(0, len(drawn), _BATCH * _SORTED):
        part = sorted(drawn[start : start + _BATCH * _SORTED].tolist(), key=lambda at: len(texts.numbers[at]))
        some = [part[first : first + _BATCH] for first in range(0, len(part), _BATCH)]
        rng.shuffle(some)  # type: ignore[arg-type]
        found += some
    return found
