"""A file that is there whole or not at all, whatever happens while it is written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EEXIST
from pathlib import Path
from tempfile import mkstemp
from typing import IO


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner may read. It has its name when it is whole and on the disk, else nothing is left.

    Raises FileExistsError, also when somebody else has taken the name meanwhile, and OSError.
    """
    if path.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(path))
    descriptor, part = mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        give_name(Path(part), path)
    finally:
        Path(part).unlink(missing_ok=True)


def give_name(part: Path, path: Path) -> None:
    """The name is on the disk too, then."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # on a memory stick a file can't have two names
        part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
