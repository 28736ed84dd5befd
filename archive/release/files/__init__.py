"""The files of a release beside its databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_files(folder: Path, manifest: dict[str, Any], before: Path | None) -> dict[str, str]:
    """Write them."""
    return {}
