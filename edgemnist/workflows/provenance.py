"""Which source a file was made from, and whether the one beside it is still that."""

from __future__ import annotations

from pathlib import Path

from edgemnist.contract import Contract, Source
from edgemnist.files import hash_bytes, is_model_folder, read_model_file
from edgemnist.formats import ModelFile


def name_source(file: ModelFile, contract: Contract | None) -> Source | None:
    """Return the source of a file: the manifest's word for a listed file, else what its contract says.

    A Keras file is its own source, so that its stored answers are proven, too.
    """
    if file.listed is not None:
        source = file.listed.get("source", {"name": file.path.name, "sha256": file.listed["sha256"]})
        return Source(source["name"], source["sha256"])
    if contract is None:
        return None
    return contract.source or Source(file.path.name, file.sha256)


def is_source(file: ModelFile, source: Source | None) -> bool:
    """True if a file that the user named is the source of what is verified; any Keras file is, of one that names none.

    Args:
        file: What the user named.
        source: What the manifest or the contract names.
    """
    return file.format_name == "keras" and (source is None or source.sha256 == file.sha256)


def is_itself(against: ModelFile, file: ModelFile) -> bool:
    """True if a Keras file is to be compared with itself: any would pass. Other files may be, in another runtime."""
    return file.format_name == "keras" and against.sha256 == file.sha256


def find_source_file(file: ModelFile, source: Source) -> Path | None:
    """Return the path of the source beside the file, or None: neither contract nor manifest leads out of the folder."""
    beside = file.path.parent / Path(source.name).name
    return beside if beside.is_file() or is_model_folder(beside) else None


def find_staleness(file: ModelFile, source: Source) -> tuple[str, ...]:
    """Return why a file isn't made from the source that lies beside it now; nothing if it is, or none does."""
    beside = find_source_file(file, source)
    if beside is None or beside == file.path:
        return ()
    now = hash_bytes(read_model_file(beside))
    if now == source.sha256:
        return ()
    return (f"stale: made from {source.name} {source.sha256[:8]}, which is now {now[:8]}: export it again",)
