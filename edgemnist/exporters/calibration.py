"""Which images a quantizer sees: training images only, as many of each class, by a fixed seed.

A `Calibration` can be made from a `TrainingSplit` alone, and converters take nothing else, so that no
test image can ever choose a scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgemnist.datasets.readers import Images
from edgemnist.datasets.splits import TrainingSplit, require_training

COUNT = 500
SEED = 0


@dataclass(frozen=True, eq=False)
class Calibration:
    """Images for a quantizer, and how they were chosen.

    Args:
        images: uint8 (n, height, width).
        per_class: how many of each class.
        seed: that chose them.
        data_sha256: of the training split that they are from.
    """

    images: Images
    per_class: dict[str, int]
    seed: int
    data_sha256: str

    @classmethod
    def sample(
        cls, training: TrainingSplit, labels: tuple[str, ...], count: int = COUNT, seed: int = SEED
    ) -> Calibration:
        """Draw about `count` images, as many of each class as it has, up to an equal share.

        Raises:
            TypeError: these are test images.
        """
        generator = np.random.default_rng(seed)
        share = max(1, count // len(labels))
        chosen = []
        for label in range(len(labels)):
            members = np.flatnonzero(require_training(training).labels == label)
            chosen.append(generator.choice(members, min(share, len(members)), replace=False))
        indices = np.concatenate(chosen)
        indices = _include_full_range(training, indices)
        counts = np.bincount(training.labels[indices], minlength=len(labels)).tolist()
        images = training.images[generator.permutation(indices)]
        return cls(images, dict(zip(labels, counts, strict=True)), seed, training.sha256)

    def to_record(self) -> dict[str, object]:
        """Return what the manifest says of it."""
        return {
            "split": "training",
            "images": len(self.images),
            "per_class": self.per_class,
            "seed": self.seed,
            "data_sha256": self.data_sha256,
        }


def _include_full_range(training: TrainingSplit, indices: np.ndarray) -> np.ndarray:
    """Swap in an image that reaches 255 if none does, so that the input's step is one pixel value."""
    if training.images[indices].max() == 255:
        return indices
    brightest = int(training.images.reshape(len(training), -1).max(axis=1).argmax())
    return np.append(indices[:-1], brightest)
