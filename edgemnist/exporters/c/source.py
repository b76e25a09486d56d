"""A `.tflite` file as a source: one that was quantized elsewhere, or while it was trained, and is to become C."""

from __future__ import annotations

from dataclasses import dataclass, replace

from edgemnist.contract import Contract, Source
from edgemnist.contract.scores import Kind
from edgemnist.errors import ExportError
from edgemnist.exporters import Form
from edgemnist.exporters.c.graph import Graph, Weighted
from edgemnist.exporters.c.read_tflite import read_graph
from edgemnist.exporters.checks import require_score_a_class
from edgemnist.formats import ModelFile
from edgemnist.precision import PrecisionName


@dataclass(frozen=True, eq=False)
class TFLiteSource:
    """A TFLite classifier, float32 or int8.

    Args:
        content: the file.
        contract: what it takes and gives, with itself as the source.
        source: its name and hash.
        graph: Its layers.
        image_shape: Rows and columns of the data set's images.
    """

    content: bytes
    contract: Contract
    source: Source
    graph: Graph
    image_shape: tuple[int, ...]

    @classmethod
    def load(cls, file: ModelFile, contract: Contract, image_shape: tuple[int, ...]) -> TFLiteSource:
        """Take a file, and the contract that is inside it or was found for it.

        Args:
            image_shape: Rows and columns of the data set's images.

        Raises:
            ModelError: it can't be read.
            ExportError: it holds what can't be written in C.
        """
        require_score_a_class(contract)
        content = file.content
        source, graph = Source(file.path.name, file.sha256), read_graph(content)
        kind: Kind = "sigmoid" if contract.output.kind == "sigmoid" else "logits"
        output = replace(contract.output, kind="probabilities" if graph.softmax else kind)
        precision: PrecisionName = "int8" if graph.quantized else "float32"
        settled = replace(contract, output=output, precision=precision, source=source)
        return cls(content, settled, source, graph, image_shape)

    @property
    def parameters(self) -> int:
        """How many weights and biases it holds."""
        return sum(layer.weights.size + layer.bias.size for layer in self._list_weighted())

    @property
    def kernel_values(self) -> int:
        """How many of them are in matrices and filters."""
        return sum(layer.weights.size for layer in self._list_weighted())

    def _list_weighted(self) -> list[Weighted]:
        return [layer for layer in self.graph.layers if isinstance(layer, Weighted)]

    def require(self, form: Form) -> None:
        """Refuse a form that it can't become.

        Raises:
            ExportError: it isn't C, or is of another precision than the file.
        """
        if form.can_be_made_from("tflite", self.contract.precision):
            return
        name = self.source.name
        if form.file_format != "c":
            raise ExportError(
                f"{name}: a .tflite file can become C, not {form.format}", "give the .keras file it was made from"
            )
        precision = self.contract.precision
        option = "`quantize='int8'`" if precision == "int8" else "no `quantize`"
        raise ExportError(f"{name} is {precision}, and C of it can't be {form.precision}", f"type {option}")
