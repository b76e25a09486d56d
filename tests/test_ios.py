"""The iOS kit: Swift that a grammar parses; and that a compiler compiles and runs, where one is installed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from edgemnist.contract import Contract
from edgemnist.runtimes import open_runtime
from edgemnist.workflows.kit import kit as write_kit
from tests.conftest import ROOT
from tests.drawings.draw import invent, list_drawings, pack, prepare_each, read_found
from tests.test_kits import STAND_INS, call

MODEL = ROOT / "exports" / "small_int8.onnx"
PARSER_INSTALL = "pip install tree-sitter tree-sitter-swift"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of a released model. Read only!"""
    return write_kit("ios", MODEL, tmp_path_factory.mktemp("kits") / "ios").path


def list_errors(text: bytes) -> list[str]:
    """Return what a parser of Swift can't read, and what it misses."""
    for package in ("tree_sitter", "tree_sitter_swift"):
        if find_spec(package) is None:
            reason = f"{package} missing: {PARSER_INSTALL}"
            pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    import tree_sitter
    import tree_sitter_swift

    def walk(node: tree_sitter.Node) -> Iterator[str]:
        if node.is_error or node.is_missing:
            yield f"line {node.start_point[0] + 1}: {node.type}"
        for child in node.children:
            yield from walk(child)

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))
    return list(walk(parser.parse(text).root_node))


def test_every_file_of_swift_is_swift(kit: Path) -> None:
    paths = sorted(kit.rglob("*.swift"))
    assert len(paths) == 11
    assert {path.name: list_errors(path.read_bytes()) for path in paths} == {path.name: [] for path in paths}


def test_the_parser_tells_what_is_not_swift(kit: Path) -> None:
    for path in sorted(kit.rglob("*.swift")):
        text = path.read_bytes()
        last = max(text.rfind(b"}"), text.rfind(b")"))
        assert list_errors(text[:last] + text[last + 1 :]), f"{path.name} without its last bracket"
        assert list_errors(text + b"\nfunc (\n"), path.name


def test_the_resources_are_the_model_and_its_contract(kit: Path) -> None:
    resources = kit / "Sources" / "Digits" / "Resources"
    assert (resources / MODEL.name).read_bytes() == MODEL.read_bytes()
    text = (resources / "contract.json").read_text()
    with open_runtime(MODEL) as runtime:
        assert Contract.from_json(text) == runtime.info.contract
    # What ModelContract.swift reads: each name is there, in Swift's spelling.
    source = (kit / "Sources" / "Digits" / "ModelContract.swift").read_text()
    for end in ("input", "output"):
        for name in json.loads(text)[end]:
            first, *others = name.split("_")
            assert f"let {first}{''.join(map(str.title, others))}: " in source
    assert f'resource("{MODEL.name}")' in (kit / "Sources" / "Digits" / "DigitClassifier.swift").read_text()


def find_library() -> Path:
    """The shared library of the Python package."""
    spec = find_spec("onnxruntime")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("capi/libonnxruntime.so.*"))


@pytest.fixture(scope="module")
def package(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit with stand-ins for what only Apple has. Debian 12 has no Swift, so that CI may skip it, too."""
    if shutil.which("swift") is None:
        pytest.skip("swift missing: see swift.org, or apt-get install swiftlang (Debian 13)")
    folder = tmp_path_factory.mktemp("swift") / "Digits"
    shutil.copytree(kit, folder)
    shutil.copytree(STAND_INS / "ios", folder, dirs_exist_ok=True)
    return folder


def swift(package: Path, *words: object) -> str:
    command = ("env", f"ONNXRUNTIME={find_library()}", "swift", words[0], "--package-path", package, *words[1:])
    run = call(*command)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout + run.stderr


@pytest.mark.slow
def test_the_package_compiles_and_its_tests_pass(package: Path) -> None:
    words = swift(package, "test")
    assert "Executed 10 tests, with 0 failures" in words
    assert "warning: " not in words


@pytest.mark.slow
def test_swift_prepares_drawings_to_the_same_bytes(package: Path, tmp_path: Path) -> None:
    drawings = [*list_drawings().values(), *invent(1000, seed=2)]
    (tmp_path / "drawings.bin").write_bytes(pack(drawings))
    swift(package, "run", "-c", "release", "Prepare", tmp_path / "drawings.bin", tmp_path / "images.bin")
    found = read_found(tmp_path / "images.bin")
    assert [index for index, drawing in enumerate(drawings) if (found[index] != prepare_each(drawing)).any()] == []
