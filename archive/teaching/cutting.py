"""The two databases of a release, cut down to some agencies.

Tables that explain (codebook, checks, indicators, examples, descriptions) stay whole. Sums are
added up anew. What would count the agencies that were not taken as not found is emptied: a
subset has no coverage.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..manifest import FILES
from ..schema.pooled import add_up
from ..search.index import write_index

_KEPT = """
CREATE TEMP TABLE kept_agencies (agency_id TEXT PRIMARY KEY);
CREATE TEMP TABLE kept_versions (version_id TEXT PRIMARY KEY, n INTEGER UNIQUE, report_id TEXT);
CREATE TEMP TABLE kept_portals (portal TEXT PRIMARY KEY);
"""
_FILL = """
INSERT INTO kept_versions SELECT version_id, n, report_id FROM _versions
WHERE report_id IN (SELECT report_id FROM _reports
  WHERE agency_id IN (SELECT agency_id FROM kept_agencies));
INSERT INTO kept_portals SELECT DISTINCT portal FROM reports
WHERE agency_id IN (SELECT agency_id FROM kept_agencies);
"""
_N, _ID = "SELECT n FROM kept_versions", "SELECT version_id FROM kept_versions"
_REPORT = "SELECT report_id FROM kept_versions"
_AGENCY, _PORTAL = "SELECT agency_id FROM kept_agencies", "SELECT portal FROM kept_portals"
#: Table → the column that must be among these, for its rows to stay.
_ROWS = (
    ("_finding_more", "version", _N),
    ("_findings", "version", _N),
    ("_notes", "version", _N),
    ("_sources", "version", _N),
    ("_blanks", "n", _N),
    ("_reports", "n", _N),
    ("_versions", "n", _N),
    ("figures", "version_id", _ID),
    ("changes", "report_id", _REPORT),
    ("corrections", "report_id", _REPORT),
    ("withheld", "report_id", _REPORT),
    ("agency_names", "agency_id", _AGENCY),
    ("agencies", "agency_id", _AGENCY),
    ("portals", "portal", _PORTAL),
    ("left_out", "portal", _PORTAL),
    ("unread", "portal", _PORTAL),
)
_TEXTS = ("chapters", "grids", "leftovers", "facts", "locators", "details", "duplicates")
_EMPTIED = (
    "_kind_sums", "_kind_sums_blank0", "_unsettled", "_frame_years", "_frame_regions",
    "_frame_size", "_frame_seen", "_frame_places",
)  # fmt: skip
# Ids that lead to one which is not here lead nowhere.
_REST = f"""
DELETE FROM id_history WHERE new_id NOT IN ({_REPORT})
  AND new_id NOT IN ({_ID}) AND new_id NOT IN ({_AGENCY});
UPDATE _finding_more SET related = NULL WHERE related NOT IN ({_N});
DELETE FROM regions WHERE NOT EXISTS (
  SELECT 1 FROM agencies a WHERE a.region_code IS NOT NULL AND (
    regions.region_code IN (a.region_code, substr(a.region_code, 1, 6),
      substr(a.region_code, 1, 4) || '00', substr(a.region_code, 1, 2) || '0000')));
DELETE FROM _reach WHERE place NOT IN ({_AGENCY})
  AND place NOT IN (SELECT region_code FROM agencies WHERE region_code IS NOT NULL);
DELETE FROM unread WHERE rowid NOT IN (SELECT rowid FROM unread ORDER BY url, sha256 LIMIT 20);
DELETE FROM _equations WHERE n NOT IN (SELECT equation FROM _findings);
DELETE FROM _said WHERE n NOT IN (SELECT said FROM _notes);
"""
#: Columns that name a word of `_words`.
_WORDS = {
    "_versions": ("title_end", "base"),
    "_reports": ("published_source", "portal"),
    "_sources": ("base", "portal", "role", "listing", "content_type", "warc_file"),
    "_finding_more": ("reading",),
}
#: Small pages: a subset has many small tables.
_PAGE = 1024


def cut(
    release: Path, folder: Path, agencies: Sequence[str], readme: Sequence[tuple[str, str]]
) -> None:
    """Write both databases of a subset.

    Args:
        release: The release's folder.
        folder: Where they go.
        agencies: Ids of the agencies that stay, with all their reports and versions.
        readme: Rows to put before the others of the table `README`.
    """
    shutil.copyfile(release / FILES[0], folder / FILES[0])
    with _open(folder / FILES[0]) as db, _open(folder / FILES[1]) as texts:
        db.executescript(_KEPT)
        db.executemany("INSERT INTO kept_agencies VALUES (?)", [(each,) for each in agencies])
        db.executescript(_FILL)
        _cut_tables(db)
        add_up(db)
        _tell(db, readme)
        _copy_texts(release / FILES[1], texts, [row[0] for row in db.execute(_ID)])
        write_index(db, texts)
        for each in (db, texts):
            each.executescript(f"ANALYZE; PRAGMA page_size = {_PAGE}; VACUUM;")


@contextlib.contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, uri=True)) as db:
        # Nobody else sees the file before it is whole.
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        yield db


def _cut_tables(db: sqlite3.Connection) -> None:
    with db:
        for table in _EMPTIED:
            db.execute(f"DELETE FROM {table}")
        for table, column, kept in _ROWS:
            db.execute(
                f'DELETE FROM {table} WHERE "{column}" IS NULL OR "{column}" NOT IN ({kept})'
            )
        for statement in _REST.split(";"):
            db.execute(statement)
        named = " UNION ALL ".join(
            f"SELECT {column} AS n FROM {table} WHERE {column} IS NOT NULL"
            for table, columns in _WORDS.items()
            for column in columns
        )
        db.execute(f"DELETE FROM _words WHERE n NOT IN ({named})")


def _copy_texts(source: Path, db: sqlite3.Connection, versions: Sequence[str]) -> None:
    """Copy what is of these versions: a country's texts are gigabytes, and nearly none stay."""
    db.execute("ATTACH ? AS source", (f"{source.absolute().as_uri()}?mode=ro",))
    made = db.execute(
        "SELECT sql FROM source.sqlite_master WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_search\\_%' ESCAPE '\\'"
    ).fetchall()
    with db:
        for (statement,) in made:
            db.execute(statement)
        db.execute("INSERT INTO descriptions SELECT * FROM source.descriptions")
        db.execute("CREATE TEMP TABLE kept (version_id TEXT PRIMARY KEY)")
        db.executemany("INSERT INTO kept VALUES (?)", [(each,) for each in versions])
        for table in _TEXTS:
            db.execute(
                f"INSERT INTO {table} SELECT s.* FROM kept k "
                f"JOIN source.{table} s ON s.version_id = k.version_id ORDER BY s.rowid"
            )
        db.execute("DELETE FROM duplicates WHERE other NOT IN (SELECT version_id FROM kept)")
    db.execute("DETACH source")


def _tell(db: sqlite3.Connection, readme: Sequence[tuple[str, str]]) -> None:
    """Put rows before the others: whoever reads the table README reads these first."""
    with db:
        rows = db.execute("SELECT topic, text FROM README ORDER BY rowid").fetchall()
        db.execute("DELETE FROM README")
        db.executemany("INSERT INTO README VALUES (?, ?)", [*readme, *rows])
