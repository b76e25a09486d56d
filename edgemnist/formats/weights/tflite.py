"""The weights in a `.tflite` file: fully connected layers and convolutions, in each precision."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.multipliers import is_short, round_multipliers
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights
from edgemnist.formats.weights.layouts import (
    DENSE_TO_LAST,
    OUTPUT_FIRST,
    Budget,
    Stored,
    make_layer,
    store_floats,
    store_integers,
)
from edgemnist.formats.weights.tflite_graph import COUNTING, TFLiteGraph, reading

# The largest whole number of 4 bits.
MOST_INT4 = 7
# It takes a shape that may have been computed.
SHAPER = "RESHAPE"
KINDS: dict[str, Kind] = {"FULLY_CONNECTED": "dense", "CONV_2D": "conv", "DEPTHWISE_CONV_2D": "depthwise"}


def read_weights(content: bytes, name: str) -> ModelWeights:
    """Read a `.tflite` file; see `edgemnist.formats.weights.read_weights`."""
    with reading(content, name) as model:
        return _Reader(model, Budget(len(content))).read()


class _Reader(TFLiteGraph):
    """Reads the operators of the one graph, and their constants."""

    def __init__(self, model: Any, budget: Budget) -> None:
        super().__init__(model)
        self._budget = budget

    def read(self) -> ModelWeights:
        layers: list[LayerWeights] = []
        joins: list[str] = []
        unread = [f"{self.graphs} graphs"] if self.graphs > 1 else []
        for kind, operator in self.iterate():
            if kind in KINDS and self.is_constant(operator.Inputs(1)):
                layers.append(self._read_layer(operator, KINDS[kind]))
            else:
                unread += [f"{kind} {self.get_shape(constant)}" for constant in self.list_constants(operator)]
                joins += [kind] if kind != SHAPER and self._count_computed(operator) > 1 else []
        return ModelWeights(tuple(layers), tuple(unread), tuple(joins))

    def _count_computed(self, operator: Any) -> int:
        """How many inputs of an operator are no constants."""
        places = [operator.Inputs(place) for place in range(operator.InputsLength())]
        return sum(index >= 0 and not self.is_constant(index) for index in places)

    def _read_integers(self, index: int) -> NDArray[Any]:
        """The stored numbers, whatever they stand for."""
        tensor, data, kind = self.get_tensor(index), self.get_bytes(index), self.name_type(index)
        if data is not None and self.is_int4(index) and tensor.Sparsity() is None:
            return self._read_halves(data, self.get_shape(index))
        if data is None or not kind or tensor.Sparsity() is not None:
            raise ValueError(f"tensor {tensor.Name()!r} holds no numbers of a known type")
        self._budget.take((data.size,))
        return data.view(np.dtype(kind).newbyteorder("<")).astype(kind).reshape(self.get_shape(index))

    def _read_halves(self, data: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.int8]:
        """Whole numbers of 4 bits, two a byte, the lower half first, -8 … 7."""
        count = prod(shape)
        self._budget.take((count,))
        halves = np.stack([data & 15, data >> 4], axis=1).reshape(-1)[:count]
        return ((halves.astype(np.int8) ^ 8) - 8).reshape(shape)

    def _read_constant(self, index: int) -> Stored:
        index = self.resolve(index)
        values, scales = self._read_integers(index), self.get_scales(index)
        if not scales.size:
            return store_floats(values)
        details = self.get_tensor(index).Quantization()
        zeros = details.ZeroPointAsNumpy() if details.ZeroPointLength() else None
        stored = store_integers(values, scales, zeros, details.QuantizedDimension())
        return replace(stored, type="int4", levels=MOST_INT4) if self.is_int4(index) else stored

    def _read_layer(self, operator: Any, kind: Kind) -> LayerWeights:
        kernel = self._read_constant(operator.Inputs(1))
        if kind == "depthwise":
            kernel = kernel.reshape(kernel.values.shape[1:])
        else:
            kernel = kernel.transpose(DENSE_TO_LAST if kind == "dense" else OUTPUT_FIRST)
        before = operator.Inputs(0)
        place = operator.Inputs(2) if operator.InputsLength() > 2 else -1
        bias = self._read_bias(place, before, kernel) if place >= 0 else None
        activation = self.name_type(before)
        packed = kernel.type == "int4" and self.holds_values(operator.Inputs(1))
        if activation == "float32" and (kernel.type == "int8" or packed):
            activation = "dynamic"
        layer = make_layer(self.name_output(operator), kind, kernel, bias, activation)
        return replace(layer, short=self._find_short(operator, kernel))

    def _find_short(self, operator: Any, kernel: Stored) -> NDArray[np.bool_] | None:
        """Which outputs' multipliers have 17 bits: input scale times weight scale over output scale."""
        before, after = (self.get_scales(index) for index in (operator.Inputs(0), operator.Outputs(0)))
        if kernel.type != "int8" or before.size != 1 or after.size != 1:
            return None
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            real = _take_steps(kernel) * float(before[0]) / float(after[0])
        return is_short(round_multipliers(np.where(np.isfinite(real), real, 0))[0])

    def _read_bias(self, place: int, before: int, kernel: Stored) -> Stored:
        """Kernels add whole numbers in steps of input scale times weight scale, whatever the bias's own says."""
        scales = self.get_scales(before)
        if self.name_type(self.resolve(place)) not in COUNTING or scales.size != 1:
            return self._read_constant(place)
        return store_integers(self._read_integers(place), _take_steps(kernel) * float(scales[0]))


def _take_steps(kernel: Stored) -> NDArray[np.float64]:
    """The step of each output."""
    return np.asarray(kernel.steps.reshape(-1, kernel.steps.shape[-1])[0], np.float64)
