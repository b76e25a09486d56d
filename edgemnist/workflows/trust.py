"""`trust`: what a model file is, shown to the user, who then adds it to the files that may run as code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgemnist import trust as user
from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats import EXTENSIONS, ModelFile
from edgemnist.manifest import NAME
from edgemnist.results import Trusted
from edgemnist.runtimes import open_runtime


def describe(path: str | Path) -> Trusted:
    """Read a model file without running it, and return what a user must know to trust it.

    Raises:
        ModelError: it is missing, damaged or no model file.
    """
    file = ModelFile.read(path)
    if file.format is None:
        raise ModelError(f"{path}: no model file: its name was expected to end in {', '.join(EXTENSIONS)}")
    listed = file.manifest.folder / NAME if file.listed and not file.changes else None
    summary = _summarize(_read_contract(file))
    return Trusted(file.path, file.format.name, len(file.content), file.hashes, summary, listed, file.trusted)


def trust(files: Sequence[Trusted]) -> None:
    """Add what was described to the user's list: those bytes, whatever the files hold by now.

    Raises:
        WriteError: the list can't be written to.
    """
    user.trust(sha256 for file in files for sha256 in file.hashes)


def _read_contract(file: ModelFile) -> Contract | None:
    if file.format_name == "c":  # a comment in it, and to open it would be to run it
        return file.contract
    with open_runtime(file) as runtime:  # in a child, until it is trusted
        return runtime.info.contract


def _summarize(contract: Contract | None) -> str:
    if contract is None:
        return ""
    source = f", made from {contract.source.name}" if contract.source else ""
    classes = ", ".join(contract.labels)
    return f"{contract.precision}; takes {contract.input.describe()}; answers {classes}{source}"
