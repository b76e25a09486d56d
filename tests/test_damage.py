"""Damaged files: nothing worse than an error comes of them, and what would be worse is noticed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import edgemnist
from edgemnist.errors import DataError, ModelError, RuntimeCrash
from edgemnist.formats import ModelFile
from edgemnist.formats.weights import read_weights
from edgemnist.processes import watch
from edgemnist.processes.guard import end, find_guard, start
from edgemnist.processes.limits import Limits
from edgemnist.processes.sessions import find_marked
from edgemnist.runtimes.arena import measure_arena
from tests.benchmarks import damage
from tests.conftest import slow
from tests.damages.bench import GRACE_S, Bench
from tests.damages.blocks import INTEGERS, write_integer
from tests.damages.cases import Case
from tests.damages.containers import list_zip_fields
from tests.damages.originals import DATA, EXPORTS, FORMATS, MODEL, MODELS, Format, make_damage, prepare

COUNT, SEED = 60, 2026


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("damage") / "bench")


@pytest.fixture
def bench(folder: Path) -> Iterator[Bench]:
    with Bench(folder) as bench:
        yield bench


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_worse_than_an_error_comes_of_damage(folder: Path, format: str) -> None:
    results = list(damage.run(folder, [format], COUNT, SEED, jobs=os.cpu_count() or 1))
    findings = [f"{one.index} ({one.operator}): {found}" for one in results for found in one.findings]
    assert not findings, "\n".join(findings)
    assert sorted(one.index for one in results) == list(range(COUNT))
    # Damage that is always refused at the door would prove little, and so would damage that nobody notices.
    assert Counter(one.outcome for one in results)["error"] < COUNT
    assert Counter(one.outcome for one in results)["passed"] < COUNT / 2


@pytest.mark.parametrize("format", MODELS)
def test_every_action_is_done_with_some_case(format: str) -> None:
    cases = [Case(Path(), Path(), Path(), format, index, Path("model"), b"") for index in range(COUNT)]
    done = {name for case in cases for name, _ in case.list_actions()}
    assert done >= {name for name, (_, _, formats, _) in cases[0].list_rare().items() if format in formats}


@pytest.mark.parametrize("format", [slow(name) if name == "keras" else name for name in FORMATS])
def test_the_same_case_is_the_same_damage(folder: Path, format: str) -> None:
    cases = [make_damage(folder, format, SEED, index) for index in range(4)]
    assert cases == [make_damage(folder, format, SEED, index) for index in range(4)]
    assert all(path.read_bytes() != content for path, _, content in cases)
    assert len({content for _, _, content in cases}) == 4
    assert cases != [make_damage(folder, format, SEED + 1, index) for index in range(4)]


def test_undamaged_files_pass(folder: Path) -> None:
    """What the cases are measured against: listed, with their answers and recorded outputs."""
    for name in ("small_int8.tflite", "small_int8.onnx", "small_int8.c"):
        (verdict,) = edgemnist.verify(folder / "base" / name, data=folder / DATA).verdicts
        assert (verdict.word, verdict.notes) == ("passed", ()), name


def raise_fault(*arguments: object, **options: object) -> None:
    raise IndexError("a fault of edgemnist's own")


def leave_a_file(*arguments: object, **options: object) -> list[object]:
    tempfile.mkstemp()
    return []


LEFT: list[subprocess.Popen[bytes]] = []


def leave_a_process(*arguments: object, **options: object) -> list[object]:
    LEFT.append(start(["sleep", "1000"], stdout=subprocess.DEVNULL))
    # A program's environment can be read a moment after `start` has returned.
    while LEFT[-1].pid not in find_marked(find_guard().mark):
        time.sleep(0.01)
    return []


def take_memory(*arguments: object, **options: object) -> list[object]:
    np.ones(160 << 20)  # float64: 1.25 GiB
    return []


def print_controls(*arguments: object, **options: object) -> list[object]:
    print("\x1b[2J")
    return []


def take_time(*arguments: object, **options: object) -> list[object]:
    time.sleep(0.2)
    return []


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        (raise_fault, "verify: a traceback: .*IndexError"),
        (leave_a_file, "verify: left temporary files"),
        (leave_a_process, "verify: left processes"),
        (take_memory, "verify: took 1... MiB in this process"),
        (print_controls, "verify: printed control characters"),
        (take_time, "verify: took 0 s"),
    ],
)
def test_what_is_worse_is_noticed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., object], finding: str
) -> None:
    monkeypatch.setattr(edgemnist, "predict", fault)
    if fault is take_time:
        monkeypatch.setitem(FORMATS, "picture", Format(FORMATS["picture"].files, timeout_s=-GRACE_S))
    (found,) = bench.try_case("picture", SEED, 0).findings
    assert re.match(finding, found, re.DOTALL), found
    assert [end(process) for process in LEFT] in ([], [-9])
    LEFT.clear()


def test_a_damaged_listed_file_that_passes_is_noticed(
    folder: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ModelFile, "changes", ())
    index = next(
        index for index in range(0, 100, 2)
        if make_damage(folder, "tflite", SEED, index)[1] == "extend"
    )  # fmt: skip
    findings = bench.try_case("tflite", SEED, index).findings
    assert "refuse: a damaged file that the manifest lists was used" in findings
    assert "verify: a damaged file that the manifest lists passed" in findings


DYING = """
import json, os, signal, sys
format, start, stop = sys.argv[2], *map(int, sys.argv[4:])
for index in range(start, stop):
    if index == 1:
        os.write(2, b"the last words")
        os.kill(os.getpid(), signal.SIGSEGV)
    print(json.dumps({"format": format, "index": index, "operator": "none"}), flush=True)
"""


def test_a_process_that_dies_is_a_finding_of_its_case(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next case is run by another process."""
    monkeypatch.setattr(damage, "WORKER", (sys.executable, "-c", DYING))
    results = list(damage.run(folder, ["npy"], 4, SEED, jobs=1))
    assert [len(one.findings) for one in results] == [0, 1, 0, 0]
    assert results[1].findings == ["the process ended with status -11: the last words"]
    assert results[1].operator == make_damage(folder, "npy", SEED, 1)[1]


def test_a_process_that_hangs_is_a_finding_of_its_case(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(damage, "WORKER", (sys.executable, "-c", "import time; time.sleep(100)"))
    monkeypatch.setattr(damage, "HANG_S", 0.1)
    monkeypatch.setattr(damage, "GRACE_S", 0.1)
    (result,) = damage.run(folder, ["npy"], 1, SEED, jobs=1)
    assert result.findings == ["the process ended with status -9: "]


@pytest.mark.slow
def test_no_number_in_the_headers_of_a_keras_file_is_a_traceback() -> None:
    """An offset beyond the file, a method that is another: zipfile raises what it likes."""
    content = (EXPORTS / "small.keras").read_bytes()
    for place, width in list_zip_fields(content):
        for value in INTEGERS:
            changed = write_integer(content, place, width, value)
            for read in (
                lambda one: ModelFile(Path("x.keras"), one).contract,
                lambda one: read_weights(one, "keras", "x"),
            ):
                with contextlib.suppress(ModelError):
                    read(changed)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_label_of_no_character_is_an_error(folder: Path, tmp_path: Path, order: str) -> None:
    """It was a SystemError, of NumPy's."""
    labels = np.array([*"0123456789"]).astype(f"{order}U1")
    labels.view(f"{order}u4")[3] = 0x110000
    with np.load(folder / DATA) as arrays:
        np.savez(tmp_path / DATA, **arrays, labels=labels)
    with pytest.raises(DataError, match="labels holds a character of code 1,114,112, which is none"):
        edgemnist.verify(folder / "base" / MODEL, data=tmp_path / DATA)
    base = shutil.copytree(folder / "base", tmp_path / "base")
    (path,) = base.glob("small_answers_*.npz")
    with np.load(path) as stored:
        np.savez_compressed(path, **{**stored, "labels": labels})
    (verdict,) = edgemnist.verify(base / MODEL, data=folder / DATA).verdicts
    assert "can't be read as stored answers: labels holds a character of code 1,114,112" in str(verdict.error)


@pytest.mark.parametrize("name", ["small_answers", "small_int8_answers"])
@pytest.mark.parametrize("field", ["model_sha256", "data_sha256"])
def test_listed_answers_that_say_they_are_others_are_no_absent_ones(
    folder: Path, tmp_path: Path, name: str, field: str
) -> None:
    """They passed: recorded outputs of another model were taken for none."""
    base = shutil.copytree(folder / "base", tmp_path / "base")
    model = ModelFile.read(base / MODEL)
    sha256 = model.listed["source"]["sha256"] if name == "small_answers" else model.sha256
    (path,) = base.glob(f"{name}_{sha256[:8]}_*.npz")
    with np.load(path) as stored:
        arrays = dict(stored)
    np.savez_compressed(path, **{**arrays, field: np.array("0" * 64)})
    (verdict,) = edgemnist.verify(base / MODEL, data=folder / DATA).verdicts
    assert verdict.word == "error"
    assert f"the manifest lists other answers as {path.name}, and these are of another model" in str(verdict.error)


@pytest.mark.parametrize("name", ["small_answers", "small_int8_answers"])
def test_listed_answers_that_became_another_kind_are_no_absent_ones(folder: Path, tmp_path: Path, name: str) -> None:
    """Probabilities in the place of recorded outputs, and the reverse, were passed over."""
    base = shutil.copytree(folder / "base", tmp_path / "base")
    model = ModelFile.read(base / MODEL)
    sha256 = model.listed["source"]["sha256"] if name == "small_answers" else model.sha256
    (path,) = base.glob(f"{name}_{sha256[:8]}_*.npz")
    others = "model_int16x8_answers_*.npz" if name == "small_answers" else "small_answers_*.npz"
    (other,) = base.glob(others)
    shutil.copyfile(other, path)
    (verdict,) = edgemnist.verify(base / MODEL, data=folder / DATA).verdicts
    assert verdict.word == "error"
    assert f"the manifest lists other answers as {path.name}, and these are of another kind" in str(verdict.error)


def test_the_arena_is_measured_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """`kit` did so for ten minutes, and in any amount of memory."""
    content = (EXPORTS / MODEL).read_bytes()
    with pytest.raises(RuntimeCrash, match=r"TFLite Micro: reached the limit of 0.01 s"):
        measure_arena(content, Limits(timeout_s=0.01))
    monkeypatch.setattr(watch, "PAUSE_S", 0)  # the whole takes less than a pause where the machine is fast
    with pytest.raises(RuntimeCrash, match=r"TFLite Micro: reached the limit of 1.* of memory"):
        measure_arena(content, Limits(memory_bytes=1 << 20))


@pytest.mark.slow
def test_the_arena_is_the_smallest_that_suffices() -> None:
    assert measure_arena((EXPORTS / MODEL).read_bytes()) == 8528
    with pytest.raises(ModelError, match="TFLite Micro can't run the model: TFLM failed to allocate tensors"):
        measure_arena((EXPORTS / "model_float16.tflite").read_bytes())
