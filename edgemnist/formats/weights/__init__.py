"""The weights in a model file, in one layout for all formats, and what their types say of its precision.

A module a format reads them; none loads a runtime, and none loads TensorFlow.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from edgemnist.contract import FormatName
from edgemnist.errors import ModelError
from edgemnist.precision import PrecisionName, find_by_types

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.contract import Contract

Kind = Literal["dense", "conv", "depthwise"]


@dataclass(frozen=True, eq=False)
class LayerWeights:
    """The weights of one layer, as real numbers.

    Args:
        name: in the file.
        kind: what it does with them.
        kernel: float32: dense (inputs, outputs), conv (rows, columns, channels, outputs), depthwise
            (rows, columns, outputs). What a batch normalization after it multiplies by is in it.
        bias: float32 (outputs,), zeros where there is none.
        step: float32 like `kernel`: how far apart two values are that the file can hold; 0 for float32.
        bias_step: the same for `bias`, float32 (outputs,).
        weight_type: that the kernel is stored in, such as "int8".
        activation_type: that the layer's input comes in; "dynamic" is rounded to int8 as it comes.
        levels: the largest stored whole number; 0 for floats.
        short: bool (outputs,): outputs whose multiplier of whole numbers has 17 bits, to which an export moves a step
            of few levels; None where there are no multipliers.
    """

    name: str
    kind: Kind
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    step: NDArray[np.float32]
    bias_step: NDArray[np.float32]
    weight_type: str
    activation_type: str
    levels: int = 0
    short: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Origin:
    """Where the scale of a value comes from.

    Args:
        layer: Layer with weights whose output's scale it is a multiple of, by its place; None for the pixels.
        ratio: Factor.
    """

    layer: int | None
    ratio: float = 1.0


@dataclass(frozen=True, eq=False)
class Scales:
    """What a C file says of scales: only ratios, from which the source's weights make steps.

    Args:
        pixel_step: Stored units that one pixel value is at the input: 1 where the raw pixel is stored.
        pixel_slack: How far, as a share, that may be from the true number, since a table of pixel values is rounded.
        inputs: Origin of the scale of each layer's input.
        joins: Origins of scales that must be the same, since branches meet.
        output: Origin of the scale of the logits.
        output_scale: Scale that the file says the logits have.
    """

    pixel_step: float
    pixel_slack: float
    inputs: tuple[Origin, ...]
    joins: tuple[tuple[Origin, Origin], ...]
    output: Origin
    output_scale: float


@dataclass(frozen=True, eq=False)
class ModelWeights:
    """The weights of a file.

    Args:
        layers: in the order in which they run.
        unread: constants of more than one value that belong to none of them, and operators that hide what
            they do: where there are any, equal layers are not yet an equal model.
        joins: operators that compute with two values that were computed, as only branches and some activation
            functions need; of a Keras file, the layers that may become such operators.
        contract: of a source; None elsewhere.
        scales: of a C file in whole numbers, whose kernels are relative: `kernel` times input over output
            scale, `bias` over output scale. None elsewhere.
    """

    layers: tuple[LayerWeights, ...]
    unread: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    contract: Contract | None = None
    scales: Scales | None = None


def read_weights(content: bytes, format: str, name: str) -> ModelWeights:
    """Read the weights of a model file. Runs nothing.

    Args:
        content: the file.
        format: "keras", "tflite", "onnx" or "c".
        name: of the file, for messages; a Keras file is read as its ending says.

    Raises:
        ModelError: it is damaged, or its format holds no weights to read.
        PackageMissing: what reads the format isn't installed: h5py, ai-edge-litert or protobuf.
    """
    if format not in get_args(FormatName):
        raise ModelError(f"{name}: no weights can be read from {format!r}, expected {', '.join(get_args(FormatName))}")
    module = importlib.import_module(f"edgemnist.formats.weights.{format}")
    found: ModelWeights = module.read_weights(content, name)
    return found


def find_precision(weights: ModelWeights) -> PrecisionName | None:
    """Return the precision that the types in a file say; None where they say none that has a name.

    TensorFlow leaves small kernels of a dynamic model as they are, so floats beside dynamic layers are dynamic.
    """
    pairs = {(layer.weight_type, layer.activation_type) for layer in weights.layers}
    found = {find_by_types(*pair) for pair in pairs}
    if found == {"dynamic", "float32"}:
        return "dynamic"
    return found.pop() if len(found) == 1 else None
