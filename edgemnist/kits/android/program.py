"""The Kotlin classes of the app, and the program that runs all test images through them on a JVM."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgemnist.files import hash_bytes
from edgemnist.packages import JVM_INSTALL, MAVEN_HINT, fetch_once, require_success

KOTLIN = Path(__file__).parent / "kotlin"
# A template of the app's: the program is given the contract when it runs.
MODEL_CONTRACT = "ModelContract.kt"


def fetch_jvm() -> Path:
    """Fetch ONNX Runtime for Java, and compile the Kotlin program that proves the app's classes.

    Returns:
        A Maven project after `mvn process-classes`: `target/classes`, and the jars they need in `target/lib`.

    Raises:
        ToolMissing: Maven isn't installed, or can't fetch or compile them.
    """
    pom = KOTLIN / "pom.xml"
    sources = sorted(path for path in KOTLIN.glob("*.kt") if path.name != MODEL_CONTRACT)
    key = hash_bytes(b"".join(path.read_bytes() for path in (pom, *sources)))[:12]

    def build(folder: Path) -> None:
        shutil.copyfile(pom, folder / pom.name)
        (folder / "src").mkdir()
        for path in sources:
            shutil.copyfile(path, folder / "src" / path.name)
        require_success(["mvn", "--quiet", "--batch-mode", "process-classes"], folder, JVM_INSTALL, MAVEN_HINT)

    return fetch_once(f"jvm-{key}", "ONNX Runtime for Java and a Kotlin compiler", build)
