"""Files that have their name only when they are whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of ``path`` at the end, and if all goes well.

    A symbolic link stays one. Raises OSError; so it does for a path at which there is
    something that is no file.
    """
    place = path.resolve()
    if place.exists() and not place.is_file():
        code = errno.EISDIR if place.is_dir() else errno.EEXIST
        raise OSError(code, "there is something that is no file", str(path))
    draft = place.with_name(f".noetl-{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(draft, _NEW, 0o666), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
