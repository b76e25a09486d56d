"""The images of each epoch: all of them, or a view of each, and what teachers answer to the very same ones.

Views are drawn in the order of the images, whatever order they are then trained in. So an epoch can have those of an
earlier one again, and teachers need to be asked once for each.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.quiet import loading, quiet_at_first
from edgemnist.training.augmentation import build_views
from edgemnist.training.distillation import Teacher, compile_teachers
from edgemnist.training.recipes import Recipe

with loading("tensorflow", "pip install tensorflow"):
    import tensorflow as tf

# Images whose views are drawn at once: little memory, and it divides the usual numbers of images.
BATCH = 500
Logits = NDArray[np.float16]
# Views that teachers answer are the same for all seeds of a recipe, so that teachers need to be asked once; and none
# that a teacher was trained on: those of the seed 0, from a number on that no training reaches.
TAUGHT_SEED, TAUGHT_FIRST = 0, 2**29


class Views:
    """What each epoch of a training is trained on.

    Args:
        recipe: Augmentation, distillation, arithmetic and number of epochs are taken from it.
        images: Images to fit, uint8 (n, height, width).
        seed: Decides the views that are drawn; those that teachers answer are the same for all seeds.
        teachers: What answers them; none without distillation.
        answered: Mean logits that the teachers gave before, by the number of the views; what they are asked for is
            added, where it comes again. None to begin with none.
    """

    def __init__(
        self,
        recipe: Recipe,
        images: Images,
        seed: int,
        teachers: Sequence[Teacher],
        answered: MutableMapping[int, Logits] | None = None,
    ) -> None:
        self._settings, self._epochs, self._images = recipe.augmentation, recipe.schedule.epochs, images
        seed, self._first = (TAUGHT_SEED, TAUGHT_FIRST) if teachers else (seed, 0)
        self._draw = _compile_views(recipe, images.shape[1:], seed) if recipe.augmentation.is_used else None
        self._teach = compile_teachers(teachers, recipe.arithmetic) if teachers else None
        self._answered: MutableMapping[int, Logits] = {} if answered is None else answered

    def take(self, epoch: int) -> tuple[Images, Logits | None]:
        """Return the images of an epoch, numbered from 1, and the teachers' mean logits for them.

        Returns:
            uint8 (n, height, width), and float16 (n, classes); None without teachers.
        """
        number, strength = self._find_round(epoch), self._fade(epoch)
        images = self._take_views(number, strength) if self._draw else self._images
        if self._teach is None:
            return images, None
        if strength < 1 or (self._draw and not self._settings.views):  # they don't come again
            return images, self._ask(images)
        if number not in self._answered:
            self._answered[number] = self._ask(images)
        return images, self._answered[number]

    def _find_round(self, epoch: int) -> int:
        """Return the number of an epoch's views: the same number, the same views."""
        if not self._draw:
            return 0
        return (epoch - 1) % self._settings.views if self._settings.views else epoch - 1

    def _fade(self, epoch: int) -> float:
        """Return how strong the views of an epoch are: 1, and over the last share of the epochs down to 0."""
        fading = self._settings.fading * self._epochs
        return min(1.0, (self._epochs - epoch) / fading) if fading and self._draw else 1.0

    def _take_views(self, number: int, strength: float) -> Images:
        assert self._draw
        views = np.empty_like(self._images)
        starts = range(0, len(views), BATCH)
        for index, start in enumerate(starts, self._first + number * len(starts)):
            part = slice(start, start + BATCH)
            views[part] = self._draw(self._images[part], tf.constant(index, tf.int64), tf.constant(strength))
        return views

    def _ask(self, images: Images) -> Logits:
        assert self._teach
        parts = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        return np.concatenate([np.asarray(self._teach(part), np.float16) for part in parts])


def _compile_views(recipe: Recipe, shape: tuple[int, ...], seed: int) -> Callable[..., Any]:
    """Compile what draws views, uint8, of a batch of images, by its number and how strong they are."""
    views = build_views(recipe.augmentation, shape, seed)

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def draw(images: Any, number: Any, strength: Any) -> Any:
        return tf.cast(tf.round(views(images, number, strength)), tf.uint8)

    return quiet_at_first(draw)
