"""What is inside an `.onnx` file."""

from __future__ import annotations

import math
from collections.abc import Iterator

from edgemnist.contract import KEY
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Uncounted
from edgemnist.formats.complexity.onnx import Counter
from edgemnist.formats.onnx import Node, OnnxFile, read_onnx
from edgemnist.formats.structure import MOST_METADATA, End, Operator, Structure, shorten
from edgemnist.formats.structure.onnx_types import MOVING, Types, has_scales
from edgemnist.formats.structure.onnx_versions import find_oldest_runtime
from edgemnist.formats.weights.onnx_graph import COUNTING

# Far more than any classifier of small images has; a file that declares more is not read.
MOST_OPERATORS = 10_000
FAILURES = (ValueError, IndexError, KeyError, TypeError, OverflowError, RecursionError)


def read_structure(file: ModelFile) -> Structure:
    """Read an `.onnx` file; see `edgemnist.formats.structure.read_structure`."""
    found = read_onnx(file.content, str(file.path))
    try:
        return _Reader(found).read()
    except FAILURES as error:
        raise ModelError(f"{file.path}: its operators can't be read: {error}", "copy or export it again") from error


class _Reader:
    """Reads the one graph."""

    def __init__(self, file: OnnxFile) -> None:
        if len(file.nodes) > MOST_OPERATORS:
            raise ValueError(f"{len(file.nodes):,} operators, expected at most {MOST_OPERATORS:,}")
        self._file, self._types, self._counter = file, Types(file), Counter(file)

    def read(self) -> Structure:
        file = self._file
        opset = file.opsets.get("", 0)
        others = [f", {shorten(name)} {number}" for name, number in file.opsets.items() if name]
        return Structure(
            format="onnx",
            version=f"IR {file.ir_version}, opset {opset}{''.join(others[:10])}",
            oldest_runtime=find_oldest_runtime(file.ir_version, opset),
            producer=shorten(file.producer),
            inputs=tuple(self._read_end(name) for name in file.inputs[:100]),
            outputs=tuple(self._read_end(name) for name in file.outputs[:100]),
            operators=tuple(
                self._read_operator(node, dtype)
                for node, dtype in zip(file.nodes, self._types.computed, strict=True)
                if not self._unpacks(node)
            ),
            hidden=tuple(self._list_hidden()),
            metadata={
                shorten(key): shorten(value) for key, value in list(file.metadata.items())[:MOST_METADATA] if key != KEY
            },
            ir_version=file.ir_version,
        )

    def _read_end(self, name: str) -> End:
        shape = tuple(size if size > 0 else None for size in self._file.shapes.get(name, ()))
        return End(shorten(name), shape, self._file.dtypes.get(name, ""))

    def _list_hidden(self) -> Iterator[str]:
        yield from (f"function {shorten(name)}" for name in self._file.functions)
        yield from (f"{node.kind} with a graph inside" for node in self._file.nodes if node.nested)

    def _unpacks(self, node: Node) -> bool:
        """True for what only unpacks a constant, which is shown with the operator that takes it."""
        return bool(node.outputs) and self._types.graph.find_constant(node.outputs[0]) is not None

    def _read_operator(self, node: Node, dtype: str) -> Operator:
        graph, weights = self._types.graph, self._types.find_weights(node)
        found = [graph.find_constant(name) or graph.constants.get(name) for name in node.inputs]
        constants = list({id(one): one for one in found if one is not None}.values())
        others = [one for one in constants if one is not weights and one.dtype not in COUNTING]
        return Operator(
            kind=shorten(node.kind),
            name=shorten(node.outputs[0] if node.outputs else ""),
            dtype=dtype,
            weights=weights.type_name if weights else "",
            others=() if has_scales(node) else tuple(one.type_name for one in others),
            computes=node.kind not in MOVING,
            size_bytes=sum(one.size_bytes for one in constants),
            parameters=sum(math.prod(one.shape) for one in self._counter.list_weights(node)),
            multiplications=self._count(node),
            domain=shorten(node.domain),
        )

    def _count(self, node: Node) -> int | None:
        try:
            return self._counter.multiply(node) // self._counter.count_images()
        except (Uncounted, *FAILURES):
            return None
