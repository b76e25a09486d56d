"""Runs of pytest, each in a fork of this process, which has loaded the heavy packages and nothing of edgemnist.

TensorFlow survives a fork as long as nothing has been computed: it is loaded once instead of once a run.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lines
import pytest

HEAVY = (
    "numpy", "tensorflow", "keras", "onnx", "onnxruntime", "tf2onnx", "ai_edge_litert.interpreter", "h5py",
    "PIL.Image", "rich.console", "click", "filelock", "platformdirs",
)  # fmt: skip
OPTIONS = ("-n", "0", "-q", "--tb=no", "-p", "no:cacheprovider", "--listed")
# The environment variable that names a run's folder for temporary files: all that the run starts inherits it.
SCRATCH = "TMPDIR"
# What conftest.py makes once a run: the images unpacked; and what takes long, and a mutant may have part in.
MNIST, LADDER = "mnist", "ladder"


def load() -> None:
    """Load what all runs need."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "ORT_DISABLE_TELEMETRY": "1"}
    for name in HEAVY:
        importlib.import_module(name)


@dataclass(frozen=True)
class Work:
    """What to run.

    Args:
        tree: the copy of the repository.
        kept: a folder for what takes long to make, and is the same for all runs.
        files: the files of tests, relative to the tree.
        options: more for pytest.
        order: the tests, the first to run first; None for all, in pytest's order.
        ladder: take the kept ladder, if it is there; else it is made anew.
        traced: find which lines the tests run.
    """

    tree: Path
    kept: Path
    files: list[str]
    options: tuple[str, ...] = ("-x",)
    order: dict[str, int] | None = None
    ladder: bool = True
    traced: bool = False

    @property
    def mutated(self) -> bool:
        """True where the tree may hold a mutant."""
        return self.order is not None


@dataclass(eq=False)  # pytest hashes its plugins
class Plugin:
    """The run as seen by pytest."""

    work: Work
    recorder: lines.Recorder | None
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    fixtures: dict[str, list[str]] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        """Tests that draw examples draw the same ones each time, and are never too slow: no kill is by chance."""
        from hypothesis import settings

        settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
        settings.load_profile("mutants")

    def pytest_sessionstart(self) -> None:
        """Nothing that a mutant was compiled to may be found by the next one."""
        if self.work.mutated:
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

    @pytest.fixture(autouse=True, scope="session")
    def _before_any_test(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        """What is kept of earlier runs."""
        base, kept = tmp_path_factory.getbasetemp(), self.work.kept
        names = (MNIST, LADDER) if self.work.ladder else (MNIST,)
        for name in names:
            if (kept / name).exists():
                # Tests change no file in place that they share; but a mutant may, and the ladder is what mutants write.
                shutil.copytree(kept / name, base / name, copy_function=link if name == MNIST else shutil.copy2)
                (base / f"{name}.whole").touch()
        yield
        for name in names:
            if not (kept / name).exists() and (base / f"{name}.whole").exists():
                keep(base / name, kept)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        order = self.work.order
        if order is not None:
            items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        self.fixtures[item.nodeid] = list(item.fixturenames)
        with self._put_down_to(item.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """What a shared fixture runs is run for all tests that have it."""
        with ExitStack() as stack:
            if fixturedef.scope != "function":
                stack.enter_context(self._put_down_to(name_fixture(fixturedef.argname)))
            return (yield)

    def _put_down_to(self, context: str) -> Any:
        return self.recorder.within(context) if self.recorder else contextlib.nullcontext()

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        self.failed += [report.nodeid] * report.failed

    def pytest_collectreport(self, report: Any) -> None:
        self.failed += [report.nodeid] * report.failed


def link(source: str, target: str) -> None:
    """Link a file; copy it where the two folders are on two file systems."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copy2(source, target)


def keep(made: Path, folder: Path) -> None:
    copy = Path(shutil.copytree(made, tempfile.mkdtemp(dir=folder), dirs_exist_ok=True))
    with contextlib.suppress(OSError):  # another run was first
        copy.rename(folder / made.name)
    shutil.rmtree(copy, ignore_errors=True)


def name_fixture(name: str) -> str:
    return f"fixture {name}"


class Run:
    """A run of pytest that has been started."""

    def __init__(self, work: Work, limit_s: float) -> None:
        self.work, self.started = work, time.monotonic()
        self._ends = self.started + limit_s
        self._scratch = Path(tempfile.mkdtemp(prefix="mutant-"))
        self._pid = os.fork()
        if not self._pid:
            os._exit(self._run())

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def poll(self) -> dict[str, Any] | None:
        """Return what it found once it has ended, with its `status`: pytest's, or "timeout"; `whole` if it says all."""
        ended, status = os.waitpid(self._pid, os.WNOHANG)
        if not ended and time.monotonic() < self._ends:
            return None
        record = self._scratch / "record.json"
        whole = bool(ended) and record.exists()
        found = json.loads(record.read_text()) if whole else {"failed": [self._read_last()]}
        self.clean()
        return {**found, "whole": whole, "status": os.waitstatus_to_exitcode(status) if ended else "timeout"}

    def clean(self) -> None:
        """End the run and every process that came of it, and remove what it left."""
        marked = f"{SCRATCH}={self._scratch}".encode()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        for entry in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if marked in entry.read_bytes():
                    os.kill(int(entry.parent.name), signal.SIGKILL)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _read_last(self) -> str:
        return (self._scratch / "output").read_text(errors="replace")[-200:]

    def _run(self) -> int:
        """In the fork: become what `python -m pytest` in the tree would be."""
        try:
            self._settle()
            recorder = None
            if self.work.traced:
                (self._scratch / "log").mkdir()
                recorder = lines.Recorder(self.work.tree / "edgemnist", self._scratch / "log")
            plugin = Plugin(self.work, recorder)
            status = int(pytest.main([*OPTIONS, *self.work.options, *self.work.files], plugins=[plugin]))
            found = {"failed": plugin.failed, "seconds": plugin.seconds, "fixtures": plugin.fixtures}
            record = {**found, "lines": recorder.collect() if recorder else {}}
            (self._scratch / "record.json").write_text(json.dumps(record))
        except BaseException as error:  # noqa: BLE001  (whatever it is, this process isn't its parent)
            print(repr(error), file=sys.stderr, flush=True)
            return 70
        return status

    def _settle(self) -> None:
        os.setsid()
        os.nice(10)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        output = os.open(self._scratch / "output", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(self.work.tree)
        os.environ |= {SCRATCH: str(self._scratch), "PYTHONPATH": str(self.work.tree)}
        tempfile.tempdir = None
        sys.dont_write_bytecode = self.work.mutated
        sys.path[0] = str(self.work.tree)
        sys.argv = ["pytest"]
