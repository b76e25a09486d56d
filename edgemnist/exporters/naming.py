"""Which of a model's layers a converter means, which names it after operators."""

from __future__ import annotations

import re
from typing import Any

from edgemnist.errors import ExportError, take_first_line
from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras

# A path of names such as `classifier_1/functional_1/resizing_1/resize/ResizeBicubic`.
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
# What TensorFlow's converter says of an operator that TFLite hasn't, deep in its message.
LACKING = re.compile(r"'tf\.(\w+)' op is neither a custom op nor a flex op")
# TensorFlow's operators that resize in a way of their own, and what Keras calls that.
INTERPOLATIONS = {"ResizeBicubic": "bicubic", "ResizeArea": "area", "ScaleAndTranslate": "lanczos"}
RESIZE = "where the model is made, choose interpolation='bilinear' or 'nearest', and train it again"


def refuse(model: keras.Model, form: str, error: BaseException, hint: str) -> ExportError:
    """Return the error for a model that a converter refused.

    Args:
        model: The classifier.
        form: What was to be written, such as "tflite int8".
        error: What the converter raised.
        hint: What to do where one layer is at fault.
    """
    if lacking := LACKING.search(str(error)):
        return refuse_operator(model, form, lacking[1], str(error), hint)
    layer = _find_layer(model, str(error))
    reason = _clean(take_first_line(error))
    if layer is None:
        return ExportError(f"the model can't be converted to {form}: {reason}")
    return ExportError(f"{_name(layer)} can't be converted to {form}: {reason}", hint)


def refuse_operator(model: keras.Model, form: str, operator: str, text: str, hint: str) -> ExportError:
    """Return the error for a model with an operator that a format hasn't.

    Args:
        model: The classifier.
        form: What was to be written, such as "tflite int8" or "onnx"; C is written from TFLite.
        operator: TensorFlow's name of the operator.
        text: Where in TensorFlow's graph that is: a path, or a message that has one in it.
        hint: What to do, unless the operator resizes.
    """
    layer, library = _find_layer(model, text), "ONNX" if form.startswith("onnx") else "TFLite"
    what = operator
    if operator in INTERPOLATIONS:
        what = f"{getattr(layer, 'interpolation', INTERPOLATIONS[operator])} interpolation"
        hint = RESIZE
        if operator == "ResizeBicubic":
            hint += "; or write ONNX, which has that one: `format='onnx'`"
    return ExportError(f"{_name(layer)} can't be converted to {form}: {library} has no {what}", hint)


def refuse_branches(model: keras.Model, form: str, text: str, hint: str) -> ExportError:
    """Return the error for a model with an operator that chooses among others while it runs.

    Args:
        model, form, text, hint: As for `refuse_operator`.
    """
    return ExportError(f"{_name(_find_layer(model, text))} can't be converted to {form}: it branches", hint)


def _find_layer(model: keras.Model, text: str) -> Any:
    """Return the layer that a text names in a path of TensorFlow's; None where it names none."""
    known = {one.name: one for one in model._flatten_layers() if not isinstance(one, keras.Model)}
    for path in PATH.findall(text):
        for part in reversed(path.split("/")):
            layer = known.get(re.sub(r"_\d+$", "", part)) or known.get(part)
            if layer is not None:
                return layer
    return None


def _name(layer: Any) -> str:
    return "the model" if layer is None else f"layer {layer.name} ({type(layer).__name__})"


def _clean(reason: str) -> str:
    """Leave out where in TensorFlow's graph something is: it names no line of the user's."""
    return re.sub(r"<unknown>:0: |loc\(.*", "", reason).strip().removesuffix("error:").strip(" :")
