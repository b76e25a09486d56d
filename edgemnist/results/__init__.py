"""What the verbs give back: frozen records, which `edgemnist.reporting` shows and nothing changes.

`to_record` is a record as plain values, for JSON and for the manifest: fractions are fractions, points are percentage
points, and what couldn't be measured is None.
"""

from edgemnist.results.artifact import Artifact
from edgemnist.results.kit_folder import KitFolder
from edgemnist.results.measurement import DeepResult, Measurement
from edgemnist.results.prediction import Prediction
from edgemnist.results.training import Training
from edgemnist.results.trusted import Trusted
from edgemnist.results.verdict import Report, Verdict, VerdictWord

__all__ = [
    "Artifact",
    "DeepResult",
    "KitFolder",
    "Measurement",
    "Prediction",
    "Report",
    "Training",
    "Trusted",
    "Verdict",
    "VerdictWord",
]
