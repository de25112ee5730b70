"""A file that has its name only when it is whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_BESIDE = ("", "-journal", "-wal", "-shm")
"""What SQLite may have put beside a file that it did not finish."""


@contextmanager
def passing(beside: Path) -> Iterator[Path]:
    """A temporary file in the same folder, readable by its owner alone, gone when the block ends."""
    handle, name = tempfile.mkstemp(dir=beside.absolute().parent, prefix=f".{beside.name}.", suffix=".part")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for ending in _BESIDE:
            Path(name + ending).unlink(missing_ok=True)


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Write to a temporary name; when the block ends well it is on the disk and has the file's name.

    FileExistsError where another came to have that name meanwhile.
    """
    with passing(file) as part:
        yield part
        _to_disk(part)
        _name(part, file)
        with suppress(OSError):  # Windows opens no folder
            _to_disk(file.absolute().parent)


def _name(part: Path, file: Path) -> None:
    """In one step, and never over another file; where no file may have two names, its own is kept for it."""
    try:
        file.hardlink_to(part)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        file.touch(exist_ok=False)
        part.replace(file)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
