"""How a file is opened and what it is, as fields of messages between parent and child; what a child says is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Contract, Input
from edgemnist.datasets.shape import fits_image, suggest_row_order
from edgemnist.precision import PRECISIONS
from edgemnist.runtimes.base import Footprint, Request, RuntimeInfo

if TYPE_CHECKING:
    from edgemnist.comparison.probing import Found


def write_request(request: Request) -> dict[str, Any]:
    """Write how a file is to be opened as what JSON can hold."""
    return {**asdict(request), "contract": request.contract.to_json() if request.contract else None}


def read_request(fields: Mapping[str, Any]) -> Request:
    """Read how a file is to be opened; the child's side, which trusts its parent."""
    contract = Contract.from_json(fields["contract"]) if fields["contract"] else None
    return Request(**{**fields, "contract": contract})


def write_info(info: RuntimeInfo) -> dict[str, Any]:
    """Write it with input and output as a contract, which is checked where it is read."""
    signature = Contract(info.input, info.output, tuple(map(str, range(info.classes))))
    return {
        "name": info.name,
        "version": info.version,
        "contract": info.contract.to_json() if info.contract else None,
        "signature": signature.to_json(),
        "emulated": info.emulated,
        "capacity_errors": info.capacity_errors,
        "tensor_precision": info.tensor_precision,
        "found": info.found.to_record() if info.found else None,
        "notes": info.notes,
        "false_claims": info.false_claims,
    }


def read_info(info: Mapping[str, Any], path: Path) -> RuntimeInfo:
    """Read what an opened file is.

    Raises:
        KeyError, TypeError, ValueError: A child that is in good health says no such thing.
        ModelError: It says a contract that is none.
    """
    claims = tuple(info["false_claims"])
    texts = [info["name"], info["version"], *info["capacity_errors"], *info["notes"]]
    if not all(isinstance(text, str) for text in (*texts, *claims)):
        raise TypeError("a name that is no text")
    signature = Contract.from_json(info["signature"], str(path))
    contract = Contract.from_json(info["contract"], str(path)) if info["contract"] else None
    if not all(_takes_image(one.input) for one in (signature, contract) if one):
        raise ValueError("an input that takes no image")
    name, version, *rest = texts
    errors, notes = rest[: len(info["capacity_errors"])], rest[len(info["capacity_errors"]) :]
    precision = info["tensor_precision"]
    if precision is not None and precision not in PRECISIONS:
        raise ValueError("a precision that is none")
    return RuntimeInfo(
        name, version, contract, signature.input, signature.output, len(signature.labels), bool(info["emulated"]),
        tuple(errors), precision, _read_found(info["found"], signature), tuple(notes),
        claims,
    )  # fmt: skip


def _takes_image(input: Input) -> bool:
    return fits_image(input.shape) and (suggest_row_order(input.shape) is None) == (input.row_order is None)


def _read_found(fields: Mapping[str, Any] | None, signature: Contract) -> Found | None:
    if fields is None:
        return None
    from edgemnist.comparison.probing import Candidate, Found

    second = fields["runner_up"]
    return Found(
        signature.input, signature.output, int(fields["images"]), float(fields["accuracy"]),
        _read_input(second, signature) if second else None,
        None if fields["runner_up_accuracy"] is None else float(fields["runner_up_accuracy"]),
        tuple(Candidate(_read_input(one["input"], signature), float(one["accuracy"])) for one in fields["candidates"]),
    )  # fmt: skip


def _read_input(fields: Mapping[str, Any], signature: Contract) -> Input:
    """Read an input as part of a contract, which checks it."""
    contract = replace(signature, input=Input.from_fields(dict(fields)))
    return Contract.from_json(contract.to_json()).input


def read_costs(fields: Mapping[str, Any]) -> tuple[float, Footprint | None]:
    """Read the seconds that a run took, and what it took of an emulated microcontroller.

    Raises:
        KeyError, TypeError, ValueError: As `read_info`.
    """
    footprint = fields["footprint"]
    if footprint is None:
        return float(fields["seconds"]), None
    flash_bytes, ram_bytes, stack_bytes = (int(footprint[name]) for name in ("flash_bytes", "ram_bytes", "stack_bytes"))
    return float(fields["seconds"]), Footprint(
        flash_bytes, ram_bytes, stack_bytes, float(footprint["instructions_per_image"])
    )
