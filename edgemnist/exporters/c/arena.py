"""Where values lie in a C model's working memory, so that it is small and nothing overwrites what is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from edgemnist.exporters.c.graph import WORD_BYTES, Graph, Scratch

# A part of the arena in words: where it starts, and where it stops.
Block = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """The arena, in words of 4 bytes from its start.

    Args:
        places: Where each tensor lies, by its name; the caller's pixels have no place.
        scratch: Where each layer's scratch memory lies; None where it needs none.
        words: Size of the arena.
    """

    places: Mapping[str, int]
    scratch: tuple[int | None, ...]
    words: int


def plan_arena(graph: Graph, scratch: Sequence[Scratch | None], *, bytes_per_value: int, converted: bool) -> Plan:
    """Place every layer's values, each as low as what is still in use allows.

    A tensor is in use from the layer that gives it to the last one that reads it.

    Args:
        scratch: What each layer needs beside its inputs and its output.
        bytes_per_value: Bytes of an activation: 1 or 4.
        converted: True if the pixels are converted into the arena before the first layer.
    """
    last_readers = _find_last_readers(graph)
    used: dict[str, Block] = {}
    if converted:
        used[graph.input.name] = (0, _count_words(graph.input.size, bytes_per_value))
    places = {name: start for name, (start, _) in used.items()}
    scratch_places: list[int | None] = []
    size = max((stop for _, stop in used.values()), default=0)
    for index, (layer, need) in enumerate(zip(graph.layers, scratch, strict=True)):
        words = _count_words(layer.output.size, bytes_per_value)
        block = max(words, need.words) if need and need.in_output else words
        start = _fit(block, used.values())
        place = None
        if need:
            place = start if need.in_output else _fit(need.words, [*used.values(), (start, start + block)])
            size = max(size, place + need.words)
        places[layer.output.name] = start
        scratch_places.append(place)
        size = max(size, start + block)
        used[layer.output.name] = (start, start + words)
        used = {name: part for name, part in used.items() if last_readers[name] > index}
    return Plan(places, tuple(scratch_places), size)


def _find_last_readers(graph: Graph) -> dict[str, int]:
    """The last layer that reads each tensor; the logits are read after all of them."""
    readers = {tensor.name: index for index, layer in enumerate(graph.layers) for tensor in layer.inputs}
    return {**readers, graph.output.name: len(graph.layers)}


def _count_words(values: int, bytes_per_value: int) -> int:
    return -(-values * bytes_per_value // WORD_BYTES)


def _fit(words: int, used: Iterable[Block]) -> int:
    """The lowest place for so many words that touches nothing in use."""
    place = 0
    for start, stop in sorted(used):
        if start < stop and place < stop and place + words > start:
            place = stop
    return place
