"""Several workers on one study, in PostgreSQL and in a file, of which one is killed: no trial is lost or done twice."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
import sqlalchemy

from edgemnist.errors import EdgeMnistError
from edgemnist.workflows.tuning import storages
from edgemnist.workflows.tuning.attempts import Attempts
from edgemnist.workflows.tuning.storages import hushed, open_storage
from edgemnist.workflows.tuning.study import follow
from tests.conftest import ROOT
from tests.tuned import write_recipe

TRIALS, WORKERS = 16, 4
INSTALL = "apt-get install -y postgresql"
DEADLINE_S = 240
IN_TRIAL = " running 0\n"
# A worker, perhaps as on a machine of its own, where nobody can ask whether its process runs. Epochs take a while.
WORKER = f"""
import socket, sys, time, types
host, storage, recipe, data, output = sys.argv[1:]
if host:
    socket.gethostname = lambda: host
from tests.tuned import make_fit
sys.modules["edgemnist.training.trainer"] = types.SimpleNamespace(
    fit=make_fit(lambda recipe, epoch: time.sleep(0.5)), build_model=lambda *arguments: None)
from edgemnist.workflows.tuning import storages
storages.HEARTBEAT_S, storages.GRACE_S = 1, 8
from edgemnist import tune

def report(progress):
    print(progress.trial.number, progress.trial.state, progress.epoch, flush=True)

tune(recipe, trials={TRIALS}, data=data, storage=storage, output=output, study="shared", report=report)
"""


def find_programs() -> Path:
    """Return the folder of PostgreSQL's programs."""
    found = [Path(path).parent for path in [shutil.which("pg_ctl")] if path and Path(path).resolve().exists()]
    found += sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found and os.environ.get("CI") != "true":
        pytest.skip(INSTALL)
    assert found, INSTALL
    return found[-1]


class Server:
    """A server on a port of its own, with its data in a folder of its own; none of the system's."""

    def __init__(self, folder: Path) -> None:
        self._programs, self._folder = find_programs(), folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"postgresql+psycopg://tester@127.0.0.1:{self._port}/postgres"
        # It refuses to run as root.
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", self._folder, "-A", "trust", "-U", "tester", "--no-sync")

    def _run(self, name: str, *arguments: object) -> None:
        command = [*self._user, str(self._programs / name), *map(str, arguments)]
        # What it starts keeps the streams open.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)

    def start(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self._folder, "-o", options, "-w", "-l", self._folder / "log", "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self._folder, "-m", mode, "-w", "stop")


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)  # where another user finds a way to it
        made = Server(Path(name))
        made.start()
        yield made
        with contextlib.suppress(subprocess.CalledProcessError):
            made.stop("immediate")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.05)


class Workers:
    """Processes that run the same search.

    Args:
        folder: Where each has a log and an output of its own.
        storage: Where their study is.
        data: Data set.
    """

    def __init__(self, folder: Path, storage: str, data: Path) -> None:
        self._folder, self._storage, self._data, self._recipe = folder, storage, data, write_recipe(folder)
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self._killed: set[str] = set()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._started.values():
            worker.kill()
            worker.wait()

    def start(self, name: str, host: str = "") -> None:
        """Start one, as on a machine of that name."""
        with (self._folder / f"{name}.log").open("wb") as output:
            self._started[name] = subprocess.Popen(
                [sys.executable, "-c", WORKER, host, self._storage, self._recipe, self._data, self._folder / name],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def read(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def kill_in_trial(self, name: str) -> int:
        """Kill one in the midst of a trial, and return the trial's number."""
        worker = self._started[name]
        wait_for(lambda: self._stop_in_trial(name), f"no trial of {name}: {self.read(name)}")
        worker.kill()
        worker.wait()
        self._killed.add(name)
        return int(self.read(name).splitlines()[-1].split()[0])

    def _stop_in_trial(self, name: str) -> bool:
        """Stop one that is in its first epoch of a trial; one that has gone on meanwhile goes on."""
        if not self.read(name).endswith(IN_TRIAL):
            return False
        self._started[name].send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        stopped = self.read(name).endswith(IN_TRIAL)
        if not stopped:
            self._started[name].send_signal(signal.SIGCONT)
        return stopped

    def finish(self) -> None:
        """Wait until all that weren't killed have come to their end, with the same result."""
        for name, worker in self._started.items():
            assert (worker.wait(DEADLINE_S) == 0) == (name not in self._killed), f"{name}: {self.read(name)}"
        best = {(self._folder / name / "shared-best.toml").read_bytes() for name in self._started.keys() - self._killed}
        assert len(best) == 1


def check_study(storage: str, lost: int) -> None:
    """No trial is lost or done twice, and each retry is linked to what it retries."""
    history = optuna.storages.RetryHeartbeatStaleTrialCallback.retry_history
    with hushed(), open_storage(storage, follow) as opened:
        attempts = Attempts(optuna.load_study(study_name="shared", storage=opened).get_trials())
        retried = {trial.number: history(trial)[-1] for trial in attempts.trials if history(trial)}
    trials: dict[int, Any] = {trial.number: trial for trial in attempts.trials}
    assert (attempts.begun, attempts.ended) == (TRIALS, TRIALS)
    times = Counter(retried.values())
    assert times[lost] == 1
    for number, trial in trials.items():
        assert trial.state.name in ("COMPLETE", "PRUNED", "FAIL")
        assert times[number] == (trial.state.name == "FAIL"), f"trial {number} is {trial.state.name}"
    for retry, original in retried.items():
        assert trials[original].params.items() <= trials[retry].params.items()


@pytest.mark.slow
def test_workers_of_several_machines_share_a_database(server: Server, small_npz: Path, tmp_path: Path) -> None:
    """One is killed, the server is restarted, and one comes late."""
    with Workers(tmp_path, server.url, small_npz) as workers:
        for number in range(WORKERS):
            workers.start(f"worker-{number}", f"machine-{number}")
        lost = workers.kill_in_trial("worker-1")
        server.stop()
        time.sleep(2)
        server.start()
        workers.start("late", "machine-late")
        workers.finish()
    check_study(server.url, lost)


def test_a_server_that_is_restarted_while_it_is_opened_is_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the connections in the midst of what opens it, and is back a little later."""
    notes: list[str] = []

    def make_tables(storage: Any, *arguments: Any, **options: Any) -> None:
        if notes:
            original(storage, *arguments, **options)
            return
        with sqlalchemy.create_engine(server.url).connect() as connection:
            server.stop()
            restart.start()
            connection.execute(sqlalchemy.text("SELECT 1"))

    original = optuna.storages.RDBStorage.__init__
    restart = threading.Timer(0.5, server.start)
    monkeypatch.setattr(optuna.storages.RDBStorage, "__init__", make_tables)
    with hushed(), open_storage(server.url, follow, notes.append) as storage:
        assert not storage.get_all_studies()
    restart.join()
    assert [("terminating connection" in note, "at most 300 s" in note) for note in notes] == [(True, True)]


def test_a_server_that_starts_this_moment_is_waited_for_and_a_wrong_one_not_long(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    server.stop()
    starting = threading.Timer(0.5, server.start)
    starting.start()
    with hushed(), open_storage(server.url, follow, notes.append) as storage:
        assert not storage.get_all_studies()
    starting.join()
    server.stop()
    monkeypatch.setattr(storages, "REACH_S", 0)
    with hushed(), pytest.raises(EdgeMnistError, match="refused") as caught, open_storage(server.url, follow):
        pass
    assert caught.value.hint
    assert "see that the server runs" in caught.value.hint
    assert [("refused" in note, "at most 10 s" in note) for note in notes] == [(True, True)]


@pytest.mark.slow
def test_workers_of_one_machine_share_a_journal(small_npz: Path, tmp_path: Path) -> None:
    """One is killed: another one sees that its process has ended."""
    journal = str(tmp_path / "shared.journal")
    with Workers(tmp_path, journal, small_npz) as workers:
        for number in range(2):
            workers.start(f"worker-{number}")
        lost = workers.kill_in_trial("worker-1")
        workers.finish()
    check_study(journal, lost)
