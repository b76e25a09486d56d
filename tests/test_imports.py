"""The rooms: imports run down the house only, and heavy packages stay where they are needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "edgemnist"
# From the roof to the cellar: a room imports only from those below it.
ROOMS = [
    "__main__", "cli", "workflows", "reporting", "results", "training", "exporters", "runtimes", "comparison",
    "formats", "kits", "machines", "packages", "codegen", "manifest", "manifest_fields", "trust", "answers", "datasets",
    "contract", "precision", "files", "guides", "quiet", "processes", "errors", "signals", "streams", "text",
]  # fmt: skip
STRANGERS = {("exporters", "runtimes"), ("runtimes", "exporters")}  # the prover shares nothing with the maker


def list_imports(path: Path) -> set[str]:
    """The rooms of edgemnist that a module names in any import, whether it runs or is only for types."""
    tree = ast.parse(path.read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    inside = [name.split(".") for name in names if name.startswith("edgemnist.")]
    return {parts[1] for parts in inside if parts[1] in ROOMS}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_down_the_house_only(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for other in list_imports(path) - {room}:
        assert ROOMS.index(other) > ROOMS.index(room), f"{room} imports {other}"
        assert (room, other) not in STRANGERS


def test_every_room_is_on_the_plan() -> None:
    found = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found - {"__init__"} == set(ROOMS)


HEAVY = {
    "tensorflow",
    "keras",
    "tf2onnx",
    "onnx",
    "onnxruntime",
    "ai_edge_litert",
    "numpy",
    "PIL",
    "rich",
    "flatbuffers",
    "filelock",
}


def find_loaded(*arguments: str) -> set[str]:
    program = (
        "import sys\n"
        f"sys.argv = ['edgemnist', *{list(arguments)!r}]\n"
        "from edgemnist.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split("LOADED")[1].split())


COMMANDS = [
    "train", "export", "verify", "predict", "kit", "run", "trust", "formats", "runtimes", "kits", "recipes", "guide",
]  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)], ids=" ".join
)
def test_help_loads_click_and_the_standard_library(arguments: list[str]) -> None:
    third_party = {name for name in find_loaded(*arguments) if not name.startswith("_")} - set(sys.stdlib_module_names)
    assert third_party <= {"click", "edgemnist", "sitecustomize", "a1_coverage"}


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("model.onnx", {"numpy", "onnxruntime", "rich"}),
        ("model_dynamic.onnx", {"numpy", "onnxruntime", "rich"}),
        ("model_int8.tflite", {"numpy", "ai_edge_litert", "flatbuffers", "rich"}),
        ("model_int8.c", {"numpy", "rich"}),
    ],
)
def test_verify_loads_one_runtime_and_never_tensorflow(ladder: Path, name: str, allowed: set[str]) -> None:
    assert find_loaded("verify", str(ladder / name), "--limit", "100") & HEAVY <= allowed


def test_the_package_itself_costs_nothing() -> None:
    program = "import sys, edgemnist; dir(edgemnist); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(run.stdout.split())


def test_the_public_names_are_what_they_say() -> None:
    import edgemnist

    for name in edgemnist.__all__:
        found = getattr(edgemnist, name)
        assert found if name.isupper() else found.__name__ == {"write_kit": "kit"}.get(name, name)
    modules = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()}
    assert not modules & set(edgemnist.__all__)
    with pytest.raises(AttributeError, match="surprise"):
        _ = edgemnist.surprise
