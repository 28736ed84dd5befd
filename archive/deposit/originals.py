"""The archived pages behind a release, one WACZ a year: only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import SelectionRefused
from ..replay.sources import Source, of_versions, open_release, still_here
from ..replay.wacz import write_wacz
from ..root import DataRoot
from .parts import Part, part

_VERSIONS = """
SELECT v.version_id FROM versions v JOIN reports r USING (report_id) WHERE r.year = ? ORDER BY 1"""
_TEXT = "{year} 年度各份年报的原始网页与附件（WACZ），含其中的个人信息，未作遮盖；隐去的不在其内"
_TEXT_EN = "original pages and attachments of {year} (WACZ), personal data in them unmasked"


def write_originals(
    root: DataRoot, release: Path, manifest: Mapping[str, Any], to: Path
) -> Iterator[Part]:
    """Write the documents of a release; what is withheld or deleted is left out.

    Args:
        root: The data root.
        release: The release's folder.
        manifest: Its manifest.
        to: The folder of the deposit's files.

    Raises:
        RecordDamaged: A record is not what the ledger says.
        WriteFailed: The disk does not take a file.
    """
    with open_release(release) as db:
        years = [year for (year,) in db.execute("SELECT DISTINCT year FROM reports ORDER BY 1")]
    for year in years:
        sources = _sources(release, year)
        name, title = f"originals-{year}.wacz", f"{year}年政府信息公开工作年度报告存档"
        try:
            write_wacz(root, manifest, still_here(root, sources), title, to / name)
        except SelectionRefused:
            continue  # all of this year is withheld or deleted
        yield part(to, name, _TEXT.format(year=year), _TEXT_EN.format(year=year))


def _sources(release: Path, year: int) -> list[Source]:
    with open_release(release) as db:
        return of_versions(db, [version for (version,) in db.execute(_VERSIONS, (year,))])
