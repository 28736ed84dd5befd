"""The ledger: runs, captures, outcomes and issues in SQLite, beside the WARCs.

Whatever the ledger knows stands in the WARCs too (as records or in their metadata
records), so that it can be rebuilt; a row is written after its record is on the disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from .errors import DatabaseDamaged, WriteFailed

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  run_id      TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,      -- crawl or import
  registry    TEXT NOT NULL,
  software    TEXT NOT NULL,
  started_at  TEXT NOT NULL,
  finished_at TEXT,               -- NULL while unfinished: such a run is continued
  status      TEXT,               -- complete, failed, fewer, stopped, window
  shard       TEXT NOT NULL DEFAULT '',  -- its part of the portals, e.g. 2/8; '' for all
  crawl       TEXT NOT NULL DEFAULT ''  -- the same for all shards that one command crawls, else ''
) STRICT;
CREATE TABLE IF NOT EXISTS portals (   -- registry entries as the run used them
  run_id      TEXT NOT NULL,
  portal      TEXT NOT NULL,
  entry       TEXT NOT NULL,      -- JSON
  PRIMARY KEY (run_id, portal)
) STRICT;
CREATE TABLE IF NOT EXISTS captures (
  record_id   TEXT PRIMARY KEY,   -- WARC-Record-ID of the response, revisit or resource
  run_id      TEXT NOT NULL,
  portal      TEXT NOT NULL,
  role        TEXT NOT NULL,      -- list, article, attachment, node, robots, import
  request_key TEXT NOT NULL,      -- what was asked: method, address, digest of the body
  url         TEXT NOT NULL,
  fetched_at  TEXT NOT NULL,
  status      INTEGER,
  content_type TEXT NOT NULL,
  encoding    TEXT NOT NULL,      -- Content-Encoding
  etag        TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  payload     TEXT NOT NULL,      -- SHA-256 of the body as transferred
  sha256      TEXT NOT NULL,      -- of the body with its content-encoding removed
  bytes       INTEGER NOT NULL,   -- of that body
  revisit_of  TEXT,               -- record that holds the same body
  listing     TEXT NOT NULL,      -- column that led here
  list_title  TEXT NOT NULL,
  list_date   TEXT NOT NULL,
  parent      TEXT NOT NULL,      -- article that an attachment belongs to
  warc_file   TEXT NOT NULL,
  warc_offset INTEGER NOT NULL,
  warc_length INTEGER NOT NULL,
  tls         TEXT NOT NULL DEFAULT ''  -- '' without TLS, else verified or unverified
) STRICT;
CREATE INDEX IF NOT EXISTS captures_request ON captures(request_key, fetched_at);
CREATE INDEX IF NOT EXISTS captures_article ON captures(portal) WHERE role = 'article';
CREATE INDEX IF NOT EXISTS captures_run ON captures(run_id);
CREATE INDEX IF NOT EXISTS captures_portal ON captures(portal);
CREATE TABLE IF NOT EXISTS outcomes (
  run_id      TEXT NOT NULL,
  portal      TEXT NOT NULL,
  outcome     TEXT NOT NULL,      -- complete, incomplete, unreachable, wall, …
  expected    TEXT NOT NULL,      -- the outcome that the registry declares
  detail      TEXT NOT NULL,
  candidates  INTEGER NOT NULL,   -- articles that may be reports
  minimum     INTEGER NOT NULL,   -- as many as the registry expects
  captured    INTEGER NOT NULL,   -- articles and attachments stored anew
  unchanged   INTEGER NOT NULL,
  at          TEXT NOT NULL,
  PRIMARY KEY (run_id, portal)
) STRICT;
CREATE TABLE IF NOT EXISTS issues (
  run_id      TEXT NOT NULL,
  portal      TEXT NOT NULL,
  url         TEXT NOT NULL,
  kind        TEXT NOT NULL,      -- http_404, dns, timeout, wall:521 …
  detail      TEXT NOT NULL,
  at          TEXT NOT NULL,
  PRIMARY KEY (run_id, portal, url, kind)
) STRICT;
CREATE TABLE IF NOT EXISTS plain (     -- bodies that name no files; may be lost
  sha256      BLOB PRIMARY KEY,
  finder      TEXT NOT NULL       -- digest of the code that looked
) STRICT, WITHOUT ROWID;
"""
#: Captures that obtained a body: a page, a 304 that confirms one, an imported document.
OBTAINED = "(status = 200 OR status IS NULL OR (status = 304 AND revisit_of IS NOT NULL))"
TABLES = ("runs", "portals", "captures", "outcomes", "issues")
#: Columns that ledgers made before lack: (table, column, its declaration in `SCHEMA`).
_LATER = (
    ("runs", "shard", "TEXT NOT NULL DEFAULT ''"),
    ("runs", "crawl", "TEXT NOT NULL DEFAULT ''"),
    ("captures", "tls", "TEXT NOT NULL DEFAULT ''"),
)
Row = Mapping[str, Any]


class Ledger:
    """The ledger of a data root, open for reading and writing."""

    def __init__(self, path: Path, *, read_only: bool = False, wal: bool = True) -> None:
        """Open the ledger, creating it if it is not there.

        Args:
            path: Its file.
            read_only: Create and change nothing, for commands that only look.
            wal: Keep a write-ahead log, which those who only look read beside a crawl, and for
                which all must be on one machine; a rollback journal else.

        Raises:
            DatabaseDamaged: The file is no SQLite database, or cannot be opened.
        """
        self.path = path
        try:
            address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
            connection = sqlite3.connect(address, timeout=30, uri=True)
            connection.row_factory = sqlite3.Row
            self.db = Database(connection)
            if not read_only:
                # Truncating is what a folder on a network does with the least ado.
                self.db.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'TRUNCATE'}")
                self.db.executescript(SCHEMA)
                self._migrate()
        except sqlite3.DatabaseError as error:
            raise shut(path, error) or _damaged(path, error) from error

    def _migrate(self) -> None:
        """Add the columns that a ledger made before lacks."""
        for table, column, declared in _LATER:
            known = {row["name"] for row in self.rows(f"PRAGMA table_info({table})")}
            if column not in known:
                self.db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {declared}")

    def put(self, table: str, row: Row) -> None:
        """Insert a row, or replace the one with its key; committed on return.

        Raises:
            WriteFailed: The disk did not take it.
        """
        self.put_all([(table, row)])

    def put_all(self, rows: Sequence[tuple[str, Row]]) -> None:
        """Insert or replace rows, as `put` does, in one short transaction.

        Raises:
            WriteFailed: The disk did not take them; none is in the ledger.
        """
        try:
            with self.db.conn:
                for table, row in rows:
                    self.db.conn.execute(_insert(table, tuple(row)), list(row.values()))
        except sqlite3.OperationalError as error:
            raise WriteFailed(
                f"{self.path} takes nothing more ({error}); the WARC has the records, "
                "and the next run enters them"
            ) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(self.path, error) from error

    def rows(self, sql: str, *parameters: Any) -> Iterator[sqlite3.Row]:
        """Rows of a query.

        Raises:
            WriteFailed: SQLite cannot read either: its disk is full or failing.
            DatabaseDamaged: The file is no SQLite database, or a damaged one.
        """
        yield from self._rows(self.db.conn.cursor(), sql, parameters)

    def tuples(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of a query without the names of their columns: a million in three quarters the time.

        Raises:
            WriteFailed: As of `rows`.
            DatabaseDamaged: Likewise.
        """
        cursor = self.db.conn.cursor()
        cursor.row_factory = None
        yield from self._rows(cursor, sql, parameters)

    def _rows(self, cursor: sqlite3.Cursor, sql: str, parameters: tuple[Any, ...]) -> Iterator[Any]:
        try:
            yield from cursor.execute(sql, parameters)
        except sqlite3.OperationalError as error:
            # Even who only looks writes: SQLite keeps ledger.db-shm beside a ledger in WAL mode.
            # Python's own error, of a text that does not decode, has no name.
            name = getattr(error, "sqlite_errorname", "")
            shut = name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
            advice = "; who looks must be able to write into its folder" if shut else ""
            raise WriteFailed(f"{self.path} cannot be read ({error}){advice}") from error
        except sqlite3.DatabaseError as error:
            raise _damaged(self.path, error) from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let the queries of the block see one state, whatever a crawl writes meanwhile."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.conn.rollback()

    def one(self, sql: str, *parameters: Any) -> sqlite3.Row | None:
        """First row of a query, or None."""
        return next(self.rows(sql, *parameters), None)

    def unfinished_run(self, shard: str = "") -> sqlite3.Row | None:
        """The crawl of a shard, or of the whole, that was broken off, or None."""
        return self.one(
            "SELECT * FROM runs WHERE finished_at IS NULL AND kind = 'crawl' AND shard = ? "
            "ORDER BY started_at DESC LIMIT 1",
            shard,
        )

    def portals_of(self, run_id: str) -> set[str]:
        """Keys of the portals that a run began to crawl."""
        rows = self.rows("SELECT portal FROM portals WHERE run_id = ?", run_id)
        return {row["portal"] for row in rows}

    def latest(self, request_key: str) -> sqlite3.Row | None:
        """The newest capture of a request that obtained a body, revisits included."""
        return self.one(
            f"SELECT * FROM captures WHERE request_key = ? AND {OBTAINED} "
            "ORDER BY fetched_at DESC, rowid DESC LIMIT 1",
            request_key,
        )

    def known_articles(self, portal: str) -> Iterator[sqlite3.Row]:
        """The articles of a portal that were obtained, each with when it was asked for last."""
        return self.rows(
            "SELECT url, list_title, list_date, etag, last_modified, max(fetched_at) AS obtained, "
            "(SELECT max(fetched_at) FROM captures AS c WHERE c.request_key = k.url) AS fetched_at "
            f"FROM captures AS k WHERE portal = ? AND role = 'article' AND {OBTAINED} "
            "GROUP BY url ORDER BY url",
            portal,
        )

    def had_another(self, request_key: str, sha256: str) -> bool:
        """Whether a request ever obtained another body than this."""
        found = self.one(
            f"SELECT 1 FROM captures WHERE request_key = ? AND sha256 <> ? AND {OBTAINED} LIMIT 1",
            request_key,
            sha256,
        )
        return found is not None

    def is_plain(self, sha256: str, finder: str) -> bool:
        """Whether a body was found to name no files, by this finder."""
        row = self.one("SELECT finder FROM plain WHERE sha256 = ?", bytes.fromhex(sha256))
        return row is not None and bool(row["finder"] == finder)

    def noted(self, kinds: Sequence[str]) -> set[tuple[str, str]]:
        """Address and run of all issues of some kinds."""
        marks = ", ".join("?" * len(kinds))
        rows = self.rows(f"SELECT url, run_id FROM issues WHERE kind IN ({marks})", *kinds)
        return {(row["url"], row["run_id"]) for row in rows}

    def holder(
        self, request_key: str, sha256: str, status: int | None, encoding: str
    ) -> sqlite3.Row | None:
        """The newest capture that holds this very body, answered with this status, or None.

        Args:
            request_key: What was asked.
            sha256: Digest of the body with its content-encoding removed.
            status: HTTP status, or None of an imported document.
            encoding: Its content-encoding.
        """
        return self.one(
            "SELECT * FROM captures WHERE request_key = ? AND sha256 = ? AND status IS ? "
            "AND encoding = ? AND revisit_of IS NULL ORDER BY fetched_at DESC, rowid DESC LIMIT 1",
            request_key,
            sha256,
            status,
            encoding,
        )

    def capture(self, record_id: str) -> sqlite3.Row | None:
        """The capture of a record, or None."""
        return self.one("SELECT * FROM captures WHERE record_id = ?", record_id)

    def digest_of(self, record_id: str) -> str | None:
        """SHA-256 of the body that a record holds or confirms, or None."""
        row = self.capture(record_id)
        return str(row["sha256"]) if row else None

    def end_of(self, warc_file: str) -> int:
        """Where the last capture known of a file ends; 0 if none is known."""
        row = self.one(
            "SELECT max(warc_offset + warc_length) AS end FROM captures WHERE warc_file = ?",
            warc_file,
        )
        return row["end"] or 0 if row else 0

    def close(self) -> None:
        """Close the connection."""
        self.db.close()


class Obtained:
    """Request keys of which a run had a body, new or confirmed, when it was broken off.

    They are looked up and not held: a long run has hundreds of thousands.
    """

    def __init__(self, ledger: Ledger, run_id: str, roles: tuple[str, ...]) -> None:
        marks = ", ".join(f"'{role}'" for role in roles)
        self._ledger, self._run_id = ledger, run_id
        self._sql = (
            "SELECT 1 FROM captures WHERE request_key = ? AND run_id = ? AND rowid <= ? "
            f"AND role IN ({marks}) AND {OBTAINED} LIMIT 1"
        )
        last = ledger.one("SELECT max(rowid) AS last FROM captures")
        self._last = (last and last["last"]) or 0

    def __contains__(self, request_key: object) -> bool:
        found = self._ledger.one(self._sql, request_key, self._run_id, self._last)
        return found is not None


def shut(path: Path, error: sqlite3.DatabaseError) -> WriteFailed | None:
    """The error of a file that is sound, on a disk that takes nothing; None of another."""
    name = getattr(error, "sqlite_errorname", "")
    if not name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return None
    return WriteFailed(
        f"{path} cannot be opened ({error}); make room, or let this user write into "
        "its folder, then call the command again: nothing is lost"
    )


def _damaged(path: Path, error: sqlite3.DatabaseError) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"{path} cannot be opened ({error}); if it is damaged, move it away: "
        "the next run or build makes it again from the WARCs"
    )


@cache
def _insert(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    return f'INSERT OR REPLACE INTO "{table}" ({columns}) VALUES ({marks})'
