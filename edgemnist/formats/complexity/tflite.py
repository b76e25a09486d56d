"""What a TFLite model takes, counted from the shapes of its tensors."""

from __future__ import annotations

import math
import re
from typing import Any

from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, Uncounted
from edgemnist.formats.weights.tflite_graph import TFLiteGraph, reading

# Operators with weights, which are their second input.
WEIGHTED = ("FULLY_CONNECTED", "CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV")
# Operators that multiply in another way, or whose inside isn't seen.
OTHERS = re.compile(r"MATMUL|CONV_3D|LSTM|RNN|SVDF|CUSTOM|DELEGATE|WHILE|^IF$|CALL|STABLEHLO|operator")


def count_complexity(file: ModelFile) -> Complexity:
    """Count a `.tflite` file; see `edgemnist.formats.complexity.count_complexity`."""
    with reading(file.content, str(file.path)) as model:
        return Counter(model).count()


class Counter(TFLiteGraph):
    """Counts the operators of the one graph; a constant that several share is counted once."""

    def count(self) -> Complexity:
        """Count all of them."""
        constants: set[int] = set()
        multiplications, uncounted = 0, ""
        for kind, operator in self.iterate():
            constants |= set(self.list_weights(kind, operator))
            try:
                multiplications += self.multiply(kind, operator)
            except Uncounted as reason:
                uncounted = uncounted or str(reason)
        parameters = sum(math.prod(self.get_shape(constant)) for constant in constants)
        return Complexity(parameters, None if uncounted else multiplications, uncounted)

    def list_weights(self, kind: str, operator: Any) -> set[int]:
        """Return the constants that an operator computes with: of one with weights, a bias of a single value, too."""
        found = set(self.list_constants(operator))
        if kind in WEIGHTED:
            places = [operator.Inputs(place) for place in range(operator.InputsLength())]
            places = places[1::2] if kind == "TRANSPOSE_CONV" else places[1:]  # its others are a shape and the image
            found |= {self.resolve(index) for index in places if index >= 0 and self.is_constant(index)}
        return found

    def multiply(self, kind: str, operator: Any) -> int:
        """Return the products of an operator for one image.

        Raises:
            Uncounted: They aren't known.
        """
        if OTHERS.search(kind):
            raise Uncounted(f"{kind} isn't of a kind that is counted")
        if kind not in WEIGHTED:
            return 0
        weights = self.get_shape(operator.Inputs(1))
        return self._count_positions(kind, operator, weights) * math.prod(weights)

    def _count_positions(self, kind: str, operator: Any, weights: tuple[int, ...]) -> int:
        """Return how many times the weights are used for one image: its share of a batch that is fixed."""
        if kind == "TRANSPOSE_CONV":  # each value of the image is multiplied by all weights of its channel
            values, channels = self.get_shape(operator.Inputs(2)), weights[3]
        else:
            values = self.get_shape(operator.Outputs(0))
            channels = weights[3] if kind == "DEPTHWISE_CONV_2D" else weights[0]
        images = self.get_shape(self.graph.Inputs(0))[0]
        if min(*values, *weights, images) < 1:
            raise Uncounted(f"the file doesn't say what shape {kind} gives")
        return math.prod(values) // (channels * images)
