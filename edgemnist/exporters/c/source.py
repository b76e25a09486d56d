"""A `.tflite` file as a source: one that was quantized elsewhere, or while it was trained, and is to become C."""

from __future__ import annotations

from dataclasses import dataclass, replace

from edgemnist.contract import Contract, Precision, Source
from edgemnist.errors import ExportError
from edgemnist.exporters import Form
from edgemnist.exporters.c.graph import Chain
from edgemnist.exporters.c.read_tflite import read_chain
from edgemnist.formats import ModelFile


@dataclass(frozen=True, eq=False)
class TFLiteSource:
    """A TFLite classifier, float32 or int8.

    Args:
        content: the file.
        contract: what it eats and answers, with itself as the source.
        source: its name and hash.
        chain: its layers.
    """

    content: bytes
    contract: Contract
    source: Source
    chain: Chain

    @classmethod
    def load(cls, file: ModelFile, contract: Contract) -> TFLiteSource:
        """Take a file, and the contract that is inside it or was found for it.

        Raises:
            ModelError: it can't be read.
            ExportError: it holds what can't be written in C.
        """
        content = file.content
        source, chain = Source(file.path.name, file.sha256), read_chain(content)
        output = replace(contract.output, kind="probabilities" if chain.softmax else "logits")
        precision: Precision = "float32" if chain.input is None else "int8"
        return cls(content, replace(contract, output=output, precision=precision, source=source), source, chain)

    @property
    def parameters(self) -> int:
        """How many weights and biases it holds."""
        layers = self.chain.layers
        return self.kernel_values + sum(layer.bias.size for layer in layers if layer.bias is not None)

    @property
    def kernel_values(self) -> int:
        """How many of them are in matrices and filters."""
        return sum(layer.weights.size for layer in self.chain.layers if layer.weights is not None)

    def can_become(self, form: Form) -> bool:
        """True if the form is C of the file's own precision."""
        return (form.file_format, form.precision) == ("c", self.contract.precision)

    def require(self, form: Form) -> None:
        """Refuse a form that it can't become.

        Raises:
            ExportError: it isn't C, or is of another precision than the file.
        """
        if self.can_become(form):
            return
        name = self.source.name
        if form.file_format != "c":
            raise ExportError(
                f"{name}: a .tflite file can become C, not {form.format}", "give the .keras file it was made from"
            )
        precision = self.contract.precision
        option = "`quantize='int8'`" if precision == "int8" else "no `quantize`"
        raise ExportError(f"{name} is {precision}, and C of it can't be {form.precision}", f"type {option}")
