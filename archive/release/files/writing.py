"""A table as CSV (UTF-8 with byte-order mark) and Parquet, written in one pass."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, TextIO, cast

from isal import igzip

from .fields import Field, Table

#: Rows of a spreadsheet's sheet, its heading left out. A longer CSV is no file for one, so
#: it is compressed.
SHEET = 1_048_575
#: What a spreadsheet takes for the beginning of a formula, in its full-width forms, too.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
#: Parts of a list in one cell.
JOIN = "；"


@dataclass(frozen=True, slots=True)
class Written:
    """A table's files, relative to the release's folder, and how many rows they hold."""

    table: Table
    csv: str
    parquet: str
    rows: int


def write_table(folder: Path, table: Table) -> Written:
    """Write a table to `csv/` and `parquet/` of a folder.

    Raises:
        OSError: The disk does not take it.
    """
    import pyarrow.parquet as pq  # takes a third of a second, which nothing else needs

    ending = "csv.gz" if table.size > SHEET else "csv"
    paths = f"csv/{table.name}.{ending}", f"parquet/{table.name}.parquet"
    for path in paths:
        (folder / path).parent.mkdir(exist_ok=True)
    headers = {field.name: field.header for field in table.fields}
    schema, rows = _schema(table), 0
    # Of two hundred columns of numbers each would bring more heading than content.
    words = [field.name for field in table.fields if field.kind in ("text", "code")]
    with ExitStack() as open_files:
        text = open_files.enter_context(_text(folder / paths[0]))
        # A file of ours: then a full disk is an error of the system, with its number.
        handle = open_files.enter_context((folder / paths[1]).open("wb"))
        out = csv.writer(text)
        out.writerow([field.header for field in table.fields])
        parquet = open_files.enter_context(
            pq.ParquetWriter(
                handle, schema, compression="zstd", use_dictionary=words, write_statistics=words
            )
        )
        for batch in table.batches():
            out.writerows(_said(table.fields, headers, batch))
            parquet.write_table(_arrow(table.fields, schema, batch))
            rows += len(batch)
    return Written(table, *paths, rows)


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    """A CSV file to write to; compressed without a time, so that the same rows are one file."""
    with path.open("wb") as raw, ExitStack() as stack:
        binary: IO[bytes] = raw
        if path.suffix == ".gz":
            packed = stack.enter_context(
                igzip.IGzipFile("", "wb", 2, raw, mtime=0)  # type: ignore[no-untyped-call]  # says its stub
            )
            binary = cast("IO[bytes]", packed)
        with io.TextIOWrapper(binary, "utf-8", newline="") as text:
            text.write("\ufeff")  # the codec with a mark encodes each row twice as slowly
            yield text


def _said(
    fields: Sequence[Field], headers: Mapping[str, str], batch: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """Rows as they stand in CSV. Few differ, so columns are looked through, not cells."""
    changed: dict[int, list[Any]] = {}
    for place, field in enumerate(fields):
        if field.kind == "figures":
            for number, row in enumerate(batch):
                words = JOIN.join(headers.get(name, name) for name in row[place] or ())
                changed.setdefault(number, list(row))[place] = words
        elif field.kind == "text":
            for number, row in enumerate(batch):
                if row[place] and row[place][0] in _FORMULA:
                    changed.setdefault(number, list(row))[place] = guarded(row[place])
    return [changed.get(number, row) for number, row in enumerate(batch)] if changed else batch


def guarded(value: object) -> object:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it.

    A number is none, and neither is a sign alone, as cells without a number print it.

    >>> guarded("=1+1"), guarded("-5"), guarded("-")
    ("'=1+1", '-5', '-')
    """
    if isinstance(value, str) and value[:1] in _FORMULA and len(value.strip()) > 1:
        return value if _is_number(value) else "'" + value
    return value


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


def _schema(table: Table) -> Any:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "code": pa.string(),
        "integer": pa.int64(),
        # Counts too: 1.5 is sometimes printed, and a column has one type in all releases.
        "number": pa.float64(),
        "date": pa.date32(),
        "time": pa.timestamp("s", "UTC"),
        "figures": pa.list_(pa.string()),
    }
    fields = [
        pa.field(field.name, types[field.kind], metadata={"header": field.header})
        for field in table.fields
    ]
    return pa.schema(fields, metadata={"title": table.title, "description": table.text})


def _arrow(fields: Sequence[Field], schema: Any, batch: Sequence[Sequence[Any]]) -> Any:
    import pyarrow as pa

    columns: list[Any] = []
    for field, values, own in zip(fields, zip(*batch, strict=True), schema, strict=True):
        read = _READ.get(field.kind)
        given = [None if v is None else read(v) for v in values] if read else values
        columns.append(pa.array(given, own.type))
    return pa.Table.from_arrays(columns, schema=schema)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "time": datetime.fromisoformat,
}
