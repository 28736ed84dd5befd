"""Records that were taken out of WARC files by law: withheld as well, under their own word."""

from __future__ import annotations

from ..root import DataRoot
from .decision import Withholding


def deletions(root: DataRoot) -> tuple[Withholding, ...]:
    """What was deleted from a data root's WARC files, as decisions that hold for ever."""
    return ()
