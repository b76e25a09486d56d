"""A report as a model card: front matter that model hubs read, and a page about the models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edgemnist.quiet import loading
from edgemnist.reporting.report import CARD_INSTALL, MARK
from edgemnist.reporting.report.facts import Facts, list_facts
from edgemnist.reporting.report.markdown import escape, list_reasons, tabulate
from edgemnist.reporting.report.view import list_rows
from edgemnist.reporting.tables import phrase_images
from edgemnist.results.folder_report import FolderReport, ReportedModel
from edgemnist.text import escape_controls

TASK = "image-classification"
TAGS = {"keras": "keras", "tflite": "tflite", "onnx": "onnx", "c": "c"}
# The data set of this package, as hubs know it.
KNOWN_DATA = "mnist"


def write_card(found: FolderReport) -> str:
    """Return the card.

    Args:
        found: What was gathered.

    Raises:
        PackageMissing: The hub's package isn't installed.
    """
    with loading("huggingface_hub", CARD_INSTALL):
        from huggingface_hub import ModelCard
    front = _make_front(found).to_yaml()
    text = f"---\n# {MARK}\n{front}\n---\n\n{_write_body(found)}"
    ModelCard(text)  # reads it, as a hub does
    return text


def _make_front(found: FolderReport) -> Any:
    """Return what hubs read: accuracies are those of the whole test set, or left out."""
    from huggingface_hub import EvalResult, ModelCardData

    measured = [model for model in found.models if model.verdict.measurement]
    data = escape_controls(found.verification.data)
    whole = measured if found.verification.limit is None else []
    results = [EvalResult(TASK, data, data, "accuracy", _round(model), dataset_split="test",
                          metric_name=escape_controls(model.name)) for model in whole]  # fmt: skip
    formats = dict.fromkeys(TAGS[format] for model in measured if (format := model.verdict.format) in TAGS)
    precisions = sorted({model.verdict.measurement.precision for model in measured if model.verdict.measurement})
    return ModelCardData(
        model_name=escape_controls(found.name),
        library_name="edgemnist",
        pipeline_tag=TASK,
        tags=[*formats, *precisions],
        metrics=["accuracy"] if results else None,
        datasets=[KNOWN_DATA] if data == KNOWN_DATA else None,
        eval_results=results or None,
    )


def _round(model: ReportedModel) -> float:
    assert model.verdict.measurement is not None
    return round(model.verdict.measurement.score.accuracy, 6)


def _write_body(found: FolderReport) -> str:
    labels = ", ".join(map(escape, found.labels))
    rows = list_rows(found)
    parts = [
        f"# {escape(found.name)}",
        f"Image classifiers in {len(rows)} files, for these classes: {labels}." if labels else "Image classifiers.",
        "## Files",
        f"Each file ran {phrase_images(found.verification.limit)} of {escape(found.verification.data)} in its own "
        "runtime, and was compared with the model that it was made from, where that is known: "
        f"{found.verification.count()}.",
        tabulate(rows),
        *list_reasons(found),
        "## Use",
        *_list_uses(found),
        "## Limits",
        "The accuracy is that on this test set; other pictures, and other preparation of them, give another. "
        "What the files may be used for isn't stated here: add a license to the front matter.",
        "## Provenance",
        *map(_write_facts, list_facts(found)),
    ]
    return "\n\n".join(parts) + "\n"


def _list_uses(found: FolderReport) -> Iterator[str]:
    """Yield what each file takes, and how to try one."""
    measured = [(model, one) for model in found.models if (one := model.verdict.measurement)]
    yield "\n".join(f"* {escape(model.name)} takes {escape(one.input)}" for model, one in measured)
    if found.verification.passed and measured:
        least = min(measured, key=lambda pair: pair[1].size_bytes)[0]
        yield f"```sh\nedgemnist predict {_quote(least.name)} digit.png\n```"


def _quote(name: str) -> str:
    """Return a file name as a shell's argument within a block of code, which no name ends."""
    from edgemnist.text import quote_argument

    return quote_argument(name).replace("`", "'")


def _write_facts(facts: Facts) -> str:
    lines = [f"* {escape(name)}: {escape(value)}" for name, value in facts.lines]
    return "\n".join([f"**{escape(facts.name)}** `{facts.sha256}`", "", *lines])
