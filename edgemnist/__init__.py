"""Train a small image classifier, export it for edge devices, and prove that it is still the same model.

    import edgemnist

    edgemnist.train(output="my-model/model.keras")
    edgemnist.export("my-model/model.keras", all=True, output_dir="my-model")
    report = edgemnist.verify("my-model")
    edgemnist.predict("my-model/model_int8.tflite", ["seven.png"])

The verbs are imported on first use, so that `import edgemnist` costs nothing.
"""

# As type checkers read it. Importing `typing` would take time in which Ctrl-C is a traceback still.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from edgemnist.comparison.gate import Gate as Gate
    from edgemnist.datasets import load_dataset as load_dataset
    from edgemnist.errors import EdgeMnistError as EdgeMnistError
    from edgemnist.runtimes import open_runtime as open_runtime
    from edgemnist.workflows.export import export as export
    from edgemnist.workflows.kit import write_kit as write_kit
    from edgemnist.workflows.predict import predict as predict
    from edgemnist.workflows.run import run as run
    from edgemnist.workflows.train import train as train
    from edgemnist.workflows.verify import verify as verify

__version__ = "0.1.0"

_HOMES = {
    "train": "edgemnist.workflows.train",
    "export": "edgemnist.workflows.export",
    "verify": "edgemnist.workflows.verify",
    "predict": "edgemnist.workflows.predict",
    "write_kit": "edgemnist.workflows.kit",
    "run": "edgemnist.workflows.run",
    "load_dataset": "edgemnist.datasets",
    "open_runtime": "edgemnist.runtimes",
    "Gate": "edgemnist.comparison.gate",
    "EdgeMnistError": "edgemnist.errors",
}
__all__ = [
    "EdgeMnistError",
    "Gate",
    "export",
    "load_dataset",
    "open_runtime",
    "predict",
    "run",
    "train",
    "verify",
    "write_kit",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
