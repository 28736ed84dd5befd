"""The two SQLite files of a release, written from its reports."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlite_utils import Database

from extract.types import Report
from extract.version import reader_version

from .. import codebook, rows, schema
from ..audit.accuracy import audit_rows
from ..audit.accuracy import told as told_accuracy
from ..audit.published import of_registry
from ..corrections.told import correction_rows
from ..curation import Curation
from ..histories import Gathered, ReportHistory, Version
from ..manifest import FILES
from ..packing import Packed
from ..public import Public
from ..readings import Reading
from ..root import Registry
from ..search.index import Numbers, write_index
from ..withholding.tombstones import without_withheld
from . import meaning
from .history import Past

#: Begins the names of counts of documents that are no report, by reason.
UNREAD_PREFIX = "unread_"
#: Begins the names of counts of corrections by hand, by state.
CORRECTIONS_PREFIX = "corrections_"


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


@contextlib.contextmanager
def _attached(db: sqlite3.Connection, text: Path) -> Iterator[None]:
    """text.db as `text` in queries of nianbao.db."""
    db.execute("ATTACH DATABASE ? AS text", (str(text),))
    try:
        yield
    finally:
        db.rollback()
        db.execute("DETACH DATABASE text")


def write_databases(
    folder: Path,
    registry: Registry,
    gathered: Gathered,
    read: Callable[[str], Reading],
    told: Past | None = None,
    public: Public | None = None,
) -> dict[str, int]:
    """Write both databases; returns counts of what is current."""
    counts = {"reports": 0, "read": 0, "agencies": 0, "figures": 0, "findings": 0, "failed": 0}
    counts |= {"informative": 0, "versions": 0}
    public = public or Public(Curation())
    with (
        _new_database(folder / FILES[0]) as nianbao,
        _new_database(folder / FILES[1]) as text,
    ):
        schema.create(nianbao, text)
        tables, texts = Packed(nianbao.conn), rows.Tables(text.conn)
        tables.add("lines", schema.codebook())
        tables.add("flags", codebook.rows())
        _say_accuracy(tables, registry, public.curation)
        agencies = list(rows.agencies(_histories(gathered)))
        tables.add("agencies", agencies)
        tables.add("agency_names", gathered.names.rows(agencies))
        tables.add("_years", rows.year_rows(agencies))
        numbers = Numbers()
        for history in _histories(gathered):
            counts["versions"] += len(history.versions)
            for version in history.versions:
                whole = read(version.sha256).report or version.report
                whole = public.report(history, version, whole)
                add_version(tables, texts, numbers, history, version, whole)
                if version is history.current:
                    tables.add("reports", [rows.report_row(history, whole)])
                    _count(counts, whole)
        if told is not None:
            tables.add("changes", told.changes)
            tables.add("id_history", told.id_history)
            tables.add("withheld", told.withheld)
        corrections = list(correction_rows(gathered, read, public.curation.corrections))
        # What is corrected in a thing that is withheld would tell what it printed.
        corrections = without_withheld(corrections, told.withheld if told else ())
        tables.add("corrections", corrections)
        tables.add("unread", rows.unread_rows(gathered.unread))
        tables.add("left_out", rows.left_out_rows(gathered.left_out))
        tables.flush()
        texts.flush()
        with _attached(nianbao.conn, folder / FILES[1]):
            meaning.complete(tables, texts, gathered, fiction=registry.fiction)
        write_index(nianbao.conn, text.conn)
        _count_findings(counts, nianbao.conn)
    counts["agencies"] = len(agencies)
    counts |= Counter(f"{CORRECTIONS_PREFIX}{row['state']}" for row in corrections)
    counts["unread"] = len(gathered.unread)
    counts |= Counter(f"{UNREAD_PREFIX}{each.reason}" for each in gathered.unread)
    counts["left_out"] = sum(map(len, gathered.left_out.values()))
    return counts


def _say_accuracy(tables: Packed, registry: Registry, curation: Curation) -> None:
    """Write what audits say of this release; an audit of another registry says nothing."""
    audits, reader = of_registry(curation.audits, registry.name), reader_version()
    tables.add("README", schema.readme(registry.fiction, told_accuracy(audits, reader)))
    tables.add("audits", audit_rows(audits, reader))


def add_version(
    tables: Packed,
    texts: rows.Tables,
    numbers: Numbers,
    history: ReportHistory,
    version: Version,
    whole: Report,
) -> None:
    """Write a version's rows, but for that of its report.

    Args:
        tables: Of `nianbao.db`.
        texts: Of `text.db`.
        numbers: Numbers the chapters for the search.
        history: Its report.
        version: The version.
        whole: Its whole reading as it is published.
    """
    identity = rows.version_id(history, version)
    tables.add("versions", [rows.version_row(history, version)])
    tables.add("sources", rows.source_rows(history, version))
    tables.add("findings", rows.finding_rows(identity, whole))
    if whole.figures:
        tables.add("figures", [rows.figures_row(identity, whole.figures)])
        tables.add("figure_notes", rows.note_rows(identity, whole.figures))
        texts.add("locators", [rows.locator_row(identity, version.sha256, whole.figures)])
    texts.add("details", [rows.detail_row(identity, version)])
    texts.add("chapters", numbers.given(rows.chapter_rows(identity, whole), history.year))
    texts.add("grids", rows.grid_rows(identity, whole))
    texts.add("leftovers", rows.leftover_rows(identity, whole))
    texts.add("facts", rows.fact_rows(identity, whole))


def _histories(gathered: Gathered) -> Iterator[ReportHistory]:
    """All reports in the order of their ids."""
    return (gathered.reports[report_id] for report_id in sorted(gathered.reports))


def _count(counts: dict[str, int], read: Report) -> None:
    counts["reports"] += 1
    counts["read"] += read.status == "read"
    counts["figures"] += sum(figure.value is not None for figure in read.figures)


def _count_findings(counts: dict[str, int], db: sqlite3.Connection) -> None:
    """Findings of current versions, those that other reports gave rise to included.

    What informative checks say is counted apart: they judge nothing.
    """
    sums = ("failed + uncertain + not_assessable", "failed", "informative")
    sql = ", ".join(f"coalesce(sum({each}), 0)" for each in sums)
    row = db.execute(f"SELECT {sql} FROM _reports").fetchone()
    counts["findings"], counts["failed"], counts["informative"] = row
