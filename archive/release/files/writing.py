"""A table as CSV (UTF-8 with byte-order mark) and Parquet, written in one pass."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from isal import igzip

from .columns import arrow_types, blocks, csv_rows
from .fields import Table
from .formulas import guarded

__all__ = ["SHEET", "Written", "guarded", "write_table"]

#: Rows of a spreadsheet's sheet, its heading left out. A longer CSV is no file for one, so
#: it is compressed.
SHEET = 1_048_575
MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Written:
    """A table's files, relative to the release's folder.

    Attributes:
        table: The table.
        csv: Its CSV; "" if it has none.
        parquet: Its Parquet file, or the folder of their parts.
        rows: How many rows they hold.
        parts: Files in that folder; together they are the table.
    """

    table: Table
    csv: str
    parquet: str
    rows: int
    parts: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*filter(None, [self.csv]), *(self.parts or (self.parquet,)))


def write_table(folder: Path, table: Table) -> Written:
    """Write a table to `csv/` and `parquet/` of a folder.

    Raises:
        OSError: The disk does not take it.
    """
    ending = "csv.gz" if table.size() > SHEET else "csv"
    paths = f"csv/{table.name}.{ending}", f"parquet/{table.name}.parquet"
    for path in paths:
        (folder / path).parent.mkdir(exist_ok=True)
    rows = 0
    with ExitStack() as open_files:
        text = open_files.enter_context(csv_file(folder / paths[0]))
        parquet = open_files.enter_context(ParquetFile(folder / paths[1], table))
        text.write(heading(table))
        for block in blocks(table):
            text.write(csv_rows(block))
            parquet.write([each.typed for each in block])
            rows += len(block[0].typed)
    return Written(table, *paths, rows)


def heading(table: Table) -> bytes:
    """The first line of a table's CSV, with the mark before it."""
    line = io.StringIO()
    csv.writer(line).writerow([field.header for field in table.fields])
    return (MARK + line.getvalue()).encode()


@contextmanager
def csv_file(path: Path) -> Iterator[IO[bytes]]:
    """A CSV file to write to, compressed if its name says so."""
    with path.open("wb") as raw, ExitStack() as stack:
        yield stack.enter_context(packed(raw)) if path.suffix == ".gz" else raw


@contextmanager
def packed(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """A gzip file without a time, so that the same rows are the same bytes."""
    with igzip.IGzipFile("", "wb", 2, raw, mtime=0) as out:  # type: ignore[no-untyped-call]  # says its stub
        yield cast("IO[bytes]", out)


class ParquetFile:
    """A table's Parquet file, written block by block.

    A column of codes may come as a dictionary, which is written as it is; whoever reads the
    file gets strings.
    """

    def __init__(self, path: Path, table: Table) -> None:
        """Name a file; it is opened with `with`."""
        self._path, self._schema = path, schema_of(table)
        # Of two hundred columns of numbers each would bring more heading than content.
        self._words = [field.name for field in table.fields if field.kind in ("text", "code")]
        self._open: ExitStack | None = None
        self._writer: Any = None

    def __enter__(self) -> ParquetFile:
        """Open it."""
        with ExitStack() as stack:
            # A file of ours: then a full disk is an error of the system, with its number.
            self._handle = stack.enter_context(self._path.open("wb"))
            stack.push(self._closed)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        """Write its end."""
        assert self._open is not None
        self._open.__exit__(*exception)

    def write(self, typed: Sequence[Any]) -> None:
        """Write rows, whose columns Arrow has, as a row group."""
        import pyarrow as pa

        schema = pa.schema(
            own.with_type(column.type) for own, column in zip(self._schema, typed, strict=True)
        )
        writer = self._writer or self._begun(schema)
        writer.write_table(pa.Table.from_arrays(list(typed), schema=schema))

    def _begun(self, schema: Any) -> Any:
        import pyarrow.parquet as pq  # takes a third of a second, which nothing else needs

        self._writer = pq.ParquetWriter(
            self._handle, schema, compression="zstd", use_dictionary=self._words,
            write_statistics=self._words, store_schema=False,
        )  # fmt: skip
        return self._writer

    def _closed(self, kind: object, *_: object) -> None:
        if kind is None:
            writer = self._writer or self._begun(self._schema)
            own = base64.b64encode(self._schema.serialize().to_pybytes())
            writer.add_key_value_metadata({**self._schema.metadata, b"ARROW:schema": own})
        if self._writer is not None:
            self._writer.close()


def schema_of(table: Table) -> Any:
    """A table's columns, as whoever reads its Parquet file gets them."""
    import pyarrow as pa

    types = arrow_types()
    fields = [
        pa.field(field.name, types[field.kind], metadata={"header": field.header})
        for field in table.fields
    ]
    return pa.schema(fields, metadata={"title": table.title, "description": table.text})
