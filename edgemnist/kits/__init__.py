"""The folders that embed a model on a platform, and the programs that prove it there.

A platform is a folder: its row, `KIT`, the templates of what is handed over, and what runs them.
`edgemnist.kits.filling` writes a kit as text; nothing here runs a model.
"""

from __future__ import annotations

from typing import Literal

from edgemnist.errors import UsageError
from edgemnist.kits import android, arduino, ios, linux, microcontroller, node, tflite_micro, web
from edgemnist.kits.base import Kit

Target = Literal["web", "node", "raspberry-pi", "android", "ios", "microcontroller", "arduino", "tflite-micro"]
KITS = (web.KIT, node.KIT, linux.KIT, android.KIT, ios.KIT, microcontroller.KIT, arduino.KIT, tflite_micro.KIT)


def find_kit(name: str) -> Kit:
    """Return a row of the table.

    Raises:
        UsageError: there is none of that name.

    Example:
        >>> find_kit("arduino").extensions
        ('.c',)
    """
    for kit in KITS:
        if kit.name == name:
            return kit
    raise UsageError(f"{name}: no such kit", "one of: " + ", ".join(kit.name for kit in KITS))
