"""TFLite models whose weights are of few levels, put together operator by operator."""

from __future__ import annotations

from math import prod

import numpy as np

from edgemnist.exporters.levels import find_short_step
from tests.nets import Net, Scale, schema

# Levels that the weights of a layer may have, by name.
LEVELS = {
    "0 and 1": np.arange(0, 2),
    "-1 and 1": np.array([-1, 1]),
    "ternary": np.arange(-1, 2),
    "2 bits": np.array([-3, -1, 1, 3]),
    "3 bits": np.array([-7, -5, -3, -1, 1, 3, 5, 7]),
    "-2 to 2": np.arange(-2, 3),
    "6 to 11": np.arange(6, 12),
    "-4 to 4": np.arange(-4, 5),
    "4 bits": np.arange(-7, 8),
    "16 odd": np.arange(-15, 16, 2),
    "8 bits": np.arange(-127, 128),
}
# Real 0 is the least of what ReLU gives.
POSITIVE: Scale = (0.02, -128)


class LevelNet(Net):
    """A net of int8 whose weights are random levels, and whose biases fit 16 bits.

    Args:
        levels: Name of the levels.
        each: Whether each output has a scale of its own.
        short: Whether scales are such that multipliers have 16 bits.
    """

    def __init__(self, levels: str = "4 bits", seed: int = 0, *, each: bool = False, short: bool = False) -> None:
        super().__init__(quantized=True, seed=seed)
        self.levels, self.each, self.short = LEVELS[levels], each, short

    def add_weights(self, shape: tuple[int, ...], outputs: int, scale: float = 0.002) -> list[int]:
        """Add levels that make sums about as large as their inputs, whatever `scale` is, and biases."""
        seen = prod(shape) // (shape[-1] if shape[0] == 1 and outputs == shape[-1] else shape[0])
        levels = self.levels.astype(float)
        step = 1.5 / float(np.sqrt(seen) * levels.std() + seen * abs(levels.mean()))
        weights = self.random.choice(self.levels, shape).astype(np.int8)
        bias = self.random.integers(-900, 900, outputs).astype(np.int32)
        found = [self.add_tensor(shape, (step, 0), weights), self.add_tensor((outputs,), (step, 0), bias)]
        if self.each:
            details = self.graph.tensors[found[0]].quantization
            details.scale = (step * self.random.uniform(0.5, 2, outputs)).tolist()
            details.zeroPoint = [0] * outputs
            details.quantizedDimension = 3 if shape[0] == 1 and len(shape) == 4 else 0
        return found

    def build(self) -> bytes:
        """Return the file, whose biases are in the steps of the products that they are added to."""
        for operator in self.graph.operators:
            if len(operator.inputs) == 3:
                values, weights, bias = (self.graph.tensors[index].quantization for index in operator.inputs)
                if self.short:
                    after = self.graph.tensors[operator.outputs[0]].quantization
                    factor = float(np.float32(values.scale[0])) / float(np.float32(after.scale[0]))
                    code = self.model.operatorCodes[operator.opcodeIndex].builtinCode
                    above = code == schema.BuiltinOperator.FULLY_CONNECTED
                    weights.scale = [find_short_step(scale, factor, above=above) for scale in weights.scale]
                bias.scale = [scale * values.scale[0] for scale in weights.scale]
                bias.zeroPoint = [0] * len(bias.scale)
        return super().build()

    def image(self) -> int:
        """Add the view of the pixels as rows and columns."""
        return self.reshape(self.input, (1, 28, 28, 1))

    def conv(
        self, before: int, outputs: int, window: tuple[int, int] = (3, 3), strides: tuple[int, int] = (1, 1),
        *, same: bool = False, depthwise: bool = False, scale: Scale = POSITIVE,
    ) -> int:  # fmt: skip
        """Add a convolution; with ReLU where real 0 is the least of its scale."""
        _, rows, columns, channels = self.graph.tensors[before].shape
        shape = (1, *window, outputs) if depthwise else (outputs, *window, channels)
        kind = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
        options = {"depthMultiplier": outputs // channels} if depthwise else {}
        after = find_places((rows, columns), window, strides, same)
        return self.add(
            kind, [before, *self.add_weights(shape, outputs)], (1, *after, outputs), scale,
            strideH=strides[0], strideW=strides[1], padding=0 if same else 1,
            fusedActivationFunction=int(scale[1] == -128), **options,
        )  # fmt: skip

    def pool(
        self, before: int, size: tuple[int, int] = (2, 2), strides: tuple[int, int] = (2, 2), *,
        same: bool = False, kind: str = "MAX_POOL_2D",
    ) -> int:  # fmt: skip
        """Add a pooling."""
        _, rows, columns, channels = self.graph.tensors[before].shape
        after = find_places((rows, columns), size, strides, same)
        return self.add(
            kind, [before], (1, *after, channels), self.get_scale(before), filterHeight=size[0], filterWidth=size[1],
            strideH=strides[0], strideW=strides[1], padding=0 if same else 1,
        )  # fmt: skip

    def mean(self, before: int) -> int:
        """Add a mean over all places."""
        axes = self.add_tensor((2,), data=np.array([1, 2], np.int32))
        return self.add("MEAN", [before, axes], (1, self.graph.tensors[before].shape[3]), (0.01, -128), keepDims=False)

    def relu_dense(self, before: int, outputs: int) -> int:
        """Add a dense layer with ReLU."""
        made = self.dense(before, outputs, POSITIVE)
        self.graph.operators[-1].builtinOptions.fusedActivationFunction = 1
        return made

    def logits(self, before: int) -> bytes:
        """Add the last dense layer, and return the file."""
        self.dense(before, 10, (0.03, 11))
        return self.build()


def find_places(
    sizes: tuple[int, int], window: tuple[int, int], strides: tuple[int, int], same: bool
) -> tuple[int, ...]:
    """At how many places a window stands, along rows and columns."""
    seen = (1, 1) if same else window
    return tuple(-(-(size - taps + 1) // step) for size, taps, step in zip(sizes, seen, strides, strict=True))


def build_nano(levels: str = "4 bits", seed: int = 0, *, each: bool = False) -> bytes:
    """Three convolutions whose weights and values fit a chip of 16 kB flash and 2 kB RAM."""
    net = LevelNet(levels, seed, each=each)
    values = net.conv(net.image(), 8, strides=(2, 2))
    values = net.pool(net.conv(values, 16))
    return net.logits(net.mean(net.conv(values, 16)))


def build_full(levels: str = "4 bits", seed: int = 0) -> bytes:
    """Five convolutions, the first of them over all pixels."""
    net = LevelNet(levels, seed)
    values = net.image()
    for outputs, pooled in ((8, False), (8, True), (12, False), (12, True), (12, False)):
        values = net.conv(values, outputs)
        values = net.pool(values) if pooled else values
    return net.logits(net.mean(values))


def build_micro(seed: int = 0) -> bytes:
    """Dense layers over means of four pixels each."""
    net = LevelNet("2 bits", seed)
    values = net.relu_dense(net.pool(net.image(), kind="AVERAGE_POOL_2D"), 128)
    net.levels = LEVELS["4 bits"]
    return net.logits(net.relu_dense(values, 64))
