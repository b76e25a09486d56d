"""`compare`: what is measured of each model and of each pair, against NumPy alone; and what is read of manifests."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgemnist import DataError, UsageError, compare, load_dataset, open_runtime
from edgemnist.comparison.pairs import compare_pairs
from edgemnist.comparison.statistics import find_beyond_chance
from edgemnist.manifest import Manifest, edit_manifest
from edgemnist.manifest_fields import flatten
from edgemnist.reporting.comparisons import _list_tables
from edgemnist.reporting.plain import drop_spare_columns, format_table
from edgemnist.training.parts import Augmentation, Network, Schedule
from edgemnist.training.recipes import Recipe
from edgemnist.workflows.listed import OUTCOMES
from tests.conftest import ROOT
from tests.test_changed import append, copy
from tests.test_cli import assert_error
from tests.test_inspect import take_contract

EXPORTS = ROOT / "exports"
PAIR = (EXPORTS / "small_int8.onnx", EXPORTS / "model_int8.tflite")
LIMIT = 400


def list_hits(path: Path, dataset) -> np.ndarray:
    with open_runtime(path) as runtime:
        return runtime.predict(dataset.test.images[:]).argmax(axis=1) == dataset.test.labels


def test_hits_and_pairs_are_those_that_numpy_counts(dataset) -> None:
    paths = [*PAIR, EXPORTS / "small_int8.tflite"]
    found = compare(paths)
    hits = [list_hits(path, dataset) for path in paths]
    assert [model.score.hits for model in found.models] == [int(one.sum()) for one in hits]
    assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1), (0, 2), (1, 2)]
    for pair in found.pairs:
        only_first = int((hits[pair.first] & ~hits[pair.second]).sum())
        only_second = int((hits[pair.second] & ~hits[pair.first]).sum())
        moved, least = only_first + only_second, min(only_first, only_second)
        p = min(1.0, 2 * sum(math.comb(moved, count) for count in range(least + 1)) / 2**moved)
        assert (pair.broken, pair.fixed) == (only_first, only_second)
        assert pair.mcnemar_p == pytest.approx(p, rel=1e-9)
    assert [pair.beyond_chance for pair in found.pairs] == [True, False, True]
    assert (found.data, found.limit, found.notes) == ("mnist", None, ())


def test_a_mark_is_as_rare_as_it_says_though_there_are_many_pairs() -> None:
    """Of ten equal models there are 45 pairs; with a level of 5 % each, nearly all such tables would have a mark."""
    random, tables, marked = np.random.default_rng(5), 200, 0
    for _ in range(tables):
        hits = list(random.random((10, 300)) < 0.8)
        marked += any(pair.beyond_chance for pair in compare_pairs(hits))
    assert marked / tables <= 0.08
    assert find_beyond_chance([]) == ()
    assert find_beyond_chance([0.001, 0.5, 0.02, 0.04]) == (True, False, False, False)


def test_what_the_manifest_says_of_each_is_beside_it() -> None:
    found = compare([EXPORTS / "small_int8.tflite", EXPORTS / "model_int8.tflite"], limit=LIMIT)
    small, model = found.models
    assert (small.recipe, model.recipe) == ("small", "baseline")
    listed = Manifest.load(EXPORTS).models
    stated = [flatten(listed[name]["training"]) for name in ("small.keras", "model.keras")]
    differing = found.differing
    assert differing.pop("recipe") == ("small", "baseline")
    for name, values in differing.items():
        assert tuple(training.get(name) for training in stated) == values
    named = {name for name in {*stated[0], *stated[1]} if stated[0].get(name) != stated[1].get(name)}
    assert set(differing) == {name for name in named if name.partition(".")[0] not in ("name", *OUTCOMES)}
    size = (EXPORTS / "small_int8.tflite").stat().st_size
    assert (small.size_bytes, small.precision, small.format) == (size, "int8", "tflite")
    assert [(one.complexity.parameters, one.complexity.multiplications) for one in found.models] == [
        (15_786, 124_032), (535_818, 535_040),
    ]  # fmt: skip


@pytest.mark.slow
def test_sources_are_shown_with_what_was_made_from_them(command) -> None:
    outcome = command("compare", EXPORTS / "small.keras", EXPORTS / "model.keras", "--limit", LIMIT)
    assert outcome.status == 0
    assert ["tflite", "int8", "25", "kB", "560", "kB"] in [line.split() for line in outcome.stdout.splitlines()]
    assert "small.keras" in outcome.stdout
    (small, _) = compare([EXPORTS / "small.keras", EXPORTS / "model.keras"], limit=LIMIT).models
    assert [(one.name, one.format, one.size_bytes) for one in small.made] == [
        (f"small_int8.{kind}", kind, (EXPORTS / f"small_int8.{kind}").stat().st_size)
        for kind in ("tflite", "onnx", "c")
    ]


def test_the_document_has_one_shape(command) -> None:
    outcome = command("compare", *PAIR, "--limit", LIMIT, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert list(document) == ["schema", "data", "limit", "models", "pairs", "settings", "notes", "error"]
    assert (document["data"], document["limit"], document["error"]) == ("mnist", LIMIT, None)
    for path, model in zip(PAIR, document["models"], strict=True):
        assert list(model) == [
            "model", "format", "precision", "runtime", "images", "hits", "accuracy", "accuracy_low", "accuracy_high",
            "parameters", "multiplications", "size_bytes", "made", "recipe", "settings", "notes",
        ]  # fmt: skip
        assert (model["model"], model["images"], model["size_bytes"]) == (str(path), LIMIT, path.stat().st_size)
        assert model["accuracy"] == model["hits"] / LIMIT
        assert model["accuracy_low"] < model["accuracy"] <= model["accuracy_high"]
    (pair,) = document["pairs"]
    assert list(pair) == ["first", "second", "broken", "fixed", "mcnemar_p", "beyond_chance"]
    assert (pair["first"], pair["second"]) == tuple(map(str, PAIR))
    assert document["settings"][0] == {"name": "recipe", "values": ["small", "baseline"]}


def test_one_model_alone_is_a_table_of_one_row(command) -> None:
    outcome = command("compare", PAIR[0], "--limit", LIMIT)
    assert outcome.status == 0
    assert outcome.stdout.startswith(f"1 model on the first {LIMIT} test images of mnist\n")
    assert "McNemar" not in outcome.stdout
    assert "setting" not in outcome.stdout
    found = compare(str(PAIR[0]), limit=20_000)
    assert (found.pairs, found.limit, found.models[0].score.images) == ((), None, 10_000)
    with pytest.raises(UsageError, match="no model was given"):
        compare([])
    with pytest.raises(UsageError, match="limit=0"):
        compare(PAIR[0], limit=0)


def test_models_of_different_data_are_refused_with_a_hint_that_works(command, tmp_path: Path) -> None:
    other = copy(tmp_path, "small_int8.onnx")
    with edit_manifest(tmp_path) as (manifest, _):
        data = manifest.models["small.keras"]["data"]
        manifest.models["small_int8.onnx"]["data"] = {**data, "test_sha256": "c" * 64}
    said = f"trained on different data: {other.name} on cccccccc, {PAIR[1].name} on f5147f7b"
    assert_error(command("compare", other, PAIR[1]), said, "--data PATH")
    found = compare([other, PAIR[1]], data=load_dataset(), limit=LIMIT)
    assert {model.score.images for model in found.models} == {LIMIT}


def test_a_model_of_other_classes_is_refused(small_npz: Path) -> None:
    with pytest.raises(DataError, match="10 classes"):
        compare(PAIR, data=small_npz)


def test_a_model_without_a_contract_is_asked_like_everywhere(tmp_path: Path) -> None:
    (found,) = compare(take_contract(tmp_path, "small_int8.tflite"), limit=LIMIT).models
    assert (found.recipe, found.settings, found.made) == (None, None, ())
    assert found.complexity.multiplications == 124_032
    (note,) = found.notes
    assert note.startswith("no contract inside: assumed to take")


def test_a_damaged_file_is_one_error(command, tmp_path: Path) -> None:
    path = tmp_path / "half.tflite"
    path.write_bytes(PAIR[1].read_bytes()[:100_000])
    outcome = command("compare", PAIR[0], path, "--limit", LIMIT)
    assert_error(outcome, "half.tflite")
    assert outcome.stdout == ""


def test_what_the_manifest_says_of_another_file_is_not_said_of_this_one(tmp_path: Path) -> None:
    path = copy(tmp_path, "small_int8.tflite")
    append(path, "")
    with edit_manifest(tmp_path) as (manifest, _):
        manifest.models["small_int8.tflite"]["source"] = manifest.models["model_int8.tflite"]["source"]
    (found,) = compare(path, limit=LIMIT).models
    assert found.notes[0].startswith("changed since export: its SHA-256 is")
    assert found.recipe == "small", "its own contract names its source"


def test_a_file_in_place_of_another_has_a_precision_of_its_own(tmp_path: Path) -> None:
    path = copy(tmp_path, "model_float16.tflite")
    assert compare(path, limit=LIMIT).models[0].precision == "float16"
    shutil.copy(EXPORTS / "small_int8.tflite", path)
    (found,) = compare(path, limit=LIMIT).models
    assert (found.precision, found.complexity.parameters) == ("int8", 15_786)
    assert found.notes[0].startswith("changed since export: its SHA-256 is")


def test_settings_that_a_recipe_leaves_at_their_defaults_are_no_difference(tmp_path: Path) -> None:
    recipe = Recipe(name="mine", network=Network("small"), schedule=Schedule(epochs=3))
    turned = replace(recipe, augmentation=Augmentation(rotation=10.0))
    both = replace(turned, augmentation=Augmentation(rotation=10.0, scale=0.1))
    names = ("small_int8.onnx", "model_int8.onnx")
    for first, second, differing in (
        (recipe, turned, {"augmentation.rotation": (None, 10.0)}),
        (turned, both, {"augmentation.scale": (None, 0.1)}),
        (recipe, recipe, {}),
    ):
        copy(tmp_path, *names)
        with edit_manifest(tmp_path) as (manifest, _):
            for name, one in (("small.keras", first), ("model.keras", second)):
                manifest.models[name]["training"] = {**one.list_settings(), "seed": 1}
        found = compare([tmp_path / name for name in names], limit=1)
        assert found.differing == differing


def test_settings_from_a_strangers_manifest_are_only_shown(command, tmp_path: Path) -> None:
    for name in ("small_int8.onnx", "model_int8.onnx", "manifest.json"):
        shutil.copy(EXPORTS / name, tmp_path)
    with edit_manifest(tmp_path) as (manifest, _):
        trained = manifest.models["small.keras"]["training"]
        trained |= {
            "scaling": {"low": -1.0, "high": {"deep": math.nan}},
            "[bold]x\n": "a\x1b[2K",
            "history": [],
            "best_epoch": 2,
        }
    paths = [tmp_path / name for name in ("small_int8.onnx", "model_int8.onnx")]
    outcome = command("compare", *paths, "--limit", LIMIT)
    assert "\x1b" not in outcome.stdout
    assert "[bold]x\\n" in outcome.stdout
    assert not [name for name in OUTCOMES if name in outcome.stdout]
    document = json.loads(command("compare", *paths, "--limit", LIMIT, "--json").stdout)
    settings = {row["name"]: row["values"] for row in document["settings"]}
    assert (settings["scaling.low"], settings["scaling.high.deep"]) == ([-1.0, None], ["nan", None])


def test_eighty_columns_keep_names_and_accuracy() -> None:
    found = compare(PAIR, limit=LIMIT)
    for width, kept in ((80, {"model", "accuracy", "95 % interval"}), (60, {"model", "accuracy"})):
        for table in _list_tables(found):
            names = {column.heading for column in table.columns}
            narrow = drop_spare_columns(table, width)
            assert kept & names <= {column.heading for column in narrow.columns}
    short = compare(["exports/small_int8.onnx", "exports/model_int8.tflite"], limit=LIMIT)
    models, *others = (format_table(drop_spare_columns(table, 80), 80) or [] for table in _list_tables(short))
    assert all(others)
    assert max(len(line) for lines in (models, *others) for line in lines) <= 80
    for model in short.models:
        assert any(f"{model.model}  " in line and f"{100 * model.score.accuracy:.2f} %" in line for line in models)


def test_each_pair_is_shown_once(command) -> None:
    outcome = command("compare", *PAIR, PAIR[0], "--limit", LIMIT)
    rows = [line.split() for line in outcome.stdout.splitlines() if line.endswith("chance")]
    assert [tuple(map(int, row[:2])) for row in rows] == list(itertools.combinations((1, 2, 3), 2))
    assert rows[1][2:5] == ["0", "0", "1"]
