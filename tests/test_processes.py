"""Programs and child processes: limits, errors, and that none is left, whatever ends this one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from edgemnist import errors, open_runtime
from edgemnist.errors import ExportError, PackageMissing, RuntimeCrash, ToolMissing
from edgemnist.processes import child, guard, messages, sessions
from edgemnist.processes.child import Child
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import Message, read_header
from edgemnist.processes.sessions import Process, list_processes, measure_memory
from edgemnist.processes.tools import run_parallel, run_tool
from edgemnist.runtimes import info_fields, isolation
from edgemnist.runtimes.base import Request
from edgemnist.streams import SHOWN
from tests.conftest import ROOT, open_isolated
from tests.test_emulator import need_tools, write_model
from tests.test_programs import require_runtime

EXPORTS = ROOT / "exports"
MIB = 1 << 20
MINUTE = Limits(timeout_s=60)
# What the issue promises; a busy machine gets some more.
SECONDS = 5
PATIENCE_S = 20


@contextlib.contextmanager
def start_child(limits: Limits = MINUTE, function: str = "serve") -> Iterator[Child]:
    with Child(
        "tests.children", function, subject="it", crash="the file crashed", hint="try again", limits=limits
    ) as opened:
        yield opened


def wait_until(found, what: str, seconds: float = PATIENCE_S):
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, what
        time.sleep(0.02)
    return value


def exists(pid: int) -> bool:
    return any(process.pid == pid for process in list_processes())


def list_session(session: int) -> list[Process]:
    return [process for process in list_processes() if process.session == session]


# --------------------------------------------------------------------------------------------- questions and answers


def test_a_child_answers_again_and_again_and_errors_keep_their_kind() -> None:
    image = np.arange(300_000, dtype=np.uint8)
    with start_child() as opened:
        for count in (0, 1, 3):
            blobs = [image.data, b"", b"two"][:count]
            answer = opened.ask("echo", {"n": count, "text": "ä\n"}, blobs, most_bytes=300_003)
            assert (answer.name, dict(answer.fields)) == ("ok", {"n": count, "text": "ä\n"})
            assert [bytes(blob) for blob in answer.blobs] == [bytes(blob) for blob in blobs]
        with pytest.raises(ExportError, match="can't be written") as caught:
            opened.ask("refuse")
        assert caught.value.hint == "choose another"
        assert opened.ask("echo", {"still": "here"}).fields == {"still": "here"}
    assert not list_session(opened.pid)


def test_an_error_before_the_first_question_is_its_answer() -> None:
    with start_child(function="serve_nothing") as opened:
        for _ in range(2):
            with pytest.raises(PackageMissing, match="needs nothing"):
                opened.ask("echo")


def test_only_the_pipes_of_a_child_are_open_in_it() -> None:
    with start_child() as other, start_child() as opened:
        other.ask("echo")
        # stdin, stdout, stderr, the answers, and the folder that is being listed
        assert opened.ask("count_descriptors").fields["open"] == 5


@pytest.mark.parametrize(
    ("operation", "fields", "message"),
    [
        ("die", {}, r"it: the file crashed \(exit status 3\)"),
        ("raise_error", {}, r"it: the file crashed \(RuntimeError: a fault of a library\)"),
        ("kill_by_signal", {"signal": 11}, r"it: the file crashed \(SIGSEGV\)"),
        ("kill_by_signal", {"signal": 6}, r"it: the file crashed \(SIGABRT\)"),
        ("no such operation", {}, r"it: the file crashed \(KeyError"),
    ],
)
def test_a_death_in_the_midst_of_an_answer_is_a_crash(operation: str, fields: dict, message: str) -> None:
    with start_child() as opened:
        with pytest.raises(RuntimeCrash, match=message) as caught:
            opened.ask(operation, fields, most_bytes=100)
        assert caught.value.hint == "try again"
        with pytest.raises(RuntimeCrash):
            opened.ask("echo")


def test_a_child_that_stops_answering_but_lives_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE_S", 0.2)
    with start_child() as opened:
        with pytest.raises(RuntimeCrash, match="SIGKILL"):
            opened.ask("close_answers")
    assert not list_session(opened.pid)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"garbage\n", "its answer can't be read"),
        (b'{"name": "ok", "fields": {}, "blobs": [11]}\n', "11 bytes, expected at most 10"),
        (b'{"name": "ok", "fields": {}, "blobs": [99999999999999999999999]}\n', "expected at most 10"),
        (b'{"name": "ok", "fields": {}, "blobs": [-1]}\n', "lengths that are none"),
        (b'{"name": "ok", "fields": {}, "blobs": [1.5]}\n', "lengths that are none"),
        (b'{"name": "ok", "fields": [], "blobs": []}\n', "a header of other fields"),
        (b'{"name": "ok"}\n', "no header"),
        (b"[" * 100_000 + b"\n", "no header"),
        (b"x" * (3 * MIB), "a header without an end"),
        (b'{"name": "error", "fields": {"kind": "take_first_line"}, "blobs": []}\n', "an error of the kind"),
        (b'{"name": "error", "fields": {"kind": "__builtins__"}, "blobs": []}\n', "an error of the kind"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_what_no_child_of_ours_says_is_refused(said: bytes, message: str) -> None:
    with start_child() as opened:
        with pytest.raises(RuntimeCrash, match=message):
            opened.ask("say", {}, [said], most_bytes=10)
    assert not list_session(opened.pid)


def test_a_header_names_errors_of_edgemnist_only() -> None:
    assert set(messages.KINDS) == {
        name for name in vars(errors) if isinstance(getattr(errors, name), type) and name[0].isupper()
    }
    with pytest.raises(ValueError, match="at most"):
        read_header(messages.write_header(Message("ok", {}, [b"1234"])), 3)


# ------------------------------------------------------------------------------------------------------------- limits


def test_an_endless_computation_is_ended_at_the_time_limit() -> None:
    started = time.monotonic()
    with start_child(Limits(timeout_s=1)) as opened:
        with pytest.raises(RuntimeCrash, match=r"it: reached the limit of 1 s$") as caught:
            opened.ask("spin")
        assert "`timeout_s=2`" in caught.value.hint
        assert time.monotonic() - started < 10 + 1
    assert not list_session(opened.pid)


def test_the_time_limit_is_for_each_answer() -> None:
    with start_child(Limits(timeout_s=2)) as opened:
        for _ in range(3):
            opened.ask("echo")
            time.sleep(1)


def test_memory_is_limited() -> None:
    with start_child(Limits(timeout_s=60, memory_bytes=300 * MIB)) as opened:
        with pytest.raises(RuntimeCrash, match=r"it: reached the limit of 300\.0 MiB of memory$") as caught:
            opened.ask("allocate")
        assert "`memory_bytes=1073741824`" in caught.value.hint
    assert not list_session(opened.pid)


def test_memory_is_that_of_the_whole_tree() -> None:
    with start_child() as opened:
        opened.ask("echo")
        before = measure_memory(opened.pid)
        opened.ask("spawn")
        assert before > MIB
        wait_until(lambda: measure_memory(opened.pid) > before, "the memory of a process that has just been started")
        wait_until(lambda: len(sessions_of_children(opened.pid)) == 2, "a child in a session of its own")


def sessions_of_children(pid: int) -> set[int]:
    found = list(list_processes())
    return {process.session for process in found if pid in (process.pid, process.parent)}


def test_the_size_of_a_file_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with start_child(Limits(file_bytes=MIB)) as opened:
        with pytest.raises(RuntimeCrash, match=r"it: reached the limit of 1\.0 MiB for a file that it writes"):
            opened.ask("write_large")
    assert (tmp_path / "large").stat().st_size <= MIB


def test_open_files_are_limited() -> None:
    with start_child(Limits(open_files=100)) as opened:
        with pytest.raises(RuntimeCrash, match="Too many open files"):
            opened.ask("open_many")
    with start_child() as opened:
        assert opened.ask("open_many").fields["opened"] == 1000


def test_what_libraries_print_is_shown_whatever_its_encoding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SHOWN, "1")
    with start_child() as opened:
        opened.ask("mutter")
        opened.ask("mutter")
    assert capsys.readouterr().err.count("caf\N{REPLACEMENT CHARACTER}\n") == 2


def test_a_flood_on_stderr_neither_stops_the_child_nor_is_kept() -> None:
    with start_child() as opened:
        opened.ask("flood", {"lines": 3000})  # 18 MB
        assert len(opened._watch._errors) <= 1 << 13
        with pytest.raises(RuntimeCrash, match="the last words"):
            opened.ask("die", most_bytes=100)


def test_many_processes_of_a_child_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with start_child(Limits(timeout_s=1)) as opened:
        with pytest.raises(RuntimeCrash, match="reached the limit of 1 s"):
            opened.ask("fork_many", {"count": 100})
    assert not list_session(opened.pid)


# -------------------------------------------------------------------------------------------------------------- tools


def test_a_tool_says_how_it_failed() -> None:
    found = run_tool(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout_s=60)
    assert (found.status, found.output, found.errors, found.failure) == (3, "out\n", "err\n", "exit status 3")
    assert run_tool(["sh", "-c", "kill -SEGV $$"], timeout_s=60).failure == "SIGSEGV"
    assert run_tool(["true"], timeout_s=60).failure == ""


def test_a_tool_has_a_time_limit_and_leaves_nothing() -> None:
    word = f"{1000 + os.getpid() / 1e7:.7f}"
    found = run_tool(["sh", "-c", f"sleep {word} & sleep {word}; true"], timeout_s=1)
    assert found.failure == "no end after 1 s"
    assert not find_words(word)
    found = run_tool(["sh", "-c", f"sleep {word} > /dev/null 2>&1 & echo done"], timeout_s=60)
    assert (found.output, found.failure) == ("done\n", "")
    assert not find_words(word), "what a tool leaves in its session ends with it"


def test_a_tool_that_closes_its_output_is_waited_for() -> None:
    assert run_tool(["sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 7"], timeout_s=60).status == 7
    assert run_tool(["sh", "-c", "exec >&- 2>&-; sleep 1000"], timeout_s=1).failure == "no end after 1 s"


def test_what_a_tool_prints_is_bounded() -> None:
    assert run_tool(["yes"], timeout_s=60).failure == "printed more than 32 MiB"


def test_a_missing_tool_names_the_line_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="needs no-such-tool, which isn't installed") as caught:
        run_tool(["no-such-tool"], timeout_s=1, install="apt-get install it")
    assert caught.value.hint == "apt-get install it"
    (tmp_path / "data").write_text("no program")
    with pytest.raises(ToolMissing, match="can't be started: Permission denied"):
        run_tool([tmp_path / "data"], timeout_s=1)
    with pytest.raises(FileNotFoundError):
        run_tool(["true"], timeout_s=1, cwd=tmp_path / "absent")


def test_the_first_failure_of_several_ends_the_others() -> None:
    word = f"{2000 + os.getpid() / 1e7:.7f}"

    def run(seconds: str) -> None:
        if run_tool(["sleep", seconds], timeout_s=900).failure:
            raise RuntimeCrash(seconds)

    started = time.monotonic()
    with pytest.raises(RuntimeCrash, match="x"):
        run_parallel(run, ["x", word, word])
    assert time.monotonic() - started < PATIENCE_S
    assert not find_words(word)
    assert run_parallel(len, ["a", "bc", ""]) == [1, 2, 0]
    assert run_parallel(len, []) == []


# -------------------------------------------------------------------------------------------------------------- guard


def test_processes_are_listed_the_same_way_on_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    with start_child() as opened:
        opened.ask("echo")
        here = {(one.pid, one.parent, one.group, one.session) for one in sessions._read_proc()}
        there = {(one.pid, one.parent, one.group, one.session) for one in sessions._ask_psutil()}
        mine = {(opened.pid, os.getpid(), opened.pid, opened.pid)}
        assert mine <= here & there
        sizes = [
            next(one.resident_bytes for one in source() if one.pid == opened.pid)
            for source in (sessions._read_proc, sessions._ask_psutil)
        ]
        assert sizes[0] == pytest.approx(sizes[1], rel=0.2)
        word = guard.find_guard().mark
        assert opened.pid in sessions.find_marked(word)
        monkeypatch.setattr(sys, "platform", "other")
        assert opened.pid in sessions.find_marked(word)


def test_a_guard_that_was_killed_is_replaced() -> None:
    first = guard.find_guard()._process
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)
    with start_child() as opened:
        opened.ask("echo")
        assert guard.find_guard()._process.pid != first.pid
        os.kill(guard.find_guard()._process.pid, 0)  # it lives


def test_a_guard_is_in_a_session_of_its_own() -> None:
    """Whoever ends this session, with all that is in it, doesn't end the guard of what else is to end."""
    pid = guard.find_guard()._process.pid
    assert os.getsid(pid) == os.getpgid(pid) == pid


def test_a_forked_copy_does_not_keep_the_guard_from_acting() -> None:
    program = (
        "import os, time\n"
        "from edgemnist.processes.guard import start\n"
        "start(['sleep', '1000'])\n"
        "if os.fork() == 0:\n"
        "    time.sleep(30)\n"
        "else:\n"
        "    os._exit(0)\n"
    )
    mark = uuid.uuid4().hex
    subprocess.run([sys.executable, "-c", program], check=True, env=mark_environment(mark), timeout=60)
    wait_until(
        lambda: not any(line.startswith("sleep ") for line in find_words(mark)), "the program ends before the copy"
    )
    wait_until(lambda: not kill_marked(mark), "the copy")


def test_what_leaves_its_session_ends_with_the_process_too() -> None:
    program = (
        "from edgemnist.processes.tools import run_tool\n"
        "run_tool(['sh', '-c', 'setsid sleep 1000 > /dev/null 2>&1 &'], timeout_s=9)\n"
    )
    mark = uuid.uuid4().hex
    subprocess.run([sys.executable, "-c", program], check=True, env=mark_environment(mark), timeout=60)
    wait_until(lambda: not find_words(mark), "what runs in a session of its own", SECONDS + 5)


def mark_environment(mark: str) -> dict[str, str]:
    return {**os.environ, "EDGEMNIST_TEST": mark, "PYTHONPATH": str(ROOT)}


def find_words(word: str) -> list[str]:
    """The commands of the running processes that hold a word, or were started with it in their environment."""
    return [line for _, line in list_with_word(word)]


def list_with_word(word: str) -> Iterator[tuple[int, str]]:
    for process in list_processes():
        folder = f"/proc/{process.pid}"
        with contextlib.suppress(OSError):
            line = Path(folder, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if word in line or word.encode() in Path(folder, "environ").read_bytes():
                yield process.pid, line


def kill_marked(mark: str) -> list[int]:
    pids = [pid for pid, _ in list_with_word(mark)]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pids


# ------------------------------------------------------------------------------------------------------------ signals

# As an interactive shell starts a command: nohup and a shell's background ignore some signals, and that is inherited.
DEFAULTS = (
    "import os, signal, sys\n"
    "for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):\n"
    "    signal.signal(number, signal.SIG_DFL)\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])\n"
)
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
SPIN = """
from edgemnist.processes.child import Child
with Child("tests.children", "serve", subject="it", crash="crashed") as child:
    child.ask("spin")
"""
RUN = """
import sys
from edgemnist import load_dataset, open_runtime
with open_runtime(sys.argv[1], runtime=sys.argv[2], execute=True) as runtime:
    while True:
        runtime.run(load_dataset().test.images)
"""

RUN_HERE = """
import sys
from edgemnist import load_dataset
from edgemnist.formats import ModelFile
from edgemnist.runtimes import open_here
with open_here(ModelFile.read(sys.argv[1]), sys.argv[2]) as runtime:
    runtime.run(load_dataset().test.images)
"""


def check_end(how: signal.Signals, program: str, *words: str, busy: str) -> None:
    """Start a program, send it a signal when processes with a word in their command run, and look for what is left."""
    mark = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(prefix="end-", ignore_cleanup_errors=True) as scratch:
        started = guard.start(  # it ends with the tests, if they are stopped
            [sys.executable, "-c", DEFAULTS, "-c", program, *words], cwd=ROOT,
            environment={**mark_environment(mark), "TMPDIR": scratch}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_until(
                lambda: started.poll() is not None or any(busy in line for line in find_words(mark)), f"no {busy}", 90
            )
            time.sleep(0.5)
            assert started.poll() is None, started.stdout.read().decode()
            # A renderer overwrites its environment: it is known by its session.
            pids = {pid for pid, _ in list_with_word(mark)}
            known = {process.session for process in list_processes() if process.pid in pids}

            def find_left() -> list[str]:
                left = [str(process) for process in list_processes() if process.session in known]
                return left + find_words(mark) + find_words(scratch)

            assert len(find_left()) > 2
            ended = time.monotonic()
            started.send_signal(how)
            wait_until(lambda: not find_left(), "what is left", 15)
            assert time.monotonic() - ended < SECONDS + 5  # the promise, and a busy machine
            assert started.wait() != 0
        finally:
            guard.end(started)
            started.stdout.close()


@pytest.mark.parametrize("how", SIGNALS, ids=lambda how: how.name)
def test_no_busy_child_outlives_its_parent(how: signal.Signals) -> None:
    check_end(how, SPIN, busy="edgemnist.processes.server")


@pytest.mark.slow
@pytest.mark.parametrize("how", SIGNALS, ids=lambda how: how.name)
@pytest.mark.parametrize("runtime", ["cortex-m3", "aarch64"])
@pytest.mark.parametrize("program", [RUN_HERE, RUN], ids=["here", "in a child"])
def test_no_emulator_outlives_its_parent(how: signal.Signals, runtime: str, program: str, tmp_path: Path) -> None:
    need_tools(runtime)
    path = write_model(tmp_path, first="for (volatile int k = 0;; k++) { }")
    check_end(how, program, str(path), runtime, busy="qemu-")


@pytest.mark.slow
@pytest.mark.parametrize("how", SIGNALS, ids=lambda how: how.name)
@pytest.mark.parametrize(
    ("runtime", "busy"), [("browser-onnx", "lib/chromium/chromium"), ("jvm", "org.edgemnist"), ("node", "prove.mjs")]
)
@pytest.mark.parametrize("released", [True, False], ids=["here", "in a child"])
def test_no_program_outlives_its_parent(
    how: signal.Signals, runtime: str, busy: str, released: bool, tmp_path: Path
) -> None:
    require_runtime(runtime)
    path = EXPORTS / "small_int8.onnx"
    if not released:
        model = onnx.load(path)
        model.doc_string = "another file than the released one"
        path = tmp_path / "foreign.onnx"
        onnx.save(model, path)
    check_end(how, RUN, str(path), runtime, busy=busy)


# --------------------------------------------------------------------------------------------------- isolated runtimes


def test_images_go_to_a_child_in_batches(monkeypatch: pytest.MonkeyPatch, dataset) -> None:
    monkeypatch.setattr(isolation, "BATCH", 7)
    path = EXPORTS / "small_int8.onnx"
    with open_isolated(path) as there, open_runtime(path) as here:
        asked = []
        ask = there._child.ask
        monkeypatch.setattr(
            there._child, "ask", lambda name, *rest, **more: asked.append(rest[0]["count"]) or ask(name, *rest, **more)
        )
        images = dataset.test.images[:24]
        assert replace(there.info, tensor_precision=None) == here.info
        assert np.array_equal(there.run(images).outputs, here.run(images).outputs)
        assert asked == [7, 7, 7, 3]
        strided = np.concatenate([images, images])[::2]
        assert np.array_equal(there.run(strided).outputs, here.run(strided).outputs)


class SaysOne:
    """In place of a child: whatever it is asked, it says one thing."""

    def __init__(self, answer: Message) -> None:
        self._answer = answer

    def ask(self, *_: Any, **__: Any) -> Message:
        return self._answer

    def close(self) -> None:
        pass


def test_what_a_child_says_of_a_file_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_isolated(EXPORTS / "small_int8.tflite") as runtime:
        request = info_fields.write_request(Request())
        said = runtime._child.ask("open", request).fields
        other = {name: said[name].replace('"shape": [784]', '"shape": [1024]') for name in ("signature", "contract")}
        assert other["signature"] != said["signature"]
        assert other["contract"] != said["contract"]
        for change in (
            {"signature": other["signature"]}, {"contract": other["contract"]},
            {"name": 7}, {"capacity_errors": [None]}, {"capacity_errors": 5}, {"signature": "{}"}, {"signature": None},
            {"contract": "[]"}, {"contract": 1}, {"sha256": None}, {"sha256": ["0" * 64]},
        ):  # fmt: skip
            answer = Message("ok", {**said, **change})
            with monkeypatch.context() as patch:
                patch.setattr("edgemnist.processes.child.Child", lambda *_, answer=answer, **__: SaysOne(answer))
                with pytest.raises(errors.ModelError, match=r"small_int8\.tflite"):
                    open_isolated(EXPORTS / "small_int8.tflite")


def test_what_a_child_says_of_a_run_is_checked(monkeypatch: pytest.MonkeyPatch, dataset) -> None:
    with open_isolated(EXPORTS / "small_int8.tflite") as runtime:
        for fields, blobs in (
            ({"seconds": "x", "footprint": None}, [bytes(20)]),
            ({"seconds": 1, "footprint": {}}, [bytes(20)]),
            ({"seconds": 1, "footprint": 3}, [bytes(20)]),
            ({"footprint": None}, [bytes(20)]),
            ({"seconds": 1, "footprint": None}, []),
            ({"seconds": 1, "footprint": None}, [bytes(10), bytes(10)]),
            ({"seconds": 1, "footprint": None}, [bytes(10)]),
        ):
            answer = Message("ok", fields, blobs)
            monkeypatch.setattr(runtime._child, "ask", lambda *_, answer=answer, **__: answer)
            with pytest.raises(RuntimeCrash, match="the file crashed LiteRT"):
                runtime.run(dataset.test.images[:2])


def test_a_model_that_does_not_end_reaches_the_time_limit(tmp_path: Path, dataset) -> None:
    path = write_endless_onnx(tmp_path / "endless.onnx")
    with open_isolated(path, timeout_s=3) as runtime:
        with pytest.raises(RuntimeCrash, match=r"endless\.onnx: reached the limit of 3 s") as caught:
            runtime.run(dataset.test.images[:2])
    assert "`timeout_s=6`" in caught.value.hint


def write_endless_onnx(path: Path) -> Path:
    """A classifier with a loop of 2^62 rounds."""
    info, float32 = helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["still"]), helper.make_node("Add", ["sum", "one"], ["next"])], "body",
        [info("round", onnx.TensorProto.INT64, []), info("go", onnx.TensorProto.BOOL, []), info("sum", float32, [1])],
        [info("still", onnx.TensorProto.BOOL, []), info("next", float32, [1])],
        [numpy_helper.from_array(np.ones(1, np.float32), "one")],
    )  # fmt: skip
    nodes = [
        helper.make_node("Loop", ["rounds", "yes", "zero"], ["total"], body=body),
        helper.make_node("MatMul", ["pixels", "weights"], ["sums"]),
        helper.make_node("Add", ["sums", "total"], ["scores"]),
    ]
    values = {
        "rounds": np.array(1 << 62), "yes": np.array(True), "zero": np.zeros(1, np.float32),
        "weights": np.ones((784, 10), np.float32),
    }  # fmt: skip
    constants = [numpy_helper.from_array(value, name) for name, value in values.items()]
    graph = helper.make_graph(
        nodes, "g", [info("pixels", float32, ["n", 784])], [info("scores", float32, ["n", 10])], constants
    )
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), path)
    return path
