"""Weights rounded to few levels after training, for forms of 4 bits and fewer.

Layer by layer, in the order in which they run, and for each output channel by itself: the step and the bias with
which the layer gives, for training images, most nearly what it gave before, behind its activation function. A layer
is given what the layers before it make of the images once they are rounded, so that it makes up for them.
Weights that lie on levels already, no more than the form has, stay as they are, and so does the layer's bias.

What was tried, on 3,000 validation images, answers kept in per cent of the released small, model, best and cnn:

| step and bias                                     | int4                | int2                | ternary             |
|---------------------------------------------------|---------------------|---------------------|---------------------|
| the largest weight is the largest level           | 99.4 99.8 99.8 99.9 | 39.7 87.3 27.2 92.1 | 16.8 45.2 12.5  9.8 |
| OCTAV                                             | 99.4 99.7 99.8 99.9 | 57.8 98.6 63.8 99.3 | 25.0 97.5 73.5 92.0 |
| least squared error of weights, by search         | 99.3 99.7 99.9  100 | 73.8 97.4 60.8 99.4 | 34.5 95.1 87.8 97.3 |
| the same, and the mean before the activation kept | 99.5 99.6  100 97.8 | 80.5 92.3 50.8  9.8 | 66.7 71.2 51.8  9.8 |
| least error of outputs before the activation      | 99.5 99.6 99.9 99.9 | 87.4 98.4 65.9 99.6 | 47.3 98.3 91.5 98.1 |
| least error behind it, after rounded layers       | 99.6 99.7 99.9 99.9 | 96.3 99.2 83.1 99.8 | 93.1 98.7 94.8 99.3 |
| the same, with biases that keep the mean          | 99.8 99.8 99.9  100 | 97.7 99.2 95.3 99.8 | 94.7 98.8 97.7 99.4 |
| and steps that keep mean and spread: taken        | 99.7 99.8  100  100 | 98.8 99.3 96.2 99.8 | 95.9 98.5 98.5 99.8 |

A bias that keeps the mean before a ReLU ruins a network where most of that is cut off, hence the choice behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from edgemnist.datasets.readers import Images
from edgemnist.exporters.grids import Values, choose_levels, find_steps, round_rows
from edgemnist.exporters.kernels import Kernel, Outputs, list_kernels, noting_inputs
from edgemnist.exporters.levels import find_real_levels
from edgemnist.exporters.rewriting import Target, rewrite
from edgemnist.exporters.source import SourceModel
from edgemnist.formats.weights.layouts import count_levels
from edgemnist.precision import Grid
from edgemnist.quiet import quiet

# How many images are run.
MOST_IMAGES = 500
# Steps that are tried, as parts of that of least squared error of the weights.
PARTS = np.geomspace(0.65, 1.5, 13)
# By how much a step may be changed to keep the mean and the spread of what a channel gives.
LEAST_FACTOR, MOST_FACTOR = 1 / 3, 3.0
TINY = 1e-12


@dataclass(frozen=True)
class Held:
    """What a format holds on levels.

    Args:
        layers: Names of the classes of its layers; all, if none is named. Other layers stay as they are.
        least, most: Smallest and largest whole number that a weight may be.
    """

    layers: tuple[str, ...] = ()
    least: int = -15
    most: int = 15


ANY = Held()


@contextmanager
def rounding(
    source: SourceModel, grid: Grid, images: Images, target: Target, held: Held = ANY
) -> Iterator[SourceModel]:
    """Give a source whose weights are on few levels; the model is as it was once this is closed.

    Args:
        source: Source.
        grid: Levels.
        images: uint8 (n, height, width), training images.
        target: What is to be written.
        held: What of it is on levels.
    """
    model = rewrite(source.model, target)
    before = [np.array(weight) for weight in model.weights]
    values = source.contract.input.encode(images[:MOST_IMAGES]).astype(np.float32)
    try:
        with quiet():
            _Rounding(model, values, grid, held).round()
        yield replace(source, model=model)
    finally:
        for weight, kept in zip(model.weights, before, strict=True):
            weight.assign(kept)


class _Rounding:
    """The kernels of one model.

    Args:
        model: Keras model, whose weights are changed.
        values: float32, what it takes.
        grid: Levels.
        held: What is on levels.
    """

    def __init__(self, model: Any, values: Outputs, grid: Grid, held: Held) -> None:
        self._model, self._values, self._grid, self._held = model, values, grid, held
        kernels = list_kernels(model)
        self._kernels = [one for one in kernels if not held.layers or type(one.layer).__name__ in held.layers]

    def round(self) -> None:
        """Round all kernels."""
        before = self._note(self._kernels)
        for one in self._kernels:
            rows = one.to_rows()
            if is_on_levels(rows, self._grid, self._held):
                continue
            inputs = before.get(id(one.layer))
            if inputs and one.runs_alone:
                expected = one.compute(inputs)
                _Channels(one, self._note([one])[id(one.layer)], expected, self._grid).choose(rows)
            else:
                levels, steps = round_rows(rows, self._grid)
                one.put(levels * steps[:, None])

    def _note(self, kernels: list[Kernel]) -> dict[int, list[Any]]:
        with noting_inputs(kernels) as noted:
            self._model(self._values, training=False)
        return noted


class _Channels:
    """The output channels of one layer.

    Args:
        kernel: Its kernel.
        inputs: What it is given once the layers before it are rounded.
        expected: What it gave before its activation, float32 (values, channels).
        grid: Levels.
    """

    def __init__(self, kernel: Kernel, inputs: list[Any], expected: Outputs, grid: Grid) -> None:
        self._kernel, self._inputs, self._grid = kernel, inputs, grid
        self._expected, self._activated = expected.astype(np.float64), kernel.activate(expected)
        self._mean, self._spread = self._expected.mean(axis=0), self._expected.std(axis=0)

    def choose(self, rows: Values) -> None:
        """Put what errs least behind the activation in place of the kernel and its bias."""
        steps, channels = find_steps(rows, self._grid), len(rows)
        least, chosen = np.full(channels, np.inf), np.zeros((2, channels))
        best, offset = np.zeros_like(rows), self._kernel.offset
        for part in PARTS:
            levels = choose_levels(rows, steps * part, self._grid) * (steps * part)[:, None]
            self._kernel.put(levels)
            outputs = self._kernel.compute(self._inputs).astype(np.float64)
            for factors, shifts in self._list_ways(outputs, movable=offset is not None):
                found = self._kernel.activate((outputs * factors + shifts).astype(np.float32))
                errors = np.mean((found.astype(np.float64) - self._activated) ** 2, axis=0)
                better = errors < least
                least, chosen = np.where(better, errors, least), np.where(better, [factors, shifts], chosen)
                best[better] = levels[better] * factors[better, None]
        self._kernel.put(best)
        if offset is not None:
            offset.move(*chosen)

    def _list_ways(self, outputs: Values, *, movable: bool) -> Iterator[tuple[Values, Values]]:
        """Give factors of steps and shifts of biases for each channel: none; to keep the mean; the spread, too."""
        ones, zeros = np.ones(outputs.shape[1]), np.zeros(outputs.shape[1])
        yield ones, zeros
        if not movable:
            return
        mean, spread = outputs.mean(axis=0), outputs.std(axis=0)
        shared = ((outputs - mean) * (self._expected - self._mean)).mean(axis=0)
        nearest, alike = shared / np.maximum(spread**2, TINY), self._spread / np.maximum(spread, TINY)
        for factors in (ones, nearest, alike):
            limited = np.clip(factors, LEAST_FACTOR, MOST_FACTOR)
            yield limited, self._mean - limited * mean


def is_on_levels(rows: Values, grid: Grid, held: Held = ANY) -> bool:
    """True if weights, float64 (channels, weights), lie on a grid of no more levels than the form has.

    Args:
        rows: The weights.
        grid: That of the form.
        held: What its format holds.

    Example:
        >>> rows = np.array([[-3.0, -1, 1, 3] * 8]) / 7
        >>> is_on_levels(rows, Grid(3, True, 4)), is_on_levels(rows, Grid(1, False, 3))
        (True, False)
    """
    found = find_real_levels(rows, 0)
    if found is None or found.values.min() < held.least or found.values.max() > held.most:
        return False
    return count_levels(found.values) <= grid.levels
