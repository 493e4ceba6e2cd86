"""A short-lived folder that another account may walk through (root's Postgres runs as `nobody`)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def shared_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="orgraf-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)
