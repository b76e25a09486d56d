"""What a kit's folder says of itself: what it was made from, and the hash of each file, so that no change is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from edgemnist.files import hash_bytes
from edgemnist.kits.base import Kit
from edgemnist.kits.filling import EmbeddedModel

SCHEMA = 2


def write_record(kit: Kit, models: Sequence[EmbeddedModel], files: Mapping[str, bytes], *, verified: bool) -> bytes:
    """Write the record of a kit.

    Args:
        kit: its row.
        models: what it embeds.
        files: the content of each file by its name, without what is built.
        verified: whether the models passed.
    """
    record = {
        "schema": SCHEMA,
        "kit": kit.name,
        "models": [{"name": one.name, "sha256": one.sha256} for one in models],
        "verified": verified,
        "files": {name: hash_bytes(content) for name, content in files.items()},
    }
    return f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode()
