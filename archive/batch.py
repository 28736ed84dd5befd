"""Rows of the ledger whose records are in a WARC already, until a batch of them is entered."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

#: A batch is entered with so many rows, or when its first is so many seconds old.
MOST_ROWS = 50
MOST_SECONDS = 1.0
_OBTAINED: tuple[int | None, ...] = (200, None)


class Batch:
    """The rows, and what a look-up must find among them."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self._by_request: dict[str, list[dict[str, Any]]] = {}
        self._by_record: dict[str, dict[str, Any]] = {}
        self._begun = 0.0

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Add a row."""
        if not self.rows:
            self._begun = time.monotonic()
        self.rows.append((table, row))
        if table == "captures":
            self._by_request.setdefault(row["request_key"], []).append(row)
            self._by_record[row["record_id"]] = row

    @property
    def is_due(self) -> bool:
        """Whether it is large or old enough to be entered."""
        if len(self.rows) >= MOST_ROWS:
            return True
        return bool(self.rows) and time.monotonic() - self._begun >= MOST_SECONDS

    def latest(self, request_key: str) -> Mapping[str, Any] | None:
        """As `Ledger.latest`, among these rows."""
        rows = self._by_request.get(request_key, [])
        found = (row for row in reversed(rows) if _obtained(row))
        return next(found, None)

    def holder(
        self, request_key: str, sha256: str, status: int | None, encoding: str
    ) -> Mapping[str, Any] | None:
        """As `Ledger.holder`, among these rows."""
        rows = self._by_request.get(request_key, [])
        names = ("sha256", "status", "encoding", "revisit_of")
        wanted = (sha256, status, encoding, None)
        same = (row for row in reversed(rows) if tuple(row[name] for name in names) == wanted)
        return next(same, None)

    def capture(self, record_id: str) -> Mapping[str, Any] | None:
        """As `Ledger.capture`, among these rows."""
        return self._by_record.get(record_id)

    def clear(self) -> None:
        """Forget the rows: they are in the ledger."""
        self.rows.clear()
        self._by_request.clear()
        self._by_record.clear()


def _obtained(row: Mapping[str, Any]) -> bool:
    """As `ledger.OBTAINED`."""
    return row["status"] in _OBTAINED or (row["status"] == 304 and row["revisit_of"] is not None)
