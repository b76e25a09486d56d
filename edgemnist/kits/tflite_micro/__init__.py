"""C++ against TFLite Micro, with the model as an array."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.base import COMMON, GOLDEN, Kit, list_files

HERE = Path(__file__).parent
KIT = Kit(
    name="tflite-micro",
    summary="C++ against TFLite Micro, with the model as an array",
    extensions=(".tflite",),
    make="`edgemnist.export(format='tflite', quantize='int8')`",
    embedding="array",
    runtime="tflm",
    files=(
        *list_files(HERE, ("README.md", "main.cc", "classifier.h", "classifier.cc")),
        *list_files(COMMON, GOLDEN),
    ),
    start="less {folder}/README.md",
)
