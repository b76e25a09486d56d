"""Which of a model's layers a converter means, which names it after operators."""

from __future__ import annotations

import re

from edgemnist.errors import ExportError, take_first_line
from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras

# A path of names such as `classifier_1/functional_1/resizing_1/resize/ResizeBicubic`.
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+")


def find_layer(model: keras.Model, text: str) -> str | None:
    """Return the name and the class of the layer that a text names in a path of TensorFlow's; None where it names none.

    Args:
        model: A classifier.
        text: Message of a converter, or name of an operator.
    """
    known = {one.name: one for one in model._flatten_layers() if not isinstance(one, keras.Model)}
    for path in PATH.findall(text):
        for part in reversed(path.split("/")):
            layer = known.get(re.sub(r"_\d+$", "", part)) or known.get(part)
            if layer is not None:
                return f"layer {layer.name} ({type(layer).__name__})"
    return None


def refuse(model: keras.Model, form: str, error: BaseException, hint: str) -> ExportError:
    """Return the error for a model that a converter refused.

    Args:
        model: The classifier.
        form: What was to be written, such as "tflite int8".
        error: What the converter raised.
        hint: What to do where one layer is at fault.
    """
    layer = find_layer(model, str(error))
    reason = _clean(take_first_line(error))
    if layer is None:
        return ExportError(f"the model can't be converted to {form}: {reason}")
    return ExportError(f"{layer} can't be converted to {form}: {reason}", hint)


def _clean(reason: str) -> str:
    """Leave out where in TensorFlow's graph something is: it names no line of the user's."""
    return re.sub(r"<unknown>:0: |loc\(.*", "", reason).strip().removesuffix("error:").strip(" :")
