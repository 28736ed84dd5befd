"""Which captures prove the documents of an export: answers, what led to them, what they repeat.

For each document, of the run that obtained it first:

- every capture of the same bytes at its address, later confirmations (revisits) included;
- redirects that led to it;
- the pages of the column that led to it, and the files of a page: a report may be pictures;
- robots.txt of its host.

And of each revisit the capture that holds its body, whichever run or file that is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from ..errors import RecordDamaged
from ..ledger import Ledger
from .sources import Source

Row = dict[str, Any]
#: A redirect keeps the row of the list that its address was asked for.
_ASKED = ("run_id", "portal", "role", "listing", "list_title", "list_date", "parent")
_LISTS = ("list", "node")
_SAME = "SELECT * FROM captures WHERE request_key = ? AND sha256 = ?"
_LEADING = (
    "SELECT * FROM captures WHERE run_id = ? AND (role IN ('list', 'node', 'attachment') "
    "OR status IN (301, 302, 303, 307, 308))"
)
_ROBOTS = "SELECT * FROM captures WHERE request_key = ? AND role = 'robots' AND run_id = ?"


def captures_of(ledger: Ledger, sources: Iterable[Source]) -> list[Row]:
    """The captures that an export of these documents holds, in the order of the archive.

    Args:
        ledger: The root's ledger.
        sources: The documents.

    Raises:
        RecordDamaged: The ledger does not know a record that it must.
    """
    first = {source.record_id: _known(ledger, source.record_id) for source in sources}
    found: dict[str, Row] = {}
    for rows in (
        _same(ledger, first.values()),
        _leading(ledger, first.values()),
        _robots(ledger, first.values()),
    ):
        found.update((row["record_id"], row) for row in rows)
    for row in list(found.values()):
        holder = row["revisit_of"]
        if holder and holder not in found:
            found[holder] = _known(ledger, holder)
    return sorted(found.values(), key=lambda row: (row["warc_file"], row["warc_offset"]))


def _known(ledger: Ledger, record_id: str) -> Row:
    row = ledger.capture(record_id)
    if row is None:
        raise RecordDamaged(
            f"the ledger does not know the record {record_id}; "
            "run `python -m archive reindex`, which makes it anew from the WARCs"
        )
    return dict(row)


def _same(ledger: Ledger, first: Iterable[Row]) -> Iterator[Row]:
    """All captures of the same bytes at the same address."""
    for row in first:
        yield from map(dict, ledger.rows(_SAME, row["request_key"], row["sha256"]))


def _leading(ledger: Ledger, first: Iterable[Row]) -> Iterator[Row]:
    """The pages of columns and the redirects that led there, and the files of pages."""
    columns = {(row["run_id"], row["portal"], row["listing"]) for row in first if row["listing"]}
    pages = {(row["run_id"], row["portal"], row["url"]) for row in first}
    asked = {tuple(row[name] for name in _ASKED) for row in first}
    for run in sorted({row["run_id"] for row in first}):
        for row in map(dict, ledger.rows(_LEADING, run)):
            if row["role"] == "attachment":
                leads = (run, row["portal"], row["parent"]) in pages
            else:
                leads = row["role"] in _LISTS and (run, row["portal"], row["listing"]) in columns
            if leads or tuple(row[name] for name in _ASKED) in asked:
                yield row


def _robots(ledger: Ledger, first: Iterable[Row]) -> Iterator[Row]:
    """What the hosts allowed then."""
    asked = {(urljoin(row["url"], "/robots.txt"), row["run_id"]) for row in first}
    for url, run in sorted(asked):
        yield from map(dict, ledger.rows(_ROBOTS, url, run))


def starts(ledger: Ledger, captures: Iterable[Row]) -> dict[str, int]:
    """Where the capture before each one ends in its file, by record: its group begins later.

    Args:
        ledger: The root's ledger.
        captures: Rows of captures.
    """
    wanted = {row["record_id"] for row in captures}
    found: dict[str, int] = {}
    file, end = "", 0
    for row in ledger.rows(
        "SELECT record_id, warc_file, warc_offset, warc_length FROM captures "
        "ORDER BY warc_file, warc_offset"
    ):
        if row["warc_file"] != file:
            file, end = row["warc_file"], 0
        if row["record_id"] in wanted:
            found[row["record_id"]] = end
        end = row["warc_offset"] + row["warc_length"]
    return found
