"""An app to draw in, in Kotlin, whose classes a JVM runs as well."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.android.program import KOTLIN, MODEL_CONTRACT
from edgemnist.kits.base import COMMON, Kit, list_files
from edgemnist.kits.contracts import DTYPES

ANDROID = Path(__file__).parent
GRADLE = ("settings.gradle.kts", "build.gradle.kts")
LAYOUTS = ("layout/main.xml", "layout-land/main.xml")
VALUES = ("values/strings.xml", "values/themes.xml", "values-night/themes.xml")
SCREEN = ("MainActivity.kt", "DrawingView.kt", "BarsView.kt", "Theme.kt")
CLASSES = ("Contract.kt", MODEL_CONTRACT, "Classifier.kt", "DigitPreparation.kt", "DigitModel.kt", "GoldenVectors.kt")
TESTS = ("DigitModelTest.kt", "GoldenVectorsTest.kt")
MAIN, UNIT, PACKAGE = "app/src/main/", "app/src/test/", "kotlin/org/edgemnist/digits/"
KIT = Kit(
    name="android",
    summary="an app to draw in, in Kotlin",
    extensions=(".onnx",),
    make="`edgemnist.export(format='onnx', quantize='int8')`",
    embedding="file",
    runtime=None,
    files=(
        *list_files(ANDROID, ("README.md", "gitignore", *GRADLE, "app/build.gradle.kts")),
        *list_files(ANDROID / MAIN, ("AndroidManifest.xml",), MAIN),
        *list_files(ANDROID / MAIN / "res", (*LAYOUTS, *VALUES), f"{MAIN}res/"),
        *list_files(ANDROID / MAIN / "kotlin", SCREEN, f"{MAIN}{PACKAGE}"),
        *list_files(ANDROID / UNIT / "kotlin", TESTS, f"{UNIT}{PACKAGE}"),
        *list_files(KOTLIN, CLASSES, f"{MAIN}{PACKAGE}"),
        *list_files(COMMON, ("golden.csv",), f"{MAIN}assets/"),
    ),
    start="less {folder}/README.md",
    folders={".onnx": f"{MAIN}assets/"},
    dtypes={".onnx": DTYPES},
)
