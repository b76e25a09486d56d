"""What can be written: the table of forms. A form is a file format at a precision.

Each format has a module of its own with one function, `convert`; nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

from edgemnist.contract import FormatName, Rounding
from edgemnist.errors import UsageError
from edgemnist.precision import PRECISIONS, PrecisionName

FormatChoice = Literal["tflite", "onnx", "c", "tflite-array"]
Quantization = Literal["float16", "dynamic", "int8", "int16x8", "int4", "int2", "ternary"]
IODType = Literal["uint8", "int8", "float32"]
Kernels = Literal["sparse", "dense"]
# What tf2onnx writes and ONNX Runtime's quantizers take, as far as the IR version of the files allows.
OPSETS = (13, 18)
OPSET = 17


@dataclass(frozen=True)
class Form:
    """A row of the table.

    Args:
        format: what the user calls it.
        precision: how its numbers are stored; float32 without quantization.
        extension: of the file.
        summary: one line for people.
    """

    format: FormatChoice
    precision: PrecisionName
    extension: str
    summary: str

    def name_file(self, stem: str) -> str:
        """Return the file's name for a model of that stem.

        Example:
            >>> find_form("tflite", "int8").name_file("best"), find_form("tflite-array", "int8").name_file("best")
            ('best_int8.tflite', 'best_int8_array.c')
        """
        suffix = "" if self.precision == "float32" else f"_{self.precision}"
        return f"{stem}{suffix}{self.ending}"

    @property
    def ending(self) -> str:
        """How the file's name must end: by it, a runtime knows the file."""
        return f"{ARRAY_SUFFIX}{self.extension}" if self.is_array else self.extension

    @property
    def is_array(self) -> bool:
        """True if it is a `.tflite` file as an array in C, for TFLite Micro's interpreter."""
        return self.format == "tflite-array"

    @property
    def file_format(self) -> FormatName:
        """The format of the file: that of its extension."""
        return "c" if self.format == "tflite-array" else self.format

    @property
    def is_text(self) -> bool:
        """True if its numbers are written for people and compilers to read."""
        return self.file_format == "c"

    @property
    def choices(self) -> tuple[str, ...]:
        """The names of the options that mean anything for it."""
        if self.format == "c":  # it takes raw pixels in any case
            return ("raw_input", "kernels", *(("rounding",) if self.calibrated else ()))
        if self.is_array or self.precision == "int16x8":
            return ()
        if self.format == "onnx":
            return ("raw_input", "opset")
        return ("io_dtype", "raw_input") if self.precision == "int8" else ("raw_input",)

    def can_be_made_from(self, format: str | None, precision: PrecisionName) -> bool:
        """True if it can be made from a source: from a `.tflite` file only C of its own precision.

        Args:
            format: Format of the source.
            precision: Precision of the source.
        """
        return format != "tflite" or (self.file_format, self.precision) == ("c", precision)

    @property
    def calibrated(self) -> bool:
        """True if training images have a part in it: activations are quantized by them, or weights rounded."""
        return PRECISIONS[self.precision].is_calibrated(self.file_format) or self.few_levels

    @property
    def few_levels(self) -> bool:
        """True if its weights are rounded to few levels, which is done only where the form is named."""
        return PRECISIONS[self.precision].grid is not None


@dataclass(frozen=True)
class Options:
    """What a user may choose about an artifact.

    Args:
        io_dtype: the dtype of input and output of TFLite int8. As uint8 the input is the raw pixel byte.
        raw_input: take raw uint8 (height, width) pixels; the scaling, where there is one, goes into the graph.
        kernels: in C: "sparse" skips inputs of dense layers that are 0, several times faster for large ones; "dense"
            skips none, and takes less working memory and nearly the same time for every image.
        rounding: in C int8: whose arithmetic to repeat bit for bit.
        opset: of ONNX: the version of its operators, 13 … 18.
    """

    io_dtype: IODType = "uint8"
    raw_input: bool = False
    kernels: Kernels = "sparse"
    rounding: Rounding = "reference"
    opset: int = OPSET

    def list_changes(self) -> list[str]:
        """Return the names of the options that aren't at their defaults."""
        return [field.name for field in fields(self) if getattr(self, field.name) != field.default]


# By format: the module whose `convert` makes it. Arrays are made of what TFLite's converts.
CONVERTERS: dict[FormatChoice, str] = {
    "tflite": "edgemnist.exporters.tflite",
    "onnx": "edgemnist.exporters.onnx",
    "c": "edgemnist.exporters.c.writer",
}
ARRAY_SUFFIX = "_array"
_MODEL_FORMS = tuple(
    Form(format, row.name, f".{format}", row.forms[format])
    for format in CONVERTERS
    for row in PRECISIONS.values()
    if format in row.forms
)
# Every form that keeps what most models answer: what `all` writes.
FORMS = tuple(form for form in _MODEL_FORMS if not form.few_levels)
# The same files in another wrapping, which only their own format names.
ARRAY_FORMS = (
    Form("tflite-array", "float32", ".c", "TFLite float32 as a C array for TFLite Micro"),
    Form("tflite-array", "int8", ".c", "TFLite int8 as a C array for TFLite Micro"),
)
ALL_FORMS = (*_MODEL_FORMS, *ARRAY_FORMS)
FORMATS = tuple(dict.fromkeys(form.format for form in ALL_FORMS))
QUANTIZATIONS = tuple(dict.fromkeys(form.precision for form in ALL_FORMS if form.precision != "float32"))
_EXPECTED = (("io_dtype", get_args(IODType)), ("kernels", get_args(Kernels)), ("rounding", get_args(Rounding)))


def check_options(forms: Sequence[Form], options: Options) -> None:
    """Find out before any work that no form of those named can be had with these options.

    Raises:
        UsageError: an option means nothing for all of them, has no such value, or contradicts another.
    """
    for name, expected in _EXPECTED:
        if getattr(options, name) not in expected:
            raise UsageError(f"no `{name}` {getattr(options, name)!r}, expected one of {', '.join(expected)}")
    if not OPSETS[0] <= options.opset <= OPSETS[1]:
        raise UsageError(f"`opset={options.opset}` is out of range, expected {OPSETS[0]} to {OPSETS[1]}")
    if options.raw_input and all(form.precision == "int16x8" for form in forms):
        raise UsageError(
            "tflite int16x8 can't take raw pixels: its kernels have no cast from uint8",
            "leave `raw_input` out, or choose another mode",
        )
    if options.raw_input and options.io_dtype != "uint8":
        raise UsageError(
            f"`raw_input` means raw uint8 pixels, but `io_dtype` says {options.io_dtype}", "leave one of them out"
        )
    for name in options.list_changes():
        if not any(name in form.choices for form in forms):
            those = ", ".join(f"{form.format} {form.precision}" for form in FORMS if name in form.choices)
            this = ", ".join(f"{form.format} {form.precision}" for form in forms)
            raise UsageError(f"`{name}` is for {those}, not for {this}", f"leave `{name}` out")


def find_form(format: str, quantize: str | None = None) -> Form:
    """Return the row for a format and a mode of quantization, None for float32.

    Raises:
        UsageError: there is no such format, or it has no such mode.
    """
    if format not in FORMATS:
        raise UsageError(f"no format {format!r}, expected one of {', '.join(FORMATS)}", "see: edgemnist formats")
    precisions = [form.precision for form in ALL_FORMS if form.format == format]
    for form in ALL_FORMS:
        if (form.format, form.precision) == (format, quantize or "float32"):
            return form
    expected = ", ".join(precision for precision in precisions if precision != "float32")
    raise UsageError(f"{format} has no mode {quantize!r}, expected one of {expected}", "see: edgemnist formats")
