"""Compact rows on their way into the tables that hold them (`archive.schema.compact`).

What gives the rows (`archive.rows`) speaks the public columns; `archive.compacting` makes them
compact; here what reports share gets its number, and the views give the public columns back.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from extract.checks import rules

from .compacting import Compact, Compacting
from .inserting import Tables
from .rows import Row

#: Rows that wait for each other before they are inserted.
_BATCH = 2000
#: Reports that wait for the rows of their agencies.
_WAITING = "waiting_reports"
_SITE = re.compile(r"[a-z]+://[^/]+/")
#: Columns of the compact tables, in the order in which rows are put together here.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "_versions": (
        "n", "version_id", "base", "path", "title_end", "number", "title", "status",
        "title_derived", "published", "signed", "format", "form", "flags", "form_t2", "form_t3",
        "pictures", "text_sha256", "figures_sha256",
    ),
    _WAITING: (
        "n", "published_source", "portal", "agency_id", "agency", "region_name", "region_code",
        "kind", "report_id", "scope", "year", "status", "form", "failed", "uncertain",
        "not_assessable", "passed",
    ),
    "_sources": (
        "version", "base", "path", "portal", "role", "listing", "content_type", "warc_file",
        "number", "sha256", "list_title", "list_date", "http_status", "bytes", "captured_at",
        "last_seen", "gone_since", "unlisted_since", "record_id", "warc_offset",
    ),
    "_notes": ("version", "said", "first", "last", "printed"),
    "_findings": ("version", "equation", "number", "left", "right"),
    "_finding_more": ("version", "reading", "related", "number"),
    "_words": ("n", "word"),
    "_said": ("n", "printed", "status", "unit", "flags"),
    "_equations": ("n", "check", "status", "figures", "open", "sentence", "sentence_en"),
}  # fmt: skip
_WAITING_SQL = f"""
CREATE TEMP TABLE IF NOT EXISTS {_WAITING} (n INTEGER PRIMARY KEY,
  {", ".join(name for name in _COLUMNS[_WAITING] if name != "n")})"""
#: A report that its agency's row contradicts, or that has no such row.
_STRAY = f"""
SELECT w.report_id, CASE WHEN a.agency_id IS NULL THEN 'has no agency'
  WHEN w.region_code IS NOT a.region_code OR w.kind IS NOT a.kind THEN 'and its agency differ'
  ELSE 'says nothing where its agency does' END
FROM temp.{_WAITING} w LEFT JOIN agencies a ON a.agency_id = w.agency_id
WHERE a.agency_id IS NULL OR w.region_code IS NOT a.region_code OR w.kind IS NOT a.kind
  OR w.agency IS NULL AND a.name IS NOT NULL
  OR w.region_name IS NULL AND a.region_name IS NOT NULL LIMIT 1"""
#: What its agency's row says stands there alone. Findings are counted when all are there.
_SETTLE = f"""
INSERT INTO _reports (n, report_id, scope, year, agency, region_name, status, form,
  published_source, portal, failed, uncertain, not_assessable, passed, must_failed, informative)
SELECT w.n, w.report_id, w.scope, w.year, nullif(w.agency, a.name),
  nullif(w.region_name, a.region_name), w.status, w.form, w.published_source, w.portal,
  w.failed, w.uncertain, w.not_assessable, w.passed, 0, 0
FROM temp.{_WAITING} w JOIN agencies a ON a.agency_id = w.agency_id ORDER BY w.n"""


class Packed(Tables):
    """`Tables` for `nianbao.db`: takes public rows of every table, and packs where it can.

    A version's row goes before its sources, notes and findings, and before the row of the
    report whose current version it is. Agencies go in before `flush`: reports wait for them.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Write into `connection`; call `flush` at the end."""
        super().__init__(connection)
        self._versions = 0
        self._numbers: dict[str, int] = {}  # of versions that are not inserted yet
        self._shared: dict[str, dict[Hashable, int]] = {}
        self._compacting = Compacting()

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add public rows, all of the same columns."""
        if table not in self._compacting.tables:
            super().add(table, rows)
            return
        self._compacting.add(table, rows)
        self.take(self._compacting.taken())

    def flush(self) -> None:
        """Insert what is still waiting."""
        self._compacting.end()
        self.take(self._compacting.taken())
        super().flush()
        self._settle()

    def take(self, made: Mapping[str, Iterable[Compact]]) -> None:
        """Add what `Compacting` made of whole reports, or of a part of one.

        What reports share is numbered as it comes: the same reports in the same order give
        the same numbers.
        """
        versions = list(made.get("versions", ()))
        for identity, *_ in versions:
            self._versions += 1
            self._numbers[identity] = self._versions
        # Sources first: how their listings begin, the addresses of versions often do, too.
        self._pack("_sources", self._source, made.get("sources", ()))
        self._pack("_versions", self._version, versions)
        self._pack("_notes", self._note, made.get("notes", ()))
        self._pack("_findings", self._finding, made.get("findings", ()))
        self._pack("_finding_more", self._finding_more, made.get("finding_more", ()))
        self._pack(_WAITING, self._report, made.get("reports", ()))
        if self.waiting >= _BATCH:
            self.flush_rows()

    def flush_rows(self) -> None:
        """Insert what waits, but for what may go on or needs the rows of agencies."""
        super().flush()

    def _pack(self, table: str, way: Callable[..., Compact], rows: Iterable[Compact]) -> None:
        self.put(table, _COLUMNS[table], [way(*row) for row in rows])

    def _insert(self, table: str) -> None:
        if table == _WAITING and self._waiting[table]:
            self.connection.execute(_WAITING_SQL)
        super()._insert(table)
        if table == "_versions":
            self._numbers.clear()

    # -- what belongs to a version ---------------------------------------------------

    def _version(self, identity: str, url: str, title_end: str | None, *plain: Any) -> Compact:
        base, path = self._split(url)
        n = self._numbers[identity]
        return (n, identity, base, path, self._word(title_end), *plain)

    def _source(self, identity: str, url: str | None, *more: Any) -> Compact:
        portal, role, listing, content_type, warc_file, *plain = more
        words = (portal, role, listing, content_type, warc_file)
        numbers = [self._word(each) for each in words]
        base, path = (None, None) if url is None else self._split(url)
        return (self._number(identity), base, path, *numbers, *plain)

    def _note(self, identity: str, said: Compact, *plain: Any) -> Compact:
        return (self._number(identity), self._number_of("_said", said, said), *plain)

    def _finding(self, identity: str, equation: Compact, *plain: Any) -> Compact:
        return (self._number(identity), self._number_of("_equations", equation, equation), *plain)

    def _finding_more(
        self, identity: str, reading: str | None, related: str | None, number: int
    ) -> Compact:
        other = self._number(related) if related else None
        return (self._number(identity), self._word(reading), other, number)

    def _report(self, identity: str, source: str | None, portal: str, *plain: Any) -> Compact:
        return (self._number(identity), self._word(source), self._word(portal), *plain)

    def _number(self, identity: str) -> int:
        """The number of a version in this file."""
        found = self._numbers.get(identity)
        if found is None:
            sql = "SELECT n FROM _versions WHERE version_id = ?"
            row = self.connection.execute(sql, (identity,)).fetchone()
            if row is None:
                raise ValueError(f"{identity} is no version that was added")
            found = int(row[0])
        return found

    def _settle(self) -> None:
        """Insert the reports that waited, each beside its agency."""
        if not self.written.get(_WAITING):
            return
        stray = self.connection.execute(_STRAY).fetchone()
        if stray:
            raise ValueError("{} {}".format(*stray))
        with self.connection:
            self.connection.execute(_SETTLE)
            self.connection.execute(f"DROP TABLE temp.{_WAITING}")
        del self.written[_WAITING]

    def count_findings(self, passed: Mapping[str, int], only: Iterable[int] | None = None) -> None:
        """Count the findings of each report once all are written.

        Args:
            passed: Version id → how many comparisons with other reports it passed.
            only: Numbers of the versions whose reports are counted; all if None.
        """
        count = "(SELECT count(*) FROM _findings f JOIN _equations e ON e.n = f.equation "
        statuses = (("uncertain",) * 2, ("not_assessable",) * 2)
        sets = [
            f"{column} = {count} WHERE f.version = _reports.n AND e.status = '{status}')"
            for status, column in statuses
        ]
        failed = f"{count} WHERE f.version = _reports.n AND e.status = 'fail' AND e.\"check\""
        # A check that is only informative says something, and judges nothing.
        sets.append(f"failed = {failed} NOT IN ({_codes('informative')}))")
        sets.append(f"must_failed = {failed} IN ({_codes('must')}))")
        sets.append(f"informative = {failed} IN ({_codes('informative')}))")
        with self.connection:
            sql = f"UPDATE _reports SET {', '.join(sets)}"
            if only is None:
                self.connection.execute(sql)
            else:
                self.connection.executemany(f"{sql} WHERE n = ?", ((n,) for n in only))
            self.connection.executemany(
                "UPDATE _reports SET passed = passed + ? "
                "WHERE n = (SELECT n FROM _versions WHERE version_id = ?)",
                ((number, identity) for identity, number in passed.items()),
            )

    # -- what is said once -----------------------------------------------------------

    def _split(self, url: str) -> tuple[int | None, str]:
        """An address as a beginning that others share, and the rest.

        The beginning is the longest that is known, often the column's, else the site.
        """
        known = self._shared.get("_words", {})
        end = len(url)
        while (end := url.rfind("/", 0, end)) > 0:
            if url[: end + 1] in known:
                return self._word(url[: end + 1]), url[end + 1 :]
        site = _SITE.match(url)
        base = site[0] if site else ""
        return self._word(base), url[len(base) :]

    def _word(self, word: object) -> int | None:
        return None if word is None else self._number_of("_words", str(word), (str(word),))

    def _number_of(self, table: str, key: Hashable, row: Compact) -> int:
        known = self._shared.setdefault(table, {})
        number = known.get(key)
        if number is None:
            number = known[key] = len(known) + 1
            self.put(table, _COLUMNS[table], [(number, *row)])
        return number


def _codes(strength: str) -> str:
    """Codes of the checks of one strength, as SQL lists them."""
    return ", ".join(f"'{code}'" for code, rule in rules().items() if rule.strength == strength)
