"""The ways in which a pixel may become an input value: what is tried where no file says it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edgemnist.comparison.question import Probe, Statement
from edgemnist.contract import Input
from edgemnist.contract.tensors import ChannelOrder

if TYPE_CHECKING:
    from edgemnist.datasets.readers import Images

# Mean and standard deviation of MNIST's pixels / 255, and ImageNet's, as an average of its three channels.
STANDARDS = ((0.1307, 0.3081), (0.449, 0.226))
# What models in the field take, the most usual first. Those of `USUAL` win a tie against all others.
RANGES = (
    (0.0, 1.0), (0.0, 255.0), (-1.0, 1.0), (-0.5, 0.5), *((-mean / std, (1 - mean) / std) for mean, std in STANDARDS),
    (-128.0, 127.0),
)  # fmt: skip
USUAL = RANGES[:3]
# What a stated layout says of three channels in one row.
ORDERS: Mapping[str | None, ChannelOrder] = {"hwc": "last", "chw": "first"}
# The data's mean and standard deviation are as good as the usual ones if they are this near.
NEAR = 0.02


def is_usual(input: Input) -> bool:
    """Return whether most people train so."""
    return input.range in USUAL and not input.transposed and input.row_order != "first"


def list_candidates(input: Input, probe: Probe) -> Iterator[Input]:
    """Yield each way of giving it an image once: two that store the same values are one."""
    statement, seen = probe.statement, set()
    stated = statement.input_range
    ranges = [stated] if stated else [*RANGES, *_list_fitted(input, probe.split.images)]
    inversions, transpositions = (
        (False, True) if said is None and stated is None else (bool(said),)
        for said in (statement.invert, statement.transpose)
    )
    for order, transposed, inverted in itertools.product(_list_orders(input, statement), transpositions, inversions):
        for low, high in ranges:
            ends = (high, low) if inverted else (low, high)
            one = replace(input, range=ends, transposed=transposed, row_order=order)
            key = (order, transposed, one.values.tobytes())
            if key not in seen and np.ptp(one.values):
                seen.add(key)
                yield one


def _list_orders(input: Input, statement: Statement) -> tuple[ChannelOrder | None, ...]:
    """Return the orders in which the channels of one row may lie, the usual one first."""
    if input.row_order is None:
        return (None,)
    if statement.input_layout in ORDERS:
        return (ORDERS[statement.input_layout],)
    return ("last", "first") if statement.input_range is None else ("last",)


def _list_fitted(input: Input, images: Images) -> Iterator[tuple[float, float]]:
    """Yield what the data's own mean and standard deviation make of pixels / 255, and what the tensor's scale spans."""
    mean, std = float(images.mean()) / 255, float(images.std()) / 255
    near = any(abs(mean - other) < NEAR and abs(std - spread) < NEAR for other, spread in STANDARDS)
    if std and not near:
        yield -mean / std, (1 - mean) / std
    if input.scale is not None and np.dtype(input.dtype).kind in "iu":
        limits, zero_point = np.iinfo(input.dtype), input.zero_point or 0
        yield (limits.min - zero_point) * input.scale, (limits.max - zero_point) * input.scale
