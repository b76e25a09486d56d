"""A model file that came from elsewhere, opened in a child process.

A malformed file can crash a native runtime, and with it the program that asked. The child opens the
file and answers over a pipe: one JSON line for what it found, then NumPy arrays. If it dies, the parent
says so and goes on.

A program of its own rather than `multiprocessing`: that would run the caller's own script again.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist import errors
from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets.readers import Images
from edgemnist.formats import ModelFile
from edgemnist.runtimes import RuntimeEntry, open_here
from edgemnist.runtimes.base import Request, Run, Runtime, RuntimeInfo
from edgemnist.targets import Footprint

# How long a child may take to end by itself; one that hangs is killed.
GRACE_S = 5
PACKAGE_PARENT = str(Path(__file__).parents[2])
CHILD = "import sys; sys.path.append(sys.argv[1]); from {module} import {function}; {function}(*sys.argv[2:])"


def name_child(module: str, function: str, *arguments: str) -> list[str]:
    """Return the command that calls a function of ours with texts, in a process of its own."""
    program = CHILD.format(module=module, function=function)
    # -P: a module that lies beside a downloaded model must not be imported in place of a real one.
    return [sys.executable, "-P", "-c", program, PACKAGE_PARENT, *arguments]


class IsolatedRuntime(Runtime):
    """The parent's side: looks like the runtime that the child has opened."""

    def __init__(self, file: ModelFile, entry: RuntimeEntry, request: Request) -> None:
        self._path = file.path
        self._title = entry.title
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the child)
        self._busy = False  # in the midst of an answer, which nobody waits for when it is closed then
        self._scratch = tempfile.TemporaryDirectory()  # what the child leaves there goes with it
        self._child = subprocess.Popen(
            name_child(
                "edgemnist.runtimes.isolation", "serve", os.fspath(file.path), entry.name, _write_request(request)
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env={**os.environ, "TMPDIR": self._scratch.name},
            start_new_session=True,  # so that what it starts can be ended with it
        )
        try:
            found = self._receive()
            if found["sha256"] != list(file.hashes):
                raise errors.ModelError(f"{file.path}: changed while it was being read", "run the command again")
            self.info = _read_info(found)
        except BaseException:
            self.close()
            raise

    def compute(self, images: Images) -> NDArray[Any]:
        return self.run(images).outputs

    def run(self, images: Images) -> Run:
        stdin, stdout = self._pipes()
        self._busy = True
        try:
            _send_array(stdin, images)
        except BrokenPipeError:
            raise self._describe_death() from None
        answer = self._receive()
        footprint = Footprint(**answer["footprint"]) if answer["footprint"] else None
        outputs = _receive_array(stdout)
        if outputs is None:
            raise self._describe_death()
        self._busy = False
        return Run(outputs, answer["seconds"], footprint)

    def close(self) -> None:
        try:
            # The end of its input is the end of the child, which lets go of what it started: a browser, say.
            self._child.communicate(timeout=0 if self._busy else GRACE_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):  # it has crashed
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.communicate()
        self._words.close()
        self._scratch.cleanup()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None
        assert stdout is not None
        return stdin, stdout

    def _receive(self) -> dict[str, Any]:
        """Read the child's next line: what it found, or the error that it met."""
        line = self._pipes()[1].readline()
        if not line.endswith(b"\n"):
            raise self._describe_death()
        message: dict[str, Any] = json.loads(line)
        if "error" in message:
            raise getattr(errors, message["error"])(message["message"], message["hint"])
        return message

    def _describe_death(self) -> errors.RuntimeCrash:
        status = self._child.wait()
        names = {one.value: one.name for one in signal.Signals}
        self._words.seek(0)
        last = ["", *self._words.read().decode(errors="replace").splitlines()][-1]
        how = names.get(-status, f"signal {-status}") if status < 0 else last[:200] or f"exit status {status}"
        return errors.RuntimeCrash(
            f"{self._path}: the file crashed {self._title} ({how})", "it is damaged or malicious: export it again"
        )


def serve(path: str, name: str, request: str) -> None:
    """The child's side. Library output must not mix with the answers: it gets another descriptor."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        file = ModelFile.read(path)
        with open_here(file, name, _read_request(request)) as runtime:
            _send(answers, {"sha256": file.hashes, **_write_info(runtime.info)})
            while (images := _receive_array(sys.stdin.buffer)) is not None:
                run = runtime.run(images)
                footprint = asdict(run.footprint) if run.footprint else None
                _send(answers, {"footprint": footprint, "seconds": run.seconds})
                _send_array(answers, run.outputs)
    except errors.EdgeMnistError as error:
        _send(answers, {"error": type(error).__name__, "message": error.message, "hint": error.hint})


def _write_request(request: Request) -> str:
    contract = request.contract.to_json() if request.contract else None
    return json.dumps({"contract": contract, "output": request.output})


def _read_request(text: str) -> Request:
    fields = json.loads(text)
    return Request(Contract.from_json(fields["contract"]) if fields["contract"] else None, fields["output"])


def _write_info(info: RuntimeInfo) -> dict[str, Any]:
    return {**asdict(info), "contract": info.contract.to_json() if info.contract else None}


def _read_info(found: dict[str, Any]) -> RuntimeInfo:
    return RuntimeInfo(
        found["name"],
        found["version"],
        Contract.from_json(found["contract"]) if found["contract"] else None,
        Input.from_fields(found["input"]),
        Output(**found["output"]),
        found["classes"],
        found["emulated"],
        tuple(found["capacity_errors"]),
    )


def _send(stream: IO[bytes], message: dict[str, Any]) -> None:
    stream.write(json.dumps(message).encode() + b"\n")
    stream.flush()


def _send_array(stream: IO[bytes], array: NDArray[Any]) -> None:
    """NumPy wants to seek in a file, which a pipe can't: the length goes first, then the whole."""
    content = io.BytesIO()
    np.save(content, array)
    stream.write(b"%d\n" % content.tell())
    stream.write(content.getbuffer())
    stream.flush()


def _receive_array(stream: IO[bytes]) -> NDArray[Any] | None:
    """Return the next array, or None where the other side has gone."""
    length = stream.readline()
    if not length:
        return None
    content = stream.read(int(length))
    if len(content) < int(length):
        return None
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array
