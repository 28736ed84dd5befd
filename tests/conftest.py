"""Fixtures that several files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("NIANBAO_CORPUS", PROJECT.parent / "shared" / "corpus"))
    if not (folder / "truth").is_dir():
        pytest.skip(f"no corpus at {folder}; set NIANBAO_CORPUS")
    return folder
