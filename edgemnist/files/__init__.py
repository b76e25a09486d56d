"""Files and folders as whole things: read only if they are plain, and written so that nobody ever sees half of one.

single.py        one file: hashed, and read up to a size, if it is a regular file at all
locking.py       one writer at a time in a folder
transaction.py   several files of a folder changed together; what a killed writer left is finished first
folders.py       a folder of many files, replaced as one thing
"""

from edgemnist.files.locking import lock_file, lock_folder
from edgemnist.files.models import is_model_folder, read_model_file
from edgemnist.files.single import (
    MOST_BYTES,
    PLACE_HINT,
    check_place,
    check_writable,
    hash_bytes,
    is_plain_name,
    open_file,
    read_file,
)
from edgemnist.files.transaction import Transaction, finish_writing, mend, open_transaction, write_atomically

__all__ = [
    "MOST_BYTES",
    "PLACE_HINT",
    "Transaction",
    "check_place",
    "check_writable",
    "finish_writing",
    "hash_bytes",
    "is_model_folder",
    "is_plain_name",
    "lock_file",
    "lock_folder",
    "mend",
    "open_file",
    "open_transaction",
    "read_file",
    "read_model_file",
    "write_atomically",
]
