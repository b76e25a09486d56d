"""What is inside a `.keras` or `.h5` file: its layers, with the types and sizes of their variables."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Uncounted
from edgemnist.formats.complexity.keras import list_values, multiply
from edgemnist.formats.keras import find_kind, read_member
from edgemnist.formats.keras_layers import KerasLayer, is_seed, read_layers, reading
from edgemnist.formats.structure import DYNAMIC, End, Operator, Structure, shorten

METADATA_MEMBER = "metadata.json"
INPUT = "InputLayer"
# Layers that compute nothing when a model answers.
MOVING = frozenset((
    INPUT, "Reshape", "Flatten", "Permute", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "ZeroPadding2D",
    "Cropping2D", "RepeatVector", "Concatenate", "GaussianNoise", "GaussianDropout", "Identity",
))  # fmt: skip


def read_structure(file: ModelFile) -> Structure:
    """Read a Keras file; see `edgemnist.formats.structure.read_structure`. Keras isn't loaded."""
    with reading(str(file.path)):
        kind = find_kind(file.path, file.content)
        if kind == "folder":
            return Structure(
                "keras", "SavedModel", hidden=("the functions of a SavedModel, which only TensorFlow reads",)
            )
        metadata = _read_metadata(file.content) if kind == "archive" else {}
        layers = read_layers(file.content, str(file.path)).layers
        version = metadata.get("keras_version", "")
        return Structure(
            format="keras",
            version=f"archive of Keras {version}".strip() if kind == "archive" else "HDF5 of Keras",
            oldest_runtime=("Keras 3" if version.startswith("3.") else "Keras 2.12") if kind == "archive" else "",
            producer=f"Keras {version}" if version else "",
            inputs=tuple(_read_end(layer) for layer in layers if layer.kind == INPUT),
            operators=tuple(_read_operator(layer) for layer in layers if layer.kind != INPUT),
            metadata={shorten(key): shorten(value) for key, value in metadata.items()},
        )


def _read_metadata(content: bytes) -> dict[str, str]:
    """What Keras notes of itself; none in a file that has no such member."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if METADATA_MEMBER not in archive.namelist():
            return {}
        found = json.loads(read_member(archive, METADATA_MEMBER, len(content)))
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _read_end(layer: KerasLayer) -> End:
    shape = layer.config.get("batch_shape", layer.config.get("batch_input_shape")) or ()
    sizes = tuple(size if type(size) is int else None for size in list(shape)[:8])
    return End(shorten(layer.name), sizes, _name_dtype(layer))


def _name_dtype(layer: KerasLayer) -> str:
    """The type that a layer computes with: its own, or that of its policy; "dynamic" of one quantized by Keras."""
    found: Any = layer.config.get("dtype")
    if isinstance(found, dict):
        policy = found.get("config", {})
        if policy.get("mode") == "int8" and _rounds_input(layer):
            return DYNAMIC
        found = policy.get("name", policy.get("source_name"))
    name = shorten(str(found or ""))
    return name.removeprefix("mixed_")


def _rounds_input(layer: KerasLayer) -> bool:
    """True unless a layer's settings say that its weights alone are quantized; older Keras has no such settings."""
    settings = (layer.config.get("quantization_config") or {}).get("config", {})
    return settings.get("activation_quantizer", True) is not None


def _read_operator(layer: KerasLayer) -> Operator:
    variables = [one for one in layer.variables if not is_seed(one)]
    weighted = bool(variables) and variables[0].ndim > 1
    rest = variables[1:] if weighted else variables
    return Operator(
        kind=shorten(layer.kind),
        name=shorten(layer.name),
        dtype=_name_dtype(layer) or (str(variables[0].dtype) if variables else ""),
        weights=str(variables[0].dtype) if weighted else "",
        others=tuple(dict.fromkeys(str(one.dtype) for one in rest)),
        computes=layer.kind not in MOVING,
        size_bytes=sum(int(one.nbytes) for one in variables),
        parameters=sum(list_values(layer)),
        multiplications=_count(layer),
    )


def _count(layer: KerasLayer) -> int | None:
    if not list_values(layer):
        return 0
    try:
        return multiply(layer)
    except Uncounted:
        return None
