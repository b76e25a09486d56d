"""What is inside a `.tflite` file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from edgemnist.contract import KEY
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Uncounted
from edgemnist.formats.complexity.tflite import WEIGHTED, Counter
from edgemnist.formats.structure import DYNAMIC, MOST_METADATA, End, Operator, Structure, shorten
from edgemnist.formats.weights.tflite_graph import COUNTING, TYPE_NAMES, reading

# Operators that compute nothing: what they give are values that they took, moved, rounded or cast.
MOVING = frozenset((
    "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "PAD", "PADV2", "MIRROR_PAD", "SLICE", "STRIDED_SLICE", "SPLIT",
    "SPLIT_V", "CONCATENATION", "PACK", "UNPACK", "GATHER", "GATHER_ND", "SHAPE", "QUANTIZE", "DEQUANTIZE", "CAST",
    "DEPTH_TO_SPACE", "SPACE_TO_DEPTH", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "BROADCAST_TO", "TILE", "FILL",
))  # fmt: skip
# Operators with weights, also such whose multiplications aren't counted; each has them second.
HEAVY = frozenset((
    *WEIGHTED, "CONV_3D", "CONV_3D_TRANSPOSE", "BATCH_MATMUL", "SVDF", "RNN", "LSTM", "EMBEDDING_LOOKUP",
    "UNIDIRECTIONAL_SEQUENCE_RNN", "UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_RNN",
    "BIDIRECTIONAL_SEQUENCE_LSTM",
))  # fmt: skip
WEIGHTS = 1
# The name of the metadata in which TensorFlow's converter notes the oldest TensorFlow whose runtime has all operators.
OLDEST = "min_runtime_version"


def read_structure(file: ModelFile) -> Structure:
    """Read a `.tflite` file; see `edgemnist.formats.structure.read_structure`."""
    with reading(file.content, str(file.path)) as model:
        return _Reader(model).read()


class _Reader(Counter):
    """Reads the one graph."""

    def read(self) -> Structure:
        metadata = dict(self._list_metadata())
        oldest = metadata.get(OLDEST, "")
        graph = self.graph
        return Structure(
            format="tflite",
            version=f"schema {self._model.Version()}",
            oldest_runtime=f"TensorFlow Lite {oldest}, as its converter says" if oldest else "",
            producer=shorten((self._model.Description() or b"").decode(errors="replace")),
            operators=tuple(self._read_operator(kind, operator) for kind, operator in self.iterate()),
            inputs=tuple(self._read_end(graph.Inputs(place)) for place in range(min(graph.InputsLength(), 100))),
            outputs=tuple(self._read_end(graph.Outputs(place)) for place in range(min(graph.OutputsLength(), 100))),
            hidden=(f"{self.graphs - 1} more graphs, the bodies of loops and branches",) if self.graphs > 1 else (),
            metadata=metadata,
        )

    def _list_metadata(self) -> Iterator[tuple[str, str]]:
        for place in range(min(self._model.MetadataLength(), MOST_METADATA)):
            entry = self._model.Metadata(place)
            name = (entry.Name() or b"").decode(errors="replace")
            if name != KEY:
                yield shorten(name), _phrase(self._model.Buffers(entry.Buffer()))

    def _name_dtype(self, index: int) -> str:
        return TYPE_NAMES.get(self.get_tensor(index).Type(), "")

    def _read_end(self, index: int) -> End:
        tensor, shape = self.get_tensor(index), self.get_shape(index)
        signature = [tensor.ShapeSignature(axis) for axis in range(min(tensor.ShapeSignatureLength(), len(shape)))]
        sizes = [None if size < 0 else size for size in (signature if len(signature) == len(shape) else shape)]
        scales, details = self.get_scales(index), tensor.Quantization()
        zeros = details.ZeroPointLength() if details is not None else 0
        scale = float(scales[0]) if scales.size else None
        zero_point = (int(details.ZeroPoint(0)) if zeros else 0) if scales.size else None
        name = shorten((tensor.Name() or b"").decode(errors="replace"))
        return End(name, tuple(sizes), self._name_dtype(index), scale, zero_point)

    def _read_operator(self, kind: str, operator: Any) -> Operator:
        indices = [operator.Inputs(place) for place in range(operator.InputsLength())]
        weighted = kind in HEAVY and len(indices) > WEIGHTS and self.is_constant(indices[WEIGHTS])
        weights = self._name_dtype(self.resolve(indices[WEIGHTS])) if weighted else ""
        constants = dict.fromkeys(self.resolve(one) for one in indices if one >= 0 and self.is_constant(one))
        real = [one for one in constants if self._is_real(one)]
        others = [one for one in real if not weighted or one != self.resolve(indices[WEIGHTS])]
        dtype = self._name_computed(kind, operator, indices)
        unpacked = weighted and not self.holds_values(indices[WEIGHTS])  # then the operator takes floats
        if dtype == "float32" and weights.startswith(("int", "uint")) and not unpacked:
            dtype = DYNAMIC
        sizes = [0 if (data := self.get_bytes(one)) is None else data.size for one in constants]
        return Operator(
            kind=self._name_kind_of(kind, operator),
            name=shorten(self.name_output(operator)),
            dtype=dtype,
            weights=weights,
            others=tuple(map(self._name_dtype, others)),
            computes=kind not in MOVING,
            size_bytes=int(sum(sizes)),
            parameters=sum(math.prod(self.get_shape(one)) for one in self.list_weights(kind, operator)),
            multiplications=self._count(kind, operator),
            domain="custom" if kind == "CUSTOM" else "",
        )

    def _name_computed(self, kind: str, operator: Any, indices: list[int]) -> str:
        """Return the type of the values that it takes; of a float among whole numbers, the float."""
        if kind == "TRANSPOSE_CONV":  # its first input is a shape
            indices = indices[2:]
        computed = [one for one in indices if one >= 0 and not self.is_constant(one)]
        gives = [operator.Outputs(place) for place in range(operator.OutputsLength())]
        types = [self._name_dtype(one) for one in (*computed, *gives)]
        if kind == "QUANTIZE":  # between two types: what it gives is what the operators behind it take
            types = types[-1:]
        return next((one for one in types if "float" in one), types[0] if types else "")

    def _is_real(self, index: int) -> bool:
        """True for a constant that stands for real numbers; others are shapes and indices."""
        return self._name_dtype(index) not in COUNTING or self.get_scales(index).size > 0

    def _count(self, kind: str, operator: Any) -> int | None:
        try:
            return self.multiply(kind, operator)
        except Uncounted:
            return None

    def _name_kind_of(self, kind: str, operator: Any) -> str:
        """Return its kind; a custom operator's own name."""
        code = self._model.OperatorCodes(operator.OpcodeIndex()).CustomCode() if kind == "CUSTOM" else None
        return shorten(code.decode(errors="replace")) if code else kind


def _phrase(buffer: Any) -> str:
    """Return what a buffer of metadata holds, if that is a line of text; else its size."""
    content = buffer.DataAsNumpy().tobytes() if buffer.DataLength() else b""
    text = content.rstrip(b"\0").decode(errors="replace")
    return shorten(text) if text.isprintable() else f"{len(content):,} bytes"
