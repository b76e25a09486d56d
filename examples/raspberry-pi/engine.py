"""The model in LiteRT."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter


class Engine:
    """An interpreter of one model file, on one core."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(str(path), num_threads=1)
        self._interpreter.allocate_tensors()
        (input,), (output,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self._input, self._output, self._shape = input["index"], output["index"], input["shape"]

    def run(self, values: np.ndarray) -> np.ndarray:
        """Run the model: the input values of one image in, one score a class out."""
        self._interpreter.set_tensor(self._input, values.reshape(self._shape))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output).reshape(-1)
