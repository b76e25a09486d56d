"""Answers of two machines compared: what `diff` calls where one of its files holds saved answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgemnist.cli.options import Outcome


def diff_saved(first: Path, second: Path, as_json: bool, **settings: Any) -> Outcome:
    """Compare saved answers with others, or with a model file that is run here.

    Args:
        first, second: As `edgemnist.diff_answers` takes them.
        as_json: Print the document.
        settings: Keyword arguments of `edgemnist.diff_answers`.
    """
    from edgemnist.reporting.answer_differences import show_answer_difference
    from edgemnist.reporting.documents import SCHEMA
    from edgemnist.workflows.diff_answers import diff_answers

    found = diff_answers(first, second, **settings)
    document = {"schema": SCHEMA, **found.to_record(), "error": None}
    return Outcome(as_json, document, lambda: show_answer_difference(found), found.exit_status)
