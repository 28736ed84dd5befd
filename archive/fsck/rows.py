"""Captures of one WARC file beside their rows in the ledger, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..ledger import Ledger
from ..member import Record
from ..records import revisited, unpacked
from .files import Warc
from .kinds import Finding
from .ledger import rows_of

_AT_ONCE = 200
#: Columns of a revisit's row that its own record tells; the others are mostly its holder's.
_OWN = frozenset({
    "record_id", "run_id", "fetched_at", "status", "tls", "revisit_of",
    "warc_file", "warc_offset", "warc_length",
})  # fmt: skip
#: What a revisit says of its row where that is its holder's in all other columns.
_NOTHING_ELSE = "{}"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a release says that a version's bytes are."""

    version: str
    record_id: str
    sha256: str


@dataclass(slots=True)
class Found:
    """A capture as its record says it; many are held at once, so it is without its body.

    Attributes:
        offset: Where its member begins.
        length: Bytes of the member.
        facts: Columns of the row that the record itself tells.
        kept: What its metadata record says of its row, or None.
        told: What the record itself says of its row, as a revisit does, or "".
    """

    offset: int
    length: int
    facts: Row
    kept: Mapping[str, Any] | None
    told: str


class Rows:
    """Rows of one file, looked up in batches while its records are read."""

    def __init__(
        self, ledger: Path | None, warc: Warc, sources: Mapping[int, Sequence[Source]]
    ) -> None:
        """Begin before the file is read: what the ledger has by then is all in it.

        Args:
            ledger: The ledger's file, or None if there is none to compare with.
            warc: The file.
            sources: What the release says of places in it.
        """
        self._warc, self._sources = warc, dict(sources)
        self._ledger = Ledger(ledger, read_only=True) if ledger and warc.run else None
        self._waiting: list[Found] = []
        self._seen: set[int] = set()
        self._held: set[str] = set()
        self._columns: tuple[str, ...] = ()
        self._count = self._last = 0
        if self._ledger:
            info = self._ledger.rows("PRAGMA table_info(captures)")
            self._columns = tuple(row["name"] for row in info)
            row = self._ledger.one(
                "SELECT count(*) AS count, max(rowid) AS last FROM captures "
                "WHERE run_id = ? AND warc_file = ?",
                warc.run,
                warc.name,
            )
            self._count, self._last = (row["count"], row["last"] or 0) if row else (0, 0)

    def close(self) -> None:
        """Close the ledger."""
        if self._ledger:
            self._ledger.close()

    def add(self, found: Found) -> Iterator[Finding]:
        """Compare a capture with its row, now or with some others."""
        self._waiting.append(found)
        if len(self._waiting) >= _AT_ONCE:
            yield from self._flush()

    def end(self) -> Iterator[Finding]:
        """What the records did not account for: rows and sources that lead nowhere."""
        yield from self._flush()
        for offset, sources in self._sources.items():
            for source in sources:
                yield _lost(
                    source, self._warc.name, offset, "no whole record of a capture is there"
                )
        if self._ledger and len(self._seen) != self._count:
            yield from self._left()

    def _left(self) -> Iterator[Finding]:
        assert self._ledger is not None
        rows = rows_of(
            self._ledger,
            "SELECT rowid, record_id, url, warc_offset FROM captures "
            "WHERE run_id = ? AND warc_file = ? AND rowid <= ?",
            self._warc.run,
            self._warc.name,
            self._last,
        )
        for row in rows:
            if row["rowid"] not in self._seen:
                what = f"the record of {row['url']}, {row['record_id']}, is not there"
                yield _at("row_lost", self._warc.name, row["warc_offset"], what, row["record_id"])

    def _flush(self) -> Iterator[Finding]:
        waiting, self._waiting = self._waiting, []
        rows = self._rows(waiting)
        for found in waiting:
            facts = found.facts
            row = rows.get(facts["record_id"])
            if found.offset in self._sources:
                yield from self._of_release(found, row)
            if self._ledger is None:
                continue
            if row is None:
                if not self._warc.is_open:  # its rows may follow
                    what = f"the ledger has no row of {facts['record_id']}, {facts['url']}"
                    yield _at("record_unknown", self._warc.name, found.offset, what)
                continue
            try:
                yield from self._compared(found, row)
            except (KeyError, TypeError, ValueError) as error:
                what = f"what it says of its row cannot be read ({error!r})"
                yield _at("record_wrong", self._warc.name, found.offset, what)

    def _rows(self, waiting: Sequence[Found]) -> dict[str, Row]:
        """Rows of captures by record; `_held` has those that are their holders' but for `_OWN`."""
        if self._ledger is None or not waiting:
            return {}
        wanted = [each.facts["record_id"] for each in waiting]
        same = " AND ".join(f"c.{name} IS h.{name}" for name in self._columns if name not in _OWN)
        sql = (
            f"SELECT c.rowid, {same}, c.* FROM captures AS c "
            "LEFT JOIN captures AS h ON h.record_id = c.revisit_of "
            f"WHERE c.record_id IN ({', '.join('?' * len(wanted))})"
        )
        rows: dict[str, Row] = {}
        self._held.clear()
        for number, held, *values in rows_of(self._ledger, sql, *wanted):
            row = dict(zip(self._columns, values, strict=True))
            rows[row["record_id"]] = row
            if held:
                self._held.add(row["record_id"])
            if number <= self._last and row["warc_file"] == self._warc.name:
                self._seen.add(number)
        return rows

    def _compared(self, found: Found, row: Row) -> Iterator[Finding]:
        said, name = self._said(found, row), self._warc.name
        if found.kept is not None:
            other = _differing(found.facts, said, tuple(found.facts))
            if other:
                what = f"the record of {said['url']} and its metadata record differ in {other}"
                yield _at("record_wrong", name, found.offset, what)
        other = "" if said == row else _differing(said, row, self._columns)
        if other:
            what = f"the ledger's row of {said['url']} differs from the record in {other}"
            yield _at("row_wrong", name, found.offset, what)

    def _said(self, found: Found, row: Row) -> Row:
        """The row that the records say; where they do not, as the ledger has it."""
        facts, name = found.facts, self._warc.name
        if found.kept is not None:
            return unpacked(found.kept, name, found.offset, found.length)
        place = {"warc_file": name, "warc_offset": found.offset, "warc_length": found.length}
        told = found.told
        if told == _NOTHING_ELSE and row["record_id"] in self._held:
            return {**row, **facts, "run_id": self._warc.run, **place}
        holder = self._holder(facts["revisit_of"]) if told else None
        if holder is None:
            return {**row, **facts, **place}
        revisit = Record(
            facts["record_id"], "revisit", facts["url"], facts["fetched_at"], facts["status"],
            (), b"", facts["revisit_of"], found.offset, found.length, facts["tls"], told,
        )  # fmt: skip
        return revisited(revisit, holder, name, self._warc.run)

    def _holder(self, record_id: str) -> Row | None:
        assert self._ledger is not None
        sql = "SELECT * FROM captures WHERE record_id = ?"
        return next(map(dict, rows_of(self._ledger, sql, record_id)), None)

    def _of_release(self, found: Found, row: Row | None) -> Iterator[Finding]:
        for source in self._sources.pop(found.offset, ()):
            record_id = found.facts["record_id"]
            sha256 = found.facts.get("sha256") or (row and row["sha256"]) or source.sha256
            if source.record_id != record_id:
                why = f"the record there is {record_id}, not {source.record_id}"
                yield _lost(source, self._warc.name, found.offset, why)
            elif source.sha256 != sha256:
                why = f"the body there has SHA-256 {sha256}, not {source.sha256}"
                yield _lost(source, self._warc.name, found.offset, why)


def _differing(left: Row, right: Row, names: Sequence[str]) -> str:
    """Names of columns in which two rows differ."""
    found = [name for name in names if left[name] != right[name]]
    if "url" in found and unquote(left["url"]) == unquote(right["url"]):
        found.remove("url")  # a record's field bears an address escaped
    return ", ".join(found)


def _lost(source: Source, name: str, offset: int, why: str) -> Finding:
    what = f"{source.version} was read from here: {why}"
    return _at("source_lost", name, offset, what, source.record_id)


def _at(kind: str, name: str, offset: int, what: str, missed: str = "") -> Finding:
    return Finding(kind, f"warc/{name}", what, f"byte {offset}", missed)
