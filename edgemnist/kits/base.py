"""What a kit is: which files it consists of, and where the model's own go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edgemnist.contract import Contract
from edgemnist.contract.tensors import DType

FOLDER = Path(__file__).parent
# Templates that several kits share.
COMMON, JAVASCRIPT = FOLDER / "common", FOLDER / "javascript"
GOLDEN, SELF_TEST = ("golden.h", "golden.c"), ("self_test.h", "self_test.c")
FILE_DATA = ("contract.json", "golden.csv")

# How a model is part of a kit: as C, as its bytes in C for TFLite Micro, or as the file that it is.
Embedding = Literal["c", "array", "file"]


@dataclass(frozen=True)
class KitFile:
    """A file of a kit.

    Args:
        path: inside the kit.
        template: what it is written from.
        extension: of the model that its template values are of; "" for the kit's first. The file is left out of a kit
            that has no such model.
    """

    path: str
    template: Path
    extension: str = ""


@dataclass(frozen=True)
class Kit:
    """A row of the table.

    Args:
        name: what the user calls it.
        summary: what it is, in one line.
        extensions: how the names of the model files that it takes end: one file of each, at least one.
        make: the call that makes such a file.
        embedding: how the model becomes part of it.
        runtime: whose answers the target must repeat; None for the model file's own runtime.
        folders: where inside the kit the model's files go, by how their names end; those not named go to its top.
        files: each file but the model's. Of two with the same path, the first whose model is there is taken.
        start: what to type next; {folder} is where the kit was written.
        template_values: gives the template values of all models together, by their names and contracts, and by
            what a target says of its answers before it prints them.
        dtypes: that its program knows, by how the model's name ends; {} where the program is made for the model.
        built: the path inside the kit of what is built from it at once; "" where that is left to the user.
        build: what to type to build that.
        build_page: builds it in a folder that holds the kit's files, and returns its path.
    """

    name: str
    summary: str
    extensions: tuple[str, ...]
    make: str
    embedding: Embedding
    runtime: str | None
    files: tuple[KitFile, ...]
    start: str
    folders: Mapping[str, str] = field(default_factory=dict)
    template_values: Callable[[Sequence[tuple[str, Contract, str]]], dict[str, str]] = lambda models: {}
    dtypes: Mapping[str, tuple[DType, ...]] = field(default_factory=dict)
    built: str = ""
    build: str = ""
    build_page: Callable[[Path], Path] | None = None

    def place(self, name: str) -> str:
        """Return the path inside the kit of one of the model's files."""
        return f"{self.folders.get(Path(name).suffix, '')}{name}"


def list_files(folder: Path, names: Iterable[str], place: str = "") -> tuple[KitFile, ...]:
    """Return files that are called in a kit as their templates are; a template's name has no first dot."""
    shown = {"gitignore": ".gitignore"}
    return tuple(KitFile(f"{place}{shown.get(name, name)}", folder / name) for name in names)
