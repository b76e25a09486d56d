"""Where the values of layers are in a `.tflite` file: keys are the numbers of its tensors."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from edgemnist.formats.traces import Grid, Place, TracedLayer
from edgemnist.formats.weights.tflite import KINDS, SHAPER
from edgemnist.formats.weights.tflite_graph import TFLiteGraph, activates, reading

# Operators that belong to the layer before them; the second group does with a constant for each output, up to an
# activation function: a batch normalization after that is no part of the layer in any format.
ACTIVATIONS = ("RELU", "RELU6", "RELU_N1_TO_1")
FUSED = (*ACTIVATIONS, "QUANTIZE", "DEQUANTIZE")
SCALING = ("ADD", "MUL", "SUB")
# What only adds a border: other formats have it in the convolution.
PADDING = ("PAD", "PADV2")


def find_layers(content: bytes, name: str) -> tuple[TracedLayer, ...]:
    """Find them; see `edgemnist.formats.traces.find_layers`."""
    with reading(content, name) as model:
        return _Finder(model).find()


class _Finder(TFLiteGraph):
    """Follows values from the layers with weights on."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._operators = list(self.iterate())
        self._users: dict[int, list[tuple[str, Any]]] = defaultdict(list)
        for kind, operator in self._operators:
            for place in range(operator.InputsLength()):
                self._users[operator.Inputs(place)].append((kind, operator))
        self._shapers = {operator.Outputs(0): operator for kind, operator in self._operators if kind == SHAPER}
        self._padders = {operator.Outputs(0): operator for kind, operator in self._operators if kind in PADDING}
        self._outputs = {self.graph.Outputs(place) for place in range(self.graph.OutputsLength())}

    def find(self) -> tuple[TracedLayer, ...]:
        layers = []
        for kind, operator in self._operators:
            if kind in KINDS and self.is_constant(operator.Inputs(1)):
                last, scaled = self._follow(kind, operator)
                name, before = self.name_output(operator), self._go_back(operator.Inputs(0))
                layers.append(TracedLayer(name, KINDS[kind], self._place(before), self._place(last), scaled))
        return tuple(layers)

    def _follow(self, kind: str, operator: Any) -> tuple[int, bool]:
        """The last tensor of the layer that begins with an operator, and whether it is scaled on the way."""
        index, scaled, active = operator.Outputs(0), False, activates(kind, operator)
        for _ in self._operators:
            users = self._users[index]
            if len(users) != 1 or index in self._outputs or not self._belongs(*users[0], active=active):
                break
            scaled, active = scaled or users[0][0] in SCALING, active or activates(*users[0])
            index = users[0][1].Outputs(0)
        return index, scaled

    def _belongs(self, kind: str, operator: Any, *, active: bool) -> bool:
        if kind in FUSED:
            return True
        return kind in SCALING and not active and any(True for _ in self.list_constants(operator))

    def _go_back(self, index: int) -> int:
        """The tensor that is the same values before a border was added, or before they were laid out anew.

        A view has no memory of its own.
        """
        for _ in self._operators:
            if index not in self._padders:
                break
            index = self._padders[index].Inputs(0)
        if len(self.get_shape(index)) == 2 and index in self._shapers:
            before: int = self._shapers[index].Inputs(0)
            return before if len(self.get_shape(before)) == 2 else index
        return index

    def _place(self, index: int) -> Place:
        scales, kind = self.get_scales(index), self.name_type(index)
        if scales.size != 1 or not kind.startswith(("int", "uint")):
            return Place(str(index))
        limits, details = np.iinfo(kind), self.get_tensor(index).Quantization()
        zero = int(details.ZeroPoint(0)) if details.ZeroPointLength() else 0
        return Place(str(index), Grid(float(scales[0]), zero, int(limits.min), int(limits.max)))
