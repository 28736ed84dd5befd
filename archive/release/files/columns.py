"""Columns of many rows on their way into files: typed for Parquet, as text for CSV.

Arrow works on a column at a time: a country is two hundred million cells, and Python would
take most of an hour to write them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from .fields import Column, Field, Table
from .formulas import without_formulas
from .spans import WHOLE, Span

#: What stands between quotation marks in CSV, as a pattern and as single bytes.
_TO_QUOTE = '[",\r\n]'
_SIGNS = (b",", b'"', b"\n", b"\r")
#: Ends each record of a CSV.
LINE_END = "\r\n"
#: Parts of a list in one cell.
JOIN = "；"


def blocks(table: Table, span: Span = WHOLE) -> Iterator[list[Column]]:
    """Rows of a table as columns, many rows at a time.

    Args:
        table: The table.
        span: Which rows of it, if it is divided.
    """
    if table.blocks is not None:
        yield from table.blocks(span)
        return
    for batch in table.batches(span) if table.is_divided else table.batches():
        values = zip(*batch, strict=True)
        yield [column(f, each, {}) for f, each in zip(table.fields, values, strict=True)]


def column(field: Field, values: Sequence[Any], headers: Mapping[str, str]) -> Column:
    """A column from its values.

    Args:
        field: What it is.
        values: Its values.
        headers: Headings of the columns that those of `figures` name.
    """
    import pyarrow as pa

    typed = pa.array(_typed(field.kind, values), arrow_types()[field.kind])
    if field.kind == "figures":
        words = [JOIN.join(headers.get(name, name) for name in each or ()) for each in values]
        return Column(typed, pa.array(words, pa.string()))
    if field.kind in ("number", "integer"):
        return Column(typed, number_words(typed, values))
    if field.kind in ("date", "time"):
        return Column(typed, pa.array(values, pa.string()))
    return Column(typed, without_formulas(typed) if field.kind == "text" else typed)


def number_words(typed: Any, values: Sequence[Any]) -> Any:
    """Numbers as text: 5 and 5.0 are told apart, as they were read."""
    import pyarrow as pa

    if float in set(map(type, values)):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return typed.cast(pa.int64()).cast(pa.string())


def _typed(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    read = _READ.get(kind)
    return [None if value is None else read(value) for value in values] if read else values


def arrow_types() -> Mapping[str, Any]:
    """Kind of a field → its type in Parquet."""
    import pyarrow as pa

    return {
        "text": pa.string(),
        "code": pa.string(),
        "integer": pa.int64(),
        # Counts too: 1.5 is sometimes printed, and a column has one type in all releases.
        "number": pa.float64(),
        "date": pa.date32(),
        "time": pa.timestamp("s", "UTC"),
        "figures": pa.list_(pa.string()),
    }


def csv_rows(columns: Sequence[Column]) -> Any:
    """Rows as bytes of CSV, as Python's csv module writes them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lines = pc.binary_join_element_wise(
        *(_text(each.said if _is_plain(each) else _quoted(each.said)) for each in columns),
        ",",
        null_handling="replace",
        null_replacement="",
    )
    # With its end each line stands right behind the one before, in one buffer.
    ended = pc.binary_join_element_wise(lines, LINE_END, "")
    _, offsets, data = ended.buffers()
    places = pa.Array.from_buffers(pa.int32(), len(ended) + 1, [None, offsets], 0, ended.offset)
    start = places[0].as_py()
    return data.slice(start, places[-1].as_py() - start)


def _text(said: Any) -> Any:
    import pyarrow as pa

    return said.cast(pa.string()) if pa.types.is_dictionary(said.type) else said


def _is_plain(column: Column) -> bool:
    """Whether it is of numbers, which need no mark: to look through them costs a tenth of all."""
    import pyarrow as pa

    return bool(pa.types.is_integer(column.typed.type) or pa.types.is_floating(column.typed.type))


def _quoted(texts: Any) -> Any:
    """Texts with the marks that CSV needs; few do."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(texts.type):  # each of its words once
        words = _quoted(texts.dictionary)
        return pa.DictionaryArray.from_arrays(texts.indices, words)
    if not _has_signs(texts):
        return texts
    needs = pc.match_substring_regex(texts, _TO_QUOTE)
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(needs, pc.binary_join_element_wise('"', doubled, '"', ""), texts)


def _has_signs(texts: Any) -> bool:
    """Whether a sign that needs marks may be in some text.

    All texts lie in one buffer: to look for four bytes there takes a twentieth of the time of a
    pattern that is tried on each of them.
    """
    import pyarrow as pa

    _, offsets, data = texts.buffers()
    if data is None:
        return False
    places = pa.Array.from_buffers(pa.int32(), len(texts) + 1, [None, offsets], 0, texts.offset)
    said = memoryview(data)[places[0].as_py() : places[-1].as_py()].tobytes()
    return any(sign in said for sign in _SIGNS)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "time": datetime.fromisoformat,
}
