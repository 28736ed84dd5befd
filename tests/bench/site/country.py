"""A release of a fictional country, written once for a version of the tables and kept."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from archive.schema import SCHEMA_VERSION
from tests import synthetic
from tests.bench import SMALL

REPORTS = 1200 if SMALL else 100_000


def data_root() -> Path:
    """A data root with one release of `REPORTS` reports; the first call takes minutes."""
    root = Path(tempfile.gettempdir(), f"nianbao-bench-{os.getuid()}-{REPORTS}-{_version()}")
    if not root.is_dir():
        print(f"  writing a release of {REPORTS:,} reports to {root}: kept for other runs")
        with tempfile.TemporaryDirectory(dir=root.parent) as unfinished:
            release = Path(unfinished, "root", "releases", "20260101-000000-bench000")
            release.mkdir(parents=True)
            counts = synthetic.write(release, REPORTS)
            manifest = {"release": release.name, "fiction": True, "counts": counts}
            manifest["built_at"] = "2026-01-01T00:00:00Z"
            (release / "manifest.json").write_text(json.dumps(manifest), "utf-8")
            (release.parent / "current").symlink_to(release.name)
            Path(unfinished, "root").rename(root)
    return root


def _version() -> str:
    """Of the tables and of what is written into them; remove the folder after other changes."""
    return (
        f"{SCHEMA_VERSION}-{hashlib.sha256(Path(synthetic.__file__).read_bytes()).hexdigest()[:8]}"
    )
