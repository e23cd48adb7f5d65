"""The layers of the encoder as an ONNX model whose weights stand elsewhere, so that they are stored once."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from trimtab.builtin.detectors.learned.encoder import EPSILON, HEADS_OF_ATTENTION, LINEAR, SIZE, layers_of, weights_of

_OPSET, _IR = 20, 9  # what a runtime of two years ago reads
_KINDS = {"int8": TensorProto.INT8, "float32": TensorProto.FLOAT}


class _Graph:
    """Nodes and constants, added one by one."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, kind: str, inputs: list[str], *outputs: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]

    def linear(self, state: str, name: str) -> str:
        parts = [f"{name}.weight", f"{name}.scale", f"{name}.zero", f"{name}.bias"]
        return self.add("DynamicQuantizeMatMul", [state, *parts], f"{name}.said", domain="com.microsoft")

    def normal(self, state: str, added: str, name: str) -> str:
        both = self.add("Add", [state, added], f"{name}.sum")
        parts = [both, f"{name}.weight", f"{name}.bias"]
        return self.add("LayerNormalization", parts, f"{name}.said", axis=-1, epsilon=EPSILON)


def graph_of(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """From `ids`, the numbers of pieces with both ends, to `mean`, (SIZE,)."""
    graph = _Graph()
    split = graph.constant("split", np.array([-1, HEADS_OF_ATTENTION, SIZE // HEADS_OF_ATTENTION]))
    joined = graph.constant("joined", np.array([-1, SIZE]))
    smaller = graph.constant("smaller", np.array((SIZE // HEADS_OF_ATTENTION) ** -0.5, np.float32))
    start, along = graph.constant("start", np.array([0])), graph.constant("along", np.array([0]))
    rows = graph.add("Cast", [graph.add("Gather", ["table", "ids"], "rows.whole")], "rows", to=TensorProto.FLOAT)
    here = graph.add("Slice", ["places", start, graph.add("Shape", ["ids"], "count"), along], "places.here")
    state = graph.normal(graph.add("MatMul", [rows, "scaled"], "wide"), here, "norm")
    for layer in range(layers_of(arrays)):
        for one in LINEAR:
            graph.constant(f"{layer}.{one}.zero", np.zeros(arrays[f"{layer}.{one}.scale"].shape, np.int8))
        said = graph.linear(state, f"{layer}.qkv")
        graph.add("Split", [said], *(f"{layer}.{part}" for part in "qkv"), axis=1, num_outputs=3)
        query, key, value = (
            graph.add(
                "Transpose", [graph.add("Reshape", [f"{layer}.{part}", split], f"{layer}.{part}.split")],
                f"{layer}.{part}.turned", perm=[1, 2, 0] if part == "k" else [1, 0, 2],
            )
            for part in "qkv"
        )  # fmt: skip
        logits = graph.add("Mul", [graph.add("MatMul", [query, key], f"{layer}.product"), smaller], f"{layer}.logits")
        looked = graph.add("Softmax", [logits], f"{layer}.looked", axis=-1)
        seen = graph.add("MatMul", [looked, value], f"{layer}.seen")
        seen = graph.add("Transpose", [seen], f"{layer}.seen.turned", perm=[1, 0, 2])
        seen = graph.add("Reshape", [seen, joined], f"{layer}.seen.joined")
        state = graph.normal(state, graph.linear(seen, f"{layer}.out"), f"{layer}.first")
        up = graph.add("Gelu", [graph.linear(state, f"{layer}.up")], f"{layer}.bent")
        state = graph.normal(state, graph.linear(up, f"{layer}.down"), f"{layer}.second")
    graph.add("ReduceMean", [state, graph.constant("pieces", np.array([0]))], "mean", keepdims=0)
    weights = [_elsewhere(name, one) for name, one in weights_of(arrays).items()]
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["pieces"])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [SIZE])],
        [*graph.constants, *weights],
    )
    sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=sets, ir_version=_IR, producer_name="trimtab").SerializeToString()


def _elsewhere(name: str, array: NDArray[Any]) -> onnx.TensorProto:
    found = onnx.TensorProto(
        name=name, data_type=_KINDS[array.dtype.name], dims=array.shape, data_location=TensorProto.EXTERNAL
    )
    found.external_data.add(key="location", value="encoder.npz")
    return found
