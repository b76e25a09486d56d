"""`benchmark`: what is timed and how, what is never timed, and the gate. No test asserts a time."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import edgemnist
from edgemnist.comparison.answers import Score
from edgemnist.formats import ModelFile
from edgemnist.processes.cores import list_cores
from edgemnist.processes.limits import Limits
from edgemnist.results.benchmark import BatchTiming, BenchmarkRow, Measured, mark_dominated
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Footprint, Request
from edgemnist.runtimes.isolation import open_apart
from edgemnist.runtimes.timing import LEAST_CALLS, LEAST_WARM_UP, Timing, choose_images, time_calls
from tests.conftest import ROOT, slow
from tests.test_cli import assert_error
from tests.test_programs import require_runtime

EXPORTS = ROOT / "exports"
SMALL = EXPORTS / "small_int8.onnx"
QUICK = ("--seconds", 0.01, "--limit", 100)
TIMING = Timing(20, 30.0, 20.0, 40.0, 0.1, 1, 1, 5.0, 40 << 20, 60 << 20, None, (0,))


def run_json(command: Callable[..., Any], *words: object) -> tuple[int, dict[str, Any]]:
    """Run a quick benchmark; return its exit status and its document, which holds nothing that JSON hasn't."""
    outcome = command("benchmark", *words, *QUICK, "--json")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    return outcome.status, json.loads(outcome.stdout, parse_constant=refuse)


# ------------------------------------------------------------------------------------------------------- what is timed


def test_calls_take_turns_and_those_of_the_warm_up_are_not_counted() -> None:
    made: list[int] = []
    times = time_calls([lambda: made.append(0), lambda: made.append(1)], 0.0)
    assert len(times) == LEAST_CALLS
    assert len(made) == LEAST_CALLS + LEAST_WARM_UP
    assert set(made) == {0, 1}
    assert len(time_calls([lambda: None], 0.01)) > LEAST_CALLS


def test_what_is_kept_of_each_call_is_little_beside_a_model() -> None:
    tracemalloc.start()
    try:
        times = time_calls([lambda: None], 0.02)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(times) + 10_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "runtime", "batch"),
    [
        ("small_int8.tflite", "litert", 1),
        ("model_int8.tflite", "litert", 4),
        ("small_int8.tflite", "litert-reference", 1),
        ("small_int8.tflite", "tflm", 1),
        ("small_int8.onnx", "ort", 1),
        ("small_int8.onnx", "ort", 4),
        slow("small.keras", "keras", 4),
    ],
)
def test_a_timed_call_gives_the_answers_to_its_images(name: str, runtime: str, batch: int, dataset) -> None:
    images = dataset.test.images[:8]
    with open_here(ModelFile.read(EXPORTS / name), runtime) as opened:
        calls = opened.prepare_calls(images, batch)
        answers = np.concatenate([np.reshape(call(), (batch, -1)) for call in calls.calls])
        assert len(calls.calls) == 8 // batch
        assert np.allclose(answers, opened.run(images).outputs, atol=1e-6)
        assert calls.images == batch
        assert calls.threads == 1


def test_a_timed_call_of_c_answers_one_image_and_an_empty_one_none(dataset) -> None:
    images = dataset.test.images[:8]
    with open_here(ModelFile.read(EXPORTS / "small_int8.c")) as opened:
        calls = opened.prepare_calls(images, 1)
        _, output, _ = calls.calls[0].args
        memory = np.frombuffer((ctypes.c_int8 * 10).from_address(output.value), np.int8)
        answers = []
        for call in calls.calls:
            assert call() == 0, "images whose class isn't that of their scores"
            answers.append(memory.copy())
            calls.empty()
            assert np.array_equal(memory, answers[-1])
        assert np.array_equal(np.array(answers), opened.run(images).outputs)


def test_one_file_is_timed_twice_and_says_what_it_takes(command) -> None:
    status, document = run_json(command, SMALL)
    (row,) = document["rows"]
    assert status == 0
    assert [one["batch"] for one in row["batches"]] == [1, 8, 32, 128]
    for one in row["batches"]:
        assert len(one["rounds"]) == 2
        assert all(found["runs"] >= LEAST_CALLS for found in one["rounds"])
        assert 0 < one["p5_us"] <= one["median_us"] <= one["p95_us"]
        assert one["images_per_second"] == pytest.approx(1e6 * one["batch"] / one["median_us"])
        medians = [found["median_us"] for found in one["rounds"]]
        assert one["spread"] == pytest.approx((max(medians) - min(medians)) / (sum(medians) / 2))
    assert (row["threads"], row["runtime"], row["images"]) == (1, "ort", 100)
    assert 0 < row["empty_us"] < row["batches"][0]["median_us"]
    assert 0 < row["started_bytes"] < row["peak_bytes"]
    assert row["load_ms"] > 0
    assert document["machine"]["cores"] == len(list_cores())
    if hasattr(os, "sched_setaffinity"):
        assert row["cores"] == [list_cores()[-1]]
    shown = command("benchmark", SMALL, *QUICK, "--batches", 1)
    assert "1 thread" in shown.stdout
    assert "throughput" not in shown.stdout
    assert "first 100 test images" in shown.stdout


def test_the_memory_is_that_of_the_model_alone(dataset) -> None:
    """Not that of this process, nor of another runtime."""
    peaks = []
    for name in ("small_int8.tflite", "model.tflite"):
        with open_apart(ModelFile.read(EXPORTS / name), None, Request(threads=1)) as opened:
            found = opened.time(choose_images(dataset.test.images[:4], 1), 1, 0.01)
            peaks.append(found.peak_bytes - found.started_bytes)
    sizes = [(EXPORTS / name).stat().st_size for name in ("small_int8.tflite", "model.tflite")]
    assert peaks[1] - peaks[0] > (sizes[1] - sizes[0]) / 2
    assert max(peaks) < 100 << 20


@pytest.mark.skipif(len(list_cores()) < 2, reason="one core only")
def test_threads_are_those_that_were_asked_for(command) -> None:
    document = run_json(command, SMALL, EXPORTS / "small_int8.c", "--threads", 2)[1]
    assert [row["threads"] for row in document["rows"]] == [2, 1], "generated C knows one thread"
    if hasattr(os, "sched_setaffinity"):
        assert [row["cores"] for row in document["rows"]] == [list(list_cores()[-2:])] * 2


def test_a_file_that_takes_one_image_a_call_says_so(command) -> None:
    words = (EXPORTS / "small_int8.tflite", "--runtime", "litert,tflm", "--batches", "4")
    status, document = run_json(command, *words)
    assert status == 0
    for row in document["rows"]:
        first, second = row["batches"]
        assert (first["batch"], len(first["rounds"]), second["batch"], second["rounds"]) == (1, 2, 4, [])
        assert "image" in second["reason"]
    assert command("benchmark", *words, *QUICK).stdout.count("one image at a time") == 1


def test_a_fixed_batch_is_computed_whole(command, tmp_path: Path) -> None:
    model = onnx.load(EXPORTS / "model.onnx")
    for end in (*model.graph.input, *model.graph.output):
        end.type.tensor_type.shape.dim[0].dim_value = 16
    onnx.save(model, tmp_path / "model.onnx")
    (row,) = run_json(command, tmp_path / "model.onnx", "--batches", "4,32")[1]["rows"]
    assert row["error"] is None
    assert row["notes"] == ["its batch is fixed: a call with one image computes 16"]
    assert [(one["batch"], bool(one["rounds"])) for one in row["batches"]] == [(1, True), (4, True), (32, False)]


# ---------------------------------------------------------------------------------------------------- what isn't timed


@pytest.mark.slow
def test_an_emulated_chip_has_instructions_and_never_a_time(command) -> None:
    for name in ("microbit", "cortex-m4"):
        require_runtime(name)
    files = (EXPORTS / "small_int8.c", EXPORTS / "model_int8.c")
    outcome = command("benchmark", *files, "--runtime", "c,microbit,cortex-m4", *QUICK, "--json")
    rows = {(Path(row["model"]).name, row["runtime"]): row for row in json.loads(outcome.stdout)["rows"]}
    assert outcome.status == 1, "one doesn't fit"
    for name in ("microbit", "cortex-m4"):
        row = rows["small_int8.c", name]
        assert (row["batches"], row["load_ms"], row["peak_bytes"], row["emulated"]) == ([], None, None, True)
        (verdict,) = edgemnist.verify(files[0], runtime=name, limit=100).verdicts
        footprint = verdict.measurement.footprint
        assert row["instructions_per_image"] == footprint.instructions_per_image > 0
        assert (row["flash_bytes"], row["ram_bytes"]) == (footprint.flash_bytes, footprint.ram_bytes)
    assert "bytes of flash" in rows["model_int8.c", "microbit"]["misfits"][0]
    assert not rows["small_int8.c", "microbit"]["dominated"]
    host = rows["small_int8.c", "c"]
    assert host["instructions_per_image"] is None
    assert 0 < host["built_bytes"] < host["size_bytes"], "C's text is larger than what is built of it"


def test_what_can_not_be_measured_has_a_reason_and_the_others_are(command, tmp_path: Path, stranger: Path) -> None:
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(SMALL.read_bytes()[:2000])
    for ending in ("c", "h"):
        shutil.copy(EXPORTS / f"small_int8.{ending}", tmp_path)
    code = tmp_path / "small_int8.c"
    code.write_text(code.read_text() + "/* of a stranger */\n")
    status, document = run_json(command, damaged, "none.tflite", code, SMALL)
    errors = [row["error"] and row["error"]["message"] for row in document["rows"]]
    assert status == 2
    assert errors[3] is None
    assert "can't open it" in errors[0]
    assert "none.tflite: no such file" in errors[1]
    assert "run its code" in errors[2]
    assert all(row["accuracy"] is None and row["batches"] == [] for row in document["rows"][:3])
    status, document = run_json(command, code, "--trust")
    assert (status, document["rows"][0]["error"]) == (0, None)


def test_a_file_without_a_contract_is_asked_once_and_timed_as_it_answered(command, tmp_path: Path) -> None:
    model = onnx.load(EXPORTS / "small_int8.onnx")
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "foreign.onnx")
    (row,) = run_json(command, tmp_path / "foreign.onnx")[1]["rows"]
    assert row["notes"][0].startswith("no contract inside: assumed to take")
    assert row["accuracy"] > 0.9
    assert row["batches"][0]["rounds"]


def test_the_time_that_is_asked_for_comes_beside_the_limit(dataset) -> None:
    with open_apart(ModelFile.read(SMALL), None, Request(threads=1), limits=Limits(timeout_s=1.0)) as opened:
        opened.run(dataset.test.images[:1])
        assert opened.time(choose_images(dataset.test.images[:4], 1), 1, 1.2).runs >= LEAST_CALLS


@pytest.mark.slow
def test_a_crash_with_several_images_says_how_one_can_be_timed() -> None:
    limits = Limits(memory_bytes=90 << 20)  # it holds 68 MiB
    (row,) = edgemnist.benchmark(SMALL, seconds=0.01, limit=10, batches=[4096], limits=limits).rows
    assert row.error
    assert row.error.message.endswith("of memory, in calls with 4096 images")
    assert row.error.hint == "time one image a call: `batches=1`"
    (row,) = edgemnist.benchmark(SMALL, seconds=0.01, limit=10, batches=[1], limits=limits).rows
    assert row.latency


def test_what_a_child_says_of_times_is_checked() -> None:
    fields = json.loads(json.dumps(TIMING.to_fields()))
    assert Timing.from_fields(fields) == TIMING
    lies: tuple[tuple[str, Any], ...] = (
        ("median_us", float("nan")), ("p5_us", -1.0), ("runs", None), ("runs", True), ("threads", "1"),
        ("cores", [1.5]), ("peak_bytes", -1), ("load_ms", None),
    )  # fmt: skip
    for name, value in lies:
        with pytest.raises((TypeError, ValueError)):
            Timing.from_fields({**fields, name: value})
    with pytest.raises(KeyError):
        Timing.from_fields({"runs": 1})


# ----------------------------------------------------------------------------------------------------------- dominated


def make_row(
    name: str, size_bytes: int, accuracy: float, medians: tuple[float, float], data: str = "mnist"
) -> BenchmarkRow:
    score = Score(100, 0, accuracy, 0.0, 1.0, (), 0, 0)
    rounds = tuple(replace(TIMING, median_us=median) for median in medians)
    measured = Measured("int8", "", size_bytes, score, False, None, "", data, data)
    return BenchmarkRow(name, "ort", measured, (BatchTiming(1, rounds),))


def test_a_row_is_dominated_by_one_that_is_better_beyond_the_spread() -> None:
    rows = [
        make_row("small and slow", 10, 0.9, (100, 110)),
        make_row("large and quick", 99, 0.9, (10, 11)),
        make_row("large, and quicker within the spread", 99, 0.9, (9, 11)),
        make_row("larger", 100, 0.9, (20, 21)),
        make_row("right more often", 100, 0.95, (200, 210)),
        BenchmarkRow("failed", "ort"),
    ]
    assert [row.model for row in mark_dominated(rows) if row.dominated] == ["larger"]


def test_rows_of_other_test_images_are_compared_apart() -> None:
    rows = [
        make_row("hard images", 99, 0.5, (10, 11), "hard"),
        make_row("easy images", 9, 0.9, (1, 1), "easy"),
        make_row("hard images, small", 9, 0.5, (10, 11), "hard"),
    ]
    assert [row.model for row in mark_dominated(rows) if row.dominated] == ["hard images"]


def test_equal_rows_do_not_dominate_each_other() -> None:
    rows = [make_row("one", 9, 0.9, (10, 11)), make_row("other", 9, 0.9, (10, 11))]
    assert not any(row.dominated for row in mark_dominated(rows))


def test_emulated_rows_are_compared_among_those_of_their_target_alone() -> None:
    def emulate(name: str, runtime: str, flash_bytes: int, instructions: float) -> BenchmarkRow:
        measured = make_row(name, 1, 0.9, (1, 1)).measured
        assert measured
        footprint = Footprint(flash_bytes, 5, 5, instructions)
        return BenchmarkRow(name, runtime, replace(measured, emulated=True, footprint=footprint))

    rows = [
        make_row("timed", 1, 0.9, (1, 1)),
        emulate("a", "microbit", 100, 100.0),
        emulate("b", "microbit", 100, 90.0),
        emulate("c", "cortex-m4", 1000, 1000.0),
    ]
    assert [row.model for row in mark_dominated(rows) if row.dominated] == ["a"]


# ------------------------------------------------------------------------------------------------------------ the gate


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an earlier run of two files printed."""
    path = tmp_path_factory.mktemp("baseline") / "baseline.json"
    found = edgemnist.benchmark(SMALL, EXPORTS / "small_int8.tflite", seconds=0.01, limit=100)
    path.write_text(json.dumps(found.to_record()))
    return path


def scale(path: Path, factor: float, output: Path, **machine: Any) -> Path:
    document = json.loads(path.read_text())
    document["machine"] |= machine
    for row in document["rows"]:
        for one in row["batches"]:
            for found in one["rounds"]:
                found["median_us"] *= factor
    output.write_text(json.dumps(document))
    return output


@pytest.mark.parametrize(("factor", "status"), [(0.01, 1), (100, 0)])
def test_the_gate_fails_what_is_slower_and_nothing_else(
    command, baseline: Path, tmp_path: Path, factor: float, status: int
) -> None:
    edited = scale(baseline, factor, tmp_path / "edited.json")
    found, document = run_json(command, SMALL, "--batches", 1, "--compare", edited, "--max-slowdown", 2)
    slowdown = document["slowdown"]
    assert (found, slowdown["slower"]) == (status, bool(status))
    (ratio,) = slowdown["ratios"]
    assert (ratio["model"], ratio["runtime"], ratio["threads"], ratio["batch"]) == ("small_int8.onnx", "ort", 1, 1)
    assert ratio["low"] <= ratio["ratio"] <= ratio["high"]
    assert slowdown["missing"] == ["small_int8.tflite in litert, 1 thread, batch 1"]
    assert slowdown["notes"] == []


def test_without_a_limit_ratios_are_told_and_nothing_fails(command, baseline: Path, tmp_path: Path) -> None:
    edited = scale(baseline, 0.01, tmp_path / "edited.json", name="another machine")
    files = (SMALL, EXPORTS / "model_int8.onnx")
    outcome = command("benchmark", *files, *QUICK, "--compare", edited)
    assert outcome.status == 0
    assert "now / edited.json" in outcome.stdout
    assert "was measured elsewhere: another machine" in outcome.stdout
    assert "missing small_int8.tflite in litert, 1 thread, batch 1" in outcome.stdout
    assert "new model_int8.onnx in ort, 1 thread, batch 1" in outcome.stdout
    assert "slower" not in outcome.stdout


def test_a_gate_that_compares_nothing_does_not_pass(command, baseline: Path) -> None:
    other = EXPORTS / "model_int8.onnx"
    for words, status in ((("--max-slowdown", 2), 2), ((), 0)):
        found, document = run_json(command, other, "--compare", baseline, *words)
        assert (found, document["slowdown"]["ratios"]) == (status, [])
        assert document["slowdown"]["notes"] == [f"nothing was compared with {baseline}"]
    outcome = command("benchmark", other, *QUICK, "--compare", baseline, "--max-slowdown", 2)
    assert f"error: nothing was compared with {baseline}, so no limit was kept" in outcome.stderr


def test_times_are_compared_whatever_the_accuracy_is_of(command, baseline: Path, tmp_path: Path) -> None:
    document = json.loads(baseline.read_text())
    document["limit"] = None
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(document))
    slowdown = run_json(command, SMALL, "--batches", 1, "--compare", edited)[1]["slowdown"]
    assert (len(slowdown["ratios"]), slowdown["notes"]) == (1, []), "only instructions depend on the images"


def test_rows_of_one_name_are_compared_with_nothing(command, baseline: Path, tmp_path: Path) -> None:
    shutil.copy(SMALL, tmp_path)
    document = run_json(command, SMALL, tmp_path / SMALL.name, "--compare", baseline)[1]
    assert document["slowdown"]["ratios"] == []
    note = document["slowdown"]["notes"][0]
    assert note == "small_int8.onnx in ort, 1 thread, batch 1: more than one row of that name"


@pytest.mark.slow
def test_instructions_are_compared_to_the_last_one(command, tmp_path: Path) -> None:
    require_runtime("cortex-m4")
    words = (EXPORTS / "small_int8.c", "--runtime", "cortex-m4")
    document = run_json(command, *words)[1]
    (row,) = document["rows"]
    same, fewer = tmp_path / "same.json", tmp_path / "fewer.json"
    same.write_text(json.dumps(document))
    row["instructions_per_image"] /= 1.02
    fewer.write_text(json.dumps(document))
    document["limit"] = 99
    (tmp_path / "others.json").write_text(json.dumps(document))
    slowdown = run_json(command, *words, "--compare", tmp_path / "others.json")[1]["slowdown"]
    assert (slowdown["ratios"], "of other test images" in slowdown["notes"][0]) == ([], True)
    for path, status, expected in ((same, 0, 1.0), (fewer, 1, 1.02)):
        found, document = run_json(command, *words, "--compare", path, "--max-slowdown", 1.01)
        (ratio,) = document["slowdown"]["ratios"]
        assert (found, ratio["unit"]) == (status, "instructions")
        assert ratio["low"] == ratio["ratio"] == ratio["high"] == pytest.approx(expected)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"machine": null, "rows": []}',
        '{"machine": {"name": "x", "cores": 1}, "data": "x", "limit": null, "rows": [{}]}',
        '{"machine": {"name": "x", "cores": 1}, "data": "x", "limit": null, "rows": 7}',
        '{"machine": {"name": "x", "cores": 1e999}, "data": "x", "limit": null, "rows": []}',
        '{"machine": {"name": "x", "cores": 1}, "data": "x", "limit": null, "rows": [{"model": "a", "runtime": "ort", '
        '"instructions_per_image": 1e-320, "batches": []}]}',
        '{"machine": {"name": "x", "cores": 1}, "data": "x", "limit": null, "rows": [{"model": "a", "runtime": "ort", '
        '"instructions_per_image": null, "batches": [{"batch": 1, "rounds": [{"median_us": NaN, "threads": 1}]}]}]}',
    ],
)
def test_what_is_no_earlier_run_is_one_error_before_any_work(command, tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    assert_error(command("benchmark", SMALL, "--compare", path), "not what edgemnist benchmark prints as JSON")


def test_parameters_out_of_range_are_refused_before_any_work(command) -> None:
    cases: tuple[tuple[tuple[object, ...], str], ...] = (
        (("--threads", 0), "--threads 0 is out of range"),
        (("--threads", 10_000), "the cores that can be used here"),
        (("--seconds", 0), "--seconds 0 is out of range"),
        (("--batches", "0"), "--batches 0 is out of range"),
        (("--batches", "1,many"), "is no list of numbers"),
        (("--max-slowdown", 2), "--max-slowdown is a ratio to an earlier run"),
        (("--compare", "none.json"), "none.json: no such file"),
        (("--compare", "none.json", "--max-slowdown", "nan"), "--max-slowdown nan is out of range"),
        (("--compare", "none.json", "--max-slowdown", "inf"), "--max-slowdown inf is out of range"),
        (("--runtime", "abacus"), "no runtime 'abacus'"),
        (("--runtime", "ort,tflm"), "tflm: runs none of these files"),
    )
    for words, message in cases:
        assert_error(command("benchmark", SMALL, *words), message)


# ----------------------------------------------------------------------------------------- several runtimes of `verify`


def test_verify_shows_several_runtimes_in_one_table(command) -> None:
    files = (EXPORTS / "small_int8.tflite", SMALL)
    outcome = command("verify", *files, "--runtime", "litert,tflm,ort", "--limit", 100)
    assert outcome.status == 0
    assert "2 models in 3 runtimes on the first 100 test images" in outcome.stdout
    rows = [line for line in outcome.stdout.splitlines() if line.endswith("partial")]
    assert ["LiteRT" in rows[0], "TFLite Micro" in rows[1], "ONNX Runtime" in rows[2]] == [True] * 3
    assert len([line for line in rows if "kB" in line]) == 3
    document = json.loads(command("verify", *files, "--runtime", "tflm,ort", "--limit", 100, "--json").stdout)
    found = [(Path(model["model"]).name, model["requested_runtime"]) for model in document["models"]]
    assert found == [("small_int8.tflite", "tflm"), ("small_int8.onnx", "ort")]


def test_the_exit_status_over_several_runtimes_is_the_worst(command) -> None:
    words = ("verify", EXPORTS / "small_int8.tflite", "--runtime", "litert,tflm", "--limit", 500)
    assert command(*words, "--max-difference", 0.05).status == 1, "in TFLite Micro it differs less"
    differs = command(*words, "--max-difference", 0.05, "--json")
    assert [bool(model["reasons"]) for model in json.loads(differs.stdout)["models"]] == [True, False]
    assert command(*words).status == 0


def test_what_fails_in_each_runtime_is_said_once(command, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tflite"
    damaged.write_bytes((EXPORTS / "small_int8.tflite").read_bytes()[:2000])
    for verb in ("verify", "benchmark"):
        outcome = command(verb, damaged, "--runtime", "litert,tflm", "--limit", 100)
        assert (outcome.status, outcome.stderr.count("error: ")) == (2, 1)


def test_a_folder_without_models_is_no_runtime(command, tmp_path: Path) -> None:
    outcome = command("verify", tmp_path, SMALL, "--runtime", "ort", "--limit", 100)
    assert "2 models on the first 100" in outcome.stdout


def test_verify_refuses_a_runtime_that_runs_nothing_and_to_save_two_runs_in_one_file(command, tmp_path: Path) -> None:
    assert_error(command("verify", SMALL, "--runtime", "ort,tflm"), "tflm: runs none of these files")
    save = ("--save", tmp_path / "x.npz")
    assert_error(command("verify", EXPORTS / "small_int8.tflite", "--runtime", "litert,tflm", *save), "one runtime")
    assert_error(command("verify", SMALL, "--runtime", "ort,abacus"), "no runtime 'abacus'")
    with pytest.raises(edgemnist.UsageError, match="no runtime was named"):
        edgemnist.verify(SMALL, runtime=[])
