"""Where the program starts: `edgemnist`, or `python -m edgemnist`.

Nothing is imported here before signals are listened to, so that Ctrl-C is no traceback while the rest is loaded.
"""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from edgemnist import signals

        signals.listen()
        from edgemnist.cli import run_program

        status = run_program(sys.argv[1:])
    except BaseException as error:  # noqa: BLE001  (what a library made of a signal, and faults of our own)
        status = _end(error)
    sys.exit(status)


def _end(error: BaseException) -> int:
    """Say what `run_program` has no words for, and return its exit status; a signal ends the program here."""
    from edgemnist import signals

    interrupted = isinstance(error, KeyboardInterrupt) or signals.received()
    status = signals.find_status() if interrupted else 2  # never 1, which says that a model differs
    signals.settle(status)
    from edgemnist.reporting import failures

    if interrupted:
        failures.report_interruption(sys.argv[1:])
        signals.leave(status)
    failures.report_fault(error, sys.argv[1:])
    return status


if __name__ == "__main__":
    main()
