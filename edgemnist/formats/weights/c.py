"""The weights in a C file: the tables in its text. Nothing of it is compiled or run.

Tables are compared, code is not: what the code does with them shows when it is run. In whole numbers the
text holds no scales, only the multiplier of each output: input scale times weight scale over output scale.
So kernels are read relative, as weight times input over output scale, which is what the code multiplies by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats.weights import Chain, Kind, LayerWeights, ModelWeights
from edgemnist.formats.weights.layouts import Budget, Stored, make_layer, store_floats, store_integers

CONTRACT = re.compile(r"^ \* contract: (\{.*\})$", re.MULTILINE)
TABLE = re.compile(r"^static const (\w+) (\w+)\[(\d+)\] = \{\n([^{}]*)\n\};$", re.MULTILINE)
CONSTANT = re.compile(r"^static const (\w+) (\w+) = \{([^;]*)\};$", re.MULTILINE)
CALL = re.compile(r"^  run_(\w+)\((.*)\);$", re.MULTILINE)
ITEM = re.compile(r"[\w.+-]+")
TYPES = {"int8_t": "int8", "uint8_t": "uint8", "int32_t": "int32", "float": "float32"}
# How many numbers a window takes in a constant: `geometry` in the kernels.
GEOMETRY = 12
# Kernels that skip zeros take the weights input by input.
SPARSE = "push_column("


def read_weights(content: bytes, name: str) -> ModelWeights:
    """Read a `.c` file; see `edgemnist.formats.weights.read_weights`."""
    text = content.decode("utf-8", "replace")
    found = CONTRACT.search(text)
    if found is None:
        raise ModelError(f"{name}: not a C model made by edgemnist: no contract inside", "export one: edgemnist export")
    contract = Contract.from_json(found[1], name)
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
        self._calls = [(match[1], ITEM.findall(match[2])) for match in CALL.finditer(text)]
        self._sparse = SPARSE in text
        self._scale = contract.output.scale
        self._used: set[str] = set()

    def read(self) -> ModelWeights:
        layers, ratios, ratio = [], [], 1.0
        pixel_step = self._read_pixel_step()
        for kind, arguments in self._calls:
            if kind in KINDS:
                layers.append(self._read_layer(KINDS[kind], arguments[0]))
                ratios.append(ratio)
                ratio = 1.0
            elif self._scale is not None and kind in RATIOS:
                ratio *= RATIOS[kind](self, arguments)
        unread = tuple(f"table {name}" for name in self._tables if name not in self._used)
        chain = Chain(pixel_step, tuple(ratios), ratio, self._scale) if self._scale is not None else None
        return ModelWeights(tuple(layers), unread, chain=chain)

    def _read_table(self, name: str) -> NDArray[Any]:
        match = self._tables[name]
        self._used.add(name)
        self._budget.take((int(match[3]),))
        values = np.fromstring(match[4].replace("f", "") if match[1] == "float" else match[4], sep=",")
        if values.size != int(match[3]):
            raise ValueError(f"table {name} has {values.size} values, expected {match[3]}")
        return values.astype(TYPES[match[1]])

    def _read_pixel_step(self) -> float:
        """What one pixel value is in stored units."""
        if "pixel_values" not in self._tables:
            return 1.0
        values = self._read_table("pixel_values").astype(np.float64)
        if values.size != 256 or values[255] == values[0]:
            raise ValueError("table pixel_values is not one rising value a pixel")
        return float(values[255] - values[0]) / 255

    def _read_layer(self, kind: Kind, name: str) -> LayerWeights:
        fields = self._constants[name]
        title = re.sub(r"^layer_\d+_", "", name)
        weights = self._read_table(fields[0])
        if self._scale is None:
            sizes = fields[2:] if kind == "dense" else fields[2 : 2 + GEOMETRY]
            kernel = self._lay_out(kind, store_floats(weights), sizes)
            return make_layer(title, kind, kernel, store_floats(self._read_table(fields[1])), "float32")
        sizes = fields[1:3] if kind == "dense" else fields[1 : 1 + GEOMETRY]
        quantizer = fields[len(sizes) + 2 :]
        multipliers = self._read_multipliers(quantizer)
        kernel = self._lay_out(kind, store_integers(weights, np.array(1.0)), sizes)
        kernel = Stored(kernel.values * multipliers, kernel.steps * np.abs(multipliers), kernel.type, kernel.levels)
        bias = store_integers(self._read_table(quantizer[0]), multipliers)
        return make_layer(title, kind, kernel, bias, "int8")

    def _read_multipliers(self, quantizer: list[str]) -> NDArray[np.float32]:
        """Input scale times weight scale over output scale, for each output."""
        multipliers, shifts = (self._read_table(name).astype(np.float64) for name in quantizer[1:3])
        return np.ldexp(multipliers, -shifts.astype(np.int64)).astype(np.float32)

    def _lay_out(self, kind: Kind, weights: Stored, sizes: list[str]) -> Stored:
        numbers = [int(size) for size in sizes[:GEOMETRY] if size.isdecimal()]
        if kind == "dense":
            shape: tuple[int, ...] = (numbers[0], numbers[1])
        else:
            window = (numbers[3], numbers[4])
            shape = (*window, numbers[2], numbers[11]) if kind == "conv" else (*window, numbers[11])
        if kind == "depthwise" or self._sparse:
            return weights.reshape(shape)
        turned = weights.reshape((shape[-1], *shape[:-1]))
        return turned.transpose((*range(1, len(shape)), 0))

    def _read_ratio(self, arguments: list[str]) -> float:
        """Of a rescaling: output over input scale."""
        return 1 / float(self._read_multipliers(self._constants[arguments[0]])[0])

    def _read_mean_ratio(self, arguments: list[str]) -> float:
        """Of a mean, whose multiplier has the division by the number of positions in it."""
        return self._read_ratio(arguments) / int(arguments[1])


KINDS: dict[str, Kind] = {"dense": "dense", "conv": "conv", "depthwise": "depthwise"}
RATIOS: dict[str, Callable[[_Reader, list[str]], float]] = {
    "rescaling": _Reader._read_ratio,
    "mean": _Reader._read_mean_ratio,
}
