"""Imports run down the list of packages only, and heavy packages stay where they are needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "edgemnist"
# From top to bottom: a package imports only from those below it.
PACKAGES = [
    "__main__", "cli", "workflows", "reporting", "results", "training", "exporters", "runtimes", "comparison",
    "formats", "kits", "machines", "packages", "codegen", "manifest", "manifest_fields", "trust", "answers",
    "saved_answers", "datasets", "contract", "precision", "files", "guides", "quiet", "processes", "errors", "signals",
    "streams", "text",
]  # fmt: skip
NEVER_TOGETHER = {("exporters", "runtimes"), ("runtimes", "exporters")}  # what proves shares nothing with what exports


def list_imports(path: Path) -> set[str]:
    """The packages of edgemnist that a module names in any import, whether it runs or is only for types."""
    tree = ast.parse(path.read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    inside = [name.split(".") for name in names if name.startswith("edgemnist.")]
    return {parts[1] for parts in inside if parts[1] in PACKAGES}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_down_the_list_only(path: Path) -> None:
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if name == "__init__":
        return
    for other in list_imports(path) - {name}:
        assert PACKAGES.index(other) > PACKAGES.index(name), f"{name} imports {other}"
        assert (name, other) not in NEVER_TOGETHER


def test_every_package_is_on_the_list() -> None:
    found = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found - {"__init__"} == set(PACKAGES)


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
    "optuna",
    "sqlalchemy",
}


def find_loaded(*arguments: str) -> set[str]:
    """Return the names of the packages that a command in a pipe has imported at its end."""
    return {name.partition(".")[0] for name in find_modules(*arguments)}


def find_modules(*arguments: str) -> set[str]:
    program = (
        "import sys\n"
        f"sys.argv = ['edgemnist', *{list(arguments)!r}]\n"
        "from edgemnist.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "print('LOADED', *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split("LOADED")[1].split())


COMMANDS = [
    "train", "tune", "export", "verify", "benchmark", "compare", "diff", "predict", "explain", "report", "kit", "run",
    "inspect", "trust", "formats",
    "runtimes", "kits", "recipes", "guide",
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
        ("model.onnx", {"numpy", "onnxruntime"}),
        ("model_dynamic.onnx", {"numpy", "onnxruntime"}),
        ("model_int8.tflite", {"numpy", "ai_edge_litert", "flatbuffers"}),
        ("model_int8.c", {"numpy"}),
    ],
)
def test_verify_loads_one_runtime_and_never_tensorflow(ladder: Path, name: str, allowed: set[str]) -> None:
    assert find_loaded("verify", str(ladder / name), "--limit", "100") & HEAVY <= allowed


# What a verdict on a `.tflite` file beside its stored answers has no use for, in ms that each would take.
UNNEEDED = {
    "ai_edge_litert.schema_py_generated": 12,
    "edgemnist.datasets.arrays": 1,
    "edgemnist.datasets.pictures": 2,
    "edgemnist.exporters": 20,
    "edgemnist.formats.weights": 5,
    "edgemnist.kits": 5,
    "edgemnist.processes.child": 10,
    "edgemnist.reporting.rich_console": 40,
    "edgemnist.results.training": 1,
    "edgemnist.training": 5,
    "logging": 5,
    "tempfile": 3,
}


def test_a_verdict_loads_what_it_needs() -> None:
    modules = find_modules("verify", str(ROOT / "exports" / "model_int8.tflite"))
    assert not modules & UNNEEDED.keys()


def test_the_package_itself_costs_nothing() -> None:
    program = "import sys, edgemnist; dir(edgemnist); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(run.stdout.split())


def test_the_public_names_are_what_they_say() -> None:
    import edgemnist

    for name in edgemnist.__all__:
        found = getattr(edgemnist, name)
        assert found if name.isupper() else found.__name__ == name
    modules = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()}
    assert not modules & set(edgemnist.__all__)
    with pytest.raises(AttributeError, match="surprise"):
        _ = edgemnist.surprise
