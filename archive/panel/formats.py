"""A panel as CSV, Stata and Parquet, each from the same rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from ..release.files.writing import guarded
from .layout import Column, columns
from .rows import Row
from .spool import Spool
from .stata import Labels, Variable, write_dta
from .statuses import NUMBERS, WORDS

_STATUS = "zhuangtai"
#: Rows of a row group: with some 500 columns fewer would bring more headings than content.
_GROUP = 2000
_WHOLE, _BROKEN = "integer", "double"


def type_of(place: int, column: Column, spool: Spool) -> str:
    """Type of a column in all formats: `text`, `integer`, `double`, `date` or `status`."""
    if column.kind in ("text", "code"):
        return "text"
    if column.kind == "money" or place in spool.broken:
        return _BROKEN
    return _WHOLE if column.kind == "count" else column.kind


def write_csv(path: Path, spool: Spool, about: Mapping[str, str]) -> None:
    """CSV for spreadsheets: UTF-8 with byte-order mark, lines end with CR LF.

    A text that a spreadsheet would take for a formula has an apostrophe before it, as in the
    files of a release.
    """
    texts = [n for n, column in enumerate(columns()) if column.kind == "text"]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\ufeff")
        out = csv.writer(file)
        out.writerow([column.name for column in columns()])
        for batch in spool.batches():
            for row in batch:
                for place in texts:
                    row[place] = guarded(row[place])
            out.writerows(batch)


def write_stata(path: Path, spool: Spool, about: Mapping[str, str]) -> None:
    """Stata 14 and later: labelled, dates as dates, statuses as value labels."""
    variables = [
        Variable(
            column.name,
            "labelled" if kind == "status" else kind,
            column.label,
            width=spool.widths.get(place, 0),
            largest=spool.largest.get(place, 0),
            labels=_STATUS if kind == "status" else "",
        )
        for place, column in enumerate(columns())
        for kind in [type_of(place, column, spool)]
    ]
    labels = {code: (NUMBERS[code], f"{word} {code}") for code, word in WORDS.items()}
    with path.open("wb") as file:
        write_dta(
            file,
            variables,
            _rows(spool),
            spool.rows,
            label=about["title"],
            labels=[Labels(_STATUS, labels)],
            notes=[f"{name}: {text}" for name, text in about.items()],
        )


def write_parquet(path: Path, spool: Spool, about: Mapping[str, str]) -> None:
    """Parquet: whole numbers that may be missing; labels with the columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = [type_of(place, column, spool) for place, column in enumerate(columns())]
    types = {
        "text": pa.string(),
        "status": pa.string(),
        "integer": pa.int64(),
        "double": pa.float64(),
        "date": pa.date32(),
    }
    schema = pa.schema(
        [
            pa.field(column.name, types[kind], metadata=_told(column))
            for column, kind in zip(columns(), kinds, strict=True)
        ],
        metadata=dict(about),
    )
    with (
        path.open("wb") as file,
        pq.ParquetWriter(file, schema, compression="zstd") as out,
    ):
        for group in _groups(spool):
            values = [
                pa.array([_value(kind, v) for v in column] if kind in _READ else column, own.type)
                for kind, column, own in zip(kinds, zip(*group, strict=True), schema, strict=True)
            ]
            out.write_table(pa.Table.from_arrays(values, schema=schema))


_READ: Mapping[str, Callable[[Any], Any]] = {"date": date.fromisoformat, "integer": int}


def _value(kind: str, value: Any) -> Any:
    return None if value is None else _READ[kind](value)


def _told(column: Column) -> dict[str, str]:
    """What a column of Parquet says of itself."""
    told = {
        "label": column.label, "label_en": column.label_en, "unit": column.unit,
        "figures": column.figures, "made": column.made,
    }  # fmt: skip
    return {name: text for name, text in told.items() if text}


def _groups(spool: Spool) -> Iterator[list[Row]]:
    """The rows of a Parquet file's row groups."""
    rows = _rows(spool)
    while group := list(islice(rows, _GROUP)):
        yield group


def _rows(spool: Spool) -> Iterator[Row]:
    for batch in spool.batches():
        yield from batch


Writer = Callable[[Path, Spool, Mapping[str, str]], None]
#: Format → its writer; the file is `panel.<format>`.
FORMATS: Mapping[str, Writer] = {"csv": write_csv, "dta": write_stata, "parquet": write_parquet}
