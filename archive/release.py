"""Writing a release: the two SQLite files of a folder, checked, then made current."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from extract.types import Report

from . import codebook, rows, schema
from .contenthash import content_hash
from .errors import ReleaseRefused
from .histories import Gathered
from .manifest import FILES, current_manifest, is_whole, write_json
from .readings import Reading
from .root import DataRoot, Registry

_PARTIAL = ".partial"
#: Begins the names of counts of documents that are no report, by reason.
UNREAD_PREFIX = "unread_"


def write_release(
    root: DataRoot, registry: Registry, gathered: Gathered, read: Callable[[str], Reading]
) -> bool:
    """Write a release and make it current, unless it says nothing new.

    The folder bears another name until it is complete, checked and on the disk; then
    it is renamed and `current` is switched, each in one step. A kill at any moment
    leaves the old release current and whole.

    Args:
        root: The data root; hold its `build` lock.
        registry: What the root belongs to.
        gathered: The reports.
        read: Gives what the body of a digest says.

    Returns:
        Whether there is a new current release.

    Raises:
        ReleaseRefused: The new files did not pass their checks; the old release stays.
    """
    for left in root.releases.glob(f"*{_PARTIAL}"):
        shutil.rmtree(left)
    built = datetime.now(UTC)
    folder = root.releases / f"{built:%Y%m%d-%H%M%S-%f}{_PARTIAL}"
    folder.mkdir()
    counts = _write_files(folder, registry, gathered, read)
    before = current_manifest(root) if is_whole(root) else {}
    _check(folder, gathered, counts, before)
    identity = {
        "content_hash": content_hash(*(folder / name for name in FILES)),
        "schema": _schema_digest(folder),
    }
    if all(before.get(name) == digest for name, digest in identity.items()):
        shutil.rmtree(folder)
        return False
    manifest = {
        "release": f"{built:%Y%m%d-%H%M%S}-{identity['content_hash'][:8]}",
        **identity,
        "built_at": built.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "registry": registry.name,
        "fiction": registry.fiction,
        "counts": counts,
    }
    write_json(folder / "manifest.json", manifest)
    _publish(root, folder, manifest)
    return True


def _publish(root: DataRoot, folder: Path, manifest: dict[str, Any]) -> None:
    """Make a complete folder the current release."""
    for path in sorted(folder.iterdir()):
        _sync(path)
    _sync(folder)
    final = _left_over(root, manifest)
    if final is None:
        final = root.releases / str(manifest["release"])
        shutil.rmtree(final, ignore_errors=True)  # the same second, the same content
        folder.rename(final)
    else:
        shutil.rmtree(folder)
    link = root.releases / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    link.replace(root.current)
    _sync(root.releases)


def _left_over(root: DataRoot, manifest: dict[str, Any]) -> Path | None:
    """A release of the same content that a kill left behind, renamed but not current."""
    for path in sorted(root.releases.glob("*/manifest.json")):
        whole = all((path.parent / name).is_file() for name in FILES)
        if path.parent.is_symlink() or path.parent.suffix == _PARTIAL or not whole:
            continue
        found = json.loads(path.read_text("utf-8"))
        if all(found.get(name) == manifest[name] for name in ("content_hash", "schema")):
            return path.parent
    return None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _new_database(path: Path) -> Iterator[Database]:
    database = Database(sqlite3.connect(path))
    try:
        # Nobody else sees the file before it is whole; a journal would only cost time.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        yield database
        database.execute("ANALYZE")
        database.vacuum()
    finally:
        database.close()


def _write_files(
    folder: Path, registry: Registry, gathered: Gathered, read: Callable[[str], Reading]
) -> dict[str, int]:
    """Write both databases; returns counts of what is current."""
    histories = [gathered.reports[key] for key in sorted(gathered.reports)]
    counts = {"reports": 0, "read": 0, "agencies": 0, "figures": 0, "findings": 0, "failed": 0}
    with (
        _new_database(folder / FILES[0]) as nianbao,
        _new_database(folder / FILES[1]) as text,
    ):
        schema.create(nianbao, text)
        tables, texts = rows.Tables(nianbao.conn), rows.Tables(text.conn)
        tables.add("lines", schema.codebook())
        tables.add("flags", codebook.rows())
        tables.add("README", schema.readme(registry.fiction))
        tables.add("agencies", rows.agencies(histories))
        for history in histories:
            for version in history.versions:
                whole = read(version.sha256).report or version.report
                identity = rows.version_id(history, version)
                tables.add("versions", [rows.version_row(history, version)])
                tables.add("sources", rows.source_rows(history, version))
                tables.add("findings", rows.finding_rows(identity, history.report_id, whole))
                if whole.figures:
                    tables.add("figures", [rows.figures_row(identity, whole.figures)])
                    tables.add("figure_notes", rows.note_rows(identity, whole.figures))
                    texts.add(
                        "locators", [rows.locator_row(identity, version.sha256, whole.figures)]
                    )
                texts.add("chapters", rows.chapter_rows(identity, whole))
                texts.add("grids", rows.grid_rows(identity, whole))
                texts.add("leftovers", rows.leftover_rows(identity, whole))
                if version is history.current:
                    tables.add("reports", [rows.report_row(history, whole)])
                    _count(counts, whole)
        tables.add("coverage", rows.coverage_rows(histories))
        tables.add("unread", rows.unread_rows(gathered.unread))
        tables.add("left_out", rows.left_out_rows(gathered.left_out))
        tables.flush()
        texts.flush()
    counts["agencies"] = len({history.agency.agency_id for history in histories})
    counts["versions"] = sum(len(history.versions) for history in histories)
    counts["unread"] = len(gathered.unread)
    for each in gathered.unread:
        name = f"{UNREAD_PREFIX}{each.reason}"
        counts[name] = counts.get(name, 0) + 1
    counts["left_out"] = sum(map(len, gathered.left_out.values()))
    return counts


def _count(counts: dict[str, int], read: Report) -> None:
    counts["reports"] += 1
    counts["read"] += read.status == "read"
    counts["figures"] += sum(figure.value is not None for figure in read.figures)
    counts["findings"] += len(read.findings)
    counts["failed"] += sum(finding.status == "fail" for finding in read.findings)


def _check(
    folder: Path, gathered: Gathered, counts: dict[str, int], before: dict[str, Any]
) -> None:
    """Refuse files that are broken, incomplete, or emptier than the current release."""
    for name in FILES:
        with contextlib.closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as db:
            verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
            broken = db.execute("PRAGMA foreign_key_check").fetchall()
            written = _sizes(db) if name == FILES[0] else {}
        if verdict != "ok" or broken:
            raise ReleaseRefused(
                f"{folder / name}: {verdict}, {len(broken)} broken references; "
                "the old release stays current"
            )
        if written and written["reports"] != len(gathered.reports):
            raise ReleaseRefused(
                f"{folder / name} holds {written['reports']} of {len(gathered.reports)} reports; "
                "the old release stays current"
            )
    had = before.get("counts", {}).get("reports", 0)
    if had and not counts["reports"]:
        raise ReleaseRefused(
            f"the new release would hold no report where the current one holds {had}; "
            "it stays current. Are the WARC files and the ledger all there?"
        )


def _sizes(db: sqlite3.Connection) -> dict[str, int]:
    return {"reports": db.execute("SELECT count(*) FROM reports").fetchone()[0]}


def _schema_digest(folder: Path) -> str:
    """Digest of all statements that made the tables, views and indexes."""
    digest = hashlib.sha256()
    for name in FILES:
        with contextlib.closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as db:
            for row in db.execute("SELECT name, sql FROM sqlite_master ORDER BY name"):
                digest.update(json.dumps(row).encode())
    return digest.hexdigest()
