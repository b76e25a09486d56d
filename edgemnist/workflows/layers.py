"""The layers of a model file with their weights: read here if the user trusts the file, else in a child with limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, get_args

import numpy as np

from edgemnist.contract import Contract
from edgemnist.formats import ModelFile
from edgemnist.formats.traces import Grid, Place, TracedLayer, find_layers
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights, Origin, Scales, read_weights
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Buffer, Message
from edgemnist.processes.server import Operations
from edgemnist.workflows.apart import give_reading, read_apart

Layers = tuple[tuple[TracedLayer, ...], ModelWeights]
ARRAYS = ("kernel", "bias", "step", "bias_step")
# A file has at most four values a byte, and each is sent with its step, four bytes each.
MOST_BYTES_PER_BYTE = 64


def read_layers(file: ModelFile, limits: Limits) -> Layers:
    """Read the layers of a model file, and their weights.

    Args:
        file: Model file.
        limits: Time, memory and files that a child process may use.

    Raises:
        ModelError: They can't be read.
        PackageMissing: What reads the format isn't installed.
    """
    if file.trusted:
        return _read(file)
    return read_apart(
        file, "edgemnist.workflows.layers", _read_message, limits,
        crash="the file crashed the reader of layers", most_bytes=MOST_BYTES_PER_BYTE * len(file.content),
    )  # fmt: skip


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the one operation of the child's side."""
    yield give_reading(path, lambda file: _write_message(*_read(file)))


def _read(file: ModelFile) -> Layers:
    content, format, name = file.content, file.format_name or "", str(file.path)
    file.require_own_values("what reads layers")
    return find_layers(content, format, name), read_weights(content, format, name)


def _write_message(layers: Sequence[TracedLayer], weights: ModelWeights) -> Message:
    blobs: list[Buffer] = []
    described = []
    for layer in weights.layers:
        blobs += [np.ascontiguousarray(getattr(layer, name), np.float32).reshape(-1).data for name in ARRAYS]
        rest = {name: value for name, value in vars(layer).items() if name not in ARRAYS}
        short = None if layer.short is None else layer.short.tolist()
        described.append({**rest, "shape": layer.kernel.shape, "short": short})
    fields = {
        "layers": [asdict(layer) for layer in layers],
        "weights": described,
        "unread": weights.unread,
        "joins": weights.joins,
        "contract": weights.contract.to_json() if weights.contract else None,
        "scales": asdict(weights.scales) if weights.scales else None,
    }
    return Message(OK, fields, blobs)


def _read_message(answer: Message) -> Layers:
    fields, blobs = answer.fields, answer.blobs
    layers = tuple(map(_read_layer, fields["layers"]))
    groups = [blobs[start : start + len(ARRAYS)] for start in range(0, len(blobs), len(ARRAYS))]
    weights = tuple(_read_weights(one, group) for one, group in zip(fields["weights"], groups, strict=True))
    contract = Contract.from_json(fields["contract"]) if fields["contract"] else None
    scales = _read_scales(fields["scales"]) if fields["scales"] else None
    unread, joins = (tuple(map(str, fields[name])) for name in ("unread", "joins"))
    return layers, ModelWeights(weights, unread, joins, contract, scales)


def _read_layer(fields: Mapping[str, Any]) -> TracedLayer:
    misread = fields["misread"]
    return TracedLayer(
        str(fields["name"]), _read_kind(fields["kind"]), _read_place(fields["input"]), _read_place(fields["output"]),
        bool(fields["normalized"]), bool(fields["follows"]), None if misread is None else int(misread),
    )  # fmt: skip


def _read_kind(name: object) -> Kind:
    for kind in get_args(Kind):
        if name == kind:
            found: Kind = kind
            return found
    raise ValueError(f"a layer of the kind {str(name)[:20]!r}")


def _read_place(fields: Mapping[str, Any] | None) -> Place | None:
    if fields is None:
        return None
    found = fields["grid"]
    numbers = (int(found[name]) for name in ("zero_point", "low", "high")) if found else ()
    grid = Grid(float(found["scale"]), *numbers) if found else None
    return Place(str(fields["key"]), grid, bool(fields["channels_first"]))


def _read_weights(fields: Mapping[str, Any], blobs: Sequence[Buffer]) -> LayerWeights:
    shape = tuple(map(int, fields["shape"]))
    kernel, bias, step, bias_step = (np.frombuffer(blob, np.float32) for blob in blobs)
    short = None if fields["short"] is None else np.array(fields["short"], np.bool_).reshape(shape[-1:])
    return LayerWeights(
        str(fields["name"]), _read_kind(fields["kind"]), kernel.reshape(shape), bias.reshape(shape[-1:]),
        step.reshape(shape), bias_step.reshape(shape[-1:]), str(fields["weight_type"]), str(fields["activation_type"]),
        int(fields["levels"]), short,
    )  # fmt: skip


def _read_scales(fields: Mapping[str, Any]) -> Scales:
    inputs, output = tuple(map(_read_origin, fields["inputs"])), _read_origin(fields["output"])
    joins = tuple((_read_origin(first), _read_origin(second)) for first, second in fields["joins"])
    step, slack, scale = (float(fields[name]) for name in ("pixel_step", "pixel_slack", "output_scale"))
    if not (0 < abs(step) < float("inf") and 0 < scale < float("inf")):
        raise ValueError(f"steps of {step} and {scale}")
    return Scales(step, slack, inputs, joins, output, scale)


def _read_origin(fields: Mapping[str, Any]) -> Origin:
    layer = fields["layer"]
    return Origin(None if layer is None else int(layer), float(fields["ratio"]))
