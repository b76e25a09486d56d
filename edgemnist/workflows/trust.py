"""`trust`: what a file from elsewhere is, and the user's word that it may run here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile, find_false_claims
from edgemnist.formats.precision import find_false_claim, read_operators
from edgemnist.manifest import NAME
from edgemnist.results import Trusted
from edgemnist.trust import trust as remember


def examine(path: str | Path) -> Trusted:
    """Say what a model file is, without running it.

    Args:
        path: Model file.

    Raises:
        ModelError: It can't be read, or its contract claims a precision that its tensors don't have: whoever trusts
            a file wants it judged by the right gate.
    """
    file = ModelFile.read(path)
    about = describe(file)
    for reason in find_false_claim(file.contract, read_operators(file)):
        raise ModelError(f"{path}: {reason}", "export it again")
    return about


def describe(file: ModelFile) -> Trusted:
    """Say what a model file is by what is written in it and beside it.

    Args:
        file: Model file.

    Raises:
        ModelError: It is damaged, or of no known format.
    """
    contract = file.contract
    assert file.format
    changes = file.changes or find_false_claims(file, contract)
    listed = file.listed is not None and not changes
    return Trusted(
        path=file.path,
        format=file.format.name,
        size_bytes=len(file.content),
        hashes=file.hashes,
        contract_summary=_summarize(contract) if contract else "",
        listed=file.path.parent / NAME if listed else None,
        already=file.trusted,
        changes=changes,
    )


def _summarize(contract: Contract) -> str:
    source = f"; made from {contract.source.name}" if contract.source else ""
    answers = ", ".join(contract.labels)
    return f"{contract.precision}; takes {contract.input.summarize()}; answers {answers}{source}"


def trust(files: Iterable[Trusted]) -> None:
    """Remember that the user trusts these files, wherever they lie.

    Args:
        files: What `examine` gave, and the user saw.

    Raises:
        WriteError: The user's list can't be written to.
    """
    remember(sha256 for file in files for sha256 in file.hashes)
