"""A small encoder that reads a text as a whole, in whole numbers where it counts.

Two engines do the same arithmetic: ONNX Runtime, and numpy where that is not installed. Weights are int8 of seven
bits, one scale for each column; what comes in is brought to eight bits by the range of the text at hand. Sums of such
products are exact in both: as whole numbers in the one, in the other as floating-point numbers that stay below 2**24.
Seven bits, since processors without VNNI add two products in sixteen bits and would saturate.

Sources: Devlin et al. (2019), BERT; Wang et al. (2020), MiniLM; `DynamicQuantizeLinear` of the ONNX operators.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab._optional import need
from trimtab.builtin.detectors.learned.features import Floats
from trimtab.errors import DetectorError, MissingPackageError

SIZE, HEADS_OF_ATTENTION = 384, 12
LONGEST = 126
"""Pieces that are read at once, without the two that begin and end a text."""
EPSILON = 1e-12
LINEAR = ("qkv", "out", "up", "down")
_EXACT = 1_024  # products of eight and seven bits of which the sum stays below 2**24
_ONE = np.float32(1)


class Encoder:
    """Answers of some heads to texts given as word pieces.

    Args:
        arrays: `table`, int8 (pieces and the two ends, rank) with `table_scale`; `wide` (rank, SIZE); `places`
            (LONGEST + 2, SIZE); of each layer the four of `LINEAR`, int8 (in, out), with scale and bias, and two
            normalisations; `answer` (SIZE, heads) with bias.
        graph: The encoder as an ONNX model without weights; None for numpy.

    Raises:
        DetectorError: The arrays do not fit together.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], graph: bytes | None = None) -> None:
        self._arrays = arrays
        try:
            self._layers = layers_of(arrays)
            self._scaled = scaled(arrays)
            self._begin = len(arrays["table"]) - 2
            fits = self._scaled.shape[1] == SIZE and arrays["places"].shape == (LONGEST + 2, SIZE)
            fits = fits and arrays["table"].dtype == np.int8 and self._begin > 0
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise DetectorError("learned", f"its arrays are not an encoder ({type(error).__name__})") from error
        if not fits or not self._layers:
            raise DetectorError("learned", "the arrays of its encoder do not fit together")
        self._session = None if graph is None else _session(graph, arrays)

    @property
    def engine(self) -> str:
        """`onnxruntime` or `numpy`."""
        return "numpy" if self._session is None else "onnxruntime"

    def answers(self, pieces: Sequence[int]) -> Floats:
        """Log-odds before calibration, (heads,); of more than `LONGEST` pieces the first are read."""
        ids = [self._begin, *pieces[:LONGEST], self._begin + 1]
        if self._session is None:
            rows = self._arrays["table"].take(ids, axis=0).astype(np.float32) @ self._scaled
            state = _normal(rows + self._arrays["places"][: len(ids)], self._arrays, "norm")
            for layer in range(self._layers):
                state = _layer(state, self._arrays, layer)
            mean = state.mean(0)
        else:
            # All of it there: a product in numpy is spread over every core, and waits for those that others use.
            (mean,) = self._session.run(None, {"ids": np.array(ids, np.int64)})
        return np.asarray(mean @ self._arrays["answer.weight"] + self._arrays["answer.bias"], np.float32)


def with_best_engine(arrays: Mapping[str, NDArray[Any]], graph: bytes) -> Encoder:
    """With ONNX Runtime where it is installed; else with numpy, which takes several times as long."""
    try:
        return Encoder(arrays, graph)
    except MissingPackageError:
        return Encoder(arrays)


def layers_of(arrays: Mapping[str, NDArray[Any]]) -> int:
    """How many layers the arrays hold; all of each, or it is none."""
    wanted = [f"{one}.{part}" for one in LINEAR for part in ("weight", "scale", "bias")]
    wanted += [f"{one}.{part}" for one in ("first", "second") for part in ("weight", "bias")]
    count = 0
    while f"{count}.qkv.weight" in arrays:
        of_layer = {name: arrays[f"{count}.{name}"] for name in wanted}
        for one in LINEAR:
            weight, rest = of_layer[f"{one}.weight"], [of_layer[f"{one}.{part}"] for part in ("scale", "bias")]
            if weight.dtype != np.int8 or any(part.shape != weight.shape[1:] for part in rest):
                raise TypeError(one)
        if not all(array.dtype == np.float32 for name, array in of_layer.items() if array.ndim == 1):
            raise TypeError("not float32")
        count += 1
    return count


def _session(graph: bytes, arrays: Mapping[str, NDArray[Any]]) -> Any:
    library = need("onnxruntime", extra="guard")
    library.disable_telemetry_events()
    options = library.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # a text is short, and others want the cores
    options.log_severity_level = 3
    names = weights_of(arrays)
    # They live as long as the session does: it holds what it was given.
    values = [library.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(names[name])) for name in names]
    options.add_external_initializers(list(names), values)
    try:
        return library.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise DetectorError("learned", f"its encoder does not load ({type(error).__name__})") from error


def scaled(arrays: Mapping[str, NDArray[Any]]) -> Floats:
    """What makes a state, (SIZE,), of a row of `table` as it is stored, (rank, SIZE)."""
    return np.asarray(arrays["wide"] * arrays["table_scale"][:, None], np.float32)


def weights_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays that the graph asks for by name."""
    found = {name: arrays[name] for name in ("table", "places", "norm.weight", "norm.bias")}
    found["scaled"] = scaled(arrays)
    for layer in range(layers_of(arrays)):
        for one in LINEAR:
            name = f"{layer}.{one}"
            found |= {f"{name}.{part}": arrays[f"{name}.{part}"] for part in ("weight", "scale", "bias")}
        for one in ("first", "second"):
            found |= {f"{layer}.{one}.{part}": arrays[f"{layer}.{one}.{part}"] for part in ("weight", "bias")}
    return found


def _layer(state: Floats, arrays: Mapping[str, NDArray[Any]], layer: int) -> Floats:
    count = len(state)
    parts = _linear(state, arrays, f"{layer}.qkv").reshape(count, 3, HEADS_OF_ATTENTION, -1).transpose(1, 2, 0, 3)
    logits = parts[0] @ parts[1].transpose(0, 2, 1) * np.float32((SIZE // HEADS_OF_ATTENTION) ** -0.5)
    logits = np.exp(logits - logits.max(-1, keepdims=True))
    seen = (logits / logits.sum(-1, keepdims=True)) @ parts[2]
    seen = seen.transpose(1, 0, 2).reshape(count, SIZE)
    state = _normal(state + _linear(seen, arrays, f"{layer}.out"), arrays, f"{layer}.first")
    up = _linear(state, arrays, f"{layer}.up")
    up *= np.float32(0.5) * (_ONE + _erf(up * np.float32(0.5**0.5)))
    return _normal(state + _linear(up, arrays, f"{layer}.down"), arrays, f"{layer}.second")


def _linear(state: Floats, arrays: Mapping[str, NDArray[Any]], name: str) -> Floats:
    low, high = min(float(state.min()), 0.0), max(float(state.max()), 0.0)
    step = np.float32((np.float32(high) - np.float32(low)) / np.float32(255)) or _ONE
    zero = np.clip(np.rint(np.float32(-low) / step), 0, 255)
    whole = np.clip(np.rint(state / step) + zero, 0, 255) - zero
    weight = arrays[f"{name}.weight"].astype(np.float32)
    found = sum(
        whole[:, first : first + _EXACT] @ weight[first : first + _EXACT] for first in range(0, len(weight), _EXACT)
    )
    return np.asarray(found * (step * arrays[f"{name}.scale"]) + arrays[f"{name}.bias"], np.float32)


def _normal(state: Floats, arrays: Mapping[str, NDArray[Any]], name: str) -> Floats:
    state = state - state.mean(-1, keepdims=True)
    state = state / np.sqrt((state * state).mean(-1, keepdims=True) + np.float32(EPSILON))
    return np.asarray(state * arrays[f"{name}.weight"] + arrays[f"{name}.bias"], np.float32)


def _erf(numbers: Floats) -> Floats:
    from scipy.special import erf  # a tenth of a second, which only this engine needs

    return np.asarray(erf(numbers), np.float32)
