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
        console.print(convert_table(shown, width) if isinstance(shown, Table) else shown, **settings)
    return capture.get()


def print_table(table: Table) -> str:
    """What Rich prints of a table, without the blanks that fill its lines."""
    return "".join(f"{line.rstrip()}\n" for line in print_richly(table).splitlines())


def join(lines: list[str] | None) -> str | None:
    return None if lines is None else "".join(f"{line}\n" for line in lines)


@given(TEXTS)
@example("\\[red]\\")
@example("[[red]")
def test_what_is_escaped_is_what_is_printed(text: str) -> None:
    shown = escape(escape_controls(text))
    assert Text.from_markup(shown, emoji=False).plain == strip(shown)


@given(MARKED, st.booleans())
@settings(max_examples=30)
def test_a_line_is_what_rich_prints(text: str, soft_wrap: bool) -> None:
    assert join(format_text(text, None if soft_wrap else PIPE_WIDTH)) == print_richly(text, soft_wrap=soft_wrap)


@given(TEXTS)
@settings(max_examples=30)
def test_a_line_without_markup_is_what_rich_prints(text: str) -> None:
    assert join(format_text(text, None, markup=False)) == print_richly(text, soft_wrap=True, markup=False)


@given(st.lists(st.tuples(MARKED, MARKED, MARKED), max_size=4), st.none() | MARKED, st.none() | MARKED)
@settings(max_examples=30)
def test_a_table_is_what_rich_prints(rows: list[tuple[str, str, str]], title: str | None, caption: str | None) -> None:
    table = open_table("image", title=title, caption=caption)
    table.add_column("", justify="right")
    table.add_column("model [dim]file[/]", folds=True)
    for row in rows:
        table.add_row(*row)
    lines = format_table(table, PIPE_WIDTH)
    assert lines is None or join(lines) == print_table(table)


@given(st.lists(st.tuples(MARKED, MARKED), min_size=1, max_size=4))
@settings(max_examples=30)
def test_a_grid_is_what_rich_prints(rows: list[tuple[str, str]]) -> None:
    grid = open_grid()
    for row in rows:
        grid.add_row(*row)
    lines = format_table(grid, PIPE_WIDTH)
    assert lines is None or join(lines) == print_table(grid)


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
    assert capsys.readouterr().out == print_table(table)


NAMES = ("exports/model_int8.tflite", "exports/a_name_that_takes_some_room.onnx", "x.c")


def make_wide_table() -> Table:
    table = open_table(title="3 models")
    table.add_column("model", folds=True)
    for spare, heading in enumerate(("accuracy", "agreement", "largest difference"), 1):
        table.add_column(heading, justify="right", spare=spare)
    table.add_column("verdict")
    for name in NAMES:
        table.add_row(name, "97.87 %", "100.00 %", "0.00063", "not compared")
    return table


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (120, ["model", "accuracy", "agreement", "largest", "difference", "verdict"]),
        (80, ["model", "accuracy", "agreement", "verdict"]),
        (70, ["model", "accuracy", "verdict"]),
        (60, ["model", "verdict"]),
    ],
)
def test_a_narrow_terminal_keeps_names_and_verdicts_whole(width: int, headings: list[str]) -> None:
    lines = print_richly(make_wide_table(), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert lines[2].split() == headings
    for name in NAMES:
        assert any(f"{name} " in line and line.rstrip().endswith("not compared") for line in lines)


def test_a_terminal_that_is_narrower_than_a_name_folds_it() -> None:
    lines = print_richly(make_wide_table(), width=40).splitlines()
    assert max(map(len, lines)) <= 40
    assert sum("not compared" in line for line in lines) == len(NAMES)
    assert "".join(line[1:25].strip() for line in lines if "a_name" in line or "room" in line) == NAMES[1]


def test_what_is_said_beside_names_is_folded_before_they_are() -> None:
    table = open_table()
    table.add_column("image", folds=True)
    table.add_column("why")
    table.add_row(NAMES[1], "a reason that takes some more words than there is room for")
    lines = print_richly(table, width=60).splitlines()
    assert any(f" {NAMES[1]} " in line for line in lines)
    assert not any("…" in line for line in lines)


def test_a_pipe_that_asks_for_colours_gets_them(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    open_console().print("[red]differs[/]")
    assert capsys.readouterr().out == "\x1b[31mdiffers\x1b[0m\n"
