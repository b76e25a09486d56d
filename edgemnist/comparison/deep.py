"""A model's probabilities for the deep images compared with those of its source by family, and what judges them.

Most of these images are no digits, and a source gives several classes nearly the same probability: which is the
largest says little. So probabilities are judged. What good conversions keep was measured on 91 of them, of ten models
(dense and convolutional, with and without batch normalization, 1 to 30 epochs); the limits leave at least twice that.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.deep import FAMILIES, SEED, DeepImages
from edgemnist.precision import PRECISIONS, DeepLimits, PrecisionName

# Each pixel has one image there: no outlier is allowed, since a back door on a pixel is one.
PIXEL_FAMILIES = ("one pixel", "one pixel on a digit")
# Far more light than any training image has drives activations out of the range that calibration saw. Where
# these are whole numbers they are cut off there, in a good conversion too: a few images get another class.
BRIGHT_FAMILIES = ("border", "inverted")
# The share of a family's images that `high_difference` leaves out.
OUTLIERS = 0.002


@dataclass(frozen=True)
class FamilyRow:
    """One family of images. Shares and differences are 0 … 1.

    Args:
        name: of the family.
        images: how many it has.
        agreement: the share with the source's class.
        largest_difference: of a probability.
        high_difference: the largest but for the 2 in 1,000 images that differ most.
        mean_difference: over the images, of the probability that differs most.
        unanswered: images whose probabilities hold NaN or infinity; they count as a difference of 1.
    """

    name: str
    images: int
    agreement: float
    largest_difference: float
    high_difference: float
    mean_difference: float
    unanswered: int


@dataclass(frozen=True)
class DeepComparison:
    """All families.

    Args:
        rows: a row a family.
        images_sha256: of the images.
    """

    rows: tuple[FamilyRow, ...]
    images_sha256: str

    @property
    def images(self) -> int:
        """How many images were compared."""
        return sum(row.images for row in self.rows)

    @property
    def agreement(self) -> float:
        """The share of all images with the source's class."""
        return sum(row.agreement * row.images for row in self.rows) / self.images

    @property
    def largest_difference(self) -> float:
        """Of any probability."""
        return max(row.largest_difference for row in self.rows)

    def summarize(self) -> dict[str, Any]:
        """Return all but the rows as JSON's types."""
        return {
            "images": self.images,
            "images_sha256": self.images_sha256,
            "seed": SEED,
            "agreement": self.agreement,
            "largest_difference": self.largest_difference,
        }

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return {**self.summarize(), "families": {row.name: _drop_name(asdict(row)) for row in self.rows}}


def _drop_name(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != "name"}


def compare_deep(source: NDArray[np.float32], model: NDArray[np.float32], images: DeepImages) -> DeepComparison:
    """Compare a model's probabilities for the deep images with those of its source.

    Args:
        source, model: probabilities, float32 (n, classes), in the order of the images.
        images: the images, n of them.
    """
    answered = cast("NDArray[np.bool_]", np.isfinite(np.hstack([source, model])).all(axis=1))
    with np.errstate(invalid="ignore"):
        differences = np.where(answered, np.abs(source - model).max(axis=1), 1.0)
    same = cast("NDArray[np.bool_]", answered & (source.argmax(axis=1) == model.argmax(axis=1)))
    rows = [
        _measure_family(name, differences[chosen], same[chosen], answered[chosen])
        for place, name in enumerate(FAMILIES)
        if (chosen := images.families == place).any()
    ]
    return DeepComparison(tuple(rows), images.sha256)


def _measure_family(
    name: str, differences: NDArray[Any], same: NDArray[np.bool_], answered: NDArray[np.bool_]
) -> FamilyRow:
    ordered = np.sort(differences)
    return FamilyRow(
        name,
        images=len(ordered),
        agreement=float(same.mean()),
        largest_difference=float(ordered[-1]),
        high_difference=float(ordered[-1 - int(OUTLIERS * len(ordered))]),
        mean_difference=float(ordered.mean(dtype=np.float64)),
        unanswered=int((~answered).sum()),
    )


def judge_deep(
    comparison: DeepComparison, precision: PrecisionName, limits: DeepLimits | None = None
) -> tuple[str, ...]:
    """Return why the probabilities are not those of an honest conversion, one sentence a reason; nothing if they are.

    Args:
        comparison: what was measured.
        precision: of the model: it chooses the limits.
        limits: in place of the precision's.
    """
    limits = limits or PRECISIONS[precision].deep
    return tuple(reason for row in comparison.rows for reason in _judge_family(row, limits))


def _judge_family(row: FamilyRow, limits: DeepLimits) -> list[str]:
    reasons = []
    if row.unanswered:
        reasons.append(f"{row.name}: {row.unanswered} of {row.images} answers are not finite numbers")
    found, most = row.high_difference, limits.high
    if row.name in PIXEL_FAMILIES:
        found, most = row.largest_difference, limits.pixel
    if found > most and (limits.bright or row.name not in BRIGHT_FAMILIES):
        reasons.append(f"{row.name}: a probability differs by {found:.3g}, more than {most:g}")
    if row.mean_difference > limits.mean:
        reasons.append(f"{row.name}: differs by {row.mean_difference:.3g} on average, more than {limits.mean:g}")
    return reasons
