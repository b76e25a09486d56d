"""What the verbs give back: frozen records, which `edgemnist.reporting` shows and nothing changes.

`to_record` is a record as plain values, for JSON and for the manifest: fractions are fractions, points are percentage
points, and what couldn't be measured is None. Each is imported on first use: no verb needs them all.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgemnist.results.answer_difference import AnswerDifference, AnswerSide
    from edgemnist.results.artifact import Artifact
    from edgemnist.results.benchmark import Benchmark, BenchmarkRow
    from edgemnist.results.devices import MicroFit, NpuEstimate
    from edgemnist.results.difference import DiffedModel, Difference, MovedImage
    from edgemnist.results.explanation import Explanation, FormAnswer, Neighbour
    from edgemnist.results.folder_report import FolderReport
    from edgemnist.results.inspection import Caution, Inspection, Inspections, Unreadable
    from edgemnist.results.kit_folder import KitFolder
    from edgemnist.results.measurement import DeepResult, Measurement
    from edgemnist.results.model_comparison import ComparedModel, ModelComparison
    from edgemnist.results.prediction import Prediction
    from edgemnist.results.training import Training
    from edgemnist.results.trusted import Trusted
    from edgemnist.results.tuning import Trial, Tuning, TuningProgress
    from edgemnist.results.verdict import Report, Verdict, VerdictWord

_HOMES = {
    "AnswerDifference": "answer_difference",
    "AnswerSide": "answer_difference",
    "Artifact": "artifact",
    "Benchmark": "benchmark",
    "BenchmarkRow": "benchmark",
    "ComparedModel": "model_comparison",
    "Caution": "inspection",
    "DeepResult": "measurement",
    "DiffedModel": "difference",
    "Difference": "difference",
    "Explanation": "explanation",
    "FolderReport": "folder_report",
    "FormAnswer": "explanation",
    "Inspection": "inspection",
    "Inspections": "inspection",
    "KitFolder": "kit_folder",
    "Measurement": "measurement",
    "MicroFit": "devices",
    "Neighbour": "explanation",
    "ModelComparison": "model_comparison",
    "MovedImage": "difference",
    "NpuEstimate": "devices",
    "Prediction": "prediction",
    "Report": "verdict",
    "Training": "training",
    "Trial": "tuning",
    "Trusted": "trusted",
    "Tuning": "tuning",
    "TuningProgress": "tuning",
    "Unreadable": "inspection",
    "Verdict": "verdict",
    "VerdictWord": "verdict",
}
__all__ = [
    "AnswerDifference",
    "AnswerSide",
    "Artifact",
    "Benchmark",
    "BenchmarkRow",
    "Caution",
    "ComparedModel",
    "DeepResult",
    "DiffedModel",
    "Difference",
    "Explanation",
    "FolderReport",
    "FormAnswer",
    "Inspection",
    "Inspections",
    "KitFolder",
    "Measurement",
    "MicroFit",
    "ModelComparison",
    "MovedImage",
    "Neighbour",
    "NpuEstimate",
    "Prediction",
    "Report",
    "Training",
    "Trial",
    "Trusted",
    "Tuning",
    "TuningProgress",
    "Unreadable",
    "Verdict",
    "VerdictWord",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
