"""Which captures a deletion takes out: those that are asked for, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import SelectionRefused
from ..ledger import Ledger

Row = Mapping[str, Any]
#: SQLite takes no more values at once on old machines.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be deleted, and what is left that one may have meant, too.

    Attributes:
        captures: Rows of the ledger, in the order of the archive.
        same_body: How many other captures hold or confirm the same bytes.
        shared: Digests of these bytes.
        same_address: How many other captures of the same addresses stay.
        confirmed: Records that hold what a chosen answer of "unchanged" confirms, and stay.
    """

    captures: tuple[Row, ...]
    same_body: int
    shared: frozenset[str]
    same_address: int
    confirmed: tuple[str, ...]


def choose(
    ledger: Ledger, record_ids: Iterable[str], digests: Iterable[str], gone: Iterable[str] = ()
) -> Chosen:
    """The captures that are asked for.

    An answer of "unchanged" goes with the record that it refers to: it says its row of the
    ledger only where that differs from the other's, and confirms what is not here any more.

    Args:
        ledger: The root's ledger.
        record_ids: Records of captures.
        digests: SHA-256 of bodies, as transferred or decoded: every capture of such a body,
            at whatever address and however it was compressed.
        gone: Records that were deleted before: asked for again, they are nothing.

    Raises:
        SelectionRefused: Something that is asked for is not in the archive.
    """
    found: dict[str, Row] = {}
    for record_id in set(record_ids) - set(gone):
        rows = list(_where(ledger, "record_id", [record_id]))
        if not rows:
            raise SelectionRefused(
                f"the ledger has no capture {record_id!r:.80}; give the WARC-Record-ID of a "
                "response, a revisit or a document, with its <>"
            )
        found |= {row["record_id"]: row for row in rows}
    found |= _of_bodies(ledger, set(digests))
    found |= {row["record_id"]: row for row in _where(ledger, "revisit_of", found)}
    same = [
        row["sha256"]
        for row in _where(ledger, "sha256", _values(found, "sha256"))
        if row["record_id"] not in found
    ]
    beside = {row["record_id"] for row in _where(ledger, "url", _values(found, "url"))}
    confirmed = {row["revisit_of"] for row in found.values()} - {None, *found}
    return Chosen(
        tuple(sorted(found.values(), key=lambda row: (row["warc_file"], row["warc_offset"]))),
        len(same),
        frozenset(same),
        len(beside - set(found)),
        tuple(sorted(confirmed)),
    )


def _of_bodies(ledger: Ledger, digests: set[str]) -> dict[str, Row]:
    """Captures of bodies, by record: a server may have compressed the same page otherwise."""
    transferred = list(_where(ledger, "payload", digests))
    decoded = digests | {row["sha256"] for row in transferred}
    rows = [*transferred, *_where(ledger, "sha256", decoded)]
    known = {row["payload"] for row in rows} | {row["sha256"] for row in rows}
    for digest in sorted(digests - known):
        raise SelectionRefused(
            f"no capture of the ledger has the SHA-256 {digest!r:.80}; give one as transferred or "
            "decoded, 64 digits in small letters"
        )
    return {row["record_id"]: row for row in rows}


def _values(rows: Mapping[str, Row], name: str) -> set[str]:
    return {row[name] for row in rows.values()}


def _where(ledger: Ledger, column: str, values: Iterable[str]) -> Iterator[Row]:
    wanted = sorted(values)
    for begin in range(0, len(wanted), _AT_ONCE):
        part: Sequence[str] = wanted[begin : begin + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        yield from map(
            dict, ledger.rows(f"SELECT * FROM captures WHERE {column} IN ({marks})", *part)
        )
