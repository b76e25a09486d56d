"""A page in one HTML file: its files, and what it is built with."""

from __future__ import annotations

from edgemnist.kits.base import COMMON, Kit, KitFile, list_files
from edgemnist.kits.contracts import PAGE_DTYPES
from edgemnist.kits.web.page import BUILT, PAGE, WEB, build_page, describe_models, name_golden

KIT = Kit(
    name="web",
    summary="one HTML file: draw a digit, see what it is",
    extensions=(".onnx", ".tflite"),
    make="`edgemnist.export(format='onnx', quantize='int8')`",
    embedding="file",
    runtime=None,
    files=(
        *list_files(WEB, ("README.md", "gitignore", "models.json")),
        *(KitFile(name, template) for name, template in PAGE),
        *(KitFile(name_golden(extension), COMMON / "golden.csv", extension) for extension in PAGE_DTYPES),
    ),
    start="xdg-open {folder}/build/digits.html",
    describe=describe_models,
    dtypes=PAGE_DTYPES,
    built=BUILT,
    build="cd {folder} && npm ci --ignore-scripts && npm run build",
    build_page=build_page,
)
