"""Damaged files through the verbs that read them, and what must never come of it.

    folder = prepare(tmp / "bench")            # once
    with Bench(folder) as bench:
        result = bench.try_case("tflite", 0, 17)

A case is known by format, seed and index: `make_damage` writes its file again. This is the process that reads; who
runs it watches it from outside (`tests/benchmarks/damage.py`).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from edgemnist.errors import EdgeMnistError
from edgemnist.processes.guard import find_guard
from edgemnist.processes.sessions import find_marked
from edgemnist.reporting.failures import report_failure
from tests.conftest import measure_peak
from tests.damages.cases import EXPORT_LIMITS, Case, list_names
from tests.damages.originals import LOCK, make_damage

# Past its limit, a command may take as long as this.
GRACE_S = 10
# Of the process that reads: whatever a file says of itself, it must not fill the memory there.
MOST_PEAK_KB = 1 << 20


@dataclass
class Result:
    """What came of one case.

    Args:
        operator: What damaged the file.
        outcome: "passed", "not compared", "differs" or "error".
        findings: What must never come of it, with the place in the program.
    """

    format: str
    index: int
    operator: str
    outcome: str = ""
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


class Bench:
    """Where the cases of one process are run: it owns its process's TMPDIR, standard streams and state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._base = folder, folder / "base"
        self._stack = contextlib.ExitStack()
        self._work = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._scratch = self._work / "tmp"
        self._scratch.mkdir()
        self._old = {name: os.environ.get(name) for name in ("TMPDIR", "EDGEMNIST_STATE")}
        os.environ.update(TMPDIR=str(self._scratch), EDGEMNIST_STATE=str(self._work / "state"))
        tempfile.tempdir = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        for name, value in self._old.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})
        tempfile.tempdir = None
        self._stack.close()

    def try_case(self, format: str, seed: int, index: int) -> Result:
        """Damage a file and run it through the verbs."""
        path, operator, content = make_damage(self._folder, format, seed, index)
        case = Case(self._folder, self._work / "case", self._scratch, format, index, path, content)
        result = Result(format, index, operator)
        started = time.monotonic()
        for name, action in case.list_actions():
            self._attempt(case, name, action, result)
        result.seconds = time.monotonic() - started
        return result

    def _attempt(self, case: Case, name: str, action: Callable[[], str], result: Result) -> None:
        shutil.rmtree(case.folder, ignore_errors=True)
        case.folder.mkdir()
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
        self._before_kb = measure_peak()
        started, outcome, words = time.monotonic(), "error", io.StringIO()
        try:
            with _caught(words):
                outcome = action()
        except EdgeMnistError as error:
            with _caught(words):
                report_failure(error, [name, "--json"])
        except Exception:  # noqa: BLE001  (that is what is looked for)
            result.findings.append(f"{name}: a traceback: {traceback.format_exc(limit=-6)}")
        seconds = time.monotonic() - started
        if name == "verify":
            result.outcome = outcome
        result.findings += [
            f"{name}: {found}" for found in (*case.failures, *self._check(case, name, seconds, words.getvalue()))
        ]
        case.failures.clear()

    def _check(self, case: Case, name: str, seconds: float, words: str) -> Iterator[str]:
        allowed = EXPORT_LIMITS if name == "export" else case.limits
        if seconds > (allowed.timeout_s or 0) + GRACE_S:
            yield f"took {seconds:.0f} s"
        grown = measure_peak() - self._before_kb
        if grown > MOST_PEAK_KB:
            yield f"took {grown >> 10} MiB in this process"
        if left := sorted(one.name for one in self._scratch.iterdir()):
            yield f"left temporary files: {left}"
            shutil.rmtree(self._scratch)
            self._scratch.mkdir()
        if left := sorted(list_names(case.folder) - case.written - {LOCK}):
            yield f"left in the folder: {left}"
        if running := [pid for pid in find_marked(find_guard().mark) if pid != os.getpid()]:
            yield f"left processes: {running}"
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", words):
            yield f"printed control characters: {words[:500]!r}"


@contextlib.contextmanager
def _caught(words: io.StringIO) -> Iterator[None]:
    """What is printed meanwhile."""
    with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
        yield
