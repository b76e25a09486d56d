"""Which ONNX Runtime reads which version of ONNX."""

from __future__ import annotations

# The first release of ONNX Runtime that has an opset, and the first that reads an IR version: that of the ONNX release
# which it is built with.
# Source: ONNX Runtime's documentation, "Compatibility"; ONNX's own, "Versioning".
OPSETS = {
    7: "1.0", 8: "1.0", 9: "1.0", 10: "1.0", 11: "1.0", 12: "1.3", 13: "1.6", 14: "1.8", 15: "1.9", 16: "1.11",
    17: "1.12", 18: "1.14", 19: "1.15", 20: "1.17", 21: "1.18",
}  # fmt: skip
IR_VERSIONS = {3: "1.0", 4: "1.0", 5: "1.0", 6: "1.0", 7: "1.3", 8: "1.9", 9: "1.15", 10: "1.18"}
NEWEST = "1.18"


def find_oldest_runtime(ir_version: int, opset: int) -> str:
    """Return the oldest ONNX Runtime that reads a file of these versions; "" for versions that nobody reads.

    Example:
        >>> find_oldest_runtime(8, 17), find_oldest_runtime(10, 13), find_oldest_runtime(11, 17)
        ('ONNX Runtime 1.12', 'ONNX Runtime 1.18', 'a newer one than ONNX Runtime 1.18')
    """
    if opset > max(OPSETS) or ir_version > max(IR_VERSIONS):
        return f"a newer one than ONNX Runtime {NEWEST}"
    if opset not in OPSETS or ir_version not in IR_VERSIONS:
        return ""
    found = max(OPSETS[opset], IR_VERSIONS[ir_version], key=lambda version: tuple(map(int, version.split("."))))
    return f"ONNX Runtime {found}"
