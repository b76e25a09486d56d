"""Images in another size: each pixel the nearest one of the input, or a mixture of the four around it."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Layer, Tables
from edgemnist.exporters.c.layers.window import Geometry
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Resize(Layer, ABC):
    """RESIZE_NEAREST_NEIGHBOR or RESIZE_BILINEAR, which changes no scale.

    Args:
        aligned: True if the corners' pixels lie on each other.
        centered: True if pixels are squares, and places their middles.
    """

    aligned: bool
    centered: bool

    shared: ClassVar[tuple[str, ...]] = ("geometry",)

    @classmethod
    def read(cls, operator: Operator) -> Self:
        """Read it; see `Layer.read`."""
        tensors, options = operator.read_tensors(), operator.options
        layer = cls(**tensors, aligned=bool(options.alignCorners), centered=bool(options.halfPixelCenters))
        before, after = layer.input.shape, layer.output.shape
        if len(before) != 4 or len(after) != 4 or before[0] != 1 or (after[0], after[3]) != (1, before[3]):
            raise operator.refuse(f"a change of size from {before} to {after} can't be written in C, only of one image")
        if layer.input.scale != layer.output.scale:
            raise operator.refuse("a change of size that changes the scale can't be written in C")
        return layer

    def list_tables(self, options: Options) -> Tables:
        """Return where rows and columns come from."""
        sizes = zip(("rows", "columns"), self.input.shape[1:3], self.output.shape[1:3], strict=True)
        return {name: self.find_places(before, after) for name, before, after in sizes}

    def find_places(self, before: int, after: int) -> NDArray[Any]:
        """Return what each place along an axis is made of.

        Args:
            before, after: Sizes of the input and of the output.
        """
        raise NotImplementedError

    def write_constant(self, name: str, options: Options) -> str:
        """Return the sizes."""
        (_, rows, columns, channels), (_, output_rows, output_columns, _) = self.input.shape, self.output.shape
        sizes = Geometry(rows, columns, channels, 1, 1, 1, 1, 0, 0, output_rows, output_columns, channels)
        return f"static const geometry {name} = {sizes.write()};\n"

    def list_arguments(self, name: str) -> list[str]:
        """Return the sizes and the tables."""
        return [f"&{name}", f"{name}_rows", f"{name}_columns"]

    def get_ratio(self, before: int, after: int) -> tuple[int, int]:
        """Return how far a step in the output goes in the input, as a fraction."""
        return (before - 1, after - 1) if self.aligned and after > 1 else (before, after)


class ResizeNearest(Resize):
    """RESIZE_NEAREST_NEIGHBOR."""

    kernel: ClassVar[str] = "resize_nearest"

    def find_places(self, before: int, after: int) -> NDArray[np.int32]:
        """Return one place each, in single precision as TFLite computes it.

        Source:
            `GetNearestNeighbor` in TFLite's reference resize_nearest_neighbor.
        """
        numerator, denominator = self.get_ratio(before, after)
        scale = np.float32(numerator) / np.float32(denominator)
        places = (np.arange(after, dtype=np.float32) + np.float32(0.5 if self.centered else 0)) * scale
        whole = np.floor(places)
        nearest = whole + (places - whole >= 0.5) if self.aligned else whole
        return np.asarray(np.clip(nearest, 0, before - 1), np.int32)


class ResizeBilinear(Resize):
    """RESIZE_BILINEAR."""

    kernel: ClassVar[str] = "resize_bilinear"

    def find_places(self, before: int, after: int) -> NDArray[Any]:
        """Return three numbers each: two places, and the share of the second, of whole numbers in 1024ths.

        Source:
            `ResizeBilinear` in TFLite's reference resize_bilinear.
        """
        numerator, denominator = self.get_ratio(before, after)
        if not self.quantized:
            return self._find_shares(np.float32(numerator) / np.float32(denominator), before, after)
        step = (1024 * numerator + denominator // 2) // denominator
        places = np.arange(after) * step + ((step // 2 - 512) if self.centered else 0)
        # Near the end, TFLite's own `low` may lie behind the last place.
        low = np.clip(np.where(places >= 0, places // 1024, -(-places // 1024)), 0, before - 1)
        above = places + 1023
        high = np.minimum(np.where(above >= 0, above // 1024, -(-above // 1024)), before - 1)
        return np.stack([low, high, np.where(high > low, places - 1024 * low, 0)], axis=1).astype(np.int32)

    def _find_shares(self, scale: np.float32, before: int, after: int) -> NDArray[np.float32]:
        places = np.arange(after, dtype=np.float32)
        if self.centered:
            places = (places + np.float32(0.5)) * scale - np.float32(0.5)
        else:
            places = places * scale
        low = np.clip(np.floor(places), np.float32(0), np.float32(before - 1))
        high = np.minimum(np.ceil(places), np.float32(before - 1))
        return np.stack([low, high, places - low], axis=1).astype(np.float32)
