"""What parts of tables are made from, as digests: what is made from the same is not written again.

What is stored of the agencies of a part is known from the content hash. What that leaves out,
times of capture above all, is digested here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence

from ...builder import builder_version
from .fields import Table
from .spans import Span

#: Small tables that all parts take words from.
_WORDS = ("lines", "checks")
#: What a row of `coverage` rests on beside the reports of its year (`schema.coverage`).
_OF_AGENCIES = (
    """SELECT agency_id, region_code, level, kind, is_vertical, org_form, parent_id
    FROM agencies ORDER BY 1""",
    "SELECT region_code, kind, valid_from, valid_to FROM regions ORDER BY 1, 3",
    "SELECT level, kind, first_year, last_year, existence FROM expected ORDER BY 1, 2, 3",
    "SELECT place, status, first_look FROM _reach ORDER BY 1",
    "SELECT report_id FROM withheld WHERE is_report ORDER BY 1",
    """SELECT scope, level, first_year, last_year, month, day FROM deadlines
    ORDER BY 1, 2, 3, 4, 5, 6""",
)
#: What a part shows that no digest of its content knows; SQL by table.
_VOLATILE = {
    "sources": """SELECT v.version_id, s.number, s.captured_at, s.last_seen, s.record_id,
      (SELECT word FROM _words WHERE n = s.warc_file), s.warc_offset
    FROM _versions v JOIN _sources s ON s.version = v.n{where} ORDER BY 1, 2""",
    "changes": "SELECT * FROM changes{where} ORDER BY change_id",
    # The day of a report is the first of its captures, however they are written.
    "coverage": """SELECT r.report_id, r.status, r.scope, v.published,
      (SELECT group_concat(s.captured_at) FROM _versions o JOIN _sources s ON s.version = o.n
       WHERE o.version_id > r.report_id || '.v' AND o.version_id < r.report_id || '.w'
       AND s.role IS NOT (SELECT n FROM _words WHERE word = 'import'))
    FROM _reports r JOIN _versions v ON v.n = r.n{where} ORDER BY 1""",
}
_BOUND = {"sources": "v.version_id", "changes": "change_id", "coverage": "r.year"}


def contents_of_spans(
    db: sqlite3.Connection, within: Sequence[Span], contents: Mapping[str, str] | None
) -> list[str]:
    """Digests of what is stored of the agencies of each span.

    Args:
        db: nianbao.db.
        within: The spans of ids.
        contents: Digests of the parts of the release's content, by their names.

    Returns:
        A digest a span; "" if nobody knows the contents.
    """
    if contents is None:
        return [""] * len(within)
    shared = _shared(db, [f'SELECT * FROM "{name}" ORDER BY 1' for name in _WORDS])
    names = sorted(contents)
    found = []
    for span in within:
        digest = shared.copy()
        for name in span.of(names):
            digest.update(f"{name} {contents[name]}\n".encode())
        found.append(digest.hexdigest())
    return found


def content_of_years(db: sqlite3.Connection) -> str:
    """Digest of what `coverage` says of any year, but for the reports of that year.

    Args:
        db: nianbao.db.
    """
    return _shared(db, _OF_AGENCIES).hexdigest()


def is_volatile(table: Table) -> bool:
    """Whether parts of a table show what no digest of their content knows."""
    return table.name in _VOLATILE


def volatile(db: sqlite3.Connection, table: Table, span: Span) -> str:
    """Digest of what a part shows that no digest of its content knows; "" if there is no such.

    Args:
        db: nianbao.db.
        table: The part's table.
        span: Its rows.
    """
    if not is_volatile(table):
        return ""
    digest = hashlib.sha256()
    where, given = span.where(_BOUND[table.name])
    for row in db.execute(_VOLATILE[table.name].format(where=where), given):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def state(table: Table, span: Span, content: str, more: str) -> str:
    """Digest of all that a part is made from; "" if not all of it is known.

    Args:
        table: The part's table.
        span: Its rows.
        content: As `contents_of_spans` or `content_of_years` gives it.
        more: As `volatile` gives it.
    """
    if not content:
        return ""
    said = f"{content}\n{tuple(span)}\n{table.fields}\n{more}"
    return hashlib.sha256(said.encode()).hexdigest()


def _shared(db: sqlite3.Connection, asked: Sequence[str]) -> hashlib._Hash:
    """A digest of the program, and of some tables."""
    import pyarrow as pa

    digest = hashlib.sha256(f"{builder_version()} {pa.__version__}".encode())
    for sql in asked:
        for row in db.execute(sql):
            digest.update(repr(row).encode())
    return digest
