"""Three ways that 28 × 28 images come: IDX files, one .npz, folders of PNG files.

A reader gives each split's images and labels as they lie on disk; `edgemnist.datasets` checks that
they fit together. Every reader loads only what it is asked for, since `verify` needs no training images.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import DataError, take_first_line
from edgemnist.quiet import loading

SplitName = Literal["train", "test"]
Images = NDArray[np.uint8]
Labels = NDArray[np.int64]

# What the files of each split begin with: MNIST says t10k, others say test.
IDX_PREFIXES = {"train": ("train",), "test": ("t10k", "test")}
FORMS_HINT = (
    "--data takes a folder of IDX files (plain or .gz), an .npz with x_train, y_train, x_test, y_test, "
    "or a folder with train/CLASS/*.png and test/CLASS/*.png"
)


# What NumPy and zipfile raise over an .npz that is damaged, encrypted or hostile.
NPZ_FAILURES = (
    OSError,
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    RuntimeError,  # NotImplementedError, too
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)


def explain_numpy(error: BaseException) -> str:
    """Say what NumPy found, without its advice to load what it doesn't know by running code."""
    text = take_first_line(error)
    return "it holds no plain arrays" if "pickle" in text else text


class Reader(Protocol):
    """Where a data set lies. `class_names` is None where the files name no classes."""

    @property
    def class_names(self) -> tuple[str, ...] | None: ...
    def read_images(self, split: SplitName) -> Images: ...
    def read_labels(self, split: SplitName) -> Labels: ...


def open_reader(path: Path) -> Reader:
    """Find out which of the three forms `path` is.

    Raises:
        DataError: it is none of them, or doesn't exist.
    """
    if path.is_file() and path.suffix == ".npz":
        return NpzReader(path)
    if (path / "train").is_dir() and (path / "test").is_dir():
        return PngReader(path)
    if path.is_dir() and any(path.glob("*idx?-ubyte*")):
        return IdxReader(path)
    found = "no such file or folder" if not path.exists() else "not a data set"
    raise DataError(f"{path}: {found}", FORMS_HINT)


class IdxReader:
    """A folder with the four files of MNIST, under its names or with a prefix (as EMNIST has).

    Args:
        folder: where the files are, plain or .gz.
        sha256: hashes that the unpacked files must have, by the file's plain name.
    """

    class_names = None

    def __init__(self, folder: Path, sha256: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._sha256 = sha256 or {}

    def read_images(self, split: SplitName) -> Images:
        return self._read(split, "images", dimensions=3)

    def read_labels(self, split: SplitName) -> Labels:
        return self._read(split, "labels", dimensions=1).astype(np.int64)

    def _read(self, split: SplitName, part: str, dimensions: int) -> NDArray[np.uint8]:
        path = self._find(split, part, dimensions)
        content = _read_plain_or_gzip(path)
        expected = self._sha256.get(path.name.removesuffix(".gz"))
        if expected and hashlib.sha256(content).hexdigest() != expected:
            raise DataError(f"{path}: damaged: the SHA-256 is not the one on record", "install edgemnist again")
        return parse_idx(content, dimensions, str(path))

    def _find(self, split: SplitName, part: str, dimensions: int) -> Path:
        names = [f"{prefix}-{part}" for prefix in IDX_PREFIXES[split]]
        found = sorted(
            path
            for path in self._folder.glob(f"*idx{dimensions}-ubyte*")
            if path.suffix in ("", ".gz", f".idx{dimensions}-ubyte") and any(name in path.name for name in names)
        )
        plain_names = {path.name.removesuffix(".gz") for path in found}
        if len(plain_names) != 1:
            what = f"{len(plain_names)} files" if found else "no file"
            raise DataError(f"{self._folder}: {what} for {names[0]}-idx{dimensions}-ubyte, expected one", FORMS_HINT)
        return found[0]


def parse_idx(content: bytes, dimensions: int, name: str) -> NDArray[np.uint8]:
    """Read an IDX document of unsigned bytes.

    Args:
        content: the whole file, unpacked.
        dimensions: 3 for images, 1 for labels.
        name: of the file, for messages.

    Raises:
        DataError: the magic number or the length is wrong.

    Source: the format's description by LeCun, Cortes and Burges: two zero bytes, the type (8: unsigned
    byte), the number of dimensions, each size as a big-endian uint32, then the values.

    Example:
        >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), 1, "labels")
        array([7, 9], dtype=uint8)
    """
    magic = bytes([0, 0, 8, dimensions])
    if content[:4] != magic:
        raise DataError(
            f"{name}: wrong magic number {content[:4].hex() or '(empty)'}, expected {magic.hex()}", FORMS_HINT
        )
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DataError(f"{name}: truncated inside its header", "copy the file again")
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4)]
    if len(content) - start != math.prod(shape):
        raise DataError(
            f"{name}: {len(content) - start} values, but its header says {' x '.join(map(str, shape))}",
            "copy the file again",
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _read_plain_or_gzip(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: can't be unpacked: {error}", "copy the file again") from error


class NpzReader:
    """One .npz with `x_train, y_train, x_test, y_test`, and the class names in `labels` if it has them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def class_names(self) -> tuple[str, ...] | None:
        names = self._load("labels", optional=True)
        if names is None:
            return None
        return tuple(name.decode() if isinstance(name, bytes) else str(name) for name in np.atleast_1d(names).tolist())

    def read_images(self, split: SplitName) -> Images:
        images = self._require(f"x_{split}")
        if images.dtype != np.uint8:
            raise DataError(
                f"{self._path}: x_{split} is {images.dtype}, expected uint8 pixels 0 ... 255",
                "store the pixels as they are: x.astype('uint8'), before any division by 255",
            )
        if images.ndim >= 2 and images.size == len(images) * 784:
            return images.reshape(-1, 28, 28)
        return images

    def read_labels(self, split: SplitName) -> Labels:
        labels = self._require(f"y_{split}")
        if labels.dtype.kind not in "iu" or labels.size != len(np.atleast_1d(labels)):
            found = f"{labels.dtype} {labels.shape}"
            raise DataError(f"{self._path}: y_{split} is {found}, expected whole numbers from 0, one an image")
        return labels.reshape(-1).astype(np.int64)

    def _require(self, name: str) -> NDArray[Any]:
        array = self._load(name, optional=False)
        assert array is not None
        return array

    def _load(self, name: str, *, optional: bool) -> NDArray[Any] | None:
        try:
            with np.load(self._path, allow_pickle=False) as archive:
                if name in archive.files:
                    array: NDArray[Any] = archive[name]
                    return array
                found = ", ".join(archive.files)
        except NPZ_FAILURES as error:
            raise DataError(f"{self._path}: can't be read as .npz: {explain_numpy(error)}", FORMS_HINT) from error
        if optional:
            return None
        raise DataError(f"{self._path}: no array {name} inside, found {found or 'none'}", FORMS_HINT)


class PngReader:
    """A folder `train/CLASS/*.png` and `test/CLASS/*.png`: the class names are the folders' names, sorted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.class_names: tuple[str, ...] | None = self._classes("train")
        unknown = set(self._classes("test")) - set(self.class_names)
        if unknown:
            raise DataError(f"{folder}: test/{min(unknown)} has no train/{min(unknown)} beside it", FORMS_HINT)

    def _classes(self, split: SplitName) -> tuple[str, ...]:
        return tuple(
            sorted(path.name for path in (self._folder / split).iterdir() if path.is_dir() and path.name[0] != ".")
        )

    def _files(self, split: SplitName) -> list[tuple[Path, int]]:
        return [
            (path, label)
            for label, name in enumerate(self.class_names or ())
            for path in sorted((self._folder / split / name).glob("*"))
            if path.suffix.lower() == ".png"
        ]

    def read_images(self, split: SplitName) -> Images:
        images = [read_png(path) for path, _ in self._files(split)]
        return np.stack(images) if images else np.zeros((0, 28, 28), np.uint8)

    def read_labels(self, split: SplitName) -> Labels:
        return np.array([label for _, label in self._files(split)], np.int64)


def read_png(path: Path) -> Images:
    """Read one picture file as 28 × 28 grey pixels, as they are: nothing is scaled or inverted.

    Returns:
        uint8 (28, 28), 0 … 255.

    Raises:
        DataError: it can't be read as a picture, or is of another size.
    """
    pillow = _import_pillow()
    with _open_picture(path) as picture:
        if picture.size != (28, 28):
            found = " x ".join(map(str, picture.size))
            raise DataError(f"{path}: {found} pixels, expected 28 x 28", "white ink on black, as in MNIST")
        if picture.has_transparency_data:  # what is transparent is background: black
            black = pillow.new("RGBA", picture.size, "black")
            return np.asarray(pillow.alpha_composite(black, picture.convert("RGBA")).convert("L"))
        return np.asarray(picture.convert("L"))


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a drawing or a photograph, turned as its camera was held.

    Returns:
        uint8 (height, width, 4), RGBA, 0 … 255.

    Raises:
        DataError: it can't be read as a picture.
    """
    with _open_picture(path) as picture:
        from PIL import ImageOps

        return np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))


@contextmanager
def _open_picture(path: Path) -> Iterator[Any]:
    """Open a file with Pillow; what is wrong with it shows when its pixels are read, inside."""
    pillow = _import_pillow()
    try:
        with pillow.open(path) as picture:
            if picture.mode.startswith(("I", "F")):
                raise DataError(f"{path}: {picture.mode} pixels, expected 8 bits a channel", "save it as 8-bit grey")
            yield picture
    except FileNotFoundError:
        raise DataError(f"{path}: no such file", "check the path") from None
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError) as error:
        raise DataError(f"{path}: can't be read as a picture: {error}", "expected a PNG or a JPEG") from error


@functools.cache
def _import_pillow() -> Any:
    with loading("PIL", "pip install pillow"):
        from PIL import Image
    return Image


def read_array(path: Path) -> Images:
    """Read the images of an .npy of uint8 (28, 28), (n, 28, 28), (784,) or (n, 784).

    Returns:
        uint8 (n, 28, 28), 0 … 255.

    Raises:
        DataError: the file is missing, damaged, or of another shape or dtype.
    """
    try:
        images: NDArray[Any] = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file", "check the path") from None
    except NPZ_FAILURES as error:
        raise DataError(f"{path}: can't be read as .npy: {explain_numpy(error)}", "write it with numpy.save") from error
    if not isinstance(images, np.ndarray):
        raise DataError(f"{path}: an .npz, expected an .npy of one array", "write it with numpy.save")
    square, flat = images.shape[-2:] == (28, 28) and images.ndim < 4, images.shape[-1:] == (784,) and images.ndim < 3
    if images.dtype != np.uint8 or not (square or flat) or not images.size:
        raise DataError(
            f"{path}: {images.dtype} {images.shape}, expected uint8 (28, 28) or (n, 28, 28)",
            "pixels as they are, 0 ... 255, white ink on black",
        )
    return images.reshape(-1, 28, 28)
