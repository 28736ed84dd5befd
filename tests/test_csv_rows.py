"""Rows of CSV from Arrow's columns are those that Python's csv module writes."""

from __future__ import annotations

import csv
import io
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.release.files.columns import csv_rows
from archive.release.files.fields import Column

_TEXTS = st.none() | st.sampled_from(["", "a", "普通", "b,c", 'q"x', '"', "n\nl", "r\r", ",", "1"])


def _written(rows: list[tuple[str | None, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoded", [False, True])
@given(texts=st.lists(_TEXTS, max_size=8), cut=st.tuples(st.integers(0, 8), st.integers(0, 8)))
def test_any_part_of_a_column_is_quoted_where_it_must_be(
    texts: list[str | None], cut: tuple[int, int], *, encoded: bool
) -> None:
    whole: Any = pa.array(texts, pa.string())
    if encoded:
        whole = whole.dictionary_encode()
    part = whole.slice(*cut)
    numbers = pa.array(range(len(part)), pa.int64())
    columns = [Column(numbers, numbers.cast(pa.string())), Column(part, part)]
    rows = [(str(number), text) for number, text in enumerate(part.to_pylist())]
    assert bytes(csv_rows(columns)).decode() == _written(rows)
