"""Figures by column are the figures that were packed, whatever is printed in them."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.digests import figures_sha256, masked_digests, text_sha256
from archive.figures import Figures
from archive.masking import masked_report, masked_words
from archive.printed import pack_places, unpack_places
from archive.rows import notes
from archive.unpacking import unpack
from extract import codec
from extract.types import Cell, Evidence, Fact, Figure, Finding, Report

#: What a column's end, a key or an escape looks like.
_TEXTS = st.one_of(
    st.sampled_from((
        '],["', "],{", '","', "null", '"', "\\", "%s", "100%", "1,234", "\n", "—", "",
        ',"figures":[', ',"findings":[', "13812345678", "电话13812345678", "\u2028", "\x7f", "\x00",
    )),
    st.text(st.characters(codec="utf-8"), max_size=6),
)  # fmt: skip
_FIGURES = st.builds(
    Figure,
    st.sampled_from(("t2", "t3")),
    st.sampled_from(("l1", "l20_7%", "x")),
    st.sampled_from(("made", "left")),
    st.none() | _TEXTS,
    st.none() | st.integers(-3, 10**12) | st.floats(-5, 5, allow_nan=False),
    st.sampled_from(("reported", "blank", "unparsed")),
    st.none() | st.sampled_from(("万元", '"', "%")),
    st.none() | _TEXTS,
    st.sampled_from(((), (), ("wrapped",), ("unit_in_cell", "],{"))),
)
REPORTS = st.builds(
    Report,
    status=st.just("read"),
    title=st.none() | _TEXTS,
    agency=st.none() | _TEXTS,
    chapters=st.dictionaries(st.sampled_from("一二"), _TEXTS, max_size=2),
    block=st.dictionaries(st.sampled_from(("figures", "findings", "文号")), _TEXTS),
    evidence=st.dictionaries(
        st.sampled_from(("figures", "findings", "year")),
        st.tuples(st.builds(Evidence, st.just("list_title"), _TEXTS)),
    ),
    figures=st.lists(_FIGURES, max_size=7).map(tuple),
    findings=st.just((Finding("C01", "fail", 1, 2, ("t3_x_made",), "甲", "a"),)),
    facts=st.just((Fact("app_received", 3, "件", "收到3件", "一", 0, 4, flags=("approximate",)),)),
    leftovers=st.just((Cell("7", "t1r1c1"),)),
    grids=st.just(((("甲", "1"),),)),
    flags=st.just(("no_t4",)),
    attachments=st.just((("a.pdf", "附件"),)),
)


@given(REPORTS)
def test_what_was_packed_is_unpacked(report: Report) -> None:
    made = unpack(codec.pack(report))
    assert made == report
    assert report == made
    assert made == unpack(codec.pack(report))
    assert codec.pack(made) == codec.pack(report)
    assert pickle.loads(pickle.dumps(made)) == report
    assert hash(made.figures) == hash(report.figures)
    assert list(made.figures) == list(report.figures)
    assert repr(made.figures) == repr(report.figures)
    assert made.figures[1:] == report.figures[1:]


@given(REPORTS)
def test_digests_are_those_of_the_figures(report: Report) -> None:
    rows = [[figure.key, figure.printed, figure.unit] for figure in report.figures]
    rows += [[list(row) for row in grid] for grid in report.grids]
    said = json.dumps(rows, ensure_ascii=False)
    made = unpack(codec.pack(report))
    digests = figures_sha256(made), text_sha256(made), masked_digests(made)
    assert digests == (figures_sha256(report), text_sha256(report), masked_digests(report))
    assert digests[0] == hashlib.sha256(said.encode()).hexdigest()
    for columns in (Figures.of(report.figures), Figures.of(made.figures)):
        assert columns.numbers == [str(figure.value) for figure in report.figures]
        assert columns.valued == sum(figure.value is not None for figure in report.figures)
    assert Figures.of(made.figures).filled == sum(f.printed is not None for f in report.figures)
    assert masked_words(made) == masked_words(report)
    assert masked_report(made) == masked_report(report)


@given(REPORTS)
def test_rows_are_those_of_the_figures(report: Report) -> None:
    made = unpack(codec.pack(report))
    noted = [
        (f.key, f.printed, f.status, f.unit, " ".join(f.flags) or None)
        for f in report.figures
        if f.status != "reported" or f.flags or f.unit is not None
    ]
    assert list(notes(made.figures)) == list(notes(report.figures)) == noted
    places = {
        f.key: (f.place, None if f.printed == str(f.value) or f.key in known else f.printed)
        for known in [{key for key, *_ in noted}]
        for f in report.figures
    }
    once = len(places) == len(report.figures)
    found = unpack_places(pack_places(made.figures))
    assert not once or {k: (p.place, p.printed) for k, p in found.items()} == places
    assert found == unpack_places(pack_places(report.figures))


@given(REPORTS, _FIGURES)
def test_another_figure_is_another_report(report: Report, figure: Figure) -> None:
    made = unpack(codec.pack(report))
    more = replace(report, figures=(*report.figures, figure))
    assert made != more
    assert made.figures != unpack(codec.pack(more)).figures
    changed = replace(figure, place="t9r9c9")
    assert unpack(codec.pack(replace(report, figures=(changed,)))).figures != (figure,)


def test_masked_figures_are_masked_and_others_stay() -> None:
    plain = Figure("t3", "x", "made", "13812345678", 13812345678, "reported")
    words = Figure("t3", "x", "left", "电话13812345678", None, "unparsed")
    made = unpack(codec.pack(Report("read", figures=(plain, words))))
    masked = masked_words(made)
    assert masked.figures == (plain, replace(words, printed="电话███████████"))
    assert made.figures == (plain, words)
    sound = unpack(codec.pack(Report("read", figures=(plain,))))
    assert masked_words(sound) is sound


@pytest.mark.parametrize("text", ["archive/figures.py", "extract/codec.py"])
def test_the_columns_are_those_of_the_codec(text: str) -> None:
    names = ("printed", "value", "status", "unit", "place")
    source = (Path(__file__).parent.parent / text).read_text("utf-8")
    assert f"({', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)})" in source
