"""The evidence of a paper: just the documents behind a set of reports, with a list of them.

A folder `evidence-<8 digits>` for an appendix: the records (WACZ), the list (CSV), how to
open and to check both, and the checksums. The same question to the same release and archive
gives the same bytes, and so the same name.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import SelectionRefused
from ..release.files.writing import guarded
from ..root import DataRoot
from .files import whole_folder
from .leaflet import leaflet
from .query import SECONDS, Chosen, choose
from .sources import Source, of_versions, open_release, release_of, still_here
from .wacz import Made, page_id, write_wacz

_WACZ, _LIST, _LEAFLET, _SUMS = "evidence.wacz", "reports.csv", "README.md", "SHA256SUMS"
_TITLE = "论文所据政府信息公开工作年度报告：原始网页存档"
#: Columns of the list.
_HEAD = (
    "年报标识", "版本标识", "机关", "年度", "标题", "指标", "指标名称", "数值", "状态代码",
    "地址", "取得时间（UTC）", "SHA-256", "WARC 记录编号", "WACZ 页面编号", "引用格式",
)  # fmt: skip
Row = Sequence[object]


def export_evidence(
    root: DataRoot, sql: str, out: Path | None = None, seconds: float = SECONDS
) -> tuple[Path, Made]:
    """Write the documents behind the reports or versions that a question returns.

    Args:
        root: The data root.
        sql: A SELECT over the current release; see `query.choose`.
        out: The folder to make; `evidence-<8 digits>` in the current one if None.
        seconds: How long the question may take.

    Returns:
        The folder, and what is in it.

    Raises:
        RootRefused: The folder is no data root.
        ReleaseMissing: It has no release.
        SelectionRefused: The question selects nothing, or the folder is there already.
        RecordDamaged: A record is not what the ledger says.
        WriteFailed: The disk did not take the files.
    """
    release, manifest = release_of(root)
    with open_release(release) as db:
        chosen = choose(db, sql, seconds)
        sources = still_here(root, of_versions(db, chosen.versions))
        rows = list(_rows(db, sources, chosen, manifest))
    listed = _csv(rows)
    folder = out or Path(f"evidence-{hashlib.sha256(listed).hexdigest()[:8]}")
    if folder.exists():
        raise SelectionRefused(f"{folder} is there already; remove it or give another --out")
    with whole_folder(folder) as partial:
        made = write_wacz(root, manifest, sources, _TITLE, partial / _WACZ)
        (partial / _LIST).write_bytes(listed)
        kept = [source for source in sources if source.record_id not in made.left_out]
        text = leaflet(manifest, sql, len(chosen.versions), kept, len(sources) - len(kept))
        (partial / _LEAFLET).write_text(text, "utf-8")
        _sum_up(partial)
    return folder, made


def _rows(
    db: sqlite3.Connection, sources: Sequence[Source], chosen: Chosen, manifest: Mapping[str, Any]
) -> Iterator[Row]:
    """One row a document, or a cited figure and document."""
    labels = dict(db.execute("SELECT figure, label FROM lines"))
    for source in sources:
        for figure in chosen.figures[source.version_id] or (None,):
            value, status = _printed(db, source.version_id, figure)
            label = labels[figure] if figure else None
            yield (
                source.report_id, source.version_id, source.agency, source.year, source.title,
                figure, label, value, status,
                source.url, source.captured_at, source.sha256, source.record_id, page_id(source),
                _citation(source, label, value, manifest),
            )  # fmt: skip


def _printed(db: sqlite3.Connection, version: str, figure: str | None) -> tuple[object, str | None]:
    """A figure's value and status, as the release has them."""
    if figure is None:
        return None, None
    # The figure is one of `lines`, so it is the name of a column.
    values = db.execute(f'SELECT "{figure}" FROM figures WHERE version_id = ?', (version,))
    notes = db.execute(
        "SELECT status FROM figure_notes WHERE version_id = ? AND figure = ?", (version, figure)
    )
    value = next(iter(values.fetchall()), (None,))[0]
    status = next(iter(notes.fetchall()), (None if value is None else "reported",))[0]
    return value, status


def _citation(source: Source, label: str | None, value: object, manifest: Mapping[str, Any]) -> str:
    """The words by which a paper names a document, or a figure in it."""
    figure = f"“{label}”{'' if value is None else f' {value}'}，" if label else ""
    return (
        f"{source.agency}：《{source.title or source.url}》，{figure}{source.url}，"
        f"{source.captured_at[:10]} 取得，版本 {source.version_id}，"
        f"SHA-256 {source.sha256}，nianbao 发布版 {manifest['release']}。"
    )


def _csv(rows: Sequence[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    writer.writerows([guarded(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _sum_up(folder: Path) -> None:
    """Checksums of all files, as `sha256sum -c` reads them."""
    lines = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        lines.append(f"{digest}  {path.name}\n")
    (folder / _SUMS).write_text("".join(lines), "utf-8")
