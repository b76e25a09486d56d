"""Why a picture is answered as it is, from what was measured of it: nothing is run here, and nothing read.

The order of causes is that of a search: what a picture has become comes before what is said of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from edgemnist.datasets.alternatives import IN_FORM

Cause = Literal["preparation", "runtime", "quantization", "model", "picture"]
# An answer that counts as sure, and a distance that counts as much nearer.
SURE, NEARER = 0.8, 0.8
# Share of the nearest test images from which on a picture is surely like its class.
KNOWN = 0.8
# Times the usual distance: so far from all test images, a sure answer says nothing.
FAR = 1.5


@dataclass(frozen=True)
class Alternative:
    """Another image that the picture may become.

    Args:
        name: What was done to it.
        answer: Class that the model gives to it.
        confidence: Probability of that class, 0 … 1.
        distance: From its nearest test image.
    """

    name: str
    answer: str
    confidence: float
    distance: float


@dataclass(frozen=True)
class Evidence:
    """What was measured of one picture and one model file.

    Args:
        answer: Class that the file gives to it in its runtime.
        confidence: Probability of that class, 0 … 1.
        label: Class that the picture is of; None where nobody says.
        distance: From the nearest test image.
        usual: How far an image may be from its nearest.
        neighbours: Classes of the nearest test images, the nearest first.
        alternatives: Other images that the picture may become, as the file answers them.
        runtimes: Class that the file gives in each runtime, by their names.
        quantized: Whether the file's weights have fewer bits than those of its source.
        misplaced: How the ink lies otherwise than in the training images, a sentence; "" where it doesn't.
        float_name, float_answer: The source, or a file of its 32-bit floats, and the class that it gives; None where
            none was run.
    """

    answer: str
    confidence: float
    label: str | None
    distance: float
    usual: float
    neighbours: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    runtimes: tuple[tuple[str, str], ...]
    quantized: bool
    misplaced: str = ""
    float_name: str | None = None
    float_answer: str | None = None

    @property
    def is_right(self) -> bool | None:
        """Whether the answer is the class that the picture is of; None where nobody says."""
        return None if self.label is None else self.answer == self.label

    @property
    def share_of_label(self) -> float:
        """Share of the nearest test images that are of the picture's class, 0 … 1; 0 where nobody says it."""
        return self.neighbours.count(self.label or "") / len(self.neighbours)

    @property
    def is_far(self) -> bool:
        """True for an image that is further from all test images than what is usual."""
        return self.distance > self.usual


@dataclass(frozen=True)
class Finding:
    """Something that explains an answer.

    Args:
        cause: Where it lies.
        sentence: What was found.
    """

    cause: Cause
    sentence: str


def find_blame(evidence: Evidence) -> tuple[Finding, ...]:
    """Return what explains an answer, the strongest first; nothing for one that is right.

    Example:
        >>> turned = Alternative("upside down", "9", 0.99, 4.5)
        >>> evidence = Evidence("6", 0.97, "9", 5.0, 8.0, ("6",) * 5, (turned,), (), False)
        >>> find_blame(evidence)[0].sentence
        'upside down, it is answered 9 (99 %), 4.5 from the nearest test image'
    """
    if evidence.is_right:
        return ()
    strong, weak = list(_find_better(evidence)), [*_find_misplaced(evidence), *_find_far(evidence)]
    conversion = [*_find_runtime(evidence), *_find_quantization(evidence)]
    rest = [] if strong or conversion else list(_find_model(evidence))
    return (*strong, *conversion, *weak, *rest)


def _find_better(evidence: Evidence) -> Iterator[Finding]:
    """Find another image of the picture that explains more."""
    better = [one for one in evidence.alternatives if _explains(evidence, one)]
    if not better:
        return
    best = min(better, key=lambda one: (one.distance, -one.confidence))
    where = f"{best.distance:.1f} from the nearest test image"
    than = f", not {evidence.distance:.1f}" if evidence.is_far else ""
    answer = f"{best.answer} ({100 * best.confidence:.0f} %)"
    yield Finding("preparation", f"{best.name}, it is answered {answer}, {where}{than}")


def _explains(evidence: Evidence, one: Alternative) -> bool:
    """True if the picture became what it is through its preparation, as the other image shows.

    Of a dozen other images, one may get the right answer by chance. So an image whose neighbours are of its class, or
    that the model knows in 32-bit floats, was prepared well enough; and the other one must be nearer to test images.
    """
    if one.confidence < SURE or one.distance > evidence.usual:
        return False
    in_form = bool(evidence.misplaced) and one.name == IN_FORM
    if evidence.label is None:
        nearer = evidence.is_far and one.distance < NEARER * evidence.distance
        return one.answer != evidence.answer and (nearer or in_form)
    if evidence.label == evidence.float_answer or evidence.share_of_label >= KNOWN:
        return False
    least = (NEARER if evidence.share_of_label > 0.5 else 1) * evidence.distance
    return one.answer == evidence.label and (in_form or one.distance < least)


def _find_misplaced(evidence: Evidence) -> Iterator[Finding]:
    if evidence.misplaced:
        yield Finding("preparation", evidence.misplaced)


def _find_far(evidence: Evidence) -> Iterator[Finding]:
    doubtful = evidence.label or evidence.confidence < SURE or evidence.distance > FAR * evidence.usual
    if evidence.is_far and doubtful:
        yield Finding(
            "preparation",
            f"what it has become is {evidence.distance:.1f} from the nearest test image: 99 % of training images are "
            f"no further than {evidence.usual:.1f} from another",
        )


def _find_runtime(evidence: Evidence) -> Iterator[Finding]:
    answers = {answer for _, answer in evidence.runtimes}
    if len(answers) > 1 and (evidence.label is None or evidence.label in answers):
        found = ", ".join(f"{answer} in {name}" for name, answer in evidence.runtimes)
        yield Finding("runtime", f"the same file answers {found}")


def _find_quantization(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.quantized or evidence.float_answer in (None, evidence.answer):
        return
    if evidence.label in (None, evidence.float_answer):
        found = f"{evidence.float_name} answers {evidence.float_answer} in 32-bit floats"
        yield Finding("quantization", f"{found}, and this file {evidence.answer}")


def _find_model(evidence: Evidence) -> Iterator[Finding]:
    """Find whether the picture is like others of its class, which the model should know."""
    count = len(evidence.neighbours)
    votes = Counter(evidence.neighbours)
    nearest, most = votes.most_common(1)[0]
    if evidence.label is None:
        unsure = evidence.confidence < SURE and not evidence.is_far
        if unsure and nearest != evidence.answer and most == count:
            yield Finding(
                "model", f"all {count} nearest test images are {nearest}, and the model isn't sure of its answer"
            )
        return
    own = votes[evidence.label]
    floats = f"{evidence.float_name} answers {evidence.float_answer}, too" if evidence.float_answer else ""
    if evidence.share_of_label > 0.5:
        known = f"{own} of the {count} nearest test images are {evidence.label}, and the model answers "
        yield Finding("model", known + evidence.answer + (f": {floats}" if floats else ""))
    else:
        yield Finding("picture", f"it looks like another class: {_list_votes(evidence.neighbours)}")


def _list_votes(neighbours: Sequence[str]) -> str:
    votes = Counter(neighbours).most_common()
    return f"the {len(neighbours)} nearest test images are " + ", ".join(f"{label} ({count})" for label, count in votes)
