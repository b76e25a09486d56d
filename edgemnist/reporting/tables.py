"""What all tables and figures of the terminal share: one style, one way to write sizes and shares."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from edgemnist.comparison.answers import Score


def open_table(*headings: str, title: str | None = None, caption: str | None = None) -> Table:
    """Return an empty table in the one style that all tables have."""
    return Table(
        *headings,
        title=title,
        title_justify="left",
        caption=caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )


def format_bytes(count: int) -> str:
    """Return a size for people, in decimal units.

    Example:
        >>> format_bytes(559_448), format_bytes(2_145_564)
        ('559 kB', '2.15 MB')
    """
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def format_percent(share: float) -> str:
    """Return a share, 0 … 1, for people."""
    return f"{100 * share:.2f} %"


def format_accuracy(score: Score) -> str:
    """Return the accuracy with its interval."""
    interval = f"{format_percent(score.accuracy_low)} to {format_percent(score.accuracy_high)}"
    return f"[bold]{format_percent(score.accuracy)}[/] ({score.hits:,} of {score.images:,}; 95 % interval {interval})"
