"""A package with a view to draw in, in Swift."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.base import COMMON, FILE_DATA, Kit, list_files
from edgemnist.kits.contracts import DTYPES

IOS = Path(__file__).parent
CLASSIFIER = ("DigitClassifier.swift", "ModelContract.swift", "Encoding.swift", "GoldenVectors.swift")
APP = ("DigitModel.swift", "Raster.swift", "DigitPreparation.swift", "DigitView.swift")
TESTS = ("DigitModelTests.swift", "GoldenVectorsTests.swift")
KIT = Kit(
    name="ios",
    summary="a package with a view to draw in, in Swift",
    extensions=(".onnx",),
    make="`edgemnist.export(format='onnx', quantize='int8')`",
    embedding="file",
    runtime=None,
    files=(
        *list_files(IOS, ("README.md", "gitignore", "Package.swift")),
        *list_files(IOS / "Sources", (*CLASSIFIER, *APP), "Sources/Digits/"),
        *list_files(IOS / "Tests", TESTS, "Tests/DigitsTests/"),
        *list_files(COMMON, FILE_DATA, "Sources/Digits/Resources/"),
    ),
    start="less {folder}/README.md",
    folders={".onnx": "Sources/Digits/Resources/"},
    dtypes={".onnx": DTYPES},
)
