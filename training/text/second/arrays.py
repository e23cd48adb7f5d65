"""From the trained encoder to the arrays that ship."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.text.second.draws import ASKED, LEARNED
from training.text.second.network import Encoder
from trimtab.builtin.detectors.learned.encoder import LINEAR

_WEIGHT, _TABLE = 63, 127  # seven and eight bits; see `encoder`


def arrays_of(encoder: Encoder) -> dict[str, NDArray[Any]]:
    """What `trimtab.builtin.detectors.learned.encoder.Encoder` is made of."""
    table, scale = _whole(encoder.table.weight, _TABLE)
    found: dict[str, NDArray[Any]] = {
        "table": table,
        "table_scale": scale,
        "wide": _plain(encoder.wide.weight.T),
        "places": _plain(encoder.places.weight),
        **_named("norm", encoder.norm),
    }
    for number, layer in enumerate(encoder.layers):
        for name in LINEAR:
            module = getattr(layer, name)
            weight, scale = _whole(module.weight.T, _WEIGHT)
            found |= {f"{number}.{name}.weight": weight, f"{number}.{name}.scale": scale}
            found[f"{number}.{name}.bias"] = _plain(module.bias)
        for name in ("first", "second"):
            found |= _named(f"{number}.{name}", getattr(layer, name))
    kept = [LEARNED.index(head) for head in ASKED]
    found["answer.weight"] = _plain(encoder.answer.weight[kept].T)
    found["answer.bias"] = _plain(encoder.answer.bias[kept])
    return found


def _named(name: str, module: torch.nn.LayerNorm) -> dict[str, NDArray[Any]]:
    return {f"{name}.weight": _plain(module.weight), f"{name}.bias": _plain(module.bias)}


def _plain(tensor: torch.Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.detach().numpy(), np.float32)


def _whole(tensor: torch.Tensor, most: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """By columns."""
    numbers = _plain(tensor)
    scale = np.maximum(np.abs(numbers).max(0) / most, 1e-9).astype(np.float32)
    return np.clip(np.rint(numbers / scale), -most, most).astype(np.int8), scale
