"""What can be written: the table of forms. A form is a file format at a precision.

Each format has a module of its own with one function, `convert`; nothing heavy is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from edgemnist.contract import Precision
from edgemnist.errors import ExportError


@dataclass(frozen=True)
class Form:
    """A row of the table.

    Args:
        format: what `--format` calls it.
        precision: what `--quantize` calls it; float32 without it.
        extension: of the file.
        module: that holds its `convert`.
        summary: one line for people.
    """

    format: str
    precision: Precision
    extension: str
    module: str
    summary: str

    def name_file(self, stem: str) -> str:
        """Return the file's name for a model of that stem.

        Example:
            >>> find_form("tflite", "int8").name_file("best")
            'best_int8.tflite'
        """
        suffix = "" if self.precision == "float32" else f"_{self.precision}"
        return f"{stem}{suffix}{self.extension}"

    @property
    def calibrated(self) -> bool:
        """True if its activations are quantized beforehand, from what training images cause."""
        return self.precision in ("int8", "int16x8")


IO = Literal["uint8", "int8", "float32"]


@dataclass(frozen=True)
class Options:
    """What a user may choose about both ends of an artifact.

    Args:
        io: the dtype at both ends of TFLite int8. As uint8 the input is the raw pixel byte.
        pixels: take raw uint8 (28, 28) pixels; the scaling, where there is one, goes into the graph.
    """

    io: IO = "uint8"
    pixels: bool = False


_TFLITE, _ONNX = "edgemnist.exporters.tflite", "edgemnist.exporters.onnx"
FORMS = (
    Form("tflite", "float32", ".tflite", _TFLITE, "TFLite, 32-bit floats"),
    Form("tflite", "float16", ".tflite", _TFLITE, "TFLite, weights as 16-bit floats"),
    Form("tflite", "dynamic", ".tflite", _TFLITE, "TFLite, 8-bit weights, activations quantized as they come"),
    Form("tflite", "int8", ".tflite", _TFLITE, "TFLite, whole numbers only: microcontrollers, NPUs"),
    Form("tflite", "int16x8", ".tflite", _TFLITE, "TFLite, 16-bit activations, 8-bit weights"),
    Form("onnx", "float32", ".onnx", _ONNX, "ONNX, 32-bit floats"),
    Form("onnx", "float16", ".onnx", _ONNX, "ONNX, 16-bit floats inside"),
    Form("onnx", "dynamic", ".onnx", _ONNX, "ONNX, 8-bit weights, activations quantized as they come"),
    Form("onnx", "int8", ".onnx", _ONNX, "ONNX, static QDQ: 8-bit weights and activations"),
)
FORMATS = tuple(dict.fromkeys(form.format for form in FORMS))
QUANTIZATIONS = tuple(dict.fromkeys(form.precision for form in FORMS if form.precision != "float32"))


def check_options(form: Form, options: Options) -> None:
    """Find out before any work that a form can't have these ends.

    Raises:
        ExportError: int16x8 was to take raw pixels, or `io` and `pixels` contradict each other.
    """
    if options.io not in get_args(IO):
        raise ExportError(f"no io {options.io!r}, expected one of {', '.join(get_args(IO))}")
    if options.pixels and form.precision == "int16x8":
        raise ExportError(
            "tflite int16x8 can't take raw pixels: its kernels have no cast from uint8",
            "leave --pixels out, or choose another mode",
        )
    if options.pixels and options.io != "uint8":
        raise ExportError(f"--pixels means raw uint8 pixels, but --io says {options.io}", "leave one of them out")
    if options.io != "uint8" and (form.format, form.precision) != ("tflite", "int8"):
        raise ExportError(f"--io is for tflite int8, not for {form.format} {form.precision}", "leave --io out")


def find_form(format: str, quantize: str | None = None) -> Form:
    """Return the row for a format and a mode of quantization, None for float32.

    Raises:
        ExportError: there is no such format, or it has no such mode.
    """
    if format not in FORMATS:
        raise ExportError(f"no format {format!r}, expected one of {', '.join(FORMATS)}", "see: edgemnist formats")
    precisions = [form.precision for form in FORMS if form.format == format]
    for form in FORMS:
        if (form.format, form.precision) == (format, quantize or "float32"):
            return form
    expected = ", ".join(precision for precision in precisions if precision != "float32")
    raise ExportError(f"{format} has no mode {quantize!r}, expected one of {expected}", "see: edgemnist formats")
