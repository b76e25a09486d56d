"""What model files are, on a terminal: one in full, those of a folder as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from edgemnist.reporting.console import Console, open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import Table, format_bytes, format_percent, open_grid
from edgemnist.reporting.terminal import show_error, show_note

if TYPE_CHECKING:
    from edgemnist.comparison.probing import Found
    from edgemnist.contract import Contract
    from edgemnist.formats.structure import End, Operator, Structure
    from edgemnist.results import Inspection, Inspections, MicroFit, NpuEstimate

# Layers and kinds of operators that are shown; --json has all.
MOST_LAYERS, MOST_KINDS = 20, 12
MOST_MISFITS = 12


def show_inspection(found: Inspection) -> None:
    """Show it, a line a property, and the layers that hold something as a table."""
    console, grid = open_console(), open_grid()
    for name, value in _list_rows(found):
        grid.add_row(f"[dim]{name}[/]", value)
    console.print(grid)
    if found.structure:
        _show_layers(console, found.structure)
    _show_differences(console, found)
    for caution in found.cautions:
        line = f"{escape(caution.where)}: {escape(caution.message)}: {escape(spell_options(caution.hint))}"
        console.print(f"[yellow]elsewhere[/] {line}", soft_wrap=True)


def _list_rows(found: Inspection) -> Iterator[tuple[str, str]]:
    file, contract = found.file, found.contract
    precision = contract.precision if contract else found.tensor_precision or "unknown"
    yield "file", f"[bold]{escape(str(file.path))}[/]"
    yield "format", f"{escape(file.format)}, {precision}, {file.size_bytes:,} bytes"
    for sha256 in file.hashes:
        yield "sha256", escape(sha256)
    if found.structure:
        yield from _list_structure(found, found.structure)
    yield "contract", _summarize_origin(found)
    if found.found:
        yield from _list_candidates(found.found)
    if contract:
        yield from _list_contract(contract)
    yield "listed in", escape(str(file.listed)) if file.listed else "no manifest"
    for change in file.changes:
        yield "differs", escape(change)
    yield "trusted", "yes" if file.already else "no"
    if found.micro:
        yield "TFLM", _summarize_micro(found.micro)
    if found.npu:
        yield "Ethos-U", _summarize_npu(found.npu)
    if found.required and not found.misfits:
        yield "required", f"[green]{found.required}[/]: all operators and constants are"
    if found.written:
        yield "wrote", escape(str(found.written))


def _list_structure(found: Inspection, structure: Structure) -> Iterator[tuple[str, str]]:
    producer = f"; written by {escape(structure.producer)}" if structure.producer else ""
    yield "version", f"{escape(structure.version)}{producer}"
    if structure.oldest_runtime:
        yield "runs from", escape(structure.oldest_runtime)
    for name, ends in (("inputs", structure.inputs), ("outputs", structure.outputs)):
        for end in ends:
            yield name, _summarize_end(end)
    if structure.operators:
        yield "operators", _summarize_operators(structure.operators)
    if found.complexity:
        counts = found.complexity
        parameters = "parameters not counted" if counts.parameters is None else f"{counts.parameters:,} parameters"
        products = "multiplications not counted"
        if counts.multiplications is not None:
            products = f"{counts.multiplications:,} multiplications an image"
        why = f" ({escape(counts.uncounted)})" if counts.uncounted else ""
        yield "network", f"{parameters}, {products}{why}"
    for hidden in structure.hidden:
        yield "hidden", escape(hidden)
    if structure.metadata:
        yield "metadata", escape("; ".join(f"{key}: {value}" for key, value in structure.metadata.items()))


def _summarize_end(end: End) -> str:
    shape = ", ".join("?" if size is None else str(size) for size in end.shape)
    scale = "" if end.scale is None else f", scale {end.scale:.6g}, zero point {end.zero_point}"
    return escape(f"{end.name}: {end.dtype or 'unknown type'} ({shape}){scale}")


def _summarize_operators(operators: tuple[Operator, ...]) -> str:
    counts = Counter(f"{one.kind} {one.types}".strip() for one in operators).most_common()
    shown = [f"{count} {name}" for name, count in counts[:MOST_KINDS]]
    more = f", {len(counts) - MOST_KINDS} more kinds" if len(counts) > MOST_KINDS else ""
    return escape(", ".join(shown)) + more


def _list_contract(contract: Contract) -> Iterator[tuple[str, str]]:
    yield "takes", f"{escape(contract.input.name)}: {escape(contract.input.summarize())}"
    yield "pictures", contract.picture.summarize()
    yield "answers", f"{escape(contract.output.name)}: {contract.output.dtype} {contract.output.kind}"
    yield "classes", ", ".join(map(escape, contract.labels))
    if contract.source:
        yield "made from", f"{escape(contract.source.name)} {contract.source.sha256[:8]}"


def _summarize_origin(found: Inspection) -> str:
    if found.found is not None:
        share = f"right on {format_percent(found.found.accuracy)} of {found.found.images:,} training images"
        return f"none inside; found by asking it: {share}"
    return "inside" if found.contract else "none inside"


def _list_candidates(found: Found) -> Iterator[tuple[str, str]]:
    """Give each reading that came into question, and by how much the best was better."""
    for place, candidate in enumerate(found.candidates):
        margin = f", {100 * found.margin:.1f} points ahead" if place == 0 and found.margin is not None else ""
        yield "read as", f"{escape(candidate.summarize())}: {format_percent(candidate.accuracy)}{margin}"


def _summarize_micro(micro: MicroFit) -> str:
    if micro.arena_bytes is None:
        return escape(micro.reason)
    return f"has all operators; an arena of {micro.arena_bytes:,} bytes"


def _summarize_npu(npu: NpuEstimate) -> str:
    if npu.npu_operators is None or npu.cpu_operators is None:
        return escape(npu.reason)
    total = npu.npu_operators + npu.cpu_operators
    line = f"{npu.npu_operators} of {total} operators on the NPU"
    if npu.inferences_per_second is not None and npu.sram_bytes is not None and npu.flash_bytes is not None:
        memory = f"{npu.sram_bytes:,} bytes of SRAM, {npu.flash_bytes:,} of flash"
        line += f", {npu.inferences_per_second:,.0f} images a second, {memory}"
    return f"{line}: Vela's estimate for {escape(npu.accelerator)}"


def _show_layers(console: Console, structure: Structure) -> None:
    """Show the operators that hold constants of their own."""
    layers = [one for one in structure.operators if one.parameters]
    if not layers:
        return
    table = Table(caption=f"{len(layers) - MOST_LAYERS} more: --json lists all" if len(layers) > MOST_LAYERS else None)
    table.add_column("layer", folds=True)
    for heading in ("kind", "types"):
        table.add_column(heading)
    for heading in ("bytes", "parameters", "multiplications"):
        table.add_column(heading, justify="right")
    for one in layers[:MOST_LAYERS]:
        products = "" if one.multiplications is None else f"{one.multiplications:,}"
        name, kind, types = map(escape, (one.name, one.kind, one.types))
        table.add_row(name, kind, types, f"{one.size_bytes:,}", f"{one.parameters:,}", products)
    console.print(table)


def _show_differences(console: Console, found: Inspection) -> None:
    name = escape(str(found.file.path))
    for claim in found.false_claims:
        console.print(f"[red]differs[/] {name}: {escape(claim)}", soft_wrap=True)
    for misfit in found.misfits[:MOST_MISFITS]:
        console.print(f"[red]differs[/] {name}: not {found.required}: {escape(misfit)}", soft_wrap=True)
    if len(found.misfits) > MOST_MISFITS:
        console.print(f"[red]differs[/] {name}: {len(found.misfits) - MOST_MISFITS} more: --json lists all")


def show_inspections(found: Inspections) -> None:
    """Show a line a file, and what isn't of the precision that was asked for."""
    from edgemnist.results import Inspection

    console = open_console()
    table = Table(title=f"{len(found.models)} models in {escape(str(found.folder))}")
    table.add_column("model", folds=True)
    for heading, spare in (("precision", 0), ("version", 5), ("contract", 3)):
        table.add_column(heading, spare=spare)
    for heading, spare in (("size", 2), ("operators", 4), ("parameters", 1), ("multiplications", 1)):
        table.add_column(heading, justify="right", spare=spare)
    for one in found.models:
        if isinstance(one, Inspection):
            table.add_row(*_list_cells(one))
        else:
            table.add_row(escape(one.path.name), "[red]error[/]", *[""] * 6)
    console.print(table)
    for one in found.models:
        if isinstance(one, Inspection):
            _show_differences(console, one)


def _list_cells(found: Inspection) -> tuple[str, ...]:
    structure, counts = found.structure, found.complexity
    precision = found.contract.precision if found.contract else found.tensor_precision or "unknown"
    marked = f"[red]{precision}[/]" if found.exit_status else precision
    figures = (counts.parameters, counts.multiplications) if counts else (None, None)
    return (
        escape(found.file.path.name),
        marked,
        escape(structure.version) if structure else "",
        "inside" if found.contract else "none",
        format_bytes(found.file.size_bytes),
        f"{len(structure.operators):,}" if structure else "",
        *("" if figure is None else f"{figure:,}" for figure in figures),
    )


def show_notes(found: Inspection) -> None:
    """Say on stderr what was assumed of the data."""
    for note in found.notes:
        show_note(note)


def show_errors(found: Inspections) -> None:
    """Say on stderr why files can't be read."""
    for one in found.errors:
        show_error(one.error.message, one.error.hint)


def show_address(address: str) -> None:
    """Say on stderr where Netron can be seen, and how to end it; that is asked for, so also where notes aren't."""
    open_console(stderr=True, error=True).print(f"Netron shows it at {escape(address)}; Ctrl-C ends it", soft_wrap=True)
