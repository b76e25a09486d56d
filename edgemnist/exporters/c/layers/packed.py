"""Layers whose weights are of few levels and are stored packed: dense, convolution, depthwise convolution."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import ClassVar, TypeGuard

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import WORD_BYTES, Graph, Layer, Scratch, Tables, Weighted
from edgemnist.exporters.c.layers.conv import Conv
from edgemnist.exporters.c.layers.dense import Dense
from edgemnist.exporters.c.layers.depthwise import Depthwise
from edgemnist.exporters.c.layers.fields import format_zero, list_weighted, write_quantizer
from edgemnist.exporters.c.layers.window import Geometry
from edgemnist.exporters.c.packing import BYTES, Packing, find_packing, fits_words
from edgemnist.formats.multipliers import FIRST_BIT, LEFT_OUT, is_short

# A shift above this one needs the high word of a product alone.
HIGH_SHIFT = 32
FILTERS = ("geometry", "vectors", "clip", "packed", "packed_filters")


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedDense(Dense):
    """A dense layer with packed weights.

    Args:
        packing: How they are packed.
    """

    packing: Packing

    kernel: ClassVar[str] = "packed_dense"
    packed: ClassVar[bool] = True

    def name_kernel(self, options: Options) -> str:
        """Return the kernel that skips inputs that are 0, or the one that doesn't."""
        return f"packed_dense_{options.kernels}"

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return what reads packed weights, and quantizes a sum."""
        return ("vectors", "packed", name_quantizer(self))

    def list_tables(self, options: Options) -> Tables:
        """Return words of weights, input by input where inputs that are 0 are skipped, biases and multipliers."""
        return list_packed(self, self.packing, self.weights.T if options.kernels == "sparse" else self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `packed_dense_layer`."""
        outputs, inputs = self.weights.shape
        more = divmod(outputs, self.packing.digits) if options.kernels == "sparse" else ()
        return write_packed(self, self.packing, name, "packed_dense_layer", f"{inputs}, {outputs}", more, options)

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return the int32 sums, each of which is read before the outputs that lie upon it are written."""
        sums = Scratch(int(self.weights.shape[0]), in_output=self.rows == 1)
        return sums if options.kernels == "sparse" else None


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedConv(Conv):
    """A convolution with packed weights, and the max pooling after it, if there is one.

    Args:
        packing: How they are packed.
    """

    packing: Packing

    kernel: ClassVar[str] = "packed_conv"
    packed: ClassVar[bool] = True

    def name_kernel(self, options: Options) -> str:
        """Return the one kernel: zeros are not skipped."""
        return self.kernel

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return what computes rows of outputs."""
        return (*FILTERS, "packed_image", name_quantizer(self))

    def list_tables(self, options: Options) -> Tables:
        """Return words of weights, filter by filter, biases and multipliers."""
        return list_packed(self, self.packing, self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `filters`, and the window of the pooling."""
        g = self.geometry
        more = (g.channels, g.output_channels)
        own = write_packed(self, self.packing, name, "filters", g.write(), more, options)
        return own + (self.pool.write_constant(self.name_pool(name), options) if self.pool else "")

    @property
    def work(self) -> Scratch:
        """The places of the rows that a window sees, and the weights of a filter."""
        return plan_filter(self.geometry, self.geometry.channels)

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return what it works with."""
        return self.work


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedDepthwise(Depthwise):
    """A depthwise convolution with packed weights.

    Args:
        packing: How they are packed.
    """

    packing: Packing

    kernel: ClassVar[str] = "packed_depthwise"
    packed: ClassVar[bool] = True

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return what computes rows of outputs."""
        return (*FILTERS, "packed_image", name_quantizer(self))

    def list_tables(self, options: Options) -> Tables:
        """Return words of weights, filter by filter, biases and multipliers."""
        return list_packed(self, self.packing, np.moveaxis(self.weights, -1, 0))

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `filters`."""
        g = self.geometry
        more = (1, g.output_channels // g.channels)
        return write_packed(self, self.packing, name, "filters", g.write(), more, options)

    @property
    def work(self) -> Scratch:
        """The places of the rows that a window sees, and the weights of a filter."""
        return plan_filter(self.geometry, 1)

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return what it works with."""
        return self.work


PACKED: dict[type[Layer], type[PackedDense] | type[PackedConv] | type[PackedDepthwise]] = {
    Dense: PackedDense,
    Conv: PackedConv,
    Depthwise: PackedDepthwise,
}


def pack_layers(graph: Graph) -> Graph:
    """Return the graph with the weights of each layer packed that has them on few levels, and biases of 16 bits."""
    return replace(graph, layers=tuple(_pack_if_smaller(layer) for layer in graph.layers))


def pack_layer(layer: Layer) -> Layer | None:
    """Return a layer with packed weights, also where these are of 8 bits; None where its kind knows no packing."""
    if layer.packed:
        return layer
    return _pack(layer, find_packing(layer.weights) or BYTES) if _can_be_packed(layer) else None


def _pack_if_smaller(layer: Layer) -> Layer:
    packing = find_packing(layer.weights) if _can_be_packed(layer) and fits_words(layer.bias) else None
    return _pack(layer, packing) if packing else layer


def _can_be_packed(layer: Layer) -> TypeGuard[Weighted]:
    return type(layer) in PACKED and layer.quantized


def _pack(layer: Layer, packing: Packing) -> Layer:
    values = {field.name: getattr(layer, field.name) for field in fields(layer)}
    return PACKED[type(layer)](**values, packing=packing)


def name_quantizer(layer: Weighted) -> str:
    """Return the kernel file that quantizes a sum: a shorter one where all shifts are above 32."""
    lowest = int(list_weighted(layer, layer.weights)["shifts"].min())
    return "packed_quantize_high" if lowest > HIGH_SHIFT else "packed_quantize"


def list_packed(layer: Weighted, packing: Packing, weights: NDArray[np.int8]) -> Tables:
    """Return the tables of a layer with packed weights: one multiplier and shift where all are the same.

    Args:
        weights: Weights in the order in which they are packed.
    """
    return {"weights": packing.pack(weights), **_list_narrow(layer)}


def _list_narrow(layer: Weighted) -> Tables:
    """Return the tables beside the weights, each as narrow as its numbers allow."""
    tables = list_weighted(layer, layer.weights)
    if not _has_each(tables):
        tables |= {part: tables[part][:1] for part in ("multipliers", "shifts")}
    multipliers = shorten(tables["multipliers"])
    return {"bias": _narrow(layer.bias), "multipliers": multipliers, "shifts": tables["shifts"]}


def write_packed(
    layer: Weighted, packing: Packing, name: str, type: str, sizes: str, more: tuple[int, ...], options: Options
) -> str:
    """Return the constant of a layer with packed weights.

    Args:
        type: Name of the struct.
        sizes: Fields that follow the weights.
        more: Fields that follow the packing.
    """
    tables = _list_narrow(layer)
    wide = {part: tables[part].dtype == np.int32 for part in ("bias", "multipliers")}
    own = {part: f"{name}_{part}" if wide[part] else "NULL" for part in wide}
    quantizer = write_quantizer(name, layer.output, layer.limits, twice=layer.rounds_twice(options), **own)
    narrow = ", ".join("NULL" if wide[part] else f"{name}_{part}" for part in wide)
    packed = f"{{{narrow}, {packing.write()}, {int(tables['shifts'].size > 1)}}}"
    values = [f"{name}_weights", sizes, format_zero(layer.input), quantizer, packed, *map(str, more)]
    return f"static const {type} {name} = {{{', '.join(values)}}};\n"


def plan_filter(geometry: Geometry, depth: int) -> Scratch:
    """Return memory for the places of the rows that a window sees, and for a filter of so many channels."""
    return Scratch(geometry.window_rows + -(-geometry.window_rows * geometry.window_columns * depth // WORD_BYTES))


def _narrow(biases: NDArray[np.int32]) -> NDArray[np.int16] | NDArray[np.int32]:
    return biases.astype(np.int16) if fits_words(biases) else biases


def shorten(multipliers: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the 16 bits, uint16, behind the first one of multipliers of 31, where all others are 0; else themselves.

    Example:
        >>> shorten(np.array([(1 << 30) + (3 << 14)], np.int32)).tolist()
        [3]
        >>> shorten(np.array([(1 << 30) + 5], np.int32)).tolist()
        [1073741829]
    """
    numbers = multipliers.astype(np.int64)
    return ((numbers - FIRST_BIT) >> LEFT_OUT).astype(np.uint16) if is_short(numbers).all() else multipliers


def _has_each(tables: Tables) -> bool:
    """True if outputs have different multipliers or shifts."""
    return any(len(np.unique(tables[part])) > 1 for part in ("multipliers", "shifts"))
