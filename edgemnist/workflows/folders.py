"""The model files in a folder, and the runtimes that each is run in."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import NamedTuple

from edgemnist.errors import EdgeMnistError, ModelError, NotInstalled, UsageError
from edgemnist.files import is_model_folder
from edgemnist.formats import FORMATS, WEIGHTS_ALONE, ModelFile, find_format
from edgemnist.runtimes import check_runtime, find_runtime, list_runtimes


def list_model_files(folder: Path, listed: Container[str]) -> list[Path]:
    """Return the model files in a folder (not recursive), by format and name.

    Generated C is known by its contract; one that lost it, by the manifest.

    Args:
        folder: The folder.
        listed: Names that the manifest in it lists.
    """
    from edgemnist.formats.c import is_generated

    places = {file: find_format(file) for file in folder.iterdir() if file.is_file() or is_model_folder(file)}
    inside = {file: FORMATS.index(row) for file, row in places.items() if row and not file.name.endswith(WEIGHTS_ALONE)}
    models = [file for file in inside if file.suffix != ".c" or file.name in listed or is_generated(file)]
    return sorted(models, key=lambda file: (inside[file], file.name))


class ModelRun(NamedTuple):
    """A file to be run.

    Args:
        given: As it was given, or found in a folder.
        runtime: Name of the runtime; None for the file's own.
        in_folder: True if a folder was given.
    """

    given: Path | ModelFile
    runtime: str | None
    in_folder: bool = False

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.given.path if isinstance(self.given, ModelFile) else self.given


def name_runtimes(runtime: str | Sequence[str] | None) -> tuple[str | None, ...]:
    """Return the names of the runtimes that were asked for, each once; None for each file's own.

    Raises:
        UsageError: No such runtime, or an empty list.

    Example:
        >>> name_runtimes(["tflm", "litert", "tflm"]), name_runtimes(None)
        (('tflm', 'litert'), (None,))
    """
    names = (runtime,) if runtime is None or isinstance(runtime, str) else tuple(dict.fromkeys(runtime))
    if not names:
        raise UsageError("no runtime was named", "see: edgemnist runtimes")
    for name in names:
        check_runtime(name)
    return names


def is_folder(path: Path) -> bool:
    """True for a folder of models; a folder can be a model, too."""
    return path.is_dir() and not is_model_folder(path)


def list_runs(
    given: Path | ModelFile, find_listed: Callable[[Path], Container[str]], runtimes: Sequence[str | None]
) -> list[ModelRun]:
    """Return what of a file, or of the files in a folder, is run where: in each of the runtimes that run such a file.

    A file that was named is run in the first of them at least, which says why it can't.

    Args:
        given: Model file, or a folder.
        find_listed: Returns the names that the manifest of a folder lists.
        runtimes: As `name_runtimes` returns them.
    """
    if isinstance(given, ModelFile) or not is_folder(given):
        path = given.path if isinstance(given, ModelFile) else given
        return [ModelRun(given, name) for name in _choose(path, runtimes) or runtimes[:1]]
    models = list_model_files(given, find_listed(given))
    return [ModelRun(path, name, in_folder=True) for path in models for name in _choose(path, runtimes)]


def _choose(path: Path, runtimes: Sequence[str | None]) -> list[str | None]:
    known = {None, *(entry.name for entry in list_runtimes(path))}
    return [name for name in runtimes if name in known]


def find_nothing(path: Path, runtimes: Sequence[str | None]) -> ModelError:
    """Return the error for a folder in which nothing is to be run."""
    if runtimes[0] is None:
        return ModelError(f"{path}: no model files in this folder", "make some: `edgemnist.run(output='my-model')`")
    names = " or ".join(map(str, runtimes))
    return ModelError(f"{path}: no model files that {names} runs in this folder", "see: edgemnist runtimes")


def require_used(runtimes: Sequence[str | None], runs: Sequence[ModelRun]) -> None:
    """Refuse one of several runtimes that runs none of the files: whoever named it expects a row of it.

    Raises:
        UsageError: There is one.
    """
    unused = [str(name) for name in runtimes if name not in {run.runtime for run in runs}]
    if unused and len(runtimes) > 1:
        raise UsageError(f"{' and '.join(unused)}: runs none of these files", "see: edgemnist runtimes")


def find_reason_to_skip(path: Path, runtime: str | None, error: EdgeMnistError | None) -> str:
    """Return what isn't installed; "" if that isn't why. A child process that says so may have been taken over.

    Args:
        path: Model file.
        runtime: Name of the runtime; None for its own.
        error: Why the file wasn't run, if it wasn't.
    """
    if not isinstance(error, NotInstalled):
        return ""
    entry = find_runtime(path, runtime)
    missing = entry.find_missing()
    return f"needs {', '.join(missing)}: {entry.install}" if missing else ""
