"""What a trained recipe costs on a device: bytes or multiplications of its network, which its weights don't change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import count_complexity
from edgemnist.formats.keras import serialize_classifier
from edgemnist.results.tuning import Objective
from edgemnist.training.recipes import Recipe
from edgemnist.workflows.train import state_contract

if TYPE_CHECKING:
    import keras


class CostCounter:
    """Counts each network once.

    Args:
        objective: What is counted.
        training: Images that a network is built for, and int8 is calibrated with.
        labels: Class names.
    """

    def __init__(self, objective: Objective, training: TrainingSplit, labels: tuple[str, ...]) -> None:
        self._objective, self._training, self._labels = objective, training, labels
        self._counted: dict[object, int] = {}

    def count(self, recipe: Recipe) -> int | None:
        """Return what a recipe's network costs; None where nothing is counted.

        Raises:
            ModelError: Its multiplications can't be counted.
            ExportError: It can't be written in int8.
        """
        if self._objective == "accuracy":
            return None
        key = (recipe.network, recipe.scaling)
        if key not in self._counted:
            self._counted[key] = self._count(recipe)
        return self._counted[key]

    def _count(self, recipe: Recipe) -> int:
        from edgemnist.training.trainer import build_model

        model = build_model(recipe, self._training.image_shape, len(self._labels), 0)
        # As after a training: of values that are all 0, as new biases are, a converter writes nothing.
        draw = np.random.default_rng(0)
        model.set_weights([values + draw.uniform(0.01, 0.02, values.shape) for values in model.get_weights()])
        content = serialize_classifier(model, state_contract(model, recipe, self._labels))
        file = ModelFile(Path(f"{recipe.network.name}.keras"), content)
        if self._objective == "int8-bytes":
            return self._measure_int8(file, model, recipe)
        found = count_complexity(file)
        if found.multiplications is None:
            raise ModelError(f"the network {recipe.network.name}: its multiplications aren't counted")
        return found.multiplications

    def _measure_int8(self, file: ModelFile, model: keras.Model, recipe: Recipe) -> int:
        """Return the size of the TFLite file, in bytes."""
        from edgemnist.contract import Source
        from edgemnist.exporters import Options
        from edgemnist.exporters.calibration import Calibration
        from edgemnist.exporters.source import SourceModel
        from edgemnist.exporters.tflite import convert

        source = SourceModel(
            model, state_contract(model, recipe, self._labels), Source(file.path.name, file.sha256),
            parameters=0, kernel_values=0, image_shape=self._training.image_shape,
        )  # fmt: skip
        calibration = Calibration.sample(self._training, self._labels)
        return len(convert(source, "int8", calibration, Options(), recipe.network.name)[".tflite"])
