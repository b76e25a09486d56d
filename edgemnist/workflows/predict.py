"""`predict`: some pictures, one model file, the answers in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import NO_CLASS, find_classes
from edgemnist.comparison.probing import Probe, Statement
from edgemnist.contract import Ink, Picture, Preparation, state_picture
from edgemnist.datasets.fitting import frame_picture, take_ink
from edgemnist.datasets.pictures import EXTENSIONS, read_array, read_picture
from edgemnist.datasets.preparation import is_blank, prepare_digit
from edgemnist.datasets.readers import Images
from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import DataError
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
    images: str | Path | Sequence[str | Path] | Images,
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
        images: picture files (PNG, JPEG, …, or .npy of uint8) and folders of such, or an array, uint8 (n, height,
            width) or (height, width), 0 … 255.
        preparation: how pictures become images: "digit" (MNIST's own form), "fit" (scaled whole) or "none" (taken as
            they are); None for what the model's contract says, where a picture of an image's size stays a "digit" as it
            is. See `edgemnist.datasets.preparation`. Arrays are never changed.
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
        report: called with what was found of a file without a contract, in one line.

    Returns:
        An answer a picture.

    Raises:
        EdgeMnistError: the model or a picture can't be read, or there is nothing to be seen on it.

    Example:
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
        known = Picture() if preparation and ink else info.contract.picture if info.contract else open_dataset().picture
        picture = state_picture(known, preparation, ink)
        pictures = _gather(images, picture, preparation is not None)
        if not pictures:
            return []
        if info.found:
            open_dataset().check_classes(str(path), None, info.classes)
            report(f"{path}: no contract inside: {info.found.summarize()}")
        probabilities = opened.predict(np.stack([picture.pixels for picture in pictures]))
        labels = info.contract.labels if info.contract else open_dataset().labels
    if NO_CLASS in find_classes(probabilities):
        raise DataError(f"{path}: the model answers NaN or infinity", f"edgemnist verify {quote_argument(path)}")
    return [_make_prediction(picture, row, labels) for picture, row in zip(pictures, probabilities, strict=True)]


@dataclass(frozen=True, eq=False)
class _Picture:
    """What is run: uint8 (height, width), and where it comes from."""

    name: str
    pixels: Images
    prepared: bool = False
    note: str = ""


def _gather(images: str | Path | Sequence[str | Path] | Images, picture: Picture, stated: bool) -> list[_Picture]:
    if isinstance(images, np.ndarray):
        images = images[np.newaxis] if images.ndim == 2 else images
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != IMAGE_SHAPE:
            raise DataError(f"images are {images.dtype} {images.shape}, expected uint8 n x {SIZE}")
        return [_Picture(str(index), pixels) for index, pixels in enumerate(images)]
    paths = [images] if isinstance(images, str | Path) else images
    return [one for path in paths for file in _list_files(Path(path)) for one in _read(file, picture, stated)]


def _list_files(path: Path) -> list[Path]:
    """Return the file itself, or the pictures in a folder (not recursive) by name, as sorted text is.

    Raises:
        DataError: There are none in it.
    """
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in EXTENSIONS and file.is_file())
    if not files:
        raise DataError(f"{path}: no pictures in this folder", f"their names end in {', '.join(EXTENSIONS)}")
    return files


def _read(path: Path, picture: Picture, stated: bool) -> list[_Picture]:
    if path.suffix.lower() == ".npy":
        if stated and picture.preparation != "none":
            raise DataError(f"{path}: an array is taken as it is", "leave `preparation` out, or give a picture file")
        stack = read_array(path)
        names = [str(path)] if len(stack) == 1 else [f"{path}[{index}]" for index in range(len(stack))]
        return [_Picture(name, pixels) for name, pixels in zip(names, stack, strict=True)]
    rgba = read_picture(path)
    forced = stated and picture.preparation == "digit"
    framed = prepare_digit(rgba) if forced else frame_picture(path, rgba, picture.preparation)
    pixels = take_ink(_require_ink(path, framed), picture)
    if forced or rgba.shape[:2] != IMAGE_SHAPE:
        return [_Picture(str(path), pixels, prepared=True)]
    inverted = pixels is not framed
    return [_Picture(str(path), pixels, prepared=inverted, note=INVERTED[picture.ink] if inverted else "")]


def _require_ink(path: Path, pixels: Images) -> Images:
    if is_blank(pixels):
        raise DataError(f"{path}: nothing to be seen on it", "expected a picture, dark on light or light on dark")
    return pixels


def _make_prediction(picture: _Picture, row: NDArray[np.float32], labels: tuple[str, ...]) -> Prediction:
    best = np.argsort(-row, kind="stable")[:TOP]
    top = tuple((labels[index], float(row[index])) for index in best)
    return Prediction(picture.name, *top[0], top, picture.prepared, picture.note)
