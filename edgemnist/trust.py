"""What may run as code, or be opened in this process: files that this user made or trusts, by their SHA-256.

The list is the user's own: a folder with an empty file a hash. `export` and `train` add what they write,
`edgemnist trust` what the user looked at. Nothing that lies beside a model can add to it. The package
knows the files that are released with it.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable
from pathlib import Path

from edgemnist.errors import WriteError
from edgemnist.files import write_atomically
from edgemnist.quiet import loading

RELEASED = Path(__file__).with_name("released.txt")
SHA256 = re.compile(r"[0-9a-f]{64}")
STATE_HINT = "name a folder for what edgemnist remembers of this user: export EDGEMNIST_STATE=FOLDER"


def find_state() -> Path:
    """Return the user's state folder: EDGEMNIST_STATE of the environment, else the platform's own place."""
    given = os.environ.get("EDGEMNIST_STATE")
    if given:
        return Path(given).absolute()
    with loading("platformdirs", "pip install platformdirs"):
        from platformdirs import user_state_path

    return user_state_path("edgemnist", appauthor=False)


def is_trusted(hashes: Iterable[str]) -> bool:
    """True if each hash is of a file that the user made or trusts, or that was released with this package."""
    return all(sha256 in _read_released() or (find_state() / "trusted" / sha256).is_file() for sha256 in hashes)


def trust(hashes: Iterable[str]) -> None:
    """Add files to the user's list.

    Args:
        hashes: the SHA-256 of each, in hexadecimal.

    Raises:
        WriteError: the list can't be written to.
    """
    trusted = find_state() / "trusted"
    for sha256 in hashes:
        if (trusted / sha256).is_file() or sha256 in _read_released():
            continue
        try:
            write_atomically(trusted / sha256, b"")
        except WriteError as error:
            raise WriteError(error.message, STATE_HINT) from error


@functools.cache
def _read_released() -> frozenset[str]:
    return frozenset(SHA256.findall(RELEASED.read_text("ascii")))
