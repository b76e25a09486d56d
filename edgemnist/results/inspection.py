"""What `inspect` finds of model files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Contract
from edgemnist.errors import EdgeMnistError, record_error
from edgemnist.results.devices import MicroFit, NpuEstimate
from edgemnist.results.trusted import Trusted

if TYPE_CHECKING:
    from edgemnist.comparison.probing import Found
    from edgemnist.formats.complexity import Complexity
    from edgemnist.formats.structure import Structure
    from edgemnist.precision import PrecisionName


@dataclass(frozen=True)
class Caution:
    """What will differ elsewhere.

    Args:
        where: where it will.
        message: what will differ, in one sentence.
        hint: what to do.
    """

    where: str
    message: str
    hint: str

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Inspection:
    """What a model file is.

    Args:
        file: its format, size and hashes, the manifest that lists it, and whether this user trusts it.
        contract: what it takes and gives, its labels, precision and source: the contract inside, or what was found;
            None where there is none inside, and nothing was asked or found.
        found: how that was found; None where the contract is inside, or nothing was found.
        written: the copy that carries the contract; None where none was asked for.
        notes: what was assumed of the data, and why nothing was found.
        structure: its ends, operators, version and metadata.
        complexity: its parameters, and the multiplications for one image.
        tensor_precision: the precision that its tensors say; None where they say none that has a name.
        required: the precision that was asked for; None where none was.
        misfits: what isn't of that precision, a sentence each; empty if all is.
        false_claims: why it isn't of the precision that its contract says.
        cautions: what will differ elsewhere.
        micro: what TFLite Micro says; None of other formats, and in a folder.
        npu: what the compiler of Ethos-U says; None of other formats, in a folder, and where it isn't installed.
    """

    file: Trusted
    contract: Contract | None
    found: Found | None = None
    written: Path | None = None
    notes: tuple[str, ...] = ()
    structure: Structure | None = None
    complexity: Complexity | None = None
    tensor_precision: PrecisionName | None = None
    required: PrecisionName | None = None
    misfits: tuple[str, ...] = ()
    false_claims: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    micro: MicroFit | None = None
    npu: NpuEstimate | None = None

    @property
    def exit_status(self) -> int:
        """1 if something isn't of the precision that was asked for, or contradicts the file's own claims; else 0."""
        return int(bool(self.misfits or self.false_claims))

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        about, structure, complexity = self.file.to_record(), self.structure, self.complexity
        return {
            "model": about["path"],
            **{name: about[name] for name in ("format", "size_bytes", "sha256", "companions_sha256")},
            "precision": self.contract.precision if self.contract else None,
            "tensor_precision": self.tensor_precision,
            "contract": json.loads(self.contract.to_json()) if self.contract else None,
            "found": self._record_found(self.found) if self.found else None,
            "structure": structure.to_record() if structure else None,
            "parameters": complexity.parameters if complexity else None,
            "multiplications": complexity.multiplications if complexity else None,
            "uncounted": complexity.uncounted or None if complexity else None,
            "required": self.required,
            "misfits": list(self.misfits),
            "false_claims": list(self.false_claims),
            "cautions": [caution.to_record() for caution in self.cautions],
            "micro": self.micro.to_record() if self.micro else None,
            "npu": self.npu.to_record() if self.npu else None,
            "listed": about["listed"],
            "changes": about["changes"],
            "trusted": about["already"],
            "written": str(self.written) if self.written else None,
            "notes": list(self.notes),
        }

    @staticmethod
    def _record_found(found: Found) -> dict[str, Any]:
        figures = ("images", "accuracy", "runner_up_accuracy", "margin")
        return {
            "summary": found.summarize(),
            **{name: getattr(found, name) for name in figures},
            "candidates": [one.to_record() for one in found.candidates],
        }


@dataclass(frozen=True)
class Unreadable:
    """A file of a folder that can't be read.

    Args:
        path: the file.
        error: why.
    """

    path: Path
    error: EdgeMnistError

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"model": str(self.path), "error": record_error(self.error)}


@dataclass(frozen=True)
class Inspections:
    """What the model files in a folder are.

    Args:
        folder: the folder.
        models: what was found of each, by format and name.
    """

    folder: Path
    models: tuple[Inspection | Unreadable, ...]

    @property
    def errors(self) -> tuple[Unreadable, ...]:
        """Those that can't be read."""
        return tuple(one for one in self.models if isinstance(one, Unreadable))

    @property
    def exit_status(self) -> int:
        """2 if a file can't be read, 1 if one isn't of the precision that was asked for, else 0."""
        readable = [one for one in self.models if isinstance(one, Inspection)]
        return 2 if self.errors else max((one.exit_status for one in readable), default=0)

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values; what was found of a file is at the same place as of one alone."""
        return {"folder": str(self.folder), "models": [{"error": None, **one.to_record()} for one in self.models]}
