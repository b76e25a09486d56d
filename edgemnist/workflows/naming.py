"""Where `export` writes: a folder for several files, a file for one."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.errors import UsageError
from edgemnist.exporters import ARRAY_SUFFIX, Form
from edgemnist.formats import EXTENSIONS
from edgemnist.text import phrase_parameter

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Destination:
    """A place to write to.

    Args:
        folder: Where the files go.
        file_name: The name of the one file; None for the names that the forms give.
    """

    folder: Path
    file_name: str | None = None


def find_destination(output: Path, forms: Sequence[Form], name: str | None) -> Destination:
    """Tell a file from a folder: a file's name ends as that of a model file does, and no folder is there.

    Args:
        output: What the user named.
        forms: What is to be written.
        name: What the user wants file names to begin with; None if that was left open.

    Raises:
        UsageError: A file was named for several forms, for a form whose files end otherwise, or beside `name`; or
            `name` can't be the beginning of a file's name.

    Example:
        >>> from edgemnist.exporters import find_form
        >>> find_destination(Path("a/b.onnx"), [find_form("onnx")], None).file_name
        'b.onnx'
    """
    if name is not None:
        check_name(name)
    if output.suffix not in EXTENSIONS or output.is_dir():
        return Destination(output)
    if len(forms) != 1:
        raise UsageError(f"{output}: {len(forms)} files are to be written", "name a folder: `output='my-model'`")
    (form,) = forms
    is_array = output.stem.endswith(ARRAY_SUFFIX) and output.suffix == ".c"
    if not output.name.endswith(form.ending) or is_array != form.is_array:
        hint = phrase_parameter("output", output.with_name(form.name_file("model")))
        ending = f"{form.ending}, not in {ARRAY_SUFFIX}.c" if form.format == "c" else form.ending
        expected = f"the name of a file of {form.format} {form.precision} was expected to end in {ending}"
        raise UsageError(f"{output}: {expected}", f"such as {hint}")
    if name is not None:
        raise UsageError(f"`name` and a file for `output` ({output}) were both given", "leave one of them out")
    check_name(output.stem)
    return Destination(output.parent, output.name)


def check_name(name: str) -> None:
    """Refuse what can't be the beginning of a file's name, or would end a text in the code that holds it.

    Raises:
        UsageError: It leads into a folder, or has quotation marks or control characters.
    """
    if Path(name).name != name or name == ".." or not name.isprintable() or set(name) & set('"\\'):
        given = phrase_parameter("name", name)
        raise UsageError(
            f"{given}: a name without folders and quotation marks was expected", "choose the folder with `output`"
        )


@contextlib.contextmanager
def save_model(model: str | Path | keras.Model) -> Iterator[Path]:
    """Give the path of a model: its own, or where a Keras model in memory is saved for as long as it is needed."""
    if isinstance(model, str | Path):
        yield Path(model)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{model.name}.keras")
        model.save(path)
        yield path
