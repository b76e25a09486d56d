"""The forms in which labelled images come: a module a form, and one table (`opening`) that finds the reader.

A reader opens each split's images and reads its labels as they lie on disk; `edgemnist.datasets.labels` and `pixels`
bring those of all readers to one kind, and `edgemnist.datasets` checks that they fit together. Images are read when
they are asked for, batch by batch.
"""

from __future__ import annotations

from edgemnist.datasets.readers.base import Images, Labels, Reader, SplitName

__all__ = ["Images", "Labels", "Reader", "SplitName"]
