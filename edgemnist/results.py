"""What the verbs give back: frozen records, which `edgemnist.reporting` shows and nothing changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgemnist.comparison.answers import Comparison, OutputDifference, Score
from edgemnist.contract import Precision
from edgemnist.errors import EdgeMnistError
from edgemnist.exporters import Form
from edgemnist.kits import Kit
from edgemnist.targets import Footprint
from edgemnist.training.recipes import Recipe


@dataclass(frozen=True)
class Training:
    """A finished training.

    Args:
        path: the `.keras` file.
        recipe: with what the caller changed in it.
        seed: that drew the weights and shuffled the images.
        parameters: how many weights and biases the model holds.
        size_bytes: of the file.
        score: on the test images, of the file as it was written.
        seconds: that the training took, imports and scoring not counted.
    """

    path: Path
    recipe: Recipe
    seed: int
    parameters: int
    size_bytes: int
    score: Score
    seconds: float


@dataclass(frozen=True)
class Artifact:
    """A written file.

    Args:
        path: where it is.
        form: its row of the table of forms.
        size_bytes: of the file.
        sha256: of the file.
        eats: its input, in one line.
        companions: files that go with it: a header.
    """

    path: Path
    form: Form
    size_bytes: int
    sha256: str
    eats: str
    companions: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Measurement:
    """What was found of one file.

    Args:
        precision: the contract's; "unknown" for a file without one.
        runtime: its name and version.
        size_bytes: of the file.
        eats: its input, in one line.
        labels: the class names.
        reference: what it was held against: "model.keras", or the other file; None without a source.
        score, comparison: see `edgemnist.comparison`.
        outputs: the outputs as whole numbers, where it was held against another quantized file.
        seconds: that the runtime took for all images.
        footprint: what the model takes of an emulated microcontroller; None elsewhere.
        emulated: true if an emulator ran it, whose seconds say nothing of its target's.
    """

    precision: Precision
    runtime: str
    size_bytes: int
    eats: str
    labels: tuple[str, ...]
    reference: str | None
    score: Score
    comparison: Comparison | None
    outputs: OutputDifference | None
    seconds: float
    footprint: Footprint | None = None
    emulated: bool = False


@dataclass(frozen=True)
class Verdict:
    """What was found of one file, and what that means.

    Args:
        model: the path as it was given.
        format: "keras", "tflite", "onnx" or "c"; None for another file.
        measurement: what was found; None if the file couldn't be judged, or is too large for its target.
        reasons: why it doesn't pass.
        notes: what else a reader must know.
        trouble: why it couldn't be judged.
    """

    model: str
    format: str | None
    measurement: Measurement | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: EdgeMnistError | None = None

    @property
    def passed(self) -> bool:
        """True if it was judged, and nothing was found against it."""
        return self.trouble is None and not self.reasons


@dataclass(frozen=True)
class Report:
    """The verdicts of one `verify`.

    Args:
        verdicts: one a file, in the order given.
        data: the name of the data set.
    """

    verdicts: tuple[Verdict, ...]
    data: str

    @property
    def passed(self) -> bool:
        """True if every file passed, and there was one."""
        return self.exit_status == 0

    @property
    def exit_status(self) -> int:
        """2 if any file is trouble or there is none, else 1 if any differs, else 0."""
        if not self.verdicts or any(verdict.trouble for verdict in self.verdicts):
            return 2
        return int(not all(verdict.passed for verdict in self.verdicts))


@dataclass(frozen=True)
class Prediction:
    """The answer to one picture.

    Args:
        image: the file, with the picture's index where the file holds several.
        label: the most probable class.
        confidence: its probability, 0 … 1.
        top: the three most probable classes with their probabilities, the best first.
        prepared: true if the picture was brought into MNIST's own form.
        note: what a reader must know of the picture, or "".
    """

    image: str
    label: str
    confidence: float
    top: tuple[tuple[str, float], ...]
    prepared: bool
    note: str = ""


@dataclass(frozen=True)
class KitFolder:
    """A written kit.

    Args:
        path: the folder.
        kit: its row of the table of kits.
        models: the model files that it embeds.
        files: the paths inside, in order.
        products: what was built from them, by their paths inside.
        verified: true if the model passed the gate.
        golden_images: how many images the self-test runs.
    """

    path: Path
    kit: Kit
    models: tuple[Path, ...]
    files: tuple[str, ...]
    products: tuple[str, ...]
    verified: bool
    golden_images: int

    @property
    def start(self) -> str:
        """What to type next; {folder} is where the kit was written."""
        return self.kit.build if self.kit.built and not self.products else self.kit.start
