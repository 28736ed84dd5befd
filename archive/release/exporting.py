"""The files of the current release for whoever wants them: where they are, or written anew."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import WriteFailed
from ..manifest import current_manifest, require_release
from ..root import DataRoot
from .files import write_tables
from .sums import write_sums


def files_of(root: DataRoot) -> list[Path]:
    """All files of the current release.

    Raises:
        ReleaseMissing: There is no release yet.
    """
    release = require_release(root)
    return sorted(path for path in release.rglob("*") if path.is_file())


def export(root: DataRoot, out: Path) -> list[Path]:
    """Write the current release's tables anew: CSV, Parquet, data dictionary, data package.

    For a release that was built before it had such files, or by an older program.

    Args:
        root: The data root.
        out: A folder that is not there yet, or empty; the files come into it all at once.

    Returns:
        The files.

    Raises:
        ReleaseMissing: There is no release yet.
        WriteFailed: The folder is not empty, or the disk does not take the files.
    """
    release = require_release(root)
    partial = out.with_name(out.name + ".partial")
    with _disk_named(out):
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise WriteFailed(f"{out} is there and not empty; give a new folder")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            write_tables(release, current_manifest(root), partial)
            write_sums(partial)
            partial.replace(out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return sorted(path for path in out.rglob("*") if path.is_file())


@contextlib.contextmanager
def _disk_named(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteFailed(
            f"{out} cannot be written ({error.strerror}); make room, or give another folder"
        ) from error
