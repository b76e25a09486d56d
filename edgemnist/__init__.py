"""Train a small image classifier, export it for edge devices, and prove that it is still the same model.

    import edgemnist

    edgemnist.train(output="my-model/model.keras")
    edgemnist.export("my-model/model.keras", all=True, output="my-model")
    report = edgemnist.verify("my-model")
    edgemnist.predict("my-model/model_int8.tflite", ["seven.png"])
    edgemnist.kit("web", "my-model/model_int8.onnx", "my-page")

The verbs give back records (`Report`, `Verdict`, …); the tables (`FORMS`, `RUNTIMES`, `KITS`, `RECIPES`) list what
there is to choose from; each error is an `EdgeMnistError`. All are imported on first use, so that `import edgemnist`
costs nothing.
"""

# As type checkers read it. Importing `typing` would take time in which Ctrl-C is a traceback still.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from edgemnist.comparison.calibration import Calibration as Calibration
    from edgemnist.comparison.gate import Gate as Gate
    from edgemnist.comparison.question import Statement as Statement
    from edgemnist.comparison.robustness import Robustness as Robustness
    from edgemnist.datasets import Dataset as Dataset
    from edgemnist.datasets import load_dataset as load_dataset
    from edgemnist.errors import DataError as DataError
    from edgemnist.errors import EdgeMnistError as EdgeMnistError
    from edgemnist.errors import ExportError as ExportError
    from edgemnist.errors import ModelError as ModelError
    from edgemnist.errors import NotInstalled as NotInstalled
    from edgemnist.errors import PackageMissing as PackageMissing
    from edgemnist.errors import RuntimeCrash as RuntimeCrash
    from edgemnist.errors import SourceMissing as SourceMissing
    from edgemnist.errors import ToolMissing as ToolMissing
    from edgemnist.errors import UsageError as UsageError
    from edgemnist.errors import WriteError as WriteError
    from edgemnist.exporters import FORMS as FORMS
    from edgemnist.exporters import Form as Form
    from edgemnist.kits import KITS as KITS
    from edgemnist.kits.base import Kit as Kit
    from edgemnist.processes.limits import Limits as Limits
    from edgemnist.results import AnswerDifference as AnswerDifference
    from edgemnist.results import Artifact as Artifact
    from edgemnist.results import Benchmark as Benchmark
    from edgemnist.results import Difference as Difference
    from edgemnist.results import Explanation as Explanation
    from edgemnist.results import FolderReport as FolderReport
    from edgemnist.results import Inspection as Inspection
    from edgemnist.results import Inspections as Inspections
    from edgemnist.results import KitFolder as KitFolder
    from edgemnist.results import Measurement as Measurement
    from edgemnist.results import ModelComparison as ModelComparison
    from edgemnist.results import Prediction as Prediction
    from edgemnist.results import Report as Report
    from edgemnist.results import Training as Training
    from edgemnist.results import Tuning as Tuning
    from edgemnist.results import Verdict as Verdict
    from edgemnist.runtimes import RUNTIMES as RUNTIMES
    from edgemnist.runtimes import open_runtime as open_runtime
    from edgemnist.training.recipes import RECIPES as RECIPES
    from edgemnist.training.recipes import Recipe as Recipe
    from edgemnist.workflows.benchmark import benchmark as benchmark
    from edgemnist.workflows.compare import compare as compare
    from edgemnist.workflows.diff import diff as diff
    from edgemnist.workflows.diff_answers import diff_answers as diff_answers
    from edgemnist.workflows.explain import explain as explain
    from edgemnist.workflows.export import export as export
    from edgemnist.workflows.inspect import inspect as inspect
    from edgemnist.workflows.inspect import inspect_folder as inspect_folder
    from edgemnist.workflows.kit import kit as kit
    from edgemnist.workflows.predict import predict as predict
    from edgemnist.workflows.report import report as report
    from edgemnist.workflows.run import run as run
    from edgemnist.workflows.train import train as train
    from edgemnist.workflows.tune import tune as tune
    from edgemnist.workflows.verify import verify as verify

__version__ = "0.1.0"

_NAMES = {
    "edgemnist.workflows.train": ("train",),
    "edgemnist.workflows.tune": ("tune",),
    "edgemnist.workflows.export": ("export",),
    "edgemnist.workflows.verify": ("verify",),
    "edgemnist.workflows.benchmark": ("benchmark",),
    "edgemnist.workflows.compare": ("compare",),
    "edgemnist.workflows.diff": ("diff",),
    "edgemnist.workflows.diff_answers": ("diff_answers",),
    "edgemnist.workflows.explain": ("explain",),
    "edgemnist.workflows.predict": ("predict",),
    "edgemnist.workflows.inspect": ("inspect", "inspect_folder"),
    "edgemnist.workflows.kit": ("kit",),
    "edgemnist.workflows.report": ("report",),
    "edgemnist.workflows.run": ("run",),
    "edgemnist.datasets": (
        "Dataset",
        "load_dataset",
    ),
    "edgemnist.runtimes": (
        "RUNTIMES",
        "open_runtime",
    ),
    "edgemnist.comparison.calibration": ("Calibration",),
    "edgemnist.comparison.gate": ("Gate",),
    "edgemnist.comparison.question": ("Statement",),
    "edgemnist.comparison.robustness": ("Robustness",),
    "edgemnist.exporters": (
        "FORMS",
        "Form",
    ),
    "edgemnist.kits": ("KITS",),
    "edgemnist.kits.base": ("Kit",),
    "edgemnist.training.recipes": (
        "RECIPES",
        "Recipe",
    ),
    "edgemnist.processes.limits": ("Limits",),
    "edgemnist.results": (
        "AnswerDifference",
        "Artifact",
        "Benchmark",
        "Difference",
        "Explanation",
        "FolderReport",
        "Inspection",
        "Inspections",
        "KitFolder",
        "Measurement",
        "ModelComparison",
        "Prediction",
        "Report",
        "Training",
        "Tuning",
        "Verdict",
    ),
    "edgemnist.errors": (
        "DataError",
        "EdgeMnistError",
        "ExportError",
        "ModelError",
        "NotInstalled",
        "PackageMissing",
        "RuntimeCrash",
        "SourceMissing",
        "ToolMissing",
        "UsageError",
        "WriteError",
    ),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}
__all__ = [
    "FORMS",
    "KITS",
    "RECIPES",
    "RUNTIMES",
    "AnswerDifference",
    "Artifact",
    "Benchmark",
    "Calibration",
    "DataError",
    "Dataset",
    "Difference",
    "EdgeMnistError",
    "Explanation",
    "ExportError",
    "FolderReport",
    "Form",
    "Gate",
    "Inspection",
    "Inspections",
    "Kit",
    "KitFolder",
    "Limits",
    "Measurement",
    "ModelComparison",
    "ModelError",
    "NotInstalled",
    "PackageMissing",
    "Prediction",
    "Recipe",
    "Report",
    "Robustness",
    "RuntimeCrash",
    "SourceMissing",
    "ToolMissing",
    "Training",
    "Tuning",
    "UsageError",
    "Verdict",
    "WriteError",
    "benchmark",
    "compare",
    "diff",
    "diff_answers",
    "explain",
    "export",
    "inspect",
    "inspect_folder",
    "kit",
    "load_dataset",
    "open_runtime",
    "predict",
    "report",
    "run",
    "train",
    "tune",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
