"""Third-party packages that the programs of kits run on: pinned, and fetched into one folder.

Nothing of them is part of edgemnist or of a checkout. They go into `EDGEMNIST_CACHE` (else `~/.cache/edgemnist`),
each under a name that says its version, whole or not at all, and stay there.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edgemnist.errors import ToolMissing
from edgemnist.files import hash_bytes

TIMEOUT_S = 1200
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Of a wheel only its libraries are used, which are the same for every version of Python.
WHEEL_PYTHON = "3.12"
NODE_INSTALL = "apt-get install -y nodejs npm"
CHROMIUM_INSTALL = "apt-get install -y chromium chromium-driver"
AARCH64_PACKAGES = ("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "libstdc++6-arm64-cross", "qemu-user")
AARCH64_INSTALL = f"apt-get install -y --no-install-recommends {' '.join(AARCH64_PACKAGES)}"
JVM_INSTALL = "apt-get install -y default-jdk-headless maven"
# What to do where a registry is out of reach.
NPM_HINT = "npm must reach its registry once: see the network, and: npm config get registry"
PIP_HINT = "pip must reach its index once: see the network, and: pip config list"
MAVEN_HINT = "Maven must reach its central repository once: see the network, and the mirrors in ~/.m2/settings.xml"


def find_cache() -> Path:
    """Return the folder for what is fetched: EDGEMNIST_CACHE of the environment, else one in the user's cache."""
    given = os.environ.get("EDGEMNIST_CACHE")
    if given:
        return Path(given).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "edgemnist"


def fetch_node_modules(project: Path) -> Path:
    """Install what a project's lock file names from npm, if that isn't done yet.

    Args:
        project: a folder with `package.json` and `package-lock.json`.

    Returns:
        A folder with these two and `node_modules`. No package's own scripts are run.

    Raises:
        ToolMissing: npm isn't installed, or can't fetch them.
    """
    manifest, lock = (project / name for name in ("package.json", "package-lock.json"))
    key = hash_bytes(manifest.read_bytes() + lock.read_bytes())[:12]

    def install(folder: Path) -> None:
        for path in (manifest, lock):
            shutil.copyfile(path, folder / path.name)
        require_success(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, NODE_INSTALL, NPM_HINT)

    return fetch_once(f"npm-{project.name}-{key}", f"the packages of {project.name} from npm", install)


def fetch_wheel(package: str, release: str, platform: str) -> Path:
    """Fetch a package of PyPI for another kind of machine, and unpack it.

    Args:
        package, release: such as "onnxruntime", "1.32.0".
        platform: the tag of wheels for the machine, such as "manylinux_2_28_aarch64".

    Returns:
        The folder that its files are in.

    Raises:
        ToolMissing: pip can't fetch it.
    """
    import zipfile

    def install(folder: Path) -> None:
        choice = ["--no-deps", "--only-binary", ":all:", "--python-version", WHEEL_PYTHON, "--platform", platform]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        require_success([*pip, *choice, "--dest", ".", f"{package}=={release}"], folder, "pip install pip", PIP_HINT)
        for wheel in folder.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
            wheel.unlink()

    return fetch_once(f"wheel-{package}-{release}-{platform}", f"{package} {release} from PyPI", install)


def fetch_once(name: str, what: str, fetch: Callable[[Path], None]) -> Path:
    """Return a folder of the cache, and let `fetch` fill it the first time.

    Args:
        name: of the folder: it says which version of everything is inside.
        what: it holds, for people.
        fetch: writes into the empty folder that it is given.

    Raises:
        ToolMissing: the cache can't be written to, or what `fetch` raises. Nothing is left there then.
    """
    import tempfile  # 3 ms, and the table of runtimes needs no more of this module than how things are installed

    place = find_cache() / name
    if place.is_dir():
        return place
    with _lock(place):
        if place.is_dir():  # another process was quicker
            return place
        print(f"fetching {what} into {place.parent}, once", file=sys.stderr, flush=True)  # noqa: T201  (for people)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".part-") as scratch:
            folder = Path(scratch, "whole")
            folder.mkdir()
            fetch(folder)
            folder.rename(place)
    return place


@contextmanager
def _lock(place: Path) -> Iterator[None]:
    """Let one process fetch and the others wait for it."""
    import fcntl

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        stream = place.with_name(f".{place.name}.lock").open("w")
    except OSError as error:
        raise ToolMissing(
            f"{place.parent}: can't be written to: {error.strerror}", "export EDGEMNIST_CACHE=another/folder"
        ) from error
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def require_success(command: list[str], folder: Path, install: str, hint: str) -> str:
    """Run a program that fetches or builds, in a folder, and return what it printed.

    Args:
        install: the line that installs it.
        hint: what to do where it fails.

    Raises:
        ToolMissing: it isn't installed, fails, or doesn't end.
    """
    from edgemnist.processes.tools import run_tool

    run = run_tool(command, timeout_s=TIMEOUT_S, install=install, cwd=folder)
    if run.stopped:
        raise ToolMissing(f"{Path(command[0]).name}: {run.stopped}", hint)
    if run.failure:
        raise ToolMissing(f"{Path(command[0]).name} failed: {_find_reason(run.errors + run.output)}", hint)
    return run.output


def _find_reason(words: str) -> str:
    """Return the first two lines that name an error, of what a tool printed in colours."""
    lines = [line.strip() for line in COLOUR.sub("", words).splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)] or lines
    return "; ".join(named[:2])[:400] or "it doesn't say why"
