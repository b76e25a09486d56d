"""What is inside a model file: its ends, its operators with their types and sizes, its version, its metadata.

A module a format reads it; none loads a runtime, and none loads TensorFlow. What is said of types is read in operators
and constants, never in metadata.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.precision import unwrap_array

# Metadata of others is shown, but not without end: how many entries, and how many letters of each.
MOST_METADATA, MOST_LETTERS = 50, 200
# The activations of an operator with weights that rounds its input to 8 bits as it comes.
DYNAMIC = "dynamic"


@dataclass(frozen=True)
class End:
    """An input or an output.

    Args:
        name: In the file.
        shape: None for a size that is left open.
        dtype: "" where the file doesn't say.
        scale, zero_point: Of whole numbers that stand for real ones; None elsewhere.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    scale: float | None = None
    zero_point: int | None = None


@dataclass(frozen=True)
class Operator:
    """An operator, or a layer of Keras.

    Args:
        kind: Its format's name for what it does.
        name: The layer's, or that of its output.
        dtype: Type that it computes with; "dynamic" where it rounds floats to 8 bits as they come, "" where that isn't
            known. Of float values between two roundings to 8 bits, as ONNX has them, the type that they are rounded to.
        weights: Type of its weights; "" without any.
        others: Types of its other constants that hold real numbers, such as a bias.
        computes: False of one that only moves, rounds or casts values.
        size_bytes: Of all its constants.
        parameters: Values in its weights and its other constants of real numbers.
        multiplications: Products of weights and values for one image; None where they aren't known.
        domain: "" for the format's own operators; else that of the maker who alone has it.
    """

    kind: str
    name: str
    dtype: str
    weights: str = ""
    others: tuple[str, ...] = ()
    computes: bool = True
    size_bytes: int = 0
    parameters: int = 0
    multiplications: int | None = 0
    domain: str = ""

    @property
    def title(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}".strip()

    @property
    def types(self) -> str:
        """Types of what it multiplies, in short."""
        return f"{self.dtype} × {self.weights}" if self.weights and self.weights != self.dtype else self.dtype


@dataclass(frozen=True)
class Structure:
    """What is inside a file.

    Args:
        format: "keras", "tflite", "onnx" or "c".
        version: Of the format, in its own words.
        oldest_runtime: Oldest version of a runtime that reads it; "" where nothing says so.
        producer: What wrote it, as it says.
        inputs, outputs: Its ends.
        operators: In their order.
        hidden: What holds further operators that aren't listed: bodies of loops, functions.
        metadata: As the file has it, cut where it is long; without the contract.
        ir_version: Of ONNX; None elsewhere.
    """

    format: str
    version: str
    inputs: tuple[End, ...] = ()
    outputs: tuple[End, ...] = ()
    operators: tuple[Operator, ...] = ()
    oldest_runtime: str = ""
    producer: str = ""
    hidden: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    ir_version: int | None = None

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Structure:
        """Read what `to_record` gave, and a JSON file may have altered.

        Raises:
            ValueError, TypeError, KeyError: It is none.

        Example:
            >>> found = Structure("onnx", "IR 8", (End("x", (None, 784), "float32"),))
            >>> Structure.from_record(found.to_record()) == found
            True
        """
        texts = {name: _check(record[name], str) for name in ("format", "version", "oldest_runtime", "producer")}
        return cls(
            **texts,
            inputs=tuple(_read_end(one) for one in record["inputs"]),
            outputs=tuple(_read_end(one) for one in record["outputs"]),
            operators=tuple(_read_operator(one) for one in record["operators"]),
            hidden=tuple(_check(one, str) for one in record["hidden"]),
            metadata={_check(key, str): _check(value, str) for key, value in record["metadata"].items()},
            ir_version=_check_or_none(record["ir_version"], int),
        )


def read_structure(file: ModelFile) -> Structure:
    """Read what is inside a file. Runs nothing.

    Args:
        file: Model file of any format, or a C array of a `.tflite` file.

    Raises:
        ModelError: It is damaged, or of a kind whose inside isn't read.
        PackageMissing: What reads the format isn't installed: h5py, ai-edge-litert or protobuf.

    Example:
        >>> found = read_structure(ModelFile.read("exports/model_int8.tflite"))
        >>> [operator.kind for operator in found.operators if operator.weights == "int8"]
        ['FULLY_CONNECTED', 'FULLY_CONNECTED', 'FULLY_CONNECTED']
    """
    inner = unwrap_array(file)
    if inner.format is None:
        raise ModelError(f"{file.path}: not of a format whose inside is read")
    module = importlib.import_module(f"edgemnist.formats.structure.{inner.format.name}")
    found: Structure = module.read_structure(inner)
    return found


def shorten(text: str) -> str:
    """Return a text of a file's metadata, cut where it is long."""
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def _read_end(record: Mapping[str, Any]) -> End:
    shape = tuple(_check_or_none(size, int) for size in record["shape"])
    scale, zero_point = _check_or_none(record["scale"], float), _check_or_none(record["zero_point"], int)
    return End(_check(record["name"], str), shape, _check(record["dtype"], str), scale, zero_point)


def _read_operator(record: Mapping[str, Any]) -> Operator:
    texts = {name: _check(record[name], str) for name in ("kind", "name", "dtype", "weights", "domain")}
    counts = {name: _check(record[name], int) for name in ("size_bytes", "parameters")}
    return Operator(
        **texts,
        **counts,
        others=tuple(_check(one, str) for one in record["others"]),
        computes=_check(record["computes"], bool),
        multiplications=_check_or_none(record["multiplications"], int),
    )


def _check(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__}, expected {kind.__name__}")
    return value


def _check_or_none(value: Any, kind: type) -> Any:
    return None if value is None else _check(value, kind)
