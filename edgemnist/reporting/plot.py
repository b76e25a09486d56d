"""The history of a training as a picture: loss and accuracy by epoch, as SVG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.errors import WriteError
from edgemnist.files import check_place
from edgemnist.quiet import loading

if TYPE_CHECKING:
    from edgemnist.training.history import Epoch

EXTENSION = ".svg"
# Text stays text, and names inside the file don't depend on chance: the same history gives the same bytes.
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "edgemnist"}
NO_DATE = {"Date": None, "Creator": None}
SIZE_INCHES = (9.0, 3.4)


def check_plot(path: Path) -> None:
    """Find what would keep a picture from being drawn, before any work.

    Raises:
        WriteError: It has another ending, or can't be written there.
        PackageMissing: Matplotlib isn't installed.
    """
    if path.suffix != EXTENSION:
        raise WriteError(f"{path}: a picture ends in {EXTENSION}", "such as `plot='history.svg'`")
    check_place(path, "plot")
    open_figure()


def draw_history(history: Sequence[Epoch], best_epoch: int | None = None) -> bytes:
    """Draw what each epoch gave.

    Args:
        history: What each epoch gave, 1 or more.
        best_epoch: Epoch whose weights were kept, from 1, which gets a line; None for the last.

    Returns:
        The text of an SVG file.

    Raises:
        PackageMissing: Matplotlib isn't installed.
    """
    figure = open_figure()
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        _draw_curves(axes, history, name)
        if best_epoch:
            axes.axvline(best_epoch, color="0.5", linestyle=":", label="kept epoch")
        axes.legend(frameon=False)
    return save_figure(figure)


def save_figure(figure: Any) -> bytes:
    """Return the text of an SVG file of a figure: the same figure gives the same bytes."""
    import matplotlib

    content = io.BytesIO()
    with matplotlib.rc_context(SETTINGS):
        figure.savefig(content, format="svg", metadata=NO_DATE)
    return content.getvalue()


def style_axes(axes: Any) -> None:
    """Give axes the look that all of them have."""
    axes.grid(color="0.9")
    axes.spines[["top", "right"]].set_visible(False)


def _draw_curves(axes: Any, history: Sequence[Epoch], name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    numbers = range(1, len(history) + 1)
    axes.plot(numbers, [getattr(epoch, name) for epoch in history], "o-", markersize=3, label="training")
    validated = [getattr(epoch, f"validation_{name}") for epoch in history]
    if None not in validated:
        axes.plot(numbers, validated, "s-", markersize=3, label="validation")
    axes.set(title=name, xlabel="epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    style_axes(axes)


def open_figure() -> Any:
    """Return an empty figure, which belongs to no window.

    Raises:
        PackageMissing: Matplotlib isn't installed.
    """
    with loading("matplotlib", "pip install 'edgemnist[plot]'"):
        from matplotlib.figure import Figure
    return Figure(figsize=SIZE_INCHES, layout="constrained")
