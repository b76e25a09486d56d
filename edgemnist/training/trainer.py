"""The one loop that trains every recipe. It is given training images only, writes nothing, and returns all it found."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Score
from edgemnist.comparison.tally import score
from edgemnist.datasets.splits import TrainingSplit, require_training
from edgemnist.errors import ModelError, take_first_line
from edgemnist.formats.keras import list_variables
from edgemnist.quiet import loading, quiet_at_first
from edgemnist.training.averaging import Average
from edgemnist.training.checkpoint import Checkpoint
from edgemnist.training.diagnosis import check_finite, describe_chance, is_chance
from edgemnist.training.distillation import Teacher, require_teachers
from edgemnist.training.history import Epoch, Progress
from edgemnist.training.levels import Levels
from edgemnist.training.networks import NETWORKS
from edgemnist.training.recipes import Recipe
from edgemnist.training.settings import require_seed
from edgemnist.training.steps import STEPS_PER_TURN, compile_predictor, compile_steps, make_loss, make_optimizer
from edgemnist.training.stopping import KeptEpoch
from edgemnist.training.validation import check_validation, part_images
from edgemnist.training.views import Logits, Views

with loading("tensorflow", "pip install tensorflow"):
    import keras

# Enough of them to make the call's own cost vanish, few enough for a smooth progress bar.
LEAST_STEPS, MOST_STEPS = 25, 75


@dataclass(frozen=True, eq=False)
class Trained:
    """What `fit` returns.

    Args:
        model: Trained Keras model.
        history: What each epoch gave, in order.
        validation: Score of the model on the validation images; None for a recipe that fits all images.
        best_epoch: Epoch whose weights the model has, from 1; None without early stopping, for the last one.
    """

    model: keras.Model
    history: tuple[Epoch, ...]
    validation: Score | None
    best_epoch: int | None = None


def fit(
    recipe: Recipe,
    split: TrainingSplit,
    *,
    seed: int = 0,
    model: keras.Model | None = None,
    teachers: Sequence[Teacher] = (),
    answered: MutableMapping[int, Logits] | None = None,
    show_model: Callable[[keras.Model], None] = lambda model: None,
    report: Callable[[Progress], None] = lambda progress: None,
    report_note: Callable[[str], None] = lambda note: None,
    save: Callable[[Checkpoint], None] | None = None,
    resume: Checkpoint | None = None,
) -> Trained:
    """Train a model. The same seed on the same machine gives the same weights.

    Args:
        recipe: Everything that decides the training but the seed and the images. Where it asks for validation, a fixed
            part of the images is kept out of the fit.
        split: Training images. The network is built for their shape and for as many classes as their labels number.
        seed: Whole number from 0 to 2³² - 1 that draws the weights and the order of the images.
        model: Model to train from the weights that it has, in place of the recipe's network; it is trained itself, no
            copy of it. It takes real values of an image, in any shape of its pixels, and gives probabilities.
        teachers: What a recipe with distillation learns from.
        answered: What they answered before, by the number of the views, and where what they answer is kept; None for
            nothing, and to keep it for this training alone.
        show_model: Called with the model before it is trained.
        report: Called after each chunk of steps, and once more when an epoch is over and validated.
        report_note: Called with a sentence if the first epoch learned nothing.
        save: Called with the state of the training after each epoch but the last; None for nobody.
        resume: State to go on from, of the same training; None to begin. What comes of it is the same to the bit.

    Returns:
        Model, history and validation score. Nothing is written.

    Raises:
        UsageError: The seed is out of range, the network can't take images of that shape, early stopping has no
            images to go by, or there are no teachers where the recipe learns from some.
        DataError: There are too few images for a validation part.
        ModelError: The state to go on from is of another model.
        EdgeMnistError: The loss or a weight is no longer a finite number.
    """
    classes = 1 + int(require_training(split).labels.max())
    check_validation(recipe, split)
    require_teachers(recipe, teachers, classes)
    fitted, validation = part_images(recipe, split)
    model = build_model(recipe, split.image_shape, classes, seed, model)
    show_model(model)
    average = Average(model, recipe.averaging.decay) if recipe.averaging.decay else None
    levels = _make_levels(recipe, fitted, model)
    endings = [one for one in (average, levels) if one]  # what the weights become in the end, one after the other
    views = Views(recipe, fitted.images, seed, teachers, answered)
    loop = _Loop(recipe, fitted, model, average, levels, views, seed, report)
    judge, kept = _compile_judge(model, recipe, validation), KeptEpoch(model, recipe.early_stopping)
    history = loop.restore(resume, kept) if resume else []
    for number in range(len(history) + 1, recipe.schedule.epochs + 1):
        started = perf_counter()
        last = loop.run_epoch(number)
        seconds = perf_counter() - started
        with contextlib.ExitStack() as stack:
            for one in endings:
                stack.enter_context(one.applied())
            check_finite(number, recipe.optimizer.learning_rate, last.loss, model.get_weights())
            found, loss = judge()
            check_finite(number, recipe.optimizer.learning_rate, loss or 0.0)
            stops = kept.take(number, found)
        epoch = Epoch(last.loss, last.accuracy, loss, found.accuracy if found else None, seconds)
        history.append(epoch)
        if number == 1 and all(is_chance(*answered) for answered in _list_answered(epoch, fitted, validation)):
            report_note(describe_chance(epoch.accuracy, classes, recipe.optimizer.learning_rate))
        is_last = stops or number == recipe.schedule.epochs
        report(replace(last, ended=epoch, is_last=is_last))
        if is_last:
            break
        if save:
            save(loop.take_checkpoint(history, kept))
    for one in endings:
        one.take()
    kept.restore()
    return Trained(model, tuple(history), kept.score, kept.number if recipe.early_stopping else None)


def _list_answered(
    epoch: Epoch, fitted: TrainingSplit, validation: TrainingSplit | None
) -> Iterator[tuple[float, NDArray[np.int64]]]:
    """Yield the accuracy on each part of the images, with their labels."""
    yield epoch.accuracy, fitted.labels
    if validation and epoch.validation_accuracy is not None:
        yield epoch.validation_accuracy, validation.labels


def _compile_judge(
    model: keras.Model, recipe: Recipe, validation: TrainingSplit | None
) -> Callable[[], tuple[Score | None, float | None]]:
    """Return what scores the model on the validation images, with the weights of that time, and gives their mean loss.

    Both are None without any.
    """
    if validation is None:
        return lambda: (None, None)
    predict, compute_losses = compile_predictor(model, recipe.scaling), make_loss(recipe.loss, None)
    images, labels = validation.images.reshape(-1, *model.input_shape[1:]), validation.labels

    def judge() -> tuple[Score, float]:
        answers = predict(images)
        return score(answers, labels), float(np.mean(compute_losses(labels, answers), dtype=np.float64))

    return judge


def build_model(
    recipe: Recipe, shape: tuple[int, ...], classes: int, seed: int, given: keras.Model | None = None
) -> keras.Model:
    """Build the recipe's network, its weights drawn from `seed`; or take the one that is given.

    Args:
        recipe: Recipe that names the network.
        shape: Rows and columns of an image.
        classes: Number of classes, 2 or more.
        seed: Whole number from 0 to 2³² - 1, which also decides what the network's layers draw in training.
        given: Model in place of the network.

    Raises:
        UsageError: The seed is out of range, or the network can't take images of that shape.
    """
    require_seed(seed)
    keras.utils.set_random_seed(seed)
    sizes = {"sizes": recipe.network.numbers} if recipe.network.sizes else {}
    return given or NETWORKS[recipe.network.name](shape, classes, **sizes)


def _count_steps(recipe: Recipe, split: TrainingSplit) -> int:
    """Return the number of steps of an epoch."""
    return -(-len(split) // recipe.schedule.batch_size)


def _make_levels(recipe: Recipe, split: TrainingSplit, model: keras.Model) -> Levels | None:
    """Return what keeps the weights on levels; None where the recipe names none."""
    if not recipe.quantization.weights:
        return None
    return Levels(model, recipe.quantization, recipe.schedule.epochs * _count_steps(recipe, split))


class _Loop:
    """Runs the epochs of one training: in each, every image once, in an order that is drawn anew."""

    def __init__(
        self,
        recipe: Recipe,
        split: TrainingSplit,
        model: keras.Model,
        average: Average | None,
        levels: Levels | None,
        views: Views,
        seed: int,
        report: Callable[[Progress], None],
    ) -> None:
        self._labels = split.labels.astype(np.int32)
        self._schedule, self._learning_rate = recipe.schedule, recipe.optimizer.learning_rate
        self._batch_size = min(recipe.schedule.batch_size, len(split))
        self._steps = _count_steps(recipe, split)
        optimizer = make_optimizer(recipe, recipe.schedule.epochs * self._steps)
        self._views = views
        self._run_steps = quiet_at_first(compile_steps(model, recipe, optimizer, average, levels))
        # All that a step changes.
        self._variables = [*list_variables(model), *optimizer.variables, *(average.variables if average else ())]
        self._shuffler = np.random.default_rng(seed)
        self._report = report

    def run_epoch(self, epoch: int) -> Progress:
        """Train for an epoch, numbered from 1, and return how far it is at its end."""
        order = self._shuffler.permutation(len(self._labels))
        images, logits = self._views.take(epoch)
        step, seen, loss_sum, hits = 0, 0, 0.0, 0.0
        for chunk in _cut_chunks(order, self._batch_size):
            sums = self._run_steps(images[chunk], self._labels[chunk], None if logits is None else logits[chunk])
            step, seen = step + len(chunk), seen + chunk.size
            loss_sum, hits = loss_sum + float(sums[0]), hits + float(sums[1])
            check_finite(epoch, self._learning_rate, loss_sum)
            progress = Progress(epoch, self._schedule.epochs, step, self._steps, loss_sum / seen, hits / seen)
            self._report(progress)
        return progress

    def take_checkpoint(self, history: Sequence[Epoch], kept: KeptEpoch) -> Checkpoint:
        """Return all that the training is after the last epoch of `history`."""
        values = [np.array(variable) for variable in self._variables]
        state = self._shuffler.bit_generator.state
        return Checkpoint(tuple(history), state, values, kept.number, kept.score, kept.weights)

    def restore(self, checkpoint: Checkpoint, kept: KeptEpoch) -> list[Epoch]:
        """Go back to a checkpoint, and return the history until then.

        Raises:
            ModelError: It is of another model.
        """
        kept.number, kept.score, kept.weights = checkpoint.kept_number, checkpoint.kept_score, checkpoint.kept_weights
        try:
            kept.restore()  # for weights that don't fit: the model's own come next
            for variable, value in zip(self._variables, checkpoint.variables, strict=True):
                if (tuple(variable.shape), variable.dtype) != (value.shape, value.dtype):
                    raise ValueError(f"{value.dtype} {value.shape} for {variable.dtype} {tuple(variable.shape)}")
            for variable, value in zip(self._variables, checkpoint.variables, strict=True):
                variable.assign(value)
            self._shuffler.bit_generator.state = checkpoint.shuffler
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            hint = "leave `resume` out to begin anew"
            raise ModelError(f"a checkpoint of another model: {take_first_line(error)}", hint) from error
        return list(checkpoint.history)


def _cut_chunks(order: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.int64]]:
    """Cut an order of images into chunks (steps, batch): full ones, the rest of full batches, the last short one.

    Every shape is compiled once, which takes seconds, so there are three at most, and one where the numbers allow it.
    """
    full = len(order) // batch_size
    batches, steps = order[: full * batch_size].reshape(full, batch_size), _choose_steps(full)
    for start in range(0, full, steps):
        yield batches[start : start + steps]
    if full * batch_size < len(order):
        yield order[full * batch_size :][None]


def _choose_steps(full: int) -> int:
    """Return the number of steps of a chunk: one that leaves no rest where there is any, and of whole turns."""
    even = [steps for steps in range(LEAST_STEPS, MOST_STEPS + 1) if full % steps == 0]
    return max(even, key=lambda steps: (steps % STEPS_PER_TURN == 0, steps), default=MOST_STEPS)
