"""The tables of a large release: written in parts, side by side, or taken over from before.

What a part was made from is known by digests: of what is stored of its agencies (from the
content hash), of the codebook, of the program, and of what is volatile. A part that is made
from the same as in the release before is not written again but linked, and so is its member
of the CSV copied.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import multiprocessing
import os
import shutil
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from ...builder import builder_version
from ..sums import sha256_of
from .fields import Table
from .partlist import Part, read_parts, write_parts
from .pieces import MEMBERS, Desk, Done, Place, Task, desk, tables_of
from .spans import Span, spans
from .wide import wide_forms
from .writing import Written, heading, packed, write_table

#: A release of more reports is written in parts.
MANY = 100_000
#: Small tables that parts take words from.
_WORDS = ("lines", "checks")


def is_large(db: sqlite3.Connection) -> bool:
    """Whether a release has so many reports that its large tables are written in parts."""
    (count,) = db.execute("SELECT count(*) FROM _reports").fetchone()
    return bool(count > MANY)


def write_divided(
    release: Path,
    folder: Path,
    db: sqlite3.Connection,
    before: Path | None = None,
    contents: Mapping[str, str] | None = None,
    processes: int | None = None,
) -> tuple[list[Written], dict[str, str]]:
    """Write all tables, the large ones in parts, and parts.json.

    Args:
        release: Folder of the release's databases.
        folder: The folder of the files.
        db: Its nianbao.db, with text.db attached as `text`.
        before: Folder of the release before, whose parts may be taken over.
        contents: Digests of what is stored of agencies, by the beginnings of their ids.
        processes: How many processes write; as many as there are cores if None.

    Returns:
        What was written, and the SHA-256 of all files, by path.

    Raises:
        OSError: The disk does not take them.
    """
    forms = wide_forms(db)
    tables = {table.name: table for table in tables_of(db, forms)}
    tasks = _tasks(db, list(tables.values()), before, contents)
    for name in ("csv", "parquet", MEMBERS):
        (folder / name).mkdir(exist_ok=True)
    for table in tables.values():
        if table.is_divided:
            (folder / f"parquet/{table.name}").mkdir()
    written: list[Written] = []
    parts: list[Part] = []
    digests: dict[str, str] = {}
    with _working(Place(release, folder, before, tuple(forms)), processes or _cores()) as work:
        done = work(tasks)
        for table in tables.values():
            if not table.is_divided:
                whole = next(done)
                digests |= whole.digests or {}
                path = f"parquet/{table.name}.parquet"
                written.append(Written(table, whole.csv, path, whole.rows))
                continue
            own = [next(done).part for task in tasks if task.table == table.name]
            each, found, known = _of_parts(folder, table, [part for part in own if part])
            written.append(each)
            parts += found
            digests |= known
    shutil.rmtree(folder / MEMBERS)
    write_parts(folder, parts)
    return written, digests


def _tasks(
    db: sqlite3.Connection,
    tables: Sequence[Table],
    before: Path | None,
    contents: Mapping[str, str] | None,
) -> list[Task]:
    prior = read_parts(before) if before and contents is not None else {}
    within, found = spans(db), []
    digests = _of_spans(db, within, contents)
    for table in tables:
        if not table.is_divided:
            found.append(Task(table.name))
            continue
        for span, content in zip(within, digests, strict=True):
            found.append(Task(table.name, span, content, prior.get((table.name, span.name))))
    return found


def _of_spans(
    db: sqlite3.Connection, within: Sequence[Span], contents: Mapping[str, str] | None
) -> list[str]:
    """Digests of what each span's rows are made from; "" if nobody knows."""
    if contents is None:
        return [""] * len(within)
    import pyarrow as pa

    shared = hashlib.sha256(f"{builder_version()} {pa.__version__}".encode())
    for name in _WORDS:
        for row in db.execute(f'SELECT * FROM "{name}" ORDER BY 1'):
            shared.update(repr(row).encode())
    names = sorted(contents)
    found = []
    for span in within:
        digest = shared.copy()
        end = bisect_left(names, span.end) if span.end else len(names)
        for name in names[bisect_left(names, span.start) : end]:
            digest.update(f"{name} {contents[name]}\n".encode())
        found.append(digest.hexdigest())
    return found


def _of_parts(
    folder: Path, table: Table, parts: Sequence[Part]
) -> tuple[Written, Sequence[Part], dict[str, str]]:
    """A table whose parts are written: its files, its parts as they lie in them, digests."""
    if not any(part.rows for part in parts):
        (folder / f"parquet/{table.name}").rmdir()
        written = write_table(folder, table)
        return written, (), {path: sha256_of(folder / path) for path in written.files}
    digests = {part.path: part.parquet for part in parts if part.parquet}
    csv = f"csv/{table.name}.csv.gz" if table.has_sheet else ""
    paths, rows = tuple(digests), sum(part.rows for part in parts)
    if csv:
        parts, digests[csv] = _joined(folder, csv, heading(table), parts)
    return Written(table, csv, f"parquet/{table.name}/", rows, paths), parts, digests


def _joined(folder: Path, csv: str, first: bytes, parts: Sequence[Part]) -> tuple[list[Part], str]:
    """Join the members of a CSV, each a whole gzip file: so is all of it."""
    head, digest, found = io.BytesIO(), hashlib.sha256(), []
    with packed(head) as text:
        text.write(first)
    with (folder / csv).open("wb") as out:
        for part in (None, *parts):
            content = head.getvalue()
            if part is not None:
                found.append(replace(part, offset=out.tell()))
                if not part.size:
                    continue
                path = folder / MEMBERS / f"{part.table}.{part.name}.gz"
                content = path.read_bytes()
                path.unlink()
            out.write(content)
            digest.update(content)
    return found, digest.hexdigest()


_Work = Callable[[Sequence[Task]], Iterator[Done]]


@contextlib.contextmanager
def _working(place: Place, processes: int) -> Iterator[_Work]:
    """Work on tasks, in their order, in so many processes."""
    if processes < 2:
        with desk(place) as own:
            yield lambda tasks: map(own.do, tasks)
        return
    context = multiprocessing.get_context("spawn")  # who calls may hold threads, and SQLite's
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_begin, initargs=(place,)
    ) as pool:
        yield lambda tasks: pool.map(_do, tasks)


#: The desk of a worker process; its databases are open until the process ends.
_own: list[Desk] = []
_opened = contextlib.ExitStack()


def _begin(place: Place) -> None:
    _own.append(_opened.enter_context(desk(place)))


def _do(task: Task) -> Done:
    return _own[0].do(task)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
