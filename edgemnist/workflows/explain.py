"""`explain`: one picture, what it has become, what it is like, and what each form of a model says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.blame import Alternative, Evidence, find_blame
from edgemnist.comparison.neighbours import find_nearest, measure_usual_distance
from edgemnist.comparison.question import Probe, Statement
from edgemnist.contract import Picture
from edgemnist.contract.picture import Ink, Preparation, state_picture
from edgemnist.datasets import Dataset
from edgemnist.datasets.alternatives import list_alternatives
from edgemnist.datasets.finding import LEAST_SIDE, MOST_SIDE, are_in_form, measure_form
from edgemnist.datasets.pictures import PictureBytes, is_array, read_array, read_picture
from edgemnist.datasets.preparation import LONGEST_SIDE, is_blank
from edgemnist.errors import DataError, UsageError
from edgemnist.files import write_atomically
from edgemnist.formats import ModelFile, require_unchanged
from edgemnist.processes.limits import Limits
from edgemnist.results.explanation import Explanation, FormAnswer, Neighbour
from edgemnist.runtimes import check_runtime, open_runtime
from edgemnist.runtimes.base import Runtime
from edgemnist.workflows.data import open_data
from edgemnist.workflows.forms_beside import Asking, list_forms, phrase_answer
from edgemnist.workflows.measuring import find_precision
from edgemnist.workflows.predict import PreparedPicture, prepare_one

if TYPE_CHECKING:
    from edgemnist.datasets import Data

# How many of the nearest test images are shown, and have a say.
NEAREST = 5
NAME_IN_MEMORY = "-"


def explain(
    image: str | Path | bytes,
    model: str | Path,
    *,
    label: str | None = None,
    output: str | Path | None = None,
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
) -> Explanation:
    """Say why a picture is answered as it is: preparation, runtime, quantization, model, or the picture itself.

    Args:
        image: A picture file, an .npy of one image, which is taken as it is, or the content of such a file.
        model: A `.keras`, `.tflite`, `.onnx` or `.c` file. Its source, and what else was made from that, are asked,
            too, where a manifest beside it lists them.
        label: Name of the class that the picture is of; None where only what the forms say is compared.
        output: Where to write all of it as one picture, a .png; None for nowhere.
        preparation: How the picture becomes an image; None for what the model's contract says. See `predict`.
        ink: Ink of the image that the model takes; None for what its contract says.
        runtime: The name of one that runs such files, in place of their own; see `edgemnist.RUNTIMES`.
        data: The data set whose test images the picture is compared with, as `load_dataset` takes it; None for the
            one that `train` remembers, or the MNIST inside the package.
        class_names: The class names, for a file without a contract; None for those of the data.
        split: The name of one of several data sets in a folder; None where there is one.
        statement: What a file without a contract takes and gives; what it leaves open is found by probing.
        trust: Run the code of a .c file that isn't among those that the user made or trusts.
        allow_changed: Use a file that isn't what the manifest lists under its name.
        limits: Time, memory and files that a child process may use; None for the usual ones.

    Returns:
        What was found.

    Raises:
        UsageError: No such class or runtime.
        DataError: The picture can't be read, there is nothing to be seen on it, or it is several.
        EdgeMnistError: The model can't be read or run, or the output can't be written.

    Example:
        >>> found = explain("examples/python/seven.png", "exports/small_int8.tflite", label="7")
        >>> found.answer.label, found.is_right, found.cause
        ('7', True, None)
    """
    check_runtime(runtime)
    target = _check_output(Path(output), image) if output else None
    file = ModelFile.read(model)
    if not allow_changed:
        require_unchanged(file)
    dataset = open_data(data, class_names, split, [file])
    probe = Probe.choose(lambda: dataset, statement)
    with open_runtime(file, runtime=runtime, execute=trust, probe=probe, limits=limits or Limits()) as opened:
        info = opened.info
        dataset.check_classes(str(file.path), info.contract.labels if info.contract else None, info.classes)
        labels = info.contract.labels if info.contract else dataset.labels
        _check_label(label, labels)
        known = info.contract.picture if info.contract else dataset.picture
        seen = _read(image, known, state_picture(known, preparation, ink), preparation is not None)
        gathered = _Gathered(file, opened, seen, dataset, labels)
        answer, alternatives = gathered.answer, gathered.alternatives
    asking = Asking(seen.image, labels, probe, trust, limits or Limits())
    notes = [
        *([seen.note] if seen.note else []),
        *([f"no contract inside: {info.found.summarize()}"] if info.found else []),
        *info.notes,
    ]
    forms = list_forms(file, info.contract)
    others = tuple(asking.ask_others(file, forms, runtime, notes.append))
    if not forms and answer.precision != "float32":
        notes.append("no other form of this model is listed beside it: its quantization can't be told from the model")
    evidence = gathered.weigh(label, others)
    explanation = Explanation(
        image=seen.name, model=str(file.path), label=label, picture=_shrink(seen.rgba), prepared=seen.image,
        how=seen.how, answers=(answer, *others), neighbours=gathered.neighbours, usual_distance=evidence.usual,
        alternatives=alternatives, findings=find_blame(evidence), notes=tuple(filter(None, notes)), output=target,
    )  # fmt: skip
    if target:
        _write(explanation, target)
    return explanation


def _check_output(path: Path, image: str | Path | bytes) -> Path:
    from edgemnist.reporting.explanation_picture import check_picture

    check_picture(path)
    if not isinstance(image, bytes) and path.exists() and Path(image).exists() and path.samefile(image):
        raise UsageError(f"{path}: the picture itself would be written over", "choose another `output`")
    return path


def _write(explanation: Explanation, path: Path) -> None:
    from edgemnist.reporting.explanation_picture import draw_explanation

    write_atomically(path, draw_explanation(explanation))


def _check_label(label: str | None, labels: tuple[str, ...]) -> None:
    if label is not None and label not in labels:
        raise UsageError(f"`label={label!r}` is none of the classes", f"one of: {', '.join(labels)}")


@dataclass(frozen=True, eq=False)
class _Seen:
    """The picture.

    Args:
        name: Its name.
        rgba: As it came, uint8 (height, width, 4).
        prepared: What it has become.
        picture: What it was to become.
        expected: What the model takes.
    """

    name: str
    rgba: NDArray[np.uint8]
    prepared: PreparedPicture
    picture: Picture
    expected: Picture

    @property
    def image(self) -> NDArray[np.uint8]:
        return self.prepared.pixels

    @property
    def note(self) -> str:
        return self.prepared.note

    @property
    def how(self) -> str:
        return self.picture.summarize() if self.prepared.prepared else "taken as it is"


def _read(image: str | Path | bytes, expected: Picture, picture: Picture, stated: bool) -> _Seen:
    path = Path(NAME_IN_MEMORY if isinstance(image, bytes) else image)
    content = PictureBytes(image) if isinstance(image, bytes) else None
    if not is_array(path, content):
        rgba = read_picture(path, content)
        return _Seen(str(path), rgba, prepare_one(path, rgba, picture, stated), picture, expected)
    stack, note = read_array(path, content)
    if len(stack) != 1:
        raise DataError(
            f"{path}: {len(stack):,} images, expected one", "save one of them: numpy.save('one.npy', images[0])"
        )
    if is_blank(stack[0]):
        raise DataError(f"{path}: nothing to be seen on it", "expected an image of a digit, 0 … 255")
    grey = stack[0]
    rgba = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    return _Seen(str(path), rgba, PreparedPicture(str(path), grey, note=note), picture, expected)


def _find_misplaced(seen: _Seen) -> str:
    """Say how an image that isn't in MNIST's form differs from it, for a model that takes digits in that form."""
    if seen.expected.preparation != "digit" or seen.expected.ink == "any":
        return ""
    (longer,), (offset,) = measure_form(seen.image[None], seen.expected.ink)
    if are_in_form(longer, offset):
        return ""
    return (
        f"its ink is {longer} pixels long, and its centre of mass {offset:.1f} beside the middle: the training images' "
        f"is {LEAST_SIDE} to {MOST_SIDE} long, in the middle"
    )


def _shrink(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture of at most 256 pixels a side, to be shown."""
    step = -(-max(rgba.shape[:2]) // LONGEST_SIDE)
    return np.ascontiguousarray(rgba[::step, ::step])


@dataclass(frozen=True, eq=False)
class _Gathered:
    """What is measured of the picture, while the model is open."""

    file: ModelFile
    opened: Runtime
    seen: _Seen
    dataset: Dataset
    labels: tuple[str, ...]

    @cached_property
    def _images(self) -> dict[str, NDArray[np.uint8]]:
        return {"": self.seen.image, **list_alternatives(self.seen.rgba, self.seen.image, self.seen.picture)}

    @cached_property
    def _stack(self) -> NDArray[np.uint8]:
        return np.stack(list(self._images.values()))

    @cached_property
    def _probabilities(self) -> NDArray[np.float32]:
        return self.opened.predict(self._stack)

    @cached_property
    def _nearest(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        batches = (images for images, _ in self.dataset.test.iterate())
        return find_nearest(batches, self._stack, NEAREST)

    @cached_property
    def answer(self) -> FormAnswer:
        info, row = self.opened.info, self._probabilities[0]
        return phrase_answer(self.file, find_precision(self.file, info), info.name, row, self.labels, asked=True)

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        rows, distances = self._probabilities[1:], self._nearest[1][1:, 0]
        return tuple(
            Alternative(name, self.labels[int(row.argmax())], float(row.max()), float(distance))
            for name, row, distance in zip(list(self._images)[1:], rows, distances, strict=True)
            if np.isfinite(row).all()
        )

    @cached_property
    def neighbours(self) -> tuple[Neighbour, ...]:
        places, distances = (found[0] for found in self._nearest)
        truth, images = self.dataset.test.labels, self.dataset.test.images
        return tuple(
            Neighbour(place, self.dataset.labels[truth[place]], distance, images[place])
            for place, distance in zip(places.tolist(), distances.tolist(), strict=True)
        )

    def weigh(self, label: str | None, others: Sequence[FormAnswer]) -> Evidence:
        """Put together what explains the answer."""
        answer = self.answer
        same = [one for one in others if one.model == answer.model]
        floats = next((one for one in others if one.model != answer.model and one.precision == "float32"), None)
        return Evidence(
            answer=answer.label, confidence=answer.confidence, label=label, distance=self.neighbours[0].distance,
            usual=measure_usual_distance(self.dataset.training),
            neighbours=tuple(one.label for one in self.neighbours), alternatives=self.alternatives,
            runtimes=tuple((one.runtime, one.label) for one in (answer, *same)),
            quantized=answer.precision != "float32", misplaced=_find_misplaced(self.seen),
            float_name=floats.model if floats else None, float_answer=floats.label if floats else None,
        )  # fmt: skip
