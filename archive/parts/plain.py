"""Files of another root, which somebody else wrote: plain ones alone are read, small ones whole.

A link would lead out of that root, to any file of this machine; a pipe is waited for without end,
and a device is read without end.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from ..errors import RecordDamaged

#: A manifest is a line, and the mark of a root is one, too.
_MOST = 1 << 16


def opened(path: Path) -> BinaryIO:
    """A plain file for reading.

    Raises:
        FileNotFoundError: There is none of that name.
        RecordDamaged: It is a link, a pipe, a device or a folder, or cannot be read.
    """
    try:
        # Before it is opened, for opening a device may do something; after that, for it may be
        # another by then.
        handle = os.open(path, _reading(path))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _no_file(path)
    return os.fdopen(handle, "rb")


def small(path: Path) -> bytes | None:
    """All of a small plain file, or None if there is none of that name.

    Raises:
        RecordDamaged: It is no plain file, too large, or cannot be read.
    """
    try:
        with opened(path) as handle:
            data = handle.read(_MOST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _MOST:
        raise RecordDamaged(f"{path} is larger than such a file is; copy it again")
    return data


def require_plain(path: Path) -> None:
    """See that what bears a name, if anything does, is a plain file.

    Raises:
        RecordDamaged: It is none.
    """
    if os.path.lexists(path):
        _reading(path)


def _reading(path: Path) -> int:
    """How to open a file that is a plain one now."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _no_file(path)
    return os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _no_file(path: Path) -> RecordDamaged:
    return RecordDamaged(
        f"{path} is no file; copy it again from where it was crawled (a link, a pipe or a device "
        "is not followed)"
    )
