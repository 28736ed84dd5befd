"""Why a figure of the release has no number: it is blank, or it was not read."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from extract.forms import columns
from extract.types import BLANK_STATUSES, Value

_SQL = """SELECT n.first, n.last, t.status, t.unit FROM _notes n JOIN _said t ON t.n = n.said
WHERE n.version = ? ORDER BY n.first"""
Run = tuple[int, int, str, str | None]


class Notes:
    """Statuses and units of figures, asked for the few reports that need a second look."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Ask `db`, the new release."""
        self._positions = {key: position for position, key in enumerate(columns())}
        # A report is looked at for itself and as last year's: a few are enough to remember.
        self._runs = lru_cache(maxsize=256)(lambda n: self._load(db, n))

    @staticmethod
    def _load(db: sqlite3.Connection, n: int) -> list[Run]:
        return db.execute(_SQL, (n,)).fetchall()

    def status(self, n: int, figure: str, value: Value) -> str:
        """`reported`, `blank` (whatever is printed for nothing) or `unread`.

        Args:
            n: Number of the version in the file.
            figure: Column of the figure.
            value: Its value.
        """
        if value is not None:
            return "reported"
        found = self._note(n, figure)
        return "blank" if found is not None and found[2] in BLANK_STATUSES else "unread"

    def unit(self, n: int, figure: str) -> str | None:
        """The unit printed in the figure's cell or heading."""
        found = self._note(n, figure)
        return found[3] if found is not None else None

    def _note(self, n: int, figure: str) -> Run | None:
        position = self._positions[figure]
        return next((run for run in self._runs(n) if run[0] <= position <= run[1]), None)
