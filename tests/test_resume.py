"""A training that was broken off goes on from its last whole epoch, and what comes of it is the same to the bit."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemnist import train
from edgemnist.datasets import Dataset
from edgemnist.errors import EdgeMnistError, ModelError, UsageError, WriteError
from edgemnist.training.checkpoint import Checkpoint, read_checkpoint
from edgemnist.training.history import Epoch, Progress
from edgemnist.training.networks import NETWORKS
from edgemnist.training.parts import OPTIMIZERS, Network, Schedule
from edgemnist.training.recipes import Recipe
from edgemnist.training.trainer import fit
from tests.conftest import ROOT, slow
from tests.test_training import build_tiny


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setitem(NETWORKS, "tiny", build_tiny)
    return Recipe(name="tiny", network=Network("tiny"), schedule=Schedule(epochs=4, batch_size=8))


CHANGES: dict[str, dict[tuple[str, ...], Any]] = {
    **{name: {("optimizer", "name"): name} for name in OPTIMIZERS},
    "momentum": {("optimizer", "name"): "sgd", ("optimizer", "momentum"): 0.9},
    "all parts": {
        ("augmentation", "rotation"): 10, ("augmentation", "elastic"): 0.5, ("averaging", "decay"): 0.9,
        ("schedule", "shape"): "cosine", ("schedule", "warmup"): 0.3,
        ("quantization", "weights"): "ternary", ("quantization", "begin"): 0.4,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "changes", [value if name == "adam" else slow(value) for name, value in CHANGES.items()], ids=CHANGES
)
def test_a_training_goes_on_from_each_checkpoint_to_the_same_bits(
    dataset: Dataset, tiny: Recipe, changes: dict[tuple[str, ...], Any]
) -> None:
    split = dataset.training.take(np.arange(100))
    recipe = tiny.override(validation_fraction=0.3, early_stopping=3).change(changes)
    saved: list[Checkpoint] = []
    whole = fit(recipe, split, seed=7, save=saved.append)
    assert [len(one.history) for one in saved] == list(range(1, len(whole.history))) != []
    for one in saved:
        checkpoint, identity = read_checkpoint(one.to_bytes({"seed": 7}))
        assert identity == {"seed": 7}
        seen: list[Progress] = []
        found = fit(recipe, split, seed=7, resume=checkpoint, report=seen.append)
        assert seen[0].epoch == len(checkpoint.history) + 1
        assert [epoch.to_record() for epoch in found.history] == [epoch.to_record() for epoch in whole.history]
        assert (found.best_epoch, found.validation) == (whole.best_epoch, whole.validation)
        for expected, weight in zip(whole.model.get_weights(), found.model.get_weights(), strict=True):
            assert np.array_equal(weight, expected)


KILLED = """
import os, signal, sys
from edgemnist import train

def report(progress):
    if progress.epoch == 3:
        os.kill(os.getpid(), signal.SIGKILL)

train("small", data=sys.argv[1], epochs=4, output=sys.argv[2], report=report)
"""


@pytest.mark.slow
def test_after_kill_9_the_files_are_those_of_an_unbroken_training(command, small_npz: Path, tmp_path: Path) -> None:
    broken, whole = tmp_path / "broken" / "model.keras", tmp_path / "whole" / "model.keras"
    run = subprocess.run([sys.executable, "-c", KILLED, small_npz, broken], cwd=ROOT, check=False)
    assert run.returncode == -signal.SIGKILL
    checkpoint = broken.with_name("model.keras.checkpoint")
    assert not broken.exists()
    assert len(read_checkpoint(checkpoint.read_bytes())[0].history) == 2
    outcome = command("train", "--recipe", "small", "--data", small_npz, "--epochs", 4, "--output", broken, "--resume")
    assert outcome.status == 0, outcome.stderr
    assert f"note {checkpoint}: epoch 2 of a training that was broken off; it goes on\n" in outcome.stderr
    assert "epoch 2/4" not in outcome.stderr
    assert "epoch 3/4" in outcome.stderr
    train("small", data=small_npz, epochs=4, output=whole)
    for name in ("model.keras", "manifest.json"):
        assert (broken.parent / name).read_bytes() == (whole.parent / name).read_bytes(), name
    assert not checkpoint.exists()


class Interruption:
    """Breaks a training off in the middle of an epoch."""

    def __init__(self, epoch: int, error: BaseException) -> None:
        self._epoch, self._error = epoch, error

    def __call__(self, progress: Progress) -> None:
        if progress.epoch == self._epoch:
            raise self._error


def break_off(data: Path, output: Path, error: BaseException | None = None) -> list[str]:
    """Break a training off in its second epoch, and return what it said."""
    notes: list[str] = []
    error = error or KeyboardInterrupt()
    with pytest.raises(type(error)):
        train("small", data=data, epochs=3, output=output, report=Interruption(2, error), report_note=notes.append)
    return notes


def test_ctrl_c_says_how_to_go_on_and_another_training_is_refused(command, small_npz: Path, tmp_path: Path) -> None:
    output = tmp_path / "model.keras"
    checkpoint = tmp_path / "model.keras.checkpoint"
    (note,) = break_off(small_npz, output)
    assert note == f"epoch 1 is kept in {checkpoint}: the same command with `resume=True` goes on from there"
    for change, message in (
        ({"epochs": 4}, "recipe.epochs was 3, and is 4 now"),
        ({"seed": 1}, "seed was 0, and is 1 now"),
        ({"recipe": "baseline"}, "recipe.name was 'small', and is 'baseline' now"),
        ({"early_stopping": 2, "validation_fraction": 0.1}, "recipe.validation_fraction was None, and is 0.1 now"),
    ):
        settings = {"recipe": "small", "epochs": 3, **change}
        with pytest.raises(UsageError, match=f"it is of another training: {message}") as caught:
            train(**settings, data=small_npz, output=output, resume=True)
        assert caught.value.message.startswith(f"{checkpoint}: ")
        assert "leave `resume` out" in caught.value.hint
    assert checkpoint.exists()
    options = ("--recipe", "small", "--data", small_npz, "--epochs", 1, "--output", output)
    outcome = command("train", *options, "--json")
    note, *_ = json.loads(outcome.stdout)["notes"]
    assert note.endswith("epoch 1 of a training that was broken off; it begins anew, where --resume would go on")
    assert not checkpoint.exists()
    outcome = command("train", *options, "--json", "--resume")
    note, *_ = json.loads(outcome.stdout)["notes"]
    assert note == f"{checkpoint}: no such file, so the training begins with its first epoch"


def test_a_full_disk_takes_no_checkpoint_away(small_npz: Path, tmp_path: Path) -> None:
    (note,) = break_off(small_npz, tmp_path / "model.keras", WriteError("no space left on device"))
    assert note.startswith("epoch 1 is kept in ")
    assert [path.name for path in tmp_path.glob("*.checkpoint")] == ["model.keras.checkpoint"]


def test_a_training_that_failed_leaves_nothing_to_go_on_from(small_npz: Path, tmp_path: Path) -> None:
    assert break_off(small_npz, tmp_path / "model.keras", EdgeMnistError("the training diverged")) == []
    assert not list(tmp_path.glob("*.checkpoint"))


def deflate(content: bytes) -> bytes:
    """The same arrays, packed: a few bytes of a file could become any number in memory."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name))
    return packed.getvalue()


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("damage", ["foreign", "cut", "empty", "packed", "text for a loss", "no number"])
def test_what_is_no_checkpoint_is_never_replaced(small_npz: Path, tmp_path: Path, damage: str, resume: bool) -> None:
    checkpoint = tmp_path / "model.keras.checkpoint"
    whole = Checkpoint((), {}, [np.zeros(3)], 0, None, []).to_bytes({})
    epoch = Epoch(0.5, 0.75, None, None, 1.0)
    strange = Checkpoint((replace(epoch, loss="0.5"),), {}, [], 1, None, []).to_bytes({})  # type: ignore[arg-type]
    endless = Checkpoint((replace(epoch, accuracy=float("nan")),), {}, [], 1, None, []).to_bytes({})
    content = {
        "foreign": b"notes of mine", "cut": whole[: len(whole) // 2], "empty": b"", "packed": deflate(whole),
        "text for a loss": strange, "no number": endless,
    }[damage]  # fmt: skip
    checkpoint.write_bytes(content)
    with pytest.raises(ModelError, match="can't be read as a checkpoint") as caught:
        train("small", data=small_npz, output=tmp_path / "model.keras", resume=resume)
    assert (caught.value.message.startswith(f"{checkpoint}: "), caught.value.hint) == (True, f"move {checkpoint} away")
    assert checkpoint.read_bytes() == content


def test_a_checkpoint_of_another_model_is_refused(dataset: Dataset, tiny: Recipe) -> None:
    split, saved = dataset.training.take(np.arange(20)), []
    fit(tiny.override(epochs=2), split, save=saved.append)
    for change in (
        {"variables": saved[0].variables[1:]},
        {"variables": [np.zeros((2, 2)), *saved[0].variables[1:]]},
        {"variables": [saved[0].variables[0].astype(str), *saved[0].variables[1:]]},
        {"shuffler": {}},
        {"shuffler": {"bit_generator": "PCG64", "state": 1}},
        {"kept_weights": [np.zeros(3)]},
    ):
        with pytest.raises(ModelError, match="of another model"):
            fit(tiny, split, resume=replace(saved[0], **change))
