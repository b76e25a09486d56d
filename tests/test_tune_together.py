"""Several workers on one study in PostgreSQL: one is killed, the server is restarted, one comes late."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest

from edgemnist.workflows.attempts import Attempts
from edgemnist.workflows.storages import hushed, open_storage
from edgemnist.workflows.study import follow
from tests.conftest import ROOT
from tests.tuned import write_recipe

TRIALS, WORKERS = 16, 4
INSTALL = "apt-get install -y postgresql"
DEADLINE_S = 240
# A worker on a machine of its own: nobody can ask there whether its process runs. Epochs take a while.
WORKER = """
import socket, sys, time, types
name, url, recipe, data, output = sys.argv[1:]
socket.gethostname = lambda: name
from tests.tuned import make_fit
sys.modules["edgemnist.training.trainer"] = types.SimpleNamespace(fit=make_fit(lambda recipe, epoch: time.sleep(0.5)))
from edgemnist.workflows import storages
storages.HEARTBEAT_S, storages.GRACE_S = 1, 8
from edgemnist import tune

def report(progress):
    print(progress.trial.number, progress.trial.state, progress.epoch, flush=True)

tune(recipe, trials=%d, data=data, storage=url, output=output, study="shared", report=report)
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
        time.sleep(0.2)


@pytest.mark.slow
def test_no_trial_is_lost_or_done_twice(server: Server, small_npz: Path, tmp_path: Path) -> None:
    recipe, program = write_recipe(tmp_path), WORKER % TRIALS
    workers: dict[str, subprocess.Popen[bytes]] = {}

    def begin(name: str) -> None:
        with (tmp_path / f"{name}.log").open("wb") as output:
            workers[name] = subprocess.Popen(
                [sys.executable, "-c", program, name, server.url, recipe, small_npz, tmp_path / name],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def read(name: str) -> str:
        return (tmp_path / f"{name}.log").read_text()

    for number in range(WORKERS):
        begin(f"worker-{number}")
    killed = "worker-1"
    wait_for(lambda: " running 1" in read(killed), f"no trial of {killed}: {read(killed)}")
    workers[killed].kill()
    lost = int(read(killed).splitlines()[-1].split()[0])
    server.stop()
    time.sleep(2)
    server.start()
    begin("late")
    try:
        for name, worker in workers.items():
            status = worker.wait(DEADLINE_S)
            assert (status == 0) == (name != killed), f"{name}: {read(name)}"
    finally:
        for worker in workers.values():
            worker.kill()

    with hushed(), open_storage(server.url, follow) as storage:
        trials = optuna.load_study(study_name="shared", storage=storage).get_trials()
    attempts = Attempts(trials)
    states = {trial.number: trial.state.name for trial in attempts.trials}
    assert not {"RUNNING", "WAITING"} & set(states.values())
    assert (attempts.begun, attempts.ended) == (TRIALS, TRIALS)
    history = optuna.storages.RetryHeartbeatStaleTrialCallback.retry_history
    with hushed():
        chains = Counter(history(trial)[-1] for trial in attempts.trials if history(trial))
        originals = {trial.number: history(trial)[-1] for trial in attempts.trials if history(trial)}
    assert chains[lost] == 1, "the killed worker's trial has one retry"
    for number, state in states.items():
        assert chains[number] == (state == "FAIL"), f"trial {number} is {state}"
    by_number: dict[int, Any] = {trial.number: trial for trial in attempts.trials}
    for retry, original in originals.items():
        assert by_number[original].params.items() <= by_number[retry].params.items()
    best = {(tmp_path / name / "best.toml").read_bytes() for name in workers if name != killed}
    assert len(best) == 1
