"""Which forms an `export` writes: those that its parameters name, and that something here can check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.contract.scores import BINARY
from edgemnist.errors import NotInstalled, UsageError
from edgemnist.exporters import ALL_FORMS, ARRAY_FORMS, FORMS, Form, Options, check_options, find_form
from edgemnist.runtimes import find_runtime
from edgemnist.text import phrase_call


def choose_forms(format: str | None, quantize: str | None, all: bool, options: Options) -> list[Form]:
    """Return the rows that a command names. With `all`, forms that can't have these options are left out.

    Raises:
        UsageError: nothing is named, too much is, or the form can't have these options.
    """
    if all:
        if quantize:
            raise UsageError("`all` makes every mode, `quantize` names one", "leave one of them out")
        if format:
            find_form(format)
        named = [form for form in (*FORMS, *ARRAY_FORMS) if form.format == format] if format else list(FORMS)
        check_options(named, options)
        return [form for form in named if not options.raw_input or form.precision != "int16x8"]
    if format is None:
        hint = f"{phrase_call('export', format='tflite')}, or {phrase_call('export', all=True)}"
        raise UsageError("no format given", hint)
    form = find_form(format, quantize)
    check_options([form], options)
    return [form]


def leave_out(forms: list[Form], report: Callable[[Form, str], None]) -> list[Form]:
    """Drop the forms that no installed runtime can run: a machine without a compiler still gets all others.

    Raises:
        NotInstalled: it gets none.
    """
    entries = {form: find_runtime(Path(form.name_file("model"))) for form in forms}
    for form, entry in entries.items():
        if not entry.ready:
            report(form, entry.install)
    ready = [form for form, entry in entries.items() if entry.ready]
    if not ready:
        raise NotInstalled("nothing is installed that could check a form", next(iter(entries.values())).install)
    return ready


def need_calibration(forms: Sequence[Form]) -> bool:
    """True if any of the forms is calibrated."""
    return any(form.calibrated for form in forms)


def check_calibration(forms: Sequence[Form], count: int | None) -> None:
    """Refuse a number of images that is out of range, or that nothing asks for.

    Raises:
        UsageError: So it is.
    """
    if count is None:
        return
    if count < 1:
        raise UsageError(f"`calibration_images={count}` is out of range, expected 1 or more")
    if not need_calibration(forms):
        names = dict.fromkeys(form.precision for form in ALL_FORMS if form.calibrated)
        raise UsageError(
            f"`calibration_images` is for {', '.join(names)}: nothing else is calibrated or rounded",
            "leave `calibration_images` out",
        )


def keep_possible(
    forms: list[Form], format: str | None, contract: Contract, report: Callable[[str], None]
) -> list[Form]:
    """Drop the forms that a source has not, where there are others; else each of them says why it can't be made.

    Args:
        forms: All that something here can check.
        format: Format of the source.
        contract: The source's.
        report: Called with what is left out though a model of other outputs has it.
    """
    made = [form for form in forms if form.can_be_made_from(format, contract.precision)]
    possible = [form for form in made if form.file_format != "c"] if contract.output.kind in BINARY else made
    if len(possible) < len(made) and possible:
        report("one score for two classes: C, which takes one a class, is left out")
    return possible or made or forms
