"""What a run writes: records into its WARC at once, their rows into the ledger in batches.

Rows enter the ledger after their records were brought to the disk, and in one short
transaction, for other processes write the same ledger. Look-ups find those, too, that are
not entered yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import records
from .batch import Batch
from .ledger import Ledger
from .warcfile import LARGEST_FILE, WarcFile
from .warcs import Warcs, warcs_of

#: SQLite's integers have 64 bits.
_LARGEST = 1 << 63


class Journal:
    """WARC files and ledger of one run."""

    def __init__(
        self,
        where: Path | Warcs,
        ledger: Ledger,
        run_id: str,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Write a run's files into a folder; the first is created when it is needed.

        Args:
            where: The root's `warc/`, with the other places of what earlier runs wrote.
            ledger: Its ledger.
            run_id: The run, with which the names of its files begin.
            settings: What each file says of the run; see `records.warcinfo`.
        """
        self.warcs = warcs_of(where)
        self.folder = self.warcs.folder
        self._settings = settings
        self._ledger, self._run_id = ledger, run_id
        self._batch = Batch()
        self._file: WarcFile | None = None
        self._serial = 0

    @property
    def ledger(self) -> Ledger:
        """The ledger, with all rows entered.

        Raises:
            WriteFailed: They could not be.
        """
        self.flush()
        return self._ledger

    # -- writing ------------------------------------------------------------------------

    def file(self) -> WarcFile:
        """The file that the next group goes into.

        Raises:
            WriteFailed: It cannot be created, or the one before not be ended.
        """
        if self._file is not None and self._file.size >= LARGEST_FILE:
            self.flush()  # recovery looks for missing rows in open files alone
            self._close()
        if self._file is None:
            self._serial += 1
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
            self._file = WarcFile(self.folder, f"{self._run_id}-{stamp}-{self._serial:05d}")
            name = self._file.final.name
            self._file.write((records.warcinfo(name, self._run_id, self._settings),))
        return self._file

    def _close(self) -> None:
        """Close the file, if there is one; it is let go of, whatever comes of that."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def keep(self, row: dict[str, Any], made: Sequence[bytes]) -> None:
        """Write a capture's records, the last of which is the one that its row is about.

        Args:
            row: The ledger's row, its `warc_file` told by `file`.
            made: Its records. The metadata stands first: a response that is whole always
                has its context.

        Raises:
            WriteFailed: The disk did not take them, or not what was kept just before.
            OverflowError: SQLite could never hold the row; nothing was written.
        """
        _check(row)
        row["warc_offset"], row["warc_length"] = self.file().write(made)[-1]
        self._enter("captures", row)

    def note(self, table: str, row: dict[str, Any]) -> None:
        """Keep a row that has no record of its own: a metadata record holds it.

        Raises:
            WriteFailed: As for `keep`.
            OverflowError: SQLite could never hold the row; nothing was written.
        """
        _check(row)
        self.file().write((records.metadata(table, row),))
        self._enter(table, row)

    def remember(self, table: str, row: dict[str, Any]) -> None:
        """Enter a row that no record keeps.

        Raises:
            WriteFailed: As for `keep`.
        """
        self._enter(table, row)

    def _enter(self, table: str, row: dict[str, Any]) -> None:
        self._batch.add(table, row)
        self.flush_if_due()

    def flush_if_due(self) -> None:
        """Enter a batch that is full or old enough.

        Raises:
            WriteFailed: As for `flush`.
        """
        if self._batch.is_due:
            self.flush()

    def flush(self) -> None:
        """Bring what was written to the disk, then its rows into the ledger.

        Raises:
            WriteFailed: The disk did not take it; the next run enters what is in the WARC.
        """
        if self._batch.rows:
            if self._file is not None:
                self._file.sync()
            self._ledger.put_all(self._batch.rows)
            self._batch.clear()

    def finish(self) -> None:
        """End in order: all rows entered, the file closed under its final name.

        Raises:
            WriteFailed: The disk did not take it; the next run ends the file.
        """
        self.flush()
        self._close()

    def close(self) -> None:
        """Close file and ledger as they are.

        The file keeps its open name, so that the next run enters what the ledger missed.
        """
        if self._file is not None:
            self._file.leave()
            self._file = None
        self._ledger.close()

    # -- look-ups -----------------------------------------------------------------------

    def is_plain(self, sha256: str, finder: str) -> bool:
        """As `Ledger.is_plain`; what is not entered yet is not found."""
        return self._ledger.is_plain(sha256, finder)

    def latest(self, request_key: str) -> dict[str, Any] | None:
        """The newest capture of a request that obtained a body, revisits included."""
        found = self._batch.latest(request_key) or self._ledger.latest(request_key)
        return dict(found) if found else None

    def holder(
        self, request_key: str, sha256: str, status: int | None, encoding: str
    ) -> dict[str, Any] | None:
        """The newest capture that holds this very body, answered with this status, or None."""
        asked = (request_key, sha256, status, encoding)
        found = self._batch.holder(*asked) or self._ledger.holder(*asked)
        return dict(found) if found else None

    def capture(self, record_id: str) -> dict[str, Any] | None:
        """The capture of a record, or None."""
        found = self._batch.capture(record_id) or self._ledger.capture(record_id)
        return dict(found) if found else None


def _check(row: dict[str, Any]) -> None:
    """What stands in a WARC is entered by every later run: it must not be refused then."""
    for name, value in row.items():
        if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            raise OverflowError(f"{name} is a number that no ledger holds; nothing was kept")
