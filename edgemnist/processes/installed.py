"""Which programs are installed, and what to type for those that aren't: one way for every step that needs some."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from edgemnist.errors import ToolMissing

ASK_TIMEOUT_S = 60


@dataclass(frozen=True)
class Tools:
    """Programs that a step needs.

    Args:
        names: Executables, as the shell finds them.
        install: Line that installs all of it.
        libraries: Files that the first of the programs, a compiler, must find.
    """

    names: tuple[str, ...] = ()
    install: str = ""
    libraries: tuple[str, ...] = ()

    def find_missing(self) -> tuple[str, ...]:
        """Return what isn't installed, by its names.

        Example:
            >>> Tools(("no-such-compiler",), "apt-get install it").find_missing()
            ('no-such-compiler',)
        """
        missing = tuple(name for name in self.names if shutil.which(name) is None)
        if self.libraries and self.names[0] not in missing:
            missing += tuple(library for library in self.libraries if not self._finds(library))
        return missing

    def _finds(self, library: str) -> bool:
        """Ask the compiler where a library's file is: it gives a path, or only the name back."""
        from edgemnist.processes.tools import run_tool  # 10 ms that a verdict without programs doesn't need

        command = [self.names[0], f"-print-file-name={library}"]
        return run_tool(command, timeout_s=ASK_TIMEOUT_S, install=self.install).output.strip() != library

    def require(self, title: str) -> None:
        """Make sure that all of it is installed.

        Args:
            title: Display name of what needs it.

        Raises:
            ToolMissing: Something isn't; the hint is the line that installs it.
        """
        if missing := self.find_missing():
            raise ToolMissing(f"{title}: not installed: {', '.join(missing)}", self.install)
