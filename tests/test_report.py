"""`report`: what is gathered of a folder, and the page and the comment that are written of it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemnist.comparison.distributions import Distribution, StoredRange, measure_distributions
from edgemnist.comparison.pairing import Model
from edgemnist.errors import ModelError, PackageMissing, RuntimeCrash, UsageError, WriteError
from edgemnist.files import hash_bytes
from edgemnist.formats.traces import Grid, Place, TracedLayer
from edgemnist.formats.weights import LayerWeights, ModelWeights
from edgemnist.reporting.report import MARK, render
from edgemnist.reporting.report.figures.confusion import draw_confusion
from edgemnist.reporting.report.figures.ranges import draw_distribution
from edgemnist.reporting.report.sections import SECTIONS
from edgemnist.results.folder_report import Family, FolderReport
from edgemnist.text import escape_lines
from edgemnist.workflows.report import PAGE, report
from edgemnist.workflows.reports.facts import _list_values
from tests.conftest import ROOT, sample

EXPORTS = ROOT / "exports"
FORMS = ("small_int8.tflite", "small_int8.onnx")
MOST_BYTES = 3_000_000


def copy_forms(folder: Path, *names: str) -> Path:
    """Copy released forms with the manifest and their source's stored answers."""
    folder.mkdir(exist_ok=True)
    answers = [path.name for path in EXPORTS.glob("small*_answers_*.npz")]
    for name in (*names, "manifest.json", *answers):
        shutil.copyfile(EXPORTS / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> FolderReport:
    """Two forms without their source's file: nothing loads TensorFlow."""
    return report(copy_forms(tmp_path_factory.mktemp("forms") / "digits", *FORMS))


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> FolderReport:
    """A source and its forms, one of them with damaged weights."""
    folder = copy_forms(
        tmp_path_factory.mktemp("family") / "digits", "small.keras", "small_int8.h", "small_int8.c", *FORMS
    )
    content = bytearray((folder / "small_int8.tflite").read_bytes())
    content[12_000:13_500] = bytes(1_500)
    (folder / "small_int8.tflite").write_bytes(content)
    return report(folder, corruptions=True, corrupted_images=20)


class Page(HTMLParser):
    """The elements of a page, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]

    def tags(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


# -------------------------------------------------------------------------------------------------------------- record


def test_the_numbers_are_those_of_the_verdicts(forms: FolderReport) -> None:
    assert [model.name for model in forms.models] == [*FORMS]
    for model in forms.models:
        measurement = model.verdict.measurement
        assert measurement is not None
        assert measurement.comparison is not None
        confusion = np.array(model.confusion)
        assert confusion.shape == (10, 11)
        assert confusion.sum() == 10_000
        assert np.trace(confusion) == measurement.score.hits
        assert model.sha256 == hashlib.sha256((Path(forms.folder) / model.name).read_bytes()).hexdigest()
        moved = [flip for flip in forms.flips for answer in flip.answers if answer.model == model.name]
        assert len(moved) == measurement.comparison.moved
    assert forms.exit_status == 0


def test_each_flip_has_its_image_and_both_answers(forms: FolderReport, dataset: Any) -> None:
    assert [flip.index for flip in forms.flips] == sorted({flip.index for flip in forms.flips})
    for flip in forms.flips:
        assert flip.pixels is not None
        assert (flip.pixels == dataset.test.images[flip.index]).all()
        assert flip.label == str(dataset.test.labels[flip.index])
        assert all(answer.answer != flip.answer for answer in flip.answers)


def test_json_has_all_numbers_and_no_time(forms: FolderReport) -> None:
    document = json.loads(json.dumps(forms.to_record(), allow_nan=False))
    first = document["models"][0]
    assert np.array(first["confusion"]).sum() == 10_000
    assert first["provenance"]["source"]["name"] == "small.keras"
    assert first["parameters"] == 15_786
    assert "seconds" not in first
    assert all(len(flip["answers"]) for flip in document["flips"])


@pytest.mark.slow
def test_corrupted_images_of_each_form_are_drawn_beside_those_of_the_source(family: FolderReport) -> None:
    forms = [model.verdict.measurement for model in family.models if model.name != "small.keras"]
    kinds = [one.name for one in forms[0].robustness.kinds]
    figures = [one["aria-label"] for one in Page(family.text).tags("svg")]
    drawn = [label for label in figures if label.startswith("Accuracy in percent by strength of ")]
    assert [label.split(":")[0].rpartition(" ")[2] for label in drawn] == kinds
    first = forms[0].robustness.kinds[0]
    assert ", ".join(f"{100 * one.source_accuracy:.1f}" for one in first.strengths) in drawn[0]


@pytest.mark.slow
def test_layers_ranges_and_training_of_a_family(family: FolderReport) -> None:
    (found,) = family.families
    assert found.source == "small.keras"
    assert not found.notes
    damaged, onnx, c = found.differences
    assert damaged.diverging is not None
    assert damaged.diverging.first == "hidden"
    assert onnx.diverging is c.diverging is None
    weights = next(one for one in found.distributions if (one.layer, one.value) == ("hidden", "weights"))
    assert sum(weights.counts) == 12_800
    holds = {one.model: one for one in weights.ranges}
    assert holds.keys() == {"small_int8.tflite", "small_int8.onnx", "small_int8.c"}
    assert holds["small_int8.c"].high == pytest.approx(holds["small_int8.onnx"].high, rel=1e-3)
    assert max(abs(weights.low), weights.high) == pytest.approx(holds["small_int8.onnx"].high, rel=0.01)
    training = family.models[0].training
    assert training is not None
    assert len(training.loss) == len(training.accuracy) == 60
    assert family.exit_status == 1


def make_model(name: str, kernel: np.ndarray, step: float, output: np.ndarray, grid: Grid | None) -> Model:
    layer = TracedLayer("a", "dense", None, Place("out", grid))
    steps = np.full(kernel.shape, step, np.float32)
    levels = 127 if step else 0
    bias = np.zeros(kernel.shape[-1], np.float32)
    weights = LayerWeights("a", "dense", kernel, bias, steps, bias, "int8", "int8", levels)
    return Model(name, name, has_source=True, layers=(layer,), weights=ModelWeights((weights,)), values={"out": output})


def test_ranges_say_what_is_clipped() -> None:
    kernel = np.array([[-1.0, 0.5], [3.0, 1.0]], np.float32)
    outputs = np.array([[0.0, 1.0], [2.0, 9.0]], np.float32)
    source = make_model("source", kernel, 0, outputs, None)
    form = make_model("form", kernel, 0.01, outputs.astype(np.int8), Grid(0.02, -128, -128, 127))
    weights, given = measure_distributions(source, [form])
    assert (weights.low, weights.high, sum(weights.counts)) == (-1.0, 3.0, 4)
    assert weights.ranges[0].high == pytest.approx(1.27)
    assert weights.ranges[0].outside == 0.25
    assert (given.ranges[0].low, given.ranges[0].high) == pytest.approx((0, 5.1))
    assert given.ranges[0].outside == 0.25
    assert measure_distributions(source, [source]) == ()


def test_values_that_are_nearly_or_all_alike_are_counted_and_drawn() -> None:
    kernel = np.nextafter(np.ones((2, 2), np.float32), [[1, 2], [1, 1]], dtype=np.float32)
    outputs = np.full((2, 2), 3.0, np.float32)
    form = make_model("form", kernel, 0.01, outputs.astype(np.int8), Grid(0.02, -128, -128, 127))
    found = measure_distributions(make_model("source", kernel, 0, outputs, None), [form])
    assert [(one.value, one.counts[0], sum(one.counts)) for one in found] == [("weights", 3, 4), ("output", 4, 4)]
    assert all(draw_distribution(one, "range").startswith("<svg") for one in found)


@pytest.mark.slow
def test_copies_of_a_file_have_their_own_names(tmp_path: Path) -> None:
    folder = copy_forms(tmp_path / "digits", "small.keras", "small_int8.tflite")
    shutil.copyfile(folder / "small_int8.tflite", folder / "a.tflite")
    (family,) = report(folder, limit=20, format="markdown").families
    names = ["a.tflite", "small_int8.tflite"]
    assert [Path(one.second.model).name for one in family.differences] == names
    assert [one.model for one in family.distributions[0].ranges] == names


def test_of_many_classes_some_are_named_and_all_mistakes_drawn() -> None:
    confusion = [[9 * (row == column) + (column == row + 1) for column in range(301)] for row in range(300)]
    labels = [f"class {place}" for place in range(300)]
    svg = draw_confusion(confusion, labels, "matrix", "alt")
    assert 40 < svg.count("<text") < 100
    assert svg.count("z") > 300


def test_a_history_with_gaps_is_left_out() -> None:
    assert _list_values([{"loss": 1.0}, {"loss": 0.5}], "loss") == (1.0, 0.5)
    assert _list_values([{"loss": 1.0}, {}], "loss") == ()
    assert _list_values([{"loss": float("nan")}], "loss") == ()


# ---------------------------------------------------------------------------------------------------------------- page


def test_the_page_needs_no_network_and_runs_one_script(forms: FolderReport) -> None:
    page = Page(forms.text)
    loaded = [*page.values("src"), *page.values("href")]
    assert loaded
    assert all(one.startswith(("#", "data:image/png;base64,")) for one in loaded)
    assert not re.search(r"url\((?!#)|@import", forms.text)
    (policy,) = [one["content"] for one in page.tags("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    (script,) = re.findall(r"<script>(.*?)</script>", forms.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy
    assert forms.written is not None
    assert forms.written.read_text() == forms.text
    assert len(forms.text.encode()) < MOST_BYTES


def test_figures_are_svg_with_text_names_of_their_own_and_the_colors_of_the_page(forms: FolderReport) -> None:
    figures = re.findall(r"<svg.*?</svg>", forms.text, re.DOTALL)
    assert len(figures) >= 4  # sizes twice, a matrix that both have, reliability
    for figure in figures:
        root = ET.fromstring(figure)
        assert root.get("role") == "img"
        assert root.get("aria-label")
        assert any(element.tag == "text" for element in root.iter())
        assert not re.search(r"#0[0-9a-f]{5}|font-family|<style|<metadata", figure)
    names = Page(forms.text).values("id")
    assert len(names) == len(set(names))
    links = {one.removeprefix("#") for one in Page(forms.text).values("href") if one.startswith("#")}
    assert links <= set(names)
    assert set(re.findall(r"url\(#([^)]*)\)", forms.text)) <= set(names)


def test_each_section_says_what_it_shows_and_what_to_do_and_empty_ones_are_left_out(forms: FolderReport) -> None:
    shown = [one["id"] for one in Page(forms.text).tags("section")]
    # Without its source, a form has no layers beside it; nothing was trained or corrupted here.
    assert shown == ["verdicts", "sizes", "confusion", "flips", "reliability", "provenance"]
    assert forms.text.count("<strong>If it looks bad:</strong>") == len(shown)
    for section in SECTIONS:
        assert section.shows.endswith(".")
        assert section.remedy.endswith(".")


def test_the_same_files_give_the_same_bytes(forms: FolderReport, tmp_path: Path) -> None:
    again = report(copy_forms(tmp_path / "digits", *FORMS))
    assert again.text == forms.text
    both = [{**one.to_record(), "folder": None, "written": None} for one in (forms, again)]
    for document, folder in zip(both, (forms.folder, again.folder), strict=True):
        for model in document["models"]:
            model["model"] = model["model"].removeprefix(folder)
    assert both[0] == both[1]


NASTY = (
    "<script>alert(1)</script>", "$x^2$", "a&b", '"><img src=x>', "e\x1b[31m", "#010101", "g\uffff",
    "h\udcff", "i", "j" * 40,
)  # fmt: skip


def rename(found: FolderReport) -> FolderReport:
    """The same numbers, with names as someone might choose them who wants to write into the page."""
    models = []
    for model in found.models:
        measurement = model.verdict.measurement
        assert measurement is not None
        changed = dataclasses.replace(measurement, labels=NASTY, runtime="<b>bold</b>")
        verdict = dataclasses.replace(model.verdict, measurement=changed, reasons=("<i>because</i>",))
        models.append(dataclasses.replace(model, name=f"<u>\udcff{model.name}", verdict=verdict))
    ranges = (StoredRange(models[0].name, -1, 1, 0.5, 0.25),)
    spread = (Distribution("l\x02<u>", "weights", -2, 2, (1, 2), ranges),)
    families = (Family("\x1b<u>.keras", tuple(model.name for model in models), distributions=spread),)
    flips = tuple(dataclasses.replace(flip, label=NASTY[0], source=NASTY[3]) for flip in found.flips)
    return dataclasses.replace(found, models=tuple(models), families=families, flips=flips, folder="/<script>")


@pytest.mark.parametrize("format", [sample("html"), "markdown"])
def test_names_from_elsewhere_are_texts(forms: FolderReport, format: Any) -> None:
    text = render(rename(forms), format)
    tags = {tag for tag, _ in Page(text).elements}
    assert not tags & {"u", "i"}
    assert "<img src=x>" not in text
    assert escape_lines(text) == text
    text.encode()
    assert text.count("<script>") == (1 if format == "html" else 0)
    if format == "html":
        assert "$x^2$" in text
        assert "#010101" in text


def make_benchmark(model: str, sha256: str, *, emulated: bool = False, median: Any = 12.5) -> dict[str, Any]:
    rounds = [{"median_us": median}, {"median_us": 14.5}]
    chip = {"flash_bytes": 24_000, "ram_bytes": 900, "stack_bytes": 56, "instructions_per_image": 770_000.4}
    return {
        "model": f"elsewhere/{model}", "runtime": "cortex-m4" if emulated else "litert", "sha256": sha256,
        "batches": [] if emulated else [{"batch": 1, "rounds": rounds}], "emulated": emulated, "accuracy": 0.99,
        **(chip if emulated else dict.fromkeys(chip)),
    }  # fmt: skip


def test_a_file_that_crashes_what_counts_its_layers_is_in_the_report(tmp_path: Path, monkeypatch: Any) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeCrash("the file crashed what counts its layers")

    monkeypatch.setattr("edgemnist.workflows.report.find_complexity", crash)
    found = report(copy_forms(tmp_path / "digits", FORMS[1]), format="markdown", limit=50)
    assert [(one.name, one.complexity.parameters) for one in found.models] == [(FORMS[1], None)]
    assert FORMS[1].replace("_", r"\_") in found.text


def test_times_and_chips_are_those_of_a_benchmark_of_the_same_files(command, tmp_path: Path) -> None:
    folder = copy_forms(tmp_path / "digits", *FORMS)
    tflite, onnx = (hash_bytes((folder / name).read_bytes()) for name in FORMS)
    rows = [make_benchmark(FORMS[0], tflite), make_benchmark(FORMS[0], tflite, emulated=True),
            make_benchmark(FORMS[1], onnx[::-1])]  # fmt: skip
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"machine": {"name": "A <b>chip</b>"}, "rows": rows}))
    outcome = command("report", folder, "--limit", 200, "--benchmark", run, "--json")
    found = json.loads(outcome.stdout)["benchmark"]
    assert found["latencies"] == [
        {"model": FORMS[0], "runtime": "litert", "median_us": 13.5, "low_us": 12.5, "high_us": 14.5}
    ]
    assert [chip["flash_bytes"] for chip in found["chips"]] == [24_000]
    assert found["notes"] == [f"{FORMS[1]}: the benchmark is of another file of that name, and left out"]
    text = (folder / PAGE).read_text()
    assert "Timed on A &lt;b&gt;chip&lt;/b&gt;." in text
    assert {"latencies", "chips"} < {one["id"] for one in Page(text).tags("section")}
    assert "770,000" in text


def test_a_benchmark_of_other_files_is_said_on_the_page(command, tmp_path: Path) -> None:
    folder, run = copy_forms(tmp_path / "digits", FORMS[1]), tmp_path / "run.json"
    run.write_text(json.dumps({"machine": {"name": "x"}, "rows": [make_benchmark("a.onnx", "7")]}))
    assert command("report", folder, "--limit", 20, "--benchmark", run).status == 0
    text = (folder / PAGE).read_text()
    assert "none of its rows is of a file of this folder" in text
    assert "latencies" not in {one["id"] for one in Page(text).tags("section")}
    run.write_text(json.dumps({"machine": None, "rows": [], "error": {"message": "it broke"}}))
    assert "that benchmark ended with an error: it broke" in command("report", folder, "--benchmark", run).stderr


@pytest.mark.parametrize("rows", [None, [{}], [make_benchmark("a.c", "1", median="fast")],
                                  [make_benchmark("a.c", "1", median=float("inf"))]])  # fmt: skip
def test_what_is_no_benchmark_is_refused_before_any_work(rows: Any, tmp_path: Path) -> None:
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"machine": {"name": "x"}, "rows": rows}))
    with pytest.raises(UsageError, match="not what edgemnist benchmark prints"):
        report(EXPORTS, output=tmp_path / "x.html", benchmark=run, report=lambda path: pytest.fail("a model was run"))


# ------------------------------------------------------------------------------------------------------------ Markdown


def test_markdown_is_printed_and_written_where_it_is_asked_for(command, tmp_path: Path) -> None:
    folder = copy_forms(tmp_path / "digits", *FORMS)
    printed = command("report", folder, "--format", "markdown", "--limit", 200)
    assert printed.status == 0
    lines = printed.stdout.splitlines()
    assert lines[2] == "## digits: 0 of 2 passed, 2 partial"
    assert "| small\\_int8.tflite | – partial | int8 | 25 kB | 100.00 % | +0.00 | 100.00 % | 0 |" in lines
    assert not (folder / PAGE).exists()
    written = command("report", folder, "--format", "markdown", "--limit", 200, "--output", tmp_path / "comment.md")
    assert (tmp_path / "comment.md").read_text() == printed.stdout
    assert str(tmp_path / "comment.md") in written.stdout


# ---------------------------------------------------------------------------------------------------------- model card


def test_a_model_card_is_what_hubs_read(forms: FolderReport) -> None:
    hub = pytest.importorskip("huggingface_hub", reason="pip install 'edgemnist[card]'")
    text = render(rename(forms), "model-card")
    card = hub.ModelCard(text)
    assert card.data.pipeline_tag == "image-classification"
    assert card.data.tags == ["tflite", "onnx", "int8"]
    assert card.data.datasets == ["mnist"]
    accuracies = {result.metric_name: result.metric_value for result in card.data.eval_results}
    assert accuracies == dict.fromkeys((f"<u>\\xff{name}" for name in FORMS), 0.9936)
    assert MARK in text[:200]
    prose = re.sub(r"```.*?```", "", card.text, flags=re.DOTALL)  # what is in code is text as it is
    assert not {tag for tag, _ in Page(prose).elements} - {"details", "summary"}


def test_a_card_has_no_accuracy_of_a_part_of_the_images(tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub", reason="pip install 'edgemnist[card]'")
    found = report(copy_forms(tmp_path / "digits", "small_int8.tflite"), format="model-card", limit=100)
    assert hub.ModelCard(found.text).data.eval_results is None


# ------------------------------------------------------------------------------------------------------------ mistakes


def test_a_report_is_written_over_and_nothing_else_is(command, tmp_path: Path) -> None:
    folder = copy_forms(tmp_path / "digits", "small_int8.tflite")
    own = tmp_path / "own.html"
    own.write_text("<h1>mine</h1>")
    outcome = command("report", folder, "--limit", 100, "--output", own)
    assert outcome.status == 2
    assert "is there already, and is no report" in outcome.stderr
    assert "--output" in outcome.stderr
    assert own.read_text() == "<h1>mine</h1>"
    own.write_text(f"<!-- {MARK} --> an old one")
    assert command("report", folder, "--limit", 100, "--output", own).status == 0
    assert "small_int8.tflite" in own.read_text()


def test_what_is_no_folder_of_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is one file, where a folder") as file:
        report(EXPORTS / "model.onnx")
    assert "edgemnist verify" in file.value.hint
    with pytest.raises(UsageError, match="no such folder"):
        report(tmp_path / "none")
    with pytest.raises(ModelError, match="no model files in this folder"):
        report(tmp_path)
    assert not [*tmp_path.iterdir()]
    with pytest.raises(UsageError, match="expected one of html, markdown, model-card"):
        report(tmp_path, format="pdf")  # type: ignore[arg-type]
    with pytest.raises(WriteError):
        report(EXPORTS, output="/proc/none/report.html")


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_a_missing_package_is_said_before_any_work(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(PackageMissing, match=f"needs {package}") as caught:
        report(EXPORTS, report=lambda path: pytest.fail("a model was run"))
    assert caught.value.hint == "pip install 'edgemnist[report]'"


def test_markdown_needs_neither(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for package in ("jinja2", "matplotlib"):
        monkeypatch.setitem(sys.modules, package, None)
    folder = copy_forms(tmp_path / "digits", "small_int8.tflite")
    assert "small\\_int8.tflite" in report(folder, format="markdown", limit=100).text


def test_files_that_cannot_be_run_are_in_the_report(command, tmp_path: Path) -> None:
    folder = copy_forms(tmp_path / "digits", "small_int8.tflite")
    (folder / "other.tflite").write_bytes(b"no model")
    outcome = command("report", folder, "--limit", 100, "--json")
    assert outcome.status == 2
    document = json.loads(outcome.stdout)
    assert [model["error"] is None for model in document["models"]] == [False, True]
    page = (folder / PAGE).read_text()
    assert "not a TFLite file" in page
    assert document["written"] == str(folder / PAGE)


# ------------------------------------------------------------------------------------------------------------- browser

MEASURES = """
const table = document.querySelector("table.sortable");
const heading = [...table.tHead.rows[0].cells].find((cell) => cell.textContent === arguments[0]);
heading.querySelector("button").click();
return {
  names: [...table.tBodies[0].rows].map((row) => row.cells[0].textContent),
  sort: heading.getAttribute("aria-sort"),
};
"""
ROOM = "return [document.scrollingElement.scrollWidth, window.innerWidth]"
SHOWN = "return [...document.querySelectorAll('svg.wide, svg.narrow')].map((one) => one.getBoundingClientRect().width)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from edgemnist.runtimes.browser import open_browser

    opened = open_browser("--window-size=1440,900")
    yield opened
    opened.quit()


@pytest.mark.slow
def test_the_page_in_a_browser(family: FolderReport, browser: Any) -> None:
    assert family.written is not None
    browser.get(family.written.as_uri())
    shown = {one["id"] for one in Page(family.text).tags("section")}
    assert shown == {section.key for section in SECTIONS} - {"latencies", "chips"}  # nothing was timed
    sizes = {model.name: model.verdict.measurement.size_bytes for model in family.models if model.verdict.measurement}
    for direction, reverse in (("ascending", False), ("descending", True)):
        found = browser.execute_script(MEASURES, "size")
        assert found == {"names": sorted(sizes, key=lambda name: sizes[name], reverse=reverse), "sort": direction}
    for width, narrow in ((1440, False), (820, False), (390, True)):
        settings = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": narrow}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)
        for scheme in ("light", "dark"):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            needed, room = browser.execute_script(ROOM)
            assert needed <= room == width
        wide, thin = browser.execute_script(SHOWN)
        assert (wide == 0, thin == 0) == (narrow, not narrow)
    assert browser.get_log("browser") == []
