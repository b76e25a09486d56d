"""The weights in a C file: the tables in its text. Nothing of it is compiled or run.

Tables are compared, code is not: what the code does with them shows when it is run. In whole numbers the
text holds no scales, only the multiplier of each output: input scale times weight scale over output scale.
So kernels are read relative, as weight times input over output scale, which is what the code multiplies by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats.c_calls import (
    CONSTANT,
    COPY,
    COPY_OFFSET,
    FIRST_ROWS,
    FIRST_WORD,
    ITEM,
    PIXELS,
    TABLE,
    TYPES,
    Call,
    list_calls,
)
from edgemnist.formats.c_packing import Packing, unpack
from edgemnist.formats.multipliers import FIRST_BIT, LEFT_OUT, is_short
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights, Origin, Scales
from edgemnist.formats.weights.layouts import Budget, Stored, make_layer, store_floats, store_integers

CONTRACT = re.compile(r"^ \* contract: (\{.*\})$", re.MULTILINE)
# How many numbers a window takes in a constant: `geometry` in the kernels.
GEOMETRY = 12
# A grouped convolution's: dilation, and the channels and outputs of a group.
GROUPS = 4
# How many numbers say how two operands meet, and by how many bits the kernel of a sum shifts them to the left.
PAIRING, ADD_SHIFT = 6, 20
# Kernels whose tables are code rather than weights; and that of groups of channels.
WITHOUT_WEIGHTS, GROUPED = ("function", "resize_nearest", "resize_bilinear"), "grouped_conv"
# How many fields a quantizer has; of packed weights the others follow it, first of all the biases of 16 bits.
QUANTIZER, NONE = 7, "NULL"
# How many names of tables of 16 bits stand before a packing: of biases and of multipliers.
SHORT = 2
# Kernels that may take the window of a pooling behind their constant: the pooling is then part of them.
POOLED = ("conv", "packed_conv")
# Kernels with packed weights.
PACKED = ("packed_dense", "packed_conv", "packed_depthwise")
# Kernels that skip zeros take the weights input by input: dense layers where these words are in the text, and
# convolutions where those are.
SPARSE, SPARSE_CONV, SPARSE_PACKED = "push_column(", "push_row(", "add_digits("


def read_contract(text: str, name: str) -> Contract:
    """Return the contract in the text of generated C.

    Raises:
        ModelError: There is none, or it is damaged.
    """
    found = CONTRACT.search(text)
    if found is None:
        raise ModelError(f"{name}: not a C model made by edgemnist: no contract inside", "export one: edgemnist export")
    return Contract.from_json(found[1], name)


def read_weights(content: bytes, name: str) -> ModelWeights:
    """Read a `.c` file; see `edgemnist.formats.weights.read_weights`."""
    text = content.decode("utf-8", "replace")
    contract = read_contract(text, name)
    try:
        return _Reader(text, contract, Budget(len(content))).read()
    except (ValueError, IndexError, KeyError, TypeError, ZeroDivisionError, OverflowError) as error:
        raise ModelError(f"{name}: its tables can't be read: {error}", "copy or export it again") from error


class _Reader:
    """Reads the calls of the kernels, the constants that they name, and the tables that these name."""

    def __init__(self, text: str, contract: Contract, budget: Budget) -> None:
        self._budget = budget
        self._tables = {match[2]: match for match in TABLE.finditer(text)}
        self._constants = {match[2]: ITEM.findall(match[3]) for match in CONSTANT.finditer(text)}
        self._calls = list_calls(text)
        self._by_input = {
            "dense": SPARSE in text, "conv": SPARSE_CONV in text, "depthwise": True,
            "packed_dense": SPARSE_PACKED in text,
        }  # fmt: skip
        self._scale = contract.output.scale
        self._used: set[str] = set()
        self._unread: list[str] = []

    def read(self) -> ModelWeights:
        layers = [self._read_layer(call) for call in self._calls if self._find_kind(call)]
        self._used |= {name for call in self._calls if call.kind in WITHOUT_WEIGHTS for name in call.arguments}
        pixels = self._read_pixel_step()
        scales = self._read_scales(*pixels, self._scale) if self._scale is not None else None
        unread = (*self._unread, *(f"table {name}" for name in self._tables if name not in self._used))
        joins = tuple(call.kind for call in self._calls if call.joins)
        return ModelWeights(tuple(layers), unread, joins, scales=scales)

    def _read_scales(self, pixel_step: float, pixel_slack: float, output_scale: float) -> Scales:
        """Follow the scales of values from the pixels through the working memory."""
        values = {PIXELS: Origin(None), FIRST_WORD: Origin(None), FIRST_ROWS: Origin(None)}
        inputs: list[Origin] = []
        joins: list[tuple[Origin, Origin]] = []
        output = FIRST_WORD
        for call in self._calls:
            pointers = call.pointers
            ratios = RATIOS[call.kind](self, call) if call.kind in RATIOS else [1.0]
            found = [_get(values, pointer, ratio) for pointer, ratio in zip(pointers, ratios, strict=False)]
            output = pointers[len(ratios)]
            if self._find_kind(call):
                inputs += found
                found = [Origin(len(inputs) - 1)]
            elif call.kind == COPY and call.arguments[COPY_OFFSET] != "0":  # beside what was copied there before
                found.insert(0, _get(values, output))
            joins += [(found[0], other) for other in found[1:]]
            values[output] = found[0]
        return Scales(pixel_step, pixel_slack, tuple(inputs), tuple(joins), values[output], output_scale)

    def _read_table(self, name: str) -> NDArray[Any]:
        match = self._tables[name]
        self._used.add(name)
        self._budget.take((int(match[3]),))
        values = np.fromstring(match[4].replace("f", "") if match[1] == "float" else match[4], sep=",")
        if values.size != int(match[3]):
            raise ValueError(f"table {name} has {values.size} values, expected {match[3]}")
        return values.astype(TYPES[match[1]])

    def _read_pixel_step(self) -> tuple[float, float]:
        """What one pixel value is in stored units, and how far that may be from the truth: half a unit anywhere."""
        if "pixel_values" not in self._tables:
            return 1.0, 0.0
        values = self._read_table("pixel_values").astype(np.float64)
        if values.size != 256 or values[255] == values[0]:
            raise ValueError("table pixel_values is not one rising value a pixel")
        rises, pixels = values[1:] - values[0], np.arange(1, 256)
        step = float(rises[-1]) / 255
        least, most = float(((rises - 0.5) / pixels).max()), float(((rises + 0.5) / pixels).min())
        return step, max(0.0, most / step - 1, 1 - least / step)

    def _find_kind(self, call: Call) -> Kind | None:
        """What a kernel with weights does; None of one without, or in groups of several channels."""
        if call.kind != GROUPED:
            return KINDS.get(call.kind)
        sizes = [int(field) for field in self._get_sizes(call)]
        channels, outputs = sizes[2], sizes[11]
        of_group = sizes[GEOMETRY + 2]
        return "conv" if of_group == channels else "depthwise" if of_group == 1 and outputs >= channels else None

    def _get_sizes(self, call: Call) -> list[str]:
        """The sizes that follow the names of tables in the constant of a layer with weights."""
        fields = self._constants[call.arguments[0]][1 if self._scale is not None else 2 :]
        return fields[: 2 if KINDS.get(call.kind) == "dense" else GEOMETRY + (GROUPS if call.kind == GROUPED else 0)]

    def _read_layer(self, call: Call) -> LayerWeights:
        kind, name, sizes = self._find_kind(call), call.arguments[0], self._get_sizes(call)
        assert kind is not None, "a kernel without weights"
        fields = self._constants[name]
        title = re.sub(r"^layer_\d+_", "", name)
        weights = self._read_table(fields[0])
        if self._scale is None:
            kernel = self._lay_out(call, kind, store_floats(weights), sizes)
            return make_layer(title, kind, kernel, store_floats(self._read_table(fields[1])), "float32")
        quantizer = fields[len(sizes) + 2 :]
        bias_table = quantizer[0]
        if call.kind in PACKED:
            narrow = quantizer[QUANTIZER:]
            weights = self._unpack(weights, kind, sizes, narrow)
            bias_table = quantizer[0] if quantizer[0] != NONE else narrow[0]
            quantizer[1] = quantizer[1] if quantizer[1] != NONE else narrow[1]
        numbers = self._read_numbers(quantizer[1])
        multipliers = self._shift(numbers, quantizer[2])
        kernel = self._lay_out(call, kind, store_integers(weights, np.array(1.0)), sizes)
        kernel = Stored(kernel.values * multipliers, kernel.steps * np.abs(multipliers), kernel.type, kernel.levels)
        bias = store_integers(self._read_table(bias_table), multipliers)
        layer = make_layer(title, kind, kernel, bias, "int8")
        return replace(layer, short=np.broadcast_to(is_short(numbers), layer.bias.shape))

    def _read_multipliers(self, quantizer: list[str]) -> NDArray[np.float32]:
        """Input scale times weight scale over output scale, for each output."""
        return self._shift(self._read_numbers(quantizer[1]), quantizer[2])

    def _shift(self, numbers: NDArray[np.int64], shifts: str) -> NDArray[np.float32]:
        """Multipliers as the real numbers that they are with a table of shifts."""
        return np.ldexp(numbers.astype(np.float64), -self._read_table(shifts).astype(np.int64)).astype(np.float32)

    def _read_numbers(self, name: str) -> NDArray[np.int64]:
        """Multipliers of 31 bits; of short ones the first bit and the last aren't stored."""
        multipliers = self._read_table(name)
        numbers = multipliers.astype(np.int64)
        return FIRST_BIT + (numbers << LEFT_OUT) if multipliers.dtype == np.uint16 else numbers

    def _unpack(self, words: NDArray[Any], kind: Kind, sizes: list[str], more: list[str]) -> NDArray[np.int8]:
        """The weights in words of 16 bits; in `more` the names of biases and multipliers come first."""
        numbers, packing = [int(size) for size in sizes], Packing.read(more[SHORT:])
        count = prod(numbers[:2]) if kind == "dense" else numbers[3] * numbers[4] * numbers[11]
        count *= numbers[2] if kind == "conv" else 1
        self._budget.take((count,))
        return unpack(words, packing, count)

    def _lay_out(self, call: Call, kind: Kind, weights: Stored, sizes: list[str]) -> Stored:
        numbers = [int(size) for size in sizes]
        if kind == "dense":
            shape: tuple[int, ...] = (numbers[0], numbers[1])
        else:
            window = (numbers[3], numbers[4])
            shape = (*window, numbers[2], numbers[11]) if kind == "conv" else (*window, numbers[11])
        if self._by_input.get(call.kind):
            return weights.reshape(shape)
        turned = weights.reshape((shape[-1], *shape[:-1]))
        return turned.transpose((*range(1, len(shape)), 0))

    def _read_ratio(self, call: Call) -> list[float]:
        """Of a rescaling: output over input scale."""
        return [1 / float(self._read_multipliers(self._constants[call.arguments[0]])[0])]

    def _read_mean_ratio(self, call: Call) -> list[float]:
        """Of a mean, whose multiplier has the division by the number of positions in it."""
        return [self._read_ratio(call)[0] / int(call.arguments[1])]

    def _read_function_ratio(self, call: Call) -> list[float]:
        """Of a table, which says nothing of it: what stands beside the call."""
        (before,), after = call.read_steps()
        return [after / before]

    def _read_pair_multipliers(self, call: Call) -> list[float]:
        """Of two operands, behind the pairing and the zero points."""
        multipliers = self._read_multipliers(self._constants[call.arguments[0]][PAIRING + 2 :])
        return [float(value) for value in multipliers]

    def _read_sum_ratios(self, call: Call) -> list[float]:
        """Of a sum: output scale over that of each computed input, which the kernel shifts to the left."""
        output, *inputs = self._read_pair_multipliers(call)
        return call.pick_computed([1 / (output * value * 2**ADD_SHIFT) for value in inputs])

    def _read_product_ratios(self, call: Call) -> list[float]:
        """Of a product, whose multiplier must be that of the steps that stand beside the call."""
        (first, second), after = call.read_steps()
        expected = [first * second / after] if call.kind == "multiply" else [first / after, first * second / after]
        if not np.allclose(self._read_pair_multipliers(call), expected, rtol=1e-3, atol=0):
            self._unread.append(f"another multiplier of {call.arguments[0]}")
        return call.pick_computed([after / first, after / second])

    def _read_extreme_ratios(self, call: Call) -> list[float]:
        """Of the larger or the smaller of two, which have one scale."""
        return call.pick_computed([1.0, 1.0])


def _get(values: dict[str, Origin], pointer: str, ratio: float = 1.0) -> Origin:
    """The origin of the scale of what lies somewhere, times a ratio."""
    if pointer not in values:
        raise ValueError(f"{pointer} is read before it is written")
    return replace(values[pointer], ratio=values[pointer].ratio * ratio)


KINDS: dict[str, Kind] = {
    "dense": "dense", "conv": "conv", "depthwise": "depthwise",
    "packed_dense": "dense", "packed_conv": "conv", "packed_depthwise": "depthwise",
}  # fmt: skip
RATIOS: dict[str, Callable[[_Reader, Call], list[float]]] = {
    "rescaling": _Reader._read_ratio,
    "mean": _Reader._read_mean_ratio,
    "function": _Reader._read_function_ratio,
    "add": _Reader._read_sum_ratios,
    "subtract": _Reader._read_sum_ratios,
    "multiply": _Reader._read_product_ratios,
    "prelu": _Reader._read_product_ratios,
    "maximum": _Reader._read_extreme_ratios,
    "minimum": _Reader._read_extreme_ratios,
}
