"""The images to which a form gives another class than its source, with what each form says of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import NO_CLASS, Flip
from edgemnist.datasets import Dataset
from edgemnist.results.folder_report import FlippedAnswer, FlippedImage, ReportedModel
from edgemnist.workflows.reports.answers import Answered

# Images that are shown, the first of each source: with more, nobody looks at each.
MOST_SHOWN = 240
# Of larger pictures every second, third, … row and column is kept: a page of them would be too large.
MOST_PIXELS = 128 * 128


def list_flips(models: Sequence[ReportedModel], answered: Mapping[str, Answered]) -> tuple[FlippedImage, ...]:
    """Gather the images that moved, each once for its source, with what each form answers.

    Args:
        models: All files.
        answered: Those that were run, by path.

    Returns:
        By source, in the order of the files, and by index.
    """
    found: dict[tuple[str, int], FlippedImage] = {}
    datasets: dict[str, Dataset] = {}
    for model in models:
        measurement = model.verdict.measurement
        if measurement is None or measurement.comparison is None:
            continue
        source, labels = measurement.reference or "", measurement.labels
        datasets.setdefault(source, answered[model.verdict.model].dataset)
        for flip in measurement.comparison.flips:
            known = found.setdefault((source, flip.index), _open(source, flip, labels))
            answer = FlippedAnswer(model.name, _name(flip.model, labels), flip.model_confidence, flip.kind)
            found[source, flip.index] = replace(known, answers=(*known.answers, answer))
    order = {source: place for place, source in enumerate(datasets)}
    flips = sorted(found.values(), key=lambda flip: (order[flip.source], flip.index))
    return tuple(_show(flips, datasets))


def _open(source: str, flip: Flip, labels: Sequence[str]) -> FlippedImage:
    answer = _name(flip.source, labels)
    return FlippedImage(source, flip.index, labels[flip.label], answer, flip.source_confidence, ())


def _name(answer: int, labels: Sequence[str]) -> str | None:
    return None if answer == NO_CLASS else labels[answer]


def _show(flips: Sequence[FlippedImage], datasets: Mapping[str, Dataset]) -> list[FlippedImage]:
    """Give the first images their pixels."""
    wanted: dict[str, list[int]] = {}
    for flip in flips[:MOST_SHOWN]:
        wanted.setdefault(flip.source, []).append(flip.index)
    pixels = {source: _take(datasets[source], np.array(indices)) for source, indices in wanted.items()}
    return [
        replace(flip, pixels=pixels[flip.source].get(flip.index)) if flip.source in pixels else flip for flip in flips
    ]


def _take(dataset: Dataset, indices: NDArray[np.int64]) -> dict[int, NDArray[np.uint8]]:
    """Return test images by their index, small enough for a page, read in batches."""
    found, start = {}, 0
    for images, _ in dataset.test.iterate(limit=int(indices[-1]) + 1):
        inside = indices[(indices >= start) & (indices < start + len(images))]
        # Copied: a part of a batch would keep all of it.
        found.update({int(index): thin_out(images[index - start]).copy() for index in inside})
        start += len(images)
    return found


def thin_out(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an image, uint8 (height, width), of at most about `MOST_PIXELS`.

    Example:
        >>> [thin_out(np.zeros(shape, np.uint8)).shape for shape in ((28, 28), (300, 200))]
        [(28, 28), (150, 100)]
    """
    step = math.ceil(math.sqrt(image.shape[0] * image.shape[1] / MOST_PIXELS))
    return image[::step, ::step]
