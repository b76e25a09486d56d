"""The file beside a model that is being trained, from which a training that was broken off goes on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from edgemnist import signals
from edgemnist.errors import EdgeMnistError, WriteError
from edgemnist.files import read_file, write_atomically
from edgemnist.training.checkpoint import Checkpoint, read_checkpoint, require_same_training

EXTENSION = ".checkpoint"


class CheckpointFile:
    """Where the checkpoints of one training go: each in place of the last.

    Args:
        model: Path of the model that is trained.
        report: Called with a sentence on what is done with the file.

    Raises:
        ModelError: Something else has that name, and would be lost.
    """

    def __init__(self, model: Path, report: Callable[[str], None]) -> None:
        self.path = model.with_name(f"{model.name}{EXTENSION}")
        self._report = report
        self._identity: Mapping[str, Any] = {}
        self._epoch, self._saved = 0, False
        self._found = self._read() if os.path.lexists(self.path) else None

    def load(self, identity: Mapping[str, Any], resume: bool) -> Checkpoint | None:
        """Return what a training that was broken off left, if it is to go on; None to begin anew.

        Args:
            identity: What decides the training, as plain values.
            resume: It is to go on.

        Raises:
            UsageError: It is of another training.
        """
        self._identity = identity
        if self._found is None:
            if resume:
                self._report(f"{self.path}: no such file, so the training begins with its first epoch")
            return None
        checkpoint, then = self._found
        self._found = None
        done = f"epoch {len(checkpoint.history)} of a training that was broken off"
        if not resume:
            self._report(f"{self.path}: {done}; it begins anew, where `resume=True` would go on")
            return None
        with self._naming_file():
            require_same_training(then, identity)
        self._epoch = len(checkpoint.history)
        self._report(f"{self.path}: {done}; it goes on")
        return checkpoint

    def _read(self) -> tuple[Checkpoint, dict[str, Any]]:
        with self._naming_file():
            return read_checkpoint(read_file(self.path))

    @contextlib.contextmanager
    def _naming_file(self) -> Iterator[None]:
        try:
            yield
        except EdgeMnistError as error:
            hint = error.hint or f"move {self.path} away"
            raise type(error)(f"{self.path}: {error.message.removeprefix(f'{self.path}: ')}", hint) from error

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint in place of the last.

        Raises:
            WriteError: It can't be written.
        """
        write_atomically(self.path, checkpoint.to_bytes(self._identity))
        self._epoch, self._saved = len(checkpoint.history), True

    def remove(self) -> None:
        """Delete the file: the training has come to its end."""
        self.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """While a training goes on: say how to go on if it is broken off, and delete the file if it failed."""
        try:
            yield
        except BaseException as error:
            # A full disk or a signal says nothing against the training itself.
            failed = isinstance(error, EdgeMnistError) and not isinstance(error, WriteError) and not signals.received()
            if failed and self._saved:
                self.remove()
            elif self._epoch and not failed:
                kept = f"epoch {self._epoch} is kept in {self.path}"
                self._report(f"{kept}: the same command with `resume=True` goes on from there")
            raise
