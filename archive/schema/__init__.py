"""Tables of a release. The comments inside the statements travel in the file.

SQLite keeps the text of a CREATE statement, so whoever opens `nianbao.db` without
this project still reads what each column means.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from .compact import TABLES as COMPACT_TABLES
from .compact import VIEWS as COMPACT_VIEWS
from .coverage import COVERAGE_TABLES, COVERAGE_VIEWS
from .describe import explain
from .history import HISTORY
from .indicators import BLANKS
from .pooled import pooled_tables, pooled_views
from .rates import rate_views
from .readme import readme
from .tables import NIANBAO, codebook, figures_table, label_of, meaning_of
from .texts import TEXT
from .timeliness import VIEW as TIMELINESS
from .trust import TRUST
from .views import VIEWS, amounts_view

__all__ = [
    "COMPACT",
    "CONTENT",
    "NIANBAO",
    "PUBLIC_VIEWS",
    "TEXT",
    "Content",
    "codebook",
    "create",
    "label_of",
    "meaning_of",
    "readme",
]
#: Statements of the compact tables, and of the views that stand for them.
COMPACT = COMPACT_TABLES + BLANKS + pooled_tables() + COVERAGE_TABLES
PUBLIC_VIEWS = COMPACT_VIEWS + COVERAGE_VIEWS
APPLICATION_ID = 0x6E627A78  # "nbzx", written into the file's header
SCHEMA_VERSION = 6
#: Rows of figures are 300 bytes: a larger page wastes less at its end (measured: 2 %).
PAGE_SIZE = 8192


@dataclass(frozen=True, slots=True)
class Content:
    """How a table or view enters the content hash of a release (shared design).

    Attributes:
        key: Columns that order its rows; () for the primary key of a table.
        volatile: Columns that are left out: ids of records and runs, times of capture.
        where: Which rows enter, as SQL; "" for all, "0" for none.
    """

    key: tuple[str, ...] = ()
    volatile: frozenset[str] = frozenset()
    where: str = ""


#: Public tables enter whole, `_tables` and views do not, but for these.
CONTENT: dict[str, Content] = {
    "reports": Content(("report_id",)),
    "versions": Content(("version_id",), frozenset({"first_seen", "last_seen"})),
    "sources": Content(
        ("version_id", "url", "sha256"),
        frozenset({"captured_at", "last_seen", "record_id", "warc_file", "warc_offset"}),
    ),
    "figure_notes": Content(("version_id", "figure")),
    "findings": Content(("version_id", "number")),
    # How a crawl went is no content: where nothing new was obtained, the release stays.
    "portals": Content(
        volatile=frozenset({"outcome", "detail", "first_look"}),
        where="first_look IS NOT NULL",
    ),
    "changes": Content(
        volatile=frozenset({"seen_before", "seen_after"}),
        where="cause NOT IN ('reader', 'curation')",
    ),
    "id_history": Content(where="0"),
    # Where a chapter stands among all others is not what it says.
    "chapters": Content(("version_id", "chapter"), frozenset({"n"})),
}


def create(nianbao: Database, text: Database) -> None:
    """Create the tables of a release in two empty databases."""
    tables = NIANBAO + TRUST + COMPACT + figures_table()
    nianbao.executescript(f"PRAGMA page_size = {PAGE_SIZE};")
    views = (
        PUBLIC_VIEWS,
        HISTORY,
        VIEWS,
        amounts_view(),
        rate_views(),
        pooled_views(),
        TIMELINESS,
    )
    nianbao.executescript(tables + "".join(views))
    nianbao.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
    )
    text.executescript(TEXT)
    explain(nianbao, examples=True)
    explain(text, examples=False)
