"""What is inside generated C: the kernels that it calls, and the tables that they take. Nothing of it is compiled."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from edgemnist.contract.scores import BINARY
from edgemnist.formats import ModelFile
from edgemnist.formats.c_calls import CONSTANT, ITEM, STREAM, TABLE, TYPES, list_calls
from edgemnist.formats.structure import End, Operator, Structure
from edgemnist.formats.weights.c import GEOMETRY, PACKED, POOLED, QUANTIZER, SHORT, read_contract
from edgemnist.formats.weights.layouts import count_levels
from edgemnist.precision import find_by_levels

# Bits of a value of each type of C.
BITS = {"int8_t": 8, "uint8_t": 8, "int16_t": 16, "uint16_t": 16, "int32_t": 32, "float": 32}
# Kernels with weights, and that of them whose windows are placed on the input.
WEIGHTED = frozenset(("dense", "conv", "depthwise", "grouped_conv", "transposed_conv", *PACKED))
DENSE = ("dense", "packed_dense")
TRANSPOSED = "transposed_conv"
# The table that follows the weights, whatever stands between them in a constant.
BIAS_END = "_bias"
# What is part of a convolution that takes its window.
POOLING = "max_pool"
# Where the rows and columns of the output stand among the numbers of a window: `geometry` in the kernels.
OUTPUT_ROWS = 9
# A number that no weight on few levels is.
MANY_LEVELS = re.compile(r"\d\d\d|[2-9]\d")
# Kernels that move values.
MOVING = frozenset(("move", "concatenation"))


def read_structure(file: ModelFile) -> Structure:
    """Read a `.c` file; see `edgemnist.formats.structure.read_structure`."""
    name, text = str(file.path), file.content.decode("utf-8", "replace")
    contract = read_contract(text, name)
    taken, given = contract.input, contract.output
    inputs = End(taken.name, (1, *taken.shape), taken.dtype, taken.scale, taken.zero_point)
    scores = 1 if given.kind in BINARY else len(contract.labels)
    outputs = End(given.name, (1, scores), given.dtype, given.scale, given.zero_point)
    return Structure("c", "C99", (inputs,), (outputs,), tuple(_Reader(text).read()), producer="edgemnist")


@dataclass(frozen=True)
class _Table:
    """A table.

    Args:
        type: Type of its values in C.
        count: How many it says that it has.
        text: The values.
    """

    type: str
    count: int
    text: str

    def name_weights(self) -> str | None:
        """Return the precision of weights on few levels; None of others. One of three digits says so at once."""
        if self.type != "int8_t" or MANY_LEVELS.search(self.text):
            return None
        values = np.unique(np.fromstring(self.text, np.int64, sep=","))
        return find_by_levels(count_levels(values)) if values.size else None


class _Reader:
    """Reads the calls of the kernels, and the tables that these take by their constants."""

    def __init__(self, text: str) -> None:
        self._tables = {match[2]: _Table(match[1], int(match[3][:18]), match[4]) for match in TABLE.finditer(text)}
        self._constants = {match[2]: ITEM.findall(match[3]) for match in CONSTANT.finditer(text)}
        self._calls = [(call.kind, call.arguments) for call in list_calls(text) if call.kind != STREAM]

    def read(self) -> list[Operator]:
        used = [(kind, self._find_tables(words)) for kind, words in self._calls]
        float_tables = any(table.type == "float" for table in self._tables.values())
        default = "float32" if float_tables else "int8"
        operators = []
        for (kind, words), (_, tables) in zip(self._calls, used, strict=True):
            operators.append(self._make(kind, words[0] if words else "", tables, default))
            if kind in POOLED and len(words) > 1 and words[1] in self._constants:
                pooling = self._make(POOLING, words[1], [], default)
                operators.append(replace(pooling, name=words[1].removeprefix(f"{words[0]}_")))
        return operators

    def _find_tables(self, words: list[str]) -> list[_Table]:
        """The tables that are named in a call, or in the constant that it names."""
        names = list(dict.fromkeys([*words, *(item for word in words for item in self._constants.get(word, []))]))
        names.sort(key=lambda name: 0 if name.endswith("_weights") else 1 if name.endswith(BIAS_END) else 2)
        return [self._tables[name] for name in names if name in self._tables]

    def _make(self, kind: str, name: str, tables: list[_Table], default: str) -> Operator:
        weighted = bool(tables) and kind in WEIGHTED
        types = [TYPES.get(table.type, table.type.removesuffix("_t")) for table in tables]
        stored = [table.count for table in tables]
        if kind in PACKED and tables:  # words that hold several int8 values each
            types[0], stored[0] = self._name_packed(kind, name), self._count_weights(kind, name)
        elif weighted:
            types[0] = tables[0].name_weights() or types[0]
        weights, others = (types[0], types[1:2]) if weighted else ("", types)
        dtype = weights if weights.startswith("float") else "float32" if "float32" in types else default
        return Operator(
            kind=kind,
            name=re.sub(r"^layer_\d+_", "", name) if name in self._constants else "",
            dtype=dtype,
            weights=weights,
            others=tuple(dict.fromkeys(others)),
            computes=kind not in MOVING,
            size_bytes=sum(BITS.get(table.type, 0) * table.count for table in tables) // 8,
            parameters=sum(stored[: 2 if weighted else 0]),
            multiplications=self._count(kind, name, stored[0]) if weighted else 0,
        )

    def _count(self, kind: str, name: str, weights: int) -> int | None:
        """Return the products for one image: each weight is used once for each position of its window; else None."""
        if kind in DENSE:
            return weights
        if kind == TRANSPOSED:
            return None
        numbers = self._list_numbers(name)
        return weights * numbers[OUTPUT_ROWS] * numbers[OUTPUT_ROWS + 1] if len(numbers) > OUTPUT_ROWS + 1 else None

    def _name_packed(self, kind: str, name: str) -> str:
        """Return the precision of packed weights; int8 of more than 16 levels."""
        behind = self._constants.get(name, [])[(2 if kind in DENSE else GEOMETRY) + 2 + QUANTIZER + SHORT :]
        return (find_by_levels(int(behind[0])) if behind and behind[0].isdecimal() else None) or "int8"

    def _count_weights(self, kind: str, name: str) -> int:
        """Return how many weights of a layer are packed: the filters' taps, or inputs times outputs."""
        numbers = self._list_numbers(name)
        if kind in DENSE:
            return prod(numbers[:2])
        depth = int(self._constants[name][-2])  # channels that a filter sees, and how many filters see the same
        return numbers[3] * numbers[4] * numbers[11] * depth

    def _list_numbers(self, name: str) -> list[int]:
        """The numbers in a constant, first of all the sizes."""
        return [int(one[:18]) for one in self._constants.get(name, []) if one.isdecimal()]
