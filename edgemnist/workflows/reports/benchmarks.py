"""An earlier `benchmark`, read from the document that it printed: times and chips of the files of a report."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from edgemnist.errors import UsageError
from edgemnist.files import read_file
from edgemnist.results.benchmarked import Benchmarked, ChipUse, Latency
from edgemnist.workflows.baseline import BROKEN, HINT, MOST_BYTES, read_figure

MEMORY = ("flash_bytes", "ram_bytes", "stack_bytes", "instructions_per_image", "accuracy")


def read_document(path: Path) -> Mapping[str, Any]:
    """Read the document, and make sure that it is one, before any work.

    Raises:
        UsageError: It can't be read, or isn't what `benchmark` prints.
    """
    content = read_file(path, MOST_BYTES, error=UsageError, missing=HINT)
    try:
        document = json.loads(content)
        if document["machine"] is None and document["error"]:
            raise UsageError(f"{path}: that benchmark ended with an error: {document['error']['message']}", HINT)
        choose_rows(document, {})
        for row in document["rows"]:
            _ = [*_list_latencies(row), *_list_chips(row)]
    except BROKEN as error:
        raise UsageError(f"{path}: not what edgemnist benchmark prints as JSON", HINT) from error
    return dict(document)


def choose_rows(document: Mapping[str, Any], hashes: Mapping[str, str]) -> Benchmarked:
    """Return what is said of the files of a report; of files with another hash, it was of others.

    Args:
        document: What `read_document` gave.
        hashes: SHA-256 of each file, by name.
    """
    rows = [row for row in document["rows"] if row["sha256"] is not None]
    others = dict.fromkeys(name for row in rows if hashes.get(name := _name(row), row["sha256"]) != row["sha256"])
    same = [row for row in rows if _name(row) in hashes and _name(row) not in others]
    notes = [f"{name}: the benchmark is of another file of that name, and left out" for name in others]
    if not same and not others:
        notes = ["none of its rows is of a file of this folder"]
    return Benchmarked(
        machine=str(document["machine"]["name"]),
        latencies=tuple(one for row in same for one in _list_latencies(row)),
        chips=tuple(one for row in same for one in _list_chips(row)),
        notes=tuple(notes),
    )


def _name(row: Mapping[str, Any]) -> str:
    return Path(str(row["model"])).name


def _list_latencies(row: Mapping[str, Any]) -> Iterator[Latency]:
    for one in row["batches"]:
        medians = [_read_figure(found["median_us"]) for found in one["rounds"]]
        if medians and one["batch"] == 1:
            yield Latency(_name(row), str(row["runtime"]), statistics.median(medians), min(medians), max(medians))


def _list_chips(row: Mapping[str, Any]) -> Iterator[ChipUse]:
    if row["emulated"] and row["instructions_per_image"] is not None:
        yield ChipUse(_name(row), str(row["runtime"]), *(_read_figure(row[name]) for name in MEMORY))


def _read_figure(value: Any) -> float:
    return read_figure(value, least=0)
