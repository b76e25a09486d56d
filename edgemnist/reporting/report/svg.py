"""Figures of Matplotlib as SVG inside a page: its colours, its font, and names that no other figure has."""

from __future__ import annotations

import contextlib
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from edgemnist.quiet import loading
from edgemnist.reporting.report import INSTALL
from edgemnist.text import escape_controls

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Stand for colours that the page chooses, light or dark: no figure has these by chance.
INK, MUTED, LINE, PAPER, ON_COLOR = (f"#0101{number:02x}" for number in range(1, 6))
SERIES = tuple(f"#0102{number:02x}" for number in range(1, 7))
VARIABLES: Mapping[str, str] = {
    INK: "--ink", MUTED: "--muted", LINE: "--line", PAPER: "--paper", ON_COLOR: "--on-color",
    **{color: f"--series-{number}" for number, color in enumerate(SERIES, 1)},
}  # fmt: skip
# Points of a figure are pixels of the page.
POINTS_PER_INCH = 72
FONT_SIZE = 11
SETTINGS: Mapping[str, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "edgemnist", "text.parse_math": False, "font.size": FONT_SIZE,
    "font.family": "DejaVu Sans", "axes.titlesize": FONT_SIZE, "axes.labelsize": FONT_SIZE, "text.color": INK,
    "axes.labelcolor": MUTED, "axes.edgecolor": LINE, "axes.facecolor": "none", "figure.facecolor": "none",
    "xtick.color": LINE, "ytick.color": LINE, "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED,
    "xtick.labelsize": FONT_SIZE, "ytick.labelsize": FONT_SIZE, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": False, "grid.color": LINE, "grid.linewidth": 0.8, "axes.linewidth": 1, "lines.linewidth": 2,
    "legend.frameon": False, "legend.fontsize": FONT_SIZE, "xtick.minor.size": 0, "ytick.minor.size": 0,
}  # fmt: skip
_NAMED, _USED = "id", re.compile(r"#([\w-]+)")
_LONG = re.compile(r"-?\d+\.\d{3,}")
# Matplotlib's versions write a font in one property or in several.
_FONT = re.compile(r"font: (?:[a-z]+ )*(?:(\d{3}) )?([\d.]+)px [^;]*|font-family: [^;]*;? ?")


@contextlib.contextmanager
def drawing(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Iterator[Any]:
    """Give an empty figure whose settings hold until it is saved.

    Args:
        width, height: In pixels of the page.
        layout: How Matplotlib places axes; None where they are placed by hand, which takes less time.

    Raises:
        PackageMissing: Matplotlib isn't installed.
    """
    with loading("matplotlib", INSTALL):
        import matplotlib
        from matplotlib.figure import Figure
    with matplotlib.rc_context(dict(SETTINGS)):
        yield Figure(figsize=(width / POINTS_PER_INCH, height / POINTS_PER_INCH), layout=layout)


def write_svg(figure: Any, name: str, alt: str, kind: str = "") -> str:
    """Return a figure as an SVG element for a page.

    Args:
        figure: Figure, within `drawing`.
        name: Plain name that no other figure of the page has.
        alt: What it shows, for those who don't see it.
        kind: Class of the element, for the page's style.
    """
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    root = ET.fromstring(content.getvalue())  # noqa: S314 (our own, not from elsewhere)
    used = {found for element in root.iter() for value in element.attrib.values() for found in _USED.findall(value)}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        element.attrib.update(_rewrite(element.attrib, name))
        _drop(element, used, name)
    width, height = (round(size * POINTS_PER_INCH) for size in figure.get_size_inches())
    described = {"role": "img", "aria-label": escape_controls(alt), "class": kind}
    root.attrib.update({"width": str(width), "height": str(height), **described})
    root.attrib.pop("version", None)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode").replace(f' xmlns="{SVG}"', "", 1)


def _rewrite(attributes: Mapping[str, str], name: str) -> dict[str, str]:
    """Return attributes with short numbers, the page's colours and font, and links that lead into this figure."""
    return {key: _rewrite_value(key, value, name) for key, value in attributes.items() if key != _NAMED}


def _rewrite_value(key: str, value: str, name: str) -> str:
    if key in ("style", "fill", "stroke"):
        value = _FONT.sub(_leave_font, value)
        for color, variable in VARIABLES.items():
            value = value.replace(color, f"var({variable})")
    if "url(#" in value or key.endswith("href"):
        return _USED.sub(rf"#{name}-\1", value)
    return _LONG.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value)


def _leave_font(found: re.Match[str]) -> str:
    """Keep size and weight; the family is the page's."""
    weight, size = found.groups()
    if size is None:
        return ""
    return f"font-weight: {weight}; font-size: {size}px" if weight else f"font-size: {size}px"


def _drop(element: ET.Element, used: set[str], name: str) -> None:
    """Name what something refers to, and nothing else."""
    own = element.attrib.pop(_NAMED, None)
    if own in used:
        element.set(_NAMED, f"{name}-{own}")
    link = element.attrib.pop(f"{{{XLINK}}}href", None)
    if link is not None:
        element.set("href", link)
