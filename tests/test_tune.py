"""`tune`: what is searched, what comes of it, and what becomes of trials whose worker ends before them."""

from __future__ import annotations

import gc
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import optuna
import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy import exc

from edgemnist import tune
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import EdgeMnistError, ModelError, PackageMissing, UsageError, WriteError
from edgemnist.files import lock_file
from edgemnist.formats.keras_threads import limit_threads
from edgemnist.processes import identity
from edgemnist.processes.identity import has_ended, identify_process, is_near
from edgemnist.results.tuning import Tuning, TuningProgress
from edgemnist.training import trainer
from edgemnist.training.dimensions import Choice, Span
from edgemnist.training.recipes import RECIPES, Recipe, find_recipe
from edgemnist.training.space import SearchSpace, find_space
from edgemnist.workflows.tune import _take_some
from edgemnist.workflows.tuning import storages, study
from edgemnist.workflows.tuning.attempts import ERROR, INTERRUPTED, SURPLUS, WORKER, Attempts
from edgemnist.workflows.tuning.storages import hushed, open_storage, show_place
from edgemnist.workflows.tuning.study import follow, requeue_lost
from tests.hiding import make_environment, run_program
from tests.tuned import TOML, diverge, make_fit, rate, write_recipe

DEAD = {**identify_process(), "pid": "1", "started": "then"}


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(trainer, "fit", make_fit())
    monkeypatch.setattr(gc, "collect", lambda: 0)  # with TensorFlow loaded, it takes longer than all else
    return write_recipe(tmp_path)


@pytest.fixture
def settings(recipe: Path, small_npz: Path, tmp_path: Path) -> dict[str, Any]:
    return {"recipe": recipe, "data": small_npz, "output": tmp_path / "found"}


def list_trials(folder: Path, name: str = "tiny") -> list[Any]:
    with hushed(), open_storage(str(folder / "study.journal"), follow) as storage:
        return optuna.load_study(study_name=name, storage=storage).get_trials()


def list_drawn(tuning: Tuning) -> list[Any]:
    return [dict(trial.settings) for trial in tuning.trials]


WRONG = {
    "an unknown table": ({"optimizr": {}}, "search.optimizr is no setting", "did you mean optimizer?"),
    "an unknown key": ({"optimizer": {"nam": ["adam"]}}, "search.optimizer.nam is no setting", "did you mean name?"),
    "a key in another table": (
        {"learning_rate": [0.1]}, "search.learning_rate is no setting", "did you mean optimizer.learning_rate?",
    ),
    "an unknown value": (
        {"optimizer": {"name": ["adm"]}}, "a value of search.optimizer.name is 'adm', expected one of adam",
        "did you mean adam?",
    ),
    "a value out of range": ({"schedule": {"batch_size": [32, 0]}}, "a value of search.schedule.batch_size is 0", ""),
    "no list": ({"optimizer": {"name": "adam"}}, "search.optimizer.name is 'adam', expected a list", "['adam']"),
    "an empty list": ({"optimizer": {"name": []}}, "search.optimizer.name is [], expected one or more values", ""),
    "a value twice": ({"optimizer": {"name": ["sgd", "sgd"]}}, "expected one or more values, each of them once", ""),
    "no table": ({"optimizer": 3}, "search.optimizer is 3, expected a table of settings", "[search.optimizer]"),
    "a range of names": ({"optimizer": {"name": {"low": 1}}}, "expected a list of values: they are no numbers", ""),
    "an end out of range": (
        {"optimizer": {"learning_rate": {"low": 0, "high": 1}}}, "search.optimizer.learning_rate.low is 0", "",
    ),
    "an unknown end": (
        {"optimizer": {"learning_rate": {"low": 1, "hig": 2}}}, "learning_rate.hig is no setting", "did you mean high?",
    ),
    "an end missing": ({"optimizer": {"learning_rate": {"low": 1}}}, "learning_rate.high is missing, expected a", ""),
    "ends turned": (
        {"optimizer": {"learning_rate": {"low": 2, "high": 1}}}, "from 2.0 to 1.0, expected a high end ab", "",
    ),
    "the logarithm of 0": (
        {"augmentation": {"shift": {"low": 0, "high": 3, "log": True}}}, "from 0.0 to 3.0, expected a low end a", "",
    ),
    "no truth": (
        {"augmentation": {"shift": {"low": 1, "high": 3, "log": 1}}}, "shift.log is 1, expected true or false", "",
    ),
    "one near what can't be searched": (
        {"summry": ["a"]}, "search.summry is no setting, expected one of network, schedule, optimizer, loss", "",
    ),
    "a long value": ({"optimizer": "x" * 999}, "xxx...xxx", ""),
    "what decides by which images": ({"validation": [True]}, "search.validation can't be searched", "the recipe"),
    "nothing": ({}, "search is empty, expected a table", ""),
}  # fmt: skip


@pytest.mark.parametrize(("record", "message", "hint"), WRONG.values(), ids=WRONG)
def test_a_wrong_space_is_one_message_that_names_the_key(record: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        SearchSpace.from_record(record)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_space_is_part_of_the_recipes_file(tmp_path: Path) -> None:
    path = write_recipe(tmp_path)
    space = find_space(path)
    assert space.dimensions == {
        ("optimizer", "name"): Choice(("adam", "sgd")),
        ("optimizer", "learning_rate"): Span(1e-4, 1e-1, log=True),
        ("optimizer", "momentum"): Choice((0.0, 0.9)),
        ("network", "sizes"): Choice(("4", "8", "16")),
    }
    assert SearchSpace.from_record(json.loads(json.dumps(space.to_record()))) == space
    assert find_recipe(path).network.sizes == "8", "train takes the recipe's own values"
    path.write_text(TOML.replace("low = 1e-4", "low = -1"))
    with pytest.raises(UsageError, match=r"tiny.toml: search.optimizer.learning_rate.low is -1, expected"):
        find_space(path)
    assert find_recipe(path), "train doesn't read what it searches"


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_without_a_space_has_the_usual_one(name: str) -> None:
    space = find_space(name)
    assert {".".join(place) for place in space.dimensions} >= {
        "optimizer.name", "optimizer.learning_rate", "schedule.shape", "schedule.batch_size", "augmentation.rotation",
        "network.sizes",
    }  # fmt: skip
    assert set(space.dimensions[("optimizer", "name")].values) == {"adam", "adamw", "lion", "nadam", "rmsprop", "sgd"}
    assert RECIPES[name].network.sizes in space.dimensions[("network", "sizes")].values


def test_a_setting_is_drawn_only_where_it_means_something() -> None:
    space = SearchSpace.from_record({"optimizer": {"momentum": [0.9], "name": ["adam", "sgd"]}})
    drawn: list[str] = []

    def take(optimizer: str, recipe: Recipe = RECIPES["small"]) -> tuple[str, float]:
        drawn.clear()

        def suggest(name: str, dimension: Any) -> Any:
            drawn.append(name)
            return optimizer if name == "optimizer.name" else dimension.values[0]

        found = space.vary(recipe, suggest).optimizer
        return found.name, found.momentum

    assert (take("sgd"), drawn) == (("sgd", 0.9), ["optimizer.name", "optimizer.momentum"])
    assert (take("adam"), drawn) == (("adam", 0.0), ["optimizer.name"])
    moving = RECIPES["small"].change({("optimizer", "name"): "sgd", ("optimizer", "momentum"): 0.5})
    assert take("adam", moving) == ("adam", 0.0), "adam has none, and the recipe's would be refused"
    assert space.leave([("optimizer", "name")]).vary(moving, lambda name, one: one.values[0]).optimizer.momentum == 0.9
    with pytest.raises(UsageError, match="every setting of the search has a fixed value"):
        space.leave(space.dimensions)


def test_sizes_of_layers_are_a_setting() -> None:
    sized = RECIPES["baseline"].change({("network", "sizes"): "20-10"})
    model = trainer.build_model(sized, (28, 28), 10, 0)
    assert [(layer.name, layer.units) for layer in model.layers] == [("hidden_1", 20), ("hidden_2", 10), ("probs", 10)]
    assert sized.list_settings()["sizes"] == "20-10"
    for wrong in ("20,10", "0", "-5", "20-", "123456"):
        with pytest.raises(UsageError, match=r"sizes is .*, expected sizes from 1 to 99999, such as 512-256"):
            RECIPES["baseline"].change({("network", "sizes"): wrong})
    widths = RECIPES["cnn"].change({("network", "sizes"): "2-3-4"})
    model = trainer.build_model(widths, (28, 28), 10, 0)
    assert [layer.filters for layer in model.layers if hasattr(layer, "filters")] == [2, 2, 3, 3, 4, 4]
    with pytest.raises(UsageError, match="sizes is 20-10, and the network cnn takes 3 sizes"):
        RECIPES["cnn"].change({("network", "sizes"): "20-10"})


def test_the_best_trial_becomes_a_recipe(settings: dict[str, Any]) -> None:
    seen: list[TuningProgress] = []
    found = tune(**settings, trials=12, report=seen.append)
    complete = [trial for trial in found.trials if trial.state == "complete"]
    (best,) = found.best
    assert best.accuracy == max(trial.accuracy or 0 for trial in complete)
    assert found.counts["complete"] + found.counts.get("pruned", 0) == 12
    written = find_recipe(found.files[0])
    assert found.files[0].name == "tiny-best.toml"
    assert rate(written) == best.accuracy
    assert (written.name, written.schedule.epochs, written.validation) == ("tiny-tuned", 3, True)
    assert sum(found.importances.values()) == pytest.approx(1)
    assert [one.trial.number for one in seen if one.trial.state in ("complete", "pruned")] == list(range(12))
    assert seen[-1].ended == seen[-1].wanted == 12


def test_the_same_seed_gives_the_same_trials_though_the_search_was_left(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    whole = tune(**settings, trials=14)
    parts = {**settings, "output": tmp_path / "parts"}
    assert list_drawn(tune(**parts, trials=3)) == list_drawn(whole)[:3]
    assert list_drawn(tune(**parts, trials=12)) == list_drawn(whole)[:12]
    assert list_drawn(tune(**parts, trials=14)) == list_drawn(whole)
    other = tune(**{**settings, "output": tmp_path / "other"}, trials=8, seed=1)
    assert not any(one in list_drawn(whole) for one in list_drawn(other))


def test_what_is_drawn_depends_on_the_results(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = list_drawn(tune(**settings, trials=14))
    monkeypatch.setattr("tests.tuned.rate", lambda recipe: 1 - rate(recipe))
    second = list_drawn(tune(**{**settings, "output": tmp_path / "other"}, trials=14))
    assert first[:10] == second[:10], "chance alone"
    assert all(one != other for one, other in zip(first[10:], second[10:], strict=True))


def test_a_search_ends_when_all_combinations_were_tried(settings: dict[str, Any]) -> None:
    space = {"network": {"sizes": ["4", "8"]}, "optimizer": {"name": ["adam", "sgd"], "momentum": [0.5]}}
    found = tune(**settings, search=space, trials=90)
    assert len({frozenset(trial.settings.items()) for trial in found.trials}) == 4
    assert len(found.trials) < 90
    assert found.notes == ("all combinations of the settings were tried, 4 of them: the search ends",)


def test_only_one_worker_trains_the_teachers(tmp_path: Path) -> None:
    path, waiting = tmp_path / "found" / "teachers.lock", threading.Event()
    with ThreadPoolExecutor(1) as pool:

        def wait() -> bool:
            with lock_file(path, waiting.set):
                return path.with_name("teacher").exists()

        with lock_file(path, lambda: pytest.fail("nobody has it")):
            second = pool.submit(wait)
            assert waiting.wait(10)
            path.with_name("teacher").touch()
        assert second.result()


def test_a_study_that_has_its_trials_is_only_shown(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    first = tune(**settings, trials=2)
    monkeypatch.setattr(trainer, "fit", make_fit(lambda recipe, epoch: pytest.fail("a trial began")))
    again = tune(**settings, trials=2)
    assert again.trials == first.trials
    assert again.notes == ("the study has 2 trials already: a larger number of `trials` goes on with it",)


def test_worse_trials_are_pruned(settings: dict[str, Any]) -> None:
    found = tune(**settings, trials=30)
    pruned = [trial for trial in found.trials if trial.state == "pruned"]
    assert pruned
    assert all(trial.epochs < 3 for trial in pruned)
    assert all(trial.epochs == 3 for trial in found.trials if trial.state == "complete")


def test_a_trial_that_fails_is_one_of_them_and_says_why(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        trainer, "fit", make_fit(lambda one, epoch: one.optimizer.name == "adam" and diverge(one, epoch))
    )
    found = tune(**settings, trials=8)
    assert found.counts["failed"] + found.counts["complete"] + found.counts.get("pruned", 0) == 8
    for trial in found.trials:
        assert (trial.state == "failed") == (trial.settings["optimizer.name"] == "adam")
        assert trial.reason == ("the loss is nan in epoch 1: the training diverged" if trial.state == "failed" else "")


def test_where_all_fail_there_is_no_best(command, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "fit", make_fit(diverge))
    options = ("--recipe", settings["recipe"], "--data", settings["data"], "--output", settings["output"])
    outcome = command("tune", *options, "--trials", 2, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, document["best"], document["error"]["kind"]) == (2, [], "general")
    assert document["error"]["message"].startswith(
        "none of 2 trials is complete; the first one failed: the loss is nan"
    )
    assert "give another --study" in document["error"]["hint"]


def test_what_isnt_the_trials_fault_ends_the_search(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def lack(recipe: Recipe, epoch: int) -> None:
        raise PackageMissing("this step needs tensorflow", "pip install tensorflow")

    monkeypatch.setattr(trainer, "fit", make_fit(lack))
    with pytest.raises(PackageMissing):
        tune(**settings, trials=3)
    monkeypatch.setattr(trainer, "fit", make_fit())
    found = tune(**settings, trials=3)
    assert [trial.state for trial in found.trials] == ["retried", "complete", "complete", "complete"]


def test_two_objectives_give_the_front(settings: dict[str, Any], tmp_path: Path) -> None:
    found = tune(**settings, trials=12, objective="multiplications")
    assert found.counts == {"complete": 12}, "none is pruned"
    for trial in found.trials:
        size = int(trial.settings["network.sizes"])
        assert trial.cost == 784 * size + size * 3
    points = [(trial.accuracy, trial.cost) for trial in found.best]
    assert points == sorted(points, reverse=True)
    for trial in found.trials:
        assert any(one.accuracy >= trial.accuracy and one.cost <= trial.cost for one in found.best)
    assert [path.name for path in found.files] == [f"tiny-front-{number + 1}.toml" for number in range(len(points))]
    assert [rate(find_recipe(path)) for path in found.files] == [trial.accuracy for trial in found.best]
    old = settings["output"] / f"tiny-front-{len(points) + 1}.toml"
    old.write_text("of an earlier call")
    tune(**settings, trials=12, objective="multiplications")
    assert not old.exists()


def test_ctrl_c_gives_the_trial_back(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tune(**{**settings, "study": "whole"}, trials=4)
    runs, notes = iter(range(99)), list[str]()

    def break_off(recipe: Recipe, epoch: int) -> None:
        if next(runs) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "fit", make_fit(break_off))
    with pytest.raises(KeyboardInterrupt):
        tune(**settings, trials=4, report_note=notes.append)
    assert notes == ["the study is kept: the same command goes on with it"]
    assert [trial.state.name for trial in list_trials(settings["output"])] == ["COMPLETE", "FAIL", "WAITING"]
    found = tune(**settings, trials=4)
    assert [(trial.state, trial.retry_of) for trial in found.trials] == [
        ("complete", None), ("retried", None), ("complete", 1), ("complete", None), ("complete", None),
    ]  # fmt: skip
    assert found.trials[1].settings == whole.trials[1].settings
    ended = [dict(trial.settings) for trial in found.trials if trial.state == "complete"]
    assert ended == list_drawn(whole), "as if it hadn't been broken off"


def leave_running(folder: Path, worker: dict[str, str] | None, count: int = 1) -> None:
    """Begin trials as a worker does that dies in the midst of them."""
    with hushed(), open_storage(str(folder / "study.journal"), follow) as storage:
        study = optuna.load_study(study_name="tiny", storage=storage)
        for _ in range(count):
            trial = study.ask()
            trial.suggest_categorical("optimizer.name", ("adam", "sgd"))
            if worker:
                trial.set_user_attr(WORKER, worker)


def test_a_trial_whose_worker_died_is_tried_again(settings: dict[str, Any]) -> None:
    tune(**settings, trials=1)
    leave_running(settings["output"], DEAD)
    found = tune(**settings, trials=3)
    assert [(trial.state, trial.retry_of) for trial in found.trials] == [
        ("complete", None), ("retried", None), ("complete", 1), ("complete", None),
    ]  # fmt: skip
    lost, retry = found.trials[1:3]
    assert retry.settings["optimizer.name"] == lost.settings["optimizer.name"]
    assert found.notes == ("1 trial of a worker that ended before it: tried again",)


def test_a_trial_of_another_machine_is_left_to_it(settings: dict[str, Any]) -> None:
    tune(**settings, trials=1)
    leave_running(settings["output"], {**DEAD, "host": "elsewhere"})
    found = tune(**settings, trials=3)
    assert [trial.state for trial in found.trials] == ["complete", "running", "complete"]
    assert found.trials[1].host == "elsewhere"
    (note,) = found.notes
    assert note.startswith("not waited for: trial 1 on elsewhere, since it can't be seen from here whether its worker")
    assert note.endswith("the same command there tries it again, and 1 more `trials` do without it")
    leave_running(settings["output"], {**DEAD, "namespace": "of a container that is gone"})
    assert tune(**settings, trials=4).counts["running"] == 2


def test_a_trial_that_kills_its_workers_is_given_up(settings: dict[str, Any]) -> None:
    tune(**settings, trials=1)
    for _ in range(4):
        leave_running(settings["output"], DEAD)
        with hushed(), open_storage(str(settings["output"] / "study.journal"), follow) as storage:
            requeue_lost(optuna.load_study(study_name="tiny", storage=storage))
    found = tune(**settings, trials=2)
    assert [trial.state for trial in found.trials] == ["complete", "retried", "retried", "retried", "failed"]
    assert found.trials[-1].reason == "its workers died"


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_worker_that_was_taken_for_dead_goes_on_with_another_trial(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, epoch: int
) -> None:
    """As after a pause of its machine: its trial is another's by then."""
    taken: list[int] = []

    def take_away(recipe: Recipe, number: int) -> None:
        if number == epoch and not taken:
            with hushed(), open_storage(str(settings["output"] / "study.journal"), follow) as storage:
                study = optuna.load_study(study_name="tiny", storage=storage)
                taken.append(study.get_trials()[-1].number)
                study.tell(taken[0], state=optuna.trial.TrialState.FAIL)
                follow(study, study.get_trials()[-1])

    monkeypatch.setattr(trainer, "fit", make_fit(take_away))
    found = tune(**settings, trials=2)
    assert found.notes == ("trial 0 was taken for dead, and is another worker's now",)
    assert [(trial.state, trial.retry_of) for trial in found.trials] == [
        ("retried", None), ("complete", 0), ("complete", None),
    ]  # fmt: skip


def test_a_result_that_is_told_twice_is_there_once(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the connection broke between the server's commit and its answer."""

    def tell(recipe: Recipe, epoch: int) -> None:
        if epoch == 3:
            with hushed(), open_storage(str(settings["output"] / "study.journal"), follow) as storage:
                optuna.load_study(study_name="tiny", storage=storage).tell(0, 0.5)

    monkeypatch.setattr(trainer, "fit", make_fit(tell))
    seen: list[TuningProgress] = []
    found = tune(**settings, trials=1, report=seen.append)
    assert [(trial.state, trial.accuracy) for trial in found.trials] == [("complete", 0.5)]
    assert (found.notes, seen[-1].trial.state) == ((), "complete")


def test_teachers_are_found_once_for_all_trials(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked, seen, fit = [], [], make_fit()

    def find(recipe: Recipe, given: Any, dataset: Dataset, teaching: Any) -> tuple[list[str], None]:
        asked.append((recipe.validation, teaching.folder))
        return ["teacher"], None

    def learn(*arguments: Any, teachers: list[str], **others: Any) -> Any:
        seen.append(teachers)
        return fit(*arguments, teachers=teachers, **others)

    monkeypatch.setattr("edgemnist.workflows.tune.find_teachers", find)
    monkeypatch.setattr(trainer, "fit", learn)
    tune(**settings, trials=2)
    assert asked == [(True, settings["output"])], "they don't see the images that the trials are judged by"
    assert seen == [["teacher"], ["teacher"]]


def test_teachers_see_the_images_of_the_trials_alone(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real training
    (tmp_path / "taught.toml").write_text(
        TOML.replace("epochs = 3", "epochs = 1") + '\n[distillation]\nrecipe = "teacher.toml"\ncount = 1\n'
    )
    (tmp_path / "teacher.toml").write_text('[network]\nname = "dense"\nsizes = "4"\n[schedule]\nepochs = 1\n')
    fit, seen = trainer.fit, list[tuple[str, str, int, bool]]()

    def record(recipe: Recipe, split: TrainingSplit, **others: Any) -> Any:
        seen.append((recipe.name, split.sha256, len(split), recipe.validation))
        return fit(recipe, split, **others)

    monkeypatch.setattr(trainer, "fit", record)
    monkeypatch.setattr(Dataset, "test", property(lambda self: pytest.fail("the test images were read")))
    found = tune(**{**settings, "recipe": tmp_path / "taught.toml"}, limit=120, trials=1)
    assert [name for name, *_ in seen] == ["teacher", "taught"]
    assert seen[0][1:] == seen[1][1:]
    assert seen[0][2:] == (120, True)
    assert any("teacher 1 of 1 is trained first" in note for note in found.notes)
    tune(**{**settings, "recipe": tmp_path / "taught.toml"}, limit=120, trials=2)
    assert [name for name, *_ in seen[2:]] == ["taught"]
    (tmp_path / "teacher.toml").write_text('[network]\nname = "dense"\nsizes = "5"\n[schedule]\nepochs = 1\n')
    with pytest.raises(UsageError, match=r"of another search: recipe.distillation.recipe.sizes was '4', and is '5'"):
        tune(**{**settings, "recipe": tmp_path / "taught.toml"}, limit=120, trials=3)


def freeze(number: int, state: str, history: tuple[int, ...] = (), age_s: float = 0, **attributes: Any) -> Any:
    """A trial as Optuna gives it."""
    when = datetime.now() - timedelta(seconds=age_s)
    system = {"retry_history": list(history)} if history else {}
    return SimpleNamespace(
        number=number, state=SimpleNamespace(name=state), user_attrs=attributes, system_attrs=system,
        datetime_start=when, datetime_complete=when if state in ("COMPLETE", "PRUNED", "FAIL") else None,
    )  # fmt: skip


def test_what_two_workers_begin_at_once_is_one_too_many() -> None:
    trials = [freeze(0, "COMPLETE"), freeze(1, "FAIL"), freeze(2, "RUNNING", (1,)), freeze(3, "RUNNING", (1,))]
    trials += [freeze(4, "RUNNING"), freeze(5, "RUNNING")]
    found = Attempts(trials)
    assert [found.is_surplus(number, 3) for number in range(6)] == [False, False, False, True, False, True]
    withdrawn = [freeze(0, "COMPLETE"), freeze(1, "FAIL", **{SURPLUS: True}), freeze(2, "RUNNING")]
    assert not Attempts(withdrawn).is_surplus(2, 2)
    assert Attempts(withdrawn).begun == 2


def test_what_is_lost_and_what_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    live = {WORKER: identify_process()}
    trials = [
        freeze(0, "RUNNING", **live),
        freeze(1, "RUNNING"),  # about to say who it is
        freeze(2, "RUNNING", age_s=99),
        freeze(3, "RUNNING", **{WORKER: DEAD}),
        freeze(4, "FAIL", age_s=99, **{ERROR: "diverged"}),
        freeze(5, "FAIL"),  # about to be put into the queue
        freeze(6, "FAIL", age_s=99),
        freeze(7, "FAIL", **{INTERRUPTED: True}),
        freeze(8, "FAIL", age_s=99),
        freeze(9, "WAITING", (8,)),
        freeze(10, "PRUNED"),
    ]
    found = Attempts(trials)
    assert [trial.number for trial in found.list_lost()] == [2, 3, 6, 7]
    assert [trial.number for trial in trials if found.has_ended(trial)] == [4, 10]
    assert (found.begun, found.ended, found.count("WAITING")) == (10, 2, 1)
    rebooted = freeze(0, "RUNNING", **{WORKER: {**identify_process(), "boot": "before", "machine": "here"}})
    monkeypatch.setattr("edgemnist.workflows.tuning.attempts.has_ended", lambda worker: True)
    assert Attempts([rebooted]).list_lost() == [rebooted]
    assert not Attempts([rebooted], heard=True).list_lost(), "its heartbeats say it, or another machine has its name"
    assert Attempts(trials[3:4], heard=True).list_lost()


def test_a_process_is_known_to_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import json, time; from edgemnist.processes.identity import identify_process as who"
    child = subprocess.Popen(
        [sys.executable, "-c", f"{program}; print(json.dumps(who()), flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    process = json.loads(child.stdout.readline())
    assert not has_ended(process)
    assert has_ended({**process, "started": "0"}), "its number is another's now"
    assert has_ended({**process, "boot": "before"})
    assert not has_ended({**process, "host": "elsewhere", "started": "0"})
    assert not has_ended({**process, "machine": "of the same name", "boot": "before"})
    monkeypatch.setattr(identity, "MACHINE_ID", Path("nowhere"))
    nameless = {**process, "machine": ""}
    assert not has_ended({**nameless, "boot": "before"}), "it may be another one of the same name"
    assert has_ended({**nameless, "started": "0"})
    monkeypatch.undo()
    assert (is_near(process), is_near({**process, "boot": "before"})) == (True, False)
    assert not has_ended({**process, "namespace": "of a container", "started": "0"})
    child.kill()
    until = time.monotonic() + 10
    while not has_ended(process) and time.monotonic() < until:  # a zombie until it is waited for
        time.sleep(0.02)
    assert has_ended(process)
    child.communicate()
    assert has_ended(process)


def test_another_search_doesnt_join(settings: dict[str, Any], tmp_path: Path) -> None:
    tune(**settings, trials=1)
    for change, message in (
        ({"seed": 1}, "seed was 0, and is 1 now"),
        ({"objective": "multiplications"}, "objective was 'accuracy', and is 'multiplications' now"),
        ({"search": {"optimizer": {"name": ["sgd"]}}}, "search.optimizer.name was "),
        ({"limit": 100}, "data.training_sha256 was "),
    ):
        with pytest.raises(UsageError, match=f"the study 'tiny' is of another search: {message}") as caught:
            tune(**{**settings, **change}, trials=2)
        assert "another `study`" in caught.value.hint
    second = tune(**settings, seed=1, study="../second", trials=1)
    assert second.study == "../second"
    assert second.files[0].parent == settings["output"]
    assert re.fullmatch(r"\.\._second-\w{8}-best\.toml", second.files[0].name)
    same = write_recipe(tmp_path)
    same.write_text(f'summary = "in other words"\n{same.read_text()}')
    tune(**settings, trials=1)


def test_whoever_makes_a_study_says_what_it_searches(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "BEGIN_S", 0.5)

    def make(name: str) -> optuna.Study:
        return optuna.create_study(storage=storage, study_name=name, direction="maximize")

    settings["output"].mkdir()
    with hushed(), open_storage(str(settings["output"] / "study.journal"), follow) as storage:
        late, _ = make("late"), make("left")
        make("foreign").ask()
        timer = threading.Timer(0.2, late.set_user_attr, (study.IDENTITY, {"seed": 7}))
        timer.start()
        with pytest.raises(UsageError, match="the study 'late' is of another search: "):
            tune(**settings, trials=1, study="late")
        timer.join()
        with pytest.raises(UsageError, match="the study 'foreign' wasn't begun by edgemnist"):
            tune(**settings, trials=1, study="foreign")
        assert tune(**settings, trials=1, study="left").best


def test_a_storage_that_is_none_is_said(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = tmp_path / "notes.txt"
    for content in (b"what I did today\nand yesterday\n", b"[1]\n", b'{"a": 1}', b"3\n", b"\xff\x00"):
        strange.write_bytes(content)
        with pytest.raises(UsageError, match=r"notes.txt: no journal of Optuna's"):
            tune(**settings, storage=strange)
        assert strange.read_bytes() == content
    with pytest.raises(WriteError, match="a folder of that name is in the way"):
        tune(**settings, storage=tmp_path)
    with pytest.raises(UsageError, match="no URL of a database: Can't load plugin"):
        tune(**settings, storage="magic://somewhere/studies")
    url = "postgresql+psycopg://me:secret@127.0.0.1:1/studies"
    with pytest.raises(EdgeMnistError, match=r"^postgresql\+psycopg://me:\*\*\*@127.0.0.1:1/studies: ") as caught:
        tune(**settings, storage=url)
    assert "see that the server runs" in caught.value.hint
    assert show_place(url) == "postgresql+psycopg://me:***@127.0.0.1:1/studies"
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(PackageMissing, match="its driver isn't installed") as caught:
        tune(**settings, storage=url)
    assert caught.value.hint == "pip install 'edgemnist[tune]'"


def test_the_next_command_trains_what_was_found(
    command, settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that was given, and the images that the trials kept to validate."""
    options = ("--recipe", settings["recipe"], "--data", settings["data"], "--output", settings["output"])
    others = ("--class-names", "a,b,c and d", "--ink", "bright", "--seed", 3, "--early-stopping", 1)
    outcome = command("tune", *options, *others, "--trials", 2)
    line = outcome.stderr.splitlines()[-1].partition("next: ")[2]
    for passed in (f"--data {settings['data']}", "--class-names 'a,b,c and d'", "--ink bright", "--seed 3"):
        assert passed in line
    assert "--preparation" not in line
    monkeypatch.undo()  # the real training
    trained = command(*shlex.split(line)[1:], "--output", tmp_path / "model.keras")
    assert trained.status == 0, trained.stderr


def test_a_limit_takes_as_many_of_each_class_and_leaves_the_data_their_validation() -> None:
    labels = np.array([0] * 50 + [1] * 30 + [2] * 4 + [0, 1, 2] * 2, np.uint8)
    images = np.arange(90, dtype=np.uint8).reshape(90, 1, 1).repeat(4, 1)
    split = TrainingSplit(images, labels, 6)
    taken = _take_some(split, 20)
    assert (np.bincount(taken.labels[:20]).tolist(), taken.validation) == ([8, 8, 4], 6)
    assert (taken.images[20:] == images[84:]).all()
    assert taken.sha256 == _take_some(split, 20).sha256
    assert _take_some(split, 84) is split
    with pytest.raises(UsageError, match="limit is 5, expected 6 or more"):
        _take_some(split, 5)


def test_what_would_fail_in_all_trials_is_said_before_there_is_a_study(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "edgemnist.workflows.tuning.costs.count_complexity", lambda file: SimpleNamespace(multiplications=None)
    )
    with pytest.raises(ModelError, match="the network dense: its multiplications aren't counted"):
        tune(**settings, objective="multiplications")
    assert not settings["output"].exists()


def test_a_search_that_varies_nothing_is_none(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"varies nothing: optimizer.momentum is for optimizer.name sgd, and"):
        tune(**settings, search={"optimizer": {"momentum": [0.0, 0.9]}}, trials=1)
    sgd = find_recipe(settings["recipe"]).change({("optimizer", "name"): "sgd"})
    assert tune(**{**settings, "recipe": sgd}, search={"optimizer": {"momentum": [0.9]}}, trials=1).best


def test_a_server_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storages, "PAUSE_S", 0)
    away = [
        exc.OperationalError("SELECT", {}, Exception("server closed the connection")),
        exc.PendingRollbackError("can't reconnect"),
        exc.InterfaceError("SELECT", {}, Exception("the connection is closed")),
    ]
    left = list[Exception]()

    def ask(storage: Any) -> str:
        if left:
            raise StorageInternalError("an exception is raised during the commit") from left.pop()
        return "answer"

    call, notes = storages._wait(ask), list[str]()
    storage = SimpleNamespace(patience=storages._Patience(300), say_waiting=lambda error: notes.append("away"))
    left += away
    assert (call(storage), left) == ("answer", [])
    left += [exc.DataError("INSERT", {}, Exception("too long")), *away]
    with pytest.raises(StorageInternalError) as caught:
        call(storage)
    assert isinstance(caught.value.__cause__, exc.DataError), "no waiting helps against that"
    storage.patience = storages._Patience(-1)
    left += away
    with pytest.raises(StorageInternalError):
        call(storage)
    assert (storage.patience.gave_up, len(left), len(notes)) == (True, 2, 6)
    monkeypatch.setattr(storages.signals, "received", lambda: True)
    storage.patience = storages._Patience(300)
    with pytest.raises(StorageInternalError):
        call(storage)
    assert (storage.patience.gave_up, len(left)) == (True, 1), "the user ends it"


def test_whoever_waits_says_so_once_and_a_heartbeat_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    with hushed(), open_storage(f"sqlite:///{tmp_path}/studies.db", follow, notes.append) as storage:
        storage.say_waiting(exc.OperationalError("SELECT", {}, Exception("server closed the connection")))
        storage.say_waiting(exc.PendingRollbackError("can't reconnect"))
        storages.stop_waiting(storage)
        assert storage.patience.gave_up
        with ThreadPoolExecutor(1) as pool:
            assert not pool.submit(lambda: storage.patience.gave_up).result(), "each thread for itself"

        def break_off(*arguments: Any) -> None:
            raise StorageInternalError("the server is away")

        monkeypatch.setattr(optuna.storages.RDBStorage, "record_heartbeat", break_off)
        storage.record_heartbeat(0)
    reason = "server closed the connection; the server is waited for, at most 300 s"
    assert notes == [f"sqlite:///{tmp_path}/studies.db: {reason}"]


def test_a_line_that_was_broken_off_is_taken_away(settings: dict[str, Any]) -> None:
    tune(**settings, trials=1)
    journal = settings["output"] / "study.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"op_code":4,"wor')
    assert tune(**settings, trials=2).counts == {"complete": 2}
    assert journal.read_bytes().startswith(whole + b'{"op_code"')
    journal.write_bytes(b'{"op_code":0,"wor')
    assert tune(**settings, trials=1).counts == {"complete": 1}
    for line in (b'{"op_code":99,"worker_id":"a"}', b"what?", b'{"op_code":4}'):
        journal.write_bytes(whole + line + b"\n" + whole.splitlines(keepends=True)[-1])
        with pytest.raises(UsageError, match=r"study.journal: a journal of Optuna's that is damaged: "):
            tune(**settings, trials=2)


def test_a_journal_that_cant_be_written_any_more_is_said(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove(recipe: Recipe, epoch: int) -> None:
        shutil.rmtree(settings["output"], ignore_errors=True)

    monkeypatch.setattr(trainer, "fit", make_fit(remove))
    with pytest.raises(WriteError, match=r"study.journal: can't be written: No such file or directory"):
        tune(**settings, trials=2)

    def fill(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        trainer,
        "fit",
        make_fit(lambda *others: monkeypatch.setattr("edgemnist.workflows.tuning.journal._append", fill)),
    )
    with pytest.raises(WriteError, match=r"study.journal: can't be written: No space left on device"):
        tune(**settings, trials=2)


def test_an_error_of_the_storage_is_not_taken_for_a_lost_trial(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def optimize(study: Any, run: Any, **others: Any) -> None:
        run(study.ask())
        raise ValueError("a fault of its own")

    monkeypatch.setattr(optuna.study.Study, "optimize", optimize)
    with pytest.raises(ValueError, match="a fault of its own"):
        tune(**settings, trials=1)


def test_a_database_in_a_file_holds_a_study(settings: dict[str, Any], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/studies.db"
    first = tune(**settings, storage=url, trials=3)
    assert list_drawn(tune(**settings, storage=url, trials=5))[:3] == list_drawn(first)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trials": 0}, "trials is 0, expected a whole number from 1"),
        ({"objective": "speed"}, "objective is 'speed', expected one of accuracy, int8-bytes, multiplications"),
        ({"seed": -1}, "seed is -1, expected a whole number from 0"),
        ({"limit": 1}, "limit is 1, expected 6 or more: two images of each class"),
        ({"threads": 0}, "threads is 0, expected a whole number from 1"),
        ({"plot": "history.png"}, "ends in .svg"),
        ({"output": "README.md"}, "can't be written"),
        ({"search": {}}, "search is empty"),
    ],
    ids=str,
)
def test_what_is_out_of_range_is_said_before_any_trial(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(trainer, "fit", make_fit(lambda recipe, epoch: pytest.fail("a trial began")))
    with pytest.raises(EdgeMnistError, match=message):
        tune(**{**settings, **change})


def test_threads_are_chosen_before_the_first_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf

    chosen: list[int] = []
    for name in ("intra_op", "inter_op"):
        monkeypatch.setattr(tf.config.threading, f"set_{name}_parallelism_threads", chosen.append)
    limit_threads(None)
    limit_threads(2)
    assert chosen == [2, 2]

    def refuse(count: int) -> None:
        raise RuntimeError("cannot be modified after initialization")

    monkeypatch.setattr(tf.config.threading, "set_intra_op_parallelism_threads", refuse)
    with pytest.raises(UsageError, match="threads is 2, and TensorFlow has computed in others already"):
        limit_threads(2)


def test_the_test_images_are_never_touched(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dataset, "test", property(lambda self: pytest.fail("the test images were read")))
    tune(**settings, trials=1, objective="multiplications")


def test_the_document_and_what_is_shown(command, settings: dict[str, Any], tmp_path: Path) -> None:
    options = ("--recipe", settings["recipe"], "--data", settings["data"], "--output", settings["output"])
    outcome = command("tune", *options, "--trials", 9, "--optimizer", "sgd")
    assert outcome.status == 0, outcome.stderr
    assert "best trials of tiny on 75 validation images of three" in outcome.stdout
    assert f"wrote {settings['output']}/tiny-best.toml\n" in outcome.stdout
    assert f"next: edgemnist train --recipe {settings['output']}/tiny-best.toml" in outcome.stderr
    assert len([line for line in outcome.stderr.splitlines() if line.startswith("trial ")]) == 9
    assert "optimizer.name" not in outcome.stdout, "an option fixes what it names"
    outcome = command("tune", *options, "--trials", 9, "--optimizer", "sgd", "--json")
    document = json.loads(outcome.stdout)
    assert list(document) == [
        "schema", "recipe", "objective", "study", "storage", "seed", "trials", "best", "importances", "data",
        "validation_images", "plot", "notes", "error",
    ]  # fmt: skip
    assert list(document["trials"][0]) == [
        "number", "state", "settings", "accuracy", "cost", "epochs", "seconds", "reason", "retry_of", "host",
    ]  # fmt: skip
    assert document["best"][0]["recipe"] == f"{settings['output']}/tiny-best.toml"
    assert document["notes"] == ["the study has 9 trials already: a larger number of --trials goes on with it"]
    assert len(document["trials"]) == 9


@pytest.mark.parametrize("objective", ["accuracy", "multiplications"])
def test_the_search_is_drawn(settings: dict[str, Any], tmp_path: Path, objective: Any) -> None:
    pytest.importorskip("matplotlib", reason="pip install 'edgemnist[plot]'")
    path = tmp_path / "search.svg"
    found = tune(**settings, trials=20, objective=objective, plot=path)
    assert found.plot == path
    texts = [element.text for element in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
    assert {"validation accuracy", "importance of the settings", "optimizer.learning_rate"} <= set(texts)
    assert ("best so far" in texts) == (objective == "accuracy")
    first = path.read_bytes()
    tune(**settings, trials=20, objective=objective, plot=path)
    assert path.read_bytes() == first


@pytest.mark.slow
def test_without_optuna_it_says_what_to_install(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "light", "optuna")
    outcome = run_program(python, "tune", "--output", tmp_path / "found")
    assert outcome.returncode == 2
    assert outcome.stderr.startswith(
        "error: this step needs optuna, which isn't installed\nhint:  pip install 'edgemnist[tune]'"
    )


@pytest.mark.slow
def test_what_is_found_trains_and_costs_what_it_said(command, small_npz: Path, tmp_path: Path) -> None:
    """With the real training, and the real size of a file in int8."""
    recipe = write_recipe(tmp_path)
    options = ("--recipe", recipe, "--data", small_npz, "--limit", 600, "--epochs", 1)
    outcome = command(
        "tune", *options, "--objective", "int8-bytes", "--trials", 3, "--output", tmp_path / "found", "--json"
    )
    assert outcome.status == 0, outcome.stderr
    document = json.loads(outcome.stdout)
    best = document["trials"][document["best"][0]["trial"]]
    assert 0 < best["accuracy"] <= 1
    path, output = document["best"][0]["recipe"], tmp_path / "model.keras"
    assert command("train", "--recipe", path, "--data", small_npz, "--output", output).status == 0
    made = command("export", output, "--format", "tflite", "--quantize", "--data", small_npz, "--output", tmp_path)
    assert made.status == 0, made.stderr
    assert (tmp_path / "model_int8.tflite").stat().st_size == pytest.approx(best["cost"], abs=64)
