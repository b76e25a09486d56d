"""What libraries print is kept away, also where threads ask for it at once."""

import os
import subprocess
import sys
import threading

from edgemnist.quiet import quiet

OVERLAP = """
import os, sys, threading
from edgemnist.quiet import quiet

inside, first_left = threading.Barrier(2), threading.Event()

def first():
    with quiet():
        inside.wait()
    first_left.set()

def second():
    with quiet():
        inside.wait()
        first_left.wait()
        print("Python"); sys.stdout.flush(); sys.stderr.write("stderr")
        os.write(1, b"native"); os.write(2, b"native")

threads = [threading.Thread(target=first), threading.Thread(target=second)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print("after"); sys.stderr.write("after\\n")
"""


def test_the_last_of_overlapping_threads_leads_the_streams_back() -> None:
    done = subprocess.run([sys.executable, "-c", OVERLAP], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("after\n", "after\n")


def test_many_threads_leave_the_streams_as_they_were() -> None:
    before = sys.stdout, sys.stderr, os.fstat(1), os.fstat(2)
    errors = []

    def work() -> None:
        try:
            for _ in range(200):
                with quiet():
                    print("never seen", flush=True)
        except (OSError, ValueError) as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = sys.stdout, sys.stderr, os.fstat(1), os.fstat(2)
    assert errors == []
    assert after[:2] == before[:2]
    assert [(status.st_dev, status.st_ino) for status in after[2:]] == [
        (status.st_dev, status.st_ino) for status in before[2:]
    ]
