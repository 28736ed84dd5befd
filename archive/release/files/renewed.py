"""Parts of tables of which few rows are otherwise: the rows before, with new ones in their places.

A report that came tells of one far away that its figures stand there, too: of a prefecture's
rows one is another, and the others are not asked of SQLite again. What is written is byte by
byte what writing all rows gives, for rows stand in the same groups.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from isal import igzip

from .columns import LINE_END, csv_rows
from .fields import Column, Table
from .partfiles import member_bytes
from .partlist import Part
from .spans import Span
from .writing import schema_of

#: If the rows of more agencies are otherwise, to write all of them is faster: of 2,000 agencies a
#: wide table took 1.4 s, its renewal 0.4, 0.5, 1.0 and 1.9 s for 1, 10, 40 and 100 of them; the
#: other tables break even between 20 and 100.
MOST = 40
_END = LINE_END.encode()


class Rows(NamedTuple):
    """Rows as they stand in both files.

    Attributes:
        typed: As a table of Arrow.
        lines: As records of CSV, each with its end.
    """

    typed: Any
    lines: list[bytes]


class Prior(NamedTuple):
    """The rows of a part in the release before.

    Attributes:
        rows: All of them.
        groups: How many were written at a time.
    """

    rows: Rows
    groups: tuple[int, ...]


def prior_rows(release: Path, part: Part, table: Table) -> Prior | None:
    """The rows of a part, as they lie in a release.

    Args:
        release: The release's folder.
        part: The part, as the list of parts has it.
        table: Its table; it has a CSV.

    Returns:
        None if they are not what they were, or if they were written otherwise.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not part.rows:
        return Prior(rows_of(table, ()), ())
    path = release / part.path
    packed, member = path.read_bytes() if path.is_file() else b"", member_bytes(release, part)
    digests = [hashlib.sha256(each).hexdigest() for each in (packed, member)]
    if digests != [part.parquet, part.sha256]:
        return None
    with pq.ParquetFile(pa.BufferReader(packed)) as file:
        groups = [file.read_row_group(at) for at in range(file.num_row_groups)]
    text: bytes = igzip.decompress(member)  # type: ignore[no-untyped-call]  # says its stub
    rows = Rows(pa.concat_tables(groups), records(text, part.rows))
    if not len(rows.typed) == len(rows.lines) == part.rows:
        return None
    if not rows.typed.schema.equals(schema_of(table)):
        return None
    return Prior(rows, tuple(map(len, groups)))


def rows_of(table: Table, blocks: Iterable[list[Column]]) -> Rows:
    """Rows as they are made.

    Args:
        table: Their table.
        blocks: Its columns, some rows at a time.
    """
    import pyarrow as pa

    schema, typed, lines = schema_of(table), [], list[bytes]()
    for block in blocks:
        typed.append(pa.Table.from_arrays([each.typed for each in block], schema=schema))
        lines += records(bytes(csv_rows(block)))
    return Rows(pa.concat_tables(typed) if typed else schema.empty_table(), lines)


def renewed(
    prior: Prior, table: Table, names: Iterable[str], make: Callable[[Span], Rows]
) -> list[Rows] | None:
    """Put new rows of some agencies in the place of theirs before.

    Args:
        prior: The rows before.
        table: Their table; its key begins with an id of theirs.
        names: Names of the agencies' parts of the content (`contentparts.part_of`).
        make: Makes the rows of a span of ids.

    Returns:
        All rows, as many at a time as if all were made; None if only making all of them tells
        how many that are.
    """
    import pyarrow as pa

    ids = prior.rows.typed[table.key[0]].to_pylist()
    pieces, done, are_same = list[Rows](), 0, True
    for name in sorted(names):
        # “.” comes right behind “-”, which ends a name in an id.
        span = Span(name, name, f"{name}.")
        start, end = bisect_left(ids, name), bisect_left(ids, f"{name}.")
        made = make(span)
        # As many of others are not enough: with them stand rows of other tables, made together.
        are_same = are_same and made.typed[table.key[0]].to_pylist() == ids[start:end]
        pieces += [_cut(prior.rows, done, start), made]
        done = end
    pieces.append(_cut(prior.rows, done, len(ids)))
    every = Rows(
        pa.concat_tables([each.typed for each in pieces]),
        [line for each in pieces for line in each.lines],
    )
    if table.at_once:
        ends = [*range(0, len(every.lines), table.at_once), len(every.lines)]
    elif are_same:
        ends = [0, *accumulate(prior.groups)]
    else:
        return None
    return [_cut(every, start, end) for start, end in pairwise(ends)]


def _cut(rows: Rows, start: int, end: int) -> Rows:
    return Rows(rows.typed.slice(start, end - start), rows.lines[start:end])


def records(text: bytes, count: int = 0) -> list[bytes]:
    r"""Records of CSV, each with its end; the end of a line between quotation marks is none.

    Args:
        text: Whole records.
        count: How many they should be: as many lines are these, and are not looked into.

    >>> records(b'1,"a\r\nb"\r\n2,c\r\n')
    [b'1,"a\r\nb"\r\n', b'2,c\r\n']
    """
    lines = text.split(_END)[:-1]
    if len(lines) == count:
        return [line + _END for line in lines]
    found, marks, begun = list[bytes](), 0, list[bytes]()
    for line in lines:
        begun.append(line + _END)
        marks += line.count(b'"')
        if not marks % 2:
            found.append(b"".join(begun))
            begun.clear()
    return found
