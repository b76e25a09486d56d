"""The web page: which files it consists of, what it knows of its models, and how it becomes one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.kits.base import JAVASCRIPT
from edgemnist.packages import NODE_INSTALL, fetch_node_modules, require_success

WEB = Path(__file__).parent
# Name in the page's folder, and where the file is.
PAGE = (
    *((name, WEB / name) for name in ("page.html", "style.css", "main.mjs", "paper.mjs", "runtimes.mjs")),
    *((name, WEB / name) for name in ("assets.mjs", "text.mjs", "build.mjs", "package.json", "package-lock.json")),
    *((name, JAVASCRIPT / name) for name in ("classifier.mjs", "encoding.mjs", "onnx.mjs", "litert.mjs")),
    *((name, JAVASCRIPT / name) for name in ("preparation.mjs", "golden.mjs")),
)
BUILT = "build/digits.html"
# By the ending of the model's name: what `runtimes.mjs` calls the runtime, and its display name.
RUNTIMES = {".onnx": ("onnx", "ONNX Runtime Web"), ".tflite": ("litert", "LiteRT.js")}


def write_models_document(models: Iterable[tuple[str, Contract, str | None, str]]) -> str:
    """Return `models.json`.

    Args:
        models: For each its file name, its contract, the name of its golden vectors or None, and what the page says of
            its answers before it prints them.
    """
    entries = []
    for file, contract, golden, answers in models:
        runtime, title = RUNTIMES[Path(file).suffix]
        document = json.loads(contract.to_json())
        names = {"runtime": runtime, "title": title, "file": file, "golden": golden}
        entries.append({**names, "answers": answers, "contract": document})
    return f"{json.dumps(entries, indent=2, ensure_ascii=False)}\n"


def name_golden(extension: str) -> str:
    """Return the name of the golden vectors of a model, by its ending.

    Example:
        >>> name_golden(".onnx")
        'golden_onnx.csv'
    """
    return f"golden_{extension[1:]}.csv"


def list_page_values(models: Sequence[tuple[str, Contract, str]]) -> dict[str, str]:
    """Return the template values of all models of a page together."""
    goldens = [name_golden(Path(name).suffix) for name, *_ in models]
    runtimes = [(name, RUNTIMES[Path(name).suffix][0]) for name, *_ in models]
    page = [(name, contract, golden, head) for (name, contract, head), golden in zip(models, goldens, strict=True)]
    return {
        "goldens": ", ".join(f"`{golden}`" for golden in goldens),
        "models_document": write_models_document(page),
        "verify_commands": " and ".join(f"`edgemnist verify {name} --runtime browser-{one}`" for name, one in runtimes),
    }


def fetch_packages() -> Path:
    """Fetch what the page runs on, and what puts it into one file; see `edgemnist.packages.fetch_node_modules`."""
    return fetch_node_modules(WEB)


def build_page(folder: Path) -> Path:
    """Build the one file from a folder that holds the page and its models.

    Raises:
        ToolMissing: Node.js isn't installed, its packages can't be fetched, or the build fails.
    """
    (folder / "node_modules").symlink_to(fetch_packages() / "node_modules")  # Node.js looks for packages there only
    require_success(["node", "build.mjs"], folder, NODE_INSTALL, "Node.js 18 or newer is needed: node --version")
    return folder / BUILT
