"""`predict`: some pictures, one model file, the answers in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import NO_CLASS, find_classes
from edgemnist.comparison.question import Probe, Statement
from edgemnist.contract import Picture
from edgemnist.contract.picture import DEFAULT_PICTURE, Ink, Preparation, state_picture
from edgemnist.datasets.fitting import frame_picture, take_ink
from edgemnist.datasets.pictures import (
    EXTENSIONS,
    OTHERS,
    PictureBytes,
    is_array,
    read_array,
    read_picture,
    take_array,
)
from edgemnist.datasets.preparation import is_blank, prepare_digit
from edgemnist.datasets.readers import Images
from edgemnist.datasets.readers.base import list_visible, phrase_left_out
from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import DataError, EdgeMnistError, ModelError
from edgemnist.formats import ModelFile, require_unchanged
from edgemnist.processes.limits import Limits
from edgemnist.results import Prediction
from edgemnist.runtimes import open_runtime
from edgemnist.text import quote_argument
from edgemnist.workflows.data import open_data

if TYPE_CHECKING:
    from edgemnist.datasets import Data

TOP = 3
SIZE = join_sizes(IMAGE_SHAPE)
INVERTED = {
    "bright": f"{SIZE} pixels with a bright border: inverted, since the model takes bright ink",
    "dark": f"{SIZE} pixels with a dark border: inverted, since the model takes dark ink",
}


def predict(
    model: str | Path,
    images: str | Path | bytes | Sequence[str | Path | bytes] | NDArray[Any],
    *,
    preparation: Preparation | None = None,
    ink: Ink | None = None,
    runtime: str | None = None,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    allow_changed: bool = False,
    limits: Limits | None = None,
    report: Callable[[str], None] = lambda found: None,
) -> list[Prediction]:
    """Classify pictures with any model file.

    Args:
        model: a `.keras`, `.tflite`, `.onnx` or `.c` file.
        images: picture files (PNG, JPEG, …, or .npy), folders of such (not recursive), and the content of such files
            as bytes, which is called "-"; or an array, (height, width) or (n, height, width), with or without an axis
            of 1 or 3 channels, uint8 0 … 255 or any kind of pixels that a data set may have.
        preparation: how pictures become images: "digit" (MNIST's own form), "fit" (scaled whole) or "none" (taken as
            they are); None for what the model's contract says, where a picture of an image's size stays a "digit" as it
            is. See `edgemnist.datasets.preparation`. Arrays aren't prepared; what their numbers mean (bytes, 0 and 1,
            up to 1.0) is found from the whole array.
        ink: ink of the images that the model takes, "bright", "dark" or "any"; None for what its contract says.
        runtime: the name of one that runs such files, in place of their own; see `edgemnist.RUNTIMES`.
        data: the data set that a file without a contract was trained on, as `load_dataset` takes it; None for the one
            that `train` remembers, or the MNIST inside the package. Its training images tell what the file takes.
        class_names: the class names, for a file without a contract; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        statement: what a file without a contract takes and gives; what it leaves open is found by probing.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        allow_changed: use a file that isn't what the manifest lists under its name.
        limits: time, memory and files that a child process may use; None for the usual ones.
        report: called with what was found of a file without a contract, and what in a folder is no picture, a line
            each.

    Returns:
        An answer a picture. Of several pictures, and of those in a folder, one that can't be read, or on which there is
        nothing to be seen, is a `Prediction` with an `error`: the others are answered.

    Raises:
        EdgeMnistError: the model can't be read or answers NaN alone, there are no pictures, or the only one that was
            asked for can't be answered.

    Example:
        >>> from edgemnist import load_dataset
        >>> one = predict("exports/model_int8.tflite", load_dataset().test.images[:1])[0]
        >>> one.label
        '7'
    """
    path = Path(model)
    file = ModelFile.read(path)
    if not allow_changed:
        require_unchanged(file)
    open_dataset = cache(lambda: open_data(data, class_names, split, [file]))
    probe = Probe.choose(open_dataset, statement)
    with open_runtime(file, runtime=runtime, execute=trust, probe=probe, limits=limits or Limits()) as opened:
        info = opened.info
        if preparation and ink:
            known = DEFAULT_PICTURE
        else:
            known = info.contract.picture if info.contract else open_dataset().picture
        picture = state_picture(known, preparation, ink)
        found = _gather(images, picture, preparation is not None, report)
        pictures = [one for one in found if isinstance(one, PreparedPicture)]
        if not pictures:
            return [one for one in found if isinstance(one, Prediction)]
        if info.found:
            open_dataset().check_classes(str(path), None, info.classes)
            report(f"{path}: no contract inside: {info.found.summarize()}")
        probabilities = opened.predict(np.stack([one.pixels for one in pictures]))
        labels = info.contract.labels if info.contract else open_dataset().labels
    nothing = ModelError(f"{path}: the model answers NaN or infinity", f"edgemnist verify {quote_argument(path)}")
    if (find_classes(probabilities) == NO_CLASS).all():
        raise nothing
    rows = iter(probabilities)
    return [one if isinstance(one, Prediction) else _make_prediction(one, next(rows), labels, nothing) for one in found]


@dataclass(frozen=True, eq=False)
class PreparedPicture:
    """What is run, and where it comes from.

    Args:
        name: Of the picture.
        pixels: uint8 (height, width), 0 … 255.
        prepared: Whether it was scaled, brought into MNIST's own form, or inverted.
        note: What a reader must know of it, or "".
    """

    name: str
    pixels: Images
    prepared: bool = False
    note: str = ""


Given = str | Path | bytes


def _gather(
    images: Given | Sequence[Given] | NDArray[Any], picture: Picture, stated: bool, report: Callable[[str], None]
) -> list[PreparedPicture | Prediction]:
    """Read everything; what can't be read is a prediction already, with its error.

    Raises:
        DataError: An array is of another shape, or the only picture that was asked for can't be read.
    """
    if isinstance(images, np.ndarray):
        if not images.size:
            return []
        stack, note = take_array("images", images)
        return [PreparedPicture(str(index), pixels, note=note) for index, pixels in enumerate(stack)]
    given = [images] if isinstance(images, Given) else list(images)
    found = [read for one in given for read in _read_given(one, picture, stated, report)]
    if len(given) == len(found) == 1 and isinstance(found[0], Prediction) and found[0].image == _name(given[0]):
        assert found[0].error
        raise found[0].error
    return found


def _name(given: Given) -> str:
    return "-" if isinstance(given, bytes) else str(Path(given))


def _read_given(
    given: Given, picture: Picture, stated: bool, report: Callable[[str], None]
) -> Iterator[PreparedPicture | Prediction]:
    path, content = Path(_name(given)), PictureBytes(given) if isinstance(given, bytes) else None
    try:
        files = [path] if content or not path.is_dir() else _list_pictures(path, report)
    except DataError as error:
        yield Prediction(str(path), error=error)
        return
    for file in files:
        try:
            yield from _read(file, picture, stated, content)
        except DataError as error:
            yield Prediction(str(file), error=error)


def _list_pictures(folder: Path, report: Callable[[str], None]) -> list[Path]:
    """Return the pictures in a folder (not recursive) by name, as sorted text is, and say what else is in it.

    Raises:
        DataError: There are none in it.
    """
    inside = list_visible(folder)
    files = [path for path in inside if path.suffix.lower() in (*EXTENSIONS, *OTHERS) and not path.is_dir()]
    if not files:
        raise DataError(f"{folder}: no pictures in this folder", f"their names end in {', '.join(EXTENSIONS)}")
    others = [f"{path.name}/" if path.is_dir() else path.name for path in inside if path not in set(files)]
    for note in phrase_left_out(others, "file"):
        report(f"{folder}: {note} (no pictures by their names)")
    return files


def _read(path: Path, picture: Picture, stated: bool, content: PictureBytes | None) -> list[PreparedPicture]:
    if is_array(path, content):
        if stated and picture.preparation != "none":
            raise DataError(f"{path}: an array is taken as it is", "leave `preparation` out, or give a picture file")
        stack, note = read_array(path, content)
        names = [str(path)] if len(stack) == 1 else [f"{path}[{index}]" for index in range(len(stack))]
        return [PreparedPicture(name, pixels, note=note) for name, pixels in zip(names, stack, strict=True)]
    return [prepare_one(path, read_picture(path, content), picture, stated)]


def prepare_one(path: Path, rgba: NDArray[np.uint8], picture: Picture, stated: bool) -> PreparedPicture:
    """Make an image of one picture.

    Args:
        path: Where the picture is, for messages.
        rgba: uint8 (height, width, 4), 0 … 255.
        picture: What it is to become.
        stated: Whether the user stated the preparation: an image of the model's size is prepared, too.

    Raises:
        DataError: There is nothing to be seen on it, or it is of another size than a model takes it.
    """
    forced = stated and picture.preparation == "digit"
    framed = prepare_digit(rgba) if forced else frame_picture(path, rgba, picture.preparation)
    pixels = take_ink(_require_ink(path, framed), picture)
    if forced or rgba.shape[:2] != IMAGE_SHAPE:
        return PreparedPicture(str(path), pixels, prepared=True)
    inverted = pixels is not framed
    return PreparedPicture(str(path), pixels, prepared=inverted, note=INVERTED[picture.ink] if inverted else "")


def _require_ink(path: Path, pixels: Images) -> Images:
    if is_blank(pixels):
        raise DataError(f"{path}: nothing to be seen on it", "expected a picture, dark on light or light on dark")
    return pixels


def _make_prediction(
    picture: PreparedPicture, row: NDArray[np.float32], labels: tuple[str, ...], nothing: EdgeMnistError
) -> Prediction:
    """Return the answer; or `nothing`, where the model has none."""
    if not np.isfinite(row).all():
        return Prediction(picture.name, prepared=picture.prepared, note=picture.note, error=nothing)
    best = np.argsort(-row, kind="stable")[:TOP]
    top = tuple((labels[index], float(row[index])) for index in best)
    return Prediction(picture.name, *top[0], top, picture.prepared, picture.note)
