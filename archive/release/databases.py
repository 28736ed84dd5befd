"""The two SQLite files of a release, written from its reports."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlite_utils import Database

from extract.version import reader_version

from .. import codebook, rows, schema
from ..agency_rows import Told
from ..audit.accuracy import audit_rows
from ..audit.accuracy import told as told_accuracy
from ..audit.published import of_registry
from ..contenthash import Digests
from ..corrections.told import correction_rows
from ..curation import Curation
from ..digesting import digests_beside
from ..histories import Gathered
from ..inserting import Tables
from ..kept import Reading
from ..manifest import FILES, tidy
from ..packing import Packed
from ..parallel import in_order
from ..public import Public
from ..root import Registry
from ..search.beside import index_beside
from ..search.index import Numbers, write_index
from ..withholding.tombstones import without_withheld
from . import meaning
from .history import Past
from .making import TEXTS, Made, Making, figures_columns, is_held, tasks
from .steps import step

#: Begins the names of counts of documents that are no report, by reason.
UNREAD_PREFIX = "unread_"
#: Begins the names of counts of corrections by hand, by state.
CORRECTIONS_PREFIX = "corrections_"

#: Of fewer reports than these the rows are made here: to begin a process takes a second.
FEW = 4000
#: Memory for pages of each database while it is written; it is taken as it is needed.
_CACHE_KB = 256 << 10


@contextlib.contextmanager
def _new_database(path: Path) -> Iterator[Database]:
    database = Database(sqlite3.connect(path))
    try:
        # Nobody else sees the file before it is whole; a journal would only cost time.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        # With the 2 MB of default the checks of a country read each page a thousand times anew.
        database.execute(f"PRAGMA cache_size = {-_CACHE_KB}")
        yield database
    finally:
        database.close()


def _tidy(database: Database, name: str) -> None:
    """Leave a database that is written without gaps, and with what SQLite plans by."""
    with step(f"tidying {name}"):
        tidy(database.conn)


@contextlib.contextmanager
def _attached(db: sqlite3.Connection, text: Path) -> Iterator[None]:
    """text.db as `text` in queries of nianbao.db."""
    db.execute("ATTACH DATABASE ? AS text", (str(text),))
    try:
        yield
    finally:
        db.rollback()
        db.execute("DETACH DATABASE text")


def write_databases(
    folder: Path,
    registry: Registry,
    gathered: Gathered,
    read: Callable[[str], Reading],
    told: Past | None = None,
    public: Public | None = None,
    processes: int = 1,
    index: Path | None = None,
    digested: Callable[[Digests], None] | None = None,
) -> dict[str, int]:
    """Write both databases.

    Args:
        folder: Where.
        registry: What the root belongs to.
        gathered: The reports.
        read: Gives what the body of a digest says; for more than one process, one that can
            be pickled.
        told: What the releases before tell.
        public: What of a reading is published; by no decisions if None.
        processes: How many make rows. It changes nothing in the files.
        index: A new file that keeps by what texts were compared; None for none.
        digested: Takes what the content hash of the files is made of, where that is worth
            beginning before both are whole.

    Returns:
        Counts of what is current.
    """
    counts = {"reports": 0, "read": 0, "agencies": 0, "figures": 0, "findings": 0, "failed": 0}
    counts |= {"informative": 0, "versions": 0}
    public = public or Public(Curation())
    making = Making(read, public, None if is_held(gathered) else gathered.reports)
    processes = processes if len(gathered.reports) >= FEW else 1
    with (
        _new_database(folder / FILES[0]) as nianbao,
        _new_database(folder / FILES[1]) as text,
        contextlib.closing(in_order(making, tasks(gathered), processes)) as made,
    ):
        schema.create(nianbao, text)
        tables, texts = Packed(nianbao.conn), Tables(text.conn)
        tables.add("lines", schema.codebook())
        tables.add("flags", codebook.rows())
        _say_accuracy(tables, registry, public.curation)
        with step("rows"):
            agencies = list(_add_reports(tables, texts, counts, made).rows())
        tables.add("agencies", agencies)
        tables.add("agency_names", gathered.names.rows(agencies))
        tables.add("_years", rows.year_rows(agencies))
        if told is not None:
            tables.add("changes", told.changes)
            tables.add("id_history", told.id_history)
            tables.add("withheld", told.withheld)
        corrections = list(correction_rows(gathered, read, public.curation.corrections))
        # What is corrected in a thing that is withheld would tell what it printed.
        corrections = without_withheld(corrections, told.withheld if told else ())
        tables.add("corrections", corrections)
        tables.add("unread", rows.unread_rows(gathered.unread))
        tables.add("left_out", rows.left_out_rows(gathered.left_out))
        tables.flush()
        texts.flush()
        _complete(tables, texts, gathered, folder, registry, processes, index, digested)
        count_findings(counts, nianbao.conn)
    counts["agencies"] = len(agencies)
    counts |= Counter(f"{CORRECTIONS_PREFIX}{row['state']}" for row in corrections)
    counts["unread"] = len(gathered.unread)
    counts |= Counter(f"{UNREAD_PREFIX}{each.reason}" for each in gathered.unread)
    counts["left_out"] = sum(map(len, gathered.left_out.values()))
    return counts


def _complete(
    tables: Packed,
    texts: Tables,
    gathered: Gathered,
    folder: Path,
    registry: Registry,
    processes: int,
    index: Path | None,
    digested: Callable[[Digests], None] | None,
) -> None:
    """Add what several reports tell, and the index; leave both databases tidy.

    With processes to spare, one of them writes the index from the moment on when nobody else
    needs text.db, while this one judges and counts. Then nianbao.db is whole before text.db
    is, and is digested meanwhile.
    """
    nianbao, text = (folder / name for name in FILES)
    with contextlib.ExitStack() as attached, contextlib.ExitStack() as end:
        attached.enter_context(_attached(tables.connection, text))
        begin = end.enter_context(index_beside(nianbao, text)) if processes > 1 else None
        written: list[Callable[[], None]] = []

        def text_is_read() -> None:
            attached.close()
            if begin is not None:
                written.append(begin())

        with step("meaning"):
            meaning.complete(
                tables, texts, gathered, fiction=registry.fiction, processes=processes,
                text_is_read=text_is_read, index=index,
            )  # fmt: skip
        _tidy(Database(tables.connection), FILES[0])
        if not written:
            with step("search"):
                write_index(tables.connection, texts.connection)
            _tidy(Database(texts.connection), FILES[1])
            return
        digest = end.enter_context(digests_beside(processes)) if digested else None
        wait = digest(nianbao) if digest else None
        with step("search"):
            written.pop()()
        if digested and digest and wait:
            with step("digests"):
                wait()
                digested(digest(text)())


def _say_accuracy(tables: Packed, registry: Registry, curation: Curation) -> None:
    """Write what audits say of this release; an audit of another registry says nothing."""
    audits, reader = of_registry(curation.audits, registry.name), reader_version()
    tables.add("README", schema.readme(registry.fiction, told_accuracy(audits, reader)))
    tables.add("audits", audit_rows(audits, reader))


def _add_reports(
    tables: Packed,
    texts: Tables,
    counts: dict[str, int],
    made: Iterable[Made],
) -> Told:
    """Add the rows of all reports, made in the order of their ids; what they tell of agencies."""
    numbers, agencies = Numbers(), Told()
    for some in made:
        add_made(tables, texts, numbers, some)
        agencies.update(some.agencies)
        for name, count in some.counts.items():
            counts[name] += count
    return agencies


def add_made(tables: Packed, texts: Tables, numbers: Numbers, made: Made) -> None:
    """Add the rows of some reports; their agencies are still to be told.

    Args:
        tables: Of `nianbao.db`.
        texts: Of `text.db`.
        numbers: Numbers the chapters for the search.
        made: The rows.
    """
    tables.take(made.compact)
    tables.put("figures", figures_columns(), made.figures)
    tables.flush_rows()
    for table, found in made.texts.items():
        if table == "chapters":
            texts.put(table, ("n", *TEXTS[table]), [(numbers.next(y), *row) for y, *row in found])
        else:
            texts.put(table, TEXTS[table], found)
    texts.flush()


def count_findings(counts: dict[str, int], db: sqlite3.Connection) -> None:
    """Findings of current versions, those that other reports gave rise to included.

    What informative checks say is counted apart: they judge nothing.
    """
    sums = ("failed + uncertain + not_assessable", "failed", "informative")
    sql = ", ".join(f"coalesce(sum({each}), 0)" for each in sums)
    row = db.execute(f"SELECT {sql} FROM _reports").fetchone()
    counts["findings"], counts["failed"], counts["informative"] = row
