"""What can be written: the table of forms. A form is a file format at a precision.

Each format has a module of its own with one function, `convert`; nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

from edgemnist.contract import Rounding
from edgemnist.errors import ExportError
from edgemnist.precision import PRECISIONS, PrecisionName


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
    precision: PrecisionName
    extension: str
    module: str
    summary: str

    def name_file(self, stem: str, *, array: bool = False) -> str:
        """Return the file's name for a model of that stem.

        Example:
            >>> find_form("tflite", "int8").name_file("best")
            'best_int8.tflite'
        """
        suffix = "" if self.precision == "float32" else f"_{self.precision}"
        return f"{stem}{suffix}{'_array' if array else ''}{self.extension}"

    @property
    def is_text(self) -> bool:
        """True if its numbers are written for people and compilers to read."""
        return self.format == "c"

    @property
    def choices(self) -> tuple[str, ...]:
        """The names of the options that mean anything for it."""
        if self.format == "c":  # it takes raw pixels in any case
            return ("pixels", "weights", "array", *(("rounding",) if self.precision == "int8" else ()))
        if self.precision == "int16x8":
            return ()
        return ("io", "pixels") if (self.format, self.precision) == ("tflite", "int8") else ("pixels",)

    @property
    def calibrated(self) -> bool:
        """True if its activations are quantized beforehand, from what training images cause."""
        return PRECISIONS[self.precision].calibrated


IO = Literal["uint8", "int8", "float32"]
Weights = Literal["sparse", "dense"]


@dataclass(frozen=True)
class Options:
    """What a user may choose about an artifact.

    Args:
        io: the dtype at both ends of TFLite int8. As uint8 the input is the raw pixel byte.
        pixels: take raw uint8 (28, 28) pixels; the scaling, where there is one, goes into the graph.
        weights: in C: "sparse" skips inputs that are 0, several times faster; "dense" takes a third of the
            working memory, and always the same time.
        rounding: in C int8: whose arithmetic to repeat bit for bit.
        array: in C: the .tflite file as an array, for TFLite Micro's interpreter.
    """

    io: IO = "uint8"
    pixels: bool = False
    weights: Weights = "sparse"
    rounding: Rounding = "reference"
    array: bool = False

    def list_changes(self) -> list[str]:
        """Return the names of the options that aren't at their defaults."""
        return [field.name for field in fields(self) if getattr(self, field.name) != field.default]


# By format: how its files' names end, and the module that writes them.
_WRITERS = {
    "tflite": (".tflite", "edgemnist.exporters.tflite"),
    "onnx": (".onnx", "edgemnist.exporters.onnx"),
    "c": (".c", "edgemnist.exporters.c.writer"),
}
FORMS = tuple(
    Form(format, row.name, extension, module, row.forms[format])
    for format, (extension, module) in _WRITERS.items()
    for row in PRECISIONS.values()
    if format in row.forms
)
FORMATS = tuple(dict.fromkeys(form.format for form in FORMS))
QUANTIZATIONS = tuple(dict.fromkeys(form.precision for form in FORMS if form.precision != "float32"))


def check_options(forms: Sequence[Form], options: Options) -> None:
    """Find out before any work that no form of those named can be had with these options.

    Raises:
        ExportError: an option means nothing for all of them, has no such value, or contradicts another.
    """
    for name, expected in (("io", get_args(IO)), ("weights", get_args(Weights)), ("rounding", get_args(Rounding))):
        if getattr(options, name) not in expected:
            raise ExportError(f"no {name} {getattr(options, name)!r}, expected one of {', '.join(expected)}")
    if options.pixels and all(form.precision == "int16x8" for form in forms):
        raise ExportError(
            "tflite int16x8 can't take raw pixels: its kernels have no cast from uint8",
            "leave --pixels out, or choose another mode",
        )
    if options.pixels and options.io != "uint8":
        raise ExportError(f"--pixels means raw uint8 pixels, but --io says {options.io}", "leave one of them out")
    if options.array and (options.weights, options.rounding, options.pixels) != ("sparse", "reference", False):
        raise ExportError("--array is the .tflite file itself", "leave --weights, --rounding and --pixels out")
    for name in options.list_changes():
        if not any(name in form.choices for form in forms):
            those = ", ".join(f"{form.format} {form.precision}" for form in FORMS if name in form.choices)
            this = ", ".join(f"{form.format} {form.precision}" for form in forms)
            raise ExportError(f"--{name} is for {those}, not for {this}", f"leave --{name} out")


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
