"""`diff` names the layer and the cause of each fault that a file can have, in each format: `tests.parting` has both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edgemnist import diff
from edgemnist.formats import ModelFile
from edgemnist.results import Difference
from edgemnist.trust import trust
from tests import parting, plants
from tests.conftest import make_once
from tests.parting import EDGES, FAULTS, FORMS, Plant

CELLS = [
    pytest.param(name, form, id=f"{name}, {form}")
    for name, fault in FAULTS.items()
    for form, plant in fault.plants.items()
    if not isinstance(plant, str)
]


@pytest.fixture(scope="session")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network in each form. Read only!"""
    folder = make_once(tmp_path_factory, "parting", parting.write_forms)
    for name in FORMS.values():
        trust(ModelFile.read(folder / name).hashes)
    return folder


def plant(forms: Path, folder: Path, form: str, change: Plant) -> Path:
    """Write a form with a fault, which the user trusts as his own."""
    source, path = forms / FORMS[form], folder / FORMS[form]
    content = source.read_bytes()
    path.write_bytes(change(content))
    assert path.read_bytes() != content
    if path.suffix == ".c":
        shutil.copy(source.with_suffix(".h"), folder)
    trust(ModelFile.read(path).hashes)
    return path


def compare(forms: Path, form: str, path: Path) -> Difference:
    """Compare a file with the source of that form; what is planted in the source itself, with a file made of it."""
    return diff(forms / FORMS["TFLite" if form == "Keras" else "Keras"], path)


def test_the_table_has_a_cell_for_each_form() -> None:
    assert {name: sorted(fault.plants) for name, fault in FAULTS.items()} == {name: sorted(FORMS) for name in FAULTS}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "form"), CELLS)
def test_a_fault_is_named_with_its_layer(name: str, form: str, forms: Path, tmp_path: Path) -> None:
    fault = FAULTS[name]
    found = compare(forms, form, plant(forms, tmp_path, form, fault.plants[form]))
    row = found.diverging
    assert row is not None
    layer = row.second if form == "Keras" else row.first  # Keras's own name
    assert (layer, row.value, found.causes[0].kind) == (fault.layer, fault.value, fault.kind), found.causes
    assert found.causes[0].hint
    assert found.exit_status == 1


@pytest.mark.slow
@pytest.mark.parametrize("form", [form for form in FORMS if form != "Keras"])
def test_the_honest_forms_have_no_fault(form: str, forms: Path) -> None:
    for other in ("Keras", "TFLite int8"):
        found = diff(forms / FORMS[other], forms / FORMS[form])
        assert found.diverging is None
        assert {cause.kind for cause in found.causes} <= {"precision", "rounding"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "change"),
    [
        ("Keras", parting.pad_keras(0, 1)),
        ("TFLite", plants.pad_before(EDGES, 0, 1)),
        ("TFLite int8", plants.pad_before(EDGES, 0, 1)),
        ("ONNX", plants.pad_onnx_before(0, 0, 1)),
        ("ONNX int8", plants.pad_onnx_before(0, 0, 1)),
    ],
)
def test_a_padding_that_is_a_layer_of_its_own_is_no_fault(
    form: str, change: Plant, forms: Path, tmp_path: Path
) -> None:
    found = compare(forms, form, plant(forms, tmp_path, form, change))
    assert found.diverging is None
    assert found.layers[0].value == "input"
    assert found.layers[0].measures is not None  # of the image as it is before its border is added


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "flag", "limit"), [("shapes", "0", 200), ("hidden", "1", 2000)])
def test_a_layer_that_rounds_once_or_twice_is_named(
    layer: str, flag: str, limit: int, forms: Path, tmp_path: Path
) -> None:
    """Convolutions round twice there, and dense layers once, as LiteRT's reference kernels do."""
    other = "1" if flag == "0" else "0"
    path = plant(forms, tmp_path, "C int8", plants.replace_in(layer, rf"{other}\}}\}};$", flag + "}};"))
    found = diff(forms / FORMS["C int8"], path, limit=limit)
    assert found.exit_status == 0
    (cause,) = found.causes
    assert cause.kind == "rounding"
    assert cause.reason.startswith(f"the output of layer {layer} is the first that differs: ")
    assert "each by one step: one rounds its products once, the other twice" in cause.reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coarse weights", "coarse activations"])
def test_coarse_steps_are_named_on_either_side(name: str, forms: Path, tmp_path: Path) -> None:
    path = plant(forms, tmp_path, "TFLite int8", FAULTS[name].plants["TFLite int8"])
    found = diff(path, forms / FORMS["TFLite"])
    assert [cause.kind for cause in found.causes] == ["coarse steps"]
    assert found.causes[0].reason.count("parts_int8.tflite") == 1
    assert found.reasons[0].endswith("hardly shows it on these images, but its steps are far coarser than needed")


@pytest.mark.slow
def test_a_few_images_do_not_say_that_steps_are_coarse(forms: Path, tmp_path: Path) -> None:
    path = plant(forms, tmp_path, "TFLite int8", parting.rescale_hidden("TFLite int8", 3))
    few, enough = (diff(forms / FORMS["TFLite"], path, limit=limit).layers for limit in (19, 20))
    assert [row.first for row in few if row.coarse] == []
    assert [row.first for row in enough if row.coarse] == ["hidden"]
