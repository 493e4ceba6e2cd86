"""A short-lived folder that another account may walk through (root's Postgres runs as `nobody`).

It lies in memory where there is plenty: a database is copied for every test, which costs a disk several times as much.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY, DISK = Path("/dev/shm"), Path("/tmp")
PLENTY_BYTES = 4 << 30  # a container often has 64 MB there


@contextmanager
def shared_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="orgraf-", dir=_place(), ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def _place() -> Path:
    try:
        free = shutil.disk_usage(MEMORY).free
    except OSError:
        return DISK
    return MEMORY if free >= PLENTY_BYTES and os.access(MEMORY, os.W_OK | os.X_OK) else DISK
