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
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...contentparts import part_of
from ...parallel import in_order, processes_for
from ..contents import COUNTS, FINDINGS, OTHERS, Contents, kind_of
from ..sums import sha256_of
from .fields import Table
from .forms import PREFIX as WIDE
from .forms import Wide
from .partfiles import MEMBERS, member_of
from .partlist import Part, read_parts, write_parts
from .pieces import Known, Place, Task, Whole, Worker, tables_of
from .spans import Span, spans, years
from .states import content_of_years, contents_of_spans
from .tidy import NAME as TIDY
from .writing import Written, heading, packed, write_table

#: A release of more reports is written in parts.
MANY = 100_000
#: Pieces for each process that wait: some take seconds, most are taken over at once, and all that
#: comes back of one is what its files are.
_AHEAD = 500


@dataclass(frozen=True, slots=True)
class Sources:
    """What the files are made from.

    Attributes:
        release: Folder of the release's databases.
        before: Folder of the release before, whose parts may be taken over.
        contents: By what the parts of the release are known.
        processes: How many processes write; as many as there are cores if None.
    """

    release: Path
    before: Path | None = None
    contents: Contents | None = None
    processes: int | None = None


def is_large(db: sqlite3.Connection) -> bool:
    """Whether a release has so many reports that its large tables are written in parts."""
    (count,) = db.execute("SELECT count(*) FROM _reports").fetchone()
    return bool(count > MANY)


def write_divided(
    folder: Path, db: sqlite3.Connection, forms: Sequence[Wide], sources: Sources
) -> tuple[list[Written], dict[str, str]]:
    """Write all tables, the large ones in parts, and parts.json.

    Args:
        folder: The folder of the files.
        db: The release's nianbao.db, with text.db attached as `text`.
        forms: Forms of the wide tables.
        sources: What they are made from.

    Returns:
        What was written, and the SHA-256 of all files, by path.

    Raises:
        OSError: The disk does not take them.
    """
    tables = tables_of(db, forms)
    tasks = _tasks(db, tables, sources)
    for name in ("csv", "parquet", MEMBERS):
        (folder / name).mkdir(exist_ok=True)
    for table in tables:
        if table.is_divided:
            (folder / f"parquet/{table.name}").mkdir()
    found: dict[str, list[Part]] = {}
    whole: dict[str, Whole] = {}
    place = Place(sources.release, folder, sources.before, tuple(forms))
    processes = processes_for(sources.processes)
    with (
        contextlib.closing(Worker(place)) as worker,
        contextlib.closing(in_order(worker, tasks, processes, _AHEAD)) as made,
    ):
        for done in made:
            for part in done.parts:
                found.setdefault(part.table, []).append(part)
            if done.whole:
                whole[done.whole.name] = done.whole
    written, digests = [], dict[str, str]()
    for table in tables:
        if table.name in whole:
            own = whole[table.name]
            written.append(Written(table, own.csv, own.parquet, own.rows))
            digests |= own.digests
        else:
            parts = sorted(found[table.name], key=lambda part: str(part.start))
            each, found[table.name], known = _of_parts(folder, table, parts)
            written.append(each)
            digests |= known
    shutil.rmtree(folder / MEMBERS)
    write_parts(folder, [part for table in tables for part in found.get(table.name, ())])
    return written, digests


def _tasks(db: sqlite3.Connection, tables: Sequence[Table], sources: Sources) -> Iterator[Task]:
    """The longest first, so that no process waits for another at the end.

    What is likely to be taken over comes last. Nothing is worked out before the first is asked
    for: processes begin meanwhile.
    """
    prior = read_parts(sources.before) if sources.before else {}
    by_ids = [table.name for table in tables if table.is_divided and not table.by_years]
    by_years = [table.name for table in tables if table.by_years]
    of_cells = tuple(name for name in by_ids if name == TIDY or name.startswith(WIDE))
    groups = [of_cells, *((name,) for name in by_ids if name not in of_cells)]
    within, contents = spans(db), sources.contents
    of_spans = {kind: _known(db, within, contents, kind) for kind in (OTHERS, COUNTS, FINDINGS)}

    def task(span: Span, known: Mapping[str, Known]) -> Task:
        return Task(
            {
                name: replace(each, prior=prior.get((name, span.name)))
                for name, each in known.items()
            },
            span,
        )

    found = []
    for group in groups:
        of_tables = zip(*(of_spans[kind_of(name)] for name in group), strict=True)
        for span, known in zip(within, of_tables, strict=True):
            found.append(task(span, dict(zip(group, known, strict=True))))
        if group is of_cells:
            of_years = _known_years(db, contents)
            found += [task(s, {name: k}) for name in by_years for s, k in of_years.items()]
    found += [Task({table.name: Known()}) for table in tables if not table.is_divided]
    yield from sorted(found, key=lambda each: all(k.is_same for k in each.tables.values()))


def _known(
    db: sqlite3.Connection, within: Sequence[Span], contents: Contents | None, kind: str
) -> list[Known]:
    """What is known of a kind of files, for each span of ids."""
    if contents is None:
        return [Known()] * len(within)
    upon, now = contents.upon, contents.by(kind)
    of_now = contents_of_spans(db, within, now)
    if upon is None:
        return [Known(content) for content in of_now]
    was, written = upon.contents.by(kind), sorted(set(map(part_of, upon.reports)))
    names = sorted(name for name in {*now, *was} if now.get(name) != was.get(name))
    differing = [span for span in within if span.of(names)]
    of_then = dict(zip(differing, contents_of_spans(db, differing, was), strict=True))
    return [
        Known(
            content,
            was=of_then.get(span, content),
            otherwise=tuple(span.of(names)),
            is_copied=not span.of(written),
        )
        for span, content in zip(within, of_now, strict=True)
    ]


def _known_years(db: sqlite3.Connection, contents: Contents | None) -> dict[Span, Known]:
    """What is known of each year of `coverage`."""
    content = content_of_years(db) if contents else ""
    upon = contents.upon if contents else None
    return {
        span: Known(content, is_copied=upon is not None and span.start not in upon.years)
        for span in years(db)
    }


def _of_parts(
    folder: Path, table: Table, parts: list[Part]
) -> tuple[Written, list[Part], dict[str, str]]:
    """A table whose parts are written: its files, its parts as they lie in them, digests."""
    if not any(part.rows for part in parts):
        (folder / f"parquet/{table.name}").rmdir()
        written = write_table(folder, table)
        return written, [], {path: sha256_of(folder / path) for path in written.files}
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
                path = member_of(folder, part)
                content = path.read_bytes()
                path.unlink()
            out.write(content)
            digest.update(content)
    return found, digest.hexdigest()
