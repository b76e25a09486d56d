"""In a pipe, lines and tables are what Rich would print, and Rich isn't loaded for them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.text import Text

from edgemnist.reporting.console import PIPE_WIDTH, open_console
from edgemnist.reporting.markup import escape, strip
from edgemnist.reporting.plain import format_table, format_text
from edgemnist.reporting.rich_console import convert_table, open_rich_console
from edgemnist.reporting.tables import Table, open_grid, open_table
from edgemnist.text import escape_controls

# Letters of one, two and no columns, what is markup, and what is no letter at all.
TEXTS = st.text(st.sampled_from([*"aé…µ─日\u0301👍[]/\\@#=(3 \n\x1b\u202e"]) | st.characters(), max_size=20)
MARKED = st.builds("[bold]{}[/]  {}".format, TEXTS.map(escape), TEXTS.map(escape)) | TEXTS.map(escape)


def print_richly(shown: str | Table, *, width: int = PIPE_WIDTH, **settings: bool) -> str:
    console = open_rich_console(stderr=False, width=width)
    with console.capture() as capture:
        console.print(convert_table(shown) if isinstance(shown, Table) else shown, **settings)
    return capture.get()


def join(lines: list[str] | None) -> str | None:
    return None if lines is None else "".join(f"{line}\n" for line in lines)


@given(TEXTS)
@example("\\[red]\\")
@example("[[red]")
def test_what_is_escaped_is_what_is_printed(text: str) -> None:
    shown = escape(escape_controls(text))
    assert Text.from_markup(shown, emoji=False).plain == strip(shown)


@given(MARKED, st.booleans())
@settings(deadline=None, max_examples=30)
def test_a_line_is_what_rich_prints(text: str, soft_wrap: bool) -> None:
    assert join(format_text(text, None if soft_wrap else PIPE_WIDTH)) == print_richly(text, soft_wrap=soft_wrap)


@given(TEXTS)
@settings(deadline=None, max_examples=30)
def test_a_line_without_markup_is_what_rich_prints(text: str) -> None:
    assert join(format_text(text, None, markup=False)) == print_richly(text, soft_wrap=True, markup=False)


@given(st.lists(st.tuples(MARKED, MARKED, MARKED), max_size=4), st.none() | MARKED, st.none() | MARKED)
@settings(deadline=None, max_examples=30)
def test_a_table_is_what_rich_prints(rows: list[tuple[str, str, str]], title: str | None, caption: str | None) -> None:
    table = open_table("image", title=title, caption=caption)
    table.add_column("", justify="right")
    table.add_column("model [dim]file[/]", folds=True)
    for row in rows:
        table.add_row(*row)
    lines = format_table(table, PIPE_WIDTH)
    assert lines is None or join(lines) == print_richly(table)


@given(st.lists(st.tuples(MARKED, MARKED), min_size=1, max_size=4))
@settings(deadline=None, max_examples=30)
def test_a_grid_is_what_rich_prints(rows: list[tuple[str, str]]) -> None:
    grid = open_grid()
    for row in rows:
        grid.add_row(*row)
    lines = format_table(grid, PIPE_WIDTH)
    assert lines is None or join(lines) == print_richly(grid)


def make_table(cell: str = "model.onnx", title: str | None = None) -> Table:
    table = open_table("model", "verdict", title=title)
    table.add_row(cell, "passed")
    return table


def test_usual_tables_need_no_rich() -> None:
    assert format_table(make_table(title="2 models"), PIPE_WIDTH) is not None


@pytest.mark.parametrize(
    "table", [make_table(title="a title that is longer than its table"), make_table(PIPE_WIDTH * "a")]
)
def test_what_must_be_folded_is_left_to_rich(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    assert format_table(table, PIPE_WIDTH) is None
    open_console().print(table)
    assert capsys.readouterr().out == print_richly(table)


def test_a_pipe_that_asks_for_colours_gets_them(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    open_console().print("[red]differs[/]")
    assert capsys.readouterr().out == "\x1b[31mdiffers\x1b[0m\n"
