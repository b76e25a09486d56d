"""The released model, written anew in every form, shared by all tests."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edgemnist.processes.messages import Message
from tests.tools.slow_tests import name_file, read_slow_list

if TYPE_CHECKING:
    from edgemnist.datasets import Dataset
    from edgemnist.processes.server import Operations
    from edgemnist.runtimes.isolation import IsolatedRuntime

ROOT = Path(__file__).parents[1]


def measure_peak() -> int:
    """Return the peak memory of this process since its program began, in kB.

    Not getrusage's: that one starts with the peak of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def obey_signals() -> None:
    """As `preexec_fn` of a process that a test sends signals to: under `nohup` it would inherit to ignore them."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def slow(*values: Any, id: str | None = None) -> Any:
    """One more case of a test whose first cases are fast."""
    return pytest.param(*values, id=id, marks=pytest.mark.slow)


def sample(*values: Any, id: str | None = None) -> Any:
    """The case of a test that is never listed as slow, as the only one of its kind."""
    return pytest.param(*values, id=id, marks=pytest.mark.sample)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run what takes more than a second or so")
    parser.addoption("--listed", action="store_true", help="also run what tests/slow.txt lists")


def pytest_configure(config: pytest.Config) -> None:
    """Settings of all tests."""
    from hypothesis import settings

    # The hundreds of processes that tests start would each compile the package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    settings.register_profile("patient", deadline=None)  # what a busy machine takes longer for is no error
    settings.load_profile("patient")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: tests wait for servers, browsers and what they kill."""
    return 1 + (os.cpu_count() or 1)


# It writes test data, with another Keras than the one that is installed.
collect_ignore = ["models/make_keras2.py"]
# Each process of a run takes one file after the other: the longest first, so that none is left alone with one.
LONGEST = [
    "test_exports.py", "test_readme.py", "test_programs.py", "test_c.py", "test_changed.py", "test_cli.py",
    "test_machines.py", "test_linux.py", "test_kits.py", "test_damage.py", "test_jvm.py", "test_processes.py",
    "test_training.py", "test_options.py", "test_row_channels.py", "test_layers.py", "test_trust.py", "test_page.py",
    "test_emulator.py", "test_branches.py", "test_runtimes.py", "test_failures.py", "test_tune_together.py",
    "test_distillation.py", "test_own_model.py", "test_tune.py", "test_keras_files.py", "test_alphabet.py",
    "test_rewriting.py", "test_streaming.py", "test_pictures.py", "test_resume.py", "test_deep.py", "test_run.py",
]  # fmt: skip


def rank(item: pytest.Item) -> int:
    return LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST)


# What tests/slow.txt lists of the files that are run whole, but they don't have.
UNKNOWN = pytest.StashKey[set[str]]()


def find_unknown(listed: set[str], ids: set[str], arguments: list[str]) -> set[str]:
    """Return the listed ids that name no test of the files that were collected whole, or of no file."""
    parts = tuple({name_file(argument) for argument in arguments if "::" in argument})
    whole = {file for file in map(name_file, ids) if not file.endswith(parts)}
    return {one for one in listed - ids if name_file(one) in whole or not (ROOT / name_file(one)).exists()}


@pytest.hookimpl(tryfirst=True)  # before -m and -k choose
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=rank)
    every = config.getoption("--slow") or os.environ.get("CI") == "true"
    listed, skip = read_slow_list(), pytest.mark.skip(reason="slow: pytest --slow")
    config.stash[UNKNOWN] = find_unknown(listed, {item.nodeid for item in items}, config.args)
    for item in items:
        marked = "slow" in item.keywords
        if item.nodeid in listed:
            item.add_marker("slow")
        if not every and "slow" in item.keywords and (marked or not config.getoption("--listed")):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctests and commands name files as a user does in a clone."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("EDGEMNIST_DATA", raising=False)


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests make is trusted by the tests alone, not by whoever runs them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("EDGEMNIST_STATE", str(tmp_path_factory.mktemp("state")))
        yield


class ConverterHere:
    """The converter without a child process of its own: the same questions, answered where TensorFlow is loaded."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._stack = ExitStack()
        self._operations: Operations = {}

    def ask(self, name: str, fields: Mapping[str, Any] = {}, blobs: Sequence[Any] = (), **_: Any) -> Message:
        from edgemnist.quiet import quiet
        from edgemnist.workflows.converter import serve

        with quiet():
            if not self._operations:
                self._operations = self._stack.enter_context(serve(self._path))
            return self._copy(self._operations[name](self._copy(Message(name, fields, blobs))))

    @staticmethod
    def _copy(message: Message) -> Message:
        """What the other side of a pipe would get."""
        return Message(message.name, json.loads(json.dumps(message.fields)), [bytes(blob) for blob in message.blobs])

    def close(self, **_: Any) -> None:
        self._stack.close()


@pytest.fixture
def converter_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is exported, not of the child process that converts: it would load TensorFlow each time."""
    if not request.node.get_closest_marker("converter_child"):
        convert_here(monkeypatch)


def convert_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Convert in this process from now on."""
    for module in ("source", "export"):
        monkeypatch.setattr(
            f"edgemnist.workflows.{module}.start_converter", lambda file, limits: ConverterHere(file.path)
        )


@pytest.fixture
def stranger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another user, who trusts nothing that the tests made. Returns the state folder."""
    folder = tmp_path_factory.mktemp("stranger")
    monkeypatch.setenv("EDGEMNIST_STATE", str(folder))
    return folder


def open_isolated(path: Path, runtime: str | None = None, **limits: Any) -> IsolatedRuntime:
    """Open a file in a child process, though it may be trusted."""
    from edgemnist.formats import ModelFile
    from edgemnist.processes.limits import Limits
    from edgemnist.runtimes import find_runtime
    from edgemnist.runtimes.base import Request
    from edgemnist.runtimes.isolation import IsolatedRuntime

    file = ModelFile.read(path)
    return IsolatedRuntime(file, find_runtime(path, runtime), Request(), Limits(**limits))


def make_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Make a folder that all processes of one run share, and only read: the first that asks makes it."""
    from filelock import FileLock

    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    whole = folder.with_suffix(".whole")
    with FileLock(folder.with_suffix(".lock")):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            whole.touch()
    return folder


@pytest.fixture(autouse=True, scope="session")
def _unpacked_mnist(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The data inside the package, unpacked once instead of for each verdict."""
    from edgemnist import datasets

    def unpack(folder: Path) -> None:
        for path in datasets.MNIST_FOLDER.glob("*.gz"):
            (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(datasets, "MNIST_FOLDER", make_once(tmp_path_factory, "mnist", unpack))
        yield


@pytest.fixture(scope="session")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the released baseline, all its forms made anew, its answers and its manifest. Read only!"""
    from edgemnist import export
    from edgemnist.manifest import Manifest
    from edgemnist.trust import trust

    def make(folder: Path) -> None:
        source = Manifest.load(ROOT / "exports").models["model.keras"]
        shutil.copy(ROOT / "exports" / "model.keras", folder)
        listed = {name: value for name, value in source.items() if name != "verified"}
        manifest = {"schema": 1, "models": {"model.keras": listed}, "answers": {}}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.MonkeyPatch.context() as monkeypatch:
            convert_here(monkeypatch)
            export(folder / "model.keras", all=True, output=folder)

    folder = make_once(tmp_path_factory, "ladder", make)
    for entry in Manifest.load(folder).models.values():  # another process may have made it, as another user
        trust([entry["sha256"], *entry.get("companions", {}).values()])
    return folder


@pytest.fixture
def own_ladder(ladder: Path, tmp_path: Path) -> Path:
    """A copy of the ladder that a test may damage."""
    return Path(shutil.copytree(ladder, tmp_path / "ladder"))


@pytest.fixture(scope="session")
def dataset():
    import edgemnist

    return edgemnist.load_dataset()


@pytest.fixture(scope="session")
def tenth(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Path:
    """A tenth of MNIST in one file: for tests of what is written and said, to which more answers add nothing."""
    training, test = dataset.training, dataset.test
    path = tmp_path_factory.mktemp("tenth") / "tenth.npz"
    np.savez(
        path, x_train=training.images[:6000], y_train=training.labels[:6000], x_test=test.images[:1000],
        y_test=test.labels[:1000],
    )  # fmt: skip
    return path


def list_cases(request: pytest.FixtureRequest, test: str) -> list[dict[str, Any]]:
    """The parameters of each case of a test that is run, neither left out nor skipped.

    For a fixture of the same module that makes at once what each of them looks at.
    """
    items = [item for item in request.session.items if item.path == request.path]
    cases = [item for item in items if isinstance(item, pytest.Function) and item.originalname == test]
    return [item.callspec.params for item in cases if not item.get_closest_marker("skip")]


@dataclass(frozen=True)
class Outcome:
    status: int
    stdout: str
    stderr: str


@pytest.fixture
def _same_signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program listens to signals until it ends: in this process they go back to what they were."""
    numbers = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    before = [signal.getsignal(number) for number in numbers]
    monkeypatch.setattr("sys.unraisablehook", sys.unraisablehook)
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def command(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, _same_signals: None
) -> Callable[..., Outcome]:
    """Run the command line in this process (TensorFlow is loaded once) and catch what it prints."""
    from edgemnist.__main__ import main

    def run(*arguments: object) -> Outcome:
        capfd.readouterr()
        monkeypatch.setattr("sys.argv", ["edgemnist", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capfd.readouterr()
        return Outcome(int(caught.value.code or 0), out, err)

    return run


@pytest.fixture(scope="session")
def small_npz(tmp_path_factory: pytest.TempPathFactory, dataset) -> Path:
    """A data set of three named classes, a few hundred images each, in one file."""
    keep = [np.flatnonzero(split.labels < 3)[:count] for split, count in ((dataset.training, 900), (dataset.test, 300))]
    path = tmp_path_factory.mktemp("data") / "three.npz"
    np.savez(
        path,
        x_train=dataset.training.images[keep[0]],
        y_train=dataset.training.labels[keep[0]],
        x_test=dataset.test.images[keep[1]],
        y_test=dataset.test.labels[keep[1]],
        labels=np.array(["none", "one", "two"]),
    )
    return path
