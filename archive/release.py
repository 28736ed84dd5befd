"""Writing a release: the two SQLite files of a folder, checked, then made current."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from extract.forms import columns
from extract.types import Figure

from . import schema
from .contenthash import content_hash
from .errors import ReleaseRefused
from .gather import Gathered, ReportHistory, Version, sources
from .root import DataRoot, Registry

_PARTIAL = ".partial"
FILES = ("nianbao.db", "text.db")


def write_release(
    root: DataRoot, registry: Registry, gathered: Gathered, about: Mapping[str, Any]
) -> tuple[Path, bool]:
    """Write a release and make it current, unless it says nothing new.

    The folder bears another name until it is complete, checked and on the disk; then
    it is renamed and `current` is switched, each in one step. A kill at any moment
    leaves the old release current and whole.

    Args:
        root: The data root; hold its `build` lock.
        registry: What the root belongs to.
        gathered: The reports.
        about: What else the manifest says: `reader` (its version), `inputs` (the digest
            of what the release is made from), `portals` (the last outcome of each).

    Returns:
        The current release's folder, and whether it is a new one.

    Raises:
        ReleaseRefused: The new files did not pass their checks; the old release stays.
    """
    for left in root.releases.glob(f"*{_PARTIAL}"):
        shutil.rmtree(left)
    built = datetime.now(UTC)
    folder = root.releases / f"{built:%Y%m%d-%H%M%S-%f}{_PARTIAL}"
    folder.mkdir()
    counts = _write_files(folder, registry, gathered, about["reader"])
    _check(folder, counts)
    digest = content_hash(*(folder / name for name in FILES))
    if digest == current_hash(root):
        shutil.rmtree(folder)
        _note_inputs(root, about)
        return root.current.resolve(), False
    release = f"{built:%Y%m%d-%H%M%S}-{digest[:8]}"
    manifest = {
        "release": release,
        "content_hash": digest,
        "built_at": built.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "registry": registry.name,
        "fiction": registry.fiction,
        "counts": counts,
        **about,
    }
    _write_manifest(folder, manifest)
    return _publish(root, folder, release), True


def current_manifest(root: DataRoot) -> dict[str, Any]:
    """The manifest of the current release; empty if there is none."""
    try:
        manifest: dict[str, Any] = json.loads((root.current / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return manifest


def current_hash(root: DataRoot) -> str | None:
    """Content hash of the current release, or None."""
    return current_manifest(root).get("content_hash")


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    partial = folder / "manifest.tmp"
    partial.write_text(text + "\n", "utf-8")
    partial.replace(folder / "manifest.json")


def _note_inputs(root: DataRoot, about: Mapping[str, Any]) -> None:
    """The current release says all that there is to say of these inputs, too."""
    manifest = {**current_manifest(root), "inputs": about["inputs"]}
    _write_manifest(root.current.resolve(), manifest)


def _publish(root: DataRoot, folder: Path, release: str) -> Path:
    for path in sorted(folder.iterdir()):
        _sync(path)
    _sync(folder)
    final = root.releases / release
    folder.rename(final)
    link = root.releases / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(release)
    link.replace(root.current)
    _sync(root.releases)
    return final


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_files(
    folder: Path, registry: Registry, gathered: Gathered, reader: str
) -> dict[str, int]:
    databases = [Database(sqlite3.connect(folder / name)) for name in FILES]
    nianbao, text = databases
    for database in databases:
        # Nobody else sees the file before it is whole; a journal would only cost time.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
    schema.create(nianbao, text)
    rows = _Rows(gathered, reader)
    with nianbao.conn:
        for table, found in rows.nianbao(registry):
            _insert(nianbao.conn, table, found)
    with text.conn:
        for table, found in rows.text():
            _insert(text.conn, table, found)
    counts = {
        table: nianbao[table].count
        for table in ("reports", "versions", "agencies", "findings", "unread")
    }
    counts["figures"] = rows.figures
    for database in databases:
        database.execute("ANALYZE")
        database.vacuum()
        database.close()
    return counts


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows of one shape with executemany (30 times sqlite-utils' speed, measured)."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    names = ", ".join(f'"{name}"' for name in first)
    marks = ", ".join("?" for _ in first)
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
    connection.execute(sql, list(first.values()))
    connection.executemany(sql, (list(row.values()) for row in iterator))


class _Rows:
    """Rows of every table, in an order that satisfies the references."""

    def __init__(self, gathered: Gathered, reader: str) -> None:
        self._histories = [gathered.reports[key] for key in sorted(gathered.reports)]
        self._unread = gathered.unread
        self._reader = reader
        self.figures = 0

    def nianbao(self, registry: Registry) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
        yield "lines", schema.codebook()
        yield "agencies", self._agencies()
        yield "versions", (self._version(h, v) for h, v in self._versions())
        yield "reports", (self._report(history) for history in self._histories)
        yield "sources", self._sources()
        yield "figures", (self._figures(h, v) for h, v in self._versions() if v.report.figures)
        yield "figure_notes", self._notes()
        yield "findings", self._findings()
        yield "coverage", self._coverage()
        yield "unread", self._unread_rows()
        yield "README", schema.readme(registry.fiction)

    def text(self) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
        yield (
            "chapters",
            (
                {"version_id": _version_id(h, v), "chapter": number, "text": chapter}
                for h, v in self._versions()
                for number, chapter in v.report.chapters.items()
            ),
        )
        yield "locators", (self._locators(h, v) for h, v in self._versions() if v.report.figures)

    def _versions(self) -> Iterator[tuple[ReportHistory, Version]]:
        for history in self._histories:
            for version in history.versions:
                yield history, version

    def _agencies(self) -> list[dict[str, Any]]:
        grouped: dict[str, list[ReportHistory]] = {}
        for history in self._histories:
            grouped.setdefault(history.agency.agency_id, []).append(history)
        return [
            {
                "agency_id": agency_id,
                # Several printed names of one agency: the shortest is the plainest.
                "name": min((h.agency.name for h in found), key=lambda n: (len(n), n)),
                "region_code": found[0].agency.region_code,
                "region_name": found[0].agency.region_name,
                "kind": found[0].agency.kind,
                "kind_name": found[0].agency.kind_name,
                "resolved": int(found[0].agency.resolved),
                "reports": len(found),
                "first_year": min(h.year for h in found),
                "last_year": max(h.year for h in found),
            }
            for agency_id, found in sorted(grouped.items())
        ]

    def _version(self, history: ReportHistory, version: Version) -> dict[str, Any]:
        report = version.report
        evidence = {about: [asdict(e) for e in found] for about, found in report.evidence.items()}
        return {
            "version_id": _version_id(history, version),
            "report_id": history.report_id,
            "number": version.number,
            "status": report.status,
            "title": report.title,
            "form_t2": report.forms.get("t2"),
            "form_t3": report.forms.get("t3"),
            "form_t4": report.forms.get("t4"),
            "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
            "attachments": json.dumps(report.attachments, ensure_ascii=False),
            "text_sha256": version.text_sha256,
            "figures_sha256": version.figures_sha256,
            "reader": self._reader,
        }

    def _report(self, history: ReportHistory) -> dict[str, Any]:
        version, agency = history.current, history.agency
        report = version.report
        statuses = [finding.status for finding in report.findings]
        newest = max(sources(version), key=lambda body: (body.standing, body.order))
        return {
            "report_id": history.report_id,
            "agency_id": agency.agency_id,
            "agency": agency.name,
            "region_code": agency.region_code,
            "region_name": agency.region_name,
            "kind": agency.kind,
            "scope": agency.scope,
            "year": history.year,
            "status": report.status,
            "form": report.form,
            "title": report.title,
            "published": report.published,
            "signed": report.signed,
            "version_id": _version_id(history, version),
            "url": newest.capture["url"],
            "portal": newest.capture["portal"],
            "failed": statuses.count("fail"),
            "uncertain": statuses.count("uncertain"),
            "not_assessable": statuses.count("not_assessable"),
            "passed": report.passes,
        }

    def _sources(self) -> Iterator[dict[str, Any]]:
        for history, version in self._versions():
            for body in sources(version):
                capture = body.capture
                yield {
                    "version_id": _version_id(history, version),
                    "url": capture["url"],
                    "sha256": capture["sha256"],
                    "portal": capture["portal"],
                    "listing": capture["listing"] or None,
                    "list_title": capture["list_title"] or None,
                    "list_date": capture["list_date"] or None,
                    "http_status": capture["status"],
                    "content_type": capture["content_type"] or None,
                    "bytes": capture["bytes"],
                    "captured_at": capture["fetched_at"],
                    "last_seen": body.last_seen,
                    "record_id": capture["record_id"],
                    "warc_file": capture["warc_file"],
                    "warc_offset": capture["warc_offset"],
                }

    def _figures(self, history: ReportHistory, version: Version) -> dict[str, Any]:
        row: dict[str, Any] = {"version_id": _version_id(history, version)}
        row.update(dict.fromkeys(columns()))
        for figure in version.report.figures:
            row[figure.key] = figure.value
            self.figures += figure.value is not None
        return row

    def _notes(self) -> Iterator[dict[str, Any]]:
        for history, version in self._versions():
            for figure in version.report.figures:
                if not _is_plain(figure):
                    yield {
                        "version_id": _version_id(history, version),
                        "figure": figure.key,
                        "printed": figure.printed,
                        "status": figure.status,
                        "unit": figure.unit,
                        "flags": " ".join(figure.flags) or None,
                    }

    def _findings(self) -> Iterator[dict[str, Any]]:
        for history, version in self._versions():
            for number, finding in enumerate(version.report.findings, 1):
                yield {
                    "version_id": _version_id(history, version),
                    "number": number,
                    "report_id": history.report_id,
                    "check": finding.check,
                    "status": finding.status,
                    "left": finding.left,
                    "right": finding.right,
                    "figures": json.dumps(finding.figures),
                    "sentence": finding.sentence,
                    "sentence_en": finding.sentence_en,
                }

    def _coverage(self) -> Iterator[dict[str, Any]]:
        have = {(h.agency.agency_id, h.year): h for h in self._histories}
        years = sorted({year for _, year in have})
        for agency_id in sorted({agency_id for agency_id, _ in have}):
            for year in range(years[0], years[-1] + 1):
                history = have.get((agency_id, year))
                yield {
                    "agency_id": agency_id,
                    "year": year,
                    "status": history.current.report.status if history else "not_in_archive",
                    "report_id": history.report_id if history else None,
                }

    def _unread_rows(self) -> list[dict[str, Any]]:
        rows = [
            {
                "url": unread.body.capture["url"],
                "sha256": unread.body.capture["sha256"],
                "portal": unread.body.capture["portal"],
                "list_title": unread.body.capture["list_title"] or None,
                "reason": unread.reason,
                "detail": unread.detail,
            }
            for unread in self._unread
        ]
        return sorted(rows, key=lambda row: (str(row["url"]), str(row["sha256"])))

    def _locators(self, history: ReportHistory, version: Version) -> dict[str, Any]:
        places = {f.key: f.place for f in version.report.figures if f.place}
        packed = zlib.compress(json.dumps(places, separators=(",", ":")).encode(), 6)
        return {"version_id": _version_id(history, version), "places": packed}


def _version_id(history: ReportHistory, version: Version) -> str:
    return f"{history.report_id}.v{version.number}"


def _is_plain(figure: Figure) -> bool:
    """Whether the number alone says all that is printed."""
    return (
        figure.status == "reported"
        and not figure.flags
        and figure.unit is None
        and figure.printed == str(figure.value)
    )


def _check(folder: Path, counts: dict[str, int]) -> None:
    for name in FILES:
        with sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True) as db:
            verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
            broken = db.execute("PRAGMA foreign_key_check").fetchall()
        db.close()
        if verdict != "ok" or broken:
            raise ReleaseRefused(
                f"{folder / name}: {verdict}, {len(broken)} broken references; "
                "the old release stays current"
            )
    if counts["reports"] > counts["versions"]:
        raise ReleaseRefused(f"{folder}: more reports than versions; the old release stays")
