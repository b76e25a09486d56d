"""What the verbs give back: frozen records, which `edgemnist.reporting` shows and nothing changes.

`to_record` is a record as plain values, for JSON and for the manifest: fractions are fractions, points are percentage
points, and what couldn't be measured is None. Each is imported on first use: no verb needs them all.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgemnist.results.answer_difference import AnswerDifference, AnswerSide
    from edgemnist.results.artifact import Artifact
    from edgemnist.results.explanation import Explanation, FormAnswer, Neighbour
    from edgemnist.results.inspection import Inspection
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
    "ComparedModel": "model_comparison",
    "DeepResult": "measurement",
    "Explanation": "explanation",
    "FormAnswer": "explanation",
    "Inspection": "inspection",
    "KitFolder": "kit_folder",
    "Measurement": "measurement",
    "Neighbour": "explanation",
    "ModelComparison": "model_comparison",
    "Prediction": "prediction",
    "Report": "verdict",
    "Training": "training",
    "Trial": "tuning",
    "Trusted": "trusted",
    "Tuning": "tuning",
    "TuningProgress": "tuning",
    "Verdict": "verdict",
    "VerdictWord": "verdict",
}
__all__ = [
    "AnswerDifference",
    "AnswerSide",
    "Artifact",
    "ComparedModel",
    "DeepResult",
    "Explanation",
    "FormAnswer",
    "Inspection",
    "KitFolder",
    "Measurement",
    "ModelComparison",
    "Neighbour",
    "Prediction",
    "Report",
    "Training",
    "Trial",
    "Trusted",
    "Tuning",
    "TuningProgress",
    "Verdict",
    "VerdictWord",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
