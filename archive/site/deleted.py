"""Originals that were deleted by decision, while the release that is shown still names them."""

from __future__ import annotations

import logging
from pathlib import Path

from archive.deletion.log import deleted
from archive.errors import RecordDamaged

log = logging.getLogger(__name__)


def sentence(root: Path, record_id: str) -> str | None:
    """What is said of a deleted original, without its full stop; None of another.

    Args:
        root: The data root's folder.
        record_id: The record that held it.
    """
    try:
        deletion = deleted(root).get(record_id)
    except RecordDamaged as error:
        log.error("nobody can tell what was deleted: %s", error)
        return None
    if deletion is None:
        return None
    return f"这份原件已于 {deletion.date} 依决定从存档中删除，不再提供；此处只留下这一记录"
