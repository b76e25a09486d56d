"""Why a picture is answered as it is, on a terminal: the images in blocks, the answers, and what is to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemnist.comparison.blame import Cause
from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import Table, format_percent, open_grid, open_table
from edgemnist.reporting.terminal import format_note
from edgemnist.results.explanation import Explanation, FormAnswer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# From paper to ink, in five shades.
SHADES = " ░▒▓█"
GAP = "   "
# The images that are drawn beside each other, as far as the terminal is wide enough.
DRAWN = 3
CAUSES: dict[Cause | None, str] = {
    "preparation": "the preparation: what the picture has become",
    "runtime": "the runtime",
    "quantization": "the quantization",
    "model": "the model",
    "picture": "the picture itself",
    None: "nothing",
}


def show_explanation(found: Explanation) -> None:
    """Show what the picture has become beside its nearest test images, all answers, and the cause."""
    console = open_console()
    for line in _draw(found, console.width):
        console.print(line, soft_wrap=True, markup=False)
    console.print(_tabulate_answers(found))
    console.print(_tabulate_alternatives(found))
    console.print(_list_facts(found))
    for note in found.notes:
        console.print(format_note(note), soft_wrap=True)


def _draw(found: Explanation, width: int) -> list[str]:
    """Draw the image beside test images that it is like, two rows of pixels a line."""
    nearest = [(f"test image {one.index}: {one.label}", one.pixels) for one in found.neighbours]
    columns = found.prepared.shape[1]
    count = min(DRAWN, max(1, (width + len(GAP)) // (columns + len(GAP))))
    drawn = [("as prepared", found.prepared), *nearest][:count]
    heads = GAP.join(name[:columns].ljust(columns) for name, _ in drawn)
    blocks = zip(*(draw_blocks(pixels) for _, pixels in drawn), strict=True)
    return [heads.rstrip(), *(GAP.join(lines).rstrip() for lines in blocks)]


def draw_blocks(image: NDArray[np.uint8]) -> list[str]:
    """Draw an image with block characters: a column a pixel, a line two rows.

    Args:
        image: uint8 (height, width), height even.

    Example:
        >>> import numpy as np
        >>> draw_blocks(np.array([[0, 60, 255], [0, 60, 255]], np.uint8))
        [' ░█']
    """
    pairs = image[: len(image) // 2 * 2].reshape(-1, 2, image.shape[1]).mean(axis=1)
    shades = (pairs * (len(SHADES) - 1) / 255).round().astype(int)
    return ["".join(SHADES[shade] for shade in row) for row in shades.tolist()]


def _tabulate_answers(found: Explanation) -> Table:
    table = open_table(title="answers")
    table.add_column("model", folds=True)
    for heading, spare in (("precision", 2), ("runtime", 3)):
        table.add_column(heading, spare=spare)
    table.add_column("class")
    table.add_column("confidence", justify="right")
    table.add_column("next", spare=4)
    for one in found.answers:
        table.add_row(*_list_cells(found, one))
    return table


def _list_cells(found: Explanation, one: FormAnswer) -> tuple[str, ...]:
    color = "red" if one.label != (found.label or found.answer.label) else "green"
    rest = ", ".join(f"{escape(label)} {format_percent(share)}" for label, share in one.top[1:])
    name = f"[bold]{escape(one.model)}[/]" if one.asked else escape(one.model)
    label = f"[{color}]{escape(one.label)}[/]"
    return name, one.precision, escape(one.runtime), label, format_percent(one.confidence), rest


def _tabulate_alternatives(found: Explanation) -> Table:
    table = open_table(title="other images that it may become")
    table.add_column("what was done")
    table.add_column("class")
    for heading in ("confidence", "from the nearest test image"):
        table.add_column(heading, justify="right")
    answer, nearest = found.answer, found.neighbours[0].distance
    table.add_row("[bold]as prepared[/]", escape(answer.label), format_percent(answer.confidence), f"{nearest:.1f}")
    for one in found.alternatives:
        table.add_row(one.name, escape(one.answer), format_percent(one.confidence), f"{one.distance:.1f}")
    return table


def _list_facts(found: Explanation) -> Table:
    grid = open_grid()
    nearest = ", ".join(f"{escape(one.label)} ({one.distance:.1f})" for one in found.neighbours)
    rows = [
        ("picture", f"{escape(found.image)}: {found.how}"),
        ("nearest", f"{nearest}; usual is up to {found.usual_distance:.1f}"),
        ("answer", _say_answer(found)),
        ("to blame", _say_cause(found)),
        *(("", escape(one.sentence)) for one in found.findings),
        *((("wrote", escape(str(found.output))),) if found.output else ()),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    return grid


def _say_answer(found: Explanation) -> str:
    answer = f"{escape(found.answer.label)} ({format_percent(found.answer.confidence)})"
    if found.is_right is None:
        return answer
    return f"{answer}, which is right" if found.is_right else f"{answer}, and it is {escape(found.label or '')}"


def _say_cause(found: Explanation) -> str:
    words = CAUSES[found.cause]
    if found.cause:
        return f"[red]{words}[/]"
    hint = "" if found.label else ": if it is another class, say which: `label=NAME`"
    return f"[green]{words}[/]{spell_options(hint)}"
