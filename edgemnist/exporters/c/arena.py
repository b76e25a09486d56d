"""Where activations lie in a C model's working memory, so that it is small and nothing overwrites what is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgemnist.exporters.c.graph import Layer

WORD_BYTES = 4


@dataclass(frozen=True)
class Place:
    """Where one layer reads and writes, in words of 4 bytes from the start of the arena.

    Args:
        input: None where it reads the caller's pixels.
        output: where its answers go.
        sums: where its int32 sums are, if it needs memory for them.
    """

    input: int | None
    output: int
    sums: int | None


def plan_arena(
    layers: Sequence[Layer], *, bytes_per_value: int, sums: bool, first: int | None
) -> tuple[list[Place], int]:
    """Place every layer's values, each as low as what is still in use allows.

    Args:
        bytes_per_value: of an activation: 1 or 4.
        sums: whether dense and conv layers add up in memory. The answers of a dense layer may lie at the start
            of its sums, those of a conv layer may not: it needs its sums again for the next position.
        first: how many values lie at the start of the arena before the first layer; None if it reads the pixels.

    Returns:
        A place a layer, and the arena's size in words.
    """

    def count_words(values: int) -> int:
        return -(-values * bytes_per_value // WORD_BYTES)

    size = count_words(first or 0)
    used = (0, size) if first else (0, 0)
    places = []
    for layer in layers:
        adds = sums and layer.kind in ("dense", "conv")
        block = count_words(layer.output_size)
        if adds and layer.kind == "dense":
            block = max(block, layer.output_size)
        output = _fit(block, [used])
        below = (output, output + block)
        sum_place = None
        if adds:
            sum_words = len(layer.bias) if layer.bias is not None else 0
            sum_place = output if layer.kind == "dense" else _fit(sum_words, sorted([used, below]))
            size = max(size, sum_place + sum_words)
        places.append(Place(used[0] if used[1] else None, output, sum_place))
        size = max(size, below[1])
        used = (output, output + count_words(layer.output_size))
    return places, size


def _fit(words: int, used: Sequence[tuple[int, int]]) -> int:
    """The lowest place for so many words that touches nothing in use; `used` is in order."""
    place = 0
    for start, stop in used:
        if start < stop and place < stop and place + words > start:
            place = stop
    return place
