"""What teachers answered to the views of a training, kept in files, so that no other seed asks again."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes, write_atomically
from edgemnist.text import quote_argument
from edgemnist.training.recipes import Recipe
from edgemnist.training.validation import part_images

if TYPE_CHECKING:
    from edgemnist.training.distillation import Teacher

Logits = NDArray[np.float16]
SHOWN_DIGITS = 8


class KeptAnswers(MutableMapping[int, Logits]):
    """Mean logits of teachers, float16 (images, classes), by the number of the views: an array file of each.

    Args:
        folder: Folder of the files, made with the first of them.
        shape: Number of images and classes.
    """

    def __init__(self, folder: Path, shape: tuple[int, int]) -> None:
        self._folder, self._shape = folder, shape

    def __getitem__(self, number: int) -> Logits:
        path = self._find(number)
        if not path.exists():
            raise KeyError(number)
        try:
            answers = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise self._refuse(path) from error
        if answers.shape != self._shape or answers.dtype != np.float16:
            raise self._refuse(path)
        return answers  # type: ignore[no-any-return]

    def __setitem__(self, number: int, answers: Logits) -> None:
        content = io.BytesIO()
        np.save(content, answers, allow_pickle=False)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._find(number), content.getvalue())

    def __delitem__(self, number: int) -> None:
        self._find(number).unlink()

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(int(path.stem) for path in self._folder.glob("*.npy")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, number: int) -> Path:
        return self._folder / f"{number:04}.npy"

    def _refuse(self, path: Path) -> ModelError:
        return ModelError(f"{path}: not what teachers answered", f"remove it: rm {quote_argument(path)}")


def keep_answers(
    folder: Path, recipe: Recipe, training: TrainingSplit, classes: int, teachers: Sequence[Teacher]
) -> KeptAnswers | None:
    """Return where answers are kept: a folder named after all that decides them; None where no views come again.

    Args:
        folder: Folder in which it lies.
        recipe: Its augmentation decides the views, its arithmetic what teachers compute in.
        training: Training images, of which those that the recipe fits have views.
        classes: Number of classes.
        teachers: Teachers.
    """
    if not teachers or (recipe.augmentation.is_used and not recipe.augmentation.views):
        return None
    fitted, _ = part_images(recipe, training)
    decided = {
        "augmentation": recipe.augmentation.to_record(),
        "arithmetic": recipe.arithmetic,
        "images": fitted.sha256,
        "teachers": [teacher.sha256 for teacher in teachers],
    }
    name = hash_bytes(json.dumps(decided, sort_keys=True).encode())[:SHOWN_DIGITS]
    return KeptAnswers(folder / f"answers_{name}", (len(fitted), classes))
