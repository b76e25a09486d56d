"""The long documentation: Markdown files beside this module, which a forge shows as they are.

`edgemnist guide TOPIC` shows one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgemnist.errors import UsageError

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Guide:
    """A row of the table.

    Args:
        topic: Name in commands; with `.md`, the name of its file.
        summary: What it is about, in one line.
    """

    topic: str
    summary: str

    def read(self) -> str:
        """Return its text, as Markdown.

        Example:
            >>> find_guide("ci").read().splitlines()[0]
            '# In CI'
        """
        return (FOLDER / f"{self.topic}.md").read_text(encoding="utf-8")


# In the order of the work.
GUIDES = (
    Guide("export", "train a model, search for its settings with tune, and write it in every format and precision"),
    Guide("verification", "what verify proves, how a claim is checked, and what is not claimed"),
    Guide("benchmark", "how long a model takes, and a build that fails when it is slower"),
    Guide("microcontrollers", "C without dependencies, the same bits as LiteRT, run on emulated chips"),
    Guide("embedding", "a folder for a web page, Node.js, a Raspberry Pi, Android, iOS or a microcontroller"),
    Guide("preparation", "from a drawing or a photograph to an image like those of the training"),
    Guide("drawing", "why a drawing of your own is misread"),
    Guide("your-data", "your own images and class names in place of MNIST"),
    Guide("ci", "a build that stops when a model differs; the Python API"),
    Guide("command-line", "every command and option"),
    Guide("architecture", "the packages of the source tree, and what is kept true of them"),
)


def find_guide(topic: str) -> Guide:
    """Return a row of the table.

    Raises:
        UsageError: there is none of that name.

    Example:
        >>> find_guide("ci").topic
        'ci'
    """
    for guide in GUIDES:
        if guide.topic == topic:
            return guide
    raise UsageError(f"{topic}: no such guide", "one of: " + ", ".join(guide.topic for guide in GUIDES))
