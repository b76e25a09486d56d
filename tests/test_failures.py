"""Where a command can't do its work: JSON of its own shape, one line, never a traceback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgemnist import errors
from edgemnist.cli.options import MemorySize
from edgemnist.errors import EdgeMnistError, name_kind, record_error
from edgemnist.reporting.documents import EMPTY, fill_document, fill_failure
from tests.conftest import ROOT, slow
from tests.test_imports import COMMANDS

MODEL = "exports/small_int8.onnx"
QUICK = f"verify {MODEL} --limit 100"
PROGRAM = [sys.executable, "-m", "edgemnist"]
# A call of each verb that fails, and the kind of its error. Nothing here loads TensorFlow.
FAILING = {
    "train": (["--data", "none"], "data"),
    "tune": (["--data", "none"], "data"),
    "export": (["--format", "onnx", "--quantize", "int16x8"], "usage"),
    "verify": ([MODEL, "--data", "none"], "data"),
    "benchmark": ([MODEL, "--data", "none"], "data"),
    "compare": ([MODEL, "none.onnx"], "model"),
    "diff": ([MODEL, "none.onnx"], "model"),
    "predict": ([MODEL, "none.png"], "data"),
    "explain": (["none.png", "--model", MODEL], "data"),
    "report": (["none"], "usage"),
    "kit": (["--target", "web", "--model", "none.onnx", "--output", "none"], "model"),
    "run": (["--output", "/proc/none"], "write"),
    "inspect": (["none.onnx"], "model"),
    "trust": (["none.c", "--yes"], "model"),
    "formats": (["--surprise"], "usage"),
    "runtimes": (["surplus"], "usage"),
    "kits": (["surplus"], "usage"),
    "recipes": (["surplus"], "usage"),
    "guide": (["no-such-topic"], "usage"),
}


@pytest.fixture(autouse=True)
def _signals_of_a_terminal() -> Iterator[None]:
    """The tests may be run under `nohup`: what they start must not inherit that signals are ignored."""
    numbers = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    before = [signal.getsignal(number) for number in numbers]
    for number, handler in zip(numbers, before, strict=True):
        if handler is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


# ---------------------------------------------------------------------------------------------------------------- JSON


def test_every_verb_has_a_document() -> None:
    assert set(COMMANDS) <= EMPTY.keys()
    assert set(COMMANDS) == FAILING.keys()


@pytest.mark.parametrize("verb", FAILING)
def test_failure_has_the_shape_of_its_own_verb(command, verb: str) -> None:
    arguments, kind = FAILING[verb]
    outcome = command(verb, *arguments, "--json")
    document = json.loads(outcome.stdout)
    assert outcome.status == 2
    assert outcome.stderr.startswith("error: ")
    assert list(document) == ["schema", *EMPTY[verb], "error"]
    assert all(value in (None, [], False) for value in list(document.values())[1:-1])
    assert list(document["error"]) == ["kind", "message", "hint"]
    assert document["error"]["kind"] == kind
    assert document["error"]["message"] in outcome.stderr


def test_success_has_the_same_keys(command, tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.full((1, 28, 28), 7, np.uint8))
    arguments = {
        "verify": (MODEL,),
        "benchmark": (MODEL, "--seconds", "0.01", "--batches", "1", "--limit", "100"),
        "compare": (MODEL,),
        "diff": (MODEL, MODEL),
        "predict": (MODEL, tmp_path / "one.npy"),
        "inspect": (MODEL,),
        "kit": ("--target", "node", "--model", MODEL, "--output", tmp_path / "kit"),
        "formats": (),
        "runtimes": (),
        "guide": ("ci",),
    }
    for verb, words in arguments.items():
        document = json.loads(command(verb, *words, "--json").stdout)
        assert list(document) == ["schema", *EMPTY[verb], "error"]
        assert document["error"] is None


def test_a_document_with_another_key_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"verify: .*data"):
        fill_document("verify", passed=True, models=[])


def test_each_file_has_its_own_error(command) -> None:
    outcome = command("verify", MODEL, "none.onnx", "--json")
    document = json.loads(outcome.stdout)
    good, bad = document["models"]
    assert (outcome.status, document["error"], good["error"]) == (2, None, None)
    assert bad.keys() == good.keys()
    assert bad["error"]["kind"] == "model"
    assert bad["error"]["message"] == "none.onnx: no such file"
    assert (good["compared"], bad["compared"]) == (True, False)


def test_an_unknown_verb_is_json_too(command) -> None:
    document = json.loads(command("surprise", "--json").stdout)
    assert document == {
        "schema": 1,
        "error": {"kind": "usage", "message": "No such command 'surprise'.", "hint": "edgemnist --help"},
    }


def test_kinds_are_the_classes_names() -> None:
    """They are part of the JSON that others read: a class that is renamed must not rename its kind unseen."""
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EdgeMnistError)]
    assert {name_kind(kind) for kind in classes} >= {
        "general", "usage", "data", "model", "runtime_crash", "export", "source_missing", "package_missing", "write",
    }  # fmt: skip
    foreign = [OSError, BrokenPipeError, MemoryError, KeyboardInterrupt, ZeroDivisionError]
    assert [name_kind(kind) for kind in foreign] == ["system", "system", "memory", "interrupted", "internal"]
    assert record_error(OSError(28, "No space left", "a.onnx"))["message"] == "a.onnx: No space left"
    assert record_error(MemoryError())["message"] == "not enough memory"
    assert fill_failure(None, ZeroDivisionError())["error"]["message"] == "ZeroDivisionError"


def test_a_fault_of_our_own_is_2_and_json(command, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 says that a model differs, and must never mean anything else."""
    monkeypatch.setattr("edgemnist.reporting.listings.fill_formats", lambda: 1 / 0)
    outcome = command("formats", "--json")
    assert (outcome.status, json.loads(outcome.stdout)["error"]["kind"]) == (2, "internal")
    assert "ZeroDivisionError" in outcome.stderr


# -------------------------------------------------------------------------------------------------------------- output


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        *((words, ">/dev/full") for words in (f"{QUICK}", f"{QUICK} --json", "verify --help", "--version")),
        *((words, place) for words in ("formats --json", "--help") for place in (">&-", "1</dev/null")),
    ],
)
def test_output_that_cannot_be_written_is_one_line_and_2(arguments: str, place: str) -> None:
    run = subprocess.run(
        f"{sys.executable} -m edgemnist {arguments} {place}",
        shell=True, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: standard output can't be written: ")
    assert run.stderr.count("\n") == 1, run.stderr


@pytest.mark.parametrize("place", ["2>/dev/full", "2>&-", slow("2</dev/null")])
def test_no_result_depends_on_what_is_said_beside_it(place: str) -> None:
    for arguments, status in (("formats", 0), (f"{QUICK} none.onnx", 2)):
        shell = f"{sys.executable} -m edgemnist {arguments} {place}"
        run = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False, cwd=ROOT)
        assert run.returncode == status, run
        assert run.stdout, "the result is printed"
    shell = f"{sys.executable} -m edgemnist verify none.onnx >/dev/full {place}"
    assert subprocess.run(shell, shell=True, check=False, cwd=ROOT).returncode == 2


@pytest.mark.parametrize("arguments", [f"{QUICK} --json", "formats", "--help"])
def test_a_reader_that_has_gone_is_141_and_silence(arguments: str) -> None:
    program = [*PROGRAM, *arguments.split()]
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(program, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    os.close(writer)
    assert (run.returncode, run.stderr) == (141, "")


# ------------------------------------------------------------------------------------------------------------- signals


def interrupt_import(module: str, *arguments: str, name: str = "SIGINT") -> subprocess.CompletedProcess[str]:
    """Run a command that gets a signal in the midst of its imports."""
    program = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            sys.meta_path.remove(self)\n"
        f"            os.kill(os.getpid(), signal.{name})\n"
        "sys.meta_path.insert(0, Finder())\n"
        f"sys.argv = ['edgemnist', *{list(arguments)!r}]\n"
        "from edgemnist.__main__ import main\n"
        "main()\n"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)


MODULES = ["edgemnist.cli", "click", "json", "edgemnist.cli.proving", "edgemnist.results", "numpy",
           "onnxruntime", "edgemnist.runtimes.ort"]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_ctrl_c_during_imports_is_the_verbs_own_document(module: str) -> None:
    run = interrupt_import(module, "verify", MODEL, "--json")
    assert run.returncode == 130, run
    assert run.stderr == "interrupted: nothing half-written is left\n"
    document = json.loads(run.stdout)
    assert list(document) == ["schema", "passed", "data", "limit", "models", "notes", "error"]
    assert document["error"]["kind"] == "interrupted"


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_each_signal_ends_with_its_own_status(name: str, status: int) -> None:
    run = interrupt_import("numpy", "predict", MODEL, "none.png", name=name)
    assert (run.returncode, run.stdout, run.stderr) == (status, "", "interrupted: nothing half-written is left\n")


@pytest.mark.parametrize("name", ["SIGINT", slow("SIGHUP")])
def test_a_signal_that_was_ignored_at_the_start_stays_so(name: str) -> None:
    """As under `nohup`, and in the background of a shell."""
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        run = interrupt_import("numpy", "verify", MODEL, "--json", name=name)
    finally:
        signal.signal(number, before)
    assert run.returncode == 0, run
    assert json.loads(run.stdout)["passed"] is True


def send(delay_s: float, *arguments: str, number: int = signal.SIGINT) -> tuple[int, str, str]:
    """Start a command, send it a signal after a while, and return its status and what it printed."""
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as run:
        time.sleep(delay_s)
        run.send_signal(number)
        out, err = run.communicate(timeout=60)
    return run.returncode, out, err


def assert_ended(status: int, out: str, err: str, *, as_json: bool) -> None:
    """It has finished, or says that it was interrupted; or the signal came before a line of ours was run."""
    if status not in (0, 130):
        assert "edgemnist/" not in err, err
        assert status in (-signal.SIGINT, 1), "Python itself was still starting"
        return
    assert "Traceback" not in err or "edgemnist/" not in err, err
    assert "ignored" not in err
    if as_json:
        assert (json.loads(out)["error"] is None) == (status == 0)


@pytest.mark.parametrize("delay_s", [0, 0.05, 0.1, 0.15, 0.2])
def test_ctrl_c_at_any_time_is_no_traceback(delay_s: float) -> None:
    assert_ended(*send(delay_s, "--help"), as_json=False)
    assert_ended(*send(delay_s, "verify", MODEL, "--json"), as_json=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["verify", MODEL, "--json"], ["verify", "exports/model_int8.tflite", "--json"], ["train", "--output"]],
    ids=lambda words: words[0],
)
def test_ctrl_c_at_any_moment_is_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    if arguments[0] == "train":
        arguments = [*arguments, str(tmp_path / "model.keras"), "--json"]
    for step in range(26):
        assert_ended(*send(0.06 * step, *arguments), as_json="--json" in arguments)
        assert not list(tmp_path.iterdir())


def test_ctrl_c_twice_in_a_moment_is_once(tmp_path: Path) -> None:
    """A wrapper sends on what the terminal has sent to both."""
    program = (
        "import os, signal, sys, time\n"
        "from edgemnist import signals\n"
        "signals.listen()\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('cleaned up', signals.find_status())\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (run.stdout, run.stderr) == ("cleaned up 130\n", "")


@pytest.mark.slow
def test_a_signal_that_python_loses_in_a_callback_comes_again() -> None:
    program = (
        "import os, signal, time, weakref\n"
        "from edgemnist import signals\n"
        "class Thing: pass\n"
        "signals.listen()\n"
        "thing = Thing()\n"
        "reference = weakref.ref(thing, lambda gone: os.kill(os.getpid(), signal.SIGINT))\n"
        "try:\n"
        "    del thing\n"
        "    time.sleep(5)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (run.stdout, run.stderr) == ("interrupted\n", "")


# ---------------------------------------------------------------------------------------------------- limits and trust


@pytest.mark.parametrize(
    ("size", "size_bytes"),
    [("512M", 512 * 2**20), ("2G", 2**31), ("1.5GiB", 3 * 2**29), ("64 kB", 2**16), ("1000", 1000), ("1t", 2**40)],
)
def test_sizes_of_memory(size: str, size_bytes: int) -> None:
    assert MemorySize().convert(size, None, None) == size_bytes


@pytest.mark.parametrize("verb", ["verify", "predict", "export"])
@pytest.mark.parametrize("size", ["0", "-1G", "2X", "", "G", "nan", "2 2G"])
def test_what_is_no_size_is_refused(command, verb: str, size: str) -> None:
    outcome = command(verb, MODEL, MODEL, f"--memory={size}") if verb != "export" else command(verb, f"--memory={size}")
    assert outcome.status == 2
    assert "expected one such as 512M or 2G" in outcome.stderr


@pytest.mark.usefixtures("stranger")
def test_limits_reach_the_child(command, tmp_path: Path) -> None:
    """No runtime of a model opens in a hundredth of a second, or in a megabyte."""
    path = tmp_path / "model.onnx"
    path.write_bytes((ROOT / MODEL).read_bytes()[:-1] + b"\0")  # not the file that the package knows
    np.save(tmp_path / "one.npy", np.full((1, 28, 28), 7, np.uint8))
    for limit in ("--timeout=0.01", "--memory=1M"):
        for words in (("verify", path), ("predict", path, tmp_path / "one.npy")):
            outcome = command(*words, limit)
            assert outcome.status == 2
            assert "error: " in outcome.stderr


@pytest.fixture
def strange_code(tmp_path: Path, stranger: Path) -> Path:
    """Generated C that this user has never seen, with its header; it would be run if it were trusted."""
    for name in ("small_int8.c", "small_int8.h"):
        (tmp_path / name).write_bytes((ROOT / "exports" / name).read_bytes())
    path = tmp_path / "small_int8.c"
    path.write_text(path.read_text() + "/* of a stranger */\n")
    return path


def test_trust_shows_what_it_is_and_records_those_bytes(command, strange_code: Path) -> None:
    assert command("verify", strange_code).status == 2
    outcome = command("trust", strange_code, "--yes", "--json")
    document = json.loads(outcome.stdout)
    (file,) = document["files"]
    assert (outcome.status, document["trusted"], file["already"], file["listed"]) == (0, True, False, None)
    assert file["sha256"] in outcome.stderr
    assert len(file["companions_sha256"]) == 1
    assert "int8; takes uint8 (784): the raw pixel; answers 0, 1, 2" in file["contract"]
    assert json.loads(command("trust", strange_code, "--yes", "--json").stdout)["files"][0]["already"] is True
    assert "--trust" not in command("verify", strange_code).stderr
    strange_code.write_text(strange_code.read_text() + "/* and again */\n")
    assert "--trust" in command("verify", strange_code).stderr


def test_trust_asks_and_takes_no_for_an_answer(command, strange_code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = command("trust", strange_code)
    assert outcome.status == 2
    assert f"hint:  edgemnist trust --yes {strange_code}" in outcome.stderr
    for answer, status in (("n\n", 1), ("", 1), ("y\n", 0)):
        terminal = io.StringIO(answer)
        terminal.isatty = lambda: True
        monkeypatch.setattr("sys.stdin", terminal)
        outcome = command("trust", strange_code)
        assert (outcome.status, outcome.stdout.startswith("trusted")) == (status, status == 0)
        assert "trust it? [y/N]" in outcome.stderr


def test_a_damaged_file_is_not_trusted(command, tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(b"TFL3" * 9)
    (tmp_path / "notes.txt").write_text("hello")
    for name in ("bad.tflite", "notes.txt", "none.c"):
        assert command("trust", "--yes", tmp_path / name).status == 2
