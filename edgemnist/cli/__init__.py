"""The command line: parse, call one function, print. Nothing else is here.

Exit status as in `diff` and `grep`: 0 agrees, 1 differs, 2 error; 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP; 141
where the reader of a pipe has gone. stdout is data, stderr is for people. Everything heavy is imported inside the
command that needs it, and a command's own module when it is called: `--help` loads click and the standard library.
"""

from __future__ import annotations

import errno
import importlib
import os

import click

from edgemnist import __version__, signals
from edgemnist.cli.options import Outcome, set_verbosity
from edgemnist.errors import EdgeMnistError, UsageError
from edgemnist.reporting import failures
from edgemnist.streams import find_output_error, prepare_streams

ERROR, NO_READER = 2, 141
CLOSED = OSError(errno.EBADF, "it is closed")
# The module that holds each command, in the order of the work.
COMMANDS = {
    "train": "making",
    "tune": "tuning",
    "export": "making",
    "verify": "proving",
    "benchmark": "benchmarking",
    "compare": "comparing",
    "diff": "diffing",
    "predict": "proving",
    "explain": "explaining",
    "report": "reporting",
    "kit": "embedding",
    "run": "making",
    "inspect": "inspecting",
    "trust": "proving",
    "formats": "listing",
    "runtimes": "listing",
    "kits": "listing",
    "recipes": "listing",
    "guide": "listing",
}


def run_program(arguments: list[str]) -> int:
    """Run one command and return its exit status. The one place where errors become messages.

    A signal passes through it, as KeyboardInterrupt or as whatever a library made of that.
    """
    if not prepare_streams():
        failures.report_unwritable(CLOSED)
        return ERROR
    try:
        status = _run_command(arguments)
    except (click.ClickException, EdgeMnistError, OSError, MemoryError) as error:
        if signals.received():
            raise
        signals.settle()
        unwritable = find_output_error()
        status = _judge_output(unwritable) if unwritable else _report(error, arguments)
    signals.settle(status)
    return status


def _run_command(arguments: list[str]) -> int:
    set_verbosity("normal")
    try:
        _complete()
        with group.make_context("edgemnist", list(arguments)) as context:
            outcome: Outcome = group.invoke(context)
    except click.exceptions.Exit as stop:  # --help, --version and completion have printed theirs
        return _judge_output(find_output_error(), stop.exit_code)
    signals.settle()  # a signal while printing leaves nothing to clean up, and no second document to print
    outcome.print()
    return _judge_output(find_output_error(), outcome.status)


def _complete() -> None:
    """Answer a shell that completes a command line, as `_EDGEMNIST_COMPLETE=bash_source` has set it up."""
    instruction = os.environ.get("_EDGEMNIST_COMPLETE")
    if instruction:
        from click.shell_completion import shell_complete

        raise click.exceptions.Exit(shell_complete(group, {}, "edgemnist", "_EDGEMNIST_COMPLETE", instruction))


def _judge_output(error: OSError | None, status: int = ERROR) -> int:
    """Return the exit status, given what kept the output from being printed."""
    if error is None:
        return status
    if error.errno == errno.EPIPE:  # its reader has gone, as `head` does: neither agreement nor difference
        return NO_READER
    failures.report_unwritable(error)
    return ERROR


def _report(error: Exception, arguments: list[str]) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    elif isinstance(error, click.ClickException):
        failures.report_failure(_phrase_usage(error), arguments)
    else:
        failures.report_failure(error, arguments)
    return ERROR


def _phrase_usage(error: click.ClickException) -> UsageError:
    """Return an error of click's own as one of edgemnist's: one line, and where to look."""
    context = getattr(error, "ctx", None)
    words = " ".join(line.strip() for line in error.format_message().splitlines())
    return UsageError(words, f"{context.command_path if context else 'edgemnist'} --help")


class LazyGroup(click.Group):
    """Imports the module of a command when that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"edgemnist.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


EPILOG = """\b
Examples:
  edgemnist run --output my-model
  edgemnist verify my-model
  edgemnist guide verification

\b
Completion of commands and options, for bash (for zsh: zsh_source, in ~/.zshrc):
  echo 'eval "$(_EDGEMNIST_COMPLETE=bash_source edgemnist)"' >> ~/.bashrc
  _EDGEMNIST_COMPLETE=fish_source edgemnist > ~/.config/fish/completions/edgemnist.fish
"""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="edgemnist")
def group() -> None:
    """Train a small image classifier, export it for edge devices, prove that it is still the same model."""
