"""The contract of a file: the one inside, or the one that is found for it; and a copy that carries it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edgemnist.comparison.probing import Found
from edgemnist.comparison.question import Probe, Statement
from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.runtimes import open_runtime
from edgemnist.workflows.measuring import find_precision

if TYPE_CHECKING:
    from edgemnist.datasets import Dataset

MOST_DOCUMENT_BYTES = 1 << 20
CRASH, DAMAGED = "the file crashed what puts a contract into it", "it is damaged or malicious"


def find_contract(
    file: ModelFile,
    open_dataset: Callable[[], Dataset],
    statement: Statement | None,
    limits: Limits,
    *,
    execute: bool = False,
) -> tuple[Contract, Found | None]:
    """Open a file, and return the contract inside, or the one that is found for a file without.

    Args:
        file: Model file.
        open_dataset: Opens the data that it was trained on.
        statement: What the user says of a file without a contract.
        limits: Time, memory and files that a child process may use.
        execute: Run the code of a .c file that the user doesn't trust.

    Returns:
        The contract, and what was found; None where it was inside.

    Raises:
        EdgeMnistError: The file can't be opened, nothing is found, or the data has other classes.
    """
    with open_runtime(file, execute=execute, probe=Probe.choose(open_dataset, statement), limits=limits) as runtime:
        info = runtime.info
    dataset = open_dataset()
    dataset.check_classes(str(file.path), info.contract.labels if info.contract else None, info.classes)
    if info.contract:
        return info.contract, info.found
    precision = find_precision(file, info)
    return Contract(info.input, info.output, dataset.labels, precision, picture=dataset.picture), info.found


def embed_contract(file: ModelFile, contract: Contract, limits: Limits) -> bytes:
    """Return the bytes of a copy that carries a contract; made in a child process, since the file may be hostile.

    Raises:
        ModelError: The file is damaged, or of a format whose files are only written with a contract.
    """
    from edgemnist.processes.child import Child

    child = Child(
        "edgemnist.workflows.contracts", "serve", str(file.path), subject=str(file.path),
        crash=CRASH, hint=DAMAGED, limits=limits,
    )  # fmt: skip
    try:
        most_bytes = 2 * len(file.content) + MOST_DOCUMENT_BYTES
        answer = child.ask("embed", {"contract": contract.to_json()}, most_bytes=most_bytes)
    finally:
        child.close()
    if len(answer.blobs) != 1:
        raise ModelError(f"{file.path}: {CRASH}", DAMAGED)
    if answer.fields.get("sha256") != list(file.hashes):
        raise ModelError(f"{file.path}: changed while it was being read", "run the command again")
    return bytes(answer.blobs[0])


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the one operation of the child's side."""

    def embed(question: Message) -> Message:
        file = ModelFile.read(path)
        content = file.embed(Contract.from_json(question.fields["contract"]))
        return Message(OK, {"sha256": file.hashes}, [content])

    yield {"embed": embed}
