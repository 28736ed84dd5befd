"""Tables of a release. The comments inside the statements travel in the file.

SQLite keeps the text of a CREATE statement, so whoever opens `nianbao.db` without
this project still reads what each column means.
"""

from __future__ import annotations

from sqlite_utils import Database

from .describe import explain
from .history import HISTORY, PASSING
from .history import VOLATILE as OF_CHANGES
from .readme import readme
from .tables import NIANBAO, codebook, figures_table, label_of
from .texts import TEXT
from .views import VIEWS, amounts_view

__all__ = ["NIANBAO", "PASSING", "TEXT", "VOLATILE", "codebook", "create", "label_of", "readme"]
APPLICATION_ID = 0x6E627A78  # "nbzx", written into the file's header
SCHEMA_VERSION = 1
#: Columns that do not enter the content hash (shared design): ids of records and runs,
#: times of capture.
VOLATILE: dict[str, frozenset[str]] = {
    "sources": frozenset({"captured_at", "last_seen", "record_id", "warc_file", "warc_offset"}),
    **OF_CHANGES,
}


def create(nianbao: Database, text: Database) -> None:
    """Create the tables of a release in two empty databases."""
    nianbao.executescript(NIANBAO + figures_table() + HISTORY + VIEWS + amounts_view())
    nianbao.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
    )
    text.executescript(TEXT)
    explain(nianbao, examples=True)
    explain(text, examples=False)
