"""Recipes: by name, from a file, as an object: the same rules, the same training; and what is wrong is one message."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from edgemnist import train
from edgemnist.cli.settings import SETTING_OPTIONS
from edgemnist.errors import UsageError
from edgemnist.manifest import Manifest
from edgemnist.training.parts import Network, Optimizer, Scaling, Schedule
from edgemnist.training.recipes import RECIPES, Recipe, find_recipe
from tests.tools.recipe_table import read_figures, tabulate_recipes

GOOD = "network.name = 'small'\nschedule.epochs = 1\n"
VARIED = Recipe(
    name='a "name" \\ ü',
    summary="line",
    network=Network("small"),
    schedule=Schedule(epochs=10**12, batch_size=1),
    optimizer=Optimizer("sgd", 1e-7),
    scaling=Scaling(-0.5, 1e22),
    validation=True,
    validation_fraction=1 / 3,
    early_stopping=4,
)

# As the command line lists them.
QUOTED = ", ".join(f"'{name}'" for name in RECIPES)


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("recipe", [*RECIPES.values(), VARIED], ids=lambda recipe: recipe.network.name)
def test_a_recipe_is_the_same_from_its_record_and_its_file(recipe: Recipe, tmp_path: Path) -> None:
    assert Recipe.from_record(json.loads(json.dumps(recipe.to_record()))) == recipe
    assert tomllib.loads(recipe.to_toml()) == recipe.to_record()
    assert find_recipe(write(tmp_path, recipe.to_toml())) == recipe
    assert find_recipe(recipe) is recipe


def test_what_a_file_leaves_out_is_as_by_default(tmp_path: Path) -> None:
    found = find_recipe(str(write(tmp_path, GOOD)))
    assert found == Recipe(name="mine", network=Network("small"), schedule=Schedule(epochs=1))
    assert (found.schedule.batch_size, found.optimizer, found.scaling) == (32, Optimizer("adam", 1e-3), Scaling(0, 1))


def test_numbers_become_pythons_own() -> None:
    """So that a manifest and a TOML file can hold them."""
    recipe = RECIPES["small"].override(epochs=np.int64(3), learning_rate=np.float32(0.5))
    assert recipe == RECIPES["small"].override(epochs=3, learning_rate=0.5)
    assert repr(recipe.override(learning_rate=1)).count("learning_rate=1.0") == 1
    assert "epochs = 3\n" in recipe.to_toml()


def test_a_part_that_no_old_recipe_states_is_listed_where_it_differs() -> None:
    usual = RECIPES["small"].list_settings()
    assert VARIED.list_settings().keys() - usual.keys() == {
        "scaling",
        "validation",
        "validation_fraction",
        "early_stopping",
    }
    found = replace(RECIPES["small"], scaling=Scaling(-1, 1)).list_settings()
    assert found == {**usual, "scaling": {"low": -1.0}}


@pytest.mark.parametrize(
    "change",
    [
        *({"epochs": 3}, {"batch_size": 7}, {"learning_rate": 0.5}, {"optimizer": "sgd"}),
        *({"validation_fraction": 0.2}, {"early_stopping": 2}),
    ],
    ids=str,
)
def test_an_override_replaces_what_is_named_and_only_that(change: dict) -> None:
    baseline = RECIPES["baseline"]
    unset = dict.fromkeys(
        ("epochs", "batch_size", "learning_rate", "optimizer", "validation_fraction", "early_stopping")
    )
    assert baseline.override(**unset) == baseline
    assert baseline.override(**{**unset, **change}).list_settings() == {**baseline.list_settings(), **change}


WRONG = {
    "not TOML": ("epochs: 3", "not TOML: Expected '='"),
    "no text": (b"\xff\xfe", "not TOML: 'utf-8' codec can't decode"),
    "nested for ever": ("a = " + "[" * 50_000, "not TOML: "),
    "empty": ("", "network is missing, expected a table with name"),
    "no epochs": ("network.name = 'small'\nschedule.batch_size = 3", "schedule.epochs is missing, expected a whole"),
    "an unknown key": (GOOD + "epochs = 3", "epochs is no setting, expected one of name, summary, network, schedule"),
    "an unknown key inside": (GOOD + "schedule.batch = 3", "schedule.batch is no setting, expected one of epochs, b"),
    "an unknown table": (GOOD + "[augmentations]\nshift = 2", "augmentations is no setting, expected one of name, su"),
    "a key that fakes a line": (GOOD + '"a\\nb" = 1', "a\\nb is no setting"),
    "an unknown network": ("network.name = 'big'\nschedule.epochs = 1", "network.name is 'big', expected one of dense"),
    "a value for a table": ("network = 'small'\nschedule.epochs = 1", "network is 'small', expected a table with name"),
    "a table for a value": (GOOD + "[optimizer.name]\nadam = 1", "optimizer.name is {'adam': 1}, expected one of adam"),
    "a text for a number": (GOOD + "schedule.batch_size = '3'", "schedule.batch_size is '3', expected a whole number"),
    "a fraction of an epoch": (
        "network.name = 'small'\nschedule.epochs = 1.5",
        "schedule.epochs is 1.5, expected a",
    ),
    "true for a number": (
        "network.name = 'small'\nschedule.epochs = true",
        "schedule.epochs is True, expected a",
    ),
    "no epoch": ("network.name = 'small'\nschedule.epochs = 0", "schedule.epochs is 0, expected a whole number from 1"),
    "a number for true": (GOOD + "validation = 1", "validation is 1, expected true or false"),
    "all for validation": (GOOD + "validation_fraction = 1", "validation_fraction is 1, expected a number above 0 a"),
    "no patience": (GOOD + "early_stopping = 0", "early_stopping is 0, expected a whole number from 1"),
    "a text for a number or nothing": (GOOD + "early_stopping = ''", "early_stopping is '', expected a whole number"),
    "no rate": (GOOD + "optimizer.learning_rate = nan", "optimizer.learning_rate is nan, expected a number above 0"),
    "an endless end": (GOOD + "scaling.low = -inf", "scaling.low is -inf, expected a finite number"),
    "beyond all floats": (
        GOOD + f"scaling.high = 1{'0' * 400}",
        f"scaling.high is 1{'0' * 17}...{'0' * 19}, expected a finite number",
    ),
    "one value for all pixels": (GOOD + "scaling.high = 0", "scaling.high is 0.0, expected another number than low"),
    "an unknown loss": (GOOD + "loss.name = 'hinge'", "loss.name is 'hinge', expected one of crossentropy"),
    "two lines": (GOOD + 'name = "a\\nb"', r"name is 'a\nb', expected a line of printable text"),
    "a date": (GOOD + "name = 2026-11-26", "name is datetime.date(2026, 11, 26), expected a line of printable text"),
    "a large file": ("#" * 70_000, "70,000 bytes, where at most 65,536 were expected"),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_one_message_that_names_file_key_expected_and_found(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as caught:
        find_recipe(path)
    assert caught.value.message.startswith(f"{path}: {message}")
    assert len(caught.value.message.splitlines()) == 1


def test_a_key_that_is_nearly_one_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        find_recipe(write(tmp_path, "network.name = 'small'\nschedule.epoch = 3"))
    assert caught.value.hint == "did you mean epochs?"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (GOOD + "epochs = 3", "did you mean schedule.epochs?"),
        (GOOD + "learning-rate = 3", "did you mean optimizer.learning_rate?"),
        (GOOD + "optimizer.name = 'adm'", "did you mean adam?"),
        ("network.name = 'smal'\nschedule.epochs = 1", "did you mean small?"),
        (GOOD + "optimizer.name = 3", ""),
        (GOOD + "colour = 3", ""),
    ],
)
def test_a_key_in_another_table_and_a_value_are_guessed(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_recipe(write(tmp_path, text))
    assert caught.value.hint == hint


def test_a_recipe_is_printed_to_begin_with(command, tmp_path: Path) -> None:
    text = command("recipes", "small", "--toml").stdout
    assert text == RECIPES["small"].to_toml()
    path = write(tmp_path, text.replace("epochs = 60", "epochs = 9"))
    assert find_recipe(path) == RECIPES["small"].override(epochs=9)
    (found,) = json.loads(command("recipes", path, "--json").stdout)["recipes"]
    assert found == RECIPES["small"].override(epochs=9).to_record()
    assert "baseline" not in command("recipes", "small").stdout
    for words, message in (
        (("--toml",), "--toml prints one recipe, and none is named\nhint:  edgemnist recipes small --toml"),
        (("small", "--toml", "--json"), "--toml and --json contradict each other"),
        (
            ("magic",),
            f"'magic' is not one of {QUOTED}, or a .toml file",
        ),
    ):
        outcome = command("recipes", *words)
        assert outcome.status == 2
        assert message in outcome.stderr or message in outcome.stdout


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    for place, message in (
        (
            "magic",
            f"no recipe 'magic', expected one of {', '.join(RECIPES)}, or a .toml file",
        ),
        (tmp_path / "none.toml", f"{tmp_path}/none.toml: no such file"),
        (write(tmp_path, GOOD, "mine.txt"), f"no recipe '{tmp_path}/mine.txt', expected one of baseline"),
    ):
        with pytest.raises(UsageError) as caught:
            find_recipe(place)
        assert caught.value.message.startswith(message)
    with pytest.raises(UsageError) as caught:
        find_recipe("smal")
    assert caught.value.hint == "did you mean small?"


def test_an_object_is_held_to_the_same_rules() -> None:
    with pytest.raises(UsageError, match="epochs is 0, expected a whole number from 1"):
        Schedule(epochs=0)
    with pytest.raises(UsageError, match="network is 'small', expected a table with name"):
        Recipe(name="mine", network="small", schedule=Schedule(epochs=1))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="name is None, expected one of dense, small"):
        Network(None)  # type: ignore[arg-type]


@pytest.mark.slow
def test_name_file_and_object_train_the_same_model(small_npz: Path, tmp_path: Path) -> None:
    toml = write(tmp_path, RECIPES["small"].to_toml())
    made = []
    for recipe in (toml, RECIPES["small"]):
        output = tmp_path / str(len(made)) / "model.keras"
        assert train(recipe, epochs=1, data=small_npz, output=output).recipe == RECIPES["small"].override(epochs=1)
        made.append((output.read_bytes(), (output.parent / "manifest.json").read_bytes()))
    assert made[0] == made[1]
    assert find_recipe("small") is RECIPES["small"]


@pytest.mark.usefixtures("converter_here")
def test_train_takes_a_file_and_options_in_place_of_parts(command, small_npz: Path, tmp_path: Path) -> None:
    text = "network.name = 'small'\nschedule.epochs = 9\nvalidation = true\nscaling.low = -1\n"
    toml, output = write(tmp_path, text), tmp_path / "model.keras"
    outcome = command("train", "--recipe", toml, "--epochs", 1, "--data", small_npz, "--output", output, "--json")
    assert outcome.status == 0, outcome.stderr
    expected = {"name": "mine", "network": "small", "epochs": 1, "batch_size": 32, "optimizer": "adam"}
    further = {"learning_rate": 1e-3, "scaling": {"low": -1.0}, "validation": True, "seed": 0}
    found = json.loads(outcome.stdout)
    assert found["training"] == {**expected, **further}
    entry = Manifest.load(tmp_path).models["model.keras"]["training"]
    (epoch,) = found["history"]
    assert epoch.keys() == {"loss", "accuracy", "validation_loss", "validation_accuracy"}
    assert 0.3 < epoch["validation_accuracy"] == entry.pop("validation_accuracy") <= 1
    assert f"validation loss {epoch['validation_loss']:.4f}  accuracy" in outcome.stderr
    assert entry.pop("history") == [epoch]
    assert entry == {**expected, **further, "test_accuracy": found["accuracy"]}
    command("export", "--format", "tflite", "--model", output, "--output-dir", tmp_path, "--data", small_npz)
    assert command("verify", tmp_path, "--data", small_npz).status == 0, "the contract says how pixels are scaled"


def test_a_wrong_file_is_said_on_the_command_line(command, tmp_path: Path) -> None:
    path = write(tmp_path, "network.name = 'small'\nschedule.epochs = 0")
    for verb, place in (("train", "--output"), ("run", "--output-dir")):
        outcome = command(verb, "--recipe", path, place, tmp_path / "model.keras")
        assert outcome.status == 2
        assert f"error: {path}: schedule.epochs is 0, expected a whole number from 1" in outcome.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["mine.toml"]
    outcome = command("train", "--recipe", "magic")
    assert f"'magic' is not one of {QUOTED}, or a .toml file" in outcome.stderr


def list_paths(record: dict, *tables: str) -> set[tuple[str, ...]]:
    """The tables and key of each setting."""
    inner = [list_paths(value, *tables, key) for key, value in record.items() if isinstance(value, dict)]
    return {(*tables, key) for key, value in record.items() if not isinstance(value, dict)}.union(*inner)


def test_every_setting_has_an_option() -> None:
    paths = {(*one,) for one in list_paths(asdict(RECIPES["baseline"]))} - {("name",), ("summary",)}
    assert sorted(option.path for option in SETTING_OPTIONS) == sorted(paths)


def test_options_replace_settings_of_the_recipe(command, small_npz: Path, tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    outcome = command(
        "train", "--recipe", write(tmp_path, GOOD), "--data", small_npz, "-o", path, "--batch-size", 300,
        "--schedule", "cosine", "--rotation", 5, "--elastic", 0.5, "--averaging", 0.5, "--optimizer", "adamw",
        "--weight-decay", 0.01, "--label-smoothing", 0.1,
    )  # fmt: skip
    assert outcome.status == 0, outcome
    listed = Manifest.load(tmp_path).models["net.keras"]["training"]
    assert (listed["shape"], listed["optimizer"], listed["weight_decay"]) == ("cosine", "adamw", 0.01)
    assert (listed["augmentation"]["rotation"], listed["augmentation"]["elastic"]) == (5, 0.5)
    assert (listed["averaging"], listed["loss"]["smoothing"], listed["batch_size"]) == ({"decay": 0.5}, 0.1, 300)
    outcome = command("train", "--momentum", 0.9, "-o", path)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "momentum is 0.9, and is of sgd alone, not of adam" in outcome.stderr


def test_the_measured_table_is_of_the_recipes() -> None:
    """`tests/benchmarks/recipes.py` writes it, hours long; the documents show it."""
    rows = read_figures()
    assert {row["recipe"] for row in rows} <= RECIPES.keys()
    assert [line.split("`")[1] for line in tabulate_recipes().splitlines()[2:]] == [row["recipe"] for row in rows]
    for row in rows:
        assert list(row) == [
            "recipe", "accuracy_mean", "accuracy_min", "accuracy_max", "int8_accuracy_mean", "seeds", "parameters",
            "multiplications", "int8_bytes", "c_accuracy_mean", "weight_bytes", "ram_bytes", "instructions", "seconds",
            "teacher_seconds", "machine",
        ]  # fmt: skip
        assert 0.97 < row["accuracy_min"] <= row["accuracy_mean"] <= row["accuracy_max"] < 1
        assert row["seeds"] >= 1
        assert bool(row["weight_bytes"]) == bool(RECIPES[row["recipe"]].quantization.weights)
        assert bool(row["teacher_seconds"]) == bool(RECIPES[row["recipe"]].distillation.recipe)
