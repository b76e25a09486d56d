"""What a picture means: found in the training images, stated, kept in the contract, and obeyed by `predict`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edgemnist import compare, export, load_dataset, predict, train, verify
from edgemnist.contract import Contract, Input, Output, Picture
from edgemnist.contract.picture import DEFAULT_PICTURE
from edgemnist.datasets import Dataset
from edgemnist.datasets.finding import find_picture, take_sample
from edgemnist.datasets.preparation import (
    find_ink,
    fit_picture,
    is_blank,
    prepare_digit,
    prepare_picture,
    turn_ink,
)
from edgemnist.datasets.rows import ArrayRows
from edgemnist.errors import DataError, ModelError, UsageError
from edgemnist.formats import ModelFile
from edgemnist.kits import node
from edgemnist.kits.web.page import BUILT
from edgemnist.workflows import data
from edgemnist.workflows.data import open_data
from edgemnist.workflows.kit import kit as write_kit
from edgemnist.workflows.remembered import remember_data
from tests.conftest import convert_here
from tests.drawings.draw import FOLDER as DRAWINGS
from tests.drawings.draw import draw_shapes, invent, list_drawings, write_shapes
from tests.test_data import list_model
from tests.test_datasets import make_arrays, write_npz
from tests.test_kits import call
from tests.test_page import Page
from tests.test_programs import require_runtime

CONTRACT = Contract(Input("pixels", (784,)), Output("probs"), ("a", "b"))


# ----------------------------------------------------------------------------------------------------- the contract


def test_a_contract_of_digits_in_bright_ink_says_nothing_of_pictures() -> None:
    assert "picture" not in json.loads(CONTRACT.to_json())
    assert Contract.from_json(CONTRACT.to_json()).picture == Picture("digit", "bright")


@pytest.mark.parametrize("preparation", ["digit", "fit", "none"])
@pytest.mark.parametrize("ink", ["bright", "dark", "any"])
def test_a_contract_keeps_what_a_picture_means(preparation: str, ink: str) -> None:
    contract = replace(CONTRACT, picture=Picture(preparation, ink))
    if (preparation, ink) == ("digit", "any"):
        with pytest.raises(ModelError, match="digit"):
            Contract.from_json(contract.to_json())
    else:
        assert Contract.from_json(contract.to_json()) == contract


@pytest.mark.parametrize(
    "picture", [{"preparation": "crop"}, {"ink": "red"}, {"paper": "white"}, "fit", None, [1], {"ink": ["dark"]}]
)
def test_a_picture_that_cannot_be_meant_is_refused(picture: object) -> None:
    fields = {**json.loads(CONTRACT.to_json()), "picture": picture}
    with pytest.raises(ModelError, match="contract inside can't be read"):
        Contract.from_json(json.dumps(fields))


# ------------------------------------------------------------------------------------------------------ the images


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_ink_a_picture_has_the_image_has_the_one_that_is_asked_for(seed: int) -> None:
    (picture,) = invent(1, seed)
    plain = prepare_picture(picture, "fit", "any")
    for ink in ("bright", "dark"):
        image = prepare_picture(picture, "fit", ink)
        assert np.array_equal(image, plain if find_ink(plain) == ink else 255 - plain)
    digit = prepare_picture(picture, "digit", "bright")
    assert np.array_equal(digit, prepare_digit(picture))
    assert np.array_equal(prepare_picture(picture, "digit", "dark"), 255 - digit)


def test_what_is_taken_as_it_is_has_the_right_size_and_keeps_its_ink() -> None:
    page = np.full((28, 28, 4), 255, np.uint8)
    page[9:19, 9:12, :3] = 40
    for ink in ("bright", "dark", "any"):
        assert np.array_equal(prepare_picture(page, "none", ink), page[..., 0])
    with pytest.raises(ValueError, match="28 x 27 pixels, expected 28 x 28"):
        prepare_picture(page[1:], "none", "dark")


def test_a_faint_picture_is_blank_in_every_preparation() -> None:
    page = np.full((28, 28, 4), 255, np.uint8)
    page[9:19, 9:12, :3] = 240
    assert all(is_blank(prepare_picture(page, preparation, "dark")) for preparation in ("digit", "fit", "none"))
    page[9:19, 9:12, :3] = 239
    assert not any(is_blank(prepare_picture(page, preparation, "dark")) for preparation in ("digit", "fit", "none"))


def test_a_seven_stays_inside() -> None:
    """Its mass lies so far to one side that the middle of the image would push it over the edge."""
    page = np.full((200, 200, 4), 255, np.uint8)
    page[20:180, 150:170, :3] = 0
    page[20:40, 20:170, :3] = 0
    digit = prepare_digit(page)
    assert (digit.max(axis=0) > 0).sum() == 19
    assert digit[:, 27].max() == 0 or digit[:, 27].max() == 255  # whole columns, none cut off
    assert np.flatnonzero(digit.any(axis=1)).tolist()[::19] == [
        min(np.flatnonzero(digit.any(axis=1))),
        max(np.flatnonzero(digit.any(axis=1))),
    ]


# ----------------------------------------------------------------------------------------------------- the finding


def load_mnist() -> np.ndarray:
    return load_dataset().training.images[::25]


def to_pictures(images: np.ndarray, size: int) -> np.ndarray:
    """Draw images larger or smaller, and fit them again."""
    drawn = (np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC)) for image in images)
    return np.stack([fit_picture(np.dstack([one] * 3 + [np.full_like(one, 255)])) for one in drawn])


def list_others(mnist: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Images that have not MNIST's form, as other data sets have them."""
    padded = np.pad(mnist, ((0, 0), (2, 2), (2, 2)))
    yield "smaller", np.stack([np.asarray(Image.fromarray(one).resize((28, 28))) for one in padded])
    yield "moved", np.roll(mnist, 3, axis=2)
    cut = mnist[:, 4:24, 4:24]  # EMNIST: as large as fits, but for a margin
    large = [np.asarray(Image.fromarray(one).resize((24, 24), Image.Resampling.BICUBIC)) for one in cut]
    yield "larger", np.pad(np.stack(large), ((0, 0), (2, 2), (2, 2)))
    full = [np.asarray(Image.fromarray(one).resize((28, 28), Image.Resampling.BICUBIC)) for one in cut]
    yield "full", np.stack(full)  # KMNIST, Fashion-MNIST
    yield "shapes", draw_shapes(300, seed=3)[0]
    halves = mnist.copy()
    halves[::2] = 0
    halves[::2, 4:24, 14:16] = 255
    halves[::2, 4:6, 4:24] = 255
    yield "half of them", halves


def test_mnist_has_its_own_form_in_either_ink_and_no_other_data_have_it() -> None:
    mnist = load_mnist()
    assert find_picture(mnist) == load_dataset().picture == Picture("digit", "bright")
    assert find_picture(255 - mnist) == Picture("digit", "dark")
    assert find_picture(mnist // 2 + 60) == Picture("digit", "bright")
    assert find_picture(to_pictures(mnist[:400], 64)).preparation == "digit"
    for name, images in list_others(mnist):
        assert find_picture(images).preparation == "fit", name
        assert find_picture(255 - images).preparation == "fit", name


def test_ink_of_both_kinds_is_neither() -> None:
    mnist = load_mnist()
    for share, ink in ((0, "bright"), (1, "bright"), (2, "any"), (50, "any"), (98, "any"), (99, "dark"), (100, "dark")):
        mixed = mnist[:1000].copy()
        mixed[: 10 * share] = 255 - mixed[: 10 * share]
        assert find_picture(mixed).ink == ink, share
    assert find_picture(mixed[::-1], "digit", None) == Picture("digit", "dark")
    halves = np.concatenate([mnist[:50], 255 - mnist[:50]])
    assert find_picture(halves) == Picture("fit", "any")
    assert find_picture(halves, "digit") == Picture("digit", "bright")
    assert find_picture(mnist, None, "any") == Picture("fit", "any")


def test_a_sample_is_spread_over_all() -> None:
    images = np.arange(7001)[:, None, None]
    found = take_sample(ArrayRows(images)).ravel()
    assert found.tolist() == list(range(0, 7001, 3))
    assert take_sample(ArrayRows(images[:5])).ravel().tolist() == [0, 1, 2, 3, 4]


def test_blank_arrays_say_nothing() -> None:
    images = np.concatenate([np.zeros((900, 28, 28), np.uint8), 255 - load_mnist()[:100]])
    assert find_picture(images) == Picture("digit", "dark")
    assert find_picture(np.zeros((3, 28, 28), np.uint8)) == Picture("fit", "bright")


def test_arrays_of_another_ink_than_is_stated_are_refused() -> None:
    images = load_mnist()
    data = Dataset.from_arrays((255 - images, np.arange(len(images)) % 2))
    assert data.picture == Picture("digit", "dark")
    assert data.state(ink="dark").picture == Picture("digit", "dark")
    assert data.state(preparation="none").picture == Picture("none", "dark")
    with pytest.raises(DataError, match="have other than bright ink, and arrays are taken as they are"):
        _ = data.state(ink="bright").picture
    with pytest.raises(UsageError, match="digit"):
        data.state("digit", "any")


# ---------------------------------------------------------------------------------------------- from end to end


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crosses, dots and rings: pictures of any size in any dark colour on light paper."""
    return write_shapes(tmp_path_factory.mktemp("shapes"), 60, 15)


def test_pictures_of_one_folder_get_one_ink(shapes: Path) -> None:
    data = load_dataset(shapes)
    assert data.picture == Picture("fit", "dark")
    assert {find_ink(image) for image in data.training.images} == {"dark"}
    assert {find_ink(image) for image in data.state(ink="bright").test.images} == {"bright"}
    found = data.state("fit", "bright").training.images
    assert np.array_equal(found, np.stack([turn_ink(image, "bright") for image in data.training.images]))
    assert data.state("digit").picture == Picture("digit", "bright")
    digits = data.state("digit", "dark")
    assert (digits.training.images.min(axis=(1, 2)) == 0).all()
    assert find_picture(digits.training.images) == Picture("digit", "dark")
    with pytest.raises(DataError, match=r"pixels, expected 28 x 28"):
        _ = data.state("none").training


@pytest.mark.parametrize("size", [28, 64])
@pytest.mark.parametrize("ink", ["bright", "dark"])
def test_pictures_of_mnist_are_digits_again(tmp_path: Path, size: int, ink: str) -> None:
    """Those of 28 x 28 pixels are in MNIST's form as they are; others are brought to it."""
    mnist = load_dataset().training
    drawn = []
    for index in range(70):
        image = Image.fromarray(mnist.images[index] if ink == "bright" else 255 - mnist.images[index])
        drawn.append(np.asarray(image.resize((size, size), Image.Resampling.BICUBIC)))
        folder = tmp_path / ("train" if index < 60 else "test") / str(index % 2)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(drawn[-1]).save(folder / f"{index:02}.png")
    data = load_dataset(tmp_path)
    assert data.picture == Picture("digit", ink)
    rgba = (np.dstack([one] * 3 + [np.full_like(one, 255)]) for one in drawn)
    images = drawn if size == 28 else [prepare_picture(one, "digit", ink) for one in rgba]
    assert np.array_equal(data.training.images, np.stack(images[:60:2] + images[1:60:2]))
    assert np.array_equal(data.test.images, np.stack(images[60::2] + images[61::2]))


def test_some_pictures_of_the_other_ink_are_inverted(shapes: Path, tmp_path: Path) -> None:
    write_shapes(tmp_path, 60, 15)
    odd = sorted((tmp_path / "train" / "dot").iterdir())[0]
    picture = np.asarray(Image.open(odd).convert("RGB"))
    Image.fromarray(255 - picture).save(odd)
    data = load_dataset(tmp_path)
    assert data.picture == Picture("fit", "dark")
    assert {find_ink(image) for image in data.training.images} == {"dark"}


@pytest.fixture(scope="module")
def model(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    training = train(data=shapes, output=path, epochs=15, batch_size=16)
    assert training.score.accuracy > 0.95
    assert (training.data["preparation"], training.data["ink"]) == ("fit", "dark")
    return path


def test_what_was_found_is_in_the_file_and_is_obeyed(model: Path, shapes: Path, tmp_path: Path) -> None:
    assert ModelFile.read(model).contract.picture == Picture("fit", "dark")
    paths, expected = [], []
    for path in sorted((shapes / "test").glob("*/*.png")):
        for name, change in (("as-it-is", lambda rgb: rgb), ("inverted", lambda rgb: 255 - rgb)):
            paths.append(tmp_path / f"{path.parent.name}-{path.stem}-{name}.png")
            expected.append(path.parent.name)
            Image.fromarray(change(np.asarray(Image.open(path).convert("RGB")))).save(paths[-1])
    found = [one.label for one in predict(model, paths)]
    right = np.array([one == other for one, other in zip(found, expected, strict=True)])
    assert right.mean() > 0.95
    as_digits = [one.label for one in predict(model, paths, preparation="digit")]
    assert np.mean([one == other for one, other in zip(as_digits, expected, strict=True)]) < right.mean() - 0.1
    Image.new("RGB", (300, 200), (250, 240, 230)).save(tmp_path / "blank.png")
    with pytest.raises(DataError, match=r"blank\.png: nothing to be seen on it"):
        predict(model, [tmp_path / "blank.png"])
    with pytest.raises(DataError, match="pixels, expected 28 x 28"):
        predict(model, paths[:1], preparation="none")
    with pytest.raises(UsageError, match="digit"):
        predict(model, paths[:1], preparation="digit", ink="any")


def test_the_command_says_what_it_found_and_takes_what_is_stated(shapes: Path, tmp_path: Path, command) -> None:
    output = tmp_path / "model.keras"
    given = ("train", "--data", shapes, "--epochs", "1", "--output", output)
    shown = command(*given)
    assert shown.status == 0
    assert "\npictures scaled whole, dark ink on bright paper\n" in shown.stdout
    stated = command(*given, "--preparation", "digit", "--ink", "bright", "--json")
    found = json.loads(stated.stdout)["data"]
    assert (found["preparation"], found["ink"]) == ("digit", "bright")
    assert "each as one digit" in stated.stderr
    assert ModelFile.read(output).contract.picture == DEFAULT_PICTURE
    refused = command(*given, "--preparation", "none")
    assert (refused.status, "expected 28 x 28" in refused.stderr) == (2, True)
    assert "to be taken as they are: scale them" in refused.stderr
    refused = command(*given, "--preparation", "digit", "--ink", "any")
    assert (refused.status, "makes bright or dark ink" in refused.stderr) == (2, True)


@pytest.fixture(scope="module")
def onnx(model: Path, shapes: Path) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        (artifact,) = export(model, format="onnx", output=model.parent)
    assert ModelFile.read(artifact.path).contract.picture == Picture("fit", "dark")
    return artifact.path


def list_pictures(shapes: Path) -> dict[Path, str]:
    """The test pictures with their classes."""
    return {path: path.parent.name for path in sorted((shapes / "test").glob("*/*.png"))}


@pytest.mark.slow
def test_the_kit_of_a_board_reads_pictures_as_they_were_trained(onnx: Path, shapes: Path, tmp_path: Path) -> None:
    folder = write_kit("raspberry-pi", onnx, tmp_path / "kit").path
    header = (folder / "onnx" / "contract.h").read_text()
    assert "#define PREPARATION PREPARATION_fit\n#define INK INK_dark\n" in header
    right = 0
    chosen = list(list_pictures(shapes).items())[::5]
    for path, name in chosen:
        run = call(sys.executable, folder / "classify.py", path)
        assert run.returncode == 0, run.stderr
        right += run.stdout.startswith(f"{path}: {name} (")
    assert right == len(chosen)
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    run = call(sys.executable, folder / "classify.py", tmp_path / "blank.png")
    assert (run.returncode, run.stderr) == (2, f"{tmp_path / 'blank.png'}: nothing to be seen on it\n")


@pytest.mark.slow
def test_the_module_for_node_reads_pictures_as_they_were_trained(onnx: Path, shapes: Path, tmp_path: Path) -> None:
    require_runtime("node")
    folder = write_kit("node", onnx, tmp_path / "kit").path
    (folder / "node_modules").symlink_to(node.fetch_packages() / "node_modules")
    pictures = list_pictures(shapes)
    run = call("node", "cli.mjs", "--json", *pictures, cwd=folder)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    expected = predict(onnx, [*pictures])
    assert [one["label"] for one in found] == [one.label for one in expected]
    assert np.mean([one.label == name for one, name in zip(expected, pictures.values(), strict=True)]) > 0.95
    for one, other in zip(found, expected, strict=True):
        assert one["probabilities"][other.label] == pytest.approx(other.confidence, abs=1e-4)


@pytest.mark.slow
def test_the_page_reads_drawings_and_pictures_as_they_were_trained(onnx: Path, shapes: Path, tmp_path: Path) -> None:
    require_runtime("browser-onnx")
    from edgemnist.runtimes.browser import open_browser

    page = write_kit("web", onnx, tmp_path / "kit").path / BUILT
    browser = open_browser("--window-size=1100,900")
    try:
        opened = Page(browser, page)
        ring = [(50 + 30 * np.cos(turn), 50 + 30 * np.sin(turn)) for turn in np.linspace(0, 6.3, 24)]
        for name, strokes in (
            ("ring", [ring]),
            ("cross", [[(22, 22), (78, 78)], [(22, 78), (78, 22)]]),
            ("dot", [[(46, 46), (54, 46), (54, 54), (46, 54), (50, 50)]]),
        ):
            opened.draw(strokes)
            opened.wait_for(name)
            opened.clear()
        pictures = list_pictures(shapes)
        expected = predict(onnx, [*pictures])
        for (path, _), one in zip([*pictures.items()][::5], expected[::5], strict=True):
            opened.find("picture").send_keys(str(path))
            opened.wait_for(one.label)
            opened.clear()
    finally:
        browser.quit()


@pytest.mark.slow
def test_dark_ink_is_found_and_drawings_are_read_right(tmp_path: Path) -> None:
    mnist = load_dataset().training
    images, labels = 255 - mnist.images[:8000], mnist.labels[:8000]
    train(data=(images, labels), output=tmp_path / "dark.keras", epochs=4)
    assert ModelFile.read(tmp_path / "dark.keras").contract.picture == Picture("digit", "dark")
    names = sorted(name for name in list_drawings() if name[0].isdigit())
    pages = [DRAWINGS / f"{name}.png" for name in names]

    def count_right(**stated: str) -> int:
        found = predict(tmp_path / "dark.keras", pages, **stated)
        return sum(one.label == name[0] for one, name in zip(found, names, strict=True))

    assert count_right() >= 9
    assert count_right(ink="bright") <= 4


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_model_from_elsewhere_gets_what_its_training_images_say(model: Path, shapes: Path, tmp_path: Path) -> None:
    import keras

    keras.models.load_model(model).save(tmp_path / "foreign.keras")
    assert ModelFile.read(tmp_path / "foreign.keras").contract is None
    (artifact,) = export(tmp_path / "foreign.keras", format="onnx", data=shapes, output=tmp_path)
    assert ModelFile.read(artifact.path).contract.picture == Picture("fit", "dark")
    paths = [*list_pictures(shapes)][::5]
    expected = [one.label for one in predict(model, paths)]
    assert [one.label for one in predict(tmp_path / "foreign.keras", paths, data=shapes)] == expected
    stated = predict(tmp_path / "foreign.keras", paths, data=shapes, preparation="fit", ink="dark")
    assert [one.label for one in stated] == expected


def test_the_data_of_a_model_are_read_as_it_was_trained(model: Path, shapes: Path) -> None:
    plain = load_dataset(shapes).test.sha256
    for named in (None, shapes):
        found = open_data(named, None, None, [model])
        assert (found.preparation, found.ink, found.test.sha256) == ("fit", "dark", plain)


def test_on_another_machine_the_contract_says_it(model: Path, shapes: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("EDGEMNIST_STATE", str(tmp_path / "state"))
    for place in (model, model.parent, ModelFile.read(model)):
        found = open_data(shapes, None, None, [place])
        assert (found.preparation, found.ink) == ("fit", "dark")
    assert open_data(shapes, None, None, []).preparation is None
    stated = open_data(load_dataset(shapes).state(ink="bright"), None, None, [model])
    assert (stated.preparation, stated.ink) == ("fit", "bright")
    assert open_data(None, None, None, []).preparation is None
    monkeypatch.setattr(data, "_read_preparation", lambda file: Picture("fit", file.path.stem))
    shutil.copyfile(model, tmp_path / "bright.keras")
    shutil.copyfile(model, tmp_path / "dark.keras")
    with pytest.raises(UsageError, match=r"prepared differently: bright\.keras: .*; dark\.keras: "):
        open_data(shapes, None, None, [tmp_path])


@pytest.mark.slow
def test_a_folder_of_models_takes_each_ones_pictures(model: Path, shapes: Path, tmp_path: Path) -> None:
    shutil.copyfile(model, tmp_path / "dark.keras")
    train(data=load_dataset(shapes).state(ink="bright"), output=tmp_path / "bright.keras", epochs=15, batch_size=16)
    verdicts = verify(tmp_path, data=shapes).verdicts
    assert [verdict.word for verdict in verdicts] == ["not compared", "not compared"]
    assert all(verdict.measurement.score.accuracy > 0.95 for verdict in verdicts)
    for named in (None, shapes):  # from where they are remembered, and by what the contracts say
        found = compare([model, tmp_path / "bright.keras"], data=named)
        assert [one.score.hits for one in found.models] == [
            verdict.measurement.score.hits for verdict in verdicts[::-1]
        ]
        assert found.models[0].score.images == len(load_dataset(shapes).test)


def test_pictures_of_two_folders_are_not_the_same_though_their_labels_are(shapes: Path, tmp_path: Path) -> None:
    other = load_dataset(shutil.copytree(shapes, tmp_path / "other")).state(ink="bright")
    models = [list_model(tmp_path / name, data) for name, data in (("a", load_dataset(shapes)), ("b", other))]
    for one in (load_dataset(shapes), other):
        remember_data(one)
    with pytest.raises(UsageError, match=r"trained on different data: model\.keras on .*, model\.keras on "):
        data.ModelData.choose(None, None, None, models).find_all(models)
    remember_data(load_dataset(shapes).state(ink="bright"))  # of the same folder, they are
    found = data.ModelData.choose(None, None, None, models).find_all(models)
    assert [one.ink for one in found] == ["dark", "bright"]
    assert np.array_equal(found[0].test.images[:], 255 - found[1].test.images[:])


def test_a_model_of_arrays_prepares_pictures_as_its_contract_says(
    model: Path, shapes: Path, tmp_path: Path, monkeypatch
) -> None:
    """Where its arrays lie is remembered, and says nothing of pictures."""
    monkeypatch.setenv("EDGEMNIST_STATE", str(tmp_path / "state"))
    arrays = load_dataset(write_npz(tmp_path / "arrays.npz", **make_arrays()))
    remember_data(arrays)
    path = list_model(tmp_path / "models", arrays)
    shutil.copyfile(model, path)
    found = open_data(shapes, None, None, [path])
    assert (found.preparation, found.ink) == ("fit", "dark")
    recalled = open_data(None, None, None, [path])
    assert (recalled.preparation, recalled.ink, recalled.picture) == (None, None, arrays.picture)


def test_any_ink_may_be_stated_alone(shapes: Path) -> None:
    assert load_dataset(shapes).state(ink="any").picture == Picture("fit", "any")
    with pytest.raises(UsageError, match="preparation 'digit' makes bright or dark ink, not any"):
        load_dataset(shapes).state("digit", "any")
