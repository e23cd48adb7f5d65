"""The encoder in torch: MiniLM with fewer layers and a narrower table, and one answer for each head.

Its arithmetic is that of `trimtab.builtin.detectors.learned.encoder`, in floating point.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from training.text.minilm import MiniLM, vocabulary
from trimtab.builtin.detectors.learned.encoder import HEADS_OF_ATTENTION, SIZE
from trimtab.builtin.detectors.learned.groups import MANY, ONE, names

_KEPT = {2: (0, 5), 3: (0, 2, 5), 4: (0, 2, 4, 5), 6: (0, 1, 2, 3, 4, 5)}  # of the six layers


class Layer(nn.Module):
    """Attention, then two layers of a perceptron, each added to what came in and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(SIZE, 3 * SIZE)
        self.out = nn.Linear(SIZE, SIZE)
        self.up = nn.Linear(SIZE, 4 * SIZE)
        self.down = nn.Linear(4 * SIZE, SIZE)
        self.first = nn.LayerNorm(SIZE, eps=1e-12)
        self.second = nn.LayerNorm(SIZE, eps=1e-12)
        self.dropped = nn.Dropout(0.1)

    def forward(self, state: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        rows, width, _ = state.shape
        parts = self.qkv(state).view(rows, width, 3, HEADS_OF_ATTENTION, -1).permute(2, 0, 3, 1, 4)
        seen = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(rows, width, SIZE)
        state = self.first(state + self.dropped(self.out(seen)))
        return self.second(state + self.dropped(self.down(nn.functional.gelu(self.up(state)))))


class Encoder(nn.Module):
    """Answers of the heads to texts, given as pieces between the two that begin and end a text."""

    def __init__(self, pieces: Sequence[str], *, layers: int, rank: int, longest: int, heads: int) -> None:
        super().__init__()
        self.table = nn.Embedding(len(pieces) + 2, rank)  # the last two begin and end a text
        self.wide = nn.Linear(rank, SIZE, bias=False)
        self.places = nn.Embedding(longest + 2, SIZE)
        self.norm = nn.LayerNorm(SIZE, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.answer = nn.Linear(SIZE, heads)
        self.dropped = nn.Dropout(0.1)
        nn.init.normal_(self.answer.weight, std=0.02)
        self._begin(pieces, _KEPT[layers])

    def forward(self, texts: Sequence[Sequence[int]]) -> torch.Tensor:
        begin = self.table.num_embeddings - 2
        width = max(map(len, texts)) + 2
        ids = torch.zeros(len(texts), width, dtype=torch.long)
        there = torch.zeros(len(texts), width, dtype=torch.bool)
        for row, text in enumerate(texts):
            ids[row, : len(text) + 2] = torch.tensor([begin, *text, begin + 1])
            there[row, : len(text) + 2] = True
        state = self.dropped(self.norm(self.wide(self.table(ids)) + self.places.weight[:width]))
        for layer in self.layers:
            state = layer(state, there[:, None, None, :])
        mean = (state * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)
        return self.answer(self.dropped(mean))

    def _begin(self, pieces: Sequence[str], kept: Sequence[int]) -> None:
        """From the weights of the public encoder, its table by its principal directions."""
        found = {name: torch.tensor(one) for name, one in MiniLM().weights.items()}
        rows = found["embeddings.word_embeddings.weight"]
        known = {piece: at for at, piece in enumerate(vocabulary())}
        means = {sign: rows[[known[word] for word in names(sign) if word in known]].mean(0) for sign in (ONE, MANY)}
        table = torch.stack(
            [means[piece] if piece in means else rows[known.get(piece, 0)] for piece in pieces]
            + [rows[known["[CLS]"]], rows[known["[SEP]"]]]
        )
        _, directions = torch.linalg.eigh(table.T @ table)
        turned = directions.flip(1)[:, : self.table.embedding_dim]
        # The sign of a direction is arbitrary, and differs between libraries: its largest entry is made positive.
        turned = turned * torch.sign(turned.gather(0, turned.abs().argmax(0)[None]))
        with torch.no_grad():
            self.table.weight.copy_(table @ turned)
            self.wide.weight.copy_(turned)
            places = found["embeddings.position_embeddings.weight"][: self.places.num_embeddings]
            self.places.weight.copy_(places + found["embeddings.token_type_embeddings.weight"][0])
            _copy(self.norm, found, "embeddings.LayerNorm")
            for layer, number in zip(self.layers, kept, strict=True):
                name = f"encoder.layer.{number}."
                for kind in ("weight", "bias"):
                    parts = [found[f"{name}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
                    getattr(layer.qkv, kind).copy_(torch.cat(parts))
                _copy(layer.out, found, f"{name}attention.output.dense")
                _copy(layer.first, found, f"{name}attention.output.LayerNorm")
                _copy(layer.up, found, f"{name}intermediate.dense")
                _copy(layer.down, found, f"{name}output.dense")
                _copy(layer.second, found, f"{name}output.LayerNorm")


def _copy(module: nn.Module, found: dict[str, torch.Tensor], name: str) -> None:
    module.weight.copy_(found[f"{name}.weight"])
    module.bias.copy_(found[f"{name}.bias"])


def said(encoder: Encoder, texts: Sequence[list[int]], *, batch: int = 64) -> np.ndarray:
    """Answers to many texts, (texts, heads)."""
    encoder.eval()
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    found = np.zeros((len(texts), encoder.answer.out_features), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            found[chosen] = encoder([texts[at] for at in chosen]).numpy()
    encoder.train()
    return found
