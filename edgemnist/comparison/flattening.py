"""Dense layers behind images that lie in two ways: channels first and channels last flatten to other orders.

Both are right as long as the weights have the order that their inputs have: then the one is laid out as the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.causes.kernels import mark_differences
from edgemnist.comparison.values import Side, Value, align

Turn = Callable[[NDArray[Any]], NDArray[Any]]


def lay_out_alike(first: Side, second: Side, channels: int) -> Side:
    """Return the second side with the order of its inputs as the first has it, where its weights and inputs are turned.

    Args:
        first, second: A layer in two models.
        channels: Of the images before it; 1 where there are none.
    """
    size = first.weights.kernel.shape[0]
    side = isqrt(size // channels)
    if first.weights.kind != "dense" or channels < 2 or side < 2 or side * side * channels != size:
        return second
    if not mark_differences(first.weights, second.weights)[0].any():
        return second
    for turn in _list_turns(side, channels):
        weights = replace(second.weights, kernel=turn(second.weights.kernel), step=turn(second.weights.step))
        if not mark_differences(first.weights, weights)[0].any() and _agrees_turned(first, second, turn):
            assert second.input is not None
            return replace(second, weights=weights, input=_turn_value(second.input, turn))
    return second


def _list_turns(side: int, channels: int) -> Iterator[Turn]:
    yield lambda rows: rows.reshape(channels, side * side, -1).transpose(1, 0, 2).reshape(rows.shape)
    yield lambda rows: rows.reshape(side * side, channels, -1).transpose(1, 0, 2).reshape(rows.shape)


def _agrees_turned(first: Side, second: Side, turn: Turn) -> bool:
    """True if the inputs are turned as the weights are: then the two layers are the same."""
    if first.input is None or second.input is None:
        return False
    usual, turned = align(first.input, second.input), align(first.input, _turn_value(second.input, turn))
    if usual is None or turned is None:
        return False
    near, far = (float(np.mean((one[1] - one[0]) ** 2)) for one in (turned, usual))
    return near < far


def _turn_value(value: Value, turn: Turn) -> Value:
    return Value(turn(value.flat.T).T, value.grid, value.type)
